"""Writes docs/reference/ and docs/models/ anew (`make docs`); `--check` says what is out of date.

Nothing in those pages is written by hand: tables come from their schemas, analyzers and connectors
from their docstrings and declarations, commands from the command line itself, the models' pages
from their cards.
"""

import argparse
import importlib
import inspect
import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from markdown_rows import rows
from model_pages import evaluation_page, mood_page, reader_page
from sonnim.tables.answers import ANSWERS
from sonnim.tables.erasure import RECORDS
from sonnim.tables.facts import FACTS
from sonnim.tables.parameters import limits
from sonnim.tables.schema import TableSchema

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
NOTE = "<!-- Written by `make docs` from the code; do not edit. -->\n\n"


def tables_page() -> str:
    """All tables, column by column."""
    text = "# Tables\n\nTimes are UTC, in microseconds. Privacy classes: docs/dictionary.md.\n"
    groups = (
        ("Facts that come in", FACTS),
        ("Answers that come out", ANSWERS),
        ("What is kept of erasures", RECORDS),
    )
    for title, schemas in groups:
        text += f"\n## {title}\n"
        for schema in schemas:
            text += f"\n### `{schema.name}` (version {schema.version})\n\n{schema.meaning}. "
            text += "Key: " + ", ".join(f"`{name}`" for name in schema.key) + ".\n\n"
            text += columns_of(schema)
    return text


def columns_of(schema: TableSchema) -> str:
    """The columns of a table, one a line."""
    return rows(
        ("Column", "Type", "Meaning", "Unit", "Privacy", "Required"),
        [_column_row(schema, name) for name in schema.names],
    )


def _column_row(schema: TableSchema, name: str) -> tuple[str, ...]:
    column = schema.column(name)
    return (
        f"`{column.name}`",
        column.type.value,
        column.meaning,
        column.unit,
        column.privacy.value,
        "yes" if column.required else "",
    )


def parts(package: str, attribute: str) -> Iterator[tuple[ModuleType, Any]]:
    """The modules of a package that hold a part of that kind, in order of their names."""
    home = importlib.import_module(package)
    for found in sorted(pkgutil.iter_modules(home.__path__), key=lambda module: module.name):
        module = importlib.import_module(f"{package}.{found.name}")
        if (part := getattr(module, attribute, None)) is not None:
            yield module, part


def docstring(module: ModuleType) -> str:
    """The module's docstring as Markdown; its examples stay readable as code."""
    text = inspect.cleandoc(module.__doc__ or "")
    lines, inside = [], False
    for line in text.splitlines():
        begins = line.lstrip().startswith(">>>")
        if begins and not inside:
            lines.append("```python")
        if inside and not line.strip():
            lines.append("```")
            inside = False
        inside = inside or begins
        lines.append(line)
    return "\n".join([*lines, "```"] if inside else lines)


def analyzers_page() -> str:
    """Each analyzer: what it reads and writes, its parameters, its docstring."""
    text = "# Analyzers\n\nEach also runs on a bare file: `sonnim analyze NAME file.csv`.\n"
    for module, part in parts("sonnim.analyzers", "ANALYZER"):
        text += f"\n## {part.name}\n\n{docstring(module)}\n\n"
        reads = ", ".join(
            f"`{r.schema.name}`" + (" (optional)" if r.optional else "") for r in part.reads
        )
        writes = ", ".join(f"`{schema.name}`" for schema in part.writes)
        text += f"- Version: {part.version}; quality: {part.quality}\n"
        text += f"- Reads: {reads}\n- Writes: {writes}\n"
        for schema in part.writes:
            if schema not in ANSWERS:  # those are on the page of all tables
                text += f"\n`{schema.name}`: {schema.meaning}.\n\n" + columns_of(schema)
        declared = limits(part.parameters)
        if declared:
            defaults = part.parameters()
            text += "\n" + rows(
                ("Parameter", "Default", "Allowed", "Meaning"),
                [
                    (f"`{name}`", repr(getattr(defaults, name)), limit.allowed(), limit.meaning)
                    for name, limit in declared.items()
                ],
            )
    return text


def connectors_page() -> str:
    """Each connector by its docstring."""
    text = "# Connectors\n"
    for module, part in parts("sonnim.connectors", "CONNECTOR"):
        text += f"\n## {part.name}\n\n{docstring(module)}\n"
        settings = getattr(part, "settings", None)
        if settings is not None:
            text += "\n" + rows(
                ("Setting", "Default", "Allowed", "Meaning"),
                [
                    (f"`{name}`", repr(getattr(settings, name)), limit.allowed(), limit.meaning)
                    for name, limit in limits(type(settings)).items()
                ],
            )
    return text


CERTAIN = {
    "documented": ("documented", "its maker documents the layout"),
    "observed": ("observed", "files of it, or programs that read it, were seen"),
    "uncertain": ("uncertain", "pieced together from what people write; variants are accepted"),
}


def presets_page() -> str:
    """Each preset in one table, then by its docstring."""
    found = [(module, part) for module, part in parts("sonnim.connectors.presets", "PRESET")]
    text = (
        "# Tools whose exports go in by themselves\n\n"
        "`sonnim add FILE` recognises these by their columns and values, and asks nothing. Any "
        "other table goes in by the names and values of its columns "
        "([how](../how-to/map-columns.md)); a tool of your own is one more file "
        "([how](../how-to/your-own-tool.md)). What a preset proposes is written to `sonnim.toml` "
        "and can be changed there, or beforehand with `--map`.\n\n"
    )
    text += rows(
        ("Tool", "한국어", "Recognised by", "Gives", "Times without a zone", "How sure"),
        [_preset_row(part) for _, part in found],
    )
    text += "\nHow sure: " + "; ".join(f"*{w}*: {meaning}" for w, meaning in CERTAIN.values())
    text += ". Columns are compared without case, spaces and signs; of several spellings the "
    text += "table shows the first.\n"
    for module, part in found:
        title, _, body = docstring(module).partition("\n\n")
        text += f"\n## {part.title}\n\n{part.title_ko}. Name in `sonnim.toml`: `{part.name}`.\n\n"
        text += f"{title}\n\n{body}\n"
    return text


def _preset_row(part: Any) -> tuple[str, ...]:
    anchor = "".join(c for c in part.title.lower() if c.isalnum() or c in " -").replace(" ", "-")
    marks = ", ".join(f"`{names[0]}`" for names in part.needs)
    values = [name.partition("|")[0] for name, _ in part.values]
    if values:
        marks += "; values of " + ", ".join(f"`{name}`" for name in values)
    tables = list(dict.fromkeys(one.table.partition("/")[0] for one in part.rows))
    if part.survey is not None:
        tables += ["answer", "message"]
    zones = [part.timezone, *(zone for _, zone in part.timezone_by)]
    return (
        f"[{part.title}](#{anchor})",
        part.title_ko,
        marks,
        ", ".join(f"`{table}`" for table in tables),
        ", ".join(zone for zone in dict.fromkeys(zones) if zone) or "refused",
        CERTAIN[part.certain][0],
    )


COMMAND_WORDS = {
    "en": {
        "title": "Commands",
        "other": "[한국어](cli.ko.md)",
        "intro": "What `sonnim --help` and `sonnim COMMAND --help` say, on one page.",
        "all": "For all commands",
        "head": ("Argument or option", "Default", "Meaning"),
        "analyzers": "Parameters of one analyzer; what they mean stands in "
        "[Analyzers](analyzers.md).",
        "exit": "Exit codes",
        "code": ("Code", "Meaning"),
        "codes": (
            ("0", "Done"),
            ("1", "Something must be changed first; the message says what"),
            ("2", "The command line was not understood"),
            ("65", "Some files could not be taken; the others were"),
            ("75", "Try again: another Sonnim is writing"),
            ("130", "Interrupted; the same command goes on from there"),
        ),
        "environment": "Environment variables",
        "variable": ("Variable", "Meaning"),
        "variables": (
            ("SONNIM_LANG", "`ko` or `en`: language of messages and reports"),
            ("SONNIM_WORKSPACE", "Folder of the workspace, where `--workspace` is not given"),
            ("SONNIM_MEMORY", "Most memory that DuckDB may take, for example `4GB`"),
            ("SONNIM_THREADS", "Most threads that a function over texts may use; all by default"),
            ("SONNIM_KIWI_WORKERS", "Threads that take Korean texts apart, in each process"),
            ("SONNIM_UNPACK_RATIO", "How many times its size a packed file may grow; 200"),
            ("SONNIM_UNPACK_BYTES", "Most bytes that a packed file may grow to; 64 GiB"),
            ("SPARK_MASTER", "Master that `--engine spark` starts its work on, such as `spark://host:7077`"),
            ("SONNIM_DEBUG", "If set, an unforeseen error shows its traceback"),
        ),
    },
    "ko": {
        "title": "명령",
        "other": "[English](cli.md)",
        "intro": "`sonnim --help`와 `sonnim 명령 --help`가 알려 주는 내용을 한곳에 모았습니다.",
        "all": "모든 명령에 공통",
        "head": ("인자·옵션", "기본값", "뜻"),
        "analyzers": "분석기마다 쓰는 매개변수입니다. 뜻은 [분석기](analyzers.md)에 있습니다.",
        "exit": "종료 코드",
        "code": ("코드", "뜻"),
        "codes": (
            ("0", "끝냄"),
            ("1", "먼저 고칠 것이 있음. 메시지가 알려 줍니다"),
            ("2", "명령을 알아듣지 못함"),
            ("65", "일부 파일을 가져오지 못함. 나머지는 가져왔습니다"),
            ("75", "다른 Sonnim이 쓰는 중. 잠시 뒤 다시 실행하세요"),
            ("130", "중단됨. 같은 명령이 이어서 합니다"),
        ),
        "environment": "환경 변수",
        "variable": ("변수", "뜻"),
        "variables": (
            ("SONNIM_LANG", "`ko` 또는 `en`: 메시지와 보고서의 언어"),
            ("SONNIM_WORKSPACE", "`--workspace`를 주지 않을 때의 작업 공간 폴더"),
            ("SONNIM_MEMORY", "DuckDB가 쓸 수 있는 최대 메모리 (예: `4GB`)"),
            ("SONNIM_THREADS", "글을 읽는 함수가 쓸 수 있는 최대 스레드 수 (기본: 모두)"),
            ("SONNIM_KIWI_WORKERS", "프로세스마다 한국어 형태소 분석에 쓰는 스레드 수"),
            ("SONNIM_UNPACK_RATIO", "압축 파일이 원래 크기의 몇 배까지 커질 수 있는지 (기본: 200)"),
            ("SONNIM_UNPACK_BYTES", "압축을 푼 파일의 최대 바이트 수 (기본: 64 GiB)"),
            ("SPARK_MASTER", "`--engine spark`가 쓸 Spark 마스터 (예: `spark://host:7077`)"),
            ("SONNIM_DEBUG", "설정하면 예상하지 못한 오류의 자세한 내용을 보여 줍니다"),
        ),
    },
}  # fmt: skip


def commands_page(language: str) -> str:
    """The help text of every command, in that language.

    Options are made when their module is read, in the language of that moment: hence a process of
    its own for each language.
    """
    return subprocess.run(
        [sys.executable, __file__, "--commands", language],
        capture_output=True,
        check=True,
        env={**os.environ, "SONNIM_LANG": language, "PYTHONIOENCODING": "utf-8"},
    ).stdout.decode("utf-8")


def commands_text(language: str) -> str:
    """The page in this process, whose language must be that one already."""
    words: dict[str, Any] = COMMAND_WORDS[language]
    app = importlib.import_module("sonnim.cli.app")
    root = app.build()
    text = f"# {words['title']}\n\n{words['other']}\n\n{root.help}\n\n{words['intro']}\n"
    text += f"\n## sonnim\n\n{parameters_of(root.params, words['head'])}\n{root.epilog}\n"
    for name in app.COMMANDS:
        command = app.load(name)
        text += f"\n## sonnim {name}\n\n{inspect.cleandoc(command.help)}\n\n"
        children = getattr(command, "list_commands", None)
        if children is None:
            text += parameters_of(command.params, words["head"])
        else:
            text += _analyzers_of(command, words)
        text += _examples(command.epilog)
    for title, head, body in (
        ("exit", "code", "codes"),
        ("environment", "variable", "variables"),
    ):
        ticked = [(f"`{first}`", second) for first, second in words[body]]
        text += f"\n## {words[title]}\n\n{rows(words[head], ticked)}"
    return text


def _analyzers_of(group: Any, words: dict[str, Any]) -> str:
    """What all analyzers' commands take, and what each takes besides."""
    commands = {name: group.get_command(None, name) for name in group.list_commands(None)}
    named = {name: {p.name: p for p in command.params} for name, command in commands.items()}
    every = set.intersection(*(set(one) for one in named.values()))
    first = next(iter(named.values()))
    text = parameters_of([p for name, p in first.items() if name in every], words["head"])
    text += f"\n{words['analyzers']}\n\n"
    for name, found in named.items():
        own = [f"`{p.opts[0]}`" for key, p in found.items() if key not in every]
        text += f"- `sonnim analyze {name} FILE`" + (f": {', '.join(own)}" if own else "") + "\n"
    return text


def parameters_of(parameters: list[Any], head: tuple[str, ...]) -> str:
    """Arguments and options as a table."""
    body = []
    for one in parameters:
        option = one.opts[0].startswith("-")
        shown = one.metavar or ("" if option else one.name.upper())
        name = ", ".join(sorted(one.opts, key=len, reverse=True)) if option else shown
        takes = f" {shown}" if option and shown else ""
        # Flags are off and lists are empty where nobody says otherwise.
        plain = one.default is None or one.default is False or str(one.default) == ""
        default = "" if plain or callable(one.default) else f"`{one.default}`"
        body.append((f"`{name}{takes}`", default, one.help or ""))
    return rows(head, body)


def _examples(epilog: str | None) -> str:
    """The line of examples below a help text as a block to copy."""
    if not epilog:
        return ""
    before, _, commands = epilog.partition(": sonnim ")
    lines = f"sonnim {commands}".split(" ; ")
    return f"\n{before}:\n\n```sh\n" + "".join(f"{line}\n" for line in lines) + "```\n"


def pages() -> dict[Path, Callable[[], str]]:
    """The pages by their place."""
    reference = DOCS / "reference"
    return {
        reference / "tables.md": tables_page,
        reference / "analyzers.md": analyzers_page,
        reference / "connectors.md": connectors_page,
        reference / "presets.md": presets_page,
        reference / "cli.md": partial(commands_page, "en"),
        reference / "cli.ko.md": partial(commands_page, "ko"),
        DOCS / "models" / "mood.md": mood_page,
        DOCS / "models" / "reader.md": reader_page,
        DOCS / "models" / "evaluation.md": evaluation_page,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if outdated")
    parser.add_argument("--commands", choices=("en", "ko"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    check = arguments.check
    if arguments.commands:
        sys.stdout.write(commands_text(arguments.commands))
        return 0
    # Help texts follow the language; the reference is English.
    os.environ["SONNIM_LANG"] = "en"
    outdated = []
    for file, make in pages().items():
        text = NOTE + make()
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            outdated.append(file.relative_to(DOCS).as_posix())
            if not check:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
    if check and outdated:
        print(f"out of date, run `make docs`: {', '.join(outdated)}", file=sys.stderr)
        return 1
    if not check:
        print(f"docs: {len(outdated)} pages written anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())

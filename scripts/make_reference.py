"""Writes docs/reference/ anew from the code (`make docs`); `--check` only says what is out of date.

Nothing in those pages is written by hand: tables come from their schemas, analyzers and connectors
from their docstrings and declarations, commands from the command line itself.
"""

import argparse
import importlib
import inspect
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from sonnim.tables.answers import ANSWERS
from sonnim.tables.facts import FACTS
from sonnim.tables.parameters import limits
from sonnim.tables.schema import TableSchema

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTE = "<!-- Written by `make docs` from the code; do not edit. -->\n\n"


def rows(header: tuple[str, ...], body: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [header, tuple("---" for _ in header), *body]
    escaped = (" | ".join(cell.replace("|", "\\|") for cell in line) for line in lines)
    return "".join(f"| {line} |\n" for line in escaped)


def tables_page() -> str:
    """All tables, column by column."""
    text = "# Tables\n\nTimes are UTC, in microseconds. Privacy classes: docs/dictionary.md.\n"
    groups = (("Facts that come in", FACTS), ("Answers that come out", ANSWERS))
    for title, schemas in groups:
        text += f"\n## {title}\n"
        for schema in schemas:
            text += f"\n### `{schema.name}` (version {schema.version})\n\n{schema.meaning}. "
            text += "Key: " + ", ".join(f"`{name}`" for name in schema.key) + ".\n\n"
            text += rows(
                ("Column", "Type", "Meaning", "Unit", "Privacy", "Required"),
                [_column_row(schema, name) for name in schema.names],
            )
    return text


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
    return text


def commands_page() -> str:
    """The help text of every command."""
    typer = importlib.import_module("typer")
    root = typer.main.get_command(importlib.import_module("sonnim.cli.app").app)

    def described(command: Any, path: str) -> str:
        text = f"\n## {path}\n\n{inspect.cleandoc(command.help or '')}\n"
        body: list[tuple[str, ...]] = []
        for parameter in command.params:
            if getattr(parameter, "hidden", False) or "--help" in parameter.opts:
                continue
            name = (
                ", ".join(parameter.opts)
                if parameter.opts[0].startswith("-")
                else (parameter.name.upper())
            )
            body.append((f"`{name}`", (getattr(parameter, "help", None) or "").replace("\n", " ")))
        if body:
            text += "\n" + rows(("Argument or option", "Meaning"), body)
        for name, child in sorted(getattr(command, "commands", {}).items()):
            if not child.hidden:
                text += described(child, f"{path} {name}")
        return text

    return "# Commands\n" + described(root, "sonnim")


def pages() -> dict[str, Callable[[], str]]:
    """The pages by file name."""
    found = {
        "tables.md": tables_page,
        "analyzers.md": analyzers_page,
        "connectors.md": connectors_page,
    }
    if find_spec("sonnim.cli.app"):
        found["commands.md"] = commands_page
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if outdated")
    check = parser.parse_args().check
    # Help texts follow the language; the reference is English.
    os.environ["SONNIM_LANG"] = "en"
    outdated = []
    PAGES.mkdir(parents=True, exist_ok=True)
    for name, make in pages().items():
        text = NOTE + make()
        file = PAGES / name
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            outdated.append(name)
            if not check:
                file.write_text(text, encoding="utf-8")
    if check and outdated:
        print(f"out of date, run `make docs`: {', '.join(outdated)}", file=sys.stderr)
        return 1
    if not check:
        print(f"docs/reference: {len(outdated)} pages written anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`sonnim analyze NAME FILE`: on bare files; one command for each analyzer that is found."""

import inspect
import re
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sonnim.analyzers.base import Analyzer
from sonnim.cli.options import Lang, Map
from sonnim.cli.printing import aside, line, out, print_json
from sonnim.tables.words import say
from sonnim.views.terminal import fitting, rich_table
from sonnim.workspace import catalog
from sonnim.workspace.bare import analyze_bare
from sonnim.workspace.exporting import write_arrow
from sonnim.workspace.showing import plain_table

# What stands beside the key before anything else: no value without its interval and its n.
_NEEDED = ("label", "value", "low", "high", "n")
_LATER = ("scale_min", "scale_max")
_FILE = Annotated[str, typer.Argument(help=say("cli_arg_bare"), metavar="FILE", show_default=False)]
_OUT = Annotated[
    Path | None, typer.Option("--out", "-o", help=say("cli_opt_bare_out"), metavar="FILE")
]
_LIMIT = Annotated[int, typer.Option("--limit", "-n", min=1, help=say("cli_opt_limit"))]
_JSON = Annotated[bool, typer.Option("--json", help=say("cli_opt_json"))]


class AnalyzerGroup(TyperGroup):
    """A command for each analyzer found, ours and others'."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The analyzers in the order in which they run."""
        return [one.name for one in catalog.analyzers()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of one analyzer: its page as help, its parameters as options."""
        for one in catalog.analyzers():
            if one.name == cmd_name:
                return command_of(one)
        return None


def command_of(one: Analyzer) -> Any:
    """The command of one analyzer.

    Its options are the parameters it declares, with their limits; the limits themselves are
    checked where all callers pass, so that Python and command line give the same errors.
    """
    given = [
        inspect.Parameter("file", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=_FILE),
        _named("target", None, _OUT),
        _named("map", None, Map),
        _named("limit", 20, _LIMIT),
        _named("as_json", False, _JSON),
        _named("lang", "", Lang),
    ]
    for field in fields(one.parameters):
        limit = field.metadata["limit"]
        said = f"{limit.meaning} ({limit.allowed()})"
        option = typer.Option(f"--{field.name.replace('_', '-')}", help=said)
        given.append(_named(field.name, field.default, Annotated[type(field.default), option]))

    def call(
        file: str,
        target: Path | None,
        map: list[str] | None,
        limit: int,
        as_json: bool,
        lang: str,
        **values: object,
    ) -> None:
        rejected: list[int] = []
        with aside.status(say("cli_reading", None, location=file)):
            answer = analyze_bare(
                one.name, file, words=map or (), parameters=values, left_out=rejected.append
            )
        for number in rejected:
            aside.print(say("cli_bare_rejected", None, n=f"{number:,}"))
        if target is not None:
            rows = write_arrow(answer, one.writes[0], target)
            line("cli_exported", name=one.name, rows=f"{rows:,}", file=target)
        elif as_json:
            print_json(answer)
        else:
            table = plain_table(answer, one.name, limit)
            key = (name for name in one.writes[0].key if name not in _LATER)
            cut, hidden = fitting(table, out.width, (*key, *_NEEDED))
            out.print(rich_table(cut))
            if hidden:
                names = ", ".join(name for name in table.columns if name not in cut.columns)
                line("cli_bare_columns", columns=names)
            if answer.num_rows > limit:
                line("cli_bare_more", n=f"{answer.num_rows - limit:,}")

    call.__signature__ = inspect.Signature(given)  # type: ignore[attr-defined]
    call.__annotations__ = {name.name: name.annotation for name in given}
    page = _paragraphs(inspect.getmodule(one.analyze).__doc__ or one.name)
    made = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    made.command(
        one.name,
        help=page,
        short_help=page.partition("\n")[0],
        context_settings={"help_option_names": ["-h", "--help"]},
    )(call)
    return typer.main.get_command(made)


def _paragraphs(docstring: str) -> str:
    """A page for the terminal: hanging lines joined, a paragraph for each of its parts."""
    text = inspect.cleandoc(docstring).replace("\n    ", " ")
    return re.sub(r"\n(?=(Method|Source|Limits|Quality): )", "\n\n", text)


def _named(name: str, default: object, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


def _group() -> Any:
    root = typer.Typer(
        name="analyze",
        cls=AnalyzerGroup,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help=say("cli_analyze"),
        epilog=say("cli_analyze_end"),
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(_nothing)
    return typer.main.get_command(root)


def _nothing() -> None:
    return None


GROUP = _group()

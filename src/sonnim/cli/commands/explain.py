"""`sonnim explain`: the analysis behind an answer as SQL."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sonnim.cli.options import Folder, Lang
from sonnim.cli.printing import line, write_text
from sonnim.tables.words import say
from sonnim.workspace.reporting import explain
from sonnim.workspace.workspace import Workspace


def command(
    name: Annotated[str, typer.Argument(help=say("cli_arg_analyzer"))],
    folder: Folder = Path(),
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help=say("cli_opt_explain_out"), metavar="FILE"),
    ] = None,
    lang: Lang = "",
) -> None:
    """Prints SQL that a person can run again."""
    text = explain(Workspace(folder), name)
    if out is None:
        sys.stdout.write(text)
    else:
        write_text(out, text)
        line("cli_written", file=out)

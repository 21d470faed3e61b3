"""`sonnim report`: the answers as one HTML page."""

from pathlib import Path
from typing import Annotated

import typer

from sonnim.cli.options import AsOf, Folder, Lang
from sonnim.cli.printing import aside, line, write_text
from sonnim.tables.words import current_language, say
from sonnim.workspace.reporting import report
from sonnim.workspace.workspace import Workspace, as_of_time


def command(
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help=say("cli_opt_report_out"), metavar="FILE"),
    ] = None,
    folder: Folder = Path(),
    as_of: AsOf = "",
    lang: Lang = "",
) -> None:
    """Writes the report in the language in force."""
    workspace = Workspace(folder, as_of=as_of_time(as_of) if as_of else None)
    file = out if out is not None else workspace.folder / "report.html"
    with aside.status(say("cli_writing", None, file=file)):
        write_text(file, report(workspace, current_language()))
    line("cli_reported", file=file, kilobytes=f"{file.stat().st_size / 1000:,.0f}")

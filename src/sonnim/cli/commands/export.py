"""`sonnim export`: every table back as Parquet, CSV or XLSX, and its charts as PNG or SVG."""

from pathlib import Path
from typing import Annotated

import typer

from sonnim.cli.options import AsOf, Folder, Lang
from sonnim.cli.printing import counting, line
from sonnim.tables.errors import StopError
from sonnim.tables.words import current_language, say
from sonnim.views.images import PICTURES
from sonnim.workspace import catalog
from sonnim.workspace.pictures import write_pictures
from sonnim.workspace.workspace import Workspace, as_of_time


def command(
    name: Annotated[str, typer.Argument(help=say("cli_arg_export"), show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", "-o", help=say("cli_opt_export_out"), metavar="FILE|FOLDER")
    ],
    format: Annotated[
        str, typer.Option("--format", help=say("cli_opt_format"), metavar="parquet|csv|xlsx")
    ] = "parquet",
    mask: Annotated[bool, typer.Option("--mask", help=say("cli_opt_mask"))] = False,
    folder: Folder = Path(),
    as_of: AsOf = "",
    lang: Lang = "",
) -> None:
    """Exports one table to a file, or all to a folder."""
    workspace = Workspace(folder, as_of=as_of_time(as_of) if as_of else None)
    if out.suffix.lower() in PICTURES and name != "all":
        for file in write_pictures(workspace, name, out, current_language()):
            line("cli_pictured", name=name, file=file)
        return
    if name != "all":
        rows = workspace.export(name, out, mask=mask)
        line("cli_exported", name=name, rows=f"{rows:,}", file=out)
        return
    schemas = catalog.schemas().values()
    there = [one.name for one in schemas if workspace.snapshot(one).table.version is not None]
    if not there:
        raise StopError("nothing_added")
    with counting() as progress:
        for number, table in enumerate(there, 1):
            file = out / f"{table}.{format}"
            rows = workspace.export(table, file, mask=mask)
            progress("export", number, len(there))
            line("cli_exported", name=table, rows=f"{rows:,}", file=file)

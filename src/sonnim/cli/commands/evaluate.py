"""`sonnim evaluate`: how well moods are read on labelled texts, beside the baselines."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from sonnim import __version__
from sonnim.cli.options import Folder, Lang
from sonnim.cli.printing import aside, counting, line, out, rows_of, write_text
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.errors import StopError
from sonnim.tables.words import say
from sonnim.views.terminal import fitting, rich_table
from sonnim.workspace.evaluating import EVALUATION, FEW, Evaluated, evaluate, table_of
from sonnim.workspace.evaluation_shown import columns_of, confusions_of, first_columns, tables_of
from sonnim.workspace.exporting import write_arrow
from sonnim.workspace.labelled import (
    Columns,
    Labelled,
    labelled_files,
    labelled_messages,
    said_of,
)
from sonnim.workspace.workspace import Workspace

_JSON = ".json"


def _option(key: str, metavar: str) -> Any:
    return typer.Option(help=say(key), metavar=metavar, show_default=False)


def command(
    files: Annotated[
        list[str] | None, typer.Argument(help=say("cli_arg_labelled"), metavar="[FILE]...")
    ] = None,
    text: Annotated[str, _option("cli_opt_text", "COLUMN")] = "",
    label: Annotated[str, _option("cli_opt_label", "COLUMN")] = "",
    rating: Annotated[str, _option("cli_opt_rating", "COLUMN")] = "",
    scale: Annotated[str, _option("cli_opt_scale", "LOW-HIGH")] = "",
    domain: Annotated[str, _option("cli_opt_domain", "COLUMN")] = "",
    tier: Annotated[
        str, typer.Option(help=say("cli_opt_tier"), metavar="auto|fast|cascade|accurate")
    ] = "auto",
    baselines: Annotated[
        bool, typer.Option("--baselines/--no-baselines", help=say("cli_opt_baselines"))
    ] = True,
    target: Annotated[
        Path | None, typer.Option("--out", "-o", help=say("cli_opt_evaluate_out"), metavar="FILE")
    ] = None,
    folder: Folder = Path(),
    lang: Lang = "",
) -> None:
    """Reads, measures, prints."""
    columns = Columns(text=text, label=label, rating=rating, domain=domain)
    labelled = _labelled(files or [], columns, scale, folder)
    with counting() as progress:
        found = evaluate(labelled, tier=tier, baselines=baselines, progress=progress)
    for told in columns_of(labelled):
        out.print(told, soft_wrap=True)
    for left in found.left_out:
        out.print(said_of(left), soft_wrap=True)
    if not found.neutral:
        line("evaluate_two_sides")
    _show(found)
    if any(row.found.n < FEW for row in found.rows):
        line("evaluate_few", least=FEW)
    for package in found.absent:
        line("evaluate_absent", package=package)
    if target is not None:
        _write(found, target)


def _labelled(files: list[str], columns: Columns, scale: str, folder: Path) -> Labelled:
    if files:
        with aside.status(say("cli_reading", None, location=", ".join(files))), DuckEngine() as one:
            return labelled_files(files, columns, scale, engine=one)
    if columns != Columns() or scale:
        raise StopError("evaluate_options_need_file")
    try:
        workspace = Workspace(folder)
    except StopError as error:
        if error.key == "no_workspace":
            raise StopError("evaluate_no_file", folder=str(folder)) from None
        raise
    return labelled_messages(workspace)


def _show(found: Evaluated) -> None:
    hidden: list[str] = []
    for table in tables_of(found):
        cut, more = fitting(table, out.width, first_columns())
        out.print(rich_table(cut))
        if more:
            hidden += [name for name in table.columns if name not in cut.columns]
    for table in confusions_of(found):
        out.print(rich_table(table))
    if hidden:
        line("cli_evaluate_columns", columns=", ".join(hidden))


def _write(found: Evaluated, file: Path) -> None:
    table = table_of(found)
    if file.suffix.lower() != _JSON:
        write_arrow(table, EVALUATION, file)
    else:
        whole = {
            "sonnim": __version__,
            "classifier": found.ours,
            "left_out": [asdict(one) for one in found.left_out],
            "not_installed": found.absent,
            "evaluation": list(rows_of(table)),
        }
        write_text(file, json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
    line("cli_written", file=file)

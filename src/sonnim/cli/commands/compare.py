"""`sonnim compare`: the same workspace on DuckDB and on Spark, answer by answer."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sonnim.checks.two_engines import TOLERANCE, compare_engines
from sonnim.cli.options import Folder, Lang
from sonnim.cli.printing import aside, line
from sonnim.tables.errors import StopError
from sonnim.tables.words import say
from sonnim.workspace import catalog
from sonnim.workspace.saving import load
from sonnim.workspace.workspace import Workspace


def command(
    names: Annotated[
        list[str] | None, typer.Argument(help=say("cli_arg_names"), metavar="[NAME]...")
    ] = None,
    folder: Folder = Path(),
    rows: Annotated[int, typer.Option("--rows", min=1, help=say("cli_opt_compare_rows"))] = 20_000,
    lang: Lang = "",
) -> None:
    """Runs the analyzers on both engines and compares every row."""
    workspace, on_spark = Workspace(folder), Workspace(folder, engine="spark")
    chosen = catalog.chosen(names or ())
    unequal = 0
    with aside.status(say("cli_comparing")) as waiting:
        for analyzer in chosen:
            one = compare_engines(
                analyzer,
                workspace.parameters(analyzer, {}),
                [workspace.snapshot(reads.schema) for reads in analyzer.reads],
                partial(load, workspace.store),
                (workspace.new_engine, on_spark.new_engine),
                rows,
            )
            waiting.stop()
            unequal += bool(one.difference)
            line(
                "cli_compare_differs" if one.difference else "cli_compare_same",
                name=one.analyzer,
                rows=f"{one.rows:,}",
                first=f"{one.seconds[0]:.1f}",
                second=f"{one.seconds[1]:.1f}",
                tolerance=f"{TOLERANCE:g}",
                difference=one.difference,
            )
            waiting.start()
    if unequal:
        raise StopError("cli_compare_failed", n=unequal)

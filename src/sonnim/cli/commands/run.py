"""`sonnim run`: computes what is new since the last time."""

from pathlib import Path
from typing import Annotated

import typer

from sonnim.cli.options import EngineName, Folder, Lang, Set
from sonnim.cli.printing import counting, line, settings_of
from sonnim.tables.words import say
from sonnim.workspace.running import Done
from sonnim.workspace.workspace import Workspace


def command(
    names: Annotated[
        list[str] | None, typer.Argument(help=say("cli_arg_names"), metavar="[NAME]...")
    ] = None,
    folder: Folder = Path(),
    engine: EngineName = "duckdb",
    set: Set = None,
    lang: Lang = "",
) -> None:
    """Runs all analyzers, or those named."""
    workspace = Workspace(folder, engine=engine)
    with counting() as progress:
        for done in workspace.running(names or (), parameters=settings_of(set), progress=progress):
            show_done(done)
            if done.fresh and not done.rows and (before := workspace.before(done.analyzer)):
                line("cli_ran_too_early", name=done.analyzer, before=" ".join(before))


def show_done(done: Done) -> None:
    """Prints what came of one analyzer."""
    if done.fresh:
        line("cli_ran", name=done.analyzer, rows=f"{done.rows:,}", seconds=f"{done.seconds:.1f}")
    else:
        line("cli_ran_nothing", name=done.analyzer)

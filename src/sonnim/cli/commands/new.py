"""`sonnim new`: makes a workspace."""

from pathlib import Path
from typing import Annotated

import typer

from sonnim.cli.options import Lang
from sonnim.cli.printing import line
from sonnim.tables.words import say
from sonnim.workspace.workspace import new


def command(
    folder: Annotated[Path, typer.Argument(help=say("cli_arg_new_folder"))] = Path(),
    company: Annotated[str, typer.Option(help=say("cli_opt_company"), show_default=False)] = "",
    store: Annotated[str, typer.Option(help=say("cli_opt_store"))] = "data",
    timezone: Annotated[str, typer.Option(help=say("cli_opt_timezone"), show_default=False)] = "",
    lang: Lang = "",
) -> None:
    """Makes the folder and its sonnim.toml."""
    workspace = new(folder, company=company, store=store, timezone=timezone)
    line("cli_new_done", folder=workspace.folder, company=workspace.company)

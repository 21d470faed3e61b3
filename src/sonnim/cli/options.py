"""Options that several commands share, said once."""

from pathlib import Path
from typing import Annotated

import typer

from sonnim.tables.words import say

Lang = Annotated[
    str, typer.Option("--lang", help=say("cli_opt_lang"), metavar="ko|en", show_default=False)
]
Folder = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        help=say("cli_opt_workspace"),
        envvar="SONNIM_WORKSPACE",
        metavar="FOLDER",
    ),
]
AsOf = Annotated[
    str,
    typer.Option("--as-of", help=say("cli_opt_as_of"), metavar="TIME|VERSION", show_default=False),
]
EngineName = Annotated[
    str, typer.Option("--engine", help=say("cli_opt_engine"), metavar="duckdb|spark")
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", "-m", help=say("cli_opt_map"), metavar="COLUMN=NAME", show_default=False),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help=say("cli_opt_set"), metavar="NAME=VALUE", show_default=False),
]

"""`sonnim suggest-labels`: asks an endpoint for labels; says first what goes where, and asks."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from arro3.core import Table as ArrowTable

from sonnim.cli.options import Folder, Lang
from sonnim.cli.printing import aside, counting, line
from sonnim.tables.errors import SonnimError, StopError
from sonnim.tables.words import say
from sonnim.workspace.endpoint import endpoint
from sonnim.workspace.exporting import write_arrow
from sonnim.workspace.suggesting import (
    SUGGESTED,
    Suggestion,
    check_question,
    suggestions,
    table_of,
    texts_to_ask,
)


def command(
    file: Annotated[
        Path, typer.Argument(help=say("cli_arg_suggest"), metavar="FILE", show_default=False)
    ],
    text: Annotated[
        str, typer.Option("--text", help=say("cli_opt_suggest_text"), metavar="COLUMN")
    ] = "text",
    question: Annotated[
        str, typer.Option("--question", help=say("cli_opt_suggest_question"), metavar="mood")
    ] = "mood",
    target: Annotated[
        Path, typer.Option("--out", "-o", help=say("cli_opt_suggest_out"), metavar="FILE")
    ] = Path("labels.csv"),
    most: Annotated[int, typer.Option("--most", min=1, help=say("cli_opt_suggest_most"))] = 100,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=say("cli_opt_yes"))] = False,
    folder: Folder = Path(),
    lang: Lang = "",
) -> None:
    """Asks for labels of texts."""
    check_question(question)
    asked = endpoint(folder)
    with aside.status(say("cli_reading", None, location=file)):
        given = texts_to_ask(file, text, most)
    line(
        "cli_suggest_goes", n=f"{len(given.texts):,}", host=asked.host, model=asked.model,
        masked=f"{given.masked:,}",
    )  # fmt: skip
    if not yes:
        try:
            sure = typer.confirm(say("cli_suggest_sure"), err=True)
        except typer.Abort:
            sure = False
        if not sure:
            raise StopError("cli_suggest_not")
    found: list[Suggestion] = []
    try:
        with counting() as progress:
            for one in suggestions(asked, given):
                found.append(one)
                progress(asked.model, len(found), len(given.texts))
    except SonnimError:
        # What was answered was asked for, and perhaps paid for.
        if found:
            write(found, table_of(found, asked), target)
        raise
    write(found, table_of(found, asked), target)


def write(found: list[Suggestion], table: ArrowTable, target: Path) -> None:
    """Writes what there is, and says how many had no label and why."""
    rows = write_arrow(table, SUGGESTED, target)
    line("cli_exported", name=SUGGESTED.name, rows=f"{rows:,}", file=target)
    for reason, n in sorted(Counter(one.reason for one in found if one.reason).items()):
        line(f"cli_suggest_{reason}", n=f"{n:,}")

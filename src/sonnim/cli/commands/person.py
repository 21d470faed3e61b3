"""`sonnim person`: everything held about one person, to read or as a file."""

import json as json_lines
import sys
from pathlib import Path
from typing import Annotated

import typer

from sonnim.cli.options import Folder, Lang
from sonnim.cli.printing import aside, line, out
from sonnim.tables.words import current_language, say
from sonnim.views.terminal import rich_table
from sonnim.workspace.person_file import document, held, timeline, write_record
from sonnim.workspace.workspace import Workspace


def command(
    person: Annotated[
        str, typer.Argument(help=say("cli_arg_person"), metavar="PERSON", show_default=False)
    ],
    export: Annotated[
        Path | None,
        typer.Option("--export", "-o", help=say("cli_opt_person_export"), metavar="FILE|FOLDER"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=say("cli_opt_json"))] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help=say("cli_opt_limit"))] = 40,
    folder: Folder = Path(),
    lang: Lang = "",
) -> None:
    """Shows a person's timeline, or writes all that is held about them."""
    workspace = Workspace(folder)
    language = current_language()
    with aside.status(say("cli_person_looking")):
        record = workspace.person(person)
    if export is not None:
        rows = write_record(record, export)
        line("cli_person_exported", file=export, rows=f"{rows:,}", tables=len(record.tables))
        return
    if json:
        text = json_lines.dumps(document(record), ensure_ascii=False, indent=1, allow_nan=False)
        sys.stdout.write(text + "\n")
        return
    line("cli_person_known", ids=", ".join(record.trace.ids))
    out.print(rich_table(timeline(record, language, limit)))
    out.print(rich_table(held(record, language)))
    line("cli_person_how", person=person)

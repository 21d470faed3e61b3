"""`sonnim erase`: removes a person from every table and from the past, and says what it removed."""

from pathlib import Path
from typing import Annotated

import typer

from sonnim.cli.options import Folder, Lang
from sonnim.cli.printing import aside, counting, line
from sonnim.tables.errors import StopError
from sonnim.tables.words import say
from sonnim.workspace.erasing import Erased, Preview
from sonnim.workspace.workspace import Workspace


def command(
    person: Annotated[
        str, typer.Argument(help=say("cli_arg_person"), metavar="PERSON", show_default=False)
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help=say("cli_opt_yes"))] = False,
    folder: Folder = Path(),
    lang: Lang = "",
) -> None:
    """Erases one person."""
    workspace = Workspace(folder)
    if not yes:
        with aside.status(say("cli_person_looking")):
            show_preview(workspace.erasable(person))
        try:
            sure = typer.confirm(say("cli_erase_sure"), err=True)
        except typer.Abort:
            sure = False
        if not sure:
            raise StopError("cli_erase_not")
    with counting() as progress:
        erased = workspace.erase(person, progress=progress)
    show_erased(erased)


def show_preview(preview: Preview) -> None:
    """Prints how much there is of a person, and what is lost with them."""
    for held in preview.trace.held:
        line("cli_erase_held", table=held.table, rows=f"{held.rows:,}", others=f"{held.mentions:,}")
    if preview.past:
        line("cli_erase_past")
    if preview.known:
        line("cli_erase_known")
    sure = [one.probability for one in preview.trace.identities if one.probability is not None]
    if len(preview.trace.identities) > 1:
        least = f"{min(sure):.2f}" if sure else "-"
        line("cli_erase_linked", n=len(preview.trace.identities), least=least)
    line("cli_erase_forgets", tables=", ".join(preview.forgotten))


def show_erased(erased: Erased) -> None:
    """Prints what was removed, what stays, and what is left to do."""
    for one in erased.swept:
        line("cli_erased", table=one.table, removed=f"{one.removed:,}", changed=f"{one.changed:,}")
    if not erased.swept:
        line("cli_erased_nothing")
    line("cli_erased_files", n=f"{erased.files:,}")
    for report in erased.reports:
        line("cli_erased_report", file=report)
    line("cli_erased_stays")
    for file in erased.left:
        line("cli_erased_left", file=file)

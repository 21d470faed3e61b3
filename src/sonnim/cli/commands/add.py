"""`sonnim add`: shows how a file's columns are understood, and takes its rows."""

import signal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from sonnim.cli.options import Folder, Lang, Map
from sonnim.cli.printing import aside, line, out, settings_of
from sonnim.connectors.base import Mapping, Payload
from sonnim.connectors.places import hidden
from sonnim.tables.errors import SkipError
from sonnim.tables.words import say
from sonnim.workspace.drift import Drift
from sonnim.workspace.importing import Added
from sonnim.workspace.proposing import proposals, sample_values
from sonnim.workspace.watching import Round, seconds_of, watching
from sonnim.workspace.workspace import Workspace


def _text(key: str, metavar: str) -> Any:
    return typer.Option(help=say(key), metavar=metavar, show_default=False)


def command(
    locations: Annotated[
        list[str], typer.Argument(help=say("cli_arg_locations"), metavar="FILE...")
    ],
    folder: Folder = Path(),
    source: Annotated[str, typer.Option(help=say("cli_opt_source"), show_default=False)] = "",
    map: Map = None,
    timezone: Annotated[str, typer.Option(help=say("cli_opt_timezone"), show_default=False)] = "",
    table: Annotated[str, _text("cli_opt_table", "NAME")] = "",
    query: Annotated[str, _text("cli_opt_query", "SQL")] = "",
    resume_by: Annotated[str, _text("cli_opt_resume_by", "COLUMN")] = "",
    set: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help=say("cli_opt_set_place"), metavar="NAME=VALUE", show_default=False
        ),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help=say("cli_opt_watch"))] = False,
    every: Annotated[str, typer.Option("--every", help=say("cli_opt_every"))] = "30s",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("cli_opt_dry_run"))] = False,
    lang: Lang = "",
) -> None:
    """Takes files, folders, globs, addresses or standard input."""
    words = [*(map or ()), *([f"timezone={timezone}"] if timezone else ())]
    named = {"table": table, "query": query, "resume_by": resume_by}
    settings = {**settings_of(set), **{name: one for name, one in named.items() if one}}
    if dry_run:
        _show_proposals(locations, words, settings)
        return
    workspace = Workspace(folder)
    if watch:
        _watch(workspace, locations, seconds_of(every), source, words, settings)
        return
    problems = 0
    for location in locations:
        nothing = True
        with aside.status(say("cli_reading", None, location=hidden(location))) as waiting:
            for added in workspace.adding(
                location, source=source, map=words, settings=settings, proposed=show_proposal
            ):
                waiting.stop()
                nothing = False
                problems += bool(added.problem)
                show_added(added)
                waiting.start()
        if nothing:
            line("cli_add_nothing_new", location=hidden(location))
    if problems:
        raise SkipError("cli_add_problems", n=problems)


def _watch(
    workspace: Workspace,
    locations: list[str],
    every: float,
    source: str,
    words: list[str],
    settings: dict[str, object],
) -> None:
    """Goes on until somebody ends it, which is no error."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    # As systemd and containers end it; the same as Ctrl-C.
    before = signal.signal(signal.SIGTERM, end)
    line("cli_watching", every=f"{every:g}")
    try:
        for one in watching(
            workspace, locations, every=every, source=source, map=words, values=settings,
            proposed=show_proposal,
        ):  # fmt: skip
            if not isinstance(one, Round):
                show_added(one)
    except KeyboardInterrupt:
        line("cli_watched")
    finally:
        signal.signal(signal.SIGTERM, before)


def _show_proposals(locations: list[str], words: list[str], settings: dict[str, object]) -> None:
    skipped = 0
    for location in locations:
        for one in proposals(location, words, settings):
            if one.payload is not None and one.mapping is not None:
                show_proposal(one.payload, one.mapping, written=False)
            else:
                skipped += 1
                line("cli_added_problem", label=one.label, problem=one.problem)
    line("cli_add_dry")
    if skipped:
        raise SkipError("cli_add_problems", n=skipped)


def show_proposal(
    payload: Payload, mapping: Mapping, drifts: tuple[Drift, ...] = (), *, written: bool = True
) -> None:
    """Prints which column is taken for what, how sure, why, and sample rows; or what changed.

    Args:
        payload: The file.
        mapping: How it is read.
        drifts: What changed since the files before.
        written: Whether the mapping goes into sonnim.toml, if its times have a zone.
    """
    if drifts:
        line("cli_drift", file=payload.label, source=mapping.source)
        for one in drifts:
            line(f"cli_drift_{one.kind}", column=one.column, was=one.was, now=one.now)
        return
    title = say("cli_proposal", None, file=payload.label, tables=", ".join(mapping.tables))
    table = Table(title=Text(title), title_justify="left", header_style="bold")
    for key in ("cli_col_column", "cli_col_from", "cli_col_sure", "cli_col_samples"):
        table.add_column(Text(say(key)), overflow="fold")
    several = len(mapping.tables) > 1
    for match in mapping.matches:
        name = f"{match.table}.{match.column}" if several else match.column
        origin = match.raw or match.sql or f":= {match.constant}"
        sure = f"{match.confidence:.0%}  {match.why}"
        samples = " | ".join(sample_values(payload, match.raw)) if match.raw else ""
        table.add_row(Text(name), Text(origin), Text(sure), Text(samples))
    out.print(table)
    if mapping.leftover:
        line("cli_leftover", columns=", ".join(mapping.leftover))
    if mapping.timezone:
        line("cli_timezone", timezone=mapping.timezone)
    if written and (mapping.timezone or not mapping.zoneless):
        line("cli_proposal_how", source=mapping.source)


def show_added(added: Added) -> None:
    """Prints what came of one file and table."""
    if added.problem:
        line("cli_added_problem", label=added.label, problem=added.problem)
    elif added.nothing:
        out.print(added.nothing, soft_wrap=True)
    elif added.known:
        line("cli_added_known", label=added.label, table=added.table)
    else:
        line(
            "cli_added",
            label=added.label,
            table=added.table,
            new=f"{added.new:,}",
            changed=f"{added.changed:,}",
            same=f"{added.same:,}",
            rejected=f"{added.rejected:,}",
        )
        if added.rejected:
            line("cli_rejected_how")
        if added.erased:
            line("cli_added_erased", n=f"{added.erased:,}")

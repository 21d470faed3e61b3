"""`sonnim show`: an answer as a table or chart in the terminal, or for machines."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from sonnim.cli.options import AsOf, Folder, Lang
from sonnim.cli.printing import line, out, print_csv, print_json
from sonnim.tables.answers_network import INFLUENCE
from sonnim.tables.errors import StopError
from sonnim.tables.words import current_language, say
from sonnim.views.terminal import bar, fitting, rich_table, series_line
from sonnim.views.writing import date_text
from sonnim.workspace.showing import overview, shown
from sonnim.workspace.why import why as reasons
from sonnim.workspace.workspace import Workspace, as_of_time


def command(
    name: Annotated[str, typer.Argument(help=say("cli_arg_table"), show_default=False)] = "",
    folder: Folder = Path(),
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help=say("cli_opt_limit"))] = 20,
    json: Annotated[bool, typer.Option("--json", help=say("cli_opt_json"))] = False,
    csv: Annotated[bool, typer.Option("--csv", help=say("cli_opt_csv"))] = False,
    parquet: Annotated[
        Path | None, typer.Option("--parquet", help=say("cli_opt_parquet"), metavar="FILE")
    ] = None,
    chart: Annotated[bool, typer.Option("--chart", help=say("cli_opt_chart"))] = False,
    why: Annotated[
        str, typer.Option("--why", help=say("cli_opt_why"), metavar="PERSON", show_default=False)
    ] = "",
    as_of: AsOf = "",
    lang: Lang = "",
) -> None:
    """Shows one table, or says which there are."""
    workspace = Workspace(folder, as_of=as_of_time(as_of) if as_of else None)
    if sum((json, csv, parquet is not None)) > 1:
        raise StopError("cli_one_format")
    if why:
        if name != INFLUENCE.name or json or csv or chart or parquet is not None:
            raise StopError("cli_why_alone")
        _explain(workspace, why)
    elif not name:
        out.print(rich_table(overview(workspace, current_language())))
    elif parquet is not None:
        rows = workspace.export(name, parquet)
        line("cli_exported", name=name, rows=f"{rows:,}", file=parquet)
    elif csv:
        print_csv(workspace, name)
    elif json:
        print_json(workspace.table(name, order=workspace.schema(name).key))
    else:
        answer = shown(workspace, name, current_language(), limit)
        if answer.headline:
            out.print(Text(answer.headline, style="bold"), "")
        for one in answer.lines:
            out.print(series_line(one.label, one.values, one.latest))
        for part in answer.bars:
            out.print(f"{part.label:<12} {bar(part.value, 1.0)} {part.said}")
        if not chart or not (answer.lines or answer.bars):
            table, hidden = (
                fitting(answer.table, out.width, answer.first)
                if answer.first
                else (answer.table, 0)
            )
            out.print(rich_table(table))
            if hidden:
                line("view_more_columns", n=hidden)
            if answer.more:
                line("cli_more", n=f"{answer.more:,}", name=name)


def _explain(workspace: Workspace, person: str) -> None:
    language = current_language()
    found = reasons(workspace, person, language)
    out.print(Text(found.title, style="bold"))
    for sentence in found.sentences:
        out.print(f"- {sentence}", soft_wrap=True)
    out.print()
    out.print(rich_table(found.table))
    for quote in found.quotes:
        when = date_text(quote.date, language) if quote.date else ""
        said = " · ".join(filter(None, (quote.subject, when, quote.channel, quote.message_id)))
        out.print(f"\n“{quote.text}”")
        out.print(Text(said, style="dim"))

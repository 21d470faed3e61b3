"""`sonnim show`: an answer as a table or chart in the terminal, or for machines."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from sonnim.cli.options import AsOf, Folder, Lang
from sonnim.cli.printing import line, out, print_csv, print_json
from sonnim.tables.errors import StopError
from sonnim.tables.words import current_language, say
from sonnim.views.terminal import bar, fitting, rich_table, series_line
from sonnim.workspace.showing import overview, shown
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
    as_of: AsOf = "",
    lang: Lang = "",
) -> None:
    """Shows one table, or says which there are."""
    workspace = Workspace(folder, as_of=as_of_time(as_of) if as_of else None)
    if sum((json, csv, parquet is not None)) > 1:
        raise StopError("cli_one_format")
    if not name:
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

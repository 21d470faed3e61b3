"""`sonnim demo`: a fictional company, its analysis, and what was found beside what was planted."""

from pathlib import Path
from typing import Annotated

import typer

from sonnim.cli.commands.add import show_added
from sonnim.cli.commands.run import show_done
from sonnim.cli.options import Lang
from sonnim.cli.printing import counting, line, out, write_text
from sonnim.tables.words import current_language, say
from sonnim.views.terminal import rich_table
from sonnim.workspace.demo_issues import named_table
from sonnim.workspace.demo_run import Demo
from sonnim.workspace.reporting import report


def command(
    folder: Annotated[Path, typer.Argument(help=say("cli_arg_demo"))] = Path("sonnim-demo"),
    messages: Annotated[int, typer.Option(min=500, help=say("cli_opt_messages"))] = 6000,
    seed: Annotated[int, typer.Option(min=0, help=say("cli_opt_seed"))] = 7,
    lang: Lang = "",
) -> None:
    """Makes the company's exports, takes them, runs everything, reports."""
    language = current_language()
    demo = Demo.begin(folder, seed=seed, messages=messages)
    line("cli_demo_made", company=demo.company(language), folder=demo.exports)
    for added in demo.adding():
        show_added(added)
    with counting() as progress:
        for done in demo.workspace.running(progress=progress):
            show_done(done)
    file = demo.workspace.folder / "report.html"
    write_text(file, report(demo.workspace, language))
    out.print(rich_table(demo.planted(language)))
    line("cli_demo_planted", what=demo.what(language), day=demo.truth.release_day)
    out.print(rich_table(demo.found(language)))
    issues = demo.named()
    out.print(rich_table(named_table(issues, language)))
    line("cli_demo_issues", precision=f"{issues.precision:.2f}", recall=f"{issues.recall:.2f}")
    network = demo.heard()
    if network is not None:
        line("cli_demo_network", first=network.first, right=network.right, groups=network.groups,
             planted=demo.truth.groups, agreement=f"{network.agreement:.2f}")  # fmt: skip
    line("cli_reported", file=file, kilobytes=f"{file.stat().st_size / 1000:,.0f}")
    line("cli_demo_next", folder=demo.workspace.folder)

"""`sonnim label`: asks about one text after the other, and keeps each answer at once."""

import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from sonnim.cli.options import Folder, Lang
from sonnim.cli.printing import aside, line, out
from sonnim.tables.words import say
from sonnim.workspace.label_file import take_labels
from sonnim.workspace.labelling import RANDOM, Candidate, candidates, correct
from sonnim.workspace.workspace import Workspace

_SKIP, _BACK, _QUIT = "skip", "back", "quit"
# The letters also as a keyboard in Korean mode writes them.
_KEYS: Mapping[str, str] = {
    "1": "negative", "n": "negative", "ㅜ": "negative",
    "2": "neutral", "u": "neutral", "ㅕ": "neutral",
    "3": "positive", "p": "positive", "ㅔ": "positive",
    "s": _SKIP, "ㄴ": _SKIP, "b": _BACK, "ㅠ": _BACK, "q": _QUIT, "ㅂ": _QUIT,
}  # fmt: skip


def command(
    n: Annotated[int, typer.Option("--n", "-n", min=1, help=say("cli_opt_label_n"))] = 20,
    question: Annotated[
        str, typer.Option("--question", help=say("cli_opt_label_question"), metavar="mood")
    ] = "mood",
    source: Annotated[
        str, typer.Option("--source", help=say("cli_opt_label_source"), show_default=False)
    ] = "",
    language: Annotated[
        str,
        typer.Option(
            "--language", help=say("cli_opt_label_language"), metavar="ko|en", show_default=False
        ),
    ] = "",
    random: Annotated[
        float, typer.Option("--random", min=0.0, max=1.0, help=say("cli_opt_label_random"))
    ] = 0.25,
    seed: Annotated[int, typer.Option("--seed", help=say("cli_opt_label_seed"))] = 1,
    by: Annotated[str, typer.Option("--by", help=say("cli_opt_label_by"), show_default=False)] = "",
    file: Annotated[
        Path | None, typer.Option("--from", help=say("cli_opt_label_from"), metavar="FILE")
    ] = None,
    folder: Folder = Path(),
    lang: Lang = "",
) -> None:
    """Asks a person how texts feel, or takes what they said elsewhere."""
    workspace = Workspace(folder)
    if file is not None:
        _take(workspace, file, question, by)
        return
    with aside.status(say("cli_label_choosing")):
        asked = candidates(
            workspace, n=n, share=random, question=question, source=source, language=language,
            seed=seed,
        )  # fmt: skip
    if not asked:
        line("cli_label_nothing")
        return
    line("cli_label_keys")
    answered: dict[str, Candidate] = {}
    place = 0
    while place < len(asked):
        one = asked[place]
        _show(one, place + 1, len(asked))
        key = _key()
        if key == _QUIT:
            break
        if key == _BACK:
            place = max(place - 1, 0)
            continue
        if key != _SKIP:
            if correct(workspace, one, key, question=question, by=by):
                answered[one.message_id] = one
                line("cli_label_kept", label=say(f"cli_label_{key}"))
            else:
                line("cli_label_gone")
        place += 1
    drawn = sum(one.chosen_by == RANDOM for one in answered.values())
    line("cli_label_done", n=len(answered), random=drawn)


def _show(one: Candidate, number: int, total: int) -> None:
    """One text, without the model's mood and the rating: they would lead the person's answer."""
    when = f"{one.time:%Y-%m-%d}" if one.time else ""
    out.print()
    out.print(Text(" · ".join(filter(None, (f"{number}/{total}", when, one.channel))), "bold"))
    for text in filter(None, (one.title, one.text)):
        out.print(Text(_plain(text)))


def _plain(text: str) -> str:
    r"""A text without what would steer the terminal.

    Example:
        >>> _plain("red: \x1b[31m!")
        'red: [31m!'
    """
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def _key() -> str:
    """What the person wants: a label, or to skip, go back or quit."""
    while True:
        if sys.stdin.isatty():
            typed = typer.getchar()
        else:
            typed = sys.stdin.readline()
            if not typed:
                return _QUIT
        key = _KEYS.get(typed.strip().lower())
        if key is not None:
            return key
        line("cli_label_keys")


def _take(workspace: Workspace, file: Path, question: str, by: str) -> None:
    taken = take_labels(workspace, file, question=question, by=by)
    line(
        "cli_label_taken",
        file=file.name,
        new=f"{taken.new:,}",
        changed=f"{taken.changed:,}",
        same=f"{taken.same:,}",
    )
    for one in taken.rejected:
        line("cli_label_rejected", n=f"{one.rows:,}", reason=one.reason)

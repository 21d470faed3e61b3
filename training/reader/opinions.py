"""Sentences whose opinions were marked: SemEval's and MAMS's, and texts of the demo world.

What measures is chosen by the sentence itself (see `MEASURE`), over all sets alike, because they
share sentences. Sentences of the demo world are made for learning with a seed of their own.
"""

import csv
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sonnim.workspace.world.making import make_world
from sonnim.workspace.world.sizes import (
    DELIVERY_REVIEWS,
    ENCODINGS,
    POSTS,
    REVIEWS,
    STAFF,
    SURVEY,
    TICKETS,
)
from training.mood.data import NAMES, place, rows

MEASURE = 0.15
"""Share of SemEval's sentences of which nothing is learned."""
WORLD_SEED, WORLD_MESSAGES = 20_141, 20_000
_SETS = (
    "laptop14", "restaurant14", "restaurant15", "restaurant16", "mams", "mams_valid",
    "twitter_acl14",
)  # fmt: skip
_QUADS = ("laptop", "restaurant16")
ASPECTS = Path(__file__).parent / "aspects"
"""Sentences written and marked for learning."""
ASPECTS_HELD = ASPECTS / "held"
"""Sentences by another writer, of which nothing is learned: Korean has no others to measure on."""
WRITTEN, WRITTEN_KO = "aspects_written", "aspects_written_ko"
"""Sources of the English and of the Korean ones of them."""
SOURCES = frozenset([*_SETS, *(f"quads_{name}" for name in _QUADS), WRITTEN])
"""Names of the English sets."""
# How a target stands in those sentences: [[pad thai|p]]; negative, neutral ("o") or positive.
_MARK = re.compile(r"\[\[([^|\]]+)\|([nop])\]\]")
# Names that were searched for, not everything that is spoken of: only their polarity is known.
_PARTIAL = frozenset(["twitter_acl14"])
_TEXT_COLUMNS = ("내용", "리뷰내용", "의견")


@dataclass(frozen=True)
class Span:
    """A piece of a text with how it is spoken of.

    Attributes:
        start: First character.
        end: Behind the last.
        polarity: 0 negative, 1 neutral, 2 positive.
        category: As its set names it, or "".
    """

    start: int
    end: int
    polarity: int
    category: str = ""


@dataclass
class Marked:
    """A text and its opinions.

    Attributes:
        text: The text.
        source: Name of the set.
        targets: What is spoken of.
        words: What is said of it; None where the set does not mark it.
        whole: Whether all targets are marked.
    """

    text: str
    source: str
    targets: list[Span] = field(default_factory=list)
    words: list[Span] | None = None
    whole: bool = True

    @property
    def part(self) -> str:
        """`learn` or `measure`."""
        share = place(self.text)
        return "measure" if share < MEASURE else "learn"


def marked(data: Path) -> list[Marked]:
    """SemEval's and MAMS's sentences, each once a set, with all its opinions."""
    found: dict[tuple[str, str], Marked] = {}
    for name in _SETS:
        for row in rows(data / "semeval_absa" / f"terms_{name}.csv"):
            if row["polarity"] not in NAMES:
                continue
            one = found.setdefault(
                (name, row["text"]),
                Marked(text=row["text"], source=name, whole=name not in _PARTIAL),
            )
            span = _from_template(row)
            if span is not None and span not in one.targets:
                one.targets.append(span)
    for name in _QUADS:
        with (data / "semeval_absa" / f"quads_{name}.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                quad = _from_quads(json.loads(line), f"quads_{name}")
                found[quad.source, quad.text] = quad
    return list(found.values())


def learned(data: Path) -> list[Marked]:
    """What is learned from: no sentence whose copy measures."""
    return [one for one in (*marked(data), *written()) if one.part == "learn"]


def written(folder: Path = ASPECTS) -> list[Marked]:
    """Sentences written with their targets marked in place.

    Args:
        folder: Holds files of one sentence a line; names begin with their language.
    """
    return [
        of_marks(line, source)
        for language, source in (("en", WRITTEN), ("ko", WRITTEN_KO))
        for file in sorted(folder.glob(f"{language}_*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def of_marks(line: str, source: str = WRITTEN) -> Marked:
    """A sentence without its marks, and where they stood.

    Example:
        >>> found = of_marks("Great [[soup|p]].")
        >>> found.text, found.targets
        ('Great soup.', [Span(start=6, end=10, polarity=2, category='')])
    """
    text, targets, behind = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[behind : mark.start()]
        targets.append(Span(len(text), len(text) + len(mark[1]), "nop".index(mark[2])))
        text += mark[1]
        behind = mark.end()
    return Marked(text=text + line[behind:], source=source, targets=targets)


def measured(data: Path, source: str) -> list[Marked]:
    """The sentences of one set of which nothing was learned."""
    if source == WRITTEN_KO:
        return written(ASPECTS_HELD)
    return [one for one in marked(data) if one.part == "measure" and one.source == source]


def of_the_world(seed: int = WORLD_SEED, messages: int = WORLD_MESSAGES) -> list[Marked]:
    """Texts of a demo world with what was hidden in them."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        make_world(place, seed=seed, messages=messages)
        return read_world(place)


def read_world(place: Path) -> list[Marked]:
    """Texts of a world that was made, with their opinions.

    Args:
        place: The world's folder, with `exports` and `truth`.
    """
    opinions: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows(place / "truth" / "opinions.csv"):
        opinions.setdefault((row["file"], row["id"]), []).append(row)
    texts = _world_texts(place)
    found = []
    for row in rows(place / "truth" / "texts.csv"):
        key = (row["file"], row["id"])
        if key not in texts or row["bot"] == "1":
            continue
        one = Marked(text=texts[key], source="world", words=[])
        assert one.words is not None
        for opinion in opinions.get(key, ()):
            polarity = NAMES.index(opinion["polarity"])
            one.words.append(
                Span(int(opinion["start"]), int(opinion["end"]), polarity, opinion["category"])
            )
            if int(opinion["target_start"]) >= 0:
                target = Span(
                    int(opinion["target_start"]), int(opinion["target_end"]), polarity,
                    opinion["category"],
                )  # fmt: skip
                one.targets.append(target)
        found.append(one)
    return found


def _world_texts(place: Path) -> dict[tuple[str, str], str]:
    found = {}
    for name in (REVIEWS, DELIVERY_REVIEWS, POSTS, TICKETS, SURVEY, STAFF):
        file = place / "exports" / name
        with file.open(encoding=ENCODINGS[name], newline="") as lines:
            for row in csv.DictReader(lines):
                key = next(iter(row.values()))
                text = next((row[one] for one in _TEXT_COLUMNS if row.get(one)), "")
                if text:
                    found[name, key] = text
    return found


def tags(spans: Sequence[Span], offsets: Iterable[tuple[int, int]]) -> list[int]:
    """Tags of tokens: 0 outside; 1 + 2 * polarity where a span begins; one more inside it.

    Args:
        spans: Pieces of the text.
        offsets: First and behind-last character of each token.

    Example:
        >>> tags([Span(4, 11, 2)], [(0, 3), (3, 7), (7, 11), (11, 12), (0, 0)])
        [0, 5, 6, 0, 0]
    """
    found = []
    begun: set[Span] = set()
    for start, end in offsets:
        tag = 0
        for span in spans:
            if start < span.end and end > span.start and end > start:
                tag = 1 + 2 * span.polarity + (span in begun)
                begun.add(span)
                break
        found.append(tag)
    return found


def _from_template(row: dict[str, str]) -> Span | None:
    start = row["template"].find("$T$")
    term, polarity = row["term"], NAMES.index(row["polarity"])
    if start < 0 or row["text"][start : start + len(term)] != term:
        return None
    return Span(start, start + len(term), polarity)


def _from_quads(row: dict[str, object], source: str) -> Marked:
    text = str(row["text"])
    one = Marked(text=text, source=source, words=[])
    assert one.words is not None
    labels = row["labels"]
    assert isinstance(labels, list)
    for label in labels:
        polarity = NAMES.index(label["polarity"])
        for piece, spans in ((label["aspect"], one.targets), (label["opinion"], one.words)):
            start = _found(text, piece)
            if start >= 0:
                span = Span(start, start + len(piece), polarity, label["category"])
                if all(span.start != other.start for other in spans):
                    spans.append(span)
    return one


def _found(text: str, piece: str) -> int:
    """Where a piece stands as whole words, or -1."""
    if piece == "NULL":
        return -1
    at = f" {text} ".find(f" {piece} ")
    return at if at >= 0 else text.find(piece)

"""Issues: from batches of rows to what `issues_found` takes, and back."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zlib import crc32

import numpy as np
from arro3.core import RecordBatch

from sonnim.analyzers.issues_found import (
    EVERYWHERE,
    Floats,
    Issue,
    Risen,
    Spoken,
    Window,
    issues,
    least_likely_first,
    risen,
    sharpened,
)
from sonnim.analyzers.topics import rows_of
from sonnim.language.aspect_list import defaults
from sonnim.language.terms import concepts, is_korean, is_phrase, terms
from sonnim.tables.answers_found import ISSUES
from sonnim.tables.arrow import batch, strings
from sonnim.tables.schema import Column, ColumnType, TableSchema

SPEAKING, RISEN, SAID = "speaking", "risen", "said"
"""Kinds of rows that issues are put together from."""

_WHOLE, _NUMBER = ColumnType.LONG, ColumnType.DOUBLE
_LABEL_WORDS = 3
# What reaches the last week is not over.
_STILL = 7
_PART = Column(name="part", type=_WHOLE, meaning="0: all are taken together")

COUNTED = TableSchema(
    name="issues_counted",
    version=1,
    meaning="How many people said a term on a day, or spoke at all",
    key=(),
    columns=(
        _PART,
        Column(name="term", meaning="Which; empty: whoever spoke"),
        Column(name="unit", meaning="Where; empty: of no unit"),
        Column(name="day", type=_WHOLE, meaning="Days since the first"),
        Column(name="n", type=_WHOLE, meaning="How many people"),
    ),
)
ROSE = TableSchema(
    name="issues_rose",
    version=1,
    meaning="A term that rose, in one unit or everywhere",
    key=("term", "unit"),
    columns=(
        Column(name="word", meaning="What it means, the same in both languages"),
        Column(name="term", meaning="A term of that meaning"),
        Column(name="unit", meaning="Where; empty: everywhere"),
        Column(name="day", type=_WHOLE, meaning="First day"),
        Column(name="until", type=_WHOLE, meaning="The day behind the last"),
        Column(name="n", type=_NUMBER, meaning="People who said it"),
        Column(name="expected", type=_NUMBER, meaning="People who would have anyway"),
        Column(name="strength", type=_NUMBER, meaning="Log likelihood ratio"),
        Column(name="trials", type=_NUMBER, meaning="Logarithm of the windows tried"),
    ),
)
GIVEN = TableSchema(
    name="issues_given",
    version=1,
    meaning="What issues are put together from",
    key=(),
    columns=(
        _PART,
        Column(name="kind", meaning="speaking: people on a day; risen: a term; said: a message"),
        *ROSE.columns,
        Column(name="message_id", meaning="Which message"),
    ),
)
FOUND = TableSchema(
    name="issues_found",
    version=1,
    meaning="An issue, or what share of a term in it was to be expected",
    key=("issue_id", "term"),
    columns=(
        *(ISSUES.column(name) for name in ("issue_id", "label", "unit", "terms", "p_value")),
        Column(name="first_day", type=_WHOLE, meaning="First day, from 0"),
        Column(name="end_day", type=_WHOLE, meaning="Behind the last"),
        Column(name="ongoing", type=ColumnType.BOOLEAN, meaning="Whether it lasts"),
        Column(name="term", meaning="A term; empty in the row of the issue itself"),
        Column(name="share", type=_NUMBER, meaning="What share was to be expected anyway"),
    ),
)

# Stands before a category among the terms; no term holds it.
_MARK = "#"

Row = dict[str, Any]


@cache
def categories() -> Mapping[str, frozenset[str]]:
    """For each term the categories of aspects that name it.

    A problem has many words (뚜껑, 새다, 쏟다): each may be too rare to show that it rose, all
    together are not.

    >>> "leaks" in categories()["뚜껑"] and "leaks" in categories()["lid"]
    True
    """
    named = [(one.id, word) for one in defaults() for word in (*one.targets, *one.words)]
    found: dict[str, set[str]] = defaultdict(set)
    for (category, _), cut in zip(
        named, terms([word for _, word in named], known=True), strict=True
    ):
        # Of a noun phrase the phrase, not its parts: 컵 뚜껑 is of a cup, a cup is not.
        phrases = [one for one in cut if is_phrase(one)]
        for term in cut if len(cut) == 1 else phrases if len(phrases) == 1 else ():
            found[term].add(category)
    return {term: frozenset(of) for term, of in found.items()}


def read(texts: RecordBatch) -> RecordBatch:
    """Terms of a batch of texts, and behind them the categories that these name."""
    of = categories()
    found = []
    for one in terms(strings(texts, "text")):
        marks = {_MARK + category for term in one for category in of.get(term, ())}
        found.append([*one, *sorted(marks)])
    return rows_of(texts, found)


def scan(counted: RecordBatch, *, least: int, rise: float, chance: float) -> RecordBatch:
    """The terms that rose, with the window of each: rows of `ROSE` from rows of `COUNTED`.

    Args:
        counted: How many people said what when.
        least: Fewest people within a window.
        rise: How many times the expected they must be.
        chance: Probability at most that any of them is there by chance.
    """
    rows = _records(counted, COUNTED)
    speaking = _days(rows)
    counts: dict[tuple[str, str], Floats] = {}
    written: dict[str, set[str]] = defaultdict(set)
    same, days = concepts(), len(next(iter(speaking.values()), ()))
    for row in rows:
        if row["term"] is not None:
            word = same.get(row["term"], row["term"])
            written[word].add(row["term"])
            of = counts.setdefault((word, row["unit"] or EVERYWHERE), np.zeros(days))
            of[row["day"]] += row["n"]
    found = risen(counts, speaking, least=least, rise=rise, chance=chance)
    return batch(ROSE, _columns(ROSE, (
        {"word": one.word, "term": term, "unit": one.unit or None, "day": one.window.first,
         "until": one.window.end, "n": one.window.n, "expected": one.window.expected,
         "strength": one.window.strength, "trials": one.window.trials}
        for one in found for term in sorted(written[one.word])
    )))  # fmt: skip


def gather(given: RecordBatch) -> RecordBatch:
    """The issues with their terms: rows of `FOUND` from rows of `GIVEN`."""
    rows = _records(given, GIVEN)
    rose = [row for row in rows if row["kind"] == RISEN]
    said = [row for row in rows if row["kind"] == SAID]
    if not rose or not said:
        return batch(FOUND, _columns(FOUND, ()))
    means = {row["term"]: str(row["word"]) for row in rose}
    messages = sorted({(row["message_id"], row["unit"] or EVERYWHERE, row["day"]) for row in said})
    place = {one[0]: at for at, one in enumerate(messages)}
    words: dict[str, list[int]] = defaultdict(list)
    for row in said:
        words[means[row["term"]]].append(place[row["message_id"]])
    speaking = _days([row for row in rows if row["kind"] == SPEAKING])
    spoken = Spoken([one[1] for one in messages], [one[2] for one in messages], words, speaking)
    ground = _Ground(
        spoken=spoken,
        counts=Counter(row["term"] for row in said),
        means=means,
    )
    found = issues(_risen(rose), spoken)
    return batch(FOUND, _columns(FOUND, (row for one in found for row in ground.rows(one))))


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """What rows of an issue are made from, beside the issue.

    Attributes:
        spoken: The messages.
        counts: How many of them hold each term.
        means: For each term the word that stands for its meaning.
    """

    spoken: Spoken
    counts: Mapping[str, int]
    means: Mapping[str, str]

    def rows(self, issue: Issue) -> Iterator[Row]:
        """The issue itself, then each of its terms."""
        by_word: dict[str, list[str]] = defaultdict(list)
        for term in sorted(self.means, key=lambda one: (-self.counts.get(one, 0), one)):
            by_word[self.means[term]].append(term)
        speaking = self.spoken.speaking
        of = speaking[issue.unit] if issue.unit else np.sum(list(speaking.values()), axis=0)
        held = {at for word in issue.words for at in self.spoken.words[word].tolist()
                if issue.unit in (EVERYWHERE, self.spoken.units[at])}  # fmt: skip
        first, end = sharpened(self.spoken.days[sorted(held)].tolist(), issue.window, of)
        words = [by_word[word][0] for word in issue.words]
        plain = [word for word in words if not word.startswith(_MARK)]
        whole = {
            "label": label(plain or [self.named(word) for word in words]),
            "unit": issue.unit or None,
            "terms": plain or [self.named(word) for word in words],
            "p_value": issue.window.p_value,
            "first_day": first,
            "end_day": end,
            "ongoing": end > len(of) - _STILL,
        }
        key = f"{issue.unit}|{first}|{whole['label']}"
        whole["issue_id"] = f"{crc32(key.encode('utf-8', 'surrogatepass')):08x}"
        yield {**whole, "term": None, "share": None}
        for word, share in issue.words.items():
            for term in by_word[word]:
                yield {**whole, "term": term, "share": share}

    def named(self, mark: str) -> str:
        """The name of a category, in the language of most of what is said."""
        korean = sum(n for term, n in self.counts.items() if is_korean(term))
        english = sum(
            n for term, n in self.counts.items()
            if not is_korean(term) and not term.startswith(_MARK)
        )  # fmt: skip
        (found,) = (one for one in defaults() if one.id == mark.removeprefix(_MARK))
        return found.ko if korean >= english else found.en


def label(words: Sequence[str]) -> str:
    """A name of the first words, none of which is part of another.

    >>> label(["결제", "결제 장애", "서버", "카드", "접수"])
    '결제 · 서버 · 카드'
    """
    chosen: list[str] = []
    for word in words:
        if not any(word in one or one in word for one in chosen):
            chosen.append(word)
    return " · ".join(chosen[:_LABEL_WORDS])


def _risen(rose: Iterable[Row]) -> list[Risen]:
    found: dict[tuple[str, str], Risen] = {}
    for row in rose:
        unit = row["unit"] or EVERYWHERE
        window = Window(
            first=row["day"], end=row["until"], n=row["n"], expected=row["expected"],
            strength=row["strength"], trials=row["trials"],
        )  # fmt: skip
        found[row["word"], unit] = Risen(word=row["word"], unit=unit, window=window)
    return least_likely_first(found.values())


def _days(rows: Sequence[Row]) -> dict[str, Floats]:
    """How many people spoke on each day, by unit."""
    days = 1 + max((row["day"] for row in rows), default=-1)
    found: dict[str, Floats] = {}
    for row in rows:
        if row["term"] is None:
            of = found.setdefault(row["unit"] or EVERYWHERE, np.zeros(days))
            of[row["day"]] += row["n"]
    return found


def _records(given: RecordBatch, schema: TableSchema) -> list[Row]:
    columns = [given.column(name).to_pylist() for name in schema.names]
    return [dict(zip(schema.names, row, strict=True)) for row in zip(*columns, strict=True)]


def _columns(schema: TableSchema, rows: Iterable[Row]) -> dict[str, list[Any]]:
    all_rows = list(rows)
    return {name: [row[name] for row in all_rows] for name in schema.names}

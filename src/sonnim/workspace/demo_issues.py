"""The issues that were planted in a demo world beside those that `issues` found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from arro3.core import Table as ArrowTable

from sonnim.tables.words import say
from sonnim.views.base import TableSpec
from sonnim.workspace.world.truth import PlantedIssue

_COLUMNS = ("label", "unit", "started", "ended", "n", "kind", "terms")
COMPLAINT = "complaint"


@dataclass(frozen=True, kw_only=True)
class Named:
    """Planted issues, each with the found ones that are it.

    Attributes:
        pairs: For each planted issue the found ones, the largest first.
        strays: Complaints found that are none of them.
    """

    pairs: tuple[tuple[PlantedIssue, tuple[dict[str, Any], ...]], ...]
    strays: tuple[dict[str, Any], ...]

    @property
    def recall(self) -> float:
        """Share of the planted issues that were found."""
        return sum(bool(found) for _, found in self.pairs) / max(len(self.pairs), 1)

    @property
    def precision(self) -> float:
        """Share of the complaints found that were planted."""
        right = sum(len(found) for _, found in self.pairs)
        return right / max(right + len(self.strays), 1)


def named(planted: Sequence[PlantedIssue], issues: ArrowTable) -> Named:
    """Which of the found issues are which planted one.

    One is if it has the same unit, shares half of the shorter of both spans of time, and one of its
    words has a keyword of the planted issue in it. Only complaints count: praise of a campaign is
    no planted issue, and no mistake either.

    Args:
        planted: What was planted.
        issues: Rows of the table `issues`.
    """
    values = [issues.column(name).to_pylist() for name in _COLUMNS]
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in zip(*values, strict=True)]
    rows.sort(key=lambda row: (-row["n"], row["label"]))
    pairs = tuple((one, tuple(row for row in rows if _is(one, row))) for one in planted)
    known = [row for _, found in pairs for row in found]
    strays = [row for row in rows if row["kind"] == COMPLAINT and row not in known]
    return Named(pairs=pairs, strays=tuple(strays))


def named_table(found: Named, language: str) -> TableSpec:
    """What was planted, and under which name it was found."""
    heads = ("what", "where", "when", "named", "found_when", "much")
    rows = [
        (
            one.title_ko if language == "ko" else one.title,
            one.branch or say("demo_everywhere", language),
            span(one.start, one.end, language),
            *(_told(rows[0], language) if rows else (say("demo_not_named", language), "", "")),
        )
        for one, rows in found.pairs
    ]
    rows += [
        ("", row["unit"] or say("demo_everywhere", language), "", *_told(row, language))
        for row in found.strays
    ]
    return TableSpec(
        title=say("demo_issues", language),
        columns=tuple(say(f"demo_col_{head}", language) for head in heads),
        rows=tuple(rows),
        alignments=("left",) * 5 + ("right",),
    )


def span(first: date, last: date | None, language: str) -> str:
    """From when to when in words; without a last day it goes on."""
    if last is None:
        return say("demo_since", language, start=f"{first:%Y-%m-%d}")
    return f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"


def _told(row: dict[str, Any], language: str) -> tuple[str, str, str]:
    last = row["ended"] and row["ended"].date() - timedelta(days=1)
    when = span(row["started"].date(), last, language)
    return row["label"], when, say("demo_texts", language, n=f"{row['n']:,}")


def _is(planted: PlantedIssue, row: dict[str, Any]) -> bool:
    if planted.branch != (row["unit"] or ""):
        return False
    far = date(9999, 1, 1)
    start, end = row["started"].date(), row["ended"].date() if row["ended"] else far
    until = planted.end + timedelta(days=1) if planted.end else far
    shared = min(end, until) - max(start, planted.start)
    if shared < min(end - start, until - planted.start) / 2:
        return False
    return any(
        keyword in term or term in keyword for keyword in planted.keywords for term in row["terms"]
    )

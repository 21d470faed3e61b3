"""Community change: which groups came, merged, split and went, from period to period."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sonnim.tables.answers_network import COMMUNITY_CHANGE
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.figures import EVER, ArrowTable, Span, columns_of, moment
from sonnim.views.group_changes import Since, changes_told, since_text
from sonnim.views.marks import spans
from sonnim.views.palette import LIGHT
from sonnim.views.writing import date_text, grain_of, number, period_end, phrase

_MOST, _MOST_ROWS = 12, 400
_LEAST = 15
"""People of a group of which a sentence is made: what a few do in a few months is mostly chance."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One group in one period: a row of `community_change`.

    Attributes:
        period: Start of the period.
        lineage: Which group, through all periods.
        since: What became of it, with groups by their names.
    """

    period: datetime
    lineage: str
    since: Since


@dataclass(frozen=True, kw_only=True)
class _Life:
    """One group through all periods: when it came and went, and how large it was at most."""

    name: str
    first: datetime
    last: datetime
    most: int
    there: bool


def charts(table: ArrowTable, language: str, _span: Span = EVER) -> tuple[ChartSpec, ...]:
    """One bar per group from when it came to when it went, the largest groups."""
    every = moments(table)
    lives = _lives(every)
    if not lives:
        return ()
    grain = grain_of([one.period for one in every])
    there, gone = (phrase(f"view_change_{word}", language) for word in ("there", "gone"))
    shown = sorted(lives[:_MOST], key=lambda one: (one.first, -one.most, one.name))
    rows: list[dict[str, Any]] = [
        {
            "name": phrase("view_group", language, group=one.name),
            "start": one.first.isoformat(),
            "end": period_end(one.last, grain).isoformat(),
            "group": there if one.there else gone,
            "text": number(one.most),
            "first": date_text(one.first, language, grain),
            "last": date_text(one.last, language, grain),
            "n_text": number(one.most),
        }
        for one in shown
    ]
    tips = {
        "name": phrase("view_column_group", language),
        "first": phrase("view_column_first_there", language),
        "last": phrase("view_column_last_there", language),
        "n_text": phrase("view_column_most_people", language),
    }
    return (
        ChartSpec(
            id="community_change",
            title=phrase("view_community_change", language),
            subtitle=phrase(
                "view_community_change_how_to_read",
                language,
                shown=number(len(shown)),
                all=number(len(lives)),
            ),
            vega_lite=spans(rows, language, [(there, LIGHT["accent"]), (gone, LIGHT["neutral"])],
                            tips),
            table=change_table(table, language),
            n=sum(one.most for one in lives),
            measures=("community_change",),
            wide=True,
        ),
    )  # fmt: skip


def change_table(table: ArrowTable, language: str, _span: Span = EVER) -> TableSpec:
    """What became of each group in each period, the latest first."""
    every = moments(table)
    grain = grain_of([one.period for one in every])
    latest = sorted(every, key=lambda one: one.period, reverse=True)
    heads = ("when", "group", "people", "since_period")
    return TableSpec(
        title=phrase("view_community_change", language),
        columns=tuple(phrase(f"view_column_{head}", language) for head in heads),
        rows=tuple(
            (
                date_text(one.period, language, grain),
                one.since.name,
                number(one.since.n),
                since_text(one.since, language),
            )
            for one in latest[:_MOST_ROWS]
        ),
        alignments=("left", "right", "right", "left"),
    )


def headline(table: ArrowTable, language: str, span: Span = EVER) -> str:
    """What changed in the last complete period in which anything did."""
    every = moments(table)
    grain = grain_of([one.period for one in every])
    periods = sorted({one.period for one in every})
    complete = [day for day in periods if span.cut(day, grain) != "end"]
    for day in reversed(complete):
        told = changes_told([one.since for one in every if one.period == day], language, _LEAST)
        if told:
            when = date_text(day, language, grain)
            return phrase("view_headline_community_change", language, when=when, changes=told)
    if len(complete) < 2:
        return ""
    first, last = (date_text(day, language, grain) for day in (complete[0], complete[-1]))
    return phrase(
        "view_headline_community_change_none", language, first=first, last=last, least=_LEAST
    )


def moments(table: ArrowTable) -> list[Moment]:
    """The rows, by period; within one the largest group first."""
    names = (
        "period", "lineage", "community_id", "state", "n", "n_before", "origins", "heirs",
    )  # fmt: skip
    rows = [
        row
        for row in zip(*columns_of(table, COMMUNITY_CHANGE, names), strict=True)
        if row[0] is not None and row[1] is not None
    ]
    # People know a group by the number that it has today; one that is no more by when it came.
    called = {row[1]: row[1] if row[2] is None else number(row[2] + 1) for row in rows}
    found = [
        Moment(
            period=moment(period),
            lineage=lineage,
            since=Since(
                name=called[lineage],
                state=state or "",
                n=n or 0,
                n_before=n_before or 0,
                origins=tuple(called.get(one, one) for one in origins or ()),
                heirs=tuple(called.get(one, one) for one in heirs or ()),
            ),
        )
        for period, lineage, _, state, n, n_before, origins, heirs in rows
    ]
    return sorted(found, key=lambda one: (one.period, -one.since.size, one.lineage))


def _lives(every: list[Moment]) -> list[_Life]:
    """The groups, the largest first."""
    by: dict[str, list[Moment]] = {}
    for one in every:
        if one.since.n:
            by.setdefault(one.lineage, []).append(one)
    end = max((one.period for one in every), default=None)
    lives = [
        _Life(
            name=those[0].since.name,
            first=those[0].period,
            last=those[-1].period,
            most=max(one.since.n for one in those),
            there=those[-1].period == end,
        )
        for those in by.values()
    ]
    return sorted(lives, key=lambda one: (-one.most, one.first, one.name))


VIEW = View(
    name="community_change",
    reads=COMMUNITY_CHANGE,
    charts=charts,
    table=change_table,
    headline=headline,
)

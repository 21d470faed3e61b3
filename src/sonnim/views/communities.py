"""Communities: the groups, what they speak of, how negative they are, and what became of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sonnim.tables.answers_network import COMMUNITIES
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.figures import EVER, ArrowTable, Span, columns_of
from sonnim.views.group_changes import changes_told, since, since_text
from sonnim.views.marks import dots
from sonnim.views.writing import (
    LEAST_N,
    interval_text,
    number,
    phrase,
    value_and_sure,
    value_text,
)

_MOST, _MOST_ROWS = 16, 200


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group: a row of `communities`."""

    number: int
    label: str
    n: int
    inside: float | None
    stability: float | None
    negative: float | None
    low: float | None
    high: float | None
    messages: int

    @property
    def name(self) -> str:
        """Its number, and the words that it uses more than others."""
        return " · ".join(filter(None, (number(self.number), self.label)))

    @property
    def known(self) -> bool:
        """Whether enough messages say how negative it is."""
        return None not in (self.negative, self.low, self.high) and self.messages >= LEAST_N


@dataclass(frozen=True, kw_only=True)
class _Whole:
    """All groups together."""

    value: float
    low: float
    high: float


def charts(table: ArrowTable, language: str, _span: Span = EVER) -> tuple[ChartSpec, ...]:
    """One dot with its interval per group, the largest groups, worst first."""
    every = groups_of(table)
    shown = sorted(
        [one for one in every if one.known][:_MOST], key=lambda one: (-(one.negative or 0), one.n)
    )
    if not shown:
        return ()
    whole = _whole(every)
    rows: list[dict[str, Any]] = [
        {
            "name": one.name,
            "value": round(one.negative or 0.0, 4),
            "low": round(one.low or 0.0, 4),
            "high": round(one.high or 0.0, 4),
            "text": value_text("share", one.negative or 0.0),
            "tone": against(one, whole),
            "value_text": value_text("share", one.negative or 0.0),
            "interval_text": interval_text("share", one.low, one.high, language),
            "n_text": number(one.messages),
        }
        for one in shown
    ]
    tips = {
        "name": phrase("view_column_group", language),
        "value_text": phrase("view_column_negative", language),
        "interval_text": phrase("view_column_interval", language),
        "n_text": phrase("view_column_messages", language),
    }
    notes = [phrase("view_communities_how_to_read", language)]
    if len(shown) < len(every):
        notes.append(
            phrase(
                "view_communities_some",
                language,
                shown=number(len(shown)),
                groups=number(len(every)),
                least=LEAST_N,
            )
        )
    ends = (0.0, min(1.0, 1.08 * max(row["high"] for row in rows)))
    return (
        ChartSpec(
            id="communities",
            title=phrase("view_communities", language),
            subtitle=" ".join(notes),
            vega_lite=dots(
                rows,
                ".0%",
                whole.value if whole and len(shown) > 1 else None,
                phrase("view_all_together", language),
                tips,
                (ends[0], round(ends[1], 4)),
            ),
            table=communities_table(table, language),
            n=sum(one.messages for one in every),
            measures=("communities",),
            wide=True,
        ),
    )


def communities_table(table: ArrowTable, language: str, _span: Span = EVER) -> TableSpec:
    """The groups, the largest first."""
    heads = (
        "group", "words", "people", "since", "inside", "stability", "negative", "interval",
        "messages",
    )  # fmt: skip
    became = {one.name: since_text(one, language) for one in since(table)}
    return TableSpec(
        title=phrase("view_communities_table", language),
        columns=tuple(phrase(f"view_column_{head}", language) for head in heads),
        rows=tuple(
            (
                number(one.number),
                one.label,
                number(one.n),
                became[number(one.number)],
                _share(one.inside),
                "" if one.stability is None else number(one.stability, 2),
                _share(one.negative),
                interval_text("share", one.low, one.high, language),
                number(one.messages),
            )
            for one in groups_of(table)[:_MOST_ROWS]
        ),
        alignments=("right", "left", "right", "left", *("right",) * 5),
    )


def headline(table: ArrowTable, language: str, _span: Span = EVER) -> str:
    """The most negative group, whether it is clearly so, and what groups have changed."""
    said = [_most_negative(groups_of(table), language)]
    if told := changes_told(since(table), language):
        said.append(phrase("view_since_told", language, changes=told))
    return " ".join(filter(None, said))


def _most_negative(every: Sequence[Group], language: str) -> str:
    known = [one for one in every if one.known]
    if not known:
        return ""
    whole = _whole(every)
    worse = [one for one in known if against(one, whole) == "worse"]
    one = max(worse or known, key=lambda group: group.negative or 0.0)
    key = "view_headline_communities" if worse else "view_headline_communities_alike"
    value = value_and_sure(
        "share", one.negative or 0.0, None, one.low, one.high, one.messages, language
    )
    return phrase(key, language, groups=number(len(every)), group=one.name, value=value)


def groups_of(table: ArrowTable) -> list[Group]:
    """The groups that are there, the largest first."""
    names = (
        "community_id", "label", "n", "inside", "stability", "negative", "low", "high", "messages",
    )  # fmt: skip
    found = [
        Group(
            number=group + 1,
            label=label or "",
            n=n,
            inside=inside,
            stability=stability,
            negative=negative,
            low=low,
            high=high,
            messages=messages or 0,
        )
        for group, label, n, inside, stability, negative, low, high, messages in zip(
            *columns_of(table, COMMUNITIES, names), strict=True
        )
        if group is not None and n
    ]
    return sorted(found, key=lambda one: (-one.n, one.number))


def against(one: Group, whole: _Whole | None) -> str:
    """`worse` or `better` if its interval lies beyond that of all groups together, else `same`."""
    if whole is None or one.low is None or one.high is None:
        return "same"
    return "worse" if one.low > whole.high else "better" if one.high < whole.low else "same"


def _whole(every: Sequence[Group]) -> _Whole | None:
    """The mean of the groups by their messages, its interval from theirs: other people each."""
    known = [one for one in every if one.known]
    total = sum(one.messages for one in known)
    if len(known) < 2:
        return None
    value = sum(one.messages * (one.negative or 0.0) for one in known) / total
    half = math.hypot(
        *(one.messages / total * ((one.high or 0.0) - (one.low or 0.0)) / 2 for one in known)
    )
    return _Whole(value=round(value, 4), low=value - half, high=value + half)


def _share(value: float | None) -> str:
    return "" if value is None else value_text("share", value)


VIEW = View(
    name="communities",
    reads=COMMUNITIES,
    charts=charts,
    table=communities_table,
    headline=headline,
)

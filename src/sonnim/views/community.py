"""Community: the picture of the network, people as dots, groups as colours."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from sonnim.tables.answers_network import COMMUNITY
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.figures import EVER, ArrowTable, Span, columns_of
from sonnim.views.network_marks import Frame, people
from sonnim.views.palette import GROUPS, LIGHT
from sonnim.views.people import BRIDGE, short_names
from sonnim.views.writing import number, phrase

MOST_PEOPLE, MOST_LINES = 3_000, 4_000
"""So many are drawn: more is a cloud that says nothing, and slow on a phone."""

_MOST_ROWS = 200
_LEAST_LABELLED, _MOST_LABELS = 5, 40
LINE_HEIGHT = 17.0
"""Pixels that a label is high, with some air."""

_MARGIN = 3.0
_WIDE, _LOW, _HIGH = 760, 320, 620


@dataclass(frozen=True, kw_only=True)
class Member:
    """One person in the picture: a row of `community`."""

    person_id: str
    group: int
    stability: float | None
    bridge: float | None
    n: int
    closest: tuple[str, ...]
    x: float
    y: float


def charts(table: ArrowTable, language: str, _span: Span = EVER) -> tuple[ChartSpec, ...]:
    """The people with most ties where the layout puts them."""
    every = [one for one in members(table) if _placed(one.x) and _placed(one.y)]
    shown = every[:MOST_PEOPLE]
    if not shown:
        return ()
    drawn = lines(shown)
    sizes = Counter(one.group for one in every)
    coloured = [group for group, _ in _largest(sizes)][: len(GROUPS)]
    colours = {group: LIGHT[role] for group, role in zip(coloured, GROUPS, strict=False)}
    names = {group: group_name(group, language) for group in coloured}
    other = phrase("view_groups_other", language)
    legend = [(names[group], colours[group]) for group in coloured]
    if len(sizes) > len(coloured):
        legend.append((other, LIGHT["neutral"]))
    told = short_names(one.person_id for one in shown)
    rows: list[dict[str, Any]] = [
        {
            "x": round(one.x, 1),
            "y": round(one.y, 1),
            "n": one.n,
            "group": names.get(one.group, other),
            "who": told[one.person_id],
            "of": number(one.group + 1),
            "bridge": _two(one.bridge),
        }
        for one in shown
    ]
    tips = {
        "who": phrase("view_column_person", language),
        "of": phrase("view_column_group", language),
        "n": phrase("view_column_ties", language),
        "bridge": phrase("view_column_bridge", language),
    }
    frame = _frame(shown)
    pixels = round(min(max(_WIDE * frame.height / frame.width, _LOW), _HIGH))
    return (
        ChartSpec(
            id="community",
            title=phrase("view_community", language),
            subtitle=_subtitle(len(every), len(shown), len(drawn), language),
            vega_lite=people(
                rows,
                drawn[:MOST_LINES],
                labels(shown, sizes, language),
                legend,
                frame,
                tips,
                pixels,
            ),
            table=group_table(every, language),
            n=len(every),
            measures=("community",),
            wide=True,
        ),
    )


def community_table(table: ArrowTable, language: str, _span: Span = EVER) -> TableSpec:
    """The people with most ties: their group, and how far they are a bridge."""
    every = members(table)
    shown = every[:_MOST_ROWS]
    told = short_names(one.person_id for one in shown)
    heads = ("person", "group", "ties", "bridge", "stability")
    return TableSpec(
        title=phrase("view_community_table", language, shown=len(shown), people=len(every)),
        columns=tuple(phrase(f"view_column_{head}", language) for head in heads),
        rows=tuple(
            (
                told[one.person_id],
                number(one.group + 1),
                number(one.n),
                _two(one.bridge),
                _two(one.stability),
            )
            for one in shown
        ),
        alignments=("left", *("right",) * 4),
    )


def group_table(every: Sequence[Member], language: str) -> TableSpec:
    """The groups of the picture, for those who see none: size, ties, bridges."""
    groups: dict[int, list[Member]] = {}
    for one in every:
        groups.setdefault(one.group, []).append(one)
    heads = ("group", "people", "mean_ties", "bridges")
    rows = [
        (
            number(group + 1),
            number(len(those)),
            number(fmean(one.n for one in those), 1),
            number(sum(is_bridge(one.bridge) for one in those)),
        )
        for group, those in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return TableSpec(
        title=phrase("view_communities", language),
        columns=tuple(phrase(f"view_column_{head}", language) for head in heads),
        rows=tuple(rows[:_MOST_ROWS]),
        alignments=("right",) * len(heads),
    )


def headline(table: ArrowTable, language: str, _span: Span = EVER) -> str:
    """How many groups there are, the largest of them, and the bridges between them."""
    every = members(table)
    if not every:
        return ""
    ((_, largest), *_) = _largest(sizes := Counter(one.group for one in every))
    return phrase(
        "view_headline_community",
        language,
        groups=number(len(sizes)),
        people=number(len(every)),
        n=number(largest),
        bridges=number(sum(is_bridge(one.bridge) for one in every)),
    )


def members(table: ArrowTable) -> list[Member]:
    """The people that have a group, those with most ties first.

    Whom no layout placed has no number for a place: networks beyond one machine have no picture.
    """
    names = ("person_id", "community_id", "stability", "bridge", "n", "closest", "x", "y")
    found = []
    for who, group, stability, bridge, n, closest, x, y in zip(
        *columns_of(table, COMMUNITY, names), strict=True
    ):
        if who is None or group is None:
            continue
        found.append(
            Member(
                person_id=who,
                group=group,
                stability=stability,
                bridge=bridge,
                n=n or 0,
                closest=tuple(closest or ()),
                x=math.nan if x is None else x,
                y=math.nan if y is None else y,
            )
        )
    return sorted(found, key=lambda one: (-one.n, one.person_id))


def lines(shown: Sequence[Member]) -> list[dict[str, float]]:
    """Each pair of closest people once, the strongest first.

    How strong a tie is the table does not say, but in which order: somebody's first is before
    somebody's third, and of equal ones those of people with many ties come first.
    """
    places = {one.person_id: one for one in shown}
    pairs: dict[tuple[str, str], tuple[int, int]] = {}
    for one in shown:
        for order, other in enumerate(one.closest[:3]):
            if other not in places or other == one.person_id:
                continue
            pair = (min(one.person_id, other), max(one.person_id, other))
            worth = (order, -(one.n + places[other].n))
            pairs[pair] = min(pairs.get(pair, worth), worth)
    return [
        {
            "x": round(places[a].x, 1),
            "y": round(places[a].y, 1),
            "x2": round(places[b].x, 1),
            "y2": round(places[b].y, 1),
        }
        for a, b in sorted(pairs, key=lambda pair: (pairs[pair], pair))
    ]


def labels(
    shown: Sequence[Member], sizes: Mapping[int, int], language: str
) -> list[dict[str, Any]]:
    """The name of each group at its middle, with the scale from which it covers no larger one's.

    Two texts are clear of each other as soon as a unit is so many pixels that they part either
    sideways or up and down; so no label ever meets another, however narrow the picture is.
    """
    groups: dict[int, list[Member]] = {}
    for one in shown:
        groups.setdefault(one.group, []).append(one)
    found: list[dict[str, Any]] = []
    for group, _ in _largest(sizes)[:_MOST_LABELS]:
        those = groups.get(group, [])
        if len(those) < max(_LEAST_LABELLED, len(shown) // 100):
            continue
        text = phrase("view_group_label", language, group=number(group + 1), n=number(sizes[group]))
        x, y = fmean(one.x for one in those), fmean(one.y for one in those)
        least = max((_clear(x, y, text, other) for other in found), default=0.0)
        found.append({"x": round(x, 1), "y": round(y, 1), "text": text, "least": least})
    # What no screen is wide enough for is not written down.
    return [one | {"least": round(one["least"], 3)} for one in found if one["least"] < 1e3]


def group_name(group: int, language: str) -> str:
    """What a group is called: people count from one."""
    return phrase("view_group", language, group=number(group + 1))


def is_bridge(bridge: float | None) -> bool:
    """Whether somebody's ties go to several groups."""
    return bridge is not None and bridge >= BRIDGE - 1e-9


def text_width(text: str) -> float:
    """Pixels that a label takes at most: Hangul is wider than Latin letters."""
    return sum(13.0 if ord(letter) > 0x1100 else 8.0 for letter in text) + 8.0


def _clear(x: float, y: float, text: str, other: Mapping[str, Any]) -> float:
    wide = (text_width(text) + text_width(other["text"])) / 2
    across, up = abs(x - float(other["x"])), abs(y - float(other["y"]))
    return min(wide / max(across, 1e-6), LINE_HEIGHT / max(up, 1e-6))


def _frame(shown: Sequence[Member]) -> Frame:
    left, right = min(one.x for one in shown), max(one.x for one in shown)
    low, high = min(one.y for one in shown), max(one.y for one in shown)
    return Frame(
        x=(left + right) / 2,
        y=(low + high) / 2,
        width=right - left + 2 * _MARGIN,
        height=high - low + 2 * _MARGIN,
    )


def _subtitle(every: int, shown: int, drawn: int, language: str) -> str:
    told = [phrase("view_community_how_to_read", language)]
    if shown < every:
        told.append(
            phrase("view_community_most", language, shown=number(shown), people=number(every))
        )
    if drawn > MOST_LINES:
        most = number(MOST_LINES)
        told.append(phrase("view_community_lines", language, most=most, all=number(drawn)))
    return " ".join(told)


def _largest(sizes: Mapping[int, int]) -> list[tuple[int, int]]:
    return sorted(sizes.items(), key=lambda item: (-item[1], item[0]))


def _placed(place: float | None) -> bool:
    return place is not None and math.isfinite(place)


def _two(value: float | None) -> str:
    return "" if value is None else number(value, 2)


VIEW = View(
    name="community",
    reads=COMMUNITY,
    charts=charts,
    table=community_table,
    headline=headline,
)

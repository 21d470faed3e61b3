"""Community: the picture of the network, people as dots, groups as colours; and its map."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from sonnim.tables.answers_network import COMMUNITY
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.beside import HEARD, NOTHING, Beside, group_name
from sonnim.views.figures import EVER, ArrowTable, Span
from sonnim.views.group_map import group_labels, group_map, written
from sonnim.views.labels import Label, least_scales
from sonnim.views.members import Member, frame_of, is_bridge, largest, lines, members, placed
from sonnim.views.network_marks import TOP, people, radius
from sonnim.views.palette import GROUPS, LIGHT
from sonnim.views.people import short_names
from sonnim.views.writing import number, phrase

MOST_PEOPLE, MOST_LINES = 5_000, 3_000
"""So many are drawn: more is a cloud that says nothing, and slow on a phone."""

_MANY = 2_000
"""From so many marks on a page paints them: an element for each would make it slow."""

_MOST_ROWS = 200
_WIDE, _LOW, _HIGH = 900, 320, 640
_RISE = 8.0


def charts(table: ArrowTable, language: str, _span: Span = EVER) -> tuple[ChartSpec, ...]:
    """The people with most ties where the layout puts them, and the map of their groups."""
    return pictures(table, language, NOTHING)


def pictures(table: ArrowTable, language: str, beside: Beside) -> tuple[ChartSpec, ...]:
    """The same, with what other tables know of people and groups."""
    every = [one for one in members(table) if placed(one)]
    if not every:
        return ()
    numbers = group_table(every, language)
    shown = every[:MOST_PEOPLE]
    frame = frame_of(shown)
    pixels = round(min(max(_WIDE * frame.height / frame.width, _LOW), _HIGH))
    found = [_network(every, shown, beside, numbers, language, pixels)]
    groups = group_map(every, beside, numbers, language, pixels)
    return (*found, groups) if groups else tuple(found)


def _network(
    every: Sequence[Member],
    shown: Sequence[Member],
    beside: Beside,
    table: TableSpec,
    language: str,
    pixels: int,
) -> ChartSpec:
    drawn = lines(shown)
    sizes = Counter(one.group for one in every)
    coloured = [group for group, _ in largest(sizes)][: len(GROUPS)]
    colours = {group: LIGHT[role] for group, role in zip(coloured, GROUPS, strict=False)}
    names = {group: group_name(group, beside, language) for group in coloured}
    other = phrase("view_groups_other", language)
    legend = [(names[group], colours[group]) for group in coloured]
    if len(sizes) > len(coloured):
        legend.append((other, LIGHT["neutral"]))
    told = short_names(one.person_id for one in shown)
    most = max(one.n for one in shown)
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
    named = _named(shown, beside)
    of_groups = group_labels(shown, sizes, beside, language)
    of_people = [
        Label(x=one.x, y=one.y + radius(one.n, most), rise=_RISE, text=told[one.person_id])
        for one in named
    ]
    frame = frame_of(shown)
    scales = least_scales([*of_groups, *of_people], (pixels - TOP) / frame.height)
    tips = {
        "who": phrase("view_column_person", language),
        "of": phrase("view_column_group", language),
        "n": phrase("view_column_ties", language),
        "bridge": phrase("view_column_bridge", language),
    }
    return ChartSpec(
        id="community",
        title=phrase("view_community_title", language),
        subtitle=_subtitle(len(every), len(shown), len(drawn), beside, language),
        vega_lite=people(
            rows,
            drawn[:MOST_LINES],
            written(of_groups, scales[: len(of_groups)]),
            written(of_people, scales[len(of_groups) :]),
            [{"x": round(one.x, 1), "y": round(one.y, 1), "n": one.n} for one in named],
            legend,
            frame,
            tips,
            pixels,
        ),
        table=table,
        n=len(every),
        measures=("community",),
        wide=True,
        painted=len(rows) + len(drawn[:MOST_LINES]) > _MANY,
        ratio=round(frame.height / frame.width, 3),
    )


def _named(shown: Sequence[Member], beside: Beside) -> list[Member]:
    """Those who are listened to, in that order; where nobody knows, those with most ties."""
    places = {one.person_id: one for one in shown}
    heard = [places[who] for who in beside.heard if who in places]
    return heard or list(shown[:HEARD])


def _subtitle(every: int, shown: int, drawn: int, beside: Beside, language: str) -> str:
    told = [phrase("view_community_how_to_read", language)]
    if beside.words:
        told.append(phrase("view_community_words", language))
    told.append(phrase(f"view_community_{'heard' if beside.heard else 'tied'}", language))
    if shown < every:
        told.append(
            phrase("view_community_most", language, shown=number(shown), people=number(every))
        )
    if drawn > MOST_LINES:
        most = number(MOST_LINES)
        told.append(phrase("view_community_lines", language, most=most, all=number(drawn)))
    return " ".join(told)


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
    sizes = Counter(one.group for one in every)
    return phrase(
        "view_headline_community",
        language,
        groups=number(len(sizes)),
        people=number(len(every)),
        n=number(max(sizes.values())),
        bridges=number(sum(is_bridge(one.bridge) for one in every)),
    )


def _two(value: float | None) -> str:
    return "" if value is None else number(value, 2)


VIEW = View(
    name="community",
    reads=COMMUNITY,
    charts=charts,
    table=community_table,
    headline=headline,
)

"""Satisfaction: each metric over time with its interval, and units and subjects side by side."""

from collections.abc import Sequence

from sonnim.tables.answers import SATISFACTION
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.figures import (
    DIMENSIONS,
    EVER,
    ArrowTable,
    Figure,
    Span,
    figures_of,
    over_time,
    side_by_side,
)
from sonnim.views.marks import band
from sonnim.views.places import latest_of, latest_sentence, place_chart
from sonnim.views.rows import axis_ends, axis_format, cut_notes, figure_table, time_rows, tips
from sonnim.views.writing import LEAST_N, grain_of, label_of, number, phrase

ORDER = ("nps", "csat", "rating", "rating_csat", "kcsi", "ces")
"""The metrics, the one to look at first first."""


def rank(figure: Figure) -> tuple[int, str, float, int]:
    """Where a figure stands among the metrics."""
    place = ORDER.index(figure.name) if figure.name in ORDER else len(ORDER)
    return place, figure.name, -(figure.scale_max or 0.0), -figure.n


def charts(table: ArrowTable, language: str, span: Span = EVER) -> tuple[ChartSpec, ...]:
    """A line per metric of the whole company, then dots by unit, subject and channel."""
    figures = figures_of(table, SATISFACTION, span)
    overall = [figure for figure in figures if not figure.dimension]
    lines = sorted(over_time(overall).values(), key=lambda members: rank(members[-1]))
    found = [_line(members, language) for members in lines if len(members) > 1]
    for dimension in DIMENSIONS:
        chart = _dots(figures, dimension, language)
        if chart is not None:
            found.append(chart)
    return tuple(found)


def table(table: ArrowTable, language: str, span: Span = EVER) -> TableSpec:
    """The whole company's metrics in every period, latest first."""
    figures = figures_of(table, SATISFACTION, span)
    overall = [figure for figure in figures if not figure.dimension and figure.period]
    if not overall:
        overall = [figure for figure in figures if not figure.dimension]
    ordered = sorted(overall, key=rank)
    ordered.sort(key=lambda figure: figure.period.timestamp() if figure.period else 0, reverse=True)
    return figure_table(phrase("view_satisfaction", language), ordered, language)


def headline(table: ArrowTable, language: str, span: Span = EVER) -> str:
    """The first metric's latest value with its interval."""
    figures = figures_of(table, SATISFACTION, span)
    latest = sorted(latest_of(figures), key=rank)
    if not latest:
        return ""
    figure = latest[0]
    return latest_sentence(figure, figures, language)


def _line(members: Sequence[Figure], language: str) -> ChartSpec:
    last = members[-1]
    grain = grain_of([figure.period for figure in members if figure.period])
    title = label_of(last.name, language)
    if last.scale_max and last.name not in ("nps", "csat"):
        title = phrase("view_on_scale", language, what=title, top=number(last.scale_max))
    return ChartSpec(
        id=f"{last.name}-{last.scale_max or 0:g}-time",
        title=title,
        subtitle=" ".join((phrase(f"view_per_{grain}", language), *cut_notes(members, language))),
        vega_lite=band(
            time_rows(members, language),
            language,
            grain,
            axis_format(last.name),
            tips(language, "when"),
            axis_ends(members),
        ),
        table=figure_table(title, members[::-1], language),
        n=sum(figure.n for figure in members),
        measures=(last.name,),
    )


def _dots(figures: Sequence[Figure], dimension: str, language: str) -> ChartSpec | None:
    groups: dict[tuple[str, float], list[Figure]] = {}
    for figure in side_by_side(figures, dimension):
        groups.setdefault((figure.name, figure.scale_max or 0.0), []).append(figure)
    groups = {
        key: members
        for key, members in groups.items()
        if sum(figure.n >= LEAST_N for figure in members) > 1
    }
    if not groups:
        return None
    # One metric is enough to compare places by: the first that most of them have.
    most = max(len(members) for members in groups.values())
    name, scale = min(
        (key for key, members in groups.items() if 2 * len(members) >= most),
        key=lambda key: rank(groups[key][0]),
    )
    return place_chart(figures, groups[name, scale], dimension, language)


VIEW = View(name="satisfaction", reads=SATISFACTION, charts=charts, table=table, headline=headline)

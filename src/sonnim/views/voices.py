"""Voices: how much was said, how much of it was negative and positive, about whom."""

from collections.abc import Sequence

from sonnim.tables.answers import VOICES
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
from sonnim.views.marks import bands, columns
from sonnim.views.palette import LIGHT
from sonnim.views.places import latest_of, latest_sentence, place_chart
from sonnim.views.rows import axis_ends, bar_rows, cut_notes, figure_table, time_rows, tips
from sonnim.views.writing import LEAST_N, grain_of, label_of, phrase

_SHARES = (("negative", LIGHT["warm"]), ("positive", LIGHT["accent"]))


def charts(table: ArrowTable, language: str, span: Span = EVER) -> tuple[ChartSpec, ...]:
    """Shares over time, volume over time, then the negative share by unit, subject, channel."""
    figures = figures_of(table, VOICES, span)
    overall = [figure for figure in figures if not figure.dimension]
    lines = {members[-1].name: members for members in over_time(overall).values()}
    found = []
    shares = [lines[name] for name, _ in _SHARES if len(lines.get(name, ())) > 1]
    if shares:
        found.append(_shares(shares, language))
    if len(lines.get("volume", ())) > 1:
        found.append(_volume(lines["volume"], language))
    negative = [figure for figure in figures if figure.name == "negative"]
    for dimension in DIMENSIONS:
        members = side_by_side(negative, dimension)
        if sum(figure.n >= LEAST_N for figure in members) > 1:
            found.append(place_chart(negative, members, dimension, language))
    return tuple(found)


def table(table: ArrowTable, language: str, span: Span = EVER) -> TableSpec:
    """Volume and shares of the whole company in every period, latest first."""
    figures = [figure for figure in figures_of(table, VOICES, span) if not figure.dimension]
    dated = [figure for figure in figures if figure.period] or figures
    order = ("volume", "negative", "positive")
    dated.sort(key=lambda f: order.index(f.name) if f.name in order else len(order))
    dated.sort(key=lambda f: f.period.timestamp() if f.period else 0, reverse=True)
    return figure_table(phrase("view_voices", language), dated, language)


def headline(table: ArrowTable, language: str, span: Span = EVER) -> str:
    """The latest share of negative messages with its interval."""
    figures = figures_of(table, VOICES, span)
    latest = {figure.name: figure for figure in latest_of(figures)}
    figure = latest.get("negative") or latest.get("volume")
    if figure is None:
        return ""
    return latest_sentence(figure, figures, language)


def _shares(lines: Sequence[Sequence[Figure]], language: str) -> ChartSpec:
    rows = []
    for members in lines:
        for row in time_rows(members, language):
            rows.append({"group": _short(members[0], language), **row})
    colours = dict(_SHARES)
    grain = grain_of([figure.period for figure in lines[0] if figure.period])
    title = phrase("view_shares", language)
    every = sorted(
        (figure for members in lines for figure in members),
        key=lambda f: f.period.timestamp() if f.period else 0,
        reverse=True,
    )
    groups = [(_short(members[0], language), colours[members[0].name]) for members in lines]
    headings = {"group": phrase("view_column_metric", language), **tips(language, "when")}
    return ChartSpec(
        id="shares-time",
        title=title,
        subtitle=" ".join((phrase(f"view_per_{grain}", language), *cut_notes(lines[0], language))),
        vega_lite=bands(rows, language, grain, groups, headings, axis_ends(every)),
        table=figure_table(title, every, language),
        n=sum(figure.n for figure in lines[0]),
        measures=tuple(members[0].name for members in lines),
    )


def _short(figure: Figure, language: str) -> str:
    """The name of a line where the chart's title says what it is a share of."""
    return phrase(f"view_mood_{figure.name}", language)


def _volume(members: Sequence[Figure], language: str) -> ChartSpec:
    grain = grain_of([figure.period for figure in members if figure.period])
    title = label_of("volume", language)
    return ChartSpec(
        id="volume-time",
        title=title,
        subtitle=" ".join(
            (phrase("view_volume_how_to_read", language), *cut_notes(members, language, least=0))
        ),
        vega_lite=columns(bar_rows(members, language), language, grain, tips(language, "when")),
        table=figure_table(title, members[::-1], language),
        n=sum(figure.n for figure in members),
        measures=("volume",),
    )


VIEW = View(name="voices", reads=VOICES, charts=charts, table=table, headline=headline)

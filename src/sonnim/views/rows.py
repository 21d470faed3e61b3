"""Figures as the rows of charts and tables: what `satisfaction` and `voices` have in common."""

import math
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sonnim.tables.answers import WINDOWS
from sonnim.views.base import TableSpec
from sonnim.views.figures import Figure
from sonnim.views.writing import (
    LEAST_N,
    change_size,
    change_text,
    date_text,
    grain_of,
    interval_text,
    label_of,
    measure_of,
    number,
    period_end,
    phrase,
    value_text,
)

MOST_LABELS = 4
"""So many changes of a series are labelled with their size; the others only have a point."""

MOST_ROWS = 16
"""So many units (or subjects) are drawn; of more, the lowest and the highest half of that."""


def tips(language: str, first: str) -> dict[str, str]:
    """Headings of the tooltip: what it is, its value, interval, n and change."""
    words = ("value", "interval", "n", "change", "usual")
    return {
        first: phrase(f"view_column_{first}", language),
        **{f"{word}_text": phrase(f"view_column_{word}", language) for word in words},
    }


def time_rows(
    series: Sequence[Figure], language: str, labels: int = MOST_LABELS, least: int = LEAST_N
) -> list[dict[str, Any]]:
    """The figures of one series as rows of a chart over time.

    Args:
        series: The figures, oldest first.
        language: Of the texts.
        labels: So many of the largest changes bear their size.
        least: A period that is not complete is left out if it rests on fewer answers.
    """
    grain = grain_of([figure.period for figure in series if figure.period])
    largest = _labelled(series, labels)
    rows = []
    bridges = _bridges(series)
    for figure in series:
        if figure.period is None or (figure.cut and figure.n < least):
            continue
        change = figure.change or 0.0
        marked = _changed(figure)
        drifts = figure.unusual and not marked and not figure.cut
        rows.append(
            {
                "period": f"{figure.period:%Y-%m-%d}",
                "when": _when(figure, grain, language),
                "cut": figure.cut,
                "bridge": bridges.get(figure.period, ""),
                **_numbers(figure, language),
                "marked": marked or drifts,
                "mark": change_said(figure, language) if figure in largest else "",
                "rising": change > 0,
                "tone": tone(figure.name, change)
                if marked
                else tone(figure.name, figure.drift or 0.0)
                if drifts
                else "same",
            }
        )
    return rows


def bar_rows(series: Sequence[Figure], language: str) -> list[dict[str, Any]]:
    """The figures of one series as bars as wide as their periods, with a gap between."""
    grain = grain_of([figure.period for figure in series if figure.period])
    dated = [figure for figure in series if figure.period]
    # More labels than this would stand on their neighbours' bars.
    rows = []
    for figure, row in zip(dated, time_rows(dated, language, labels=2, least=0), strict=True):
        begin = figure.period or datetime.min
        length = period_end(begin, grain) - begin
        places = {"start": 0.0, "middle": 0.41, "end": 0.82}
        times = {
            name: f"{begin + part * length:%Y-%m-%dT%H:%M:%SZ}" for name, part in places.items()
        }
        rows.append({**row, **times})
    return rows


def place_rows(
    figures: Sequence[Figure], whole: Figure | None, language: str
) -> list[dict[str, Any]]:
    """Units (or subjects) side by side, worst first; the tone says whether one clearly differs.

    "Clearly": its interval does not reach the interval of all together. That is stricter than a
    test at the same level, which makes up for looking at many at once.
    """
    better = measure_of(figures[0].name).better if figures else 0
    ordered = sorted(figures, key=lambda f: (f.value * (better or 1), f.where))
    if len(ordered) > MOST_ROWS:
        ordered = ordered[: MOST_ROWS // 2] + ordered[-MOST_ROWS // 2 :]
    return [
        {
            "name": figure.where,
            **_numbers(figure, language),
            "text": value_text(figure.name, figure.value),
            "tone": against(figure, whole),
        }
        for figure in ordered
    ]


def against(figure: Figure, whole: Figure | None) -> str:
    """`worse` or `better` if the figure's interval lies beyond that of the whole, else `same`."""
    ends = (figure.low, figure.high)
    if whole is None or None in (*ends, whole.low, whole.high):
        return "same"
    low, high = figure.low or 0.0, figure.high or 0.0
    if high < (whole.low or 0.0):
        return tone(figure.name, -1)
    if low > (whole.high or 0.0):
        return tone(figure.name, 1)
    return "same"


def tone(name: str, change: float) -> str:
    """Whether a metric going that way is `better`, `worse` or `same` (nobody can say)."""
    direction = measure_of(name).better * change
    return "better" if direction > 0 else "worse" if direction < 0 else "same"


def figure_table(
    title: str, figures: Sequence[Figure], language: str, places: bool | None = None
) -> TableSpec:
    """Figures as a table; columns that would be empty are left out.

    Args:
        title: What it shows.
        figures: In the order of the rows.
        language: Of headings and numbers.
        places: Whether to name unit, subject and channel; None: where one is set.
    """
    several = len({(figure.name, figure.scale_max) for figure in figures}) > 1
    with_places = any(figure.where for figure in figures) if places is None else places
    with_periods = any(figure.period for figure in figures)
    grain = grain_of([figure.period for figure in figures if figure.period])
    everything = phrase("view_all_together", language)
    whole_time = phrase("view_whole_time", language)

    wanted: list[tuple[str, str, list[str]]] = []
    if with_places:
        wanted.append(("where", "left", [figure.where or everything for figure in figures]))
    if with_periods:
        wanted.append(
            (
                "when",
                "left",
                [
                    _when(figure, grain, language) if figure.period else whole_time
                    for figure in figures
                ],
            )
        )
    if several:
        names = [label_of(figure.name, language, figure.scale_max) for figure in figures]
        wanted.append(("metric", "left", names))
    numbers = [_numbers(figure, language) for figure in figures]
    for column in ("value", "interval", "n", "change", "usual"):
        cells = [row[f"{column}_text"] for row in numbers]
        if column in ("value", "n") or any(cells):
            wanted.append((column, "right", cells))
    return TableSpec(
        title=title,
        columns=tuple(phrase(f"view_column_{column}", language) for column, _, _ in wanted),
        rows=tuple(zip(*(cells for _, _, cells in wanted), strict=True)),
        alignments=tuple(side for _, side, _ in wanted),
    )


def axis_ends(figures: Sequence[Figure]) -> tuple[float, float]:
    """Where the value axis begins and ends: the drawn values with a rim, within what is possible.

    The interval of a period that is not complete does not stretch it.
    """
    ends = [
        end
        for figure in figures
        for end in ((figure.value,) if figure.cut else (figure.value, figure.low, figure.high))
        if end is not None and not (figure.cut and figure.n < LEAST_N)
    ]
    ends = ends or [figure.value for figure in figures]
    low, high = min(ends), max(ends)
    rim = 0.08 * (high - low) or max(0.02 * abs(high), 0.01)
    kind = measure_of(figures[0].name).kind
    least = {"share": 0.0, "score": -100.0}.get(kind, -math.inf)
    most = {"share": 1.0, "score": 100.0}.get(kind, figures[0].scale_max or math.inf)
    return round(max(low - rim, least), 4), round(min(high + rim, most), 4)


def cut_notes(series: Sequence[Figure], language: str, least: int = LEAST_N) -> list[str]:
    """Sentences on the periods that are not complete: which are hollow, which are not drawn."""
    grain = grain_of([figure.period for figure in series if figure.period])
    told: dict[str, list[str]] = {}
    for figure in series:
        if figure.cut:
            key = "view_cut_drawn" if figure.n >= least else "view_cut_few"
            when = _when(figure, grain, language)
            told.setdefault(key, []).append(f"{when}, n\xa0=\xa0{number(figure.n)}")
    return [phrase(key, language, periods="; ".join(those)) for key, those in told.items()]


def change_said(figure: Figure, language: str) -> str:
    """The change if it may be called one, else "no clear change", else "" (nothing before)."""
    if figure.change is None or figure.cut:
        return ""
    if not figure.significant:
        return phrase("view_no_clear_change", language)
    shown = change_size(figure.name, figure.value - figure.change, figure.value)
    return change_text(figure.name, shown, language)


def drift_said(figure: Figure, language: str) -> str:
    """How far recent lies from usual if that may be said, else "no clear change", else ""."""
    if figure.recent is None or figure.usual is None or figure.cut:
        return ""
    if not figure.unusual:
        return phrase("view_no_clear_change", language)
    shown = change_size(figure.name, figure.usual.value, figure.recent.value)
    return change_text(figure.name, shown, language)


def recent_span(members: Sequence[Figure], figure: Figure, grain: str, language: str) -> str:
    """The periods that are its recent ones, by the first and the last."""
    days = [member.period for member in members if member.period]
    last = figure.period
    if last is None or last not in days:
        return ""
    first = days[max(0, days.index(last) - WINDOWS[grain].recent + 1)]
    if first == last:
        return date_text(last, language, grain)
    begins = date_text(first, language, grain)
    if grain == "month" and first.year == last.year and language == "en":
        begins = begins.removesuffix(f" {first.year}")
    ends = date_text(last, language, grain)
    if grain in ("month", "quarter") and first.year == last.year and language == "ko":
        ends = ends.removeprefix(f"{last.year}년 ")
    return phrase("view_span", language, first=begins, last=ends)


def axis_format(name: str) -> str:
    """The d3 format of the metric's axis."""
    return {"score": "+,.0f", "share": ".0%", "mean": ".1f", "count": "~s"}[measure_of(name).kind]


def _changed(figure: Figure) -> bool:
    return figure.significant and figure.change is not None and not figure.cut


def _labelled(series: Sequence[Figure], most: int) -> list[Figure]:
    """The largest changes, so far apart that their labels do not meet."""
    chosen: list[int] = []
    apart = max(2, len(series) // 8)
    changes = [index for index, figure in enumerate(series) if _changed(figure)]
    for index in sorted(changes, key=lambda index: -abs(series[index].change or 0.0)):
        if len(chosen) < most and all(abs(index - other) >= apart for other in chosen):
            chosen.append(index)
    return [series[index] for index in chosen]


def _bridges(series: Sequence[Figure]) -> dict[datetime, str]:
    """The periods that a dashed line joins: one that is not complete and its neighbour."""
    found: dict[datetime, str] = {}
    for figure, after in pairwise(series):
        end = "start" if figure.cut == "start" else after.cut
        if end and figure.period and after.period:
            found |= {figure.period: end, after.period: end}
    return found


def _when(figure: Figure, grain: str, language: str) -> str:
    """The period, and whether it is complete."""
    if figure.period is None:
        return ""
    when = date_text(figure.period, language, grain)
    return phrase(f"view_cut_{figure.cut}", language, when=when) if figure.cut else when


def _numbers(figure: Figure, language: str) -> dict[str, Any]:
    return {
        "value": round(figure.value, 4),
        "low": round(figure.value if figure.low is None else figure.low, 4),
        "high": round(figure.value if figure.high is None else figure.high, 4),
        "value_text": value_text(figure.name, figure.value, figure.scale_max),
        "interval_text": interval_text(figure.name, figure.low, figure.high, language),
        "n_text": number(figure.n),
        "change_text": change_said(figure, language),
        "usual_text": drift_said(figure, language),
    }

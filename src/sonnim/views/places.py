"""The whole company's latest figures, and its parts side by side."""

from collections.abc import Sequence

from sonnim.views.base import ChartSpec
from sonnim.views.figures import Figure, over_time, settled
from sonnim.views.marks import dots
from sonnim.views.rows import axis_ends, axis_format, figure_table, place_rows, tips
from sonnim.views.writing import (
    LEAST_N,
    grain_of,
    label_of,
    measure_of,
    phrase,
    value_and_sure,
    when_text,
)

_LONG = 8
"""A chart of more rows takes the whole width of the page."""


def latest_of(figures: Sequence[Figure]) -> list[Figure]:
    """The whole company's latest figure of each metric that may be spoken of."""
    overall = [figure for figure in figures if not figure.dimension]
    found = {series: settled(members)[-1] for series, members in over_time(overall).items()}
    for figure in overall:
        found.setdefault(figure.series, figure)
    return list(found.values())


def place_chart(
    figures: Sequence[Figure], members: Sequence[Figure], dimension: str, language: str
) -> ChartSpec:
    """Units, subjects or channels side by side, by one metric."""
    first = members[0]
    whole = next(
        (
            figure
            for figure in figures
            if not figure.dimension
            and (figure.name, figure.scale_max) == (first.name, first.scale_max)
            and figure.period == first.period
        ),
        None,
    )
    few = sorted(figure.where for figure in members if figure.n < LEAST_N)
    rows = place_rows([f for f in members if f.n >= LEAST_N], whole, language)
    what = label_of(first.name, language)
    when = when_text(first.period, language, _grain(figures))
    title = phrase(f"view_by_{dimension}", language, what=what)
    notes = [phrase("view_worst_first", language, when=_capital(when))]
    if few:
        notes.append(phrase("view_too_few", language, names=", ".join(few), least=LEAST_N))
    better = measure_of(first.name).better or 1
    worst_first = sorted(members, key=lambda figure: (figure.value * better, figure.where))
    return ChartSpec(
        id=f"{first.name}-{first.scale_max or 0:g}-{dimension}",
        title=title,
        subtitle=" ".join(notes),
        vega_lite=dots(
            rows,
            axis_format(first.name),
            None if whole is None else round(whole.value, 4),
            phrase("view_all_together", language),
            tips(language, "name"),
            axis_ends([f for f in members if f.n >= LEAST_N]),
        ),
        table=figure_table(title, worst_first, language),
        n=sum(figure.n for figure in members),
        measures=(first.name,),
        # Beside a short chart a long one would leave a hole.
        wide=len(rows) > _LONG,
    )


def latest_sentence(figure: Figure, figures: Sequence[Figure], language: str) -> str:
    """What a figure is and how sure, in one sentence."""
    return phrase(
        "view_headline_value",
        language,
        what=label_of(figure.name, language),
        when=when_text(figure.period, language, _grain(figures)),
        value=value_and_sure(
            figure.name,
            figure.value,
            figure.scale_max,
            figure.low,
            figure.high,
            figure.n,
            language,
        ),
    )


def _grain(figures: Sequence[Figure]) -> str:
    return grain_of([figure.period for figure in figures if figure.period])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

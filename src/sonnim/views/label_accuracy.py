"""Label accuracy: how far moods can be trusted here, by the labels of the company's own people."""

from dataclasses import dataclass
from typing import Any

from sonnim.tables.accuracy import LABEL_ACCURACY
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.figures import EVER, ArrowTable, Span, columns_of
from sonnim.views.marks import dots
from sonnim.views.writing import (
    LEAST_N,
    interval_text,
    number,
    phrase,
    value_and_sure,
    value_text,
)

_LANGUAGES = ("ko", "en", "mixed", "other")


@dataclass(frozen=True, kw_only=True)
class _Row:
    """The figures of one source and language, or of all together (`whole`)."""

    name: str
    whole: bool
    n: int
    accuracy: float
    low: float
    high: float
    macro_f1: float
    sure: float | None
    sure_low: float | None
    sure_high: float | None
    n_random: int


def charts(table: ArrowTable, language: str, _span: Span = EVER) -> tuple[ChartSpec, ...]:
    """One dot with its interval per source and language that has enough labels."""
    found = [row for row in _rows(table, language) if row.n >= LEAST_N]
    if not found:
        return ()
    rows: list[dict[str, Any]] = [
        {
            "name": row.name,
            "value": round(row.accuracy, 4),
            "low": round(row.low, 4),
            "high": round(row.high, 4),
            "text": value_text("share", row.accuracy),
            "tone": "same",
            "value_text": value_text("share", row.accuracy),
            "interval_text": interval_text("share", row.low, row.high, language),
            "n_text": number(row.n),
        }
        for row in found
    ]
    headings = {
        "name": phrase("view_column_source_language", language),
        "value_text": phrase("view_column_accuracy", language),
        "interval_text": phrase("view_column_interval", language),
        "n_text": phrase("view_column_n", language),
    }
    notes = [phrase("view_label_accuracy_how_to_read", language)]
    chosen = [row.name for row in found if not row.n_random]
    if chosen:
        notes.append(phrase("view_label_accuracy_chosen", language, names=", ".join(chosen)))
    return (
        ChartSpec(
            id="label-accuracy",
            title=phrase("view_label_accuracy_by", language),
            subtitle=" ".join(notes),
            vega_lite=dots(rows, ".0%", None, "", headings, (0.0, 1.0)),
            table=accuracy_table(table, language),
            n=found[0].n,
            measures=("label_accuracy",),
            wide=True,
        ),
    )


def accuracy_table(table: ArrowTable, language: str, _span: Span = EVER) -> TableSpec:
    """All figures, the whole first, then the most labels."""
    headings = (
        "source_language", "accuracy", "interval", "n", "random", "macro_f1", "sure",
        "sure_interval",
    )  # fmt: skip
    rows = tuple(
        (
            row.name,
            value_text("share", row.accuracy),
            interval_text("share", row.low, row.high, language),
            number(row.n),
            number(row.n_random),
            number(row.macro_f1, 2),
            "" if row.sure is None else value_text("share", row.sure),
            interval_text("share", row.sure_low, row.sure_high, language),
        )
        for row in _rows(table, language)
    )
    return TableSpec(
        title=phrase("view_label_accuracy_by", language),
        columns=tuple(phrase(f"view_column_{heading}", language) for heading in headings),
        rows=rows,
        alignments=("left", *("right",) * 7),
    )


def headline(table: ArrowTable, language: str, _span: Span = EVER) -> str:
    """The accuracy of all together, or of the source with the most labels."""
    found = _rows(table, language)
    if not found:
        return ""
    row = found[0]
    return phrase(
        "view_headline_label_accuracy" if row.n_random else "view_headline_label_accuracy_chosen",
        language,
        where=row.name,
        value=value_and_sure("share", row.accuracy, None, row.low, row.high, row.n, language),
    )


def _rows(table: ArrowTable, language: str) -> list[_Row]:
    names = (
        "source", "language", "n", "accuracy", "low", "high", "macro_f1", "sure", "sure_low",
        "sure_high", "n_random",
    )  # fmt: skip
    found = []
    for source, spoken, *values in zip(*columns_of(table, LABEL_ACCURACY, names), strict=True):
        known = spoken if spoken in _LANGUAGES else "other"
        name = " · ".join(filter(None, (source, phrase(f"view_language_{known}", language))))
        if spoken is None:
            name = phrase("view_all_together", language)
        fields = dict(zip(names[2:], values, strict=True))
        found.append(_Row(name=name, whole=spoken is None, **fields))
    return sorted(found, key=lambda row: (not row.whole, -row.n, row.name))


VIEW = View(
    name="label_accuracy",
    reads=LABEL_ACCURACY,
    charts=charts,
    table=accuracy_table,
    headline=headline,
)

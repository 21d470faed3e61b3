"""Cascade forecast: how well it could be told which young threads double, beside the base rate."""

from dataclasses import dataclass
from typing import Any

from sonnim.tables.answers_network import CASCADE_FORECAST
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.figures import EVER, ArrowTable, Span, columns_of
from sonnim.views.marks import dots
from sonnim.views.writing import interval_text, number, phrase, value_and_sure, value_text

_GUESS = 0.5
"""AUC of what tells nothing, the base rate too."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """From k messages on: a row of `cascade_forecast`."""

    k: int
    days: float
    verdict: str
    least: int
    learned: int
    learned_doubled: int
    tested: int
    tested_doubled: int
    base_rate: float | None
    base_low: float | None
    base_high: float | None
    auc: float | None
    low: float | None
    high: float | None
    brier: float | None
    base_brier: float | None
    open: int

    @property
    def name(self) -> str:
        """From how many messages to how many."""
        return f"{number(self.k)} → {number(2 * self.k)}"


def charts(table: ArrowTable, language: str, _span: Span = EVER) -> tuple[ChartSpec, ...]:
    """One dot with its interval per size of threads, against a guess."""
    shown = [one for one in told_of(table) if one.auc is not None]
    if not shown:
        return ()
    rows: list[dict[str, Any]] = [
        {
            "name": one.name,
            "value": round(one.auc or 0.0, 4),
            "low": round(one.low or 0.0, 4),
            "high": round(one.high or 0.0, 4),
            "text": value_text("share", one.auc or 0.0),
            "tone": "better" if one.verdict == "better" else "same",
            "interval_text": interval_text("share", one.low, one.high, language),
            "base_text": value_text("share", one.base_rate or 0.0),
            "n_text": number(one.tested),
        }
        for one in shown
    ]
    tips = {
        "name": phrase("view_column_doubling", language),
        "text": phrase("view_column_auc", language),
        "interval_text": phrase("view_column_interval", language),
        "base_text": phrase("view_column_base_rate", language),
        "n_text": phrase("view_column_tested", language),
    }
    least = min(_GUESS, *(row["low"] for row in rows)) - 0.05
    return (
        ChartSpec(
            id="cascade_forecast",
            title=phrase("view_cascade_forecast", language),
            subtitle=phrase("view_cascade_forecast_how_to_read", language),
            vega_lite=dots(
                rows,
                ".0%",
                _GUESS,
                phrase("view_cascade_guess", language),
                tips,
                (max(0.0, round(least, 4)), 1.0),
            ),
            table=forecast_table(table, language),
            n=sum(one.tested for one in shown),
            measures=("cascade_forecast",),
            wide=True,
        ),
    )


def forecast_table(table: ArrowTable, language: str, _span: Span = EVER) -> TableSpec:
    """One row per size of threads, the smallest first."""
    heads = (
        "doubling", "days", "verdict", "auc", "interval", "brier", "base_brier", "base_rate",
        "learned", "tested", "open",
    )  # fmt: skip
    return TableSpec(
        title=phrase("view_cascade_forecast_table", language),
        columns=tuple(phrase(f"view_column_{head}", language) for head in heads),
        rows=tuple(
            (
                one.name,
                f"{one.days:g}",
                phrase(f"view_cascade_{one.verdict}", language),
                _share(one.auc),
                interval_text("share", one.low, one.high, language),
                "" if one.brier is None else number(one.brier, 3),
                "" if one.base_brier is None else number(one.base_brier, 3),
                _base(one, language),
                f"{number(one.learned_doubled)} / {number(one.learned)}",
                f"{number(one.tested_doubled)} / {number(one.tested)}",
                number(one.open),
            )
            for one in told_of(table)
        ),
        alignments=("left", "right", "left", *("right",) * 8),
    )


def headline(table: ArrowTable, language: str, _span: Span = EVER) -> str:
    """Whether it can be told, by the smallest threads of which it can; else why not."""
    every = told_of(table)
    if not every:
        return ""
    one = next((each for each in every if each.verdict == "better"), every[0])
    sure = "" if one.auc is None else value_and_sure(
        "share", one.auc, None, one.low, one.high, one.tested, language
    )  # fmt: skip
    return phrase(
        f"view_headline_cascade_{one.verdict}",
        language,
        k=number(one.k),
        twice=number(2 * one.k),
        days=f"{one.days:g}",
        auc=sure,
        brier="" if one.brier is None else number(one.brier, 3),
        base_brier="" if one.base_brier is None else number(one.base_brier, 3),
        base=_base(one, language),
        open=number(one.open),
        least=number(one.least),
        learned=number(one.learned),
        learned_doubled=number(one.learned_doubled),
        tested=number(one.tested),
        tested_doubled=number(one.tested_doubled),
    )


def told_of(table: ArrowTable) -> list[Told]:
    """The rows, the smallest threads first."""
    names = (
        "k", "days", "verdict", "least", "learned", "learned_doubled", "tested", "tested_doubled",
        "base_rate", "base_low", "base_high", "auc", "low", "high", "brier", "base_brier", "open",
    )  # fmt: skip
    found = [
        Told(**dict(zip(names, row, strict=True)))
        for row in zip(*columns_of(table, CASCADE_FORECAST, names), strict=True)
    ]
    return sorted(found, key=lambda one: one.k)


def _base(one: Told, language: str) -> str:
    if one.base_rate is None:
        return ""
    return value_and_sure(
        "share", one.base_rate, None, one.base_low, one.base_high, one.learned, language
    )


def _share(value: float | None) -> str:
    return "" if value is None else value_text("share", value)


VIEW = View(
    name="cascade_forecast",
    reads=CASCADE_FORECAST,
    charts=charts,
    table=forecast_table,
    headline=headline,
)

"""Opinions: what customers speak of, and which share of what they say of it is negative."""

from collections import Counter
from dataclasses import dataclass

from sonnim.tables.answers import OPINION
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.counts import Share, share
from sonnim.views.figures import EVER, ArrowTable, Span, columns_of
from sonnim.views.marks import bars
from sonnim.views.writing import interval_text, number, phrase, value_and_sure, value_text

MOST = 10


@dataclass(frozen=True, kw_only=True)
class Aspect:
    """One aspect that opinions are about.

    Attributes:
        name: Its category.
        negative: How many opinions of it are negative, of how many.
    """

    name: str
    negative: Share


def aspects(table: ArrowTable) -> list[Aspect]:
    """The aspects by their number of negative opinions, most first, equal ones by name."""
    names, polarities = columns_of(table, OPINION, ("category", "polarity"))
    pairs = [(name, one) for name, one in zip(names, polarities, strict=True) if name]
    every = Counter(name for name, _ in pairs)
    bad = Counter(name for name, polarity in pairs if polarity == "negative")
    found = [Aspect(name=name, negative=share(bad[name], n)) for name, n in every.items()]
    return sorted(found, key=lambda one: (-one.negative.count, one.name))


def charts(table: ArrowTable, language: str, _span: Span = EVER) -> tuple[ChartSpec, ...]:
    """One bar of the negative share for each of the aspects with most negative opinions."""
    found = aspects(table)
    if not found:
        return ()
    rows = [
        {
            "name": one.name,
            "value": round(one.negative.value, 4),
            "text": phrase(
                "view_opinion_bar",
                language,
                share=value_text("share", one.negative.value),
                count=number(one.negative.count),
                n=number(one.negative.n),
            ),
            "value_text": value_text("share", one.negative.value),
            "interval_text": interval_text(
                "share", one.negative.low, one.negative.high, language
            ),
            "n_text": number(one.negative.n),
        }
        for one in found[:MOST]
    ]  # fmt: skip
    headings = {
        "name": phrase("view_column_category", language),
        "value_text": phrase("view_column_negative", language),
        "interval_text": phrase("view_column_interval", language),
        "n_text": phrase("view_column_opinions", language),
    }
    return (
        ChartSpec(
            id="opinion-aspects",
            title=phrase("view_opinions", language),
            subtitle=phrase("view_opinion_how_to_read", language, most=MOST),
            vega_lite=bars(rows, headings),
            table=opinion_table(table, language),
            n=sum(one.negative.n for one in found),
            measures=("opinion",),
            wide=True,
        ),
    )


def opinion_table(table: ArrowTable, language: str, _span: Span = EVER) -> TableSpec:
    """How many opinions of each aspect there are, and how many are negative."""
    rows = tuple(
        (
            one.name,
            number(one.negative.n),
            number(one.negative.count),
            value_text("share", one.negative.value),
            interval_text("share", one.negative.low, one.negative.high, language),
        )
        for one in aspects(table)
    )
    headings = ("category", "opinions", "negative_count", "negative", "interval")
    return TableSpec(
        title=phrase("view_opinions", language),
        columns=tuple(phrase(f"view_column_{heading}", language) for heading in headings),
        rows=rows,
        alignments=("left", "right", "right", "right", "right"),
    )


def headline(table: ArrowTable, language: str, _span: Span = EVER) -> str:
    """The aspect with most negative opinions, and which share they are."""
    found = aspects(table)
    if not found or not found[0].negative.count:
        return ""
    part = found[0].negative
    return phrase(
        "view_headline_opinion",
        language,
        category=found[0].name,
        count=number(part.count),
        value=value_and_sure("share", part.value, None, part.low, part.high, part.n, language),
    )


VIEW = View(name="opinion", reads=OPINION, charts=charts, table=opinion_table, headline=headline)

"""Language: in which languages customers speak."""

from collections import Counter

from sonnim.tables.answers import LANGUAGE
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.counts import largest_first, share
from sonnim.views.figures import EVER, ArrowTable, Span, columns_of
from sonnim.views.marks import bars
from sonnim.views.writing import interval_text, number, phrase, value_and_sure, value_text

_KNOWN = ("ko", "en", "mixed", "other")


def count_languages(table: ArrowTable) -> Counter[str]:
    """How many messages there are in each language."""
    (names,) = columns_of(table, LANGUAGE, ("language",))
    return Counter(name if name in _KNOWN else "other" for name in names)


def charts(table: ArrowTable, language: str, _span: Span = EVER) -> tuple[ChartSpec, ...]:
    """One bar per language."""
    counts = count_languages(table)
    if not counts:
        return ()
    n = counts.total()
    rows = []
    for name, count in largest_first(counts):
        part = share(count, n)
        rows.append(
            {
                "name": phrase(f"view_language_{name}", language),
                "value": round(part.value, 4),
                "text": f"{value_text('negative', part.value)}",
                "value_text": value_text("share", part.value),
                "interval_text": interval_text("share", part.low, part.high, language),
                "n_text": number(count),
            }
        )
    headings = {
        "name": phrase("view_column_language", language),
        "value_text": phrase("view_column_share", language),
        "interval_text": phrase("view_column_interval", language),
        "n_text": phrase("view_column_count", language),
    }
    return (
        ChartSpec(
            id="language-share",
            title=phrase("view_languages", language),
            subtitle=phrase("view_language_how_to_read", language),
            vega_lite=bars(rows, headings),
            table=language_table(table, language),
            n=n,
            measures=("language",),
            wide=True,
        ),
    )


def language_table(table: ArrowTable, language: str, _span: Span = EVER) -> TableSpec:
    """Count and share of each language."""
    counts = count_languages(table)
    rows = []
    for name, count in largest_first(counts):
        part = share(count, counts.total())
        rows.append(
            (
                phrase(f"view_language_{name}", language),
                number(count),
                value_text("share", part.value),
                interval_text("share", part.low, part.high, language),
                number(part.n),
            )
        )
    headings = ("language", "count", "share", "interval", "n")
    return TableSpec(
        title=phrase("view_languages", language),
        columns=tuple(phrase(f"view_column_{heading}", language) for heading in headings),
        rows=tuple(rows),
        alignments=("left", "right", "right", "right", "right"),
    )


def headline(table: ArrowTable, language: str, _span: Span = EVER) -> str:
    """The commonest language and its share."""
    counts = count_languages(table)
    if not counts:
        return ""
    name, count = largest_first(counts)[0]
    part = share(count, counts.total())
    return phrase(
        "view_headline_language",
        language,
        spoken=phrase(f"view_language_{name}", language),
        value=value_and_sure("share", part.value, None, part.low, part.high, part.n, language),
    )


VIEW = View(
    name="language",
    reads=LANGUAGE,
    charts=charts,
    table=language_table,
    headline=headline,
)

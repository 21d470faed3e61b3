"""Mood: how messages feel, by language, as the model labelled them one by one."""

from collections import Counter
from itertools import pairwise

from sonnim.tables.answers import MOOD
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.counts import share
from sonnim.views.figures import EVER, ArrowTable, Span, columns_of
from sonnim.views.marks import stacked
from sonnim.views.palette import LIGHT
from sonnim.views.writing import interval_text, number, phrase, value_and_sure, value_text

LABELS = (
    ("negative", LIGHT["warm"]),
    ("unsure", LIGHT["unsure"]),
    ("neutral", LIGHT["neutral"]),
    ("positive", LIGHT["accent"]),
)
_ON_DARK = ("negative", "positive")
_ROOM_FOR_TEXT = 0.08
_LANGUAGES = ("ko", "en", "mixed", "other")


def count_moods(table: ArrowTable) -> dict[str, Counter[str]]:
    """How many messages of each label there are, by language."""
    languages, labels = columns_of(table, MOOD, ("language", "label"))
    pairs = Counter(zip(languages, labels, strict=True))
    counts: dict[str, Counter[str]] = {}
    for (language, label), n in pairs.items():
        known = language if language in _LANGUAGES else "other"
        if label in dict(LABELS):
            counts.setdefault(known, Counter())[label] += n
    return {name: counts[name] for name in _LANGUAGES if name in counts}


def charts(table: ArrowTable, language: str, _span: Span = EVER) -> tuple[ChartSpec, ...]:
    """One bar of shares per language."""
    counts = count_moods(table)
    if not counts:
        return ()
    rows, order = [], []
    for spoken, labels in counts.items():
        n = labels.total()
        name = phrase(f"view_language_{spoken}", language)
        order.append(name)
        ends = [0]
        for label, _ in LABELS:
            ends.append(ends[-1] + labels[label])
        for (label, _), (start, end) in zip(LABELS, pairwise(ends), strict=True):
            part = share(labels[label], n)
            wide = part.value >= _ROOM_FOR_TEXT
            rows.append(
                {
                    "name": name,
                    "group": phrase(f"view_mood_{label}", language),
                    "start": round(start / n, 4),
                    "end": round(end / n, 4),
                    "middle": round((start + end) / 2 / n, 4),
                    "text": number(100 * part.value) + "%" if wide else "",
                    "dark": label in _ON_DARK,
                    "value_text": value_text("share", part.value),
                    "interval_text": interval_text("share", part.low, part.high, language),
                    "n_text": number(n),
                }
            )
    headings = {
        word if word in ("name", "group") else f"{word}_text": phrase(
            f"view_column_{heading}", language
        )
        for word, heading in (
            ("name", "language"),
            ("group", "mood"),
            ("value", "share"),
            ("interval", "interval"),
            ("n", "n"),
        )
    }
    groups = [(phrase(f"view_mood_{label}", language), colour) for label, colour in LABELS]
    return (
        ChartSpec(
            id="mood-language",
            title=phrase("view_mood_by_language", language),
            subtitle=phrase("view_mood_how_to_read", language),
            vega_lite=stacked(rows, order, groups, headings),
            table=mood_table(table, language),
            n=sum(labels.total() for labels in counts.values()),
            measures=("mood",),
            wide=True,
        ),
    )


def mood_table(table: ArrowTable, language: str, _span: Span = EVER) -> TableSpec:
    """Count and share of each label, by language."""
    rows = []
    for spoken, labels in count_moods(table).items():
        for label, _ in LABELS:
            part = share(labels[label], labels.total())
            rows.append(
                (
                    phrase(f"view_language_{spoken}", language),
                    phrase(f"view_mood_{label}", language),
                    number(part.count),
                    value_text("share", part.value),
                    interval_text("share", part.low, part.high, language),
                    number(part.n),
                )
            )
    headings = ("language", "mood", "count", "share", "interval", "n")
    return TableSpec(
        title=phrase("view_mood_by_language", language),
        columns=tuple(phrase(f"view_column_{heading}", language) for heading in headings),
        rows=tuple(rows),
        alignments=("left", "left", "right", "right", "right", "right"),
    )


def headline(table: ArrowTable, language: str, _span: Span = EVER) -> str:
    """The share of messages that were labelled negative."""
    total: Counter[str] = Counter()
    for labels in count_moods(table).values():
        total += labels
    if not total:
        return ""
    part = share(total["negative"], total.total())
    return phrase(
        "view_headline_mood",
        language,
        value=value_and_sure("share", part.value, None, part.low, part.high, part.n, language),
    )


VIEW = View(name="mood", reads=MOOD, charts=charts, table=mood_table, headline=headline)

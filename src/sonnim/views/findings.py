"""The headline findings in words, in Korean and English, from `satisfaction` and `voices`.

What may be said: a change, or a stretch that differs from the usual, only where the analyzer found
it significant after correction, otherwise "no clear change"; a worst and a best unit only where
their intervals do not meet; nothing about fewer than ten answers; no number without its n and its
interval.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sonnim.tables.answers import SATISFACTION, VOICES, WINDOWS
from sonnim.tables.words import LANGUAGES, has_words
from sonnim.views.figures import (
    DIMENSIONS,
    EVER,
    ArrowTable,
    Figure,
    Span,
    Together,
    figures_of,
    over_time,
    side_by_side,
)
from sonnim.views.rows import recent_span, tone
from sonnim.views.satisfaction import ORDER
from sonnim.views.writing import (
    LEAST_N,
    PART,
    change_size,
    change_words,
    date_text,
    grain_of,
    label_of,
    measure_of,
    period_end,
    phrase,
    value_and_sure,
)

MOST = 6
_RECENT = 3
"""So many of the latest complete periods are the recent past, which is told first."""
_OLDEST = 12
"""A jump that is older than so many periods is not told at all."""

# What comes first: the recent past (worse, then better, then what is neither), differences
# between places, older jumps, and last that nothing changed.
_NOW = {"worse": 500.0, "better": 400.0, "neutral": 300.0}
_APART, _BEFORE, _NOTHING = 200.0, 100.0, 0.0
_LARGEST = 60.0

# Another side of the same thing: told once.
_SAME = {"rating_csat": "rating", "positive": "negative"}
_PRIMARY = (*ORDER, "negative", "positive", "volume")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """The same sentence in both languages."""

    en: str
    ko: str

    def text(self, language: str) -> str:
        """The sentence in that language."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The row of an answer table that a finding rests on: the table and its key."""

    table: str
    key: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing worth knowing.

    Attributes:
        kind: `change` (now), `past_change`, `lasting`, `steady`, `extremes` or `no_difference`.
        lead: What it is, in a short sentence.
        detail: The numbers, each with its interval and n.
        evidence: The rows that it rests on.
        tone: `better`, `worse` or `neutral`.
        importance: The larger the more it matters; findings come sorted by it.
    """

    kind: str
    lead: Sentence
    detail: Sentence
    evidence: tuple[Evidence, ...]
    tone: str
    importance: float

    @property
    def sentence(self) -> Sentence:
        """Lead and detail together: never show the lead's numbers alone."""
        return Sentence(
            en=f"{self.lead.en} {self.detail.en}", ko=f"{self.lead.ko} {self.detail.ko}"
        )


def headline_findings(
    satisfaction: ArrowTable | None,
    voices: ArrowTable | None,
    limit: int = MOST,
    span: Span = EVER,
) -> tuple[Finding, ...]:
    """The most important findings, most important first; of complete periods only.

    The recent past comes first, the worst of it at the top; then differences between places, then
    older jumps, and last what did not change.
    """
    figures = [
        *figures_of(satisfaction, SATISFACTION, span),
        *figures_of(voices, VOICES, span),
    ]
    reliable = [figure for figure in _parts(figures) if figure.n >= LEAST_N and not figure.cut]
    lines = list(over_time(reliable).values())
    newest = max((members[-1].period for members in lines if members[-1].period), default=None)
    lines = [members for members in lines if _age(members, len(members) - 1, newest) < _OLDEST]
    told = _sorted([*_now(lines), *_jumps(lines, newest), *_lasting(lines, newest)])
    return tuple(_sorted([*_one_of_each(told), *_extremes(reliable)])[:limit])


def _parts(figures: Sequence[Figure]) -> list[Figure]:
    """The figures without those of a unit, subject or channel that is the whole company."""
    whole = {
        (figure.table, figure.name, figure.scale_max, figure.period): figure.n
        for figure in figures
        if not figure.dimension
    }
    return [
        figure
        for figure in figures
        if not figure.dimension
        or whole.get((figure.table, figure.name, figure.scale_max, figure.period)) != figure.n
    ]


def _sorted(found: Sequence[Finding]) -> list[Finding]:
    # Stable: equal ones stay in the order of the metrics.
    return sorted(found, key=lambda finding: -finding.importance)


def _changed(before: Figure | None, after: Figure, grain: str) -> tuple[Sentence, Sentence]:
    """A significant change in words: lead and detail."""

    def write(language: str) -> str:
        change = after.change or 0.0
        start = after.value - change
        up = "up" if change > 0 else "down"
        kind = {"share": "share", "count": "count"}.get(measure_of(after.name).kind, "score")
        values = {
            "what": _what(after, language),
            "when": _when(after, grain, language),
            "by": change_words(after.name, change_size(after.name, start, after.value), language),
            "to": _value(after, language),
        }
        if before is None:
            return phrase(f"view_find_{kind}_{up}_to", language, **values)
        values["start"] = _value(before, language)
        return phrase(f"view_find_{kind}_{up}", language, **values)

    return _told(write)


def _now(lines: Sequence[Sequence[Figure]]) -> list[Finding]:
    """What the whole company's metrics did in the latest period."""
    found = []
    for members in lines:
        last = members[-1]
        if last.dimension or last.change is None:
            continue
        grain = _grain(members)
        if last.significant:
            found.append(
                _jumped(members, last, "change", _recent_rank(last, _strength(last), last.change))
            )
        elif last.unusual:
            found.append(_drifted(members, last))
        elif last.name != "volume":
            lead, detail = _steady(last, grain)
            found.append(
                Finding(
                    kind="steady",
                    lead=lead,
                    detail=detail,
                    evidence=(_evidence(last),),
                    tone="neutral",
                    importance=_NOTHING + 50 - _place(last),
                )
            )
    return found


def _jumps(lines: Sequence[Sequence[Figure]], newest: datetime | None) -> list[Finding]:
    """The strongest change of each series, among its latest periods if there is one."""
    found = []
    for members in lines:
        last = members[-1]
        told = last if not last.dimension and last.significant else None
        changes = [
            (_age(members, index, newest), figure)
            for index, figure in enumerate(members)
            if figure.significant and figure.change is not None and figure is not told
        ]
        changes = [(age, figure) for age, figure in changes if age < _OLDEST]
        if not changes or last.dimension == "mixed":
            continue
        recent = [(age, figure) for age, figure in changes if age < _RECENT]
        _, strongest = max(recent or changes, key=lambda one: (_strength(one[1]), one[1].n))
        importance = (
            _recent_rank(strongest, _strength(strongest), strongest.change or 0.0)
            if recent
            else _BEFORE + _size(strongest, _strength(strongest))
        )
        found.append(_jumped(members, strongest, "past_change", importance))
    return found


def _lasting(lines: Sequence[Sequence[Figure]], newest: datetime | None) -> list[Finding]:
    """The latest stretch of each series that differs from its usual."""
    found = []
    for members in lines:
        last = members[-1]
        whole = not last.dimension
        # What the whole company's latest periods show is told already, as a change or a stretch.
        if last.dimension == "mixed" or (whole and (last.significant or last.unusual)):
            continue
        recent = [
            figure
            for index, figure in enumerate(members)
            if figure.unusual and _age(members, index, newest) < _RECENT
        ]
        if recent:
            found.append(_drifted(members, recent[-1]))
    return found


def _age(members: Sequence[Figure], index: int, newest: datetime | None) -> int:
    """How many periods ago that figure was, counted from the latest of all series."""
    day = members[index].period
    if day is None or newest is None:
        return 0
    grain, age = _grain(members), 0
    while period_end(day, grain) <= newest:
        day, age = period_end(day, grain), age + 1
    return age


def _recent_rank(figure: Figure, strength: float, change: float) -> float:
    """Worse before better before what is neither; then the largest."""
    found = tone(figure.name, change)
    return _NOW["neutral" if found == "same" else found] + _size(figure, strength)


def _size(figure: Figure, strength: float) -> float:
    """The largest first; a tie goes to the whole company, then to the metric to look at first."""
    whole = 15.0 if not figure.dimension else 0.0
    return whole + min(_LARGEST, 12 * strength) - _place(figure)


def _jumped(members: Sequence[Figure], figure: Figure, kind: str, importance: float) -> Finding:
    """A significant change against the period before."""
    grain = _grain(members)
    lead, detail = _changed(_previous(members, figure, grain), figure, grain)
    return Finding(
        kind=kind,
        lead=lead,
        detail=detail,
        evidence=(_evidence(figure),),
        tone=_tone(figure),
        importance=importance,
    )


def _drifted(members: Sequence[Figure], figure: Figure) -> Finding:
    """A stretch that differs from the usual."""
    grain = _grain(members)
    during = "view_during" if WINDOWS[grain].recent > 1 else "view_within"

    def write(language: str) -> str:
        span = recent_span(members, figure, grain, language)
        return phrase(
            "view_find_lasting_up" if (figure.drift or 0.0) > 0 else "view_find_lasting_down",
            language,
            what=_what(figure, language),
            when=phrase(during, language, when=span),
            recent=_together(figure, figure.recent, language),
            usual=_together(figure, figure.usual, language),
        )

    lead, detail = _told(write)
    found = tone(figure.name, figure.drift or 0.0)
    return Finding(
        kind="lasting",
        lead=lead,
        detail=detail,
        evidence=(_evidence(figure),),
        tone="neutral" if found == "same" else found,
        importance=_recent_rank(figure, _drift_strength(figure), figure.drift or 0.0),
    )


def _one_of_each(found: Sequence[Finding]) -> list[Finding]:
    """Few findings about the same place from the same table, or one event fills the page."""
    kept: list[Finding] = []
    told: Counter[tuple[str, ...]] = Counter()
    for finding in found:
        row = finding.evidence[0]
        key = dict(row.key)
        place = (row.table, *(key.get(dimension, "") for dimension in DIMENSIONS))
        name = key.get("metric") or key.get("measure", "")
        same = (*place, _SAME.get(name, name))
        most = 2 if row.table == "satisfaction" and not any(place[1:]) else 1
        if told[place] < most and not told[same]:
            told.update((place, same))
            kept.append(finding)
    return kept


def _extremes(figures: Sequence[Figure]) -> list[Finding]:
    """The worst and the best unit, subject and channel by the first metric that most have."""
    found = []
    for index, dimension in enumerate(DIMENSIONS):
        groups: dict[tuple[str, float], list[Figure]] = {}
        for figure in side_by_side(figures, dimension):
            if measure_of(figure.name).better and None not in (figure.low, figure.high):
                groups.setdefault((figure.name, figure.scale_max or 0.0), []).append(figure)
        groups = {key: members for key, members in groups.items() if len(members) > 1}
        if not groups:
            continue
        most = max(len(members) for members in groups.values())
        key = min(
            (key for key, members in groups.items() if 2 * len(members) >= most),
            key=lambda key: (_PRIMARY.index(key[0]), -key[1]),
        )
        found.append(_extreme(groups[key], dimension, _grain(figures), 50.0 - 6 * index))
    return found


def _extreme(members: Sequence[Figure], dimension: str, grain: str, importance: float) -> Finding:
    better = measure_of(members[0].name).better
    ordered = sorted(members, key=lambda figure: (figure.value * better, figure.where))
    worst, best = ordered[0], ordered[-1]
    low, high = (worst, best) if better > 0 else (best, worst)
    apart = (low.high or 0.0) < (high.low or 0.0)

    def write(language: str) -> str:
        return phrase(
            f"view_find_extremes_{dimension}" if apart else f"view_find_alike_{dimension}",
            language,
            what=_what(replace(worst, unit="", subject="", channel=""), language),
            when=_span(worst, grain, language),
            worst=worst.where,
            worst_value=_value(worst, language),
            best=best.where,
            best_value=_value(best, language),
        )

    lead, detail = _told(write)
    return Finding(
        kind="extremes" if apart else "no_difference",
        lead=lead,
        detail=detail,
        evidence=(_evidence(worst), _evidence(best)),
        tone="neutral",
        importance=importance + (_APART if apart else _NOTHING - 20),
    )


def _steady(figure: Figure, grain: str) -> tuple[Sentence, Sentence]:
    return _told(
        lambda language: phrase(
            "view_find_steady",
            language,
            what=_what(figure, language),
            when=_when(figure, grain, language),
            value=_value(figure, language),
        )
    )


def _told(write: Callable[[str], str]) -> tuple[Sentence, Sentence]:
    """Lead and detail in both languages; `words.toml` parts them by a bar."""
    parts = {language: write(language).partition(PART) for language in LANGUAGES}
    leads = {language: lead[:1].upper() + lead[1:] for language, (lead, _, _) in parts.items()}
    return Sentence(**leads), Sentence(**{language: rest for language, (*_, rest) in parts.items()})


def _what(figure: Figure, language: str) -> str:
    key = f"view_told_{figure.name}"
    what = phrase(key, language) if has_words(key) else label_of(figure.name, language)
    return phrase("view_of", language, what=what, where=figure.where) if figure.where else what


def _when(figure: Figure, grain: str, language: str) -> str:
    return date_text(figure.period, language, grain) if figure.period else ""


def _span(figure: Figure, grain: str, language: str) -> str:
    if figure.period is None:
        return phrase("view_over_all", language)
    return phrase("view_in", language, when=date_text(figure.period, language, grain))


def _value(figure: Figure, language: str) -> str:
    return value_and_sure(
        figure.name, figure.value, figure.scale_max, figure.low, figure.high, figure.n, language
    )


def _together(figure: Figure, part: Together | None, language: str) -> str:
    if part is None:
        return ""
    return value_and_sure(
        figure.name, part.value, figure.scale_max, part.low, part.high, part.n, language
    )


def _tone(figure: Figure) -> str:
    found = tone(figure.name, figure.change or 0.0)
    return "neutral" if found == "same" else found


def _strength(figure: Figure) -> float:
    """The change in half-widths of the interval."""
    half = ((figure.high or 0.0) - (figure.low or 0.0)) / 2
    return abs(figure.change or 0.0) / half if half > 0 else 0.0


def _drift_strength(figure: Figure) -> float:
    """How far recent lies from usual, in half-widths of its interval."""
    if figure.recent is None:
        return 0.0
    half = ((figure.recent.high or 0.0) - (figure.recent.low or 0.0)) / 2
    return abs(figure.drift or 0.0) / half if half > 0 else 0.0


def _place(figure: Figure) -> int:
    return _PRIMARY.index(figure.name) if figure.name in _PRIMARY else len(_PRIMARY)


def _grain(members: Sequence[Figure]) -> str:
    return grain_of([figure.period for figure in members if figure.period])


def _previous(members: Sequence[Figure], figure: Figure, grain: str) -> Figure | None:
    """The period that the change was measured from, if it is there and has enough answers."""
    index = list(members).index(figure)
    if index == 0 or figure.before is None:
        return None
    before = members[index - 1]
    # A period with too few answers was left out: then the one before it is not what was compared.
    return (
        before if abs(before.value - figure.before) < 1e-6 * max(1.0, abs(before.value)) else None
    )


def _evidence(figure: Figure) -> Evidence:
    column = "metric" if figure.table == "satisfaction" else "measure"
    named = {
        **{dimension: getattr(figure, dimension) for dimension in DIMENSIONS},
        "period": f"{figure.period:%Y-%m-%d}" if figure.period else "",
        column: figure.name,
        "scale_max": f"{figure.scale_max:g}" if figure.scale_max else "",
    }
    return Evidence(
        table=figure.table, key=tuple((key, value) for key, value in named.items() if value)
    )

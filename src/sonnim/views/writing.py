"""Numbers, dates and sentences as a careful typesetter would write them, in Korean and English."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sonnim.tables.words import say
from sonnim.views.korean import fit_particles, guard_particles

LEVEL = "95%"
"""Level of the intervals in the answer tables."""

LEAST_N = 10
"""Nothing is headlined or drawn beside others that rests on fewer answers."""

PART = "\ue002"
"""Stands where a template has `|` (lead | detail); no value can hold it by accident."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How a metric of `satisfaction` or a measure of `voices` is written.

    Attributes:
        name: Its name in the table.
        kind: `score` (signed), `share` (0 to 1, shown in percent), `mean` or `count`.
        better: 1 where more is better, -1 where less is, 0 where nobody can say.
    """

    name: str
    kind: str
    better: int


# ces is neutral: some surveys ask for effort (less is better), others for ease (more is better).
MEASURES = {
    measure.name: measure
    for measure in (
        Measure(name="nps", kind="score", better=1),
        Measure(name="csat", kind="share", better=1),
        Measure(name="rating_csat", kind="share", better=1),
        Measure(name="rating", kind="mean", better=1),
        Measure(name="kcsi", kind="mean", better=1),
        Measure(name="ces", kind="mean", better=0),
        Measure(name="volume", kind="count", better=0),
        Measure(name="negative", kind="share", better=-1),
        Measure(name="positive", kind="share", better=1),
        Measure(name="share", kind="share", better=0),
    )
}


def phrase(key: str, language: str, /, **values: object) -> str:
    """The sentence of that key, its Korean particles fitted to the words put in.

    Example:
        >>> phrase("view_of", "ko", what="순추천지수(NPS)", where="강남점")
        '강남점의 순추천지수(NPS)'
    """
    template = guard_particles(say(key, language)).replace("|", PART)
    return fit_particles(template.format_map(values))


def measure_of(name: str) -> Measure:
    """How that metric is written; an unknown one as a mean of unknown direction."""
    return MEASURES.get(name) or Measure(name=name, kind="mean", better=0)


def label_of(name: str, language: str, scale_max: float | None = None) -> str:
    """What people call the metric.

    Example:
        >>> label_of("rating", "en", 5), label_of("nps", "ko")
        ('Average rating', '순추천지수(NPS)')
    """
    if name in MEASURES:
        return phrase(f"view_measure_{name}", language)
    return name


def number(value: float, digits: int = 0) -> str:
    """A number with thousands separated and a true minus sign.

    Example:
        >>> number(-1234.5, 1)
        '−1,234.5'
    """
    text = f"{value:,.{digits}f}"
    if not float(text.replace(",", "")):
        text = text.removeprefix("-")
    return text.replace("-", "−")


def signed(value: float, digits: int = 0) -> str:
    """A number that always shows its sign.

    Example:
        >>> signed(12), signed(-3.4), signed(0.2)
        ('+12', '−3', '0')
    """
    text = number(value, digits)
    return text if text.startswith("−") or not any(d in text for d in "123456789") else "+" + text


def value_text(name: str, value: float, scale_max: float | None = None) -> str:
    """A metric's value.

    Example:
        >>> value_text("nps", 12.2), value_text("csat", 0.3721), value_text("rating", 4.314, 5)
        ('+12', '37.2%', '4.31 / 5')
    """
    kind = measure_of(name).kind
    if kind == "score":
        return signed(value)
    if kind == "share":
        return number(100 * value, 1) + "%"
    if kind == "count":
        return number(value)
    top = f" / {number(scale_max, 0 if float(scale_max).is_integer() else 1)}" if scale_max else ""
    return number(value, 2) + top


def interval_text(name: str, low: float | None, high: float | None, language: str) -> str:
    """An interval's two ends; "" where there is none.

    Signed numbers are joined by a word (a wave dash in Korean): a dash would look like a minus.

    Example:
        >>> interval_text("csat", 0.341, 0.404, "en"), interval_text("nps", -2, 8, "ko")
        ('34.1–40.4', '−2 ~ +8')
    """
    if low is None or high is None:
        return ""
    kind = measure_of(name).kind
    if kind == "score":
        return f"{signed(low)} {'~' if language == 'ko' else 'to'} {signed(high)}"
    if kind == "share":
        return f"{number(100 * low, 1)}–{number(100 * high, 1)}"
    digits = 0 if kind == "count" else 2
    return f"{number(low, digits)}–{number(high, digits)}"


def sure_text(name: str, low: float | None, high: float | None, n: int, language: str) -> str:
    """How sure a value is: its interval and the number of answers behind it.

    Example:
        >>> sure_text("csat", 0.341, 0.404, 1204, "en")
        '95%: 34.1–40.4, n = 1,204'
    """
    interval = interval_text(name, low, high, language)
    count = f"n = {number(n)}"
    return f"{LEVEL}: {interval}, {count}" if interval else count


def change_size(name: str, before: float, after: float) -> float:
    """The change between two values as they are shown.

    Taken from the rounded values, so that a reader who subtracts gets the same.
    """
    digits = {"score": 0, "share": 3, "mean": 2, "count": 0}[measure_of(name).kind]
    shown = round(after, digits) - round(before, digits)
    return shown or (after - before)


def change_text(name: str, change: float, language: str) -> str:
    """A signed change, short, for tables and cards.

    Example:
        >>> change_text("csat", -0.031, "en"), change_text("nps", 4, "ko")
        ('−3.1 pp', '+4')
    """
    kind = measure_of(name).kind
    if kind == "share":
        return signed(100 * change, 1) + ("%p" if language == "ko" else " pp")
    return signed(change, {"score": _points_digits(change), "count": 0}.get(kind, 2))


def change_words(name: str, change: float, language: str) -> str:
    """The size of a change with its unit, for sentences.

    Example:
        >>> change_words("csat", -0.031, "en"), change_words("nps", -9, "ko")
        ('3.1 percentage points', '9점')
    """
    kind = measure_of(name).kind
    if kind == "share":
        unit = "%p" if language == "ko" else " percentage points"
        return number(abs(100 * change), 1) + unit
    digits = {"score": _points_digits(change), "count": 0}.get(kind, 2)
    size = number(abs(change), digits)
    if kind == "count":
        return phrase("view_messages", language, size=size)
    return phrase("view_point" if size == "1" else "view_points", language, size=size)


def when_text(day: datetime | None, language: str, grain: str) -> str:
    """The period that begins on that day; None is the whole time."""
    return phrase("view_whole_time", language) if day is None else date_text(day, language, grain)


def value_and_sure(
    name: str,
    value: float,
    scale_max: float | None,
    low: float | None,
    high: float | None,
    n: int,
    language: str,
) -> str:
    """A value with its interval and n, for sentences. Korean sets no space before a bracket.

    Example:
        >>> value_and_sure("nps", 12, 10, 8, 16, 900, "en")
        '+12 (95%: +8 to +16, n = 900)'
    """
    space = "" if language == "ko" else " "
    sure = sure_text(name, low, high, n, language)
    return f"{value_text(name, value, scale_max)}{space}({sure})"


def date_text(day: datetime, language: str, grain: str = "day") -> str:
    """A day, or the period of that grain that begins on it.

    Example:
        >>> from datetime import UTC
        >>> day = datetime(2024, 3, 1, tzinfo=UTC)
        >>> date_text(day, "ko", "month"), date_text(day, "en"), date_text(day, "en", "quarter")
        ('2024년 3월', '1 March 2024', 'Q1 2024')
    """
    korean = language == "ko"
    if grain == "year":
        return f"{day.year}년" if korean else str(day.year)
    if grain == "quarter":
        quarter = (day.month + 2) // 3
        return f"{day.year}년 {quarter}분기" if korean else f"Q{quarter} {day.year}"
    if grain == "month":
        return f"{day.year}년 {day.month}월" if korean else f"{_MONTHS[day.month - 1]} {day.year}"
    if korean:
        text = f"{day.year}년 {day.month}월 {day.day}일"
    else:
        text = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return phrase("view_week_of", language, day=text) if grain == "week" else text


def grain_of(days: Sequence[datetime]) -> str:
    """How long the periods are that begin on these days: day, week, month, quarter or year."""
    starts = sorted(set(days))
    if starts and all(day.day == 1 for day in starts):
        gaps = [
            12 * (later.year - day.year) + later.month - day.month
            for day, later in pairwise(starts)
        ]
        gap = min(gaps, default=1)
        if gap % 12 == 0:
            return "year"
        return "quarter" if gap % 3 == 0 else "month"
    if len(starts) > 1 and all((day - starts[0]).days % 7 == 0 for day in starts):
        return "week"
    return "day"


def period_end(day: datetime, grain: str) -> datetime:
    """The first moment after the period that begins then."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(grain)
    if months is None:
        return day + timedelta(days=7 if grain == "week" else 1)
    index = 12 * day.year + day.month - 1 + months
    return day.replace(year=index // 12, month=index % 12 + 1)


def _points_digits(change: float) -> int:
    # A significant change may be smaller than one point.
    return 0 if abs(change) >= 1 else 1

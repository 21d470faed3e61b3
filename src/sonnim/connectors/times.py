"""How times are written: decided once for a whole column, and turned into SQL.

A format is `iso`, `excel` (days since 1899-12-30), `epoch_s`, `epoch_ms`, `epoch_us`, or one or
several `strptime` formats of DuckDB joined by `|`, written for the tidied text of `tidied`.
"""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb

from sonnim.tables.step import quoted
from sonnim.tables.words import say

_DATES = {
    "ymd": (
        "%Y.%m.%d", "%Y/%m/%d", "%Y-%m-%d", "%Y년%m월%d일", "%Y%m%d", "%y.%m.%d", "%y/%m/%d",
        "%y-%m-%d", "%y년%m월%d일",
    ),
    "dmy": ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y", "%d-%m-%y"),
    "mdy": ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y", "%m-%d-%y", "%m.%d.%y"),
    "named": (
        "%d %b %Y", "%b %d, %Y", "%b %d %Y", "%d-%b-%Y", "%d %B %Y", "%B %d, %Y", "%B %d %Y",
        "%d-%b-%y",
    ),
}  # fmt: skip
_CLOCKS = (
    "", " %H:%M", " %H:%M:%S", " %p %I:%M", " %p %I:%M:%S", " %I:%M %p", " %I:%M:%S %p",
    ".%p %I:%M", ".%p %I:%M:%S", ".%H:%M", ".%H:%M:%S", ", %I:%M %p", ", %I:%M:%S %p", ", %H:%M",
    ", %p %I:%M", "T%H:%M:%S", " %H시%M분", " %H시%M분%S초", " %p %I시%M분", " %H:%M:%S.%f",
)  # fmt: skip
_WHOLE = (
    "%a %b %d %H:%M:%S %z %Y", "%a, %d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S %z", "%Y/%m/%d %H:%M:%S %z", "%Y%m%d%H%M%S", "%Y%m%d %H%M%S", "%Y%m%d%H%M",
    "%Y%m%dT%H%M%S", "%a %b %d %H:%M:%S %Y",
    "%Y/%m/%d %I:%M:%S %p %z",
)  # fmt: skip
FORMATS: dict[str, str] = {
    date + clock: order
    for order, dates in _DATES.items()
    for date in dates
    for clock in _CLOCKS
} | {whole: "ymd" if whole.startswith("%Y") else "named" for whole in _WHOLE}  # fmt: skip
ORDERS = ("ymd", "dmy", "mdy")

_OFFSET = re.compile(r"(Z|[+-]\d{2}(:?\d{2})?|[A-Z]\w+/\w+| UTC| GMT)$")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|\d{8}")
_CLOCK = re.compile(r"\d{1,2}:\d{2}|\d시|T\d{6}|\d{12,}")
_DATED = re.compile(r"\d\D+\d|\d{6}")
"""Two numbers, or one of six digits: the least that a date is written with."""
_TRIED = 300
_FIRST = "TIMESTAMPTZ '0001-01-01 00:00:00+00'"
_LAST = "TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'"


@dataclass(frozen=True, kw_only=True)
class TimeReading:
    """How the times of one column are written.

    Attributes:
        format: See the module; "" where they are no times.
        needs_zone: Whether there are times of day that name no zone.
        note: What had to be decided by the whole column, in words, or "".
    """

    format: str
    needs_zone: bool = False
    note: str = ""


def read_times(
    values: Sequence[str],
    *,
    order: str = "",
    whole: Callable[[Sequence[str]], Sequence[int]] | None = None,
    korean: bool = False,
) -> TimeReading:
    """How the times of a column are written.

    Args:
        values: Samples in the order of the file.
        order: `ymd`, `dmy` or `mdy` if a person said so.
        whole: Says how many values of the whole column each of some formats reads; asked only
            where the samples leave the order of day and month open.
        korean: Whether the source speaks Korean (its short dates begin with the year).

    Example:
        >>> read_times(["24.03.05", "24.12.31"], korean=True).format
        '%y.%m.%d'
        >>> read_times(["3/14/2026 2:30 PM", "1/2/2026 9:05 AM"]).format
        '%m/%d/%Y %I:%M %p'
        >>> read_times(["2024-03-05T10:00:00Z"])
        TimeReading(format='iso', needs_zone=False, note='')
    """
    texts = [value.strip() for value in values if value and value.strip()][:_TRIED]
    if not texts:
        return TimeReading(format="")
    numeric = _numeric(texts)
    if numeric:
        return TimeReading(format=numeric, needs_zone=numeric == "excel" and _has_clock(texts))
    if sum(bool(_DATED.search(text)) for text in texts) * 2 < len(texts):
        # Most columns of most files are no times, and this shows it at once.
        return TimeReading(format="")
    may_be_iso = (not order or order == "ymd") and _long_year(texts)
    iso = _read_by("iso", texts) if may_be_iso else 0
    if iso * 10 >= len(texts) * 9:
        return _iso(texts)
    candidates = _candidates(texts, order)
    formats, note, read = [""], "", 0
    if candidates:
        best, note = _decided(candidates, texts, whole, korean)
        formats = [best, *_others(best, candidates, texts)]
        read = _read_by("|".join(formats), texts)
    if max(iso, read) * 2 < len(texts):
        return TimeReading(format="")
    if iso > read:
        return _iso(texts)
    clock = any("%H" in form or "%I" in form for form in formats)
    return TimeReading(
        format="|".join(formats),
        needs_zone=clock and not all("%z" in form for form in formats),
        note=note,
    )


def _iso(texts: Sequence[str]) -> TimeReading:
    naive = any(_CLOCK.search(text) and not _OFFSET.search(text) for text in texts)
    return TimeReading(format="iso", needs_zone=naive)


def time_sql(raw: str, form: str, zone: str) -> str:
    """SQL that reads a raw expression as a time in UTC, or null.

    Times before the year 1 or after 9999, and infinite ones, are null: DuckDB has them, but few
    that read the table afterwards have.

    A value that names its own offset keeps it. A date without a time of day is the start of that
    day in UTC whatever the zone, so that days, months and years stay what the source wrote.

    Args:
        raw: An expression, text or already a time.
        form: See the module.
        zone: IANA name for times that carry none; "" makes such times null.
    """
    read = _time_sql(raw, form, zone)
    return f"CASE WHEN {read} BETWEEN {_FIRST} AND {_LAST} THEN {read} END"


def _time_sql(raw: str, form: str, zone: str) -> str:
    epochs = {"epoch_s": "", "epoch_ms": " / 1e3", "epoch_us": " / 1e6"}
    if form in epochs:
        # TRY: seconds beyond all years are an error of DuckDB's, and infinite ones another.
        return f"TRY(to_timestamp(TRY_CAST({raw} AS DOUBLE){epochs[form]}))"
    if form == "excel":
        days = f"TRY_CAST({raw} AS DOUBLE)"
        seconds = f"CAST(round({days} * 86400) AS BIGINT)"
        naive = f"(TIMESTAMP '1899-12-30' + to_microseconds({seconds} * 1000000))"
        there = _in_zone(naive, zone, f"{days} % 1 = 0")
        return f"CASE WHEN {days} BETWEEN 1 AND 2958465 THEN {there} END"
    text = f"CAST({raw} AS VARCHAR)"
    if form in ("iso", ""):
        tail = f"substr({text}, 17)"
        # An offset (or a zone's name) can only stand behind the minutes.
        own = " OR ".join(f"contains({tail}, '{sign}')" for sign in ("Z", "+", "-", "/", "UTC"))
        zoned = f"TRY_CAST({text} AS TIMESTAMPTZ)"
        naive = _in_zone(f"TRY_CAST({text} AS TIMESTAMP)", zone, f"length({text}) <= 10")
        if zone == "UTC":
            # The session's zone is UTC: one cast reads both, and faster.
            return zoned
        return f"CASE WHEN {own} THEN {zoned} ELSE {naive} END"
    formats = form.split("|")
    tidy = tidied(text, formats)
    parts: list[str] = []
    for zoned_ones in (True, False):
        these = [one for one in formats if ("%z" in one) is zoned_ones]
        if not these:
            continue
        if zoned_ones:
            parts += [f"CAST(try_strptime({tidy}, {quoted(one)}) AS TIMESTAMPTZ)" for one in these]
            continue
        dates = [one for one in these if "%H" not in one and "%I" not in one]
        clocks = [one for one in these if one not in dates]
        if clocks:
            parts.append(_in_zone(f"try_strptime({tidy}, {_list(clocks)})", zone, ""))
        if dates:
            parts.append(f"CAST(try_strptime({tidy}, {_list(dates)}) AS TIMESTAMPTZ)")
    return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"


def tidied(text: str, formats: Sequence[str]) -> str:
    """SQL of the text as the formats want it: 오전 and 오후 as AM and PM, no spaces behind dots."""
    all_formats = "|".join(formats)
    made = f"trim({text})"
    steps = [
        ("%p", "오전", "AM"), ("%p", "오후", "PM"), ("%p", "a.m.", "AM"), ("%p", "p.m.", "PM"),
        (".", ". ", "."), ("년", "년 ", "년"), ("월", "월 ", "월"), ("시", "시 ", "시"),
        ("분", "분 ", "분"),
    ]  # fmt: skip
    for mark, written, wanted in steps:
        if mark in all_formats:
            made = f"replace({made}, {quoted(written)}, {quoted(wanted)})"
    if "%p" in all_formats:
        made = f"upper({made})"
    if "%z" in all_formats:
        # GMT+9, as Google Forms write it, is +09.
        made = f"regexp_replace({made}, '(?:GMT|UTC)([+-])(\\d)(:\\d\\d)?$', '\\10\\2\\3')"
        made = f"regexp_replace({made}, '(?:GMT|UTC)([+-]\\d\\d)', '\\1')"
    made = f"regexp_replace({made}, '\\s*\\([월화수목금토일]\\)', '')"
    return f"rtrim({made}, '.')" if "." in all_formats else made


def counting_sql(raw: str, formats: Sequence[str], scan: str) -> str:
    """SQL that counts how many values of a column each format reads."""
    counts = ", ".join(f"count({time_sql(raw, form, 'UTC')})" for form in formats)
    return f"SELECT {counts} FROM {scan}"


def _numeric(texts: Sequence[str]) -> str:
    for pattern, form in (
        (r"\d{10}(\.\d+)?", "epoch_s"),
        (r"\d{13}", "epoch_ms"),
        (r"\d{16}", "epoch_us"),
    ):
        if all(re.fullmatch(pattern, text) for text in texts):
            return form
    if all(re.fullmatch(r"[2-7]\d{4}(\.\d+)?", text) for text in texts):
        # Excel counts days: 20,000 is 1954, 79,999 is 2119.
        return "excel"
    return ""


def _has_clock(texts: Sequence[str]) -> bool:
    return any("." in text and float(text) % 1 for text in texts)


def _skeleton(text: str) -> str:
    """The text with its numbers as 9 and its words as A: what formats are found by."""
    text = re.sub(r"[ \t\n\f\r]*\([월화수목금토일]\)", "", text.strip())
    text = re.sub(r"오전|오후|\b[AaPp]\.?[Mm]\b\.?", "P", text)
    for sign in (". ", "년 ", "월 ", "시 ", "분 "):
        text = text.replace(sign, sign[0])
    offset = r"[+-]\d{4}\b|\b(GMT|UTC)[+-]\d{1,2}(:\d{2})?$"
    text = re.sub(offset, "Z", text) if ":" in text else text
    text = re.sub(r"\d+", "9", text)
    return re.sub(r"[A-Za-z]{3,}", "A", text).rstrip(".")


def _format_skeleton(form: str) -> str:
    text = form.replace("%p", "P").replace("%z", "Z")
    text = re.sub(r"%[bBa]", "A", text)
    return re.sub(r"(%[YymdHIMSf])+", "9", text)


_BY_SKELETON: dict[str, list[str]] = {}
for _form in FORMATS:
    _BY_SKELETON.setdefault(_format_skeleton(_form), []).append(_form)


def _long_year(texts: Sequence[str]) -> bool:
    # `%Y` and casts also read 24 as a year (of the Roman Empire): count the digits that are there.
    return sum(bool(_YEAR.search(text)) for text in texts) * 2 > len(texts)


def _candidates(texts: Sequence[str], order: str) -> dict[str, int]:
    """Formats that may be meant, with how many samples each reads; most first."""
    found: dict[str, int] = {}
    long_year = _long_year(texts)
    for skeleton, _ in Counter(map(_skeleton, texts)).most_common(6):
        for form in _BY_SKELETON.get(skeleton, ()):
            if order and FORMATS[form] not in (order, "named"):
                continue
            if ("%Y" in form) is not long_year:
                continue
            read = _read_by(form, texts)
            if read:
                found[form] = read
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def _read_by(form: str, texts: Sequence[str]) -> int:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        query = f"SELECT count({time_sql('v', form, 'UTC')}) FROM (SELECT unnest(?) AS v)"
        row = connection.execute(query, [list(texts)]).fetchone()
    return int(row[0]) if row else 0


def _decided(
    candidates: dict[str, int],
    texts: Sequence[str],
    whole: Callable[[Sequence[str]], Sequence[int]] | None,
    korean: bool,
) -> tuple[str, str]:
    most = max(candidates.values())
    open_ones = [form for form, read in candidates.items() if read == most]
    by_order: dict[str, str] = {}
    for form in open_ones:
        by_order.setdefault(FORMATS[form], form)
    if len(by_order) == 1:
        return _plausible(open_ones), ""
    counts = list(whole(open_ones)) if whole is not None else [most] * len(open_ones)
    best = max(counts)
    left = [form for form, count in zip(open_ones, counts, strict=True) if count == best]
    names = sorted({FORMATS[form] for form in left})
    if len(names) == 1:
        return _plausible(left), say(f"why_dates_{names[0]}")
    sorted_ones = [form for form in left if _in_order(form, texts)]
    if len({FORMATS[form] for form in sorted_ones}) == 1:
        chosen = _plausible(sorted_ones)
        return chosen, say(f"why_dates_{FORMATS[chosen]}_sorted")
    preferred = ("ymd", "mdy", "dmy") if korean else ("mdy", "dmy", "ymd")
    # A four-digit year leaves no doubt that it is one.
    certain = [form for form in left if "%Y" in form] or left
    chosen = min(certain, key=lambda form: preferred.index(FORMATS[form]))
    return chosen, say(f"why_dates_{FORMATS[chosen]}_guess")


def _plausible(forms: Sequence[str]) -> str:
    return next((form for form in forms if "%Y" in form), forms[0])


def _in_order(form: str, texts: Sequence[str]) -> bool:
    """Whether the samples are sorted, one way or the other, when read so."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        query = f"SELECT {time_sql('v', form, 'UTC')} FROM (SELECT unnest(?) AS v)"
        times = [row[0] for row in connection.execute(query, [list(texts)]).fetchall() if row[0]]
    pairs = list(itertools.pairwise(times))
    return len(set(times)) > 2 and (
        all(one <= other for one, other in pairs) or all(one >= other for one, other in pairs)
    )


def _others(best: str, candidates: dict[str, int], texts: Sequence[str]) -> list[str]:
    """Formats of the same order that read values which the best does not (a date, then a time)."""
    added: list[str] = []
    read = _read_by(best, texts)
    for form in candidates:
        if form == best or FORMATS[form] != FORMATS[best] or len(added) == 3:
            continue
        more = _read_by("|".join([best, *added, form]), texts)
        if more > read:
            added.append(form)
            read = more
    return added


def _in_zone(naive: str, zone: str, day: str) -> str:
    if zone == "UTC":
        return f"CAST({naive} AS TIMESTAMPTZ)"
    there = f"timezone({quoted(zone)}, {naive})" if zone else "CAST(NULL AS TIMESTAMPTZ)"
    if not day:
        return there
    return f"CASE WHEN {day} THEN CAST({naive} AS TIMESTAMPTZ) ELSE {there} END"


def _list(formats: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, formats))}]"

"""Proposes a mapping: which raw column is which canonical column, from names and values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import duckdb

from sonnim.connectors.base import Mapping, Match, Payload, RawColumn
from sonnim.connectors.names import role_of
from sonnim.connectors.numbers import number_of, number_sql, read_numbers
from sonnim.connectors.preset import mapping_of
from sonnim.connectors.questions import with_questions
from sonnim.connectors.recognise import recognised
from sonnim.connectors.rosters import roster_of
from sonnim.connectors.times import TimeReading, counting_sql, read_times
from sonnim.tables.errors import SkipError
from sonnim.tables.step import identifier
from sonnim.tables.words import say

SCALES = {"nps": ("0", "10"), "csat": ("1", "5"), "ces": ("1", "7")}
_SCORES = ("nps", "csat", "ces")
_NUMBERS = (*_SCORES, "rating", "value", "quantity", "likes", "shares", "views")
_HANGUL = re.compile(r"[가-힣]")

# canonical column of each table, by role
_MESSAGE = {
    "time": "time", "person": "person_id", "channel": "channel", "direction": "direction",
    "text": "text", "title": "title", "language": "language", "rating": "rating",
    "thread": "thread_id", "reply_to": "reply_to", "share_of": "share_of",
    "subject": "subject", "unit": "unit",
    "url": "url", "likes": "likes", "shares": "shares", "views": "views",
    "touchpoint": "channel", "survey": "subject",
}  # fmt: skip
_EVENT = {
    "time": "time", "person": "person_id", "type": "type", "subject": "subject",
    "value": "value", "currency": "currency", "quantity": "quantity",
}  # fmt: skip
_ANSWER = {
    "time": "time", "person": "person_id", "survey": "survey", "wave": "wave",
    "touchpoint": "touchpoint", "channel": "touchpoint", "unit": "unit",
}  # fmt: skip


def propose(payload: Payload, *, partly: bool = False) -> Mapping:
    """The mapping of the preset whose layout the file has, or that names and values speak for.

    Args:
        payload: What it is for.
        partly: Give what there is, though it may not suffice: somebody is going to add to it.

    Raises:
        SkipError: No column with texts, scores or purchases was found, or none with times.
    """
    korean = speaks_korean(payload.columns)

    def times_of(column: RawColumn) -> TimeReading:
        return times_in(payload, column, korean=korean)

    preset = recognised(payload)
    if preset is not None:
        return mapping_of(with_questions(preset, payload.columns), payload, times_of)
    roles = _roles(payload.columns)
    tables: list[str] = []
    if any(score in roles for score in _SCORES):
        tables.append("answer")
    if "text" in roles or ("rating" in roles and "answer" not in tables):
        tables.append("message")
    if not tables and "person" in roles and ("value" in roles or "quantity" in roles):
        tables.append("event")
    roster = roster_of(payload) if not tables else None
    if roster is not None:
        return mapping_of(roster, payload, times_of)
    if not partly and (not tables or "time" not in roles):
        if tables:
            raise no_time(payload)
        received = ", ".join(column.name for column in payload.columns)
        raise SkipError("map_nothing", file=payload.label, received=received)
    reading = TimeReading(format="")
    if "time" in roles:
        time = roles["time"]
        reading = times_of(time.raw)
        roles["time"] = replace(time, why=reading.note or time.why)
    matches: list[Match] = []
    for table in tables:
        matches += _matches(table, roles, reading.format, len(tables) > 1, payload)
    used = {match.raw for match in matches}
    return Mapping(
        source=payload.source,
        tables=tuple(tables),
        matches=tuple(matches),
        zoneless=roles["time"].raw.name if reading.needs_zone else "",
        leftover=tuple(c.name for c in payload.columns if c.name not in used),
    )


def no_time(payload: Payload, column: str = "time") -> SkipError:
    """The error that nothing says when; it shows the words that would, ready to be copied."""
    return SkipError(
        "map_needs_time",
        file=payload.label,
        column=column,
        received=", ".join(column.name for column in payload.columns),
        day=datetime.now(UTC).date().isoformat(),
    )


def times_in(
    payload: Payload, column: RawColumn, *, order: str = "", korean: bool = False
) -> TimeReading:
    """How the times of a column are written; where samples leave it open the whole column tells."""

    def whole(formats: Sequence[str]) -> Sequence[int]:
        query = counting_sql(identifier(column.name), formats, payload.scan)
        try:
            with duckdb.connect() as connection:
                connection.execute("SET GLOBAL TimeZone = 'UTC'")
                return connection.execute(query).fetchall()[0]
        except duckdb.Error:
            # A table of the caller's, which only their engine can read: the samples must do.
            return [1] * len(formats)

    return read_times(_values(column), order=order, whole=whole, korean=korean)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A raw column that was given a role."""

    raw: RawColumn
    sure: float
    why: str


def _roles(columns: tuple[RawColumn, ...]) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for column in columns:
        role, sure = role_of(column.name)
        if not role or not _fits(role, _values(column)):
            continue
        if role not in found or sure > found[role].sure:
            found[role] = _Found(raw=column, sure=sure, why=say("why_name", None, role=role))
    taken = {one.raw.name for one in found.values()}
    rest = [column for column in columns if column.name not in taken]
    if "text" not in found:
        long = [(_wordiness(_values(column)), column) for column in rest]
        best = max(long, key=lambda pair: pair[0], default=(0.0, None))
        if best[1] is not None and best[0] >= 12:
            found["text"] = _Found(raw=best[1], sure=0.6, why=say("why_long_texts"))
            rest.remove(best[1])
    if "time" not in found:
        for column in rest:
            if read_times(_values(column)).format:
                found["time"] = _Found(raw=column, sure=0.6, why=say("why_dates"))
                break
    if "rating" not in found:
        for column in rest:
            if read_numbers(_values(column)).format in ("stars", "words"):
                found["rating"] = _Found(raw=column, sure=0.8, why=say("why_stars"))
                break
    return found


def _fits(role: str, values: list[str]) -> bool:
    """Whether the values do not speak against what the name says."""
    if not values:
        return role in ("text", "title", "direction", "reply_to", "share_of")
    if role == "time":
        return bool(read_times(values).format)
    if role in _NUMBERS:
        form = read_numbers(values).format
        known = [n for n in (number_of(value, form) for value in values) if n is not None]
        if not form:
            return False
        if role in SCALES:
            return max(known) <= 10 and min(known) >= 0
        return role != "rating" or (max(known) <= 100 and min(known) >= 0)
    if role == "text":
        return _wordiness(values) >= 4
    if role == "id":
        # What many rows share tells no row apart, whatever its name is.
        return len(set(values)) * 10 >= len(values) * 9
    if role == "language":
        return all(len(value) <= 12 for value in values)
    return True


def _matches(
    table: str, roles: dict[str, _Found], time_format: str, verbatim: bool, payload: Payload
) -> list[Match]:
    places = {"message": _MESSAGE, "event": _EVENT, "answer": _ANSWER}[table]
    made: dict[str, Match] = {}

    def put(column: str, role: str) -> None:
        if role not in roles or column in made:
            return
        one = roles[role]
        form = time_format if column == "time" else ""
        if role in _NUMBERS:
            form = _written(read_numbers(_values(one.raw)).format)
        made[column] = Match(
            table=table, column=column, raw=one.raw.name, confidence=one.sure, why=one.why,
            format=form,
        )  # fmt: skip

    put(f"{table}_id", "id")
    for role, column in places.items():
        put(column, role)
    constants: list[tuple[str, str, str]] = []
    if table == "message":
        kind = _kind_of(payload, verbatim)
        constants.append(("kind", kind, say("why_columns")))
        if "rating" in made:
            low, high = _scale(payload, roles["rating"].raw)
            why = say("why_scale")
            constants += [("rating_min", low, why), ("rating_max", high, why)]
    if table == "event":
        if "type" not in made:
            constants.append(("type", "purchase", say("why_purchase")))
        money = read_numbers(_values(roles["value"].raw)).currency if "value" in roles else ""
        if money and "currency" not in made:
            constants.append(("currency", money, say("why_currency")))
    matches = list(made.values())
    if table == "answer":
        for metric in _SCORES:
            if metric in roles:
                one = roles[metric]
                form = _written(read_numbers(_values(one.raw)).format)
                matches.append(
                    Match(
                        table=table, column=metric, raw=one.raw.name, confidence=one.sure,
                        why=one.why, format=form, scale=_metric_scale(metric, payload, one.raw),
                    )
                )  # fmt: skip
    return matches + [
        Match(table=table, column=column, constant=value, confidence=0.8, why=why)
        for column, value, why in constants
    ]


def _written(form: str) -> str:
    # The usual way is not worth a word in sonnim.toml.
    return "" if form in ("plain", "comma") else form


def _metric_scale(metric: str, payload: Payload, column: RawColumn) -> str:
    """The scale of a survey question where it is not the usual one of its metric, else ""."""
    _, usual = SCALES[metric]
    low, high = _scale(payload, column)
    return f"{low}-{high}" if float(high) > float(usual) else ""


def _kind_of(payload: Payload, verbatim: bool) -> str:
    if verbatim:
        return "verbatim"
    told = payload.label.lower() + " " + " ".join(column.name.lower() for column in payload.columns)
    for words, kind in (
        (("ticket", "문의", "접수", "상담", "inquiry"), "ticket"),
        (("tweet", "post", "게시"), "post"),
        (("chat", "채팅"), "chat"),
    ):
        if any(word in told for word in words):
            return kind
    return "review"


def _scale(payload: Payload, column: RawColumn) -> tuple[str, str]:
    reading = read_numbers(_values(column))
    if reading.scale is not None:
        return ("0" if reading.scale >= 10 else "1"), f"{reading.scale:g}"
    number = number_sql(identifier(column.name), reading.format)
    try:
        with duckdb.connect() as connection:
            row = connection.execute(
                f"SELECT min(v), max(v) FROM (SELECT {number} AS v "
                f"FROM {payload.scan} LIMIT 200000)"
            ).fetchone()
    except duckdb.Error:
        row = None
    low, high = (row or (None, None))[:2]
    if high is None:
        return "1", "5"
    for top in (5, 7, 10, 100):
        if high <= top:
            return ("0" if low < 1 else "1"), str(top)
    return f"{low:g}", f"{high:g}"


def speaks_korean(columns: tuple[RawColumn, ...]) -> bool:
    """Whether names and values of the columns are Korean to a good part."""
    return korean_share(columns) > 0.2


def korean_share(columns: tuple[RawColumn, ...]) -> float:
    """Share of Hangul among the letters of names and sample values."""
    shown = " ".join(column.name + " " + " ".join(_values(column)[:50]) for column in columns)
    letters = sum(character.isalpha() for character in shown) or 1
    return len(_HANGUL.findall(shown)) / letters


def _values(column: RawColumn | None) -> list[str]:
    return [value for value in column.samples if value] if column else []


def _wordiness(values: list[str]) -> float:
    """Mean number of letters beyond what one word has; 0 for codes and numbers."""
    if not values:
        return 0.0
    texts = [value for value in values if sum(c.isalpha() for c in value) * 2 > len(value.strip())]
    if len(texts) * 3 < len(values):
        return 0.0
    spaced = sum(" " in text or bool(_HANGUL.search(text)) for text in texts)
    if spaced * 3 < len(texts):
        return 0.0
    return sum(map(len, texts)) / len(values)

"""Proposes a mapping: which raw column is which canonical column, from names and values."""

import re

import duckdb

from sonnim.connectors.base import Mapping, Match, Payload, RawColumn
from sonnim.connectors.names import role_of
from sonnim.connectors.preset import mapping_of
from sonnim.connectors.recognise import recognised
from sonnim.connectors.times import time_format_of
from sonnim.tables.errors import SkipError

SCALES = {"nps": ("0", "10"), "csat": ("1", "5"), "ces": ("1", "7")}
_SCORES = ("nps", "csat", "ces")
_HANGUL = re.compile(r"[가-힣]")

# canonical column of each table, by role
_MESSAGE = {
    "time": "time", "person": "person_id", "channel": "channel", "direction": "direction",
    "text": "text", "title": "title", "language": "language", "rating": "rating",
    "thread": "thread_id", "reply_to": "reply_to", "subject": "subject", "unit": "unit",
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


def propose(payload: Payload) -> Mapping:
    """The mapping of the preset whose layout the file has, or that names and values speak for.

    Raises:
        SkipError: No column with texts, scores or purchases was found.
    """
    preset = recognised(payload)
    if preset is not None:
        return mapping_of(preset, payload, lambda values: time_format_of(values)[0])
    roles = _roles(payload.columns)
    tables: list[str] = []
    if any(score in roles for score in _SCORES):
        tables.append("answer")
    if "text" in roles or ("rating" in roles and "answer" not in tables):
        tables.append("message")
    if not tables and "person" in roles and ("value" in roles or "quantity" in roles):
        tables.append("event")
    if not tables or "time" not in roles:
        needed = "map_nothing" if not tables else "map_needs"
        raise SkipError(
            needed,
            file=payload.label,
            column="time",
            received=", ".join(column.name for column in payload.columns),
        )
    korean = _speaks_korean(payload.columns)
    time_format, zoned = time_format_of(_values(roles["time"][0]))
    zone = "" if zoned else ("Asia/Seoul" if korean else "UTC")
    matches: list[Match] = []
    for table in tables:
        matches += _matches(table, roles, time_format, verbatim=len(tables) > 1, payload=payload)
    used = {match.raw for match in matches}
    return Mapping(
        source=payload.source,
        tables=tuple(tables),
        matches=tuple(matches),
        timezone=zone,
        leftover=tuple(c.name for c in payload.columns if c.name not in used),
    )


def _roles(columns: tuple[RawColumn, ...]) -> dict[str, tuple[RawColumn, float, str]]:
    found: dict[str, tuple[RawColumn, float, str]] = {}
    for column in columns:
        role, sure = role_of(column.name)
        if not role or not _fits(role, _values(column)):
            continue
        if role not in found or sure > found[role][1]:
            found[role] = (column, sure, f"its name means {role}")
    taken = {column.name for column, _, _ in found.values()}
    rest = [column for column in columns if column.name not in taken]
    if "text" not in found:
        long = [(_wordiness(_values(column)), column) for column in rest]
        best = max(long, key=lambda pair: pair[0], default=(0.0, None))
        if best[1] is not None and best[0] >= 12:
            found["text"] = (best[1], 0.6, "its values are long texts")
            rest.remove(best[1])
    if "time" not in found:
        for column in rest:
            if time_format_of(_values(column))[0]:
                found["time"] = (column, 0.6, "its values are dates")
                break
    return found


def _fits(role: str, values: list[str]) -> bool:
    """Whether the values do not speak against what the name says."""
    if not values:
        return role in ("text", "title", "direction", "reply_to")
    if role == "time":
        return bool(time_format_of(values)[0])
    if role in (*_SCORES, "rating", "value", "quantity", "likes", "shares", "views"):
        numbers = [_number(value) for value in values]
        known = [number for number in numbers if number is not None]
        if len(known) * 10 < len(values) * 9:
            return False
        if role in SCALES:
            return max(known) <= 10 and min(known) >= 0
        return role != "rating" or (max(known) <= 100 and min(known) >= 0)
    if role == "text":
        return _wordiness(values) >= 4
    if role == "language":
        return all(len(value) <= 12 for value in values)
    return True


def _matches(
    table: str,
    roles: dict[str, tuple[RawColumn, float, str]],
    time_format: str,
    *,
    verbatim: bool,
    payload: Payload,
) -> list[Match]:
    places = {"message": _MESSAGE, "event": _EVENT, "answer": _ANSWER}[table]
    made: dict[str, Match] = {}

    def put(column: str, role: str) -> None:
        if role in roles and column not in made:
            raw, sure, why = roles[role]
            made[column] = Match(
                table=table, column=column, raw=raw.name, confidence=sure, why=why,
                format=time_format if column == "time" else "",
            )  # fmt: skip

    put(f"{table}_id", "id")
    for role, column in places.items():
        put(column, role)
    constants: list[tuple[str, str, str]] = []
    if table == "message":
        constants.append(("kind", _kind_of(payload, roles, verbatim), "from the columns there are"))
        if "rating" in made:
            low, high = _scale(payload, made["rating"].raw)
            constants += [("rating_min", low, "the scale seen"), ("rating_max", high, "the scale")]
    if table == "event" and "type" not in made:
        constants.append(("type", "purchase", "rows have an amount and a person"))
    matches = list(made.values())
    if table == "answer":
        for metric in _SCORES:
            if metric in roles:
                raw, sure, why = roles[metric]
                matches.append(
                    Match(table=table, column=metric, raw=raw.name, confidence=sure, why=why)
                )
    return matches + [
        Match(table=table, column=column, constant=value, confidence=0.8, why=why)
        for column, value, why in constants
    ]


def _kind_of(
    payload: Payload, roles: dict[str, tuple[RawColumn, float, str]], verbatim: bool
) -> str:
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


def _scale(payload: Payload, raw: str) -> tuple[str, str]:
    name = '"' + raw.replace('"', '""') + '"'
    try:
        with duckdb.connect() as connection:
            row = connection.execute(
                f"SELECT min(v), max(v) FROM (SELECT try_cast({name} AS DOUBLE) AS v "
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
    return str(low), str(high)


def _speaks_korean(columns: tuple[RawColumn, ...]) -> bool:
    shown = " ".join(column.name + " " + " ".join(_values(column)[:50]) for column in columns)
    letters = sum(character.isalpha() for character in shown) or 1
    return len(_HANGUL.findall(shown)) / letters > 0.2


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


def _number(value: str) -> float | None:
    try:
        return float(value.replace(",", "").strip().removesuffix("점").removesuffix("원"))
    except ValueError:
        return None

"""`--map`: a person's word on which column is which, put over a proposal."""

import difflib
import shlex
from collections.abc import Sequence
from dataclasses import replace

import duckdb

from sonnim.connectors.base import Connector, Mapping, Match, Payload, RawColumn, table_of
from sonnim.connectors.numbers import FORMATS, number_of, read_numbers
from sonnim.connectors.propose import no_time, propose, speaks_korean, times_in
from sonnim.connectors.times import ORDERS
from sonnim.tables.catalog import table_schema
from sonnim.tables.errors import SkipError, StopError
from sonnim.tables.schema import ColumnType
from sonnim.tables.words import say
from sonnim.workspace.settings import SCORES, check_constant


def words_of(texts: Sequence[str]) -> list[tuple[str, str, bool]]:
    """Reads `text=내용 time=작성일 kind:=review` as (column, value, whether it is a constant).

    Values with spaces are quoted: `text="my column"`.

    Example:
        >>> words_of(['text=내용 kind:=review'])
        [('text', '내용', False), ('kind', 'review', True)]
    """
    found = []
    for text in texts:
        try:
            words = shlex.split(text)
        except ValueError:
            raise StopError("map_unreadable", received=text) from None
        for word in words:
            column, sign, value = word.partition("=")
            name = column.removesuffix(":")
            if not sign or not name or not value:
                raise StopError("map_unreadable", received=word)
            found.append((name, value, name != column))
    return found


def mapping_for(
    payload: Payload,
    texts: Sequence[str],
    *,
    connector: Connector | None = None,
    timeless: bool = False,
) -> Mapping:
    """The proposal for a payload with a person's words put over it.

    Args:
        payload: What it is for.
        texts: A person's words.
        connector: Who brought it, and knows what its columns mean; if None, names and values tell.
        timeless: Whether rows without a time will do.

    Raises:
        StopError: A word names a column that is not there.
        SkipError: Nothing can be proposed and the words do not suffice.
    """
    words = words_of(texts)
    mapping = _proposed(payload, connector, partly=timeless or bool(words))
    if not words and mapping.tables:
        return mapping
    there = {column.name: column for column in payload.columns}
    for column, value, constant in words:
        if column == "timezone":
            mapping = replace(mapping, timezone=known_zone(value))
        elif column == "dates":
            mapping = _dated(mapping, value, there, payload)
        elif column == "table":
            mapping = _only(mapping, value)
        else:
            mapping = _put(mapping, column, value, constant, payload, there)
    used = {match.raw for match in mapping.matches}
    received = ", ".join(there)
    if not mapping.tables:
        raise SkipError("map_nothing", file=payload.label, received=received)
    if not timeless and (column := _missing_time(mapping)):
        raise no_time(payload, column)
    leftover = tuple(name for name in there if name not in used)
    return replace(mapping, leftover=mapping.leftover if mapping.preset else leftover)


def _proposed(payload: Payload, connector: Connector | None, *, partly: bool) -> Mapping:
    if connector is None:
        return propose(payload, partly=partly)
    try:
        return connector.propose(payload)
    except SkipError:
        if not partly:
            raise
        return propose(payload, partly=True)


def _missing_time(mapping: Mapping) -> str:
    """The column that says when, if rows need one and it comes from nowhere; else ""."""
    for table in mapping.tables:
        schema = table_schema(table_of(table))
        there = {match.column for match in mapping.matches if match.table == table}
        if schema.time and schema.column(schema.time).required and schema.time not in there:
            return schema.time
    return ""


def in_zone(mapping: Mapping, payload: Payload, usual: str) -> Mapping:
    """The mapping with the zone of its times settled.

    Args:
        mapping: A mapping; its own zone stands.
        payload: What it is for.
        usual: The workspace's zone, or "".

    Raises:
        SkipError: There are times of day that name no zone, and nobody said which they are in.
    """
    if mapping.timezone or not mapping.zoneless:
        return mapping
    if usual:
        return replace(mapping, timezone=known_zone(usual))
    example = "Asia/Seoul" if speaks_korean(payload.columns) else "UTC"
    raise SkipError("time_no_zone", file=payload.label, column=mapping.zoneless, example=example)


def known_zone(name: str) -> str:
    """The name of a time zone, checked.

    Raises:
        StopError: There is none of that name; the error lists some that are like it.

    Example:
        >>> known_zone("Asia/Seoul")
        'Asia/Seoul'
    """
    with duckdb.connect(config={"threads": 1}) as connection:
        names = [row[0] for row in connection.execute(
            "SELECT name FROM pg_timezone_names()").fetchall()]  # fmt: skip
    if name in names:
        return name
    like = difflib.get_close_matches(name, names, n=4, cutoff=0.4) or ["Asia/Seoul", "UTC"]
    raise StopError("timezone_unknown", received=name, allowed=", ".join(like))


def _dated(mapping: Mapping, order: str, there: dict[str, RawColumn], payload: Payload) -> Mapping:
    if order not in ORDERS:
        raise StopError("dates_unknown", received=order, allowed=", ".join(ORDERS))
    return replace(
        mapping,
        matches=tuple(
            replace(m, format=times_in(payload, there[m.raw], order=order).format,
                    why=say("why_said"))
            if m.column in ("time", "start", "end", "joined") and m.raw in there else m
            for m in mapping.matches
        ),
    )  # fmt: skip


def _only(mapping: Mapping, table: str) -> Mapping:
    table_schema(table)
    kept = tuple(match for match in mapping.matches if match.table == table)
    if not kept:
        moved = {match.column: match for match in mapping.matches}
        names = table_schema(table).names
        kept = tuple(replace(m, table=table) for c, m in moved.items() if c in names)
    return replace(mapping, tables=(table,), matches=kept)


def _put(
    mapping: Mapping,
    column: str,
    value: str,
    constant: bool,
    payload: Payload,
    there: dict[str, RawColumn],
) -> Mapping:
    table, _, name = column.rpartition(".")
    if not constant and value not in there:
        raise StopError(
            "map_unknown_raw", file=payload.label, column=value, allowed=", ".join(there)
        )
    tables = [table] if table else [t for t in mapping.tables if _has(t, name)]
    if not tables:
        guess = "answer" if name in SCORES else "message"
        tables = [guess if _has(guess, name) else "event"]
    made = list(mapping.matches)
    for target in tables:
        if not _has(target, name):
            raise StopError(
                "unknown_column",
                table=target,
                column=name,
                allowed=", ".join(table_schema(target).names),
            )
        form = ""
        if not constant and table_type(target, name) is ColumnType.TIMESTAMP:
            reading = times_in(payload, there[value])
            form = reading.format
            if reading.needs_zone:
                mapping = replace(mapping, zoneless=value)
        elif not constant and table_type(target, name) in (ColumnType.DOUBLE, ColumnType.LONG):
            form = _numbers(payload, there[value], name)
        elif constant:
            check_constant(f"--map {column}", target, name, value)
        made = [m for m in made if not (m.table == target and m.column == name)]
        made.append(
            Match(
                table=target,
                column=name,
                raw="" if constant else value,
                constant=value if constant else "",
                why=say("why_said"),
                format=form,
            )
        )
    every = tuple(dict.fromkeys([*mapping.tables, *tables]))
    return replace(mapping, tables=every, matches=tuple(made))


def _numbers(payload: Payload, raw: RawColumn, column: str) -> str:
    samples = [value for value in raw.samples if value]
    if samples and not any(number_of(v, form) is not None for v in samples for form in FORMATS):
        raise StopError("map_no_numbers", file=payload.label, column=raw.name, wanted=column)
    return read_numbers(samples).format


def _has(table: str, column: str) -> bool:
    names = table_schema(table_of(table)).names
    return column in names or (table == "answer" and column in SCORES)


def table_type(table: str, column: str) -> ColumnType:
    """The type of a column of a canonical table; scores by their metric are numbers."""
    if column in SCORES:
        return ColumnType.DOUBLE
    return table_schema(table_of(table)).column(column).type

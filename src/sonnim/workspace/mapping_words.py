"""`--map`: a person's word on which column is which, put over a proposal."""

import shlex
from collections.abc import Sequence
from dataclasses import replace

from sonnim.connectors.base import Mapping, Match, Payload, RawColumn
from sonnim.connectors.propose import propose
from sonnim.connectors.times import time_format_of
from sonnim.tables.catalog import table_schema
from sonnim.tables.errors import SkipError, StopError
from sonnim.workspace.settings import SCORES


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
            if not sign or not column or not value:
                raise StopError("map_unreadable", received=word)
            found.append((column.removesuffix(":"), value, column.endswith(":")))
    return found


def mapping_for(payload: Payload, texts: Sequence[str]) -> Mapping:
    """The proposal for a payload with a person's words put over it.

    Raises:
        StopError: A word names a column that is not there.
        SkipError: Nothing can be proposed and the words do not suffice.
    """
    words = words_of(texts)
    if not words:
        return propose(payload)
    try:
        mapping = propose(payload)
    except SkipError:
        mapping = Mapping(source=payload.source, tables=(), matches=(), timezone="UTC")
    there = {column.name: column for column in payload.columns}
    for column, value, constant in words:
        if column == "timezone":
            mapping = replace(mapping, timezone=value)
        elif column == "table":
            mapping = _only(mapping, value)
        else:
            mapping = _put(mapping, column, value, constant, payload, there)
    used = {match.raw for match in mapping.matches}
    if not mapping.tables:
        raise SkipError("map_nothing", file=payload.label, received=", ".join(there))
    return replace(mapping, leftover=tuple(name for name in there if name not in used))


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
        samples = [v for v in there[value].samples if v] if not constant else []
        form = time_format_of(samples)[0] if name == "time" and not constant else ""
        made = [m for m in made if not (m.table == target and m.column == name)]
        made.append(
            Match(
                table=target,
                column=name,
                raw="" if constant else value,
                constant=value if constant else "",
                why="said with --map",
                format=form,
            )
        )
    every = tuple(dict.fromkeys([*mapping.tables, *tables]))
    return replace(mapping, tables=every, matches=tuple(made))


def _has(table: str, column: str) -> bool:
    return column in table_schema(table).names or (table == "answer" and column in SCORES)

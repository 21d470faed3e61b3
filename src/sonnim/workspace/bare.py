"""`analyze` on bare files and tables: no workspace, rows in the order of the input."""

import shlex
import tempfile
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Values
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
from arro3.core import Table as ArrowTable

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.connectors.base import ROW, Payload, RawColumn
from sonnim.connectors.files import CONNECTOR
from sonnim.connectors.names import role_of
from sonnim.connectors.shape import parts_of, shape_bare
from sonnim.engines.base import ArrowStream, Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.bookmark import Bookmark
from sonnim.tables.errors import SkipError, StopError
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import made
from sonnim.tables.step import Step, identifier
from sonnim.tables.table import Snapshot, Table
from sonnim.workspace.catalog import analyzer, maker_of
from sonnim.workspace.disk import disk
from sonnim.workspace.mapping_words import mapping_for
from sonnim.workspace.settings import SCORES
from sonnim.workspace.taking import left_out as left_out_of


def analyze_bare(
    name: str,
    data: str | Path | ArrowStream,
    *,
    words: Sequence[str] = (),
    parameters: Values[str, object] | None = None,
    left_out: Callable[[int], None] | None = None,
) -> ArrowTable:
    """Runs one analyzer on a file or an Arrow, pandas or Polars table.

    Args:
        name: Name of the analyzer.
        data: Path of a file, or any table that speaks the Arrow PyCapsule interface; pandas too.
        words: `--map` texts where the columns are not recognised.
        parameters: The analyzer's parameters.
        left_out: Is told how many rows of a file could not be read, if there are any.

    Returns:
        The answer as an Arrow table. Answers of one row a message come in the order of the input,
        with its own key, or with the row number (from 1) where it has none; others by their key.

    Raises:
        StopError: There is no such analyzer, or a column that it needs cannot be found.
    """
    one = analyzer(name)
    values: Any = made(one.name, one.parameters, parameters or {})
    with disk(Path(tempfile.gettempdir())), DuckEngine() as engine:
        rejected = _load(engine, one, data, words)
        if rejected and left_out is not None:
            left_out(rejected)
        answer = one.analyze(engine, values)
        table = answer.tables[0]
        if one.per_row:
            return engine.fetch(table).read_all()
        if table.schema.key[0] == MESSAGE.key[0]:
            return engine.fetch(engine.run([_as_given(table)])).read_all()
        return engine.fetch(table, order=table.schema.key).read_all()


def _as_given(table: Table) -> Step:
    """Several rows a message, in the order of the messages."""
    key = MESSAGE.key[0]
    names = table.schema.names
    first = [name for name in ("rank", *table.schema.key[1:]) if name in names]
    within = ", ".join(f"a.{identifier(name)}" for name in dict.fromkeys([*first, *names]))
    return Step(
        name=f"{table.name}_as_given",
        sql=(
            f"SELECT a.* FROM {table.name} a JOIN (SELECT {key}, min(turn) AS turn FROM "
            f"(SELECT {key}, row_number() OVER () AS turn FROM {MESSAGE.name}) numbered "
            f"GROUP BY {key}) given ON given.{key} = a.{key} ORDER BY given.turn, {within}"
        ),
        inputs=(table.name, MESSAGE.name),
        output=table.schema,
        note="In the order of the messages",
        keep=True,
    )


def _load(
    engine: DuckEngine, one: Analyzer, data: str | Path | ArrowStream, words: Sequence[str]
) -> int:
    with payload_of(engine, data) as payload:
        loaded = _shape(engine, one, payload, words)
    _complete(engine, one, loaded)
    return len(payload.rejections)


def _complete(engine: Engine, one: Analyzer, loaded: set[str]) -> None:
    """Loads what an analyzer reads beside the rows that were given.

    Args:
        engine: Holds those rows.
        one: The analyzer.
        loaded: Names of the tables that are there; those that come are added.
    """
    for reads in one.reads:
        if reads.schema.name in loaded:
            continue
        maker = maker_of(reads.schema)
        if maker is not None and maker is not one:
            # What it reads is another analyzer's answer: compute that first, on the same rows.
            given = set(loaded)
            _complete(engine, maker, loaded)
            answer = maker.analyze(engine, made(maker.name, maker.parameters, {}))
            # Who reads what was known before (nothing is) gives its answer another name until it
            # is kept.
            for table in answer.tables:
                if table.name != table.schema.name and table.schema.name not in given:
                    engine.run([_as_named(table)])
            loaded |= {schema.name for schema in maker.writes}
        elif reads.optional:
            empty = Snapshot(table=Table(schema=reads.schema, name=reads.schema.name), files=(),
                             rows=0)  # fmt: skip
            engine.load(empty.table, empty)
            loaded.add(reads.schema.name)


def _as_named(table: Table) -> Step:
    return Step(
        name=table.schema.name,
        sql=f"SELECT * FROM {table.name}",
        inputs=(table.name,),
        output=table.schema,
        note="The answer under its own name",
        keep=True,
    )


def _shape(engine: Engine, one: Analyzer, payload: Payload, words: Sequence[str]) -> set[str]:
    wanted = [reads for reads in one.reads if maker_of(reads.schema) is None]
    # A file with texts alone has no time, and needs none here.
    there: set[str] = set()
    needed = {column for reads in wanted for column in reads.columns}
    try:
        mapping = mapping_for(payload, words, timeless=True)
        there = {match.column for match in mapping.matches}
    except SkipError:
        needed |= {name for reads in wanted for name in reads.schema.names} | set(SCORES)
    # Names that say what is needed count, though the values look too short or too few.
    guesses = [
        f"{column}={shlex.quote(raw)}"
        for column, raw in _by_name(payload, wanted)
        if column in needed - there
    ]
    if not there and not guesses:
        raise _needs(one, wanted[0], payload)
    if guesses:
        mapping = mapping_for(payload, [*guesses, *words], timeless=True)
    # Nothing is kept here that a wrong zone could spoil: times that name none are read as UTC.
    mapping = replace(mapping, timezone=mapping.timezone or "UTC")
    loaded = set()
    for reads in wanted:
        if not parts_of(mapping, reads.schema.name):
            continue
        try:
            step = shape_bare(payload, mapping, reads.schema, reads.columns)
        except StopError:
            # Rows of another table may be what it reads (the comments of a survey bear no rating).
            if not reads.optional:
                raise
            continue
        # Kept under another name, so that every column of the schema is there with its type.
        engine.run([replace(step, keep=True)])
        loaded.add(reads.schema.name)
    if not loaded:
        raise _needs(one, wanted[0], payload)
    return loaded


def _by_name(payload: Payload, wanted: Sequence[Reads]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    names = {name for reads in wanted for name in reads.schema.names}
    scored = any("score" in reads.columns for reads in wanted)
    for column in payload.columns:
        role, sure = role_of(column.name)
        if role == "id" and sure == 1.0:
            role = wanted[0].schema.key[0]
        if role not in found and (role in names or (scored and role in SCORES)):
            found[role] = column.name
    if "text" in names and "text" not in found and len(payload.columns) == 1:
        found["text"] = payload.columns[0].name
    return list(found.items())


def _needs(one: Analyzer, reads: Reads, payload: Payload) -> StopError:
    return StopError(
        "bare_no_table",
        analyzer=one.name,
        needed=", ".join(reads.columns),
        received=", ".join(column.name for column in payload.columns),
        example=reads.columns[-1],
    )


@contextmanager
def payload_of(engine: DuckEngine, data: str | Path | ArrowStream) -> Iterator[Payload]:
    """A file, or a table, as a payload; what was made to read it goes in the end.

    Raises:
        StopError: Nothing is there, or it is no table.
        SkipError: A file cannot be read.
    """
    if not isinstance(data, (str, Path)):
        yield _from_arrow(engine, data)
        return
    with payloads_of(engine, data) as payloads:
        yield payloads[0] if len(payloads) == 1 else _together(payloads)


@contextmanager
def payloads_of(engine: DuckEngine, location: str | Path) -> Iterator[list[Payload]]:
    """The tables of files outside any workspace; what was made to read them goes in the end.

    Raises:
        StopError: Nothing is there, or it may not be read.
        SkipError: A file cannot be read.
    """
    temporary: list[Path] = []
    try:
        payloads = []
        for payload in CONNECTOR.fetch(str(location), "bare"):
            temporary += payload.temporary
            payload = _carefully_if_needed(engine, payload)
            temporary += payload.temporary
            payloads.append(payload)
        yield payloads
    finally:
        for file in temporary:
            file.unlink(missing_ok=True)


def _carefully_if_needed(engine: DuckEngine, payload: Payload) -> Payload:
    if payload.carefully is None:
        return payload
    try:
        whole = not left_out_of(engine, payload)
    except StopError:
        whole = False
    return payload if whole else payload.carefully()


def _together(payloads: Sequence[Payload]) -> Payload:
    """Several files as one: columns of one name are one, rows are numbered over all."""
    scans = [
        f"SELECT * {f'EXCLUDE ({ROW}) ' if one.numbered else ''}FROM {one.scan}" for one in payloads
    ]
    columns = {column.name: column for one in reversed(payloads) for column in one.columns}
    ordered = dict.fromkeys(column.name for one in payloads for column in one.columns)
    return replace(
        payloads[0],
        scan=f"({' UNION ALL BY NAME '.join(scans)})",
        columns=tuple(columns[name] for name in ordered),
        rejections=tuple(rejection for one in payloads for rejection in one.rejections),
        numbered=False,
        carefully=None,
    )


def _from_arrow(engine: DuckEngine, data: ArrowStream) -> Payload:
    table = ArrowTable.from_arrow(_arrow(data))
    engine.keep("bare_table", table)
    sample = table.slice(0, min(300, table.num_rows))
    columns = tuple(
        RawColumn(
            name=name,
            samples=tuple(
                None if value is None else str(value) for value in sample.column(name).to_pylist()
            ),
        )
        for name in table.column_names
    )
    return Payload(
        source="bare",
        label="table",
        scan="bare_table",
        columns=columns,
        bookmark=Bookmark(source="bare", position=""),
    )


def _arrow(data: object) -> ArrowStream:
    if hasattr(data, "to_parquet") and hasattr(data, "dtypes"):
        # pandas without pyarrow has no Arrow export of its own; DuckDB reads it.
        with duckdb.connect() as connection:
            connection.execute("SET GLOBAL TimeZone = 'UTC'")
            connection.register("frame", data)
            return ArrowTable.from_arrow(connection.sql("SELECT * FROM frame"))
    if not hasattr(data, "__arrow_c_stream__"):
        raise StopError("bare_not_a_table", received=type(data).__name__)
    return data

"""Loads small tables of messages, answers and moods, asks an analyzer, and takes the rows off."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sonnim.analyzers.base import Analyzer
from sonnim.checks.rows import Row, fetched, table_of
from sonnim.engines.base import Engine
from sonnim.tables.schema import ColumnType, TableSchema
from sonnim.tables.table import Table

Record = Mapping[str, Any]


def rows_for(schema: TableSchema, records: Iterable[Record]) -> list[Row]:
    """Records as rows of the schema; what they do not name is null, times may be datetimes."""
    rows = []
    for record in records:
        unknown = set(record) - set(schema.names)
        assert not unknown, f"{schema.name} has no {unknown}"
        rows.append(tuple(_plain(record.get(column.name)) for column in schema.columns))
    return rows


def load(engine: Engine, schema: TableSchema, records: Iterable[Record], batches: int = 1) -> None:
    """Makes the records readable under the schema's name."""
    table = table_of(schema, rows_for(schema, records), batches=batches)
    engine.load(Table(schema=schema, name=schema.name), table)


def asked(
    engine: Engine,
    analyzer: Analyzer,
    tables: Mapping[str, Sequence[Record]],
    **parameters: object,
) -> list[dict[str, Any]]:
    """The rows of the analyzer's first answer table; tables that are not given are empty."""
    return asked_all(engine, analyzer, tables, **parameters)[0]


def asked_all(
    engine: Engine,
    analyzer: Analyzer,
    tables: Mapping[str, Sequence[Record]],
    **parameters: object,
) -> list[list[dict[str, Any]]]:
    """The rows of all the analyzer's answer tables."""
    for reads in analyzer.reads:
        load(engine, reads.schema, tables.get(reads.schema.name, ()))
    answer = analyzer.analyze(engine, analyzer.parameters(**parameters))
    return [_records(engine, table) for table in answer.tables]


def _records(engine: Engine, table: Table) -> list[dict[str, Any]]:
    times = [c.name for c in table.schema.columns if c.type is ColumnType.TIMESTAMP]
    found = []
    for row in fetched(engine, table):
        record = dict(zip(table.schema.names, row, strict=True))
        for name in times:
            value = record[name]
            if isinstance(value, int):
                record[name] = datetime.fromtimestamp(value / 1e6, UTC)
        found.append(record)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        assert value.tzinfo is not None, "a time in UTC"
        return round(value.timestamp() * 1_000_000)
    return value

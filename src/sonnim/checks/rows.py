"""Small tables for exams: plain Python rows in, plain Python rows out."""

from collections.abc import Sequence
from itertools import accumulate
from typing import TypeAlias

from arro3.core import Array, ChunkedArray, DataType, RecordBatch, RecordBatchReader, list_array
from arro3.core import Table as ArrowTable

from sonnim.engines.base import Engine
from sonnim.tables.arrow import ARROW_TYPES, arrow_schema
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.table import Table

Value: TypeAlias = "str | int | float | bool | list[str | None] | None"
Row: TypeAlias = tuple[Value, ...]

_SHORT = {
    "string": ColumnType.STRING,
    "long": ColumnType.LONG,
    "double": ColumnType.DOUBLE,
    "boolean": ColumnType.BOOLEAN,
    "timestamp": ColumnType.TIMESTAMP,
    "strings": ColumnType.STRINGS,
}


def schema_of(name: str, columns: str, *, required: Sequence[str] = ()) -> TableSchema:
    """A schema from `name:type` pairs; types are those of `ColumnType`, lists `strings`.

    Example:
        >>> schema_of("visit", "id:string n:long").names
        ('id', 'n')
    """
    made = []
    for pair in columns.split():
        column, kind = pair.split(":")
        made.append(
            Column(name=column, type=_SHORT[kind], meaning=column, required=column in required)
        )
    return TableSchema(name=name, version=1, meaning=name, columns=tuple(made), key=(made[0].name,))


def table_of(schema: TableSchema, rows: Sequence[Row], *, batches: int = 1) -> ArrowTable:
    """Rows as an Arrow table of the schema; times are microseconds since 1970 in UTC.

    Example:
        >>> table_of(schema_of("visit", "id:string n:long"), [("a", 1), ("b", None)]).num_rows
        2
    """
    size = max(1, -(-len(rows) // batches))
    made = [
        batch_of(schema, rows[start : start + size]) for start in range(0, len(rows), size)
    ] or [batch_of(schema, [])]
    return ArrowTable.from_batches(made, schema=arrow_schema(schema))


def batch_of(schema: TableSchema, rows: Sequence[Row]) -> RecordBatch:
    """Rows as one record batch of the schema."""
    columns = list(zip(*rows, strict=True)) or [() for _ in schema.columns]
    arrays = [
        _array(list(values), column.type)
        for values, column in zip(columns, schema.columns, strict=True)
    ]
    return RecordBatch.from_arrays(arrays, schema=arrow_schema(schema))


def rows_of(stream: RecordBatchReader | ArrowTable | RecordBatch) -> list[Row]:
    """All rows as tuples; times become microseconds since 1970 in UTC."""
    table = stream.read_all() if isinstance(stream, RecordBatchReader) else stream
    columns = []
    for index in range(len(table.schema)):
        column: Array | ChunkedArray = table.column(index)
        if DataType.is_timestamp(table.schema.field(index).type):
            column = column.cast(DataType.int64())
        columns.append(_python(column))
    return list(zip(*columns, strict=True))


def fetched(engine: Engine, table: Table, order: Sequence[str] = ()) -> list[Row]:
    """The table's rows as tuples."""
    return rows_of(engine.fetch(table, order=order))


def unordered(rows: Sequence[Row]) -> list[Row]:
    """Rows in an order of their own, for comparing where an engine may give any order.

    Example:
        >>> unordered([("b", None), ("a", 1)])
        [('a', 1), ('b', None)]
    """
    return sorted(rows, key=repr)


def _python(column: Array | ChunkedArray) -> list[Value]:
    return list(column.to_pylist())


def _array(values: list[Value], kind: ColumnType) -> Array:
    if kind is ColumnType.TIMESTAMP:
        return Array(values, type=DataType.int64()).cast(ARROW_TYPES[kind])
    if kind is not ColumnType.STRINGS:
        return Array(values, type=ARROW_TYPES[kind])
    # arro3 builds no list column from Python lists; nulls are marked by a mask.
    lists = [value if isinstance(value, list) else [] for value in values]
    offsets = [0, *accumulate(len(item) for item in lists)]
    return list_array(
        Array(offsets, type=DataType.int32()),
        Array([word for item in lists for word in item], type=DataType.string()),
        type=ARROW_TYPES[kind],
        mask=Array([value is None for value in values], type=DataType.bool()),
    )

"""Arrow at the borders: schemas and record batches, without pyarrow (docs/decisions/0003)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from arro3.core import Array, DataType, Field, RecordBatch, Schema, list_array

from sonnim.tables.schema import ColumnType, TableSchema

ARROW_TYPES: Mapping[ColumnType, DataType] = {
    ColumnType.STRING: DataType.string(),
    ColumnType.LONG: DataType.int64(),
    ColumnType.DOUBLE: DataType.float64(),
    ColumnType.BOOLEAN: DataType.bool(),
    ColumnType.TIMESTAMP: DataType.timestamp("us", tz="UTC"),
    ColumnType.STRINGS: DataType.list(Field("element", DataType.string(), nullable=True)),
}


def arrow_schema(schema: TableSchema) -> Schema:
    """The Arrow schema of a table schema."""
    return Schema(
        [Field(column.name, ARROW_TYPES[column.type], nullable=True) for column in schema.columns]
    )


def batch(schema: TableSchema, values: Mapping[str, Any]) -> RecordBatch:
    """A record batch of that schema from NumPy arrays or lists, one per column.

    Timestamps are given as microseconds since 1970 in UTC.

    Example:
        >>> from sonnim.tables.schema import Column
        >>> schema = TableSchema(name="t", version=1, meaning="t", key=("x",),
        ...     columns=(Column(name="x", type=ColumnType.LONG, meaning="x"),))
        >>> batch(schema, {"x": [1, 2]}).num_rows
        2
    """
    arrays = [_array(values[column.name], column.type) for column in schema.columns]
    return RecordBatch.from_arrays(arrays, schema=arrow_schema(schema))


def strings(record_batch: RecordBatch, column: str) -> list[str]:
    """A string column as a list; null becomes ""."""
    return [value or "" for value in record_batch.column(column).to_pylist()]


def _array(values: Any, kind: ColumnType) -> Array:
    if isinstance(values, Array):
        return values
    if isinstance(values, np.ndarray):
        if kind is ColumnType.DOUBLE:
            return Array.from_numpy(np.ascontiguousarray(values, dtype=np.float64))
        if kind is ColumnType.LONG:
            return Array.from_numpy(np.ascontiguousarray(values, dtype=np.int64))
        values = values.tolist()
    items: Sequence[Any] = values
    if kind is ColumnType.STRINGS:
        lengths = [len(item) for item in items]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        flat = [word for item in items for word in item]
        return list_array(
            Array.from_numpy(offsets),
            Array(flat, type=DataType.string()),
            type=ARROW_TYPES[kind],
        )
    if kind is ColumnType.TIMESTAMP:
        # arro3 has no constructor for timestamps: go through microseconds.
        return Array(items, type=DataType.int64()).cast(ARROW_TYPES[kind])
    return Array(items, type=ARROW_TYPES[kind])

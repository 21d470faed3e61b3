"""The functions that the engine exam maps: at the top of a module, so that workers find them."""

from arro3.core import Array, DataType, RecordBatch

from sonnim.checks.rows import Row, batch_of, rows_of, schema_of
from sonnim.tables.arrow import arrow_schema
from sonnim.tables.errors import StopError
from sonnim.tables.schema import ColumnType, TableSchema

LENGTHS = schema_of("lengths", "id:string n:long words:strings")
GROUPS = schema_of("groups", "g:string ids:strings total:double calls:long")


def unchanged(batch: RecordBatch) -> RecordBatch:
    """The batch itself, if its schema is exactly what `EVERY_TYPE` declares."""
    return batch


def lengths(batch: RecordBatch) -> RecordBatch:
    """Length and words of each text; one row for each row."""
    rows: list[Row] = []
    for id_, text in rows_of(batch):
        whole = text if isinstance(text, str) else None
        rows.append((id_, None, None) if whole is None else (id_, len(whole), [*whole.split()]))
    return batch_of(LENGTHS, rows)


def groups(batch: RecordBatch) -> RecordBatch:
    """One row for a whole group: its ids in order, its total, and 1 for the call."""
    rows = sorted(rows_of(batch), key=repr)
    ids = [row[0] if isinstance(row[0], str) else None for row in rows]
    total = sum(row[2] for row in rows if isinstance(row[2], float))
    return batch_of(GROUPS, [(rows[0][1], ids, total, 1)])


def nothing(batch: RecordBatch) -> RecordBatch:
    """No rows at all."""
    return batch_of(LENGTHS, [])


def misnamed(batch: RecordBatch) -> RecordBatch:
    """A batch with a column that nobody declared."""
    return RecordBatch.from_arrays(
        [Array([1] * batch.num_rows, type=DataType.int64())], names=["other"]
    )


def refusing(batch: RecordBatch) -> RecordBatch:
    """Always an error of ours."""
    raise StopError("unknown_table", table="refused", allowed="가")


def types_as_declared(schema: TableSchema, batch: RecordBatch) -> RecordBatch:
    """The batch itself; an error if its types are not exactly the schema's."""
    if batch.schema != arrow_schema(schema):
        kinds = ", ".join(str(batch.schema.field(i).type) for i in range(batch.num_columns))
        raise StopError("parameter_invalid", owner="map", parameter="batch", received=kinds,
                        allowed=", ".join(ColumnType(c.type) for c in schema.columns))  # fmt: skip
    return batch

"""`map` on Spark: what runs in the worker processes, between pyarrow and arro3."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from arro3.core import RecordBatch

from sonnim.engines.base import BatchFunction
from sonnim.tables.arrow import arrow_schema
from sonnim.tables.errors import RetryError, SkipError, SonnimError, StopError
from sonnim.tables.schema import TableSchema

_KINDS: tuple[type[SonnimError], ...] = (StopError, SkipError, RetryError, SonnimError)
_BEGIN, _END = "sonnim-error<<", ">>sonnim-error"


@dataclass(frozen=True, kw_only=True)
class BatchMap:
    """A batch function as `mapInArrow` wants it; pickled to the workers.

    Attributes:
        function: The function.
        input: Schema of the batches that it gets.
        output: Schema of the batches that it must give.
    """

    function: BatchFunction
    input: TableSchema
    output: TableSchema

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Maps pyarrow batches to pyarrow batches."""
        for batch in batches:
            if batch.num_rows:
                yield _mapped(self, batch)


@dataclass(frozen=True, kw_only=True)
class GroupMap:
    """A batch function as `applyInArrow` wants it: one whole group a call."""

    function: BatchFunction
    input: TableSchema
    output: TableSchema

    def __call__(self, group: Any) -> Any:
        """Maps one group, a pyarrow table, to a pyarrow table."""
        import pyarrow as pa

        batch = group.combine_chunks().to_batches()[0]
        return pa.Table.from_batches([_mapped(self, batch)])


def worker_error(text: str) -> SonnimError | None:
    """The error that a worker raised, read back from the text of Spark's exception."""
    start = text.find(_BEGIN)
    end = text.find(_END, start)
    if start < 0 or end < 0:
        return None
    found = json.loads(text[start + len(_BEGIN) : end])
    kind = next(kind for kind in _KINDS if kind.__name__ == found["kind"])
    return kind(found["key"], **found["values"])


def _mapped(work: BatchMap | GroupMap, batch: Any) -> Any:
    import pyarrow as pa

    try:
        taken = RecordBatch.from_arrow(batch).with_schema(arrow_schema(work.input))
        made = work.function(taken)
        wanted = arrow_schema(work.output)
        if made.schema.names != wanted.names:
            raise StopError(
                "map_wrong_schema",
                table=work.output.name,
                allowed=", ".join(wanted.names),
                received=", ".join(made.schema.names),
            )
        # Spark trusts the declared schema: another type would be read as garbage.
        return pa.record_batch(made).cast(pa.schema(wanted), safe=True)
    except SonnimError as error:
        # Spark carries only the text of an exception to the driver.
        kind = next(kind for kind in _KINDS if isinstance(error, kind)).__name__
        values = {name: str(value) for name, value in error.values.items()}
        note = json.dumps({"kind": kind, "key": error.key, "values": values})
        raise RuntimeError(f"{_BEGIN}{note}{_END}") from error

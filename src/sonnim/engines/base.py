"""What an engine is: four verbs, whatever computes behind them."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from arro3.core import RecordBatch, RecordBatchReader

from sonnim.tables.schema import TableSchema
from sonnim.tables.step import Step
from sonnim.tables.table import Snapshot, Table


class ArrowStream(Protocol):
    """Anything that gives an Arrow stream (arro3, pyarrow, Polars, DuckDB relations…)."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArray(Protocol):
    """Anything that gives one Arrow array or batch."""

    def __arrow_c_array__(
        self, requested_schema: object | None = None
    ) -> tuple[object, object]: ...


BatchFunction = Callable[[RecordBatch], RecordBatch]
"""A pure function of one batch (or of one whole group, with `by`). It must be picklable: a
function at the top of a module, or `functools.partial` of one."""

THREADS_VARIABLE = "SONNIM_THREADS"
"""Engines that run a process a core set it to 1 in those processes."""


def threads() -> int:
    """How many threads a mapped function may use: all cores, or those of `SONNIM_THREADS`.

    Example:
        >>> threads() >= 1
        True
    """
    return int(os.environ.get(THREADS_VARIABLE) or os.cpu_count() or 1)


class Engine(Protocol):
    """Computes on tables. Analyzers touch data only through `run` and `map`.

    An engine belongs to one task and one thread; close it when done (it is a context manager).

    Attributes:
        name: Short name: `duckdb`, `spark`.
        version: Version of the software behind it.
    """

    name: str
    version: str

    def load(self, table: Table, source: Snapshot | ArrowStream | ArrowArray) -> Table:
        """Makes a snapshot's files, or Arrow batches, readable in SQL as `table.name`.

        Columns of the schema that the source lacks are there as null.

        Raises:
            StopError: A required column is missing, or a time is naive.
        """
        ...

    def run(self, steps: Sequence[Step]) -> Table:
        """Runs the steps in order; each can be read by its name; gives the last ticket.

        Raises:
            StopError: A statement fails; the error carries the step's name and its SQL.
        """
        ...

    def map(
        self,
        function: BatchFunction,
        table: Table,
        output: TableSchema,
        *,
        name: str,
        columns: Sequence[str] = (),
        by: Sequence[str] = (),
    ) -> Table:
        """Applies a pure function to the table's rows, in several processes where that pays.

        Args:
            function: Gets batches with `columns` (all, if empty) and gives batches of `output`.
            table: What to read.
            output: The schema of what comes out.
            name: The name of the result in SQL.
            columns: Columns that the function reads.
            by: If given, the function gets each group of equal values of these columns whole,
                one group a call; otherwise any batches, and the order of rows is kept on DuckDB.
        """
        ...

    def fetch(self, table: Table, *, order: Sequence[str] = ()) -> RecordBatchReader:
        """The rows as Arrow batches of exactly the table's schema, sorted by `order` if given.

        Null sorts last.
        """
        ...

    def count(self, table: Table) -> int:
        """Number of rows."""
        ...

    def close(self) -> None:
        """Frees what the engine holds."""
        ...

    def __enter__(self) -> "Engine": ...

    def __exit__(self, *exc: object) -> None: ...


@runtime_checkable
class CanExport(Protocol):
    """An engine that writes Parquet by itself, faster than through Arrow batches."""

    def export(self, table: Table, file: Path, *, order: Sequence[str] = ()) -> int:
        """Writes the table as one Parquet file; gives the number of rows."""
        ...


@runtime_checkable
class CanWatch(Protocol):
    """An engine that says how far a `map` is while it runs."""

    def watch(self, seen: Callable[[int], None]) -> None:
        """From now on calls `seen` with the number of rows of each part that is mapped."""
        ...

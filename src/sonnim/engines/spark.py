"""The engine for data that outgrows one machine: Apache Spark (extra `spark`)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from arro3.core import RecordBatchReader

from sonnim.engines.base import ArrowArray, ArrowStream, BatchFunction
from sonnim.engines.shared_sql import install_spark
from sonnim.engines.spark_map import BatchMap, GroupMap, worker_error
from sonnim.engines.spark_session import (
    need_spark,
    quiet_query_logs,
    running_session,
    start_session,
)
from sonnim.engines.spark_sql import SESSION_SETTINGS, spark_literals
from sonnim.tables.arrow import arrow_schema
from sonnim.tables.errors import StopError
from sonnim.tables.schema import ColumnType, TableSchema
from sonnim.tables.step import Step
from sonnim.tables.table import Snapshot, Table

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import Column, DataFrame, SparkSession

T = TypeVar("T")

_PATTERN_SIGNS = re.compile(r"[\[\]{}*?\\]")

_SORT_HERE = 2**30
"""Bytes up to which `fetch` sorts in Arrow; its 32-bit offsets hold twice as much text."""

SQL_TYPES = {
    ColumnType.STRING: "string",
    ColumnType.LONG: "bigint",
    ColumnType.DOUBLE: "double",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.STRINGS: "array<string>",
}


class SparkEngine:
    """Computes with Apache Spark (see `Engine` for the verbs).

    Steps are views that Spark evaluates when a result is fetched; `keep=True` and the results of
    `map` are computed at once and kept, which also cuts Spark's lineage (in the checkpoint folder
    if the context has one, else on the executors).

    Args:
        session: A running session (classic, not Spark Connect). It is left as it is: the engine
            works in a new session on the same cluster, with its own settings, views and functions.

    Example:
        >>> with SparkEngine.start("local[2]") as engine:  # doctest: +SKIP
        ...     engine.fetch(engine.run([step])).read_all()
    """

    name = "spark"

    def __init__(self, session: SparkSession) -> None:
        need_spark()
        quiet_query_logs()
        self.version: str = session.version
        self._session = session.newSession()
        for name, value in SESSION_SETTINGS:
            self._session.conf.set(name, value)
        install_spark(self._session)
        self._frames: dict[str, DataFrame] = {}
        self._texts: dict[str, str] = {}
        self._owned: tuple[SparkSession, Path] | None = None

    @classmethod
    def start(
        cls,
        master: str = "local[2]",
        *,
        memory: str = "2g",
        settings: Sequence[tuple[str, str]] = (),
    ) -> SparkEngine:
        """An engine with a Spark of its own, which `close` stops.

        Where this process runs a Spark already, that one is used, and left running: Spark allows
        one in a process, and stopping it would take it from whoever started it.

        Args:
            master: `local[2]`, `local-cluster[2,1,1024]`, `spark://host:7077`, `yarn`…
            memory: Memory of the driver, which does all the work under `local[…]`.
            settings: Further Spark settings, name and value.

        Raises:
            StopError: PySpark or Java is not installed, or Spark did not start.
        """
        running = running_session()
        if running is not None:
            return cls(running)
        session, folder = start_session(master, memory, settings)
        engine = cls(session)
        engine._owned = (session, folder)
        return engine

    def load(self, table: Table, source: Snapshot | ArrowStream | ArrowArray) -> Table:
        """Makes a snapshot's files, or Arrow batches, readable in SQL as `table.name`."""
        if not isinstance(source, Snapshot):
            frame = self._session.createDataFrame(_arrow_table(table.schema, source))
        elif not source.files:
            frame = self._session.createDataFrame([], _ddl(table.schema))
        else:
            frame = self._told(table.name, partial(self._parquet, source.files))
            _check(table.schema, dict(frame.dtypes))
        self._keep(table.name, frame.select(_columns(table.schema, set(frame.columns))))
        return table

    def run(self, steps: Sequence[Step]) -> Table:
        """Runs the steps in order; gives the last one's ticket."""
        for step in steps:
            self._texts[step.name] = step.sql
            frame = self._told(step.name, partial(self._session.sql, spark_literals(step.sql)))
            if step.keep:
                frame = self._told(step.name, partial(self._checkpoint, frame))
            self._keep(step.name, frame)
        last = steps[-1]
        return Table(schema=last.output, name=last.name)

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
        """Applies a pure function to the table's rows in Spark's Python workers."""
        chosen = tuple(columns) or table.schema.names
        given = table.schema.only((*chosen, *(column for column in by if column not in chosen)))
        frame = self._typed(Table(schema=given, name=table.name))
        if by:
            work = GroupMap(function=function, input=given, output=output)
            keys = [_name(column) for column in by]
            # PySpark counts parameters to decide whether the key is given too; `self` would count.
            mapped = frame.groupBy(*keys).applyInArrow(lambda group: work(group), _ddl(output))
        else:
            # A small table may come in one part; models need every worker.
            workers = self._session.sparkContext.defaultParallelism
            if frame.rdd.getNumPartitions() < workers:
                frame = frame.repartition(workers)
            mapped = frame.mapInArrow(
                BatchMap(function=function, input=given, output=output), _ddl(output)
            )
        self._texts.pop(name, None)
        # Kept at once: a model that reads every text must not run again at each later fetch.
        self._keep(name, self._told(output.name, partial(self._checkpoint, mapped), mapping=True))
        return Table(schema=output, name=name)

    def fetch(self, table: Table, *, order: Sequence[str] = ()) -> RecordBatchReader:
        """The rows as Arrow batches of exactly the table's schema."""
        frame = self._typed(table)
        found: pyarrow.Table = self._told(table.name, frame.toArrow)
        if order and found.nbytes <= _SORT_HERE:
            # What fits here is sorted here: Spark would sample and shuffle it first.
            found = found.sort_by([(column, "ascending") for column in order])
        elif order:
            found = self._told(table.name, _ordered(frame, order).toArrow)
        wanted = arrow_schema(table.schema)
        reader = RecordBatchReader.from_arrow(found.to_reader())
        return RecordBatchReader.from_batches(
            wanted, (batch.with_schema(wanted) for batch in reader)
        )

    def count(self, table: Table) -> int:
        """Number of rows."""
        return int(self._told(table.name, self._frame(table).count))

    def close(self) -> None:
        """Drops the views; stops Spark if `start` started it."""
        for name in self._frames:
            self._session.catalog.dropTempView(name)
        self._frames.clear()
        if self._owned:
            session, folder = self._owned
            self._owned = None
            session.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _keep(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(_name(name))
        self._frames[name] = frame

    def _frame(self, table: Table) -> DataFrame:
        try:
            return self._frames[table.name]
        except KeyError:
            raise StopError(
                "unknown_table", table=table.name, allowed=", ".join(self._frames) or "-"
            ) from None

    def _parquet(self, files: Sequence[str]) -> DataFrame:
        # Files of different ages may differ in columns.
        reader = self._session.read.option("mergeSchema", "true")
        # Spark takes paths for patterns; its switch against that (`__globPaths__`) silently
        # reads every file twice where a folder is named like "data [1]".
        return reader.parquet(*(_PATTERN_SIGNS.sub(r"\\\g<0>", file) for file in files))

    def _checkpoint(self, frame: DataFrame) -> DataFrame:
        if self._session.sparkContext.getCheckpointDir():
            return frame.checkpoint(eager=True)
        return frame.localCheckpoint(eager=True)

    def _typed(self, table: Table) -> DataFrame:
        frame = self._frame(table)
        have = frame.columns
        missing = [name for name in table.schema.names if name not in have]
        if missing:
            raise StopError(
                "column_missing",
                table=table.schema.name,
                column=", ".join(missing),
                received=", ".join(have) or "-",
            )
        return frame.select(_columns(table.schema, set(have)))

    def _told(self, name: str, work: Callable[[], T], *, mapping: bool = False) -> T:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            return work()
        except (PySparkException, Py4JError) as error:
            ours = worker_error(str(error))
            if ours is not None:
                raise ours from error
            reason = _reason(error)
            if mapping:
                raise StopError("map_failed", table=name, reason=reason) from error
            if name not in self._texts:
                raise StopError("load_failed", table=name, reason=reason) from error
            raise StopError(
                "step_failed", step=name, sql=self._texts[name], reason=reason
            ) from error


def _reason(error: Exception) -> str:
    from pyspark.errors import AnalysisException, PySparkException, PythonException

    lines = [line for line in str(error).splitlines() if line.strip()]
    if isinstance(error, AnalysisException):
        return lines[0] if lines else type(error).__name__
    if isinstance(error, PythonException):
        # The kind of the worker's error, not its text: that may quote a customer.
        raised = [line.strip() for line in lines if line[:1].isalpha() and "Error" in line]
        return raised[-1].split(":")[0] if raised else type(error).__name__
    # Errors while running quote the value that failed; the condition's name does not.
    condition = error.getCondition() if isinstance(error, PySparkException) else None
    return condition or type(error).__name__


def _arrow_table(schema: TableSchema, source: ArrowStream | ArrowArray) -> pyarrow.Table:
    import pyarrow as pa

    table = pa.table(source)
    wanted = pa.schema(arrow_schema(schema))
    arrays = []
    for column in schema.columns:
        field = wanted.field(column.name)
        if column.name not in table.column_names:
            if column.required:
                raise _missing(schema, column.name, table.column_names)
            arrays.append(pa.nulls(table.num_rows, field.type))
            continue
        found = table.column(column.name)
        if column.type is ColumnType.TIMESTAMP:
            if pa.types.is_timestamp(found.type) and found.type.tz is None:
                raise StopError("naive_time", table=schema.name, column=column.name)
            # Nanoseconds are cut to microseconds.
            arrays.append(found.cast(field.type, safe=False))
            continue
        try:
            arrays.append(found.cast(field.type))
        except pa.ArrowException as error:
            raise StopError(
                "load_failed", table=schema.name, reason=f"{column.name}: {found.type}"
            ) from error
    return pa.table(arrays, schema=wanted)


def _check(schema: TableSchema, types: dict[str, str]) -> None:
    for column in schema.columns:
        if column.name not in types:
            if column.required:
                raise _missing(schema, column.name, list(types))
        elif column.type is ColumnType.TIMESTAMP and types[column.name] == "timestamp_ntz":
            raise StopError("naive_time", table=schema.name, column=column.name)


def _missing(schema: TableSchema, column: str, have: Sequence[str]) -> StopError:
    return StopError(
        "column_missing", table=schema.name, column=column, received=", ".join(have) or "-"
    )


def _columns(schema: TableSchema, have: set[str]) -> list[Column]:
    from pyspark.sql import functions

    return [
        (functions.col(_name(c.name)) if c.name in have else functions.lit(None))
        .cast(SQL_TYPES[c.type])
        .alias(c.name)
        for c in schema.columns
    ]


def _ordered(frame: DataFrame, order: Sequence[str]) -> DataFrame:
    from pyspark.sql import functions

    return frame.orderBy(*(functions.col(_name(c)).asc_nulls_last() for c in order))


def _ddl(schema: TableSchema) -> str:
    return ", ".join(f"{_name(c.name)} {SQL_TYPES[c.type]}" for c in schema.columns)


def _name(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"

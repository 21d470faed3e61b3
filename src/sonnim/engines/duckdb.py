"""The default engine: DuckDB in memory, one database per engine, processes for `map`."""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
from arro3.core import RecordBatchReader
from arro3.core import Table as ArrowTable

from sonnim.engines.base import ArrowArray, ArrowStream, BatchFunction
from sonnim.engines.duckdb_map import GROUP_ROWS, Workers, cast_batch
from sonnim.engines.shared_sql import install_duckdb
from sonnim.tables.arrow import arrow_schema
from sonnim.tables.errors import StopError
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, identifier, quoted
from sonnim.tables.table import Snapshot, Table

SQL_TYPES = {
    ColumnType.STRING: "VARCHAR",
    ColumnType.LONG: "BIGINT",
    ColumnType.DOUBLE: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.TIMESTAMP: "TIMESTAMPTZ",
    ColumnType.STRINGS: "VARCHAR[]",
}

DEFAULT_MEMORY = "1GB"
MEGABYTES_A_THREAD = 90
"""Fewer threads where there is less: a sort or join of two threads fails in 100 MB, one passes."""


def connect(memory: str, threads: int | None, spill: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection in memory, in UTC, that spills to `spill` and never goes online."""
    connection = duckdb.connect(
        config={
            "memory_limit": memory,
            "temp_directory": str(spill),
            # Extensions are downloads: without a network they only fail, seconds later.
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    # Global: a cursor has a session of its own, and would fall back to the machine's zone.
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    if threads is None:
        row = connection.execute("SELECT current_setting('memory_limit')").fetchone()
        affordable = megabytes(str(row[0])) // MEGABYTES_A_THREAD if row else 1
        threads = max(1, min(os.cpu_count() or 1, affordable))
    connection.execute(f"SET threads = {int(threads)}")
    install_duckdb(connection)
    return connection


def megabytes(size: str) -> int:
    """A size as DuckDB shows it, in whole MB (of a million bytes).

    Example:
        >>> megabytes("953.6 MiB"), megabytes("1.5 TiB")
        (999, 1649267)
    """
    number, unit = size.split()
    power = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB").index(unit)
    return int(float(number) * 1024**power // 1_000_000)


class DuckEngine:
    """Computes with DuckDB (see `Engine` for the verbs).

    Args:
        memory: Limit of DuckDB's memory; larger work spills to a temporary folder. `SONNIM_MEMORY`
            sets the default.
        threads: Number of threads; by default all cores, fewer where the memory is small.
        processes: Number of processes for `map`, one per core by default; 1 stays in this process.
        ordered: Whether rows stay in the order in which they are read. Where nobody asks for it,
            writing large files is a tenth faster without.

    Example:
        >>> from sonnim.tables.schema import Column, ColumnType, TableSchema
        >>> one = TableSchema(name="one", version=1, meaning="a number", key=("x",),
        ...     columns=(Column(name="x", type=ColumnType.LONG, meaning="a number"),))
        >>> with DuckEngine() as engine:
        ...     step = Step(name="answer", sql="SELECT 42 AS x", inputs=(), output=one)
        ...     engine.fetch(engine.run([step])).read_all().column("x").to_pylist()
        [42]
    """

    name = "duckdb"
    version = duckdb.__version__

    def __init__(
        self,
        *,
        memory: str | None = None,
        threads: int | None = None,
        processes: int | None = None,
        ordered: bool = True,
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sonnim-duckdb-"))
        self._memory = memory or os.environ.get("SONNIM_MEMORY", DEFAULT_MEMORY)
        self._workers = Workers(processes or os.cpu_count() or 1)
        self._seen: Callable[[int], None] = lambda rows: None
        self._connection = connect(self._memory, threads, self._folder / "spill")
        if not ordered:
            self._sql("SET preserve_insertion_order = false")
        self._maps = 0

    def load(self, table: Table, source: Snapshot | ArrowStream | ArrowArray) -> Table:
        """Makes a snapshot's files, or Arrow batches, readable in SQL as `table.name`."""
        raw = f"{table.name}__raw"
        if isinstance(source, Snapshot):
            if not source.files:
                self._sql(f"CREATE OR REPLACE VIEW {identifier(raw)} AS {_empty(table.schema)}")
            else:
                files = ", ".join(quoted(file) for file in source.files)
                self._sql(
                    f"CREATE OR REPLACE VIEW {identifier(raw)} AS "
                    f"SELECT * FROM read_parquet([{files}], union_by_name = true)"
                )
        else:
            # Copied in: a stream can be read once, and the engine must own what it reads.
            stream = ArrowTable.from_arrow(source)
            self._connection.register("sonnim_stream", stream)
            try:
                self._sql(
                    f"CREATE OR REPLACE TABLE {identifier(raw)} AS SELECT * FROM sonnim_stream"
                )
            finally:
                self._connection.unregister("sonnim_stream")
        self._view(table.name, raw, table.schema)
        return table

    def run(self, steps: Sequence[Step]) -> Table:
        """Runs the steps in order; gives the last one's ticket."""
        for step in steps:
            kind = "TABLE" if step.keep else "VIEW"
            self._drop(step.name)
            try:
                self._sql(f"CREATE {kind} {identifier(step.name)} AS {step.sql}")
            except duckdb.Error as error:
                raise StopError(
                    "step_failed", step=step.name, sql=step.sql, reason=_reason(error)
                ) from error
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
        """Applies a pure function to the table's rows, in several processes where that pays."""
        self._maps += 1
        folder = self._folder / f"map-{self._maps}"
        folder.mkdir(parents=True)
        chosen = tuple(columns) or table.schema.names
        given = table.schema.only((*chosen, *(column for column in by if column not in chosen)))
        selected = _cast(given)
        query = f"SELECT {selected} FROM {identifier(table.name)}"
        if by:
            query += " ORDER BY " + ", ".join(identifier(column) for column in by)
        incoming = folder / "in.parquet"
        # Small groups: a worker reads those of its part only.
        self._sql(
            f"COPY ({query}) TO {quoted(str(incoming))} "
            f"(FORMAT parquet, ROW_GROUP_SIZE {GROUP_ROWS})"
        )
        parts = self._workers.map(
            function, incoming, folder, given, output, by=tuple(by), seen=self._seen
        )
        incoming.unlink()
        self._drop(name)
        if parts:
            files = ", ".join(quoted(str(part)) for part in parts)
            self._sql(f"CREATE VIEW {identifier(name)} AS SELECT * FROM read_parquet([{files}])")
        else:
            self._sql(f"CREATE VIEW {identifier(name)} AS {_empty(output)}")
        return Table(schema=output, name=name)

    def watch(self, seen: Callable[[int], None]) -> None:
        """From now on calls `seen` with the number of rows of each part that is mapped."""
        self._seen = seen

    def fetch(self, table: Table, *, order: Sequence[str] = ()) -> RecordBatchReader:
        """The rows as Arrow batches of exactly the table's schema."""
        query = self._select(table.name, table.schema)
        if order:
            query += " ORDER BY " + ", ".join(f"{identifier(c)} ASC NULLS LAST" for c in order)
        # A cursor of its own: an unfinished result blocks its connection (MEASURED: DuckDB 2.0).
        try:
            result = self._connection.cursor().sql(query)
            reader = RecordBatchReader.from_arrow(result)
        except duckdb.Error as error:
            raise StopError(
                "step_failed", step=table.name, sql=query, reason=_reason(error)
            ) from error
        wanted = arrow_schema(table.schema)
        return RecordBatchReader.from_batches(
            wanted, (cast_batch(batch, wanted) for batch in reader)
        )

    def count(self, table: Table) -> int:
        """Number of rows."""
        # Fetched to the end: an unfinished result blocks its connection.
        sql = f"SELECT count(*) FROM {identifier(table.name)}"
        return int(self._connection.execute(sql).fetchall()[0][0])

    def export(self, table: Table, file: Path, *, order: Sequence[str] = ()) -> int:
        """Writes the table as one Parquet file in compiled code; gives the number of rows.

        Enumerations become strings in the file without a cast, which would take longer.
        """
        have = self._columns(table.name)
        named = tuple(name for name, kind in have.items() if kind.startswith("ENUM("))
        query = self._select(table.name, table.schema, as_they_are=named)
        if order:
            query += " ORDER BY " + ", ".join(f"{identifier(c)} ASC NULLS LAST" for c in order)
        try:
            row = self._connection.execute(
                f"COPY ({query}) TO {quoted(str(file))} "
                "(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 61440)"
            ).fetchone()
        except duckdb.Error as error:
            raise StopError(
                "step_failed", step=table.name, sql=query, reason=_reason(error)
            ) from error
        return int(row[0]) if row else 0

    def export_csv(self, table: Table, file: Path, *, order: Sequence[str] = ()) -> int:
        """Writes the table as CSV in UTF-8; gives the number of rows.

        A text that a spreadsheet would run as a formula gets a ' before it; lists become JSON.
        """
        query = f"SELECT {', '.join(map(_csv_value, table.schema.columns))} FROM ({{}})".format(
            self._select(table.name, table.schema)
        )
        if order:
            query += " ORDER BY " + ", ".join(f"{identifier(c)} ASC NULLS LAST" for c in order)
        row = self._connection.execute(
            f"COPY ({query}) TO {quoted(str(file))} (FORMAT csv, HEADER)"
        ).fetchone()
        return int(row[0]) if row else 0

    def keep(self, name: str, stream: ArrowStream) -> None:
        """Makes any Arrow data readable by name as it is, whatever its columns mean."""
        self._connection.register("sonnim_stream", ArrowTable.from_arrow(stream))
        self._sql(f"CREATE OR REPLACE TABLE {identifier(name)} AS SELECT * FROM sonnim_stream")
        self._connection.unregister("sonnim_stream")

    def left_lines_out(self) -> bool:
        """Whether a scan of a CSV file left out lines that it could not split."""
        try:
            return bool(self._connection.execute("SELECT 1 FROM reject_errors LIMIT 1").fetchall())
        except duckdb.CatalogException:
            # The table exists only after a scan that stores what it rejects.
            return False

    def close(self) -> None:
        """Frees memory, temporary files and the processes of `map`."""
        self._workers.close()
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> "DuckEngine":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _sql(self, statement: str) -> None:
        self._connection.execute(statement)

    def _drop(self, name: str) -> None:
        # A name may have been a view before and be a table now; DROP must name the kind.
        row = self._connection.execute(
            "SELECT table_type FROM information_schema.tables WHERE table_name = ?", [name]
        ).fetchone()
        if row:
            kind = "VIEW" if row[0] == "VIEW" else "TABLE"
            self._sql(f"DROP {kind} {identifier(name)}")

    def _columns(self, name: str) -> dict[str, str]:
        rows = self._connection.execute(
            "SELECT column_name, column_type FROM (DESCRIBE " + identifier(name) + ")"
        ).fetchall()
        return {str(column): str(kind) for column, kind in rows}

    def _view(self, name: str, raw: str, schema: TableSchema) -> None:
        have = self._columns(raw)
        parts = []
        for column in schema.columns:
            sql_type = SQL_TYPES[column.type]
            if column.name not in have:
                if column.required:
                    raise StopError(
                        "column_missing",
                        table=schema.name,
                        column=column.name,
                        received=", ".join(have) or "-",
                    )
                parts.append(f"CAST(NULL AS {sql_type}) AS {identifier(column.name)}")
                continue
            if column.type is ColumnType.TIMESTAMP and have[column.name] in (
                "TIMESTAMP",
                "TIMESTAMP_NS",
                "TIMESTAMP_MS",
                "TIMESTAMP_S",
            ):
                raise StopError("naive_time", table=schema.name, column=column.name)
            parts.append(
                f"CAST({identifier(column.name)} AS {sql_type}) AS {identifier(column.name)}"
            )
        self._drop(name)
        self._sql(
            f"CREATE VIEW {identifier(name)} AS SELECT {', '.join(parts)} FROM {identifier(raw)}"
        )

    def _select(self, name: str, schema: TableSchema, as_they_are: Sequence[str] = ()) -> str:
        have = self._columns(name)
        missing = [column for column in schema.names if column not in have]
        if missing:
            raise StopError(
                "column_missing",
                table=schema.name,
                column=", ".join(missing),
                received=", ".join(have) or "-",
            )
        return f"SELECT {_cast(schema, as_they_are)} FROM {identifier(name)}"


def _csv_value(column: Column) -> str:
    name = identifier(column.name)
    if column.type is ColumnType.STRING:
        formula = f"list_contains(['=', '+', '-', '@', chr(9), chr(13)], left({name}, 1))"
        return f"CASE WHEN {formula} THEN chr(39) || {name} ELSE {name} END AS {name}"
    if column.type is ColumnType.STRINGS:
        return f"CAST(to_json({name}) AS VARCHAR) AS {name}"
    if column.type is ColumnType.TIMESTAMP:
        text = f"strftime(timezone('UTC', {name}), '%Y-%m-%dT%H:%M:%S.%fZ')"
        # Parts of a second only where there are some.
        return f"replace({text}, '.000000Z', 'Z') AS {name}"
    return name


def _cast(schema: TableSchema, as_they_are: Sequence[str] = ()) -> str:
    return ", ".join(
        identifier(c.name)
        if c.name in as_they_are and c.type is ColumnType.STRING
        else f"CAST({identifier(c.name)} AS {SQL_TYPES[c.type]}) AS {identifier(c.name)}"
        for c in schema.columns
    )


def _reason(error: duckdb.Error) -> str:
    # These texts quote the value that failed, and that may be what a customer wrote.
    if isinstance(
        error,
        (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException),
    ):
        return type(error).__name__
    return str(error)


def _empty(schema: TableSchema) -> str:
    parts = ", ".join(
        f"CAST(NULL AS {SQL_TYPES[c.type]}) AS {identifier(c.name)}" for c in schema.columns
    )
    return f"SELECT {parts} WHERE false"

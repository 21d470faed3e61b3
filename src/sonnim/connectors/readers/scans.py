"""DuckDB for readers: bounded memory, UTC, never online; and a first look at a scan."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema

from sonnim.connectors.base import ROW, RawColumn
from sonnim.connectors.names import unique_names
from sonnim.tables.errors import SkipError
from sonnim.tables.step import quoted

_SAMPLE_ROWS = 300
_SAMPLE_CHARACTERS = 400
_BATCH = 20_000
_BATCH_CHARACTERS = 64_000_000


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own; what does not fit into its memory spills to a temporary folder."""
    with (
        tempfile.TemporaryDirectory(prefix="sonnim-read-") as spill,
        duckdb.connect(
            config={
                "memory_limit": os.environ.get("SONNIM_MEMORY", "1GB"),
                "temp_directory": spill,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        ) as connection,
    ):
        # Global: a cursor has a session of its own, and would fall back to the machine's zone.
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        yield connection


def raw_columns(scan: str, label: str) -> tuple[RawColumn, ...]:
    """The columns of a scan with samples from its first rows.

    Raises:
        SkipError: It cannot be read, or has no rows.
    """
    try:
        with connected() as connection:
            # LIMIT on a scan reads only the first blocks.
            cursor = connection.execute(f"SELECT * FROM {scan} LIMIT {_SAMPLE_ROWS}")
            found = [str(column[0]) for column in cursor.description or ()]
            rows = cursor.fetchall()
    except duckdb.Error:
        raise SkipError("files_broken", file=label, kind="table") from None
    if not found:
        raise SkipError("files_broken", file=label, kind="table")
    if not rows:
        raise SkipError("files_header_only", file=label)
    return tuple(
        RawColumn(
            name=name,
            samples=tuple(
                None if row[position] is None else str(row[position])[:_SAMPLE_CHARACTERS]
                for row in rows
            ),
        )
        for position, name in enumerate(found)
        if name != ROW
    )


def temporary_file(suffix: str) -> Path:
    """A new empty file for what a reader makes."""
    with tempfile.NamedTemporaryFile(prefix="sonnim-", suffix=suffix, delete=False) as file:
        return Path(file.name)


def as_parquet(names: list[str], rows: Iterable[list[str | None]]) -> tuple[Path, str]:
    """Writes rows of texts to a temporary Parquet file as they come; gives it and its scan.

    Names are made unique; a row that is shorter than the names ends in nulls.

    Example:
        >>> file, scan = as_parquet(["a", "a"], [["1", "2"], ["3"]])
        >>> duckdb.sql(f"SELECT * FROM {scan}").fetchall()
        [('1', '2'), ('3', None)]
        >>> file.unlink()
    """
    columns = unique_names(names)
    file = temporary_file(".parquet")
    failed: list[BaseException] = []
    try:
        with connected() as connection:
            connection.register("sonnim_rows", _batches(columns, rows, failed))
            connection.execute(
                f"COPY (SELECT * FROM sonnim_rows) TO {quoted(str(file))} "
                "(FORMAT parquet, USE_TMP_FILE false)"
            )
    except BaseException:
        file.unlink(missing_ok=True)
        if failed:
            # What went wrong while the rows were made, not that DuckDB could not read on.
            raise failed[0] from None
        raise
    return file, f"read_parquet({quoted(str(file))})"


def _batches(
    columns: list[str], rows: Iterable[list[str | None]], failed: list[BaseException]
) -> RecordBatchReader:
    schema = Schema([Field(name, DataType.string(), nullable=True) for name in columns])

    def made() -> Iterator[RecordBatch]:
        held: list[list[str | None]] = []
        size = 0
        try:
            for row in rows:
                held.append(row)
                size += sum(map(len, filter(None, row)))
                if len(held) >= _BATCH or size >= _BATCH_CHARACTERS:
                    yield _batch(held, schema)
                    held, size = [], 0
            if held:
                yield _batch(held, schema)
        except BaseException as error:
            failed.append(error)
            raise

    return RecordBatchReader.from_batches(schema, made())


def _batch(rows: list[list[str | None]], schema: Schema) -> RecordBatch:
    width = len(schema)
    full = [row if len(row) == width else (row + [None] * width)[:width] for row in rows]
    arrays = [_strings(list(cells)) for cells in zip(*full, strict=True)]
    return RecordBatch.from_arrays(arrays, schema=schema)


def _strings(cells: list[str | None]) -> Array:
    try:
        return Array(cells, type=DataType.string())
    except UnicodeEncodeError:
        # Half an emoji has no place in UTF-8.
        whole = [cell and cell.encode("utf-8", "replace").decode("utf-8") for cell in cells]
        return Array(whole, type=DataType.string())

"""`map` on one machine: parts of a Parquet file, each read, mapped and written by a process."""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import duckdb
from arro3.core import RecordBatch, Schema
from arro3.core import Table as ArrowTable

from sonnim.engines.base import BatchFunction
from sonnim.tables.arrow import arrow_schema
from sonnim.tables.errors import StopError
from sonnim.tables.schema import TableSchema
from sonnim.tables.step import identifier, quoted

PART_ROWS = 20_000
BATCH_ROWS = 2_000
# Below this a process costs more (start, model loading) than it saves.
POOL_FROM_ROWS = 6_000


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the work, small enough to be pickled."""

    incoming: Path
    outgoing: Path
    start: int
    stop: int
    given: TableSchema
    output: TableSchema
    by: tuple[str, ...]


def map_parts(
    function: BatchFunction,
    incoming: Path,
    folder: Path,
    given: TableSchema,
    output: TableSchema,
    *,
    by: tuple[str, ...],
    processes: int,
) -> list[Path]:
    """Maps a Parquet file part by part; gives the files made, in the order of the rows.

    Raises:
        StopError: The function gave batches of another schema, or a process died.
    """
    bounds = _bounds(incoming, by)
    parts = [
        Part(
            incoming=incoming,
            outgoing=folder / f"part-{number:06d}.parquet",
            start=start,
            stop=stop,
            given=given,
            output=output,
            by=by,
        )
        for number, (start, stop) in enumerate(bounds)
    ]
    rows = bounds[-1][1] if bounds else 0
    # A function of the caller's own script cannot be imported by another process.
    alone = getattr(getattr(function, "func", function), "__module__", "__main__") == "__main__"
    if processes == 1 or rows < POOL_FROM_ROWS or len(parts) == 1 or alone:
        done = [work(function, part) for part in parts]
    else:
        done = _in_processes(function, parts, min(processes, len(parts)))
    return [part.outgoing for part, wrote in zip(parts, done, strict=True) if wrote]


def _in_processes(function: BatchFunction, parts: list[Part], processes: int) -> list[bool]:
    waiting: SimpleQueue[tuple[int, Part] | None] = SimpleQueue()
    for numbered in enumerate(parts):
        waiting.put(numbered)
    done: dict[int, bool] = {}
    failed: list[BaseException] = []
    threads = [
        Thread(target=_drive, args=(function, waiting, done, failed), daemon=True)
        for _ in range(processes)
    ]
    for thread in threads:
        waiting.put(None)
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return [done[number] for number in range(len(parts))]


def _drive(
    function: BatchFunction,
    waiting: "SimpleQueue[tuple[int, Part] | None]",
    done: dict[int, bool],
    failed: list[BaseException],
) -> None:
    """Feeds one worker process part after part (`map_worker.py`)."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "sonnim.engines.map_worker"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as worker:
        requests, answers = worker.stdin, worker.stdout
        if requests is None or answers is None:
            failed.append(StopError("map_process_died"))
            return
        while not failed and (numbered := waiting.get()) is not None:
            number, part = numbered
            try:
                pickle.dump((function, part), requests)
                requests.flush()
                reply = pickle.load(answers)
            except (EOFError, BrokenPipeError, pickle.UnpicklingError):
                failed.append(StopError("map_process_died"))
                break
            if isinstance(reply, BaseException):
                failed.append(reply)
                break
            done[number] = reply
        requests.close()


def cast_batch(record_batch: RecordBatch, wanted: Schema) -> RecordBatch:
    """The batch with each column cast: the same types may differ in zone or field names."""
    arrays = [
        record_batch.column(position).cast(wanted.field(position).type)
        for position in range(len(wanted.names))
    ]
    return RecordBatch.from_arrays(arrays, schema=wanted)


def _bounds(incoming: Path, by: tuple[str, ...]) -> list[tuple[int, int]]:
    with duckdb.connect() as connection:
        source = f"read_parquet({quoted(str(incoming))}, file_row_number = true)"
        rows = _one(connection, f"SELECT count(*) FROM {source}")
        if rows == 0:
            return []
        if not by:
            size = min(PART_ROWS, max(BATCH_ROWS, -(-rows // 8)))
            return [(start, min(start + size, rows)) for start in range(0, rows, size)]
        keys = ", ".join(identifier(column) for column in by)
        starts = [
            int(row[0])
            for row in connection.execute(
                f"SELECT min(file_row_number) FROM {source} GROUP BY {keys} ORDER BY 1"
            ).fetchall()
        ]
    cuts = [0]
    for start in starts:
        if start - cuts[-1] >= PART_ROWS:
            cuts.append(start)
    return list(zip(cuts, [*cuts[1:], rows], strict=True))


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def work(function: BatchFunction, part: Part) -> bool:
    """Maps one part and writes its file; gives whether there were any rows."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        relation = connection.sql(
            f"SELECT * EXCLUDE (file_row_number) FROM read_parquet({quoted(str(part.incoming))}, "
            f"file_row_number = true) WHERE file_row_number >= {part.start} "
            f"AND file_row_number < {part.stop} ORDER BY file_row_number"
        )
        table = ArrowTable.from_arrow(relation)
        wanted = arrow_schema(part.output)
        batches = []
        for chunk in _chunks(table, part.by):
            made = function(cast_batch(chunk, arrow_schema(part.given)))
            if made.schema.names != wanted.names:
                raise StopError(
                    "map_wrong_schema",
                    table=part.output.name,
                    allowed=", ".join(wanted.names),
                    received=", ".join(made.schema.names),
                )
            if made.num_rows:
                batches.append(made)
        if not batches:
            return False
        connection.register("made", ArrowTable.from_batches(batches, schema=wanted))
        # Written beside and renamed: a part is there whole or not at all.
        temporary = part.outgoing.with_suffix(".tmp")
        connection.execute(f"COPY made TO {quoted(str(temporary))} (FORMAT parquet)")
        temporary.rename(part.outgoing)
    return True


def _chunks(table: ArrowTable, by: tuple[str, ...]) -> Iterator[RecordBatch]:
    whole = table.combine_chunks()
    if not by:
        for start in range(0, whole.num_rows, BATCH_ROWS):
            yield from whole.slice(start, min(BATCH_ROWS, whole.num_rows - start)).to_batches()
        return
    keys = list(zip(*(whole.column(column).to_pylist() for column in by), strict=True))
    start = 0
    for position in range(1, len(keys) + 1):
        if position == len(keys) or keys[position] != keys[start]:
            yield whole.slice(start, position - start).combine_chunks().to_batches()[0]
            start = position

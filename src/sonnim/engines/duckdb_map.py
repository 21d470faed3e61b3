"""`map` on one machine: parts of a Parquet file, each read, mapped and written by a process."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import duckdb
from arro3.core import RecordBatch, Schema
from arro3.core import Table as ArrowTable

from sonnim.engines.base import THREADS_VARIABLE, BatchFunction
from sonnim.tables.arrow import arrow_schema
from sonnim.tables.errors import StopError
from sonnim.tables.schema import TableSchema
from sonnim.tables.step import identifier, quoted

# Multiples of the rows that DuckDB takes at a time (2,048).
BATCH_ROWS = 2_048
GROUP_ROWS = 10_240
PART_ROWS = 20_480
# Below this, processes that load their models one by one cost more than one process with threads
# (`threads` in base.py): measured with a model that loads in two seconds (Kiwi).
POOL_FROM_ROWS = 20_000
# Parts for each process, so that they end at nearly the same time.
_PARTS_EACH = 4


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


class Workers:
    """The processes of `map`: started when they first pay, kept for the next map, ended by `close`.

    They keep what a function loads (a model takes seconds), and so a table may be mapped chunk
    after chunk.

    Args:
        processes: How many at most.
    """

    def __init__(self, processes: int) -> None:
        self._most = processes
        self._running: list[subprocess.Popen[bytes]] = []

    def map(
        self,
        function: BatchFunction,
        incoming: Path,
        folder: Path,
        given: TableSchema,
        output: TableSchema,
        *,
        by: tuple[str, ...],
        seen: Callable[[int], None],
    ) -> list[Path]:
        """Maps a Parquet file part by part; gives the files made, in the order of the rows.

        Args:
            function: The function.
            incoming: The file.
            folder: Where the results go.
            given: Schema of the batches that the function gets.
            output: Schema of the batches that it must give.
            by: Columns whose groups must stay whole.
            seen: Called with the number of rows of each part that is done.

        Raises:
            StopError: The function gave batches of another schema, or a process died.
        """
        bounds = _bounds(incoming, by, self._most)
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
        few = rows < POOL_FROM_ROWS and not self._running
        done: list[bool] = []
        if self._most == 1 or few or len(parts) == 1 or alone:
            # Done here, next to what the processes hold: models of hundreds of MB each.
            self.close()
            for part in parts:
                done.append(work(function, part))
                seen(part.stop - part.start)
        else:
            done = self._in_processes(function, parts, seen)
        return [part.outgoing for part, wrote in zip(parts, done, strict=True) if wrote]

    def close(self) -> None:
        """Ends the processes. They hold nothing: what they made is in files."""
        for worker in self._running:
            worker.kill()
        for worker in self._running:
            # What stood in the pipe of a killed process can no longer be written.
            with suppress(OSError), worker:
                pass
        self._running.clear()

    def _in_processes(
        self, function: BatchFunction, parts: list[Part], seen: Callable[[int], None]
    ) -> list[bool]:
        while len(self._running) < min(self._most, len(parts)):
            self._running.append(_worker())
        waiting: SimpleQueue[tuple[int, Part]] = SimpleQueue()
        for numbered in enumerate(parts):
            waiting.put(numbered)
        replies: SimpleQueue[tuple[int, object]] = SimpleQueue()
        for worker in self._running:
            Thread(target=_drive, args=(worker, function, waiting, replies), daemon=True).start()
        done: dict[int, bool] = {}
        try:
            while len(done) < len(parts):
                number, reply = replies.get()
                if isinstance(reply, BaseException):
                    raise reply
                done[number] = bool(reply)
                seen(parts[number].stop - parts[number].start)
        except BaseException:
            # Whatever broke off (an error, Ctrl-C), the others may be in the midst of a part.
            self.close()
            raise
        return [done[number] for number in range(len(parts))]


def _worker() -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        THREADS_VARIABLE: "1",
    }
    command = [sys.executable, "-m", "sonnim.engines.map_worker"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


def _drive(
    worker: "subprocess.Popen[bytes]",
    function: BatchFunction,
    waiting: "SimpleQueue[tuple[int, Part]]",
    replies: "SimpleQueue[tuple[int, object]]",
) -> None:
    """Feeds one worker process part after part (`map_worker.py`)."""
    requests, answers = worker.stdin, worker.stdout
    while requests is not None and answers is not None:
        try:
            number, part = waiting.get_nowait()
        except Empty:
            return
        reply: object
        try:
            pickle.dump((function, part), requests)
            requests.flush()
            reply = pickle.load(answers)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            # Also when it was ended by `close` while we waited: then nobody listens.
            reply = StopError("map_process_died")
        replies.put((number, reply))
        if isinstance(reply, BaseException):
            return


def cast_batch(record_batch: RecordBatch, wanted: Schema) -> RecordBatch:
    """The batch with each column cast: the same types may differ in zone or field names."""
    arrays = [
        record_batch.column(position).cast(wanted.field(position).type)
        for position in range(len(wanted.names))
    ]
    return RecordBatch.from_arrays(arrays, schema=wanted)


def _bounds(incoming: Path, by: tuple[str, ...], processes: int) -> list[tuple[int, int]]:
    with duckdb.connect() as connection:
        source = f"read_parquet({quoted(str(incoming))}, file_row_number = true)"
        rows = _one(connection, f"SELECT count(*) FROM {source}")
        if rows == 0:
            return []
        if not by:
            batches = -(-rows // (_PARTS_EACH * processes * BATCH_ROWS))
            size = min(PART_ROWS, batches * BATCH_ROWS)
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

"""Reads delimited text that is not well-formed: every record is taken whole or rejected.

A stray quote costs its own line and not the rest of the file; rows keep their true numbers.
"""

import csv
import tempfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import duckdb
from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema

from sonnim.connectors.base import ROW, Rejection
from sonnim.connectors.readers.layout import BOM, LONGEST, UNREADABLE, Layout
from sonnim.tables.step import quoted

_CUT = "the file is cut off here"
_CUT_LINES = 200
"""Lines that the last cell of a cut file may have; where it had more, a quote is astray."""
_BATCH_ROWS = 10_000
_BATCH_CHARACTERS = 4_000_000
_RAW_CHARACTERS = 32_000_000
"""Of rejected rows kept in whole; of later ones the beginning is."""
_RAW_BEGINNING = 200


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What came of a careful reading.

    Attributes:
        file: A Parquet file with the raw columns as text and `ROW`.
        rows: How many rows are in it.
        rejections: The other records.
    """

    file: Path
    rows: int
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record of a file: its cells, or why it has none."""

    cells: tuple[str, ...] = ()
    reason: str = ""
    raw: str = ""


def copied(layout: Layout, *, cut: bool = False) -> Copied:
    """Copies what can be read of a file to Parquet.

    Args:
        layout: The file.
        cut: Whether the file breaks off at its end; its last record is rejected then.
    """
    reading = _Reading(layout, cut)
    with tempfile.NamedTemporaryFile(prefix="sonnim-", suffix=".parquet", delete=False) as made:
        file = Path(made.name)
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.register(
                "copied", RecordBatchReader.from_batches(reading.schema, reading.batches())
            )
            # The file is there already: DuckDB would write beside it and leave that if it failed.
            connection.execute(
                f"COPY copied TO {quoted(str(file))} (FORMAT parquet, USE_TMP_FILE false)"
            )
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return Copied(file=file, rows=reading.taken, rejections=tuple(reading.rejections))


def records(layout: Layout, *, cut: bool = False) -> Iterator[Record]:
    """The records of a file in its order, without the header and without blank lines.

    Args:
        layout: The file.
        cut: Whether the file breaks off at its end; its last record is rejected then.
    """
    csv.field_size_limit(LONGEST)
    with layout.path.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
        lines = _Lines(stream)
        held: Record | None = None
        # One behind: only then is it known which record is the last.
        for number, record in enumerate(_records(lines, layout, cut)):
            if held is not None:
                yield held
            held = record if number or not layout.header else None
        if held is not None:
            yield Record(reason=_CUT, raw=held.raw) if cut else held


class _Reading:
    """Gives batches of rows and keeps what is rejected meanwhile."""

    def __init__(self, layout: Layout, cut: bool) -> None:
        self._layout = layout
        self._cut = cut
        self._kept = 0
        self.taken = 0
        self.rejections: list[Rejection] = []
        text = DataType.string()
        self.schema = Schema(
            [Field(name, text, nullable=True) for name in layout.names]
            + [Field(ROW, DataType.int64(), nullable=False)]
        )

    def batches(self) -> Iterator[RecordBatch]:
        rows: list[tuple[str, ...]] = []
        numbers: list[int] = []
        characters = 0
        for number, record in enumerate(records(self._layout, cut=self._cut), start=1):
            if record.reason:
                self._reject(number, record)
                continue
            rows.append(record.cells)
            numbers.append(number)
            characters += sum(map(len, record.cells))
            if len(rows) == _BATCH_ROWS or characters > _BATCH_CHARACTERS:
                yield self._batch(rows, numbers)
                rows, numbers, characters = [], [], 0
        if rows:
            yield self._batch(rows, numbers)

    def _reject(self, number: int, record: Record) -> None:
        raw = UNREADABLE.sub("\ufffd", record.raw)
        if self._kept > _RAW_CHARACTERS:
            raw = raw[:_RAW_BEGINNING]
        self._kept += len(raw)
        self.rejections.append(Rejection(row=number, reason=record.reason, raw=raw))

    def _batch(self, rows: list[tuple[str, ...]], numbers: list[int]) -> RecordBatch:
        self.taken += len(rows)
        text = DataType.string()
        columns = [
            Array([cell or None for cell in column], type=text)
            for column in zip(*rows, strict=True)
        ]
        return RecordBatch.from_arrays(
            [*columns, Array(numbers, type=DataType.int64())], schema=self.schema
        )


class _Lines:
    """Lines of a text with their ends, at most `LONGEST` long; some can be given back."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._back: deque[str] = deque()
        self._first = True

    def next(self) -> str:
        """The next line, "" at the end."""
        if self._back:
            return self._back.popleft()
        line = self._stream.readline(LONGEST)
        if self._first:
            self._first = False
            line = line.removeprefix(BOM)
        if len(line) == LONGEST and not line.endswith(("\n", "\r")):
            while rest := self._stream.readline(LONGEST):
                if rest.endswith(("\n", "\r")):
                    break
            # Longer than what is read: made one character longer, so that it is seen.
            return line + "\n"
        return line

    def give_back(self, lines: list[str]) -> None:
        """These come next again."""
        self._back.extendleft(reversed(lines))


def _records(lines: _Lines, layout: Layout, cut: bool) -> Iterator[Record]:
    width = len(layout.names)
    delimiter = layout.delimiter
    while line := lines.next():
        text = line.rstrip("\r\n")
        if not text.strip("\x00"):
            continue
        if len(line) > LONGEST:
            yield Record(reason="too long", raw=text[:_RAW_BEGINNING])
            continue
        if '"' not in line:
            yield _checked(_split(text, delimiter, width), width, text)
            continue
        yield _quoted_record(line, lines, delimiter, width, cut)


def _quoted_record(line: str, lines: _Lines, delimiter: str, width: int, cut: bool) -> Record:
    text = line.rstrip("\r\n")
    cells, opened = _parsed([line], delimiter)
    if cells is not None:
        record = _checked(cells if width > 1 or len(cells) == 1 else (text,), width, text)
        if not record.reason:
            return record
        # "a", "b": spaces before quotes are meant as nothing.
        spaced, _ = _parsed([line], delimiter, skip=True)
        return _checked(spaced, width, text) if spaced and len(spaced) == width else record
    if opened:
        several = _several_lines(line, lines, delimiter, width, cut)
        return several or Record(reason="a quote is opened and not closed", raw=text)
    # "so" he said: the quotes are part of what was said, if the cells are as many as they must be.
    cells = _split(text, delimiter, width)
    if len(cells) == width:
        return _checked(cells, width, text)
    return Record(reason="a quote stands astray", raw=text)


def _split(text: str, delimiter: str, width: int) -> tuple[str, ...]:
    # In a list of texts, one a line, a comma is a comma.
    return tuple(text.split(delimiter)) if width > 1 else (text,)


def _several_lines(
    line: str, lines: _Lines, delimiter: str, width: int, cut: bool
) -> Record | None:
    """The record that begins with this line and goes on over the next ones, or None."""
    taken = [line]
    characters = len(line)
    while more := lines.next():
        taken.append(more)
        characters += len(more)
        if characters > LONGEST:
            break
        if more.count('"') % 2 == 0:
            continue
        cells, opened = _parsed(taken, delimiter)
        if cells is not None:
            record = _checked(cells, width, "".join(taken).rstrip("\r\n"))
            if not record.reason or "\ufffd" in record.reason:
                return record
            break
        if not opened:
            break
    else:
        if cut and len(taken) <= _CUT_LINES:
            # The cell goes on where the file does not: its lines are no rows of their own.
            return Record(reason=_CUT, raw="".join(taken))
    lines.give_back(taken[1:])
    return None


def _parsed(
    lines: list[str], delimiter: str, *, skip: bool = False
) -> tuple[tuple[str, ...] | None, bool]:
    """The cells of one record, or None and whether a quote is still open."""
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True, skipinitialspace=skip)
    try:
        cells = tuple(next(reader))
        return (cells, False) if reader.line_num == len(lines) else (None, False)
    except csv.Error as error:
        return None, "unexpected end" in str(error)


def _checked(cells: tuple[str, ...], width: int, raw: str) -> Record:
    if len(cells) > width and not any(cells[width:]):
        # Some programs end each line with a delimiter.
        cells = cells[:width]
    if len(cells) != width:
        return Record(reason=f"columns: {len(cells)} instead of {width}", raw=raw)
    if not raw.isascii() and UNREADABLE.search(raw):
        return Record(reason="encoding: not readable", raw=raw)
    if "\x00" in raw:
        # A NUL ends a string in many programs; it never means anything in a text.
        cells = tuple(cell.replace("\x00", "") for cell in cells)
    return Record(cells=cells, raw=raw)

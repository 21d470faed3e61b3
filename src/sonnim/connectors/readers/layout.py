"""CSV, TSV and other texts with a delimiter: encoding, delimiter and header are found out.

Nothing is ever read leniently: a lenient reader cuts and shifts cells without a word. What a strict
reading leaves out is noticed by counting records, and then `careful.py` reads the file again.
"""

import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonnim.connectors.names import unique_names
from sonnim.tables.errors import SkipError
from sonnim.tables.step import quoted

DELIMITERS = (",", "\t", ";", "|")
LONGEST = 16_000_000
"""Characters of one record; longer ones are rejected."""
WIDEST = 10_000
"""Columns of one file."""
BOM = "\ufeff"
UNREADABLE = re.compile("[\ud800-\udfff]")
"""Stands in the text for a byte that fits no encoding."""

_HEAD = 256 * 1024
_ROWS = 200
_BLOCK = 1 << 20
_GOES_ON = re.compile(rb'" +"')
_END, _BLANK, _QUOTE = b'\n "'
_AHEAD = 64
_FEW = 2_000


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How one delimited text file is laid out.

    Attributes:
        path: The file, in UTF-8.
        delimiter: Between cells.
        names: Names of the columns, unique and not empty.
        header: Whether the first record holds them.
        simple: Whether the header is one well-formed line at the very top.
    """

    path: Path
    delimiter: str
    names: tuple[str, ...]
    header: bool
    simple: bool


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What the line ends and quotes of a file say about its records.

    Attributes:
        records: Line ends outside of quotes: the records, if no quote stands astray.
        several_lines: Whether there are line ends within quotes.
        whole: Whether each quote is closed and each line ends in a usual way, no quoted cell goes
            on behind its quotes (`"a" "b"`), which DuckDB reads without them, and there is no NUL.
    """

    records: int
    several_lines: bool
    whole: bool


def layout_of(path: Path, label: str) -> Layout:
    """Finds the delimiter and the names of the columns by the first records.

    Raises:
        SkipError: There is nothing in the file, or far too many columns.
    """
    csv.field_size_limit(LONGEST)
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
        head = stream.read(_HEAD)
        if "\n" not in head and "\r" not in head:
            head += stream.readline(LONGEST)
        more = bool(stream.read(1))
    head = head.removeprefix(BOM)
    if not head.strip():
        raise SkipError("files_empty", file=label)
    if more and "\n" in head:
        # The last line is cut by our look and would count as one of another width.
        head = head[: head.rindex("\n") + 1]
    best: tuple[float, str, list[list[str]]] = (-1.0, ",", [])
    for delimiter in DELIMITERS:
        rows = _first_rows(head, delimiter)
        width = len(rows[0]) if rows else 0
        same = sum(len(row) == width for row in rows) / max(len(rows), 1)
        # More columns, and the same number in each row, speak for a delimiter.
        score = same * min(width, 50) if width > 1 else 0.5 * width
        if score > best[0]:
            best = (score, delimiter, rows)
    _, delimiter, rows = best
    if not rows:
        raise SkipError("files_broken", file=label, kind="CSV")
    first = rows[0]
    if len(first) > WIDEST:
        raise SkipError("files_too_wide", file=label, columns=len(first), allowed=WIDEST)
    header = not any(_is_value(cell) for cell in first)
    if header and len(rows) == 1 and not more:
        raise SkipError("files_header_only", file=label)
    names = first if header else [f"column_{number + 1}" for number in range(len(first))]
    return Layout(
        path=path,
        delimiter=delimiter,
        names=tuple(unique_names([UNREADABLE.sub("\ufffd", name) for name in names])),
        header=header,
        simple=_one_line(head, delimiter) == first,
    )


def counted(path: Path) -> Counted:
    """Counts records by line ends and quotes, at the speed of reading the file."""
    size, threads = path.stat().st_size, os.cpu_count() or 1
    # A share of the file for each thread, in whole blocks.
    share = max(1, -(-size // (_BLOCK * threads))) * _BLOCK
    with ThreadPoolExecutor(max_workers=threads) as pool:
        shares = pool.map(lambda start: list(_blocks(path, start, share)), range(0, size, share))
        blocks = [block for found in shares for block in found]
    records = within = inside = 0
    for block in blocks:
        there = block.ends - block.within if inside else block.within
        within += there
        records += block.ends - there
        inside = (inside + block.quotes) & 1
    # The last record may end with the file; blank lines behind it are none.
    records += 1 - _ends_at_end(path)
    odd = any(block.odd for block in blocks)
    return Counted(records=records, several_lines=within > 0, whole=not inside and not odd)


@dataclass(frozen=True, kw_only=True)
class _Block:
    """Of one block of a file, as if it began outside of quotes: its quotes, its line ends, those
    within quotes, and whether there is anything odd.
    """

    quotes: int
    ends: int
    within: int
    odd: bool


def _blocks(path: Path, start: int, share: int) -> Iterator[_Block]:
    # The same memory for all blocks: to ask the system for it each time takes longer than to count.
    memory, found = bytearray(_BLOCK + _AHEAD), np.empty(_BLOCK, np.bool_)
    with path.open("rb") as stream:
        for begin in range(start, start + share, _BLOCK):
            stream.seek(begin)
            # A little more is looked at: what is odd may stand across the border.
            there = stream.readinto(memory)
            if not there:
                return
            yield _block(memory, there, found)


def _block(memory: bytearray, there: int, found: NDArray[np.bool_]) -> _Block:
    size = min(there, _BLOCK)
    signs, marks = np.frombuffer(memory, np.uint8, there), found[:size]
    ends = int(np.count_nonzero(np.equal(signs[:size], _END, out=marks)))
    quotes = np.flatnonzero(np.equal(signs[:size], _QUOTE, out=marks))
    behind = signs[quotes[quotes < there - 1] + 1]
    odd = bool((behind == _BLANK).any()) and _GOES_ON.search(memory, 0, there) is not None
    odd = odd or memory.find(b"\x00", 0, size) >= 0
    if memory.find(b"\r", 0, size) >= 0:
        # Of the pair at the border, the first half is ours.
        pairs = memory.count(b"\r\n", 0, min(there, size + 1))
        odd = odd or memory.count(b"\r", 0, size) != pairs
    return _Block(
        quotes=len(quotes), ends=ends, within=_within(memory, size, signs, quotes), odd=odd
    )


def _within(
    memory: bytearray, size: int, signs: NDArray[np.uint8], quotes: NDArray[np.int64]
) -> int:
    """Line ends between the first quote and the second, the third and the fourth, and so on."""
    if len(quotes) % 2:
        quotes = np.append(quotes, size)
    if len(quotes) < _FEW:
        pairs = zip(quotes[::2].tolist(), quotes[1::2].tolist(), strict=True)
        return sum(memory.count(b"\n", begin, end) for begin, end in pairs)
    before = np.searchsorted(np.flatnonzero(signs[:size] == _END), quotes)
    return int((before[1::2] - before[::2]).sum())


def _ends_at_end(path: Path) -> int:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 4096))
        last = stream.read()
    return last[len(last.rstrip(b"\r\n")) :].count(b"\n")


def strict_scan(layout: Layout, several_lines: bool) -> str:
    """An SQL table expression of DuckDB that rejects whatever is not well-formed."""
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in layout.names)
    return (
        f"read_csv({quoted(str(layout.path))}, columns = {{{columns}}}, auto_detect = false, "
        f"header = {'true' if layout.header else 'false'}, delim = {quoted(layout.delimiter)}, "
        "quote = '\"', escape = '\"', ignore_errors = true, store_rejects = true, "
        # Threads that begin within a cell of several lines may take its lines for records.
        f"strict_mode = true, parallel = {'false' if several_lines else 'true'})"
    )


def _first_rows(head: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) == _ROWS:
                break
    except csv.Error:
        # What came before a cell that is too long still tells the delimiter.
        return rows
    return rows


def _one_line(head: str, delimiter: str) -> Sequence[str]:
    line = head.partition("\n")[0].removesuffix("\r")
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), ())
    except csv.Error:
        return ()


def _is_value(cell: str) -> bool:
    text = cell.strip().replace(",", "")
    if len(text) > 200:
        return True
    try:
        float(text)
        return True
    except ValueError:
        return text[:4].isdigit() and len(text) >= 8 and text[4:5] in ("-", ".", "/")

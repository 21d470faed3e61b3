"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS): each visible sheet that holds a table.

The header is found below titles; dates become ISO texts (also in workbooks that count from 1904);
numbers have no noise of their binary form, and no exponent. What was merged over several rows
stands in each of them.
"""

import datetime
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from sonnim.connectors.names import unique_names
from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.packed import BROKEN_ZIP
from sonnim.connectors.readers.scans import as_parquet, connected
from sonnim.connectors.readers.workbook_probe import MEMORY, survives
from sonnim.tables.errors import SkipError
from sonnim.tables.step import identifier

_SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".ods")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_TOP = 60
_MOST_TITLES = 10
_LONGEST_NAME = 200
_TALLEST = 10_000
# A column takes some 64 KB while it is written down; a sheet may have 16,384.
_WIDEST = 5_000
# A workbook is held in memory; a million rows of text are less than this.
_LARGEST = 2 << 30
_FREE = 64 << 20
_RATIO = 200
_VALUE = re.compile(r"[-+]?[\d.,]+%?|\d{4}[-./]\d{1,2}[-./]\d{1,2}.*")
_EXACT = 10**15


def _likeness(head: bytes, suffix: str) -> int:
    if head.startswith(_OLE):
        return 3
    if head.startswith(b"PK\x03\x04"):
        # Zip files that are no workbooks were unpacked before.
        return 3
    return 2 if suffix in _SUFFIXES else 0


def _open(handed: Handed) -> Iterator[Opened]:
    _refuse_bomb(handed)
    if not survives(handed.path):
        raise SkipError("files_workbook_large", file=handed.label, allowed=f"{MEMORY:,}")
    try:
        with handed.path.open("rb") as stream, CalamineWorkbook.from_filelike(stream) as workbook:
            yield from _sheets(workbook, handed)
    except PasswordError:
        raise SkipError("files_encrypted", file=handed.label) from None
    except (CalamineError, OSError, ValueError):
        key = "files_encrypted" if _locked(handed) else "files_broken"
        raise SkipError(key, file=handed.label, kind="XLSX") from None
    except BaseException as error:
        # The library is written in Rust, whose panics are no Exceptions.
        if type(error).__name__ == "PanicException":
            raise SkipError("files_broken", file=handed.label, kind="XLSX") from None
        raise


def _locked(handed: Handed) -> bool:
    """Whether it is a workbook with a password: these are packed into a file of the old kind."""
    return handed.head.startswith(_OLE) and _PACKAGE in handed.path.read_bytes()


def _refuse_bomb(handed: Handed) -> None:
    if not handed.head.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(handed.path) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except BROKEN_ZIP:
        raise SkipError("files_broken", file=handed.label, kind="XLSX") from None
    if size > _LARGEST:
        raise SkipError("files_too_large", file=handed.label, allowed=f"{_LARGEST:,}")
    if size > _FREE and size > handed.path.stat().st_size * _RATIO:
        raise SkipError("files_bomb", file=handed.label, allowed=_RATIO)


def _sheets(workbook: CalamineWorkbook, handed: Handed) -> Iterator[Opened]:
    tables: list[tuple[str, CalamineSheet, _Top]] = []
    for meta in workbook.sheets_metadata:
        visible = meta.visible == SheetVisibleEnum.Visible
        if not visible or meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        top = _top_of(sheet) if sheet.start is not None else None
        if top is not None:
            tables.append((meta.name, sheet, top))
    if not tables:
        raise SkipError("files_empty", file=handed.label)
    for name, sheet, top in tables:
        label = f"{handed.label}#{name}" if len(tables) > 1 else handed.label
        if len(top.names) > _WIDEST:
            raise SkipError("files_too_wide", file=label, columns=len(top.names), allowed=_WIDEST)
        file, scan = as_parquet(list(top.names), _rows(sheet, top))
        yield Opened(
            label=label,
            scan=_without_empty(scan, top),
            part=name,
            temporary=(file,),
            rejections=handed.rejections,
        )


@dataclass(frozen=True, kw_only=True)
class _Top:
    """Where the table of a sheet begins.

    Attributes:
        skip: Rows above the first row of values.
        names: Names of the columns.
        nameless: Positions of columns without a name of their own.
    """

    skip: int
    names: tuple[str, ...]
    nameless: tuple[int, ...]


def _top_of(sheet: CalamineSheet) -> _Top | None:
    """Finds the header among the first rows: the first that is as full as the rows below."""
    rows = [[_text(cell) for cell in row] for row in islice(_filled(sheet), _TOP)]
    different = [len({cell for cell in row if cell}) for row in rows]
    full = [n for n in different if n]
    if not full:
        return None
    titles = next((n for n, count in enumerate(full) if count > 1), 0)
    if titles <= _MOST_TITLES and len(full) - titles > 1 and min(full[titles:]) > 1:
        # A line of one cell each, and then a table to the end: they may be more than its rows.
        full = full[titles:]
    usual = Counter(sorted(full, reverse=True)).most_common(1)[0][0]
    if len(full) < 4:
        usual = max(full)
    place = next(n for n, count in enumerate(different) if count >= max(1, usual * 0.6))
    grouped = {top for (top, left), (_, right) in sheet.merged_cell_ranges or () if right > left}
    while place in grouped and place + 1 < len(rows) and different[place + 1] >= different[place]:
        # Names of groups of columns, above the names of the columns.
        place += 1
    header = rows[place]
    named = all(_is_name(cell) for cell in header if cell)
    below = any(any(row) for row in rows[place + 1 :])
    if named and not below:
        return None
    names = [(cell or "") if named else "" for cell in header]
    return _Top(
        skip=place + named,
        names=tuple(unique_names(names)),
        nameless=tuple(n for n, name in enumerate(names) if not name.strip()),
    )


def _is_name(cell: str) -> bool:
    return len(cell) <= _LONGEST_NAME and not _VALUE.fullmatch(cell.strip())


def _rows(sheet: CalamineSheet, top: _Top) -> Iterator[list[str | None]]:
    texts = _TEXTS
    for row in islice(_filled(sheet), top.skip, None):
        cells = [texts[type(cell)](cell) for cell in row]
        if any(cells):
            yield cells


def _filled(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """The rows of a sheet from its top; what is merged over several rows stands in each."""
    # For each row the places that belong to a cell above, and the rows that these begin in.
    merged: dict[int, list[tuple[int, int]]] = {}
    begins: dict[int, set[int]] = {}
    left = sheet.start[1] if sheet.start else 0
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        for number in range(top + 1, min(bottom, top + _TALLEST) + 1):
            merged.setdefault(number, []).append((top, column - left))
        begins.setdefault(top, set()).add(column - left)
    if not merged:
        yield from sheet.iter_rows()
        return
    held: dict[tuple[int, int], Any] = {}
    for number, row in enumerate(sheet.iter_rows()):
        for place in begins.get(number, ()):
            if 0 <= place < len(row):
                held[number, place] = row[place]
        for top, place in merged.get(number, ()):
            if 0 <= place < len(row) and row[place] == "":
                row[place] = held.get((top, place), "")
        yield row


def _without_empty(scan: str, top: _Top) -> str:
    """The scan without columns that have neither a name nor a value."""
    if not top.nameless or len(top.nameless) == len(top.names):
        return scan
    names = [top.names[place] for place in top.nameless]
    counts = ", ".join(f"count({identifier(name)})" for name in names)
    with connected() as connection:
        row = connection.execute(f"SELECT {counts} FROM {scan}").fetchall()[0]
    empty = [name for name, count in zip(names, row, strict=True) if not count]
    if not empty:
        return scan
    return f"(SELECT * EXCLUDE ({', '.join(map(identifier, empty))}) FROM {scan})"


def _text(cell: Any) -> str | None:
    """A cell as text.

    Example:
        >>> [_text(one) for one in (1.0, 0.1 + 0.2, 1.5e19, True, datetime.date(2024, 3, 5), "")]
        ['1', '0.3', '15000000000000000000', 'true', '2024-03-05', None]
    """
    return _TEXTS[type(cell)](cell)


def _number(cell: float) -> str:
    if cell.is_integer() and -_EXACT < cell < _EXACT:
        return str(int(cell))
    # What a workbook shows at most: 15 digits.
    short = f"{cell:.15g}"
    return short if "e" not in short else f"{Decimal(short):f}"


def _moment(cell: datetime.datetime) -> str:
    # Days as binary fractions are milliseconds off the second that was meant.
    exact = cell + datetime.timedelta(microseconds=500)
    return exact.isoformat(timespec="milliseconds").removesuffix(".000")


def _duration(cell: datetime.timedelta) -> str:
    seconds = round(cell.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


_TEXTS: dict[type, Callable[[Any], str | None]] = {
    str: lambda cell: cell or None,
    bool: lambda cell: "true" if cell else "false",
    int: str,
    float: _number,
    datetime.datetime: _moment,
    datetime.date: datetime.date.isoformat,
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: _duration,
}

READER = Reader(name="XLSX", suffixes=_SUFFIXES, likeness=_likeness, open=_open)

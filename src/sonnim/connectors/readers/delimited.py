"""CSV, TSV and other texts with a delimiter: encoding, delimiter and header are found out.

DuckDB reads them strictly and never leniently: a lenient reader cuts and shifts cells without a
word. What a strict reading would leave out is noticed, and then the file is read with care.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from sonnim.connectors.encodings import as_utf8, begins_plain
from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.careful import copied
from sonnim.connectors.readers.layout import Layout, counted, layout_of, strict_scan
from sonnim.tables.errors import SkipError
from sonnim.tables.step import quoted

_SUFFIXES = (".csv", ".tsv", ".txt")


def _likeness(head: bytes, suffix: str) -> int:
    # What nobody else knows may be a table without an ending, as on standard input.
    return 2 if suffix in _SUFFIXES else 1


def _open(handed: Handed) -> Iterator[Opened]:
    if begins_plain(handed.path):
        # Then it is read as it is. If its rest is no UTF-8, DuckDB leaves lines out, and that is
        # noticed; to look before would take as long as to count records.
        opened = _strictly(handed, handed.path, (), lambda: _converted(handed))
        if opened is not None:
            yield opened
            return
    path, _ = as_utf8(handed.path, escape=True)
    made = () if path == handed.path else (path,)
    try:
        layout = layout_of(path, handed.label)
        strict = _strictly(handed, path, made, lambda: _carefully(layout, handed, ()))
        yield strict if strict is not None else _carefully(layout, handed, made)
    except BaseException:
        for file in made:
            file.unlink(missing_ok=True)
        raise


def _strictly(
    handed: Handed, path: Path, made: tuple[Path, ...], again: Callable[[], Opened]
) -> Opened | None:
    layout = layout_of(path, handed.label)
    # Files of one column have blank lines that may be meant.
    if not layout.simple or len(layout.names) == 1 or handed.cut:
        return None
    found = counted(path)
    if not found.whole:
        return None
    return Opened(
        label=handed.label,
        scan=strict_scan(layout, found.several_lines),
        temporary=made,
        records=found.records - layout.header,
        carefully=again,
    )


def _converted(handed: Handed) -> Opened:
    """The file read with care, as UTF-8."""
    path, _ = as_utf8(handed.path, escape=True)
    made = () if path == handed.path else (path,)
    try:
        return _carefully(layout_of(path, handed.label), handed, made)
    except BaseException:
        for file in made:
            file.unlink(missing_ok=True)
        raise


def _carefully(layout: Layout, handed: Handed, made: tuple[Path, ...]) -> Opened:
    copy = copied(layout, cut=handed.cut)
    if not copy.rows:
        copy.file.unlink(missing_ok=True)
        raise SkipError("files_no_rows", file=handed.label, rejected=len(copy.rejections))
    return Opened(
        label=handed.label,
        scan=f"read_parquet({quoted(str(copy.file))})",
        rejections=copy.rejections,
        temporary=(*made, copy.file),
        numbered=True,
    )


READER = Reader(name="CSV", suffixes=_SUFFIXES, likeness=_likeness, open=_open)

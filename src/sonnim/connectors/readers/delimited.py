"""CSV, TSV and other texts with a delimiter: encoding, delimiter and header are found out.

DuckDB reads them strictly and never leniently: a lenient reader cuts and shifts cells without a
word. What a strict reading would leave out is noticed, and then the file is read with care.
"""

from collections.abc import Iterator
from pathlib import Path

from sonnim.connectors.encodings import as_utf8
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
    path, _ = as_utf8(handed.path, escape=True)
    made = () if path == handed.path else (path,)
    try:
        layout = layout_of(path, handed.label)
        found = counted(path)
        # Files of one column have blank lines that may be meant.
        steady = found.whole and layout.simple and len(layout.names) > 1 and not handed.cut
        yield (
            _strictly(layout, handed, made, found.several_lines, found.records)
            if (steady)
            else _carefully(layout, handed, made)
        )
    except BaseException:
        for file in made:
            file.unlink(missing_ok=True)
        raise


def _strictly(
    layout: Layout, handed: Handed, made: tuple[Path, ...], several_lines: bool, records: int
) -> Opened:
    return Opened(
        label=handed.label,
        scan=strict_scan(layout, several_lines),
        temporary=made,
        records=records - layout.header,
        carefully=lambda: _carefully(layout, handed, ()),
    )


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

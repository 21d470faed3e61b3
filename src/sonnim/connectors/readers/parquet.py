"""Parquet: scanned where it lies."""

from collections.abc import Iterator

import duckdb

from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.scans import connected
from sonnim.tables.errors import SkipError
from sonnim.tables.step import quoted

_SUFFIXES = (".parquet", ".pq")


def _likeness(head: bytes, suffix: str) -> int:
    return 3 if head.startswith(b"PAR1") else 2 if suffix in _SUFFIXES else 0


def _open(handed: Handed) -> Iterator[Opened]:
    scan = f"read_parquet({quoted(str(handed.path))})"
    try:
        with connected() as connection:
            connection.execute(f"DESCRIBE SELECT * FROM {scan}")
    except duckdb.Error:
        raise SkipError("files_broken", file=handed.label, kind="Parquet") from None
    yield Opened(label=handed.label, scan=scan)


READER = Reader(name="Parquet", suffixes=_SUFFIXES, likeness=_likeness, open=_open)

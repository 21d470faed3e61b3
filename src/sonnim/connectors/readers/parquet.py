"""Parquet: scanned where it lies, each column as text, as every other kind of file gives it."""

from collections.abc import Iterator

import duckdb

from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.scans import connected
from sonnim.tables.errors import SkipError
from sonnim.tables.step import identifier, quoted

_SUFFIXES = (".parquet", ".pq")


def _likeness(head: bytes, suffix: str) -> int:
    return 3 if head.startswith(b"PAR1") else 2 if suffix in _SUFFIXES else 0


def _open(handed: Handed) -> Iterator[Opened]:
    scan = f"read_parquet({quoted(str(handed.path))})"
    try:
        with connected() as connection:
            columns = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    except duckdb.Error:
        raise SkipError("files_broken", file=handed.label, kind="Parquet") from None
    texts = ", ".join(
        f"{_text(identifier(name), str(kind))} AS {identifier(name)}" for name, kind, *_ in columns
    )
    yield Opened(label=handed.label, scan=f"(SELECT {texts} FROM {scan})")


def _text(column: str, kind: str) -> str:
    """SQL of a column as text: bytes usually are some; what is nested becomes JSON."""
    if kind == "VARCHAR":
        return column
    if kind == "BLOB":
        return f"TRY(decode({column}))"
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return f"CAST(to_json({column}) AS VARCHAR)"
    return f"CAST({column} AS VARCHAR)"


READER = Reader(name="Parquet", suffixes=_SUFFIXES, likeness=_likeness, open=_open)

"""Files, folders, globs and standard input: CSV, TSV, JSON lines and Parquet, also as .gz.

Encodings: UTF-8 with or without its mark, CP949, UTF-16. Rows that cannot be split into columns
are rejected; the others are kept.
"""

import csv
import glob
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sonnim.connectors.base import Mapping, Payload, RawColumn, Rejection, Shaped
from sonnim.connectors.encodings import as_utf8, content_digest
from sonnim.connectors.names import unique_names
from sonnim.connectors.propose import propose
from sonnim.connectors.shape import shape
from sonnim.tables.bookmark import Bookmark
from sonnim.tables.errors import SkipError, StopError
from sonnim.tables.step import quoted

_KINDS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "json", ".ndjson": "json",
    ".json": "json", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
_SAMPLE_ROWS = 300
_SAMPLE_CHARACTERS = 400
_LONGEST_LINE = 16_000_000


def find(location: str) -> list[Path]:
    """The files at a location: a file, a folder (with its folders) or a glob.

    Raises:
        StopError: Nothing is there, or it may not be read.
    """
    path = Path(location).expanduser()
    try:
        if path.is_dir():
            files = sorted(
                file
                for file in path.rglob("*")
                if file.is_file() and _kind(file) and not file.name.startswith(".")
            )
            list(path.iterdir())  # rglob is silent where it may not look
        elif path.exists():
            files = [path]
        else:
            files = sorted(Path(name) for name in glob.glob(location, recursive=True))
            files = [file for file in files if file.is_file()]
    except PermissionError:
        raise StopError("files_no_permission", location=location) from None
    if not files:
        raise StopError("files_nothing", location=location)
    return files


def fetch(location: str, source: str) -> Iterator[Payload]:
    """Gives the files at the location one by one, decoded and sniffed."""
    if location == "-":
        with tempfile.NamedTemporaryFile(prefix="sonnim-", suffix=".csv", delete=False) as spool:
            shutil.copyfileobj(sys.stdin.buffer, spool)
        yield _payload(Path(spool.name), source, "stdin", (Path(spool.name),))
        return
    for file in find(location):
        yield _payload(file, source, file.name, ())


def _kind(file: Path) -> str:
    suffixes = [suffix.lower() for suffix in file.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return _KINDS.get(suffixes[-1], "") if suffixes else ""


def _payload(file: Path, source: str, label: str, temporary: tuple[Path, ...]) -> Payload:
    try:
        size = file.stat().st_size
        if size == 0:
            raise SkipError("files_empty", file=label)
        with file.open("rb") as stream:
            magic = stream.read(4)
        digest = content_digest(file)
    except PermissionError:
        raise StopError("files_no_permission", location=label) from None
    if magic == b"PAR1" or _kind(file) == "parquet":
        scan = _parquet(file, label)
        names: list[str] = []
        rejections: tuple[Rejection, ...] = ()
    else:
        scan, names, rejections, made = _text(file, label, magic)
        temporary = (*temporary, *made)
    return Payload(
        source=source,
        label=label,
        scan=scan,
        columns=_columns(scan, names, label),
        bookmark=Bookmark(source=source, position=digest),
        rejections=rejections,
        bytes=size,
        temporary=temporary,
    )


def _parquet(file: Path, label: str) -> str:
    scan = f"read_parquet({quoted(str(file))})"
    try:
        with duckdb.connect() as connection:
            connection.execute(f"DESCRIBE SELECT * FROM {scan}")
    except duckdb.Error:
        raise SkipError("files_broken", file=label, kind="Parquet") from None
    return scan


def _text(
    file: Path, label: str, magic: bytes
) -> tuple[str, list[str], tuple[Rejection, ...], tuple[Path, ...]]:
    path, _, cut = as_utf8(file)
    made = () if path == file else (path,)
    rejections = (Rejection(row=0, reason="the file is cut off here", raw=""),) if cut else ()
    if _kind(file) == "json" or magic[:1] in (b"{", b"["):
        scan = (
            f"read_json({quoted(str(path))}, format = 'auto', ignore_errors = true, "
            f"maximum_object_size = {_LONGEST_LINE}, sample_size = 50000)"
        )
        return scan, [], rejections, made
    delimiter, names, header = _sniffed(path, label)
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
    scan = (
        f"read_csv({quoted(str(path))}, columns = {{{columns}}}, auto_detect = false, "
        f"header = {'true' if header else 'false'}, delim = {quoted(delimiter)}, quote = '\"', "
        f"escape = '\"', ignore_errors = true, store_rejects = true, strict_mode = false)"
    )
    return scan, names, rejections, made


def _sniffed(path: Path, label: str) -> tuple[str, list[str], bool]:
    csv.field_size_limit(_LONGEST_LINE)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        first = stream.read(256 * 1024)
    if not first.strip():
        raise SkipError("files_empty", file=label)
    best: tuple[float, str, list[list[str]]] = (-1.0, ",", [])
    for delimiter in (",", "\t", ";", "|"):
        try:
            rows = [row for row in csv.reader(first.splitlines(keepends=True), delimiter=delimiter)]
        except csv.Error:
            continue
        rows = [row for row in rows if row][:200]
        if not rows:
            continue
        width = len(rows[0])
        same = sum(len(row) == width for row in rows) / len(rows)
        # More columns, and the same number in each row, speak for a delimiter.
        score = same * min(width, 50) if width > 1 else 0.5
        if score > best[0]:
            best = (score, delimiter, rows)
    _, delimiter, rows = best
    if not rows:
        raise SkipError("files_broken", file=label, kind="CSV")
    header = not any(_is_value(cell) for cell in rows[0])
    names = rows[0] if header else [f"column_{n + 1}" for n in range(len(rows[0]))]
    if header and len(rows) == 1 and first.count("\n") <= 1:
        raise SkipError("files_header_only", file=label)
    return delimiter, unique_names(names), header


def _is_value(cell: str) -> bool:
    text = cell.strip().replace(",", "")
    if len(text) > 200:
        return True
    try:
        float(text)
        return True
    except ValueError:
        return text[:4].isdigit() and len(text) >= 8 and text[4:5] in ("-", ".", "/")


def _columns(scan: str, names: list[str], label: str) -> tuple[RawColumn, ...]:
    try:
        with duckdb.connect() as connection:
            connection.execute("SET GLOBAL TimeZone = 'UTC'")
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
    )


@dataclass(frozen=True)
class FileConnector:
    """The connector for files (see the module)."""

    name: str = "files"

    def takes(self, location: str) -> bool:
        """What no other connector takes is a file, a folder or a glob."""
        return False

    def fetch(self, location: str, source: str) -> Iterator[Payload]:
        """Finds, opens, decodes and sniffs the files at a location."""
        return fetch(location, source)

    def propose(self, payload: Payload) -> Mapping:
        """A mapping from the names and values of the columns."""
        return propose(payload)

    def shape(self, payload: Payload, mapping: Mapping) -> tuple[Shaped, ...]:
        """The steps that turn the file into canonical rows."""
        return shape(payload, mapping)


CONNECTOR = FileConnector()

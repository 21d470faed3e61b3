"""JSON: lines, arrays, sequences of objects, and lists wrapped in objects, whatever their size.

Rows are the elements of the largest list of objects; without one, the objects at the top. Objects
within a row become columns `a.b`; lists stay JSON. All values are texts as they are written.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sonnim.connectors.base import Rejection
from sonnim.connectors.encodings import as_utf8
from sonnim.connectors.names import unique_names
from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.json_spans import survey, write_documents, write_lines
from sonnim.connectors.readers.scans import connected, temporary_file
from sonnim.tables.errors import SkipError
from sonnim.tables.step import identifier, quoted

_SUFFIXES = (".json", ".jsonl", ".ndjson", ".geojson", ".js")
_LINES = (".jsonl", ".ndjson")
# How X begins the files of its archive.
_PREFIX = re.compile(rb"\s*(?:window\.[\w.$]+\s*=\s*)?(?=[\[{])")
_LIKE = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:window\.[\w.$]+\s*=\s*\[|\{\s*["}]|\[\s*[\[{\]])')
_LOOK = 1 << 20
_LOOK_LINES = 200
_LONGEST_LINE = 16_000_000
_DEEPEST = 5
# An object with more members than that is a list in disguise (by id, by day): it stays JSON.
_WIDEST_OBJECT = 200
_WIDEST = 5_000
_MOST_REJECTED = 100_000
_SAMPLE_ROWS = 5_000
_SAMPLE_CHARACTERS = 64_000_000
_RAW_CHARACTERS = 2_000


def _likeness(head: bytes, suffix: str) -> int:
    if suffix in _SUFFIXES:
        return 2
    return 3 if _LIKE.match(head) else 0


def _open(handed: Handed) -> Iterator[Opened]:
    made: list[Path] = []
    try:
        text, _ = as_utf8(handed.path)
        if text != handed.path:
            made.append(text)
        lines = _lines(text, handed, made)
        opened = _table(lines, handed, made)
    except BaseException as error:
        for file in made:
            file.unlink(missing_ok=True)
        if isinstance(error, duckdb.Error):
            raise SkipError("files_broken", file=handed.label, kind="JSON") from None
        raise
    yield opened


def _lines(text: Path, handed: Handed, made: list[Path]) -> Path:
    """The file itself if it has one object a line, else a temporary one that has."""
    with text.open("rb") as stream:
        head = stream.read(_LOOK)
    if handed.suffix in _LINES or _is_lines(head):
        return text
    begins = _PREFIX.match(head.removeprefix(b"\xef\xbb\xbf"))
    if begins is None:
        raise SkipError("files_broken", file=handed.label, kind="JSON")
    start = begins.end() + 3 * head.startswith(b"\xef\xbb\xbf")
    found = survey(text, start)
    sizes: dict[tuple[str, ...], int] = {}
    for span in found.spans:
        sizes[span.key] = sizes.get(span.key, 0) + span.objects
    best = max(sizes, key=lambda key: sizes[key], default=())
    lines = temporary_file(".jsonl")
    made.append(lines)
    with lines.open("wb") as target:
        if found.documents < 2 and sizes.get(best):
            write_lines(text, [span for span in found.spans if span.key == best], target)
        elif found.documents:
            write_documents(text, start, target)
        elif not any(span.elements for span in found.spans):
            raise SkipError("files_empty", file=handed.label)
        else:
            raise SkipError("files_no_objects", file=handed.label)
    if text in made:
        made.remove(text)
        text.unlink()
    return lines


def _is_lines(head: bytes) -> bool:
    lines = [line for line in head.split(b"\n")[:_LOOK_LINES] if line.strip()]
    if len(head) >= _LOOK:
        lines.pop()
    objects = 0
    for line in lines:
        try:
            objects += isinstance(json.loads(line), dict)
        except (ValueError, RecursionError):
            continue
    return objects > 1 and objects * 2 > len(lines)


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column of the flattened rows.

    Attributes:
        path: Members that lead to it.
        mixed: Whether it is an object in some rows, which have columns of their own.
    """

    path: tuple[str, ...]
    mixed: bool = False


def _table(lines: Path, handed: Handed, made: list[Path]) -> Opened:
    scan = (
        f"read_csv({quoted(str(lines))}, columns = {{'line': 'VARCHAR'}}, auto_detect = false, "
        f"header = false, delim = {quoted(_NEVER)}, quote = '', escape = '', "
        f"max_line_size = {_LONGEST_LINE}, "
        "strict_mode = false, ignore_errors = true, store_rejects = true)"
    )
    with connected() as connection:
        rejections = _broken(connection, scan, handed)
        if rejections:
            # Read once more without the broken lines, which no query need then step around.
            kept = temporary_file(".parquet")
            made.append(kept)
            connection.execute(
                f"COPY (SELECT line FROM {scan} WHERE {_IS_ROW}) TO {quoted(str(kept))} "
                "(FORMAT parquet)"
            )
            scan = f"read_parquet({quoted(str(kept))})"
            if lines in made:
                made.remove(lines)
                lines.unlink()
        columns = _columns(connection, scan, handed.label, len(rejections))
    names = unique_names([".".join(column.path) for column in columns])
    paths = ", ".join(quoted(_pointer(column.path)) for column in columns)
    values = ", ".join(
        f"{_value(n, column)} AS {identifier(name)}"
        for n, (column, name) in enumerate(zip(columns, names, strict=True), start=1)
    )
    table = (
        f"(SELECT {values} FROM (SELECT line, json_extract_string(line, [{paths}]) AS cells "
        f"FROM {scan} WHERE line IS NOT NULL))"
    )
    return Opened(
        label=handed.label,
        scan=table,
        rejections=(*rejections, *handed.rejections),
        temporary=tuple(made),
    )


# A delimiter that no line holds: in JSON, control characters are written as escapes.
_NEVER = "\x01\x02\x03\x04"
_SPACES = "chr(32) || chr(9) || chr(13)"
_IS_ROW = (
    f"line IS NOT NULL AND trim(line, {_SPACES}) <> '' AND "
    "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END"
)


def _broken(
    connection: duckdb.DuckDBPyConnection, scan: str, handed: Handed
) -> tuple[Rejection, ...]:
    """Lines that are no JSON objects, with their numbers."""
    wrong = f"line IS NOT NULL AND NOT ({_IS_ROW})"
    # Drained, so that the table of what could not be read is there.
    counted = connection.execute(f"SELECT count(*) FROM {scan} WHERE {wrong}").fetchall()
    unread = connection.execute(
        "SELECT DISTINCT line, CAST(error_type AS VARCHAR), "
        f"left(csv_line, {_RAW_CHARACTERS}) FROM reject_errors"
    ).fetchall()
    if not unread and counted == [(0,)]:
        return ()
    # Numbering costs as much as reading: only where there is something to number.
    found = connection.execute(
        f"SELECT row, json_valid(line), left(line, {_RAW_CHARACTERS}) FROM "
        f"(SELECT row_number() OVER () AS row, line FROM {scan}) "
        f"WHERE {wrong} AND trim(line, {_SPACES}) <> '' LIMIT {_MOST_REJECTED + 1}"
    ).fetchall()
    if len(found) > _MOST_REJECTED:
        raise SkipError("files_broken", file=handed.label, kind="JSON")
    made = [
        Rejection(row=int(row), reason="not an object" if valid else "not JSON", raw=str(raw))
        for row, valid, raw in found
    ]
    return tuple(
        made
        + [
            Rejection(row=int(row), reason=str(kind).lower().replace("_", " "), raw=str(raw or ""))
            for row, kind, raw in unread
        ]
    )


def _columns(
    connection: duckdb.DuckDBPyConnection, scan: str, label: str, rejected: int
) -> list[_Column]:
    """All members that any row has, in the order in which they first come.

    The first rows tell which members are objects; then the whole file is asked once for the names
    that these have. A member that is an object only further down stays JSON.
    """
    tree = _tree(connection, scan)
    paths = list(tree)
    listed = ", ".join(quoted(_pointer(path)) for path in paths)
    # Rows are many, sorts of rows are few.
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE sorts AS SELECT DISTINCT json_keys(line, [{listed}]) "
        f"AS found FROM {scan} WHERE line IS NOT NULL"
    )
    rows = connection.execute(
        "SELECT DISTINCT place, unnest(names) FROM (SELECT generate_subscripts(found, 1) AS place, "
        "unnest(found) AS names FROM sorts) ORDER BY ALL"
    ).fetchall()
    # Without a single name it may be an empty object, or none at all.
    bare = connection.execute(
        "SELECT DISTINCT place FROM (SELECT generate_subscripts(found, 1) AS place, "
        "unnest(found) AS names FROM sorts) WHERE len(names) = 0"
    ).fetchall()
    for place, name in rows:
        tree[paths[int(place) - 1]].setdefault(str(name))
    if not tree[()]:
        key = "files_no_rows" if rejected else "files_empty"
        raise SkipError(key, file=label, rejected=rejected)
    for path in paths:
        if path and len(tree.get(path, {})) > _WIDEST_OBJECT:
            _fold(tree, path)
    width = sum(map(len, tree.values()))
    if width > _WIDEST:
        raise SkipError("files_too_wide", file=label, columns=width, allowed=_WIDEST)
    doubtful = {paths[int(place) - 1] for (place,) in bare}
    mixed = _mixed(connection, scan, [path for path in tree if path and path in doubtful])
    found: list[_Column] = []

    def walk(path: tuple[str, ...]) -> None:
        for name in tree[path]:
            member = (*path, name)
            if member not in tree:
                found.append(_Column(path=member))
                continue
            if member in mixed:
                found.append(_Column(path=member, mixed=True))
            walk(member)

    walk(())
    return found


def _tree(
    connection: duckdb.DuckDBPyConnection, scan: str
) -> dict[tuple[str, ...], dict[str, None]]:
    """For each object in the first rows, by its path, the names of its members in order."""
    tree: dict[tuple[str, ...], dict[str, None]] = {(): {}}

    def walk(path: tuple[str, ...], members: dict[str, object]) -> None:
        names = tree.setdefault(path, {})
        for name, value in members.items():
            names.setdefault(name)
            if isinstance(value, dict) and value and len(path) < _DEEPEST:
                walk((*path, name), value)

    cursor = connection.execute(f"SELECT line FROM {scan} LIMIT {_SAMPLE_ROWS}")
    characters = 0
    while characters < _SAMPLE_CHARACTERS and (row := cursor.fetchone()):
        characters += len(row[0] or "")
        try:
            value = json.loads(row[0] or "null")
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            walk((), value)
    for path in list(tree):
        if path and len(tree.get(path, {})) > _WIDEST_OBJECT:
            _fold(tree, path)
    return tree


def _fold(tree: dict[tuple[str, ...], dict[str, None]], path: tuple[str, ...]) -> None:
    """Takes an object, and those in it, out of the tree: it becomes one column of JSON."""
    for one in [one for one in tree if one[: len(path)] == path]:
        del tree[one]


def _mixed(
    connection: duckdb.DuckDBPyConnection, scan: str, paths: list[tuple[str, ...]]
) -> set[tuple[str, ...]]:
    """Which paths lead to something else than an object in some row."""
    if not paths:
        return set()
    listed = ", ".join(quoted(_pointer(path)) for path in paths)
    others = ", ".join(
        f"bool_or(kinds[{n}] NOT IN ('OBJECT', 'NULL'))" for n in range(1, len(paths) + 1)
    )
    row = connection.execute(
        f"SELECT {others} FROM (SELECT json_type(line, [{listed}]) AS kinds FROM {scan} "
        "WHERE line IS NOT NULL)"
    ).fetchone()
    return {path for path, other in zip(paths, row or (), strict=True) if other}


def _value(place: int, column: _Column) -> str:
    if not column.mixed:
        return f"cells[{place}]"
    kind = f"json_type(line, {quoted(_pointer(column.path))})"
    return f"CASE WHEN {kind} <> 'OBJECT' THEN cells[{place}] END"


def _pointer(path: tuple[str, ...]) -> str:
    """A path as DuckDB takes it whatever the names hold (JSON pointer; the root is `$`).

    Example:
        >>> _pointer(("a/b", "c~"))
        '/a~1b/c~0'
    """
    if not path:
        return "$"
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)


READER = Reader(name="JSON", suffixes=_SUFFIXES, likeness=_likeness, open=_open)

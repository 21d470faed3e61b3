"""`erase`: a person is removed from every table, from answers and from old snapshots.

In this order, so that a process killed at any moment leaves nothing that a second call would not
find: the person is put on the list of those who must not come back; every table is rewritten where
it names them; what older snapshots and the log held is taken away; reports that may quote them are
deleted; who erased when is recorded, without the id.
"""

import getpass
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sonnim.engines.duckdb import DuckEngine
from sonnim.storage.delta import DeltaStore
from sonnim.tables.arrow import batch
from sonnim.tables.erasure import ERASED, ERASURE, RECORDS
from sonnim.tables.errors import StopError
from sonnim.tables.schema import TableSchema
from sonnim.tables.table import Snapshot, Table
from sonnim.workspace.erased import clean, know, make_key, person_digest, put_on_list
from sonnim.workspace.lock import writing
from sonnim.workspace.persons import TRACED, Trace, matches, traced, unsaid
from sonnim.workspace.saving import load, save
from sonnim.workspace.tracing import find, may_hold_people

_MARK = b'<meta name="generator" content="Sonnim">'
_CHUNK = 1 << 20
_SHORTEST = 5


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What erasing a person would do.

    Attributes:
        trace: Who they are, and how much of them is where.
        past: Whether older snapshots hold them, where the newest do not.
        known: Whether they were erased before.
        forgotten: Tables that can then no longer be asked what they held before.
    """

    trace: Trace
    past: bool
    known: bool
    forgotten: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What was removed from one table.

    Attributes:
        table: Its name.
        removed: Rows removed.
        changed: Rows of others that named the person and do so no more.
    """

    table: str
    removed: int = 0
    changed: int = 0


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What an erasure did.

    Attributes:
        swept: Table by table; tables without the person are left out.
        files: Data files of older snapshots that are gone.
        forgotten: Tables that can no longer be asked what they held before.
        reports: Reports that were deleted, because they may have quoted the person.
        left: Files in the workspace's folder that hold an id of the person, and are not ours to
            delete.
    """

    swept: tuple[Swept, ...]
    files: int
    forgotten: tuple[str, ...]
    reports: tuple[str, ...]
    left: tuple[str, ...]


def preview(
    folder: Path, store: DeltaStore, schemas: Mapping[str, TableSchema], given: str
) -> Preview:
    """What erasing a person would do; nothing is changed.

    Raises:
        StopError: Nothing is held about such a person, and they were not erased before.
    """
    with DuckEngine() as engine, unsaid():
        return _preview(folder, store, engine, schemas, given)


def erase(
    folder: Path,
    store: DeltaStore,
    schemas: Mapping[str, TableSchema],
    given: str,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Erased:
    """Erases a person; called again after it broke off, it does the rest.

    Args:
        folder: The workspace.
        store: Its store.
        schemas: Its tables by name.
        given: The person's pseudonym, or their id at a source.
        progress: Called with a table's name, tables done and tables in all.

    Raises:
        StopError: Nothing is held about such a person, and they were not erased before.
        RetryError: Another process is writing.
    """
    now = datetime.now(UTC)
    tell = progress or (lambda name, done, total: None)
    with writing(folder), unsaid():
        store.clear_staging()
        with DuckEngine() as engine:
            plan = _preview(folder, store, engine, schemas, given)
            make_key(folder)
            put_on_list(folder, store, engine, TRACED.name, now)
            mark = person_digest(engine, plan.trace.person_id)
        tables = dict(_stored(store, schemas))
        swept, forgotten, files = [], [], 0
        with DuckEngine() as engine:
            know(folder, store, engine)
            for number, schema in enumerate(tables.values(), 1):
                one = _sweep(store, engine, schema)
                if one.removed or one.changed:
                    swept.append(one)
                if schema.name in plan.forgotten or one in swept:
                    files += store.forget(schema.name)
                    forgotten.append(schema.name)
                tell(schema.name, number, len(tables))
        store.clear_staging()
        reports = _delete_reports(folder, store)
        _record(store, mark, now, swept, files)
        return Erased(
            swept=tuple(swept),
            files=files,
            forgotten=tuple(forgotten),
            reports=reports,
            left=tuple(_left(folder, store, plan.trace)),
        )


def _preview(
    folder: Path,
    store: DeltaStore,
    engine: DuckEngine,
    schemas: Mapping[str, TableSchema],
    given: str,
) -> Preview:
    trace = traced(engine, store, schemas, given)
    known = know(folder, store, engine) and _on_list(store, person_digest(engine, trace.person_id))
    past = not trace.held and _in_the_past(store, engine, schemas)
    if not trace.held and not known and not past:
        raise StopError("person_unknown", received=given)
    forgotten = tuple(
        name
        for name, schema in _stored(store, schemas)
        if name not in schemas or may_hold_people(schema)
    )
    return Preview(trace=trace, past=past, known=known, forgotten=forgotten)


def _on_list(store: DeltaStore, mark: str) -> bool:
    with DuckEngine() as engine:
        table = load(store, engine, store.snapshot(ERASED))
        return mark in engine.fetch(table).read_all().column("digest").to_pylist()


def _in_the_past(store: DeltaStore, engine: DuckEngine, schemas: Mapping[str, TableSchema]) -> bool:
    for name, schema in schemas.items():
        files = store.old_files(name)
        if not files or not may_hold_people(schema):
            continue
        past = Table(schema=schema, name=f"{name}_past")
        engine.load(past, Snapshot(table=past, files=files, rows=0))
        if find(engine, schema, past.name, matches):
            return True
    return False


def _stored(
    store: DeltaStore, schemas: Mapping[str, TableSchema]
) -> Iterator[tuple[str, TableSchema]]:
    """The tables there are, with just the columns they have: some may be of another version."""
    records = {schema.name for schema in RECORDS}
    for name in store.names() or tuple(schemas):
        if name in records or (
            name in schemas and store.snapshot(schemas[name]).table.version is None
        ):
            continue
        there = store.described(name)
        known = schemas.get(name, there)
        columns = tuple(
            known.column(column.name) if column.name in known.names else column
            for column in there.columns
        )
        yield name, replace(known, columns=columns)


def _sweep(store: DeltaStore, engine: DuckEngine, schema: TableSchema) -> Swept:
    """Rewrites those files of a table that name somebody on the list."""
    snapshot = store.snapshot(schema)
    removed = changed = 0
    swaps: list[tuple[str, Path | None]] = []
    parts = [snapshot] if store.remote else [replace(snapshot, files=(f,)) for f in snapshot.files]
    for part in parts:
        load(store, engine, part)
        cleaned = clean(engine, schema, schema.name)
        if not cleaned.removed and not cleaned.changed:
            continue
        removed += cleaned.removed
        changed += cleaned.changed
        if store.remote:
            note = next((one.note for one in store.history(schema.name) if one.note), "")
            rows = engine.fetch(cleaned.table)
            store.write_stream(
                schema, rows, mode="overwrite", note=json.loads(note) if note else None
            )
            continue
        file = store.staging(schema.name) if cleaned.kept else None
        if file is not None:
            engine.export(cleaned.table, file)
        swaps.append((part.files[0], file))
    if swaps:
        store.swap(schema, swaps)
    return Swept(table=schema.name, removed=removed, changed=changed)


def _delete_reports(folder: Path, store: DeltaStore) -> tuple[str, ...]:
    deleted = []
    for file in _files(folder, store):
        if file.suffix.lower() not in (".html", ".htm"):
            continue
        with file.open("rb") as stream:
            ours = _MARK in stream.read(_CHUNK)
        if ours:
            file.unlink()
            deleted.append(str(file.relative_to(folder)))
    return tuple(deleted)


def _left(folder: Path, store: DeltaStore, trace: Trace) -> Iterator[str]:
    """Files that hold an id of the person as plain text, in one of the usual encodings."""
    ids = {trace.given, *trace.ids, *(one.source_id for one in trace.identities)}
    words = {
        word.lower().encode(encoding, errors="ignore")
        for word in ids
        if len(word) >= _SHORTEST
        for encoding in ("utf-8", "utf-16-le", "cp949")
    } - {b""}
    longest = max(map(len, words), default=1)
    for file in _files(folder, store):
        tail = b""
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                seen = (tail + chunk).lower()
                if any(word in seen for word in words):
                    yield str(file.relative_to(folder))
                    break
                tail = chunk[-longest:]


def _files(folder: Path, store: DeltaStore) -> Iterator[Path]:
    """Files of the workspace's folder outside its store."""
    inside = None if store.remote else Path(store.location)
    for file in sorted(folder.rglob("*")):
        place = file.resolve()
        if inside is not None and (place == inside or inside in place.parents):
            continue
        if file.is_file() and not file.is_symlink():
            yield file


def _record(store: DeltaStore, mark: str, now: datetime, swept: list[Swept], files: int) -> None:
    values = {
        "time": [int(now.timestamp() * 1_000_000)],
        "digest": [mark],
        "erased_by": [_user()],
        "removed": [sum(one.removed for one in swept)],
        "changed": [sum(one.changed for one in swept)],
        "files": [files],
        "tables": [[one.table for one in swept if one.removed]],
    }
    with DuckEngine() as engine:
        table = engine.load(Table(schema=ERASURE, name=ERASURE.name), batch(ERASURE, values))
        save(store, engine, table)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return ""

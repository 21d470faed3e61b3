"""What was erased stays erased: a list of digests, and the cleaning of rows by it.

The list holds SHA-256 digests, made with a key that lies in the workspace's folder and not in the
store. It says of an identifier at hand whether it was erased, and nothing else (decision 0008).
"""

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sonnim.engines.duckdb import DuckEngine
from sonnim.storage.delta import DeltaStore
from sonnim.tables.arrow import batch
from sonnim.tables.erasure import ERASED
from sonnim.tables.errors import StopError
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, identifier, quoted
from sonnim.tables.table import Table
from sonnim.workspace.saving import load, save
from sonnim.workspace.tracing import (
    REFERENCES,
    Found,
    Kind,
    about,
    find,
    hidden,
    is_text,
    names_in,
    without,
)  # fmt: skip

KEY_FILE = "erasure.key"
_KEY = TableSchema(
    name="erasure_key",
    version=1,
    meaning="The workspace's erasure key",
    key=("key",),
    columns=(Column(name="key", meaning="Hexadecimal"),),
)
_OWN = TableSchema(
    name="learned_own",
    version=1,
    meaning="A message of somebody who was erased",
    key=("message_id",),
    columns=(
        Column(name="message_id", meaning="Which message"),
        Column(name="thread_id", meaning="The conversation that it belongs to"),
    ),
)
_LEARNED = TableSchema(
    name="learned",
    version=1,
    meaning="An identifier that must not come in",
    key=("kind", "value"),
    columns=(
        Column(name="kind", meaning="row or thread"),
        Column(name="value", meaning="The identifier"),
    ),
)
_COUNTS = TableSchema(
    name="cleaned_counts",
    version=1,
    meaning="What cleaning does",
    key=(),
    columns=(
        Column(name="kept", type=ColumnType.LONG, meaning="Rows that stay"),
        Column(name="removed", type=ColumnType.LONG, meaning="Rows that go"),
        Column(name="changed", type=ColumnType.LONG, meaning="Rows of others that are changed"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """A table without the people that were erased.

    Attributes:
        table: The rows that stay, on the engine.
        kept: How many.
        removed: Rows that go.
        changed: Rows of others that named an erased person and do so no more.
    """

    table: Table
    kept: int
    removed: int = 0
    changed: int = 0


def make_key(folder: Path) -> None:
    """Makes the workspace's erasure key, if it has none."""
    place = folder / ".sonnim"
    place.mkdir(exist_ok=True)
    file = place / KEY_FILE
    if file.exists():
        return
    temporary = place / (KEY_FILE + ".tmp")
    with open(temporary, "w", opener=_private, encoding="ascii") as stream:
        stream.write(secrets.token_hex(32))
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)


def know(folder: Path, store: DeltaStore, engine: DuckEngine) -> bool:
    """Loads the list of what was erased onto an engine; gives whether anything is on it.

    Raises:
        StopError: There is a list, but not the key that it was made with.
    """
    snapshot = store.snapshot(ERASED)
    if not snapshot.rows:
        return False
    file = folder / ".sonnim" / KEY_FILE
    if not file.is_file():
        raise StopError("erasure_key_missing", file=str(file))
    load(store, engine, snapshot)
    _load_key(engine, file)
    return True


def digest(kind: str, value: str) -> str:
    """SQL of the digest of a value of that kind (both are SQL)."""
    return f"sha256((SELECT key FROM {_KEY.name}) || {kind} || chr(31) || {value})"


def on_list(kind: Kind, value: str) -> str:
    """SQL that is true where a value is on the list (`tracing.Matches`)."""
    return f"{digest(quoted(kind.value), value)} IN (SELECT digest FROM {ERASED.name})"


def learn(folder: Path, store: DeltaStore, engine: DuckEngine, name: str, there: str) -> None:
    """Puts on the list what new messages add to people who are on it; `know` was called before.

    A new message of theirs will not come in, but the company's answer to it might, now or later.

    Args:
        folder: The workspace.
        store: Its store.
        engine: Where the tables are.
        name: Messages that are to come in.
        there: Messages that are in.
    """
    erased = f"coalesce({on_list(Kind.PERSON, 'person_id')}, false)"
    own = Step(
        name="learned_own",
        sql=f"SELECT message_id, thread_id FROM {name} WHERE {erased}",
        inputs=(name, ERASED.name),
        output=_OWN,
        keep=True,
    )
    if not engine.count(engine.run([own])):
        return
    talk = "SELECT thread_id, direction, person_id FROM"
    alone = Step(
        name="learned_threads",
        sql=(
            f"SELECT thread_id, thread_id AS message_id FROM ({talk} {name} UNION ALL {talk} "
            f"{there}) WHERE thread_id IN (SELECT thread_id FROM learned_own) GROUP BY thread_id "
            f"HAVING NOT bool_or(coalesce(direction, 'public') <> 'out' AND NOT {erased})"
        ),
        inputs=(name, there, "learned_own"),
        output=_OWN,
        keep=True,
    )
    learned = Step(
        name="learned",
        sql=(
            f"SELECT '{Kind.THREAD}' AS kind, thread_id AS value FROM learned_threads "
            f"UNION SELECT '{Kind.ROW}', message_id FROM learned_own UNION "
            f"SELECT '{Kind.ROW}', message_id FROM {name} WHERE direction = 'out' AND (reply_to IN "
            "(SELECT message_id FROM learned_own) OR thread_id IN "
            "(SELECT thread_id FROM learned_threads))"
        ),
        inputs=(name, "learned_own", "learned_threads"),
        output=_LEARNED,
        keep=True,
    )
    engine.run([alone, learned])
    put_on_list(folder, store, engine, learned.name, datetime.now(UTC))
    know(folder, store, engine)


def put_on_list(
    folder: Path, store: DeltaStore, engine: DuckEngine, traced: str, now: datetime
) -> None:
    """Puts identifiers on the list, in one commit; those that are on it are not put twice.

    Args:
        folder: The workspace; it has a key.
        store: Its store.
        engine: Where the table `traced` is.
        traced: Name of a table with `kind` and `value`.
        now: When they are erased.
    """
    load(store, engine, store.snapshot(ERASED))
    _load_key(engine, folder / ".sonnim" / KEY_FILE)
    sql = (
        f"SELECT DISTINCT {digest('kind', 'value')} AS digest, kind, "
        f"CAST({quoted(now.isoformat())} AS TIMESTAMPTZ) AS time FROM {traced} "
        "WHERE value IS NOT NULL"
    )
    steps = [
        Step(name="erased_now", sql=sql, inputs=(traced,), output=ERASED, keep=True),
        Step(
            name="erased_new",
            sql=f"SELECT * FROM erased_now WHERE digest NOT IN (SELECT digest FROM {ERASED.name})",
            inputs=("erased_now", ERASED.name),
            output=ERASED,
            keep=True,
        ),
    ]
    new = engine.run(steps)
    if engine.count(new):
        save(store, engine, new)


def person_digest(engine: DuckEngine, person_id: str) -> str:
    """The digest under which a person is on the list."""
    sql = f"SELECT {digest(quoted(Kind.PERSON.value), quoted(person_id))} AS key"
    table = engine.run([Step(name="person_digest", sql=sql, inputs=(_KEY.name,), output=_KEY)])
    return str(engine.fetch(table).read_all().column("key").to_pylist()[0])


def clean(engine: DuckEngine, schema: TableSchema, name: str) -> Cleaned:
    """A table of the engine without the people on the list; `know` was called before.

    Their rows go, and answers of the company to them. Of others' rows nothing goes but what names
    them: a handle in a text is hidden, a reference to one of their messages is empty.
    """
    given = Table(schema=schema, name=name)
    found = find(engine, schema, name, on_list)
    if not found:
        return Cleaned(table=given, kept=engine.count(given))
    goes = about(schema, found)
    columns = ", ".join(_cleaned(schema, column, found) for column in schema.columns)
    counts = Step(
        name=f"{name}_counts",
        sql=(
            f"SELECT count(*) FILTER (WHERE NOT ({goes})) AS kept, "
            f"count(*) FILTER (WHERE {goes}) AS removed, "
            f"count(*) FILTER (WHERE NOT ({goes}) AND ({names_in(schema, found)})) AS changed "
            f"FROM {name}"
        ),
        inputs=(name, found.table),
        output=_COUNTS,
    )
    row = engine.fetch(engine.run([counts])).read_all()
    kept, removed, changed = (int(row.column(one).to_pylist()[0]) for one in _COUNTS.names)
    if not removed and not changed:
        return Cleaned(table=given, kept=kept)
    rows = Step(
        name=f"{name}_cleaned",
        sql=f"SELECT {columns} FROM {name} WHERE NOT ({goes})",
        inputs=(name, found.table),
        output=schema,
    )
    return Cleaned(table=engine.run([rows]), kept=kept, removed=removed, changed=changed)


def _cleaned(schema: TableSchema, column: Column, found: Found) -> str:
    cell = identifier(column.name)
    value = cell
    if column.type is ColumnType.STRINGS:
        value = without(column, found)
    elif column.name in (*REFERENCES, "thread_id"):
        named = f"{cell} IN (SELECT value FROM {found.table} WHERE place = 'row')"
        # The others' conversation stays one, under a name that leads nowhere.
        other = f"'erased:' || left({digest(quoted(Kind.ROW.value), cell)}, 16)"
        instead = other if column.name == "thread_id" else "NULL"
        value = f"CASE WHEN coalesce({named}, false) THEN {instead} ELSE {cell} END"
    elif found.handles and is_text(schema, column):
        value = hidden(column, found.handles)
    return f"{value} AS {cell}" if value != cell else cell


def _load_key(engine: DuckEngine, file: Path) -> None:
    key = file.read_text(encoding="ascii").strip()
    engine.load(Table(schema=_KEY, name=_KEY.name), batch(_KEY, {"key": [key]}))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

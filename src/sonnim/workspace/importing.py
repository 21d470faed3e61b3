"""`add`: files become canonical rows; nothing twice, nothing lost, all or nothing."""

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sonnim.connectors.base import Connector, Mapping, Payload, Shaped
from sonnim.connectors.shape import REASON
from sonnim.engines.duckdb import DuckEngine
from sonnim.storage.delta import DeltaStore
from sonnim.tables.arrow import batch
from sonnim.tables.errors import SkipError
from sonnim.tables.facts import REJECTED
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, identifier
from sonnim.tables.table import Snapshot, Table
from sonnim.workspace import settings
from sonnim.workspace.lock import writing
from sonnim.workspace.mapping_words import mapping_for
from sonnim.workspace.saving import load, save


@dataclass(frozen=True, kw_only=True)
class Added:
    """What came of one file and one table.

    Attributes:
        label: Name of the file.
        source: Name of the source.
        table: Canonical table.
        new: Rows that were not there.
        changed: Rows that were there with other values.
        same: Rows that were there already.
        rejected: Rows that could not be taken (table `rejected` says why).
        known: Whether this very file was taken before (then nothing was read again).
        problem: Why the file was skipped, or "".
    """

    label: str
    source: str
    table: str = ""
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    known: bool = False
    problem: str = ""


# Their rows are met once for each thing that the person said: repeats are no news.
_PEOPLE = ("person", "account")

_COUNT = TableSchema(
    name="count",
    version=1,
    meaning="A count",
    key=(),
    columns=(Column(name="n", type=ColumnType.LONG, meaning="How many"),),
)


def add(
    folder: Path,
    store: DeltaStore,
    connector: Connector,
    location: str,
    *,
    source: str = "",
    words: Sequence[str] = (),
    proposed: Callable[[Payload, Mapping], None] | None = None,
) -> Iterator[Added]:
    """Takes everything at a location; gives what came of each file and table.

    Args:
        folder: The workspace.
        store: Its store.
        connector: Who reads.
        location: File, folder, glob, or - for standard input.
        source: Name of the source; else the one whose files have the same columns, or a new one.
        words: `--map` texts.
        proposed: Called with each new mapping before anything is written.
    """
    with writing(folder):
        store.clear_staging()
        for payload in _payloads(connector, location, source):
            if isinstance(payload, Added):
                yield payload
                continue
            try:
                yield from _taken(folder, store, connector, payload, source, words, proposed)
            except SkipError as error:
                yield Added(label=payload.label, source=payload.source, problem=str(error))
            finally:
                for file in payload.temporary:
                    file.unlink(missing_ok=True)


def source_name(label: str) -> str:
    """A source's name from a file's: letters, digits and _.

    Example:
        >>> source_name("Reviews to 2024-06.csv.gz")
        'reviews_to_2024_06'
    """
    stem = re.sub(r"(\.(gz|csv|tsv|txt|json|jsonl|ndjson|parquet|pq))+$", "", label.lower())
    return re.sub(r"[^\w]+", "_", stem).strip("_") or "source"


def _payloads(connector: Connector, location: str, source: str) -> Iterator[Payload | Added]:
    # One file that cannot be read must not keep the others out.
    files = iter(connector.fetch(location, source or "source"))
    while True:
        try:
            yield next(files)
        except StopIteration:
            return
        except SkipError as error:
            label = str(error.values.get("file", location))
            yield Added(label=label, source=source, problem=str(error))
            return


def _taken(
    folder: Path,
    store: DeltaStore,
    connector: Connector,
    payload: Payload,
    source: str,
    words: Sequence[str],
    proposed: Callable[[Payload, Mapping], None] | None,
) -> Iterator[Added]:
    name = source or settings.source_of(folder, payload) or source_name(payload.label)
    payload = replace(payload, source=name)
    mapping = None if words else settings.read_mapping(folder, name)
    if mapping is None or not settings.fits(mapping, payload):
        mapping = mapping_for(payload, words)
        if proposed is not None:
            proposed(payload, mapping)
        settings.write_mapping(folder, mapping, tuple(c.name for c in payload.columns))
    for shaped in connector.shape(payload, mapping):
        token = _token(payload, mapping, shaped.part)
        if store.done(shaped.schema.name, token):
            yield Added(label=payload.label, source=name, table=shaped.schema.name, known=True)
            continue
        # A fresh engine a file: its memory and its list of rejected lines go with it.
        with DuckEngine() as engine:
            yield _one_table(store, engine, payload, shaped, token)


def _token(payload: Payload, mapping: Mapping, table: str) -> str:
    # What the mapping means, not why it was proposed: the same file read the same way is done.
    meaning = [(m.table, m.column, m.raw, m.constant, m.format, m.sql) for m in mapping.matches]
    told = repr((
        sorted(meaning), mapping.tables, mapping.timezone, sorted(mapping.leftover),
        mapping.prepare,
    ))  # fmt: skip
    meant = hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
    return f"import:{payload.source}:{table}:{payload.bookmark.position}:{meant}"


def _one_table(
    store: DeltaStore, engine: DuckEngine, payload: Payload, shaped: Shaped, token: str
) -> Added:
    schema = shaped.schema
    reason = Column(name=REASON, meaning="Why the row cannot be taken")
    staged_schema = replace(schema, columns=(*schema.columns, reason))
    good = engine.run(shaped.good)
    file = store.staging(schema.name) if not store.remote else _temporary(payload)
    rows = engine.export(Table(schema=staged_schema, name=good.name), file)
    engine.load(
        Table(schema=_loose(staged_schema), name="staged"),
        Snapshot(table=Table(schema=staged_schema, name="staged"), files=(str(file),), rows=rows),
    )
    bad = _count(engine, f"SELECT count({REASON}) AS n FROM staged")
    rejected = _reject(store, engine, payload, shaped, bad, token)
    before = store.snapshot(schema)
    load(store, engine, before)
    ids = f"SELECT count(DISTINCT hash({_key(schema)})) AS n FROM staged WHERE {REASON} IS NULL"
    taken = rows - bad
    if bad == 0 and before.rows == 0 and not store.remote and _count(engine, ids) == taken:
        # The usual first import: the staged file is the table. The extra column is all null, and
        # readers of Delta tables read only the columns of the schema.
        store.commit(schema, [file], token=token)
        return _added(payload, schema, new=taken, rejected=rejected)
    engine.run([_distinct(schema, shaped.content_id)])
    new = engine.run([_new(schema)])
    changed = engine.run([_changed(schema)])
    n_new, n_changed = engine.count(new), engine.count(changed)
    if n_changed:
        both = Step(
            name="both",
            sql="SELECT * FROM new_rows UNION ALL SELECT * FROM changed_rows",
            inputs=("new_rows", "changed_rows"),
            output=schema,
        )
        save(store, engine, engine.run([both]), mode="merge", token=token)
    else:
        save(store, engine, new, token=token)
    total = engine.count(Table(schema=schema, name="distinct_rows"))
    file.unlink(missing_ok=True)
    return _added(
        payload,
        schema,
        new=n_new,
        changed=n_changed,
        same=(total if schema.name in _PEOPLE else taken) - n_new - n_changed if total else 0,
        rejected=rejected,
    )


def _key(schema: TableSchema) -> str:
    return ", ".join(identifier(name) for name in schema.key)


def _same_key(schema: TableSchema) -> str:
    if len(schema.key) == 1:
        return f"old.{_key(schema)} = s.{_key(schema)}"
    # Of several key columns some may be empty.
    keys = map(identifier, schema.key)
    return " AND ".join(f"old.{key} IS NOT DISTINCT FROM s.{key}" for key in keys)


def _distinct(schema: TableSchema, content_id: bool) -> Step:
    key = _key(schema)
    names = ", ".join(identifier(name) for name in schema.names)
    if content_id and len(schema.key) == 1:
        # Twins: identical rows are all kept, each with a number, so that a second import of the
        # same rows finds the same ids.
        query = (
            f"SELECT {names.replace(key, _NUMBERED.format(key=key), 1)} FROM (SELECT *, "
            f"row_number() OVER (PARTITION BY {key}) AS twin FROM staged WHERE {REASON} IS NULL)"
        )
    else:
        # Of several rows with one id the latest stands.
        order = f"{identifier(schema.time)} DESC NULLS LAST, " if schema.time else ""
        query = (
            f"SELECT {names} FROM staged WHERE {REASON} IS NULL QUALIFY row_number() OVER "
            f"(PARTITION BY {key} ORDER BY {order}md5(CAST(staged AS VARCHAR))) = 1"
        )
    return Step(name="distinct_rows", sql=query, inputs=("staged",), output=schema, keep=True)


_NUMBERED = "CASE WHEN twin = 1 THEN {key} ELSE {key} || '#' || twin END AS {key}"


def _new(schema: TableSchema) -> Step:
    return Step(
        name="new_rows",
        sql=(
            f"SELECT s.* FROM distinct_rows s WHERE NOT EXISTS "
            f"(SELECT 1 FROM {schema.name} old WHERE {_same_key(schema)})"
        ),
        inputs=("distinct_rows", schema.name),
        output=schema,
        keep=True,
    )


def _changed(schema: TableSchema) -> Step:
    differs = " OR ".join(
        f"old.{identifier(name)} IS DISTINCT FROM s.{identifier(name)}" for name in schema.names
    )
    return Step(
        name="changed_rows",
        sql=(
            f"SELECT s.* FROM distinct_rows s JOIN {schema.name} old ON {_same_key(schema)} "
            f"WHERE {differs}"
        ),
        inputs=("distinct_rows", schema.name),
        output=schema,
        keep=True,
    )


def _reject(
    store: DeltaStore,
    engine: DuckEngine,
    payload: Payload,
    shaped: Shaped,
    bad: int,
    token: str,
) -> int:
    lines = _unsplit(engine, payload)
    steps = []
    if bad:
        steps.append(shaped.rejected[-1])
    if lines:
        engine.load(
            Table(schema=REJECTED, name="unsplit"),
            batch(REJECTED, {name: [row[i] for row in lines] for i, name in enumerate(
                REJECTED.names)}),
        )  # fmt: skip
        sql = "SELECT * FROM unsplit"
        steps.append(Step(name="unsplit_rows", sql=sql, inputs=("unsplit",), output=REJECTED))
    if not steps:
        return 0
    union = " UNION ALL ".join(f"SELECT * FROM {step.name}" for step in steps)
    everything = Step(
        name="rejected_rows", sql=f"SELECT DISTINCT * FROM ({union})", inputs=(), output=REJECTED,
        keep=True,
    )  # fmt: skip
    table = engine.run([*steps, everything])
    if not store.done(REJECTED.name, token):
        # Before the good rows: if we are killed in between, the next run finds these done.
        save(store, engine, table, token=token)
    return engine.count(table)


def _unsplit(engine: DuckEngine, payload: Payload) -> list[tuple[str, str, int, str, str]]:
    found = [
        (payload.source, payload.label, one.row, one.reason, one.raw) for one in payload.rejections
    ]
    for line, kind, raw in engine.rejected_lines():
        reason = "columns: " + kind.lower().replace("_", " ")
        found.append((payload.source, payload.label, line, reason, raw))
    return found


def _loose(schema: TableSchema) -> TableSchema:
    return replace(
        schema, columns=tuple(replace(column, required=False) for column in schema.columns)
    )


def _temporary(payload: Payload) -> Path:
    return Path(tempfile.mkdtemp(prefix="sonnim-")) / f"{payload.source}.parquet"


def _count(engine: DuckEngine, sql: str) -> int:
    table = engine.run([Step(name="a_count", sql=sql, inputs=(), output=_COUNT)])
    return int(engine.fetch(table).read_all().column("n").to_pylist()[0])


def _added(
    payload: Payload,
    schema: TableSchema,
    *,
    new: int = 0,
    changed: int = 0,
    same: int = 0,
    rejected: int = 0,
) -> Added:
    return Added(
        label=payload.label,
        source=payload.source,
        table=schema.name,
        new=new,
        changed=changed,
        same=same,
        rejected=rejected,
    )

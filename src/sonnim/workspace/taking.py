"""Takes one payload into the store: staged, checked for what was left out, rejected, committed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sonnim.connectors.base import Payload, Shaped
from sonnim.connectors.shape import REASON, STANDING
from sonnim.engines.duckdb import DuckEngine
from sonnim.storage.delta import DeltaStore
from sonnim.tables.errors import StopError
from sonnim.tables.facts import MESSAGE
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, identifier
from sonnim.tables.table import Snapshot, Table
from sonnim.workspace.erased import clean, know, learn
from sonnim.workspace.persons import unsaid
from sonnim.workspace.saving import load, save

# Their rows are met once for each thing that the person said: repeats are no news.
_PEOPLE = ("person", "account")

_COUNT = TableSchema(
    name="count",
    version=1,
    meaning="A count",
    key=(),
    columns=(Column(name="n", type=ColumnType.LONG, meaning="How many"),),
)
_ROWLESS = r".*:~[0-9a-f]{32}.*"
"""Ids that were made of content in a source whose other rows have ids of their own."""


class LeftOut(Exception):
    """A quick reading left rows out: the payload is to be read carefully."""


@dataclass(frozen=True, kw_only=True)
class Staged:
    """The rows of one table that a payload gives, ready to be committed.

    Attributes:
        shaped: How they came to be.
        file: A Parquet file; beside the schema's columns it has the reason why a row is bad.
        taken: Rows that can be taken, those with the id of another row included.
        bad: Rows that cannot.
        twice: Whether several rows have one id.
        erased: Rows left out because they are of a person who was erased.
    """

    shaped: Shaped
    file: Path
    taken: int
    bad: int
    twice: bool
    erased: int


@dataclass(frozen=True, kw_only=True)
class Put:
    """What a commit did: rows that were new, changed, or the same as before."""

    new: int
    changed: int = 0
    same: int = 0


class Spot:
    """Where files are staged: in a local store, or in a temporary folder beside a remote one."""

    def __init__(self, store: DeltaStore, folder: Path | None) -> None:
        self._store = store
        self._folder = folder
        self.made: list[Path] = []

    def file(self, name: str) -> Path:
        """A new path."""
        if self._folder is None:
            path = self._store.staging(name)
        else:
            path = self._folder / f"{len(self.made)}-{name}.parquet"
        self.made.append(path)
        return path


@contextmanager
def spot(store: DeltaStore) -> Iterator[Spot]:
    """A place for staged files; what is left there at the end is removed."""
    if store.remote:
        with tempfile.TemporaryDirectory(prefix="sonnim-") as folder:
            yield Spot(store, Path(folder))
        return
    place = Spot(store, None)
    try:
        yield place
    finally:
        for path in place.made:
            path.unlink(missing_ok=True)


def left_out(engine: DuckEngine, payload: Payload, rows: int | None = None) -> bool:
    """Whether the scans of a payload on this engine left rows out.

    Args:
        engine: Has scanned the payload.
        payload: What was scanned.
        rows: Rows of the scan if known; else they are counted.
    """
    if payload.carefully is None or payload.records < 0:
        return False
    if rows is None:
        # Of each cell: a scan that only counts does not look at what is in the cells.
        cells = ", ".join(identifier(column.name) for column in payload.columns)
        seen = f"count(*) FILTER (WHERE hash({cells}) IS NOT NULL)"
        rows = count(engine, f"SELECT {seen} AS n FROM {payload.scan}")
    return rows != payload.records or engine.left_lines_out()


def staged(
    folder: Path, store: DeltaStore, place: Spot, payload: Payload, shaped: Shaped
) -> Staged:
    """Computes the rows of one table.

    Raises:
        LeftOut: The payload must be read carefully.
    """
    schema = shaped.schema
    wide = _with_reason(schema)
    file = place.file(schema.name)
    # Where a row becomes a row by itself, the order of the others does not matter.
    alone = shaped.whole and len(shaped.good) == 1
    # A fresh engine a table: its memory and its list of rejected lines go with it.
    with DuckEngine(ordered=not alone) as engine:
        try:
            good = engine.run(shaped.good)
            # Columns without any value are left out: writing them would take a tenth of the time.
            names = (*shaped.filled, REASON) if shaped.filled else wide.names
            rows = engine.export(Table(schema=wide.only(names), name=good.name), file)
        except StopError:
            if payload.carefully is None:
                raise
            raise LeftOut from None
        if left_out(engine, payload, rows if shaped.whole else None):
            raise LeftOut
        _load_staged(engine, wide, file)
        bad, erased = count(engine, _bad()), 0
        if know(folder, store, engine):
            if schema.name == MESSAGE.name:
                load(store, engine, store.snapshot(schema))
                with unsaid():
                    learn(folder, store, engine, "staged", MESSAGE.name)
            file, rows, erased = _without_erased(engine, place, wide, file)
            left = count(engine, _bad())
            if left:
                # Then what is rejected is read, and those of them that were erased are counted.
                erased -= bad - left
            bad = left
        key = _key(schema)
        ids = f"SELECT count(DISTINCT hash({key})) AS n FROM staged WHERE {REASON} IS NULL"
        taken = rows - bad
        twice = count(engine, ids) != taken
    return Staged(shaped=shaped, file=file, taken=taken, bad=bad, twice=twice, erased=erased)


def standing(engine: DuckEngine, one: Staged) -> None:
    """Loads the staged rows that are kept, as the table `STANDING`."""
    schema = one.shaped.schema
    _load_staged(engine, _with_reason(schema), one.file)
    engine.run([_standing(schema, one.shaped.content_id)])


def put(store: DeltaStore, one: Staged, token: str, doubled: int) -> Put:
    """Commits staged rows.

    Args:
        store: The store.
        one: The rows.
        token: Recorded with the commit.
        doubled: How many of the rows were rejected because another has their id.
    """
    schema = one.shaped.schema
    before = store.snapshot(schema)
    if not one.bad and not one.twice and before.rows == 0 and not store.remote:
        # The usual first import: the staged file is the table. The extra column is all null;
        # readers of Delta tables read only the columns of the schema, and where a file lacks one,
        # it is null.
        store.commit(schema, [one.file], token=token)
        return Put(new=one.taken)
    with DuckEngine() as engine:
        standing(engine, one)
        load(store, engine, before)
        new, changed = engine.run([_new(schema)]), engine.run([_changed(schema)])
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
        there = one.taken - doubled
        if schema.name in _PEOPLE:
            there = engine.count(Table(schema=schema, name=STANDING))
    return Put(new=n_new, changed=n_changed, same=there - n_new - n_changed)


def count(engine: DuckEngine, sql: str) -> int:
    """The number `n` that a query gives."""
    table = engine.run([Step(name="a_count", sql=sql, inputs=(), output=_COUNT)])
    return int(engine.fetch(table).read_all().column("n").to_pylist()[0])


def has_doubles(one: Staged) -> bool:
    """Whether rows may have to be rejected because another row has their id."""
    return one.twice and bool(one.shaped.doubled) and one.shaped.schema.name not in _PEOPLE


def _bad() -> str:
    return f"SELECT count({REASON}) AS n FROM staged"


def _with_reason(schema: TableSchema) -> TableSchema:
    reason = Column(name=REASON, meaning="Why the row cannot be taken")
    return replace(schema, columns=(*schema.columns, reason))


def _load_staged(engine: DuckEngine, schema: TableSchema, file: Path) -> None:
    engine.load(
        Table(schema=_loose(schema), name="staged"),
        Snapshot(table=Table(schema=schema, name="staged"), files=(str(file),), rows=0),
    )


def _without_erased(
    engine: DuckEngine, place: Spot, schema: TableSchema, file: Path
) -> tuple[Path, int, int]:
    """The staged rows without people who were erased: their file, how many, how many went."""
    with unsaid():
        cleaned = clean(engine, _loose(schema), "staged")
        if not cleaned.removed and not cleaned.changed:
            return file, cleaned.kept, 0
        kept = place.file(f"{schema.name}-kept")
        engine.export(Table(schema=schema, name=cleaned.table.name), kept)
    file.unlink()
    _load_staged(engine, schema, kept)
    return kept, cleaned.kept, cleaned.removed


def _loose(schema: TableSchema) -> TableSchema:
    return replace(
        schema, columns=tuple(replace(column, required=False) for column in schema.columns)
    )


def _key(schema: TableSchema) -> str:
    return ", ".join(identifier(name) for name in schema.key)


def _same_key(schema: TableSchema) -> str:
    if len(schema.key) == 1:
        return f"old.{_key(schema)} = s.{_key(schema)}"
    # Of several key columns some may be empty.
    keys = map(identifier, schema.key)
    return " AND ".join(f"old.{key} IS NOT DISTINCT FROM s.{key}" for key in keys)


def _standing(schema: TableSchema, content_id: bool) -> Step:
    key = _key(schema)
    # Of several rows with one id the latest stands. Rows without an id are told by their content:
    # twins, identical rows, are all kept, each with a number, so that the next import of the same
    # rows finds the same ids.
    order = f"{identifier(schema.time)} DESC NULLS LAST, " if schema.time else ""
    kept = "twin = 1"
    names = ", ".join(map(identifier, schema.names))
    if len(schema.key) == 1:
        names = ", ".join(_numbered(key) if identifier(n) == key else identifier(n)
                          for n in schema.names)  # fmt: skip
        kept = "true" if content_id else f"{kept} OR regexp_full_match({key}, '{_ROWLESS}')"
    query = (
        f"SELECT {names} FROM (SELECT *, row_number() OVER (PARTITION BY {key} "
        f"ORDER BY {order}md5(CAST(staged AS VARCHAR))) AS twin FROM staged "
        f"WHERE {REASON} IS NULL) WHERE {kept}"
    )
    return Step(name=STANDING, sql=query, inputs=("staged",), output=schema, keep=True)


def _numbered(key: str) -> str:
    return f"CASE WHEN twin = 1 THEN {key} ELSE {key} || '#' || twin END AS {key}"


def _new(schema: TableSchema) -> Step:
    return Step(
        name="new_rows",
        sql=(
            f"SELECT s.* FROM {STANDING} s WHERE NOT EXISTS "
            f"(SELECT 1 FROM {schema.name} old WHERE {_same_key(schema)})"
        ),
        inputs=(STANDING, schema.name),
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
            f"SELECT s.* FROM {STANDING} s JOIN {schema.name} old ON {_same_key(schema)} "
            f"WHERE {differs}"
        ),
        inputs=(STANDING, schema.name),
        output=schema,
        keep=True,
    )

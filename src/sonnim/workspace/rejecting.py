"""`rejected`: the rows of a payload that could not be taken, each once, and no row that now can."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sonnim.connectors.base import ROW, Payload
from sonnim.connectors.shape import RAW
from sonnim.engines.duckdb import DuckEngine
from sonnim.storage.delta import DeltaStore
from sonnim.tables.arrow import batch
from sonnim.tables.facts import REJECTED
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, quoted
from sonnim.tables.table import Table
from sonnim.workspace.erased import clean, know
from sonnim.workspace.persons import unsaid
from sonnim.workspace.saving import load, save
from sonnim.workspace.taking import Staged, count, has_doubles, standing

_MET = TableSchema(
    name="met",
    version=1,
    meaning="A row of the file",
    key=("row",),
    columns=(
        Column(name="row", type=ColumnType.LONG, meaning="Its number"),
        Column(name="raw", meaning="As it came"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Rejects:
    """What came of the rows that could not be taken.

    Attributes:
        rows: How many rows of the file there are of these.
        doubled: For each staged table how many had the id of another row.
        erased: Rows left out because they are of a person who was erased.
    """

    rows: int
    doubled: tuple[int, ...]
    erased: int


def reject(folder: Path, store: DeltaStore, payload: Payload, parts: Sequence[Staged]) -> Rejects:
    """Keeps the rows that cannot be taken, in one commit.

    Rows of this very payload that an earlier reading rejected and this one takes are taken off the
    table. Nothing is written where nothing changes.
    """
    doubled = [0] * len(parts)
    before = store.snapshot(REJECTED)
    if not (before.rows or payload.rejections or any(one.bad or has_doubles(one) for one in parts)):
        return Rejects(rows=0, doubled=tuple(doubled), erased=0)
    with DuckEngine() as engine:
        names = []
        if payload.rejections:
            names.append(_unsplit(engine, payload))
        for place, one in enumerate(parts):
            if one.bad:
                names.append(_kept(engine, one.shaped.rejected, f"bad_{place}"))
            if has_doubles(one):
                standing(engine, one)
                name = _kept(engine, one.shaped.doubled, f"doubled_{place}")
                doubled[place] = count(engine, f"SELECT count(*) AS n FROM {name}")
                names.append(name)
        here = f"source = {quoted(payload.source)} AND file = {quoted(payload.label)}"
        load(store, engine, before)
        known = before.rows and count(
            engine, f"SELECT count(*) AS n FROM {REJECTED.name} WHERE {here}"
        )
        if not names and not known:
            return Rejects(rows=0, doubled=tuple(doubled), erased=0)
        union = " UNION ALL ".join(f"SELECT * FROM {name}" for name in names)
        empty = f"SELECT * FROM {REJECTED.name} WHERE false"
        found = Step(
            name="found_rejects", sql=f"SELECT DISTINCT * FROM ({union or empty})",
            inputs=tuple(names), output=REJECTED, keep=True,
        )  # fmt: skip
        table, erased = engine.run([found]), 0
        if know(folder, store, engine):
            with unsaid():
                cleaned = clean(engine, REJECTED, table.name)
            table, erased = cleaned.table, cleaned.removed
        _save(store, engine, payload, parts, table, here if known else "")
        rows = count(engine, f"SELECT count(DISTINCT row) AS n FROM {table.name}")
    return Rejects(rows=rows, doubled=tuple(doubled), erased=erased)


def _save(
    store: DeltaStore,
    engine: DuckEngine,
    payload: Payload,
    parts: Sequence[Staged],
    table: Table,
    here: str,
) -> None:
    fresh = Step(
        name="fresh_rejects",
        sql=f"SELECT * FROM {table.name} EXCEPT SELECT * FROM {REJECTED.name}",
        inputs=(table.name, REJECTED.name),
        output=REJECTED,
        keep=True,
    )
    new = engine.run([fresh])
    if here and _stale(engine, payload, parts, table, here):
        rest = Step(
            name="rest_of_rejects",
            sql=(
                f"(SELECT * FROM {REJECTED.name} EXCEPT ALL SELECT * FROM stale_rejects) "
                "UNION ALL SELECT * FROM fresh_rejects"
            ),
            inputs=(REJECTED.name, "stale_rejects", "fresh_rejects"),
            output=REJECTED,
            keep=True,
        )
        save(store, engine, engine.run([rest]), mode="overwrite")
    elif engine.count(new):
        save(store, engine, new)


def _stale(
    engine: DuckEngine, payload: Payload, parts: Sequence[Staged], table: Table, here: str
) -> int:
    """Finds the rows of `rejected` that are of this payload and not rejected any more."""
    old = f"SELECT * FROM {REJECTED.name} WHERE {here}"
    met: list[str] = []
    for one in parts:
        numbered = one.shaped.rejected[0]
        engine.run([numbered])
        met.append(
            f"SELECT CAST({ROW} AS BIGINT) AS row, {RAW} AS raw FROM {numbered.name} "
            f"WHERE {ROW} IN (SELECT row FROM ({old}))"
        )
    if payload.rejections:
        met.append("SELECT row, raw FROM unsplit")
    step = Step(name="met", sql=" UNION ALL ".join(met), inputs=(), output=_MET, keep=True)
    stale = Step(
        name="stale_rejects",
        sql=(
            f"SELECT o.* FROM ({old}) o WHERE EXISTS "
            "(SELECT 1 FROM met WHERE met.row = o.row AND met.raw = o.raw) AND NOT EXISTS "
            f"(SELECT 1 FROM {table.name} now WHERE now.row = o.row AND now.reason = o.reason "
            "AND now.raw = o.raw)"
        ),
        inputs=(REJECTED.name, "met", table.name),
        output=REJECTED,
        keep=True,
    )
    return engine.count(engine.run([step, stale]))


def _kept(engine: DuckEngine, steps: Sequence[Step], name: str) -> str:
    last = steps[-1]
    kept = Step(
        name=name, sql=f"SELECT * FROM {last.name}", inputs=(last.name,), output=REJECTED, keep=True
    )
    engine.run([*steps, kept])
    return name


def _unsplit(engine: DuckEngine, payload: Payload) -> str:
    rows = payload.rejections
    values = {
        "source": [payload.source] * len(rows),
        "file": [payload.label] * len(rows),
        "row": [one.row for one in rows],
        "reason": [one.reason for one in rows],
        "raw": [one.raw for one in rows],
    }
    engine.load(Table(schema=REJECTED, name="unsplit"), batch(REJECTED, values))
    return "unsplit"

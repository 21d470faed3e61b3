"""`run`: computes what is new since the last time, and resumes where it was interrupted."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sonnim.analyzers.base import Analyzer
from sonnim.analyzers.texts import DIGEST
from sonnim.engines.base import CanWatch, Engine
from sonnim.storage.delta import DeltaStore
from sonnim.tables.answer import Answer, Caveat, InputVersion, Provenance
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, identifier
from sonnim.tables.table import Snapshot, Table
from sonnim.workspace.lock import writing
from sonnim.workspace.saving import load, save

CHUNK = 50_000
"""Texts read between two commits: what an interruption can lose."""

SPARK_CHUNK = 500_000
"""The same where a cluster reads: a commit costs it several jobs."""

Mode = Literal["append", "overwrite", "merge"]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of one analyzer.

    Attributes:
        analyzer: Its name.
        rows: Rows written (for readers of texts: texts read).
        seconds: How long it took.
        fresh: Whether there was anything to do.
    """

    analyzer: str
    rows: int = 0
    seconds: float = 0.0
    fresh: bool = True


def run(
    folder: Path,
    store: DeltaStore,
    engine_of: Callable[[], Engine],
    analyzers: Sequence[Analyzer],
    parameters: Callable[[Analyzer], object],
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[Done]:
    """Runs the analyzers in order; each commits its answer before the next begins.

    Args:
        folder: The workspace.
        store: Its store.
        engine_of: Makes an engine (one for each analyzer).
        analyzers: What to run; each may read what those before it wrote.
        parameters: The parameters of each.
        progress: Called with name, rows done and rows in all.
    """
    tell = progress or (lambda name, done, total: None)
    with writing(folder):
        store.clear_staging()
        for one in analyzers:
            if one.per_row:
                yield _read_new(store, engine_of, one, parameters(one), tell)
            else:
                yield _compute(store, engine_of, one, parameters(one), tell)


def provenance_note(provenance: Provenance, caveats: tuple[Caveat, ...]) -> dict[str, object]:
    """What is committed beside an answer, so that it can be computed again."""
    return {
        "analyzer": provenance.analyzer,
        "version": provenance.analyzer_version,
        "parameters": list(provenance.parameters),
        "inputs": [[one.table, one.version, one.rows] for one in provenance.inputs],
        "engine": provenance.engine,
        "seed": provenance.seed,
        "seconds": provenance.seconds,
        "steps": [[step.name, step.sql, step.note] for step in provenance.steps],
        "caveats": [caveat.key for caveat in caveats],
        "caveat_values": {caveat.key: dict(caveat.values) for caveat in caveats if caveat.values},
    }


def _compute(
    store: DeltaStore,
    engine_of: Callable[[], Engine],
    one: Analyzer,
    parameters: object,
    tell: Callable[[str, int, int], None],
) -> Done:
    snapshots = [store.snapshot(reads.schema) for reads in one.reads]
    # What it wrote the last time, and reads to go on from there, is nothing new.
    own = {schema.name for schema in one.writes}
    token = _token(one, parameters, [s for s in snapshots if s.table.schema.name not in own])
    main = one.writes[0]
    if all(store.done(schema.name, token) for schema in one.writes):
        return Done(analyzer=one.name, fresh=False)
    total = sum(snapshot.rows for snapshot in snapshots)
    tell(one.name, 0, total)
    started = time.monotonic()
    with engine_of() as engine:
        for snapshot in snapshots:
            load(store, engine, snapshot)
        answer = one.analyze(engine, parameters)
        note = provenance_note(
            _provenance(one, parameters, snapshots, engine, answer, started), answer.caveats
        )
        rows = 0
        for table in answer.tables:
            save(store, engine, table, mode="overwrite", token=token, note=note)
            if table.schema.name == main.name:
                rows = store.snapshot(main).rows
    tell(one.name, total, total)
    return Done(analyzer=one.name, rows=rows, seconds=time.monotonic() - started)


def _read_new(
    store: DeltaStore,
    engine_of: Callable[[], Engine],
    one: Analyzer,
    parameters: object,
    tell: Callable[[str, int, int], None],
) -> Done:
    """Reads what is new, a chunk and a commit at a time; only the last commit says "done"."""
    reads, writes = one.reads[0].schema, one.writes[0]
    started = time.monotonic()
    facts, had = store.snapshot(reads), store.snapshot(writes)
    token = _token(one, parameters, [facts])
    if store.done(writes.name, token):
        return Done(analyzer=one.name, fresh=False)
    anew = had.rows > 0 and not _same_reader(store, writes, one, parameters)
    if anew:
        had = dataclasses.replace(had, files=(), rows=0)
    with engine_of() as engine:
        load(store, engine, _named(facts, "all_rows"))
        load(store, engine, _named(had, "had"))
        local = engine.name == "duckdb"
        size = CHUNK if local else SPARK_CHUNK
        engine.run(_to_read(reads, writes, one.name, size, ordered=local))
        total = engine.count(Table(schema=reads, name="waiting"))
        never_read = engine.count(Table(schema=_KEYS, name="never_read"))
        tell(one.name, 0, total)
        if isinstance(engine, CanWatch):
            engine.watch(_Seen(one.name, total, tell).more)
        # One chunk at least: what holds nothing new is then done too.
        chunks = max(1, -(-total // size))
        for number in range(chunks):
            engine.run([_chunk(reads, number)])
            answer = one.analyze(engine, parameters)
            read = min(total, (number + 1) * size)
            provenance = _provenance(one, parameters, [facts], engine, answer, started)
            # Rows that were read before stand last: the chunks before them need no merge.
            mode: Mode = "append" if read <= never_read else "merge"
            save(
                store,
                engine,
                answer.tables[0],
                mode="overwrite" if anew and number == 0 else mode,
                token=token if number == chunks - 1 else "",
                note=provenance_note(provenance, answer.caveats),
            )
            tell(one.name, read, total)
    return Done(analyzer=one.name, rows=total, seconds=time.monotonic() - started, fresh=total > 0)


@dataclass
class _Seen:
    """Adds up the rows that an engine says it has mapped."""

    name: str
    total: int
    tell: Callable[[str, int, int], None]
    rows: int = 0

    def more(self, rows: int) -> None:
        self.rows += rows
        self.tell(self.name, min(self.rows, self.total), self.total)


def _named(snapshot: Snapshot, name: str) -> Snapshot:
    return dataclasses.replace(snapshot, table=dataclasses.replace(snapshot.table, name=name))


def _same_reader(store: DeltaStore, writes: TableSchema, one: Analyzer, parameters: object) -> bool:
    """Whether what is there was read by this version of the analyzer, with these parameters."""
    for commit in store.history(writes.name):
        if commit.note:
            note = json.loads(commit.note)
            return [note["version"], note["parameters"]] == [one.version, list(shown(parameters))]
    return False


def _to_read(
    facts: TableSchema, had: TableSchema, name: str, size: int, *, ordered: bool
) -> tuple[Step, ...]:
    """The rows to read with the number of their chunk, found and sorted once a run."""
    key = facts.key[0]
    changed = f" OR had.text_digest IS DISTINCT FROM {DIGEST}" if "text_digest" in had.names else ""
    numbered = (
        "row_number() OVER (ORDER BY was_read ASC NULLS LAST, waiting_key ASC NULLS LAST) - 1"
    )
    return (
        Step(
            name="waiting_keys",
            sql=(
                f"SELECT waiting_key, was_read, CAST(floor(({numbered}) / {size}e0) AS BIGINT) "
                f"AS chunk FROM (SELECT m.{key} AS waiting_key, had.{key} IS NOT NULL AS was_read "
                f"FROM all_rows m LEFT JOIN had ON had.{key} = m.{key} "
                f"WHERE had.{key} IS NULL{changed}) found"
            ),
            inputs=("all_rows", "had"),
            output=_KEYS,
            note=f"Rows that {name} has not read, or that changed since",
            keep=True,
        ),
        Step(
            name="never_read",
            sql="SELECT * FROM waiting_keys WHERE NOT was_read",
            inputs=("waiting_keys",),
            output=_KEYS,
            note="Those that are there for the first time",
        ),
        Step(
            name="waiting",
            sql=(
                "SELECT m.*, k.chunk FROM all_rows m "
                f"JOIN waiting_keys k ON k.waiting_key = m.{key}"
                # Sorted, DuckDB finds a chunk without reading the others; Spark would put a
                # chunk into one task.
                + (" ORDER BY k.chunk ASC NULLS LAST" if ordered else "")
            ),
            inputs=("all_rows", "waiting_keys"),
            output=facts,
            note="The rows to read",
            keep=True,
        ),
    )


_KEYS = TableSchema(
    name="waiting_keys",
    version=1,
    meaning="A row to read",
    key=("waiting_key",),
    columns=(
        Column(name="waiting_key", meaning="Key of the row"),
        Column(name="was_read", type=ColumnType.BOOLEAN, meaning="Whether another text was read"),
        Column(name="chunk", type=ColumnType.LONG, meaning="Read and committed together"),
    ),
)


def _chunk(facts: TableSchema, number: int) -> Step:
    columns = ", ".join(identifier(name) for name in facts.names)
    return Step(
        name=facts.name,
        sql=f"SELECT {columns} FROM waiting WHERE chunk = {number}",
        inputs=("waiting",),
        output=facts,
        note="The next rows to read",
    )


def _provenance(
    one: Analyzer,
    parameters: object,
    snapshots: Sequence[Snapshot],
    engine: Engine,
    answer: Answer,
    started: float,
) -> Provenance:
    return Provenance(
        analyzer=one.name,
        analyzer_version=one.version,
        parameters=shown(parameters),
        inputs=tuple(
            InputVersion(table=s.table.schema.name, version=s.table.version, rows=s.rows)
            for s in snapshots
        ),
        engine=f"{engine.name} {engine.version}",
        seed=answer.seed,
        seconds=round(time.monotonic() - started, 3),
        steps=answer.steps,
    )


def shown(parameters: object) -> tuple[str, ...]:
    """Parameters as `name=value`, but for those that only say where something is."""
    return tuple(
        f"{field.name}={getattr(parameters, field.name)}"
        for field in dataclasses.fields(parameters)  # type: ignore[arg-type]
        if field.compare
    )


def _token(one: Analyzer, parameters: object, snapshots: Sequence[Snapshot]) -> str:
    versions = ",".join(f"{s.table.schema.name}@{s.table.version}" for s in snapshots)
    # Run another way in between, it is not done: of one answer the last run counts.
    return f"run:{one.name} => {one.version}:{';'.join(shown(parameters))}:{versions}"

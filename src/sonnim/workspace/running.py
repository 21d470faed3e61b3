"""`run`: computes what is new since the last time, and resumes where it was interrupted."""

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sonnim.analyzers.base import Analyzer
from sonnim.analyzers.reading import DIGEST
from sonnim.engines.base import Engine
from sonnim.storage.delta import DeltaStore
from sonnim.tables.answer import Answer, Caveat, InputVersion, Provenance
from sonnim.tables.schema import TableSchema
from sonnim.tables.step import Step
from sonnim.tables.table import Snapshot, Table
from sonnim.workspace.lock import writing
from sonnim.workspace.saving import load, save

CHUNK = 50_000
"""Texts read between two commits: what an interruption can lose."""


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
    }


def _compute(
    store: DeltaStore,
    engine_of: Callable[[], Engine],
    one: Analyzer,
    parameters: object,
    tell: Callable[[str, int, int], None],
) -> Done:
    snapshots = [store.snapshot(reads.schema) for reads in one.reads]
    token = _token(one, parameters, snapshots)
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
    reads, writes = one.reads[0], one.writes[0]
    started = time.monotonic()
    read = 0
    total = -1
    while True:
        facts, had = store.snapshot(reads.schema), store.snapshot(writes)
        token = _token(one, parameters, [facts])
        if store.done(writes.name, token):
            return Done(
                analyzer=one.name, rows=read, seconds=time.monotonic() - started, fresh=read > 0
            )
        with engine_of() as engine:
            load(store, engine, Snapshot(
                table=dataclasses.replace(facts.table, name="all_rows"),
                files=facts.files, rows=facts.rows,
            ))  # fmt: skip
            load(store, engine, dataclasses.replace(
                had, table=dataclasses.replace(had.table, name="had")
            ))  # fmt: skip
            engine.run([_to_read(reads.schema, writes, one)])
            waiting = engine.count(Table(schema=reads.schema, name="waiting"))
            total = waiting if total < 0 else total
            tell(one.name, read, total)
            engine.run([_chunk(reads.schema)])
            answer = one.analyze(engine, parameters)
            last = waiting <= CHUNK
            note = provenance_note(
                _provenance(one, parameters, [facts], engine, answer, started), answer.caveats
            )
            # An update of messages leaves rows of the old text: the key decides, not the digest.
            save(
                store, engine, answer.tables[0],
                mode="merge" if had.rows and _changed(engine, writes) else "append",
                token=token if last else "", note=note,
            )  # fmt: skip
            read += min(waiting, CHUNK)
            tell(one.name, read, total)


def _to_read(facts: TableSchema, had: TableSchema, one: Analyzer) -> Step:
    key = facts.key[0]
    same = f" AND had.text_digest = {DIGEST}" if "text_digest" in had.names else ""
    return Step(
        name="waiting",
        sql=(
            f"SELECT m.* FROM all_rows m WHERE NOT EXISTS (SELECT 1 FROM had "
            f"WHERE had.{key} = m.{key}{same})"
        ),
        inputs=("all_rows", "had"),
        output=facts,
        note=f"Rows that {one.name} has not read, or that changed since",
        keep=True,
    )


def _chunk(facts: TableSchema) -> Step:
    key = facts.key[0]
    return Step(
        name=facts.name,
        sql=f"SELECT * FROM waiting ORDER BY {key} ASC NULLS LAST LIMIT {CHUNK}",
        inputs=("waiting",),
        output=facts,
        note="The next rows to read",
        keep=True,
    )


def _changed(engine: Engine, written: TableSchema) -> bool:
    key = written.key[0]
    step = Step(
        name="read_before",
        sql=f"SELECT n.* FROM {written.name} n JOIN had ON had.{key} = n.{key}",
        inputs=(written.name, "had"),
        output=written,
    )
    return engine.count(engine.run([step])) > 0


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
    """Parameters as `name=value`."""
    return tuple(
        f"{field.name}={getattr(parameters, field.name)}"
        for field in dataclasses.fields(parameters)  # type: ignore[arg-type]
    )


def _token(one: Analyzer, parameters: object, snapshots: Sequence[Snapshot]) -> str:
    versions = ",".join(f"{s.table.schema.name}@{s.table.version}" for s in snapshots)
    return f"run:{one.name}:{one.version}:{';'.join(shown(parameters))}:{versions}"

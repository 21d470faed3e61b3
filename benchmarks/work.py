"""What is measured, each piece in a process of its own (see `measuring.py`).

`python -m benchmarks.work NAME ARGUMENTS…` prints what it measured as one line of JSON.
"""

import json
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from arro3.core import RecordBatchReader
from arro3.core import Table as ArrowTable
from python_calamine import CalamineWorkbook

import sonnim
from sonnim.engines.base import BatchFunction, Engine
from sonnim.engines.duckdb import SQL_TYPES, DuckEngine
from sonnim.engines.duckdb_map import cast_batch
from sonnim.engines.shared_sql import install_duckdb
from sonnim.engines.spark import SparkEngine
from sonnim.language.identify import identify
from sonnim.language.mood_cascade import TIERS, Cascade, alone
from sonnim.language.opinions import opinions
from sonnim.storage.delta import DeltaStore
from sonnim.tables.answers import MOOD
from sonnim.tables.arrow import arrow_schema
from sonnim.tables.facts import MESSAGE
from sonnim.tables.schema import TableSchema
from sonnim.tables.step import Step, identifier, quoted
from sonnim.tables.table import Snapshot, Table
from sonnim.workspace import catalog
from sonnim.workspace.saving import load, save
from sonnim.workspace.world.making import make_world

Numbers = dict[str, float]


@contextmanager
def _clock(numbers: Numbers) -> Iterator[None]:
    begin, used = time.perf_counter(), _cpu()
    yield
    numbers["seconds"] = time.perf_counter() - begin
    numbers["cpu"] = _cpu() - used


def _cpu() -> float:
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


def copy(file: str, out: str) -> Numbers:
    """DuckDB's own way from CSV to Parquet, all columns, with its own settings."""
    numbers: Numbers = {}
    with duckdb.connect() as connection, _clock(numbers):
        connection.execute(
            f"COPY (SELECT * FROM read_csv({quoted(file)})) TO {quoted(out)} (FORMAT parquet)"
        )
    return numbers


def add(location: str, folder: str) -> Numbers:
    """`sonnim add` into a workspace, made if it is not there; new rows are those of `message`."""
    numbers: Numbers = {"new": 0, "known": 0, "rejected": 0}
    there = (Path(folder) / "sonnim.toml").exists()
    workspace = sonnim.open(folder) if there else sonnim.new(folder, timezone="Asia/Seoul")
    settings = {"table": "message"} if location.startswith("sqlite:") else None
    with _clock(numbers):
        done = workspace.add(location, settings=settings)
    for one in done:
        if one.problem:
            raise RuntimeError(one.problem)
        if one.table == MESSAGE.name:
            numbers["new"] += one.new
        numbers["known"] += one.known
        numbers["rejected"] += one.rejected
    return numbers


def calamine(file: str) -> Numbers:
    """A workbook read by its reader alone, to Python's rows."""
    numbers: Numbers = {}
    with _clock(numbers):
        rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    return numbers | {"rows": len(rows)}


def world(folder: str, messages: str) -> Numbers:
    """The demo world's exports and truth."""
    numbers: Numbers = {}
    with _clock(numbers):
        make_world(Path(folder), messages=int(messages))
    return numbers


def moods(folder: str) -> Numbers:
    """Moods made up for every message, as if the texts had been read."""
    store = DeltaStore(Path(folder) / "data")

    def chance(n: int) -> str:
        return f"(hash(message_id || '{n}') % 1000) / 1e3"

    step = Step(
        name=MOOD.name,
        sql=(
            "SELECT message_id, language, CASE WHEN p_negative > 5e-1 THEN 'negative' "
            "WHEN p_positive > 5e-1 THEN 'positive' WHEN p_neutral > 5e-1 THEN 'neutral' "
            "ELSE 'unsure' END AS label, p_negative, p_neutral, p_positive, 'made-up' AS tier, "
            "text_digest FROM (SELECT *, 1e0 - p_negative - p_neutral AS p_positive FROM ("
            "SELECT message_id, CASE WHEN regexp_matches(text, '[가-힣]') THEN 'ko' ELSE 'en' END "
            f"AS language, {chance(1)} AS p_negative, (1e0 - {chance(1)}) * {chance(2)} "
            "AS p_neutral, md5('|' || text) AS text_digest FROM message) two) three"
        ),
        inputs=(MESSAGE.name,),
        output=MOOD,
    )
    numbers: Numbers = {}
    with DuckEngine() as engine, _clock(numbers):
        load(store, engine, store.snapshot(MESSAGE))
        save(store, engine, engine.run([step]), mode="overwrite")
    return numbers


def run(folder: str, names: str) -> Numbers:
    """`sonnim run NAMES` (comma-separated), their answers thrown away before."""
    numbers: Numbers = {}
    workspace = sonnim.open(folder)
    chosen = names.split(",")
    for name in chosen:
        for schema in catalog.analyzer(name).writes:
            shutil.rmtree(Path(folder) / "data" / schema.name, ignore_errors=True)
    with _clock(numbers):
        done = workspace.run(chosen)
    return numbers | {"rows": sum(one.rows for one in done)}


def person(folder: str) -> Numbers:
    """All that is held about one person."""
    numbers: Numbers = {}
    workspace = sonnim.open(folder)
    chosen = _somebody(workspace)
    with _clock(numbers):
        record = workspace.person(chosen)
    return numbers | {"rows": sum(table.num_rows for _, table in record.tables)}


def erase(folder: str) -> Numbers:
    """`sonnim erase` of one person."""
    numbers: Numbers = {}
    workspace = sonnim.open(folder)
    chosen = _somebody(workspace)
    with _clock(numbers):
        done = workspace.erase(chosen)
    return numbers | {"rows": sum(one.removed for one in done.swept)}


def _somebody(workspace: sonnim.Workspace) -> str:
    first = workspace.table(MESSAGE.name, order=("person_id",), limit=1)
    return str(first.column("person_id").to_pylist()[0])


class BareDuckDB:
    """DuckDB with its own settings and our macros: runs steps, and nothing else."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        connection.execute("SET TimeZone = 'UTC'")
        install_duckdb(connection)

    def read(self, snapshot: Snapshot) -> None:
        """Makes a snapshot readable by its table's name."""
        schema = snapshot.table.schema
        files = ", ".join(quoted(file) for file in snapshot.files)
        nulls = ", ".join(
            f"CAST(NULL AS {SQL_TYPES[column.type]}) AS {identifier(column.name)}"
            for column in schema.columns
        )
        # Files lack the columns that are empty in all their rows.
        rows = f"SELECT {nulls} WHERE false"
        if files:
            found = f"SELECT * FROM read_parquet([{files}], union_by_name = true)"
            rows = f"{found} UNION ALL BY NAME {rows}"
        names = ", ".join(map(identifier, schema.names))
        self.connection.execute(f"CREATE VIEW {schema.name} AS SELECT {names} FROM ({rows})")

    def run(self, steps: Sequence[Step]) -> Table:
        """Runs the steps in order; gives the last one's ticket."""
        for step in steps:
            kind = "TABLE" if step.keep else "VIEW"
            self.connection.execute(f"CREATE {kind} {identifier(step.name)} AS {step.sql}")
        return Table(schema=steps[-1].output, name=steps[-1].name)

    def map(
        self,
        function: BatchFunction,
        table: Table,
        output: TableSchema,
        *,
        name: str,
        columns: Sequence[str],
    ) -> Table:
        """A function over the rows, in this process and all at once."""
        chosen = ", ".join(map(identifier, columns))
        rows = self.connection.sql(f"SELECT {chosen} FROM {identifier(table.name)}")
        wanted = arrow_schema(table.schema)
        made = [function(cast_batch(one, wanted)) for one in RecordBatchReader.from_arrow(rows)]
        mapped = ArrowTable.from_batches(made, schema=arrow_schema(output))
        self.connection.register(f"{name}_mapped", mapped)
        self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_mapped")
        return Table(schema=output, name=name)

    def count(self, table: Table) -> int:
        """Number of rows."""
        sql = f"SELECT count(*) FROM {identifier(table.name)}"
        ((found,),) = self.connection.execute(sql).fetchall()
        return int(found)


def sql(folder: str, names: str, out: str) -> Numbers:
    """The SQL of analyzers, run by bare DuckDB over the same files, and written to Parquet."""
    numbers: Numbers = {}
    store = DeltaStore(Path(folder) / "data")
    chosen = [catalog.analyzer(name) for name in names.split(",")]
    inputs = [[store.snapshot(reads.schema) for reads in one.reads] for one in chosen]
    with _clock(numbers):
        for one, snapshots in zip(chosen, inputs, strict=True):
            with duckdb.connect() as connection:
                bare: Any = BareDuckDB(connection)
                for snapshot in snapshots:
                    bare.read(snapshot)
                for table in one.analyze(bare, one.parameters()).tables:
                    target = quoted(str(Path(out) / f"{table.name}.parquet"))
                    connection.execute(
                        f"COPY (SELECT * FROM {table.name}) TO {target} (FORMAT parquet)"
                    )
    return numbers


def engine(folder: str, name: str, names: str) -> Numbers:
    """Analyzers on one engine, from the snapshots to the answers' rows in this process."""
    numbers: Numbers = {}
    store = DeltaStore(Path(folder) / "data")
    begin = time.perf_counter()
    made: Engine = SparkEngine.start() if name == "spark" else DuckEngine()
    numbers["start"] = time.perf_counter() - begin
    with made:
        for one in (catalog.analyzer(chosen) for chosen in names.split(",")):
            begin = time.perf_counter()
            for reads in one.reads:
                load(store, made, store.snapshot(reads.schema))
            answer = one.analyze(made, one.parameters())
            rows = sum(made.fetch(table).read_all().num_rows for table in answer.tables)
            numbers[one.name] = time.perf_counter() - begin
            numbers[f"{one.name}_rows"] = rows
    return numbers


def reading(kind: str, file: str) -> Numbers:
    """Texts read by one tier, or their opinions; loading apart."""
    numbers: Numbers = {}
    texts: list[str] = json.loads(Path(file).read_text(encoding="utf-8"))
    model = Cascade.load()
    few, languages = texts[:64], identify(texts)[0]
    # What loads at the first text is not of the texts.
    model.read(few, languages[:64], everything=True)
    with _clock(numbers):
        if kind == "opinions":
            opinions(model.reader, texts)
        elif kind == "fast":
            alone(model.fast, texts, languages)
        else:
            found = model.read(texts, languages, everything=kind == "accurate")
    if kind == "cascade":
        numbers |= {tier: sum(one.endswith(tier) for one in found.tiers) for tier in TIERS}
    return numbers


WORK: dict[str, Callable[..., Numbers]] = {
    "copy": copy, "add": add, "moods": moods, "run": run, "sql": sql, "engine": engine,
    "person": person, "erase": erase, "calamine": calamine, "world": world, "reading": reading,
}  # fmt: skip


def main() -> None:
    """Does the work named on the command line."""
    numbers = WORK[sys.argv[1]](*sys.argv[2:])
    # In KB on Linux, in bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    numbers["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    sys.stdout.write(json.dumps(numbers) + "\n")


if __name__ == "__main__":
    main()

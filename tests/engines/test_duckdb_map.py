"""`map` in several processes, and work larger than the memory it may take."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest
from arro3.core import RecordBatch

from sonnim.checks.rows import batch_of, fetched, schema_of, table_of
from sonnim.engines import duckdb_map
from sonnim.engines.base import CanWatch, threads
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.errors import StopError
from sonnim.tables.step import Step
from sonnim.tables.table import Snapshot, Table

N = schema_of("n", "n:long")
MADE = schema_of("made", "n:long pid:long threads:long")
FATAL = 7


def process(batch: RecordBatch) -> RecordBatch:
    """Each number, by whom it was read, and how many threads it was allowed."""
    numbers = batch.column("n").to_pylist()
    return batch_of(MADE, [(n, os.getpid(), threads()) for n in numbers])


def fatal(batch: RecordBatch) -> RecordBatch:
    """Kills its process at one number."""
    if FATAL in batch.column("n").to_pylist():
        os.kill(os.getpid(), signal.SIGKILL)
    return process(batch)


def refusing(batch: RecordBatch) -> RecordBatch:
    """Refuses one number."""
    if FATAL in batch.column("n").to_pylist():
        raise StopError("unknown_table", table="refused", allowed="-")
    return process(batch)


def unchanged(batch: RecordBatch) -> RecordBatch:
    """The batch itself."""
    return batch


@pytest.fixture
def always_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_map, "POOL_FROM_ROWS", 0)
    monkeypatch.setattr(duckdb_map, "BATCH_ROWS", 10)


def numbers(engine: DuckEngine, count: int, name: str = "n") -> Table:
    return engine.load(Table(schema=N, name=name), table_of(N, [(i,) for i in range(count)]))


@pytest.mark.usefixtures("always_processes")
def test_processes_are_kept_from_one_map_to_the_next() -> None:
    with DuckEngine(processes=2) as engine:
        table = numbers(engine, 100)
        first = fetched(engine, engine.map(process, table, MADE, name="first"))
        second = fetched(engine, engine.map(process, table, MADE, name="second"))
        # In the order of the rows, whoever read them.
        assert [row[0] for row in first] == [row[0] for row in second] == list(range(100))
        pids = {row[1] for row in first + second}
        assert len(pids) == 2
        assert os.getpid() not in pids
        assert {row[2] for row in first + second} == {1}
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(int(str(pid)), 0)


@pytest.mark.usefixtures("always_processes")
def test_a_map_of_one_part_is_done_here_and_ends_the_processes() -> None:
    """What they hold would lie beside what is loaded here."""
    with DuckEngine(processes=2) as engine:
        many = fetched(engine, engine.map(process, numbers(engine, 100), MADE, name="many"))
        table = numbers(engine, 5, "five")
        few = fetched(engine, engine.map(process, table, MADE, name="few"))
        assert {row[1] for row in few} == {os.getpid()}
        for pid in {row[1] for row in many}:
            with pytest.raises(ProcessLookupError):
                os.kill(int(str(pid)), 0)


def test_few_rows_are_mapped_here_with_all_threads() -> None:
    with DuckEngine(processes=2) as engine:
        rows = fetched(engine, engine.map(process, numbers(engine, 100), MADE, name="few"))
    assert {row[1:] for row in rows} == {(os.getpid(), threads())}


def test_threads_are_those_of_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SONNIM_THREADS", raising=False)
    assert threads() == os.cpu_count()
    monkeypatch.setenv("SONNIM_THREADS", "3")
    assert threads() == 3


@pytest.mark.usefixtures("always_processes")
@pytest.mark.parametrize("processes", [1, 2])
def test_watch_counts_every_row_once(processes: int) -> None:
    with DuckEngine(processes=processes) as engine:
        assert isinstance(engine, CanWatch)
        seen: list[int] = []
        engine.watch(seen.append)
        engine.map(process, numbers(engine, 95), MADE, name="made")
    assert sum(seen) == 95
    assert len(seen) > 2


@pytest.mark.slow
@pytest.mark.usefixtures("always_processes")
def test_a_process_that_dies_is_one_error_and_the_engine_goes_on() -> None:
    with DuckEngine(processes=2) as engine:
        table = numbers(engine, 100)
        with pytest.raises(StopError) as caught:
            engine.map(fatal, table, MADE, name="made")
        assert caught.value.key == "map_process_died"
        assert engine.count(engine.map(process, table, MADE, name="made")) == 100


@pytest.mark.slow
@pytest.mark.usefixtures("always_processes")
def test_a_functions_error_comes_back_as_it_was() -> None:
    with DuckEngine(processes=2) as engine:
        table = numbers(engine, 100)
        with pytest.raises(StopError) as caught:
            engine.map(refusing, table, MADE, name="made")
        assert (caught.value.key, caught.value.values["table"]) == ("unknown_table", "refused")
        assert engine.count(engine.map(process, table, MADE, name="made")) == 100


@pytest.mark.slow
def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys, time
        from sonnim.engines import duckdb_map
        from sonnim.engines.duckdb import DuckEngine
        from tests.engines.test_duckdb_map import MADE, numbers, process
        from sonnim.checks.rows import fetched
        duckdb_map.POOL_FROM_ROWS, duckdb_map.BATCH_ROWS = 0, 10
        engine = DuckEngine(processes=2)
        made = engine.map(process, numbers(engine, 100), MADE, name="made")
        print(*{row[1] for row in fetched(engine, made)}, flush=True)
        time.sleep(60)
        """
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                   "TMPDIR": str(tmp_path)}  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        parent.kill()
    assert len(pids) == 2
    deadline = time.monotonic() + 20
    while any(_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "workers outlive their parent"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    # A process that nobody waits for stays as a zombie until init takes it.
    status = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").is_file():
        return status.is_file() and status.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_an_engine_without_order_gives_the_same_rows(tmp_path: Path) -> None:
    step = Step(
        name="many",
        sql="SELECT n FROM (SELECT unnest(range(600000)) AS n) numbers WHERE n % 3 = 0",
        inputs=(),
        output=N,
    )
    found = []
    for ordered in (True, False):
        with DuckEngine(ordered=ordered) as engine:
            file = tmp_path / f"{ordered}.parquet"
            assert engine.export(engine.run([step]), file) == 200_000
            ticket = Table(schema=N, name="read")
            engine.load(ticket, Snapshot(table=ticket, files=(str(file),), rows=200_000))
            found.append([row[0] for row in fetched(engine, ticket, ["n"])])
    assert found == [list(range(0, 600_000, 3))] * 2


# Out of core

WIDE = schema_of("wide", "n:long text:string")
LIMIT_MB = 100


@pytest.mark.slow
def test_a_table_larger_than_the_memory_limit_is_sorted_joined_and_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice 150 MB of texts that do not compress pass through 100 MB."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rows = 600_000
    text = " || ".join(f"md5(CAST(n * 8 + {i} AS VARCHAR))" for i in range(8))
    with DuckEngine(memory=f"{LIMIT_MB}MB", processes=1) as engine:
        wide = Step(
            name="wide",
            sql=f"SELECT n, {text} AS text FROM (SELECT unnest(range({rows})) AS n) numbers",
            inputs=(),
            output=WIDE,
            keep=True,
        )
        # By what has no order yet: every row has to be moved.
        ordered = Step(
            name="ordered",
            sql="SELECT n, text FROM wide ORDER BY text ASC NULLS LAST",
            inputs=("wide",),
            output=WIDE,
            keep=True,
        )
        table = engine.run([wide, ordered])
        spilled = sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
        assert spilled > LIMIT_MB * 1_000_000, "it fitted into memory and shows nothing"
        joined = Step(
            name="joined",
            sql="SELECT o.n, o.text FROM ordered o JOIN wide w ON w.text = o.text AND w.n = o.n",
            inputs=("ordered", "wide"),
            output=WIDE,
        )
        assert engine.count(engine.run([joined])) == rows
        engine.map(unchanged, table, WIDE, name="made")
        out_of_order = Step(
            name="out_of_order",
            sql="SELECT CAST(count(*) AS BIGINT) AS n FROM (SELECT text, lag(text) OVER "
            "(ORDER BY text ASC NULLS LAST) AS before FROM made) pairs WHERE before > text",
            inputs=("made",),
            output=N,
        )
        total = Step(
            name="total",
            sql="SELECT CAST(sum(n) AS BIGINT) AS n FROM made",
            inputs=("made",),
            output=N,
        )
        assert fetched(engine, engine.run([out_of_order])) == [(0,)]
        assert fetched(engine, engine.run([total])) == [(rows * (rows - 1) // 2,)]

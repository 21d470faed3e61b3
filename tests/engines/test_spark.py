import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from arro3.core import RecordBatch

from sonnim.checks.rows import batch_of, fetched, schema_of, table_of
from sonnim.engines import spark_session
from sonnim.engines.base import Engine
from sonnim.engines.spark import SparkEngine
from sonnim.engines.spark_map import worker_error
from sonnim.tables.errors import RetryError, StopError
from sonnim.tables.step import Step
from sonnim.tables.table import Table
from sonnim.tables.words import has_words
from tests.engines.fixtures import EngineFactory

N = schema_of("n", "n:long")


def test_without_java_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda name: object())
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StopError, match="JAVA_HOME") as caught:
        spark_session.need_spark()
    assert caught.value.key == "java_absent"


def test_without_pyspark_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None)
    with pytest.raises(StopError, match=r"sonnim\[spark\]"):
        spark_session.need_spark()


def test_a_workers_error_comes_back_as_it_was() -> None:
    note = '{"kind": "RetryError", "key": "store_conflict", "values": {"table": "가\\n"}}'
    error = worker_error(f"Traceback…\nRuntimeError: sonnim-error<<{note}>>sonnim-error\n  at x")
    assert isinstance(error, RetryError)
    assert (error.key, error.values) == ("store_conflict", {"table": "가\n"})
    assert worker_error("Traceback") is None


@pytest.mark.parametrize(
    "key",
    ["step_failed", "load_failed", "map_failed", "map_wrong_schema", "spark_absent",
     "java_absent", "spark_not_started"],
)  # fmt: skip
def test_every_error_has_words(key: str) -> None:
    assert has_words(key)


@pytest.mark.spark
def test_engines_on_one_cluster_do_not_see_each_other(spark_engine: EngineFactory) -> None:
    with spark_engine() as one, spark_engine() as other:
        step = Step(name="mine", sql="SELECT 1 AS n", inputs=(), output=N, keep=True)
        ticket = one.run([step])
        with pytest.raises(StopError):
            other.count(ticket)


@pytest.mark.spark
def test_functions_run_in_worker_processes(spark_engine: EngineFactory) -> None:
    with spark_engine() as engine:
        assert len(_pids(engine)) == 2


@pytest.mark.spark
@pytest.mark.slow
def test_start_and_close_leave_nothing_behind(tmp_path: Path) -> None:
    # In a process of its own: Spark allows one context a process.
    script = textwrap.dedent(
        """
        from sonnim.checks.rows import fetched, schema_of
        from sonnim.engines.spark import SparkEngine
        from sonnim.tables.step import Step
        n = schema_of("n", "n:long")
        with SparkEngine.start("local[1]", memory="512m") as engine:
            step = Step(name="s", sql="SELECT wilson_low(0, 1, 1) AS n", inputs=(), output=n)
            assert fetched(engine, engine.run([step])) == [(0,)]
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    assert not list(tmp_path.iterdir())


def _pids(engine: Engine) -> set[int]:
    table = engine.load(Table(schema=N, name="n"), table_of(N, [(i,) for i in range(100)]))
    made = engine.map(process_ids, table, N, name="pids")
    return {int(str(row[0])) for row in fetched(engine, made)}


def process_ids(batch: RecordBatch) -> RecordBatch:
    return batch_of(N, [(os.getpid(),)])


@pytest.mark.spark
def test_a_spark_that_runs_already_is_used_and_left_running(
    spark_engine: EngineFactory,
) -> None:
    with SparkEngine.start("local[1]") as engine:
        engine.load(Table(schema=N, name="n"), table_of(N, [(1,)]))
    with spark_engine() as engine:
        assert engine.count(engine.load(Table(schema=N, name="n"), table_of(N, [(1,), (2,)]))) == 2

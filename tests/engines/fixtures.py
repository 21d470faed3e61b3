"""Engines for tests: a pytest plugin that `tests/conftest.py` imports.

`duck_engine` and `spark_engine` are factories of new engines; `make_engine` is each in turn.
Spark really runs with two worker processes and is started once for all tests.
"""

import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.engines.spark_session import has_java, start_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EngineFactory = Callable[[], Engine]

MASTER = "local-cluster[2,1,1024]"


@pytest.fixture(scope="session")
def duck_engine() -> EngineFactory:
    """Makes DuckDB engines."""
    return DuckEngine


@pytest.fixture(scope="session")
def spark_session() -> Iterator["SparkSession"]:
    """A Spark with two workers, each in its own process."""
    if find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed (pip install 'sonnim[spark]')")
    if not has_java():
        pytest.skip("no Java runtime was found")
    # A task that fails in a test fails again: no further attempts.
    session, folder = start_session(MASTER, "1g", (("spark.task.maxFailures", "1"),))
    yield session
    application = session.sparkContext.applicationId
    session.stop()
    shutil.rmtree(folder, ignore_errors=True)
    # local-cluster keeps its workers' logs inside the pyspark package.
    pyspark = find_spec("pyspark")
    if pyspark and pyspark.origin:
        shutil.rmtree(Path(pyspark.origin).parent / "work" / application, ignore_errors=True)


@pytest.fixture(scope="session")
def spark_engine(spark_session: "SparkSession") -> EngineFactory:
    """Makes Spark engines, each in a session of its own on the same cluster."""
    from sonnim.engines.spark import SparkEngine

    return lambda: SparkEngine(spark_session)


@pytest.fixture(scope="session", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def make_engine(request: pytest.FixtureRequest) -> EngineFactory:
    """Each engine's factory in turn."""
    name = "duck_engine" if request.param == "duckdb" else "spark_engine"
    factory: EngineFactory = request.getfixturevalue(name)
    return factory


@pytest.fixture(scope="module")
def engine(make_engine: EngineFactory) -> Iterator[Engine]:
    """One engine of each kind for a whole module."""
    with make_engine() as made:
        yield made

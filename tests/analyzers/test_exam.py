"""Every analyzer of the catalog passes the public exam on DuckDB and on Spark.

On Spark the answers are held against DuckDB's, and the other way round.
"""

import pytest

from sonnim.analyzers.base import Analyzer
from sonnim.checks.analyzer_exam import EXAM, AnalyzerCheck, Case
from sonnim.engines.duckdb import DuckEngine
from sonnim.workspace.catalog import analyzers
from tests.engines.fixtures import EngineFactory

CHECKS = pytest.mark.parametrize("check", EXAM, ids=lambda check: check.name)
ANALYZERS = pytest.mark.parametrize("analyzer", analyzers(), ids=lambda one: one.name)
QUICK = ("contract", "parameters", "schema")


@pytest.mark.parametrize(
    "check",
    [pytest.param(c, marks=() if c.name in QUICK else pytest.mark.slow) for c in EXAM],
    ids=lambda check: check.name,
)
@ANALYZERS
def test_on_duckdb(analyzer: Analyzer, check: AnalyzerCheck) -> None:
    check.run(Case(analyzer=analyzer, make_engine=DuckEngine, other=DuckEngine, rows=60))


@pytest.mark.spark
@CHECKS
@ANALYZERS
def test_on_spark(analyzer: Analyzer, check: AnalyzerCheck, spark_engine: EngineFactory) -> None:
    case = Case(analyzer=analyzer, make_engine=spark_engine, other=DuckEngine, rows=60)
    check.run(case)

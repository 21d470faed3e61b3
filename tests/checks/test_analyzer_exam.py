import dataclasses

import pytest

from sonnim.analyzers.base import Analyzer, NoParameters, Reads
from sonnim.checks.analyzer_exam import WorkedExample, WorkedTable, check_analyzer
from sonnim.checks.compare import compare_answers, sorted_rows
from sonnim.checks.failed import CheckFailed
from sonnim.checks.rows import schema_of
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.answer import Answer
from sonnim.tables.facts import MESSAGE
from sonnim.tables.step import Step
from tests.checks.example_analyzer import ANALYZER, COUNTS
from tests.engines.fixtures import EngineFactory

SHORT = MESSAGE.only(("message_id", "time", "text", "language", "rating", "rating_max"))
WORKED = WorkedExample(
    inputs=(
        WorkedTable(
            schema=SHORT,
            rows=(
                ("m1", 2, "좋아요", "ko", 5.0, 5.0),
                ("m2", 1, "별로", "ko", 1.0, 5.0),
                ("m3", 1, "fine", None, None, None),
            ),
        ),
    ),
    answers=(
        WorkedTable(
            schema=COUNTS.only(("language", "n", "first")),
            rows=(("", 1, ["m3"]), ("ko", 2, ["m2", "m1"])),
        ),
    ),
)


def test_a_good_analyzer_passes() -> None:
    check_analyzer(ANALYZER, DuckEngine, WORKED, other=DuckEngine, rows=40)


@pytest.mark.spark
def test_a_good_analyzer_agrees_on_spark(spark_engine: EngineFactory) -> None:
    check_analyzer(ANALYZER, DuckEngine, WORKED, other=spark_engine)


def _by_arrival(engine: Engine, parameters: object) -> Answer:
    sql = (
        "SELECT 'all' AS language, count(*) AS n, max(likes) * 1e0 AS top, "
        "array_agg(message_id) AS first FROM message"
    )
    step = Step(name="counts", sql=sql, inputs=("message",), output=COUNTS)
    return Answer(tables=(engine.run([step]),))


@pytest.mark.slow
def test_faults_are_found_and_named() -> None:
    bad = dataclasses.replace(
        ANALYZER, name="Bad Name", analyze=_by_arrival, quality="fine", parameters=NoParameters
    )
    with pytest.raises(CheckFailed) as caught:
        check_analyzer(bad, DuckEngine, WORKED, rows=40)
    text = str(caught.value)
    for name in ("contract", "row-order", "only-declared", "worked"):
        assert f"- {name}:" in text, text
    assert "counts.top" in text and "counts.first" in text


@pytest.mark.slow
def test_wrong_tables_are_found() -> None:
    other = schema_of("other", "language:string")
    bad: Analyzer = dataclasses.replace(ANALYZER, writes=(other,))
    with pytest.raises(CheckFailed, match="tables written"):
        check_analyzer(bad, DuckEngine, rows=40)


@pytest.mark.slow
def test_undeclared_columns_are_found() -> None:
    reads = (Reads(schema=MESSAGE, columns=("message_id", "time", "language")),)
    with pytest.raises(CheckFailed, match="only-declared"):
        check_analyzer(dataclasses.replace(ANALYZER, reads=reads), DuckEngine, rows=40)


def test_compare_answers_tolerates_only_doubles() -> None:
    schema = schema_of("t", "id:string x:double n:long")
    one = sorted_rows(schema, [("a", 1.0, 1), ("b", None, 2)])
    compare_answers([one], [sorted_rows(schema, [("b", None, 2), ("a", 1.0 + 1e-12, 1)])])
    for rows in (
        [("a", 1.1, 1), ("b", None, 2)],
        [("a", 1.0, 2), ("b", None, 2)],
        [("a", 1.0, 1)],
        [("a", 1.0, 1), ("b", 0.0, 2)],
    ):
        with pytest.raises(CheckFailed):
            compare_answers([one], [sorted_rows(schema, rows)])

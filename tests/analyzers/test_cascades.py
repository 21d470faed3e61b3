"""Cascades: worked by hand, and the same on Spark."""

from datetime import UTC, datetime, timedelta

import pytest

from sonnim.analyzers import cascades
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from tests.analyzers.asking import Record, asked
from tests.engines.fixtures import EngineFactory

START = datetime(2026, 1, 1, tzinfo=UTC)


def said(name: str, hours: float, person: str, **more: object) -> Record:
    time = START + timedelta(hours=hours)
    return {"message_id": name, "time": time, "person_id": person, "text": "글", **more}


MESSAGES = [
    said("a", 0, "ann"),
    said("b", 1, "bob", reply_to="a"),
    said("c", 2, "cho", share_of="a"),
    said("d", 5, "desk", reply_to="b", direction="out"),
    said("e", 9, "ann", reply_to="d"),
    said("f", 9, "eve", reply_to="nothing that is here"),
    said("g", 3, "eve", reply_to="h"),
    said("h", 4, "fay", reply_to="h"),
    said("k", 1, "kim"),
    said("l", 2, "lee", share_of="k"),
]


def found(engine: Engine, most: int = 1_000) -> dict[str, Record]:
    rows = asked(engine, cascades.ANALYZER, {"message": MESSAGES}, most=most)
    return {row["cascade_id"]: row for row in rows}


@pytest.mark.parametrize("most", [1_000, 1])
def test_cascades_are_those_found_by_hand(most: int) -> None:
    """As many messages as one machine takes, and more."""
    with DuckEngine() as engine:
        rows = found(engine, most)
    # f hangs on nothing that is here; g answers what is later, and h itself.
    assert set(rows) == {"a", "k"}
    a = rows["a"]
    assert (a["person_id"], a["size"], a["people"], a["depth"], a["breadth"]) == (
        "ann", 5, 4, 3, 2,
    )  # fmt: skip
    # c-a-b-d-e is a chain: (5 + 1) / 3.
    assert a["virality"] == pytest.approx(2)
    assert (a["half_time"], a["answered_after"]) == (2, 5)
    assert a["ended"] - a["started"] == timedelta(hours=9)
    # Of two that had two messages one reached four; of one that had five, none ten.
    assert (rows["k"]["expected_growth"], a["expected_growth"]) == (0.5, 0)
    assert rows["k"]["growth_low"] < 0.5 < rows["k"]["growth_high"]
    assert rows["k"]["answered_after"] is None


@pytest.mark.spark
def test_spark_answers_the_same(spark_engine: EngineFactory) -> None:
    with DuckEngine() as duck, spark_engine() as spark:
        here = found(duck)
        assert found(spark) == here
        assert found(spark, most=1) == here

"""`issues`: planted ones are found with unit, days and messages, on both engines."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sonnim.analyzers.issues import ANALYZER
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from tests.analyzers.asking import Record, asked_all
from tests.engines.fixtures import EngineFactory

START = datetime(2025, 1, 1, 3, tzinfo=UTC)
PLAIN = (
    "커피 맛이 좋아요", "케이크가 달아요", "직원이 친절해요", "자리가 편해요", "The coffee is fine",
    "Nice cake and staff", "주문이 밀려요", "음악이 시끄러워요",
)  # fmt: skip
LEAKS = ("뚜껑이 새요", "뚜껑 새서 커피 쏟았어요", "The lid leaks", "새 뚜껑이 자꾸 새네요")


def messages(days: int = 300, leaking: Sequence[int] = range(120, 150)) -> list[Record]:
    """Six messages a day of two units; on some days two more of one unit speak of lids."""
    chance = random.Random(5)
    rows: list[Record] = []
    for day in range(days):
        time = START + timedelta(days=day)
        for at in range(6):
            rows.append({
                "message_id": f"m{day}-{at}", "time": time + timedelta(hours=at),
                "text": chance.choice(PLAIN) + "!" * chance.randrange(60), "direction": "in",
                "unit": chance.choice(["강남", "판교", None]), "person_id": f"p{day}-{at}",
            })  # fmt: skip
        for at in range(2 * (day in leaking)):
            rows.append({
                "message_id": f"l{day}-{at}", "time": time, "unit": "판교", "direction": "in",
                "text": chance.choice(LEAKS) + "." * chance.randrange(60),
                "person_id": f"l{day}-{at}",
            })  # fmt: skip
    return rows


def moods(rows: Sequence[Record]) -> list[Record]:
    return [
        {"message_id": row["message_id"],
         "label": "negative" if str(row["message_id"]).startswith("l") else "positive"}
        for row in rows
    ]  # fmt: skip


def answers(engine: Engine, rows: Sequence[Record], **parameters: object) -> tuple[Any, Any]:
    tables = {"message": rows, "mood": moods(rows)}
    found, of = asked_all(engine, ANALYZER, tables, **parameters)
    return found, sorted(of, key=lambda row: row["message_id"])


def test_a_planted_issue_is_found_with_place_days_and_messages() -> None:
    with DuckEngine() as engine:
        (found,), of = answers(engine, messages())
    assert (found["unit"], found["kind"]) == ("판교", "complaint")
    assert set(found["terms"]) & {"뚜껑", "새다"} and "뚜껑" in found["label"]
    assert abs((found["started"] - (START + timedelta(days=120))).days) <= 1
    assert abs((found["ended"] - (START + timedelta(days=150))).days) <= 2
    ids = {row["message_id"] for row in of}
    assert all(one.startswith("l") for one in ids) and len(ids) >= 45 and found["n"] == len(ids)
    assert found["p_value"] < 0.01 and found["negative"] == 1.0
    assert set(found["quotes"]) <= ids and len(found["quotes"]) == 3


def test_what_lasts_has_no_end() -> None:
    with DuckEngine() as engine:
        (found,), _ = answers(engine, messages(leaking=range(270, 300)))
    assert found["ended"] is None


def test_without_a_rise_there_is_none_and_nothing_breaks_on_nothing() -> None:
    with DuckEngine() as engine:
        assert answers(engine, messages(leaking=())) == ([], [])
        assert answers(engine, []) == ([], [])
        # Always there: no issue, however often.
        assert answers(engine, messages(leaking=range(300))) == ([], [])


def test_one_voice_does_not_make_an_issue() -> None:
    rows = [
        {**row, "person_id": "one"} if str(row["message_id"]).startswith("l") else row
        for row in messages(leaking=range(120, 127))
    ]
    with DuckEngine() as engine:
        assert answers(engine, rows) == ([], [])


def test_a_short_span_will_do() -> None:
    with DuckEngine() as engine:
        (found,), _ = answers(engine, messages(days=60, leaking=range(30, 40)))
    assert (found["started"] - START.replace(hour=0)).days == 30
    assert (found["ended"] - START.replace(hour=0)).days == 40


@pytest.mark.spark
def test_spark_answers_the_same(spark_engine: EngineFactory) -> None:
    rows = messages(days=220)
    with DuckEngine() as duck, spark_engine() as spark:
        here, there = answers(duck, rows), answers(spark, rows)
    for one, other in zip(here, there, strict=True):
        assert len(one) == len(other) > 0
        for row, same in zip(one, other, strict=True):
            assert same == {
                k: pytest.approx(v) if isinstance(v, float) else v for k, v in row.items()
            }

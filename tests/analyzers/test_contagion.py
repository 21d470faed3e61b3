"""Contagion of complaints: what the SQL hands on, influence that is planted, and Spark."""

import numpy as np
import pytest

from sonnim.analyzers import contagion
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.graphs.matched import matched
from sonnim.graphs.network import network_of
from sonnim.tables.errors import StopError
from tests.analyzers.asking import Record, asked
from tests.engines.fixtures import EngineFactory

SECOND = 1_000_000
DAY = 86_400 * SECOND
PEOPLE, DAYS = 400, 300


def talk(influence: float, seed: int = 5) -> dict[str, list[Record]]:
    """People who turn to three others; a friend's complaint makes one's own likelier by so much."""
    chance = np.random.default_rng(seed)
    friends = [chance.choice(PEOPLE, 3, replace=False) for _ in range(PEOPLE)]
    link: list[Record] = [
        {"from_id": f"p{one:03}", "to_id": f"p{other:03}", "kind": "mention", "weight": 1.0,
         "time": 0}
        for one in range(PEOPLE) for other in friends[one] if other != one
    ]  # fmt: skip
    complained = np.full(PEOPLE, np.inf)
    message: list[Record] = []
    mood: list[Record] = []
    for day in range(0, DAYS, 3):
        for one in range(PEOPLE):
            moved = any(complained[other] < day - 30 for other in friends[one])
            negative = chance.random() < 0.004 * (influence if moved else 1)
            if negative and np.isinf(complained[one]):
                complained[one] = day
            if negative or chance.random() < 0.1:
                name = f"m{day}.{one}"
                message.append({"message_id": name, "person_id": f"p{one:03}", "text": "글",
                                "time": day * DAY + one * SECOND})  # fmt: skip
                mood.append({"message_id": name, "label": "negative" if negative else "positive",
                             "p_negative": 0.9 if negative else 0.1,
                             "p_positive": 0.1 if negative else 0.9})  # fmt: skip
    return {"link": link, "message": message, "mood": mood}


def found(engine: Engine, given: dict[str, list[Record]], **more: object) -> dict[str, Record]:
    rows = asked(engine, contagion.ANALYZER, given, **more)
    return {row["estimate"]: row for row in rows}


def test_what_is_compared_is_what_the_function_would_compare() -> None:
    given = talk(4.0)
    with DuckEngine() as engine:
        rows = found(engine, given, draws=50)
    names = sorted({row[end] for row in given["link"] for end in ("from_id", "to_id")})
    place = {name: number for number, name in enumerate(names)}
    network = network_of(
        len(names),
        np.array([place[row["to_id"]] for row in given["link"]]),
        np.array([place[row["from_id"]] for row in given["link"]]),
    )
    label = {row["message_id"]: row["label"] for row in given["mood"]}
    adopted, written = np.full(len(names), np.nan), np.zeros(len(names))
    for row in sorted(given["message"], key=lambda row: row["time"]):
        one = place[row["person_id"]]
        written[one] += 1
        if label[row["message_id"]] == "negative" and np.isnan(adopted[one]):
            adopted[one] = row["time"] / SECOND
    early = [
        [0.8] if any(
            row["person_id"] == name and (np.isnan(adopted[place[name]])
                                          or row["time"] / SECOND < adopted[place[name]])
            for row in given["message"]
        ) else [0.0]
        for name in names
    ]  # fmt: skip
    wanted = matched(
        network, adopted, np.column_stack([np.log1p(written), early]), period=30 * 86_400.0,
        since=np.zeros(len(network.sources)), draws=50, seed=1,
    )  # fmt: skip
    for name, one in (("raw", wanted.raw), ("matched", wanted.matched)):
        assert (rows[name]["adopted"], rows[name]["others"]) == (one.adopted, one.others)
        assert rows[name]["value"] == pytest.approx(one.value)
        assert (rows[name]["low"], rows[name]["high"]) == pytest.approx((one.low, one.high))
    assert rows["matched"]["pairs"] == wanted.pairs


def test_planted_influence_is_seen_and_its_absence_too() -> None:
    with DuckEngine() as engine:
        moved, alone = found(engine, talk(6.0)), found(engine, talk(1.0))
    assert moved["raw"]["low"] > 1 and moved["raw"]["value"] > alone["raw"]["value"]
    assert alone["matched"]["low"] < 1 < alone["matched"]["high"]


def test_with_few_complaints_nothing_is_said() -> None:
    given = talk(4.0)
    given["mood"] = [{**row, "label": "positive"} for row in given["mood"]]
    with DuckEngine() as engine:
        rows = found(engine, given)
    assert rows["raw"]["value"] is None and rows["matched"]["low"] is None


def test_a_network_that_is_too_large_is_refused_before_it_is_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DuckEngine, "map", lambda *given, **more: pytest.fail("it was begun"))
    link: list[Record] = [
        {"from_id": one, "to_id": "ann", "kind": "reply", "weight": 1.0} for one in ("bob", "cho")
    ]
    with DuckEngine() as engine, pytest.raises(StopError, match=r"2 edges.* for 1 at most"):
        found(engine, {"link": link}, most=1)


@pytest.mark.spark
def test_spark_answers_the_same(spark_engine: EngineFactory) -> None:
    given = talk(4.0)
    with DuckEngine() as duck, spark_engine() as spark:
        here, there = found(duck, given, draws=50), found(spark, given, draws=50)
    for name, row in here.items():
        assert there[name] == {k: pytest.approx(v) if isinstance(v, float) else v
                               for k, v in row.items()}  # fmt: skip

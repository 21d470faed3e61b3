"""Seeds: worked on small networks, held against every other choice, and the same on Spark."""

from itertools import combinations

import numpy as np
import pytest

from sonnim.analyzers import spread
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.graphs.channels import channels, shares
from sonnim.graphs.network import network_of
from sonnim.graphs.spread import played
from sonnim.tables.errors import StopError
from tests.analyzers.asking import Record, asked
from tests.engines.fixtures import EngineFactory

DAY = 86_400_000_000
# Who turns to whom: word flows the other way.
TURNS = (
    "b>a", "c>a", "d>a", "b>d", "e>b", "e>c", "f>c", "f>a", "g>f", "g>b", "h>g", "h>d", "i>h",
    "i>a", "j>i", "j>c",
)  # fmt: skip


def links(pairs: tuple[str, ...] = TURNS) -> list[Record]:
    return [
        {"from_id": pair[0], "to_id": pair[2], "kind": "reply", "weight": 1.0} for pair in pairs
    ]


def ways(engine: Engine, given: dict[str, list[Record]], **more: object) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for row in sorted(asked(engine, spread.ANALYZER, given, **more), key=lambda row: row["rank"]):
        found.setdefault(row["way"], []).append(row)
    return found


@pytest.mark.parametrize("model", ["cascade", "threshold"])
def test_the_seeds_are_nearly_as_good_as_the_best_of_all(model: str) -> None:
    """The oracle tries every pair; greedy reaches at least 1 - 1/e of the best (Kempe 2003)."""
    with DuckEngine() as engine:
        found = ways(engine, {"link": links()}, budget=2, model=model, runs=2000)
    people = sorted({pair[0] for pair in TURNS} | {pair[2] for pair in TURNS})
    network = network_of(
        len(people),
        np.array([people.index(pair[2]) for pair in TURNS]),
        np.array([people.index(pair[0]) for pair in TURNS]),
    )
    paths = channels(network, shares(network), model)
    best = max(
        played(paths, np.array(pair), runs=2000, seed=9).mean
        for pair in combinations(range(len(people)), 2)
    )
    chosen = found["chosen"]
    # By thresholds one reaches everybody here, and then no second is needed.
    assert len(chosen) == (2 if model == "cascade" else 1)
    assert chosen[0]["people"] == len(people)
    assert chosen[0]["reach"] >= (1 - 1 / np.e) * best
    assert chosen[0]["guarantee"] >= 1 - 1 / np.e - spread.SHARP
    assert chosen[0]["low"] <= chosen[0]["reach"] <= chosen[0]["high"]
    assert not chosen[0]["learned"]
    assert set(found) == {"chosen", "pagerank", "degree", "random"}
    assert found["random"][0]["reach"] <= chosen[0]["reach"]


def talk() -> dict[str, list[Record]]:
    """p answers half of what a says and nothing of what b says, though they turn to b as well."""
    message: list[Record] = []
    link: list[Record] = []
    for number in range(60):
        for who in "ab":
            name = f"{who}{number}"
            message.append({"message_id": name, "person_id": who, "text": "글",
                            "time": number * DAY})  # fmt: skip
        if number % 2 == 0:
            link += [
                {"from_id": f"p{one}", "to_id": "a", "kind": "reply", "weight": 1.0,
                 "time": number * DAY + one + 1, "message_id": f"r{number}.{one}",
                 "about_id": f"a{number}"} for one in range(5)
            ]  # fmt: skip
    link += [
        {"from_id": f"p{one}", "to_id": "b", "kind": "mention", "weight": 1.0,
         "time": DAY, "message_id": f"x{one}"} for one in range(5)
    ]  # fmt: skip
    return {"message": message, "link": link}


def test_chances_are_learned_from_who_answered_what() -> None:
    with DuckEngine() as engine:
        (chosen,) = ways(engine, talk(), budget=1, runs=4000)["chosen"]
    assert chosen["person_id"] == "a" and chosen["learned"]
    # Five people, each with about half a chance; shrunk a little towards the share of all edges.
    assert 3.0 < chosen["reach"] < 3.6


def test_nobody_is_told_where_there_is_nobody() -> None:
    with DuckEngine() as engine:
        assert ways(engine, {"link": []}) == {}


def test_a_network_that_is_too_large_is_refused_before_it_is_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DuckEngine, "map", lambda *given, **more: pytest.fail("it was begun"))
    with DuckEngine() as engine, pytest.raises(StopError, match=r"16 edges.* for 3 at most"):
        ways(engine, {"link": links()}, most=3)


@pytest.mark.spark
def test_spark_answers_the_same(spark_engine: EngineFactory) -> None:
    with DuckEngine() as duck, spark_engine() as spark:
        assert ways(spark, talk(), budget=2, runs=100) == ways(duck, talk(), budget=2, runs=100)

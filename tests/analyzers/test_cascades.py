"""Cascades: worked by hand, forecasts in worlds that can and cannot be told, and Spark."""

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pytest

from sonnim.analyzers import cascades
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.graphs.cascades import forest
from sonnim.graphs.growth import foreseen, young
from tests.analyzers.asking import Record, asked, asked_all
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


def test_of_too_many_messages_no_chances_are_told() -> None:
    """The same world as below, where chances can be told of as many as one machine takes."""
    with DuckEngine() as engine:
        cascade, told = asked_all(
            engine, cascades.ANALYZER, {"message": world(told=True)}, most=100, least=10
        )
        answer = cascades.analyze(engine, cascades.CascadesParameters(most=100))
    assert told == [] and len(cascade) > 100
    assert {row["chance_doubles"] for row in cascade} == {None}
    assert [caveat.key for caveat in answer.caveats] == ["caveat_cascades_wide"]


@cache
def world(told: bool, count: int = 700) -> tuple[Record, ...]:
    """Cascades of up to twelve messages in a hundred days.

    Where growth can be told, each has a rate of its own, so that those which came fast go on so;
    where it cannot, all have the same, and how fast they came was chance.
    """
    chance = np.random.default_rng(8)
    rows: list[Record] = []
    for number in range(count):
        rate = float(chance.gamma(1.5, 1.0)) + 0.05 if told else 0.9
        hours = float(chance.random() * 2400)
        names = [f"c{number:03}.{turn}" for turn in range(12)]
        for turn, name in enumerate(names):
            more = {"reply_to": names[int(chance.integers(turn))]} if turn else {}
            rows.append(said(name, hours, f"p{int(chance.integers(40)):02}", **more))
            hours += float(chance.exponential(24 / rate))
    return tuple(row for row in rows if row["time"] < START + timedelta(hours=2400))


def forecast(
    engine: Engine, messages: tuple[Record, ...], **more: object
) -> tuple[dict[str, Record], dict[int, Record]]:
    rows, told = asked_all(engine, cascades.ANALYZER, {"message": messages}, days=5.0, **more)
    return {row["cascade_id"]: row for row in rows}, {row["k"]: row for row in told}


@cache
def told_world() -> tuple[dict[str, Record], dict[int, Record]]:
    with DuckEngine() as engine:
        return forecast(engine, world(told=True))


def test_growth_that_can_be_told_is_told_better_than_by_the_base_rate() -> None:
    """Oracle: the functions themselves, given plain arrays."""
    messages = world(told=True)
    rows, told = told_world()
    row = told[5]
    assert row["verdict"] == "better" and row["low"] > 0.6 and row["gain_low"] > 0
    ordered = sorted(messages, key=lambda one: (one["time"], one["message_id"]))
    place = {one["message_id"]: number for number, one in enumerate(ordered)}
    when = np.array([one["time"].timestamp() for one in ordered])
    people = sorted({one["person_id"] for one in ordered})
    seen = young(
        forest(np.array([place.get(one.get("reply_to", ""), -1) for one in ordered])),
        np.array([people.index(one["person_id"]) for one in ordered]),
        when, k=5, horizon=5 * 86_400.0,
    )  # fmt: skip
    wanted = foreseen(seen)
    assert (row["learned"], row["learned_doubled"], row["tested"], row["tested_doubled"]) == (
        wanted.learned, wanted.learned_grew, wanted.tested, wanted.tested_grew,
    )  # fmt: skip
    assert row["auc"] == pytest.approx(wanted.auc.value)
    assert (row["low"], row["high"]) == pytest.approx((wanted.auc.low, wanted.auc.high))
    assert row["gain"] == pytest.approx(row["base_brier"] - row["brier"])
    assert row["base_rate"] == pytest.approx(wanted.share)
    assert row["base_low"] < row["base_rate"] < row["base_high"]
    assert row["split"].timestamp() == pytest.approx(wanted.split, abs=1e-5)
    still = ~seen.known & ~seen.grew
    chances = {
        ordered[root]["message_id"]: chance
        for root, chance in zip(
            seen.roots[still].tolist(), wanted.chances[still].tolist(), strict=True
        )
    }
    given = {name: one["chance_doubles"] for name, one in rows.items()
             if one["chance_from"] == 5}  # fmt: skip
    assert given == pytest.approx(chances) and row["open"] == len(chances) > 10
    # Twelve messages at most: none of ten has twenty, and so nothing is told of them.
    assert told[10]["verdict"] == "alike" and set(told) == {5, 10}
    assert all(one["chance_doubles"] is None for one in rows.values() if one["size"] >= 10)


def test_growth_that_is_chance_is_not_told() -> None:
    with DuckEngine() as engine:
        rows, told = forecast(engine, world(told=False))
    row = told[5]
    assert row["verdict"] == "no_better" and row["low"] < 0.5 < row["high"] < 0.62
    assert row["gain_low"] <= 0 and row["open"] > 10
    assert all(one["chance_doubles"] is None for one in rows.values())


def test_of_few_cascades_nothing_is_said() -> None:
    few = tuple(row for row in world(told=True) if row["message_id"] < "c09")
    with DuckEngine() as engine:
        rows, told = forecast(engine, few)
        by_hand = forecast(engine, tuple(MESSAGES))[1]
        assert forecast(engine, ()) == ({}, {})
    assert told[5]["verdict"] == "few" and told[5]["auc"] is None and told[5]["least"] == 30
    assert 0 < told[5]["learned"] < 60 and all(
        one["chance_doubles"] is None for one in rows.values()
    )
    assert (by_hand[5]["verdict"], by_hand[5]["learned"], by_hand[5]["base_rate"]) == (
        "few", 0, None,
    )  # fmt: skip


def test_a_forecast_does_not_know_what_came_after_it() -> None:
    """Whatever came in an open cascade after it was looked at is changed; its chance stays."""
    messages = world(told=True)
    rows, told = told_world()
    open_ = {name for name, one in rows.items() if one["chance_from"] == 5}
    changed, later = [], 0
    turns: dict[str, int] = {}
    for row in sorted(messages, key=lambda one: one["time"]):
        name = f"{row['message_id'][:4]}.0"
        turns[name] = turns.get(name, 0) + 1
        if name in open_ and turns[name] > 5:
            later += 1
            row = {**row, "person_id": "other", "reply_to": name, "direction": "out"}
        changed.append(row)
    with DuckEngine() as engine:
        other, again = forecast(engine, tuple(changed))
        # And in which order rows came does not matter.
        order = np.random.default_rng(1).permutation(len(messages))
        turned, _ = forecast(engine, tuple(messages[place] for place in order))
    assert later > 10 and again == told and turned == rows
    for name in open_:
        assert other[name]["chance_doubles"] == rows[name]["chance_doubles"]
        assert rows[name]["size"] < 10
    assert any(other[name]["depth"] != rows[name]["depth"] for name in open_)


def test_authors_who_are_nobody_are_different_ones_and_times_must_be_known() -> None:
    messages = world(told=True)
    nobody = tuple({**row, "person_id": None} for row in messages)
    everybody = tuple({**row, "person_id": row["message_id"]} for row in messages)
    timeless = {f"c{number:03}.0" for number in range(0, 700, 2)}
    cut = tuple({**row, "time": None} if row["message_id"] in timeless else row for row in messages)
    with DuckEngine() as engine:
        assert forecast(engine, nobody)[1] == forecast(engine, everybody)[1]
        told = forecast(engine, cut)[1][5]
    known = told_world()[1][5]
    assert 0.4 < (told["learned"] + told["tested"]) / (known["learned"] + known["tested"]) < 0.6


@pytest.mark.spark
def test_spark_answers_the_same(spark_engine: EngineFactory) -> None:
    with DuckEngine() as duck, spark_engine() as spark:
        here = found(duck)
        assert found(spark) == here
        assert found(spark, most=1) == here
        here, there = told_world(), forecast(spark, world(told=True))
    for mine, its in zip(here, there, strict=True):
        assert set(its) == set(mine)
        for key, row in mine.items():
            assert its[key] == {name: pytest.approx(value) if isinstance(value, float) else value
                                for name, value in row.items()}  # fmt: skip

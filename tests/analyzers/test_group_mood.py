"""Moods of groups: figures worked in Python, a fall that is found, and chance that is not."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sonnim.analyzers import group_mood
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from tests.analyzers.asking import Record, asked
from tests.engines.fixtures import EngineFactory

END = datetime(2026, 6, 30, tzinfo=UTC)


def tables(
    shares: dict[int, tuple[float, float]], seed: int, n: int = 1_200
) -> dict[str, list[Record]]:
    """Groups of ten people with these shares of negative messages, before and in the last month."""
    chance = np.random.default_rng(seed)
    community = [
        {"person_id": f"{group}.{place}", "community_id": group, "bridge": place / 10}
        for group in shares
        for place in range(10)
    ]
    message: list[Record] = []
    mood: list[Record] = []
    for number in range(n):
        group, days = int(chance.integers(len(shares))), float(chance.uniform(0, 200))
        negative = chance.random() < shares[group][days < 30]
        message.append({
            "message_id": f"m{number}", "person_id": f"{group}.{chance.integers(10)}",
            "time": END - timedelta(days=days if number else 0), "text": "글",
        })  # fmt: skip
        mood.append({"message_id": f"m{number}", "label": "negative" if negative else "positive"})
    return {"community": community, "message": message, "mood": mood}


def found(engine: Engine, given: dict[str, list[Record]], **more: object) -> dict[int, Record]:
    rows = asked(engine, group_mood.ANALYZER, given, **more)
    return {row["community_id"]: row for row in rows}


def wilson(k: float, n: float) -> tuple[float, float]:
    z = 1.959963984540054
    root = z * np.sqrt(k * (n - k) / n + z * z / 4)
    return (k + z * z / 2 - root) / (n + z * z), (k + z * z / 2 + root) / (n + z * z)


def test_figures_are_those_of_the_papers() -> None:
    """The oracle: Wilson's and Newcombe's formulas, written here."""
    given = tables({0: (0.3, 0.6), 1: (0.3, 0.3), 2: (0.4, 0.3)}, seed=1)
    with DuckEngine() as engine:
        rows = found(engine, given)
    ages = [(END - row["time"]).total_seconds() / 86_400 for row in given["message"]]
    groups = [int(row["person_id"].partition(".")[0]) for row in given["message"]]
    bad = [row["label"] == "negative" for row in given["mood"]]
    for group, row in rows.items():
        cell = {}
        for other in (False, True):
            for late in (True, False):
                chosen = [
                    b
                    for b, a, g in zip(bad, ages, groups, strict=True)
                    if (g != group) == other and (a < 30 if late else 30 <= a < 210)
                ]
                cell[other, late] = (sum(chosen), len(chosen))
        p = {key: k / n for key, (k, n) in cell.items()}
        ends = {key: wilson(*one) for key, one in cell.items()}
        value = p[False, True] - p[False, False] - (p[True, True] - p[True, False])
        assert row["value"] == pytest.approx(value)
        rising = {(False, True), (True, False)}
        down = sum((p[c] - ends[c][0] if c in rising else ends[c][1] - p[c]) ** 2 for c in p)
        up = sum((ends[c][1] - p[c] if c in rising else p[c] - ends[c][0]) ** 2 for c in p)
        assert (row["low"], row["high"]) == pytest.approx(
            (value - np.sqrt(down), value + np.sqrt(up))
        )
        assert (row["n"], row["n_before"]) == (cell[False, True][1], cell[False, False][1])
    assert rows[0]["falling"] and not rows[1]["falling"] and not rows[2]["falling"]
    assert [row["q_value"] >= row["p_value"] for row in rows.values()] == [True] * 3
    # Of bridges first: the person with the highest share of links elsewhere.
    authors = {row["message_id"]: row["person_id"] for row in given["message"]}
    late = {author for author, a, b in zip(authors.values(), ages, bad, strict=True)
            if a < 30 and b and author.startswith("0.")}  # fmt: skip
    assert authors[rows[0]["evidence"][0]] == max(late)


def test_groups_that_do_not_differ_are_rarely_called_falling() -> None:
    """At most the stated share of runs has a false alarm, give or take three standard errors."""
    runs, alarms = 60, 0
    with DuckEngine() as engine:
        for seed in range(runs):
            rows = found(engine, tables({g: (0.4, 0.4) for g in range(4)}, seed, n=600), least=10)
            alarms += any(row["falling"] for row in rows.values())
    assert alarms / runs <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_small_groups_have_no_row() -> None:
    with DuckEngine() as engine:
        assert found(engine, tables({0: (0.3, 0.6), 1: (0.3, 0.3)}, 1, n=60)) == {}


@pytest.mark.spark
def test_spark_answers_the_same(spark_engine: EngineFactory) -> None:
    given = tables({0: (0.3, 0.6), 1: (0.3, 0.3), 2: (0.4, 0.3)}, seed=1)
    with DuckEngine() as duck, spark_engine() as spark:
        here, there = found(duck, given), found(spark, given)
    for group, row in here.items():
        assert there[group] == {k: pytest.approx(v) if isinstance(v, float) else v
                                for k, v in row.items()}  # fmt: skip

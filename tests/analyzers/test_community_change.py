"""Groups from month to month: what is planted is found in its month, and nothing else."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sonnim.analyzers import community_change
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from tests.analyzers.asking import Record, asked
from tests.engines.fixtures import EngineFactory


def people(letter: str, n: int) -> list[str]:
    return [f"{letter}{place}" for place in range(n)]


A, B, C, D, E = (people(letter, n) for letter, n in zip("abcde", (14, 12, 11, 30, 8), strict=True))


def talk(month: int, *circles: Iterable[str]) -> list[Record]:
    """Everybody of a circle turns to everybody else of it in that month of 2025."""
    return [
        {"from_id": a, "to_id": b, "kind": "reply", "weight": 1.0,
         "time": datetime(2025, month, 5, tzinfo=UTC)}
        for circle in circles
        for a in circle
        for b in circle
        if a != b
    ]  # fmt: skip


PLANTED = [
    *talk(1, A, B, C, D),
    # A group comes.
    *talk(2, A, B, C, D, E),
    # D falls into 16 and 14.
    *talk(3, A, B, C, D[:16], D[16:], E),
    # C goes into B, and E goes. Nobody says anything in May.
    *talk(4, A, [*B, *C], D[:16], D[16:]),
    *talk(6, A, [*B, *C], D[:16], D[16:]),
]


def found(
    engine: Engine, link: Sequence[Record], community: Sequence[Record] = (), **more: object
) -> list[dict[str, object]]:
    given = {"link": list(link), "community": list(community)}
    return asked(engine, community_change.ANALYZER, given, **more)


def told(rows: list[dict[str, object]], month: int) -> dict[object, tuple[object, ...]]:
    """What is said of each group of that month but how it was kept as it is."""
    return {
        row["lineage"]: (row["state"], row["n"], row["n_before"], row["shared"], row["origins"],
                         row["heirs"])
        for row in rows
        if row["period"] == datetime(2025, month, 1, tzinfo=UTC)
        and not (row["state"] == "kept" and row["n"] == row["n_before"])
    }  # fmt: skip


def test_planted_changes_are_told_in_their_month() -> None:
    """By hand: in January D is 1, A 2, B 3 and C 4."""
    with DuckEngine() as engine:
        rows = found(engine, PLANTED, window=1)
    d, a, b, c, e = *(f"2025-01-01.{place}" for place in (1, 2, 3, 4)), "2025-02-01.1"
    assert told(rows, 1) == {
        one: (None, n, None, None, [], []) for one, n in ((d, 30), (a, 14), (b, 12), (c, 11))
    }
    assert told(rows, 2) == {e: ("born", 8, 0, 0, [], [])}
    assert told(rows, 3) == {
        d: ("kept", 16, 30, 16, [d], []),
        "2025-03-01.1": ("split", 14, 0, 14, [d], []),
    }
    assert told(rows, 4) == {
        b: ("kept", 23, 12, 23, [b, c], []),
        c: ("merged", 0, 11, 11, [], [b]),
        e: ("gone", 0, 8, 0, [], []),
    }
    assert not [row for row in rows if row["period"] == datetime(2025, 5, 1, tzinfo=UTC)]
    assert told(rows, 6) == {}
    last = {row["lineage"] for row in rows if row["period"] == datetime(2025, 6, 1, tzinfo=UTC)}
    assert last == {a, b, d, "2025-03-01.1"}
    assert a not in {row["lineage"] for row in rows if row["state"] not in (None, "kept")}


def test_groups_of_today_have_their_number() -> None:
    """The numbers are those of `community`, whatever they are; what is gone has none."""
    community: list[Record] = [
        {"person_id": who, "community_id": number}
        for number, those in ((7, A), (3, [*B, *C]), (12, D[:16]), (5, D[16:]), (9, ["new"]))
        for who in those
    ]
    with DuckEngine() as engine:
        rows = found(engine, PLANTED, community, window=1)
    numbers = {row["lineage"]: row["community_id"] for row in rows}
    assert numbers == {
        "2025-01-01.1": 12, "2025-01-01.2": 7, "2025-01-01.3": 3, "2025-01-01.4": None,
        "2025-02-01.1": None, "2025-03-01.1": 5,
    }  # fmt: skip


def chatter(seed: int, weeks: int) -> list[Record]:
    """Six groups of 20 for ever; in a month of four weeks a third of them says nothing."""
    chance = np.random.default_rng(seed)
    start = datetime(2025, 1, 6, tzinfo=UTC)
    link: list[Record] = []
    for week in range(weeks):
        for _ in range(120):
            a = int(chance.integers(120))
            b = 20 * (a // 20) + int(chance.integers(20))
            if chance.random() < 0.1:
                b = int(chance.integers(120))
            when = start + timedelta(days=7 * week + float(chance.uniform(0, 7)))
            link.append({"from_id": f"p{a:03}", "to_id": f"p{b:03}", "kind": "reply",
                         "weight": 1.0, "time": when})  # fmt: skip
    return link


@pytest.mark.parametrize("seed", [1, 2])
def test_where_nothing_is_planted_nothing_is_told(seed: int) -> None:
    with DuckEngine() as engine:
        rows = found(engine, chatter(seed, 40))
    periods = sorted({row["period"] for row in rows})  # type: ignore[type-var]
    # The first window is full in March.
    assert [period.month for period in periods] == [3, 4, 5, 6, 7, 8, 9, 10]  # type: ignore[attr-defined]
    assert {row["state"] for row in rows if row["period"] > periods[0]} == {"kept"}  # type: ignore[operator]
    assert len({row["lineage"] for row in rows}) == 6


def noisy(seed: int, plan: dict[int, list[list[str]]]) -> list[Record]:
    """Two messages a person and month, of which a tenth go to anybody."""
    chance = np.random.default_rng(seed)
    link: list[Record] = []
    for month, circles in plan.items():
        everybody = [one for circle in circles for one in circle]
        for circle in circles:
            for who in (one for one in circle for _ in range(int(chance.poisson(2)))):
                among = circle if chance.random() < 0.9 else everybody
                link.append({
                    "from_id": who, "to_id": among[int(chance.integers(len(among)))],
                    "kind": "reply", "weight": 1.0,
                    "time": datetime(2025, month, int(chance.integers(1, 28)), tzinfo=UTC),
                })  # fmt: skip
    return link


EIGHT = [people(letter, 20) for letter in "stuvwxyz"]
WHOLE = [*EIGHT[0], *EIGHT[1]]
CHANGES = {
    "merged": (EIGHT, [WHOLE, *EIGHT[2:]]),
    "split": ([WHOLE, *EIGHT[2:]], EIGHT),
    "gone": (EIGHT, EIGHT[1:]),
}


@pytest.mark.parametrize("seed", [1, 2, 5])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_among_noise_is_told_once_and_within_the_window(change: str, seed: int) -> None:
    """It is planted in June; the window is three months; all else stays as it is."""
    before, after = CHANGES[change]
    plan = {month: before if month < 6 else after for month in range(1, 13)}
    with DuckEngine() as engine:
        rows = found(engine, noisy(seed, plan))
    (one,) = [row for row in rows if row["state"] not in (None, "kept")]
    when = one["period"]
    assert isinstance(when, datetime) and one["state"] == change and 6 <= when.month <= 8
    assert max(one["n"], one["n_before"]) >= 18  # type: ignore[type-var]


def test_what_comes_later_changes_nothing_before() -> None:
    """New months, and new people whose names stand before all others."""
    link = chatter(3, 24)
    newest = max(row["time"] for row in link)
    more: list[Record] = [
        {**row, "from_id": f"a{row['from_id']}", "time": newest + timedelta(days=40)}
        for row in link[:400]
    ]
    with DuckEngine() as engine:
        one, other = found(engine, link), found(engine, [*more, *link[::-1]])
    before = {row["period"] for row in one}
    key = lambda row: (row["period"], row["lineage"])  # noqa: E731
    assert sorted(one, key=key) == sorted((r for r in other if r["period"] in before), key=key)
    assert len({row["period"] for row in other}) > len(before)


@pytest.mark.parametrize(("period", "turns"), [("week", 4), ("quarter", 1), ("year", 1)])
def test_other_periods(period: str, turns: int) -> None:
    link: list[Record] = [
        {**row, "time": datetime(2024, 12, 31, tzinfo=UTC) + timedelta(days=7 * week)}
        for week in range(4)
        for row in talk(1, A, B)
    ]
    with DuckEngine() as engine:
        rows = found(engine, link, period=period, window=1)
    # The first of those four days is of the year before.
    assert len({row["period"] for row in rows}) == turns + (period != "week")
    assert len({row["lineage"] for row in rows}) == 2


def test_less_than_a_window_is_one_period_and_nothing_is_none() -> None:
    with DuckEngine() as engine:
        (one,) = found(engine, talk(1, A), window=12)
        assert (one["period"], one["n"]) == (datetime(2025, 1, 1, tzinfo=UTC), len(A))
        assert found(engine, []) == []
        timeless: list[Record] = [{**row, "time": None} for row in talk(1, A)]
        assert found(engine, timeless) == []


@pytest.mark.spark
def test_spark_answers_the_same(spark_engine: EngineFactory) -> None:
    with DuckEngine() as duck, spark_engine() as spark:
        here, there = found(duck, PLANTED, window=2), found(spark, PLANTED, window=2)
    key = lambda row: (row["period"], row["lineage"])  # noqa: E731
    assert sorted(here, key=key) == sorted(there, key=key)

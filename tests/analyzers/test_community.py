"""Groups from answer to answer: planted changes are told, numbers stay, both engines agree."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest

from sonnim.analyzers import community
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.workspace.bare import analyze_bare
from tests.analyzers.asking import Record, asked_all
from tests.engines.fixtures import EngineFactory

Tables = dict[str, list[Record]]


def talk(*circles: Iterable[str]) -> list[Record]:
    """Everybody of a circle turns to everybody else of it."""
    return [
        {"from_id": a, "to_id": b, "kind": "reply", "weight": 1.0}
        for circle in circles
        for a in circle
        for b in circle
        if a != b
    ]


def people(letter: str, n: int) -> list[str]:
    return [f"{letter}{place}" for place in range(n)]


def answer(engine: Engine, link: Sequence[Record], before: Tables | None = None) -> Tables:
    """The answer, as the tables that the next one reads."""
    found = asked_all(engine, community.ANALYZER, {"link": list(link), **(before or {})})
    return dict(zip(("community", "communities"), found, strict=True))


def numbers(found: Tables) -> dict[str, int]:
    """Everybody's group."""
    return {row["person_id"]: row["community_id"] for row in found["community"]}


def told(found: Tables) -> dict[int, tuple[object, ...]]:
    """What is said of each group since the last answer."""
    return {
        row["community_id"]: (row["state"], row["n"], row["n_before"], row["shared"],
                              row["origins"], row["heirs"])
        for row in found["communities"]
    }  # fmt: skip


A, B, C, D = people("a", 12), people("b", 11), people("c", 10), people("d", 9)


def test_the_first_answer_has_nothing_before_it() -> None:
    with DuckEngine() as engine:
        found = answer(engine, talk(A, B))
    assert told(found) == {
        0: (None, 12, None, None, [], []),
        1: (None, 11, None, None, [], []),
    }


def test_the_same_again_keeps_every_number_and_says_so() -> None:
    with DuckEngine() as engine:
        one = answer(engine, talk(A, B, C))
        # The last answer's numbers need not be those of size.
        one = {
            "community": [{**row, "community_id": 7 - row["community_id"]} for row in
                          one["community"]],
            "communities": [{**row, "community_id": 7 - row["community_id"]} for row in
                            one["communities"]],
        }  # fmt: skip
        two = answer(engine, talk(A, B, C), one)
        three = answer(engine, talk(A, B, C), two)
    assert numbers(one) == numbers(two) == numbers(three)
    assert (
        told(two)
        == told(three)
        == {
            7: ("kept", 12, 12, 12, ["7"], []),
            6: ("kept", 11, 11, 11, ["6"], []),
            5: ("kept", 10, 10, 10, ["5"], []),
        }
    )


def planted(engine: Engine) -> Tables:
    """A grows by two; B is taken in by C; D falls into halves of four and five, E goes, F comes."""
    d = people("d", 40)
    first = answer(engine, talk(A, B, C, d, people("e", 6)))
    again = talk([*A, "new1", "new2"], [*B, *C], d[:25], d[25:], people("f", 5))
    return answer(engine, again, first)


def test_planted_changes_are_told() -> None:
    """By hand: D (40) was 0, A (12) 1, B (11) 2, C (10) 3, E (6) 4."""
    with DuckEngine() as engine:
        found = planted(engine)
    assert told(found) == {
        0: ("kept", 25, 40, 25, ["0"], []),
        1: ("kept", 14, 12, 12, ["1"], []),
        # B is the likest to the two together: 11 of 21.
        2: ("kept", 21, 11, 21, ["2", "3"], []),
        3: ("merged", 0, 10, 10, [], ["2"]),
        4: ("gone", 0, 6, 0, [], []),
        # D's smaller part, and F: numbers never used, the larger group first.
        5: ("split", 15, 0, 15, ["0"], []),
        6: ("born", 5, 0, 0, [], []),
    }
    assert {numbers(found)[one] for one in people("d", 40)[25:]} == {5}


def test_equal_parts_and_many_that_merge_are_new_groups() -> None:
    parts = [people(letter, 8) for letter in "pqrs"]
    whole = [one for part in parts for one in part]
    with DuckEngine() as engine:
        first = answer(engine, talk(*parts, A))
        merged = answer(engine, talk(whole, A), first)
        parted = answer(engine, talk(*parts, A), merged)
    assert told(merged) == {
        0: ("kept", 12, 12, 12, ["0"], []),
        5: ("merged", 32, 0, 32, ["1", "2", "3", "4"], []),
        **{number: ("merged", 0, 8, 8, [], ["5"]) for number in (1, 2, 3, 4)},
    }
    assert told(parted) == {
        0: ("kept", 12, 12, 12, ["0"], []),
        5: ("split", 0, 32, 32, [], ["6", "7", "8", "9"]),
        **{number: ("split", 8, 0, 8, ["5"], []) for number in (6, 7, 8, 9)},
    }


def test_no_number_is_given_twice() -> None:
    """The group of the highest number goes; two answers later another comes."""
    with DuckEngine() as engine:
        first = answer(engine, talk(A, B, C))
        gone = answer(engine, talk(A, B), first)
        still = answer(engine, talk(A, B), gone)
        born = answer(engine, talk(A, B, D), still)
    assert told(gone)[2] == ("gone", 0, 10, 0, [], [])
    assert told(still)[2] == ("gone", 0, 0, 0, [], [])
    assert sorted(told(born)) == [0, 1, 3] and numbers(born)["d0"] == 3


def test_all_may_go_and_what_comes_then_is_new() -> None:
    with DuckEngine() as engine:
        first = answer(engine, talk(A, B))
        nobody = answer(engine, [], first)
        after = answer(engine, talk(C), nobody)
    assert nobody["community"] == []
    assert told(nobody) == {
        0: ("gone", 0, 12, 0, [], []),
        1: ("gone", 0, 11, 0, [], []),
    }
    assert told(after) == {2: ("born", 10, 0, 0, [], [])}


def world(seed: int, n: int) -> list[Record]:
    """Messages at random: eight groups of 25, nine of ten within the own."""
    chance = np.random.default_rng(seed)
    link: list[Record] = []
    for _ in range(n):
        a = int(chance.integers(200))
        b = 25 * (a // 25) + int(chance.integers(25))
        if chance.random() < 0.1:
            b = int(chance.integers(200))
        link.append({"from_id": f"p{a}", "to_id": f"p{b}", "kind": "reply", "weight": 1.0})
    return link


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_tenth_more_messages_leave_the_numbers(seed: int) -> None:
    """Oracle: who was in which group is planted; nine in ten keep their number at the least."""
    link = world(seed, 3_300)
    with DuckEngine() as engine:
        first = answer(engine, link[:3_000])
        second = answer(engine, link, first)
    had, has = numbers(first), numbers(second)
    same = sum(has[one] == had[one] for one in had)
    assert len(set(had.values())) == 8 and same >= 0.9 * len(had)
    assert {row["state"] for row in second["communities"]} == {"kept"}
    shared = sum(row["shared"] for row in second["communities"])
    assert shared == same


def test_the_order_of_rows_changes_nothing() -> None:
    link, chance = world(4, 3_000), np.random.default_rng(5)
    with DuckEngine() as engine:
        first = answer(engine, link[:2_500])
        one = answer(engine, link, first)
        mixed = {
            name: [rows[at] for at in chance.permutation(len(rows))] for name, rows in first.items()
        }
        other = answer(engine, [link[at] for at in chance.permutation(len(link))], mixed)
    assert numbers(one) == numbers(other) and told(one) == told(other)


def test_what_reads_groups_finds_them_without_a_workspace(tmp_path: Path) -> None:
    """Nothing was known before, and yet the answer stands under its own name (`group_mood`)."""
    rows = ["message_id,person_id,reply_to,text,time"]
    last = {"a": "", "b": ""}
    for at in range(432):
        circle = "ab"[at % 2]
        # Everybody answers everybody else of their circle in turn.
        who = f"{circle}{(at // 2) * (1 + at // 12 % 5) % 6}"
        rows.append(f"m{at},{who},{last[circle]},아주 좋아요,2026-0{1 + at // 72}-15")
        last[circle] = f"m{at}"
    file = tmp_path / "messages.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    table = analyze_bare("group_mood", file)
    assert table.num_rows == 2


@pytest.mark.spark
def test_spark_answers_the_same(spark_engine: EngineFactory) -> None:
    with DuckEngine() as duck, spark_engine() as spark:
        here, there = planted(duck), planted(spark)
    assert numbers(here) == numbers(there) and told(here) == told(there)

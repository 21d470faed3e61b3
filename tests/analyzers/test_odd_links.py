"""What analyzers of networks make of odd links: defined, and the same whatever the order."""

import numpy as np
import pytest

from sonnim.analyzers import community, influence, spread
from sonnim.engines.duckdb import DuckEngine
from tests.analyzers.asking import Record, asked, asked_all

LONG = "가" * 10_000
DAY = 86_400_000_000


def link(first: str, second: str, weight: float = 1.0, time: int | None = 0) -> Record:
    return {"from_id": first, "to_id": second, "kind": "reply", "weight": weight, "time": time,
            "company": False}  # fmt: skip


ODD: dict[str, list[Record]] = {
    "nobody": [],
    "somebody who turns to himself": [link("a", "a")],
    "two people": [link("a", "b")],
    "one tie many times": [link("a", "b")] * 50 + [link("c", "b")],
    "names of 10,000 letters": [link(LONG, LONG + "나"), link(LONG + "다", LONG)],
    "names that differ by their case": [link("A", "a"), link("b", "a")],
    "weights of nothing": [link("a", "b", 0.0), link("b", "c")],
    "weights far apart": [link("a", "b", 1e-300), link("b", "c", 1e300), link("c", "a")],
    "no time at all": [link("a", "b", time=None), link("b", "c", time=None)],
    "time that runs backwards": [link("a", "b", time=-(10**17)), link("b", "a", time=10**17)],
}


def tied(given: list[Record]) -> set[str]:
    """Who turns to somebody else, or has somebody turn to him."""
    return {
        one
        for row in given
        if row["from_id"] != row["to_id"] and row["weight"]
        for one in (row["from_id"], row["to_id"])
    }


@pytest.mark.parametrize("name", ODD)
def test_ranks_and_groups_are_of_everybody_who_is_tied(name: str) -> None:
    """Whoever is tied to another has a rank and a group, and nobody else has one."""
    given = ODD[name]
    with DuckEngine() as engine:
        ranks = asked(engine, influence.ANALYZER, {"link": given, "mood": []})
    with DuckEngine() as engine:
        groups, *_ = asked_all(engine, community.ANALYZER, {"link": given})
    found = {row["person_id"]: row["value"] for row in ranks if row["measure"] == "pagerank"}
    assert set(found) >= tied(given) and {row["person_id"] for row in groups} >= tied(given)
    everybody = {one for row in given for one in (row["from_id"], row["to_id"])}
    assert set(found) <= everybody and {row["person_id"] for row in groups} <= everybody
    assert all(np.isfinite(row["value"]) for row in ranks)
    if found:
        assert sum(found.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("name", ODD)
def test_the_order_of_links_changes_nothing(name: str) -> None:
    answers = []
    for rows in (ODD[name], ODD[name][::-1]):
        with DuckEngine() as engine:
            found = asked(engine, influence.ANALYZER, {"link": rows, "mood": []})
        answers.append(sorted((row["person_id"], row["measure"], row["rank"]) for row in found))
    assert answers[0] == answers[1]


def test_loops_and_doubles_are_as_if_they_were_not_there() -> None:
    """A tie that stands there twice weighs as much as one of twice the weight."""
    plain = [link("a", "b", 2.0), link("b", "c"), link("c", "a")]
    odd = [link("a", "b"), link("a", "b"), link("a", "a", 9.0), link("b", "c"), link("c", "a")]
    answers = []
    for rows in (plain, odd):
        with DuckEngine() as engine:
            found = asked(engine, influence.ANALYZER, {"link": rows, "mood": []})
        answers.append(
            {row["person_id"]: row["value"] for row in found if row["measure"] == "pagerank"}
        )
    assert answers[1] == pytest.approx(answers[0])


@pytest.mark.parametrize("name", ODD)
def test_seeds_can_be_chosen_wherever_somebody_is_tied(name: str) -> None:
    with DuckEngine() as engine:
        found = asked(engine, spread.ANALYZER, {"link": ODD[name]}, budget=1)
    assert bool(found) == bool(tied(ODD[name]))
    assert {row["person_id"] for row in found} <= tied(ODD[name])

"""Probabilities learned from actions: by definition, and against planted ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.graphs.channels import channels, uniform
from sonnim.graphs.learned import learned
from sonnim.graphs.network import network_of
from sonnim.tables.errors import StopError

ACTION = st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 6))
TIES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTION, max_size=25), TIES, st.integers(1, 7), st.booleans())
def test_credit_is_that_of_the_definition(
    actions: list[tuple[int, int, int]], ties: list[tuple[int, int]], window: int, directed: bool
) -> None:
    """Oracle: Goyal and others 2010, counted one by one."""
    network = network_of(
        6,
        np.array([a for a, _ in ties], int),
        np.array([b for _, b in ties], int),
        directed=directed,
    )
    who, what, when = (np.array([row[i] for row in actions], int) for i in range(3))
    found = learned(network, who, what, when, window=window, doubt=2)
    first: dict[tuple[int, int], int] = {}
    for person, thing, moment in actions:
        first[person, thing] = min(first.get((person, thing), 99), moment)
    ends = list(zip(network.sources.tolist(), network.targets.tolist(), strict=True))
    both = ends if directed else [*ends, *((b, a) for a, b in ends)]
    chances, passed = np.zeros(len(ends)), np.zeros(len(ends))
    for (person, thing), moment in first.items():
        telling = [
            i
            for i, (a, b) in enumerate(both)
            if b == person and 0 < moment - first.get((a, thing), 99) <= window
        ]
        for i in telling:
            passed[i % len(ends)] += 1 / len(telling)
        for i, (a, b) in enumerate(both):
            if a == person and first.get((b, thing), 99) > moment:
                chances[i % len(ends)] += 1
    assert found.chances == pytest.approx(chances) and found.passed == pytest.approx(passed)
    usual = passed.sum() / max(chances.sum(), 1)
    assert found.probabilities == pytest.approx((passed + 2 * usual) / (chances + 2))
    channels(network, found.probabilities)


def test_planted_probabilities_are_found_again() -> None:
    """Simulation: a tree, where nobody else can be thanked, so that credit is exact."""
    n, things = 40, 4000
    parents = np.array([(i - 1) // 3 for i in range(1, n)])
    network = network_of(n, parents, np.arange(1, n))
    planted = np.random.default_rng(1).uniform(0.2, 0.9, n - 1)
    planted = planted[network.targets - 1]
    did = np.zeros((things, n), bool)
    did[:, 0] = True
    for edge in np.argsort(network.targets):
        passes = uniform(np.arange(things), np.full(things, edge), 3) < planted[edge]
        did[:, network.targets[edge]] = did[:, network.sources[edge]] & passes
    what, who = np.nonzero(did)
    found = learned(network, who, what, who.astype(float))
    often = found.chances > 200
    assert often.sum() > 8
    error = (found.probabilities - planted)[often]
    assert np.abs(error / np.sqrt(0.25 / found.chances[often])).max() < 4
    # Whoever was hardly ever told is thought to be like the others.
    rare = learned(network, who, what, who.astype(float), doubt=1e9)
    assert rare.probabilities == pytest.approx(rare.usual, abs=1e-4)


def test_rows_are_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(2)
    network = network_of(30, chance.integers(0, 30, 200), chance.integers(0, 30, 200))
    rows = chance.integers(0, 30, 500), chance.integers(0, 9, 500), chance.random(500)
    whole = learned(network, *rows)
    monkeypatch.setattr("sonnim.graphs.learned._ROWS", 37)
    parts = learned(network, *rows)
    assert parts.probabilities == pytest.approx(whole.probabilities)


def test_nothing_done_and_nobody_tied() -> None:
    network = network_of(3, np.array([0]), np.array([1]))
    none = np.array([], int)
    assert learned(network, none, none, none).probabilities.tolist() == [0]
    apart = network_of(3, none, none)
    assert learned(apart, np.array([0]), np.array([0]), np.array([0.0])).usual == 0


def test_what_cannot_be_learned_from_says_so() -> None:
    network = network_of(3, np.array([0]), np.array([1]))
    row = np.array([0])
    with pytest.raises(StopError, match="1 people, 2 things"):
        learned(network, row, np.array([0, 1]), row)
    with pytest.raises(StopError, match="row 1 is no number"):
        learned(network, row, row, np.array([np.nan]))
    with pytest.raises(StopError, match="person 4"):
        learned(network, np.array([4]), row, row)
    with pytest.raises(StopError, match="doubt of -1"):
        learned(network, row, row, row, doubt=-1)

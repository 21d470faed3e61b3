"""Agreement of two ways to group: scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from sonnim.graphs.agreement import adjusted_rand, nmi, overlaps, shared
from sonnim.tables.errors import StopError

BOTH = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30)


@settings(max_examples=150)
@given(BOTH)
def test_both_measures_are_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    """Oracle: scikit-learn."""
    first, second = np.array(pairs).T
    assert nmi(first, second) == pytest.approx(
        normalized_mutual_info_score(first, second), abs=1e-9
    )
    assert adjusted_rand(first, second) == pytest.approx(
        adjusted_rand_score(first, second), abs=1e-12
    )
    assert nmi(first, second) == pytest.approx(nmi(second, first), abs=1e-12)


@settings(max_examples=80)
@given(BOTH)
def test_overlap_is_that_of_the_sets(pairs: list[tuple[int, int]]) -> None:
    """Oracle: the sets themselves, person by person."""
    first, second = np.array(pairs).T
    for person, value in enumerate(overlaps(first, second)):
        one = set(np.flatnonzero(first == first[person]).tolist())
        other = set(np.flatnonzero(second == second[person]).tolist())
        assert value == pytest.approx(len(one & other) / len(one | other))


def test_names_of_groups_do_not_matter_and_chance_is_nothing() -> None:
    chance = np.random.default_rng(2)
    first = chance.integers(0, 20, 50_000)
    assert nmi(first, 19 - first) == pytest.approx(1)
    assert adjusted_rand(first, 7 * first + 3) == pytest.approx(1)
    second = chance.integers(0, 20, 50_000)
    assert abs(adjusted_rand(first, second)) < 0.001 and nmi(first, second) < 0.01


def test_nobody_and_everybody_alone() -> None:
    nobody, alone = np.zeros(0, np.int64), np.arange(4)
    assert nmi(nobody, nobody) == adjusted_rand(nobody, nobody) == 1
    assert nmi(alone, alone) == adjusted_rand(alone, alone) == 1
    assert nmi(alone, np.zeros(4, int)) == adjusted_rand(alone, np.zeros(4, int)) == 0
    assert overlaps(nobody, nobody).shape == (0,)


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(StopError) as found:
        shared(np.zeros(3, int), np.zeros(2, int))
    assert found.value.key == "graph_lengths"

"""Label propagation: LDBC Graphalytics and its rule."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.graphs.labels import labels
from sonnim.graphs.network import Network, network_of
from sonnim.tables.errors import StopError
from tests.graphs.examples import KINDS, ldbc, ldbc_answer, networks, star


@pytest.mark.data
@pytest.mark.parametrize(("name", "rounds"), [("cdlp", 5), ("example", 2)])
@pytest.mark.parametrize("kind", KINDS)
def test_labels_are_those_of_ldbc(shared_data: Path, name: str, rounds: int, kind: str) -> None:
    """Oracle: LDBC Graphalytics, exactly."""
    network, ids = ldbc(shared_data, name, kind)
    found = ids[labels(network, iterations=rounds)]
    assert found.tolist() == ldbc_answer(shared_data, name, kind, "cdlp").astype(int).tolist()


@settings(max_examples=100)
@given(networks(), st.integers(0, 5))
def test_labels_are_those_of_the_rule(network: Network, rounds: int) -> None:
    """Oracle: the rule, person by person."""
    pairs = list(zip(network.sources.tolist(), network.targets.tolist(), strict=True))
    wanted = list(range(network.n))
    for _ in range(rounds):
        before = list(wanted)
        for person in range(network.n):
            near = [before[b] for a, b in pairs if a == person]
            near += [before[a] for a, b in pairs if b == person]
            if near:
                counts = Counter(near)
                wanted[person] = min(counts, key=lambda label: (-counts[label], label))
    assert labels(network, iterations=rounds).tolist() == wanted


def test_a_star_one_person_and_no_tie() -> None:
    """In a star the centre and the leaves change labels for ever: rounds are what ends it."""
    leaves = 50_000
    odd, even = labels(star(leaves), iterations=1), labels(star(leaves), iterations=2)
    assert odd[0] == 1 and (odd[1:] == 0).all()
    assert even[0] == 0 and (even[1:] == 1).all()
    nothing = np.zeros(0, np.int64)
    assert labels(network_of(3, nothing, nothing)).tolist() == [0, 1, 2]
    assert labels(network_of(0, nothing, nothing)).tolist() == []
    with pytest.raises(StopError, match="iterations"):
        labels(star(2), iterations=-1)

"""Cores and h-index: NetworkX, brute force."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.graphs import cores as module
from sonnim.graphs.cores import cores, h_index
from sonnim.graphs.network import Network, network_of
from sonnim.tables.errors import StopError
from tests.graphs.examples import networks, scale_free, star
from tests.graphs.test_rank import in_networkx


def wanted(network: Network) -> list[int]:
    graph = nx.Graph(in_networkx(network).to_undirected())
    found = nx.core_number(graph)
    return [found[i] for i in range(network.n)]


@settings(max_examples=100)
@given(networks(12))
def test_cores_are_those_of_networkx(network: Network) -> None:
    """Oracle: NetworkX."""
    assert cores(network).tolist() == wanted(network)


@pytest.mark.parametrize("directed", [True, False])
def test_cores_of_a_larger_network(directed: bool) -> None:
    """Oracle: NetworkX, on power laws with cores far apart."""
    network = scale_free(3_000, 20_000, 7, directed=directed)
    assert cores(network).tolist() == wanted(network)


def test_a_long_chain_is_given_to_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Oracle: NetworkX. A chain is peeled from both its ends, two people a round."""
    chain = network_of(3_000, np.arange(2_999), np.arange(1, 3_000))
    assert set(cores(chain).tolist()) == {1}
    monkeypatch.setattr(module, "_MOST_ROUNDS", 100)
    assert set(cores(chain).tolist()) == {1}
    network = scale_free(500, 3_000, 7)
    monkeypatch.setattr(module, "_MOST_ROUNDS", 2)
    assert cores(network).tolist() == wanted(network)


def test_a_star_one_person_and_no_tie() -> None:
    assert set(cores(star(100_000)).tolist()) == {1}
    nothing = np.zeros(0, np.int64)
    assert cores(network_of(2, nothing, nothing)).tolist() == [0, 0]
    assert cores(network_of(0, nothing, nothing)).tolist() == []


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 8)), max_size=30))
def test_h_index_is_that_of_the_definition(things: list[tuple[int, int]]) -> None:
    """Oracle: brute force over every h."""
    owners = np.array([owner for owner, _ in things], np.int64)
    counts = np.array([count for _, count in things], np.int64)
    for person, found in enumerate(h_index(owners, counts, 5)):
        mine = [count for owner, count in things if owner == person]
        assert found == max(h for h in range(31) if sum(c >= h for c in mine) >= h)


def test_h_index_of_the_wrong_people_is_refused() -> None:
    with pytest.raises(StopError) as found:
        h_index(np.array([0, 5]), np.array([1, 1]), 3)
    assert found.value.key == "graph_nobody"
    with pytest.raises(StopError) as found:
        h_index(np.array([0, 1]), np.array([1]), 3)
    assert found.value.key == "graph_lengths"

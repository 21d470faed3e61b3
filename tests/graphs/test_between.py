"""Betweenness: NetworkX, exact against drawn."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from sonnim.graphs.between import (
    _CHAINED,
    _counted,
    _longest,
    _set_chain,
    _tied,
    between,
)
from sonnim.graphs.compiled import graph_of
from sonnim.graphs.network import Network, network_of
from sonnim.tables.errors import StopError
from tests.graphs.examples import networks, scale_free, star
from tests.graphs.test_rank import in_networkx


def wanted(network: Network) -> list[float]:
    graph = nx.Graph(in_networkx(network).to_undirected())
    found = nx.betweenness_centrality(graph)
    return [found[i] for i in range(network.n)]


@settings(max_examples=60)
@given(networks(10))
def test_all_paths_give_the_values_of_networkx(network: Network) -> None:
    """Oracle: NetworkX, on the ties without direction."""
    found = between(network)
    assert found.values == pytest.approx(wanted(network), abs=1e-12)
    assert found.error == 0 and found.paths == 0


@pytest.mark.parametrize(
    "network",
    [
        scale_free(200, 500, 1),
        scale_free(200, 120, 2),
        star(200),
        network_of(300, np.arange(299), np.arange(1, 300)),
        network_of(60, np.array([0, 1, 2, 3, 4]), np.array([1, 2, 0, 4, 5])),
    ],
    ids=["dense", "scattered", "star", "chain", "few"],
)
def test_drawn_values_are_as_near_as_promised(network: Network) -> None:
    """Oracle: NetworkX. Ten seeds: with doubt .1 a value is off in one of them, if at all."""
    right = np.array(wanted(network))
    off = 0
    for seed in range(10):
        found = between(network, error=0.03, exact=0, seed=seed)
        assert found.paths > 0 and found.error == 0.03 and found.doubt == 0.1
        off += int(np.abs(found.values - right).max() > 0.03)
    assert off <= 1


def test_strangers_beside_many_people_change_no_value() -> None:
    """Oracle: all paths, which are held against NetworkX above."""
    network = scale_free(2000, 9000, 4)
    tied, one, other = _tied(network)
    assert _longest(graph_of(len(tied), one, other)) * _CHAINED <= len(tied)
    right = between(network, exact=np.inf).values
    off = [
        np.abs(between(network, error=0.03, exact=0, seed=seed).values - right).max()
        for seed in range(5)
    ]
    assert sum(one > 0.03 for one in off) <= 1


def test_strangers_are_a_chain_longer_than_any_path() -> None:
    """Oracle: NetworkX's diameter of each part."""
    network = scale_free(300, 320, 3)
    _, one, other = _tied(network)
    graph = graph_of(network.n, one, other)
    parts = nx.connected_components(
        both := nx.Graph(zip(one.tolist(), other.tolist(), strict=True))
    )
    long = _longest(graph)
    assert long > max(nx.diameter(both.subgraph(part)) for part in parts)
    before = graph.numberOfEdges()
    _set_chain(graph, long)
    assert graph.numberOfNodes() == network.n + long
    assert graph.numberOfEdges() == before + long - 1


def test_what_the_library_counts_is_noticed() -> None:
    """networkit 11.3 gives twice the values of the definition."""
    assert _counted() in (1, 2)


def test_the_same_seed_gives_the_same_and_another_does_not() -> None:
    network = scale_free(300, 700, 3)
    first, again, other = (between(network, exact=0, seed=s).values for s in (4, 4, 5))
    assert first.tolist() == again.tolist() != other.tolist()


def test_where_everybody_knows_everybody_nobody_stands_between() -> None:
    """Drawing would not end here."""
    one, other = np.triu_indices(20, 1)
    cliques = network_of(63, np.concatenate([one, one + 20]), np.concatenate([other, other + 20]))
    assert not between(cliques, exact=0).values.any()


def test_nobody_one_person_and_no_tie() -> None:
    nothing = np.zeros(0, np.int64)
    for n in (0, 1, 2, 5):
        assert between(network_of(n, nothing, nothing), exact=0).values.tolist() == [0] * n
    assert between(star(50)).values[0] == pytest.approx(1)


@pytest.mark.parametrize(("name", "value"), [("error", 0.0), ("error", 1.0), ("doubt", 0.0)])
def test_what_is_not_allowed_is_said(name: str, value: float) -> None:
    with pytest.raises(StopError, match=name):
        between(star(3), **{name: value})

"""Steps and distances: LDBC Graphalytics and NetworkX."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.graphs.network import Network, network_of
from sonnim.graphs.paths import distances, steps
from sonnim.tables.errors import StopError
from tests.graphs.examples import KINDS, ldbc, ldbc_answer, networks, star
from tests.graphs.test_rank import in_networkx


@pytest.mark.data
@pytest.mark.parametrize(("name", "begins"), [("bfs", {}), ("example", {"undir": 2})])
@pytest.mark.parametrize("kind", KINDS)
def test_steps_are_those_of_ldbc(
    shared_data: Path, name: str, begins: dict[str, int], kind: str
) -> None:
    """Oracle: LDBC Graphalytics, which writes the greatest number for whom no path reaches."""
    network, ids = ldbc(shared_data, name, kind)
    wanted = ldbc_answer(shared_data, name, kind, "bfs")
    found = steps(network, int(np.searchsorted(ids, begins.get(kind, 1))))
    assert found.tolist() == np.where(wanted > 1e18, -1, wanted).astype(int).tolist()


@pytest.mark.data
@pytest.mark.parametrize(("name", "begins"), [("sssp", {}), ("example", {"undir": 2})])
@pytest.mark.parametrize("kind", KINDS)
def test_distances_are_those_of_ldbc(
    shared_data: Path, name: str, begins: dict[str, int], kind: str
) -> None:
    """Oracle: LDBC Graphalytics."""
    network, ids = ldbc(shared_data, name, kind)
    found = distances(network, int(np.searchsorted(ids, begins.get(kind, 1))))
    assert found == pytest.approx(ldbc_answer(shared_data, name, kind, "sssp"), abs=1e-12)


@settings(max_examples=80)
@given(networks(), st.integers(0, 8))
def test_both_are_those_of_networkx(network: Network, source: int) -> None:
    """Oracle: NetworkX."""
    if source >= network.n:
        for measure in (steps, distances):
            with pytest.raises(StopError) as found:
                measure(network, source)
            assert found.value.key == "graph_nobody"
        return
    graph = in_networkx(network)
    levels = nx.single_source_shortest_path_length(graph, source)
    lengths = nx.single_source_dijkstra_path_length(graph, source)
    people = range(network.n)
    assert steps(network, source).tolist() == [levels.get(i, -1) for i in people]
    assert distances(network, source) == pytest.approx([lengths.get(i, np.inf) for i in people])


def test_a_star_a_chain_and_one_person() -> None:
    assert steps(star(100_000), 7)[:2].tolist() == [1, -1]
    n = 100_000
    chain = network_of(n, np.arange(n - 1), np.arange(1, n))
    assert steps(chain, 0).tolist() == list(range(n))
    nothing = np.zeros(0, np.int64)
    assert steps(network_of(1, nothing, nothing), 0).tolist() == [0]
    with pytest.raises(StopError):
        distances(star(2), -1)

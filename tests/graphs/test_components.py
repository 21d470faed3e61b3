"""Parts that hang together: LDBC Graphalytics and NetworkX."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from sonnim.graphs.components import components, numbered
from sonnim.graphs.network import Network, network_of
from tests.graphs.examples import KINDS, ldbc, ldbc_answer, networks, star
from tests.graphs.test_rank import in_networkx


@pytest.mark.data
@pytest.mark.parametrize("name", ["wcc", "example"])
@pytest.mark.parametrize("kind", KINDS)
def test_parts_are_those_of_ldbc(shared_data: Path, name: str, kind: str) -> None:
    """Oracle: LDBC Graphalytics, whose labels are any names: the same people are together."""
    network, _ = ldbc(shared_data, name, kind)
    wanted = ldbc_answer(shared_data, name, kind, "wcc").astype(np.int64)
    assert components(network).tolist() == numbered(wanted).tolist()


@settings(max_examples=80)
@given(networks())
def test_parts_are_those_of_networkx(network: Network) -> None:
    """Oracle: NetworkX, weakly and strongly connected."""
    graph = in_networkx(network)
    weak = nx.weakly_connected_components if network.directed else nx.connected_components
    strong = nx.strongly_connected_components if network.directed else nx.connected_components
    for found, wanted in (
        (components(network), weak(graph)),
        (components(network, strong=True), strong(graph)),
    ):
        parts = {frozenset(np.flatnonzero(found == i).tolist()) for i in set(found.tolist())}
        assert parts == {frozenset(part) for part in wanted}
        sizes = np.bincount(found) if len(found) else np.zeros(0)
        assert (np.diff(sizes) <= 0).all()


def test_a_star_is_one_part_and_people_without_ties_are_alone() -> None:
    assert (components(star(100_000)) == 0).all()
    nothing = np.zeros(0, np.int64)
    assert components(network_of(3, nothing, nothing)).tolist() == [0, 1, 2]
    assert components(network_of(0, nothing, nothing)).tolist() == []
    assert len(set(components(star(5), strong=True).tolist())) == 6

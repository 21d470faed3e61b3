"""Triangles and clustering: LDBC Graphalytics, SNAP's published numbers, NetworkX."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from sonnim.graphs import clustering as module
from sonnim.graphs.clustering import clustering, triangles
from sonnim.graphs.network import Network, network_of
from tests.graphs.examples import KINDS, ldbc, ldbc_answer, networks, scale_free, star
from tests.graphs.test_rank import in_networkx


@pytest.mark.data
@pytest.mark.parametrize("name", ["lcc", "example"])
@pytest.mark.parametrize("kind", KINDS)
def test_clustering_is_that_of_ldbc(shared_data: Path, name: str, kind: str) -> None:
    """Oracle: LDBC Graphalytics, to the digits that it prints."""
    network, _ = ldbc(shared_data, name, kind)
    assert clustering(network) == pytest.approx(
        ldbc_answer(shared_data, name, kind, "lcc"), abs=1e-11
    )


@pytest.mark.data
def test_the_friends_of_facebook_cluster_as_published(shared_data: Path) -> None:
    """Oracle: SNAP's statistics of ego-Facebook: 1,612,010 triangles, clustering .6055."""
    ends = np.loadtxt(shared_data / "snap_ego_facebook/facebook_combined.txt", np.int64)
    network = network_of(4039, ends[:, 0], ends[:, 1], directed=False)
    assert triangles(network).sum() == 3 * 1_612_010
    assert clustering(network).mean() == pytest.approx(0.6055, abs=5e-5)


def by_the_rule(network: Network) -> list[float]:
    """LDBC's rule, person by person."""
    ties = set(zip(network.sources.tolist(), network.targets.tolist(), strict=True))
    if not network.directed:
        ties |= {(b, a) for a, b in ties}
    found = []
    for person in range(network.n):
        around = {b for a, b in ties if a == person} | {a for a, b in ties if b == person}
        there = sum((a, b) in ties for a in around for b in around)
        could = len(around) * (len(around) - 1)
        found.append(there / could if could else 0.0)
    return found


@settings(max_examples=120)
@given(networks(9))
def test_clustering_is_that_of_the_rule(network: Network) -> None:
    """Oracle: brute force."""
    assert clustering(network) == pytest.approx(by_the_rule(network), abs=1e-12)


@pytest.mark.parametrize("block", [1, 50, 4_000_000])
def test_a_larger_network_in_any_number_of_blocks(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Oracle: NetworkX."""
    monkeypatch.setattr(module, "_BLOCK", block)
    network = scale_free(400, 3_000, 5, directed=False)
    graph = in_networkx(network)
    wanted = nx.triangles(graph)
    assert triangles(network).tolist() == [wanted[i] for i in range(400)]
    near = nx.clustering(graph)
    assert clustering(network) == pytest.approx([near[i] for i in range(400)], abs=1e-12)
    one_way = scale_free(60, 500, 5)
    assert clustering(one_way) == pytest.approx(by_the_rule(one_way), abs=1e-12)


def test_a_star_one_person_and_no_tie() -> None:
    assert not clustering(star(100_000)).any() and not triangles(star(100_000)).any()
    nothing = np.zeros(0, np.int64)
    for n in (0, 1, 3):
        assert clustering(network_of(n, nothing, nothing)).tolist() == [0] * n

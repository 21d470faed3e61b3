"""Groups: Zachary's club as published, planted groups, NetworkX' modularity."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.graphs.agreement import nmi
from sonnim.graphs.components import components
from sonnim.graphs.groups import Swept, _most_stable, connected, leiden, modularity, sweep
from sonnim.graphs.network import Ints, Network, network_of
from sonnim.tables.errors import StopError
from tests.graphs.examples import networks, star
from tests.graphs.test_rank import in_networkx


def zachary() -> Network:
    ends = np.array(nx.karate_club_graph().edges)
    return network_of(34, ends[:, 0], ends[:, 1], directed=False)


def planted(n: int, groups: int, inside: float, outside: float, seed: int) -> tuple[Network, Ints]:
    """People of the same group are tied with the one chance, of different ones with the other."""
    chance = np.random.default_rng(seed)
    of = chance.integers(0, groups, n).astype(np.int32)
    one, other = np.triu_indices(n, 1)
    tied = chance.random(len(one)) < np.where(of[one] == of[other], inside, outside)
    return network_of(n, one[tied], other[tied], directed=False), of


@pytest.mark.parametrize("seed", range(5))
def test_the_club_of_zachary_splits_as_published(seed: int) -> None:
    """Oracle: the greatest modularity there is, .4198 (Brandes and others 2008), four groups."""
    network = zachary()
    found = leiden(network, seed=seed)
    assert modularity(network, found) >= 0.4197
    assert len(set(found.tolist())) == 4
    # The instructor (0) and the president (33) part, as they did.
    assert found[0] != found[33]


@settings(max_examples=100)
@given(networks(), st.data(), st.sampled_from([0.3, 1.0, 2.5]))
def test_modularity_is_that_of_networkx(
    network: Network, data: st.DataObject, resolution: float
) -> None:
    """Oracle: NetworkX, on the network whose directions are summed."""
    groups = np.array(
        data.draw(st.lists(st.integers(0, 3), min_size=network.n, max_size=network.n)), np.int64
    )
    graph = nx.Graph()
    graph.add_nodes_from(range(network.n))
    for a, b, w in in_networkx(network).edges(data="weight"):
        before = graph.get_edge_data(a, b, {"weight": 0.0})["weight"]
        graph.add_edge(a, b, weight=before + w)
    found = modularity(network, groups, resolution=resolution)
    if not graph.number_of_edges():
        assert found == 0
        return
    parts = [set(np.flatnonzero(groups == g).tolist()) for g in set(groups.tolist())]
    wanted = nx.community.modularity(graph, parts, resolution=resolution)
    assert found == pytest.approx(wanted, abs=1e-12)


@settings(max_examples=60)
@given(networks(12))
def test_groups_hang_together_and_are_numbered_by_size(network: Network) -> None:
    found = leiden(network, seed=3)
    assert found.shape == (network.n,)
    assert (np.diff(np.bincount(found)) <= 0).all() if network.n else True
    assert connected(network, found).tolist() == found.tolist()
    # No group reaches over two parts of the network.
    part = components(network)
    for group in set(found.tolist()):
        assert len(set(part[found == group].tolist())) == 1
    assert leiden(network, seed=3).tolist() == found.tolist()


def test_planted_groups_are_found() -> None:
    """Oracle: the planted partition (Condon and Karp 2001)."""
    network, of = planted(600, 6, 0.15, 0.01, seed=1)
    assert nmi(leiden(network), of) > 0.98


def test_groups_that_do_not_hang_together_are_split() -> None:
    path = network_of(5, np.array([0, 1, 3]), np.array([1, 2, 4]))
    assert connected(path, np.zeros(5, int)).tolist() == [0, 0, 0, 1, 1]


def test_a_higher_resolution_gives_more_groups() -> None:
    network, _ = planted(300, 6, 0.2, 0.02, seed=4)
    counts = [int(leiden(network, resolution=r).max()) + 1 for r in (0.1, 1.0, 8.0)]
    assert counts[0] < counts[1] < counts[2]


def test_the_sweep_chooses_the_planted_groups_and_doubts_noise() -> None:
    """Oracle: the planted partition; beside it ties by chance alone, where no groups are."""
    network, of = planted(400, 5, 0.2, 0.01, seed=2)
    found = sweep(network, resolutions=(0.05, 0.5, 1.0, 3.0), seeds=(0, 1, 2))
    assert found.rows[found.chosen].agreement > 0.95 and nmi(found.groups, of) > 0.95
    assert found.rows[0].groups == 1 and found.chosen != 0
    assert found.stability.mean() > 0.95
    noise, _ = planted(400, 1, 0.03, 0.03, seed=2)
    doubted = sweep(noise, resolutions=(1.0, 2.0), seeds=(0, 1, 2))
    assert doubted.rows[doubted.chosen].agreement < 0.5
    assert doubted.stability.mean() < 0.6


def test_a_person_between_two_groups_is_less_stable() -> None:
    """Two cliques and somebody tied to both alike: it is the one whose company changes."""
    one, other = np.triu_indices(8, 1)
    ends_a = np.concatenate([one, one + 8, np.full(8, 16)])
    ends_b = np.concatenate([other, other + 8, np.array([0, 1, 2, 3, 8, 9, 10, 11])])
    network = network_of(17, ends_a, ends_b, directed=False)
    found = sweep(network, resolutions=(1.0,), seeds=range(10))
    assert found.stability[16] == found.stability.min()


def test_the_choice_prefers_better_groups_among_equally_stable_ones() -> None:
    def row(groups: int, quality: float, agreement: float) -> Swept:
        return Swept(
            resolution=1.0,
            groups=groups,
            modularity=quality,
            agreement=agreement,
            information=agreement,
        )

    assert _most_stable([row(1, 0.0, 1.0), row(2, 0.2, 0.99), row(6, 0.4, 0.98)]) == 2
    assert _most_stable([row(1, 0.0, 1.0), row(2, 0.2, 0.99), row(6, 0.4, 0.9)]) == 1
    assert _most_stable([row(1, 0.0, 1.0)]) == 0


def test_a_star_one_person_and_no_tie() -> None:
    assert (leiden(star(20_000)) == 0).all()
    nothing = np.zeros(0, np.int64)
    assert leiden(network_of(1, nothing, nothing)).tolist() == [0]
    assert leiden(network_of(3, nothing, nothing)).tolist() == [0, 1, 2]
    assert leiden(network_of(0, nothing, nothing)).tolist() == []
    alone = sweep(network_of(3, nothing, nothing))
    assert alone.groups.tolist() == [0, 1, 2] and alone.stability.tolist() == [1, 1, 1]
    assert sweep(network_of(0, nothing, nothing)).groups.tolist() == []


def test_what_is_not_allowed_is_said() -> None:
    network = star(3)
    for call, name in (
        (lambda: leiden(network, resolution=0), "resolution"),
        (lambda: leiden(network, resolution=float("nan")), "resolution"),
        (lambda: leiden(network, cycles=0), "cycles"),
        (lambda: sweep(network, resolutions=()), "resolutions"),
        (lambda: sweep(network, seeds=(1, 1)), "seeds"),
        (lambda: modularity(network, np.zeros(2, int)), "groups"),
    ):
        with pytest.raises(StopError, match=name):
            call()

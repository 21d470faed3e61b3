"""Degrees and PageRank: LDBC Graphalytics, NetworkX, the linear system itself."""

from pathlib import Path
from random import Random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.graphs.network import Network, network_of
from sonnim.graphs.rank import degrees, pagerank
from sonnim.tables.errors import StopError
from tests.graphs.examples import ldbc, ldbc_answer, networks, scale_free, star


def in_networkx(network: Network) -> nx.Graph:
    graph = nx.DiGraph() if network.directed else nx.Graph()
    graph.add_nodes_from(range(network.n))
    graph.add_weighted_edges_from(
        zip(
            network.sources.tolist(),
            network.targets.tolist(),
            network.weights.tolist(),
            strict=True,
        )
    )
    return graph


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "kind", "rounds", "near"),
    [
        ("pr", "dir", 14, 2e-6),
        ("pr", "dir", None, 1e-10),
        ("pr", "undir", 26, 1e-7),
        ("example", "dir", 2, 1e-12),
        ("example", "undir", 2, 1e-12),
    ],
)
def test_ranks_are_those_of_ldbc(
    shared_data: Path, name: str, kind: str, rounds: int | None, near: float
) -> None:
    """Oracle: LDBC Graphalytics, whose validation allows .01% of the value.

    The directed answer turns out to be that of all rounds, not of the 14 that it names.
    """
    network, _ = ldbc(shared_data, name, kind)
    wanted = ldbc_answer(shared_data, name, kind, "pr")
    found = pagerank(network, iterations=rounds, weighted=False)
    assert found == pytest.approx(wanted, rel=near)


@settings(max_examples=60)
@given(networks(), st.sampled_from([0.0, 0.5, 0.85, 0.99]), st.booleans())
def test_ranks_solve_the_equation(network: Network, damping: float, weighted: bool) -> None:
    """Oracle: the linear system of the definition, solved by NumPy."""
    found = pagerank(network, damping=damping, weighted=weighted)
    n = network.n
    if n == 0:
        assert found.shape == (0,)
        return
    dense = network.matrix.toarray()
    dense = dense if weighted else (dense > 0).astype(float)
    sent = dense.sum(axis=1, keepdims=True)
    walk = np.where(sent > 0, dense / np.where(sent > 0, sent, 1), 1 / n)
    wanted = np.linalg.solve(np.eye(n) - damping * walk.T, np.full(n, (1 - damping) / n))
    assert np.abs(found - wanted).sum() < 2e-10
    assert found.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("directed", [True, False])
def test_ranks_are_those_of_networkx(directed: bool) -> None:
    """Oracle: NetworkX, weighted, also where the walker begins with a few people only."""
    network = scale_free(300, 900, 4, directed=directed)
    graph = in_networkx(network)
    wanted = nx.pagerank(graph, tol=1e-13, max_iter=500)
    assert pagerank(network) == pytest.approx([wanted[i] for i in range(300)], abs=1e-10)
    start = np.zeros(300)
    start[[3, 7]] = 2.0, 1.0
    wanted = nx.pagerank(graph, personalization=dict(enumerate(start)), tol=1e-13, max_iter=500)
    found = pagerank(network, start=start)
    assert found == pytest.approx([wanted[i] for i in range(300)], abs=1e-10)


@settings(max_examples=40)
@given(networks(), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(network: Network, chance: Random) -> None:
    order = list(range(network.n))
    chance.shuffle(order)
    to = np.array(order, np.int64)
    other = network_of(
        network.n,
        to[network.sources][::-1],
        to[network.targets][::-1],
        network.weights[::-1],
        directed=network.directed,
    )
    assert pagerank(other)[to] == pytest.approx(pagerank(network), abs=1e-10)


@settings(max_examples=60)
@given(networks())
def test_degrees_are_sums_of_the_matrix(network: Network) -> None:
    """Oracle: the dense matrix."""
    found, dense = degrees(network), network.matrix.toarray()
    assert found.sent.tolist() == (dense > 0).sum(axis=1).tolist()
    assert found.received.tolist() == (dense > 0).sum(axis=0).tolist()
    assert found.sent_weight == pytest.approx(dense.sum(axis=1))
    assert found.received_weight == pytest.approx(dense.sum(axis=0))


def test_a_star_one_person_and_no_tie() -> None:
    """By hand: the two equations of a star, of a leaf and of its centre."""
    leaves = 100_000
    found = pagerank(star(leaves))
    n, leaf, centre = leaves + 1, found[1], found[0]
    assert leaf == pytest.approx(0.15 / n + 0.85 * centre / n, rel=1e-9)
    assert centre == pytest.approx(leaf + 0.85 * leaves * leaf, rel=1e-9)
    nothing = np.zeros(0, np.int64)
    assert pagerank(network_of(1, nothing, nothing)).tolist() == [1.0]
    assert pagerank(network_of(4, nothing, nothing)).tolist() == [0.25] * 4
    assert degrees(star(5)).received.tolist() == [5, 0, 0, 0, 0, 0]


def test_loops_doubles_and_weight_zero() -> None:
    """Loops and weights of 0 do not count, doubles are summed (`network_of` says so)."""
    messy = network_of(
        3,
        np.array([0, 0, 0, 1, 2, 1]),
        np.array([0, 1, 1, 2, 0, 0]),
        np.array([9.0, 1.0, 2.0, 1.0, 1.0, 0.0]),
    )
    clean = network_of(3, np.array([0, 1, 2]), np.array([1, 2, 0]), np.array([3.0, 1.0, 1.0]))
    assert pagerank(messy).tolist() == pagerank(clean).tolist()


def test_edges_that_are_wrong_are_refused() -> None:
    with pytest.raises(StopError) as found:
        network_of(2, np.array([0, 1]), np.array([1, 0]), np.array([1.0, -2.0]))
    assert found.value.key == "edge_weight" and "-2.0" in str(found.value)
    with pytest.raises(StopError) as found:
        network_of(2, np.array([0]), np.array([2]))
    assert found.value.key == "edge_of_nobody"


@pytest.mark.parametrize(
    ("name", "given_value"),
    [
        ("damping", 1.0),
        ("damping", -0.1),
        ("tolerance", 0.0),
        ("iterations", -1),
        ("start", np.zeros(5)),
        ("start", np.array([1.0, 2.0])),
        ("start", np.array([1.0, -1.0, 1.0, 1.0, 1.0])),
    ],
)
def test_what_is_not_allowed_is_said(name: str, given_value: object) -> None:
    with pytest.raises(StopError) as found:
        pagerank(star(4), **{name: given_value})  # type: ignore[arg-type]
    assert found.value.key == "graph_number" and name in str(found.value)

"""Cascades: roots, depths, breadths and structural virality."""

import time

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.graphs.cascades import forest, halfway, shapes
from sonnim.tables.errors import StopError

PARENTS = st.lists(st.integers(-3, 30), max_size=25).map(lambda given: np.array(given, np.int64))


@settings(max_examples=150, deadline=None)
@given(PARENTS)
def test_shapes_are_those_of_walking_every_tree(parents: np.ndarray) -> None:
    """Oracle: NetworkX, component by component, with all pairs of shortest paths."""
    n = len(parents)
    graph = networkx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from((i, int(p)) for i, p in enumerate(parents) if 0 <= p < i)
    found = forest(parents)
    shape = shapes(found)
    wanted = sorted(networkx.connected_components(graph), key=min)
    assert shape.roots.tolist() == [min(tree) for tree in wanted]
    for at, tree in enumerate(wanted):
        away = networkx.single_source_shortest_path_length(graph, min(tree))
        assert all(found.roots[i] == min(tree) and found.depths[i] == away[i] for i in tree)
        assert shape.sizes[at] == len(tree) and shape.depths[at] == max(away.values())
        levels = list(away.values())
        assert shape.breadths[at] == max(levels.count(level) for level in levels)
        if len(tree) == 1:
            assert np.isnan(shape.virality[at])
        else:
            mean = networkx.average_shortest_path_length(graph.subgraph(tree))
            assert shape.virality[at] == pytest.approx(mean)
    assert found.missing == sum(p < -1 or p >= n for p in parents)
    assert found.backwards == sum(i <= p < n for i, p in enumerate(parents))


@pytest.mark.parametrize("n", [2, 3, 10, 1000])
def test_virality_of_stars_and_chains_is_that_of_the_formula(n: int) -> None:
    """Oracle: closed forms: 2 - 2 / n for a star, (n + 1) / 3 for a chain."""
    star = np.zeros(n, np.int64)
    star[0] = -1
    assert shapes(forest(star)).virality[0] == pytest.approx(2 - 2 / n)
    assert shapes(forest(np.arange(n) - 1)).virality[0] == pytest.approx((n + 1) / 3)


def test_chains_and_stars_of_many_messages_take_no_time() -> None:
    n = 300_000
    began = time.perf_counter()
    chain = shapes(forest(np.arange(n) - 1))
    star = shapes(forest(np.where(np.arange(n) > 0, 0, -1)))
    assert time.perf_counter() - began < 5
    assert chain.depths.tolist() == [n - 1] and star.breadths.tolist() == [n - 1]


def test_circles_and_links_to_nowhere_are_cut_and_counted() -> None:
    found = forest(np.array([2, 0, 1, 3, 77, -9]))
    # 0 -> 2 -> 1 -> 0 is a circle; its link that leads to something later goes.
    assert found.parents.tolist() == [-1, 0, 1, -1, -1, -1]
    assert (found.missing, found.backwards) == (2, 2)


def test_no_message_at_all() -> None:
    found = forest(np.array([], np.int64))
    assert shapes(found).sizes.tolist() == [] and halfway(found, np.array([])).tolist() == []


def test_speed_is_the_time_to_half_the_messages() -> None:
    """By hand: two cascades that run at the same time, of three and of two messages."""
    found = forest(np.array([-1, -1, 0, 1, 2]))
    assert halfway(found, np.array([0.0, 1.0, 5.0, 8.0, 9.0])).tolist() == [5.0, 0.0]


def test_what_cannot_be_read_says_so() -> None:
    with pytest.raises(StopError, match="float64 in 1 dimensions"):
        forest(np.array([0.5]))
    with pytest.raises(StopError, match="1 times for 2 messages"):
        halfway(forest(np.array([-1, 0])), np.array([0.0]))
    with pytest.raises(StopError, match="message 2"):
        halfway(forest(np.array([-1, 0])), np.array([3.0, 1.0]))

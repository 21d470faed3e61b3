"""Cascades against brute force, and against closed forms."""

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonnim.graphs.cascades import forest


@given(st.lists(st.integers(-1, 30), max_size=30))
def test_depths_sizes_and_virality_are_those_of_brute_force(given_parents: list[int]) -> None:
    """The oracle: NetworkX's shortest ways between all pairs of the tree."""
    found = forest(np.array(given_parents, np.int64))
    tree = networkx.Graph()
    tree.add_nodes_from(range(len(given_parents)))
    tree.add_edges_from((n, p) for n, p in enumerate(given_parents) if 0 <= p < n)
    ways = dict(networkx.all_pairs_shortest_path_length(tree))
    for n in range(len(given_parents)):
        members = sorted(ways[n])
        assert found.roots[n] == members[0]
        assert found.depths[n] == ways[n][members[0]]
        assert found.sizes[n] == len(members)
        total = sum(ways[a][b] for a in members for b in members)
        pairs = len(members) * (len(members) - 1)
        assert found.virality[n] == pytest.approx(total / pairs if pairs else 0)
    assert found.cut == sum(p >= n for n, p in enumerate(given_parents))


@pytest.mark.parametrize("n", [2, 10, 1000])
def test_a_star_and_a_chain_have_their_closed_forms(n: int) -> None:
    """Goel et al. 2016: 2 - 2/n for a star, (n + 1) / 3 for a chain."""
    star = forest(np.array([-1, *[0] * (n - 1)]))
    chain = forest(np.arange(-1, n - 1))
    assert star.virality[0] == pytest.approx(2 - 2 / n)
    assert chain.virality[0] == pytest.approx((n + 1) / 3)
    assert (star.depths.max(), chain.depths.max()) == (1, n - 1)


def test_a_million_leaves_hang_on_one() -> None:
    found = forest(np.concatenate([[-1], np.zeros(1_000_000, np.int64)]))
    assert found.sizes[5] == 1_000_001 and found.virality[5] == pytest.approx(2, abs=1e-5)

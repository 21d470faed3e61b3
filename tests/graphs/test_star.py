"""A star of a million leaves: every measure answers, and its answer is known beforehand."""

import numpy as np
import pytest

from sonnim.graphs.between import between
from sonnim.graphs.clustering import clustering
from sonnim.graphs.components import components
from sonnim.graphs.cores import cores
from sonnim.graphs.groups import leiden
from sonnim.graphs.labels import labels
from sonnim.graphs.layout import packed
from sonnim.graphs.network import Network, network_of
from sonnim.graphs.paths import distances, steps
from sonnim.graphs.rank import degrees, pagerank
from sonnim.graphs.seeds import choose

LEAVES = 1_000_000


@pytest.fixture(scope="module")
def star() -> Network:
    """Everybody turns to person 0."""
    return network_of(LEAVES + 1, np.arange(1, LEAVES + 1), np.zeros(LEAVES, np.int64))


def test_rank_and_degrees(star: Network) -> None:
    """PageRank solved by hand: a leaf has r, the centre r + .85 LEAVES r, and together one.

    What the centre has goes to everybody, for it turns to nobody.
    """
    ranks = pagerank(star)
    n, damping = LEAVES + 1, 0.85
    leaf = 1 / (n + damping * LEAVES)
    assert np.allclose(ranks[1:], leaf, rtol=1e-6, atol=0)
    assert ranks[0] == pytest.approx(leaf * (1 + damping * LEAVES), rel=1e-6)
    found = degrees(star)
    assert found.received[0] == LEAVES and not found.received[1:].any()
    assert found.sent[0] == 0 and (found.sent[1:] == 1).all()


def test_parts_cores_and_triangles(star: Network) -> None:
    assert not components(star).any()
    assert (cores(star) == 1).all()
    assert not clustering(star).any()


def test_steps_and_distances(star: Network) -> None:
    assert steps(star, 1)[[0, 1, 2]].tolist() == [1, 0, -1]
    assert distances(star, 5)[[0, 5]].tolist() == [1.0, 0.0]


def test_groups_and_their_places(star: Network) -> None:
    groups = leiden(star, seed=1)
    assert groups.max() == 0
    places = packed(star, groups)
    assert np.isfinite(places.x).all() and np.isfinite(places.y).all()


def test_labels_swing(star: Network) -> None:
    """After the first round leaves have the centre's label and the centre the least of theirs."""
    found = labels(star, iterations=1)
    assert found[0] == 1 and not found[1:].any()


def test_who_stands_between(star: Network) -> None:
    """All paths between leaves lead over the centre, if ties lead both ways."""
    both = network_of(star.n, star.sources, star.targets, directed=False)
    found = between(both, error=0.1, seed=1)
    assert found.values[0] == pytest.approx(1.0, abs=0.1)
    assert found.values[1:].max() <= 0.1


def test_the_centre_is_told_first(star: Network) -> None:
    out = network_of(star.n, star.targets, star.sources)
    found = choose(out, np.full(LEAVES, 0.5), 1)
    assert found.people.tolist() == [0]
    assert found.reach == pytest.approx(1 + LEAVES / 2, rel=0.05)

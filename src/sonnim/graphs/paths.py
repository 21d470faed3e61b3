"""How far people are from one: in steps, or in the length of ties. By SciPy.

As LDBC Graphalytics defines BFS and SSSP (Iosup and others 2016, sections 2.3.1 and 2.3.6).
"""

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.network import Floats, Ints, Network
from sonnim.tables.errors import StopError


def steps(network: Network, source: int) -> Ints:
    """How many ties lead from one person to each other, at least; along their direction.

    Args:
        network: Who turns to whom.
        source: With whom the paths begin.

    Returns:
        Shape (n,); 0 for the person themselves, -1 for whom no path reaches.

    Raises:
        StopError: There is no such person.

    Example:
        >>> steps(Network(4, np.array([0, 1]), np.array([1, 2]), np.ones(2)), 0)
        array([ 0,  1,  2, -1], dtype=int32)
    """
    from scipy.sparse import csgraph

    _there(network, source)
    order, before = csgraph.breadth_first_order(network.matrix, source, directed=True)
    # Depth by doubling: who stands 1, 2, 4… steps before. The rounds grow with the logarithm of
    # the depth, so that a chain of a million people needs 20.
    place = np.zeros(network.n, np.int64)
    place[order] = np.arange(len(order))
    back = np.zeros(len(order), np.int64)
    back[1:] = place[before[order[1:]]]
    depth = np.ones(len(order), np.int32)
    depth[0] = 0
    while back.any():
        depth = depth + depth[back]
        back = back[back]
    found = np.full(network.n, -1, np.int32)
    found[order] = depth
    return found


def distances(network: Network, source: int) -> Floats:
    """How long the shortest path is from one person to each other, along the ties' direction.

    A weight is taken as the length of its tie. Where a weight says how strongly two are tied,
    which is the opposite, give a network of `1 / weights` (`dataclasses.replace`).

    Args:
        network: Who turns to whom.
        source: With whom the paths begin.

    Returns:
        Shape (n,), in the unit of the weights; 0 for the person themselves, infinite for whom no
        path reaches.

    Raises:
        StopError: There is no such person.

    Example:
        >>> ends = np.array([[0, 1], [1, 2], [0, 2]])
        >>> network = Network(4, ends[:, 0], ends[:, 1], np.array([0.5, 1.0, 2.0]))
        >>> distances(network, 0)
        array([0. , 0.5, 1.5, inf])
    """
    from scipy.sparse import csgraph

    _there(network, source)
    found: NDArray[np.float64] = csgraph.dijkstra(network.matrix, directed=True, indices=source)
    return found


def _there(network: Network, source: int) -> None:
    if not 0 <= source < network.n:
        raise StopError("graph_nobody", received=source, n=network.n)

"""How far those around a person are tied to each other: triangles and local clustering.

Watts and Strogatz 1998; directed as LDBC Graphalytics defines it (Iosup and others 2016, section
2.3.5): ties among all neighbours, whichever direction made them neighbours.

Each triangle is found once, from its person with the fewest ties. So a star of a million leaves
costs no more than a chain, and any network of m ties at most some m to the power of 1.5 (Chiba and
Nishizeki 1985).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.network import Floats, Network

_BLOCK = 4_000_000
"""Paths of two ties that are held at a time, 12 bytes each, twice."""


def triangles(network: Network) -> NDArray[np.int64]:
    """How many triangles each person is in; direction and weight do not count.

    Returns:
        Shape (n,). Their sum is three times the number of triangles.

    Example:
        >>> ends = np.array([[0, 1], [1, 2], [0, 2], [2, 3]])
        >>> triangles(Network(4, ends[:, 0], ends[:, 1], np.ones(4)))
        array([1, 1, 1, 0])
    """
    upward, place = _upward(network.simple)
    return _opposite(upward, upward)[place].astype(np.int64)


def clustering(network: Network) -> Floats:
    """Of all ties that there could be among those around a person, the share that is there.

    Around a person are all who turn to them or to whom they turn. If the network is directed, each
    two of these could turn to each other: two ties; else one. Weight does not count.

    Returns:
        Shape (n,), 0 to 1; 0 with fewer than two people around.

    Example:
        >>> ends = np.array([[0, 1], [1, 2], [0, 2], [2, 3]])
        >>> network = Network(4, ends[:, 0], ends[:, 1], np.ones(4))
        >>> clustering(network).round(3)
        array([0.5  , 0.5  , 0.167, 0.   ])
    """
    around = np.diff(network.simple.indptr).astype(np.float64)
    upward, place = _upward(network.simple)
    ties, both = upward, 2.0
    if network.directed:
        ties, both = _numbered(network, place, upward), 1.0
    found = _opposite(upward, ties)[place] * both
    could = around * (around - 1)
    return np.asarray(np.divide(found, could, out=np.zeros(network.n), where=could > 0))


def _upward(simple: Any) -> tuple[Any, NDArray[np.int32]]:
    """Each tie once, from the person with fewer ties to the one with more; and people's places."""
    from scipy import sparse

    n = simple.shape[0]
    many = np.diff(simple.indptr)
    place = np.empty(n, np.int32)
    place[np.argsort(many, kind="stable")] = np.arange(n, dtype=np.int32)
    one, other = place[np.repeat(np.arange(n, dtype=np.int32), many)], place[simple.indices]
    up = one < other
    upward = sparse.csr_array((np.ones(int(up.sum())), (one[up], other[up])), shape=(n, n))
    upward.sort_indices()
    return upward, place


def _numbered(network: Network, place: NDArray[np.int32], upward: Any) -> Any:
    """How many ties stand behind each tie upward: 1, or 2 where both turn to each other."""
    from scipy import sparse

    one, other = place[network.sources], place[network.targets]
    ends = (np.minimum(one, other), np.maximum(one, other))
    found = sparse.csr_array((np.ones(len(one)), ends), shape=upward.shape)
    found.sum_duplicates()
    return found


def _opposite(upward: Any, ties: Any) -> Floats:
    """Sum over the triangles of each person of the ties between the other two.

    In a triangle of places i < j < k, i sees the tie from j to k, k that from i to j, and j that
    from i to k.

    Args:
        upward: Ones, by places; (n, n).
        ties: How many ties stand behind each of these ones; (n, n).
    """
    found = np.zeros(upward.shape[0])
    for rows in _blocks(upward):
        mine = upward[rows]
        lowest = (mine @ ties).multiply(mine)
        found[rows] += np.asarray(lowest.sum(axis=1)).ravel()
        if ties is upward:
            found += np.asarray(lowest.sum(axis=0)).ravel()
        else:
            found += np.asarray((ties[rows] @ upward).multiply(mine).sum(axis=0)).ravel()
    # Those in the middle: of the paths down from j to i and up to k, the ones that k closes.
    down = upward.T.tocsr()
    for rows in _blocks(down, upward):
        middle = (down[rows] @ ties).multiply(upward[rows])
        found[rows] += np.asarray(middle.sum(axis=1)).ravel()
    return found


def _blocks(left: Any, right: Any = None) -> Iterator[slice]:
    """Rows of which the product with the right matrix needs to follow so many paths at most."""
    right = left if right is None else right
    paths = np.concatenate([[0], np.cumsum(np.diff(right.indptr)[left.indices])])[left.indptr]
    n, begin = left.shape[0], 0
    while begin < n:
        # At least one row: the paths of one are bounded by the ties.
        end = int(np.searchsorted(paths, paths[begin] + _BLOCK, side="right")) - 1
        end = min(max(end, begin + 1), n)
        yield slice(begin, end)
        begin = end

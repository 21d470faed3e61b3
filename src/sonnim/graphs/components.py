"""Which people hang together: connected parts of a network, by SciPy."""

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.network import Ints, Network


def numbered(labels: NDArray[np.integer]) -> Ints:
    """Numbers parts by size: the largest is 0, of equal ones that of the lowest person first.

    Args:
        labels: The part of each person, by any numbers of 0 or more.

    Example:
        >>> numbered(np.array([7, 3, 3, 5]))
        array([1, 0, 0, 2], dtype=int32)
    """
    _, first, part, n = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    place = np.empty(len(n), np.int32)
    place[np.lexsort((first, -n))] = np.arange(len(n), dtype=np.int32)
    return np.asarray(place[part], np.int32)


def components(network: Network, *, strong: bool = False) -> Ints:
    """The part that each person belongs to.

    Args:
        network: Who is tied to whom.
        strong: Whether people of a part must reach each other along the direction of the ties;
            if not, a tie binds both its ends.

    Returns:
        Number of the part, 0 being the largest; shape (n,). Somebody without ties is a part alone.

    Example:
        >>> chain = Network(4, np.array([0, 1]), np.array([1, 2]), np.ones(2))
        >>> components(chain), components(chain, strong=True)
        (array([0, 0, 0, 1], dtype=int32), array([0, 1, 2, 3], dtype=int32))
    """
    from scipy import sparse
    from scipy.sparse import csgraph

    if network.n == 0:
        return np.zeros(0, np.int32)
    # Each tie once is enough: for weak parts SciPy turns the ties round itself.
    ties = sparse.csr_array(
        (np.ones(len(network.sources)), (network.sources, network.targets)),
        shape=(network.n, network.n),
    )
    kind = "strong" if strong and network.directed else "weak"
    _, labels = csgraph.connected_components(ties, directed=True, connection=kind)
    return numbered(labels)

"""What hangs on what: cascades of messages, how deep they go and how they branch."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.network import Floats


@dataclass(frozen=True, eq=False)
class Forest:
    """Cascades of messages, each a tree; shape (n,) each.

    Attributes:
        roots: The first message of each message's cascade.
        depths: Steps from it.
        sizes: Messages of the whole cascade.
        virality: Of the whole cascade: the mean distance between two of its messages; 0 where
            there is one alone.
        cut: How many messages hung on one that is not earlier, and were taken for first ones.
    """

    roots: NDArray[np.int64]
    depths: NDArray[np.int64]
    sizes: NDArray[np.int64]
    virality: Floats
    cut: int


def forest(parents: NDArray[np.integer]) -> Forest:
    """Cascades from what each message hangs on.

    Structural virality is that of Goel, Anderson, Hofman and Watts 2016 (equation 1): an edge below
    which s of N messages hang lies on the ways between s (N - s) pairs.

    Args:
        parents: For each message, in order of time, the place of what it hangs on, or below 0. A
            place that is not earlier (time that runs backwards, a circle) counts as none.

    Example:
        >>> found = forest(np.array([-1, 0, 0, 2]))
        >>> found.roots, found.depths, found.virality.round(2)
        (array([0, 0, 0, 0]), array([0, 1, 1, 2]), array([1.67, 1.67, 1.67, 1.67]))
    """
    n = len(parents)
    places = np.arange(n)
    later = parents >= places
    hung = (parents >= 0) & ~later
    roots = np.where(hung, parents, places).astype(np.int64)
    depths = hung.astype(np.int64)
    # Each round doubles how far everybody looks back.
    while True:
        further = roots[roots]
        if np.array_equal(further, roots):
            break
        depths += depths[roots]
        roots = further
    below = np.ones(n, np.int64)
    order = np.argsort(-depths, kind="stable")
    bounds = np.searchsorted(-depths[order], np.arange(-depths.max(initial=0), 1))
    for start, end in itertools.pairwise(bounds):
        level = order[start:end]
        np.add.at(below, parents[level], below[level])
    sizes = below[roots]
    ways = np.where(hung, below * (sizes - below), 0).astype(np.float64)
    pairs = sizes * (sizes - 1) / 2
    total = np.bincount(roots, ways, n)[roots] if n else np.zeros(0)
    return Forest(
        roots=roots,
        depths=depths,
        sizes=sizes,
        virality=np.divide(total, pairs, out=np.zeros(n), where=pairs > 0),
        cut=int((later & (parents >= 0)).sum()),
    )

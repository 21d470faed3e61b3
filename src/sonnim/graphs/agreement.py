"""How alike two ways to group the same people are.

Mutual information is divided by the mean of the two entropies (Strehl and Ghosh 2002; Vinh, Epps
and Bailey 2010); the adjusted Rand index is that of Hubert and Arabie 1985. Neither minds how the
groups are numbered.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.network import Floats
from sonnim.tables.errors import StopError


@dataclass(frozen=True, eq=False)
class Shared:
    """People whom each pair of groups, one of either way, has in common.

    Attributes:
        first: Sizes of the groups of the first way; shape (groups,).
        second: Sizes of those of the second way.
        left: The group of the first way, of each pair that has anybody in common; shape (pairs,).
        right: The group of the second way.
        both: How many people are in both.
        pair: The pair that each person belongs to; shape (n,).
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    both: NDArray[np.int64]
    pair: NDArray[np.int64]


def shared(first: NDArray[np.integer], second: NDArray[np.integer]) -> Shared:
    """Counts the people in common.

    Args:
        first: The group of each person, 0 or more; shape (n,).
        second: The same by another way.

    Raises:
        StopError: There are not as many of the one as of the other.

    Example:
        >>> found = shared(np.array([0, 0, 1]), np.array([0, 1, 1]))
        >>> found.left, found.right, found.both
        (array([0, 0, 1]), array([0, 1, 1]), array([1, 1, 1]))
    """
    if len(first) != len(second):
        raise StopError("graph_lengths", name="second", received=len(second), n=len(first))
    one, other = np.asarray(first, np.int64), np.asarray(second, np.int64)
    wide = int(other.max(initial=0)) + 1
    key, pair, both = np.unique(one * wide + other, return_inverse=True, return_counts=True)
    return Shared(
        first=np.bincount(one),
        second=np.bincount(other),
        left=key // wide,
        right=key % wide,
        both=both,
        pair=pair,
    )


def nmi(first: NDArray[np.integer], second: NDArray[np.integer]) -> float:
    """Normalised mutual information: 0 if either says nothing of the other, 1 if all.

    Args:
        first: The group of each person, 0 or more; shape (n,).
        second: The same by another way.

    Raises:
        StopError: There are not as many of the one as of the other.

    Example:
        >>> nmi(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
        1.0
        >>> nmi(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
        0.0
    """
    found, n = shared(first, second), len(first)
    above, below = _entropy(found.first, n), _entropy(found.second, n)
    if above + below == 0:
        # Everybody together both times, or nobody there: the same.
        return 1.0
    common = above + below - _entropy(found.both, n)
    return float(np.clip(2 * common / (above + below), 0.0, 1.0))


def _entropy(sizes: NDArray[np.int64], n: int) -> float:
    share = sizes[sizes > 0] / max(n, 1)
    return float(-(share * np.log(share)).sum()) if len(share) > 1 else 0.0


def adjusted_rand(first: NDArray[np.integer], second: NDArray[np.integer]) -> float:
    """Pairs of people whom both ways keep together, beyond chance: 0 is chance, 1 is the same.

    Args:
        first: The group of each person, 0 or more; shape (n,).
        second: The same by another way.

    Raises:
        StopError: There are not as many of the one as of the other.

    Example:
        >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
        1.0
        >>> round(adjusted_rand(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])), 9)
        -0.5
    """
    found, n = shared(first, second), len(first)
    together, one, other = (_pairs(sizes) for sizes in (found.both, found.first, found.second))
    every = n * (n - 1) / 2
    if one == other == together:
        return 1.0
    chance = one * other / every
    return (together - chance) / ((one + other) / 2 - chance)


def _pairs(sizes: NDArray[np.int64]) -> float:
    n = sizes.astype(np.float64)
    return float((n * (n - 1) / 2).sum())


def overlaps(first: NDArray[np.integer], second: NDArray[np.integer]) -> Floats:
    """How alike the company is that each person keeps by the one way and by the other.

    Args:
        first: The group of each person, 0 or more; shape (n,).
        second: The same by another way.

    Returns:
        Of each person, how many are in both groups, divided by how many are in either (Jaccard
        1901); shape (n,), above 0, at most 1.

    Raises:
        StopError: There are not as many of the one as of the other.

    Example:
        >>> overlaps(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 2])).round(2)
        array([0.67, 0.67, 0.33, 1.  ])
    """
    found = shared(first, second)
    either = found.first[found.left] + found.second[found.right] - found.both
    return np.asarray((found.both / either)[found.pair], np.float64)

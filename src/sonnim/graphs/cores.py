"""Who is deep within a network, and whose messages are passed on again and again."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.compiled import graph_of, pairs
from sonnim.graphs.network import Ints, Network
from sonnim.tables.errors import StopError

_MOST_ROUNDS = 20_000
"""Rounds of peeling, some 40 µs each, after which a library is asked that goes person by person.
A chain of a million people has half a million rounds; no network that we met has a thousand."""


def cores(network: Network) -> Ints:
    """The core that each person belongs to.

    The core of k is what is left when everybody with fewer than k ties among those left is taken
    away, again and again (Seidman 1983; peeled as by Batagelj and Zaversnik 2003, many people at a
    time). Direction and weight do not count.

    Returns:
        The greatest k of a core that the person is in; shape (n,). 0 without ties.

    Example:
        >>> ends = np.array([[0, 1], [1, 2], [0, 2], [2, 3]])
        >>> cores(Network(4, ends[:, 0], ends[:, 1], np.ones(4)))
        array([2, 2, 2, 1], dtype=int32)
    """
    ties = network.simple
    begin, others = ties.indptr, ties.indices
    left = np.diff(begin).astype(np.int64)
    found = np.zeros(network.n, np.int32)
    there = left > 0
    alive = np.flatnonzero(there)
    k, rounds = 0, 0
    while alive.size:
        k = max(k, int(left[alive].min()))
        edge = alive[left[alive] <= k]
        while edge.size:
            rounds += 1
            if rounds > _MOST_ROUNDS:
                return _one_by_one(network)
            found[edge] = k
            there[edge] = False
            near = _neighbours(begin, others, edge)
            near = near[there[near]]
            # Few people have many neighbours: counting over all n each round would cost n.
            who, lost = np.unique(near, return_counts=True)
            left[who] -= lost
            edge = who[left[who] <= k]
        alive = alive[there[alive]]
    return found


def _neighbours(begin: Any, others: Any, people: NDArray[np.integer]) -> NDArray[np.integer]:
    """Neighbours of all these people, one after the other."""
    n = (begin[people + 1] - begin[people]).astype(np.int64)
    skipped = np.repeat(begin[people] - np.concatenate([[0], np.cumsum(n)[:-1]]), n)
    return np.asarray(others[skipped + np.arange(len(skipped))])


def _one_by_one(network: Network) -> Ints:
    from networkit.centrality import CoreDecomposition

    graph = graph_of(network.n, *pairs(network))
    # The other algorithm goes by rounds, as ours does.
    run = CoreDecomposition(graph, enforceBucketQueueAlgorithm=True)
    run.run()
    return np.asarray(run.scores()).astype(np.int32)


def h_index(owners: NDArray[np.integer], counts: NDArray[np.integer], n: int) -> Ints:
    """How many things of each person came at least that often (Hirsch 2005).

    Args:
        owners: Whose each thing is (a message, say), 0 to n - 1; shape (things,).
        counts: How often it came (was passed on, say); shape (things,).
        n: How many people.

    Returns:
        The greatest h of which the person has h things that came h times or more; shape (n,).

    Raises:
        StopError: There are not as many counts as owners, or an owner is not there.

    Example:
        >>> h_index(np.array([0, 0, 0, 1]), np.array([5, 2, 1, 9]), 3)
        array([2, 1, 0], dtype=int32)
    """
    if len(owners) != len(counts):
        raise StopError("graph_lengths", name="counts", received=len(counts), n=len(owners))
    wrong = owners[(owners < 0) | (owners >= n)]
    if len(wrong):
        raise StopError("graph_nobody", received=int(wrong[0]), n=n)
    order = np.lexsort((-np.asarray(counts, np.int64), owners))
    mine = np.asarray(owners, np.int64)[order]
    things = np.bincount(mine, minlength=n)
    place = np.arange(len(mine)) - np.repeat(np.cumsum(things) - things, things)
    # Counts fall and places rise, so that those that reach their place come first.
    return np.bincount(mine[counts[order] > place], minlength=n).astype(np.int32)

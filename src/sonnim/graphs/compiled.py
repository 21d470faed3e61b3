"""Graphs as networkit holds them, for the measures that it computes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.network import Floats, Network


def graph_of(
    n: int,
    one: NDArray[np.integer],
    other: NDArray[np.integer],
    weights: Floats | None = None,
) -> Any:
    """A graph without direction.

    networkit does not hold on to a graph that it measures: who calls keeps it, or the process
    falls.

    Args:
        n: How many people.
        one: One end of each tie, 0 to n - 1; each pair stands there once.
        other: The other end.
        weights: How strong; 1 each, if not given.
    """
    from networkit import GraphFromCoo

    ends = (one.astype(np.uint64), other.astype(np.uint64))
    if weights is None:
        return GraphFromCoo(ends, n=n)
    return GraphFromCoo((weights, ends), n=n, weighted=True)


def pairs(network: Network) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """Each pair of tied people once, whoever of them ties."""
    from scipy import sparse

    once = sparse.triu(network.simple).tocoo()
    return once.row, once.col


@contextmanager
def steady(seed: int) -> Iterator[None]:
    """One thread and a seed of our own: the same values each time; then as it was before."""
    import networkit

    threads = networkit.getMaxNumberOfThreads()
    networkit.setNumberOfThreads(1)
    networkit.setSeed(seed, True)
    try:
        yield
    finally:
        networkit.setNumberOfThreads(threads)

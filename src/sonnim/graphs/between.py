"""Who stands between others: the share of shortest paths that lead over each person.

Betweenness of Freeman 1977, by networkit: exact by Brandes 2001, or from paths drawn by chance
until none is likely to be off by more than was asked (KADABRA, Borassi and Natale 2016). Direction
and weight do not count: what is asked is who holds parts of a network together.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.compiled import graph_of, pairs, steady
from sonnim.graphs.components import components
from sonnim.graphs.network import Floats, Network
from sonnim.tables.errors import StopError

EXACT = 3e7
"""People times ties up to which all paths are followed: some 4 s, at 100 ns for each."""
# People for each one of the chain that is set beside them: it takes 2 % of the pairs then.
_CHAINED = 100


@dataclass(frozen=True, eq=False)
class Between:
    """How much each person stands between others.

    Attributes:
        values: Of all pairs of other people, the share whose shortest path leads over the person;
            where there are several shortest paths, the share of them; shape (n,), 0 to 1.
        error: How far a value may be off; 0 if all paths were followed.
        doubt: How likely it is at most that any value is further off.
        paths: How many paths were drawn; 0 if all were followed.
    """

    values: Floats
    error: float
    doubt: float
    paths: int


def between(
    network: Network,
    *,
    error: float = 0.01,
    doubt: float = 0.1,
    seed: int = 0,
    exact: float = EXACT,
) -> Between:
    """How much each person stands between others.

    Args:
        network: Who is tied to whom.
        error: How far a value may be off, where paths are drawn; above 0, below 1. Half as much
            takes up to four times as long.
        doubt: How likely it may be that any value is further off; above 0, below 1.
        seed: Of the drawing; the same one gives the same values.
        exact: People with ties times ties up to which all paths are followed.

    Raises:
        StopError: Error or doubt are not between 0 and 1.

    Example:
        >>> chain = Network(4, np.array([0, 1, 2]), np.array([1, 2, 3]), np.ones(3))
        >>> between(chain).values.round(2)
        array([0.  , 0.67, 0.67, 0.  ])
    """
    for name, value in (("error", error), ("doubt", doubt)):
        if not 0 < value < 1:
            raise StopError("graph_number", name=name, received=value, allowed=f"0 < {name} < 1")
    from networkit.centrality import Betweenness

    values = np.zeros(network.n)
    tied, one, other = _tied(network)
    # With two people nobody stands between.
    if len(tied) < 3:
        return Between(values=values, error=0.0, doubt=0.0, paths=0)
    # Nobody either where everybody is tied to all that they can reach; the drawing would not end.
    part = components(network)
    if (np.bincount(part)[part] == np.diff(network.simple.indptr) + 1).all():
        return Between(values=values, error=0.0, doubt=0.0, paths=0)
    # Of pairs in which one has no ties, nobody stands between: they count, but need no drawing.
    counted = (network.n - 1) * (network.n - 2)
    graph = graph_of(len(tied), one, other)
    if len(tied) * len(one) <= exact:
        with steady(seed):
            run = Betweenness(graph)
            run.run()
        # Without normalising, each pair counts in both its directions.
        values[tied] = np.asarray(run.scores()) / counted
        return Between(values=values, error=0.0, doubt=0.0, paths=0)
    long = _longest(graph)
    if long * _CHAINED <= len(tied):
        _set_chain(graph, long)
    drawn_of = graph.numberOfNodes()
    scale = drawn_of * (drawn_of - 1) / counted
    shares, paths = _drawn(graph, error / scale if scale > 1 else error, doubt, seed)
    values[tied] = np.minimum(shares[: len(tied)] / _counted() * scale, 1.0)
    return Between(values=values, error=error, doubt=doubt, paths=paths)


def _tied(
    network: Network,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """People with ties, and each pair of tied people once, by their places among them."""
    one, other = pairs(network)
    there = np.zeros(network.n, bool)
    there[one] = there[other] = True
    place = np.cumsum(there) - 1
    return np.flatnonzero(there), place[one], place[other]


def _longest(graph: Any) -> int:
    """A count of people that no shortest path exceeds."""
    from networkit.distance import Diameter, DiameterAlgo

    run = Diameter(graph, DiameterAlgo.ESTIMATED_PEDANTIC)
    run.run()
    return int(run.getDiameter()[0])


def _set_chain(graph: Any, long: int) -> None:
    """Sets a chain of strangers beside the people, longer than any of their shortest paths.

    KADABRA asks for the exact diameter before it draws, which of a million people takes ten times
    as long as the drawing: many of them may be an end of a longest path. Of a chain it is plain,
    and everybody else is out of the question at once. No path leads from the chain to the others,
    so that their values only become smaller, by a factor that is known.
    """
    first = graph.numberOfNodes()
    graph.addNodes(long)
    for place in range(first, first + long - 1):
        graph.addEdge(place, place + 1)


def _drawn(graph: Any, error: float, doubt: float, seed: int) -> tuple[Floats, int]:
    from networkit.centrality import KadabraBetweenness

    with steady(seed):
        run = KadabraBetweenness(graph, err=error, delta=doubt, deterministic=True)
        run.run()
        return np.asarray(run.scores()), int(run.getNumberOfIterations())


@cache
def _counted() -> int:
    """How often networkit counts each path that it draws.

    In 11.3 it counts each twice, so that its values are twice those of the definition, though its
    page says otherwise. A later one may not: so a chain of ten people, whose values are known, is
    asked first. It takes a millisecond.
    """
    n = 10
    ends = np.arange(n - 1)
    shares, _ = _drawn(graph_of(n, ends, ends + 1), 0.02, 0.1, 0)
    place = np.arange(n)
    known = (2 * place * (n - 1 - place) / (n * (n - 1))).sum()
    return max(1, round(float(shares.sum() / known)))

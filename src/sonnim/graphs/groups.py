"""Groups of people who turn to each other more than to others: Leiden communities.

Traag, Waltman and van Eck 2019 ("From Louvain to Leiden: guaranteeing well-connected communities"),
by networkit, for the modularity of Newman and Girvan 2004 with the resolution of Reichardt and
Bornholdt 2006. Direction does not count: what two people send each other is summed.

A way to group is one of many nearly as good. `sweep` asks several resolutions with several seeds
and reports how far the answers agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.agreement import adjusted_rand, nmi, overlaps
from sonnim.graphs.compiled import graph_of, steady
from sonnim.graphs.components import components
from sonnim.graphs.network import Floats, Ints, Network, network_of
from sonnim.tables.errors import StopError

CYCLES = 8
"""With two, two of 20 seeds miss the best groups of Zachary's club, with three none; but of large
networks modularity still grows by .002 from four to six."""

_AS_STABLE = 0.02
"""Resolutions whose agreement differs by no more are equally stable; the better groups decide."""


@dataclass(frozen=True, eq=False)
class Swept:
    """What one resolution gives.

    Attributes:
        resolution: How fine the groups are to be; 1 is that of plain modularity.
        groups: How many groups of two people or more.
        modularity: Of the best run, by plain modularity (resolution 1), so that resolutions can be
            compared.
        agreement: Mean adjusted Rand index of all pairs of runs, among people who have ties.
        information: Mean normalised mutual information of the same.
    """

    resolution: float
    groups: int
    modularity: float
    agreement: float
    information: float


@dataclass(frozen=True, eq=False)
class Sweep:
    """What all resolutions give, and the groups of the one chosen.

    Attributes:
        rows: One for each resolution, in the order asked.
        chosen: The place in the rows of the one that is most stable.
        groups: Its groups, by the best of its runs; shape (n,).
        stability: Of each person, how alike the company is in the other runs: the mean overlap of
            the groups (Jaccard); 1 is the same people each time; shape (n,).
    """

    rows: tuple[Swept, ...]
    chosen: int
    groups: Ints
    stability: Floats


def leiden(
    network: Network, *, resolution: float = 1.0, seed: int = 0, cycles: int = CYCLES
) -> Ints:
    """The group of each person.

    Args:
        network: Who is tied to whom.
        resolution: How fine the groups are to be: above 1 finer than by plain modularity, below 1
            coarser; above 0.
        seed: Of the order in which people are asked; the same one gives the same groups.
        cycles: How often all is gone through again, from the groups found so far; 1 or more.

    Returns:
        Number of the group, 0 being the largest; shape (n,). Each group hangs together; people
        without ties are groups alone.

    Raises:
        StopError: The resolution is not above 0, or cycles are below 1.

    Example:
        >>> ends = np.array([[0, 1], [1, 2], [0, 2], [3, 4], [4, 5], [3, 5], [2, 3]])
        >>> leiden(Network(6, ends[:, 0], ends[:, 1], np.ones(7)))
        array([0, 0, 0, 1, 1, 1], dtype=int32)
    """
    return _leiden(network, _graph(network), resolution, seed, cycles)


def _graph(network: Network) -> Any:
    if network.directed:
        network = network_of(
            network.n, network.sources, network.targets, network.weights, directed=False
        )
    return graph_of(network.n, network.sources, network.targets, network.weights)


def _leiden(network: Network, graph: Any, resolution: float, seed: int, cycles: int) -> Ints:
    from networkit.community import ParallelLeiden

    if not (np.isfinite(resolution) and resolution > 0):
        raise StopError("graph_number", name="resolution", received=resolution, allowed="> 0")
    if cycles < 1:
        raise StopError("graph_number", name="cycles", received=cycles, allowed="≥ 1")
    if not len(network.sources):
        return np.arange(network.n, dtype=np.int32)
    with steady(seed):
        run = ParallelLeiden(graph, iterations=cycles, gamma=float(resolution))
        run.run()
        found = np.array(run.getPartition().getVector())
    return connected(network, found)


def connected(network: Network, groups: NDArray[np.integer]) -> Ints:
    """Splits groups that do not hang together; those that do stay as they are.

    Leiden promises that there is none to split. We do not take a library's word for it.

    Args:
        network: Who is tied to whom.
        groups: The group of each person; shape (n,).

    Returns:
        Number of the group, 0 being the largest; shape (n,).

    Example:
        >>> pair = Network(4, np.array([0, 1]), np.array([1, 2]), np.ones(2))
        >>> connected(pair, np.array([5, 5, 8, 8]))
        array([0, 0, 1, 2], dtype=int32)
    """
    _same_length(network, groups)
    inside = groups[network.sources] == groups[network.targets]
    within = replace(
        network,
        sources=network.sources[inside],
        targets=network.targets[inside],
        weights=network.weights[inside],
    )
    return components(within)


def modularity(network: Network, groups: NDArray[np.integer], *, resolution: float = 1.0) -> float:
    """How much more people of the same group are tied than by chance, with the same strengths.

    Newman 2004 ("Analysis of weighted networks", equation 5), with the resolution before the part
    of chance. Direction does not count.

    Args:
        network: Who is tied to whom.
        groups: The group of each person, 0 or more; shape (n,).
        resolution: How much chance counts.

    Returns:
        Below 1; at resolution 1 at least -0.5. 0 without ties.

    Raises:
        StopError: There is not one group for each person.

    Example:
        >>> pairs = Network(4, np.array([0, 2]), np.array([1, 3]), np.ones(2))
        >>> modularity(pairs, np.array([0, 0, 1, 1]))
        0.5
    """
    _same_length(network, groups)
    total = float(network.weights.sum())
    if total == 0:
        return 0.0
    one, other = groups[network.sources], groups[network.targets]
    inside = float(network.weights[one == other].sum())
    most = int(groups.max()) + 1
    strength = np.bincount(one, network.weights, most) + np.bincount(other, network.weights, most)
    return inside / total - resolution * float(((strength / (2 * total)) ** 2).sum())


def _same_length(network: Network, groups: NDArray[np.integer]) -> None:
    if len(groups) != network.n:
        raise StopError("graph_lengths", name="groups", received=len(groups), n=network.n)


def sweep(
    network: Network,
    *,
    resolutions: Sequence[float] = (0.25, 0.5, 1.0, 2.0, 4.0),
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    cycles: int = CYCLES,
) -> Sweep:
    """Groups at several resolutions, each with several seeds, and the most stable of them.

    Chosen is the resolution whose runs agree best; of those within .02 of it the one with the
    greatest modularity. One of a single group is chosen only if there is no other: everybody
    together is always stable, and says nothing.

    Args:
        network: Who is tied to whom.
        resolutions: At least one, above 0.
        seeds: At least two, to compare.
        cycles: See `leiden`.

    Raises:
        StopError: There is no resolution, one is not above 0, or there are fewer than two seeds.

    Example:
        >>> ends = np.array([[0, 1], [1, 2], [0, 2], [3, 4], [4, 5], [3, 5], [2, 3]])
        >>> found = sweep(Network(6, ends[:, 0], ends[:, 1], np.ones(7)), seeds=(0, 1))
        >>> found.groups, found.stability
        (array([0, 0, 0, 1, 1, 1], dtype=int32), array([1., 1., 1., 1., 1., 1.]))
    """
    if not resolutions:
        raise StopError("graph_number", name="resolutions", received="0", allowed="≥ 1")
    if len(set(seeds)) < 2:
        raise StopError("graph_number", name="seeds", received=len(set(seeds)), allowed="≥ 2")
    graph = _graph(network)
    tied = np.zeros(network.n, bool)
    tied[network.sources] = tied[network.targets] = True
    rows: list[Swept] = []
    found: list[tuple[Ints, Floats]] = []
    for resolution in resolutions:
        runs = [_leiden(network, graph, resolution, seed, cycles) for seed in seeds]
        quality = [modularity(network, run, resolution=resolution) for run in runs]
        best = int(np.argmax(quality))
        pairs = list(combinations([run[tied] for run in runs], 2))
        rows.append(
            Swept(
                resolution=float(resolution),
                groups=int((np.bincount(runs[best]) > 1).sum()) if network.n else 0,
                modularity=modularity(network, runs[best]),
                agreement=float(np.mean([adjusted_rand(*pair) for pair in pairs])),
                information=float(np.mean([nmi(*pair) for pair in pairs])),
            )
        )
        others = [run for at, run in enumerate(runs) if at != best]
        alike = np.mean([overlaps(runs[best], other) for other in others], axis=0)
        found.append((runs[best], np.asarray(alike)))
    chosen = _most_stable(rows)
    return Sweep(
        rows=tuple(rows), chosen=chosen, groups=found[chosen][0], stability=found[chosen][1]
    )


def _most_stable(rows: Sequence[Swept]) -> int:
    telling = [at for at, row in enumerate(rows) if row.groups > 1] or list(range(len(rows)))
    limit = max(rows[at].agreement for at in telling) - _AS_STABLE
    stable = [at for at in telling if rows[at].agreement >= limit]
    return max(stable, key=lambda at: (rows[at].modularity, -at))

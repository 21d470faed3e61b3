"""Betweenness (Freeman 1977)."""

from dataclasses import dataclass

import numpy as np

from sonnim.graphs.network import Floats, Network


@dataclass(frozen=True, eq=False)
class Between:
    """Values and how far they may be off."""

    values: Floats
    error: float


def betweenness(network: Network, *, seed: int = 1) -> Between:
    """Share of shortest ways."""
    import networkit

    n = network.n
    if n < 3 or not len(network.sources):
        return Between(np.zeros(n), 0.0)
    graph = networkit.GraphFromCoo(
        (network.weights, (network.sources, network.targets)), n=n, directed=True, weighted=False
    )
    found = networkit.centrality.Betweenness(graph, normalized=True)
    found.run()
    return Between(np.array(found.scores()), 0.0)

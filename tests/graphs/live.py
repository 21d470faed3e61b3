"""What tests of spread share: small networks, and the exact answer by enumeration."""

from itertools import combinations, product

import numpy as np

from sonnim.graphs.network import Network, network_of


def small(seed: int, n: int = 6, edges: int = 9) -> tuple[Network, np.ndarray]:
    chance = np.random.default_rng(seed)
    pairs = np.array([(a, b) for a in range(n) for b in range(n) if a != b])
    chosen = pairs[chance.choice(len(pairs), edges, replace=False)]
    network = network_of(n, chosen[:, 0], chosen[:, 1])
    return network, chance.uniform(0.1, 0.7, edges)


def walk(n: int, edges: list[tuple[int, int]], seeds: list[int]) -> set[int]:
    there = set(seeds)
    while more := {b for a, b in edges if a in there} - there:
        there |= more
    return there


def exact(network: Network, probabilities: np.ndarray, seeds: list[int], model: str) -> float:
    """The mean reach over every world, each with its probability."""
    edges = list(zip(network.sources.tolist(), network.targets.tolist(), strict=True))
    total = 0.0
    if model == "cascade":
        for live in product((False, True), repeat=len(edges)):
            share = np.prod(np.where(live, probabilities, 1 - probabilities))
            open_ = [edge for edge, on in zip(edges, live, strict=True) if on]
            total += share * len(walk(network.n, open_, seeds))
        return float(total)
    heard = [[i for i, (_, b) in enumerate(edges) if b == v] for v in range(network.n)]
    for choice in product(*[[None, *each] for each in heard]):
        share = 1.0
        for v, edge in enumerate(choice):
            share *= 1 - sum(probabilities[heard[v]]) if edge is None else probabilities[edge]
        total += share * len(walk(network.n, [edges[e] for e in choice if e is not None], seeds))
    return float(total)


def best(network: Network, probabilities: np.ndarray, k: int, model: str) -> float:
    return max(
        exact(network, probabilities, list(seeds), model)
        for seeds in combinations(range(network.n), k)
    )

"""Measures of one network, ours, by the bare library and by NetworkX: see `networks.py`.

`python -m benchmarks.networks_work NAME ARGUMENTS…` prints what it measured as one line of JSON.
Each measure goes from the arrays of edges to an array with the answer of each person, building of
the library's own graph included.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import networkit
import networkx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from benchmarks.networks import CHANCES, ERROR, SEEDS
from sonnim.graphs.between import between
from sonnim.graphs.clustering import clustering
from sonnim.graphs.components import components
from sonnim.graphs.cores import cores
from sonnim.graphs.groups import CYCLES, leiden
from sonnim.graphs.labels import labels
from sonnim.graphs.network import Network
from sonnim.graphs.paths import distances, steps
from sonnim.graphs.rank import pagerank
from sonnim.graphs.seeds import choose

_PEOPLE = 5
"""Edges for each person."""

Answer = NDArray[Any]


def made(file: str, edges: str) -> dict[str, float]:
    """Writes a network of power laws, each pair of people at most once."""
    wanted = int(edges)
    n = max(wanted // _PEOPLE, 10)
    chance = np.random.default_rng(0)
    person = chance.permutation(n)
    # A few more than wanted: loops and doubles go.
    drawn = int(wanted * 1.15) + 20
    one = person[(n * chance.random(drawn) ** 1.5).astype(np.int64)]
    other = person[(n * chance.random(drawn) ** 2).astype(np.int64)]
    key = np.unique((np.minimum(one, other) * n + np.maximum(one, other))[one != other])
    key = chance.permutation(key)[:wanted]
    turned = chance.random(len(key)) < 0.5
    low, high = (key // n).astype(np.int32), (key % n).astype(np.int32)
    np.savez(
        file,
        n=n,
        sources=np.where(turned, high, low),
        targets=np.where(turned, low, high),
        weights=chance.random(len(key)) + 0.1,
    )
    return {"edges": len(key), "people": n}


def measure(file: str, name: str, how: str) -> dict[str, float]:
    """One measure of the network in the file: `ours`, `bare` or `networkx`."""
    # The imports above are no part of what a measure holds.
    before = _held()
    held = np.load(file)
    n, one, other, weights = (held[key] for key in ("n", "sources", "targets", "weights"))
    network = Network(int(n), one, other, weights, directed=name not in _UNDIRECTED)
    networkit.setNumberOfThreads(1)
    begin = time.perf_counter()
    answer = {"ours": OURS, "bare": BARE, "networkx": NETWORKX}[how][name](network)
    seconds = time.perf_counter() - begin
    if len(answer) != n:
        raise RuntimeError(f"{how} {name}: {len(answer)} answers of {n} people")
    return {"seconds": seconds, "before": before, "edges": len(one)}


def seeds(file: str, chances: str) -> dict[str, float]:
    """Whom to tell first in the network of the file; each tie passes on as `CHANCES` names it."""
    held = np.load(file)
    n, one, other = (held[key] for key in ("n", "sources", "targets"))
    network = Network(int(n), one, other, np.ones(len(one)))
    heard = np.bincount(other, minlength=n)[other]
    likely = 1 / heard if chances == CHANCES[0] else np.full(len(one), 0.01)
    begin = time.perf_counter()
    found = choose(network, likely, SEEDS)
    seconds = time.perf_counter() - begin
    return {
        "seconds": seconds,
        "people": int(n),
        "reach": found.reach,
        "guarantee": found.guarantee,
    }


_UNDIRECTED = ("clustering", "leiden", "between", "cores")

OURS: dict[str, Callable[[Network], Answer]] = {
    "pagerank": pagerank,
    "components": components,
    "cores": cores,
    "clustering": clustering,
    "leiden": leiden,
    "between": lambda network: between(network, error=ERROR, exact=0).values,
    "labels": labels,
    "steps": lambda network: steps(network, 0),
    "distances": lambda network: distances(network, 0),
}


def _ranked(network: Network) -> Answer:
    """Power iteration as its textbook has it: the matrix of chances, then products."""
    n, damping, tolerance = network.n, 0.85, 1e-10
    sent = np.bincount(network.sources, network.weights, n)
    chances = network.weights / sent[network.sources]
    walk = sparse.csr_array((chances, (network.targets, network.sources)), shape=(n, n))
    shares, stuck = np.full(n, 1 / n), sent == 0
    while True:
        following = damping * (walk @ shares) + (1 - damping + damping * shares[stuck].sum()) / n
        # As exact as ours.
        if np.abs(following - shares).sum() * damping <= tolerance * (1 - damping):
            return np.asarray(following)
        shares = following


def _matrix(network: Network) -> Any:
    return sparse.csr_array(
        (network.weights, (network.sources, network.targets)), shape=(network.n, network.n)
    )


def _graph(network: Network, *, weighted: bool = False) -> Any:
    ends = (network.sources.astype(np.uint64), network.targets.astype(np.uint64))
    coo = (network.weights, ends) if weighted else ends
    return networkit.GraphFromCoo(coo, n=network.n, weighted=weighted)


def _scores(network: Network, kind: Callable[..., Any], **settings: Any) -> Answer:
    # By a name: networkit does not hold on to the graph it is given, and falls if it goes.
    graph = _graph(network)
    run = kind(graph, **settings)
    run.run()
    return np.asarray(run.scores())


def _grouped(network: Network) -> Answer:
    graph = _graph(network, weighted=True)
    networkit.setSeed(0, True)
    run = networkit.community.ParallelLeiden(graph, iterations=CYCLES)
    run.run()
    return np.array(run.getPartition().getVector())


def _drawn(network: Network) -> Answer:
    networkit.setSeed(0, True)
    kind = networkit.centrality.KadabraBetweenness
    return _scores(network, kind, err=ERROR, deterministic=True)


BARE: dict[str, Callable[[Network], Answer]] = {
    "pagerank": _ranked,
    "components": lambda network: np.asarray(
        csgraph.connected_components(_matrix(network), connection="weak")[1]
    ),
    "cores": lambda network: _scores(network, networkit.centrality.CoreDecomposition),
    "clustering": lambda network: _scores(
        network, networkit.centrality.LocalClusteringCoefficient, turbo=True
    ),
    "leiden": _grouped,
    "between": _drawn,
    # Gives the order of people and who came before them, and no numbers of steps.
    "steps": lambda network: np.asarray(csgraph.breadth_first_order(_matrix(network), 0)[1]),
    "distances": lambda network: np.asarray(csgraph.dijkstra(_matrix(network), indices=0)),
}


def _named(network: Network) -> Any:
    graph = networkx.DiGraph() if network.directed else networkx.Graph()
    graph.add_nodes_from(range(network.n))
    graph.add_weighted_edges_from(
        zip(
            network.sources.tolist(),
            network.targets.tolist(),
            network.weights.tolist(),
            strict=True,
        )
    )
    return graph


def _of_people(found: dict[int, Any], network: Network) -> Answer:
    return np.array([found.get(person, -1) for person in range(network.n)])


def _of_parts(parts: Any, network: Network) -> Answer:
    answer = np.full(network.n, -1)
    for number, part in enumerate(parts):
        answer[list(part)] = number
    return answer


NETWORKX: dict[str, Callable[[Network], Answer]] = {
    "pagerank": lambda one: _of_people(
        networkx.pagerank(_named(one), tol=1e-10 / one.n, max_iter=500), one
    ),
    "components": lambda one: _of_parts(networkx.weakly_connected_components(_named(one)), one),
    "cores": lambda one: _of_people(networkx.core_number(_named(one)), one),
    "clustering": lambda one: _of_people(networkx.clustering(_named(one)), one),
    # It has no Leiden of its own.
    "leiden": lambda one: _of_parts(
        networkx.community.louvain_communities(_named(one), seed=0), one
    ),
    "steps": lambda one: _of_people(
        dict(networkx.single_source_shortest_path_length(_named(one), 0)), one
    ),
    "distances": lambda one: _of_people(
        networkx.single_source_dijkstra_path_length(_named(one), 0), one
    ),
}


def _held() -> float:
    """Most bytes that this process held so far: the system gives KB on Linux, bytes on macOS."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    """Does the work named on the command line."""
    numbers = {"made": made, "measure": measure, "seeds": seeds}[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write(json.dumps(numbers | {"peak": _held()}) + "\n")


if __name__ == "__main__":
    main()

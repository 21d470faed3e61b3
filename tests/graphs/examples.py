"""Networks that several tests read: those of LDBC Graphalytics, and some of our own."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from sonnim.graphs.network import Network, network_of

KINDS = ("dir", "undir")


def ldbc(folder: Path, name: str, kind: str) -> tuple[Network, NDArray[np.int64]]:
    """The network of one LDBC test (pr, wcc, lcc, cdlp, bfs, sssp, example), and its people's ids.

    People are numbered in the order of their ids, so that the smallest label stays the smallest.
    """
    lines = _lines(folder, name, kind)
    # Not everybody has a line of their own.
    ids = np.array(sorted({int(person) for line in lines for person in line}))
    edges: list[tuple[int, int, float]] = []
    listed = _edge_file(folder, name, kind)
    if listed is not None:
        edges = [(int(a), int(b), float(w)) for a, b, w in listed]
    else:
        edges = [(int(line[0]), int(other), 1.0) for line in lines for other in line[1:]]
    if kind == "undir":
        # The lists of neighbours name each edge at both its ends.
        edges = sorted({(min(a, b), max(a, b), w) for a, b, w in edges})
    ends = np.searchsorted(ids, np.array([(a, b) for a, b, _ in edges]))
    weights = np.array([w for _, _, w in edges])
    network = network_of(len(ids), ends[:, 0], ends[:, 1], weights, directed=kind == "dir")
    return network, ids


def ldbc_answer(folder: Path, name: str, kind: str, measure: str) -> NDArray[np.float64]:
    """What LDBC says of each person, in the order of their ids."""
    path = folder / "ldbc_graphalytics" / name / f"{kind}-output"
    if name == "example":
        path = path.with_name(f"example-{kind}ected-{measure.upper()}")
    rows = sorted(
        (int(one), float(other)) for one, other in map(str.split, path.read_text().splitlines())
    )
    return np.array([value for _, value in rows])


def _lines(folder: Path, name: str, kind: str) -> list[list[str]]:
    at = folder / "ldbc_graphalytics" / name
    path = at / f"{kind}-input"
    if name == "example":
        path = at / f"example-{kind}ected-input"
    elif name == "sssp":
        path = at / f"{kind}-input.v"
    return [line.split() for line in path.read_text().splitlines() if line.strip()]


def _edge_file(folder: Path, name: str, kind: str) -> list[list[str]] | None:
    at = folder / "ldbc_graphalytics" / name
    path = at / (f"example-{kind}ected.e" if name == "example" else f"{kind}-input.e")
    if not path.exists():
        return None
    return [line.split() for line in path.read_text().splitlines() if line.strip()]


def star(leaves: int) -> Network:
    """Everybody turns to person 0, who turns to nobody."""
    return network_of(
        leaves + 1, np.arange(1, leaves + 1), np.zeros(leaves, np.int64), np.ones(leaves)
    )


def scale_free(n: int, edges: int, seed: int, *, directed: bool = True) -> Network:
    """Edges whose ends are drawn by power laws, people in no order."""
    chance = np.random.default_rng(seed)
    person = chance.permutation(n)
    sources = person[(n * chance.random(edges) ** 2).astype(np.int64)]
    targets = person[(n * chance.random(edges) ** 3).astype(np.int64)]
    return network_of(n, sources, targets, chance.random(edges) + 0.1, directed=directed)


@st.composite
def networks(draw: st.DrawFn, most: int = 9, *, directed: bool | None = None) -> Network:
    """Small networks with anything in them: loops, doubles, people without ties, nobody at all."""
    n = draw(st.integers(0, most))
    one_way = draw(st.booleans()) if directed is None else directed
    person = st.integers(0, max(n - 1, 0))
    weight = st.sampled_from([0.0, 0.25, 1.0, 1.0, 3.0])
    edges = draw(st.lists(st.tuples(person, person, weight), max_size=3 * n if n else 0))
    return network_of(
        n,
        np.array([a for a, _, _ in edges], np.int64),
        np.array([b for _, b, _ in edges], np.int64),
        np.array([w for _, _, w in edges], np.float64),
        directed=one_way,
    )

"""`networks`: measures of one network beside the bare library and NetworkX, and how they grow.

One network of power laws (five edges for each person), the same for all; each measure in a process
of its own, from the arrays of edges to an array with the answer of each person. The bare library is
the fastest with a permissive licence of those that we measured, scipy or networkit, called as its
own page says.
"""

from collections.abc import Callable
from pathlib import Path

from benchmarks.growth import grown, sizes
from benchmarks.measuring import Measured, measured
from benchmarks.sheet import Figure

NAMES = (
    "pagerank", "components", "cores", "clustering", "leiden", "between", "labels", "steps",
    "distances",
)  # fmt: skip
ERROR = 0.02
"""Of betweenness."""

SEEDS = 50
CHANCES = ("one in the ties of who hears", "one in a hundred")
"""How likely each tie passes on: as the papers have it."""

EDGES = 5_000_000
GROWTH = (100_000, 20_000_000)
NETWORKX_EDGES = 200_000
"""Where NetworkX still finishes each of them within a minute or two."""

_ROUNDS = 3
_SLOW = ("leiden", "between")
"""Measured once, and with fewer sizes."""

_NO_BARE = ("labels",)
_NO_NETWORKX = ("labels", "between")
"""It has another rule of labels, and needs hours for all paths."""

_NOTES = {
    "leiden": "NetworkX: Louvain, as it has no Leiden",
    "between": f"drawn, error {ERROR}",
    "steps": "bare: the order only, without steps",
    "labels": "10 rounds; no library has this rule",
}


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures networks; `rows` is a smaller number of edges for a quick look."""
    edges = rows or EDGES
    found = _against(folder, edges, tell)
    found += _seeds(folder, edges, tell)
    found += _against_networkx(folder, min(edges, NETWORKX_EDGES), tell)
    counts = sizes(*GROWTH, 5) if rows is None else sizes(rows // 10, rows, 3)
    files = [_made(folder, count) for count in counts]
    for name in NAMES:
        # Betweenness draws the same number of paths whatever the size: it is no measure of growth.
        if name == "between":
            continue
        seconds = []
        for count, file in zip(counts, files, strict=True):
            tell(f"networks: growth of {name}, {count:,} edges")
            seconds.append(_child("measure", file, name, "ours").seconds)
        found += grown(f"{name} (edges)", counts, seconds)
    return found


def _child(work: str, *arguments: object) -> Measured:
    return measured(work, *arguments, module="benchmarks.networks_work")


def _made(folder: Path, edges: int) -> Path:
    file = folder / f"network_{edges}.npz"
    if not file.exists():
        _child("made", file, edges)
    return file


def _best(file: Path, name: str, how: str, rounds: int) -> Measured:
    many = [_child("measure", file, name, how) for _ in range(rounds)]
    return min(many, key=lambda one: one.seconds)


def _against(folder: Path, edges: int, tell: Callable[[str], None]) -> list[Figure]:
    file, found = _made(folder, edges), []
    for name in NAMES:
        tell(f"networks: {name}, {edges:,} edges")
        rounds = 1 if name in _SLOW else _ROUNDS
        bare = _best(file, name, "bare", rounds) if name not in _NO_BARE else None
        ours = _best(file, name, "ours", rounds)
        what, note = f"{name}, {edges:,} edges", _NOTES.get(name, "")
        found.append(Figure(what, ours.seconds, "s", note, most=60 if name == "leiden" else None))
        if bare is not None:
            found.append(
                Figure(
                    f"{what}: against the bare library",
                    ours.seconds / bare.seconds,
                    "ratio",
                    f"{bare.seconds:.2f} s; best of {rounds}",
                    most=1.3,
                )
            )
        held = (ours.peak - ours.numbers["before"]) / ours.numbers["edges"]
        note = "above what the libraries take to be there; 16 of it are the edges"
        if bare is not None:
            theirs = (bare.peak - bare.numbers["before"]) / bare.numbers["edges"]
            note += f"; the bare library {theirs:.0f}"
        found.append(Figure(f"{what}: most memory", held, "bytes/edge", note, most=150))
    return found


def _seeds(folder: Path, edges: int, tell: Callable[[str], None]) -> list[Figure]:
    """Choosing whom to tell first; no library that installs here does it."""
    file, found = _made(folder, edges), []
    for chances in CHANCES:
        tell(f"networks: {SEEDS} seeds, {chances}")
        one = _child("seeds", file, chances)
        what = f"seeds, {SEEDS} of {one.numbers['people']:,.0f} people, {chances}"
        note = f"reach {one.numbers['reach']:,.0f} people, {one.numbers['guarantee']:.2f} of any"
        found.append(Figure(what, one.seconds, "s", note, most=120))
    return found


def _against_networkx(folder: Path, edges: int, tell: Callable[[str], None]) -> list[Figure]:
    file, found = _made(folder, edges), []
    for name in (name for name in NAMES if name not in _NO_NETWORKX):
        tell(f"networks: {name} by NetworkX, {edges:,} edges")
        ours = _best(file, name, "ours", _ROUNDS).seconds
        theirs = _child("measure", file, name, "networkx").seconds
        found.append(
            Figure(
                f"{name}, {edges:,} edges: NetworkX against ours",
                theirs / ours,
                "ratio",
                f"{theirs:.1f} s against {ours:.3f} s. {_NOTES.get(name, '')}".strip(),
                least=30,
            )
        )
    return found

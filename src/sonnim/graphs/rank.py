"""Who is turned to: ties and strength of each person, and PageRank.

PageRank is that of Brin and Page 1998 ("The anatomy of a large-scale hypertextual web search
engine"), as LDBC Graphalytics 1.0 defines it: what stands with people who turn to nobody is spread
evenly over all (Iosup and others 2016, section 2.3.3).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.network import Floats, Network
from sonnim.tables.errors import StopError


@dataclass(frozen=True, eq=False)
class Degrees:
    """Ties of each person; shape (n,) each.

    Attributes:
        sent: To how many people one turns.
        received: How many people turn to one.
        sent_weight: Sum of the weights of the ties sent.
        received_weight: Sum of the weights of the ties received.
    """

    sent: NDArray[np.int64]
    received: NDArray[np.int64]
    sent_weight: Floats
    received_weight: Floats


def degrees(network: Network) -> Degrees:
    """Counts and sums the ties of each person.

    In a network that is not directed, what is sent and what is received are the same: all ties.

    Example:
        >>> found = degrees(Network(3, np.array([0, 2]), np.array([1, 1]), np.array([2.0, 0.5])))
        >>> found.sent, found.received, found.received_weight
        (array([1, 0, 1]), array([0, 2, 0]), array([0. , 2.5, 0. ]))
    """
    sent = np.bincount(network.sources, minlength=network.n)
    received = np.bincount(network.targets, minlength=network.n)
    sent_weight = np.bincount(network.sources, network.weights, minlength=network.n)
    received_weight = np.bincount(network.targets, network.weights, minlength=network.n)
    if not network.directed:
        sent = received = sent + received
        sent_weight = received_weight = sent_weight + received_weight
    return Degrees(
        sent=sent,
        received=received,
        sent_weight=np.asarray(sent_weight, np.float64),
        received_weight=np.asarray(received_weight, np.float64),
    )


def pagerank(
    network: Network,
    *,
    damping: float = 0.85,
    tolerance: float = 1e-10,
    iterations: int | None = None,
    start: NDArray[np.floating] | None = None,
    weighted: bool = True,
) -> Floats:
    """The share of the time that a walker spends with each person.

    The walker follows a tie, a strong one more often, and begins anew elsewhere now and then, and
    always where nobody is turned to.

    Args:
        network: Who turns to whom.
        damping: How often the walker goes on rather than begins anew; from 0 to below 1.
        tolerance: At most how far all shares together are from those that stay as they are; above
            0.
        iterations: How many rounds instead, whatever the tolerance.
        start: How often the walker begins with each person, which makes the ranks those seen by
            these people; shape (n,), sums to anything above 0. With everybody alike, if not given.
        weighted: Whether a stronger tie is followed more often.

    Returns:
        Shape (n,); sums to 1.

    Raises:
        StopError: The damping is not from 0 to below 1, the tolerance not above 0, or the start
            not n numbers of 0 or more, one of them above.

    Example:
        >>> pair = Network(3, np.array([0, 1, 2]), np.array([1, 0, 0]), np.ones(3))
        >>> pagerank(pair).round(3)
        array([0.486, 0.464, 0.05 ])
    """
    if not 0 <= damping < 1:
        raise StopError("graph_number", name="damping", received=damping, allowed="0 ≤ damping < 1")
    if not tolerance > 0:
        raise StopError("graph_number", name="tolerance", received=tolerance, allowed="> 0")
    if iterations is not None and iterations < 0:
        raise StopError("graph_number", name="iterations", received=iterations, allowed="≥ 0")
    n = network.n
    fresh = _fresh(start, n)
    if n == 0:
        return fresh
    rounds = enough_rounds(damping, tolerance) if iterations is None else iterations
    ways = _ways(network, weighted)
    sent = _sent(network, weighted)
    stuck = np.flatnonzero(sent == 0)
    # Dividing what a person has is n divisions a round; dividing the ties would need them twice.
    part = np.divide(damping, sent, out=np.zeros(n), where=sent > 0)
    shares = fresh.copy()
    for _ in range(rounds):
        following = _followed(ways, shares * part)
        following += (1 - damping + damping * shares[stuck].sum()) * fresh
        moved = np.abs(following - shares).sum()
        shares = following
        if iterations is None and moved <= near_enough(damping, tolerance):
            break
    return np.asarray(shares / shares.sum())


def enough_rounds(damping: float, tolerance: float) -> int:
    """How many rounds are always enough, also where rounding keeps the last digits moving.

    A round moves two walks at least by 1 - damping towards each other.

    Example:
        >>> enough_rounds(0.5, 1e-3)
        13
    """
    far = tolerance * (1 - damping)
    return 1 if damping == 0 else math.ceil(math.log(far / 2) / math.log(damping)) + 1


def near_enough(damping: float, tolerance: float) -> float:
    """How far a round may move all shares together, for them to be within the tolerance.

    What is still to come is at most that times damping / (1 - damping).

    Example:
        >>> near_enough(0.5, 1e-3)
        0.001
    """
    return math.inf if damping == 0 else tolerance * (1 - damping) / damping


def _fresh(start: NDArray[np.floating] | None, n: int) -> Floats:
    if start is None:
        return np.full(n, 1 / max(n, 1))
    given = np.asarray(start, np.float64)
    if given.shape != (n,) or not np.isfinite(given).all() or (given < 0).any() or not given.any():
        raise StopError(
            "graph_number",
            name="start",
            received=f"{given.shape}, {float(given.sum()):g}",
            allowed=f"({n},), ≥ 0, sum > 0",
        )
    return np.asarray(given / given.sum())


def _ways(network: Network, weighted: bool) -> tuple[Any, ...]:
    """Ties by row (to whom) and column (from whom); where not directed, two halves of them.

    By the receiver, because a product that gathers is faster than one that scatters.
    """
    from scipy import sparse

    data = network.weights if weighted else np.ones(len(network.sources))
    ends = [(network.targets, network.sources)]
    if not network.directed:
        ends.append((network.sources, network.targets))
    shape = (network.n, network.n)
    return tuple(sparse.csr_array((data, pair), shape=shape) for pair in ends)


def _sent(network: Network, weighted: bool) -> Floats:
    data = network.weights if weighted else None
    sent = np.bincount(network.sources, data, minlength=network.n)
    if not network.directed:
        sent = sent + np.bincount(network.targets, data, minlength=network.n)
    return np.asarray(sent, np.float64)


def _followed(ways: tuple[Any, ...], shares: Floats) -> Floats:
    found = ways[0] @ shares
    for way in ways[1:]:
        found += way @ shares
    return np.asarray(found)

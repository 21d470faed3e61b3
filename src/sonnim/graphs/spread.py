"""Spread: how many people word reaches from some seeds, on a network whose channels are known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.channels import Channels, Places, channels, reached
from sonnim.graphs.network import Floats, Network
from sonnim.tables.errors import StopError

_SURE = 1.959964
"""Standard errors on either side of a mean that hold it 95 times in 100."""


@dataclass(frozen=True, eq=False)
class Reach:
    """How many people word reached, the seeds among them.

    Attributes:
        mean: Over all runs.
        low: Lower end of the 95% interval of the mean.
        high: Its upper end.
        counts: Of each run; shape (runs,).
        often: In which share of runs each person was reached; shape (people,).
    """

    mean: float
    low: float
    high: float
    counts: Places
    often: Floats


def simulate(
    network: Network,
    probabilities: NDArray[np.floating],
    seeds: NDArray[np.integer],
    *,
    runs: int = 1000,
    seed: int = 0,
    model: str = "cascade",
) -> Reach:
    """How many people word reaches that begins with some of them.

    Args:
        network: Edges from who passes on to who hears.
        probabilities: How likely each edge passes on, 0 to 1; shape (edges,).
        seeds: Who begins; somebody named twice begins once.
        runs: How often it is played out.
        seed: Of chance; the same runs for the same number, whoever begins.
        model: `cascade` or `threshold`, as `channels` explains.

    Raises:
        StopError: A probability is none, a seed is nobody, or there is no run.

    Example:
        >>> chain = Network(3, *np.array([[0, 1], [1, 2]], np.int32), np.ones(2))
        >>> found = simulate(chain, np.array([1.0, 0.5]), np.array([0]), runs=2000)
        >>> found.low < 2.5 < found.high
        True
    """
    return played(channels(network, probabilities, model), seeds, runs=runs, seed=seed)


def played(
    found: Channels, seeds: NDArray[np.integer], *, runs: int = 1000, seed: int = 0
) -> Reach:
    """As `simulate`, on channels that are there already.

    Raises:
        StopError: A seed is nobody, or there is no run.

    Example:
        >>> alone = channels(Network(2, *np.zeros((2, 0), np.int32), np.ones(0)), np.ones(0))
        >>> played(alone, np.array([0]), runs=10).mean
        1.0
    """
    if runs < 1:
        raise StopError("spread_runs", received=runs)
    given = np.unique(np.asarray(seeds, np.int64))
    if given.size and (given[0] < 0 or given[-1] >= found.n):
        raise StopError("edge_of_nobody", n=found.n, received=int(given[0 if given[0] < 0 else -1]))
    counts, often = reached(found, given, runs, seed)
    mean = float(counts.mean())
    error = _SURE * float(counts.std(ddof=1)) / runs**0.5 if runs > 1 else float("inf")
    return Reach(mean=mean, low=mean - error, high=mean + error, counts=counts, often=often)

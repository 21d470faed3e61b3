"""How sure figures of a classifier are: intervals, and what chance alone shows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.language.measures import calibration_error

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Two-sided 95%.
_Z = 1.959964


@dataclass(frozen=True)
class Interval:
    """A figure and its 95% interval."""

    value: float
    low: float
    high: float


def wilson(right: int, n: int) -> Interval:
    """A share with Wilson's score interval (Wilson 1927).

    Args:
        right: How many are so.
        n: Of how many.

    Returns:
        The share; zero with an interval from 0 to 1 where there are none.

    >>> one = wilson(90, 100)
    >>> round(one.value, 3), round(one.low, 3), round(one.high, 3)
    (0.9, 0.826, 0.945)
    """
    if not n:
        return Interval(0.0, 0.0, 1.0)
    share, square = right / n, _Z * _Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = _Z / (1 + square / n) * np.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return Interval(share, float(middle - half), float(middle + half))


def calibration_by_chance(confidence: Floats, seed: int, rounds: int = 200) -> float:
    """The calibration error that a perfectly calibrated classifier shows on so many texts.

    The error is never below zero, so chance alone makes it grow as texts get fewer: beside a
    measured error this says how much of it means nothing.

    Args:
        confidence: Probability of each predicted class.
        seed: Of the drawn outcomes.
        rounds: How many times outcomes are drawn.

    Returns:
        The mean error over the rounds.
    """
    chance = np.random.default_rng(seed)
    drawn = (chance.random(len(confidence)) < confidence for _ in range(rounds))
    return float(np.mean([calibration_error(confidence, right) for right in drawn]))


def bootstrapped(
    table: Integers, figure: Callable[[Integers], float], seed: int, rounds: int = 1_000
) -> Interval:
    """A figure of a table of counts with its percentile bootstrap interval.

    Drawing texts anew is drawing the table's cells anew, which is what is done.

    Args:
        table: Rows are true classes, columns the given ones.
        figure: What is computed of the table.
        seed: Of the draws.
        rounds: How many draws.

    Returns:
        The figure and its interval.
    """
    n = int(table.sum())
    if not n:
        return Interval(0.0, 0.0, 1.0)
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(n, (table / n).ravel(), size=rounds)
    found = [figure(one.reshape(table.shape)) for one in drawn]
    low, high = np.quantile(found, (0.025, 0.975))
    return Interval(figure(table), float(low), float(high))

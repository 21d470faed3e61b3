"""How good a classifier is, and how sure that is: F1, AUC, calibration, coverage, intervals."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.engines.statistics import z_value

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BINS = 15
LEVEL = 0.95
"""Of all intervals."""
WANTED = 0.95
"""The accuracy at which coverage is asked for."""
_DRAWS = 200
# A threshold that is reached is not missed for the last digit of a division.
_CLOSE = 1e-12


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
    z = z_value(LEVEL)
    share, square = right / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * np.sqrt(share * (1 - share) / n + square / (4 * n * n))
    # Rounding may leave the ends a hair outside.
    return Interval(share, max(float(middle - half), 0.0), min(float(middle + half), 1.0))


def auc(score: Floats, positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a positive text scores above a negative one.

    A tie counts half.

    Args:
        score: The higher, the more positive; shape (n,).
        positive: Whether it is; both must occur.

    Example:
        >>> auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
        0.75
    """
    return _auc(np.unique(score, return_inverse=True)[1], positive, np.ones(len(score)))


def auc_interval(score: Floats, positive: NDArray[np.bool_], seed: int) -> Interval:
    """The same with its percentile bootstrap interval; both sides must occur.

    Args:
        score: As in `auc`.
        positive: As in `auc`.
        seed: Of the draws.
    """
    place = np.unique(score, return_inverse=True)[1]

    def figure(weights: Floats) -> float:
        # Without one side there is nothing to tell apart: a draw that says nothing.
        sides = weights[positive].sum(), weights[~positive].sum()
        return _auc(place, positive, weights) if min(sides) else 0.5

    return _resampled(len(score), figure, seed)


def _auc(place: Integers, positive: NDArray[np.bool_], weights: Floats) -> float:
    size = int(place.max()) + 1
    up = np.bincount(place[positive], weights[positive], minlength=size)
    down = np.bincount(place[~positive], weights[~positive], minlength=size)
    beaten = np.cumsum(down) - down / 2
    return float((up * beaten).sum() / (up.sum() * down.sum()))


def calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = BINS) -> float:
    """Expected calibration error (Guo et al. 2017, "On Calibration of Modern Neural Networks").

    The confidence is the probability of the predicted class. Bins have equal width from 0 to 1;
    the error is the mean over all texts of the gap between a bin's mean confidence and its share
    of right predictions.

    Args:
        confidence: Probability of each predicted class; shape (n,).
        right: Whether the prediction is right; shape (n,).
        bins: How many bins.

    Returns:
        From 0 (calibrated) to 1.

    >>> round(calibration_error(np.array([0.9, 0.9]), np.array([True, True])), 3)
    0.1
    """
    if not len(right):
        return 0.0
    which = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(which, weights=right - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(right))


def calibration_by_chance(confidence: Floats, seed: int, rounds: int = _DRAWS) -> float:
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
    return float(calibration_errors_by_chance(confidence, seed, rounds).mean())


def calibration_errors_by_chance(confidence: Floats, seed: int, rounds: int = _DRAWS) -> Floats:
    """The same of each round, shape (rounds,): what is above nearly all of them is no chance.

    That is consistency resampling (Bröcker and Smith 2007, "Increasing the Reliability of
    Reliability Diagrams").
    """
    chance = np.random.default_rng(seed)
    drawn = (chance.random(len(confidence)) < confidence for _ in range(rounds))
    return np.array([calibration_error(confidence, right) for right in drawn])


def coverage(confidence: Floats, right: NDArray[np.bool_], wanted: float = WANTED) -> float:
    """The largest share of texts, surest first, of which at least so many are right.

    What a classifier may decide by itself if so few errors are allowed (Geifman and El-Yaniv 2017,
    "Selective Classification for Deep Neural Networks"). Texts of one confidence go together: no
    threshold parts them.

    Args:
        confidence: How sure each prediction is; only the order counts; shape (n,).
        right: Whether the prediction is right; shape (n,).
        wanted: The accuracy that is asked for.

    Returns:
        From 0 (not even of the surest are so many right) to 1.

    >>> coverage(np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, True]), 0.75)
    1.0
    >>> coverage(np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, True]), 0.95)
    0.5
    """
    return _coverage(*_groups(confidence), right, np.ones(len(right)), wanted)


def coverage_interval(
    confidence: Floats, right: NDArray[np.bool_], seed: int, wanted: float = WANTED
) -> Interval:
    """The same with its percentile bootstrap interval.

    Args:
        confidence: As in `coverage`.
        right: As in `coverage`.
        seed: Of the draws.
        wanted: The accuracy that is asked for.
    """
    groups, size = _groups(confidence)
    return _resampled(
        len(right), lambda weights: _coverage(groups, size, right, weights, wanted), seed
    )


def _groups(confidence: Floats) -> tuple[Integers, int]:
    """The place of each confidence among all that occur, surest first, and how many occur."""
    values, place = np.unique(-confidence, return_inverse=True)
    return place.astype(np.int64), len(values)


def _coverage(
    groups: Integers, size: int, right: NDArray[np.bool_], weights: Floats, wanted: float
) -> float:
    taken = np.cumsum(np.bincount(groups, weights, minlength=size))
    hits = np.cumsum(np.bincount(groups, weights * right, minlength=size))
    reached = (taken > 0) & (hits >= wanted * taken - _CLOSE * taken)
    return float(taken[reached].max(initial=0.0) / taken[-1]) if size else 0.0


def _resampled(n: int, figure: Callable[[Floats], float], seed: int) -> Interval:
    """A figure of weighed texts with its percentile bootstrap interval: texts are drawn anew.

    Args:
        n: How many texts.
        figure: What is computed of how often each text was drawn.
        seed: Of the draws.
    """
    if not n:
        return Interval(0.0, 0.0, 1.0)
    chance = np.random.default_rng(seed)
    found = [
        figure(np.bincount(chance.integers(0, n, n), minlength=n).astype(np.float64))
        for _ in range(_DRAWS)
    ]
    return _percentiles(figure(np.ones(n)), found)


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
    return _percentiles(figure(table), [figure(one.reshape(table.shape)) for one in drawn])


def _percentiles(value: float, drawn: list[float]) -> Interval:
    low, high = np.quantile(drawn, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Interval(value, float(low), float(high))


def counts(true: Integers, given: Integers, classes: int) -> Integers:
    """How many texts of each true class (row) are given each class (column)."""
    cells = np.bincount(true * classes + given, minlength=classes * classes)
    return cells.reshape(classes, classes).astype(np.int64)


def macro_f1(table: Integers) -> float:
    """The mean F1 of the classes that occur.

    Args:
        table: Rows are true classes, columns the given ones.

    Returns:
        From 0 to 1.

    >>> round(macro_f1(np.array([[8, 2], [0, 10]])), 3)
    0.899
    """
    true, given, hits = table.sum(axis=1), table.sum(axis=0), np.diag(table)
    f1 = 2 * hits / np.maximum(true + given, 1)
    return float(f1[true > 0].mean()) if true.any() else 0.0


def macro_recall(table: Integers) -> float:
    """The mean recall of the classes that occur: accuracy if all were equally frequent.

    Args:
        table: Rows are true classes, columns the given ones.

    Returns:
        From 0 to 1.

    >>> macro_recall(np.array([[8, 2], [0, 10]]))
    0.9
    """
    true, hits = table.sum(axis=1), np.diag(table)
    return float((hits[true > 0] / true[true > 0]).mean()) if true.any() else 0.0

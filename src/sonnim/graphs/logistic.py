"""Logistic regression, small: how likely something is, from a few numbers; and how well it told."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.engines.statistics import z_value
from sonnim.graphs.network import Floats

Flags = NDArray[np.bool_]

_ROUNDS, _HALVINGS, _ENOUGH = 100, 30, 1e-10
_LEVEL = 0.95
"""Of all intervals."""


@dataclass(frozen=True)
class Interval:
    """A figure and its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Logistic:
    """A fit; numbers are centred and scaled by what it was fitted on.

    Attributes:
        centre: Mean of each number; shape (numbers,), as the next two.
        scale: Its standard deviation; 1 where it never changes.
        weights: What a number that lies one deviation higher adds to the log odds.
        base: Log odds where all numbers are average.
    """

    centre: Floats
    scale: Floats
    weights: Floats
    base: float

    def odds(self, numbers: Floats) -> Floats:
        """Log odds of each row; shape (rows,)."""
        return np.asarray((numbers - self.centre) / self.scale @ self.weights + self.base)

    def chance(self, numbers: Floats) -> Floats:
        """Probability of each row; shape (rows,)."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(self.odds(numbers), -500, 500))))


def fit(numbers: Floats, happened: Flags, *, penalty: float = 1.0) -> Logistic:
    """Fits by Newton's method with a penalty on squared weights, the base free.

    Args:
        numbers: Shape (rows, numbers); finite.
        happened: Whether it happened; both must occur, or the base has no end.
        penalty: Of half the sum of squared weights, against the sum of log losses.

    Example:
        >>> found = fit(np.array([[0.0], [1], [2], [3]]), np.array([False, True, False, True]))
        >>> found.chance(np.array([[1.5]])).round(3).tolist(), bool(found.weights[0] > 0)
        ([0.5], True)
    """
    centre, scale = numbers.mean(axis=0), numbers.std(axis=0)
    # A constant, but for rounding, says nothing.
    scale = np.where(scale > 1e-12 * (1.0 + np.abs(centre)), scale, 1.0)
    rows = np.column_stack([(numbers - centre) / scale, np.ones(len(numbers))])
    held = np.append(np.full(numbers.shape[1], float(penalty)), 0.0)
    weights = np.zeros(rows.shape[1])
    loss = _loss(rows, happened, weights, held)
    for _ in range(_ROUNDS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(rows @ weights, -500, 500)))
        slope = rows.T @ (chance - happened) + held * weights
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows
        step = np.linalg.solve(bend + np.diag(held + 1e-9), slope)
        for _ in range(_HALVINGS):
            ahead = _loss(rows, happened, weights - step, held)
            if ahead <= loss:
                break
            step = step / 2
        else:
            break
        weights, gained, loss = weights - step, loss - ahead, ahead
        if gained <= _ENOUGH * (1.0 + loss) and np.abs(step).max() < 1e-7:
            break
    return Logistic(centre=centre, scale=scale, weights=weights[:-1], base=float(weights[-1]))


def brier(chance: Floats, happened: Flags) -> float:
    """Mean squared distance of what was told from what came; the less, the better.

    Example:
        >>> brier(np.array([0.5, 1.0]), np.array([True, True]))
        0.125
    """
    return float(((chance - happened) ** 2).mean())


def gain(chance: Floats, guess: float, happened: Flags) -> Interval:
    """How much less the Brier score is than that of one guess for all, row beside row.

    The interval is that of a mean of differences; of one row there is none.

    Args:
        chance: What was told of each.
        guess: What the guess is: the share among those known before.
        happened: Whether it happened.

    Example:
        >>> found = gain(np.array([0.9, 0.8, 0.2]), 0.5, np.array([True, True, False]))
        >>> round(found.value, 2), found.low > 0
        (0.22, True)
    """
    won = (guess - happened) ** 2 - (chance - happened) ** 2
    mean, n = float(won.mean()), len(won)
    half = z_value(_LEVEL) * float(won.std(ddof=1)) / n**0.5 if n > 1 else float("nan")
    return Interval(mean, mean - half, mean + half)


def auc(score: Floats, happened: Flags) -> float:
    """How likely one to whom it happened has the higher score; ties count half.

    Example:
        >>> auc(np.array([0.1, 0.4, 0.4, 0.9]), np.array([False, False, True, True]))
        0.875
    """
    _, which, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[which]
    yes = int(happened.sum())
    no = len(happened) - yes
    if not yes or not no:
        return float("nan")
    return float((rank[happened].sum() - yes * (yes + 1) / 2) / (yes * no))


def auc_interval(score: Floats, happened: Flags) -> Interval:
    """The same with its interval, which stays within 0 and 1 and is wide where few are known.

    All areas that lie no further from the one found than their own standard error allows (Newcombe
    2006, "Confidence intervals for an effect size measure based on the Mann-Whitney statistic",
    part 2, Statistics in Medicine 25, 559-573, method 5; the error is Hanley and McNeil's).

    Example:
        >>> score, happened = np.arange(40.0), np.arange(40) >= 20
        >>> found = auc_interval(score, happened)
        >>> found.value, round(found.low, 2), found.high
        (1.0, 0.9, 1.0)
    """
    value, yes = auc(score, happened), int(happened.sum())
    no = len(happened) - yes
    if not yes or not no:
        return Interval(value, value, value)
    return Interval(value, _auc_end(value, 0.0, yes, no), _auc_end(value, 1.0, yes, no))


def _auc_end(value: float, end: float, yes: int, no: int) -> float:
    """The area nearest to that end from which the one found is not too far."""
    square, pairs, half = z_value(_LEVEL) ** 2, yes * no, (yes + no) / 2 - 1
    near, far = value, end
    for _ in range(_ROUNDS):
        middle = (near + far) / 2
        shape = (1 - middle) / (2 - middle) + middle / (1 + middle)
        error = middle * (1 - middle) * (1 + half * shape) / pairs
        if (value - middle) ** 2 <= square * error:
            near = middle
        else:
            far = middle
    return near


def _loss(rows: Floats, happened: Flags, weights: Floats, held: Floats) -> float:
    odds = rows @ weights
    return float((np.logaddexp(0, odds) - happened * odds).sum() + held @ weights**2 / 2)

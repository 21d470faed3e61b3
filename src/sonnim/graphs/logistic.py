"""Logistic regression, small: how likely something is, from a few numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.network import Floats

Flags = NDArray[np.bool_]

_ROUNDS, _HALVINGS, _ENOUGH = 100, 30, 1e-10


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


def log_loss(chance: Floats, happened: Flags) -> float:
    """Mean surprise at what happened; the less, the better.

    Example:
        >>> round(log_loss(np.array([0.5, 0.5]), np.array([True, False])), 3)
        0.693
    """
    sure = np.clip(np.where(happened, chance, 1 - chance), 1e-12, 1.0)
    return float(-np.log(sure).mean())


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


def _loss(rows: Floats, happened: Flags, weights: Floats, held: Floats) -> float:
    odds = rows @ weights
    return float((np.logaddexp(0, odds) - happened * odds).sum() + held @ weights**2 / 2)

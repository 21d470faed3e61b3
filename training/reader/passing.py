"""Which texts go on from the linear model to the encoders.

Accuracy is that of the three moods, each weighing a third, and of each mood the sets it occurs in
weigh the same: a set of a kind that is rare among the calibrating texts decides as much as another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LOSS = 0.002
"""How much accuracy may be lost by reading only some texts with them."""
LEAST_PASSED = 0.35
"""Yet so large a part of the texts is read by them at least: on kinds of text that the
linear model has not seen it is surer than it should be, which the calibrating texts do not show."""
_LEVELS = np.arange(0.40, 1.0, 0.01).round(2)


def weights(labels: NDArray[np.int64], sources: NDArray[np.str_]) -> Floats:
    """How much each text weighs, 1 together.

    >>> weights(np.array([0, 0, 1, 2]), np.array(["a", "b", "a", "a"])).round(3).tolist()
    [0.167, 0.167, 0.333, 0.333]
    """
    found = np.zeros(len(labels))
    moods = np.unique(labels)
    for label in moods:
        there = np.unique(sources[labels == label])
        for source in there:
            some = (labels == label) & (sources == source)
            found[some] = 1 / (len(moods) * len(there) * some.sum())
    return found


@dataclass(frozen=True)
class Levels:
    """Below which probability of the likeliest mood texts go on.

    Attributes:
        levels: From each step but the last, by what that step says.
        passed: Share of the texts that come to each step but the first.
    """

    levels: tuple[float, ...]
    passed: tuple[float, ...]


def reached(sure: Sequence[Floats], levels: Sequence[float]) -> NDArray[np.int64]:
    """The step at which each text ends, from 0.

    Args:
        sure: Probability of the likeliest mood at each step but the last, shape (texts,).
        levels: Below which of them a text goes on.

    >>> reached([np.array([0.9, 0.6, 0.6]), np.array([0.5, 0.5, 0.8])], [0.7, 0.7]).tolist()
    [0, 2, 1]
    """
    found = np.zeros(len(sure[0]), np.int64)
    for step, (certain, level) in enumerate(zip(sure, levels, strict=True)):
        found[(found == step) & (certain < level)] = step + 1
    return found


def pass_on(
    steps: Sequence[Floats],
    costs: Sequence[float],
    labels: NDArray[np.int64],
    sources: NDArray[np.str_],
) -> Levels:
    """When a text goes on from one step to the next.

    Of the levels that lose no more than `LOSS` against the last step alone, and with which
    `LEAST_PASSED` leave the first step at least, the ones that cost least.

    Args:
        steps: Probabilities as each step gives them, shape (texts, 3); the last is the best.
        costs: What each step but the first adds for a text that comes to it.
        labels: True moods.
        sources: Of which set each text is.
    """
    weight, texts, more = weights(labels, sources), np.arange(len(labels)), len(steps) - 1
    right = np.array([weight * (one.argmax(axis=1) == labels) for one in steps])
    sure = [one.max(axis=1) for one in steps[:-1]]
    wanted = right[-1].sum() - LOSS
    found, least = Levels((1.01,) * more, (1.0,) * more), sum(costs)
    for levels in product(_LEVELS.tolist(), repeat=more):
        ends = reached(sure, levels)
        passed = tuple(float(weight @ (ends > step)) for step in range(more))
        cost = float(np.dot(passed, costs))
        if cost < least and passed[0] >= LEAST_PASSED and right[ends, texts].sum() >= wanted:
            found, least = Levels(levels, passed), cost
    return found

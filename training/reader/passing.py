"""Which texts go on from the linear model to the encoders.

Accuracy is that of the three moods, each weighing a third, and that of polarity, each side weighing
half; of each mood the sets it occurs in weigh the same: a set of a kind that is rare among the
calibrating texts decides as much as another.
Written pairs show what is lost where a small word turns a text round: with them, more may be lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LOSS = 0.0025
"""How much accuracy may be lost by reading only some with them, of texts as they are found: a
little less than the .3 points of the goal, as other kinds of texts lose a little more."""
LOSS_WITH_PAIRS = 0.006
"""How much, where written pairs count as a set like any other."""
LEAST_PASSED = 0.35
"""Yet so large a part of the texts is read by them at least: on kinds of text that the
linear model has not seen it is surer than it should be, which the calibrating texts do not show."""
_LEVELS = np.arange(0.40, 1.0, 0.01).round(2)
_ALL = 1.01
_NEUTRAL = 1


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


def _some(
    chosen: NDArray[np.bool_], labels: NDArray[np.int64], sources: NDArray[np.str_]
) -> Floats:
    """What each text weighs if only some count."""
    found = np.zeros(len(labels))
    if chosen.any():
        found[chosen] = weights(labels[chosen], sources[chosen])
    return found


def _right(given: Floats, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a text is read right, shape (2, texts): its mood, and its side."""
    mood, side = given.argmax(axis=1), given[:, [0, 2]].argmax(axis=1) * 2
    return np.array([mood == labels, side == labels])


@dataclass(frozen=True)
class Levels:
    """Below which probability of the likeliest mood texts go on.

    Attributes:
        levels: From each step but the last, by what that step says: of texts that do not turn
            (`mood_cascade.turned`), and of those that do.
        passed: Share of the texts that come to each step but the first.
    """

    levels: tuple[tuple[float, float], ...]
    passed: tuple[float, ...]


def reached(sure: Sequence[Floats], levels: Sequence[Floats | float]) -> NDArray[np.int64]:
    """The step at which each text ends, from 0.

    Args:
        sure: Probability of the likeliest mood at each step but the last, shape (texts,).
        levels: Below which of them a text goes on: one for all texts, or one for each.

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
    turns: NDArray[np.bool_],
    pairs: NDArray[np.bool_],
) -> Levels:
    """When a text goes on from one step to the next.

    Texts that turn have levels of their own, which are no lower: the first step is wrong about them
    more often than it thinks. Of the levels that lose no more than `LOSS` against the last step
    alone, of moods and of polarity, and no more than `LOSS_WITH_PAIRS` with pairs, and with which
    `LEAST_PASSED` leave the first step at least, the ones that cost least. What one set gains does
    not make good what another loses.

    Args:
        steps: Probabilities as each step gives them, shape (texts, 3); the last is the best.
        costs: What each step but the first adds for a text that comes to it.
        labels: True moods.
        sources: Of which set each text is.
        turns: Whether it turns.
        pairs: Whether it is one of written pairs.
    """
    more, polar = len(steps) - 1, labels != _NEUTRAL
    weight = weights(labels, sources)
    sets = [sources == one for one in np.unique(sources[~pairs])]
    # Moods and polarity of each set, and at the end moods of all texts with pairs among them.
    counted = np.array(
        [
            *(_some(~pairs, labels, sources) * one for one in sets),
            *(_some(~pairs & polar, labels, sources) * one for one in sets),
            weight,
        ]
    )
    asked = [0] * len(sets) + [1] * len(sets) + [0]
    right = np.array([counted * _right(one, labels)[asked] for one in steps])
    sure = [one.max(axis=1) for one in steps[:-1]]
    straight, turning = (
        _ways(
            [one[some] for one in sure], right[:, :, some], weight[some],
            np.asarray(costs, np.float64),
        )
        for some in (~turns, turns)
    )  # fmt: skip
    wanted, best = right[-1].sum(axis=1), (np.inf, 0, 0)
    for one, levels in enumerate(straight.levels):
        lost = np.maximum(wanted - straight.right[one] - turning.right, 0)
        enough = lost[:, : len(sets)].sum(axis=1) <= LOSS
        enough &= lost[:, len(sets) : -1].sum(axis=1) <= LOSS
        enough &= lost[:, -1] <= LOSS_WITH_PAIRS
        enough &= (turning.levels >= levels).all(axis=1)
        enough &= straight.passed[one, 0] + turning.passed[:, 0] >= LEAST_PASSED
        cost = straight.cost[one] + np.where(enough, turning.cost, np.inf)
        best = min(best, (float(cost.min()), one, int(cost.argmin())))
    if best[0] == np.inf:
        return Levels(((_ALL, _ALL),) * more, (1.0,) * more)
    _, one, other = best
    chosen = zip(straight.levels[one].tolist(), turning.levels[other].tolist(), strict=True)
    passed = straight.passed[one] + turning.passed[other]
    return Levels(tuple(chosen), tuple(passed.tolist()))


@dataclass(frozen=True)
class _Ways:
    """What levels come to, for some of the texts.

    Attributes:
        levels: Shape (ways, steps but the last).
        cost: Shape (ways,).
        right: Weight of the texts read right, of each measure that counts, shape (ways, measures).
        passed: Weight of those that come to each step but the first, shape as `levels`.
    """

    levels: Floats
    cost: Floats
    right: Floats
    passed: Floats


def _ways(sure: Sequence[Floats], right: Floats, weight: Floats, costs: Floats) -> _Ways:
    texts, steps = np.arange(len(weight)), range(len(sure))
    found = []
    for first in (*_LEVELS.tolist(), _ALL):
        best = np.full(right.shape[1], -1.0)
        ways = []
        for rest in product((*_LEVELS.tolist(), _ALL), repeat=len(sure) - 1):
            ends = reached(sure, [first, *rest])
            passed = [float(weight @ (ends > step)) for step in steps]
            correct = right[ends, :, texts].sum(axis=0)
            ways.append((float(costs @ passed), correct, passed, [first, *rest]))
        # Of those with which as many leave the first step, who costs more must be right more often.
        for way in sorted(ways, key=lambda one: (one[0], -one[1].sum())):
            if (way[1] > best).any():
                best = np.maximum(best, way[1])
                found.append(way)
    cost, rights, shares, levels = (np.array(each) for each in zip(*found, strict=True))
    return _Ways(levels=levels, cost=cost, right=rights, passed=shares)

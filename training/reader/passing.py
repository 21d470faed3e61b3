"""Which texts go on from the linear model to the encoders.

Accuracy is that of the three moods, each weighing a third, and of each mood the sets it occurs in
weigh the same: a set of a kind that is rare among the calibrating texts decides as much as another.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LOSS = 0.003
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


def pass_on(
    fast: Floats, deep: Floats, labels: NDArray[np.int64], sources: NDArray[np.str_]
) -> tuple[float, float]:
    """Below which probability a text goes on, and what share of the texts then does.

    Of those that lose no more than `LOSS`, and with which `LEAST_PASSED` go on at least, the least.

    Args:
        fast: Probabilities by the linear model, shape (texts, 3).
        deep: Probabilities by all models.
        labels: True moods.
        sources: Of which set each text is.
    """
    weight, sure = weights(labels, sources), fast.max(axis=1)
    right_fast, right_deep = (weight * (one.argmax(axis=1) == labels) for one in (fast, deep))
    wanted = right_deep.sum() - LOSS
    for level in _LEVELS:
        passed = sure < level
        enough = weight @ passed >= LEAST_PASSED
        if enough and np.where(passed, right_deep, right_fast).sum() >= wanted:
            return float(level), float(weight @ passed)
    return 1.01, 1.0

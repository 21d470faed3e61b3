"""How good a classifier is: F1, area under the ROC curve, calibration error."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BINS = 15


def auc(score: Floats, positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a positive text scores above a negative one.

    Example:
        >>> auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
        0.75
    """
    values, place = np.unique(score, return_inverse=True)
    total = np.bincount(place, minlength=len(values))
    middle = np.cumsum(total) - (total - 1) / 2
    rank, n = middle[place], int(positive.sum())
    return float((rank[positive].sum() - n * (n + 1) / 2) / (n * (len(score) - n)))


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

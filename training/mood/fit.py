"""Fits linear heads on hashed features and calibrates them.

A head is the mean of two logistic regressions on the same binary features: a plain one, and one on
features weighted by their naive Bayes log-count ratio (Wang and Manning 2012, "Baselines and
Bigrams"). Both are linear, so their mean is one vector of weights: running it costs as much as
running one.
"""

import logging
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from scipy.special import expit

Floats = NDArray[np.float64]

_LOG = logging.getLogger("sonnim.training")


@dataclass(frozen=True)
class Linear:
    """Weights of one linear score.

    Attributes:
        weights: Shape (columns,).
        bias: Added to the score.
    """

    weights: Floats
    bias: float

    def scores(self, rows: sparse.csr_matrix) -> Floats:
        """The score of each row; shape (rows,)."""
        return np.asarray(rows @ self.weights.astype(np.float32), dtype=np.float64) + self.bias


def balanced(labels: NDArray[np.bool_], share: float = 0.5) -> Floats:
    """Weights of examples that make the true ones this share of the whole; their mean is one.

    >>> balanced(np.array([True, False, False, False])).round(2).tolist()
    [2.0, 0.67, 0.67, 0.67]
    """
    true = labels.mean()
    return np.asarray(np.where(labels, share / true, (1 - share) / (1 - true)), dtype=np.float64)


def logistic(
    rows: sparse.csr_matrix,
    labels: NDArray[np.bool_],
    importance: Floats,
    penalty: float,
    scale: NDArray[np.float32] | None = None,
    rounds: int = 120,
) -> Linear:
    """Logistic regression with an L2 penalty, by L-BFGS.

    Args:
        rows: Features; shape (examples, columns).
        labels: True for the class whose probability is wanted.
        importance: Weight of each example.
        penalty: Strength of the L2 penalty, on the scale of a sum over examples.
        scale: Multiplies each column before fitting (the naive Bayes ratios); folded into the
            weights that are returned.
        rounds: Most iterations.

    Returns:
        The fitted score, as log odds.
    """
    transposed = rows.T.tocsr()
    signs = np.where(labels, 1.0, -1.0)
    size = rows.shape[1]
    factors = np.ones(size, dtype=np.float32) if scale is None else scale

    def loss(point: Floats) -> tuple[float, Floats]:
        weights = point[:size].astype(np.float32) * factors
        margins = signs * (np.asarray(rows @ weights, dtype=np.float64) + point[size])
        value = float(importance @ np.logaddexp(0, -margins))
        value += 0.5 * penalty * float(point[:size] @ point[:size])
        slope = -importance * signs * expit(-margins)
        gradient = np.empty_like(point)
        gradient[:size] = (transposed @ slope.astype(np.float32)) * factors
        gradient[:size] += penalty * point[:size]
        gradient[size] = slope.sum()
        return value, gradient

    found = optimize.minimize(
        loss,
        np.zeros(size + 1),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": rounds, "maxcor": 6, "ftol": 1e-7},
    )
    _LOG.info("logistic: %d rounds, loss %.1f", found.nit, found.fun)
    return Linear(weights=found.x[:size] * factors, bias=float(found.x[size]))


def log_count_ratios(
    rows: sparse.csr_matrix, labels: NDArray[np.bool_], smoothing: float = 1.0
) -> NDArray[np.float32]:
    """How much likelier each column is in the true class than in the false one, as a logarithm.

    Args:
        rows: Features, of which only presence counts.
        labels: The class of each row.
        smoothing: Added to every count.

    Returns:
        Shape (columns,).
    """
    present = sparse.csr_matrix(
        (np.ones(rows.nnz, dtype=np.float32), rows.indices, rows.indptr), shape=rows.shape
    ).T.tocsr()
    true = present @ labels.astype(np.float32) + smoothing
    false = present @ (~labels).astype(np.float32) + smoothing
    ratios = np.log(true / true.sum()) - np.log(false / false.sum())
    return np.asarray(ratios, dtype=np.float32)


def frequent(rows: sparse.csr_matrix, fewest: int) -> NDArray[np.int64]:
    """The columns that at least this many rows have; the others are left out of the model."""
    counts = np.bincount(rows.indices, minlength=rows.shape[1])
    return np.flatnonzero(counts >= fewest)


def platt(scores: Floats, labels: NDArray[np.bool_], importance: Floats) -> tuple[float, float]:
    """Slope and intercept that make scores log odds (Platt 1999)."""

    def loss(point: Floats) -> float:
        margins = np.where(labels, 1, -1) * (point[0] * scores + point[1])
        return float(importance @ np.logaddexp(0, -margins))

    found = optimize.minimize(loss, np.array([1.0, 0.0]), method="BFGS")
    return float(found.x[0]), float(found.x[1])


def mean_of_two(
    rows: sparse.csr_matrix,
    labels: NDArray[np.bool_],
    importance: Floats,
    held_rows: sparse.csr_matrix,
    held_labels: NDArray[np.bool_],
    held_importance: Floats,
    penalties: tuple[float, float],
) -> Linear:
    """The mean of the plain and the naive Bayes regression, each calibrated first.

    Args:
        rows: Features to learn from.
        labels: Their classes.
        importance: Their weights.
        held_rows: Features that calibrate.
        held_labels: Their classes.
        held_importance: Their weights.
        penalties: Of the plain and of the naive Bayes regression.

    Returns:
        One score, as log odds.
    """
    parts = []
    for penalty, scale in zip(penalties, (None, log_count_ratios(rows, labels)), strict=True):
        part = logistic(rows, labels, importance, penalty, scale)
        scores = part.scores(held_rows)
        slope, intercept = platt(scores, held_labels, held_importance)
        right = (scores * slope + intercept > 0) == held_labels
        _LOG.info(
            "part: penalty %g, slope %.3f, balanced accuracy %.4f",
            penalty, slope, np.average(right, weights=held_importance),
        )  # fmt: skip
        parts.append(Linear(weights=part.weights * slope, bias=part.bias * slope + intercept))
    return Linear(
        weights=(parts[0].weights + parts[1].weights) / 2, bias=(parts[0].bias + parts[1].bias) / 2
    )

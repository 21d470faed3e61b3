"""Which inputs of a product are missed least, and what the others give in their place.

Optimal Brain Surgeon (Hassibi and Stork 1993, "Second order derivatives for network pruning") for
groups of inputs, as Kurtic et al. 2023 ("ZipLM", NeurIPS) take out heads and units: what is missed
is quadratic in the weights, and its curvature the second moments of the inputs.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RIDGE = 1e-3
"""How strongly weights are held, of the mean moment."""


def without(moments: Floats, weight: Floats, groups: int, keep: int) -> tuple[list[int], Floats]:
    """Takes out groups of inputs, the least missed one after the other.

    Args:
        moments: Second moments of the inputs, shape (inputs + 1, inputs + 1); the last input is
            always one, for the bias, and stays.
        weight: Shape (outputs, inputs + 1).
        groups: How many groups of equal size the inputs but the last are.
        keep: How many are left.

    Returns:
        Which are left, in order, and the weights of all inputs, zero where they are gone.

    Example:
        >>> twice = np.array([[1.0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
        >>> left, weight = without(twice, np.array([[1.0, 2, 3, 0]]), 3, 2)
        >>> left, weight.round(1).tolist()
        ([1, 2], [[0.0, 3.0, 3.0, 0.0]])
    """
    inputs = len(moments) - 1
    held = RIDGE * float(np.diagonal(moments).mean()) * np.eye(inputs + 1)
    inverse, weight = np.linalg.inv(moments + held), np.array(weight, np.float64)
    places = np.arange(inputs).reshape(groups, -1)
    left = list(range(groups))
    while len(left) > keep:
        rows = places[left]
        blocks = inverse[rows[:, :, np.newaxis], rows[:, np.newaxis, :]]
        parts = weight[:, rows].transpose(1, 2, 0)
        solved = np.linalg.solve(blocks, parts)
        least = int((parts * solved).sum(axis=(1, 2)).argmin())
        row = rows[least]
        beside = inverse[:, row]
        weight -= (beside @ solved[least]).T
        inverse -= beside @ np.linalg.solve(blocks[least], beside.T)
        weight[:, row] = 0
        left.pop(least)
    return left, weight


def missed(moments: Floats, before: Floats, after: Floats) -> float:
    """Which part of the outputs' spread is no longer given; arguments as above."""
    mean = moments[-1] / moments[-1, -1]
    spread = moments / moments[-1, -1] - np.outer(mean, mean)
    apart = after - before
    return float((apart @ spread * apart).sum() / (before @ spread * before).sum())

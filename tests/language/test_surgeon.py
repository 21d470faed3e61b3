"""What is left of a product gives as much of the whole as least squares can."""

import numpy as np
import pytest
from training.reader.surgeon import RIDGE, missed, without


def _inputs(seed: int, count: int = 6) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    mixed = chance.normal(size=(400, count)) @ chance.normal(size=(count, count))
    rows = np.column_stack([mixed + chance.normal(size=count), np.ones(400)])
    return rows, chance.normal(size=(3, count + 1))


@pytest.mark.parametrize(("groups", "keep"), [(6, 5), (6, 2), (3, 1), (2, 2)])
def test_what_is_left_is_the_least_squares_fit(groups: int, keep: int) -> None:
    rows, weight = _inputs(groups * 7 + keep)
    moments = rows.T @ rows
    left, found = without(moments, weight, groups, keep)
    assert len(left) == keep
    size = 6 // groups
    there = [one * size + at for one in left for at in range(size)] + [6]
    # Of the ridge regression towards the weights as they were, in closed form.
    held = moments + RIDGE * np.diagonal(moments).mean() * np.eye(7)
    wanted = np.zeros_like(weight)
    wanted[:, there] = np.linalg.solve(held[np.ix_(there, there)], held[there] @ weight.T).T
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-8)


def test_of_single_groups_the_least_missed_goes() -> None:
    rows, weight = _inputs(3)
    moments = rows.T @ rows
    (left, _) = without(moments, weight, 6, 5)
    held = moments + RIDGE * np.diagonal(moments).mean() * np.eye(7)

    def lost(at: int) -> float:
        there = [n for n in range(7) if n != at]
        fit = np.zeros_like(weight)
        fit[:, there] = np.linalg.solve(held[np.ix_(there, there)], held[there] @ weight.T).T
        return float(((weight - fit) @ held * (weight - fit)).sum())

    assert set(range(6)) - set(left) == {min(range(6), key=lost)}


def test_what_is_missed_is_a_part_of_the_spread() -> None:
    rows, weight = _inputs(11)
    moments = rows.T @ rows
    _, after = without(moments, weight, 6, 3)
    was, now = rows @ weight.T, rows @ after.T
    wanted = ((was - now) - (was - now).mean(0)).var(0).sum() / was.var(0).sum()
    assert missed(moments, weight, after) == pytest.approx(wanted)
    assert missed(moments, weight, weight) == 0

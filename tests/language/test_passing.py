"""Which texts go on to the encoders."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from training.reader.passing import LEAST_PASSED, LOSS, pass_on

Floats = NDArray[np.float64]


def readings(
    seed: int, clearness: Sequence[float] = (0.5, 3.0), texts: int = 80
) -> tuple[list[Floats], NDArray[np.int64], NDArray[np.str_]]:
    """Probabilities of a poor model and of better ones; moods; and sets."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(3), rng.integers(0, 3, texts - 3)])
    sources = np.where(rng.random(texts) < 0.2, "rare", "common")
    found = []
    for clear in clearness:
        scores = np.exp(rng.normal(size=(texts, 3)) + clear * np.eye(3)[labels])
        found.append(scores / scores.sum(axis=1, keepdims=True))
    return found, labels, sources


def plain(
    steps: Sequence[Floats],
    labels: NDArray[np.int64],
    sources: NDArray[np.str_],
    levels: Sequence[float],
) -> tuple[float, list[float]]:
    """Oracle: accuracy, and the shares that come to each step but the first, text by text."""
    found: dict[int, dict[str, list[list[bool]]]] = {}
    for number, label in enumerate(labels.tolist()):
        step = 0
        while step < len(levels) and max(steps[step][number]) < levels[step]:
            step += 1
        came = [step >= other for other in range(1, len(steps))]
        sets = found.setdefault(label, {})
        sets.setdefault(sources[number], []).append([steps[step][number].argmax() == label, *came])
    means = [
        np.mean([np.mean(of_set, axis=0) for of_set in sets.values()], axis=0)
        for sets in found.values()
    ]
    right, *passed = np.mean(means, axis=0).tolist()
    return right, passed


@pytest.mark.parametrize("seed", range(4))
def test_the_threshold_is_the_least_that_loses_little(seed: int) -> None:
    """Against every threshold in steps of a hundredth, each worked text by text."""
    given = readings(seed)
    chosen = pass_on(given[0], [1.0], *given[1:])
    (level,), (share,) = chosen.levels, chosen.passed
    wanted = plain(*given, [1.01])[0] - LOSS
    right, passed = plain(*given, [level])
    assert passed == pytest.approx([share])
    assert right >= wanted - 1e-9 and share >= LEAST_PASSED
    for lower in np.arange(0.4, level - 0.005, 0.01):
        right, passed = plain(*given, [round(float(lower), 2)])
        assert right < wanted or passed[0] < LEAST_PASSED


@pytest.mark.parametrize("seed", range(3))
def test_of_two_thresholds_no_others_cost_less(seed: int) -> None:
    """Against a coarser grid of pairs, each worked text by text."""
    costs = [6.0, 12.0]
    given = readings(seed, (0.5, 2.0, 3.0), texts=40)
    chosen = pass_on(given[0], costs, *given[1:])
    wanted = plain(*given, [1.01, 1.01])[0] - LOSS
    right, passed = plain(*given, chosen.levels)
    assert passed == pytest.approx(chosen.passed)
    assert right >= wanted - 1e-9 and passed[0] >= LEAST_PASSED
    assert passed[1] < passed[0]
    levels = np.arange(0.4, 1.0, 0.05).round(2).tolist()
    for pair in product(levels, levels):
        right, others = plain(*given, pair)
        if right >= wanted and others[0] >= LEAST_PASSED:
            assert np.dot(others, costs) >= np.dot(passed, costs) - 1e-9


def test_who_gains_nothing_from_going_on_goes_on_as_often_as_is_asked() -> None:
    (fast, _), labels, sources = readings(7)
    (share,) = pass_on([fast, fast], [1.0], labels, sources).passed
    assert LEAST_PASSED <= share < LEAST_PASSED + 0.1


def test_if_nothing_may_be_lost_everything_goes_on() -> None:
    """The last step is right of all texts, those before it of none, and sure of it."""
    labels = np.arange(3)
    wrong, right = np.roll(np.eye(3), 1, axis=1), np.eye(3)
    chosen = pass_on([wrong, wrong, right], [6, 12], labels, np.array(["a", "a", "b"]))
    assert chosen.levels == (1.01, 1.01) and chosen.passed == (1, 1)

"""Which texts go on to the encoders."""

import numpy as np
import pytest
from numpy.typing import NDArray
from training.reader.passing import LEAST_PASSED, LOSS, pass_on

Floats = NDArray[np.float64]


def readings(
    seed: int, texts: int = 80
) -> tuple[Floats, Floats, NDArray[np.int64], NDArray[np.str_]]:
    """Probabilities of a poor model and of a better one; moods; and sets."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(3), rng.integers(0, 3, texts - 3)])
    sources = np.where(rng.random(texts) < 0.2, "rare", "common")
    found = []
    for clearness in (0.5, 3.0):
        scores = np.exp(rng.normal(size=(texts, 3)) + clearness * np.eye(3)[labels])
        found.append(scores / scores.sum(axis=1, keepdims=True))
    fast, deep = found
    return fast, deep, labels, sources


def plain(
    fast: Floats, deep: Floats, labels: NDArray[np.int64], sources: NDArray[np.str_], level: float
) -> tuple[float, float]:
    """Oracle: accuracy, and the share that goes on, text by text."""
    found: dict[int, dict[str, list[tuple[bool, bool]]]] = {}
    for number, label in enumerate(labels.tolist()):
        passed = max(fast[number]) < level
        said = deep[number] if passed else fast[number]
        sets = found.setdefault(label, {})
        sets.setdefault(sources[number], []).append((said.argmax() == label, passed))
    means = [
        np.mean([np.mean(of_set, axis=0) for of_set in sets.values()], axis=0)
        for sets in found.values()
    ]
    right, passed_on = np.mean(means, axis=0)
    return right, passed_on


@pytest.mark.parametrize("seed", range(4))
def test_the_threshold_is_the_least_that_loses_little(seed: int) -> None:
    """Against every threshold in steps of a hundredth, each worked text by text."""
    given = readings(seed)
    level, share = pass_on(*given)
    wanted = plain(*given, 1.01)[0] - LOSS
    right, passed = plain(*given, level)
    assert passed == pytest.approx(share)
    assert right >= wanted - 1e-9 and passed >= LEAST_PASSED
    for lower in np.arange(0.4, level - 0.005, 0.01):
        right, passed = plain(*given, round(float(lower), 2))
        assert right < wanted or passed < LEAST_PASSED


def test_who_gains_nothing_from_going_on_goes_on_as_often_as_is_asked() -> None:
    fast, _, labels, sources = readings(7)
    _, share = pass_on(fast, fast, labels, sources)
    assert LEAST_PASSED <= share < LEAST_PASSED + 0.1

"""Which texts go on to the encoders."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from training.reader.passing import LEAST_PASSED, LOSS, LOSS_WITH_PAIRS, pass_on

Floats = NDArray[np.float64]
Shares = dict[str, float]
"""What the texts of each set that are read right weigh."""


def readings(
    seed: int, clearness: Sequence[float] = (0.5, 3.0), texts: int = 80
) -> tuple[list[Floats], NDArray[np.int64], NDArray[np.str_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Probabilities of a poor model and better ones; moods; sets; which turn; which are pairs."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(3), rng.integers(0, 3, texts - 3)])
    sources = rng.choice(["common", "rare", "pairs"], texts, p=[0.6, 0.2, 0.2])
    turns = rng.random(texts) < 0.4
    found = []
    for clear in clearness:
        # What turns is read worse by the first.
        own = np.where(turns & (clear == clearness[0]), clear / 2, clear)[:, np.newaxis]
        scores = np.exp(rng.normal(size=(texts, 3)) + own * np.eye(3)[labels])
        found.append(scores / scores.sum(axis=1, keepdims=True))
    return found, labels, sources, turns, sources == "pairs"


def plain(
    steps: Sequence[Floats],
    labels: NDArray[np.int64],
    sources: NDArray[np.str_],
    turns: NDArray[np.bool_],
    pairs: NDArray[np.bool_],
    levels: Sequence[tuple[float, float]],
) -> tuple[list[Shares], list[float]]:
    """Oracle: accuracy of moods and of polarity without pairs, and of moods with them; and the
    shares that come to each step."""
    right, passed = _plain(steps, labels, sources, turns, levels)
    found = []
    for some in (~pairs, ~pairs & (labels != 1)):
        sides = [each[some] for each in steps]
        if (labels[some] != 1).all():
            # A text goes on by its likeliest mood, neutral or not; right is who has the side.
            sides = [np.where([[1, 0, 1]], each, -each) for each in sides]
        found.append(_plain(sides, labels[some], sources[some], turns[some], levels)[0])
    return [*found, right], passed


def lost(found: list[Shares], everything: list[Shares]) -> bool:
    """Whether more is lost than may be; without pairs no set makes good what another loses."""
    for one, whole in zip(found[:2], everything[:2], strict=True):
        if sum(max(whole[name] - one[name], 0) for name in whole) > LOSS + 1e-9:
            return True
    return sum(everything[2].values()) - sum(found[2].values()) > LOSS_WITH_PAIRS + 1e-9


def _plain(
    steps: Sequence[Floats],
    labels: NDArray[np.int64],
    sources: NDArray[np.str_],
    turns: NDArray[np.bool_],
    levels: Sequence[tuple[float, float]],
) -> tuple[Shares, list[float]]:
    """Text by text."""
    found: dict[int, dict[str, list[list[bool]]]] = {}
    for number, label in enumerate(labels.tolist()):
        step = 0
        turn = int(turns[number])
        while step < len(levels) and max(abs(steps[step][number])) < levels[step][turn]:
            step += 1
        came = [step >= other for other in range(1, len(steps))]
        sets = found.setdefault(label, {})
        sets.setdefault(sources[number], []).append([steps[step][number].argmax() == label, *came])
    right, passed = dict.fromkeys(sources.tolist(), 0.0), np.zeros(len(levels))
    for sets in found.values():
        for name, of_set in sets.items():
            hit, *came = np.mean(of_set, axis=0) / len(sets) / len(found)
            right[name] += float(hit)
            passed += came
    return right, passed.tolist()


EVERYTHING = (1.01, 1.01)


@pytest.mark.parametrize("seed", range(4))
def test_no_other_thresholds_that_lose_little_cost_less(seed: int) -> None:
    """Against every pair of thresholds in steps of .03, each worked text by text."""
    given = readings(seed, texts=40)
    chosen = pass_on(given[0], [1.0], *given[1:])
    (share,) = chosen.passed
    everything = plain(*given, [EVERYTHING])
    reached = plain(*given, chosen.levels)
    assert reached[1] == pytest.approx([share])
    assert not lost(reached[0], everything[0]) and share >= LEAST_PASSED - 1e-9
    levels = np.arange(0.4, 1.0, 0.03).round(2).tolist()
    for pair in product(levels, levels):
        right, (passed,) = plain(*given, [pair])
        bad = pair[1] < pair[0] or lost(right, everything[0]) or passed < LEAST_PASSED
        assert bad or passed >= share - 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_of_two_steps_no_other_thresholds_cost_less(seed: int) -> None:
    """Against a coarse grid, each worked text by text."""
    costs = [6.0, 12.0]
    given = readings(seed, (0.5, 2.0, 3.0), texts=40)
    chosen = pass_on(given[0], costs, *given[1:])
    everything = plain(*given, [EVERYTHING, EVERYTHING])
    right, passed = plain(*given, chosen.levels)
    assert passed == pytest.approx(chosen.passed)
    assert not lost(right, everything[0]) and passed[0] >= LEAST_PASSED - 1e-9
    assert all(turning >= straight for straight, turning in chosen.levels)
    assert passed[1] < passed[0]
    levels = np.arange(0.4, 1.0, 0.1).round(2).tolist()
    for four in product(levels, repeat=4):
        right, others = plain(*given, [four[:2], four[2:]])
        rising = four[0] <= four[1] and four[2] <= four[3]
        if rising and not lost(right, everything[0]) and others[0] >= LEAST_PASSED:
            assert np.dot(others, costs) >= np.dot(passed, costs) - 1e-9


def test_what_turns_goes_on_more_readily_where_it_is_read_worse() -> None:
    """Of five draws, on average: each is a compromise between few texts."""
    chosen = [readings(seed, (1.5, 3.0), texts=2_000) for seed in range(5)]
    levels = [pass_on(given[0], [1.0], *given[1:]).levels[0] for given in chosen]
    straight, turning = np.mean(levels, axis=0)
    assert turning > straight + 0.02, levels


def test_who_gains_nothing_from_going_on_goes_on_as_often_as_is_asked() -> None:
    (fast, _), *rest = readings(7)
    (share,) = pass_on([fast, fast], [1.0], *rest).passed
    assert LEAST_PASSED - 1e-9 <= share < LEAST_PASSED + 0.1


def test_if_nothing_may_be_lost_everything_goes_on() -> None:
    """The last step is right of all texts, those before it of none, and sure of it."""
    labels = np.arange(3)
    wrong, right = np.roll(np.eye(3), 1, axis=1), np.eye(3)
    sets, turns = np.array(["a", "a", "b"]), np.array([False, True, False])
    chosen = pass_on([wrong, wrong, right], [6, 12], labels, sets, turns, sets == "none")
    assert chosen.levels == (EVERYTHING, EVERYTHING)
    assert chosen.passed == pytest.approx((1, 1))

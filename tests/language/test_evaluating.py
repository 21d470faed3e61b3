"""Figures of classifiers on labelled texts, counted on paper."""

import numpy as np
import pytest

from sonnim.language.evaluating import (
    MOODS,
    Predictions,
    by_probabilities,
    by_scores,
    evaluation,
    most_frequent,
)

NEGATIVE, NEUTRAL, POSITIVE = range(3)
LABELS = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 2])
MOODS_READ = np.array([
    [0.8, 0.1, 0.1],  # negative, right
    [0.6, 0.3, 0.1],  # negative, right
    [0.2, 0.5, 0.3],  # neutral, wrong
    [0.1, 0.9, 0.0],  # neutral, right
    [0.3, 0.3, 0.4],  # positive, wrong
    [0.0, 0.0, 1.0],  # positive, right
    [0.1, 0.2, 0.7],  # positive, right
    [0.1, 0.2, 0.7],  # positive, right
    [0.4, 0.3, 0.3],  # negative, wrong
    [0.2, 0.2, 0.6],  # positive, right
])  # fmt: skip
UNSURE = MOODS_READ.max(axis=1) < 0.45


def predicted(*, neutral: bool = True) -> Predictions:
    return by_probabilities(MOODS_READ, UNSURE, np.full(10, 0.01), neutral=neutral)


def test_by_hand() -> None:
    found = evaluation(LABELS, predicted())
    assert found.n == 10 and found.true == (3, 2, 5)
    assert found.confusion == ((2, 1, 0), (0, 1, 1), (1, 0, 4))
    assert found.accuracy.value == pytest.approx(0.7)
    assert found.macro_recall.value == pytest.approx((2 / 3 + 1 / 2 + 4 / 5) / 3)
    # F1 = 2 hits / (true + given): 4/6, 2/4, 8/10.
    assert found.macro_f1.value == pytest.approx((4 / 6 + 2 / 4 + 8 / 10) / 3)
    # Surest first 1.0, .9, .8, .7, .7, .6, .6 are right; .5 is wrong: 7 of 10 (7 of 8 is too few).
    assert found.coverage.value == pytest.approx(0.7)
    # Two are unsure, .4 and .4, both wrong: 7 of 8 are right without them.
    assert found.unsure is not None and found.unsure.value == pytest.approx(0.2)
    assert found.kept is not None and found.kept.value == pytest.approx(7 / 8)
    assert found.speed == pytest.approx(100)
    # Scores: negative 1/9, 1/7, 3/5; positive 1, 7/8, 7/8, 3/7, 3/4. Only 3/7 < 3/5: 14 of 15.
    assert found.auc is not None and found.auc.value == pytest.approx(14 / 15)


def test_two_sides_only() -> None:
    """Without neutral labels the likelier side counts: all are right but the third and ninth."""
    polar = LABELS != NEUTRAL
    found = evaluation(LABELS[polar], predicted(neutral=False).only(polar))
    assert found.confusion == ((2, 0, 1), (0, 0, 0), (1, 0, 4))
    assert found.accuracy.value == pytest.approx(6 / 8)


def test_scores() -> None:
    score = np.array([-0.9, 0.04, -0.04, 0.05])
    assert [MOODS[one] for one in by_scores(score, np.zeros(4), neutral=True).given] == [
        "negative", "neutral", "neutral", "positive",
    ]  # fmt: skip
    found = evaluation(np.array([0, 2, 0, 2]), by_scores(score, np.zeros(4), neutral=False))
    assert found.accuracy.value == 1.0
    # A score is no probability, and nothing was timed.
    assert found.ece is None and found.ece_chance is None and found.speed is None
    assert found.unsure is None and found.kept is None


def test_the_most_frequent_label() -> None:
    """Half are positive: accuracy 1/2, one recall of three is 1, and nothing is told apart."""
    found = evaluation(LABELS, most_frequent(LABELS))
    assert found.accuracy.value == 0.5
    assert found.macro_recall.value == pytest.approx(1 / 3)
    assert found.auc is None
    assert found.coverage.value == 0.0


def test_a_calibrated_reader_has_the_error_of_chance() -> None:
    """Simulation: labels drawn from the very probabilities that are predicted."""
    chance = np.random.default_rng(11)
    moods = chance.dirichlet([1, 1, 1], size=4_000)
    labels = np.array([chance.choice(3, p=row) for row in moods])
    none = np.zeros(len(labels), dtype=np.bool_)
    found = evaluation(labels, by_probabilities(moods, none, np.zeros(len(labels)), neutral=True))
    assert found.ece is not None and found.ece_chance is not None
    assert abs(found.ece - found.ece_chance) < 0.015
    # And one that is always too sure has more.
    sharp = moods**3 / (moods**3).sum(axis=1, keepdims=True)
    worse = evaluation(labels, by_probabilities(sharp, none, np.zeros(len(labels)), neutral=True))
    assert worse.ece is not None and worse.ece > 5 * found.ece_chance

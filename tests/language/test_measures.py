"""Measures of a classifier, each against its definition counted out one by one, or by hand."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sonnim.language.measures import (
    auc,
    auc_interval,
    bootstrapped,
    calibration_by_chance,
    calibration_error,
    calibration_errors_by_chance,
    counts,
    coverage,
    coverage_interval,
    macro_f1,
    macro_recall,
    wilson,
)

# Few values, so that ties are many.
ROWS = st.lists(
    st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]), st.booleans()), min_size=1, max_size=25
)
tried = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@tried
@given(ROWS)
def test_auc_counts_pairs(rows: list[tuple[float, bool]]) -> None:
    """Mann and Whitney: over all pairs of a positive and a negative one; a tie is half a win."""
    up = [score for score, positive in rows if positive]
    down = [score for score, positive in rows if not positive]
    if not up or not down:
        return
    wins = sum(1.0 if a > b else 0.5 if a == b else 0.0 for a in up for b in down)
    score, positive = np.array(rows, dtype=float).T
    assert auc(score, positive > 0) == pytest.approx(wins / (len(up) * len(down)))


@tried
@given(ROWS, st.sampled_from([0.5, 0.75, 0.95, 1.0]))
def test_coverage_tries_every_threshold(rows: list[tuple[float, bool]], wanted: float) -> None:
    """The definition: of all thresholds that reach the accuracy, the one that takes most."""
    best = 0.0
    for threshold in {confidence for confidence, _ in rows}:
        taken = [right for confidence, right in rows if confidence >= threshold]
        if sum(taken) >= wanted * len(taken) - 1e-9:
            best = max(best, len(taken) / len(rows))
    confidence, right = np.array(rows, dtype=float).T
    assert coverage(confidence, right > 0, wanted) == pytest.approx(best)


def test_coverage_may_pass_a_bad_stretch() -> None:
    """By hand: the first of 20 is wrong, the 19 after it are right: 19 of 20 are 95%."""
    confidence = np.linspace(1, 0, 20)
    assert coverage(confidence, np.arange(20) > 0) == 1.0
    assert coverage(confidence, np.arange(20) > 1) == 0.0


def test_wilson_as_published() -> None:
    """Newcombe 1998, Statistics in Medicine 17, table I: the score method without correction."""
    for right, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        found = wilson(right, n)
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_macro_figures_by_hand() -> None:
    """Three classes, ten texts, counted on paper."""
    true = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2])
    given_ = np.array([0, 0, 0, 1, 1, 0, 0, 0, 1, 2])
    table = counts(true, given_, 3)
    assert table.tolist() == [[3, 1, 0], [1, 1, 0], [2, 1, 1]]
    assert macro_recall(table) == pytest.approx((3 / 4 + 1 / 2 + 1 / 4) / 3)
    # F1 = 2 hits / (true + given).
    assert macro_f1(table) == pytest.approx((6 / 10 + 2 / 5 + 2 / 5) / 3)


def test_a_class_that_does_not_occur_does_not_count() -> None:
    table = np.array([[4, 0, 0], [0, 0, 0], [0, 1, 3]])
    assert macro_recall(table) == pytest.approx((1 + 3 / 4) / 2)


@tried
@given(ROWS)
def test_calibration_error_bin_by_bin(rows: list[tuple[float, bool]]) -> None:
    """Guo et al. 2017, equation 3, a bin at a time."""
    total = 0.0
    for bin_ in range(15):
        inside = [(c, r) for c, r in rows if min(int(c * 15), 14) == bin_]
        if inside:
            mean = sum(c for c, _ in inside) / len(inside)
            share = sum(r for _, r in inside) / len(inside)
            total += len(inside) / len(rows) * abs(share - mean)
    confidence, right = np.array(rows, dtype=float).T
    assert calibration_error(confidence, right > 0) == pytest.approx(total)


def test_what_chance_alone_makes_of_calibration() -> None:
    """Simulation: outcomes drawn anew with the stated probabilities."""
    chance = np.random.default_rng(5)
    confidence = chance.uniform(0.5, 1.0, 300)
    drawn = calibration_errors_by_chance(confidence, seed=1)
    assert calibration_by_chance(confidence, seed=1) == drawn.mean()
    bound = np.quantile(drawn, 0.95)
    others = [calibration_error(confidence, chance.random(300) < confidence) for _ in range(400)]
    assert 0.9 < np.mean(np.array(others) <= bound) < 0.99
    # Four times as many texts: half the error.
    many = calibration_by_chance(np.tile(confidence, 4), seed=1)
    assert many == pytest.approx(drawn.mean() / 2, rel=0.1)


def test_bootstrap_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Simulation: AUC of two normals one apart is Phi(1/sqrt 2); accuracy 0.8 by construction."""
    held = {"auc": 0, "accuracy": 0}
    for seed in range(60):
        chance = np.random.default_rng(seed)
        positive = np.arange(200) % 2 == 0
        found = auc_interval(chance.normal(size=200) + positive, positive, seed)
        held["auc"] += found.low <= 0.7602 <= found.high
        right = int(chance.binomial(200, 0.8))
        table = np.array([[right, 200 - right], [0, 0]])
        share = bootstrapped(table, macro_recall, seed)
        held["accuracy"] += share.low <= 0.8 <= share.high
    # 57 of 60 are expected; fewer than 50 come about once in a thousand.
    assert min(held.values()) >= 50


def test_intervals_are_repeated_and_around_their_figure() -> None:
    chance = np.random.default_rng(5)
    confidence = chance.random(400)
    right = chance.random(400) < 0.6 + 0.4 * confidence
    first = coverage_interval(confidence, right, 3)
    assert first == coverage_interval(confidence, right, 3)
    assert first.value == coverage(confidence, right)
    assert 0 <= first.low <= first.value <= first.high <= 1

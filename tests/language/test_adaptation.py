"""Moods fitted to ratings: against SciPy's minimiser, scikit-learn's measures, and a simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from sklearn import metrics

from sonnim.language.adaptation import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    Adaptation,
    adapted,
    fold_of,
    held_out,
    log_odds,
    quality,
)
from sonnim.language.mood_model import moods


def drawn(seed: int, n: int, shift: float = 0.0, slope: float = 1.0) -> tuple[np.ndarray, ...]:
    """Moods of a model that is right but for the level: its true log odds are slope * x + shift."""
    chance = np.random.default_rng(seed)
    odds = chance.normal(0, 2, (n, 2)) - [0, 1]
    truth = odds * [slope, 1] + [shift, 0]
    kinds = [chance.choice(3, p=row) for row in moods(truth)]
    return moods(odds), np.array(kinds)


@given(st.lists(st.tuples(*[st.floats(0.01, 1)] * 3), min_size=1, max_size=20))
def test_log_odds_are_the_way_back(rows: list[tuple[float, float, float]]) -> None:
    given_ = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    assert moods(log_odds(given_)) == pytest.approx(given_)
    assert Adaptation().probabilities(given_) == pytest.approx(given_)


@pytest.mark.parametrize("seed", range(4))
def test_the_fit_is_the_minimum(seed: int) -> None:
    """SciPy minimises the same penalised likelihood without its derivatives."""
    given_, labels = drawn(seed, 400, shift=1.5, slope=0.6)
    odds, polar = log_odds(given_), labels != NEUTRAL

    def loss(point: np.ndarray) -> float:
        signs = np.where(labels[polar] == POSITIVE, 1, -1)
        margins = signs * (point[0] * odds[polar, 0] + point[1])
        return float(np.logaddexp(0, -margins).sum() + 10 / 8 * ((point - [1, 0]) ** 2).sum())

    wanted = optimize.minimize(loss, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-6})
    assert adapted(given_, labels).polarity == pytest.approx(tuple(wanted.x), abs=1e-3)


def test_the_errors_are_those_of_samples_drawn_anew() -> None:
    """300 samples of 400 texts: how far slopes and intercepts lie apart, and go together."""
    fits = [adapted(*drawn(seed, 400, shift=1.0, slope=0.7)) for seed in range(300)]
    for name in ("polarity", "neutrality"):
        points = np.array([getattr(fit, name) for fit in fits])
        errors = [getattr(fit, f"{name}_error") for fit in fits]
        # Standard errors of 300 draws are known to some 4%; the prior of few texts makes them less.
        for column, said in (
            (0, [one.slope for one in errors]), (1, [one.intercept for one in errors])
        ):  # fmt: skip
            assert np.mean(said) == pytest.approx(np.std(points[:, column]), rel=0.15)
        together = np.corrcoef(points.T)[0, 1]
        assert np.mean([one.correlation for one in errors]) == pytest.approx(together, abs=0.15)


def test_a_level_that_was_shifted_is_found_again() -> None:
    """Also its calibration, on texts held out."""
    given_, labels = drawn(7, 6_000, shift=1.5, slope=0.6)
    found = adapted(given_, labels)
    assert found.polarity == pytest.approx((0.6, 1.5), abs=0.12)
    folds = fold_of([str(n) for n in range(len(labels))])
    before, after = quality(given_, labels), quality(held_out(given_, labels, folds), labels)
    assert after.accuracy > before.accuracy + 0.05
    assert before.ece > 0.1 > 0.03 > after.ece
    # The order is the model's.
    assert after.auc == pytest.approx(before.auc, abs=0.005)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_few_ratings_move_little(n: int) -> None:
    given_, _ = drawn(3, n)
    found = adapted(given_, np.full(n, POSITIVE))
    assert 0 < found.polarity[0] < 1.5
    assert 0 <= found.polarity[1] < 1.5


def test_an_order_the_wrong_way_round_is_not_turned_around() -> None:
    given_, labels = drawn(5, 2_000, slope=-1.0)
    assert adapted(given_, labels).polarity[0] == 0


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.integers(30, 200))
def test_measures_are_scikit_learns(seed: int, n: int) -> None:
    given_, labels = drawn(seed, n)
    polar = labels != NEUTRAL
    true = labels[polar] == POSITIVE
    if true.all() or not true.any():
        return
    side = given_[polar, POSITIVE] / (given_[polar, POSITIVE] + given_[polar, 0])
    found = quality(given_, labels)
    assert found.accuracy == pytest.approx(metrics.accuracy_score(true, side > 0.5))
    assert found.auc == pytest.approx(metrics.roc_auc_score(true, side))
    assert found.macro_f1 == pytest.approx(metrics.f1_score(true, side > 0.5, average="macro"))


def test_folds_are_of_the_key_alone() -> None:
    keys = [f"m{n}" for n in range(1_000)]
    assert fold_of(keys).tolist() == fold_of(keys[::-1]).tolist()[::-1]
    assert np.bincount(fold_of(keys)).min() > 120


def further_of(seed: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Moods of a model that misses what the first of two further answers knows."""
    chance = np.random.default_rng(seed)
    odds, further = chance.normal(0, 1, (n, 2)), chance.normal(3, 2, (n, 2))
    truth = odds + np.column_stack([1.5 * (further[:, 0] - 3), np.full(n, -2.0)])
    return moods(odds), np.array([chance.choice(3, p=row) for row in moods(truth)]), further


@pytest.mark.parametrize("seed", range(3))
def test_the_fit_with_further_answers_is_the_minimum(seed: int) -> None:
    """SciPy minimises the same penalised likelihood without its derivatives."""
    given_, labels, further = further_of(seed, 400)
    polar = labels != NEUTRAL
    odds = log_odds(given_)[polar, 0]
    columns = (further[polar] - further[polar].mean(0)) / further[polar].std(0)

    def loss(point: np.ndarray) -> float:
        signs = np.where(labels[polar] == POSITIVE, 1, -1)
        margins = signs * (point[0] * odds + point[1] + columns @ point[2:])
        held = 10 / 8 * ((point[:2] - [1, 0]) ** 2).sum() + 60 / 2 * (point[2:] ** 2).sum()
        return float(np.logaddexp(0, -margins).sum() + held)

    options = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 10_000}
    best = optimize.minimize(loss, [1, 0, 0, 0], method="Nelder-Mead", options=options).x
    found = adapted(given_, labels, further)
    assert found.polarity == pytest.approx(tuple(best[:2]), abs=1e-4)
    assert found.factors == pytest.approx(best[2:] / further[polar].std(0), abs=1e-4)
    wanted = best[0] * log_odds(given_)[:, 0] + best[1]
    wanted += (further - further[polar].mean(0)) / further[polar].std(0) @ best[2:]
    assert log_odds(found.probabilities(given_, further))[:, 0] == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_fit_is_the_minimum_where_the_model_is_far_too_sure(seed: int) -> None:
    """Newton's method alone goes to and fro here; SciPy minimises without derivatives."""
    chance = np.random.default_rng(seed)
    odds = chance.normal(0, 6, 400)
    good = chance.random(400) < 1 / (1 + np.exp(-0.1 * odds - 1))
    given_ = moods(np.column_stack([odds, np.full(400, -9.0)]))
    # As they are read from the probabilities, which are never quite 0 or 1.
    odds = log_odds(given_)[:, 0]

    def loss(point: np.ndarray) -> float:
        margins = np.where(good, 1, -1) * (point[0] * odds + point[1])
        return float(np.logaddexp(0, -margins).sum() + 10 / 8 * ((point - [1, 0]) ** 2).sum())

    options = {"xatol": 1e-8, "fatol": 1e-10}
    best = optimize.minimize(loss, [1, 0], method="Nelder-Mead", options=options).x
    labels = np.where(good, POSITIVE, NEGATIVE)
    assert adapted(given_, labels).polarity == pytest.approx(tuple(best), abs=1e-4)


def test_further_answers_help_where_they_know_more() -> None:
    given_, labels, further = further_of(5, 1_000)
    folds = fold_of([str(n) for n in range(1_000)])
    plain = quality(held_out(given_, labels, folds), labels)
    helped = quality(held_out(given_, labels, folds, further), labels)
    assert helped.auc > plain.auc + 0.1 and helped.accuracy > plain.accuracy + 0.1


def test_further_answers_that_say_nothing_do_little_harm() -> None:
    given_, labels = drawn(3, 120)
    noise = np.random.default_rng(0).normal(size=(120, 15))
    folds = fold_of([str(n) for n in range(120)])
    plain = quality(held_out(given_, labels, folds), labels)
    assert quality(held_out(given_, labels, folds, noise), labels).auc > plain.auc - 0.03


def test_a_text_gains_nothing_from_an_answer_that_is_missing() -> None:
    """Nor from one that is just average."""
    given_, labels, further = further_of(1, 300)
    some = further.copy()
    some[::4, 1] = np.nan
    some[::8, 0] = np.nan
    found = adapted(given_, labels, some)
    plain = Adaptation(found.polarity, found.neutrality)
    assert found.probabilities(given_, some)[::8] == pytest.approx(plain.probabilities(given_)[::8])
    average = np.where(np.isnan(some), found.centres, some)
    assert found.probabilities(given_, some) == pytest.approx(found.probabilities(given_, average))
    # Where most texts have none, nothing is learned from the others'.
    some[: len(some) * 2 // 3] = np.nan
    none = adapted(given_, labels, some)
    assert none.factors == (0, 0) and none.polarity == adapted(given_, labels).polarity

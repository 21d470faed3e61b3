"""Growth of young cascades, and the logistic regression behind it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.graphs.cascades import forest
from sonnim.graphs.growth import FEATURES, Young, foreseen, young
from sonnim.graphs.logistic import auc, auc_interval, brier, fit, gain
from sonnim.tables.errors import StopError

HORIZON = 4.0


@pytest.mark.parametrize("penalty", [0.01, 1.0, 30.0])
def test_the_fit_is_that_of_scikit_learn(penalty: float) -> None:
    """Oracle: scikit-learn's LogisticRegression on the same scaled numbers."""
    linear = pytest.importorskip("sklearn.linear_model")
    chance = np.random.default_rng(1)
    numbers = chance.normal(3, [1, 20, 0.1], (400, 3))
    numbers = np.column_stack([numbers, np.full(400, 5.0)])
    happened = numbers[:, 0] + numbers[:, 1] / 20 + chance.normal(0, 1, 400) > 6
    found = fit(numbers, happened, penalty=penalty)
    scaled = (numbers - found.centre) / found.scale
    oracle = linear.LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=1000)
    oracle.fit(scaled, happened)
    assert found.weights == pytest.approx(oracle.coef_[0], abs=1e-4)
    assert found.base == pytest.approx(oracle.intercept_[0], abs=1e-4)
    assert found.chance(numbers) == pytest.approx(oracle.predict_proba(scaled)[:, 1], abs=1e-5)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=30))
def test_auc_and_brier_score_are_those_of_the_definition(rows: list[tuple[int, bool]]) -> None:
    """Oracle: all pairs; and the mean of squares."""
    score = np.array([row[0] for row in rows]) / 4 * 0.8 + 0.1
    happened = np.array([row[1] for row in rows])
    yes, no = score[happened], score[~happened]
    pairs = [(a > b) + 0.5 * (a == b) for a in yes for b in no]
    found = auc(score, happened)
    assert found == pytest.approx(np.mean(pairs)) if pairs else np.isnan(found)
    wanted = np.mean([(1 - p if y else p) ** 2 for p, y in zip(score, happened, strict=True)])
    assert brier(score, happened) == pytest.approx(wanted)
    assert gain(score, 0.5, happened).value == pytest.approx(0.25 - wanted)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Oracle: two normal distributions; the true area is that of their difference."""
    stats = pytest.importorskip("scipy.stats")
    chance = np.random.default_rng(4)
    happened = np.arange(100) < 35
    for apart in (0.0, 1.0, 2.5):
        true, held, won = stats.norm.cdf(apart / 2**0.5), 0, 0
        for _ in range(400):
            score = chance.normal(0, 1, 100) + apart * happened
            found = auc_interval(score, happened)
            assert 0 <= found.low <= found.value <= found.high <= 1
            held += found.low <= true <= found.high
            # What was told of each is worth as much as the guess, on average.
            one = gain(np.where(chance.random(100) < 0.5, 0.2, 0.8), 0.5, chance.random(100) < 0.5)
            won += one.low <= -0.09 <= one.high
        assert 0.92 <= held / 400 <= 0.985 and 0.92 <= won / 400 <= 0.98


def test_at_chance_the_interval_is_that_of_the_rank_sum_test() -> None:
    """Oracle: variance of the Mann-Whitney statistic where nothing differs."""
    score, happened = np.tile(np.arange(50.0), 2), np.repeat([True, False], 50)
    found = auc_interval(score, happened)
    half = 1.959964 * (101 / (12 * 50 * 50)) ** 0.5
    assert found.value == 0.5
    # The interval's own ends are looked at with their own error, which is a little less.
    assert found.high - 0.5 == pytest.approx(half, rel=0.03)
    assert 0.5 - found.low == pytest.approx(found.high - 0.5)


def test_a_fit_that_could_be_perfect_stays_finite() -> None:
    numbers = np.arange(10.0)[:, None]
    found = fit(numbers, numbers[:, 0] > 4)
    assert np.isfinite(found.weights).all() and found.chance(numbers)[[0, 9]].round().tolist() == [
        0,
        1,
    ]


def bursts(count: int, seed: int, *, known_rate: bool) -> tuple[np.ndarray, ...]:
    """Cascades that gain messages at a rate of their own; the rate is Gamma(2, 1)."""
    chance = np.random.default_rng(seed)
    rates = chance.gamma(2.0, 1.0, count) if known_rate else np.full(count, 2.0)
    begin = np.sort(chance.random(count) * 1000)
    parents, who, when, cascade = [], [], [], []
    for i in range(count):
        gaps = chance.exponential(1 / rates[i], 30)
        when.append(begin[i] + np.concatenate([[0], np.cumsum(gaps)]))
        cascade.append(np.full(31, i))
    moments, number = np.concatenate(when), np.concatenate(cascade)
    order = np.argsort(moments, kind="stable")
    moments, number = moments[order], number[order]
    root: dict[int, int] = {}
    for place, i in enumerate(number.tolist()):
        parents.append(root.get(i, -1))
        root.setdefault(i, place)
        who.append(int(chance.integers(0, 50)))
    return np.array(parents), np.array(who), moments


def test_growth_is_foreseen_as_well_as_can_be() -> None:
    """Oracle: the posterior of a Gamma-Poisson process, which no forecast can beat.

    After k messages in t the rate is Gamma(2 + k - 1, 1 + t), and the messages to come within the
    horizon are negative binomial.
    """
    stats = pytest.importorskip("scipy.stats")
    parents, who, when = bursts(2500, 3, known_rate=True)
    seen = young(forest(parents), who, when, k=5, horizon=HORIZON)
    found = foreseen(seen)
    assert not found.reason and found.model is not None
    later = seen.known & (seen.when >= found.split)
    took = np.expm1(seen.numbers[later, 0])
    ideal = stats.nbinom.sf(4, 6, (1 + took) / (1 + took + HORIZON))
    assert found.auc.value == pytest.approx(auc(ideal, seen.grew[later]), abs=0.02)
    assert found.brier == pytest.approx(brier(ideal, seen.grew[later]), abs=0.01)
    assert found.better and found.auc.low > 0.6
    assert found.gain.value == pytest.approx(found.guess - found.brier)
    assert found.model.weights[FEATURES.index("time_to_k")] < 0
    assert (found.tested, found.learned) > (500, 500)


def test_where_nothing_tells_nothing_is_foreseen() -> None:
    parents, who, when = bursts(1500, 5, known_rate=False)
    found = foreseen(young(forest(parents), who, when, k=5, horizon=2.3))
    assert found.auc.low < 0.5 < found.auc.high < 0.6
    assert not found.better and not found.reason


def test_features_are_those_counted_by_hand() -> None:
    #       0: by 7   1   2   3   4: by 7   5   6   7
    parents = np.array([-1, 0, 1, 0, -1, 4, 3, 5])
    who = np.array([7, 8, 8, 9, 7, 1, 2, 7])
    when = np.array([0.0, 1, 3, 9, 10, 12, 13, 20])
    seen = young(forest(parents), who, when, k=3, horizon=8)
    assert seen.roots.tolist() == [0, 4] and seen.when.tolist() == [3, 20]
    one, other = (dict(zip(FEATURES, row, strict=True)) for row in seen.numbers.tolist())
    assert one["time_to_k"] == pytest.approx(np.log(4))
    assert one["slowing"] == pytest.approx(np.log(3) - np.log(2))
    assert (one["depth"], one["from_root"], one["distinct_people"]) == (2, 0.5, 2 / 3)
    assert (one["past_size"], one["past_cascades"]) == (0, 0)
    # When the second began, the first had four messages; the fifth came later and does not count.
    assert other["past_size"] == pytest.approx(np.log(5))
    assert other["past_cascades"] == pytest.approx(np.log(2))
    assert seen.grew.tolist() == [False, False] and seen.known.tolist() == [True, False]


def test_nothing_that_comes_later_changes_what_was_known() -> None:
    parents, who, when = bursts(60, 7, known_rate=True)
    whole = young(forest(parents), who, when, k=4, horizon=HORIZON)
    half = len(parents) // 2
    part = young(forest(parents[:half]), who[:half], when[:half], k=4, horizon=HORIZON)
    there = np.isin(whole.roots, part.roots)
    assert part.numbers == pytest.approx(whole.numbers[there])
    settled = part.known
    assert (part.grew[settled] == whole.grew[there][settled]).all()


def test_no_forecast_knows_what_came_after_it() -> None:
    """Of what came later all is changed, but what was told before stays."""
    parents, who, when = (rows[:-1500] for rows in bursts(900, 11, known_rate=True))
    seen = young(forest(parents), who, when, k=5, horizon=HORIZON)
    split = float(np.quantile(seen.when, 0.6))
    told = foreseen(seen, split=split)
    later, settled = seen.when >= split, seen.known & (seen.when + HORIZON <= split)
    assert told.learned == settled.sum() and not np.isfinite(told.chances[~later]).any()
    # Whatever was not settled at the split turned out otherwise.
    other = foreseen(replace(seen, grew=np.where(settled, seen.grew, ~seen.grew)), split=split)
    tested = later & seen.known
    assert (other.chances[tested] == told.chances[tested]).all() and tested.sum() > 200
    assert other.auc.value < 0.5 < told.auc.value
    # And what is learned now comes of settled cascades alone, all of which are older.
    open_ = ~seen.known
    assert open_.any() and seen.when[open_].min() > seen.when[seen.known].max()
    again = foreseen(replace(seen, grew=np.where(open_, ~seen.grew, seen.grew)), split=split)
    assert again.chances[open_].tolist() == told.chances[open_].tolist()


def test_too_little_to_learn_says_why() -> None:
    parents, who, when = bursts(80, 1, known_rate=True)
    few = foreseen(young(forest(parents), who, when, k=5, horizon=HORIZON))
    assert few.model is None and few.reason == "few" and np.isnan(few.chances).all()
    row = np.arange(400.0)
    alike = Young(row.astype(int), row, np.ones((400, 7)), row < 0, row > -1, 1.0)
    assert foreseen(alike).reason == "alike"
    none = young(forest(np.array([], int)), np.array([], int), np.array([]))
    assert foreseen(none).reason == "few"


def test_what_cannot_be_read_says_so() -> None:
    tree = forest(np.array([-1, 0]))
    with pytest.raises(StopError, match="from 1 messages"):
        young(tree, np.array([0, 1]), np.array([0.0, 1]), k=1)
    with pytest.raises(StopError, match="1 times for 2"):
        young(tree, np.array([0]), np.array([0.0, 1]))
    with pytest.raises(StopError, match="message 2"):
        young(tree, np.array([0, 1]), np.array([1.0, 0]))

"""Shares of moods hold the truth as often as they say, and no wider than need be: by simulation.

The oracle is the draw itself: shares differ by month, messages have a true mood drawn from them,
and are then read as the model's card says it errs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from sonnim.analyzers import domains, shares, voices
from sonnim.analyzers.shares import LANGUAGES, Errors, doubt, linear_errors, pair_errors, worth
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.language.adaptation import log_odds
from sonnim.language.confusions import Confusion, between, of_another
from sonnim.language.mood_model import moods
from tests.analyzers.asking import Record, asked, asked_all
from tests.analyzers.reference import Worth, share_interval
from tests.analyzers.test_voices import LABELS, mood, prior

MONTHS = [datetime(2020 + m // 12, m % 12 + 1, 9, tzinfo=UTC) for m in range(60)]
Truth = dict[datetime, float]


@pytest.fixture(scope="module")
def duck() -> Iterator[Engine]:
    with DuckEngine() as engine:
        yield engine


def months(rng: np.random.Generator, size: int) -> list[tuple[datetime, np.ndarray]]:
    """The true moods of each month's messages; its shares wander between months."""
    found = []
    for month in MONTHS:
        share = rng.dirichlet([4, 2, 6])
        found.append((month, rng.choice(3, size, p=share)))
    return found


def covered(rows: Sequence[dict[str, Any]], truth: Truth) -> tuple[float, float, float]:
    """Months whose interval, and one half as wide, hold the truth; mean width."""
    cells = [
        row for row in rows
        if row["measure"] == "negative" and row["period"] and not row["unit"]
    ]  # fmt: skip
    held, half, width = [], [], []
    for row in cells:
        true = truth[row["period"].replace(day=9)]
        reach = (row["high"] - row["low"]) / 2
        middle = (row["high"] + row["low"]) / 2
        held.append(row["low"] <= true <= row["high"])
        half.append(abs(true - middle) <= reach / 2)
        width.append(2 * reach)
    assert len(cells) == len(truth)
    return float(np.mean(held)), float(np.mean(half)), float(np.mean(width))


def drawn_labels(
    rng: np.random.Generator, confusion: np.ndarray, size: int
) -> tuple[list[Record], list[Record], Truth]:
    messages: list[Record] = []
    read: list[Record] = []
    truth: Truth = {}
    for month, true in months(rng, size):
        truth[month] = float((true == 0).mean())
        for one in true:
            key = f"m{len(messages)}"
            messages.append({"message_id": key, "time": month, "text": "말"})
            read.append(mood(key, LABELS[rng.choice(4, p=confusion[one])]))
    return messages, read, truth


@pytest.mark.slow
def test_adjusted_counts_hold_the_truth(duck: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """3 worlds of 60 months of 120 messages, of the kind that the errors were measured on."""
    alike = {one: replace(linear_errors(one), between=np.zeros((3, 3))) for one in LANGUAGES}
    monkeypatch.setattr(shares, "linear_errors", alike.__getitem__)
    found = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        confusion = linear_errors("ko").confusion
        messages, read, truth = drawn_labels(rng, confusion / confusion.sum(1, keepdims=True), 120)
        rows = asked(duck, voices.ANALYZER, {"message": messages, "mood": read})
        found.append(covered(rows, truth))
    held, half, width = np.mean(found, axis=0)
    assert held >= 0.93, held
    assert half < 0.9, "intervals half as wide would hold it, too"
    assert width < 0.28, width


def test_what_is_not_known_of_the_confusion_is_in_the_interval() -> None:
    """By the matrix: draws of it, each measured on so few texts, lie as far apart as `doubt`."""
    rng = np.random.default_rng(3)
    true, texts = linear_errors("ko").confusion, (300, 200, 400)
    true = true / true.sum(axis=1, keepdims=True)
    share = np.array([0.3, 0.2, 0.5])
    estimates = []
    for _ in range(4_000):
        rows = [rng.multinomial(n, row) / n for n, row in zip(texts, true, strict=True)]
        estimates.append(share @ true @ worth(np.array(rows))[0])
    stated = float(share @ true @ doubt(Errors(true, texts), "negative"))
    spread = float(np.std(estimates))
    # The rows' errors are taken to go together: at most the root of three too much.
    assert spread <= stated <= 3**0.5 * spread


def kind(rng: np.random.Generator, confusion: np.ndarray, texts: int) -> Confusion:
    """A set of texts of a kind that is misread in its own way, measured on so many of each mood."""
    own = np.array([rng.dirichlet(12 * row) for row in confusion])
    return Confusion(
        np.array([rng.multinomial(texts, row) / texts for row in own]), (texts, texts, texts)
    )


def test_other_kinds_of_texts_are_within_the_interval() -> None:
    """400 worlds of six sets each, and a kind of texts that is in none of them."""
    rng = np.random.default_rng(9)
    base = linear_errors("en").confusion
    base = base / base.sum(axis=1, keepdims=True)
    held, without = [], []
    for _ in range(400):
        sets = [kind(rng, base, 400) for _ in range(6)]
        pooled = np.mean([one.shares for one in sets], axis=0)
        apart = of_another(between([(worth(pooled), sets)], 50), sets)
        share = rng.dirichlet([4, 2, 6])
        given = share @ kind(rng, base, 10**6).shares
        off = abs(given @ worth(pooled)[0] - share[0])
        for found, errors in (
            (held, Errors(pooled, (2_400,) * 3, apart)),
            (without, Errors(pooled, (2_400,) * 3)),
        ):
            found.append(off <= 1.96 * given @ doubt(errors, "negative"))
    assert np.mean(held) >= 0.93, np.mean(held)
    assert np.mean(without) < 0.5


def test_sets_alike_are_not_taken_for_kinds_that_differ() -> None:
    """Of 200 draws, sets of few texts and the same errors: half of them show no difference."""
    rng = np.random.default_rng(10)
    base = linear_errors("en").confusion
    base = base / base.sum(axis=1, keepdims=True)
    found = []
    for _ in range(200):
        drawn = [[rng.multinomial(60, row) / 60 for row in base] for _ in range(8)]
        sets = [Confusion(np.array(one), (60, 60, 60)) for one in drawn]
        found.append(between([(worth(base), sets)], 50))
    assert 0.3 < (np.array(found) == 0).mean() < 0.7
    few = [Confusion(one.shares, (49, 49, 49)) for one in sets]
    assert not between([(worth(base), few)], 50).any()


@pytest.mark.parametrize("errors", [linear_errors, pair_errors])
def test_the_shipped_models_know_that_kinds_differ(errors: Callable[[str], Errors]) -> None:
    """Texts of no mood add the same to its own share on every kind."""
    for language in LANGUAGES:
        apart = errors(language).between
        assert apart.shape == (3, 3) and (apart[[0, 1, 2], [0, 1, 2]] > 0.02).all()
        assert apart.max() < 0.6


def rated(
    rng: np.random.Generator, size: int, share: float
) -> tuple[list[Record], list[Record], Truth]:
    """A model right but for level and slope, as on texts of another kind; some are rated."""
    messages: list[Record] = []
    read: list[Record] = []
    truth: Truth = {}
    for month in MONTHS:
        odds = rng.normal(0, 2, (size, 2)) - [0, 1] + rng.normal(0, 0.5, 2)
        true = np.array([rng.choice(3, p=row) for row in moods(odds * [0.7, 0.6] + [1.2, -0.8])])
        truth[month] = float((true == 0).mean())
        stars = np.array([1.0, 3.0, 5.0])[true]
        for one, given in zip(moods(odds), stars, strict=True):
            key = f"m{len(messages)}"
            known = {"rating": float(given)} if rng.random() < share else {}
            messages.append(
                {"message_id": key, "time": month, "text": "말", "source": "app", **known}
            )
            read.append({
                "message_id": key, "language": "ko", "label": LABELS[int(one.argmax())],
                "tier": "linear-2",
                **{f"p_{name}": float(p) for name, p in zip(LABELS, one, strict=False)},
            })  # fmt: skip
    return messages, read, truth


@pytest.mark.slow
def test_fitted_probabilities_hold_the_truth_where_the_model_is_off(duck: Engine) -> None:
    """Few ratings (120 of 3,000 messages): what the fitted curve does not know must count."""
    found, without = [], []
    for seed in range(3):
        messages, read, truth = rated(np.random.default_rng(seed), 50, 0.04)
        tables = {"message": messages, "mood": read}
        without.append(covered(asked(duck, voices.ANALYZER, tables), truth))
        fits, fitted = asked_all(duck, domains.ANALYZER, tables, least=10)
        assert [row["learned_from"] for row in fits] == ["ratings"]
        tables |= {"domain": fits, "domain_mood": fitted}
        found.append(covered(asked(duck, voices.ANALYZER, tables), truth))
    held, half, width = np.mean(found, axis=0)
    assert held >= 0.93, held
    assert half < 0.9, "intervals half as wide would hold it, too"
    assert width < 0.3, width
    # Of a kind that nothing is known of, the truth is held, too, but by intervals twice as wide.
    held, _, wider = np.mean(without, axis=0)
    assert held >= 0.93, held
    assert wider > 2 * width, wider


def test_a_fitted_share_is_the_mean_of_its_probabilities(duck: Engine) -> None:
    """Worked by hand: value, and the interval's noise and doubt by the gradient in numbers."""
    messages, read, _ = rated(np.random.default_rng(11), 20, 0.3)
    tables = {"message": messages, "mood": read}
    fits, fitted = asked_all(duck, domains.ANALYZER, tables, least=10)
    rows = asked(duck, voices.ANALYZER, {**tables, "domain": fits, "domain_mood": fitted})
    (whole,) = [r for r in rows if r["measure"] == "negative" and r["period"] is None]
    p = np.array([row["p_negative"] for row in fitted])
    assert whole["value"] == pytest.approx(p.mean())
    (fit,) = fits
    odds = log_odds(np.array([[row[f"p_{name}"] for name in LABELS[:3]] for row in read]))
    # What further answers add to the log odds of positive does not move with the two numbers.
    now = log_odds(np.array([[row[f"p_{name}"] for name in LABELS[:3]] for row in fitted]))
    added = now[:, 0] - fit["polarity_slope"] * odds[:, 0] - fit["polarity_intercept"]
    doubts = np.zeros(len(odds))
    for column, question in enumerate(("polarity", "neutrality")):
        a, b = fit[f"{question}_slope"], fit[f"{question}_intercept"]
        se, sb = fit[f"{question}_slope_error"], fit[f"{question}_intercept_error"]
        r = fit[f"{question}_error_correlation"] * se * sb
        step = 1e-5

        def negative(slope: float, level: float, column: int = column) -> np.ndarray:
            moved = np.column_stack([
                fit[f"{name}_slope"] * odds[:, i] + fit[f"{name}_intercept"]
                for i, name in enumerate(("polarity", "neutrality"))
            ])  # fmt: skip
            moved[:, column] = slope * odds[:, column] + level
            moved[:, 0] += added
            return moods(moved)[:, 0]

        by_a = (negative(a + step, b) - negative(a - step, b)) / (2 * step)
        by_b = (negative(a, b + step) - negative(a, b - step)) / (2 * step)
        doubts += by_a**2 * se**2 + by_b**2 * sb**2 + 2 * by_a * by_b * r
    values = [Worth(v, v * (1 - v), d) for v, d in zip(p, np.sqrt(doubts), strict=True)]
    assert (whole["low"], whole["high"]) == pytest.approx(
        share_interval(values, prior()["negative"]), rel=1e-6
    )

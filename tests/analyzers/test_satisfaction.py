"""`satisfaction` against the plain reference, published numbers, scipy, and its own promises."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from sonnim.analyzers.satisfaction import ANALYZER
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from tests.analyzers import reference
from tests.analyzers.asking import Record, asked
from tests.analyzers.comparing import same_as_reference
from tests.engines.fixtures import EngineFactory

UNITS = ("강남점", "부산 해운대점", "Pangyo", 'it\'s "quoted"', "", None)
JANUARY = datetime(2024, 1, 15, 3, tzinfo=UTC)
SCALES = {"nps": (0.0, 10.0), "csat": (1.0, 5.0), "ces": (1.0, 7.0), "kcsi": (0.0, 100.0)}


@pytest.fixture(scope="module")
def duck() -> Iterator[Engine]:
    with DuckEngine() as engine:
        yield engine


def made_up(seed: int, n: int, days: int) -> tuple[list[Record], list[Record]]:
    """Messages and answers with lopsided scores, uneven places and a fall."""
    rng = np.random.default_rng(seed)
    messages: list[Record] = []
    answers: list[Record] = []
    for i in range(n):
        time = JANUARY + timedelta(seconds=float(rng.random() ** 0.8) * days * 86_400)
        unit = UNITS[int(rng.choice(6, p=[0.3, 0.25, 0.2, 0.05, 0.1, 0.1]))]
        late = unit == UNITS[1] and time > JANUARY + timedelta(days=0.7 * days)
        score = float(
            rng.choice(5, p=[0.4, 0.3, 0.1, 0.1, 0.1] if late else [0.05, 0.05, 0.1, 0.2, 0.6])
        )
        if i % 3 == 0:
            messages.append({
                "message_id": f"m{i}", "time": time, "unit": unit, "text": "말",
                "subject": ("앱", "배달")[rng.integers(2)],
                "channel": ("web", "phone")[rng.integers(2)],
                "rating": None if i % 30 == 0 else score + 1, "rating_min": 1.0, "rating_max": 5.0,
            })  # fmt: skip
            continue
        metric = ("nps", "csat", "ces", "kcsi")[i % 4]
        low, high = SCALES[metric]
        value = low + (high - low) * score / 4
        answers.append({
            "answer_id": f"a{i}", "time": time, "unit": unit, "metric": metric,
            "survey": "분기 조사", "touchpoint": ("배송", "상담")[rng.integers(2)],
            "score": round(value) if metric == "nps" else value,
            "scale_min": low, "scale_max": high, "weight": 3.0,
        })  # fmt: skip
    return messages, answers


def said(messages: Sequence[Record], answers: Sequence[Record]) -> list[reference.Said]:
    """The values as the page of the analyzer describes them."""
    found = []

    def add(metric: str, value: float, row: Record, subject: str, channel: str,
            scale: tuple[float, float]) -> None:  # fmt: skip
        found.append(
            reference.Said(metric=metric, value=value, time=row["time"], unit=row.get("unit"),
                           subject=row.get(subject), channel=row.get(channel), scale=scale)
        )  # fmt: skip

    for row in messages:
        if row.get("rating") is None:
            continue
        scale = (row["rating_min"], row["rating_max"])
        top = float(row["rating"] >= scale[0] + 0.75 * (scale[1] - scale[0]))
        add("rating", row["rating"], row, "subject", "channel", scale)
        add("rating_csat", top, row, "subject", "channel", scale)
    for row in answers:
        metric, score, scale = row["metric"], row["score"], (row["scale_min"], row["scale_max"])
        value = float(score)
        if metric == "nps":
            value = 100.0 if score >= 9 else -100.0 if score <= 6 else 0.0
        if metric == "csat":
            value = float(score >= 4)
        add(metric, value, row, "survey", "touchpoint", scale)
    return found


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("month", 700),
        pytest.param("day", 50, marks=pytest.mark.slow),
        pytest.param("week", 300, marks=pytest.mark.slow),
        pytest.param("quarter", 900, marks=pytest.mark.slow),
        pytest.param("year", 2500, marks=pytest.mark.slow),
    ],
)
def test_same_as_reference(duck: Engine, period: str, days: int) -> None:
    messages, answers = made_up(days, 1500, days)
    rows = asked(duck, ANALYZER, {"message": messages, "answer": answers}, period=period)
    cells = reference.satisfaction(said(messages, answers), period)
    same_as_reference(rows, cells, "metric", scaled=True)
    assert any(row["unusual"] for row in rows) and any(row["usual"] is None for row in rows)


@pytest.mark.spark
def test_same_as_reference_on_spark(spark_engine: EngineFactory) -> None:
    messages, answers = made_up(7, 1500, 700)
    with spark_engine() as engine:
        rows = asked(engine, ANALYZER, {"message": messages, "answer": answers})
    same_as_reference(rows, reference.satisfaction(said(messages, answers)), "metric", scaled=True)


def of(
    rows: Sequence[dict[str, Any]], metric: str, period: datetime | None = None, **place: str
) -> dict[str, Any]:
    """The one row of that metric, period and place."""
    wanted = {
        "unit": None,
        "subject": None,
        "channel": None,
        "metric": metric,
        "period": period,
        **place,
    }
    found = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    assert len(found) == 1, f"{len(found)} rows of {wanted}"
    return found[0]


def scores(
    metric: str, values: Sequence[float], time: datetime = JANUARY, **more: Any
) -> list[Record]:
    low, high = SCALES[metric]
    return [
        {"answer_id": f"{metric}{time}{i}", "time": time, "metric": metric, "score": value,
         "scale_min": low, "scale_max": high, **more}
        for i, value in enumerate(values)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("satisfied", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_wilson_intervals(
    duck: Engine, satisfied: int, n: int, low: float, high: float
) -> None:
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3."""
    rows = asked(
        duck, ANALYZER, {"answer": scores("csat", [5.0] * satisfied + [2.0] * (n - satisfied))}
    )
    row = of(rows, "csat")
    assert (row["low"], row["high"]) == (
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )
    assert (row["value"], row["n"]) == (pytest.approx(satisfied / n), n)


def test_nps_by_hand(duck: Engine) -> None:
    """Rocks (2016) adds 3 answers, 3/4 of them promoters, 3/4 detractors: 4.75 and 1.75 of 13."""
    row = of(
        asked(duck, ANALYZER, {"answer": scores("nps", [10, 10, 9, 9, 8, 8, 7, 7, 7, 6])}), "nps"
    )
    p, d = 4.75 / 13, 1.75 / 13
    half = 1.959963984540054 * math.sqrt((p + d - (p - d) ** 2) / 13)
    assert row["value"] == pytest.approx(30.0)
    assert (row["low"], row["high"]) == (
        pytest.approx(100 * (p - d - half)), pytest.approx(100 * (p - d + half))
    )  # fmt: skip


def test_balanced_shares_are_tested_like_chi_square(duck: Engine) -> None:
    """With as many answers in both months the test is Campbell's (2007) N-1 chi-square test."""
    later = datetime(2024, 2, 10, tzinfo=UTC)
    answers = scores("csat", [5.0] * 31 + [1.0] * 9) + scores(
        "csat", [5.0] * 22 + [1.0] * 18, later
    )
    row = of(asked(duck, ANALYZER, {"answer": answers}), "csat", datetime(2024, 2, 1, tzinfo=UTC))
    square = stats.chi2_contingency([[31, 9], [22, 18]], correction=False).statistic
    assert row["p_value"] == pytest.approx(stats.chi2.sf(square * 79 / 80, 1), rel=1e-6)
    assert row["change"] == pytest.approx(22 / 40 - 31 / 40)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([5] * 60 + [4] * 6 + [1] * 4, [5, 5, 4, 1, 1, 5]),
        pytest.param([5] * 60 + [4] * 6 + [1] * 4, [5] * 6, marks=pytest.mark.slow),
        pytest.param([1, 2, 3, 4, 5] * 8, [1, 1, 2, 2, 3, 3, 1, 5], marks=pytest.mark.slow),
        ([3, 4, 5, 5], [1, 2, 2, 1]),
        pytest.param([5] * 40 + [1] * 30, [5] * 10 + [1] * 30, marks=pytest.mark.slow),
    ],
)
def test_p_values_are_those_of_dealing_out_at_random(
    duck: Engine, before: list[int], after: list[int]
) -> None:
    """Oracle: scipy's permutation test, by 20,000 draws (or all, where there are fewer).

    A curve has no steps: it is held against the mid-p value, which counts half of those draws
    that come out just as the data (Lancaster 1961).
    """
    messages = [
        {
            "message_id": f"{i}",
            "time": JANUARY + timedelta(days=31 * late),
            "rating": float(value),
        }
        for late, values in enumerate((before, after))
        for i, value in enumerate(values, start=1000 * late)
    ]
    rows = asked(duck, ANALYZER, {"message": messages})
    got = of(rows, "rating", datetime(2024, 2, 1, tzinfo=UTC))["p_value"]
    found = stats.permutation_test(
        (np.array(after), np.array(before)),
        lambda a, b, axis: a.mean(axis) - b.mean(axis),
        vectorized=True,
        n_resamples=20_000,
        rng=1,
    )
    dealt, same = found.null_distribution, np.isclose(found.null_distribution, found.statistic)
    tails = [np.mean((s * (dealt - found.statistic) > 0) & ~same) for s in (-1, 1)]
    middle = 2 * (min(tails) + np.mean(same) / 2)
    assert got == pytest.approx(min(middle, 1.0), rel=0.3, abs=0.002)


def test_a_lopsided_month_is_no_change(duck: Engine) -> None:
    """Six answers of five stars have no spread; Welch's test is sure of itself (p = 1e-4)."""
    rng = np.random.default_rng(3)
    values = rng.choice([1.0, 4.0, 5.0], 300, p=[0.04, 0.16, 0.8])
    messages = [
        {"message_id": f"{i}", "time": JANUARY + timedelta(days=i), "rating": v}
        for i, v in enumerate(values)
    ]
    months = [
        {"message_id": f"x{i}", "time": JANUARY + timedelta(days=330), "rating": 5.0}
        for i in range(6)
    ]
    # With no spread on one side it is the test of the other's mean against 5.
    assert stats.ttest_1samp(values, 5.0).pvalue < 1e-4
    rows = asked(duck, ANALYZER, {"message": messages + months})
    last = of(rows, "rating", datetime(2024, 12, 1, tzinfo=UTC))
    assert last["n"] == 6
    assert last["p_value"] > 0.05 and last["significant"] is False
    # Nor is its interval a point: nothing is known of a spread that was not seen.
    assert last["low"] < 4.0 and last["high"] == 5.0


def test_a_fall_that_lasts_is_called_though_no_month_is(duck: Engine) -> None:
    """Two dozen answers a month, NPS from +13 to -42 in one unit of five (the demo's fall)."""
    rng = np.random.default_rng(11)
    answers: list[Record] = []
    for month in range(24):
        time = datetime(2024 + month // 12, month % 12 + 1, 5, tzinfo=UTC)
        for unit in ("A", "B", "C", "D", "Busan"):
            fallen = unit == "Busan" and month >= 19
            drawn = rng.choice(
                [3.0, 7.0, 10.0], 24, p=[0.58, 0.26, 0.16] if fallen else [0.31, 0.25, 0.44]
            )
            answers += [
                {**one, "answer_id": f"{unit}{month}{i}"}
                for i, one in enumerate(scores("nps", list(drawn), time, unit=unit))
            ]
    rows = [
        row for row in asked(duck, ANALYZER, {"answer": answers}) if row["unit"] and row["period"]
    ]
    called = {(row["unit"], row["period"]) for row in rows if row["unusual"]}
    assert {unit for unit, _ in called} == {"Busan"}
    assert (
        datetime(2025, 8, 1, tzinfo=UTC)
        <= min(time for _, time in called)
        <= datetime(2025, 11, 1, tzinfo=UTC)
    )
    last = of(rows, "nps", datetime(2025, 12, 1, tzinfo=UTC), unit="Busan")
    assert last["recent_n"] == 3 * 24 and last["usual_n"] == 12 * 24
    assert not any(row["significant"] for row in rows)


# Edges


def test_nothing_and_one_answer(duck: Engine) -> None:
    assert asked(duck, ANALYZER, {}) == []
    rows = asked(duck, ANALYZER, {"answer": scores("ces", [6.0])})
    assert {row["period"] for row in rows} == {None, datetime(2024, 1, 1, tzinfo=UTC)}
    row = of(rows, "ces")
    assert (row["value"], row["n"], row["change"], row["significant"]) == (6.0, 1, None, None)
    low, high = reference.wilson(5 / 6, 1)
    assert (row["low"], row["high"]) == (pytest.approx(1 + 6 * low), pytest.approx(1 + 6 * high))


def test_equal_answers_have_an_interval_and_no_change(duck: Engine) -> None:
    answers = scores("csat", [4.0] * 9) + scores("csat", [4.0] * 9, JANUARY + timedelta(days=31))
    rows = asked(duck, ANALYZER, {"answer": answers})
    row = of(rows, "csat", datetime(2024, 2, 1, tzinfo=UTC))
    assert (row["value"], row["change"], row["p_value"], row["significant"]) == (
        1.0,
        0.0,
        1.0,
        False,
    )
    assert 0.6 < row["low"] < 0.75


def test_places_below_least_are_left_out_and_the_whole_is_not(duck: Engine) -> None:
    answers = scores("csat", [5.0] * 6, unit="big") + scores("csat", [1.0] * 4, unit="small")
    answers = [{**one, "answer_id": str(i)} for i, one in enumerate(answers)]
    rows = asked(duck, ANALYZER, {"answer": answers})
    assert {row["unit"] for row in rows} == {None, "big"}
    assert of(rows, "csat")["n"] == 10
    assert {row["unit"] for row in asked(duck, ANALYZER, {"answer": answers}, least=4)} == {
        None,
        "big",
        "small",
    }
    assert asked(duck, ANALYZER, {"answer": answers[:3]}, least=1_000)[0]["unit"] is None


def test_empty_places_are_no_places(duck: Engine) -> None:
    rows = asked(
        duck, ANALYZER, {"answer": scores("csat", [5.0] * 9, unit="", touchpoint="", survey=None)}
    )
    assert {(row["unit"], row["subject"], row["channel"]) for row in rows} == {(None, None, None)}


def test_all_at_the_same_time(duck: Engine) -> None:
    rows = asked(duck, ANALYZER, {"answer": scores("nps", [9, 10, 3, 7])})
    assert len(rows) == 2
    whole, month = sorted(rows, key=lambda row: row["period"] is not None)
    assert whole["value"] == month["value"] == 25.0


def test_scores_off_their_scale_or_unknown_are_left_out(duck: Engine) -> None:
    good = scores("csat", [5.0, 1.0])
    bad = [
        {**good[0], "answer_id": "b1", "score": 7.0},
        {**good[0], "answer_id": "b2", "score": 0.0},
        {**good[0], "answer_id": "b3", "score": float("nan")},
        {**good[0], "answer_id": "b4", "metric": "mystery"},
        {**good[0], "answer_id": "b5", "metric": "nps", "score": 4.0},
    ]
    rows = asked(duck, ANALYZER, {"answer": good + bad})
    assert {row["metric"] for row in rows} == {"csat"}
    assert of(rows, "csat")["n"] == 2


def test_scales_that_are_not_stated_are_the_usual_ones(duck: Engine) -> None:
    answers = [
        {"answer_id": f"{metric}", "time": JANUARY, "metric": metric.upper(), "score": score}
        for metric, score in (("nps", 10.0), ("csat", 4.0), ("ces", 7.0), ("kcsi", 88.0))
    ]
    rows = asked(duck, ANALYZER, {"answer": answers, "message": [
        {"message_id": "m", "time": JANUARY, "rating": 4.0}
    ]})  # fmt: skip
    found = {row["metric"]: (row["value"], row["scale_min"], row["scale_max"]) for row in rows}
    assert found == {
        "nps": (100.0, 0.0, 10.0), "csat": (1.0, 1.0, 5.0), "ces": (7.0, 1.0, 7.0),
        "kcsi": (88.0, 0.0, 100.0), "rating": (4.0, 1.0, 5.0), "rating_csat": (1.0, 1.0, 5.0),
    }  # fmt: skip


def test_different_scales_are_not_mixed(duck: Engine) -> None:
    messages = [
        {
            "message_id": f"{top}-{i}",
            "time": JANUARY,
            "rating": 4.0,
            "rating_min": 1.0,
            "rating_max": top,
        }
        for top in (5.0, 10.0)
        for i in range(3)
    ]
    rows = [
        row
        for row in asked(duck, ANALYZER, {"message": messages})
        if row["metric"] == "rating_csat"
    ]
    assert {(row["scale_max"], row["value"], row["n"]) for row in rows} == {
        (5.0, 1.0, 3),
        (10.0, 0.0, 3),
    }


def test_weights_change_nothing_yet(duck: Engine) -> None:
    answers = scores("csat", [5.0, 4.0, 1.0, 1.0, 2.0])
    weighted = [{**one, "weight": 1.0 + i} for i, one in enumerate(answers)]
    same_as_reference(
        asked(duck, ANALYZER, {"answer": weighted}),
        reference.satisfaction(said([], answers)),
        "metric",
        scaled=True,
    )


@pytest.mark.slow
def test_level_and_alpha(duck: Engine) -> None:
    messages, answers = made_up(5, 600, 700)
    tables = {"message": messages, "answer": answers}
    usual, wide = asked(duck, ANALYZER, tables), asked(duck, ANALYZER, tables, level=0.99)
    strict = asked(duck, ANALYZER, tables, alpha=1e-6)
    for row in usual:
        key = {name: row[name] for name in ("unit", "subject", "channel", "period", "metric")}
        (wider,) = [one for one in wide if key.items() <= one.items()]
        assert wider["low"] <= row["low"] <= row["high"] <= wider["high"]
    assert sum(bool(r["unusual"]) for r in strict) < sum(bool(r["unusual"]) for r in usual)


@pytest.mark.slow
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 400), st.integers(1, 5), st.sampled_from(["강남", "🏬", "a'b", "", None])
        ),
        max_size=40,
    )
)
def test_properties(duck: Engine, given_rows: list[tuple[int, int, str | None]]) -> None:
    """Intervals hold their value within the scale; parts add up; twice is as much."""
    messages = [
        {
            "message_id": str(i),
            "time": JANUARY + timedelta(days=day),
            "rating": float(stars),
            "unit": unit,
        }
        for i, (day, stars, unit) in enumerate(given_rows)
    ]
    rows = asked(duck, ANALYZER, {"message": messages}, least=1)
    for row in rows:
        low, high = (0.0, 1.0) if row["metric"] == "rating_csat" else (1.0, 5.0)
        assert low - 1e-12 <= row["low"] <= row["value"] + 1e-12
        assert row["value"] <= row["high"] + 1e-12 <= high + 1e-9
        assert row["p_value"] is None or 0 <= row["p_value"] <= row["q_value"] + 1e-12 <= 1 + 1e-9
    for unit in {row["unit"] for row in rows}:
        ratings = [r for r in rows if r["metric"] == "rating" and r["unit"] == unit]
        whole = [r["n"] for r in ratings if r["period"] is None]
        assert whole == [sum(r["n"] for r in ratings if r["period"])]
    twice = messages + [{**one, "message_id": f"{one['message_id']}+"} for one in messages]
    again = {
        (r["unit"], r["period"], r["metric"]): r
        for r in asked(duck, ANALYZER, {"message": twice}, least=1)
    }
    for row in rows:
        other = again[row["unit"], row["period"], row["metric"]]
        assert other["n"] == 2 * row["n"]
        assert other["value"] == pytest.approx(row["value"])

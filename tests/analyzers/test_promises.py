"""What intervals and q-values promise, held by simulation through the analyzers themselves."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from sonnim.analyzers import satisfaction, voices
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from tests.analyzers.asking import Record, asked
from tests.analyzers.test_voices import LABELS, mood

UNITS, SIZE = 500, 30
MONTHS = tuple(datetime(2024 + m // 12, m % 12 + 1, 9, tzinfo=UTC) for m in range(24))


def drawn(metric: str, values: np.ndarray, scale: tuple[float, float]) -> list[Record]:
    """Answers of UNITS units, SIZE each."""
    return [
        {"answer_id": f"{metric}-{u}-{i}", "time": MONTHS[0], "unit": f"u{u}", "metric": metric,
         "score": float(values[u, i]), "scale_min": scale[0], "scale_max": scale[1]}
        for u in range(UNITS)
        for i in range(SIZE)
    ]  # fmt: skip


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """500 units of 30 answers each; 95% intervals, less three standard errors (0.029) of 500."""
    rng = np.random.default_rng(2016)
    scores = {
        "nps": (rng.choice([3.0, 8.0, 10.0], (UNITS, SIZE), p=[0.25, 0.3, 0.45]),
                (0.0, 10.0), 20.0),
        "csat": (rng.choice([2.0, 5.0], (UNITS, SIZE), p=[0.22, 0.78]), (1.0, 5.0), 0.78),
        "ces": (rng.choice([1.0, 3.0, 5.0, 7.0], (UNITS, SIZE), p=[0.1, 0.2, 0.4, 0.3]),
                (1.0, 7.0), 4.8),
    }  # fmt: skip
    answers = [one for m, (values, scale, _) in scores.items() for one in drawn(m, values, scale)]
    with DuckEngine() as engine:
        rows = asked(engine, satisfaction.ANALYZER, {"answer": answers})
    for metric, (_, _, truth) in scores.items():
        units = [r for r in rows if r["metric"] == metric and r["unit"] and r["period"] is None]
        held = np.mean([r["low"] <= truth <= r["high"] for r in units])
        assert len(units) == UNITS
        assert 0.921 <= held <= 0.985, (metric, held)


# No change at all: how often is one called? At most as often as alpha says.


def null_answers(rng: np.random.Generator, size: int) -> list[Record]:
    """Two years of five units and four metrics in which nothing changes, some very lopsided."""
    kinds = {
        "nps": ([2.0, 8.0, 10.0], [0.3, 0.27, 0.43], (0.0, 10.0)),
        "csat": ([2.0, 5.0], [0.05, 0.95], (1.0, 5.0)),
        "ces": ([1.0, 2.0, 4.0, 6.0, 7.0], [0.02, 0.01, 0.02, 0.05, 0.9], (1.0, 7.0)),
        "kcsi": ([10.0, 40.0, 60.0, 80.0, 100.0], [0.12, 0.1, 0.18, 0.25, 0.35], (0.0, 100.0)),
    }
    rows: list[Record] = []
    for metric, (values, chances, scale) in kinds.items():
        for month in MONTHS:
            for unit in range(5):
                for score in rng.choice(values, max(5, rng.poisson(size)), p=chances):
                    rows.append({
                        "answer_id": f"{len(rows)}{metric}", "time": month, "unit": f"u{unit}",
                        "metric": metric, "score": float(score), "scale_min": scale[0],
                        "scale_max": scale[1],
                    })  # fmt: skip
    return rows


def called(rows: list[dict[str, Any]], name: str) -> dict[tuple[str, str, bool], bool]:
    """Whether anything was called, by metric, column and level."""
    found: dict[tuple[str, str, bool], bool] = {}
    for row in rows:
        for column in ("significant", "unusual"):
            key = (row[name], column, row["unit"] is None)
            found[key] = found.get(key, False) or bool(row[column])
    return found


@pytest.mark.slow
@pytest.mark.parametrize("size", [7, 30])
def test_satisfaction_calls_no_change_where_there_is_none(size: int) -> None:
    """20 worlds of 4 metrics, 2 levels, 2 comparisons: 320 families, each wrong 1 time in 20."""
    wrong = []
    with DuckEngine() as engine:
        for seed in range(20):
            rng = np.random.default_rng(1000 * size + seed)
            rows = asked(engine, satisfaction.ANALYZER, {"answer": null_answers(rng, size)})
            wrong += list(called(rows, "metric").items())
    assert len(wrong) == 320
    assert np.mean([one for _, one in wrong]) <= 0.05
    for metric in ("nps", "csat", "ces", "kcsi"):
        of_it = [one for key, one in wrong if key[0] == metric]
        # 80 families at 5%: three standard errors are 0.07.
        assert np.mean(of_it) <= 0.12, metric


@pytest.mark.slow
def test_voices_call_no_change_of_shares_where_there_is_none() -> None:
    """25 worlds: 2 sides, 2 levels, 2 comparisons."""
    wrong = []
    with DuckEngine() as engine:
        for seed in range(25):
            rng = np.random.default_rng(seed)
            messages: list[Record] = []
            moods: list[Record] = []
            for month in MONTHS:
                for unit in range(5):
                    for label in rng.choice(4, max(5, rng.poisson(15)), p=[0.3, 0.1, 0.45, 0.15]):
                        key = f"m{len(messages)}"
                        messages.append(
                            {"message_id": key, "time": month, "unit": f"u{unit}", "text": "말"}
                        )
                        moods.append(mood(key, LABELS[label]))
            rows = asked(engine, voices.ANALYZER, {"message": messages, "mood": moods})
            wrong += [one for key, one in called(rows, "measure").items() if key[0] != "volume"]
    assert len(wrong) == 200
    assert np.mean(wrong) <= 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5


@pytest.mark.slow
def test_a_planted_fall_of_some_dozen_answers_is_called() -> None:
    """NPS from +13 to -42 in one unit of five: found in four worlds of five, never elsewhere first.

    The unit has some 20 answers a month; tested month against month alone it is hardly ever found.
    """
    found, sudden = [], []
    with DuckEngine() as engine:
        for seed in range(20):
            found.append(_called_in_the_fallen(engine, seed, "unusual"))
            sudden.append(_called_in_the_fallen(engine, seed, "significant"))
    assert np.mean(found) >= 0.8
    assert np.mean(sudden) < 0.5


def _called_in_the_fallen(engine: Engine, seed: int, column: str) -> bool:
    rng = np.random.default_rng(seed)
    rows: list[Record] = []
    for at, month in enumerate(MONTHS):
        for unit in range(5):
            fallen = unit == 0 and at >= 19
            chances = [0.58, 0.26, 0.16] if fallen else [0.31, 0.25, 0.44]
            for score in rng.choice([3.0, 7.0, 10.0], max(5, rng.poisson(20)), p=chances):
                rows.append({"answer_id": f"{len(rows)}", "time": month, "unit": f"u{unit}",
                             "metric": "nps", "score": float(score)})  # fmt: skip
    answer = asked(engine, satisfaction.ANALYZER, {"answer": rows})
    fallen_months = {month.replace(day=1) for month in MONTHS[19:]}
    return any(r[column] for r in answer if r["unit"] == "u0" and r["period"] in fallen_months)

"""Moods, and their shares by month, of a set of texts from which no model learned.

`python -m benchmarks shares`

Reviews of the Korean app Laftel, which no model learned from: one or two stars are negative, three
neutral, four and five positive. As in the product: `mood`, then `domains` with the stars of one
half of the reviews, drawn anew each time, then `voices`; the other half is judged, month by month.
What is called "as read" is the same without `domains`; "from its texts alone" is with `domains`,
but without any star. Shares: how often intervals hold that of low stars. Moods: low stars against
high ones, as `domains` measures them.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from training.mood.data import SHARED

from benchmarks.fitting import fitted, load, read, tiers
from benchmarks.sheet import Figure
from sonnim.analyzers import voices
from sonnim.analyzers.base import Analyzer
from sonnim.checks.rows import Row, fetched
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.language.adaptation import Quality, quality, rated
from sonnim.tables.answers import DOMAIN, DOMAIN_MOOD
from sonnim.tables.facts import MESSAGE

FILE = Path("laftel") / "reviews_to_2024-06.csv"
HALVES = 8
LEAST = 0.93
LEAST_ALONE = {"auc": 0.93, "macro_f1": 0.77}
LEAST_FITTED = {"accuracy": 0.90, "macro_f1": 0.82}
MOST_ERROR = 0.03
_RATED, _JUDGED = "rated", "judged"
# As many stars, or fewer, are negative.
_LOW = 2


@dataclass(frozen=True)
class Held:
    """What came of one run.

    Attributes:
        held: For each month whether the interval held the truth.
        width: Width of each month's interval.
        off: Share stated less the true one, month by month.
    """

    held: tuple[bool, ...]
    width: tuple[float, ...]
    off: tuple[float, ...]


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures each tier; `rows` is how many reviews are read for a quick look."""
    del folder
    file = SHARED / FILE
    if not file.is_file():
        note = "skipped: the reviews are not here; set SONNIM_SHARED_DATA to their folder"
        return [Figure("shares", None, "share", note)]
    reviews = _reviews(file)[:rows]
    found = []
    for tier in tiers():
        tell(f"shares: {tier}")
        with DuckEngine() as engine:
            found += _measured(engine, tier, reviews)
    return found


def _reviews(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return [row for row in csv.DictReader(opened) if row["content"]]


def _measured(engine: Engine, tier: str, reviews: Sequence[dict[str, str]]) -> list[Figure]:
    deep = tier == "accurate"
    read(engine, [_row(one, judged=True) for one in reviews], tier)
    by_texts = _read_so(engine, _stars(reviews))
    before, after, by_stars = [], [], []
    for half in range(HALVES):
        judged = np.random.default_rng(half).random(len(reviews)) < 1 / 2
        others = [one for one, j in zip(reviews, judged, strict=True) if j]
        rows = [_row(one, judged=bool(j)) for one, j in zip(reviews, judged, strict=True)]
        load(engine, MESSAGE, rows)
        truth = _truth(others)
        for schema in (DOMAIN, DOMAIN_MOOD):
            load(engine, schema, [])
        before.append(held(_rows(engine, voices.ANALYZER), truth))
        by_stars.append(_read_so(engine, _stars(others)))
        after.append(held(_rows(engine, voices.ANALYZER), truth))
    return [
        *_figures(f"{tier}, as read", before, LEAST),
        *_figures(f"{tier}, fitted", after, LEAST),
        *_moods(f"{tier}, from its texts alone", [by_texts], LEAST_ALONE if deep else {}),
        *_moods(f"{tier}, fitted", by_stars, LEAST_FITTED if deep else {}),
    ]


def _stars(reviews: Sequence[dict[str, str]]) -> dict[str, float]:
    return {one["reviewId"]: float(one["score"]) for one in reviews}


def _read_so(engine: Engine, stars: dict[str, float]) -> Quality:
    """How well moods after `domains` agree with the stars of those reviews."""
    found = fitted(engine)
    ids = sorted(found.keys() & stars)
    given = np.array([found[one] for one in ids])
    return quality(given, rated(np.array([stars[one] for one in ids]), 1, 5))


def _moods(name: str, runs: Sequence[Quality], least: dict[str, float]) -> list[Figure]:
    note = f"mean of {len(runs)} halves" if len(runs) > 1 else "all reviews, no star used"
    return [
        Figure(
            f"moods, {name}: {measure}",
            float(np.mean([getattr(one, measure) for one in runs])),
            "share",
            note,
            least=least.get(measure),
            most=MOST_ERROR if measure == "ece" and len(runs) > 1 else None,
        )
        for measure in ("accuracy", "macro_f1", "auc", "ece")
    ]


def _row(review: dict[str, str], *, judged: bool) -> Row:
    time = datetime.fromisoformat(review["date"]).replace(tzinfo=UTC)
    known: dict[str, Any] = {
        "message_id": review["reviewId"],
        "time": round(time.timestamp() * 1e6),
        "text": review["content"],
        "unit": _JUDGED if judged else _RATED,
        "rating": None if judged else float(review["score"]),
    }
    return tuple(known.get(name) for name in MESSAGE.names)


def _truth(reviews: Sequence[dict[str, str]]) -> dict[str, float]:
    """The share of low stars of each month."""
    months: dict[str, list[bool]] = {}
    for one in reviews:
        months.setdefault(one["date"][:7], []).append(int(one["score"]) <= _LOW)
    return {month: float(np.mean(low)) for month, low in months.items()}


def _rows(engine: Engine, analyzer: Analyzer) -> list[dict[str, Any]]:
    table = analyzer.analyze(engine, analyzer.parameters()).tables[0]
    return [dict(zip(table.schema.names, row, strict=True)) for row in fetched(engine, table)]


def held(rows: Sequence[dict[str, Any]], truth: dict[str, float]) -> Held:
    """Whether the intervals of the judged half hold the truth, month by month.

    Args:
        rows: Rows of `voices`, times in microseconds.
        truth: Share of low stars by month, as 2024-03.

    Example:
        >>> row = {"measure": "negative", "unit": "judged", "period": 0, "value": 0.2,
        ...        "low": 0.1, "high": 0.4}
        >>> held([row], {"1970-01": 0.3})
        Held(held=(True,), width=(0.30000000000000004,), off=(-0.09999999999999998,))
    """
    found = []
    for row in rows:
        if (row["measure"], row["unit"]) != ("negative", _JUDGED) or row["period"] is None:
            continue
        month = f"{datetime.fromtimestamp(row['period'] / 1e6, UTC):%Y-%m}"
        found.append((truth[month], row["value"], row["low"], row["high"]))
    return Held(
        held=tuple(low <= true <= high for true, _, low, high in found),
        width=tuple(high - low for *_, low, high in found),
        off=tuple(value - true for true, value, *_ in found),
    )


def _figures(name: str, runs: Sequence[Held], least: float) -> list[Figure]:
    hits = [one for run in runs for one in run.held]
    widths = [one for run in runs for one in run.width]
    off = [one for run in runs for one in run.off]
    note = f"{len(hits)} months of {len(runs)} halves; intervals state 0.95"
    return [
        Figure(f"shares, {name}: negative share held", float(np.mean(hits)), "share", note,
               least=least),
        Figure(f"shares, {name}: mean width of the intervals", float(np.mean(widths)), "share"),
        Figure(f"shares, {name}: stated less true, on average", float(np.mean(off)), "share"),
        Figure(f"shares, {name}: error, root of mean square",
               float(np.sqrt(np.mean(np.square(off)))), "share"),
    ]  # fmt: skip

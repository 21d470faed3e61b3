"""Whether fitted moods say how sure they may be, in each set of texts that measures.

`python -m benchmarks calibration`

Each set stands for a domain: a source of its own, its labels in place of stars. As in the product:
`mood`, `reading`, then `domains` with the labels of one half, drawn anew each time, for the other
half, and the other way round; so every text is judged by what was fitted without it. Negative
against positive; expected calibration error, 15 bins (Guo et al. 2017).

The error of few texts is never small: a reader that knows exactly how sure it may be shows one too.
It is stated beside ours. What such a reader stays below in nineteen draws of twenty is the goal
where that is more than .03: of so few texts nobody can tell.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from training.mood import data
from training.mood.evaluate import examples

from benchmarks.fitting import fitted, load, read, tiers
from benchmarks.sheet import Figure
from sonnim.checks.rows import Row
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.language.adaptation import log_odds
from sonnim.language.measures import calibration_error, calibration_errors_by_chance
from sonnim.language.mood_model import sigmoid
from sonnim.tables.facts import MESSAGE

Floats = NDArray[np.float64]

MOST_ERROR = 0.03
DRAWS = 4
# Of each set so many texts at most.
_MOST = 5_000
# Of fewer nothing is said.
_FEWEST = 200
_SURE = 0.95


@dataclass(frozen=True)
class Domain:
    """A set of texts that are negative or positive.

    Attributes:
        name: Its language and name.
        texts: As found.
        positive: Whether each is, shape (texts,).
    """

    name: str
    texts: list[str]
    positive: NDArray[np.bool_]

    @property
    def keys(self) -> list[str]:
        """Ids of its messages."""
        return [f"{self.name} {at}" for at in range(len(self.texts))]


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures each tier; `rows` is how many texts of a set are read for a quick look."""
    del folder
    if not (data.SHARED / data.FOOD).is_dir():
        note = "skipped: the labelled texts are not here; set SONNIM_SHARED_DATA to their folder"
        return [Figure("calibration", None, "share", note)]
    known = list(domains(data.SHARED, min(rows or _MOST, _MOST)))
    found = []
    for tier in tiers():
        tell(f"calibration: {tier}, {sum(len(one.texts) for one in known):,} texts")
        with DuckEngine() as engine:
            read(engine, messages(known, [np.zeros(len(one.texts), bool) for one in known]), tier)
            runs = [crossed(engine, known, draw) for draw in range(DRAWS)]
        for one, drawn in zip(known, zip(*runs, strict=True), strict=True):
            found.append(figure(f"calibration, {tier}: {one.name}", one, drawn, tier == "accurate"))
    return found


def domains(shared: Path, most: int) -> Iterator[Domain]:
    """The sets that measure, of each at most so many texts."""
    for language in ("ko", "en"):
        held: dict[str, dict[str, int]] = {}
        for one in examples(shared, language):
            if one.part == "measure":
                held.setdefault(one.source, {})[one.text] = one.label
        if language == "ko":
            held[data.FOOD] = food(shared)
        for source, labels in held.items():
            polar = [one for one in labels.items() if one[1] != data.NEUTRAL]
            chosen = polar[:: max(1, -(-len(polar) // most))]
            if len(chosen) >= _FEWEST:
                yield Domain(
                    f"{language} {source}", [text for text, _ in chosen],
                    np.array([label == data.POSITIVE for _, label in chosen]),
                )  # fmt: skip


def food(shared: Path) -> dict[str, int]:
    """Korean reviews of food, of which nothing was learned, if all they speak of is of one side."""
    sides: dict[str, set[str]] = {}
    for row in data.food(shared):
        sides.setdefault(row["text"], set()).add(row["polarity"])
    label = {"1": data.POSITIVE, "0": data.NEUTRAL, "-1": data.NEGATIVE}
    return {text: label[min(one)] for text, one in sides.items() if len(one) == 1}


def crossed(engine: Engine, known: Sequence[Domain], draw: int) -> list[Floats]:
    """Fitted probability of positive of each text of each set, by the labels of the other half."""
    chance = np.random.default_rng(draw)
    halves = [chance.random(len(one.texts)) < 1 / 2 for one in known]
    found: list[dict[str, float]] = [{} for _ in known]
    for half in (halves, [~one for one in halves]):
        load(engine, MESSAGE, messages(known, half))
        p = fitted(engine)
        for one, rated, to in zip(known, half, found, strict=True):
            to |= {key: p[key] for key, given in zip(one.keys, rated, strict=True) if not given}
    given = (np.array([to[key] for key in one.keys]) for one, to in zip(known, found, strict=True))
    return [sigmoid(log_odds(one)[:, 0]) for one in given]


def figure(name: str, domain: Domain, runs: Sequence[Floats], judged: bool) -> Figure:
    """The error of a set, the mean over draws, beside what chance makes of a perfect reader's."""
    errors, chance = [], []
    for number, p in enumerate(runs):
        confidence = np.maximum(p, 1 - p)
        errors.append(calibration_error(confidence, (p > 1 / 2) == domain.positive))
        chance.append(calibration_errors_by_chance(confidence, number))
    mostly = float(np.quantile(np.concatenate(chance), _SURE))
    return Figure(
        name, float(np.mean(errors)), "share",
        f"n {len(domain.texts):,}; {np.mean(chance):.3f} by chance alone, "
        f"in a draw of twenty over {mostly:.3f}",
        most=max(MOST_ERROR, round(mostly, 3)) if judged else None,
    )  # fmt: skip


def messages(known: Sequence[Domain], rated: Sequence[NDArray[np.bool_]]) -> list[Row]:
    """Texts as messages, each set a source; those chosen have stars."""
    rows: list[Row] = []
    for one, chosen in zip(known, rated, strict=True):
        stars = np.where(one.positive, 5.0, 1.0)
        for key, text, star, given in zip(one.keys, one.texts, stars, chosen, strict=True):
            row: dict[str, Any] = {
                "message_id": key, "time": 0, "source": one.name, "text": text,
                "rating": float(star) if given else None,
            }  # fmt: skip
            rows.append(tuple(row.get(name) for name in MESSAGE.names))
    return rows

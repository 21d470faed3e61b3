"""Trains the mood model anew: `python -m training.mood.train --data DIR --out FOLDER`.

Seeded and without a network; the same data, package versions and processor kind give the same
weights.
"""

import argparse
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sonnim.language.confusions import Confusion, by_set
from sonnim.language.features import (
    Features,
    character_features,
    clean,
    token_features,
    words,
)
from sonnim.language.mood_model import SHIPPED
from sonnim.language.weights import Head, LanguageWeights, digest, save
from training.mood import data as examples_of
from training.mood.data import NEUTRAL, POSITIVE, SHARED, Example
from training.mood.fit import Linear, balanced, frequent, mean_of_two, platt
from training.mood.matrices import matrix

_LOG = logging.getLogger("sonnim.training")
# Labels that are given shall be right this often, each mood being a third of the texts.
KEPT_ACCURACY = 0.75
# Written texts are few, and the only ones of shops, apps and services in Korean: each counts as so
# many found ones. As fewer reviews are neutral, it is calibrated for .31 of neutral, not 1/3.
COUNTS = {examples_of.REVIEWS_WRITTEN: 2.0, examples_of.TEXTS_WRITTEN: 8.0}


@dataclass(frozen=True)
class Recipe:
    """What is tried and settled for one language.

    Attributes:
        language: "ko" or "en".
        token_sizes: The n of the n-grams of words, if any.
        character_sizes: The n of the n-grams of characters.
        token_bits: There are 2**token_bits buckets.
        character_bits: There are 2**character_bits buckets.
        fewest: A feature must be in this many texts.
        polarity: L2 penalties of the plain and of the naive Bayes regression.
        neutrality: The same, for the second question.
    """

    language: str
    token_sizes: tuple[int, ...]
    character_sizes: tuple[int, ...]
    token_bits: int
    character_bits: int
    fewest: int
    polarity: tuple[float, float]
    neutrality: tuple[float, float]


# Settled on the calibrating parts, never on a measuring one.
KOREAN = Recipe("ko", (), (1, 2, 3, 4, 5), 1, 22, 3, (0.1, 0.5), (0.5, 5))
ENGLISH = Recipe("en", (1, 2), (3, 4, 5), 20, 20, 2, (0.03, 0.1), (0.1, 1))


def train(data: Path, out: Path, languages: Sequence[str] = ("ko", "en")) -> None:
    """Trains the languages and writes their files and the facts of the card.

    Args:
        data: The shared data folder.
        out: Folder of the model.
        languages: Which to train; what the card says of the others stays.
    """
    out.mkdir(parents=True, exist_ok=True)
    facts = _known_facts(out / "card.json")
    for recipe, read in ((KOREAN, examples_of.korean), (ENGLISH, examples_of.english)):
        if recipe.language not in languages:
            continue
        begin = time.perf_counter()
        weights, counts = fit_language(recipe, read(data))
        save(weights, out / f"{recipe.language}.npz")
        facts[recipe.language] = {
            **counts,
            "threshold": round(weights.threshold, 4),
            "confusion": weights.confusion.round(4).tolist(),
            "megabytes": round((out / f"{recipe.language}.npz").stat().st_size / 1e6, 2),
            "seconds": round(time.perf_counter() - begin),
        }
    card = json.loads((Path(__file__).parent / "card_base.json").read_text(encoding="utf-8"))
    packages = ("numpy", "scipy")
    card["trained"] = {
        "seed": examples_of.SEED,
        "kept_accuracy": KEPT_ACCURACY,
        "versions": {name: version(name) for name in packages},
        **facts,
    }
    card["files"] = {f"{name}.npz": digest(out / f"{name}.npz") for name in ("ko", "en")}
    text = json.dumps(card, ensure_ascii=False, indent=2)
    (out / "card.json").write_text(text + "\n", encoding="utf-8")


def _known_facts(card: Path) -> dict[str, object]:
    if not card.is_file():
        return {}
    trained = json.loads(card.read_text(encoding="utf-8"))["trained"]
    return {language: trained[language] for language in ("ko", "en") if language in trained}


def fit_language(
    recipe: Recipe, examples: Sequence[Example]
) -> tuple[LanguageWeights, dict[str, object]]:
    """Fits both questions for one language.

    Args:
        recipe: Features and penalties.
        examples: Its labelled texts.

    Returns:
        The weights, and facts for the card.
    """
    examples, copies, near = examples_of.separated(examples, recipe.language)
    used = [one for one in examples if one.part != "measure"]
    counts = Counter(f"{one.part} {one.source} {examples_of.NAMES[one.label]}" for one in used)
    _LOG.info("%s: %d texts; copies taken out: %s, %s", recipe.language, len(used), copies, near)
    rows = _rows(recipe, [one.text for one in used])
    labels = np.array([one.label for one in used])
    learn = np.array([one.part == "learn" for one in used])
    source = np.array([one.source for one in used])
    counted = np.array([COUNTS.get(one.source, 1.0) for one in used])
    columns = frequent(rows[learn], recipe.fewest)
    rows = rows[:, columns]
    _LOG.info("%s: %d columns, %d values", recipe.language, len(columns), rows.nnz)

    polar = labels != NEUTRAL
    polarity = _question(
        rows[polar], labels[polar] == POSITIVE, learn[polar], source[polar], counted[polar], 0.5,
        recipe.polarity,
    )  # fmt: skip
    # KOTE and Amazon have next to no neutral texts: which source a text is from must not answer
    # the question, so sources are not balanced one by one here.
    everywhere = np.zeros(len(used), dtype=np.int64)
    neutrality = _question(
        rows, labels == NEUTRAL, learn, everywhere, counted, 1 / 3, recipe.neutrality
    )
    held = ~learn
    three = _three(polarity.scores(rows[held]), neutrality.scores(rows[held]))
    threshold, given = threshold_of(three, labels[held])
    weights = LanguageWeights(
        token_sizes=recipe.token_sizes,
        character_sizes=recipe.character_sizes,
        token_bits=recipe.token_bits,
        character_bits=recipe.character_bits,
        polarity=_head(recipe, polarity, columns),
        neutrality=_head(recipe, neutrality, columns),
        threshold=threshold,
        confusion=Confusion.counted(labels[held], given).shares,
    )
    facts: dict[str, object] = {
        "examples": dict(sorted(counts.items())),
        "copies_of_measuring_texts_removed": copies,
        "copies_of_calibrating_texts_removed": near,
        "sets": by_set(labels[held], given, source[held]),
    }
    return weights, facts


def _rows(recipe: Recipe, texts: list[str]) -> sparse.csr_matrix:
    cleaned = [clean(text) for text in texts]

    def stacked(make: Callable[[int, int], Features], bits: int) -> sparse.csr_matrix:
        step = 20_000
        parts = [matrix(make(at, at + step), bits) for at in range(0, len(texts), step)]
        return sparse.vstack(parts).tocsr()

    if recipe.token_sizes:
        tokens = [words(text) for text in cleaned]
        by_token = stacked(
            lambda a, b: token_features(tokens[a:b], recipe.token_sizes, recipe.token_bits),
            recipe.token_bits,
        )
    else:
        by_token = sparse.csr_matrix((len(texts), 1 << recipe.token_bits), dtype=np.float32)
    by_character = stacked(
        lambda a, b: character_features(
            cleaned[a:b], recipe.character_sizes, recipe.character_bits
        ),
        recipe.character_bits,
    )
    return sparse.hstack([by_token, by_character]).tocsr()


def _question(
    rows: sparse.csr_matrix,
    answers: NDArray[np.bool_],
    learn: NDArray[np.bool_],
    source: NDArray[np.generic],
    counted: NDArray[np.float64],
    share: float,
    penalties: tuple[float, float],
) -> Linear:
    """One calibrated score; `share` is that of the true answers it is calibrated for."""
    importance = np.ones(len(answers))
    for chosen in (learn, ~learn):
        for name in np.unique(source):
            some = chosen & (source == name)
            if some.any():
                importance[some] = balanced(answers[some], share) * counted[some]
    held = ~learn
    mean = mean_of_two(
        rows[learn], answers[learn], importance[learn],
        rows[held], answers[held], importance[held],
        penalties,
    )  # fmt: skip
    # The mean of two calibrated scores is too timid: they err together less than each alone.
    slope, intercept = platt(mean.scores(rows[held]), answers[held], importance[held])
    _LOG.info("mean of two: slope %.3f, intercept %.3f", slope, intercept)
    return Linear(weights=mean.weights * slope, bias=mean.bias * slope + intercept)


def _head(recipe: Recipe, score: Linear, columns: NDArray[np.int64]) -> Head:
    everything = np.zeros((1 << recipe.token_bits) + (1 << recipe.character_bits), dtype=np.float32)
    everything[columns] = score.weights
    # A weight this small moves no text's log odds by more than a hundredth or so.
    everything[np.abs(everything) < 0.02] = 0
    return Head(
        tokens=everything[: 1 << recipe.token_bits],
        characters=everything[1 << recipe.token_bits :],
        bias=score.bias,
    )


def _three(polarity: NDArray[np.float64], neutrality: NDArray[np.float64]) -> NDArray[np.float64]:
    positive, neutral = 1 / (1 + np.exp(-polarity)), 1 / (1 + np.exp(-neutrality))
    return np.column_stack([(1 - neutral) * (1 - positive), neutral, (1 - neutral) * positive])


def threshold_of(
    three: NDArray[np.float64], labels: NDArray[np.int64]
) -> tuple[float, NDArray[np.int64]]:
    """The lowest threshold that keeps labels right often enough, and what it gives; 3 is unsure."""
    importance = np.empty(len(labels))
    for label in range(3):
        importance[labels == label] = 1 / (3 * (labels == label).sum())
    sure, chosen = three.max(axis=1), three.argmax(axis=1)
    order = np.argsort(-sure, kind="stable")
    weight = np.cumsum(importance[order])
    right = np.cumsum((importance * (chosen == labels))[order])
    for level in (0.7, 0.75, 0.8, 0.85):
        enough = np.flatnonzero(right / weight >= level)
        last = int(enough[-1]) if enough.size else 0
        _LOG.info("right %.2f: threshold %.4f keeps %.3f", level, sure[order[last]], weight[last])
    enough = np.flatnonzero(right / weight >= KEPT_ACCURACY)
    threshold = float(sure[order[enough[-1]]]) if enough.size else 1.0
    return threshold, np.where(sure >= threshold, chosen, 3)


def main() -> None:
    """Reads the arguments and trains."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED, help="the shared data folder")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder of the model")
    parser.add_argument("--language", choices=("ko", "en"), action="append")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    np.random.seed(examples_of.SEED)
    languages = given.language or ("ko", "en")
    train(given.data, given.out, languages)


if __name__ == "__main__":
    main()

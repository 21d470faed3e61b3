"""Measures the mood model on texts it never learned from.

`python -m training.mood.evaluate --data DIR [--model FOLDER] [--into-card] [--json FILE]`

Texts go the way they go in the product: `identify` says the language, then the model reads them.
A text that is taken for another language counts as wrong where its mood is asked for.

* Polarity: of texts labelled negative or positive, as many of each; right if p_positive is above
  p_negative for the positive ones and only for those. Confidence is that of the predicted side,
  p / (p_negative + p_positive).
* Moods: all texts of a set as they are found, in three classes; the likeliest mood counts.
* Calibration error: 15 bins of equal width, see `measures.calibration_error`.
"""

import argparse
import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.language.identify import identify
from sonnim.language.measures import (
    Interval,
    bootstrapped,
    calibration_by_chance,
    calibration_error,
    counts,
    macro_f1,
    wilson,
)
from sonnim.language.mood_model import SHIPPED, UNSURE, MoodModel
from training.mood import data as examples_of
from training.mood.data import NAMES, NEGATIVE, NEUTRAL, POSITIVE, SHARED, Example

# Gives the probabilities of the three moods, shape (texts, 3), and the labels of texts.
Reader = Callable[[list[str]], tuple[NDArray[np.float64], list[str]]]


@dataclass(frozen=True)
class Part:
    """A set of measuring texts.

    Attributes:
        language: "ko" or "en".
        name: What it is called in the tables.
        sources: Beginnings of the names of its sources.
        unseen: Whether nothing of its set was learned from.
        fresh: Whether texts that also occur among the learned ones are left out.
        thirds: Whether it is cut down to as many texts of each mood.
    """

    language: str
    name: str
    sources: tuple[str, ...]
    unseen: bool = False
    fresh: bool = False
    thirds: bool = False


_OWN = ("sst", "amazon", "vader")
PARTS = (
    Part("ko", "NSMC 2014", ("nsmc",)),
    Part("ko", "NSMC 2014, no text of training", ("nsmc",), fresh=True),
    Part("ko", "NSMC 2014, a third each", ("nsmc",), thirds=True),
    Part("ko", "KOTE test half", ("kote",)),
    Part("ko", "Laftel (unseen set)", ("laftel",), unseen=True),
    Part("en", "Own sets (SST dev, Amazon test, VADER)", _OWN),
    Part("en", "Own sets, no text of training", _OWN, fresh=True),
    Part("en", "Own sets, a third each", _OWN, thirds=True),
    Part("en", "SST dev", ("sst",)),
    Part("en", "Amazon test", ("amazon",)),
    Part("en", "VADER, measuring part", ("vader",)),
    Part("en", "TweetEval validation, the half kept", ("tweeteval",)),
)


@dataclass(frozen=True)
class Polarity:
    """How well negative and positive texts are told apart, as many of each.

    Attributes:
        n: Texts; half of them are positive, so that guessing gives 0.5.
        accuracy: Share of right ones, with Wilson's interval.
        error: Calibration error.
        chance: Calibration error of a perfectly calibrated model on so many texts.
    """

    n: int
    accuracy: Interval
    error: float
    chance: float


@dataclass(frozen=True)
class Moods:
    """How well the three moods are told apart, on texts as they are found.

    Attributes:
        n: Texts.
        majority: Share of the most frequent mood: the accuracy of always saying it.
        accuracy: Share of right ones, with Wilson's interval.
        f1: Mean F1 of the moods that occur, with bootstrap interval.
        error: Calibration error of the likeliest mood.
        unsure: Share of texts labelled "unsure".
        kept: Share of right ones among those not labelled "unsure".
        true: Texts of each true mood.
    """

    n: int
    majority: float
    accuracy: Interval
    f1: Interval
    error: float
    unsure: float
    kept: Interval
    true: tuple[int, ...]


@dataclass(frozen=True)
class Result:
    """One row of both tables."""

    part: Part
    polarity: Polarity
    moods: Moods


@dataclass(frozen=True)
class Readings:
    """What the model said of some texts.

    Attributes:
        true: Their moods, as numbers.
        probabilities: Shape (texts, 3).
        labels: Labels as numbers; 3 is unsure.
        source: Names of their sources.
        fresh: Whether the text does not occur in training.
    """

    true: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    labels: NDArray[np.int64]
    source: NDArray[np.str_]
    fresh: NDArray[np.bool_]

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Readings":
        """Some of the texts."""
        return Readings(
            self.true[chosen],
            self.probabilities[chosen],
            self.labels[chosen],
            self.source[chosen],
            self.fresh[chosen],
        )


def examples(data: Path, language: str) -> list[Example]:
    """The labelled texts of one language as training sees them: without copies across parts."""
    read_all = examples_of.korean if language == "ko" else examples_of.english
    return examples_of.separated(read_all(data), language)[0]


def mood_of(model: MoodModel) -> Reader:
    """A reader that goes the way of the product: language first, then mood."""

    def say(texts: list[str]) -> tuple[NDArray[np.float64], list[str]]:
        languages, _ = identify(texts)
        probabilities = model.probabilities(texts, languages)
        return probabilities, model.labels(probabilities, languages)

    return say


def read(reader: Reader, of: Sequence[Example]) -> Readings:
    """Has the measuring texts of one language read.

    Args:
        reader: Gives probabilities and labels of texts.
        of: All examples of the language; the learned ones say what is not fresh.

    Returns:
        Readings of the part `measure`, in a seeded order.
    """
    learned = {examples_of.letters(one.text) for one in of if one.part == "learn"}
    measured = [one for one in of if one.part == "measure"]
    random.Random(examples_of.SEED).shuffle(measured)
    texts = [one.text for one in measured]
    probabilities, labels = reader(texts)
    numbers = {name: number for number, name in enumerate((*NAMES, UNSURE))}
    return Readings(
        true=np.array([one.label for one in measured]),
        probabilities=probabilities,
        labels=np.array([numbers[label] for label in labels]),
        source=np.array([one.source for one in measured]),
        fresh=np.array([examples_of.letters(text) not in learned for text in texts]),
    )


def evaluate(model: MoodModel, data: Path, languages: Iterable[str] = ("ko", "en")) -> list[Result]:
    """Measures the model on all parts.

    Args:
        model: The model.
        data: The shared data folder.
        languages: Which languages to measure.

    Returns:
        One result a part.
    """
    results: list[Result] = []
    for language in languages:
        readings = read(mood_of(model), examples(data, language))
        results.extend(measure(part, readings) for part in PARTS if part.language == language)
    return results


def measure(part: Part, readings: Readings) -> Result:
    """Both kinds of figures of one part.

    Args:
        part: Which texts count.
        readings: Readings of its language.

    Returns:
        The figures.
    """
    family = np.full(len(readings.true), "", dtype="U32")
    for beginning in part.sources:
        family[np.char.startswith(readings.source, beginning)] = beginning
    chosen = (family != "") & (readings.fresh | (not part.fresh))
    these = replace(readings, source=family).only(chosen)
    if part.thirds:
        these = these.only(_even(these, (NEGATIVE, NEUTRAL, POSITIVE)))
    return Result(part, _polarity(these), _moods(these))


def _even(readings: Readings, labels: Sequence[int]) -> NDArray[np.int64]:
    """As many texts of each of these labels, from every source that has them all."""
    chosen: list[NDArray[np.int64]] = []
    for source in np.unique(readings.source):
        rows = [
            np.flatnonzero((readings.source == source) & (readings.true == label))
            for label in labels
        ]
        fewest = min(map(len, rows))
        chosen.extend(row[:fewest] for row in rows)
    return np.sort(np.concatenate(chosen))


def _polarity(readings: Readings) -> Polarity:
    even = readings.only(_even(readings, (NEGATIVE, POSITIVE)))
    negative, positive = even.probabilities[:, NEGATIVE], even.probabilities[:, POSITIVE]
    predicted = positive > negative
    right = predicted == (even.true == POSITIVE)
    confidence = np.maximum(positive, negative) / (positive + negative)
    return Polarity(
        n=len(right),
        accuracy=wilson(int(right.sum()), len(right)),
        error=calibration_error(confidence, right),
        chance=calibration_by_chance(confidence, examples_of.SEED),
    )


def _moods(readings: Readings) -> Moods:
    n = len(readings.true)
    given = readings.probabilities.argmax(axis=1)
    right = given == readings.true
    kept = readings.labels < len(NAMES)
    true = np.bincount(readings.true, minlength=len(NAMES))
    table = counts(readings.true, given, len(NAMES))
    return Moods(
        n=n,
        majority=float(true.max() / n),
        accuracy=wilson(int(right.sum()), n),
        f1=bootstrapped(table, macro_f1, examples_of.SEED),
        error=calibration_error(readings.probabilities.max(axis=1), right),
        unsure=float(1 - kept.mean()),
        kept=wilson(int(right[kept].sum()), int(kept.sum())),
        true=tuple(map(int, true)),
    )


def table_of_polarity(results: Sequence[Result]) -> str:
    """The first table, as Markdown."""
    lines = [
        "| Polarity, as many negative as positive | n | Accuracy (95% interval) | "
        "ECE | ECE by chance alone |",
        "|---|---|---|---|---|",
    ]
    for one in results:
        found = one.polarity
        lines.append(
            f"| {one.part.language}: {one.part.name} | {found.n:,} | {_shown(found.accuracy)} | "
            f"{found.error:.3f} | {found.chance:.3f} |"
        )
    return "\n".join(lines)


def table_of_moods(results: Sequence[Result]) -> str:
    """The second table, as Markdown."""
    lines = [
        "| Three moods, as found | n (negative, neutral, positive) | Majority | "
        "Accuracy (95% interval) | Macro-F1 (95% interval) | ECE | Unsure | "
        "Accuracy of the labelled |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        found = one.moods
        split = ", ".join(f"{number:,}" for number in found.true)
        lines.append(
            f"| {one.part.language}: {one.part.name} | {found.n:,} ({split}) | "
            f"{found.majority:.3f} | {_shown(found.accuracy)} | {_shown(found.f1)} | "
            f"{found.error:.3f} | {found.unsure:.3f} | {_shown(found.kept)} |"
        )
    return "\n".join(lines)


def _shown(figure: Interval) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


def rounded(value: Any) -> Any:
    """A value with its numbers rounded to four places, however deep they stand."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one) for one in value]
    return value


def main() -> None:
    """Reads the arguments, measures, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=SHARED, help="the shared data folder")
    parser.add_argument("--model", type=Path, default=SHIPPED, help="folder of the model")
    parser.add_argument("--language", choices=("ko", "en"), action="append")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument(
        "--into-card", action="store_true", help="write the figures into the model's card.json"
    )
    given = parser.parse_args()
    model = MoodModel.load(given.model)
    results = evaluate(model, given.data, given.language or ("ko", "en"))
    print(table_of_polarity(results), table_of_moods(results), sep="\n\n")
    figures = [rounded(asdict(one)) for one in results]
    if given.json:
        given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if given.into_card:
        file = given.model / "card.json"
        card = json.loads(file.read_text("utf-8"))
        card["measured"] = {one.part.name: rounded(asdict(one)) for one in results}
        file.write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()

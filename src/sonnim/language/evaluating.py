"""How well classifiers of moods do on labelled texts: labels and predictions in, figures out.

Right is the likeliest mood, also where the label is "unsure"; how often that is stands beside it.
Where no text at all is labelled neutral, classifiers are asked for one of the two sides only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.language.baselines import NEUTRAL as NEAR_ZERO
from sonnim.language.measures import (
    Interval,
    auc_interval,
    bootstrapped,
    calibration_by_chance,
    calibration_error,
    counts,
    coverage_interval,
    macro_f1,
    macro_recall,
    wilson,
)
from sonnim.language.mood_model import LABELS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOODS = LABELS
_NEGATIVE, _NEUTRAL, _POSITIVE = range(3)
_SEED = 2026
_SMALLEST = 1e-12


@dataclass(frozen=True)
class Predictions:
    """What one classifier predicts of texts.

    Attributes:
        given: The mood of each text, 0 to 2 as in `MOODS`; shape (n,).
        confidence: How sure that is; shape (n,).
        score: The higher, the more positive than negative; shape (n,).
        seconds: How long it took to read each text; shape (n,).
        calibrated: Whether the confidence is a probability; else only its order counts.
        unsure: Where the classifier gives no label; None if it always gives one.
    """

    given: Integers
    confidence: Floats
    score: Floats
    seconds: Floats
    calibrated: bool = False
    unsure: Flags | None = None

    def only(self, chosen: Flags | Integers) -> "Predictions":
        """The predictions of some of the texts."""
        return Predictions(
            given=self.given[chosen],
            confidence=self.confidence[chosen],
            score=self.score[chosen],
            seconds=self.seconds[chosen],
            calibrated=self.calibrated,
            unsure=None if self.unsure is None else self.unsure[chosen],
        )


def by_probabilities(
    probabilities: Floats, unsure: Flags, seconds: Floats, *, neutral: bool
) -> Predictions:
    """Predictions of a classifier that gives probabilities.

    Args:
        probabilities: Shape (n, 3): negative, neutral, positive.
        unsure: Where the label is "unsure"; shape (n,).
        seconds: How long each text took; shape (n,).
        neutral: Whether some text is labelled neutral; else only the two sides are compared.

    >>> moods = np.array([[0.3, 0.5, 0.2]])
    >>> sure, none = np.array([False]), np.zeros(1)
    >>> both = [by_probabilities(moods, sure, none, neutral=one) for one in (True, False)]
    >>> [(MOODS[one.given[0]], float(one.confidence[0])) for one in both]
    [('neutral', 0.5), ('negative', 0.6)]
    """
    negative, positive = probabilities[:, _NEGATIVE], probabilities[:, _POSITIVE]
    score = positive / np.maximum(negative + positive, _SMALLEST)
    if neutral:
        given, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    else:
        given = np.where(score > 0.5, _POSITIVE, _NEGATIVE)
        confidence = np.maximum(score, 1 - score)
    return Predictions(
        given=given.astype(np.int64),
        confidence=confidence,
        score=score,
        seconds=seconds,
        calibrated=True,
        unsure=unsure,
    )


def by_scores(score: Floats, seconds: Floats, *, neutral: bool) -> Predictions:
    """Predictions of a classifier that gives a score only; what is neutral it is least sure of.

    Args:
        score: -1 (negative) to 1; shape (n,).
        seconds: How long each text took; shape (n,).
        neutral: Whether some text is labelled neutral.

    >>> [MOODS[one] for one in by_scores(np.array([-0.6, 0.01]), np.zeros(2), neutral=True).given]
    ['negative', 'neutral']
    """
    given = np.where(score > 0, _POSITIVE, _NEGATIVE)
    if neutral:
        given = np.where(np.abs(score) < NEAR_ZERO, _NEUTRAL, given)
    return Predictions(
        given=given.astype(np.int64), confidence=np.abs(score), score=score, seconds=seconds
    )


def most_frequent(labels: Integers) -> Predictions:
    """What who knows nothing of the texts but their labels says: always the most frequent one."""
    n = len(labels)
    most = int(np.bincount(labels, minlength=len(MOODS)).argmax()) if n else _NEUTRAL
    same = np.zeros(n)
    return Predictions(given=np.full(n, most), confidence=same, score=same, seconds=same)


@dataclass(frozen=True)
class Evaluation:
    """How well one classifier did on some texts.

    Attributes:
        n: How many texts.
        true: How many of each mood, as in `MOODS`.
        accuracy: Share of right ones, with Wilson's interval.
        macro_f1: Mean F1 of the moods that occur, with bootstrap interval.
        macro_recall: Mean recall of the moods that occur, with bootstrap interval.
        auc: How often a positive text is found better than a negative one, with bootstrap
            interval; None where one of both does not occur, or the classifier knows nothing.
        ece: Expected calibration error, 15 bins; None where confidence is no probability.
        ece_chance: What a perfectly calibrated classifier shows on so many texts by chance alone.
        coverage: Largest share of texts, surest first, of which 95% are right, with bootstrap
            interval.
        unsure: Share called "unsure", with Wilson's interval; None if the classifier never says so.
        kept: Share of right ones among those not unsure, with Wilson's interval; or None.
        confusion: How many texts of each true mood (row) are given each mood (column).
        speed: Texts a second; None where nothing was read.
    """

    n: int
    true: tuple[int, ...]
    accuracy: Interval
    macro_f1: Interval
    macro_recall: Interval
    auc: Interval | None
    ece: float | None
    ece_chance: float | None
    coverage: Interval
    unsure: Interval | None
    kept: Interval | None
    confusion: tuple[tuple[int, ...], ...]
    speed: float | None


def evaluation(labels: Integers, predicted: Predictions) -> Evaluation:
    """Holds predictions against the labels.

    Args:
        labels: The true moods, 0 to 2 as in `MOODS`; shape (n,).
        predicted: What a classifier predicts of the same texts.

    >>> labels = np.array([0, 0, 2, 2])
    >>> score = np.array([-0.9, 0.2, 0.4, 0.8])
    >>> found = evaluation(labels, by_scores(score, np.zeros(4), neutral=False))
    >>> found.accuracy.value, found.auc.value, found.coverage.value, found.confusion[0]
    (0.75, 1.0, 0.75, (1, 0, 1))
    """
    n, right = len(labels), predicted.given == labels
    table = counts(labels, predicted.given, len(MOODS))
    polar = labels != _NEUTRAL
    positive = labels[polar] == _POSITIVE
    both = bool(positive.any()) and not positive.all()
    told_apart = len(np.unique(predicted.score)) > 1
    kept = None if predicted.unsure is None else ~predicted.unsure
    seconds = float(predicted.seconds.sum())
    return Evaluation(
        n=n,
        true=tuple(map(int, table.sum(axis=1))),
        accuracy=wilson(int(right.sum()), n),
        macro_f1=bootstrapped(table, macro_f1, _SEED),
        macro_recall=bootstrapped(table, macro_recall, _SEED),
        auc=auc_interval(predicted.score[polar], positive, _SEED) if both and told_apart else None,
        ece=calibration_error(predicted.confidence, right) if predicted.calibrated else None,
        ece_chance=calibration_by_chance(predicted.confidence, _SEED)
        if predicted.calibrated
        else None,
        coverage=coverage_interval(predicted.confidence, right, _SEED),
        unsure=None if kept is None else wilson(int((~kept).sum()), n),
        kept=None if kept is None else wilson(int(right[kept].sum()), int(kept.sum())),
        confusion=tuple(tuple(map(int, row)) for row in table),
        speed=n / seconds if seconds else None,
    )

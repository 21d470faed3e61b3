"""Moods fitted to one kind of text, from ratings that came with some of its texts.

On texts of another kind a model's order is often right and its level wrong: there, other shares are
negative, and words weigh more or less (label shift and miscalibration). Two numbers for each of the
two questions put that right (Platt 1999), learned from stars instead of labels: weak supervision.
A prior of some texts holds them near "no change" where ratings are few.

What else was found helps: how neutral a text is, and, where the encoder read it, rating, emotions,
intents and offence. What a kind of text calls good is not everywhere the same. Each answer weighs a
little in the log odds of positive, fitted together with the two numbers (a head on a frozen
network; Alain and Bengio 2017), each held near none by a prior of its own. On top of that the words
of the source's own texts count (`own_words`), where they help with texts held out.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sonnim.language import own_words
from sonnim.language.features import Features
from sonnim.language.measures import auc, calibration_error, counts, macro_f1
from sonnim.language.mood_model import moods, sigmoid

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2
LOWEST, HIGHEST = 0.25, 0.75
"""Up to this part of its scale a rating is negative, from this part on positive."""
FOLDS = 5
# So many texts' worth of "as it is".
_PRIOR = 10.0
# How strongly the weight of a further answer is held near none, its values having spread 1. Of 10,
# 30, 60 and 100 the one that surprises least on six sets with people's labels in place of stars.
_SHRINK = 60.0
_ROUNDS = 30
_SMALLEST = 1e-9


def rated(ratings: Floats, low: Floats | float, high: Floats | float) -> Integers:
    """What ratings say of texts; the analyzer `domains` says the same in SQL.

    Args:
        ratings: Shape (n,); may hold NaN.
        low: The least rating possible, of all or of each.
        high: The greatest, likewise.

    Returns:
        Shape (n,): 0 negative, 1 neutral, 2 positive; -1 where there is no rating on that scale.

    >>> rated(np.array([1, 2, 3, 4, 5, 6, np.nan]), 1, 5).tolist()
    [0, 0, 1, 2, 2, -1, -1]
    """
    width = np.subtract(high, low)
    place = (ratings - low) / np.where(width > 0, width, np.nan)
    found = np.where(place <= LOWEST, NEGATIVE, np.where(place >= HIGHEST, POSITIVE, NEUTRAL))
    return np.where((place >= 0) & (place <= 1), found, -1).astype(np.int64)


@dataclass(frozen=True)
class Error:
    """How far slope and intercept may be off, for so few ratings.

    Attributes:
        slope: Standard error of the slope.
        intercept: Standard error of the intercept.
        correlation: How the two errors go together, -1 to 1.
    """

    slope: float = 0.0
    intercept: float = 0.0
    correlation: float = 0.0


@dataclass(frozen=True)
class Adaptation:
    """How the two answers are corrected; (1, 0) leaves one as it is.

    Attributes:
        polarity: Slope and intercept of the log odds of positive, given not neutral.
        neutrality: Slope and intercept of the log odds of neutral.
        polarity_error: How far those of `polarity` may be off.
        neutrality_error: How far those of `neutrality` may be off.
        factors: What each further answer, in log odds, adds to those of positive; or none.
        centres: Their averages: a text gains nothing from an answer that is average, or missing.
        words: What each run of letters adds to them, as `own_words.learned` gives it; or none.
        words_centre: What words add on average, and an average text does not gain.
    """

    polarity: tuple[float, float] = (1.0, 0.0)
    neutrality: tuple[float, float] = (1.0, 0.0)
    polarity_error: Error = Error()
    neutrality_error: Error = Error()
    factors: tuple[float, ...] = ()
    centres: tuple[float, ...] = ()
    words: NDArray[np.float32] | None = field(default=None, compare=False)
    words_centre: float = 0.0

    def probabilities(
        self, given: Floats, further: Floats | None = None, words: Features | None = None
    ) -> Floats:
        """Corrected probabilities.

        Args:
            given: Shape (texts, 3): negative, neutral, positive.
            further: Shape (texts, answers): log odds of further answers; NaN where one is missing.
            words: Their words.

        Example:
            >>> sure = np.array([[0.2, 0.5, 0.3]])
            >>> Adaptation().probabilities(sure).round(6).tolist()
            [[0.2, 0.5, 0.3]]
        """
        odds = log_odds(given)
        for column, (slope, intercept) in enumerate((self.polarity, self.neutrality)):
            odds[:, column] = slope * odds[:, column] + intercept
        if further is not None and self.factors:
            odds[:, 0] += np.nan_to_num(further - self.centres) @ self.factors
        if words is not None and self.words is not None:
            odds[:, 0] += words.sums(self.words) - self.words_centre
        return moods(odds)


def log_odds(given: Floats) -> Floats:
    """The two answers behind probabilities of moods; the reverse of `moods`.

    Args:
        given: Shape (texts, 3).

    Returns:
        Shape (texts, 2): log odds of positive given not neutral, and of neutral.
    """
    p = np.clip(given, _SMALLEST, 1.0)
    return np.column_stack(
        [
            np.log(p[:, POSITIVE]) - np.log(p[:, NEGATIVE]),
            np.log(p[:, NEUTRAL]) - np.log(p[:, NEGATIVE] + p[:, POSITIVE]),
        ]
    )


def adapted(given: Floats, labels: Integers, further: Floats | None = None) -> Adaptation:
    """The adaptation that ratings ask for.

    Args:
        given: Probabilities of the model, shape (texts, 3).
        labels: What the ratings say: 0 negative, 1 neutral, 2 positive.
        further: Log odds of further answers, shape (texts, answers); NaN where one is missing. An
            answer counts that most texts have.
    """
    odds, polar = log_odds(given), labels != NEUTRAL
    neutrality, neutrality_error, _ = _platt(odds[:, 1], labels == NEUTRAL)
    chosen = np.zeros((polar.sum(), 0)) if further is None else further[polar]
    counts = (~np.isnan(chosen)).mean(axis=0) > 1 / 2
    known = np.where(counts, chosen, 0.0)
    centre = np.nanmean(known, axis=0)
    # An answer that is always the same says nothing; it is not blown up.
    scale = 1 / np.maximum(np.nanstd(known, axis=0), 1e-3)
    columns = np.nan_to_num((known - centre) * scale)
    polarity, polarity_error, weights = _platt(odds[polar, 0], labels[polar] == POSITIVE, columns)
    return Adaptation(
        polarity, neutrality, polarity_error, neutrality_error,
        factors=tuple((weights * scale).tolist()), centres=tuple(centre.tolist()),
    )  # fmt: skip


def with_words(
    found: Adaptation, given: Floats, labels: Integers, further: Floats | None, words: Features
) -> Adaptation:
    """The adaptation, and what words of such texts add to it; arguments as `adapted` has them."""
    polar = np.flatnonzero(labels != NEUTRAL)
    known = log_odds(found.probabilities(given, further))[polar, 0]
    chosen = words.of(polar)
    learned = own_words.learned(chosen, known, labels[polar] == POSITIVE)
    return replace(found, words=learned, words_centre=float(chosen.sums(learned).mean()))


def _platt(
    odds: Floats, true: NDArray[np.bool_], columns: Floats | None = None
) -> tuple[tuple[float, float], Error, Floats]:
    """Slope and intercept, their errors, and the weights of further columns, if there are any."""
    rows = np.column_stack([odds, np.ones(len(odds)), *(() if columns is None else columns.T)])
    point, error = _logistic(rows, true)
    # A model that orders texts the wrong way round says nothing here; it is not turned around.
    return (max(float(point[0]), 0.0), float(point[1])), error, point[2:]


def _logistic(rows: Floats, true: NDArray[np.bool_]) -> tuple[Floats, Error]:
    """A logistic regression by Newton's method on the penalised likelihood.

    The errors of slope and intercept are those of the likelihood's curvature (Laplace's
    approximation).

    Args:
        rows: Shape (texts, 2 or more): log odds, ones, and further columns of spread 1.
        true: What is true of each.
    """
    start = np.zeros(rows.shape[1])
    start[0] = 1.0
    penalty = np.full(len(start), _SHRINK)
    penalty[:2] = _PRIOR / 4

    def curve(p: Floats) -> Floats:
        return np.asarray((rows * (p * (1 - p))[:, np.newaxis]).T @ rows + np.diag(penalty))

    def loss(point: Floats) -> float:
        odds = rows @ point
        surprise = np.logaddexp(0, np.where(true, -odds, odds)).sum()
        return float(surprise + (penalty * (point - start) ** 2).sum() / 2)

    point, least = start, loss(start)
    for _ in range(_ROUNDS):
        p = sigmoid(rows @ point)
        step = np.linalg.solve(curve(p), rows.T @ (p - true) + penalty * (point - start))
        # A whole step may overshoot, and then the next one back: it is halved until it goes down.
        while (found := loss(point - step)) > least and np.abs(step).max() > _SMALLEST:
            step = step / 2
        point, least = point - step, min(found, least)
        if np.abs(step).max() < 1e-10:
            break
    spread = np.linalg.inv(curve(sigmoid(rows @ point)))[:2, :2]
    errors = np.sqrt(np.diag(spread))
    return point, Error(
        slope=float(errors[0]),
        intercept=float(errors[1]),
        correlation=float(spread[0, 1] / errors.prod()),
    )


def fold_of(keys: Sequence[str]) -> Integers:
    """In which fold each text is held out, by its key alone."""
    return np.array(
        [zlib.crc32(key.encode("utf-8", "surrogatepass")) % FOLDS for key in keys], np.int64
    )


def held_out(
    given: Floats,
    labels: Integers,
    folds: Integers,
    further: Floats | None = None,
    words: Features | None = None,
) -> Floats:
    """Corrected probabilities of each text by what the other folds ask for.

    Args:
        given: Shape (texts, 3).
        labels: Shape (texts,).
        folds: What `fold_of` gave.
        further: Log odds of further answers, shape (texts, answers).
        words: Their words, if these shall count.
    """
    found = np.array(given, np.float64)
    for fold in range(FOLDS):
        rest, here = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if not here.size:
            continue
        known, read = (None if further is None else further[part] for part in (rest, here))
        fit, said = adapted(given[rest], labels[rest], known), None
        if words is not None:
            fit = with_words(fit, given[rest], labels[rest], known, words.of(rest))
            said = words.of(here)
        found[here] = fit.probabilities(given[here], read, said)
    return found


def level(given: Floats, labels: Integers) -> float:
    """What to add to log odds of positive for as many to be expected as there are.

    Words that were learned from texts say more of these than of others; what they leave of the
    level is therefore measured on texts held out.

    Args:
        given: Probabilities of texts held out, shape (texts, 3).
        labels: How they were rated; both sides must occur.

    Example:
        >>> even = np.full((4, 3), 1 / 3)
        >>> round(level(even, np.array([2, 2, 2, 0])), 4)
        1.0986
    """
    polar = labels != NEUTRAL
    odds, wanted = log_odds(given)[polar, 0], (labels[polar] == POSITIVE).sum()
    low, high = -50.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if sigmoid(odds + middle).sum() > wanted else (middle, high)
    return (low + high) / 2


def shifted(given: Floats, shift: float) -> Floats:
    """Probabilities with so much added to the log odds of positive."""
    return Adaptation(polarity=(1.0, shift)).probabilities(given)


def log_loss(given: Floats, labels: Integers) -> float:
    """Mean surprise at which side texts were rated, in nats; of neutral ones nothing is asked.

    >>> log_loss(np.array([[0.4, 0.2, 0.4], [0.1, 0.9, 0.0]]), np.array([2, 1])).__round__(4)
    0.6931
    """
    polar = labels != NEUTRAL
    odds = log_odds(given)[polar, 0]
    return float(np.logaddexp(0, np.where(labels[polar] == POSITIVE, -odds, odds)).mean())


@dataclass(frozen=True)
class Quality:
    """How well moods agree with ratings: texts rated low against those rated high.

    Attributes:
        accuracy: Share of right ones.
        macro_f1: Mean F1 of both sides.
        auc: How often a high-rated text is found better than a low-rated one.
        ece: Expected calibration error, 15 bins (Guo et al. 2017).
    """

    accuracy: float
    macro_f1: float
    auc: float
    ece: float


def quality(given: Floats, labels: Integers) -> Quality:
    """Measures probabilities against ratings; of neutral ratings nothing is asked.

    Args:
        given: Shape (texts, 3).
        labels: 0 negative, 1 neutral, 2 positive; both sides must occur.

    Example:
        >>> p = np.array([[0.8, 0.1, 0.1], [0.6, 0.1, 0.3], [0.1, 0.1, 0.8], [0.5, 0.1, 0.4]])
        >>> found = quality(p, np.array([0, 0, 2, 2]))
        >>> found.accuracy, round(found.macro_f1, 3), found.auc
        (0.75, 0.733, 1.0)
    """
    polar = labels != NEUTRAL
    true = labels[polar] == POSITIVE
    p = sigmoid(log_odds(given)[polar, 0])
    said = p > 0.5
    right = said == true
    table = counts(true.astype(np.int64), said.astype(np.int64), 2)
    return Quality(
        accuracy=float(right.mean()),
        macro_f1=macro_f1(table),
        auc=auc(p, true),
        ece=calibration_error(np.maximum(p, 1 - p), right),
    )

"""Shares of moods, corrected for the known error of the model that read them.

A model that reads one negative message in three as something else shows a rise of the negative
share smaller than it is. Two ways make the estimate right on average, and both give every message
a number (its value), so that a share is the mean of these numbers and adds up over cells:

- How often the model reads what as what is known from texts it did not learn from (its confusion
  matrix): solving for the shares that would give the labels seen is linear, so every label is worth
  a number (adjusted count; Forman 2008, Data Mining and Knowledge Discovery 17, 164-206).
- Where moods were fitted to the ratings of a source, the fitted probability is that number
  (probabilistic classify and count; Bella et al. 2010, ICDM, 737-742).

How far a share may be off has three parts, and two of them are numbers of every message, too:

- The spread of the values. Of a probability it lacks how far the message itself lies from it: the
  variance p(1-p), its `noise`.
- What is not known of the correction, for the confusion matrix and the fitted curve were measured
  on so many texts, too: the standard error that it gives the message's value (by the delta method),
  its `doubt`. All messages of a cell share that error, so more of them do not make it smaller: that
  of the share is the mean of the doubts, and never less where they do not all go together. Part of
  it is that texts of another kind are misread otherwise, as far as the sets differ on which the
  matrix was measured (`confusions.between`).

Of a model of one's own no confusion is known: what it labelled counts as it is, and what it left
unsure does not count.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sonnim.analyzers.cells import number, working
from sonnim.analyzers.texts import SOURCE
from sonnim.language.confusions import Confusion, between, of_another
from sonnim.language.mood_cascade import PAIR, Stack, of_language, stacks
from sonnim.language.mood_model import LABELS, UNSURE, shipped
from sonnim.language.own_settings import OWN
from sonnim.tables.step import Step, quoted

LANGUAGES = ("ko", "en", "mixed")
SIDES = ("negative", "positive")
_GIVEN = (*LABELS, UNSURE)
_SMALLEST = "1e-9"
FEWEST = 50
"""A set with fewer texts of a mood says nothing of how kinds of texts differ there."""
ODDS = (
    f"ln(greatest(o.p_positive, {_SMALLEST})) - ln(greatest(o.p_negative, {_SMALLEST}))",
    f"ln(greatest(o.p_neutral, {_SMALLEST})) - "
    f"ln(greatest(o.p_negative, {_SMALLEST}) + greatest(o.p_positive, {_SMALLEST}))",
)
"""SQL of the two answers behind a row `o` of `mood`, in log odds: positive, and neutral."""


@dataclass(frozen=True, kw_only=True)
class Prior:
    """As many messages as there are labels, one of each, added before an interval is taken.

    Attributes:
        n: How many.
        total: Sum of what they are worth.
        squares: Sum of the squares.
    """

    n: float
    total: float
    squares: float


@dataclass(frozen=True)
class Errors:
    """How a model errs in one language.

    Attributes:
        confusion: Rows are true moods, columns the labels given; rows sum to one.
        measured_on: On how many texts of each true mood that was measured.
        between: How far that is off on another kind of texts (`confusions.of_another`).
    """

    confusion: NDArray[np.float64]
    measured_on: tuple[int, ...]
    between: NDArray[np.float64] = field(default_factory=lambda: np.zeros((3, 3)))


@cache
def _stacks() -> dict[str, Stack]:
    return stacks()


def worth(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each label counts for each true mood: shape (3 moods, 4 labels).

    Weighted least squares: there are four labels for three moods, and a label given often says
    more than a rare one (weights are those of equally many messages of each mood).

    Args:
        confusion: Rows are true moods, columns the labels given; rows sum to one.

    Example:
        >>> perfect = np.hstack([np.eye(3), np.zeros((3, 1))]) * 0.99 + 0.01 / 4
        >>> worth(perfect).round(2)[0].tolist()
        [1.01, -0.0, -0.0, 0.33]
    """
    # A label that was never given where the errors were measured is worth nothing.
    expected = np.maximum(confusion.mean(axis=0), 1e-9)
    weighted = confusion / expected
    return np.linalg.solve(weighted @ confusion.T, weighted)


def doubt(errors: Errors, side: str) -> NDArray[np.float64]:
    """The standard error of what a label is worth: errors were measured on few texts, and others.

    A row measured on n texts of one mood gives the share an error of the standard deviation of the
    worths within that row, over the root of n, times the share of that mood; and one that differs
    from kind to kind of texts by so much, that times the share. The share is again a mean of
    worths, and the errors of the rows are taken to go together.

    Args:
        errors: What was measured.
        side: Whose share is corrected.

    Returns:
        Shape (4 labels,).

    Example:
        >>> sure = np.hstack([np.eye(3), np.zeros((3, 1))]) * 0.6 + 0.1
        >>> few, many = (doubt(Errors(sure, (n,) * 3), "negative") for n in (100, 10_000))
        >>> (few / many).round(6).tolist()
        [10.0, 10.0, 10.0, 10.0]
    """
    every = worth(errors.confusion)
    place = LABELS.index(side)
    one = every[place]
    spread = errors.confusion @ one**2 - (errors.confusion @ one) ** 2
    # A mood of which no text was read is not known at all; 1 text stands for that.
    texts = np.maximum(np.array(errors.measured_on, np.float64), 1.0)
    variance = np.maximum(spread, 0) / texts + errors.between[place] ** 2
    return np.asarray(np.sqrt(variance) @ every)


def worth_sql(side: str) -> str:
    """SQL of what the label of a message is worth for the share of that side; null if unread."""
    own = np.array([float(label == side) for label in LABELS])
    return _by_tier(lambda errors: worth(errors.confusion)[LABELS.index(side)], own)


def doubt_sql(side: str) -> str:
    """SQL of the standard error of `worth_sql`."""
    return _by_tier(lambda errors: doubt(errors, side), np.zeros(len(LABELS)))


def fitted_step(name: str) -> Step:
    """Values and doubts of the messages whose moods were fitted to ratings.

    Args:
        name: Name of the step; its columns are `message_id`, and `negative`, `negative_doubt`,
            `positive` and `positive_doubt`.
    """
    errors = {
        question: f"({question}_intercept_error * {question}_intercept_error + 2e0 * "
        f"{question}_error_correlation * {question}_intercept_error * {question}_slope_error * x + "
        f"{question}_slope_error * {question}_slope_error * x * x)".replace("x", f"{question}_odds")
        for question in ("polarity", "neutrality")
    }
    # Derivatives of a probability by the log odds of the two questions; their signs do not matter.
    polar = "p_negative * p_positive / greatest(p_negative + p_positive, 1e-9)"
    columns = ", ".join(
        f"p_{side} AS {side}, sqrt(greatest(0e0, power({polar}, 2e0) * {errors['polarity']} + "
        f"power(p_neutral * p_{side}, 2e0) * {errors['neutrality']})) AS {side}_doubt"
        for side in SIDES
    )
    fitted = ", ".join(
        f"d.{question}_{part}"
        for question in ("polarity", "neutrality")
        for part in ("slope_error", "intercept_error", "error_correlation")
    )
    return Step(
        name=name,
        sql=(
            f"SELECT message_id, {columns} FROM (SELECT f.message_id, f.p_negative, f.p_neutral, "
            f"f.p_positive, {ODDS[0]} AS polarity_odds, {ODDS[1]} AS neutrality_odds, {fitted} "
            "FROM domain_mood f JOIN mood o ON o.message_id = f.message_id "
            "JOIN message m ON m.message_id = f.message_id JOIN domain d "
            f"ON d.source = {SOURCE} AND d.language = o.language "
            "WHERE d.learned_from <> 'texts' AND d.polarity_slope_error IS NOT NULL) known"
        ),
        inputs=("domain_mood", "mood", "message", "domain"),
        output=working(name, "Fitted probabilities with their standard errors"),
        note="Where moods are fitted to ratings: the probability of each message, and how far the "
        "fitted curve may be off there",
    )


def _by_tier(of: Callable[[Errors], NDArray[np.float64]], own: NDArray[np.float64]) -> str:
    """SQL of a number for each label; `own` are those of a model of one's own, unsure left out."""
    linear, pair = (
        "CASE language "
        + " ".join(
            f"WHEN {quoted(language)} THEN CASE label {_by_label(of(errors(language)))} END"
            for language in LANGUAGES
        )
        + " END"
        for errors in (linear_errors, pair_errors)
    )
    return (
        f"CASE WHEN startswith(tier, {quoted(OWN)}) THEN CASE label {_by_label(own)} END "
        f"WHEN startswith(tier, {quoted(PAIR)}) THEN {pair} ELSE {linear} END"
    )


def _by_label(values: NDArray[np.float64]) -> str:
    return " ".join(
        f"WHEN {quoted(label)} THEN {number(value)}"
        for label, value in zip(_GIVEN, values, strict=False)
    )


@cache
def linear_errors(language: str) -> Errors:
    """How the linear model errs; of a mixed text as in both languages on average."""
    model = shipped()
    kinds = {one: (worth(model.confusion(one)), sets) for one, sets in model.sets.items()}
    return Errors(
        model.confusion(language), _fewest(language, model.measured_on), _between(kinds, language)
    )


@cache
def pair_errors(language: str) -> Errors:
    """How the linear model and the encoder together err."""
    known = _stacks()
    chosen = of_language(known, language)
    # Not also the reader of all languages on English texts that are another's: one set counts once.
    kinds = {one: (worth(known[one].confusion), known[one].sets) for one in ("ko", "en")}
    return Errors(
        np.asarray(np.mean([one.confusion for one in chosen], axis=0)),
        tuple(min(each) for each in zip(*(one.measured_on for one in chosen), strict=True)),
        _between(kinds, language),
    )


def _between(
    kinds: Mapping[str, tuple[NDArray[np.float64], Sequence[Confusion]]], language: str
) -> NDArray[np.float64]:
    """How far errors in a language may be off on a kind of texts that is not known."""
    spread = between(list(kinds.values()), FEWEST)
    chosen = [kinds[language]] if language in kinds else list(kinds.values())
    return np.asarray(np.max([of_another(spread, sets) for _, sets in chosen], axis=0))


def _fewest(language: str, known: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    if language in known:
        return known[language]
    return tuple(min(both) for both in zip(*known.values(), strict=True))


def prior(side: str) -> Prior:
    """One message of each label, of no language in particular.

    Few messages may all have the same label; their spread must not be taken for none (as in the
    adjusted Wald intervals of Agresti and Coull 1998).
    """
    values = worth(shipped().confusion(""))[LABELS.index(side)]
    return Prior(n=len(_GIVEN), total=float(values.sum()), squares=float((values**2).sum()))

"""Shares of moods, corrected for the known error of the model that read them.

A model that reads one negative message in three as something else shows a rise of the negative
share smaller than it is. How often it reads what as what is known from texts it did not learn from
(its confusion matrix): solving for the shares that would give the labels seen makes the estimate
right on average (adjusted count; Forman 2008, Data Mining and Knowledge Discovery 17, 164-206).

The solution is linear, so every label is worth a number, and a share is the mean of these numbers:
it adds up over cells, and its spread is that of the numbers.

Of a model of one's own no confusion is known: what it labelled counts as it is, and what it left
unsure does not count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sonnim.analyzers.cells import number
from sonnim.language.mood_cascade import PAIR, Stack, stacks
from sonnim.language.mood_model import LABELS, UNSURE, shipped
from sonnim.language.own_settings import OWN
from sonnim.tables.step import quoted

LANGUAGES = ("ko", "en", "mixed")
SIDES = ("negative", "positive")
_GIVEN = (*LABELS, UNSURE)


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


def worth_sql(side: str) -> str:
    """SQL of what the label of a message is worth for the share of that side; null if unread."""
    linear, pair = (_by_language(side, one) for one in (shipped().confusion, pair_confusion))
    own = " ".join(f"WHEN {quoted(label)} THEN {number(float(label == side))}" for label in LABELS)
    return (
        f"CASE WHEN startswith(tier, {quoted(OWN)}) THEN CASE label {own} END "
        f"WHEN startswith(tier, {quoted(PAIR)}) THEN {pair} ELSE {linear} END"
    )


def _by_language(side: str, confusion: Callable[[str], NDArray[np.float64]]) -> str:
    cases = []
    for language in LANGUAGES:
        values = worth(confusion(language))[LABELS.index(side)]
        labels = " ".join(
            f"WHEN {quoted(label)} THEN {number(value)}"
            for label, value in zip(_GIVEN, values, strict=True)
        )
        cases.append(f"WHEN {quoted(language)} THEN CASE label {labels} END")
    return f"CASE language {' '.join(cases)} END"


def pair_confusion(language: str) -> NDArray[np.float64]:
    """How often the linear model and the encoder together give which label, as `confusion`."""
    known = _stacks()
    if language in known:
        return known[language].confusion
    both = np.array([one.confusion for one in known.values()])
    return np.asarray(both.mean(axis=0))


def prior(side: str) -> Prior:
    """One message of each label, of no language in particular.

    Few messages may all have the same label; their spread must not be taken for none (as in the
    adjusted Wald intervals of Agresti and Coull 1998).
    """
    values = worth(shipped().confusion(""))[LABELS.index(side)]
    return Prior(n=len(_GIVEN), total=float(values.sum()), squares=float((values**2).sum()))

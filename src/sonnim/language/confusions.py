"""How a model errs on one kind of texts, as its card says it for each set it was measured on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOODS, GIVEN = 3, 4
"""True moods, and labels that may be given: the moods, and "unsure"."""


@dataclass(frozen=True)
class Confusion:
    """What the texts of one set were taken for.

    Attributes:
        shares: Shape (3, 4): rows are the true negative, neutral and positive, columns the labels
            given, the last "unsure". Rows sum to one, or to none where there was no such text.
        measured_on: How many texts of each true mood there were.
    """

    shares: NDArray[np.float64]
    measured_on: tuple[int, ...]

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> "Confusion":
        """From a model card.

        Raises:
            KeyError, TypeError, ValueError: It is something else.
        """
        shares = np.array(known["confusion"], np.float64)
        if shares.shape != (MOODS, GIVEN):
            raise ValueError(f"confusion has the shape {shares.shape}, expected (3, 4)")
        a, b, c = map(int, known["measured_on"])
        return cls(shares, (a, b, c))

    @classmethod
    def counted(cls, labels: NDArray[np.int64], given: NDArray[np.int64]) -> "Confusion":
        """From true moods and the labels given, as numbers; 3 is "unsure".

        Example:
            >>> found = Confusion.counted(np.array([0, 0, 2]), np.array([0, 3, 2]))
            >>> found.shares.tolist(), found.measured_on
            ([[0.5, 0.0, 0.0, 0.5], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]], (2, 0, 1))
        """
        rows = [np.bincount(given[labels == mood], minlength=GIVEN) for mood in range(MOODS)]
        shares = [row / max(row.sum(), 1) for row in rows]
        a, b, c = (int(row.sum()) for row in rows)
        return cls(np.array(shares), (a, b, c))

    def card(self) -> dict[str, object]:
        """What the card says; the reverse of `of`."""
        return {
            "confusion": self.shares.round(4).tolist(),
            "measured_on": list(self.measured_on),
        }


def of_card(known: Mapping[str, Mapping[str, Any]]) -> tuple[Confusion, ...]:
    """Those of all sets that a card names, in its order."""
    return tuple(Confusion.of(one) for one in known.values())


def by_set(
    labels: NDArray[np.int64], given: NDArray[np.int64], sources: NDArray[np.str_]
) -> dict[str, dict[str, object]]:
    """What a card says of each set.

    Args:
        labels: True moods of the texts.
        given: Labels given, as numbers; 3 is "unsure".
        sources: Of which set each text is.

    Example:
        >>> sets = by_set(np.array([0, 2]), np.array([0, 3]), np.array(["films", "tweets"]))
        >>> sets["tweets"]["measured_on"]
        [0, 0, 1]
    """
    return {
        str(source): Confusion.counted(labels[sources == source], given[sources == source]).card()
        for source in np.unique(sources)
    }


def between(
    kinds: Sequence[tuple[NDArray[np.float64], Sequence[Confusion]]], fewest: int
) -> NDArray[np.float64]:
    """How far a model's errors on one kind of texts lie from those on another.

    What a label is worth for a share (`worth`) is right on average where texts are misread as often
    as where that was measured. On another kind, the texts of one true mood are then worth a little
    more or less than they should be. How much more or less is what this gives: the standard
    deviation between sets, pooled over languages, less what chance makes of few texts (the moment
    estimator of random effects; Cochran 1954, Biometrics 10, 101-129).

    Args:
        kinds: For each language what labels are worth, shape (3 moods, 4 labels), and the sets.
        fewest: So many texts of a mood a set must have to count there.

    Returns:
        Shape (3, 3): of the share of a mood (row), what texts of a true mood (column) add.

    Example:
        >>> well, badly = np.eye(3, 4) * 0.9 + 0.025, np.eye(3, 4) * 0.5 + 0.125
        >>> sets = [Confusion(one, (10_000,) * 3) for one in (well, badly)]
        >>> between([(np.eye(3, 4), sets)], 50)[0].round(2).tolist()
        [0.21, 0.07, 0.07]
    """
    found = np.zeros((MOODS, MOODS))
    for mood in range(MOODS):
        squares, freedom = np.zeros(MOODS), 0
        for worth, sets in kinds:
            enough = [one for one in sets if one.measured_on[mood] >= fewest]
            if len(enough) < 2:
                continue
            rows = np.array([one.shares[mood] for one in enough])
            said = rows @ worth.T
            texts = np.array([one.measured_on[mood] for one in enough])[:, np.newaxis]
            by_chance = (rows @ (worth**2).T - said**2) / texts
            apart = ((said - said.mean(axis=0)) ** 2).sum(axis=0)
            squares += apart - by_chance.sum(axis=0) * (1 - 1 / len(enough))
            freedom += len(enough) - 1
        found[:, mood] = np.sqrt(np.maximum(squares, 0) / max(freedom, 1))
    return found


def of_another(spread: NDArray[np.float64], sets: Sequence[Confusion]) -> NDArray[np.float64]:
    """How far a kind of texts that is in none of the sets lies from all sets taken together.

    Farther than kinds spread, as what is known of them is a mean of few sets, of which one may
    outweigh all others: a mean with weights w lies itself off by the root of the sum of w squared.

    Args:
        spread: What `between` gave.
        sets: Those that the errors were measured on, each weighing by its texts.

    Example:
        >>> one, other = (Confusion(np.eye(3, 4), (n,) * 3) for n in (300, 100))
        >>> of_another(np.ones((3, 3)), [one, other])[0].round(3).tolist()
        [1.275, 1.275, 1.275]
    """
    texts = np.array([one.measured_on for one in sets], np.float64)
    shares = texts / np.maximum(texts.sum(axis=0), 1.0)
    return np.asarray(spread * np.sqrt(1 + (shares**2).sum(axis=0)))

"""What the words of one kind of text say there, learned from ratings that came with some of them.

A model of moods knows no "buffering" of a streaming service and no "greasy" of a kitchen. Which
runs of letters go with high ratings and which with low is learned on top of what the models read:
a logistic regression whose start is their log odds (an offset), with a penalty that holds each
weight near none, so that few ratings teach little and nothing is learned twice (the target side of
Daumé 2007, "Frustratingly Easy Domain Adaptation").
"""

import base64
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sonnim.language.features import Features, character_features, clean
from sonnim.language.mood_model import sigmoid

Floats = NDArray[np.float64]

SIZES = (2, 3, 4)
BITS = 16
MOST = 10_000
"""Of so many rated texts words are learned: more takes longer and moves little."""
# Half of one, one and two did nearly alike on nine sets; half of one where words help most.
_PENALTY = 0.5
_ROUNDS, _ENOUGH = 400, 1e-4


def words_of(texts: Sequence[str]) -> Features:
    """The runs of letters of texts, as their words are counted here."""
    return character_features([clean(text) for text in texts], SIZES, BITS)


def learned(words: Features, known: Floats, positive: NDArray[np.bool_]) -> NDArray[np.float32]:
    """What each run of letters adds to the log odds of positive.

    By Nesterov's accelerated gradient, which needs no more than sums over texts and over runs.

    Args:
        words: What `words_of` gave.
        known: Log odds of positive without them, shape (texts,).
        positive: Whether each text is.

    Returns:
        Shape (2**BITS,); `words.sums` of it is what to add to a text's log odds.

    Example:
        >>> words = words_of(["greasy chips", "crisp chips"] * 20)
        >>> found = learned(words, np.zeros(40), np.arange(40) % 2 > 0)
        >>> bool((words_of(["greasy"]).sums(found) < 0).all())
        True
    """
    count = words.counts()
    rows = np.repeat(np.arange(len(count)), count)
    share = (1 / np.sqrt(np.maximum(count, 1)))[rows]

    def back(values: Floats) -> Floats:
        values = values[rows] * share
        return np.asarray(np.bincount(words.buckets, values, minlength=1 << BITS), np.float64)

    # The steepest the loss can bend: a quarter of the largest eigenvalue, by the power method.
    way = back(np.ones(len(count)))
    for _ in range(10):
        way = back(words.sums(way / (np.linalg.norm(way) or 1.0)))
    bend = 0.25 * 1.1 * float(np.linalg.norm(way)) + _PENALTY
    pull = (np.sqrt(bend) - np.sqrt(_PENALTY)) / (np.sqrt(bend) + np.sqrt(_PENALTY))
    weights = ahead = np.zeros(1 << BITS)
    for _ in range(_ROUNDS):
        slope = back(sigmoid(known + words.sums(ahead)) - positive) + _PENALTY * ahead
        last, weights = weights, ahead - slope / bend
        ahead = weights + pull * (weights - last)
        if np.abs(weights - last).max() < _ENOUGH:
            break
    return weights.astype(np.float32)


def packed(weights: NDArray[np.float32]) -> str:
    """Weights as text, at half their precision.

    >>> unpacked(packed(np.array([0.25, 0.0], np.float32))).tolist()
    [0.25, 0.0]
    """
    return base64.b85encode(zlib.compress(weights.astype("<f2").tobytes())).decode("ascii")


def unpacked(text: str) -> NDArray[np.float32]:
    """What was packed."""
    whole = zlib.decompress(base64.b85decode(text))
    return np.frombuffer(whole, "<f2").astype(np.float32)

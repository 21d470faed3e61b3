"""VADER, the peer for English moods (Hutto and Gilbert 2014; package `vaderSentiment`)."""

import importlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

MISSING = "not installed (pip install vaderSentiment)"
NEUTRAL = 0.05
"""Its authors' limit: a compound within it is neutral."""


def compounds() -> Callable[[Sequence[str]], NDArray[np.float64]] | None:
    """What gives the compound score of each text, -1 to 1; None if it is not installed."""
    try:
        package = importlib.import_module("vaderSentiment.vaderSentiment")
    except ImportError:
        return None
    score = package.SentimentIntensityAnalyzer().polarity_scores
    return lambda texts: np.array([score(text)["compound"] for text in texts], np.float64)


def sides(compound: NDArray[np.float64], neutral: NDArray[np.float64]) -> NDArray[np.float64]:
    """Negative, neutral and positive, shape (texts, 3); no probabilities, only their order."""
    return np.column_stack([(1 - compound) / 2, neutral, (1 + compound) / 2])

"""Simple classifiers that moods are held against: who does not beat them is not worth its weight.

* VADER (Hutto and Gilbert 2014, "VADER: A Parsimonious Rule-based Model"), English; the package
  `vaderSentiment`, where it is installed.
* TextBlob (its pattern analyser), English; the package `textblob`, where it is installed.
* A Korean lexicon: stems of praise minus stems of complaint, as KNU's lexicon is used. The list is
  our own and small (`lexicon.toml`): KNU's has no licence that would let us ship it.

None of them gives probabilities, only a score.
"""

import importlib
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonnim.language.features import clean
from sonnim.language.morphemes import morphemes

Floats = NDArray[np.float64]

# Gives a score of each text, -1 (negative) to 1.
Scorer = Callable[[Sequence[str]], Floats]

NEUTRAL = 0.05
"""A score nearer to 0 is neutral: the limit of VADER's authors, used for all."""
LEXICON = Path(__file__).parent / "lexicon.toml"
# Nouns, roots, verbs, adjectives, adverbs, exclamations.
_TAGS = ("NNG", "XR", "VV", "VA", "MAG", "IC")
# 불친절, 무책임: a prefix of negation.
_PREFIX = "XPN"


@dataclass(frozen=True)
class Baseline:
    """A classifier to compare with.

    Attributes:
        name: What it is called in tables.
        language: "ko" or "en": what it reads.
        package: The package that it needs, or "".
        load: Makes the scorer; None where the package is not installed.
    """

    name: str
    language: str
    package: str
    load: Callable[[], Scorer | None]


def vader() -> Scorer | None:
    """VADER's compound scores."""
    try:
        package = importlib.import_module("vaderSentiment.vaderSentiment")
    except ImportError:
        return None
    score = package.SentimentIntensityAnalyzer().polarity_scores
    return lambda texts: np.array([score(text)["compound"] for text in texts], np.float64)


def textblob() -> Scorer | None:
    """TextBlob's polarities."""
    try:
        blob = importlib.import_module("textblob").TextBlob
    except ImportError:
        return None
    return lambda texts: np.array([blob(text).sentiment.polarity for text in texts], np.float64)


def korean_lexicon() -> Scorer:
    """What the stems of the lexicon say of Korean texts."""
    return lexicon_scores


def lexicon_scores(texts: Sequence[str]) -> Floats:
    """Stems of praise minus stems of complaint, over both.

    A prefix turns its stem round (불친절); no other negation is heeded.

    Args:
        texts: Korean texts as found.

    Returns:
        Shape (texts,), -1 to 1; 0 where there are as many of both, or none.

    >>> lexicon_scores(["친절하고 맛있어요", "불친절했어요", "어제 갔어요"]).tolist()
    [1.0, -1.0, 0.0]
    """
    known = stems()
    found = np.zeros(len(texts))
    for place, row in enumerate(morphemes([clean(text) for text in texts])):
        signs = []
        before = ""
        for one in row:
            form, _, tag = one.rpartition("/")
            # An irregular verb or adjective has a tag such as VA-I.
            if tag.partition("-")[0] in _TAGS and form in known:
                signs.append(-known[form] if before == _PREFIX else known[form])
            before = tag
        found[place] = sum(signs) / len(signs) if signs else 0.0
    return found


@cache
def stems() -> dict[str, int]:
    """The stems of the lexicon: 1 for praise, -1 for complaint."""
    written = tomllib.loads(LEXICON.read_text(encoding="utf-8"))
    return {
        stem.strip(): sign
        for side, sign in (("positive", 1), ("negative", -1))
        for stem in written[side].split(",")
        if stem.strip()
    }


BASELINES = (
    Baseline("VADER", "en", "vaderSentiment", vader),
    Baseline("TextBlob", "en", "textblob", textblob),
    Baseline("lexicon", "ko", "", korean_lexicon),
)


def missing(package: str) -> str:
    """What a table says of a baseline that is not there.

    >>> missing("textblob")
    'not installed (pip install textblob)'
    """
    return f"not installed (pip install {package})"


def sides(score: Floats, neutral: Floats) -> Floats:
    """Negative, neutral and positive, shape (texts, 3); no probabilities, only their order."""
    return np.column_stack([(1 - score) / 2, neutral, (1 + score) / 2])

"""How a message feels: negative, neutral or positive, with calibrated probabilities.

Two linear questions are asked of each text, in its own language: is it neutral (q), and if it is
not, is it positive (s)? Then p_neutral = q, p_positive = (1-q)s and p_negative = (1-q)(1-s).
Each answer is the mean of a logistic regression and of one on naive Bayes features (Wang and
Manning 2012, "Baselines and Bigrams"), on hashed n-grams of characters and, for English, of words.
Korean needs no words: runs of up to five syllables hold its stems and endings, and cutting texts
into morphemes took nine tenths of the time (decision 0014). How it was made, and how good it is,
stands in `docs/models/mood.md`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonnim.language.confusions import Confusion, of_card
from sonnim.language.features import character_features, clean, token_features, words
from sonnim.language.identify import hangul_share
from sonnim.language.weights import LanguageWeights, load
from sonnim.tables.errors import StopError

LABELS = ("negative", "neutral", "positive")
UNSURE = "unsure"
SHIPPED = Path(__file__).parent / "models" / "mood"

# Texts taken at a time; bounds memory at some 100 MB whatever the caller sends.
_BATCH = 4_096
# What is said of a text that no head can read: nothing.
_PRIOR = 1 / 3


def log_odds(texts: Sequence[str], weights: LanguageWeights) -> NDArray[np.float64]:
    """The two answers for texts of one language.

    Args:
        texts: Texts as found.
        weights: The heads of that language.

    Returns:
        Shape (texts, 2): log odds of positive given not neutral, and of neutral.
    """
    answers = np.empty((len(texts), 2))
    for begin in range(0, len(texts), _BATCH):
        cleaned = [clean(text) for text in texts[begin : begin + _BATCH]]
        part = answers[begin : begin + len(cleaned)]
        characters = character_features(cleaned, weights.character_sizes, weights.character_bits)
        for column, head in enumerate((weights.polarity, weights.neutrality)):
            part[:, column] = characters.sums(head.characters) + head.bias
        if weights.token_sizes:
            cut = list(map(words, cleaned))
            tokens = token_features(cut, weights.token_sizes, weights.token_bits)
            for column, head in enumerate((weights.polarity, weights.neutrality)):
                part[:, column] += tokens.sums(head.tokens)
    return answers


def sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities from log odds; by tanh, which does not overflow.

    >>> sigmoid(np.array([0.0, -1e6])).tolist()
    [0.5, 0.0]
    """
    return np.asarray(0.5 * (1 + np.tanh(0.5 * values)), dtype=np.float64)


def moods(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of the three moods from the two answers.

    Args:
        log_odds: Shape (texts, 2): of positive given not neutral, and of neutral.

    Returns:
        Shape (texts, 3): negative, neutral, positive; rows sum to one.

    >>> moods(np.array([[0.0, 0.0]])).tolist()
    [[0.25, 0.5, 0.25]]
    """
    positive, neutral = sigmoid(log_odds[:, 0]), sigmoid(log_odds[:, 1])
    return np.column_stack([(1 - neutral) * (1 - positive), neutral, (1 - neutral) * positive])


def readable(languages: Sequence[str]) -> NDArray[np.bool_]:
    """Which texts are in a language that is read at all."""
    return np.isin(np.asarray(languages, dtype=np.str_), ("ko", "en", "mixed"))


def named(
    probabilities: NDArray[np.float64],
    languages: Sequence[str],
    thresholds: Mapping[str, float],
) -> list[str]:
    """The likeliest mood of each text, or "unsure" below the threshold of its language.

    Args:
        probabilities: Shape (texts, 3).
        languages: What `identify` said of each.
        thresholds: For "ko" and "en"; for "mixed" the higher of them counts, if none is given.

    >>> named(np.array([[0.1, 0.3, 0.6]] * 2), ["ko", "mixed"], {"ko": 0.5, "en": 0.7})
    ['positive', 'unsure']
    """
    known = {"mixed": max(thresholds.values()), **thresholds}
    needed = np.array([known.get(language, np.inf) for language in languages])
    likeliest = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1) >= needed
    return [LABELS[one] if enough else UNSURE for one, enough in zip(likeliest, sure, strict=True)]


@dataclass(frozen=True)
class MoodModel:
    """A loaded mood model; nothing in it changes, so it may be shared between threads.

    Attributes:
        name: Name of the model.
        version: Raised when the weights change.
        korean: What is known of Korean.
        english: What is known of English.
        sets: The same as `confusion`, for "ko" and "en", of each set of texts by itself.

    >>> model = MoodModel.load()
    >>> model.labels(model.probabilities(["배송이 빨라서 정말 좋아요"], ["ko"]), ["ko"])
    ['positive']
    """

    name: str
    version: str
    korean: LanguageWeights
    english: LanguageWeights
    sets: Mapping[str, tuple[Confusion, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path | None = None) -> "MoodModel":
        """Reads a model from its folder.

        Args:
            folder: A folder with `card.json`, `ko.npz` and `en.npz`; by default the shipped one.

        Returns:
            The model.

        Raises:
            StopError: If a file is absent or damaged.
        """
        folder = folder or SHIPPED
        file = folder / "card.json"
        try:
            card = json.loads(file.read_text(encoding="utf-8"))
            name, version, files = str(card["name"]), str(card["version"]), card["files"]
            expected = {language: str(files[f"{language}.npz"]) for language in ("ko", "en")}
            sets = {one: of_card(card["trained"][one]["sets"]) for one in ("ko", "en")}
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise StopError("model_file_damaged", file=str(file), reason=reason) from error
        return cls(
            name=name,
            version=version,
            korean=load(folder / "ko.npz", expected["ko"]),
            english=load(folder / "en.npz", expected["en"]),
            sets=sets,
        )

    @property
    def measured_on(self) -> dict[str, tuple[int, ...]]:
        """On how many texts of each true mood `confusion` was measured, for "ko" and "en"."""
        return {
            language: tuple(sum(n) for n in zip(*(one.measured_on for one in sets), strict=True))
            for language, sets in self.sets.items()
        }

    @property
    def tier(self) -> str:
        """Name and version in one word, for the column of that name."""
        return f"{self.name}-{self.version}"

    def probabilities(self, texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float64]:
        """How probable each mood is.

        Calibrated for a collection with as many negative as positive texts, a third of all being
        neutral. A text longer than 2,000 characters is read at its first and last 1,000. A mixed
        text is read by both languages' heads, each counting by its share of the letters. Of a text
        in another language nothing is known: a third each. A text's result does not depend on what
        else is in the batch.

        Args:
            texts: Texts as found.
            languages: What `identify` said of each.

        Returns:
            Shape (texts, 3): negative, neutral, positive; rows sum to one.

        Raises:
            ValueError: If there are not as many languages as texts.
        """
        result = moods(self.log_odds(texts, languages))
        result[~readable(languages)] = _PRIOR
        return result

    def log_odds(self, texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float64]:
        """The two answers for texts of any language; zeros for one that cannot be read.

        Args:
            texts: Texts as found.
            languages: What `identify` said of each.

        Returns:
            Shape (texts, 2), as the function `log_odds` gives them.

        Raises:
            ValueError: If there are not as many languages as texts.
        """
        if len(texts) != len(languages):
            raise ValueError(
                f"languages: expected one for each of {len(texts)} texts, received {len(languages)}"
            )
        named = np.asarray(languages, dtype=np.str_)
        mixed = np.isin(named, ("mixed",))
        combined = np.zeros((len(texts), 2))
        shares = np.zeros(len(texts))
        if mixed.any():
            chosen = np.flatnonzero(mixed)
            shares[chosen] = hangul_share([clean(texts[int(number)]) for number in chosen])
        for language, weights in (("ko", self.korean), ("en", self.english)):
            chosen = np.flatnonzero(np.isin(named, (language, "mixed")))
            if not chosen.size:
                continue
            counted = shares if language == "ko" else 1 - shares
            part = np.where(mixed[chosen], counted[chosen], 1.0)
            found = log_odds([texts[int(number)] for number in chosen], weights)
            combined[chosen] += part[:, np.newaxis] * found
        return combined

    def labels(self, probabilities: NDArray[np.float64], languages: Sequence[str]) -> list[str]:
        """One word for each text.

        The likeliest mood, or "unsure" where even that is less probable than the language's
        threshold. The threshold is the lowest at which the labels that are given reach the
        accuracy stated in the model card on texts not learned from.

        Args:
            probabilities: What `probabilities` gave; shape (texts, 3).
            languages: What `identify` said of each.

        Returns:
            "negative", "neutral", "positive" or "unsure" for each text.
        """
        return named(
            probabilities, languages, {"ko": self.korean.threshold, "en": self.english.threshold}
        )

    def confusion(self, language: str) -> NDArray[np.float64]:
        """How often a text of each true mood is given each label, on texts not learned from.

        Lets shares be corrected for the model's known error.

        Args:
            language: "ko" or "en"; anything else gives the mean of both.

        Returns:
            Shape (3, 4): rows are the true negative, neutral and positive, columns the labels
            negative, neutral, positive and unsure; rows sum to one.
        """
        if language == "ko":
            return self.korean.confusion
        if language == "en":
            return self.english.confusion
        return (self.korean.confusion + self.english.confusion) / 2


@cache
def shipped() -> MoodModel:
    """The shipped model, loaded once a process."""
    return MoodModel.load()

"""Moods in tiers: the linear model reads all, and what it is unsure of encoders read too.

English is read by both encoders: each is wrong about other texts. Its own, which is half as deep,
comes first, and only what those two are unsure of goes on to the other. Answers are weighed
together by two logistic regressions (stacking; Wolpert 1992), fitted on texts from which none of
them learned. Whose answer counts how much depends on whether a word of negation or contrast is in
the text: there a bag of short pieces is often wrong. A text goes on where the likeliest mood is
less probable than a threshold, which is higher where there is such a word: of those with which the
tiers are as accurate on those texts as if everything went on, but for a quarter of a point (six
tenths where written pairs count as well), the ones that cost least.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.language.confusions import Confusion, of_card
from sonnim.language.identify import hangul_share
from sonnim.language.mood_model import LABELS, MoodModel, moods, named, readable
from sonnim.language.mood_model import shipped as shipped_linear
from sonnim.language.reader import CARD, MOOD, RATING, SHIPPED, Reader, card
from sonnim.language.readers import ENGLISH, Readers
from sonnim.language.readers import shipped as shipped_encoders
from sonnim.tables.errors import StopError

Floats = NDArray[np.float64]

PAIR = "cascade-8"
"""Name and version of the tiers: how the column `tier` begins."""
TIERS = ("fast", "english", "accurate")
"""Ends of the column `tier`: read by the linear model alone, by it and the reader of English, or
by all models that read the language."""
FEATURES = 6
"""How many columns `encoder_features` has."""
POLAR_COLUMNS = 11
"""How many columns `polar_columns` has."""
REST = "rest"
"""What is not Korean of a mixed text: the reader of all languages reads it."""
_NEGATIVE, _NEUTRAL, _POSITIVE = range(3)
# Words that turn round what stands beside them, or set it against something.
_TURNS = re.compile(
    "안 |못 |않|없|아니|아닌|말고|지만|는데|은데|한데|그래도|별로|전혀|결코|하나도|못하|모자라"
    "|그렇다고|커녕"
    r"|\b(?:not|no|never|nothing|none|nobody|without|hardly|barely|cannot|but|however|although"
    r"|though|yet|despite|except|nor|neither|rather|instead|until|only|would|could|should)\b|n['’]t",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Weights:
    """How answers are weighed.

    Attributes:
        polarity: Factors of the columns of `polar_columns`, and a bias.
        neutrality: Factors of those of `neutral_columns`, and a bias.
        pass_on: Below this probability of the likeliest mood, as those say who were asked before, a
            text goes on to be weighed so: one that does not turn, and one that does (`turned`).
    """

    polarity: tuple[float, ...]
    neutrality: tuple[float, float, float, float]
    pass_on: tuple[float, float]

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> "Weights":
        """From the model card.

        Raises:
            KeyError, TypeError, ValueError: It is something else.
        """
        polarity = tuple(map(float, known["polarity"]))
        if len(polarity) != POLAR_COLUMNS + 1:
            raise ValueError(f"polarity has {len(polarity)} numbers, not {POLAR_COLUMNS + 1}")
        a, b, c, d = map(float, known["neutrality"])
        straight, turning = map(float, known["pass_on"])
        return cls(polarity, (a, b, c, d), (straight, turning))

    def odds(self, polar: Floats, neutral: Floats) -> Floats:
        """Log odds of the models together, of what `columns` gave.

        Returns:
            Shape (texts, 2): of positive given not neutral, and of neutral.
        """
        return np.column_stack([polar @ self.polarity, neutral @ self.neutrality])


@dataclass(frozen=True)
class Stack:
    """How a language is read by the encoders.

    Attributes:
        all: How all models are weighed that read it.
        own: How the linear model and the reader of that language alone are, where it has one: it is
            asked first.
        threshold: Below this probability of the likeliest mood a text is "unsure" in the end.
        confusion: Share of the texts of each true mood that get each label, as in `MoodModel`.
        measured_on: On how many texts of each true mood that was measured.
        sets: The same as `confusion`, of each set of texts by itself.
    """

    all: Weights
    own: Weights | None
    threshold: float
    confusion: Floats
    measured_on: tuple[int, ...] = (0, 0, 0)
    sets: tuple[Confusion, ...] = ()

    @property
    def first(self) -> Weights:
        """How a text is weighed that comes from the linear model."""
        return self.own or self.all

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> "Stack":
        """From the model card.

        Raises:
            KeyError, TypeError, ValueError: It is something else.
        """
        return cls(
            all=Weights.of(known["all"]),
            own=Weights.of(known["own"]) if "own" in known else None,
            threshold=float(known["threshold"]),
            confusion=np.array(known["confusion"], dtype=np.float64),
            measured_on=tuple(map(int, known["measured_on"])),
            sets=of_card(known["sets"]),
        )


def stacks(everyone: Path = SHIPPED, english: Path = ENGLISH) -> dict[str, Stack]:
    """What the cards of the two readers say; needs no package of the extra.

    Args:
        everyone: Folder of the reader of all languages, by default the shipped one.
        english: Folder of the English reader.

    Returns:
        For "ko" and "en", and `REST`.

    Raises:
        StopError: A card is absent or damaged.
    """
    found: dict[str, Stack] = {}
    for folder, names in ((everyone, ("ko", REST)), (english, ("en",))):
        known = card(folder)
        try:
            found |= {name: Stack.of(known["stacks"][name]) for name in names}
        except (KeyError, TypeError, ValueError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise StopError("model_file_damaged", file=str(folder / CARD), reason=reason) from error
    return found


def of_language(known: Mapping[str, Stack], language: str) -> list[Stack]:
    """The ways in which texts of a language are weighed; of an unknown one, or a mixed, two."""
    return [known[language]] if language in known else [known["ko"], known[REST]]


@dataclass(frozen=True)
class Moods:
    """What was read of texts.

    Attributes:
        probabilities: Shape (texts, 3): negative, neutral, positive.
        labels: The likeliest mood, or "unsure".
        tiers: Which model read each text.
    """

    probabilities: Floats
    labels: list[str]
    tiers: list[str]


def alone(model: MoodModel, texts: Sequence[str], languages: Sequence[str]) -> Moods:
    """Moods by the linear model alone."""
    found = model.probabilities(texts, languages)
    return Moods(found, model.labels(found, languages), [model.tier] * len(texts))


@dataclass(frozen=True)
class Cascade:
    """All models; nothing in it changes, so it may be shared between threads.

    Attributes:
        fast: The linear model.
        reader: The encoders.
        known: How they are weighed, as `stacks` gives it.
        tier: Name and version of the pair.
    """

    fast: MoodModel
    reader: Readers
    known: Mapping[str, Stack] = field(default_factory=stacks)
    tier: str = PAIR

    @classmethod
    def load(cls) -> "Cascade":
        """The shipped models.

        Raises:
            StopError: A file is damaged, or a package of the extra is not installed.
        """
        return cls(fast=shipped_linear(), reader=shipped_encoders())

    def read(
        self, texts: Sequence[str], languages: Sequence[str], *, everything: bool = False
    ) -> Moods:
        """How texts feel.

        A text's result does not depend on what else is in the batch.

        Args:
            texts: Texts as found.
            languages: What `identify` said of each.
            everything: Whether all texts go on to the encoder.

        Raises:
            ValueError: If there are not as many languages as texts.
        """
        linear = self.fast.log_odds(texts, languages)
        found = moods(linear)
        known = readable(languages)
        turns = turned(texts)
        unsure = everything or self._unsure(languages, turns, found)
        asked = np.flatnonzero(known & unsure)
        tiers = np.full(len(texts), TIERS[0], dtype=object)
        if asked.size:
            chosen = [texts[int(n)] for n in asked]
            named_so = [languages[int(n)] for n in asked]
            found[asked], tiers[asked] = self._deep(
                chosen, named_so, linear[asked], turns[asked], everything
            )
        found[~known] = 1 / 3
        thresholds = {
            language: max(one.threshold for one in of_language(self.known, language))
            for language in ("ko", "en", "mixed")
        }
        read_by = [f"{self.tier}:{one}" for one in tiers]
        return Moods(found, named(found, languages, thresholds), read_by)

    def _deep(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        linear: Floats,
        turns: Floats,
        everything: bool,
    ) -> tuple[Floats, list[str]]:
        """Probabilities of the moods of texts that went on, and the tier that each came to."""
        found, features = np.zeros((len(texts), len(LABELS))), np.zeros((len(texts), FEATURES))
        tiers = np.full(len(texts), TIERS[2], dtype=object)
        english = _english(languages)
        features[english, 3:] = _answers(self.reader.english, [texts[n] for n in english])
        stack = self.known["en"]
        if stack.own is not None and not everything:
            own = columns(linear[english], features[english], turns[english])
            found[english] = moods(stack.own.odds(*own))
            sure = found[english].max(axis=1) >= levels(stack.all.pass_on, turns[english])
            tiers[np.array(english, np.int64)[sure]] = TIERS[1]
        rest = [at for at, one in enumerate(tiers) if one == TIERS[2]]
        chosen = [texts[n] for n in rest]
        features[rest, :3] = _answers(self.reader.everyone, chosen)
        shares = language_shares(chosen, [languages[n] for n in rest])
        found[rest] = moods(stacked(self.known, linear[rest], features[rest], turns[rest], shares))
        return found, tiers.tolist()

    def _unsure(self, languages: Sequence[str], turns: Floats, found: Floats) -> NDArray[np.bool_]:
        """Which texts the linear model leaves open."""
        named_so, least = np.asarray(languages, dtype=np.str_), np.zeros(len(turns))
        for language in set(languages):
            chosen = named_so == language
            for one in of_language(self.known, language):
                level = levels(one.first.pass_on, turns[chosen])
                least[chosen] = np.maximum(least[chosen], level)
        return np.asarray(found.max(axis=1) < least)


def levels(pass_on: tuple[float, float], turns: Floats) -> Floats:
    """Below which probability each text goes on, as `Weights.pass_on` says.

    >>> levels((0.5, 0.7), np.array([0.0, 1.0])).tolist()
    [0.5, 0.7]
    """
    straight, turning = pass_on
    return np.where(turns > 0, turning, straight)


def language_shares(texts: Sequence[str], languages: Sequence[str]) -> dict[str, Floats]:
    """How much of each text counts as which language, 0 to 1: of a mixed one its Korean letters.

    >>> shares = language_shares(["배송 ok"], ["mixed"])
    >>> {name: round(float(one[0]), 2) for name, one in shares.items()}
    {'ko': 0.71, 'en': 0.0, 'rest': 0.29}
    """
    shares = {name: np.array([float(one == name) for one in languages]) for name in ("ko", "en")}
    mixed = [n for n, one in enumerate(languages) if one == "mixed"]
    if mixed:
        shares["ko"][mixed] = hangul_share([texts[n] for n in mixed])
    return {**shares, REST: 1 - shares["ko"] - shares["en"]}


def encoder_features(readers: Readers, texts: Sequence[str], languages: Sequence[str]) -> Floats:
    """What the encoders say of the mood of texts.

    Args:
        readers: Both.
        texts: Texts as found.
        languages: What `identify` said of each.

    Returns:
        Shape (texts, `FEATURES`): log odds of positive against negative, the rating in log odds,
        and log odds of neutral by the reader of all languages; the same by that of English, 0 of
        others.
    """
    found = np.zeros((len(texts), FEATURES))
    found[:, :3] = _answers(readers.everyone, texts)
    english = _english(languages)
    found[english, 3:] = _answers(readers.english, [texts[at] for at in english])
    return found


def _english(languages: Sequence[str]) -> list[int]:
    """Places of the texts that the reader of English reads."""
    return [at for at, language in enumerate(languages) if language == "en"]


def _answers(reader: Reader, texts: Sequence[str]) -> Floats:
    reading = reader.read(texts, (MOOD, RATING))
    logits = reading.texts[MOOD].astype(np.float64)
    polar = np.logaddexp(logits[:, _NEGATIVE], logits[:, _POSITIVE])
    return np.column_stack(
        [
            logits[:, _POSITIVE] - logits[:, _NEGATIVE],
            reading.texts[RATING][:, 0].astype(np.float64),
            logits[:, _NEUTRAL] - polar,
        ]
    )


def turned(texts: Sequence[str]) -> Floats:
    """1 for a text with a word of negation or contrast, else 0; shape (texts,).

    >>> turned(["별로 안 좋아요", "정말 좋아요"]).tolist()
    [1.0, 0.0]
    """
    return np.array([float(bool(_TURNS.search(text))) for text in texts])


def polar_columns(linear: Floats, features: Floats, turns: Floats) -> Floats:
    """What the log odds of positive are a sum of.

    Args:
        linear: Log odds of the linear model, shape (texts, 2).
        features: What `encoder_features` gave, shape (texts, 6).
        turns: What `turned` gave, shape (texts,).

    Returns:
        Shape (texts, `POLAR_COLUMNS`): the five answers, the same where the text turns (else 0),
        and whether it does.
    """
    answers = np.column_stack([linear[:, 0], features[:, [0, 1, 3, 4]]])
    return np.column_stack([answers, answers * turns[:, np.newaxis], turns])


def neutral_columns(linear: Floats, features: Floats) -> Floats:
    """What the log odds of neutral are a sum of, shape (texts, 3); arguments as above."""
    return np.column_stack([linear[:, 1], features[:, [2, 5]]])


def columns(linear: Floats, features: Floats, turns: Floats) -> tuple[Floats, Floats]:
    """`polar_columns` and `neutral_columns`, each with a one for the bias behind them."""
    one = np.ones(len(linear))
    polar = np.column_stack([polar_columns(linear, features, turns), one])
    return polar, np.column_stack([neutral_columns(linear, features), one])


def stacked(
    known: Mapping[str, Stack],
    linear: Floats,
    features: Floats,
    turns: Floats,
    shares: Mapping[str, Floats],
) -> Floats:
    """Log odds of all models together.

    Args:
        known: How they are weighed, as `stacks` gives it.
        linear: Log odds of the linear model, shape (texts, 2).
        features: What `encoder_features` gave, shape (texts, 6).
        turns: What `turned` gave, shape (texts,).
        shares: How much of each text is weighed in which way, as `language_shares` gives it.

    Returns:
        Shape (texts, 2): of positive given not neutral, and of neutral.
    """
    polar, neutral = columns(linear, features, turns)
    total = np.zeros((len(linear), 2))
    for name, share in shares.items():
        total += share[:, np.newaxis] * known[name].all.odds(polar, neutral)
    return total

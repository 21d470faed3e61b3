"""The behavioural checklist of the moods: what a negation, a "but" or a wink does to them.

`python -m benchmarks.checklist [--wrong]`

After CheckList (Ribeiro, Wu, Guestrin and Singh 2020, "Beyond Accuracy", ACL), on the written pairs
in `tests/language/checklist`. A text that is negative or positive is right if that side is the
likelier of the two; a neutral one if neutral is the likeliest of the three; a tie is never right. A
pair passes if both its texts are right, so that who always says the same passes none of the pairs
whose mood must change. The goals are those of the half called `test`; `--wrong` prints the failures
of `dev` only.

Peer, where it is installed: VADER (Hutto and Gilbert 2014; package `vaderSentiment`) for English.
"""

import argparse
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.sheet import Figure
from sonnim.language.baselines import NEUTRAL, missing, sides, vader
from sonnim.language.measures import wilson
from sonnim.language.mood_cascade import Cascade
from sonnim.language.mood_model import MoodModel
from sonnim.language.readers import installed

PAIRS = Path(__file__).resolve().parent.parent / "tests" / "language" / "checklist"
LANGUAGES = ("ko", "en")
PARTS = ("dev", "test")
NEGATIONS = ("negation", "double_negation")
# Capabilities that are also counted together.
ALL, ANY_NEGATION = "all", "negation of both kinds"
LEAST = {ANY_NEGATION: 0.85, "contrast": 0.85}

# Gives the probabilities of negative, neutral and positive, shape (texts, 3).
Read = Callable[[Sequence[str]], NDArray[np.float64]]


@dataclass(frozen=True)
class Pair:
    """Two texts that differ by little, with the mood of each.

    Attributes:
        capability: What the difference tries.
        part: "dev" may be looked at, "test" is for figures.
        a: One text.
        a_mood: Its mood: "negative", "neutral" or "positive".
        b: The other text.
        b_mood: Its mood.
    """

    capability: str
    part: str
    a: str
    a_mood: str
    b: str
    b_mood: str


@dataclass(frozen=True)
class Score:
    """What came of some pairs.

    Attributes:
        pairs: How many there are.
        passed: How many of them have both texts right.
        right: How many texts are right, of twice as many as there are pairs.
    """

    pairs: int = 0
    passed: int = 0
    right: int = 0

    @property
    def pair_rate(self) -> float | None:
        """Share of pairs that pass."""
        return self.passed / self.pairs if self.pairs else None

    @property
    def text_rate(self) -> float | None:
        """Share of texts that are right."""
        return self.right / (2 * self.pairs) if self.pairs else None


def pairs(language: str, part: str | None = None) -> list[Pair]:
    """The pairs of one language, as they stand in the file.

    Args:
        language: "ko" or "en".
        part: "dev" or "test"; None for both.

    Returns:
        The pairs.
    """
    written = tomllib.loads((PAIRS / f"{language}.toml").read_text(encoding="utf-8"))
    found = [Pair(**one) for one in written["pair"]]
    return [one for one in found if part in (None, one.part)]


def is_right(probabilities: NDArray[np.float64], mood: str) -> bool:
    """Whether a text of that mood was read rightly.

    >>> is_right(np.array([0.2, 0.5, 0.3]), "positive")
    True
    >>> is_right(np.array([0.3, 0.4, 0.3]), "positive")
    False
    """
    negative, neutral, positive = map(float, probabilities)
    if mood == "neutral":
        return neutral > max(negative, positive)
    return positive > negative if mood == "positive" else negative > positive


def judged(given: Sequence[Pair], read: Read) -> list[tuple[bool, bool]]:
    """Whether the first and the second text of each pair are right."""
    answers = read([text for one in given for text in (one.a, one.b)])
    return [
        (is_right(answers[2 * i], one.a_mood), is_right(answers[2 * i + 1], one.b_mood))
        for i, one in enumerate(given)
    ]


def scored(given: Sequence[Pair], read: Read) -> dict[str, Score]:
    """The score of all pairs, of both kinds of negation together, and of each capability."""
    count, passed, right = Counter[str](), Counter[str](), Counter[str]()
    for one, (first, second) in zip(given, judged(given, read), strict=True):
        names = [ALL, one.capability]
        if one.capability in NEGATIONS:
            names.append(ANY_NEGATION)
        for name in names:
            count[name] += 1
            passed[name] += first and second
            right[name] += first + second
    order = dict.fromkeys([ALL, ANY_NEGATION, *(one.capability for one in given)])
    return {name: Score(count[name], passed[name], right[name]) for name in order if count[name]}


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures the checklist; the pairs are those there are, whatever `rows` says."""
    del folder, rows
    tell("checklist")
    model = MoodModel.load()
    both = Cascade.load() if installed() else None
    found: list[Figure] = []
    for language in LANGUAGES:
        found += _of(language, "sonnim, fast", ours(model, language), {})
        if both is not None:
            found += _of(language, "sonnim, cascade", either(both, language, all_of=False), {})
            found += _of(language, "sonnim, accurate", either(both, language, all_of=True), LEAST)
    peer = vaders()
    if peer is None:
        return [*found, Figure("checklist en, VADER", None, "share", missing("vaderSentiment"))]
    return [*found, *_of("en", "VADER", peer, {})]


def ours(model: MoodModel, language: str) -> Read:
    """What Sonnim reads in texts that are known to be in that language."""

    def read(texts: Sequence[str]) -> NDArray[np.float64]:
        return model.probabilities(texts, [language] * len(texts))

    return read


def either(cascade: Cascade, language: str, *, all_of: bool) -> Read:
    """What both models read together; the encoder everything, or what the linear one doubts."""

    def read(texts: Sequence[str]) -> NDArray[np.float64]:
        return cascade.read(texts, [language] * len(texts), everything=all_of).probabilities

    return read


def vaders() -> Read | None:
    """What VADER reads; None if it is not installed."""
    compounds = vader()
    if compounds is None:
        return None

    def read(texts: Sequence[str]) -> NDArray[np.float64]:
        compound = compounds(texts)
        # Neutral outweighs both sides within its limits, and is nothing beyond.
        return sides(compound, np.where(np.abs(compound) < NEUTRAL, 1.0, 0.0))

    return read


def _of(language: str, who: str, read: Read, least: dict[str, float]) -> Iterator[Figure]:
    test, both = scored(pairs(language, "test"), read), scored(pairs(language), read)
    for name, score in test.items():
        sure = wilson(score.passed, score.pairs)
        note = (
            f"{score.passed} of {score.pairs} test pairs; 95% {sure.low:.3f} to {sure.high:.3f}; "
            f"texts {score.text_rate:.3f}; with dev {both[name].pair_rate:.3f} "
            f"of {both[name].pairs}, texts {both[name].text_rate:.3f}"
        )
        what = f"checklist {language}, {who}: pairs passed, {name}"
        yield Figure(what, score.pair_rate, "share", note, least=least.get(name))


def main() -> None:
    """Prints the scores, or the pairs of the half `dev` that fail."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--wrong", action="store_true", help="the failures of dev, not the scores")
    if not parser.parse_args().wrong:
        for figure in figures(Path(), None, lambda text: None):
            print(f"{figure.name:<66} {figure.shown:>6} {figure.goal:<22} {figure.note}")
        return
    model = MoodModel.load()
    for language in LANGUAGES:
        given = pairs(language, "dev")
        for one, (first, second) in zip(given, judged(given, ours(model, language)), strict=True):
            if not (first and second):
                print(f"{language} {one.capability}")
                print(f"  {'right' if first else 'WRONG'}  {one.a_mood:<8}  {one.a}")
                print(f"  {'right' if second else 'WRONG'}  {one.b_mood:<8}  {one.b}")


if __name__ == "__main__":
    main()

"""The behavioural checklist: enough pairs, sound ones, and a score that counts what it says.

What a model gets right is measured by `python -m benchmarks checklist`, not here.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from training.mood.data import Example, letters, without_copies
from training.reader.data import PAIRS_HELD, TWEETS, reviews, sentences, written
from training.reader.data import pairs as learned_pairs

from benchmarks.checklist import (
    ALL,
    ANY_NEGATION,
    LANGUAGES,
    LEAST,
    NEGATIONS,
    PARTS,
    Pair,
    Score,
    figures,
    is_right,
    pairs,
    scored,
)
from sonnim.language.mood_model import LABELS

LEAST_PAIRS = {
    "negation": 40, "double_negation": 16, "contrast": 60, "sarcasm": 30, "comparison": 8,
    "intensity": 8, "change": 8, "question": 8, "spelling": 8, "emoji_laughter": 8, "implicit": 8,
    "not_about_us": 8,
}  # fmt: skip
HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
LATIN = re.compile(r"[A-Za-z]")


def texts(given: Sequence[Pair]) -> list[str]:
    return [text for one in given for text in (one.a, one.b)]


def moods(one: Pair) -> str:
    return " ".join(sorted((one.a_mood, one.b_mood)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pairs_are_many_and_of_all_capabilities(language: str) -> None:
    given = pairs(language)
    count = Counter(one.capability for one in given)
    assert len(given) >= 200 and set(count) == set(LEAST_PAIRS)
    assert all(count[name] >= least for name, least in LEAST_PAIRS.items())
    assert sum(count[name] for name in NEGATIONS) >= 60
    # Nobody passes half of them by always saying the same.
    assert sum(one.a_mood != one.b_mood for one in given) >= 0.8 * len(given)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_pair_is_sound(language: str) -> None:
    given = pairs(language)
    for one in given:
        assert one.part in PARTS and {one.a_mood, one.b_mood} <= set(LABELS), one
        for text in (one.a, one.b):
            assert text == " ".join(text.split()) and 3 <= len(text) <= 160, text
            korean, english = len(HANGUL.findall(text)), len(LATIN.findall(text))
            assert (korean > english) if language == "ko" else (english and not korean), text
    # No text is there twice, even if signs and spaces do not count; emoji do.
    bare = Counter(re.sub(r"[\s.,!?'\"]", "", text).casefold() for text in texts(given))
    assert max(bare.values()) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_halves_are_alike(language: str) -> None:
    count = Counter((one.part, one.capability, moods(one)) for one in pairs(language))
    for _, capability, both in list(count):
        dev, test = (count[part, capability, both] for part in PARTS)
        assert abs(dev - test) <= 1, (capability, both)
    assert not set(texts(pairs(language, "dev"))) & set(texts(pairs(language, "test")))
    assert len(pairs(language, "dev")) + len(pairs(language, "test")) == len(pairs(language))


def test_positive_and_negative_are_as_many() -> None:
    for language in LANGUAGES:
        for name in LEAST:
            chosen = [
                one
                for one in pairs(language)
                if one.capability == name or (name == ANY_NEGATION and one.capability in NEGATIONS)
            ]
            count = Counter(mood for one in chosen for mood in (one.a_mood, one.b_mood))
            assert count["positive"] == count["negative"] == len(chosen)


def test_a_side_is_right_if_it_is_likelier_than_the_other() -> None:
    assert is_right(np.array([0.1, 0.7, 0.2]), "positive")
    assert not is_right(np.array([0.1, 0.7, 0.2]), "negative")
    assert is_right(np.array([0.1, 0.7, 0.2]), "neutral")
    assert not is_right(np.array([0.5, 0.3, 0.2]), "neutral")
    # A tie is an answer to nothing.
    assert not any(is_right(np.full(3, 1 / 3), mood) for mood in LABELS)


def test_a_score_is_counted_as_worked_by_hand() -> None:
    given = [
        Pair("negation", "dev", "p1", "positive", "n1", "negative"),  # both right
        Pair("negation", "dev", "p2", "positive", "p3", "negative"),  # the second wrong
        Pair("double_negation", "test", "n2", "negative", "p4", "positive"),  # both right
        Pair("question", "test", "u1", "neutral", "n3", "negative"),  # both right
        Pair("question", "test", "n4", "neutral", "p5", "negative"),  # both wrong
    ]
    answers = {"n": (0.6, 0.3, 0.1), "u": (0.3, 0.6, 0.1), "p": (0.1, 0.3, 0.6)}

    def read(asked: Sequence[str]) -> NDArray[np.float64]:
        return np.array([answers[text[0]] for text in asked])

    found = scored(given, read)
    assert found == {
        ALL: Score(pairs=5, passed=3, right=7),
        ANY_NEGATION: Score(pairs=3, passed=2, right=5),
        "negation": Score(pairs=2, passed=1, right=3),
        "double_negation": Score(pairs=1, passed=1, right=2),
        "question": Score(pairs=2, passed=1, right=2),
    }
    assert found[ALL].pair_rate == 0.6 and found[ALL].text_rate == 0.7
    assert Score().pair_rate is None and Score().text_rate is None


def test_who_always_says_the_same_passes_no_pair_that_must_change() -> None:
    def read(asked: Sequence[str]) -> NDArray[np.float64]:
        return np.tile([0.1, 0.2, 0.7], (len(asked), 1))

    for language in LANGUAGES:
        found = scored(pairs(language), read)
        for name in LEAST:
            assert (found[name].pair_rate, found[name].text_rate) == (0.0, 0.5)


def test_the_shipped_model_is_measured_on_the_half_for_figures(tmp_path: Path) -> None:
    found = {one.name: one for one in figures(tmp_path, None, lambda text: None)}
    for language in LANGUAGES:
        for name in (ALL, *LEAST, *LEAST_PAIRS):
            fast, one = (
                found[f"checklist {language}, sonnim, {tier}: pairs passed, {name}"]
                for tier in ("fast", "accurate")
            )
            assert one.value is not None and 0 <= one.value <= 1
            # The goals are those of the best that can be installed.
            assert (fast.least, one.least) == (None, LEAST.get(name))
            test = len([
                pair for pair in pairs(language, "test")
                if name in (ALL, pair.capability)
                or (name == ANY_NEGATION and pair.capability in NEGATIONS)
            ])  # fmt: skip
            assert f" of {test} test pairs;" in one.note


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_it_was_learned_from(language: str) -> None:
    """No text that was written to learn from is a copy of one that measures."""
    ours = [
        Example(one.text, one.mood, one.source, "learn")
        for one in (
            *learned_pairs(),
            *learned_pairs(PAIRS_HELD),
            *sentences(),
            *sentences(TWEETS, "tweets_written"),
            *reviews(),
            *written("learn"),
        )
    ]
    theirs = [Example(text, 0, "checklist", "measure") for text in texts(pairs(language))]
    known = {letters(one.text) for one in theirs}
    assert len(ours) > 15_000 and not known & {letters(one.text) for one in ours}
    shingle, shortest = (10, 20) if language == "ko" else (20, 30)
    _, copies = without_copies([*ours, *theirs], "measure", shingle, shortest)
    assert copies == {}

"""Cleaning, words and hashed n-grams."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonnim.language.features import (
    KEPT_AT_EACH_END,
    Features,
    character_features,
    clean,
    ends,
    token_features,
    words,
)

BITS = 18
ANY_TEXT = st.text(st.characters(), max_size=60)
_WHOLE = (1 << 64) - 1


def mixed(value: int) -> int:
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _WHOLE
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _WHOLE
    return value ^ (value >> 31)


def buckets_of(units: Sequence[int], sizes: Sequence[int]) -> set[int]:
    """The plain reference: one n-gram after the other, in Python's whole numbers."""
    found = set()
    for size in sizes:
        for begin in range(len(units) - size + 1):
            value = 0
            for unit in units[begin : begin + size]:
                value = (value * 0xD6E8FEB86659FD93 + unit + 1) & _WHOLE
            found.add(mixed(value ^ size) & ((1 << BITS) - 1))
    return found


def token_hash(token: str) -> int:
    value, power = 0, 1
    for character in token + "\x1f":
        power = (power * 0x9E3779B97F4A7C15) & _WHOLE
        value = (value + ord(character) * power) & _WHOLE
    return mixed(value)


def rows(features: Features) -> list[list[int]]:
    return [
        features.buckets[begin:end].tolist()
        for begin, end in zip(features.starts[:-1], features.starts[1:], strict=True)
    ]


@given(st.lists(ANY_TEXT, max_size=6), st.sampled_from([(1,), (1, 2, 3, 4), (3, 5), (2, 30)]))
def test_characters_equal_the_plain_reference(texts: list[str], sizes: tuple[int, ...]) -> None:
    padded = [f" {text} " if text else " " for text in texts]
    expected = [sorted(buckets_of(list(map(ord, text)), sizes)) for text in padded]
    assert rows(character_features(texts, sizes, BITS)) == expected


@given(st.lists(st.lists(ANY_TEXT, max_size=8), max_size=6), st.sampled_from([(1,), (1, 2), (3,)]))
def test_tokens_equal_the_plain_reference(tokens: list[list[str]], sizes: tuple[int, ...]) -> None:
    expected = [sorted(buckets_of(list(map(token_hash, row)), sizes)) for row in tokens]
    assert rows(token_features(tokens, sizes, BITS)) == expected


@given(st.lists(ANY_TEXT, min_size=1, max_size=8))
def test_a_text_does_not_feel_its_neighbours(texts: list[str]) -> None:
    weights = np.random.default_rng(7).normal(size=1 << BITS).astype(np.float32)
    together = character_features(texts, (1, 2, 3), BITS)
    alone = [character_features([text], (1, 2, 3), BITS) for text in texts]
    assert rows(together) == [rows(one)[0] for one in alone]
    sums = [float(one.sums(weights)[0]) for one in alone]
    assert together.sums(weights).tolist() == sums


def test_sums_are_means_over_the_root_of_the_number() -> None:
    features = Features(buckets=np.array([0, 2, 3, 1]), starts=np.array([0, 0, 3, 3, 4]))
    weights = np.array([1.0, 5.0, 2.0, 3.0], dtype=np.float32)
    assert features.sums(weights) == pytest.approx([0, 6 / 3**0.5, 0, 5])
    assert features.counts().tolist() == [0, 3, 0, 1]


def test_no_texts_give_no_features() -> None:
    for features in (character_features([], (1, 2), BITS), token_features([], (1, 2), BITS)):
        assert features.counts().tolist() == []
        assert features.sums(np.zeros(1 << BITS, dtype=np.float32)).tolist() == []


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("", ""),
        ("  a \t\r\n b  ", "a b"),
        ("정말 좋아요ㅋㅋㅋㅋㅋㅋㅋ", "정말 좋아요ㅋㅋㅋ"),
        ("ㅋㅋ", "ㅋㅋ"),
        ("WOW!!!!!!", "wow!!!"),
        ("<p>one</p><br/>two", "one two"),
        ("<!-- hidden -->shown", "shown"),
        ("a < b and c > d", "a < b and c > d"),
        ("가격 &lt;비쌈&gt; &amp; 맛", "가격 <비쌈> & 맛"),
        ("see https://example.org/x?y=1 now", "see url now"),
        ("@someone_else thanks", "@user thanks"),
        ("mail me@example.org", "mail me@example.org"),
        ("don’t", "don't"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\ud83d broken \udc4d", "broken"),
        ("nul\x00byte", "nulbyte"),
        ("좋아요👍👍", "좋아요👍👍"),
        ("ᄀ가", "ᄀ가"),
    ],
)
def test_cleaning(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text(st.characters(), max_size=400))
def test_cleaning_takes_any_text(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= 2 * KEPT_AT_EACH_END + 1
    assert cleaned == cleaned.strip()
    cleaned.encode("utf-8")


def test_long_texts_keep_their_ends() -> None:
    cleaned = clean("start " + "filler words here " * 60_000 + "finish")
    assert len(cleaned) <= 2 * KEPT_AT_EACH_END + 1
    assert cleaned.startswith("start") and cleaned.endswith("finish")
    assert ends("abc", 2) == "abc"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("good", ["good"]),
        ("it's fine", ["it's", "fine"]),
        ("not good", ["not", "good", "|", "!good"]),
        (
            "don't buy this thing ever",
            ["don't", "buy", "this", "thing", "ever", "|", "!buy", "!this", "!thing"],
        ),
        ("no. good", ["no", ".", "good"]),
        ("wow :)", ["wow", ":", ")"]),
        ("did n't work", ["didn't", "work", "|", "!work"]),
        ("5 stars 👍", ["5", "stars", "👍"]),
    ],
)
def test_words(text: str, tokens: list[str]) -> None:
    assert words(text) == tokens

"""Copies of texts within windows: against all pairs, whatever the order, and what is no copy."""

import time
from collections.abc import Sequence

import numpy as np
import pytest

from sonnim.graphs.copies import families
from sonnim.tables.errors import StopError

SYLLABLES = ["".join(chr(0xAC00 + 97 * i + j) for j in (3, 50, 88)) for i in range(60)]
ENGLISH = (
    "battery", "screen", "shop", "never", "again", "order", "coffee", "cold", "staff", "rude",
    "waited", "hours", "price",
)  # fmt: skip


def said(chance: np.random.Generator, words: Sequence[str], n: int) -> list[str]:
    return [words[int(place)] for place in chance.integers(0, len(words), n)]


def edited(
    chance: np.random.Generator, given: list[str], words: Sequence[str], n: int
) -> list[str]:
    """The same text with n of its words put otherwise."""
    new = list(given)
    for place in chance.choice(len(given), n, replace=False):
        new[int(place)] = words[int(chance.integers(0, len(words)))]
    return new


def runs(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(len(text) - 2)}


def all_pairs(texts: list[str], windows: np.ndarray, alike: float, least: int) -> list[set[int]]:
    """Oracle: every two texts of a window are compared, and ties followed."""
    group = list(range(len(texts)))
    for i, one in enumerate(texts):
        for j in range(i):
            a, b = runs(one), runs(texts[j])
            long = min(len(one), len(texts[j])) >= least
            near = long and len(a & b) >= alike * len(a | b)
            if windows[i] == windows[j] and (one == texts[j] or near):
                group = [group[j] if of == group[i] else of for of in group]
    return [{i for i, of in enumerate(group) if of == number} for number in set(group)]


@pytest.mark.parametrize("words", [SYLLABLES, ENGLISH], ids=["ko", "en"])
def test_copies_are_those_of_all_pairs(words: Sequence[str]) -> None:
    chance = np.random.default_rng(2)
    texts: list[str] = []
    for _ in range(25):
        first = said(chance, words, 14)
        texts += ["".join(edited(chance, first, words, n)) for n in (0, 0, 1, 1, 2)]
        texts.append("".join(first[:2]))
    windows = chance.integers(0, 3, len(texts))
    found = families(texts, windows, alike=0.6, least=30)
    groups = [set(np.flatnonzero(found == number).tolist()) for number in set(found.tolist())]
    wanted = all_pairs(texts, windows, 0.6, 30)
    assert sorted(map(sorted, groups)) == sorted(map(sorted, wanted))
    assert max(map(len, groups)) > 2
    turned = chance.permutation(len(texts))
    again = families([texts[place] for place in turned], windows[turned], alike=0.6)
    assert again.tolist() == found[turned].tolist()


def test_few_that_share_just_enough_are_missed() -> None:
    """Of pairs at .6 to .65 the bands find what their chance says, 98%."""
    chance = np.random.default_rng(5)
    pairs = []
    while len(pairs) < 300:
        first = said(chance, SYLLABLES, 16)
        one, two = "".join(first), "".join(edited(chance, first, SYLLABLES, 3))
        share = len(runs(one) & runs(two)) / len(runs(one) | runs(two))
        if 0.6 <= share < 0.65:
            pairs.append((one, two))
    texts = [text for pair in pairs for text in pair]
    found = families(texts, np.repeat(np.arange(300), 2), alike=0.6)
    assert (found[::2] == found[1::2]).mean() > 0.95


def test_short_texts_are_copies_only_to_the_letter_and_at_one_all_are() -> None:
    short = ["thankyousomuchforthis", "thankyousomuchforthat", "thankyousomuchforthis"]
    here = np.zeros(3, int)
    one, two, three = families(short, here)
    assert one == three != two
    assert len(set(families(short, here, least=20))) == 1
    long = [text * 3 for text in short]
    assert len(set(families(long, here))) == 1
    assert families(long, here, alike=1)[0] != families(long, here, alike=1)[1]
    # Not in another window.
    assert len(set(families(long, np.arange(3)))) == 3
    assert families([], np.zeros(0, int)).tolist() == []


def test_a_flood_takes_time_in_line_with_its_size() -> None:
    chance = np.random.default_rng(3)
    first = said(chance, SYLLABLES, 20)
    flood = ["".join(edited(chance, first, SYLLABLES, 1)) for _ in range(4000)]

    def seconds(n: int) -> float:
        begun = time.process_time()
        found = families(flood[:n], np.zeros(n, int))
        assert len(set(found.tolist())) == 1
        return time.process_time() - begun

    seconds(100)
    # All pairs would take 64 times as long.
    assert seconds(4000) < 30 * seconds(500)


def test_what_cannot_be_compared_says_so() -> None:
    with pytest.raises(StopError, match="2 texts and 1 windows"):
        families(["a", "b"], np.zeros(1, int))
    with pytest.raises(StopError, match="alike by 0"):
        families(["a"], np.zeros(1, int), alike=0)

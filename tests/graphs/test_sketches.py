"""Sketches: texts that share much have sketches that agree much."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.graphs.sketches import NOTHING, sketches
from sonnim.tables.errors import StopError

WORDS = (
    *("배송", "정말", "빠르고", "포장", "상태", "좋아서", "다시", "사고", "싶은", "제품"),
    *("the", "app", "crashed", "again", "after", "update"),
)


def text(chance: np.random.Generator, words: int = 14) -> str:
    return " ".join(chance.choice(WORDS, words)) + f" {chance.integers(1 << 30)}"


def runs(said: str) -> set[str]:
    return {said[i : i + 5] for i in range(len(said) - 4)}


def test_sketches_agree_as_much_as_texts_share() -> None:
    """Oracle: Jaccard similarity of the sets of runs of five letters."""
    chance = np.random.default_rng(1)
    pairs = []
    for turn in range(40):
        base = text(chance, 30).split()
        other = base.copy()
        for place in chance.choice(len(base), turn // 2, replace=False):
            other[place] = chance.choice(WORDS)
        pairs.append((" ".join(base), " ".join(other)))
    found = sketches([said for pair in pairs for said in pair], hashes=600)
    share = (found[::2] == found[1::2]).mean(axis=1)
    wanted = np.array([len(runs(a) & runs(b)) / len(runs(a) | runs(b)) for a, b in pairs])
    assert np.abs(share - wanted).max() < 4 * 0.5 / np.sqrt(600)
    assert abs((share - wanted).mean()) < 0.012


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=6))
def test_sketches_take_any_text_and_no_neighbour_matters(texts: list[str | None]) -> None:
    together = sketches(texts, least=5)
    assert together.shape == (len(texts), 48)
    for row, said in zip(together, texts, strict=True):
        assert (sketches([said], least=5)[0] == row).all()
        assert (row == NOTHING).all() or (row != NOTHING).all()


def test_sketches_in_parts_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(4)
    texts = [text(chance) for _ in range(30)]
    whole = sketches(texts)
    monkeypatch.setattr("sonnim.graphs.sketches._LETTERS", 100)
    assert (sketches(texts) == whole).all()
    assert (sketches(["half a \ud83d pair of letters, and more of it"]) != NOTHING).all()


def test_a_sketch_of_no_numbers_is_refused() -> None:
    with pytest.raises(StopError, match="0 numbers"):
        sketches(["a"], hashes=0)

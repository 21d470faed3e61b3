"""Copies and accounts that act as one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.graphs.duplicates import coordinated
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


def planted(seed: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """200 accounts post on their own; 0 to 4 and 10 to 12 post copies, slightly changed."""
    chance = np.random.default_rng(seed)
    who, when, said = [], [], []
    for _ in range(2000):
        who.append(int(chance.integers(0, 200)))
        when.append(float(chance.random() * 30 * 86_400))
        said.append(text(chance))
    for crew, count in (((0, 1, 2, 3, 4), 6), ((10, 11, 12), 4)):
        for _ in range(count):
            base, begin = text(chance, 20), chance.random() * 30 * 86_400
            for person in crew:
                who.append(person)
                when.append(begin + chance.random() * 40)
                said.append(
                    base + chance.choice(["", "!", " ㅋㅋ", " https://a.bc/" + str(person)])
                )
    # A slogan that many post once, at times of their own: no crew.
    slogan = "everybody knows this slogan of the advertisement by heart"
    for person in range(30, 130):
        who.append(person)
        when.append(float(chance.random() * 30 * 86_400))
        said.append(slogan)
    return np.array(who), np.array(when), said


@pytest.mark.parametrize("seed", range(3))
def test_planted_crews_are_found_and_nobody_else(seed: int) -> None:
    """Oracle: the crews that were planted; order of rows does not matter."""
    who, when, said = planted(seed)
    found = coordinated(200, who, when, sketches(said))
    assert np.flatnonzero(found.group == 0).tolist() == [0, 1, 2, 3, 4]
    assert np.flatnonzero(found.group == 1).tolist() == [10, 11, 12]
    assert (found.group < 2).all()
    crews = {
        (a, b) for crew in ((0, 1, 2, 3, 4), (10, 11, 12)) for a in crew for b in crew if a < b
    }
    assert set(zip(found.first.tolist(), found.second.tolist(), strict=True)) == crews
    assert (found.together[found.first < 10] >= 5).all()
    assert (found.expected < 0.01).all() and (found.p_values < 1e-4).all()
    assert set(np.unique(who[found.copies]).tolist()) == {0, 1, 2, 3, 4, 10, 11, 12}
    order = np.random.default_rng(9).permutation(len(who))
    other = coordinated(200, who[order], when[order], sketches([said[i] for i in order]))
    assert (other.group == found.group).all() and (other.copies == found.copies[order]).all()


def test_chance_alone_ties_hardly_anybody() -> None:
    """Independent times: the p-values are corrected, so that one run in a hundred errs."""
    ties = 0
    for seed in range(10):
        chance = np.random.default_rng(seed)
        said = [f"one of three slogans that everybody posts, number {i}{i}{i}{i}" for i in range(3)]
        who, what = chance.integers(0, 60, 600), chance.integers(0, 3, 600)
        when = chance.random(600) * 86_400
        found = coordinated(60, who, when, sketches([said[i] for i in what]))
        ties += (found.group >= 0).any()
    assert ties <= 1


def test_how_often_is_counted_by_hand() -> None:
    said = ["the first text, long enough to compare", "the second one, which is different"]
    given_sketches = sketches([said[0], said[0], said[0], said[1], said[1], said[0]])
    who = np.array([0, 1, 1, 0, 1, 2])
    when = np.array([0.0, 5, 6, 1000, 1010, 5000])
    found = coordinated(3, who, when, given_sketches, level=1.0)
    # Account 1 posted the first text twice beside one of account 0: two messages of 0, three of 1.
    assert found.together.tolist() == [2] and found.first.tolist() == [0]
    # Copies of 0 and 1: 1 x 2 of the first text, 1 x 1 of the second; 4 of 15 pairs lie near.
    assert found.expected[0] == pytest.approx(3 * 4 / 15)
    assert found.copies.tolist() == [True] * 5 + [False]


def test_floods_and_nothing_at_all() -> None:
    none = np.array([], int)
    bare = coordinated(2, none, none, sketches([]))
    assert bare.group.tolist() == [-1, -1] and bare.first.tolist() == []
    assert coordinated(0, none, none, sketches([])).group.tolist() == []
    flood = np.repeat(sketches(["the very same text, posted by everybody"]), 5000, axis=0)
    who = np.arange(5000) % 100
    found = coordinated(100, who, np.zeros(5000), flood)
    # Everything came at once, so that nothing about it is less likely than anything else.
    assert (found.group == -1).all()
    short = coordinated(2, np.array([0, 1] * 5), np.zeros(10), sketches(["좋아요"] * 10))
    assert short.first.tolist() == []


def test_what_cannot_be_compared_says_so() -> None:
    some = sketches(["a text that is long enough for it"])
    row = np.array([0])
    with pytest.raises(StopError, match="2 people, 1 times"):
        coordinated(1, np.array([0, 0]), row, some)
    with pytest.raises(StopError, match="likeness of 2"):
        coordinated(1, row, row, some, alike=2)
    with pytest.raises(StopError, match="row 1 is no number"):
        coordinated(1, row, np.array([np.nan]), some)
    with pytest.raises(StopError, match="person 5"):
        coordinated(1, np.array([5]), row, some)
    with pytest.raises(StopError, match="0 numbers"):
        sketches(["a"], hashes=0)

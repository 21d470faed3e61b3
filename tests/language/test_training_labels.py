"""Labels that stand beside the shared texts: their files are whole, and no text measures."""

import re
from collections import Counter

import pytest
from training.mood.data import (
    LABELLED,
    MEASURE_ENGLISH,
    REVIEWS,
    SHARED,
    labelled_tweets,
    letters,
    reviews,
)
from training.reader import opinions
from training.reader.data import (
    PAIRS_HELD,
    PHRASES,
    STRENGTHS,
    TOLD,
    Taught,
    digest,
    pairs,
    phrases,
    strengths,
    written,
)


def test_strengths_are_whole() -> None:
    lines = STRENGTHS.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines)) and len(lines) == len(strengths()) > 50_000
    assert all(re.fullmatch(r"[0-9a-f]{12}\t[0-4]", line) for line in lines)
    # Nobody can say how a text without a letter feels.
    assert digest("!?") not in strengths()


@pytest.fixture(scope="module")
def learned() -> set[str]:
    """The letters of all reviews, pairs and customers' texts that were written to learn from."""
    return {
        *(letters(text) for _, text in reviews()),
        *(letters(one.text) for one in (*pairs(), *written("learn"))),
    }


def test_reviews_that_calibrate_are_no_copies_of_those_learned_from(learned: set[str]) -> None:
    held = [letters(text) for _, text in reviews(REVIEWS / "held")]
    assert len(set(held)) == len(held) > 1_000 and learned.isdisjoint(held)
    assert {stars for stars, _ in reviews(REVIEWS / "held")} == {1, 2, 3, 4, 5}


def test_pairs_that_calibrate_are_no_copies_of_what_is_learned_from(learned: set[str]) -> None:
    held = [letters(one.text) for one in pairs(PAIRS_HELD)]
    assert len(held) > 1_800 and learned.isdisjoint(held)


def test_marked_sentences_are_whole() -> None:
    """Every mark is read, no sentence stands twice, and both languages are marked both ways."""
    found = [*opinions.written(), *opinions.written(opinions.ASPECTS_HELD)]
    texts = [letters(one.text) for one in found]
    assert not [one.text for one in found if set(one.text) & set("[]|")]
    assert len(texts) - len(set(texts)) < 10
    for source in (opinions.WRITTEN, opinions.WRITTEN_KO):
        own = [one for one in found if one.source == source]
        polarity = Counter(span.polarity for one in own for span in one.targets)
        assert len(own) > 1_700 and min(polarity.values()) > 200
        for one in own:
            assert all(one.text[span.start : span.end].strip() for span in one.targets)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not here")
def test_marked_sentences_are_no_copies_of_those_that_measure() -> None:
    measured = {letters(one.text) for one in opinions.marked(SHARED) if one.part == "measure"}
    assert len(measured) > 500
    assert measured.isdisjoint(letters(one.text) for one in opinions.learned(SHARED))
    held = {letters(one.text) for one in opinions.measured(SHARED, opinions.WRITTEN_KO)}
    assert len(held) > 800
    assert held.isdisjoint(letters(one.text) for one in opinions.learned(SHARED))


def test_labels_of_tweets_are_whole() -> None:
    rows = [line.split("\t") for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    assert len({(name, row) for name, row, _ in rows}) == len(rows) > 15_000
    assert {label for *_, label in rows} == set("nop")


def test_parts_are_cut_at_signs_conjunctions_and_prepositions() -> None:
    text = "A film with no charm, but a triumph of style."
    wanted = {"A film": 2, "with no charm": 1, "A film with no charm": 1, "a triumph": 4}
    known = {digest(part): strength for part, strength in wanted.items()}
    found = list(
        phrases([Taught(text, "sst2"), Taught(text, "sst5"), Taught(text, "acl14")], known)
    )
    assert {one.text: round(one.rating * 4) for one in found} == wanted
    assert [one.source for one in found] == [PHRASES] * 4
    assert Counter(one.mood for one in found) == {0: 2, 1: 1, 2: 1}
    (sentence,) = phrases([Taught("It broke. I cried, twice.", "amazon")], {digest("It broke."): 0})
    assert (sentence.text, sentence.mood, sentence.rating) == ("It broke.", 0, 0.0)


def test_korean_reviews_are_read_whole_and_in_parts() -> None:
    text = "연기는 좋은데 지루했다!"
    wanted = {text: 1, "연기는 좋은데": 3, "지루했다": 1}
    known = {digest(part): strength for part, strength in wanted.items()}
    found = list(phrases([Taught(text, "nsmc"), Taught(text, "kote")], known))
    # Signs are no letters: the last part is known by the same digest as it is with them.
    assert {one.text: round(one.rating * 4) for one in found} == wanted
    assert {one.source for one in found} == {TOLD}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not here")
def test_no_labelled_tweet_measures() -> None:
    parts = Counter(one.part for one in labelled_tweets(SHARED))
    assert MEASURE_ENGLISH > 0 and set(parts) == {"learn", "calibrate"}
    seen = Counter(letters(one.text) for one in labelled_tweets(SHARED) if one.source == "acl14")
    assert set(seen.values()) == {1}

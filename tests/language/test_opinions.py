"""Opinions from tags: by hand, by property, and on texts that no tag was made for."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sonnim.language.opinions import Opinion, Span, joined, packed, spans, unpacked

GOOD, BAD, SO = (0.05, 0.05, 0.9), (0.9, 0.05, 0.05), (0.1, 0.8, 0.1)


def span(text: str, piece: str, polarity: tuple[float, float, float]) -> Span:
    start = text.index(piece)
    return Span(start, start + len(piece), polarity, 1.0)


def shown(text: str, found: list[Opinion]) -> list[tuple[str, str, str]]:
    return [(text[slice(*one.target)], text[slice(*one.words)], one.polarity) for one in found]


def test_contrast_gives_two_opinions() -> None:
    text = "맛은 있는데 배송이 너무 늦어요"
    targets = [span(text, "맛", GOOD), span(text, "배송", BAD)]
    words = [span(text, "있는데", GOOD), span(text, "너무 늦어요", BAD)]
    assert shown(text, joined(text, targets, words)) == [
        ("맛", "있는데", "positive"),
        ("배송", "너무 늦어요", "negative"),
    ]


def test_several_targets_share_their_words() -> None:
    text = "양과 맛이 훌륭합니다"
    found = joined(text, [span(text, "양", GOOD), span(text, "맛", GOOD)],
                   [span(text, "훌륭", GOOD)])  # fmt: skip
    assert shown(text, found) == [("양", "훌륭", "positive"), ("맛", "훌륭", "positive")]


def test_words_without_a_target_are_an_opinion_of_their_own() -> None:
    text = "The pasta was cold. Way overpriced!"
    found = joined(text, [span(text, "pasta", BAD)],
                   [span(text, "cold", BAD), span(text, "Way overpriced", BAD)])  # fmt: skip
    assert shown(text, found) == [
        ("pasta", "cold", "negative"),
        ("", "Way overpriced", "negative"),
    ]


def test_a_sentence_ends_before_the_words_of_the_next() -> None:
    text = "케이크를 주문했어요. 정말 달아요"
    found = joined(text, [span(text, "케이크", SO)], [span(text, "정말 달아요", BAD)])
    assert shown(text, found) == [("케이크", "", "neutral"), ("", "정말 달아요", "negative")]


def test_words_of_another_polarity_give_way_to_some_a_little_farther() -> None:
    text = "screen dim but speakers loud"
    found = joined(text, [span(text, "speakers", GOOD)],
                   [span(text, "dim", BAD), span(text, "loud", GOOD)])  # fmt: skip
    assert shown(text, found)[-1] == ("speakers", "loud", "positive")


LOGITS = st.lists(st.lists(st.floats(-9, 9, width=32), min_size=7, max_size=7), max_size=12)


@given(LOGITS, st.data())
def test_spans_are_pieces_in_order_without_blanks_at_their_ends(
    rows: list[list[float]], data: st.DataObject
) -> None:
    text, offsets = "", []
    for _ in rows:
        piece = data.draw(st.sampled_from(["맛", " 배송", "s", " ", "", "\n", " 👍"]))
        offsets.append((len(text), len(text) + len(piece)))
        text += piece
    found = spans(text, np.array(rows, np.float32).reshape(-1, 7), offsets)
    for one in found:
        assert text[one.start : one.end].strip() == text[one.start : one.end] != ""
        assert abs(sum(one.polarity) - 1) < 1e-5
        assert 0 < one.probability <= 1
    for one, other in pairwise(found):
        assert one.end <= other.start
    # Every opinion has a piece of the text, and each span is in one.
    together = joined(text, found, found[:1])
    assert {one.target for one in together if one.target[1]} == {(s.start, s.end) for s in found}


@given(st.lists(st.builds(
    Opinion,
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    st.sampled_from(["negative", "neutral", "positive"]),
    st.integers(0, 10_000).map(lambda n: n / 10_000),
), max_size=5))  # fmt: skip
def test_packing_loses_nothing_but_decimals(found: list[Opinion]) -> None:
    assert list(unpacked(packed(found))) == found

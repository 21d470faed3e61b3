"""Which language a text is in."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.language.identify import LANGUAGES, hangul_share, identify


@pytest.mark.parametrize(
    ("text", "language"),
    [
        # Korean
        ("배송이 빨라서 좋아요", "ko"),
        ("굿", "ko"),
        ("ㅋㅋㅋㅋ", "ko"),
        ("ㅠㅠ", "ko"),
        ("iPhone 15 Pro 케이스 배송이 너무 늦어요", "ko"),
        ("Samsung Galaxy 쓰는데 좋네요", "ko"),
        ("5점 드려요!!! 👍👍", "ko"),
        ("<b>최고</b> https://example.org/very/long/english/address", "ko"),
        # English
        ("The delivery was late and nobody answered.", "en"),
        ("refund pls", "en"),
        ("ok", "en"),
        ("GREAT!!!", "en"),
        ("We stayed in 명동 and the hotel was lovely", "en"),
        # Both
        ("배송 너무 slow and 포장 was bad", "mixed"),
        ("직원분이 very kind 하시고 room 도 clean 했어요", "mixed"),
        # Others
        ("とても良かったです。また買います。", "other"),
        ("质量很好，下次还会购买", "other"),
        ("Очень хороший магазин", "other"),
        ("منتج رائع جدا", "other"),
        ("สินค้าดีมาก", "other"),
        ("La livraison était très rapide, je suis très content", "other"),
        ("Die Lieferung war leider viel zu spät und der Karton beschädigt", "other"),
        # No letters
        ("", "other"),
        ("   \n\t ", "other"),
        ("👍👍👍", "other"),
        ("12345 !!! ...", "other"),
        ("https://example.org/a", "other"),
        ("\ud800", "other"),
    ],
)
def test_examples(text: str, language: str) -> None:
    (found,), probabilities = identify([text])
    assert found == language
    assert 0 <= probabilities[0] <= 1


def test_text_without_letters_is_a_guess() -> None:
    assert identify(["!!!"])[1].tolist() == [0.25]


def test_no_texts() -> None:
    languages, probabilities = identify([])
    assert languages == []
    assert probabilities.shape == (0,)


@settings(max_examples=200)
@given(st.lists(st.text(st.characters(), max_size=80), max_size=6))
def test_any_text_alone_or_in_company(texts: list[str]) -> None:
    languages, probabilities = identify(texts)
    assert set(languages) <= set(LANGUAGES)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    for text, language, probability in zip(texts, languages, probabilities, strict=True):
        alone, sure = identify([text])
        assert (alone[0], sure[0]) == (language, probability)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("배송이 빨라요. " * 110_000, "ko"),
        ("a" * 1_000_000, None),
        ("<" * 1_000_000, "other"),
        ("&amp;" * 200_000, "other"),
        ("@" * 1_000_000, "other"),
        ("<a " * 340_000, None),
        ("http://" + "x" * 1_000_000, "other"),
        ("\u200b" * 1_000_000, "other"),
        ("ㅋ" * 1_000_000, "ko"),
        ("a1" * 500_000, None),
    ],
    ids=[
        "long",
        "one word",
        "brackets",
        "entities",
        "ats",
        "tags",
        "address",
        "unseen",
        "ㅋ",
        "a1",
    ],
)
def test_a_hostile_megabyte_is_quick(text: str, language: str | None) -> None:
    identify(["load the model first"])
    begin = time.perf_counter()
    (found,), _ = identify([text])
    assert time.perf_counter() - begin < 2
    assert language in (found, None)


def test_share_of_hangul() -> None:
    assert hangul_share([]).tolist() == []
    assert hangul_share(["가ab", "!!"]).tolist() == [2.5 / 4.5, 0.0]

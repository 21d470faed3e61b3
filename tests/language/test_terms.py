"""Terms of texts: what is one, what is none, whatever the text."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.checks.samples import HOSTILE
from sonnim.language.terms import LONGEST, MOST, concepts, is_korean, is_phrase, normal, terms


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("결제가 안 되고 환불도 안 해 줘요", {"결제", "환불"}),
        ("배송이 너무 느려요", {"배송", "느리다"}),
        ("앱이 자꾸 튕겨요", {"앱", "튕기다"}),
        ("고객 센터 상담원이 불친절", {"고객 센터", "상담원", "불친절"}),
        ("The delivery driver was rude", {"delivery", "driver", "delivery driver", "rude"}),
        ("CRASHES after updates", {"crash", "update"}),
        ("배\u200b송이 늦어요", {"배송", "늦다"}),
        ("app이 crash 나요", {"app", "crash"}),
    ],
)
def test_what_it_is_about_is_a_term(text: str, there: set[str]) -> None:
    assert there <= set(terms([text])[0])


@pytest.mark.parametrize(
    "text",
    ["", "   ", "좋아요!!", "최고예요 ㅋㅋㅋ", "👍👍👍", "It was so good, thank you", "ㅠㅠ",
     "010-1234-5678", "HD20240117", "http://example.com/배송?q=refund", "@delivery_team", "<b></b>",
     "注文番号はどこで確認できますか。", "ㅇㅏㄴㄴㅕㅇ"],
)  # fmt: skip
def test_what_says_nothing_has_none(text: str) -> None:
    assert terms([text]) == [[]]


def test_nouns_with_something_between_are_no_phrase() -> None:
    assert "배송 환불" not in terms(["배송은 빠른데 환불은 느려요"])[0]
    assert "delivery refund" not in terms(["Delivery, refund"])[0]
    assert "delivery refund" not in terms(["delivery of the refund"])[0]


def test_numbers_never_come_through() -> None:
    for row in terms(["계좌 1234-56-7890 김민수", "order A12B3 card 4111111111111111"]):
        assert not any(letter.isdigit() for term in row for letter in term)


def test_texts_do_not_depend_on_those_beside_them() -> None:
    texts = ["배달 기사님이 늦게 왔어요", "late delivery", "", "환불 언제 되나요", "注文番号"]
    assert terms(texts) == [terms([text])[0] for text in texts]
    assert terms([]) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_text_has_terms_of_the_form_promised(texts: list[str]) -> None:
    found = terms(texts)
    assert len(found) == len(texts)
    for row in found:
        assert len(row) == len(set(row)) <= MOST
        assert all(0 < len(term) <= LONGEST and "  " not in term for term in row)


def test_hostile_and_huge_texts_pass() -> None:
    found = terms([*HOSTILE, "배송 늦음 " * 200_000, "delivery " * 120_000])
    assert len(found) == len(HOSTILE) + 2
    assert "배송" in found[-2] and found[-1] == ["delivery"]


def test_words_of_one_meaning_are_listed_once_and_led_by_a_word() -> None:
    text = files("sonnim.language").joinpath("terms.toml").read_text(encoding="utf-8")
    lines = tomllib.loads(text)["same"]
    every = [word for line in lines for word in line]
    assert len(every) == len(set(every))
    for line in lines:
        assert len(line) >= 2 and not is_phrase(line[0])
    # English words stand there as `terms` gives them.
    for word in every:
        if not is_korean(word) and not is_phrase(word):
            assert normal(word) == word, word
    assert concepts()["refund"] == "환불"

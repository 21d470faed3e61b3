"""Telephone numbers: Korean ones however they are spelled, American, British, and with a +.

Hotlines of companies and authorities (112, 119, 1588-0000, 080, 1-800) belong to nobody; they stay.
"""

import re
from collections.abc import Iterator

from sonnim.language.pii_base import Piece, before, digits_of, of_a_thing
from sonnim.language.pii_fold import Folded

_GAP = r"[\s.\-·_,()/~]{0,3}"
_MOBILE = re.compile(rf"0{_GAP}1{_GAP}[016789](?:{_GAP}\d){{7,8}}")
_LANDLINE = re.compile(
    r"(?<![\dA-Za-z])(?<!\d[-.])\(?0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50[2-8])(?:\) ?"
    r"|[ .\-/]{1,3})"
    r"\d{3,4}[ .\-]{1,3}\d{4}(?!\d)(?!-\d)"
)
_LANDLINE_BARE = re.compile(r"(?<!\d)0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50[2-8])\d{7,8}(?!\d)")
_WITH_PLUS = re.compile(r"(?<![\w+])\+ ?\d{1,3}(?:[ .\-()/]{0,3}\d){6,12}(?!\d)")
_KOREA = re.compile(r"(?<![\d+-])82[-) ]{1,2}10[ -]\d{4}[ -]\d{4}(?!\d)")
_AMERICAN = re.compile(
    r"(?<![\w$.])(?<![\d/][-/])(?:\+?1[ .\-]{0,2})?(?:\((?P<a>[2-9]\d\d)\)[ .\-]{0,2}"
    r"|(?P<b>[2-9]\d\d)[ .\-])"
    r"[2-9]\d\d[ .\-]\d{4}(?![A-Za-z\d])(?!-\w)"
)
_AMERICAN_BARE = re.compile(r"(?<![\w$.\-])(?:\+?1)?(?P<b>[2-9]\d\d)[2-9]\d{6}(?!\d)")
_BRITISH = re.compile(
    r"(?<![\dA-Za-z])(?<!\d[-.])0(?:20 ?\d{4} ?\d{4}|7\d{3} ?\d{3} ?\d{3}|1\d1 \d{3} \d{4}"
    r"|1\d{3} \d{5,6})"
    r"(?!\d)(?!-\d)"
)
_SAID = re.compile(
    r"전화|연락처|연락|번호|휴대폰|핸드폰|폰|팩스|문자|☎|\btel\b|phone|\bcall\b|\btext\b|\bcell\b|mobile"
    r"|\bnumber\b|\bfax\b|contact|\bdial\b|\breach\b|whatsapp|\bring\b",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    r"(?:주문|송장|운송장|order|tracking)\s*(?:번호|number|no\.?)?\s*[:#]?\s*$", re.IGNORECASE
)
_TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")
_SPOKEN_LETTERS = re.compile("[공영일이삼사오육륙칠팔구]")


def phones(folded: Folded) -> Iterator[Piece]:
    """Telephone numbers of people and places."""
    yield from _mobiles(folded)
    text = folded.text
    for pattern in (_LANDLINE, _WITH_PLUS, _KOREA, _BRITISH):
        for found in pattern.finditer(text):
            if pattern is not _WITH_PLUS or 8 <= len(digits_of(found[0])) <= 15:
                yield Piece(found.start(), found.end(), "phone")
    for found in _AMERICAN.finditer(text):
        area = found["a"] or found["b"]
        if area not in _TOLL_FREE and not of_a_thing(text, found.start()):
            yield Piece(found.start(), found.end(), "phone")
    for pattern in (_LANDLINE_BARE, _AMERICAN_BARE):
        for found in pattern.finditer(text):
            toll_free = pattern is _AMERICAN_BARE and found["b"] in _TOLL_FREE
            said = _SAID.search(before(text, found.start(), 16))
            if said and not toll_free and not of_a_thing(text, found.start()):
                yield Piece(found.start(), found.end(), "phone", False)


def _mobiles(folded: Folded) -> Iterator[Piece]:
    text, spoken = folded.text, folded.spoken
    for found in _MOBILE.finditer(spoken):
        start, end = found.span()
        if spoken[start:end].count("\n") > 1:
            continue
        written = text[start:end]
        digits = sum("0" <= one <= "9" for one in spoken[start:end])
        # 010 has eight digits behind it; older ones seven or eight.
        if digits == 10 and spoken_digits(spoken, start)[:3] == "010":
            continue
        # 이 behind a number written in figures is the beginning of 이에요, not a two.
        if _SPOKEN_LETTERS.match(text, end - 1) and len(_SPOKEN_LETTERS.findall(written)) == 1:
            if digits == 10 or spoken_digits(spoken, start)[:3] == "010":
                continue
            end -= 1
        if _alone(text, start, end) and not _number_of_order(text, start):
            yield Piece(start, end, "phone")


def spoken_digits(spoken: str, start: int) -> str:
    """The digits of a short stretch of the text with spoken digits read as digits."""
    return digits_of(spoken[start : start + 16])


def _alone(text: str, start: int, end: int) -> bool:
    """Whether no digit stands beside it, and no letter before a letter that stands for a digit."""
    first, last = text[start - 1 : start], text[end : end + 1]
    if first.isdigit() or last.isdigit() or re.match(r"-\d", text[end : end + 2]):
        return False
    if re.fullmatch(r"\d[-.]", text[max(0, start - 2) : start]):
        return False
    if first.isascii() and first.isalpha():
        said = re.search(
            r"(?:tel|phone|hp|cell|mobile|no|m)$", before(text, start, 8), re.IGNORECASE
        )
        return bool(said) and text[start].isdigit()
    # 공 and 영 end words, too: 축구공 일...
    return not ("가" <= first <= "힣" and _SPOKEN_LETTERS.match(text, start))


def _number_of_order(text: str, start: int) -> bool:
    return bool(_ORDERED.search(before(text, start, 24)))

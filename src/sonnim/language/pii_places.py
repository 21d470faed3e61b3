"""Postal addresses: Korean ones by road or lot, English ones by street. A town alone is none."""

import re
from collections.abc import Iterator

from sonnim.language.pii_base import Piece, before
from sonnim.language.pii_fold import Folded

_PROVINCE = (
    r"(?:(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충청북|충청남|충북|충남|전라북|전라남|전북|전남|경상북"
    r"|경상남|경북|경남|제주)(?:특별자치시|특별자치도|특별시|광역시|시|도)?)"
)
_TOWN = r"(?:[가-힣]{1,5}(?:시|군|구))"
_ABOVE = (
    rf"(?:{_PROVINCE}\s+(?:{_TOWN}\s+){{0,2}}|{_TOWN}\s+(?:{_TOWN}\s+)?)(?:[가-힣]{{1,5}}(?:읍"
    rf"|면)\s+)?"
)
_LOT = r"(?:산\s?)?\d{1,5}(?:-\d{1,5})?(?:번지)?"
_ROAD = (
    r"[가-힣A-Za-z0-9.]{1,12}(?:(?:로|길)(?:\s?\d{1,4}(?:번길|가길|길))?|\s?\d{1,4}(?:번길|가길|길))\s?"
    rf"{_LOT}"
)
_VILLAGE = rf"[가-힣]{{1,6}}\d?(?:동|리|가)\s{_LOT}"
_HOMES = (
    r"(?:아파트|자이|푸르지오|래미안|힐스테이트|롯데캐슬|편한세상|아이파크|더샵|오피스텔|빌라|빌딩|맨션|타워|연립|주택|하우스"
    r"|빌|팰리스|타운|주공|원룸|센터|상가)"
)
_ROOM = (
    rf"(?:[가-힣A-Za-z0-9]{{0,14}}{_HOMES}\s{{0,2}})?"
    r"(?:(?:제?\d{1,4}|[A-Za-z가나다라])동\s{0,2})?(?:지하\s?)?(?:\d{1,3}층\s{0,2})?(?:\d{1,5}호)?"
)
_DETAIL = rf"(?:\s?\([가-힣A-Za-z0-9,.\s]{{1,30}}\))?(?:,?\s{{0,2}}{_ROOM})?"
_KOREAN = re.compile(rf"(?<![가-힣])(?:{_ABOVE})(?:{_ROAD}|{_VILLAGE})(?![\d-]){_DETAIL}")
# A road and its number without a town above it, where it is called an address.
_CALLED = re.compile(
    rf"(?:주소|배송지|도착지|거주지|사는\s?곳)(?:는|은|를|가|지)?[\s:]{{1,4}}(?P<value>(?:[가-힣]{{1,5}}(?:시|구|동)\s)?(?:{_ROAD}|{_VILLAGE})(?![\d-]){_DETAIL})"
)
_HOME = re.compile(
    rf"(?:[가-힣A-Za-z0-9]{{1,14}}{_HOMES}\s{{0,2}})?(?<![\d-])\d{{1,4}}동\s{{0,2}}\d{{2,5}}호(?!점|선|차|기)"
)
_POSTCODE = re.compile(r"우편\s?번호(?:는|은|가)?[\s:]{0,3}(?P<value>\d{5}|\d{3}-\d{3})(?!\d)")
# 로 is "to" and "by", too: what is counted behind it is no house number.
_COUNTED = re.compile(
    r"\s?(?:개|명|번(?!지|길)|월|일|시|분|초|원|곳|호선|호점|회|배|%|퍼센트|년|주|박|만|천|억|건|장|잔|인분|가지|종|위|대|마리|권|병|km|m\b|출구|차|군데|점)"
)

_WORD = r"(?:[A-Z][A-Za-z'.-]{0,20}|\d{1,3}(?:st|nd|rd|th))"
_KIND = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Way|Terrace|Ter"
    r"|Circle|Cir|Square|Sq|Highway|Hwy|Parkway|Pkwy|Close|Crescent|Gardens|Grove|Mews|Row|Trail|Alley)"
)
_FLAT = (
    r"(?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Rm)\.?\s{0,2}#?[A-Z]?\d{0,5}[A-Z]?"
    r"|#\s?\d{1,5}[A-Z]?)(?![A-Za-z0-9])"
)
_UK = r"(?:[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})"
_CITY = rf"(?:,\s?[A-Z][A-Za-z.'-]{{1,20}}(?:\s[A-Z][A-Za-z.'-]{{1,20}}){{0,2}}(?:\s{_UK})?)"
_STATE = rf"(?:,?\s(?:[A-Z]{{2}}\s\d{{5}}(?:-\d{{4}})?|{_UK}|\d{{5}}(?:-\d{{4}})?))"
_AFTER = rf"(?:,?\s{_FLAT})?(?:{_CITY}){{0,2}}(?:{_STATE})?"
_ENGLISH = re.compile(
    rf"(?<![\w#$.-])(?:{_FLAT},?\s)?\d{{1,5}}[A-Z]?\s(?:[NSEW]{{1,2}}\.?\s)?(?:{_WORD}\s){{1,4}}{_KIND}\b\.?"
    rf"(?:\s[NSEW]{{1,2}}\b)?(?!\s(?:shipping|Shipping))(?:{_AFTER})"
)
_BOX = re.compile(rf"\bP\.?\s?O\.?\s?Box\s\d{{1,6}}\b(?:{_CITY}){{0,2}}(?:{_STATE})?")
_UK_ALONE = re.compile(rf"(?<![\w-]){_UK}(?![\w-])")
# What people count or say in capitals before a word that names streets, too.
_NO_STREET = re.compile(
    r"\d{1,5}\s(?:Way|Star|Day|Minute|Min|Hour|Mile|Easy|Year|Month|Week|Step|Grand)\b"
)


def korean_places(folded: Folded) -> Iterator[Piece]:
    """Korean addresses down to a house, or a home within one."""
    text = folded.text
    for pattern, group in ((_KOREAN, 0), (_CALLED, "value")):
        for found in pattern.finditer(text):
            start, end = found.span(group)
            counted = _COUNTED.match(text, end) and text[end - 1].isdigit()
            if not counted:
                yield Piece(start, _trimmed(text, start, end), "address")
    for found in _HOME.finditer(text):
        yield Piece(found.start(), found.end(), "address", False)
    for found in _POSTCODE.finditer(text):
        yield Piece(found.start("value"), found.end("value"), "address")


def english_places(folded: Folded) -> Iterator[Piece]:
    """English addresses down to a house, and post-office boxes."""
    text = folded.text
    for pattern in (_ENGLISH, _BOX):
        for found in pattern.finditer(text):
            if not _NO_STREET.match(found[0]):
                yield Piece(found.start(), _trimmed(text, found.start(), found.end()), "address")
    for found in _UK_ALONE.finditer(text):
        if re.search(r"post\s?code|우편", before(text, found.start()), re.IGNORECASE):
            yield Piece(found.start(), found.end(), "address", False)


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in " ,\n\t":
        end -= 1
    return end

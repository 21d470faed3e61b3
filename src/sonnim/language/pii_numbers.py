"""Numbers that states, banks and shops give out: found by their shape, proved by check digits."""

import re
from collections.abc import Iterator

from sonnim.language import pii_checks as checks
from sonnim.language.pii_base import BANKS, Piece, before, digits_of, of_a_thing
from sonnim.language.pii_fold import Folded

_RESIDENT = re.compile(
    r"(?<![\dA-Za-z])(?<!\d-)\d{6}(?P<dash> {0,2}- {0,2})?(?P<sex>[1-8])(?:\d{6}"
    r"|\*{6})(?![\d*])(?!-\d)"
)
_RESIDENT_SAID = re.compile(r"주민|외국인|등록\s?번호|실명|resident|alien|foreigner", re.IGNORECASE)
_CARD = re.compile(r"(?<![\dA-Za-z])(?<!\d[ .-])\d(?:[ -]?\d){12,18}(?![ -]?\d)(?![A-Za-z])")
_CARD_SHAPES = {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (4, 4, 4, 2), (4, 4, 4, 1)}
_CARD_SAID = re.compile(
    r"카드|아멕스|비자|마스터|\bcard|visa|amex|master|credit|debit|diners|discover|\bjcb",
    re.IGNORECASE,
)
_BUSINESS = re.compile(r"(?<![\dA-Za-z])(?<!\d-)\d{3}([ -]?)\d{2}\1\d{5}(?![\dA-Za-z])(?!-\w)")
_BUSINESS_SAID = re.compile(
    r"사업자|세금\s?계산서|현금\s?영수증|business\s+(?:reg|number)", re.IGNORECASE
)
_SSN = re.compile(r"(?<![\dA-Za-z])(?<!\d-)\d{3}([ -]?)\d{2}\1\d{4}(?![\dA-Za-z])(?!-\w)")
_SSN_SAID = re.compile(r"\bssn\b|social\s+security|\bsocial\b", re.IGNORECASE)
_REGIONS = "서울|부산|경기|강원|충북|충남|전북|전남|경북|경남|제주|대구|인천|광주|대전|울산"
_LICENCE = re.compile(
    rf"(?<![\dA-Za-z])(?<!\d-)(?:(?:1[1-9]|2[0-8])-\d{{2}}|(?:{_REGIONS})[ -]{{0,2}}\d{{2}})"
    r"-\d{6}-\d{2}(?!\d)(?!-\d)"
)
_LICENCE_BARE = re.compile(r"(?<!\d)(?:1[1-9]|2[0-8])\d{10}(?!\d)")
_LICENCE_SAID = re.compile(
    r"(?:\b(?:driver'?s?'?|driving)\s+licen[sc]e|\blicen[sc]e(?=\s*(?:number|no\b|num\b|#))|\bDL(?=\s*[#:]))"
    r"(?:\s*(?:number|no\b\.?|num\b|id))?\s*(?:is|was)?\s*[:#]?\s*"
    r"(?P<value>[A-Z0-9](?:-?[A-Z0-9]){5,17})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_PASSPORT = re.compile(
    r"(?:여권|passport)\s*(?:번호|number|no\b\.?|num\b)?\s*(?:는|은|이|가|is|was|:|#)?\s*[:#]?\s*"
    r"(?P<value>[A-Za-z0-9]{8,9})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_ACCOUNT = r"\d(?:[ -]?\d){9,13}(?!-?\d)"
_FILLER = r"[\s:()계좌번호는은로의]{0,10}"
_BANK_FIRST = re.compile(rf"(?:{BANKS})(?:은행|뱅크)?{_FILLER}(?<![\d-])(?P<value>{_ACCOUNT})")
_BANK_LAST = re.compile(
    rf"(?<![\dA-Za-z])(?<!\d[ .-])(?P<value>{_ACCOUNT})[\s(,/]{{0,3}}"
    rf"(?P<bank>(?:{BANKS})(?P<full>은행|뱅크)?)"
)
_ACCOUNT_SAID = re.compile(
    rf"(?:계좌|입금|송금)(?:\s?번호)?(?:는|은|이|가|로)?[\s:]{{0,3}}(?:{BANKS})?(?:은행)?[\s:]{{0,3}}(?P<value>{_ACCOUNT})"
)
_ENGLISH_ACCOUNT = re.compile(
    r"\b(?:(?P<named>(?:account|acct|a/c|routing|aba)\s*\.?\s*(?:number|no\b\.?|num\b|#|:))|account|acct|routing)"
    r"\s*(?:is|was)?\s*[:#]?\s*(?P<value>\d(?:[ -]?\d){5,16})(?![\dA-Za-z])(?!-\d)"
    r"|\bsort\s+code\s*(?:is|:)?\s*(?P<sort>\d{2}-?\d{2}-?\d{2})(?![\d-])",
    re.IGNORECASE,
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}")


def residents(folded: Folded) -> Iterator[Piece]:
    """Korean resident and foreigner numbers; since October 2020 they have no check digit."""
    text = folded.text
    for found in _RESIDENT.finditer(text):
        digits = digits_of(found[0])
        if not checks.born(digits) or of_a_thing(text, found.start()):
            continue
        whole = len(digits) == 13
        said = _RESIDENT_SAID.search(before(text, found.start()))
        proved = whole and checks.resident(digits)
        if not found["dash"] and not (said or proved or text[found.end() :].startswith("(주민")):
            continue
        kind = "resident_number" if found["sex"] in "1234" else "foreigner_number"
        yield Piece(found.start(), found.end(), kind, bool(said or proved))


def cards(folded: Folded) -> Iterator[Piece]:
    """Cards: an issuer's range and Luhn's check digit, or called one and grouped like one."""
    text = folded.text
    for found in _CARD.finditer(text):
        digits = digits_of(found[0])
        groups = tuple(len(one) for one in re.split("[ -]", found[0]))
        if len(groups) > 1 and groups not in _CARD_SHAPES:
            continue
        said = bool(_CARD_SAID.search(before(text, found.start())))
        grouped = groups == (4, 4, 4, 4)
        if of_a_thing(text, found.start()):
            continue
        if checks.card(digits, said=said or grouped):
            yield Piece(found.start(), found.end(), "card")
        elif said and grouped and digits[0] in "34569":
            yield Piece(found.start(), found.end(), "card", False)  # mistyped, most likely


def businesses(folded: Folded) -> Iterator[Piece]:
    """Korean business numbers, by check digit or name."""
    text = folded.text
    for found in _BUSINESS.finditer(text):
        said = bool(_BUSINESS_SAID.search(before(text, found.start())))
        proved = checks.business(digits_of(found[0]))
        if said or (proved and found[1] == "-" and not of_a_thing(text, found.start())):
            yield Piece(found.start(), found.end(), "business_number", proved)


def social_security(folded: Folded) -> Iterator[Piece]:
    """US social security numbers: with dashes, or called so."""
    text = folded.text
    for found in _SSN.finditer(text):
        said = bool(_SSN_SAID.search(before(text, found.start())))
        if not checks.social_security(digits_of(found[0])):
            continue
        if said or (found[1] == "-" and not of_a_thing(text, found.start())):
            yield Piece(found.start(), found.end(), "ssn", said)


def licences(folded: Folded) -> Iterator[Piece]:
    """Driver's licences of Korea, by shape."""
    for found in _LICENCE.finditer(folded.text):
        yield Piece(found.start(), found.end(), "driver_licence")


def named_licences(folded: Folded) -> Iterator[Piece]:
    """Driver's licences without dashes, and those of other countries, where they are called so."""
    text = folded.text
    for found in _LICENCE_BARE.finditer(text):
        if "면허" in before(text, found.start()):
            yield Piece(found.start(), found.end(), "driver_licence")
    for found in _LICENCE_SAID.finditer(text):
        if len(digits_of(found["value"])) >= 4:
            yield Piece(found.start("value"), found.end("value"), "driver_licence")


def passports(folded: Folded) -> Iterator[Piece]:
    """Passport numbers, where they are called so: alone they look like any other."""
    for found in _PASSPORT.finditer(folded.text):
        if len(digits_of(found["value"])) >= 5:
            yield Piece(found.start("value"), found.end("value"), "passport")


def accounts(folded: Folded) -> Iterator[Piece]:
    """Bank accounts: digits beside a bank, or called an account."""
    text = folded.text
    for pattern in (_BANK_FIRST, _ACCOUNT_SAID):
        for found in pattern.finditer(text):
            yield Piece(found.start("value"), found.end("value"), "account")
    for found in _BANK_LAST.finditer(text):
        # 하나, 우리 and 국민 are words, too.
        bank = found["full"] or "-" in found["value"] or found["bank"].endswith(("뱅크", "뱅"))
        if bank and not of_a_thing(text, found.start()):
            yield Piece(found.start("value"), found.end("value"), "account")
    for found in _ENGLISH_ACCOUNT.finditer(text):
        if found["sort"]:
            yield Piece(found.start("sort"), found.end("sort"), "account")
        elif found["named"] or len(digits_of(found["value"])) >= 8:
            yield Piece(found.start("value"), found.end("value"), "account")


def ibans(folded: Folded) -> Iterator[Piece]:
    """International bank accounts, by country and check digits."""
    text = folded.text
    for found in _IBAN.finditer(text):
        wanted = checks.iban_length(found[0][:2])
        at, letters = found.start(), ""
        while at < found.end() and len(letters) < wanted:
            letters += text[at].strip()
            at += 1
        if wanted and checks.iban(letters) and not text[at : at + 1].isdigit():
            yield Piece(found.start(), at, "iban")

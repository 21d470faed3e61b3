"""Personal data in texts, found and masked: what people write about themselves and others.

Numbers are found by shape and proved by check digits where there are any; accounts, passports,
messenger ids and names by what stands around them. Numbers of orders, parcels and products stay,
as do hotlines of companies, links that let nobody in, and towns without a street: a quote must
still say what it is about. Measured in docs/concepts/personal-data.md.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sonnim.language.pii_base import Piece, Rule
from sonnim.language.pii_fold import Folded, fold
from sonnim.language.pii_handles import (
    addresses_of_machines,
    emails,
    hidden_emails,
    messengers,
    urls,
)
from sonnim.language.pii_names import beside, english_names, korean_names
from sonnim.language.pii_numbers import (
    accounts,
    businesses,
    cards,
    ibans,
    licences,
    named_licences,
    passports,
    residents,
    social_security,
)
from sonnim.language.pii_phones import phones
from sonnim.language.pii_places import english_places, korean_places

LABELS = {
    "resident_number": ("resident number", "주민등록번호"),
    "foreigner_number": ("foreigner number", "외국인등록번호"),
    "phone": ("phone", "전화번호"),
    "account": ("account", "계좌번호"),
    "card": ("card", "카드번호"),
    "address": ("address", "주소"),
    "name": ("name", "이름"),
    "messenger_id": ("messenger id", "메신저 아이디"),
    "passport": ("passport", "여권번호"),
    "driver_licence": ("driver's licence", "면허번호"),
    "business_number": ("business number", "사업자번호"),
    "email": ("e-mail", "이메일"),
    "iban": ("IBAN", "IBAN"),
    "ssn": ("SSN", "SSN"),
    "ip": ("IP address", "IP 주소"),
    "url": ("link", "링크"),
}
"""What stands in the place of each kind, in English and in Korean, between brackets."""

_MASK = re.compile(
    r"\[(?:" + "|".join(re.escape(one) for pair in LABELS.values() for one in pair) + r")\]"
)
_HANGUL = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ]")


def _gate(pattern: str) -> re.Pattern[str]:
    # Begins with literals and is read over small letters: the compiled search then skips whatever
    # cannot begin any of them.
    return re.compile(pattern)


# What a text must hold before rules read it, and those rules, the surest first. Most texts hold
# nothing and pass none of the gates.
_GATED: tuple[tuple[re.Pattern[str], tuple[Rule, ...]], ...] = (
    (_gate(r"://|www\.|open\.kakao|t\.me/|line\.me|wa\.me"), (urls,)),
    (_gate(r"(?<=[a-z0-9_+%'-])@|(?<=[a-z0-9]) @ "), (emails,)),
    (
        _gate(r"골뱅이|앳\)|[(\[{<] ?at ?[)\]}>]|at [^ ]{1,64} dot |@ ?[네다한지카구]"),
        (hidden_emails,),
    ),
    (
        _gate(r"\d(?:\D{0,3}\d){6}"),
        (ibans, residents, cards, licences, phones, businesses, social_security, accounts),
    ),
    (
        _gate(r"[공영o0][ .\-·_,()/~]{0,3}[일1il|][ .\-·_,()/~]{0,3}[공영o육륙칠팔구06-9]"),
        (phones,),
    ),
    (_gate("licen|dl#|dl:|dl |면허"), (licences, named_licences)),
    (_gate("passport|여권"), (passports,)),
    (_gate("account|acct|routing|sort code"), (accounts,)),
    (
        _gate(
            "카톡|카카오|텔레|라인|위챗|인스타|스카이프|kakao|telegram|line|wechat|whatsapp|skype|insta|discord"
            "|snapchat|viber"
        ),
        (messengers,),
    ),
    (_gate(r"\d\.\d{1,3}\.\d{1,3}\.\d|:[0-9a-f]{0,4}:"), (addresses_of_machines,)),
    (_gate(r"[로길동리가] ?산? ?\d|[길동] ?\d|\d동|우편"), (korean_places,)),
    (
        _gate(
            r"(?:st|street|ave|avenue|rd|road|blvd|boulevard|lane|ln|drive|dr|court|ct|place|pl|way|terrace"
            r"|ter|circle|cir|square|sq|highway|hwy|parkway|pkwy|close|crescent|gardens|grove|mews|row"
            r"|trail|alley|box|code)\b"
        ),
        (english_places,),
    ),
)
_KOREAN_NAMED = _gate(
    r"님|씨|드림|올림|배상|성함|성명|이름|고객|예금주|주문|수령인|수취인|수신인|발신인|받는|보내는|입금|신청|예약|담당|구매자|명의자"
    r"|가입자|환자|보호자|상담|기사|직원|매니저|점장|팀장|과장|실장|원장|부장|차장|대리|강사|선생|본인|배우자|아들|딸|남편|아내|어머니"
    r"|아버지|동생|저는|저 |전 |나는|난 |제가|여기는|라고|변경|고쳐|바꿔|수정|정정|간호사"
    r"|설계사|코치|교수|디자이너|컨설턴트|엔지니어"
    r"|어르신|작가|셰프|약사"
)
_CAPITAL = re.compile("[A-Z][a-z]")
# Values of this many kinds at most are looked for again where nothing tells what they are.
_AGAIN = 50


@dataclass(frozen=True)
class Found:
    """One stretch of personal data.

    Attributes:
        start: Offset of its first character in the original text.
        end: Offset behind its last.
        kind: One of `KINDS`.
        sure: Whether a check digit, its shape or its name proves it; else it is likely.
    """

    start: int
    end: int
    kind: str
    sure: bool = True


def find(text: str) -> list[Found]:
    """Personal data in a text, from left to right; stretches do not overlap.

    Example:
        >>> find("제 번호는 010-0123-4567이고 주문번호는 20260312-0001234예요")
        [Found(start=6, end=19, kind='phone', sure=True)]
        >>> [(one.kind, one.sure) for one in find("I'm Kevin, card 4111 1111 1111 1111")]
        [('name', False), ('card', True)]
    """
    folded = fold(text)
    if "[" in folded.text:
        # Masks stay what they are, and tell nothing about what stands beside them.
        blank = _MASK.sub(lambda found: "\0" * len(found[0]), folded.text)
        folded = Folded(blank, folded.origins)
    pieces = _pieces(folded)
    if not pieces:
        return []
    found = []
    for piece in sorted(pieces, key=lambda one: one.start):
        start, end = folded.origin(piece.start, piece.end)
        found.append(Found(start, end, piece.kind, piece.sure))
    return found


def mask(text: str) -> str:
    """The text with what stands for it in the place of personal data.

    Masks are Korean in texts with Hangul, else English. Masking again changes nothing.

    Example:
        >>> mask("홍길동님 010-0123-4567 주문번호 20260312-0001234")
        '[이름]님 [전화번호] 주문번호 20260312-0001234'
        >>> mask("Mail jane@example.com about order 20260312-0001234")
        'Mail [e-mail] about order 20260312-0001234'
    """
    return mask_counted(text)[0]


def mask_counted(text: str) -> tuple[str, int]:
    """The text masked, and how many places `find` finds in it.

    Example:
        >>> mask_counted("홍길동님 010-0123-4567"), mask_counted("Good coffee")
        (('[이름]님 [전화번호]', 2), ('Good coffee', 0))
    """
    korean = _HANGUL.search(text) is not None
    found = find(text)
    places = len(found)
    # What is taken away may make its neighbours legible: until there is nothing left.
    while found:
        pieces, at = [], 0
        for one in found:
            pieces += [text[at : one.start], f"[{LABELS[one.kind][korean]}]"]
            at = one.end
        text = "".join([*pieces, text[at:]])
        found = find(text)
    return text, places


def _pieces(folded: Folded) -> list[Piece]:
    text = folded.text
    small = text.lower()
    taken = _Taken()
    for gate, rules in _GATED:
        if gate.search(small):
            for rule in rules:
                taken.take(rule(folded))
    if not text.isascii():
        if taken.pieces:
            taken.take(beside(folded, list(taken.pieces)))
        if _KOREAN_NAMED.search(text):
            taken.take(korean_names(folded))
    if _CAPITAL.search(text):
        taken.take(english_names(folded))
    if taken.pieces:
        taken.take(_again(text, taken.pieces))
    return taken.pieces


class _Taken:
    """Stretches found so far; what overlaps one of them is not taken."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._taken: set[int] = set()

    def take(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            stretch = range(piece.start, piece.end)
            if self._taken.isdisjoint(stretch):
                self._taken.update(stretch)
                self.pieces.append(piece)


def _again(text: str, pieces: Iterable[Piece]) -> list[Piece]:
    """The same values elsewhere in the text, where nothing around them tells what they are."""
    kinds: dict[str, str] = {}
    for piece in pieces:
        value = text[piece.start : piece.end]
        if len(value) >= 3 and len(kinds) < _AGAIN:
            kinds.setdefault(value, piece.kind)
    values = "|".join(re.escape(one) for one in sorted(kinds, key=len, reverse=True))
    if not values:
        return []
    return [
        Piece(found.start(), found.end(), kinds[found[0]], False)
        for found in re.finditer(rf"(?<![\w-])(?:{values})(?![A-Za-z0-9_])", text)
    ]

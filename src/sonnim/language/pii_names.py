"""Names of people, by what stands around them: a label, a title, a greeting; never a word alone."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from sonnim.language.pii_base import BANKS, Piece
from sonnim.language.pii_fold import Folded

_WORDS = tomllib.loads(Path(__file__).with_name("pii.toml").read_text(encoding="utf-8"))
_KOREAN, _ENGLISH = _WORDS["korean"], _WORDS["english"]
_GIVEN = frozenset(_KOREAN["given"])
_FAMILY_TWO = tuple(_KOREAN["family_two"].split())
_NOT_KOREAN = frozenset(_KOREAN["not_names"].split())
_FIRST = frozenset(_ENGLISH["first"].split())
_NOT_ENGLISH = frozenset(_ENGLISH["not_names"].split())
_BRANDS = frozenset(_ENGLISH["brands"].strip().splitlines())
# 날씨, 글씨, 솜씨, 마음씨, 불씨, 말씨, 맘씨, 아저씨, 아가씨.
_WORDS_WITH_SSI = "날글솜음불말맘저가"
# Verbs before a noun (이용한 고객님), and what no given name ends with.
_NO_ENDING = "한된할던는를에게히요시로고가"

_NAME = rf"(?P<name>(?:{'|'.join(_FAMILY_TWO)})[가-힣]{{1,2}}|[{_KOREAN['family']}][가-힣]{{2}})"
_SHORT = rf"(?P<short>[{_KOREAN['family']}][가-힣])"
_TITLES = (
    r"(?:고객|회원|상담원|상담사|기사|매니저|팀장|과장|대리|부장|차장|실장|점장|원장|선생|간호사|설계사|직원|코치|강사|교수"
    r"|디자이너|컨설턴트|엔지니어|어르신|환자|작가|셰프|약사)"
)
_TAIL = (
    rf"(?=\s{{0,2}}(?:님|씨|{_TITLES}|드림|올림|입니다|이에요|예요|이예요|이고|이구요|인데|이며|이라고|라고|이라|으로|로"
    r"|한테|에게|께|에서|이(?:가|는|요)|가|은|는|을|를|의|와|과|랑|이랑|도|이\s|[,./()\[\]:;!?~|]|$)|\s)"
)
_LABEL = (
    r"(?:(?:성함|성명|이름|고객명|예금주|주문자|수령인|수취인|받는\s?(?:사람|분|이)|보내는\s?(?:사람|분|이)"
    r"|입금자|신청인|신청자|예약자|주문인|발신인|수신인)(?:명|\s?이름|\s?성함)?"
    r"|(?:구매자|명의자|가입자|담당자)(?:명|\s?이름|\s?성함))"
)
_ROLE = (
    r"(?:담당자|구매자|명의자|가입자|환자|보호자|상담원|상담사|기사|직원|매니저|점장|팀장|대리|과장|실장|원장|강사"
    r"|선생|고객|본인|배우자|아들|딸|남편|아내|어머니|아버지|동생)"
)
_MARK = r"(?P<mark>\s{0,2}[:=/-]\s{0,2})"
_GAP = r"(?:\s?(?:은|는|이|가)\s|\s)"
_LABELLED = re.compile(
    rf"{_LABEL}(?:{_MARK}|{_GAP})(?:{_NAME}{_TAIL}|{_SHORT}(?=\s{{0,2}}(?:님|씨|$|[,/.\n])))"
)
# 어머니 연기가: of a person that is spoken of, a name is one only with what is said of names.
_OF_ROLE = re.compile(
    rf"{_ROLE}(?:\s{{0,2}}:\s{{0,2}}|{_GAP}){_NAME}"
    r"(?=\s{0,2}(?:님|씨|입니다|이에요|예요|이예요|이라고|라고|[,()]))"
)
_SELF = re.compile(
    rf"(?<![가-힣])(?:저는|저|전|나는|난|제가|여기는)\s{_NAME}(?=입니다|이에요|예요|인데|이라고|라고|이고|이구요|이며|이요)"
)
_CALLED = re.compile(
    rf"(?<![가-힣]){_NAME}(?:이라고|라고)\s?(?:합니다|해요|하는데|하고|하는|불러|부르)"
)
_TITLED = re.compile(
    rf"(?<![가-힣]){_NAME}\s?(?P<title>님|씨(?![가-힣]{{0,1}}앗)|{_TITLES}(?P<honour>님|분)?)"
)
_SIGNED = re.compile(rf"(?<![가-힣]){_NAME}\s?(?:드림|올림|배상)(?![가-힣])")
_CORRECTED = re.compile(rf"(?<![가-힣]){_NAME}(?:으로|로)\s?(?:변경|고쳐|바꿔|수정|정정)")
_BESIDE = re.compile(
    rf"\s{{0,2}}(?:(?:{BANKS})(?:은행|뱅크)?)?[\s,/()|:]{{0,3}}(?:예금주[\s:]{{0,2}})?{_NAME}"
    r"(?=입니다|이에요|예요|인데|이고|님|씨|[\s,./()|]|$)"
)
_BEFORE = re.compile(
    rf"(?<![가-힣]){_NAME}[\s,/|:()]{{1,4}}(?:(?:연락처|전화|전화번호|휴대폰|핸드폰|폰|번호|주소|이메일|메일|{BANKS})(?:은행)?[\s:]{{0,3}})?$"
)

_CAPITAL = r"(?:O'[A-Z][a-z]{2,15}|Mc[A-Z][a-z]{2,15}|[A-Z][a-z]{1,15}(?:-[A-Z][a-z]{1,15})?)"
_CAPITALS = re.compile(
    rf"(?<![A-Za-z@#]){_CAPITAL}(?: (?:[A-Z]\.? )?{_CAPITAL}){{0,4}}(?![A-Za-z])"
)
_TITLE = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.? (?P<rest>{_CAPITAL}(?: {_CAPITAL})?)(?![A-Za-z])"
)
_END = re.compile(r"[ .!\n]{0,8}\Z")
_WORD = re.compile(r"[a-z']+")
# What says that a name follows, whatever it is; and what says so where the word is a first name.
_SAY = frozenset(_ENGLISH["say"].strip().splitlines())
_LABELS = frozenset(_ENGLISH["labels"].split())
_ROLES = frozenset(_ENGLISH["roles"].split())
_SIGN_OFF = frozenset(_ENGLISH["sign_off"].strip().splitlines())
_AFTER_ROLE = ("was", "is", "and")
_GREET = _ROLES | _SIGN_OFF | frozenset(_ENGLISH["greet"].strip().splitlines()) | {*_AFTER_ROLE}


def korean_names(folded: Folded) -> Iterator[Piece]:
    """Names of people in Hangul."""
    text = folded.text
    for found in _LABELLED.finditer(text):
        group = "name" if found["name"] else "short"
        name = found[group]
        if (_may_be(name) if group == "name" else bool(found["mark"])) and name not in _NOT_KOREAN:
            yield Piece(found.start(group), found.end(group), "name")
    for pattern in (_OF_ROLE, _SELF, _CALLED, _SIGNED, _CORRECTED):
        for found in pattern.finditer(text):
            # 이상이라고 is 이상, more likely than a name that ends with 이.
            if _may_be(found["name"]) and not (pattern is _CALLED and found["name"][-1] == "이"):
                yield Piece(found.start("name"), found.end("name"), "name")
    for found in _TITLED.finditer(text):
        name, title = found["name"], found["title"]
        if title.startswith("씨") and name[-1] in _WORDS_WITH_SSI:
            continue
        # 누구 형님, 누구 누님, 주 하나님.
        if title == "님" and name.endswith(("형", "누", "하나")):
            continue
        if _may_be(name):
            yield Piece(found.start("name"), found.end("name"), "name")


def beside(folded: Folded, pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Korean names right beside an account, telephone number or address."""
    text = folded.text
    for piece in pieces:
        if piece.kind not in ("account", "phone", "address", "email"):
            continue
        found = _BESIDE.match(text, piece.end) if piece.kind == "account" else None
        if found and _may_be(found["name"]):
            yield Piece(found.start("name"), found.end("name"), "name", False)
        start = max(0, piece.start - 24)
        found = _BEFORE.search(text[start : piece.start])
        if found and _may_be(found["name"]):
            yield Piece(start + found.start("name"), start + found.end("name"), "name", False)


def _may_be(name: str) -> bool:
    """Whether three or four syllables are made like a name and are no common word."""
    if name in _NOT_KOREAN or name[-1] in _NO_ENDING or name[:3] in _NOT_KOREAN:
        return False
    given = name[2:] if name.startswith(_FAMILY_TWO) else name[1:]
    return all(one in _GIVEN for one in given)


def english_names(folded: Folded) -> Iterator[Piece]:
    """Names of people in Latin letters."""
    text = folded.text
    for found in _TITLE.finditer(text):
        words = found["rest"].split(" ")
        if words[0] not in _NOT_ENGLISH:
            kept = words[: 1 + (len(words) > 1 and words[1] not in _NOT_ENGLISH)]
            end = found.start("rest") + len(" ".join(kept))
            yield Piece(found.start(), end, "name")
    for found in _CAPITALS.finditer(text):
        start, words = found.start(), found[0].split(" ")
        while words and (words[0] in _NOT_ENGLISH or words[0].lower() in _ROLES):
            start += len(words.pop(0)) + 1
        if words and _is_said(text, start, words):
            yield from _kept(start, " ".join(words[:3]))


def _is_said(text: str, start: int, words: Sequence[str]) -> bool:
    """Whether capitals are a name: a first name with another, or what stands before says so."""
    known = words[0] in _FIRST
    pair = len(words) > 1 and words[1] not in _NOT_ENGLISH
    if known and pair:
        return " ".join(words[:2]) not in _BRANDS
    said = text[max(0, start - 32) : start].lower()
    before = said.rstrip(" ,.!:=\n")
    if len(said) - len(before) > 4:
        return False
    last = _WORD.findall(before)[-3:]
    if not last or not before.endswith(last[-1]):
        return False
    two, mark = " ".join(last[-2:]), said[len(before) :].strip()[:1]
    if two in _SAY or last[-1] in _SAY or (mark in (":", "=") and last[-1] in _LABELS):
        return True
    if known:
        if last[-1] in _AFTER_ROLE:
            return any(one in _ROLES for one in last[:-1]) or two in _GREET
        return last[-1] in _GREET or two in _GREET or " ".join(last) in _GREET
    signed = last[-1] in _SIGN_OFF or two in _SIGN_OFF
    return pair and signed and bool(_END.match(text, start + len(" ".join(words))))


def _kept(start: int, name: str) -> Iterator[Piece]:
    """The words before the first that is no name."""
    kept: list[str] = []
    for word in name.split(" "):
        if word in _NOT_ENGLISH:
            break
        kept.append(word)
    if kept:
        yield Piece(start, start + len(" ".join(kept)), "name", len(kept) > 1)

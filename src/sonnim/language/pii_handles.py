"""How people are reached or recognised on the net: e-mail, messenger ids, IP addresses, links."""

import ipaddress
import re
from collections.abc import Iterator

from sonnim.language.pii_base import Piece, before
from sonnim.language.pii_fold import Folded

_LOCAL = r"(?<![A-Za-z0-9._%+'-])[A-Za-z0-9](?:[A-Za-z0-9._%+'-]{0,62}[A-Za-z0-9_%+-])?"
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?"
_TOP = r"(?:[A-Za-z]{2,24}(?![A-Za-z0-9])|한국)"
_KNOWN = re.compile(
    r"\.(?:com|net|org|edu|gov|info|biz|co|io|me|kr|uk|us|de|jp|한국)$", re.IGNORECASE
)
_EMAIL = re.compile(rf"{_LOCAL} ?@ ?(?:{_DOMAIN}\.){{1,5}}{_TOP}")
_AT = r"(?: ?[(\[{<] ?(?:at|골뱅이|앳) ?[)\]}>] ?| ?골뱅이 ?)"
_DOT = r"(?: ?[(\[{<] ?(?:dot|점|닷) ?[)\]}>] ?| ?닷 ?| dot |\.)"
# "only at Target dot com" is no address.
_COMMON = (
    r"(?:only|available|look|shop|order|online|here|us|me|it|now|up|them|store|sold|buy|find|sale"
    r"|back|out|on|in|is|was|again)"
)
_HIDDEN = re.compile(
    rf"{_LOCAL}{_AT}{_DOMAIN}(?:{_DOT}{_DOMAIN}){{0,3}}{_DOT}(?:{_TOP}|컴|네트)"
    rf"|(?!{_COMMON}\b){_LOCAL} at {_DOMAIN}(?: dot {_DOMAIN}){{0,2}} dot (?:com|net|org|edu"
    rf"|gov|info|biz|co|io|me|kr|uk|us|de|jp)(?![A-Za-z0-9])"
    rf"|{_LOCAL} ?(?:@|골뱅이) ?(?:네이버|다음|한메일|지메일|네이트|카카오|구글)(?: ?(?:닷|점"
    rf"|\.) ?(?:컴|넷|com|net))?",
    re.IGNORECASE,
)
_APP = (
    r"(?:카카오톡|카톡|카카오|텔레그램|텔레|라인|위챗|인스타그램|인스타|스카이프|kakao\s?talk"
    r"|kakao|telegram|line|wechat|whatsapp|skype|instagram|insta|discord|snapchat|viber)"
)
_HANDLE = r"@?[A-Za-z0-9](?:[A-Za-z0-9_]|[.-](?=[A-Za-z0-9_])){2,30}(?![A-Za-z0-9@])"
_NAMED = re.compile(
    rf"(?<![A-Za-z]){_APP}\s?(?:아이디|아디|id|계정|친추|handle|username|user name)\s*"
    rf"(?P<mark>는|은|이|가|is|was|:|=|-)?\s*[:=]?\s*(?P<value>{_HANDLE})",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    rf"(?<![A-Za-z]){_APP}(?:은|는|으로|로)?(?:\s?:\s?|\s)(?P<value>{_HANDLE})", re.IGNORECASE
)
_ADDRESS_4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![A-Za-z\d])(?!\.\d)")
_ADDRESS_6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_IP_SAID = re.compile(
    r"\bip\b|ip가|아이피|접속|로그인|login|logged|banned|blocked|server\s+saw", re.IGNORECASE
)
_VERSION_SAID = re.compile(
    r"버전|버젼|펌웨어|빌드|업데이트|채널|안드로이드|앱\s*$|\bver\.?\s*$|version|\bv\.?\s*$|build|firmware|update|windows"
    r"|android|\bios\b",
    re.IGNORECASE,
)
_URL = re.compile(
    r"(?:https?://|www\.|(?<![\w.])(?:open\.kakao\.com|t\.me|line\.me|wa\.me)/)[^\s<>\"'가-힣]{3,2000}",
    re.IGNORECASE,
)
_URL_TELLS = re.compile(
    r"[?&#;](?:[\w.-]{0,30}[_-])?(?:token|key|apikey|sig|signature|auth|session|sessionid|sid|jsessionid"
    r"|phpsessid|pw|pwd|passwd|password|secret|access|jwt|otp|email|mail|phone|tel|mobile"
    r"|uid|userid|user|username|ssn|account|magic)(?:[_-]?(?:id|token|key|code))?="
    # A code may be a product's; a long one lets somebody in.
    r"|[?&#;](?:code|hash|ticket)=[^&#\s]{10}"
    r"|://[^/@\s]{1,200}:[^/@\s]{1,200}@"
    r"|/(?=[A-Za-z0-9_-]{0,80}\d)(?=[A-Za-z0-9_-]{0,80}[A-Za-z])[A-Fa-f0-9]{24,80}(?![A-Za-z0-9])"
    r"|(?:open\.kakao\.com/(?:o|me)|//t\.me|^t\.me|line\.me/(?:R/)?ti|wa\.me|qr\.kakao\.com)/",
    re.IGNORECASE,
)


def urls(folded: Folded) -> Iterator[Piece]:
    """Links that let somebody in or say who somebody is; other links stay."""
    for found in _URL.finditer(folded.text):
        url = found[0].rstrip(".,;:!?)]}…~")
        if _URL_TELLS.search(url):
            yield Piece(found.start(), found.start() + len(url), "url")


def emails(folded: Folded) -> Iterator[Piece]:
    """E-mail addresses."""
    for found in _EMAIL.finditer(folded.text):
        if " " not in found[0] or _KNOWN.search(found[0]):
            yield Piece(found.start(), found.end(), "email")


def hidden_emails(folded: Folded) -> Iterator[Piece]:
    """E-mail addresses with the @ or the dot spelled out."""
    for found in _HIDDEN.finditer(folded.text):
        yield Piece(found.start(), found.end(), "email")


def messengers(folded: Folded) -> Iterator[Piece]:
    """Ids of KakaoTalk and other messengers, where they are named."""
    text = folded.text
    for found in _NAMED.finditer(text):
        # "line id missing" names none.
        if text.isascii() and found["value"].islower() and found["value"].isalpha() and (
            not found["mark"]
        ):  # fmt: skip
            continue
        yield Piece(found.start("value"), found.end("value"), "messenger_id")
    for found in _PLAIN.finditer(text):
        value = found["value"]
        # 카톡 hong1234, but not "line 2 was", nor "카톡 chat".
        if value.startswith("@") or re.search(r"[A-Za-z]\D{0,30}\d", value):
            yield Piece(found.start("value"), found.end("value"), "messenger_id", False)


def addresses_of_machines(folded: Folded) -> Iterator[Piece]:
    """IP addresses that lead to somebody: not a home router's own, not a version of four parts."""
    text = folded.text
    for found in _ADDRESS_4.finditer(text):
        parts = [int(one) for one in found[0].split(".")]
        near = before(text, found.start())
        said = _IP_SAID.search(near)
        if _VERSION_SAID.search(near) or (not said and (parts[0] < 30 or max(parts) < 100)):
            continue
        if _leads_out(found[0]):
            yield Piece(found.start(), found.end(), "ip", bool(said))
    for found in _ADDRESS_6.finditer(text):
        if ("::" in found[0] or found[0].count(":") == 7) and len(found[0]) > 5 and (
            _leads_out(found[0])
        ):  # fmt: skip
            yield Piece(found.start(), found.end(), "ip")


_INSIDE = tuple(
    ipaddress.ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8",
    )
)  # fmt: skip


def _leads_out(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not any(address in network for network in _INSIDE if network.version == address.version)

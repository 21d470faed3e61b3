"""Texts as the rules of `pii` read them: one way of writing for many, and the way back.

Full-width and other scripts' digits, the many dashes and blanks, letters taken apart and invisible
characters are all ways to write, or to hide, the same number. Rules read the folded text; what
they find is told in offsets of the original.
"""

import re
import unicodedata
from dataclasses import dataclass

_DASHES = "‐‑‒–—―−﹘﹣⁃─"
_QUOTES = "’‘´ʼ"
_CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨"
LAST = 0x20000
"""Beyond are rare Chinese characters and private ones, and no digits and blanks."""
# Spoken and look-alike digits. They are read as digits only where a number is written with them:
# 이 is a particle far more often than a two.
_SPOKEN = dict(zip("공영일이삼사오육륙칠팔구oOlI|", "00123456678900111", strict=True))


def _same_length() -> dict[int, str]:
    table = {ord(one): "-" for one in _DASHES} | {ord(one): "'" for one in _QUOTES}
    table |= {0xFF01 + n: chr(0x21 + n) for n in range(94)}
    for point in range(0x80, LAST):
        kind = unicodedata.category(chr(point))
        if kind == "Nd":
            table[point] = str(unicodedata.decimal(chr(point)))
        elif kind == "Zs":
            table[point] = " "
    return table | {ord(one): str(n) for n, one in enumerate(_CIRCLED)}


_TABLE = _same_length()
_SPOKEN_TABLE = str.maketrans(_SPOKEN)
# In two: a class with characters beyond the first plane is searched much more slowly.
_ODD = re.compile(
    "[" + "".join(re.escape(chr(one)) for one in sorted(_TABLE) if one < 65_536) + "]"
)
_BEYOND = re.compile("[\U0001d7ce-\U0001d7ff]")
# What most texts are made of; what else there is may need folding.
_PLAIN = re.compile("[\x00-\x7f가-힣ㄱ-ㅎㅏ-ㅣ…♡♥★☆]*")
# Invisible characters anywhere, and syllables that were taken apart into their letters.
_SHRINKS = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
    "|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?"
)


@dataclass(frozen=True)
class Folded:
    """A text folded, with the way back.

    Attributes:
        text: What rules read.
        origins: Offset in the original of each character of `text`, and of the end; empty where
            both are the same.
    """

    text: str
    origins: tuple[int, ...] = ()

    @property
    def spoken(self) -> str:
        """The same with spoken and look-alike digits as digits, character for character."""
        return self.text.translate(_SPOKEN_TABLE)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of `text` as a stretch of the original."""
        if not self.origins:
            return start, end
        # What is invisible behind the last character is part of it.
        return self.origins[start], self.origins[end]


def fold(text: str) -> Folded:
    """Folds a text.

    Example:
        >>> fold("０１０‑１２\u200b３４").text
        '010-1234'
        >>> fold("a\u200bb").origin(1, 2)
        (2, 3)
    """
    if text.isascii() or _PLAIN.fullmatch(text):
        return Folded(text)
    if _ODD.search(text) or _BEYOND.search(text):
        text = text.translate(_TABLE)
    if not _SHRINKS.search(text):
        return Folded(text)
    pieces: list[str] = []
    origins: list[int] = []
    at = 0
    for found in _SHRINKS.finditer(text):
        pieces.append(text[at : found.start()])
        origins.extend(range(at, found.start()))
        composed = unicodedata.normalize("NFC", found[0])
        if len(composed) == 1 and "가" <= composed <= "힣":
            pieces.append(composed)
            origins.append(found.start())
        at = found.end()
    pieces.append(text[at:])
    origins.extend(range(at, len(text) + 1))
    return Folded("".join(pieces), tuple(origins))

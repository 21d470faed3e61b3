"""Korean endings and particles for the demo's texts: from the plain style to any register."""

from functools import cache

_FIRST = 0xAC00
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
# Stems in ㅂ that keep it, against the rule (좁아요, 잡아요).
_KEEPS_B = frozenset("좁잡집뽑입씹")


def _split(syllable: str) -> tuple[int, str, str]:
    code = ord(syllable) - _FIRST
    return code // 588, _VOWELS[code // 28 % 21], _FINALS[code % 28]


def _join(initial: int, vowel: str, final: str = " ") -> str:
    return chr(_FIRST + initial * 588 + _VOWELS.index(vowel) * 28 + _FINALS.index(final))


def with_final(syllable: str, final: str) -> str:
    """The syllable with another final consonant (" " for none)."""
    initial, vowel, _ = _split(syllable)
    return _join(initial, vowel, final)


def has_final(word: str) -> bool:
    """Whether a Korean word ends in a consonant; other scripts count as ending in a vowel."""
    last = word[-1:]
    return bool(last) and "가" <= last <= "힣" and _split(last)[2] != " "


def particle(word: str, wanted: str) -> str:
    """The word with the particle in the form that fits it.

    Example:
        >>> particle("소금빵", "이"), particle("라떼", "이"), particle("라떼", "을")
        ('소금빵이', '라떼가', '라떼를')
    """
    pairs = {"이": "가", "은": "는", "을": "를", "과": "와"}
    return word + (wanted if has_final(word) else pairs.get(wanted, wanted))


@cache
def ending(clause: str, form: str) -> str:
    """A clause in the plain style with another ending.

    Args:
        clause: Ends in 다; a verb in the present has "/v" after it.
        form: 해, 해요, 습니다, 네, 네요, 더라, 더라고요, 음, 다, 고, 지만 or 는데.

    Example:
        >>> [ending("배달이 빠르다", form) for form in ("해요", "습니다", "음", "는데")]
        ['배달이 빨라요', '배달이 빠릅니다', '배달이 빠름', '배달이 빠른데']
        >>> [ending("앱이 꺼진다/v", form) for form in ("해요", "네요", "더라", "는데", "다")]
        ['앱이 꺼져요', '앱이 꺼지네요', '앱이 꺼지더라', '앱이 꺼지는데', '앱이 꺼진다']
        >>> [ending("줄이 길다", form) for form in ("해요", "습니다", "네요", "음", "는데")]
        ['줄이 길어요', '줄이 깁니다', '줄이 기네요', '줄이 긺', '줄이 긴데']
    """
    plain = clause.removesuffix("/v")
    if form == "다":
        return plain
    verb = plain != clause
    stem = _verb_stem(plain) if verb else plain.removesuffix("다")
    last, before = stem[-1], stem[:-1]
    final = _split(last)[2]
    # ㄹ falls before ㄴ, ㅅ and ㅂ.
    dropped = before + with_final(last, " ") if final == "ㄹ" else stem
    if form in ("고", "지만", "더라", "더라고요"):
        return stem + form
    if form in ("네", "네요"):
        return dropped + form
    if form == "습니다":
        open_end = final in " ㄹ"
        return before + with_final(last, "ㅂ") + "니다" if open_end else stem + "습니다"
    if form == "음":
        return (
            stem[:-1] + with_final(last, "ㄻ" if final == "ㄹ" else "ㅁ")
            if (final in " ㄹ")
            else _softened(stem) + ("" if _is_soft(last) else "음")
        )
    if form == "는데":
        return _background(stem, dropped, verb)
    return _polite_stem(stem) + ("요" if form == "해요" else "")


def _verb_stem(plain: str) -> str:
    if plain.endswith("는다"):
        return plain[:-2]
    return plain[:-2] + with_final(plain[-2], " ")


def _is_soft(last: str) -> bool:
    """Whether the stem ends in the ㅂ that turns into ㅜ (더럽다, 더러워)."""
    return _split(last)[2] == "ㅂ" and last not in _KEEPS_B


def _softened(stem: str) -> str:
    return stem[:-1] + with_final(stem[-1], " ") + "움" if _is_soft(stem[-1]) else stem


def _background(stem: str, dropped: str, verb: bool) -> str:
    last = stem[-1]
    final = _split(last)[2]
    if verb or final == "ㅆ" or last in "있없맞":
        return dropped + "는데"
    if _is_soft(last):
        return stem[:-1] + with_final(last, " ") + "운데"
    if final in " ㄹ":
        return stem[:-1] + with_final(last, "ㄴ") + "데"
    return stem + "은데"


def _polite_stem(stem: str) -> str:
    """The stem with 아 or 어, contracted as in speech."""
    last, before = stem[-1], stem[:-1]
    initial, vowel, final = _split(last)
    if last == "하":
        return before + "해"
    if _is_soft(last) and final == "ㅂ":
        return before + with_final(last, " ") + "워"
    if final != " ":
        return stem + ("아" if final != "ㅆ" and vowel in "ㅏㅑㅗ" else "어")
    bright = bool(before) and "가" <= before[-1] <= "힣" and _split(before[-1])[1] in "ㅏㅗ"
    if last == "르" and before:
        return before[:-1] + with_final(before[-1], "ㄹ") + ("라" if bright else "러")
    contracted = {"ㅡ": "ㅏ" if bright else "ㅓ", "ㅣ": "ㅕ", "ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅚ": "ㅙ"}
    if vowel in contracted:
        return before + _join(initial, contracted[vowel])
    return stem if vowel in "ㅏㅓㅐㅔㅕ" else stem + "어"

"""Korean endings and particles: from the plain style to any register."""

from functools import cache

_FIRST = 0xAC00
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
# Stems in ㅂ that keep it, against the rule (좁아요, 잡아요).
_KEEPS_B = frozenset("좁잡집뽑입씹접")
# Stems in ㅅ that lose it (나아요).
_LOSES_S = frozenset("낫")
# Stems in ㅎ that lose it (그래요).
_LOSES_H = ("그렇", "이렇", "저렇", "어떻")
_PAIRS = {"이": "가", "은": "는", "을": "를", "과": "와", "이나": "나", "이랑": "랑", "이라": "라"}
# How digits end when they are read (일, 이, 삼…).
_READ = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}


def _split(syllable: str) -> tuple[int, str, str]:
    code = ord(syllable) - _FIRST
    return code // 588, _VOWELS[code // 28 % 21], _FINALS[code % 28]


def _join(initial: int, vowel: str, final: str = " ") -> str:
    return chr(_FIRST + initial * 588 + _VOWELS.index(vowel) * 28 + _FINALS.index(final))


def with_final(syllable: str, final: str) -> str:
    """The syllable with another final consonant (" " for none)."""
    initial, vowel, _ = _split(syllable)
    return _join(initial, vowel, final)


def final_of(word: str) -> str:
    """The consonant that a word ends in as it is read, or " "; foreign letters count as vowels."""
    last = word[-1:]
    if last and "가" <= last <= "힣":
        return _split(last)[2]
    return _READ.get(last, " ")


@cache
def particle(word: str, wanted: str) -> str:
    """The word with the particle in the form that fits it.

    Example:
        >>> particle("소금빵", "이"), particle("라떼", "이"), particle("라떼", "을")
        ('소금빵이', '라떼가', '라떼를')
        >>> particle("서울", "으로"), particle("판교점", "으로"), particle("제주", "으로")
        ('서울로', '판교점으로', '제주로')
    """
    final = final_of(word)
    if wanted == "으로":
        return word + ("로" if final in " ㄹ" else "으로")
    return word + (wanted if final != " " else _PAIRS.get(wanted, wanted))


@cache
def ending(clause: str, form: str) -> str:
    """A clause in the plain style with another ending.

    Args:
        clause: Ends in 다; a verb in the present has "/v" after it, one whose stem ends in ㄹ
            "/l" (마음에 든다/l), one of the speaker's own doing "/s" (믿고 먹는다/s), a noun
            with 이다 "/n" (최고다/n, 엉망이다/n).
        form: 해, 해요, 습니다, 네, 네요, 더라, 더라고요, 거든요, 잖아요, 던데요, 음, 다, 고,
            지만, 는데, 듯, 것 같아요, 긴 한데 or 서. The last four are not for the past, which
            takes 음, 해요, 는데 and 고 instead.

    Example:
        >>> [ending("배달이 빠르다", form) for form in ("해요", "습니다", "음", "는데", "듯")]
        ['배달이 빨라요', '배달이 빠릅니다', '배달이 빠름', '배달이 빠른데', '배달이 빠른 듯']
        >>> [ending("앱이 꺼진다/v", form) for form in ("해요", "네요", "더라", "는데", "다")]
        ['앱이 꺼져요', '앱이 꺼지네요', '앱이 꺼지더라', '앱이 꺼지는데', '앱이 꺼진다']
        >>> [ending("줄이 길다", form) for form in ("해요", "습니다", "네요", "음", "는데")]
        ['줄이 길어요', '줄이 깁니다', '줄이 기네요', '줄이 긺', '줄이 긴데']
        >>> [ending("맛이 최고다/n", form) for form in ("해요", "해", "습니다", "음", "는데")]
        ['맛이 최고예요', '맛이 최고야', '맛이 최고입니다', '맛이 최고임', '맛이 최고인데']
        >>> [ending("마음에 든다/l", form) for form in ("해요", "습니다", "네요", "음", "다")]
        ['마음에 들어요', '마음에 듭니다', '마음에 드네요', '마음에 듦', '마음에 든다']
        >>> [ending("거기가 낫다", form) for form in ("해요", "습니다", "음", "는데", "서")]
        ['거기가 나아요', '거기가 낫습니다', '거기가 나음', '거기가 나은데', '거기가 나아서']
    """
    plain, _, kind = clause.partition("/")
    if form == "다":
        return plain
    if kind == "n":
        return _copula(plain, form)
    verb = kind in ("v", "l", "s")
    stem = _verb_stem(plain, kind) if verb else plain.removesuffix("다")
    past = _split(stem[-1])[2] == "ㅆ" and stem[-1] != "있"
    if past:
        form = {"듯": "음", "것 같아요": "해요", "긴 한데": "는데", "서": "고"}.get(form, form)
    return _ended(stem, form, verb)


def _ended(stem: str, form: str, verb: bool) -> str:
    last, before = stem[-1], stem[:-1]
    final = _split(last)[2]
    # ㄹ falls before ㄴ, ㅅ and ㅂ.
    dropped = before + with_final(last, " ") if final == "ㄹ" else stem
    if form in ("고", "지만", "더라", "더라고요", "거든요", "잖아요", "던데요"):
        return stem + form
    if form == "긴 한데":
        return stem + form
    if form in ("네", "네요"):
        return dropped + form
    if form == "습니다":
        open_end = final in " ㄹ"
        return before + with_final(last, "ㅂ") + "니다" if open_end else stem + "습니다"
    if form == "음":
        return _noted(stem)
    if form == "는데":
        return _before_noun(stem, dropped, verb) + "데"
    if form == "듯":
        return _before_noun(stem, dropped, verb) + " 듯"
    if form == "것 같아요":
        return _before_noun(stem, dropped, verb) + " 것 같아요"
    spoken = _polite_stem(stem)
    return spoken + {"해요": "요", "서": "서"}.get(form, "")


def _copula(plain: str, form: str) -> str:
    noun = plain.removesuffix("다")
    if noun.endswith("이") and len(noun) > 1 and final_of(noun[:-1]) != " ":
        noun = noun[:-1]
    closed = final_of(noun) != " "
    whole = {
        "해요": "이에요" if closed else "예요",
        "해": "이야" if closed else "야",
        "습니다": "입니다",
        "음": "임",
        "는데": "인데",
        "듯": "인 듯",
        "것 같아요": "인 것 같아요",
        "긴 한데": "이긴 한데",
        "서": "이라서" if closed else "라서",
    }
    return noun + (whole[form] if form in whole else ("이" if closed else "") + form)


def _verb_stem(plain: str, kind: str) -> str:
    if plain.endswith("는다"):
        return plain[:-2]
    return plain[:-2] + with_final(plain[-2], "ㄹ" if kind == "l" else " ")


def _is_soft(last: str) -> bool:
    """Whether the stem ends in the ㅂ that turns into ㅜ (더럽다, 더러워)."""
    return _split(last)[2] == "ㅂ" and last not in _KEEPS_B


def _bare(stem: str) -> str:
    return stem[:-1] + with_final(stem[-1], " ")


def _noted(stem: str) -> str:
    """The stem as a noun in ㅁ."""
    final = _split(stem[-1])[2]
    if final in " ㄹ":
        return stem[:-1] + with_final(stem[-1], "ㄻ" if final == "ㄹ" else "ㅁ")
    if _is_soft(stem[-1]):
        return _bare(stem) + "움"
    if stem[-1] in _LOSES_S:
        return _bare(stem) + "음"
    if stem.endswith(_LOSES_H):
        return stem[:-1] + with_final(stem[-1], "ㅁ")
    return stem + "음"


def _before_noun(stem: str, dropped: str, verb: bool) -> str:
    """The stem as it stands before a noun, in the present."""
    last = stem[-1]
    final = _split(last)[2]
    if verb or final == "ㅆ" or last in "있없맞":
        return dropped + "는"
    if _is_soft(last):
        return _bare(stem) + "운"
    if last in _LOSES_S:
        return _bare(stem) + "은"
    if stem.endswith(_LOSES_H) or final in " ㄹ":
        return stem[:-1] + with_final(last, "ㄴ")
    return stem + "은"


def _polite_stem(stem: str) -> str:
    """The stem with 아 or 어, contracted as in speech."""
    last, before = stem[-1], stem[:-1]
    initial, vowel, final = _split(last)
    if last == "하":
        return before + "해"
    if _is_soft(last):
        return _bare(stem) + "워"
    if last in _LOSES_S:
        return _bare(stem) + ("아" if vowel in "ㅏㅗ" else "어")
    if stem.endswith(_LOSES_H):
        return before + _join(initial, "ㅐ")
    if final != " ":
        return stem + ("아" if final != "ㅆ" and vowel in "ㅏㅑㅗ" else "어")
    bright = bool(before) and "가" <= before[-1] <= "힣" and _split(before[-1])[1] in "ㅏㅗ"
    if last == "르" and before:
        return before[:-1] + with_final(before[-1], "ㄹ") + ("라" if bright else "러")
    contracted = {"ㅡ": "ㅏ" if bright else "ㅓ", "ㅣ": "ㅕ", "ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅚ": "ㅙ"}
    if vowel in contracted:
        return before + _join(initial, contracted[vowel])
    return stem if vowel in "ㅏㅓㅐㅔㅕ" else stem + "어"

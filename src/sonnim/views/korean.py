"""Korean particles (조사), which change with the last sound of the word before them.

A sentence in `words.toml` marks them as `[은/는]`: `fit_particles` puts the one that fits.
"""

import re

PARTICLES = ("은/는", "이/가", "을/를", "과/와", "으로/로", "이라/라", "이며/며")

# Final sounds of the digits 영 일 이 삼 사 오 육 칠 팔 구, and of the powers of ten.
_DIGITS = (True, True, False, True, False, False, True, True, True, False)
_RIEUL_DIGITS = "178"
_LATIN_FINALS = "lmnr"  # 엘, 엠, 엔, 알; the other letter names end in a vowel
_RIEUL = 8

_MARK = re.compile(r"\[(" + "|".join(PARTICLES) + r")\]")
_GUARD = re.compile("\ue000(" + "|".join(PARTICLES) + ")\ue001")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?$")
_ACRONYM = re.compile(r"(?:^|[^A-Za-z])[A-Z]{1,5}$")
_ASIDE = re.compile(r"\s*(\([^()]*\)|\[[^\[\]]*\])$")


def particle(word: str, pair: str) -> str:
    """The particle of the pair that fits the word.

    What stands in brackets at the end is not read; numbers are read in Korean; Latin letters are
    read as letters when they are an acronym, otherwise their last sound is guessed from the
    spelling. Where the sound is unknown, the neutral form is given: `은(는)`.

    Example:
        >>> particle("강남점", "은/는"), particle("순추천지수(NPS)", "은/는")
        ('은', '는')
        >>> particle("30", "으로/로"), particle("21", "으로/로"), particle("App", "을/를")
        ('으로', '로', '을')
    """
    closed, open_ = pair.split("/")
    final = _final_sound(word)
    if final is None:
        # 은(는), 이(가), 을(를), 과(와), but (으)로, (이)라
        return f"({closed[0]}){open_}" if closed.endswith(open_) else f"{closed}({open_})"
    has_final, is_rieul = final
    if pair == "으로/로" and is_rieul:
        return open_
    return closed if has_final else open_


def guard_particles(template: str) -> str:
    """The template with its particle marks made unmistakable, before values are put in.

    A value (a branch's name) may itself hold `[은/는]`; only the template's are particles.
    """
    return _MARK.sub("\ue000\\1\ue001", template)


def fit_particles(text: str) -> str:
    """The text with each guarded mark replaced by the particle that fits what stands before it.

    Example:
        >>> fit_particles(guard_particles("앱[은/는] 좋고 NPS[이/가] 올랐다"))
        '앱은 좋고 NPS가 올랐다'
    """
    done = ""
    rest = text
    while match := _GUARD.search(rest):
        done += rest[: match.start()]
        done += particle(done, match.group(1))
        rest = rest[match.end() :]
    return done + rest


def _final_sound(text: str) -> tuple[bool, bool] | None:
    """Whether the text ends in a consonant, and whether that is ㄹ; None where nobody knows."""
    word = _spoken_end(text)
    if not word:
        return None
    last = word[-1]
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return final != 0, final == _RIEUL
    if last.isascii() and last.isdigit():
        return _number_sound(word)
    if last.isascii() and last.isalpha():
        return _latin_sound(word)
    if last in "%+":  # 퍼센트, 플러스
        return False, False
    return None


def _spoken_end(text: str) -> str:
    text = text.rstrip()
    shorter = text
    while True:
        shorter = _ASIDE.sub("", shorter).rstrip(" \t\n'\"’”」』.!?…")
        if shorter == text:
            break
        text = shorter
    # A word that is nothing but a bracket is read after all.
    return text or re.sub(r"[()\[\]]", "", shorter)


def _number_sound(word: str) -> tuple[bool, bool]:
    found = _NUMBER.search(word)
    digits = (found.group() if found else word[-1]).replace(",", "")
    last = int(digits[-1])
    if "." in digits or last or int(digits) == 0:
        return _DIGITS[last], str(last) in _RIEUL_DIGITS
    zeros = len(digits) - len(digits.rstrip("0"))
    # 십 백 천 만 억 end in a consonant, 조 (10^12) does not; none of them in ㄹ.
    return not 12 <= zeros < 16, False


def _latin_sound(word: str) -> tuple[bool, bool]:
    if _ACRONYM.search(word):
        letter = word[-1].lower()
        return letter in _LATIN_FINALS, letter in "lr"
    found = re.search(r"[A-Za-z]+$", word)
    spelled = (found.group() if found else word).lower()
    if spelled.endswith(("le", "l")):  # 모바일, 애플, 구글
        return True, True
    if spelled.endswith(("m", "n", "ng", "me", "ne")):  # 라인, 타임, 쇼핑
        return True, False
    # 앱, 웹, 북, 챗 keep the consonant after a short vowel; 포스트, 데스크, 위크 gain a vowel.
    return bool(re.search(r"(?:[^aeiou]|^)[aeiou](?:[bpkt]|ck|pp|tt)$|ook$", spelled)), False

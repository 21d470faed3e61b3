"""The terms of a text: the nouns, noun phrases and verbs that say what it is about.

Korean terms come from Kiwi's morphemes: nouns of any length (앱, 배송, 환불), nouns in a row as a
phrase (배달 기사), and verbs and adjectives in their dictionary form (느리다), so that "the app
closes" and "the app opens" are not one thing. English terms are words and pairs of words that stand
side by side, without the words that carry no topic. What holds a digit is never a term: a number is
not a topic, and may be somebody's.
"""

import re
import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from sonnim.language.features import clean
from sonnim.language.identify import identify
from sonnim.language.morphemes import morphemes

PHRASE = " "
"""Stands between the words of a phrase."""

LONGEST = 24
"""Letters of a term: longer ones are slips (a text without blanks) or no words."""

MOST = 200
"""Terms of one text."""

_NOUNS = ("NNG", "NNP", "SL", "XR")
_VERBS = ("VV", "VA")
_HANGUL = re.compile("[가-힣]")
_ENGLISH = re.compile(r"[a-z]+(?:'[a-z]+)*|[^\sa-z]")
_PLAIN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_DENIED = re.compile(r"\b(?:cannot|\w+n't|(?:ca|wo|do|does|did|is|was|are|could|would|has)nt)\b")
_SMALL = ("MAG", "MM", "XPN", "XSN")
_LIGHT_VERBS = ("하다", "되다", "당하다")
_HEAVY = ("안", "못", "잘")
_HONOURS = ("님", "들")
# What parts "does not work" from "won't work", and says nothing by itself.
_GRAMMAR = frozenset(
    word
    for line in [
        "a an the is are was were be been being am it its this that these those i me my we us our",
        "you your he him his she her they them their do does did will would can could has have had",
        "may might shall should to of so very really just quite",
    ]
    for word in line.split()
)
_ENDINGS = ("ingly", "edly", "ing", "ed", "ly")
_DENIALS = ("불", "비", "미")
_KOREAN_NOUN = re.compile("[가-힣]+")
_LATIN = re.compile("[a-z]+")
_VOWEL = re.compile("[aeiouy]")
_WITH_DIGIT = re.compile(r"\S*\d\S*")
_NO_PLURALS = frozenset(["always", "clothes", "lens", "news", "series", "species"])
_ENDING_IE = frozenset([
    "auntie", "brownie", "calorie", "cookie", "freebie", "hoodie", "movie", "newbie", "pixie",
    "rookie", "selfie", "smoothie", "veggie", "zombie",
])  # fmt: skip


def terms(texts: Sequence[str], *, known: bool = False) -> list[list[str]]:
    """The distinct terms of each text, in the order in which they first come.

    Texts in other languages than Korean and English have none.

    Args:
        texts: Any strings.
        known: Whether they are known to be Korean or English: single words are hard to tell.

    Returns:
        A list for each text, empty where it says nothing.

    >>> terms(["배달 기사님이 너무 늦게 왔어요", "Two deliveries came late!", "😡 010-1234-5678"])
    [['배달', '배달 기사', '기사', '늦다'], ['delivery', 'late'], []]
    """
    cleaned = [clean(text) for text in texts]
    korean = [bool(_HANGUL.search(text)) for text in cleaned]
    hangul = [text for text, one in zip(cleaned, korean, strict=True) if one]
    cut = iter(morphemes(hangul, names=False))
    latin = [text for text, one in zip(cleaned, korean, strict=True) if not one]
    languages = iter(identify(latin)[0] if latin and not known else ["en"] * len(latin))
    found = []
    for text, one in zip(cleaned, korean, strict=True):
        if one:
            words = _korean(next(cut), _stops())
        else:
            words = _english(text) if next(languages) == "en" else iter(())
        distinct = dict.fromkeys(_with_phrases(words))
        found.append(list(distinct)[:MOST])
    return found


def stems(texts: Sequence[str], small: Container[str] | None = None) -> list[list[str]]:
    """The words of each text in their plain form, in order, to look known phrases up in.

    Unlike `terms`, none is left out as saying nothing of a topic, and English words lose their
    endings: delivered, delivering and delivers are one. The plain form need not be a word (charg).
    English articles, pronouns and auxiliaries are left out, so that "does not work" and "won't
    work" are one.

    Args:
        texts: Any strings.
        small: Korean adverbs, prefixes and suffixes to keep (안, 새, 제); None: all.

    Returns:
        A list for each text, empty where there is no word of either language.

    >>> stems(["결제가 자꾸 안 됐어요", "The app isn't loading!"], small={"안"})
    [['결제', '안', '되다'], ['app', 'not', 'load']]
    """
    cleaned = [clean(text) for text in texts]
    korean = [bool(_HANGUL.search(text)) for text in cleaned]
    hangul = [text for text, one in zip(cleaned, korean, strict=True) if one]
    cut = iter(morphemes(hangul, names=False))
    found: list[list[str]] = []
    for text, one in zip(cleaned, korean, strict=True):
        words: Iterator[str | None]
        if one:
            kept = (morpheme for morpheme in next(cut) if _is_kept(morpheme, small))
            words = _korean(kept, frozenset(), _SMALL)
        else:
            words = iter(_PLAIN.findall(_DENIED.sub("not", text.replace("\u2019", "'"))))
        plain = [_stem(word) for word in words if word and word not in _GRAMMAR]
        found.append(_without_light_verbs(plain) if one else plain)
    return found


def is_phrase(term: str) -> bool:
    """Whether the term is made of several words.

    >>> is_phrase("배달 기사"), is_phrase("배달")
    (True, False)
    """
    return PHRASE in term


def is_korean(term: str) -> bool:
    """Whether the term is written in Hangul.

    >>> is_korean("배달"), is_korean("app")
    (True, False)
    """
    return bool(_HANGUL.search(term))


def is_verb(term: str) -> bool:
    """Whether the term is a Korean verb or adjective in its dictionary form.

    Nouns that end so (바다) are taken for verbs too; they serve as well in all but labels.

    >>> is_verb("느리다"), is_verb("배달")
    (True, False)
    """
    return len(term) > 1 and term.endswith("다") and not is_phrase(term)


@cache
def concepts() -> Mapping[str, str]:
    """Terms that mean the same in both languages, each with the one word that stands for them.

    A small list of what customers of any company speak of (`terms.toml`).

    >>> concepts()["delivery"] == concepts()["배송"]
    True
    """
    return {word: words[0] for words in _lists()["same"] for word in words}


def normal(word: str) -> str:
    """An English word in its singular.

    >>> [normal(word) for word in ("deliveries", "movies", "boxes", "apps", "glass", "status")]
    ['delivery', 'movie', 'box', 'app', 'glass', 'status']
    """
    if word in _NO_PLURALS:
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-1] if word[:-1] in _ENDING_IE else word[:-3] + "y"
    if len(word) > 4 and word.endswith(("shes", "ches", "xes", "sses", "zzes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as", "os")):
        return word[:-1]
    return word


# None stands between words that are not side by side; a verb is given with None around it.


def _korean(
    found: Iterable[str], stops: frozenset[str], also: tuple[str, ...] = ()
) -> Iterator[str | None]:
    prefix = ""
    for one in found:
        form, _, tag = one.rpartition("/")
        tag = tag.partition("-")[0]
        if tag == "XPN" and form in _DENIALS:
            prefix = form
            continue
        form, prefix = prefix + form, ""
        if tag in _VERBS:
            yield None
            verb = form + "다"
            if verb not in stops and _KOREAN_NOUN.fullmatch(form):
                yield verb
            yield None
        elif tag in _NOUNS or tag in also:
            yield _noun(form, stops)
        elif tag not in ("XSN", "XPN"):
            # 님 and 들 do not part nouns; particles, endings and marks do.
            yield None


def _noun(form: str, stops: frozenset[str]) -> str | None:
    form = form.lower()
    if _LATIN.fullmatch(form):
        word = normal(form)
        return None if word in stops or form in stops or len(word) < 2 else word
    if not _KOREAN_NOUN.fullmatch(form) or form in stops:
        return None
    return form


def _english(text: str) -> Iterator[str | None]:
    stops = _stops()
    # One word of letters and digits (a code, a number) is no word, and parts those around it.
    for token in _ENGLISH.findall(_WITH_DIGIT.sub(" . ", text)):
        word = token.removesuffix("'s")
        if not word.isalpha() or not word.isascii():
            yield None
            continue
        single = normal(word)
        known = len(single) > 1 and _VOWEL.search(single)
        yield single if known and not {word, single} & stops else None


def _is_kept(morpheme: str, small: Container[str] | None) -> bool:
    form, _, tag = morpheme.rpartition("/")
    if tag not in _SMALL or form in _DENIALS:
        return True
    return form not in _HONOURS and (small is None or form in small)


def _without_light_verbs(words: Sequence[str]) -> list[str]:
    """Without the verbs that Kiwi sees only at times: 간편하다 is 간편, 품절 되다 is 품절."""
    kept: list[str] = []
    for word in words:
        if word in _LIGHT_VERBS and kept and kept[-1] not in _HEAVY:
            continue
        bare = word.removesuffix("하다")
        kept.append(bare if len(bare) > 1 else word)
    return kept


def _stem(word: str) -> str:
    """An English word without what grammar adds to it (after step 1 of Porter 1980)."""
    if not word.isascii():
        return word
    word = normal(word.removesuffix("'s"))
    if len(word) > 4 and word.endswith("ied"):
        return word[:-3] + "y"
    for ending in _ENDINGS:
        bare = word.removesuffix(ending)
        if bare != word and len(bare) > 2 and _VOWEL.search(bare):
            word = bare
            # stopped: stop; but calls: call.
            if word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def _with_phrases(words: Iterator[str | None]) -> Iterator[str]:
    before: str | None = None
    for word in words:
        if word is not None and len(word) > LONGEST:
            word = None
        if word is not None and before is not None and before != word:
            phrase = before + PHRASE + word
            if len(phrase) <= LONGEST:
                yield phrase
        if word is not None:
            yield word
        before = word


@cache
def _stops() -> frozenset[str]:
    lists = _lists()
    words = [*lists["stop"]["en"], *lists["stop"]["ko"]]
    return frozenset(word for line in words for word in line.split())


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    file = files("sonnim.language").joinpath("terms.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))

"""The hand-written fragments, and how their places are filled."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from sonnim.workspace.world.texts.endings import particle

NEGATIVE, NEUTRAL, POSITIVE = "negative", "neutral", "positive"
_SLOT = re.compile(r"\{(\w+)(?:\|(\w+))?\}")
# What an order can be of, as the fragments name it: a cake is squashed, a croissant is not.
_GOODS = ("hot", "cold", "bread", "cake")
_DRINKS = ("hot", "cold")

# Places of a text that the truth speaks of are marked by characters of no language.
OPEN_FIRST = 0xE100
CLOSE, TARGET_OPEN, TARGET_CLOSE = "\ue000", "\ue001", "\ue002"
_MARKS = re.compile("[\ue000-\ue1ff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Opinion:
    """One opinion and where it stands in the text.

    Attributes:
        start: Character at which its words begin.
        end: Character after their end.
        target_start: Character at which what it is about begins; -1: it is not named.
        target_end: Character after its end; -1 as before.
        category: What it is about.
        polarity: negative or positive (neutral: a fact without feeling).
    """

    start: int
    end: int
    target_start: int
    target_end: int
    category: str
    polarity: str

    def moved(self, by: int) -> "Opinion":
        """The opinion in a text that has `by` more characters in front."""
        named = self.target_start >= 0
        return Opinion(
            start=self.start + by,
            end=self.end + by,
            target_start=self.target_start + by if named else -1,
            target_end=self.target_end + by if named else -1,
            category=self.category,
            polarity=self.polarity,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """What one text is to say.

    Attributes:
        language: ko or en.
        label: negative, neutral or positive.
        aspects: What it is about, the main one first.
        kind: review, delivery, ticket, verbatim, post or reply: how people write there.
        branch: Name of the branch in that language.
        version: App version in use.
        product: What was ordered, in that language, or "".
        goods: What that is: hot, cold, bread, cake or "".
        emoji: Whether the place it is written takes emoji.
        question: Whether it asks for something without feeling.
    """

    language: str
    label: str
    aspects: tuple[str, ...]
    kind: str
    branch: str
    version: str
    product: str = ""
    goods: str = ""
    emoji: bool = True
    question: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A text and what is known of it.

    Attributes:
        text: What was written.
        opinions: The opinions in it.
        contrast: Whether it also says something of the opposite mood.
        sarcastic: Whether it means the opposite of its words.
        negated: Whether a mood is said by denying the other (나쁘지 않다).
        compared: Whether a mood is said by comparison.
        short: Whether it is but a word or two.
    """

    text: str
    opinions: tuple[Opinion, ...] = ()
    contrast: bool = False
    sarcastic: bool = False
    negated: bool = False
    compared: bool = False
    short: bool = False


@cache
def clauses_of(language: str) -> dict[str, dict[str, list[str]]]:
    """Clauses by aspect and pool."""
    return _read(f"{language}.toml")


@cache
def words_of(language: str) -> dict[str, dict[str, list[str]]]:
    """The words around them, by use and mood."""
    return _read(f"{language}_words.toml")


def _read(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


@cache
def aspects() -> tuple[str, ...]:
    """Everything a text can be about, what only an issue brings included."""
    return tuple(clauses_of("ko"))


@cache
def ordinary() -> tuple[str, ...]:
    """What people speak of with and without an issue, well or badly."""
    return tuple(name for name, pools in clauses_of("ko").items() if POSITIVE in pools)


# What an issue is a case of: nobody praises the app in the same breath as its crashes.
_FAMILY = {
    "crashes": "app", "payfail": "app", "delays": "delivery", "leaks": "packaging",
    "dearer": "price", "coupons": "price", "flies": "clean", "renewal": "subscription",
}  # fmt: skip


def other_than(rng: Random, taken: tuple[str, ...]) -> str:
    """Something else to speak of."""
    families = {_FAMILY.get(aspect, aspect) for aspect in taken}
    return pick(rng, [one for one in ordinary() if _FAMILY.get(one, one) not in families])


def pick(rng: Random, items: list[str]) -> str:
    """One of the items."""
    return items[int(rng.random() * len(items))]


def maybe(rng: Random, chance: float, items: list[str]) -> str:
    """One of the items with that chance, else nothing."""
    return pick(rng, items) if rng.random() < chance else ""


@cache
def _parts(raw: str) -> tuple[tuple[str, str, str], ...]:
    """Literals and the places after them: (literal, name, particle)."""
    parts = []
    place = 0
    for slot in _SLOT.finditer(raw):
        parts.append((raw[place : slot.start()], slot.group(1), slot.group(2) or ""))
        place = slot.end()
    parts.append((raw[place:], "", ""))
    return tuple(parts)


def fill(rng: Random, raw: str, voice: Voice, label: str, casual: bool = False) -> str:
    """The text with its places filled; the first thing ordered becomes what it is about."""
    if "{" not in raw:
        return raw
    targeted = raw.count("|") > raw.count("|은}") + raw.count("|이}") + raw.count("|을}")
    made = []
    for literal, name, form in _parts(raw):
        made.append(literal)
        if not name:
            continue
        word = _word(rng, name, voice, label, casual)
        if form:
            whole = particle(word, form)
            if not targeted:
                whole = word + "|" + whole[len(word) :]
                targeted = True
            word = whole
        made.append(word)
    text = "".join(made)
    return text.replace("_ ", "") if casual else text


def filled(rng: Random, raw: str, voice: Voice, label: str) -> str:
    """A whole sentence with its places filled."""
    return fill(rng, raw, voice, label).replace("|", "") if "{" in raw else raw


def _word(rng: Random, name: str, voice: Voice, label: str, casual: bool) -> str:
    words = words_of(voice.language)["fill"]
    if name == "adv":
        if casual and rng.random() < 0.5:
            return pick(rng, words["adv_casual"])
        return pick(rng, words["adv_negative" if label == NEGATIVE else "adv_positive"])
    if name in _KINDS:
        kinds = _KINDS[name]
        if voice.goods in kinds and rng.random() < 0.8:
            return voice.product
        return pick(rng, words[kinds[int(rng.random() * len(kinds))]])
    number = _NUMBERS.get(name)
    if number is not None:
        low, high, step, factor = number
        # People round, but not always.
        value = low + int(rng.random() * ((high - low) // step)) * step
        if name == "min" and rng.random() < 0.25:
            value += int(rng.random() * 5)
        return f"{value * factor:,}"
    if name == "branch":
        return voice.branch
    if name == "version":
        return voice.version
    if name == "order":
        return f"HD{int(rng.random() * 90_000_000) + 10_000_000}"
    if name == "phone":
        return f"010-0{int(rng.random() * 1000):03d}-{int(rng.random() * 10_000):04d}"
    if name == "agent":
        return pick(rng, _AGENTS[voice.language])
    return pick(rng, words[name])


_KINDS = {
    "item": _GOODS, "item2": _GOODS, "drink": _DRINKS, "hot": ("hot",), "cold": ("cold",),
    "bread": ("bread",), "cake": ("cake",),
}  # fmt: skip
# Least, most, step and factor.
_NUMBERS = {
    "min": (15, 60, 5, 1), "min2": (2, 9, 1, 1), "num": (10, 80, 5, 1), "num2": (2, 10, 1, 1),
    "days": (2, 9, 1, 1), "won": (30, 190, 1, 100), "won2": (3, 10, 1, 100),
}  # fmt: skip
_AGENTS = {
    "ko": ["김하늘", "이서윤", "박도현", "최지우", "정민서", "강나래", "윤태오", "한소리"],
    "en": ["Mina", "Daniel", "Sora", "Jin", "Hana", "Leo"],
}


def mark(clause: str, number: int) -> str:
    """The clause with its opinion words and what they are about marked; bars are taken away."""
    begin = chr(OPEN_FIRST + number)
    if "|" not in clause:
        return begin + clause + CLOSE
    target, rest = clause.split("|", 1)
    after, gap, words = rest.partition(" ")
    words = words.replace("|", "")
    if not words:
        return begin + TARGET_OPEN + target + TARGET_CLOSE + after + gap + CLOSE
    return TARGET_OPEN + target + TARGET_CLOSE + after + gap + begin + words + CLOSE


def unmark(text: str, said: list[tuple[str, str]]) -> tuple[str, tuple[Opinion, ...]]:
    """The text without marks, and its opinions; `said` has category and polarity by number."""
    bare: list[str] = []
    place = length = 0
    start = target = target_end = number = -1
    opinions = []
    for found in _MARKS.finditer(text):
        piece = text[place : found.start()]
        bare.append(piece)
        length += len(piece)
        place = found.end()
        sign = found.group()
        if sign == TARGET_OPEN:
            target, target_end = length, -1
        elif sign == TARGET_CLOSE:
            target_end = length
        elif sign == CLOSE:
            category, polarity = said[number]
            opinions.append(
                Opinion(
                    start=start,
                    end=length,
                    target_start=target if target_end > target else -1,
                    target_end=target_end if target_end > target else -1,
                    category=category,
                    polarity=polarity,
                )
            )
            target = target_end = -1
        else:
            start, number = length, ord(sign) - OPEN_FIRST
    bare.append(text[place:])
    return "".join(bare), tuple(opinions)

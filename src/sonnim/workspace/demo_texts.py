"""Sentences as customers write them, Korean and English, from hand-written fragments.

`demo/ko.toml` and `demo/en.toml` hold the fragments; this module joins them: register, contrast,
typing errors, marks. All chance comes from the `random.Random` given.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

from sonnim.workspace.demo_texts_korean import ending, particle

NEGATIVE, NEUTRAL, POSITIVE = "negative", "neutral", "positive"
_OPPOSITE = {NEGATIVE: POSITIVE, POSITIVE: NEGATIVE}
_KOREAN_ENDINGS = {
    "polite": ("해요", "해요", "해요", "네요", "네요", "습니다", "더라고요"),
    "formal": ("습니다", "습니다", "습니다", "네요"),
    "casual": ("해", "해", "네", "더라", "다", "다"),
    "noted": ("음",),
}
_REGISTERS = ("polite",) * 10 + ("formal",) * 3 + ("casual",) * 4 + ("noted",) * 3
_KOREAN_SLIPS = (
    ("진짜 ", "찐 "), ("너무 ", "넘 "), ("돼요", "되요"), ("안 ", "안"), ("같이", "가치"),
    ("어떻게", "어케"), ("맛있어", "마싯어"), ("좋아요", "조아요"), ("왜 ", "웨 "),
    ("계속 ", "게속 "), ("직원", "지원"), ("빨리", "빨랑"), ("했는데", "햇는데"), ("왔어", "왓어"),
    ("ㅠㅠ", "ㅜㅜ"), ("없어", "업어"), ("괜찮", "갠찮"), ("합니다", "함니다"),
    ("네요", "네용"), ("어요", "어여"),
)  # fmt: skip
_ENGLISH_SLIPS = (
    ("definitely", "definately"), ("it's", "its"), ("don't", "dont"), ("can't", "cant"),
    ("you", "u"), ("are ", "r "), ("please", "pls"), ("really", "realy"), ("receive", "recieve"),
    (" so ", " sooo "), ("because", "bc"), ("their", "thier"), ("coffee", "cofee"),
    ("the ", "teh "), ("delivery", "delivary"), ("is ", "iss "), ("and ", "& "),
    ("I ", "i "), ("minutes", "mins"),
)  # fmt: skip
_SLOT = re.compile(r"\{(\w+)(?:\|(\w+))?\}")
_EMOJI = re.compile("[\U0001f000-\U0001ffff\u2600-\u27bf\ufe0f]")


@dataclass(frozen=True, kw_only=True)
class Voice:
    """What one text is to say.

    Attributes:
        language: ko or en.
        label: negative, neutral or positive.
        aspects: What it is about, the main one first.
        branch: Name of the branch in that language.
        version: App version in use.
        mixed: Whether something of the opposite mood comes first ("X is good, but Y…").
        emoji: Whether the place it is written takes emoji.
        question: Whether it asks for something without feeling.
    """

    language: str
    label: str
    aspects: tuple[str, ...]
    branch: str
    version: str
    mixed: bool = False
    emoji: bool = True
    question: bool = False


@cache
def _fragments(language: str) -> dict[str, dict[str, list[str]]]:
    file = Path(__file__).parent / "demo" / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def aspects(language: str) -> tuple[str, ...]:
    """Everything a text can be about."""
    return tuple(name for name in _fragments(language) if name != "words")


def compose(rng: Random, voice: Voice) -> str:
    """One text.

    Example:
        >>> voice = Voice(language="en", label="positive", aspects=("taste",),
        ...     branch="Gangnam", version="4.2")
        >>> compose(Random(3), voice) == compose(Random(3), voice)
        True
    """
    writer = _korean if voice.language == "ko" else _english
    text = writer(rng, voice)
    if not voice.emoji:
        text = _EMOJI.sub("", text).rstrip()
    return re.sub(" +", " ", text).strip()


def _pick(rng: Random, items: list[str]) -> str:
    return items[int(rng.random() * len(items))]


def _fill(rng: Random, text: str, voice: Voice, label: str) -> str:
    """The text with its places filled."""
    if "{" not in text:
        return text
    words = _fragments(voice.language)["words"]

    def value(place: re.Match[str]) -> str:
        name, form = place.group(1), place.group(2)
        if name == "adv":
            return _pick(rng, words["adv_negative" if label == NEGATIVE else "adv_positive"])
        filler: dict[str, Callable[[], str]] = {
            "branch": lambda: voice.branch,
            "version": lambda: voice.version,
            "min": lambda: str(
                rng.randrange(15, 56, 5) if rng.random() < 0.7 else rng.randrange(12, 58)
            ),
            "num": lambda: str(rng.randrange(10, 80, 5)),
            "won": lambda: f"{rng.randrange(30, 190) * 100:,}",
            "order": lambda: f"HD{rng.randrange(10_000_000, 99_999_999)}",
            "phone": lambda: f"{rng.randrange(10_000):04d}",
        }
        word = filler[name]() if name in filler else _pick(rng, words[name])
        return particle(word, form) if form else word

    return _SLOT.sub(value, text)


def _clauses(rng: Random, voice: Voice, label: str, count: int) -> list[str]:
    """Different clauses of that label on the voice's aspects."""
    table = _fragments(voice.language)
    chosen: list[str] = []
    for i in range(count):
        pool = table[voice.aspects[i % len(voice.aspects)]].get(label)
        raw = _pick(rng, pool or table["store"][label])
        if raw not in chosen:
            chosen.append(raw)
    return [_fill(rng, raw, voice, label) for raw in chosen]


def _question(rng: Random, voice: Voice) -> str:
    """A question without feeling, greeting and thanks included."""
    words = _fragments(voice.language)["words"]
    parts = ("opening_question", "question", "tail_question")
    return "".join(_fill(rng, _pick(rng, words[part]), voice, NEUTRAL) for part in parts)


def _length(rng: Random) -> int:
    roll = rng.random()
    return 1 if roll < 0.5 else 2 if roll < 0.86 else 3


def _slip(rng: Random, text: str, slips: tuple[tuple[str, str], ...]) -> str:
    """A typing error or two, as far as the text has a place for them."""
    for wrong in rng.sample(slips, 4):
        text = text.replace(*wrong, 1)
    return text


# Korean


def _subject(clause: str, topic: bool) -> str:
    """The clause with its bars removed; the first subject becomes the topic if asked."""
    if topic and "|" in clause:
        word, rest = clause.split("|", 1)
        if rest[:1] in "이가을를":
            clause = particle(word, "은") + rest[1:]
    return clause.replace("|", "")


def _korean(rng: Random, voice: Voice) -> str:
    words = _fragments("ko")["words"]
    label = voice.label
    register = rng.choice(_REGISTERS)
    if voice.question:
        return _korean_typing(rng, _question(rng, voice))
    if label == NEUTRAL and rng.random() < 0.4:
        text = _fill(rng, _pick(rng, words["plain"]), voice, label)
        return _korean_typing(rng, text + _pick(rng, words["mark_neutral"]))
    body = _korean_body(rng, voice, register)
    opening = _fill(rng, _pick(rng, words[f"opening_{label}"]), voice, label)
    casual = register in ("casual", "noted")
    if casual and opening.endswith(("요", "다", "요?")):
        opening = ""
    tail = _pick(rng, words[f"tail_{label}_casual" if casual else f"tail_{label}"])
    runs_on = opening.endswith(("데", "에", "도", "?"))
    gap = " " if runs_on else rng.choice((" ", ". ", "~ " if label == POSITIVE else "... "))
    text = opening + gap + body if opening else body
    mark = _pick(rng, words[f"mark_{label}"])
    if tail and rng.random() < 0.5:
        return _korean_typing(rng, text + mark + " " + tail)
    stop = rng.choice((". ", " ", "\n")) if tail else ""
    return _korean_typing(rng, text + stop + tail + mark)


def _ended(rng: Random, clause: str, register: str, label: str) -> str:
    """The clause with one of the register's endings that suits it."""
    form = rng.choice(_KOREAN_ENDINGS[register])
    # Nobody wonders at (네) what is plain, or recalls as seen (더라) what they did themselves.
    told = clause.endswith("/v") or clause[-2:-1] in "왔했었렸났갔봤겼"
    if (form.startswith("더라") and told) or (form.startswith("네") and label == NEUTRAL):
        form = "해" if register == "casual" else "해요"
    return ending(clause, form)


def _korean_body(rng: Random, voice: Voice, register: str) -> str:
    clauses = _clauses(rng, voice, voice.label, _length(rng))
    first = ""
    if voice.mixed:
        other = replace(voice, aspects=voice.aspects[::-1])
        against = _clauses(rng, other, _OPPOSITE[voice.label], 1)[0]
        if rng.random() < 0.7:
            first = ending(_subject(against, True), rng.choice(("는데", "는데", "지만"))) + " "
        else:
            bridge = _pick(rng, _fragments("ko")["words"]["bridge_contrast"])
            first = _ended(rng, _subject(against, True), register, _OPPOSITE[voice.label])
            first += rng.choice((". ", " ")) + bridge
    said: list[str] = []
    joined = ""
    for i, clause in enumerate(clauses):
        clause = _subject(clause, topic=voice.mixed and i == 0)
        if i + 1 < len(clauses) and rng.random() < 0.45:
            joined += ending(clause, "고") + " "
            continue
        said.append(joined + _ended(rng, clause, register, voice.label))
        joined = ""
    return first + rng.choice((". ", " ", ", ", "! ", "\n")).join(said)


def _korean_typing(rng: Random, text: str) -> str:
    roll = rng.random()
    if roll < 0.10:
        text = _slip(rng, text, _KOREAN_SLIPS)
    elif roll < 0.19:
        # Words run together, as people type on a telephone.
        places = [i for i, letter in enumerate(text) if letter == " "]
        if places:
            i = rng.choice(places)
            text = text[:i] + text[i + 1 :]
    elif roll < 0.22:
        text = text.replace(" ", "")
    return text


# English


def _english(rng: Random, voice: Voice) -> str:
    words = _fragments("en")["words"]
    label = voice.label
    if voice.question:
        return _english_typing(rng, _question(rng, voice), "")
    if label == NEUTRAL and rng.random() < 0.4:
        text = _fill(rng, _pick(rng, words["plain"]), voice, label)
        return _english_typing(rng, text, _pick(rng, words["mark_neutral"]))
    clauses = _clauses(rng, voice, label, _length(rng))
    body = clauses[0]
    for clause in clauses[1:]:
        body += (
            rng.choice((". ", ". ", ", ", " and ", "! " if label == POSITIVE else ". ")) + clause
        )
    if voice.mixed:
        other = replace(voice, aspects=voice.aspects[::-1])
        bridge = _pick(rng, words["bridge_contrast"])
        body = _clauses(rng, other, _OPPOSITE[label], 1)[0] + bridge + body
    opening = _fill(rng, _pick(rng, words[f"opening_{label}"]), voice, label)
    if opening:
        body = opening + (" " if opening[-1] in "?!" else rng.choice((". ", ", ", "! "))) + body
    tail = _pick(rng, words[f"tail_{label}"])
    if tail:
        body += rng.choice((". ", ". ", ", ", "! ")) + tail
    return _english_typing(rng, body, _pick(rng, words[f"mark_{label}"]))


def _english_typing(rng: Random, text: str, mark: str) -> str:
    text = re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", text)
    roll = rng.random()
    if roll < 0.72:
        text = re.sub(r"(^|[.!?] )([a-z])", lambda m: m.group(1) + m.group(2).upper(), text)
    elif roll < 0.84:
        text = text.lower()
    elif roll < 0.95:
        text = _slip(rng, text, _ENGLISH_SLIPS)
    elif roll < 0.97:
        text = text.upper()
    return text if mark and text.endswith("?") else text + mark

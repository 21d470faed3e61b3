"""English texts: joints, capitals, typing."""

import re
from random import Random

from sonnim.workspace.world.texts.fragments import (
    CLOSE,
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    Voice,
    clauses_of,
    fill,
    filled,
    mark,
    maybe,
    other_than,
    pick,
    words_of,
)

_SLIPS = (
    ("definitely", "definately"), ("it's", "its"), ("don't", "dont"), ("can't", "cant"),
    ("you", "u"), ("are ", "r "), ("please", "pls"), ("really", "realy"), ("receive", "recieve"),
    (" so ", " sooo "), ("because", "bc"), ("their", "thier"), ("coffee", "cofee"),
    ("the ", "teh "), ("delivery", "delivary"), ("and ", "& "), ("I ", "i "), ("minutes", "mins"),
    ("though", "tho"), ("to ", "2 "), ("ing ", "in "), ("won't", "wont"), ("app", "ap"),
)  # fmt: skip
_MIXED = (
    ("coffee", "커피"), ("delivery", "배달"), ("thank you", "감사합니다"),
    ("delicious", "맛있어요"), ("really", "진짜"), ("the app", "앱"), ("staff", "직원"),
    ("good", "굿"), ("wow", "대박"),
)  # fmt: skip
_BUT = [" but ", ", but ", " though ", " but sadly ", "; however, ", ". But "]
_MARK = {
    POSITIVE: ["", ".", ".", ".", "!", "!", "!!", " :)", " 😊", " 👍", " ❤️", " 😋"],
    NEGATIVE: ["", ".", ".", ".", "...", "!", "!!", " :(", " 😡", " smh", " 🙄"],
    NEUTRAL: ["", ".", ".", "...", ""],
}
_WRY = [" :)", ".", "!", " 👏", "...", " lol", " 🙃", ""]
_OPPOSITE = {NEGATIVE: POSITIVE, POSITIVE: NEGATIVE}
_STARTS = re.compile(r"(^[\ue000-\ue1ff]*|[.!?] [\ue000-\ue1ff]*|\n[\ue000-\ue1ff]*)([a-z])")
_VOWEL = re.compile(r"\b([Aa]) (?=[aeiou])")


class Writing:
    """One English text under way: what was said so far."""

    def __init__(self, rng: Random, voice: Voice) -> None:
        self.rng, self.voice = rng, voice
        self.casual = voice.kind in ("post", "reply")
        self.said: list[tuple[str, str]] = []
        self.contrast = self.sarcastic = self.negated = self.compared = False

    def clauses(self, label: str, count: int, aspects: tuple[str, ...]) -> list[str]:
        """Different clauses of that label, filled and marked as opinions."""
        table, rng = clauses_of("en"), self.rng
        chosen: list[str] = []
        made = []
        for i in range(count):
            aspect = aspects[i % len(aspects)]
            pools = table[aspect]
            pool, roll = label, rng.random()
            if label != NEUTRAL and roll < 0.15:
                plain = label == POSITIVE
                if roll < 0.09:
                    pool = "not_bad" if plain else "not_good"
                else:
                    pool = "better" if plain else "worse"
                if pool not in pools:
                    pool = label
            known = pool in pools
            raw = pick(rng, pools[pool] if known else table["staff"][label])
            if raw in chosen:
                continue
            chosen.append(raw)
            self.negated |= pool.startswith("not_")
            self.compared |= pool in ("better", "worse")
            text = fill(rng, raw, self.voice, label, self.casual)
            self.said.append((aspect if known else "staff", label))
            made.append(mark(text, len(self.said) - 1))
        return made

    def sentence(self, raw: str, aspect: str, label: str) -> str:
        """A whole sentence as an opinion."""
        self.said.append((aspect, label))
        return mark(filled(self.rng, raw, self.voice, label), len(self.said) - 1)


def question(rng: Random, voice: Voice) -> str:
    """A question without feeling, greeting and thanks included."""
    words = words_of("en")["question"]
    text = maybe(rng, 0.7, words["opening"]) + pick(rng, words["neutral"])
    return typed(rng, filled(rng, text + maybe(rng, 0.6, words["tail"]), voice, NEUTRAL), "", voice)


def plain(rng: Random, voice: Voice) -> str:
    """Something without feeling."""
    words = words_of("en")["plain"][NEUTRAL]
    text = filled(rng, pick(rng, words), voice, NEUTRAL)
    if rng.random() < 0.4:
        text += ". " + filled(rng, pick(rng, words), voice, NEUTRAL)
    return typed(rng, text, pick(rng, _MARK[NEUTRAL]), voice)


def short(rng: Random, voice: Voice) -> str:
    """A word or two."""
    text = pick(rng, words_of("en")["short"][voice.label])
    return typed(rng, text, pick(rng, _MARK[voice.label]), voice)


def sarcasm(writing: Writing) -> str:
    """Praise that is none."""
    rng, voice = writing.rng, writing.voice
    pools = clauses_of("en")
    aspect = next((one for one in voice.aspects if "sarcasm" in pools[one]), "taste")
    text = writing.sentence(pick(rng, pools[aspect]["sarcasm"]), aspect, NEGATIVE)
    writing.sarcastic = True
    opening = maybe(rng, 0.3, ["wow, ", "oh great, ", "congratulations, ", "well done: "])
    return typed(rng, opening + text, pick(rng, _WRY), voice)


def opinionated(writing: Writing, count: int, contrast: bool) -> str:
    """Clauses joined as people join them, with an opening, a tail and marks."""
    rng, voice = writing.rng, writing.voice
    label = voice.label
    first = ""
    if contrast and label in _OPPOSITE:
        writing.contrast = True
        other = (other_than(rng, voice.aspects),)
        first = writing.clauses(_OPPOSITE[label], 1, other)[0] + pick(rng, _BUT)
    clauses = writing.clauses(label, count, voice.aspects)
    body = clauses[0]
    for clause in clauses[1:]:
        link = (". ", ". ", ", ", " and ", ". Also, " if rng.random() < 0.3 else ". ")
        body += rng.choice(link) + clause
    body = first + body
    pools = clauses_of("en")[voice.aspects[0]]
    if label == NEGATIVE and "plea" in pools and rng.random() < 0.16:
        body += (" " if _stopped(body) else ". ") + writing.sentence(
            pick(rng, pools["plea"]), voice.aspects[0], label
        )
    opening, tail = _around(rng, voice)
    if opening:
        gap = " " if opening[-1] in "?!.,:" or opening.endswith(" and") else ""
        body = opening + (gap or rng.choice((". ", ", ", "! ", " - "))) + body
    if tail:
        end = " " if _stopped(body) else rng.choice((". ", ". ", "! "))
        body += end + tail
    return typed(rng, body, pick(rng, _MARK[label]), voice)


def _around(rng: Random, voice: Voice) -> tuple[str, str]:
    words = words_of("en")
    if voice.kind == "ticket":
        desk = words["ticket"]
        tails = desk["thanks" if voice.label == POSITIVE else "tail"]
        opening, tail = maybe(rng, 0.75, desk["opening"]), maybe(rng, 0.7, tails)
    elif voice.kind == "post":
        opening, tail = pick(rng, words["post"]["opening"]), ""
    elif voice.kind == "reply":
        opening, tail = maybe(rng, 0.5, words["reply"][voice.label]), ""
    else:
        often = 0.3 if voice.kind == "verbatim" else 0.6
        opening = maybe(rng, often, words["opening"][voice.label])
        tail = maybe(rng, often, words["tail"][voice.label])
    return filled(rng, opening, voice, voice.label), filled(rng, tail, voice, voice.label)


def typed(rng: Random, text: str, sign: str, voice: Voice) -> str:
    """The text with capitals, and an error now and then."""
    text = _VOWEL.sub(r"\1n ", text)
    roll = rng.random()
    if voice.kind == "ticket":
        roll *= 0.8
    if roll < 0.72:
        text = _STARTS.sub(lambda found: found.group(1) + found.group(2).upper(), text)
    elif roll < 0.86:
        text = text.lower()
    elif roll < 0.95:
        for wrong in rng.sample(_SLIPS, 4):
            text = text.replace(*wrong, 1)
    elif roll < 0.965:
        text = text.upper()
    elif roll < 0.985:
        for wrong in _MIXED:
            text = text.replace(*wrong, 1)
    return text if _stopped(text) and sign[:1] in (".", "!", "") else text + sign


def _stopped(text: str) -> bool:
    return text.rstrip(CLOSE)[-1:] in ("?", ".", "!")

"""One text, in either language, with the truth about it."""

import re
from random import Random

from sonnim.workspace.world.texts import english, korean
from sonnim.workspace.world.texts.fragments import NEGATIVE, NEUTRAL, Text, Voice, unmark

_EMOJI = re.compile("[\U0001f000-\U0001ffff\u2600-\u27bf\ufe0f]")
_SPACES = re.compile("[^\\S\n]{2,}")
# How many clauses people write where, in hundredths: one, two, three, more.
_LENGTHS = {
    "review": (46, 33, 13, 8), "delivery": (44, 36, 14, 6), "ticket": (42, 38, 14, 6),
    "verbatim": (60, 30, 8, 2), "post": (62, 28, 7, 3), "reply": (78, 20, 2, 0),
}  # fmt: skip
_SHORT = {"review": 0.10, "delivery": 0.09, "verbatim": 0.12, "reply": 0.05}
_SARCASTIC = 0.05
_CONTRAST = 0.15


def compose(rng: Random, voice: Voice) -> Text:
    """One text.

    Args:
        rng: Source of all chance.
        voice: What it is to say.

    Example:
        >>> voice = Voice(language="en", label="positive", aspects=("taste",), kind="review",
        ...     branch="Gangnam", version="4.2")
        >>> compose(Random(3), voice) == compose(Random(3), voice)
        True
    """
    module = korean if voice.language == "ko" else english
    roll = rng.random()
    if voice.question:
        return _bare(module.question(rng, voice), voice)
    if roll < _SHORT.get(voice.kind, 0.0):
        return _bare(module.short(rng, voice), voice, short=True)
    if voice.label == NEUTRAL and rng.random() < 0.4 and voice.kind not in ("post", "reply"):
        return _bare(module.plain(rng, voice), voice)
    count = _count(rng, voice.kind)
    sarcastic = voice.label == NEGATIVE and rng.random() < _SARCASTIC
    contrast = rng.random() < _CONTRAST
    if voice.language == "ko":
        ko = korean.Writing(rng, voice)
        marked = korean.sarcasm(ko) if sarcastic else korean.opinionated(ko, count, contrast)
        return _read(marked, ko, voice)
    en = english.Writing(rng, voice)
    marked = english.sarcasm(en) if sarcastic else english.opinionated(en, count, contrast)
    return _read(marked, en, voice)


def clean(text: str, emoji: bool = True) -> str:
    """The text without double spaces, and without emoji where the place takes none."""
    if not emoji:
        text = _EMOJI.sub("", text)
    return _SPACES.sub(" ", text).strip()


def _bare(text: str, voice: Voice, short: bool = False) -> Text:
    return Text(text=clean(text, voice.emoji), short=short)


def _read(marked: str, writing: korean.Writing | english.Writing, voice: Voice) -> Text:
    text, opinions = unmark(clean(marked, voice.emoji), writing.said)
    return Text(
        text=text,
        opinions=opinions,
        contrast=writing.contrast,
        sarcastic=writing.sarcastic,
        negated=writing.negated,
        compared=writing.compared,
    )


def _count(rng: Random, kind: str) -> int:
    roll = rng.random() * 100
    for count, share in enumerate(_LENGTHS[kind], 1):
        roll -= share
        if roll < 0:
            return count if count < 4 else 4 + int(rng.random() * 3)
    return 1

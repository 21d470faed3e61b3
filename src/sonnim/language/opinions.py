"""Opinions of a text from what the encoder says of its tokens (aspect-based sentiment).

Each token is tagged twice: does it belong to what is spoken of (target), and to what is said of it
(words), and how is it spoken of? Neighbouring tokens are one span; each target takes the nearest
words of its sentence, and words that no target takes are an opinion of their own, whose target is
only implied ("너무 비싸요", "way too salty").
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.language.mood_model import LABELS
from sonnim.language.reader import TARGET, WORDS, Reading
from sonnim.language.readers import Readers

Floats = NDArray[np.float32]

# Behind these a new sentence begins, and no word is said of what stands before.
_ENDS = re.compile(r"[.!?。…\n]+(?=\s|$)|[\n]")
# What a pair of other polarities counts as, in characters between them.
_OTHER_POLARITY = 12
# What words before their target count as: Korean says it behind, English mostly.
_BEFORE = 3


@dataclass(frozen=True)
class Span:
    """A piece of a text.

    Attributes:
        start: First character.
        end: Behind the last; a span without a character is none.
        polarity: Probabilities of negative, neutral, positive.
        probability: How sure it is that this is a target, or words.
    """

    start: int
    end: int
    polarity: tuple[float, float, float]
    probability: float


@dataclass(frozen=True)
class Opinion:
    """What is said of one thing.

    Attributes:
        target: What is spoken of; (0, 0) where it is only implied.
        words: What is said of it; (0, 0) where only the target was found.
        polarity: "negative", "neutral" or "positive".
        probability: How sure the polarity is.
    """

    target: tuple[int, int]
    words: tuple[int, int]
    polarity: str
    probability: float


def opinions(reader: Readers, texts: Sequence[str]) -> list[list[Opinion]]:
    """The opinions of each text, in the order in which they stand in it.

    Args:
        reader: The models.
        texts: Texts as found; offsets count their characters.
    """
    return found_in(texts, reader.read(texts, (TARGET, WORDS)))


def found_in(texts: Sequence[str], reading: Reading) -> list[list[Opinion]]:
    """The opinions of texts that were read for `TARGET` and `WORDS`."""
    return [
        joined(text, spans(text, target, offsets), together(text, spans(text, words, offsets)))
        for text, target, words, offsets in zip(
            texts, reading.tokens[TARGET], reading.tokens[WORDS], reading.offsets, strict=True
        )
    ]


def spans(text: str, logits: Floats, offsets: Sequence[tuple[int, int]]) -> list[Span]:
    """Spans from the tags of tokens.

    A token is inside when that is likelier than not; a new span begins where beginning is likelier
    than going on. Blanks at a span's ends are left out.

    Args:
        text: The text.
        logits: Shape (tokens, 7): outside; begin and inside by polarity, negative first.
        offsets: Where the tokens stand.

    Example:
        >>> sure = np.full((3, 7), -9.0, np.float32)
        >>> sure[0, 5] = sure[1, 6] = sure[2, 0] = 9
        >>> [(one.start, one.end) for one in spans("새 앱 !", sure, [(0, 1), (1, 3), (3, 5)])]
        [(0, 3)]
    """
    if not len(logits):
        return []
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = raised / raised.sum(axis=1, keepdims=True)
    begin, going_on = shares[:, 1::2], shares[:, 2::2]
    inside = shares[:, 0] < 0.5
    fresh = begin.sum(axis=1) > going_on.sum(axis=1)
    polarity = begin + going_on
    groups: list[list[int]] = []
    for number, (start, end) in enumerate(offsets):
        if not inside[number] or end <= start:
            continue
        follows = bool(groups) and groups[-1][-1] == number - 1
        if follows and not fresh[number]:
            groups[-1].append(number)
        else:
            groups.append([number])
    found = []
    for group in groups:
        start, end = _trimmed(text, offsets[group[0]][0], offsets[group[-1]][1])
        if start < end:
            mean = polarity[group].mean(axis=0)
            negative, neutral, positive = (mean / mean.sum()).tolist()
            found.append(
                Span(start, end, (negative, neutral, positive), float(1 - shares[group, 0].mean()))
            )
    return found


def together(text: str, words: Sequence[Span]) -> list[Span]:
    """Words with nothing but blanks between them as one: "was" and "great" are said together.

    Example:
        >>> said = [Span(4, 7, (0, 1, 0), 0.6), Span(8, 13, (0, 0, 1), 0.8)]
        >>> together("app was great", said)
        [Span(start=4, end=13, polarity=(0.0, 0.375, 0.625), probability=0.725)]
    """
    found: list[Span] = []
    for one in words:
        last = found[-1] if found else None
        if last is None or text[last.end : one.start].strip():
            found.append(one)
            continue
        # Each counts by its letters.
        weights = np.array([last.end - last.start, one.end - one.start], np.float64)
        pair = np.array([(*last.polarity, last.probability), (*one.polarity, one.probability)])
        negative, neutral, positive, sure = (weights @ pair / weights.sum()).tolist()
        found[-1] = Span(last.start, one.end, (negative, neutral, positive), sure)
    return found


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, max(start, end - (len(piece) - len(piece.rstrip())))


def joined(text: str, targets: Sequence[Span], words: Sequence[Span]) -> list[Opinion]:
    """Targets and words as opinions.

    Each target takes the nearest words of its sentence; where they are of another polarity, others
    somewhat farther away go before. Several targets may have the same words ("양과 맛이 좋다").

    Example:
        >>> good, bad = (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)
        >>> said = [Span(4, 7, good, 1.0), Span(15, 18, bad, 1.0)]
        >>> text = "맛은  좋은데 배송이 너무 늦고 비싸요"
        >>> for one in joined(text, [Span(0, 1, good, 1.0), Span(8, 10, bad, 1.0)], said):
        ...     print(one.target, one.words, one.polarity)
        (0, 1) (4, 7) positive
        (8, 10) (15, 18) negative
    """
    borders = [found.end() for found in _ENDS.finditer(text)]

    def sentence(span: Span) -> int:
        return sum(border <= span.start for border in borders)

    found: list[Opinion] = []
    taken: set[int] = set()
    for target in targets:
        reach = [
            (_distance(target, one), number)
            for number, one in enumerate(words)
            if sentence(one) == sentence(target)
        ]
        nearest = min(reach, default=None)
        if nearest is None:
            found.append(_opinion(target, None))
        else:
            taken.add(nearest[1])
            found.append(_opinion(target, words[nearest[1]]))
    found += [_opinion(None, one) for number, one in enumerate(words) if number not in taken]
    return sorted(found, key=lambda one: (one.target if one.target[1] else one.words, one.words))


def _distance(target: Span, words: Span) -> int:
    gap = max(words.start - target.end, target.start - words.end, 0)
    other = np.argmax(target.polarity) != np.argmax(words.polarity)
    before = words.end <= target.start
    return gap + _OTHER_POLARITY * int(other) + _BEFORE * int(before)


def _opinion(target: Span | None, words: Span | None) -> Opinion:
    weights = np.mean([one.polarity for one in (target, words) if one is not None], axis=0)
    best = int(np.argmax(weights))
    return Opinion(
        target=(target.start, target.end) if target else (0, 0),
        words=(words.start, words.end) if words else (0, 0),
        polarity=LABELS[best],
        probability=float(weights[best]),
    )


def packed(found: Sequence[Opinion]) -> list[str]:
    """Opinions without a letter of the text, for a column of texts.

    Example:
        >>> packed([Opinion((0, 2), (4, 7), "negative", 0.91234)])
        ['0:2:4:7:negative:0.9123']
    """
    return [
        f"{one.target[0]}:{one.target[1]}:{one.words[0]}:{one.words[1]}:{one.polarity}:"
        f"{one.probability:.4f}"
        for one in found
    ]


def unpacked(found: Sequence[str]) -> Iterator[Opinion]:
    """The reverse of `packed`.

    Example:
        >>> list(unpacked(["0:2:4:7:negative:0.9123"])) == [
        ...     Opinion((0, 2), (4, 7), "negative", 0.9123)]
        True
    """
    for one in found:
        a, b, c, d, polarity, probability = one.split(":")
        yield Opinion((int(a), int(b)), (int(c), int(d)), polarity, float(probability))

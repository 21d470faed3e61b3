"""From factors to topics: which to keep, what to call them, which were there before.

A topic keeps its number from run to run. The fit begins with the topics known before, so that new
messages move them rather than shuffle them; what comes out is matched with them by its terms, best
pair first. What matches nothing gets a number that was never used, and a topic that is not found
any more stays known, so that it has its old number when it comes back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sonnim.analyzers.topics_fit import (
    Matrix,
    Said,
    coherence,
    factors,
    likeness,
    npmi,
    overlap,
    said,
    ties,
    together,
    top,
)
from sonnim.language.terms import PHRASE, concepts, is_korean, is_verb

FINE, BROAD = 2, 1
NEW, KNOWN, GONE = "new", "known", "gone"
NEAR = 0.12
"""Ties between fine topics above which they have a broad one above them."""

HALF = 0.13
"""Strength of a message's terms at which it is as likely as not about the topic."""

SCALE = 10_000
"""Strengths are whole numbers of this part, so that sums are the same on every engine."""

_TERMS = 2_000
_SHOWN = 12
_JUDGED = 5
_FAINTEST = 0.002
_CLEAR = 0.1
# Factors for each square root of a term: more than there are topics, so that small ones have room.
_FACTORS = 2.5
_TERMS_EACH = 4
# So much the same a topic must look in both halves of the texts. Once there are topics, what is
# known stays more easily and what is new comes less easily, lest some come and go by chance.
_STABLE, _STABLE_KNOWN, _STABLE_LATER = 0.5, 0.25, 0.7
# Halves of fewer texts say nothing of a topic's stability.
_HALVES_FROM = 400
_SAME = 0.2
_SAME_CHILDREN = 0.3
_LABEL = 3
_PHRASE_SHARE = 0.25
LABEL_SEPARATOR = " · "


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One topic.

    Attributes:
        topic_id: Its number, for ever.
        level: `BROAD` for one that holds others, else `FINE`.
        parent: Number of the broad topic that it belongs to, or None.
        label: Its name, of the words people use.
        language: Language of most of what is said about it: ko or en.
        state: new, known (found before, too) or gone.
        coherence: Mean NPMI of its best terms, or None.
        stability: How much the same it looks in both halves of the texts, 0 to 1, or None.
        terms: Its best terms as they are written, best first.
        strengths: How much each term speaks for it, in parts of `SCALE`.
    """

    topic_id: int
    level: int
    label: str
    language: str
    state: str
    terms: tuple[str, ...]
    parent: int | None = None
    coherence: float | None = None
    stability: float | None = None
    strengths: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of the topics.

    Attributes:
        topics: How many; 0: as many as the texts bear out.
        least: Texts that a topic must be found in.
        seed: Seed of all chance.
    """

    topics: int = 0
    least: int = 5
    seed: int = 1


def find(
    texts: Sequence[Sequence[str]], half: Sequence[int], before: Sequence[Topic], wanted: Wanted
) -> tuple[Topic, ...]:
    """The topics of texts.

    Args:
        texts: The terms of each text.
        half: Which half of the texts each belongs to, 0 or 1.
        before: The topics known before.
        wanted: What is asked.

    Returns:
        Topics by number: those found, and those that are gone.

    >>> texts = [["배송", "늦다"], ["맛", "커피"], ["앱", "튕기다"]] * 3
    >>> sorted(one.label for one in find(texts, [0] * 9, (), Wanted(topics=3)))
    ['맛 · 커피', '배송 · 늦다', '앱 · 튕기다']
    """
    few = len(texts) < _HALVES_FROM
    least = 2 if few else max(5, round(len(texts) * 0.0003))
    given = said(texts, half, least=least, most=_TERMS)
    found: list[Topic] = []
    if len(given.vocabulary) >= 2:
        found = list(_found(given, before, wanted, few=few))
    found = _numbered(found, before)
    here = {one.topic_id for one in found}
    gone = [
        replace(one, state=GONE, parent=None, coherence=None, stability=None, strengths=())
        for one in before
        if one.topic_id not in here
    ]
    return tuple(sorted([*found, *gone], key=lambda one: one.topic_id))


def _found(given: Said, before: Sequence[Topic], wanted: Wanted, *, few: bool) -> Iterator[Topic]:
    """Fine topics with numbers yet to be given (their parents are negative), largest first."""
    size, texts = len(given.vocabulary), len(given.rows)
    halves = [
        together([row for row, at in zip(given.rows, given.half, strict=True) if at == side], size)
        for side in (0, 1)
    ]
    both = halves[0] + halves[1]
    strength = ties(both, texts)
    if not strength.any():
        return
    begin = _begin(given, strength, before)
    room = min(_FACTORS * size**0.5, size / _TERMS_EACH)
    count = wanted.topics or max(2, round(room), begin.shape[1])
    factor = factors(strength, count, seed=wanted.seed, begin=begin)
    squares = factor**2
    ranked = squares * np.sqrt(given.n)[:, None]
    information = npmi(both, texts)
    judged = top(ranked, _JUDGED)
    clear = np.take_along_axis(squares, judged, axis=0) >= _CLEAR * squares.max(axis=0)
    coherent = coherence(information, judged, clear)
    stability: Matrix | None = None
    # In few texts terms that belong together may never have met.
    kept = (clear.sum(axis=0) >= 2) & (few | (coherent > 0))
    if not few:
        others = [
            factors(ties(halves[side], int((given.half == side).sum())), count, seed=wanted.seed)
            for side in (0, 1)
        ]
        stability = np.minimum(
            likeness(factor, others[0]).max(axis=1), likeness(factor, others[1]).max(axis=1)
        )
        least = np.full(factor.shape[1], _STABLE_LATER if before else _STABLE)
        least[: begin.shape[1]] = _STABLE_KNOWN
        kept &= stability >= least
    holds = _holds(given, squares)
    kept &= holds >= wanted.least
    if wanted.topics:
        kept = holds > 0
    places = sorted(np.flatnonzero(kept).tolist(), key=lambda at: (-int(holds[at]), at))
    broad = _families(strength, squares[:, places])
    for at, family in zip(places, broad, strict=True):
        language = _language(given, squares[:, at])
        written = _written(given, language)
        yield Topic(
            topic_id=0,
            level=FINE,
            parent=None if family < 0 else -1 - family,
            label=_label(given, ranked[:, at], squares[:, at], written),
            language=language,
            state=NEW,
            coherence=round(float(coherent[at]), 4),
            stability=None if stability is None else round(float(stability[at]), 4),
            terms=tuple(written[i] for i in _best(ranked[:, at], squares[:, at], _SHOWN)),
            strengths=tuple(_strengths(given, squares[:, at])),
        )


def _begin(given: Said, strength: Matrix, before: Sequence[Topic]) -> Matrix:
    """Factors near the topics found the last time, as far as their terms are still said."""
    same = concepts()
    place = {term: at for at, term in enumerate(given.vocabulary)}
    columns = []
    for one in before:
        if one.level != FINE or one.state == GONE:
            continue
        weights = np.zeros(len(place))
        for rank, term in enumerate(one.terms):
            at = place.get(same.get(term, term))
            if at is not None:
                weights[at] = max(weights[at], 1 / (3 + rank))
        pull = strength @ weights
        mass = float(weights @ pull)
        if mass > 0:
            columns.append(pull / np.sqrt(mass))
    return np.stack(columns, axis=1) if columns else np.zeros((len(place), 0))


def _holds(given: Said, squares: Matrix) -> Matrix:
    """How many texts each topic is found in."""
    lengths = np.array([len(row) for row in given.rows])
    owner = np.repeat(np.arange(len(lengths)), lengths)
    flat = np.array([at for row in given.rows for at in row], dtype=np.int64)
    return np.array([
        (np.bincount(owner, squares[flat, at], len(lengths)) >= HALF).sum()
        for at in range(squares.shape[1])
    ])  # fmt: skip


def _families(strength: Matrix, squares: Matrix) -> list[int]:
    between = squares.T @ strength @ squares
    own = np.sqrt(np.maximum(np.diag(between), 1e-12))
    return linked(between / np.outer(own, own))


def linked(near: Matrix) -> list[int]:
    """Which family each topic belongs to, -1 for those that stand alone.

    Topics are joined two by two, the nearest first, by the mean of the ties between all their
    members (average linkage; Sokal and Michener 1958), as long as it is above `NEAR`.

    Args:
        near: How near topics are to each other; shape (topics, topics).

    >>> linked(np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    [0, 0, -1]
    """
    count = len(near)
    groups = [[at] for at in range(count)]
    # Of two groups the mean of their ties is the sum over the product of their sizes.
    sums, sizes = near.copy(), np.ones(count)
    below = np.tril(np.ones((count, count), dtype=np.bool_), -1)
    for _ in range(count - 1):
        means = np.where(below, (sums / np.outer(sizes, sizes)).round(9), -np.inf)
        i, j = np.unravel_index(int(means.argmax()), means.shape)
        if means[i, j] <= NEAR:
            break
        sums[j] += sums[i]
        sums[:, j] += sums[:, i]
        sizes[j] += sizes[i]
        below[i] = below[:, i] = False
        groups[j] += groups[i]
        groups[i] = []
    family = [-1] * count
    for number, group in enumerate(one for one in groups if len(one) > 1):
        for at in group:
            family[at] = number
    return family


def _language(given: Said, squares: Matrix) -> str:
    korean = english = 0.0
    for at in np.flatnonzero(squares >= _FAINTEST):
        for written, n in given.written[given.vocabulary[at]].items():
            if is_korean(written):
                korean += n * squares[at]
            else:
                english += n * squares[at]
    return "ko" if korean >= english else "en"


def _written(given: Said, language: str) -> list[str]:
    """Each term as it is mostly written in that language, or in the other."""
    return [
        max(
            given.written[term].items(),
            key=lambda form: (is_korean(form[0]) == (language == "ko"), form[1], form[0]),
        )[0]
        for term in given.vocabulary
    ]


def _best(ranked: Matrix, squares: Matrix, count: int) -> list[int]:
    order = np.argsort(-ranked, kind="stable")[:count]
    return [int(at) for at in order if squares[at] >= _FAINTEST]


def _label(given: Said, ranked: Matrix, squares: Matrix, written: Sequence[str]) -> str:
    """Nouns and noun phrases first, and one verb at most."""
    best = [written[at] for at in _best(ranked, squares, 2 * _LABEL)]
    n = {written[at]: float(given.n[at]) for at in range(len(written))}
    parts: list[str] = []
    used: set[str] = set()
    for word in best:
        if word in used or is_verb(word):
            continue
        phrase = max(
            (
                (given.phrases[pair], pair, other)
                for other in best
                if other not in used and other != word and not is_verb(other)
                for pair in (word + PHRASE + other, other + PHRASE + word)
                if given.phrases.get(pair, 0) >= _PHRASE_SHARE * min(n[word], n[other])
            ),
            default=None,
        )
        used |= {word, phrase[2]} if phrase else {word}
        parts.append(phrase[1] if phrase else word)
    verbs = [word for word in best if is_verb(word)]
    chosen = parts[: _LABEL - 1] + verbs[:1] if verbs and parts else parts or verbs
    return LABEL_SEPARATOR.join(chosen[:_LABEL])


def _strengths(given: Said, squares: Matrix) -> Iterator[tuple[str, int]]:
    for at in np.flatnonzero(squares >= _FAINTEST):
        whole = round(float(squares[at]) * SCALE)
        for form in sorted(given.written[given.vocabulary[at]]):
            yield form, whole


def _numbered(found: Sequence[Topic], before: Sequence[Topic]) -> list[Topic]:
    """Gives the numbers, to fine topics first, then to their families."""
    following = max((one.topic_id for one in before), default=0) + 1
    fine = [one for one in before if one.level == FINE]
    alike = {
        (new, old.topic_id): overlap(one.terms, old.terms)
        for new, one in enumerate(found)
        for old in fine
    }
    matched = _pairs(alike, _SAME)
    topics = []
    for new, one in enumerate(found):
        if new in matched:
            topics.append(replace(one, topic_id=matched[new], state=KNOWN))
        else:
            topics.append(replace(one, topic_id=following))
            following += 1
    families: dict[int, list[Topic]] = {}
    for one in topics:
        if one.parent is not None:
            families.setdefault(one.parent, []).append(one)
    had = {
        one.topic_id: {child.topic_id for child in before if child.parent == one.topic_id}
        for one in before
        if one.level == BROAD
    }
    alike = {}
    for family, children in families.items():
        now = {child.topic_id for child in children}
        for number, then in had.items():
            alike[family, number] = len(now & then) / len(now | then)
    matched = _pairs(alike, _SAME_CHILDREN)
    parents = []
    for family, children in families.items():
        number = matched.get(family, following)
        following += family not in matched
        parents.append(_parent(children, number, KNOWN if family in matched else NEW))
        topics = [replace(one, parent=number) if one.parent == family else one for one in topics]
    return [*topics, *parents]


def _pairs(alike: dict[tuple[int, int], float], least: float) -> dict[int, int]:
    """Greedy matching, best pair first."""
    matched: dict[int, int] = {}
    for (new, old), value in sorted(alike.items(), key=lambda pair: (-pair[1], pair[0])):
        if value >= least and new not in matched and old not in matched.values():
            matched[new] = old
    return matched


def _parent(children: Sequence[Topic], number: int, state: str) -> Topic:
    """A broad topic: its children's terms in turn, named after the first of each."""
    turns = [term for place in range(_SHOWN) for one in children for term in one.terms[place:][:1]]
    firsts = [one.label.split(LABEL_SEPARATOR)[0] for one in children]
    korean = sum(one.language == "ko" for one in children)
    return Topic(
        topic_id=number,
        level=BROAD,
        label=LABEL_SEPARATOR.join(list(dict.fromkeys(firsts))[:_LABEL]),
        language="ko" if 2 * korean >= len(children) else "en",
        state=state,
        terms=tuple(dict.fromkeys(turns))[:_SHOWN],
    )

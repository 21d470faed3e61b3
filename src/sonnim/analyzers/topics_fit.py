"""Finds topics among the terms of texts: which terms are said together, more than by chance.

Short texts hold too few words to cluster them as they are, so the terms are clustered first, and
the texts follow (Yan, Guo, Liu, Cheng and Wang 2013, "Learning Topics in Short Texts by
Non-negative Matrix Factorization on Term Correlation Matrix", SDM). How strongly two terms belong
together is their normalised pointwise mutual information (Bouma 2009), which is also the measure
of coherence that people's judgement follows best among its simple relatives (Lau, Newman and
Baldwin 2014). The symmetric factorisation S = U U' goes by multiplicative updates (Ding, He and
Simon 2005) from a deterministic beginning (Boutsidis and Gallopoulos 2008, NNDSVD).

More factors are fitted than there are topics; those that hold are kept: found again in either half
of the texts (after Ben-Hur, Elisseeff and Guyon 2002), coherent, and spoken of often enough.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.language.terms import concepts, is_phrase

Matrix = NDArray[np.float64]

COMMONEST = 0.5
"""A term in more than this share of the texts says nothing."""

_DOUBT, _LEAST_DOUBT, _DOUBT_TEXTS = 15.0, 3.0, 200
"""Texts with both terms at which their tie counts half; fewer where there are few texts, one for
each so many."""

_COMMON, _MOST_COMMON = 0.3, 3.0
"""The power of its frequency by which a term counts more than the mean one, and at most how much:
without it topics are of rare words, which neither cohere in other texts nor cover many."""

_LONGEST_TEXT = 60
_TELLING, _COPIES = 5, 3
"""Texts of so many terms that come more often than this count no more: they are a campaign or a
form letter. Shorter ones come again by chance."""

_ROUNDS = 80
_BEYOND = 10


@dataclass(frozen=True, kw_only=True)
class Said:
    """Texts as sets of terms, cut down to the terms that are said often enough.

    Attributes:
        vocabulary: The terms; of those that mean the same in two languages the one that stands for
            them.
        rows: Of each text the places of its terms in the vocabulary, ascending.
        n: How many texts each term is in; shape (terms,).
        half: Which half each text belongs to, 0 or 1; shape (texts,).
        written: How often each written form of each term comes.
        phrases: How often each phrase comes.
    """

    vocabulary: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    n: Matrix
    half: NDArray[np.int64]
    written: Mapping[str, Mapping[str, int]]
    phrases: Mapping[str, int]


def said(texts: Sequence[Sequence[str]], half: Sequence[int], *, least: int, most: int) -> Said:
    """Cuts texts down to the terms that count.

    Args:
        texts: The terms of each text.
        half: The half that each belongs to.
        least: Texts that a term must be in.
        most: Terms at most, the most frequent.

    >>> few = said([["배송", "늦다"], ["delivery", "late"], [], []], [0, 1, 0, 1], least=2, most=9)
    >>> few.vocabulary, few.rows
    (('늦다', '배송'), ((0, 1), (0, 1), (), ()))
    """
    same = concepts()
    copies: Counter[tuple[str, ...]] = Counter()
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    phrases: Counter[str] = Counter()
    kept: list[tuple[tuple[str, ...], int]] = []
    for words, side in zip(texts, half, strict=True):
        text = tuple(sorted(set(words)))
        if sum(not is_phrase(word) for word in text) >= _TELLING:
            copies[text] += 1
            if copies[text] > _COPIES:
                continue
        for word in text:
            written[same.get(word, word)][word] += 1
        phrases.update(word for word in text if is_phrase(word))
        meant = {same.get(word, word) for word in text}
        kept.append((tuple(sorted(word for word in meant if not is_phrase(word))), side))
    counts = Counter(word for text, _ in kept for word in text)
    ceiling = COMMONEST * len(kept)
    frequent = sorted(
        (word for word, n in counts.items() if least <= n <= ceiling),
        key=lambda word: (-counts[word], word),
    )[:most]
    place = {word: at for at, word in enumerate(frequent)}
    return Said(
        vocabulary=tuple(frequent),
        rows=tuple(
            tuple(sorted(place[word] for word in text if word in place)) for text, _ in kept
        ),
        n=np.array([counts[word] for word in frequent], dtype=np.float64),
        half=np.array([side for _, side in kept], dtype=np.int64),
        written={word: dict(written[word]) for word in frequent},
        phrases={phrase: n for phrase, n in phrases.items() if n >= least},
    )


def together(rows: Sequence[Sequence[int]], terms: int) -> Matrix:
    """How many texts hold both terms; on the diagonal, how many hold the term.

    >>> together([(0, 1), (0,), (0, 1, 2)], 3).tolist()
    [[3.0, 2.0, 1.0], [2.0, 2.0, 1.0], [1.0, 1.0, 1.0]]
    """
    counts = np.zeros(terms * terms, dtype=np.int64)
    for start in range(0, len(rows), 10_000):
        pairs = []
        for row in rows[start : start + 10_000]:
            if row:
                at = np.array(row[:_LONGEST_TEXT], dtype=np.int64)
                pairs.append((at[:, None] * terms + at[None, :]).ravel())
        if pairs:
            counts += np.bincount(np.concatenate(pairs), minlength=terms * terms)
    return counts.reshape(terms, terms).astype(np.float64)


def npmi(both: Matrix, texts: int) -> Matrix:
    """Normalised pointwise mutual information of terms, -1 (never together) to 1 (always).

    Args:
        both: What `together` gives.
        texts: How many texts there are.

    >>> npmi(together([(0, 1), (0, 1), (2,), (2,)], 3), 4).round(2)[0].tolist()
    [1.0, 1.0, -1.0]
    """
    n = np.diag(both)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = both / max(texts, 1)
        found = np.log(both * texts / np.outer(n, n)) / -np.log(share)
    # In every text together: log(1) / log(1).
    found = np.where(share >= 1, 1.0, found)
    return np.where(both > 0, np.clip(found, -1.0, 1.0), -1.0)


def ties(both: Matrix, texts: int) -> Matrix:
    """How strongly terms belong together.

    Positive NPMI; less the fewer texts show it, more the more common the terms are.
    """
    doubt = min(max(texts / _DOUBT_TEXTS, _LEAST_DOUBT), _DOUBT)
    n = np.diag(both)
    common = np.minimum((n / max(n.mean(), 1e-9)) ** _COMMON, _MOST_COMMON)
    found = np.maximum(npmi(both, texts), 0.0) * (both / (both + doubt))
    np.fill_diagonal(found, 0.0)
    return np.asarray(found * np.sqrt(np.outer(common, common)))


def factors(strength: Matrix, count: int, *, seed: int, begin: Matrix | None = None) -> Matrix:
    """The symmetric non-negative factorisation of a matrix of ties.

    Args:
        strength: Symmetric, not negative; shape (terms, terms).
        count: How many factors.
        seed: Of the directions in which the leading eigenvectors are sought.
        begin: Factors to begin with (those of the last time), of which there may be fewer; shape
            (terms, factors).

    Returns:
        Shape (terms, count); fewer columns where there are fewer terms.

    >>> blocks = np.kron(np.eye(2), np.ones((3, 3)))
    >>> sorted(map(tuple, factors(blocks, 2, seed=0).round(1).T.tolist()))
    [(0.0, 0.0, 0.0, 1.0, 1.0, 1.0), (1.0, 1.0, 1.0, 0.0, 0.0, 0.0)]
    """
    count = min(count, len(strength))
    found = np.zeros((len(strength), 0))
    if begin is not None and begin.shape[1]:
        found = _updated(strength, begin[:, :count] + 1e-4, _ROUNDS // 4)
    if found.shape[1] < count:
        rest = np.maximum(strength - found @ found.T, 0)
        found = np.hstack([found, _begun(rest, count - found.shape[1], seed)])
    # Zeros stay zeros under these updates, so that none may stand at the beginning.
    return _updated(strength, found + strength.mean() * 0.1 + 1e-9, _ROUNDS)


def _updated(strength: Matrix, found: Matrix, rounds: int) -> Matrix:
    for _ in range(rounds):
        found = found * (0.5 + 0.5 * (strength @ found) / (found @ (found.T @ found) + 1e-12))
    return found


def _begun(strength: Matrix, count: int, seed: int) -> Matrix:
    """Leading eigenvectors by subspace iteration, each by its weightier side (NNDSVD)."""
    chance = np.random.default_rng(seed)
    basis = chance.standard_normal((len(strength), min(count + _BEYOND, len(strength))))
    for _ in range(8):
        basis = strength @ basis
        # As good as QR for our purpose, and four times as fast where other work keeps a core busy.
        lengths, turned = np.linalg.eigh(basis.T @ basis)
        basis = basis @ (turned / np.sqrt(np.maximum(lengths, lengths.max() * 1e-14 + 1e-300)))
    values, vectors = np.linalg.eigh(basis.T @ strength @ basis)
    order = np.argsort(-values)[:count]
    leading = basis @ vectors[:, order]
    sides = np.stack([np.maximum(leading, 0), np.maximum(-leading, 0)])
    norms = np.sqrt((sides**2).sum(axis=1))
    weightier = np.where(norms[0] >= norms[1], sides[0], sides[1])
    scale = np.sqrt(np.maximum(values[order], 1e-9)) / np.maximum(norms.max(axis=0), 1e-9)
    return np.asarray(weightier * scale)


def top(found: Matrix, count: int) -> NDArray[np.int64]:
    """Places of the terms that weigh most in each factor, best first; shape (count, factors)."""
    return np.argsort(-found, axis=0, kind="stable")[:count]


def coherence(information: Matrix, best: NDArray[np.int64], counts: Matrix) -> Matrix:
    """Mean NPMI of the pairs of each factor's best terms; 0 where fewer than two count.

    Args:
        information: What `npmi` gives.
        best: What `top` gives.
        counts: Whether each of the best terms counts; shape of `best`.

    Returns:
        Shape (factors,).
    """
    first, second = np.triu_indices(len(best), 1)
    both = counts[first].astype(np.float64) * counts[second]
    above = (information[best[first], best[second]] * both).sum(axis=0)
    return np.asarray(above / np.maximum(both.sum(axis=0), 1.0))


def likeness(one: Matrix, other: Matrix) -> Matrix:
    """Cosines of the squared factors of two fits: near 1 where they are the same topic."""
    left, right = (
        squares / np.maximum(np.sqrt((squares**2).sum(axis=0)), 1e-12)
        for squares in (one**2, other**2)
    )
    return np.asarray(left.T @ right)


def overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """How alike two ordered lists of terms are, 0 to 1; the first terms count most.

    >>> overlap(["a", "b"], ["a", "b"]), overlap(["a", "b"], ["c"])
    (1.0, 0.0)
    """

    def weights(terms: Sequence[str]) -> Mapping[str, float]:
        return {term: 1 / (3 + at) for at, term in enumerate(dict.fromkeys(terms))}

    left, right = weights(one), weights(other)
    every = set(left) | set(right)
    above = sum(min(left.get(term, 0.0), right.get(term, 0.0)) for term in sorted(every))
    below = sum(max(left.get(term, 0.0), right.get(term, 0.0)) for term in sorted(every))
    return above / below if below else 0.0

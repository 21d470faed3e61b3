"""Hashed n-gram features of texts, computed for a whole batch with numpy.

A text becomes the set of its character n-grams and of its word (or morpheme) n-grams, each n-gram
hashed into one of `2**bits` buckets (the hashing trick: Weinberger et al. 2009, "Feature Hashing
for Large Scale Multitask Learning"). No vocabulary is kept, so nothing of the training texts can
be read out of the shipped model.

All texts of a batch are laid end to end as one array of code points; hashes roll over it, and
n-grams that would cross from one text into the next are masked out. There is no Python loop over
characters.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Longer texts keep this many characters at their start and at their end. Opinions are summed up
# there, and a megabyte pasted by accident must not hold up a batch.
KEPT_AT_EACH_END = 1_000
# What is looked at before tags and entities are taken out (they may be most of an HTML text).
_RAW_AT_EACH_END = 10_000

_SEPARATOR = "\x1f"
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\uffff\ud800-\udfff]"
)
_TAG = re.compile(r"<!--.{0,2000}?-->|</?[a-zA-Z][^<>]{0,500}>", re.DOTALL)
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.])@\w{1,50}")
_LONG_RUN = re.compile(r"(.)\1{3,}", re.DOTALL)
_BLANKS = re.compile(r"\s+")

# Odd 64-bit constants: the two multipliers of the rolling hashes and the finaliser of SplitMix64
# (Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number Generators").
_ROLL = np.uint64(0x9E3779B97F4A7C15)
_CHAIN = np.uint64(0xD6E8FEB86659FD93)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)

# A word within this many words after a negator is also counted as negated.
_NEGATION_REACH = 3
_NEGATORS = [
    "not",
    "no",
    "never",
    "none",
    "nobody",
    "nothing",
    "neither",
    "nor",
    "without",
    "hardly",
    "barely",
    "cannot",
    "n't",
    "cant",
    "dont",
    "doesnt",
    "didnt",
    "isnt",
    "wasnt",
    "wont",
    "wouldnt",
    "couldnt",
    "shouldnt",
    "arent",
    "werent",
    "havent",
    "hasnt",
    "hadnt",
    "aint",
    "lacks",
    "lack",
    "don't",
    "doesn't",
    "didn't",
    "isn't",
    "wasn't",
    "won't",
    "wouldn't",
    "couldn't",
    "shouldn't",
    "aren't",
    "weren't",
    "haven't",
    "hasn't",
    "hadn't",
    "ain't",
    "can't",
]
_STOPS = (*".,;:!?()", "but", "however", "though", "although")


def ends(text: str, at_each_end: int) -> str:
    """The text, or its two ends with a blank between them where it is longer.

    >>> ends("abcdefgh", 2)
    'ab gh'
    """
    if len(text) <= 2 * at_each_end:
        return text
    return f"{text[:at_each_end]} {text[-at_each_end:]}"


def clean(text: str) -> str:
    """The text as the models see it.

    Tags, entities, invisible characters, web addresses and mentions are taken out or replaced;
    letters become small; a run of one character is cut to three (`ㅋㅋㅋㅋㅋ` says no more than
    `ㅋㅋㅋ`); blanks collapse; a long text keeps 1,000 characters at each end. Unicode is not
    normalised: NFKC would turn `ㅋㅋ` into other characters.

    Args:
        text: Anything that is a string, also hostile.

    Returns:
        A cleaned text of at most 2,001 characters.

    >>> clean("<p>정말&nbsp;좋아요ㅋㅋㅋㅋㅋㅋ</p>  GOOD!!!!!")
    '정말 좋아요ㅋㅋㅋ good!!!'
    """
    if len(text) > 2 * _RAW_AT_EACH_END:
        # An address cut in two would leave its second half as a word.
        text = ends(_URL.sub(" url ", text), _RAW_AT_EACH_END)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    text = _INVISIBLE.sub("", text)
    text = _URL.sub(" url ", text)
    text = _MENTION.sub(" @user ", text)
    text = text.replace("’", "'").replace("‘", "'").lower()
    text = _LONG_RUN.sub(r"\1\1\1", text)
    return ends(_BLANKS.sub(" ", text).strip(), KEPT_AT_EACH_END)


def words(text: str) -> list[str]:
    """Words and marks of an English text, with negated copies of words after a negator.

    A word up to three words after "not", "never", "n't" and the like, within the same clause, is
    given once more with `!` before it, so that "not very good" does not count as praise (Das and
    Chen 2001; Pang, Lee and Vaithyanathan 2002).

    Args:
        text: A cleaned text.

    Returns:
        Tokens in order; the negated copies stand at the end, behind a separating `|`.

    >>> words("not very good, but cheap")
    ['not', 'very', 'good', ',', 'but', 'cheap', '|', '!very', '!good']
    """
    plain = _WORD.findall(text.replace(" n't", "n't"))
    negated: list[str] = []
    left = 0
    for word in plain:
        if word in _NEGATOR_SET or word.endswith("n't"):
            left = _NEGATION_REACH
        elif word in _STOP_SET:
            left = 0
        elif left:
            negated.append(f"!{word}")
            left -= 1
    return [*plain, "|", *negated] if negated else plain


_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\w\s]")
_NEGATOR_SET = frozenset(_NEGATORS)
_STOP_SET = frozenset(_STOPS)


@dataclass(frozen=True)
class Features:
    """The distinct hashed features of a batch of texts, in compressed rows.

    Attributes:
        buckets: Bucket of each feature, ascending within a text; shape (features,).
        starts: Where each text begins in `buckets`, and the end; shape (texts + 1,).
    """

    buckets: NDArray[np.int64]
    starts: NDArray[np.int64]

    def counts(self) -> NDArray[np.int64]:
        """How many distinct features each text has; shape (texts,)."""
        return np.diff(self.starts)

    def of(self, places: NDArray[np.int64]) -> "Features":
        """The features of some of the texts.

        >>> character_features(["ab", "", "c"], (1,), 20).of(np.array([2, 0])).counts().tolist()
        [2, 3]
        """
        counts = self.counts()[places]
        ends = np.cumsum(counts)
        inside = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
        buckets = self.buckets[np.repeat(self.starts[places], counts) + inside]
        return Features(buckets=buckets, starts=np.concatenate([[0], ends]).astype(np.int64))

    def sums(self, weights: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """The sum of each text's weights over the square root of its number of features.

        That is the scalar product with a binary row of length one.

        Args:
            weights: One weight a bucket; shape (2**bits,).

        Returns:
            Shape (texts,); zero for a text without features.
        """
        totals = np.zeros(len(self.starts) - 1)
        filled = np.flatnonzero(self.counts())
        if filled.size:
            # reduceat sums from one start to the next; starts of empty texts would repeat an
            # element, so they are left out. Added up in 64 bits: a batch's order must not show.
            taken = weights[self.buckets].astype(np.float64)
            totals[filled] = np.add.reduceat(taken, self.starts[:-1][filled])
            totals[filled] /= np.sqrt(self.counts()[filled])
        return totals


def character_features(texts: Sequence[str], sizes: Sequence[int], bits: int) -> Features:
    """Character n-grams of a batch of texts.

    Each text gets one blank before and after, so that the beginnings and ends of words look alike
    anywhere in it.

    Args:
        texts: Cleaned texts.
        sizes: The n of the n-grams, for example (1, 2, 3, 4).
        bits: There are 2**bits buckets.

    Returns:
        Distinct buckets of each text.

    >>> character_features(["ab", ""], (1, 2), 20).counts().tolist()
    [6, 1]
    """
    padded = [f" {text} " if text else " " for text in texts]
    points = np.frombuffer(
        "".join(padded).encode("utf-32-le", "surrogatepass"), dtype=np.uint32
    ).astype(np.uint64)
    owner = np.repeat(np.arange(len(padded)), [len(text) for text in padded])
    return _ngrams(points, owner, sizes, bits, len(texts))


def token_features(tokens: Sequence[Sequence[str]], sizes: Sequence[int], bits: int) -> Features:
    """N-grams of tokens (words or morphemes) of a batch of texts.

    Args:
        tokens: The tokens of each text, in order.
        sizes: The n of the n-grams, for example (1, 2).
        bits: There are 2**bits buckets.

    Returns:
        Distinct buckets of each text.

    >>> token_features([["not", "good"], []], (1, 2), 20).counts().tolist()
    [3, 0]
    """
    hashes = _token_hashes([token for row in tokens for token in row])
    owner = np.repeat(np.arange(len(tokens)), [len(row) for row in tokens])
    return _ngrams(hashes, owner, sizes, bits, len(tokens))


def _token_hashes(tokens: Sequence[str]) -> NDArray[np.uint64]:
    """One 64-bit hash a token: a polynomial of its code points, finalised."""
    if not tokens:
        return np.zeros(0, dtype=np.uint64)
    joined = _SEPARATOR.join(tokens) + _SEPARATOR
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, tokens), dtype=np.int64, count=len(tokens)) + 1
    begins = np.cumsum(lengths) - lengths
    place = np.arange(len(points)) - np.repeat(begins, lengths)
    powers = np.cumprod(np.full(int(lengths.max()), _ROLL, dtype=np.uint64))
    # The separator is hashed along, so that a token always has a character to add up.
    return _mixed(np.add.reduceat(points.astype(np.uint64) * powers[place], begins))


def _ngrams(
    units: NDArray[np.uint64], owner: NDArray[np.int64], sizes: Sequence[int], bits: int, texts: int
) -> Features:
    """Hashes every n-gram of units that lies within one text and keeps the distinct buckets."""
    keys = []
    mask = np.uint64((1 << bits) - 1)
    rolling = np.zeros(len(units), dtype=np.uint64)
    for size in range(1, max(sizes) + 1):
        # The n-gram that begins at i: the one a unit shorter, and the unit at its end.
        shorter = rolling[: max(len(units) - size + 1, 0)]
        rolling = shorter * _CHAIN + units[size - 1 :] + np.uint64(1)
        if size in sizes:
            whole = owner[: len(rolling)] == owner[size - 1 :]
            bucket = _mixed(rolling[whole] ^ np.uint64(size)) & mask
            keys.append(
                (owner[: len(rolling)][whole].astype(np.uint64) << np.uint64(bits)) | bucket
            )
    every = np.concatenate(keys)
    every.sort()
    fresh = np.ones(len(every), dtype=np.bool_)
    fresh[1:] = every[1:] != every[:-1]
    unique = every[fresh]
    starts = np.searchsorted(unique, np.arange(texts + 1, dtype=np.uint64) << np.uint64(bits))
    return Features(buckets=(unique & mask).astype(np.int64), starts=starts.astype(np.int64))


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser: spreads every bit of the input over all bits of the output."""
    values = (values ^ (values >> np.uint64(30))) * _MIX_1
    values = (values ^ (values >> np.uint64(27))) * _MIX_2
    return values ^ (values >> np.uint64(31))

"""Copies of texts, also edited ones: which texts of one window of time are nearly the same.

Only texts that share a band of their sketches are compared (Broder 1997; Indyk and Motwani 1998),
and each of these by what it shares in full: its Jaccard index of runs of letters. So no text is
compared with all others, and none is called a copy by a sketch alone.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.channels import Places
from sonnim.graphs.sketches import bands, plain, sketches
from sonnim.tables.errors import StopError

_RUN, _HASHES, _BAND = 3, 48, 3
"""Of texts that share .6 of their runs 98% meet in one of 16 bands, of .7 all but one in 800."""
_NEIGHBOURS = 3
"""Texts before it in its band that one is compared with, beside the first."""


def families(
    texts: Sequence[str],
    windows: NDArray[np.integer],
    *,
    alike: float = 0.7,
    least: int = 30,
) -> Places:
    """Which texts of the same window are copies, as numbers: alike where they are.

    Copies of copies are copies, within a window. In which order rows come does not matter.

    Args:
        texts: The texts; those that are the same to the letter are copies however short.
        windows: Window of each; shape (texts,).
        alike: Jaccard index of their runs of three letters from which on two texts are copies; at 1
            only those that are the same.
        least: Letters from which on a text may be an edited copy.

    Returns:
        Shape (texts,); equal numbers are copies in one window.

    Raises:
        StopError: Rows are not of one length, or a setting is none.

    Example:
        >>> said = "nobody should ever buy this phone again, it broke on the very first day"
        >>> said = [said, said.replace("phone", "thing"), said, "what a fine day it is " * 3]
        >>> families(said, np.array([1, 1, 2, 1])).tolist()
        [0, 0, 3, 2]
    """
    when = np.asarray(windows, np.int64)
    if len(when) != len(texts):
        raise StopError("copies_lengths", texts=len(texts), windows=len(when))
    if not 0 < alike <= 1 or least < 1:
        raise StopError("copies_settings", alike=alike, least=least)
    if not len(texts):
        return np.zeros(0, np.int64)
    different = sorted(set(texts))
    number = {text: place for place, text in enumerate(different)}
    m = len(different)
    code = np.fromiter((number[text] for text in texts), np.int64, len(texts))
    order = np.unique(when, return_inverse=True)[1].astype(np.int64) * m + code
    nodes, row_of = np.unique(order, return_inverse=True)
    of = np.arange(len(nodes))
    if alike < 1:
        one, two = _close(nodes // m, nodes % m, different, alike, least)
        of = _joined(one, two, len(nodes))
    return np.asarray(of[row_of], np.int64)


def _close(
    window: Places, text: Places, different: Sequence[str], alike: float, least: int
) -> tuple[Places, Places]:
    """Pairs of texts in one window, by place, that are edited copies; nodes ascend by window."""
    n, m = len(window), len(different)
    # A text that is alone in its window is compared with none.
    beside = np.zeros(n, np.bool_)
    beside[1:] = window[1:] == window[:-1]
    beside[:-1] |= beside[1:]
    compared = np.unique(text[beside])
    letters = [plain(different[one]) for one in compared.tolist()]
    long = np.array([len(one) >= max(least, _RUN) for one in letters], np.bool_)
    kept = np.flatnonzero(long)
    given = sketches([letters[one] for one in kept.tolist()], hashes=_HASHES, run=_RUN, least=1)
    at = np.full(m, -1)
    at[compared[kept]] = np.arange(len(kept))
    here = np.flatnonzero(beside & (at[text] >= 0))
    pairs: list[Places] = []
    for keys in bands(given, _BAND):
        key = keys[at[text[here]]]
        turn = np.lexsort((here, key, window[here]))
        ordered, key = here[turn], key[turn]
        same = (key[1:] == key[:-1]) & (window[ordered[1:]] == window[ordered[:-1]])
        begins = np.concatenate([[True], ~same]) if len(ordered) else np.zeros(0, np.bool_)
        places = np.arange(len(ordered))
        first = np.maximum.accumulate(np.where(begins, places, 0))
        for before in (first, *(places - step for step in range(1, _NEIGHBOURS + 1))):
            found = (before >= first) & (before < places)
            pairs.append(ordered[before[found]] * n + ordered[places[found]])
    every = np.unique(np.concatenate([*pairs, np.zeros(0, np.int64)]).astype(np.int64))
    one, two = every // n, every % n
    # The same two texts may meet in several windows.
    met, which = np.unique(at[text[one]] * len(kept) + at[text[two]], return_inverse=True)
    runs: dict[int, frozenset[str]] = {}

    def runs_of(place: int) -> frozenset[str]:
        if place not in runs:
            said = letters[kept[place]]
            runs[place] = frozenset(said[i : i + _RUN] for i in range(len(said) - _RUN + 1))
        return runs[place]

    close = np.zeros(len(met), np.bool_)
    for index, pair in enumerate(met.tolist()):
        a, b = (runs_of(place) for place in divmod(pair, len(kept)))
        both = len(a & b)
        close[index] = both >= alike * (len(a) + len(b) - both)
    return one[close[which]], two[close[which]]


def _joined(one: Places, two: Places, n: int) -> Places:
    """The least place that each is tied to, directly or over others."""
    label = np.arange(n)
    while True:
        least = np.minimum(label[one], label[two])
        before = label.copy()
        np.minimum.at(label, label[one], least)
        np.minimum.at(label, label[two], least)
        label = label[label]
        if (label == before).all() and (label[one] == label[two]).all():
            return label

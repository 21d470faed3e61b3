"""Accounts that act as one: nearly the same text, within moments, again and again.

People who post copies within the same moments more often than chance allows are tied, and those
tied are a group (Pacheco, Hui, Torres-Lugo, Truong, Flammini and Menczer 2021, "Uncovering
Coordinated Networks on Social Media", ICWSM). Copies are found by sketches alone, band by band
(Indyk and Motwani 1998), so that nothing here sees a text. That accounts act as one does not say
why: fans, staff and bots all do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.channels import Places
from sonnim.graphs.network import Floats
from sonnim.graphs.sketches import NOTHING, Sketch, bands
from sonnim.tables.errors import StopError

_BAND = 4
"""Numbers of a sketch that must agree for two texts to be compared at all."""


@dataclass(frozen=True, eq=False)
class Coordinated:
    """Who acts together.

    Attributes:
        first: One of two accounts; shape (ties,), as are the next four.
        second: The other.
        together: How many messages they posted together: those of the one who has fewer.
        expected: How often two of their copies would fall together, if each came when anybody's
            messages come.
        p_values: Probability of as many by chance, times the pairs of accounts that share a text.
        group: Which group each account belongs to, -1 for none; the largest is 0. Shape (people,).
        copies: Whether each message is a copy within its window by two of one group; shape
            (messages,).
    """

    first: Places
    second: Places
    together: Places
    expected: Floats
    p_values: Floats
    group: Places
    copies: NDArray[np.bool_]


def coordinated(
    n: int,
    people: NDArray[np.integer],
    times: NDArray[np.floating],
    given: Sketch,
    *,
    window: float = 60.0,
    alike: float = 0.8,
    least: int = 2,
    level: float = 0.01,
    most: int = 50,
) -> Coordinated:
    """Finds accounts that post copies within moments of each other.

    Chance is that of independence: each copy of a text comes when messages come, whoever posts it,
    so that hours in which everybody talks explain copies at that hour. A text that spreads in
    minutes is not explained by that: leave shares and forwarded messages out.

    Args:
        n: How many accounts.
        people: Who posted each message, 0 to n - 1; shape (messages,).
        times: When, in seconds.
        given: What `sketches` gives; shape (messages, hashes).
        window: Seconds within which two copies count as together.
        alike: Share of their runs of letters that copies share at least.
        least: Messages that two accounts must have posted together.
        level: Greatest p-value of a tie that makes a group.
        most: Copies within the window that one is compared with; the rest of a flood is left out.

    Raises:
        StopError: Rows are not of one length, a time or setting is none, or an account is nobody.

    Example:
        >>> from sonnim.graphs.sketches import sketches
        >>> said = [letter.join("Never buy this phone again") for letter in "abcd"]
        >>> other = [letter.join("Something else altogether") for letter in "efgh"]
        >>> texts = sketches([*said, *said, *other])
        >>> when = np.concatenate([np.arange(4), np.arange(4) + 0.01, np.arange(4) + 0.5]) * 9000
        >>> who = np.repeat([0, 1, 2], 4)
        >>> found = coordinated(3, who, when, texts, window=300)
        >>> found.together.tolist(), found.group.tolist()
        ([4], [0, 0, -1])
    """
    from scipy import sparse, special
    from scipy.sparse.csgraph import connected_components

    who, when = np.asarray(people, np.int64), np.asarray(times, np.float64)
    _check(n, who, when, given, window, alike, least, level, most)
    told = np.flatnonzero(given[:, 0] != NOTHING)
    told = told[np.argsort(when[told], kind="stable")]
    one, two, family = _pairs(who[told], when[told], given[told], window, alike, most)
    one, two = told[one], told[two]
    # Of each pair of accounts: the messages of either side, each counted once.
    turned = who[one] > who[two]
    one, two = np.where(turned, two, one), np.where(turned, one, two)
    pair, which = np.unique(who[one] * n + who[two], return_inverse=True)
    sides = [
        np.bincount(np.unique(which * len(who) + side) // max(len(who), 1), minlength=len(pair))
        for side in (one, two)
    ]
    together = np.minimum(*sides)
    kept = together >= least
    first, second = pair[kept] // max(n, 1), pair[kept] % max(n, 1)
    families = int(family.max()) + 1 if family.size else 0
    posted = sparse.coo_array(
        (np.ones(len(told)), (who[told], family)), shape=(n, families)
    ).tocsr()
    shared = np.asarray(posted[first].multiply(posted[second]).sum(axis=1)).ravel()
    expected = shared * _coincidence(when[told], window)
    accounts = np.bincount(posted.indices, minlength=families)
    tests = max(float((accounts * (accounts - 1.0) / 2).sum()), 1.0)
    p_values = np.minimum(1.0, special.gammainc(together[kept], expected) * tests)
    firm = p_values <= level
    ties = sparse.coo_array((np.ones(firm.sum()), (first[firm], second[firm])), shape=(n, n))
    group = _by_size(connected_components(ties, directed=False)[1] if n else np.zeros(0, int))
    tied = np.isin(which, np.flatnonzero(kept)[firm])
    copies = np.zeros(len(who), np.bool_)
    copies[one[tied]] = copies[two[tied]] = True
    return Coordinated(
        first=first,
        second=second,
        together=together[kept],
        expected=expected,
        p_values=p_values,
        group=group,
        copies=copies,
    )


def _pairs(
    who: Places, when: Floats, given: Sketch, window: float, alike: float, most: int
) -> tuple[Places, Places, Places]:
    """Pairs of copies within the window, by different people, and the family of each message.

    A family is all copies of a text, whenever they came. Messages are in order of time.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    n = len(who)
    near: list[Places] = []
    kin: list[Places] = []
    for key in bands(given, _BAND):
        order = np.argsort(key, kind="stable")
        same = key[order][1:] == key[order][:-1]
        kin.append(order[:-1][same] * n + order[1:][same])
        run = np.cumsum(np.concatenate([[True], ~same])) if n else order
        for step in range(1, most + 1):
            close = run[step:] == run[:-step]
            left, right = order[:-step][close], order[step:][close]
            close = when[right] - when[left] <= window
            if not close.any():
                break
            left, right = left[close], right[close]
            apart = who[left] != who[right]
            near.append(left[apart] * n + right[apart])
    one, two = _alike(near, given, alike)
    left, right = _alike(kin, given, alike)
    left, right = np.concatenate([left, one]), np.concatenate([right, two])
    joined = sparse.coo_array((np.ones(len(left)), (left, right)), shape=(n, n))
    family = connected_components(joined, directed=False)[1] if n else np.zeros(0, np.int64)
    return one, two, family


def _alike(pairs: list[Places], given: Sketch, alike: float) -> tuple[Places, Places]:
    """Of pairs of messages those whose sketches agree enough, each once."""
    n = max(len(given), 1)
    every = np.unique(np.concatenate([*pairs, np.zeros(0, np.int64)]).astype(np.int64))
    kept = np.zeros(len(every), np.bool_)
    for begin in range(0, len(every), 1 << 18):
        part = every[begin : begin + (1 << 18)]
        share = (given[part // n] == given[part % n]).mean(axis=1)
        kept[begin : begin + len(part)] = share >= alike
    return every[kept] // n, every[kept] % n


def _coincidence(when: Floats, window: float) -> float:
    """How likely two messages, whosever they are, lie within a window; times ascend."""
    n = len(when)
    later = np.searchsorted(when, when + window, side="right") - np.arange(n) - 1
    return float(later.sum()) / max(n * (n - 1) / 2, 1.0)


def _by_size(component: NDArray[np.integer]) -> Places:
    """Numbers components of two or more from the largest on; -1 for those of one."""
    sizes = np.bincount(component)
    order = np.argsort(-sizes, kind="stable")
    number = np.full(len(sizes), -1, np.int64)
    number[order] = np.where(sizes[order] > 1, np.arange(len(sizes)), -1)
    return np.asarray(number[component])


def _check(
    n: int,
    who: Places,
    when: Floats,
    given: Sketch,
    window: float,
    alike: float,
    least: int,
    level: float,
    most: int,
) -> None:
    if given.ndim != 2 or not len(who) == len(when) == len(given):
        raise StopError("duplicates_lengths", people=len(who), times=len(when), sketches=len(given))
    if not (window >= 0 and 0 < alike <= 1 and least >= 1 and 0 < level <= 1 and most >= 1):
        raise StopError(
            "duplicates_settings", window=window, alike=alike, least=least, level=level, most=most
        )
    wrong = np.flatnonzero(~np.isfinite(when))
    if wrong.size:
        raise StopError("learned_time", row=int(wrong[0]) + 1)
    if len(who) and (who.min() < 0 or who.max() >= n):
        raise StopError(
            "edge_of_nobody", n=n, received=int(who.min() if who.min() < 0 else who.max())
        )

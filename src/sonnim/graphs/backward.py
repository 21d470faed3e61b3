"""Who could have told a person: reverse reachable sets, many at once.

A set holds everybody whom a person drawn at random would have heard from in one world. How many of
them somebody is in, times the number of people, is how many they reach (Borgs, Brautbar, Chayes and
Lucier 2014, "Maximizing Social Influence in Nearly Optimal Time", SODA). Under independent cascades
the edges that stay silent are skipped rather than thrown for: the next live one is a geometric
number further on (Guo, Wang, Wei and Chen 2020, "Influence Maximization Revisited", SIGMOD), drawn
for the likeliest edge of a person, and kept with the share that the edge itself has of that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.channels import Channels, People, Places
from sonnim.graphs.network import Floats

_ENTRIES = 1 << 19
"""Entries of a batch that are aimed at: few enough for the processor's own memory."""

_FIRST = 4
"""Sets of the first batch; each may reach everybody."""

_PROBE = 64
"""Sets after which it can be told how many entries the others will have."""


@dataclass(frozen=True, eq=False)
class Sets:
    """Sets of people, one after the other.

    Attributes:
        begin: Where each set begins; shape (sets + 1,).
        people: Members, ascending within a set.
    """

    begin: Places
    people: People

    @property
    def n(self) -> int:
        """How many sets."""
        return len(self.begin) - 1


class _Seen:
    """Which keys have come, by open addressing: what a set of Python is, for arrays."""

    def __init__(self, room: int) -> None:
        self.slots = _free(room)
        self.n = 0

    def add(self, keys: Places) -> NDArray[np.bool_]:
        """Takes keys, each once, and says which of them are new."""
        if 2 * (self.n + len(keys)) > len(self.slots):
            old = self.slots[self.slots >= 0]
            self.slots = _free(4 * (self.n + len(keys)))
            self._put(old)
        new = self._put(keys)
        self.n += int(new.sum())
        return new

    def _put(self, keys: Places) -> NDArray[np.bool_]:
        last = len(self.slots) - 1
        shift = np.uint64(64 - last.bit_length())
        hashed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        at = (hashed >> shift).astype(np.int64)
        new = np.zeros(len(keys), np.bool_)
        left = np.arange(len(keys))
        while left.size:
            wanted, place = keys[left], at[left]
            free = self.slots[place] < 0
            # Of those that want the same free place the last one gets it; the others go on.
            self.slots[place[free]] = wanted[free]
            there = self.slots[place] == wanted
            new[left[free & there]] = True
            at[left] = (place + 1) & last
            left = left[~there]
        return new


def _free(room: int) -> Places:
    return np.full(1 << max(room - 1, 15).bit_length(), -1, np.int64)


def sampled(found: Channels, count: int, chance: np.random.Generator, most: int) -> Sets | None:
    """Draws reverse reachable sets.

    Args:
        found: The channels; with one person at least.
        count: How many sets.
        chance: Where numbers come from.
        most: Entries that all sets may have together.

    Returns:
        The sets; nothing, if they have more entries than that, or clearly will have.

    Example:
        >>> import sonnim.graphs.network as network, sonnim.graphs.channels as channel
        >>> edge = network.network_of(2, np.array([0]), np.array([1]))
        >>> sure = channel.channels(edge, np.ones(1))
        >>> drawn = sampled(sure, 4, np.random.default_rng(0), 99)
        >>> drawn.begin.tolist(), drawn.people.tolist()
        ([0, 2, 4, 6, 7], [0, 1, 0, 1, 0, 1, 0])
    """
    people: list[People] = []
    lengths: list[Places] = []
    entries, done, width = 0, 0, _FIRST
    walk = _threshold if found.model == "threshold" else _cascade
    likeliest = _likeliest(found)
    while done < count:
        width = min(width, count - done)
        keys = walk(found, likeliest, width, chance, most - entries)
        if keys is None:
            return None
        owners = keys // found.n
        people.append((keys - owners * found.n).astype(np.int32))
        lengths.append(np.bincount(owners, minlength=width))
        entries, done = entries + len(keys), done + width
        # Better to see early that it will not do than to fill the memory first.
        if done >= _PROBE and entries / done * count > 2 * most:
            return None
        width = min(4 * width, max(1, int(_ENTRIES * done / entries)))
    begin = np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)
    return Sets(begin=begin, people=np.concatenate(people))


def _likeliest(found: Channels) -> Floats:
    """Of each person the greatest chance among the edges that they hear; shape (people,)."""
    highest = np.zeros(found.n)
    np.maximum.at(highest, found.tails, found.chance)
    return highest


def _cascade(
    found: Channels, likeliest: Floats, width: int, chance: np.random.Generator, most: int
) -> Places | None:
    """Keys (set times people plus person) of one batch of sets, ascending."""
    side, n = found.back, found.n
    with np.errstate(divide="ignore"):
        silent = np.log1p(-likeliest)
    # Whoever hears nobody needs no walk.
    hears = (likeliest > 0) & (side.begin[1:] > side.begin[:-1])
    keys = np.arange(width) * n + chance.integers(0, n, width)
    seen, every, total = _Seen(4 * _ENTRIES), [keys], width
    seen.add(keys)
    walking = keys[hears[keys % n]]
    at = side.begin[walking % n]
    while walking.size:
        who = walking % n
        # log of (0, 1], so that the skip is a number, also where an edge is sure to pass on.
        skip = np.log(1.0 - chance.random(len(who))) / silent[who]
        edge = at + np.minimum(skip, len(side.others)).astype(np.int64)
        alive = edge < side.begin[who + 1]
        walking, who, edge = walking[alive], who[alive], edge[alive]
        kept = chance.random(len(edge)) * likeliest[who] < side.chance[edge]
        ahead = np.unique(walking[kept] - who[kept] + side.others[edge[kept]])
        ahead = ahead[seen.add(ahead)]
        every.append(ahead)
        total += len(ahead)
        if total > most:
            return None
        more = ahead[hears[ahead % n]]
        walking = np.concatenate([walking, more])
        at = np.concatenate([edge + 1, side.begin[more % n]])
    found_keys = np.concatenate(every)
    found_keys.sort()
    return found_keys


def _threshold(
    found: Channels, likeliest: Floats, width: int, chance: np.random.Generator, most: int
) -> Places | None:
    """As `_cascade`; but each hears one other at most, so that a set is a path."""
    side, n = found.back, found.n
    summed = np.concatenate([[0.0], np.cumsum(side.chance)])
    walking = np.arange(width) * n + chance.integers(0, n, width)
    seen, every, total = _Seen(4 * _ENTRIES), [walking], width
    seen.add(walking)
    while walking.size:
        who = walking % n
        aim = summed[side.begin[who]] + chance.random(len(who))
        edge = np.searchsorted(summed, aim, side="right") - 1
        alive = edge < side.begin[who + 1]
        ahead = walking[alive] - who[alive] + side.others[edge[alive]]
        walking = ahead[seen.add(ahead)]
        every.append(walking)
        total += len(walking)
        if total > most:
            return None
    found_keys = np.concatenate(every)
    found_keys.sort()
    return found_keys

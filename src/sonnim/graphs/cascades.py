"""Cascades: who passed on what from whom, and what shape that took.

A message has at most one parent, the message that it answers, quotes or shares, so that messages
form a forest; each of its trees is a cascade. Structural virality is the mean distance between two
messages of a cascade (Goel, Anderson, Hofman and Watts 2016, "The Structural Virality of Online
Diffusion", Management Science 62): about 2 for a broadcast, where all take it from one, and a
third of the size for a chain.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.network import Floats
from sonnim.tables.errors import StopError

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Forest:
    """Messages and what each came from; messages are in order of time.

    Attributes:
        parents: Place of the message each came from, which is less than its own; -1 for none.
        roots: Place of the first message of its cascade.
        depths: How many steps it is away from that.
        below: How many messages came from it, directly or not, itself counted.
        missing: Links that were cut because they name no message that is there.
        backwards: Links that were cut because they name the message itself or a later one. No
            circle is left after that.
    """

    parents: Ints
    roots: Ints
    depths: Ints
    below: Ints
    missing: int
    backwards: int


@dataclass(frozen=True, eq=False)
class Cascades:
    """Shapes of cascades, in order of their first messages; each array is of shape (cascades,).

    Attributes:
        roots: Place of the first message.
        sizes: How many messages.
        depths: How many steps the furthest is away from the first.
        breadths: How many messages there are at most at one depth.
        virality: Mean steps between two messages; no number where there is one message.
    """

    roots: Ints
    sizes: Ints
    depths: Ints
    breadths: Ints
    virality: Floats


def forest(parents: NDArray[np.integer]) -> Forest:
    """What each message came from, with its root and depth.

    Goes by doubling: after k rounds every message knows what lies within 2^k steps above it and
    below it. So a chain of a million messages takes 20 rounds, not a million.

    Args:
        parents: Place of the message each came from, -1 for none. Messages are in order of time;
            a link to what is not there, to itself or to something later is cut and counted.

    Raises:
        StopError: The places are no whole numbers in one row.

    Example:
        >>> found = forest(np.array([-1, 0, 0, 2, 9, 5]))
        >>> found.roots.tolist(), found.depths.tolist(), found.below.tolist()
        ([0, 0, 0, 0, 4, 5], [0, 1, 1, 2, 0, 0], [4, 1, 2, 1, 1, 1])
        >>> found.missing, found.backwards
        (1, 1)
    """
    given = np.asarray(parents)
    if given.ndim != 1 or (given.size and not np.issubdtype(given.dtype, np.integer)):
        raise StopError("cascade_parents", received=str(given.dtype), dimensions=given.ndim)
    n = len(given)
    place = np.arange(n)
    missing = (given < -1) | (given >= n)
    backwards = ~missing & (given >= place)
    kept = np.where(missing | backwards, -1, given).astype(np.int64)
    there = kept >= 0
    # The furthest message known above each, and how far it is; what hangs below within that.
    above, steps = np.where(there, kept, place), there.astype(np.int64)
    jump, below = kept.copy(), np.ones(n, np.int64)
    climbing = np.flatnonzero(there)
    while climbing.size:
        gained = np.bincount(jump[climbing], weights=below[climbing], minlength=n)
        below += gained.astype(np.int64)
        further = jump[jump[climbing]]
        steps[climbing] += steps[above[climbing]]
        above[climbing] = above[above[climbing]]
        jump[climbing] = further
        climbing = climbing[further >= 0]
    return Forest(
        parents=kept,
        roots=above,
        depths=steps,
        below=below,
        missing=int(missing.sum()),
        backwards=int(backwards.sum()),
    )


def shapes(found: Forest) -> Cascades:
    """Size, depth, breadth and structural virality of each cascade.

    A link with s messages below it lies between s (N - s) pairs of a cascade of N, so that the mean
    distance needs no pair: it is 2 / (N (N - 1)) times the sum of s (N - s) over all links.

    Example:
        >>> star, chain = np.array([-1, 0, 0, 0]), np.array([-1, 4, 5, 6])
        >>> found = shapes(forest(np.concatenate([star, chain])))
        >>> found.sizes.tolist(), found.depths.tolist(), found.breadths.tolist()
        ([4, 4], [1, 3], [3, 1])
        >>> found.virality.round(3).tolist()
        [1.5, 1.667]
    """
    roots = np.flatnonzero(found.parents < 0)
    count = len(roots)
    which = np.searchsorted(roots, found.roots)
    sizes = np.bincount(which, minlength=count)
    depths = np.zeros(count, np.int64)
    np.maximum.at(depths, which, found.depths)
    # A row of numbers for each cascade, one for each depth that it has.
    begin = np.concatenate([[0], np.cumsum(depths + 1)])
    at_depth = np.bincount(begin[which] + found.depths, minlength=int(begin[-1]))
    breadths = np.maximum.reduceat(at_depth, begin[:-1]) if count else np.zeros(0, np.int64)
    below = found.below.astype(np.float64)
    # Of a root it is 0: all of its cascade is below it.
    between = np.bincount(which, weights=below * (sizes[which] - below), minlength=count)
    pairs = sizes * (sizes - 1.0) / 2
    virality = np.full(count, np.nan)
    np.divide(between, pairs, out=virality, where=pairs > 0)
    return Cascades(roots=roots, sizes=sizes, depths=depths, breadths=breadths, virality=virality)


def halfway(found: Forest, times: NDArray[np.floating]) -> Floats:
    """How long each cascade took to reach half its size: the greater, the slower it was.

    Args:
        found: The messages.
        times: When each was said, in seconds; not descending.

    Returns:
        Seconds from the first message to the one with which half of them are there, in order of the
        first messages; 0 where there is one message. Shape (cascades,).

    Raises:
        StopError: The times do not fit the messages, run backwards or are no numbers.

    Example:
        >>> halfway(forest(np.array([-1, 0, 0, 0])), np.array([0.0, 10.0, 30.0, 90.0])).tolist()
        [10.0]
    """
    when = np.asarray(times, np.float64)
    if len(when) != len(found.parents):
        raise StopError("cascade_times", received=len(when), n=len(found.parents))
    wrong = np.flatnonzero(~(np.diff(when) >= 0))
    if wrong.size or not np.isfinite(when).all():
        raise StopError("cascade_backwards", row=int(wrong[0]) + 2 if wrong.size else 1)
    roots = np.flatnonzero(found.parents < 0)
    # Stable, so that messages of a cascade stay in order of time.
    order = np.argsort(found.roots, kind="stable")
    sizes = np.bincount(np.searchsorted(roots, found.roots), minlength=len(roots))
    begin = np.cumsum(sizes) - sizes
    half = order[begin + (sizes + 1) // 2 - 1]
    return np.asarray(when[half] - when[roots])

"""Groups over time: which group of the next period is which of the last, and what became of all.

After Greene, Doyle and Cunningham 2010 ("Tracking the evolution of communities in dynamic social
networks"): groups are matched by the share of their people that they have in common (Jaccard). One
group continues as one other at most, the likest first. What continues nothing or as nothing is
explained by where most of its people came from or went.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.agreement import shared
from sonnim.graphs.network import Floats
from sonnim.tables.errors import StopError

LEAST = 0.3
"""Of the people of two groups, the share in both from which they may be the same group: the
threshold that Greene and others use."""

MOST = 0.5
"""Of a group's people who were or are there, the share above which it came from or went to one."""

BORN, MERGED, SPLIT, KEPT, GONE = "born", "merged", "split", "kept", "gone"


@dataclass(frozen=True, eq=False)
class Followed:
    """What became of groups from one period to the next.

    Groups are named by their number in `before` and `after`; a number without people has the
    event "".

    Attributes:
        ids: The lasting id of each group afterwards: that of the group it continues, or a new one;
            -1 without people; shape (groups after,).
        came: How each group afterwards came about: `kept` (it continues one), `split` (most of its
            people of before were together in one that it does not continue), `merged` (it
            continues none, and others merged into it) or `born`; shape (groups after,).
        origin: The number before of the group that it continues or split from; -1 if there is none.
        went: What became of each group before: `kept`, `merged` (most of its people who are still
            there are together in one that does not continue it), `split` (it continues as none,
            and others split from it) or `gone`; shape (groups before,).
        heir: The number afterwards of the group that it continues as or merged into; -1 if there is
            none.
        likeness: Of each group afterwards that continues one, the share of people in common, else
            0.
    """

    ids: NDArray[np.int64]
    came: NDArray[np.str_]
    origin: NDArray[np.int64]
    went: NDArray[np.str_]
    heir: NDArray[np.int64]
    likeness: Floats


def followed(
    before: NDArray[np.integer],
    after: NDArray[np.integer],
    *,
    ids: NDArray[np.integer] | None = None,
    unused: int | None = None,
    least: float = LEAST,
) -> Followed:
    """Follows groups from one period to the next.

    Args:
        before: The group of each person in the one period, -1 for who was not there; shape (n,).
        after: The same people in the next period.
        ids: The lasting ids of the groups before; their numbers, if not given.
        unused: The first id that no group ever had; the one after the highest of `ids`, if not
            given. Give it from the third period on, or the id of a group that is gone may be given
            to another.
        least: The share in common from which a group may continue another, and the share of a
            group from which it merged or split; above 0, at most 1.

    Raises:
        StopError: `before` and `after` are not of as many people, there are fewer ids than groups
            before, an unused id is used, or `least` is not above 0 and at most 1.

    Example:
        >>> before = np.array([0, 0, 0, 0, 1, 1, 2, 2, -1])
        >>> after = np.array([0, 0, 0, 1, 2, 2, 2, 2, 3])
        >>> found = followed(before, after)
        >>> found.ids, found.came, found.went
        (array([0, 3, 1, 4]), array(['kept', 'split', 'kept', 'born'], dtype='<U6'),
         array(['kept', 'kept', 'merged'], dtype='<U6'))
    """
    if not 0 < least <= 1:
        raise StopError("graph_number", name="least", received=least, allowed="0 < least ≤ 1")
    # Those who were not there are a group of their own in counting: number 0.
    both = shared(np.asarray(before, np.int64) + 1, np.asarray(after, np.int64) + 1)
    size_before, size_after = both.first[1:], both.second[1:]
    n_before, n_after = len(size_before), len(size_after)
    named = _named(ids, unused, n_before)
    real = (both.left > 0) & (both.right > 0)
    left, right, common = both.left[real] - 1, both.right[real] - 1, both.both[real]
    alike = common / np.maximum(size_before[left] + size_after[right] - common, 1)
    chosen = _one_to_one(left, right, alike, least)

    origin, heir = np.full(n_after, -1), np.full(n_before, -1)
    likeness = np.zeros(n_after)
    origin[right[chosen]], heir[left[chosen]] = left[chosen], right[chosen]
    likeness[right[chosen]] = alike[chosen]
    came = np.where(origin >= 0, KEPT, np.where(size_after > 0, BORN, "")).astype("<U6")
    went = np.where(heir >= 0, KEPT, np.where(size_before > 0, GONE, "")).astype("<U6")
    # A share above half can be that of one group only. The least share of all its people keeps a
    # group of a hundred, of whom one is left, from having "merged" where that one went.
    stayed = np.bincount(left, common, n_before)[left]
    known = np.bincount(right, common, n_after)[right]
    into = (went[left] == GONE) & (common > MOST * stayed) & (common >= least * size_before[left])
    out_of = (came[right] == BORN) & (common > MOST * known) & (common >= least * size_after[right])
    went[left[into]], heir[left[into]] = MERGED, right[into]
    came[right[out_of]], origin[right[out_of]] = SPLIT, left[out_of]
    # Equal parts: none of them is the group itself.
    parts, wholes = np.unique(left[out_of]), np.unique(right[into])
    went[parts[went[parts] == GONE]] = SPLIT
    came[wholes[came[wholes] == BORN]] = MERGED

    lasting = np.full(n_after, -1, np.int64)
    kept = came == KEPT
    lasting[kept] = named.ids[origin[kept]]
    fresh = np.flatnonzero((size_after > 0) & ~kept)
    lasting[fresh] = named.unused + np.arange(len(fresh))
    return Followed(ids=lasting, came=came, origin=origin, went=went, heir=heir, likeness=likeness)


@dataclass(frozen=True)
class _Named:
    ids: NDArray[np.int64]
    unused: int


def _named(ids: NDArray[np.integer] | None, unused: int | None, n: int) -> _Named:
    given = np.arange(n) if ids is None else np.asarray(ids, np.int64)
    if len(given) < n:
        raise StopError("graph_lengths", name="ids", received=len(given), n=n)
    first = int(given.max(initial=-1)) + 1
    if unused is not None and unused < first:
        raise StopError("graph_number", name="unused", received=unused, allowed=f"≥ {first}")
    return _Named(ids=given, unused=first if unused is None else unused)


def _one_to_one(
    left: NDArray[np.int64], right: NDArray[np.int64], alike: Floats, least: float
) -> NDArray[np.int64]:
    """Places of the pairs chosen: the likest first, none of them of a group already taken.

    All pairs that are the likest of both their groups are taken at once; then again among those
    left. It chooses the same as one by one, in few rounds.
    """
    order = np.lexsort((right, left, -alike))
    open_pairs = order[alike[order] >= least]
    chosen: list[NDArray[np.int64]] = []
    while open_pairs.size:
        place = np.arange(len(open_pairs))
        one, other = left[open_pairs], right[open_pairs]
        first_one = np.full(int(one.max()) + 1, len(open_pairs))
        first_other = np.full(int(other.max()) + 1, len(open_pairs))
        np.minimum.at(first_one, one, place)
        np.minimum.at(first_other, other, place)
        best = (first_one[one] == place) & (first_other[other] == place)
        chosen.append(open_pairs[best])
        taken = np.isin(one, one[best]) | np.isin(other, other[best])
        open_pairs = open_pairs[~taken]
    return np.concatenate(chosen) if chosen else np.zeros(0, np.int64)

"""Greedy cover: a few people who are in as many sets as can be, within a budget."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.backward import Sets
from sonnim.graphs.channels import Places, spread_out
from sonnim.graphs.network import Floats

_BOUNDS = 24
"""After how many of the choices, at most, the best that could be is bounded anew."""


@dataclass(frozen=True, eq=False)
class Cover:
    """People chosen one by one.

    Attributes:
        people: Whom, in order.
        covered: How many sets hold one of them.
        most: How many sets any choice within the budget could cover at most.
    """

    people: Places
    covered: int
    most: float


def cover(sets: Sets, costs: Floats | None, n: int, budget: float) -> Cover:
    """Chooses whoever adds most sets for their cost, again and again.

    What anybody adds only falls as others are chosen, so that whatever is covered at some point,
    and on top the best that the whole budget could add to that, is a bound of the best choice
    (Tang, Tang, Xiao and Yuan 2018). With costs, one person alone may do better than the choice;
    then it is them (Khuller, Moss and Naor 1999).

    Args:
        sets: The sets.
        costs: What each person costs; 1 each, if not given.
        n: How many people.
        budget: What they may cost together.

    Example:
        >>> few = Sets(begin=np.array([0, 2, 4, 5]), people=np.array([0, 1, 0, 2, 3], np.int32))
        >>> found = cover(few, None, 4, 2)
        >>> found.people.tolist(), found.covered, found.most
        ([0, 3], 3, 3.0)
    """
    from scipy import sparse

    ones = np.ones(len(sets.people), np.int8)
    holding = sparse.csr_array((ones, sets.people, sets.begin), shape=(sets.n, n)).tocsc()
    adds = np.diff(holding.indptr).astype(np.int64)
    alone = adds.copy()
    covered = np.zeros(sets.n, np.bool_)
    affordable = np.ones(n, np.bool_) if costs is None else costs <= budget
    chosen: list[int] = []
    total, left, most = 0, float(budget), np.inf
    rounds = min(n, int(budget) if costs is None else n)
    bounded = set(np.linspace(0, rounds, _BOUNDS).astype(int).tolist())
    while True:
        if len(chosen) in bounded or (costs is not None and len(chosen) < _BOUNDS):
            most = min(most, total + _best(adds, costs, budget))
        if costs is not None:
            affordable &= costs <= left
        worth = adds * affordable if costs is None else adds * affordable / costs
        best = int(worth.argmax())
        if worth[best] <= 0 or left < (1 if costs is None else costs[best]):
            break
        chosen.append(best)
        left -= 1.0 if costs is None else float(costs[best])
        holds = holding.indices[holding.indptr[best] : holding.indptr[best + 1]]
        fresh = holds[~covered[holds]]
        covered[fresh] = True
        total += len(fresh)
        entries, _ = spread_out(sets.begin, fresh)
        np.subtract.at(adds, sets.people[entries], 1)
    most = min(most, total + _best(adds, costs, budget))
    if costs is not None:
        single = int(np.where(costs <= budget, alone, -1).argmax())
        if costs[single] <= budget and alone[single] > total:
            return Cover(people=np.array([single]), covered=int(alone[single]), most=most)
    return Cover(people=np.array(chosen, np.int64), covered=total, most=float(most))


def _best(adds: NDArray[np.int64], costs: Floats | None, budget: float) -> float:
    """What a budget adds at most, if nobody's sets overlapped and people came in parts."""
    if costs is None:
        count = min(int(budget), len(adds))
        top = np.partition(adds, len(adds) - count)[len(adds) - count :] if count else adds[:0]
        return float(top.sum())
    some = np.flatnonzero((adds > 0) & (costs <= budget))
    order = some[np.argsort(-adds[some] / costs[some], kind="stable")]
    spent = np.cumsum(costs[order])
    whole = int(np.searchsorted(spent, budget, side="right"))
    best = float(adds[order[:whole]].sum())
    if whole < len(order):
        left = budget - (spent[whole - 1] if whole else 0.0)
        best += float(adds[order[whole]] * left / costs[order[whole]])
    return best

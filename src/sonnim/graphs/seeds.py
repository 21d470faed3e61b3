"""Seeds: whom to tell first, so that word reaches as many as it can for a budget.

By reverse reachable sets. How many sets are needed is not reckoned beforehand for the worst of all
networks (IMM: Tang, Shi and Xiao 2015, "Influence Maximization in Near-Linear Time", SIGMOD) but
seen on the way (OPIM-C: Tang, Tang, Xiao and Yuan 2018, "Online Processing Algorithms for Influence
Maximization", SIGMOD): seeds are chosen on one half of the sets and judged on the other, and the
sets are doubled until what the seeds reach at least is 1 - 1/e - epsilon of what any choice reaches
at most. That is the guarantee of IMM, with the same bound on the number of sets, and is nearly
always met with far fewer; the share that was shown in fact is given.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.backward import Sets, sampled
from sonnim.graphs.channels import Channels, Places, channels
from sonnim.graphs.cover import Cover, cover
from sonnim.graphs.network import Floats, Network
from sonnim.tables.errors import StopError

_GREEDY = 1 - 1 / math.e

_EDGE, _PERSON, _ENTRY = 48, 160, 40
"""Bytes that an edge, a person and an entry of a set take at the peak."""


@dataclass(frozen=True, eq=False)
class Seeds:
    """Whom to tell first.

    Attributes:
        people: Seeds, best first: each is who adds most to those before.
        cost: What they cost together.
        reach: How many people they reach on average, themselves among them; judged on sets that
            they were not chosen by.
        low: What they reach at least, with the probability that was asked for.
        most: What any choice within the budget reaches at most, with the same probability.
        guarantee: `low` divided by `most`.
        enough: Whether the guarantee that was asked for is met; if not, memory was at its end, or,
            with costs, the rounds were.
        sets: How many sets that took.
    """

    people: Places
    cost: float
    reach: float
    low: float
    most: float
    guarantee: float
    enough: bool
    sets: int


def choose(
    network: Network,
    probabilities: NDArray[np.floating],
    budget: float,
    *,
    costs: NDArray[np.floating] | None = None,
    model: str = "cascade",
    epsilon: float = 0.1,
    sure: float = 0.99,
    seed: int = 0,
    memory: float = 4e9,
) -> Seeds:
    """Chooses seeds for a budget.

    Args:
        network: Edges from who passes on to who hears.
        probabilities: How likely each edge passes on, 0 to 1; shape (edges,).
        budget: How many people, or what they may cost together.
        costs: What telling each person costs, more than 0; shape (people,). With costs the
            guarantee that can be had beforehand is less; the one that was met is given.
        model: `cascade` or `threshold`.
        epsilon: How far the guarantee may fall short of 1 - 1/e, .63, which is what a greedy choice
            can give.
        sure: Probability with which the guarantee holds.
        seed: Of chance.
        memory: Bytes that may be taken.

    Raises:
        StopError: The budget buys nobody, a cost or probability is none, or the network alone would
            take more memory than that.

    Example:
        >>> from sonnim.graphs.network import network_of
        >>> star = network_of(5, np.zeros(3, int), np.arange(1, 4))
        >>> found = choose(star, np.ones(3), 2)
        >>> found.people.tolist(), found.enough
        ([0, 4], True)
    """
    prices = _prices(network.n, budget, costs)
    if not 0 < epsilon < _GREEDY or not 0 < sure < 1:
        raise StopError("seeds_accuracy", epsilon=epsilon, sure=sure)
    edges = len(network.sources) * (1 if network.directed else 2)
    needed = edges * _EDGE + network.n * _PERSON
    room = int((memory - needed) / (2 * _ENTRY))
    if room < 1:
        raise StopError(
            "seeds_memory", n=network.n, edges=edges, needed=needed / 1e9, received=memory / 1e9
        )
    found = channels(network, probabilities, model)
    cheapest = np.sort(prices) if costs is not None else np.ones(int(min(budget, network.n)))
    count = max(1, int(np.searchsorted(np.cumsum(cheapest), budget, side="right")))
    return _chosen(
        found, None if costs is None else prices, budget, count, epsilon, sure, seed, room
    )


def _chosen(
    found: Channels,
    prices: Floats | None,
    budget: float,
    count: int,
    epsilon: float,
    sure: float,
    seed: int,
    room: int,
) -> Seeds:
    n, doubt = found.n, 1 - sure
    choices = math.lgamma(n + 1) - math.lgamma(count + 1) - math.lgamma(n - count + 1)
    log = math.log(6 / doubt)
    first = 2 * (_GREEDY * math.sqrt(log) + math.sqrt(_GREEDY * (choices + log))) ** 2
    rounds = max(2, math.ceil(math.log2(max(2.0, n / (epsilon**2 * count)))))
    each = math.log(3 * rounds / doubt)
    chance = np.random.default_rng(seed)
    chosen_by: Sets | None = None
    judged_by: Sets | None = None
    best: Seeds | None = None
    for turn in range(rounds + 1):
        more = max(1, math.ceil(first * 2 ** max(turn - 1, 0)))
        halves = []
        for sets in (chosen_by, judged_by):
            drawn = sampled(found, more, chance, room - (len(sets.people) if sets else 0))
            if drawn is not None:
                halves.append(_joined(sets, drawn))
        if len(halves) < 2:
            break
        chosen_by, judged_by = halves
        best = _judged(cover(chosen_by, prices, n, budget), chosen_by, judged_by, n, each, prices)
        if best.guarantee >= _GREEDY - epsilon:
            break
    if best is None:
        raise StopError("seeds_sets", n=n, entries=room, sets=math.ceil(first))
    wanted = best.guarantee >= _GREEDY - epsilon
    return Seeds(**{**vars(best), "enough": wanted})


def _judged(
    chosen: Cover, chosen_by: Sets, judged_by: Sets, n: int, log: float, prices: Floats | None
) -> Seeds:
    """What the chosen reach, by sets that know nothing of the choice (OPIM-C, equations 5, 8)."""
    inside = np.zeros(n, np.bool_)
    inside[chosen.people] = True
    met = np.add.reduceat(inside[judged_by.people], judged_by.begin[:-1], dtype=np.int64) > 0
    hit, scale = float(met.sum()), n / judged_by.n
    root = math.sqrt(hit + 2 * log / 9) - math.sqrt(log / 2)
    low = max((root**2 - log / 18) * scale if root > 0 else 0.0, float(len(chosen.people)))
    most = (math.sqrt(chosen.most + log / 2) + math.sqrt(log / 2)) ** 2 * n / chosen_by.n
    most = max(min(most, float(n)), low)
    cost = len(chosen.people) if prices is None else prices[chosen.people].sum()
    return Seeds(
        people=chosen.people,
        cost=float(cost),
        reach=max(hit * scale, float(len(chosen.people))),
        low=low,
        most=most,
        guarantee=low / most,
        enough=False,
        sets=chosen_by.n + judged_by.n,
    )


def _joined(one: Sets | None, other: Sets) -> Sets:
    if one is None:
        return other
    return Sets(
        begin=np.concatenate([one.begin, other.begin[1:] + one.begin[-1]]),
        people=np.concatenate([one.people, other.people]),
    )


def _prices(n: int, budget: float, costs: NDArray[np.floating] | None) -> Floats:
    """What each person costs."""
    prices = np.ones(n) if costs is None else np.asarray(costs, np.float64)
    if prices.shape != (n,):
        raise StopError("seeds_costs", received=prices.size, n=n)
    wrong = np.flatnonzero(~(np.isfinite(prices) & (prices > 0)))
    if wrong.size:
        raise StopError("seeds_cost", row=int(wrong[0]), received=float(prices[wrong[0]]))
    if not math.isfinite(budget) or not n or budget < prices.min():
        least = float(prices.min()) if n else 1.0
        raise StopError("seeds_budget", received=float(budget), least=least, n=n)
    return prices

"""What the same budget would reach if it were spent otherwise, and the slow way to choose seeds."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.channels import Channels, Places
from sonnim.graphs.network import Floats, Network
from sonnim.graphs.rank import pagerank
from sonnim.graphs.spread import Reach, played
from sonnim.tables.errors import StopError

_DRAWS = 20
_MOST_PEOPLE = 20_000


@dataclass(frozen=True, eq=False)
class Rival:
    """One way to spend the budget.

    Attributes:
        name: `chosen`, `pagerank`, `degree` or `random`.
        people: Whom it tells; of `random`, the first draw.
        reach: How many it reaches, all ways in the same worlds.
    """

    name: str
    people: Places
    reach: Reach


def compared(
    found: Channels,
    chosen: NDArray[np.integer],
    budget: float,
    *,
    costs: NDArray[np.floating] | None = None,
    runs: int = 1000,
    seed: int = 0,
) -> tuple[Rival, ...]:
    """Plays out what a budget reaches: as chosen, by PageRank, by degree and at random.

    The ranks go down the list and take whomever the budget left still pays for. PageRank is that of
    the channels turned round, weighted by their chances, so that it flows to those who are heard;
    the degree is how many somebody tells. Random is the mean over 20 draws, and its interval that
    of the draws.

    Args:
        found: The channels.
        chosen: The seeds to compare with.
        budget: How many people, or what they may cost together.
        costs: What each person costs; 1 each, if not given.
        runs: How often each is played out.
        seed: Of chance.

    Raises:
        StopError: A seed is nobody, or there is no run.

    Example:
        >>> from sonnim.graphs.channels import channels
        >>> from sonnim.graphs.network import network_of
        >>> star = channels(network_of(9, np.zeros(8, int), np.arange(1, 9)), np.ones(8))
        >>> [(way.name, way.reach.mean) for way in compared(star, np.array([0]), 1, runs=20)][:3]
        [('chosen', 9.0), ('pagerank', 9.0), ('degree', 9.0)]
    """
    chance = np.random.default_rng(seed)
    prices = np.ones(found.n) if costs is None else np.asarray(costs, np.float64)
    told = np.bincount(found.heads, minlength=found.n)
    ranks = (("pagerank", heard(found)), ("degree", told.astype(np.float64)))
    ways = [("chosen", np.asarray(chosen, np.int64))]
    ways += [
        (name, _within(np.argsort(-rank, kind="stable"), prices, budget)) for name, rank in ranks
    ]
    drawn = [_within(chance.permutation(found.n), prices, budget) for _ in range(_DRAWS)]
    each = [played(found, seeds, runs=max(1, runs // _DRAWS), seed=seed) for seeds in drawn]
    means = np.array([reach.mean for reach in each])
    error = 1.959964 * float(means.std(ddof=1)) / _DRAWS**0.5
    mean = float(means.mean())
    random = Reach(
        mean=mean,
        low=mean - error,
        high=mean + error,
        counts=np.concatenate([reach.counts for reach in each]),
        often=np.asarray(sum(reach.often for reach in each) / _DRAWS),
    )
    return (
        *(Rival(name, seeds, played(found, seeds, runs=runs, seed=seed)) for name, seeds in ways),
        Rival("random", drawn[0], random),
    )


def heard(found: Channels) -> Floats:
    """PageRank of the channels turned round: who is heard by those who are heard.

    Sums to 1; shape (people,).

    Example:
        >>> from sonnim.graphs.channels import channels
        >>> from sonnim.graphs.network import network_of
        >>> heard(channels(network_of(2, np.array([0]), np.array([1])), np.ones(1))).round(3)
        array([0.649, 0.351])
    """
    turned = Network(n=found.n, sources=found.tails, targets=found.heads, weights=found.chance)
    return pagerank(turned)


def _within(order: Places, prices: Floats, budget: float) -> Places:
    """Goes down a list and takes whomever the budget left still pays for."""
    taken: list[Places] = []
    left = budget
    while order.size:
        order = order[prices[order] <= left]
        whole = int(np.searchsorted(np.cumsum(prices[order]), left, side="right"))
        taken.append(order[:whole])
        left -= float(prices[order[:whole]].sum())
        order = order[whole:]
    return np.concatenate([*taken, np.zeros(0, np.int64)]).astype(np.int64)


def by_simulation(
    found: Channels,
    count: int,
    *,
    runs: int = 1000,
    seed: int = 0,
    reach: Callable[[NDArray[np.int64]], float] | None = None,
) -> Places:
    """Chooses seeds by playing out every candidate: slow, and simple enough to check others by.

    CELF (Leskovec, Krause, Guestrin, Faloutsos, VanBriesen and Glance 2007, "Cost-effective
    Outbreak Detection in Networks", KDD): what somebody adds only falls as others are chosen, so
    that only those are tried anew who added most before. All are tried in the same worlds, where
    that holds exactly.

    Args:
        found: The channels.
        count: How many seeds.
        runs: How many worlds.
        seed: Of chance.
        reach: How many some seeds reach, where that is known otherwise.

    Returns:
        Seeds, best first.

    Raises:
        StopError: There are more than 20,000 people.

    Example:
        >>> from sonnim.graphs.channels import channels
        >>> from sonnim.graphs.network import network_of
        >>> star = channels(network_of(4, np.zeros(2, int), np.arange(1, 3)), np.ones(2))
        >>> by_simulation(star, 2, runs=5).tolist()
        [0, 3]
    """
    if found.n > _MOST_PEOPLE:
        raise StopError("seeds_simulation", n=found.n, most=_MOST_PEOPLE)

    def value(people: list[int]) -> float:
        seeds = np.array(people, np.int64)
        return played(found, seeds, runs=runs, seed=seed).mean if reach is None else reach(seeds)

    chosen: list[int] = []
    total = 0.0
    heap = [(-value([person]), person, 0) for person in range(found.n)]
    heapq.heapify(heap)
    while heap and len(chosen) < count:
        adds, person, when = heapq.heappop(heap)
        if when == len(chosen):
            chosen.append(person)
            total -= adds
        else:
            heapq.heappush(heap, (total - value([*chosen, person]), person, len(chosen)))
    return np.array(chosen, np.int64)

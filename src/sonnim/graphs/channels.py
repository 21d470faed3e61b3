"""Channels: along which ties word may pass, how likely, and whom it reaches.

An edge leads from who passes on to who hears. Of ties that say who turns to whom (a mention, a
reply), that is the other way round: turn sources and targets first.

What happens is decided beforehand, edge by edge (Kempe, Kleinberg and Tardos 2003, "Maximizing the
Spread of Influence through a Social Network", KDD): under independent cascades each edge is live
with its own probability; under linear thresholds each person listens to one of those who reach
them, or to nobody, in proportion to the weights. Whoever the seeds reach along live edges is
reached. Chance is a hash of world and edge, so that nothing has to be kept, and two choices of
seeds are compared in the same worlds.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.network import Floats, Network
from sonnim.tables.errors import StopError

Places = NDArray[np.int64]
People = NDArray[np.int32]
Model = Literal["cascade", "threshold"]

MODELS = ("cascade", "threshold")
_CELLS = 1 << 24
_GOLDEN = 0x9E3779B97F4A7C15


@dataclass(frozen=True, eq=False)
class Side:
    """Edges in order of the person at one of their ends.

    Attributes:
        begin: Where the edges of each person begin; shape (people + 1,).
        others: Who is at the other end.
        low: Beginning of the stretch of (0, 1) in which the receiver listens to this edge.
        chance: How likely the edge passes on; the length of that stretch.
    """

    begin: Places
    others: People
    low: Floats
    chance: Floats


@dataclass(frozen=True, eq=False)
class Channels:
    """Edges along which word passes, each in one direction.

    Attributes:
        n: How many people.
        heads: Who passes on, in order of who hears.
        tails: Who hears.
        chance: How likely.
        model: What decides: `cascade` or `threshold`.
    """

    n: int
    heads: People
    tails: People
    chance: Floats
    model: Model

    @cached_property
    def back(self) -> Side:
        """Edges by who hears."""
        begin = _begins(self.tails, self.n)
        summed = np.concatenate([[0.0], np.cumsum(self.chance)])
        low = summed[:-1] - summed[begin[:-1]][self.tails]
        return Side(begin=begin, others=self.heads, low=low, chance=self.chance)

    @cached_property
    def forth(self) -> Side:
        """Edges by who passes on."""
        order = np.argsort(self.heads, kind="stable")
        return Side(
            begin=_begins(self.heads, self.n),
            others=self.tails[order],
            low=self.back.low[order],
            chance=self.chance[order],
        )


def channels(
    network: Network, probabilities: NDArray[np.floating], model: str = "cascade"
) -> Channels:
    """The ties of a network as channels.

    Args:
        network: Edges from who passes on to who hears; both ways if it is not directed.
        probabilities: How likely each edge passes on, 0 to 1.
        model: `cascade` (independent cascades) or `threshold` (linear thresholds; then those of one
            hearer may not come to more than 1).

    Raises:
        StopError: A probability is missing or none, or there is no such model.

    Example:
        >>> pair = Network(2, *np.array([[0], [1]], np.int32), np.ones(1), directed=False)
        >>> found = channels(pair, np.array([0.5]))
        >>> found.heads.tolist(), found.tails.tolist()
        ([1, 0], [0, 1])
    """
    if model not in MODELS:
        raise StopError("spread_model", received=model)
    given = np.asarray(probabilities, np.float64)
    if given.shape != network.sources.shape:
        raise StopError("spread_lengths", received=given.size, n=len(network.sources))
    wrong = np.flatnonzero(~((given >= 0) & (given <= 1)))
    if wrong.size:
        raise StopError(
            "spread_probability", row=int(wrong[0]) + 1, received=float(given[wrong[0]])
        )
    heads, tails = network.sources, network.targets
    if not network.directed:
        heads, tails = np.concatenate([heads, tails]), np.concatenate([tails, heads])
        given = np.concatenate([given, given])
    order = np.argsort(tails, kind="stable")
    if model == "threshold":
        most = np.bincount(tails, weights=given, minlength=max(network.n, 1))
        if most.max() > 1 + 1e-9:
            raise StopError("spread_threshold", row=int(most.argmax()), received=float(most.max()))
    return Channels(
        n=network.n,
        heads=heads[order].astype(np.int32),
        tails=tails[order].astype(np.int32),
        chance=given[order],
        model="threshold" if model == "threshold" else "cascade",
    )


def shares(network: Network) -> Floats:
    """The usual guess where nothing is learned: each hears from one of their ties on average.

    One divided by the number of those whom somebody hears (Kempe and others 2003, "weighted
    cascade"); fit for both models. Of a network that is not directed, the greater of two numbers
    of ties counts, so that what one hears comes to 1 at most. Shape (edges,).

    Example:
        >>> both = Network(3, *np.array([[0, 1], [2, 2]], np.int32), np.ones(2))
        >>> shares(both).tolist()
        [0.5, 0.5]
    """
    heard = np.bincount(network.targets, minlength=network.n)
    if network.directed:
        return np.asarray(1.0 / heard[network.targets])
    heard += np.bincount(network.sources, minlength=network.n)
    return np.asarray(1.0 / np.maximum(heard[network.targets], heard[network.sources]))


def reached(found: Channels, seeds: Places, worlds: int, seed: int) -> tuple[Places, Floats]:
    """Walks from the seeds along what is live, in several worlds at once.

    Args:
        found: The channels.
        seeds: Who begins; each once.
        worlds: How many worlds.
        seed: Of chance. The same number means the same worlds, whoever begins.

    Returns:
        How many people were reached in each world (shape (worlds,)), and in which share of worlds
        each person was (shape (people,)); the seeds among them.

    Example:
        >>> chain = Network(3, *np.array([[0, 1], [1, 2]], np.int32), np.ones(2))
        >>> reached(channels(chain, np.ones(2)), np.array([1]), 4, seed=0)
        (array([2, 2, 2, 2]), array([0., 1., 1.]))
    """
    n, side = found.n, found.forth
    at_once = max(1, _CELLS // max(n + len(found.heads), 1))
    counts, often = np.zeros(worlds, np.int64), np.zeros(n)
    for first in range(0, worlds, at_once):
        width = min(at_once, worlds - first)
        there = np.zeros(width * n, np.bool_)
        front = (np.arange(width)[:, None] * n + seeds[None, :]).ravel()
        there[front] = True
        while front.size:
            who = front % n
            edges, which = spread_out(side.begin, who)
            others = side.others[edges]
            world = front[which] // n
            if found.model == "threshold":
                drawn = uniform(world + first, others, seed) - side.low[edges]
            else:
                drawn = uniform(world + first, edges, seed)
            live = (drawn < side.chance[edges]) & (drawn >= 0)
            ahead = world[live] * n + others[live]
            front = np.unique(ahead[~there[ahead]])
            there[front] = True
        by_world = there.reshape(width, n)
        counts[first : first + width] = by_world.sum(axis=1)
        often += by_world.sum(axis=0)
    return counts, often / max(worlds, 1)


def spread_out(begin: Places, who: NDArray[np.integer]) -> tuple[Places, Places]:
    """Every place that belongs to each of some owners.

    Args:
        begin: Where the places of each owner begin; shape (owners + 1,).
        who: Some owners.

    Returns:
        The places, owner by owner, and of each the index in `who`.

    Example:
        >>> spread_out(np.array([0, 2, 2, 3]), np.array([2, 0]))
        (array([2, 0, 1]), array([0, 1, 1]))
    """
    lengths = begin[who + 1] - begin[who]
    which = np.repeat(np.arange(len(who)), lengths)
    within = np.arange(len(which)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return begin[who][which] + within, which


def uniform(world: NDArray[np.integer], thing: NDArray[np.integer], seed: int) -> Floats:
    """A number of [0, 1) for each world and thing, the same each time: SplitMix64.

    Example:
        >>> first, again, other = (uniform(np.array([w]), np.array([5]), 1)[0] for w in (0, 0, 1))
        >>> bool(first == again), bool(first == other)
        (True, False)
    """
    key = np.uint64((seed * _GOLDEN + 0x632BE59BD9B4E019) % (1 << 64))
    golden = np.uint64(_GOLDEN)
    mixed = _mixed(world.astype(np.uint64) * golden + key) + thing.astype(np.uint64) * golden
    return (_mixed(mixed) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _begins(people: People, n: int) -> Places:
    return np.concatenate([[0], np.cumsum(np.bincount(people, minlength=n))]).astype(np.int64)

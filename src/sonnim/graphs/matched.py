"""Influence or homophily: do people follow their friends, or are friends alike to begin with?

Those whose friends have adopted something adopt it more often, and most of that is because friends
are alike (Aral, Muchnik and Sundararajan 2009, "Distinguishing influence-based contagion from
homophily-driven diffusion in dynamic networks", PNAS 106). So each who has such a friend is
compared, period by period, with somebody who has none yet but was as likely to have one. That
removes what the given traits explain and no more: what is left is the most that influence can be,
not the least. Complaints and leaving are adopted like anything else.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.cascades import Ints
from sonnim.graphs.logistic import fit
from sonnim.graphs.network import Floats, Network
from sonnim.graphs.paired import Pairs, Ratio, joined, ratios, unknown
from sonnim.tables.errors import StopError

_MOST_PERIODS = 1000
_LEAST = 10
_SURE = 1.959964


@dataclass(frozen=True, eq=False)
class Matched:
    """The ratio as it seems and as it is among equals.

    Attributes:
        raw: Against everybody in the same period who has no such friend.
        matched: Against the most similar ones among them.
        by_age: The matched ratio by periods since the first friend adopted: 0, 1, and so on; the
            last holds all later ones.
        pairs: How many pairs of person and likeness were compared.
        left_out: Share of people and periods that had nobody similar enough.
        unlike: How many standard deviations the two sides differ in each trait before matching,
            the number of ties last; shape (traits + 1,).
        unlike_matched: The same among the pairs; .1 and less is called balanced.
        reason: `few`, if fewer than 10 on either side adopted, so that no ratio is given; else
            empty.
    """

    raw: Ratio
    matched: Ratio
    by_age: tuple[Ratio, ...]
    pairs: int
    left_out: float
    unlike: Floats
    unlike_matched: Floats
    reason: Literal["", "few"]


def matched(
    network: Network,
    adopted: NDArray[np.floating],
    traits: NDArray[np.floating],
    *,
    period: float,
    since: NDArray[np.floating] | None = None,
    start: float | None = None,
    end: float | None = None,
    caliper: float = 0.2,
    ages: int = 4,
    draws: int = 400,
    seed: int = 0,
) -> Matched:
    """Compares people whose friends adopted with people like them.

    In each period those who have not adopted yet are at risk; a friend counts who adopted before it
    began, if the tie was there. How likely somebody was to have such a friend is a logistic
    regression on their traits, the squares of these, and how many they hear (Rosenbaum and Rubin
    1983); each is paired with the nearest, if it is near enough, by lot where several are as near.
    The interval is that of a bootstrap over people, weighing each once for all their periods,
    also where they stand for several others.

    Args:
        network: Edges from who may pass on to who hears; both ways if it is not directed.
        adopted: When each adopted, in seconds; no number for never. Shape (people,).
        traits: What may make people both alike and likely to adopt, known before; finite. Shape
            (people, traits).
        period: Length of a period in seconds: a month for leaving, a day for an app.
        since: When each tie began; shape (edges,). Always there, if not given.
        start: When the first period begins; at the first adoption, if not given.
        end: When the view ends; at the last adoption, if not given.
        caliper: Standard deviations of the log odds within which a pair must lie.
        ages: How many ages of influence are told apart.
        draws: How many times the bootstrap draws.
        seed: Of lots and draws.

    Raises:
        StopError: Rows are not of one length, a trait is no number, or there is no or too many
            periods.

    Example:
        >>> from sonnim.graphs.network import network_of
        >>> pair = network_of(3, np.array([0]), np.array([1]))
        >>> found = matched(pair, np.array([0.0, 5.0, np.nan]), np.zeros((3, 1)), period=1.0)
        >>> found.reason, found.raw.adopted
        ('few', 1)
    """
    when, known = np.asarray(adopted, np.float64), np.asarray(traits, np.float64)
    begun = np.full(len(network.sources), -np.inf) if since is None else np.asarray(since)
    _check(network, when, known, begun, period, caliper, ages, draws)
    adopters = when[np.isfinite(when)]
    if start is None:
        start = float(adopters.min()) if adopters.size else 0.0
    last = end if end is not None else (float(adopters.max()) if adopters.size else start)
    periods = int(max(0.0, (last - start) // period)) + 1
    if periods > _MOST_PERIODS:
        raise StopError("matched_periods", n=periods, most=_MOST_PERIODS, received=period)
    heads, tails = network.sources, network.targets
    if not network.directed:
        heads, tails = np.concatenate([heads, tails]), np.concatenate([tails, heads])
        begun = np.concatenate([begun, begun])
    heard = np.bincount(tails, minlength=network.n)
    first = np.full(network.n, np.inf)
    told = np.maximum(when[heads], begun)
    np.minimum.at(first, tails[np.isfinite(told)], told[np.isfinite(told)])
    known = np.column_stack([known, np.log1p(heard)])
    centred = known - known.mean(axis=0) if network.n else known
    numbers = np.column_stack([known, centred**2])
    chance = np.random.default_rng(seed)
    parts: list[Pairs] = []
    expected, adopted_, others, rows, left_out = 0.0, 0, 0, 0, 0
    rate_to, rate_away = np.zeros(known.shape[1]), np.zeros(known.shape[1])
    for number in range(periods):
        begin = start + number * period
        risk = np.flatnonzero(~(when < begin))
        exposed = first[risk] < begin
        did = (when[risk] < begin + period) & (when[risk] <= last)
        yes, no = risk[exposed], risk[~exposed]
        if not yes.size or not no.size:
            continue
        rows += len(yes)
        adopted_ += int(did[exposed].sum())
        others += int(did[~exposed].sum())
        expected += len(yes) * float(did[~exposed].mean())
        rate_to += known[yes].sum(axis=0)
        rate_away += known[no].mean(axis=0) * len(yes)
        odds = fit(numbers[risk], exposed).odds(numbers[risk])
        spread = float(odds.std())
        near, far = _nearest(odds[exposed], odds[~exposed], chance)
        kept = far <= caliper * spread + 1e-9
        left_out += int((~kept).sum())
        age = np.minimum((begin - first[yes]) // period, ages - 1).astype(np.int64)
        parts.append(
            Pairs(
                one=yes[kept],
                other=no[near[kept]],
                one_did=did[exposed][kept],
                other_did=did[~exposed][near[kept]],
                age=age[kept],
            )
        )
    pairs = joined(parts)
    every, by_age = ratios(pairs, network.n, ages, draws, chance)
    scale = np.where(known.std(axis=0) > 0, known.std(axis=0), 1.0) if network.n else 1.0
    apart = (known[pairs.one] - known[pairs.other]).sum(axis=0) / max(len(pairs.one), 1)
    few = min(every.adopted, every.others) < _LEAST
    return Matched(
        raw=_raw(adopted_, others, expected, rows),
        matched=unknown(every) if few else every,
        by_age=tuple(
            unknown(each) if min(each.adopted, each.others) < _LEAST else each for each in by_age
        ),
        pairs=len(pairs.one),
        left_out=left_out / max(rows, 1),
        unlike=np.asarray((rate_to - rate_away) / max(rows, 1) / scale),
        unlike_matched=np.asarray(apart / scale),
        reason="few" if few else "",
    )


def _nearest(wanted: Floats, offered: Floats, chance: np.random.Generator) -> tuple[Ints, Floats]:
    """Of each that is wanted the nearest that is offered, by lot if several, and how far it is."""
    order = np.argsort(offered, kind="stable")
    rising = offered[order]
    right = np.minimum(np.searchsorted(rising, wanted), len(rising) - 1)
    left = np.maximum(right - 1, 0)
    below = np.abs(wanted - rising[left]) < np.abs(wanted - rising[right])
    value = rising[np.where(below, left, right)]
    low, high = (np.searchsorted(rising, value, side=side) for side in ("left", "right"))
    drawn = low + (chance.random(len(wanted)) * (high - low)).astype(np.int64)
    return order[drawn], np.abs(wanted - value)


def _raw(adopted: int, others: int, expected: float, rows: int) -> Ratio:
    """Ratio against all others of the same periods; the interval is that of Poisson counts."""
    if not adopted or not others or not rows:
        return unknown(Ratio(0.0, 0.0, 0.0, adopted, others))
    value = float(np.log1p(-min(adopted / rows, 1 - 1e-12)) / np.log1p(-expected / rows))
    wide = float(np.exp(_SURE * np.sqrt(1 / adopted + 1 / others)))
    return Ratio(value, value / wide, value * wide, adopted, others)


def _check(
    network: Network,
    when: Floats,
    known: Floats,
    begun: Floats,
    period: float,
    caliper: float,
    ages: int,
    draws: int,
) -> None:
    if not (when.shape == (network.n,) and known.ndim == 2 and len(known) == network.n):
        raise StopError("matched_lengths", n=network.n, times=len(when), traits=len(known))
    if len(begun) != len(network.sources):
        raise StopError("matched_since", received=len(begun), n=len(network.sources))
    wrong = np.flatnonzero(~np.isfinite(known).all(axis=1))
    if wrong.size:
        raise StopError("matched_trait", row=int(wrong[0]), n=int(wrong.size))
    if not (0 < period < np.inf and caliper >= 0 and ages >= 1 and draws >= 1):
        raise StopError("matched_settings", period=period, caliper=caliper, ages=ages, draws=draws)

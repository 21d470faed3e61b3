"""Pairs of people: how many times as often one side adopts, and how sure that is."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.cascades import Ints
from sonnim.graphs.network import Floats


@dataclass(frozen=True, eq=False)
class Ratio:
    """How many times as often, with its 95% interval.

    Attributes:
        value: Hazard of those with a friend who adopted, divided by that of the others.
        low: Lower end.
        high: Upper end.
        adopted: How many of those with such a friend adopted.
        others: How many of those that they are compared with.
    """

    value: float
    low: float
    high: float
    adopted: int
    others: int


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of somebody with a friend who adopted and somebody like them; arrays of shape (pairs,).

    Attributes:
        one: Who has the friend.
        other: Whom they are like.
        one_did: Whether `one` adopted.
        other_did: Whether `other` did.
        age: Periods since the friend did, the last number standing for all later ones.
    """

    one: Ints
    other: Ints
    one_did: NDArray[np.bool_]
    other_did: NDArray[np.bool_]
    age: Ints


def joined(parts: list[Pairs]) -> Pairs:
    """Pairs of several periods as one."""
    none, nothing = np.zeros(0, np.int64), np.zeros(0, np.bool_)
    return Pairs(
        one=np.concatenate([*(part.one for part in parts), none]),
        other=np.concatenate([*(part.other for part in parts), none]),
        one_did=np.concatenate([*(part.one_did for part in parts), nothing]),
        other_did=np.concatenate([*(part.other_did for part in parts), nothing]),
        age=np.concatenate([*(part.age for part in parts), none]),
    )


def ratios(
    pairs: Pairs, n: int, ages: int, draws: int, chance: np.random.Generator
) -> tuple[Ratio, list[Ratio]]:
    """Ratio of hazards of all pairs and of each age, with bootstrap intervals.

    Each draw weighs people, a Poisson number each, and the side of those who are compared by both
    of a pair, so that one who stands for many counts as one piece of evidence.

    Args:
        pairs: The pairs.
        n: How many people.
        ages: How many ages.
        draws: How many draws.
        chance: Where numbers come from.

    Example:
        >>> row = np.zeros(4, np.int64)
        >>> did = np.array([True, True, False, False]), np.array([True, False, False, False])
        >>> four = Pairs(np.arange(4), np.arange(4, 8), *did, row)
        >>> found, by_age = ratios(four, 8, 1, 9, np.random.default_rng(0))
        >>> round(found.value, 3), found.adopted, found.others, by_age[0].value == found.value
        (2.409, 2, 1, True)
    """
    order = np.lexsort((pairs.one, pairs.age))
    one, other, age = pairs.one[order], pairs.other[order], pairs.age[order]
    cuts = np.searchsorted(age, np.arange(ages + 1)).tolist()
    did, others_did = (np.flatnonzero(flags[order]) for flags in (pairs.one_did, pairs.other_did))

    def sums(weight: Floats) -> Floats:
        # Shape (4, ages + 1): weight and adoptions of either side, by age; all of them last.
        # No product of BLAS: its threads would fight over the cores for so little work.
        left, right = weight[one], weight[other]
        both = left[others_did] * right[others_did]
        each = np.array(
            [
                [left[low:high].sum() for low, high in pairwise(cuts)],
                np.bincount(age[did], weights=left[did], minlength=ages),
                [np.einsum("i,i->", left[a:b], right[a:b]) for a, b in pairwise(cuts)],
                np.bincount(age[others_did], weights=both, minlength=ages),
            ]
        )
        return np.column_stack([each, each.sum(axis=1)])

    def ratio(each: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.log1p(-each[1] / each[0]) / np.log1p(-each[3] / each[2]))

    plain = sums(np.ones(n))
    value = ratio(plain)
    drawn = np.empty((draws, ages + 1))
    for turn in range(draws):
        drawn[turn] = ratio(sums(chance.poisson(1.0, n).astype(np.float64)))
    drawn[np.isnan(drawn)] = np.inf
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0, method="inverted_cdf")
    found = [
        Ratio(float(value[i]), float(low[i]), float(high[i]), int(plain[1, i]), int(plain[3, i]))
        for i in range(ages + 1)
    ]
    return found[-1], found[:-1]


def unknown(found: Ratio) -> Ratio:
    """The counts of a ratio whose value is not known."""
    nothing = float("nan")
    return Ratio(nothing, nothing, nothing, found.adopted, found.others)

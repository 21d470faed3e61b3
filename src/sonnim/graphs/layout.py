"""Where a picture shows people: every group a disc, its people around its middle.

A picture of all edges of a large network is a ball of wool. Groups are what can be seen, so they
are laid out first, near to those they are tied to and without covering each other; people then
stand within them, those with most ties in the middle.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.network import Floats, Network

_ROUNDS = 300
# Angle between two neighbours of a sunflower's spiral, in radians (Vogel 1979).
_GOLDEN = np.pi * (3 - np.sqrt(5))
# Room between two people, and around a group, in radii of a person.
_APART, _MARGIN = 2.2, 4.0
# Pages are wider than high: the middle draws more from above and below than from the sides.
_FLAT = np.array([0.04, 0.22])


@dataclass(frozen=True, eq=False)
class Layout:
    """Places in a picture, in radii of a person.

    Attributes:
        x, y: Of each person.
        middles: Of each group, (groups, 2).
        radii: Of each group.
    """

    x: Floats
    y: Floats
    middles: Floats
    radii: Floats


def packed(network: Network, groups: NDArray[np.integer]) -> Layout:
    """Lays a network out by its groups.

    Args:
        network: The network.
        groups: Group of each person, 0 to the number of groups - 1.

    Example:
        >>> from sonnim.graphs.network import network_of
        >>> pairs = network_of(4, np.array([0, 2]), np.array([1, 3]))
        >>> found = packed(pairs, np.array([0, 0, 1, 1]))
        >>> gap = np.hypot(*(found.middles[0] - found.middles[1]))
        >>> bool(gap >= found.radii.sum())
        True
    """
    count = int(groups.max(initial=-1)) + 1
    strengths = np.bincount(network.sources, network.weights, network.n)
    strengths += np.bincount(network.targets, network.weights, network.n)
    # Those with most ties first; ties of strength go by number, so that nothing is left to chance.
    order = np.lexsort((np.arange(network.n), -strengths, groups))
    sizes = np.bincount(groups, minlength=count)
    within = np.arange(network.n) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    place = np.empty(network.n, np.int64)
    place[order] = within
    far = _APART * np.sqrt(place + 0.25) * 0.9
    radii = _APART * np.sqrt(sizes) * 0.9 + _MARGIN
    middles = _middles(_between(network, groups, count), radii)
    angle = place * _GOLDEN
    return Layout(
        x=middles[groups, 0] + far * np.cos(angle),
        y=middles[groups, 1] + far * np.sin(angle),
        middles=middles,
        radii=radii,
    )


def _between(network: Network, groups: NDArray[np.integer], count: int) -> Floats:
    """Weight of the edges between each two groups, as a share of the largest, (groups, groups)."""
    pairs = groups[network.sources].astype(np.int64) * count + groups[network.targets]
    found = np.bincount(pairs, network.weights, count * count).reshape(count, count)
    found = found + found.T
    np.fill_diagonal(found, 0)
    scaled: Floats = found / max(float(found.max(initial=0.0)), 1e-300)
    return scaled


def _middles(between: Floats, radii: Floats) -> Floats:
    """Middles of discs that do not cover each other, near where their ties draw them."""
    count = len(radii)
    turn = np.arange(count) * _GOLDEN
    start = np.sqrt(np.cumsum(radii**2))
    found = np.column_stack([start * np.cos(turn), start * np.sin(turn)])
    room = radii[:, np.newaxis] + radii
    for turn_of in range(_ROUNDS):
        apart = found[:, np.newaxis] - found
        gap = np.sqrt((apart**2).sum(axis=2)) + np.eye(count)
        cover = np.maximum(room - gap, 0) * (1 - np.eye(count))
        pull = 0.15 * (1 - turn_of / _ROUNDS)
        # Discs that cover each other go apart, each by half; ties and the middle draw together.
        push = (cover / gap / 2)[:, :, np.newaxis] * apart
        drawn = (between / np.maximum(between.sum(axis=1, keepdims=True), 1))[:, :, np.newaxis]
        found = found + push.sum(axis=1) - pull * ((drawn * apart).sum(axis=1) + _FLAT * found)
    return _uncovered(found, room)


def _uncovered(found: Floats, room: Floats) -> Floats:
    """The same places, spread out as far as no two discs cover each other."""
    if len(found) < 2:
        return found
    gap = np.sqrt(((found[:, np.newaxis] - found) ** 2).sum(axis=2)) + np.eye(len(found)) * 1e300
    factor = float((room / np.maximum(gap, 1e-9)).max())
    return found * max(factor, 1.0) if factor < 1e3 else found

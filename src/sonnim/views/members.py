"""The people of a network as its pictures draw them: rows of `community`."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sonnim.tables.answers_network import COMMUNITY
from sonnim.views.figures import ArrowTable, columns_of
from sonnim.views.network_marks import Frame
from sonnim.views.people import BRIDGE

CLOSEST = 3
"""So many lines a person at most."""

_MARGIN = 3.0


@dataclass(frozen=True, kw_only=True)
class Member:
    """One person in the picture: a row of `community`."""

    person_id: str
    group: int
    stability: float | None
    bridge: float | None
    n: int
    closest: tuple[str, ...]
    x: float
    y: float


def members(table: ArrowTable) -> list[Member]:
    """The people that have a group, those with most ties first.

    Whom no layout placed has no number for a place: networks beyond one machine have no picture.
    """
    names = ("person_id", "community_id", "stability", "bridge", "n", "closest", "x", "y")
    found = []
    for who, group, stability, bridge, n, closest, x, y in zip(
        *columns_of(table, COMMUNITY, names), strict=True
    ):
        if who is None or group is None:
            continue
        found.append(
            Member(
                person_id=who,
                group=group,
                stability=stability,
                bridge=bridge,
                n=n or 0,
                closest=tuple(closest or ()),
                x=math.nan if x is None else x,
                y=math.nan if y is None else y,
            )
        )
    return sorted(found, key=lambda one: (-one.n, one.person_id))


def is_bridge(bridge: float | None) -> bool:
    """Whether somebody's ties go to several groups."""
    return bridge is not None and bridge >= BRIDGE - 1e-9


def lines(shown: Sequence[Member]) -> list[dict[str, float]]:
    """Each pair of closest people once, the strongest first.

    How strong a tie is the table does not say, but in which order: somebody's first is before
    somebody's third, and of equal ones those of people with many ties come first.
    """
    places = {one.person_id: one for one in shown}
    pairs: dict[tuple[str, str], tuple[int, int]] = {}
    for one in shown:
        for order, other in enumerate(one.closest[:CLOSEST]):
            if other not in places or other == one.person_id:
                continue
            pair = (min(one.person_id, other), max(one.person_id, other))
            worth = (order, -(one.n + places[other].n))
            pairs[pair] = min(pairs.get(pair, worth), worth)
    return [
        {
            "x": round(places[a].x, 1),
            "y": round(places[a].y, 1),
            "x2": round(places[b].x, 1),
            "y2": round(places[b].y, 1),
        }
        for a, b in sorted(pairs, key=lambda pair: (pairs[pair], pair))
    ]


def between(shown: Sequence[Member]) -> dict[tuple[int, int], int]:
    """How many people of two groups have one of the other group among their closest."""
    groups = {one.person_id: one.group for one in shown}
    found: Counter[tuple[int, int]] = Counter()
    for one in shown:
        others = {groups[other] for other in one.closest[:CLOSEST] if other in groups}
        found.update((min(one.group, o), max(one.group, o)) for o in others - {one.group})
    return dict(found)


def largest(sizes: Mapping[int, int]) -> list[tuple[int, int]]:
    """Groups with their sizes, the largest first."""
    return sorted(sizes.items(), key=lambda item: (-item[1], item[0]))


def frame_of(shown: Sequence[Member]) -> Frame:
    """What must be seen of these people's places."""
    left, right = min(one.x for one in shown), max(one.x for one in shown)
    low, high = min(one.y for one in shown), max(one.y for one in shown)
    return Frame(
        x=(left + right) / 2,
        y=(low + high) / 2,
        width=right - left + 2 * _MARGIN,
        height=high - low + 2 * _MARGIN,
    )


def placed(one: Member) -> bool:
    """Whether it has a place in a picture."""
    return math.isfinite(one.x) and math.isfinite(one.y)

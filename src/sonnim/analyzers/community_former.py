"""Which group is which of the last answer, and what became of those that are no more.

A group keeps its number from answer to answer as long as it is mostly the same people; what
continues none gets a number that was never used. So that none is used twice, the highest number
ever given has a row for ever.
"""

from dataclasses import dataclass

import numpy as np
from arro3.core import RecordBatch
from numpy.typing import NDArray

from sonnim.analyzers.cells import working
from sonnim.analyzers.edges import EDGES, PEOPLE
from sonnim.graphs.matching import GONE, KEPT, MERGED, SPLIT, Followed, followed
from sonnim.graphs.network import Ints
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step

_WHOLE = ColumnType.LONG
# Beyond it a number is none that was given.
_NUMBERED = "community_id BETWEEN 0 AND 1000000000000"
GIVEN = TableSchema(
    name="community_given",
    version=1,
    meaning="An edge, or somebody's group of the last answer",
    key=(),
    columns=(
        *EDGES.columns,
        Column(name="former", type=_WHOLE, meaning="Group of the last answer; -1: it is an edge"),
    ),
)
"""Of who was in a group, `source` is the person and `target` -1. Those who are no longer tied to
anybody have no number: `source` is -1 and `weight` how many they are."""


@dataclass(frozen=True, kw_only=True)
class Former:
    """The groups of the last answer.

    Attributes:
        ids: Their numbers, ascending; shape (groups,).
        here: The place in `ids` of each person's group, -1 for who had none; shape (n,).
        lost: How many people of each group are tied to nobody any more; shape (groups,).
        highest: The highest number ever given; -1: none.
    """

    ids: NDArray[np.int64]
    here: NDArray[np.int64]
    lost: NDArray[np.int64]
    highest: int


@dataclass(frozen=True, kw_only=True)
class Became:
    """One group of this answer, or one of the last that is no more.

    Attributes:
        community_id: Its number.
        n: Its people; 0 if it is no more.
        state: kept, born, split, merged or gone; None if there was no answer before.
        n_before: People that it had; None if there was no answer before.
        shared: Of its people, how many were in `origins`, or went to `heirs`.
        origins: Numbers of the groups that it came of.
        heirs: Numbers of the groups that its people went to.
    """

    community_id: int
    n: int = 0
    state: str | None = None
    n_before: int | None = None
    shared: int | None = None
    origins: tuple[int, ...] = ()
    heirs: tuple[int, ...] = ()


def former_steps() -> tuple[Step, ...]:
    """The edges, beside who was in which group the last time."""
    part = "CAST(0 AS BIGINT) AS part"
    nobody, none = "CAST(-1 AS BIGINT) AS source", "CAST(-1 AS BIGINT) AS target"
    return (
        Step(
            name="community_former",
            sql=(
                "SELECT person_id, min(community_id) AS community_id FROM community "
                f"WHERE {_NUMBERED} GROUP BY person_id"
            ),
            inputs=("community",),
            output=working("community_former", "Everybody's group of the last answer"),
            note="Everybody's group of the last answer",
        ),
        Step(
            name=GIVEN.name,
            sql=(
                "SELECT part, source, target, weight, CAST(-1 AS BIGINT) AS former "
                f"FROM {EDGES.name}\nUNION ALL\n"
                f"SELECT {part}, CAST(p.place AS BIGINT) AS source, {none}, 1e0 AS weight, "
                f"f.community_id AS former FROM community_former f JOIN {PEOPLE} p "
                "ON p.person_id = f.person_id\nUNION ALL\n"
                f"SELECT {part}, {nobody}, {none}, CAST(count(*) AS DOUBLE) AS weight, "
                f"f.community_id AS former FROM community_former f LEFT JOIN {PEOPLE} p "
                "ON p.person_id = f.person_id WHERE p.person_id IS NULL "
                "GROUP BY f.community_id\nUNION ALL\n"
                f"SELECT {part}, {nobody}, {none}, 0e0 AS weight, community_id AS former "
                f"FROM communities WHERE {_NUMBERED} GROUP BY community_id"
            ),
            inputs=(EDGES.name, PEOPLE, "community_former", "communities"),
            output=GIVEN,
            note="Edges, people with their group of the last answer, and numbers given before",
        ),
    )


def former_of(given: RecordBatch, n: int) -> Former:
    """The groups of the last answer.

    Args:
        given: Rows of `GIVEN`, all of them, in any order.
        n: How many people there are.
    """
    source, weight, former = (
        np.array(given.column(name)) for name in ("source", "weight", "former")
    )
    was, left = (former >= 0) & (source >= 0), (former >= 0) & (source < 0) & (weight > 0)
    ids = np.unique(former[was | left])
    here = np.full(n, -1, np.int64)
    here[source[was]] = np.searchsorted(ids, former[was])
    lost = np.bincount(np.searchsorted(ids, former[left]), weight[left], len(ids)).astype(np.int64)
    return Former(ids=ids, here=here, lost=lost, highest=int(former.max(initial=-1)))


def continued(former: Former, groups: Ints) -> tuple[Became, ...]:
    """What became of the groups of the last answer.

    Args:
        former: Those groups.
        groups: Each person's group now, by number from 0, or -1 for none; shape (n,).

    Returns:
        The groups of now, in the order of their numbers in `groups`, then those that are no more.

    Example:
        >>> had = Former(ids=np.array([4, 6]), here=np.array([0, 0, 0, -1, -1]),
        ...     lost=np.array([1, 2]), highest=6)
        >>> found = continued(had, np.array([1, 1, 1, 0, 0]))
        >>> [(one.community_id, one.state, one.n_before, one.shared) for one in found]
        [(7, 'born', 0, 0), (4, 'kept', 4, 3), (6, 'gone', 2, 0)]
    """
    have = np.bincount(groups[groups >= 0]).tolist()
    if former.highest < 0:
        return tuple(Became(community_id=number, n=n) for number, n in enumerate(have))
    before = np.concatenate([former.here, np.repeat(np.arange(len(former.ids)), former.lost)])
    after = np.concatenate([groups, np.full(int(former.lost.sum()), -1)]).astype(np.int64)
    found = followed(before, after, ids=former.ids, unused=former.highest + 1)
    sizes = np.bincount(before[before >= 0], minlength=len(former.ids)).tolist()
    had = dict(zip(former.ids.tolist(), sizes, strict=True))
    common = _common(before, after)
    origins, heirs = _families(found)
    rows = [
        Became(
            community_id=int(found.ids[one]),
            n=n,
            state=str(found.came[one]),
            n_before=had.get(int(found.ids[one]), 0),
            shared=sum(common.get((other, one), 0) for other in origins.get(one, ())),
            origins=tuple(sorted(int(former.ids[other]) for other in origins.get(one, ()))),
        )
        for one, n in enumerate(have)
    ]
    rows += [
        Became(
            community_id=int(former.ids[one]),
            state=str(found.went[one]),
            n_before=sizes[one],
            shared=sum(common.get((one, other), 0) for other in heirs.get(one, ())),
            heirs=tuple(sorted(int(found.ids[other]) for other in heirs.get(one, ()))),
        )
        for one in np.flatnonzero(found.went != KEPT).tolist()
    ]
    return tuple(rows)


def remembered(rows: tuple[Became, ...], highest: int) -> tuple[Became, ...]:
    """The rows, with one of the highest number ever given, so that the next answer knows it."""
    if highest <= max((row.community_id for row in rows), default=-1):
        return rows
    return (*rows, Became(community_id=highest, state=GONE, n_before=0, shared=0))


def _common(before: NDArray[np.int64], after: NDArray[np.int64]) -> dict[tuple[int, int], int]:
    """How many people each pair of groups, one before and one after, has in common."""
    both = (before >= 0) & (after >= 0)
    pairs, n = np.unique(np.stack([before[both], after[both]]), axis=1, return_counts=True)
    return dict(zip(zip(*pairs.tolist(), strict=True), n.tolist(), strict=True))


def _families(found: Followed) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Of each group after, those before that it came of; of each before, where it went.

    A group that is kept is its own origin; where it went is of no interest.
    """
    origins: dict[int, list[int]] = {}
    heirs: dict[int, list[int]] = {}
    for one in np.flatnonzero(found.origin >= 0).tolist():
        origins.setdefault(one, []).append(int(found.origin[one]))
        if found.came[one] == SPLIT:
            heirs.setdefault(int(found.origin[one]), []).append(one)
    for one in np.flatnonzero(found.went == MERGED).tolist():
        origins.setdefault(int(found.heir[one]), []).append(one)
        heirs.setdefault(one, []).append(int(found.heir[one]))
    return origins, heirs

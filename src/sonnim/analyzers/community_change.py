"""How did groups change over time: which came, merged, split and went?

Method: for each period, groups of highest modularity (Leiden) among the links of its window: that
    period and those before it. The first period is that whose window is full. Each group is the one
    of the period before with which it shares most people, three tenths of all at the least
    (Jaccard), the likest first; of all others it is said what they came of or went to. A group's
    name through all periods (`lineage`) is when it came. Those of the last period are matched in
    the same way with the groups of `community`.
Source: Traag, Waltman and van Eck 2019 (Leiden); Greene, Doyle and Cunningham 2010 (groups over
    time).
Limits: a change shows once it outweighs the older links of the window, up to `window` - 1 periods
    late. Who says nothing within a window is not there; where people say little within it, small
    groups come and go by chance, and no interval says so. Groups of fewer than `least` people are
    none; one that falls below has gone. The last period may not be over. Links without a
    time are left out. Computed on one machine, for at most `most` edges of all periods together.
Quality: tested
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
from arro3.core import RecordBatch
from numpy.typing import NDArray

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import PERIODS, working
from sonnim.analyzers.community_former import Became, Former, continued
from sonnim.analyzers.edges import EXCLUDE, MOST, MOST_LIMIT, PEOPLE, check_size, counted
from sonnim.analyzers.links import ANALYZER as LINKS
from sonnim.engines.base import Engine
from sonnim.graphs.groups import sweep
from sonnim.graphs.matching import KEPT, followed
from sonnim.graphs.network import PACKAGES, network_of
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers_network import COMMUNITY, COMMUNITY_CHANGE, LINK
from sonnim.tables.arrow import batch
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, quoted
from sonnim.tables.table import Table

_WHOLE = ColumnType.LONG
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LINKS = working("community_change_links", "Links of each period, by name")
_GIVEN = TableSchema(
    name="community_change_given",
    version=1,
    meaning="An edge of one period, or somebody's group of today",
    key=(),
    columns=(
        Column(name="part", type=_WHOLE, meaning="0: all are taken together"),
        Column(name="micros", type=_WHOLE, meaning="Start of the period"),
        Column(name="source", type=_WHOLE, meaning="Who turned to the other, by number"),
        Column(name="target", type=_WHOLE, meaning="To whom; -1: it is somebody's group"),
        Column(name="weight", type=ColumnType.DOUBLE, meaning="How strongly"),
        Column(name="now", type=_WHOLE, meaning="Group of today; -1: it is an edge"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class CommunityChangeParameters:
    """Parameters of `community_change`."""

    period: str = parameter("month", Limit(meaning="Length of a period", choices=PERIODS))
    window: int = parameter(
        3, Limit(meaning="Periods whose links count, the period itself with them", low=1, high=1000)
    )
    least: int = parameter(5, Limit(meaning="Fewest people of a group", low=2, high=1e6))
    resolution: float = parameter(
        1.0, Limit(meaning="Higher: more and smaller groups", low=0.01, high=100)
    )
    runs: int = parameter(
        5, Limit(meaning="Seeds of which the best groups are taken", low=2, high=100)
    )
    exclude: bool = parameter(False, EXCLUDE)
    most: int = parameter(MOST, MOST_LIMIT)
    seed: int = parameter(1, Limit(meaning="Seed of the first run", low=0, high=1e9))


@dataclass(frozen=True, kw_only=True)
class _Edges:
    """The edges of all periods, in order; those of one period stand together."""

    turn: NDArray[np.int64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class _Told:
    """One group in one period."""

    micros: int
    group: Became


def changes(given: RecordBatch, parameters: CommunityChangeParameters) -> RecordBatch:
    """The groups of each period, and what became of those of the period before.

    Args:
        given: Rows of `community_change_given`, all of them, in any order.
        parameters: Those of the analysis.
    """
    micros, source, target, now = (
        np.array(given.column(name)) for name in ("micros", "source", "target", "now")
    )
    tied = target >= 0
    n = int(max(source.max(initial=-1), target.max(initial=-1))) + 1
    starts, at = np.unique(micros[tied], return_inverse=True)
    turns = np.array([turn_of(start, parameters.period) for start in starts.tolist()], np.int64)
    edges = _ordered(turns[at], source[tied], target[tied], np.array(given.column("weight"))[tied])
    today = np.full(n, -1, np.int64)
    today[source[now >= 0]] = now[now >= 0]
    former = Former(ids=np.zeros(0, np.int64), here=today, lost=np.zeros(0, np.int64), highest=-1)
    names: dict[int, str] = {}
    told: list[_Told] = []
    # A window that is not full yet holds few links, whose groups are chance.
    full = turns - turns[:1] >= parameters.window - 1
    full[-1:] = True
    for start, turn in zip(starts[full].tolist(), turns[full].tolist(), strict=True):
        groups = _groups(edges, turn, n, parameters)
        became = continued(former, groups)
        there = [one for one in became if one.n]
        came = [one for one in there if one.community_id > former.highest]
        day = f"{_BEGINNING + timedelta(microseconds=start):%Y-%m-%d}"
        names |= {one.community_id: f"{day}.{place}" for place, one in enumerate(came, 1)}
        told += [_Told(micros=start, group=one) for one in became]
        former = _next(former, there, groups)
    return _rows(told, names, _ends(former, today))


def turn_of(micros: int, period: str) -> int:
    """The number of a period among all, so that neighbours are one apart.

    Args:
        micros: Its start, in microseconds since 1970 in UTC.
        period: How long it is.

    Example:
        >>> turn_of(0, "month"), turn_of(31 * 86_400_000_000, "month")
        (23640, 23641)
        >>> turn_of(4 * 86_400_000_000, "week") - turn_of(-3 * 86_400_000_000, "week")
        1
    """
    start = _BEGINNING + timedelta(microseconds=micros)
    if period in ("day", "week"):
        # 1970 began on a Thursday, weeks begin on a Monday.
        days = (start - _BEGINNING).days
        return days if period == "day" else (days + 3) // 7
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    return (12 * start.year + start.month - 1) // months


def _ordered(
    turn: NDArray[np.int64],
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    weight: NDArray[np.float64],
) -> _Edges:
    """By period, so that a window is one piece; within it in one order, so that sums are equal."""
    order = np.lexsort((target, source, turn))
    return _Edges(
        turn=turn[order], source=source[order], target=target[order], weight=weight[order]
    )


def _groups(
    edges: _Edges, turn: int, n: int, parameters: CommunityChangeParameters
) -> NDArray[np.int32]:
    """Each person's group among the links of the window, -1 for none; the largest is 0."""
    first, last = np.searchsorted(edges.turn, (turn - parameters.window + 1, turn + 1))
    source, target = edges.source[first:last], edges.target[first:last]
    # Numbered anew: who comes later must not change the groups of before.
    people, ends = np.unique(np.concatenate([source, target]), return_inverse=True)
    network = network_of(
        len(people),
        ends[: len(source)],
        ends[len(source) :],
        edges.weight[first:last],
        directed=False,
    )
    found = sweep(
        network,
        resolutions=(parameters.resolution,),
        seeds=range(parameters.seed, parameters.seed + parameters.runs),
    ).groups
    large = np.bincount(found)[found] >= parameters.least
    groups = np.full(n, -1, np.int32)
    groups[people[large]] = found[large]
    return groups


def _next(former: Former, there: list[Became], groups: NDArray[np.int32]) -> Former:
    """The groups of this period, as those that the next one continues."""
    ids = np.array([one.community_id for one in there], np.int64)
    order = np.argsort(ids)
    place = np.empty(len(ids) + 1, np.int64)
    # The last place is that of nobody's group.
    place[order], place[-1] = np.arange(len(ids)), -1
    return Former(
        ids=ids[order],
        here=place[groups],
        lost=np.zeros(len(ids), np.int64),
        highest=max(former.highest, int(ids.max(initial=-1))),
    )


def _ends(former: Former, today: NDArray[np.int64]) -> dict[int, int]:
    """Which group of `community` each lineage is now."""
    ids, numbers = np.unique(today[today >= 0], return_inverse=True)
    groups = np.full(len(today), -1, np.int64)
    groups[today >= 0] = numbers
    found = followed(former.here, groups)
    return {
        int(former.ids[one]): int(ids[found.heir[one]])
        for one in np.flatnonzero(found.went == KEPT).tolist()
    }


def _rows(told: list[_Told], names: dict[int, str], ends: dict[int, int]) -> RecordBatch:
    groups = [one.group for one in told]
    sizes = [one.n for one in groups]
    return batch(
        COMMUNITY_CHANGE,
        {
            "period": [one.micros for one in told],
            "lineage": [names[one.community_id] for one in groups],
            "community_id": [ends.get(one.community_id) for one in groups],
            "state": [one.state for one in groups],
            "n": sizes,
            "n_before": [one.n_before for one in groups],
            "shared": [one.shared for one in groups],
            "origins": [tuple(names[other] for other in one.origins) for one in groups],
            "heirs": [tuple(names[other] for other in one.heirs) for one in groups],
        },
    )


def steps(parameters: CommunityChangeParameters) -> tuple[Step, ...]:
    """The links of each period, and everybody's group of today."""
    counts = f"{counted(parameters.exclude)} AND time IS NOT NULL"
    part = "CAST(0 AS BIGINT) AS part"
    return (
        Step(
            name=_LINKS.name,
            sql=(
                "SELECT micros, from_id, to_id, sum(weight) AS weight FROM (SELECT "
                f"unix_micros(date_trunc({quoted(parameters.period)}, time)) AS micros, from_id, "
                f"to_id, weight FROM link WHERE {counts}) dated GROUP BY micros, from_id, to_id"
            ),
            inputs=("link",),
            output=_LINKS,
            note="Links from one to another, of each period as one",
            # Counted before they are measured.
            keep=True,
        ),
        Step(
            name=PEOPLE,
            sql=(
                "SELECT person_id, row_number() OVER (ORDER BY person_id NULLS LAST) - 1 AS place "
                "FROM (SELECT from_id AS person_id FROM community_change_links UNION "
                "SELECT to_id FROM community_change_links) named"
            ),
            inputs=("community_change_links",),
            output=working(PEOPLE, "People of the network, by number"),
            note="Everybody who does not speak for the company",
        ),
        Step(
            name=_GIVEN.name,
            sql=(
                f"SELECT {part}, l.micros, CAST(f.place AS BIGINT) AS source, "
                "CAST(t.place AS BIGINT) AS target, l.weight, CAST(-1 AS BIGINT) AS now "
                f"FROM community_change_links l JOIN {PEOPLE} f ON f.person_id = l.from_id "
                f"JOIN {PEOPLE} t ON t.person_id = l.to_id\nUNION ALL\n"
                f"SELECT {part}, CAST(0 AS BIGINT) AS micros, CAST(p.place AS BIGINT) AS source, "
                "CAST(-1 AS BIGINT) AS target, 0e0 AS weight, g.community_id AS now FROM "
                "(SELECT person_id, min(community_id) AS community_id FROM community "
                f"WHERE community_id >= 0 GROUP BY person_id) g JOIN {PEOPLE} p "
                "ON p.person_id = g.person_id"
            ),
            inputs=("community_change_links", PEOPLE, "community"),
            output=_GIVEN,
            note="Edges of each period, and everybody's group of today",
        ),
    )


def analyze(engine: Engine, parameters: CommunityChangeParameters) -> Answer:
    """Finds the groups of each period and follows them."""
    made = steps(parameters)
    given = engine.run(made)
    check_size(engine.count(Table(schema=_LINKS, name=_LINKS.name)), parameters.most)
    found = engine.map(
        partial(changes, parameters=parameters), given, COMMUNITY_CHANGE,
        name="community_change_found", by=("part",),
    )  # fmt: skip
    return Answer(
        tables=(found,),
        steps=made,
        caveats=(Caveat(key="caveat_community_change"),),
        seed=parameters.seed,
    )


ANALYZER = Analyzer(
    name="community_change",
    version="2",
    reads=(
        Reads(
            schema=LINK,
            columns=("from_id", "to_id", "time"),
            also=("weight", "company", "flagged"),
        ),
        Reads(schema=COMMUNITY, columns=("person_id", "community_id"), optional=True),
        *(one for one in LINKS.reads if one.schema is not MESSAGE),
    ),
    writes=(COMMUNITY_CHANGE,),
    analyze=analyze,
    parameters=CommunityChangeParameters,
    packages=PACKAGES,
    extra="network",
    quality="tested",
)

"""Which groups of people turn to each other?

Method: links between people, summed whichever way they go and weighing half for every `half_life`
    days of age; groups are those of highest modularity (Leiden), which are connected. The
    resolution is the one of several whose groups change least from seed to seed, and how far a
    person's group stays the same over seeds is its stability. Who links as much to other groups as
    to the own is a bridge. Where `mood` read their messages, each group has its share of negative
    ones, with Wilson's interval; its label is what its messages are about more than others'
    (`topic`). A group that shares three tenths of all people with one of the last answer (Jaccard),
    the likest first, keeps its number; of all others it is said what they came of or went to.
Source: Traag, Waltman and van Eck 2019 (Leiden); Newman and Girvan 2004 (modularity); Guimera and
    Amaral 2005 (participation coefficient); Greene, Doyle and Cunningham 2010 (groups over time);
    Raghavan, Albert and Kumara 2007, as LDBC Graphalytics has it (label propagation); Wilson 1927.
Limits: everybody is in one group, also whoever is at home in several. Groups of ten and fewer
    drown in large networks (Fortunato and Barthelemy 2007). Computed on one machine, for at most
    `most` edges; in larger networks groups are found by label propagation in rounds of SQL, which
    are rougher, have no stability and no picture, and continue no groups of the last answer. Shares
    of moods are of the texts as read, not corrected for the model's errors. Where stability is low,
    or other parameters were set, a group may split or merge though nobody did anything.
Quality: tested
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import working
from sonnim.analyzers.community_former import (
    GIVEN,
    continued,
    former_of,
    former_steps,
    remembered,
)
from sonnim.analyzers.edges import (
    EDGES,
    EXCLUDE,
    HALF_LIFE,
    MOST,
    MOST_LIMIT,
    PEOPLE,
    edge_steps,
    edges_made,
)
from sonnim.analyzers.graph_steps import label_rounds, numbered_step
from sonnim.analyzers.links import ANALYZER as LINKS
from sonnim.analyzers.rounds import run_rounds
from sonnim.engines.base import Engine
from sonnim.engines.statistics import z_value
from sonnim.graphs.groups import sweep
from sonnim.graphs.layout import packed
from sonnim.graphs.network import PACKAGES, network_of
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import MOOD
from sonnim.tables.answers_found import TOPIC
from sonnim.tables.answers_network import COMMUNITIES, COMMUNITY, LINK
from sonnim.tables.arrow import batch
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step

_WHOLE = ColumnType.LONG
RESOLUTIONS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
LARGE = 500_000
"""Edges from which plain modularity and two seeds must do."""
_FOUND = TableSchema(
    name="community_found",
    version=1,
    meaning="The group of one person, by number, or a group",
    key=("place", "community_id"),
    columns=(
        Column(name="place", type=_WHOLE, meaning="Number of the person; empty for a group"),
        Column(name="community_id", type=_WHOLE, meaning="Which group"),
        Column(name="stability", type=ColumnType.DOUBLE, meaning="Share of runs that agree"),
        Column(name="x", type=ColumnType.DOUBLE, meaning="Place in a picture"),
        Column(name="y", type=ColumnType.DOUBLE, meaning="Place in a picture"),
        *(COMMUNITIES.column(name) for name in ("state", "n_before", "shared", "origins", "heirs")),
    ),
)


@dataclass(frozen=True, kw_only=True)
class CommunityParameters:
    """Parameters of `community`."""

    resolution: float = parameter(
        0.0,
        Limit(meaning="Higher: more and smaller groups; 0: the most stable of several",
              low=0, high=100),
    )  # fmt: skip
    runs: int = parameter(5, Limit(meaning="Seeds that stability is found with", low=2, high=100))
    half_life: float = parameter(180.0, HALF_LIFE)
    exclude: bool = parameter(False, EXCLUDE)
    most: int = parameter(MOST, MOST_LIMIT)
    seed: int = parameter(1, Limit(meaning="Seed of the first run", low=0, high=1e9))


def grouped(
    given: RecordBatch, *, resolutions: tuple[float, ...], runs: int, seed: int
) -> RecordBatch:
    """The group of each person, and what became of the groups of the last answer.

    Args:
        given: Rows of `community_given`, all of them.
        resolutions: Which are tried.
        runs: How many seeds each is tried with.
        seed: The first seed.
    """
    source, target, weight = (
        np.array(given.column(name)) for name in ("source", "target", "weight")
    )
    tied = target >= 0
    n = int(max(source.max(initial=-1), target.max(initial=-1))) + 1
    network = network_of(n, source[tied], target[tied], weight[tied], directed=False)
    if len(network.sources) > LARGE:
        # Each run takes seconds; of all resolutions and seeds together it would be many minutes.
        resolutions, runs = (resolutions if len(resolutions) == 1 else (1.0,)), 2
    found = sweep(network, resolutions=resolutions, seeds=range(seed, seed + runs))
    layout = packed(network, found.groups)
    former = former_of(given, n)
    became = remembered(continued(former, found.groups), former.highest)
    ids = np.array([one.community_id for one in became], np.int64)
    # People first, then groups.
    people, groups = [None] * n, [None] * len(became)
    return batch(
        _FOUND,
        {
            "place": [*range(n), *groups],
            "community_id": np.concatenate([ids[found.groups], ids]),
            "stability": [*found.stability.tolist(), *groups],
            "x": [*layout.x.tolist(), *groups],
            "y": [*layout.y.tolist(), *groups],
            "state": [*people, *(one.state for one in became)],
            "n_before": [*people, *(one.n_before for one in became)],
            "shared": [*people, *(one.shared for one in became)],
            "origins": [*([()] * n), *(tuple(map(str, one.origins)) for one in became)],
            "heirs": [*([()] * n), *(tuple(map(str, one.heirs)) for one in became)],
        },
    )


def person_steps() -> tuple[Step, ...]:
    """Each person's group, and how far their links leave it."""
    return (
        Step(
            name="community_ends",
            sql=(
                "SELECT source AS place, target AS other, weight FROM network_edges UNION ALL "
                "SELECT target, source, weight FROM network_edges"
            ),
            inputs=(EDGES.name,),
            output=working("community_ends", "Each edge from both ends"),
            note="Each edge from both ends",
        ),
        Step(
            name="community_shares",
            sql=(
                "SELECT place, 1e0 - sum(weight * weight) / power(sum(weight), 2) AS bridge "
                "FROM (SELECT e.place, g.community_id, sum(weight) AS weight "
                "FROM community_ends e JOIN community_found g ON g.place = e.other "
                "GROUP BY e.place, g.community_id) links GROUP BY place"
            ),
            inputs=("community_ends", _FOUND.name),
            output=working("community_shares", "How far links are spread over groups"),
            note="One less the sum of squared shares of links to each group",
        ),
        Step(
            name="community_now",
            sql=(
                "SELECT p.person_id, g.community_id, g.stability, coalesce(s.bridge, 0e0) "
                f"AS bridge, coalesce(n.n, 0) AS n, n.closest, g.x, g.y FROM {PEOPLE} p "
                "JOIN community_found g ON g.place = p.place "
                "LEFT JOIN community_shares s ON s.place = p.place LEFT JOIN ("
                "SELECT e.place, CAST(count(*) AS BIGINT) AS n, "
                "max_by(o.person_id, (e.weight, o.person_id), 3) AS closest FROM (SELECT place, "
                "other, sum(weight) AS weight FROM community_ends GROUP BY place, other) e "
                f"JOIN {PEOPLE} o ON o.place = e.other GROUP BY e.place) n ON n.place = p.place"
            ),
            inputs=(PEOPLE, _FOUND.name, "community_shares", "community_ends"),
            output=COMMUNITY,
            note="Each person's group",
        ),
    )


def group_steps() -> tuple[Step, ...]:
    """What is known of each group."""
    z = z_value(0.95)
    return (
        Step(
            name="community_inside",
            sql=(
                "SELECT a.community_id, sum(CASE WHEN a.community_id = b.community_id THEN "
                "weight ELSE 0e0 END) / sum(weight) AS inside FROM community_ends e "
                "JOIN community_found a ON a.place = e.place "
                "JOIN community_found b ON b.place = e.other GROUP BY a.community_id"
            ),
            inputs=("community_ends", _FOUND.name),
            output=working("community_inside", "Share of links that stay"),
            note="How much of its links stays in each group",
        ),
        Step(
            name="community_moods",
            sql=(
                "SELECT c.community_id, CAST(count(*) AS BIGINT) AS messages, "
                "CAST(count_if(o.label = 'negative') AS DOUBLE) AS negative FROM community_now c "
                "JOIN message m ON m.person_id = c.person_id "
                "JOIN mood o ON o.message_id = m.message_id WHERE o.label <> 'unsure' "
                "GROUP BY c.community_id"
            ),
            inputs=("community_now", "message", "mood"),
            output=working("community_moods", "Negative messages of each group"),
            note="Messages with a mood, and negative ones",
        ),
        Step(
            name="community_topics",
            sql=(
                "SELECT c.community_id, t.name, CAST(count(DISTINCT m.person_id) AS DOUBLE) AS n "
                "FROM community_now c JOIN message m ON m.person_id = c.person_id "
                "JOIN topic t ON t.message_id = m.message_id WHERE t.name IS NOT NULL "
                "GROUP BY c.community_id, t.name"
            ),
            inputs=("community_now", "message", "topic"),
            output=working("community_topics", "People of each group who speak of each topic"),
            note="How many people of each group speak of what",
        ),
        Step(
            name="community_label",
            sql=(
                "SELECT community_id, max_by(name, (n * ln(n * everything / (mine * whole)), "
                "name)) AS label FROM (SELECT community_id, name, n, "
                "sum(n) OVER (PARTITION BY community_id) AS mine, "
                "sum(n) OVER (PARTITION BY name) AS whole, sum(n) OVER () AS everything "
                "FROM community_topics) shares GROUP BY community_id"
            ),
            inputs=("community_topics",),
            output=working("community_label", "The topic that a group speaks of beyond others"),
            note="The topic with most people beyond what would be its part",
        ),
        Step(
            name="communities_now",
            sql=(
                "SELECT f.community_id, l.label, coalesce(g.n, 0) AS n, i.inside, g.stability, "
                "m.negative / m.messages AS negative, "
                f"wilson_low(m.negative, m.messages, {z!r}) AS low, "
                f"wilson_high(m.negative, m.messages, {z!r}) AS high, "
                "coalesce(m.messages, 0) AS messages, f.state, f.n_before, f.shared, f.origins, "
                "f.heirs FROM community_found f LEFT JOIN (SELECT community_id, "
                "CAST(count(*) AS BIGINT) AS n, avg(stability) AS stability FROM community_now "
                "GROUP BY community_id) g ON g.community_id = f.community_id "
                "LEFT JOIN community_inside i ON i.community_id = f.community_id "
                "LEFT JOIN community_moods m ON m.community_id = f.community_id "
                "LEFT JOIN community_label l ON l.community_id = f.community_id "
                "WHERE f.place IS NULL"
            ),
            inputs=(
                _FOUND.name, "community_now", "community_inside", "community_moods",
                "community_label",
            ),
            output=COMMUNITIES,
            note="One row a group, also of those that are no more",
        ),
    )  # fmt: skip


def wide_step() -> Step:
    """Groups by label, of a network that is too large for one machine."""
    number, whole = "CAST(NULL AS DOUBLE)", "CAST(NULL AS BIGINT)"
    # No number is given twice, whatever the groups of the last answer were.
    group = "number + 1 + (SELECT coalesce(max(former), -1) FROM community_given)"
    # An empty list that both engines understand.
    none = "regexp_extract_all('', '-', 0)"
    columns = (
        f"{group} AS community_id, {number} AS stability, {number} AS x, {number} AS y, "
        f"CAST(NULL AS STRING) AS state, {whole} AS n_before, {whole} AS shared, "
        f"{none} AS origins, {none} AS heirs"
    )
    return Step(
        name=_FOUND.name,
        sql=(
            f"SELECT place, {columns} FROM community_numbers\nUNION ALL\n"
            f"SELECT {whole}, {columns} FROM (SELECT DISTINCT number FROM community_numbers) once"
        ),
        inputs=("community_numbers", GIVEN.name),
        output=_FOUND,
        note="Groups by label, without what needs several runs or a picture of all",
        keep=True,
    )


def analyze(engine: Engine, parameters: CommunityParameters) -> Answer:
    """Finds the groups."""
    gathering = (*edge_steps(parameters.half_life, parameters.exclude), *former_steps())
    given = engine.run(gathering)
    caveat, between = "caveat_community", tuple[Step, ...]()
    if edges_made(engine) > parameters.most:
        labelling = label_rounds("community_labels", PEOPLE, EDGES.name, directed=False)
        numbering = numbered_step("community_numbers", "community_labels", "label")
        run_rounds(engine, labelling)
        engine.run([numbering, wide_step()])
        caveat, between = "caveat_community_wide", (*labelling.steps, numbering, wide_step())
    else:
        one = parameters.resolution
        engine.map(
            partial(grouped, resolutions=(one,) if one else RESOLUTIONS, runs=parameters.runs,
                    seed=parameters.seed),
            given, _FOUND, name=_FOUND.name, by=("part",),
        )  # fmt: skip
    people = engine.run(person_steps())
    groups = engine.run(group_steps())
    return Answer(
        tables=(people, groups),
        steps=(*gathering, *between, *person_steps(), *group_steps()),
        caveats=(Caveat(key=caveat),),
    )


ANALYZER = Analyzer(
    name="community",
    version="3",
    reads=(
        Reads(
            schema=LINK, columns=("from_id", "to_id"), also=("time", "weight", "company", "flagged")
        ),
        Reads(schema=MESSAGE, columns=("person_id",), optional=True),
        Reads(schema=MOOD, columns=("label",), optional=True),
        Reads(schema=TOPIC, columns=("name",), optional=True),
        Reads(schema=COMMUNITY, columns=("person_id", "community_id"), optional=True),
        Reads(schema=COMMUNITIES, columns=("community_id",), optional=True),
        *(one for one in LINKS.reads if one.schema is not MESSAGE),
    ),
    writes=(COMMUNITY, COMMUNITIES),
    analyze=analyze,
    parameters=CommunityParameters,
    packages=PACKAGES,
    extra="network",
    quality="tested",
)

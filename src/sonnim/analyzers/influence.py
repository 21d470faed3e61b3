"""Who is listened to, and whose mood do others take on?

Method: links between people, summed, and weighing half for every `half_life` days of age, give a
    network; from whoever turns to somebody, to them. Several measures stand side by side, for they
    disagree: how many people turn to somebody (in_degree), how much of the attention of those who
    have it (pagerank), whether ways between others lead over them (betweenness), how closely those
    around them are tied (core), how many of their messages found as many people (h_index). And
    mood: how far answers go along with the mood of what they answer, beyond what the same people
    write otherwise; a regression for each person who was answered `least` times, ranked by the
    lower end of its interval. Who speaks for the company is left out.
Source: Page et al. 1999; Freeman 1977; Seidman 1983; Hirsch 2005. Moods: an own measure, after the
    emotional contagion of Kramer, Guillory and Hancock 2014 and Coviello et al. 2014.
Limits: a popular person need move nobody, and who moves moods may be unknown. Answers that agree
    may agree because both speak of the same event: mood is an association, not yet an effect. Moods
    are read by a model; its errors make the value smaller than it is. Betweenness and core are
    computed on one machine, for at most `most` edges (all links from one to another are one); of
    a larger network they are missing, and pagerank is computed in rounds of SQL, within 1e-7.
Quality: tested
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import working
from sonnim.analyzers.edges import (
    COUNTS,
    EDGES,
    EXCLUDE,
    HALF_LIFE,
    MOST,
    MOST_LIMIT,
    PEOPLE,
    counted,
    edge_steps,
    edges_made,
    network_from,
)
from sonnim.analyzers.graph_steps import rank_rounds
from sonnim.analyzers.links import ANALYZER as LINKS
from sonnim.analyzers.rounds import run_rounds
from sonnim.engines.base import Engine
from sonnim.engines.statistics import t_table_sql, z_value
from sonnim.graphs.between import between
from sonnim.graphs.cores import cores
from sonnim.graphs.network import PACKAGES, Floats
from sonnim.graphs.rank import pagerank
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import MOOD
from sonnim.tables.answers_network import INFLUENCE, LINK
from sonnim.tables.arrow import batch
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step

_LEVEL = 0.95
_DIGITS = 13
_MOOD_DIGITS = 9
# How far all shares together are from PageRank where it takes a pass over all edges a round.
_NEAR = 1e-7
# As many messages of everybody are added to those of a person before what is usual for them is
# said, and so much spread to the moods that were answered before a regression divides by it.
_USUAL, _RIDGE = "5e0", "1e0"
_WHOLE = ColumnType.LONG
_NUMBER = ColumnType.DOUBLE
_MEASURED = TableSchema(
    name="influence_measured",
    version=1,
    meaning="One measure of one person of the network",
    key=("place", "measure"),
    columns=(
        Column(name="place", type=_WHOLE, meaning="Number of the person"),
        Column(name="measure", meaning="pagerank, betweenness or core"),
        Column(name="value", type=_NUMBER, meaning="The measure"),
        Column(name="low", type=_NUMBER, meaning="Lower end of its interval"),
        Column(name="high", type=_NUMBER, meaning="Upper end of its interval"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class InfluenceParameters:
    """Parameters of `influence`."""

    half_life: float = parameter(180.0, HALF_LIFE)
    least: int = parameter(
        10, Limit(meaning="Fewest answers to somebody whose mood is measured", low=3, high=1e6)
    )
    exclude: bool = parameter(False, EXCLUDE)
    most: int = parameter(MOST, MOST_LIMIT)
    seed: int = parameter(1, Limit(meaning="Seed of what is drawn", low=0, high=1e9))


def measured(edges: RecordBatch, *, seed: int) -> RecordBatch:
    """PageRank, betweenness and core number of all people.

    Args:
        edges: Rows of `EDGES`, all of them.
        seed: Of what is drawn.
    """
    network = network_from(edges)
    n = network.n
    # Sums differ in their last digits from engine to engine, and who is alike must share a rank.
    ranks = pagerank(network).round(_DIGITS)
    ways = between(network, doubt=1 - _LEVEL, seed=seed)
    layers = cores(network)
    nothing = np.full(n, np.nan)
    rows = {
        "pagerank": (ranks, nothing, nothing),
        # What was counted, and not drawn, needs no interval.
        "betweenness": (
            ways.values, np.maximum(ways.values - ways.error, 0) if ways.error else nothing,
            np.minimum(ways.values + ways.error, 1) if ways.error else nothing,
        ),
        "core": (layers.astype(np.float64), nothing, nothing),
    }  # fmt: skip
    return batch(
        _MEASURED,
        {
            "place": np.tile(np.arange(n), len(rows)),
            "measure": np.repeat(list(rows), n).tolist(),
            **{
                name: _missing(np.concatenate([one[at] for one in rows.values()]))
                for at, name in enumerate(("value", "low", "high"))
            },
        },
    )


def _missing(values: Floats) -> list[float | None]:
    return [None if np.isnan(one) else float(one) for one in values]


def wide_step() -> Step:
    """PageRank alone as what is measured, of a network that is too large for one machine."""
    return Step(
        name=_MEASURED.name,
        sql=(
            "SELECT place, 'pagerank' AS measure, "
            f"floor(share * 1e{_DIGITS} + 0.5e0) / 1e{_DIGITS} AS value, "
            "CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high FROM influence_ranks"
        ),
        inputs=("influence_ranks",),
        output=_MEASURED,
        note="PageRank alone: betweenness and core need the whole network on one machine",
        keep=True,
    )


def counted_steps(exclude: bool) -> tuple[Step, ...]:
    """How many people turned to each, and to how many of their messages."""
    counts = counted(exclude)
    return (
        Step(
            name="influence_heard",
            sql=(
                "SELECT to_id AS person_id, CAST(count(DISTINCT from_id) AS BIGINT) AS people, "
                f"CAST(count(*) AS BIGINT) AS n FROM link WHERE {counts} GROUP BY to_id"
            ),
            inputs=("link",),
            output=working("influence_heard", "How many turned to each"),
            note="People who turned to each, and how often",
        ),
        Step(
            name="influence_flagged",
            sql=(
                "SELECT to_id AS person_id, CAST(count(*) AS BIGINT) AS n FROM link "
                f"WHERE {COUNTS} AND flagged GROUP BY to_id"
            ),
            inputs=("link",),
            output=working("influence_flagged", "Links from flagged accounts"),
            note="How often flagged accounts turned to each",
        ),
        Step(
            name="influence_found",
            sql=(
                "SELECT to_id AS person_id, about_id, CAST(count(DISTINCT from_id) AS BIGINT) "
                f"AS people FROM link WHERE {counts} AND about_id IS NOT NULL "
                "GROUP BY to_id, about_id"
            ),
            inputs=("link",),
            output=working("influence_found", "How many people each message found"),
            note="People who answered each message or passed it on",
        ),
        Step(
            name="influence_h",
            sql=(
                "SELECT person_id, CAST(count_if(people >= place) AS DOUBLE) AS value FROM ("
                "SELECT person_id, people, row_number() OVER (PARTITION BY person_id "
                "ORDER BY people DESC, about_id) AS place FROM influence_found) ranked "
                "GROUP BY person_id"
            ),
            inputs=("influence_found",),
            output=working("influence_h", "As many messages that found as many people"),
            note="The largest number h of messages that each found h people",
        ),
        Step(
            name="influence_shown",
            sql=(
                "SELECT person_id, max_by(about_id, (people, about_id), 3) AS evidence "
                "FROM influence_found GROUP BY person_id"
            ),
            inputs=("influence_found",),
            output=working("influence_shown", "What was heard most"),
            note="The three messages of each that found most people",
        ),
    )


def mood_steps(least: int) -> tuple[Step, ...]:
    """How far answers go along with what they answer."""
    z = z_value(_LEVEL)
    feel = "p_positive - p_negative"
    return (
        Step(
            name="influence_moods",
            sql=(
                f"SELECT message_id, {feel} AS felt, (SELECT avg({feel}) FROM mood "
                "WHERE p_positive IS NOT NULL AND p_negative IS NOT NULL) AS usual FROM mood "
                "WHERE p_positive IS NOT NULL AND p_negative IS NOT NULL"
            ),
            inputs=("mood",),
            output=working("influence_moods", "How each message feels, from -1 to 1"),
            note="How each message feels, from -1 to 1, and how messages feel in general",
        ),
        Step(
            name="influence_answers",
            sql=(
                "SELECT l.from_id, l.to_id, l.message_id, l.about_id, a.felt - a.usual AS given, "
                "b.felt AS felt, b.usual FROM link l "
                "JOIN influence_moods a ON a.message_id = l.about_id "
                "JOIN influence_moods b ON b.message_id = l.message_id "
                "WHERE l.kind = 'reply' AND NOT coalesce(l.company, false)"
            ),
            inputs=("link", "influence_moods"),
            output=working("influence_answers", "Answers with both moods"),
            note="Each answer: how it feels, and how what it answers feels",
        ),
        Step(
            name="influence_usual",
            sql=(
                "SELECT from_id, sum(felt) AS total, CAST(count(*) AS DOUBLE) AS n "
                "FROM (SELECT DISTINCT from_id, message_id, felt FROM influence_answers) once "
                "GROUP BY from_id"
            ),
            inputs=("influence_answers",),
            output=working("influence_usual", "How people answer otherwise"),
            note="Of each who answers, how all their answers feel",
        ),
        Step(
            name="influence_sums",
            sql=(
                "SELECT to_id AS person_id, CAST(count(*) AS BIGINT) AS n, "
                f"sum(given * given) + {_RIDGE} AS xx, sum(given * moved) AS xy, "
                "sum(moved * moved) AS yy, max_by(about_id, (given * moved, message_id), 3) "
                "AS evidence FROM (SELECT a.to_id, a.about_id, a.message_id, a.given, a.felt - "
                f"(u.total - a.felt + {_USUAL} * a.usual) / (u.n - 1e0 + {_USUAL}) AS moved "
                "FROM influence_answers a JOIN influence_usual u ON u.from_id = a.from_id) moves "
                "GROUP BY to_id"
            ),
            inputs=("influence_answers", "influence_usual"),
            output=working("influence_sums", "Sums of a regression through the origin"),
            note="Moods of answers, less what their authors feel in other answers, on moods "
            "answered",
        ),
        Step(
            name="influence_mood",
            sql=(
                "SELECT person_id, n, xy / xx AS value, "
                "sqrt(greatest(yy - xy * xy / xx, 1e-9) / (n - 1e0) / xx) * "
                f"coalesce(t_table.t, t_quantile(n - 1, {z!r})) AS half, evidence "
                f"FROM influence_sums s LEFT JOIN {t_table_sql(_LEVEL)} ON t_table.df = s.n - 1 "
                f"WHERE n >= {least}"
            ),
            inputs=("influence_sums",),
            output=working("influence_mood", "Slope, and half the width of its interval"),
            note="How much of the mood that they show comes back in the answers",
        ),
    )


def ranked_step() -> Step:
    """All measures, one row each, with ranks.

    Moods are rounded for their rank: their last digits differ from engine to engine, and who is
    alike must share a rank.
    """
    none = "CAST(NULL AS DOUBLE)"
    return Step(
        name=INFLUENCE.name,
        sql=(
            "SELECT measures.person_id, measure, value, low, high, measures.n, "
            "coalesce(b.n, 0) AS n_flagged, CAST(rank() OVER (PARTITION BY "
            f"measure ORDER BY CASE WHEN measure = 'mood' THEN floor(low * 1e{_MOOD_DIGITS} + "
            "0.5e0) ELSE value END "
            "DESC NULLS LAST) AS BIGINT) AS rank, evidence FROM ("
            "SELECT person_id, 'mood' AS measure, value, value - half AS low, value + half AS "
            "high, n, evidence FROM influence_mood UNION ALL "
            f"SELECT h.person_id, 'in_degree', CAST(h.people AS DOUBLE), {none}, {none}, h.n, "
            "s.evidence FROM influence_heard h LEFT JOIN influence_shown s "
            "ON s.person_id = h.person_id UNION ALL "
            f"SELECT h.person_id, 'h_index', h.value, {none}, {none}, o.n, s.evidence "
            "FROM influence_h h JOIN influence_heard o ON o.person_id = h.person_id "
            "LEFT JOIN influence_shown s ON s.person_id = h.person_id UNION ALL "
            "SELECT p.person_id, m.measure, m.value, m.low, m.high, coalesce(h.n, 0), s.evidence "
            f"FROM influence_measured m JOIN {PEOPLE} p ON p.place = m.place "
            "LEFT JOIN influence_heard h ON h.person_id = p.person_id "
            "LEFT JOIN influence_shown s ON s.person_id = p.person_id) measures "
            "LEFT JOIN influence_flagged b ON b.person_id = measures.person_id"
        ),
        inputs=("influence_mood", "influence_heard", "influence_h", "influence_shown",
                "influence_flagged", "influence_measured", PEOPLE),
        output=INFLUENCE,
        note="All measures; moods are ranked by the lower end of their interval",
    )  # fmt: skip


def steps(parameters: InfluenceParameters) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The SQL before the network is measured, and that after it."""
    before = edge_steps(parameters.half_life, parameters.exclude)
    counting, moods = counted_steps(parameters.exclude), mood_steps(parameters.least)
    return before, (*counting, *moods, ranked_step())


def analyze(engine: Engine, parameters: InfluenceParameters) -> Answer:
    """Measures everybody's influence."""
    before, after = steps(parameters)
    edges = engine.run(before)
    caveats: tuple[Caveat, ...] = (Caveat(key="caveat_influence"),)
    between: tuple[Step, ...] = ()
    if edges_made(engine) > parameters.most:
        ranking = rank_rounds("influence_ranks", PEOPLE, EDGES.name, tolerance=_NEAR)
        run_rounds(engine, ranking)
        engine.run([wide_step()])
        between = (*ranking.steps, wide_step())
        caveats = (*caveats, Caveat(key="caveat_influence_wide"))
    else:
        engine.map(
            partial(measured, seed=parameters.seed), edges, _MEASURED,
            name=_MEASURED.name, by=("part",),
        )  # fmt: skip
    return Answer(tables=(engine.run(after),), steps=(*before, *between, *after), caveats=caveats)


ANALYZER = Analyzer(
    name="influence",
    version="1",
    reads=(
        Reads(schema=LINK, columns=("from_id", "to_id"),
              also=("kind", "time", "weight", "message_id", "about_id", "company", "flagged")),
        Reads(schema=MOOD, columns=("p_negative", "p_positive"), optional=True),
        *(one for one in LINKS.reads),
    ),
    writes=(INFLUENCE,),
    analyze=analyze,
    parameters=InfluenceParameters,
    packages=PACKAGES,
    extra="network",
    quality="tested",
)  # fmt: skip

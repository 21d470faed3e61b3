"""Do complaints pass from one to another, or do those who turn to each other complain anyway?

Method: a person complains with their first negative message. Month by month (`days`), those who
    have not yet, and who turn to somebody who has, are compared with the others: as it seems (raw),
    and with those who were as likely to have such a friend by how much they write, how many they
    turn to and how positive they were before (matched). The ratio of both hazards has a bootstrap
    interval, and by month since the friend complained.
Source: Aral, Muchnik and Sundararajan 2009, PNAS 106, 21544-21549; Rosenbaum and Rubin 1983.
Limits: matching removes what these traits explain, and no more: what is left is the most that
    influence can be, not the least. An outage that both saw is not seen here. With fewer than ten
    who complained on either side nothing is said.
Quality: tested
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import number, working
from sonnim.analyzers.edges import (
    EXCLUDE,
    HALF_LIFE,
    MOST,
    MOST_LIMIT,
    PEOPLE,
    check_size,
    edge_steps,
    edges_made,
)
from sonnim.analyzers.links import ANALYZER as LINKS
from sonnim.engines.base import Engine
from sonnim.graphs.matched import matched
from sonnim.graphs.network import PACKAGES, network_of
from sonnim.graphs.paired import Ratio
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import MOOD
from sonnim.tables.answers_network import CONTAGION, LINK
from sonnim.tables.arrow import batch
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step

_WHOLE, _NUMBER = ColumnType.LONG, ColumnType.DOUBLE
_DAY = 86_400.0
EDGE, PERSON = 0, 1
GIVEN = TableSchema(
    name="contagion_given",
    version=1,
    meaning="An edge from who is heard to who hears, or a person with what is known of them",
    key=("kind", "first", "second"),
    columns=(
        Column(name="part", type=_WHOLE, meaning="0: all are taken together"),
        Column(name="kind", type=_WHOLE, meaning=f"{EDGE}: edge; {PERSON}: person"),
        Column(name="first", type=_WHOLE, meaning="Who is heard; or the person"),
        Column(name="second", type=_WHOLE, meaning="Who hears; or 0"),
        Column(name="since", type=_NUMBER, meaning="When the tie began; or of the first complaint"),
        Column(name="written", type=_NUMBER, meaning="Messages that the person wrote"),
        Column(name="usual", type=_NUMBER, meaning="How they feel before they complain, -1 to 1"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class ContagionParameters:
    """Parameters of `contagion`."""

    days: float = parameter(30.0, Limit(meaning="Days of a period", low=0.01, high=1e5))
    draws: int = parameter(400, Limit(meaning="Draws of the bootstrap", low=20, high=1e5))
    half_life: float = parameter(180.0, HALF_LIFE)
    exclude: bool = parameter(False, EXCLUDE)
    most: int = parameter(MOST, MOST_LIMIT)
    seed: int = parameter(1, Limit(meaning="Seed of chance", low=0, high=1e9))


def given_steps(parameters: ContagionParameters) -> tuple[Step, ...]:
    """Edges with their beginning, and people with their first complaint and their traits."""
    seconds = f"CAST(unix_micros({{}}) AS DOUBLE) / {number(1e6)}"
    return (
        *edge_steps(parameters.half_life, parameters.exclude),
        Step(
            name="contagion_moods",
            sql=(
                "SELECT m.person_id, m.time, o.label, o.p_positive - o.p_negative AS felt, "
                "min(CASE WHEN o.label = 'negative' THEN m.time END) "
                "OVER (PARTITION BY m.person_id) AS complained FROM message m "
                "JOIN mood o ON o.message_id = m.message_id "
                "WHERE m.person_id IS NOT NULL AND m.time IS NOT NULL"
            ),
            inputs=("message", "mood"),
            output=working("contagion_moods", "Messages with moods and the first complaint"),
            note="Each message, and when its author first wrote a negative one",
        ),
        Step(
            name="contagion_people",
            sql=(
                "SELECT person_id, min(complained) AS complained, "
                "CAST(count(*) AS DOUBLE) AS written, "
                "avg(CASE WHEN complained IS NULL OR time < complained THEN felt END) AS usual "
                "FROM contagion_moods GROUP BY person_id"
            ),
            inputs=("contagion_moods",),
            output=working("contagion_people", "What is known of each"),
            note="How much each writes, and how they felt before they complained",
        ),
        Step(
            name="contagion_ties",
            sql=(
                "SELECT from_id, to_id, min(time) AS begun FROM link WHERE time IS NOT NULL "
                "GROUP BY from_id, to_id"
            ),
            inputs=("link",),
            output=working("contagion_ties", "When each tie began"),
            note="The first time that one turned to the other",
        ),
        Step(
            name=GIVEN.name,
            sql=(
                f"SELECT e.part, CAST({EDGE} AS BIGINT) AS kind, e.target AS first, "
                f"e.source AS second, {seconds.format('t.begun')} AS since, "
                "CAST(NULL AS DOUBLE) AS written, CAST(NULL AS DOUBLE) AS usual "
                f"FROM network_edges e JOIN {PEOPLE} f ON f.place = e.source "
                f"JOIN {PEOPLE} h ON h.place = e.target LEFT JOIN contagion_ties t "
                "ON t.from_id = f.person_id AND t.to_id = h.person_id UNION ALL "
                f"SELECT CAST(0 AS BIGINT), CAST({PERSON} AS BIGINT), CAST(p.place AS BIGINT), "
                f"CAST(0 AS BIGINT), {seconds.format('c.complained')}, c.written, c.usual "
                f"FROM {PEOPLE} p LEFT JOIN contagion_people c ON c.person_id = p.person_id"
            ),
            inputs=("network_edges", PEOPLE, "contagion_ties", "contagion_people"),
            output=GIVEN,
            note="By number",
        ),
    )


def compared(given: RecordBatch, *, days: float, draws: int, seed: int) -> RecordBatch:
    """Hazard ratios, as they seem and among equals.

    Args:
        given: Rows of `GIVEN`, all of them, in any order.
        days: Days of a period.
        draws: Draws of the bootstrap.
        seed: Of chance.

    Raises:
        StopError: There are too many periods.
    """
    kinds, first, second = (np.array(given.column(name)) for name in ("kind", "first", "second"))
    since, written, usual = (
        np.array(given.column(name).to_pylist(), np.float64)
        for name in ("since", "written", "usual")
    )
    edges = kinds == EDGE
    people = np.flatnonzero(~edges)
    n = len(people)
    if not edges.any():
        return batch(CONTAGION, {name: [] for name in CONTAGION.names})
    order = people[np.argsort(first[people])]
    # A network keeps its edges by who is heard, then who hears; so the beginnings go with them.
    ties = np.flatnonzero(edges)
    ties = ties[np.lexsort((second[ties], first[ties]))]
    network = network_of(n, first[ties], second[ties])
    began = np.nan_to_num(since[ties], nan=-np.inf)
    # Means differ in their last digits from engine to engine; who is alike is matched by lot.
    traits = np.column_stack(
        [np.log1p(np.nan_to_num(written[order])), np.nan_to_num(usual[order]).round(9)]
    )
    found = matched(
        network, since[order], traits, period=days * _DAY, since=began, draws=draws, seed=seed
    )
    ages = {f"age_{age}": one for age, one in enumerate(found.by_age)}
    rows = [
        {"estimate": name, **_told(one, found.reason), "pairs": found.pairs,
         "left_out": found.left_out, "unlike": float(np.nanmax(np.abs(found.unlike_matched)))
         if np.isfinite(found.unlike_matched).any() else None}
        for name, one in {"raw": found.raw, "matched": found.matched, **ages}.items()
    ]  # fmt: skip
    return batch(CONTAGION, {name: [row[name] for row in rows] for name in CONTAGION.names})


def _told(one: Ratio, reason: str) -> dict[str, object]:
    values = {"value": one.value, "low": one.low, "high": one.high}
    return {
        **{
            name: None if reason or not np.isfinite(value) else value
            for name, value in values.items()
        },
        "adopted": one.adopted,
        "others": one.others,
    }


def analyze(engine: Engine, parameters: ContagionParameters) -> Answer:
    """Compares those whose friends complained with people like them."""
    before = given_steps(parameters)
    given = engine.run(before)
    check_size(edges_made(engine), parameters.most)
    found = engine.map(
        partial(compared, days=parameters.days, draws=parameters.draws, seed=parameters.seed),
        given, CONTAGION, name=CONTAGION.name, by=("part",),
    )  # fmt: skip
    return Answer(
        tables=(found,),
        steps=before,
        caveats=(Caveat(key="caveat_contagion"),),
        seed=parameters.seed,
    )


ANALYZER = Analyzer(
    name="contagion",
    version="1",
    reads=(
        Reads(schema=LINK, columns=("from_id", "to_id"),
              also=("time", "weight", "company", "flagged")),
        Reads(schema=MESSAGE, columns=("person_id", "time"), optional=True),
        Reads(schema=MOOD, columns=("label", "p_negative", "p_positive"), optional=True),
        *(one for one in LINKS.reads if one.schema is not MESSAGE),
    ),
    writes=(CONTAGION,),
    analyze=analyze,
    parameters=ContagionParameters,
    packages=PACKAGES,
    extra="network",
    quality="tested",
)  # fmt: skip

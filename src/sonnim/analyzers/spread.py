"""Whom to tell first, so that word reaches most people?

Method: word flows from who is turned to, to who turns to them. How likely each edge passes on is
    learned from who answered or passed on which messages of whom (partial credit); without messages
    each hears from one of their ties on average. Seeds for a budget are chosen on reverse reachable
    sets, greedily, with a guarantee that is stated beside the answer; what the same budget reaches
    by PageRank, by degree and at random is played out in the same worlds.
Source: Kempe, Kleinberg and Tardos 2003 (both models, greedy); Tang, Shi and Xiao 2015 (IMM); Tang,
    Tang, Xiao and Yuan 2018 (bounds after the fact); Goyal, Bonchi and Lakshmanan 2010 (learning).
Limits: a model of how word spreads, not a promise: what was learned from past answers holds for
    messages like those. Influence and mere likeness are not told apart here. Reach counts people,
    not customers. Computed on one machine, for at most `most` edges.
Quality: tested
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import working
from sonnim.analyzers.edges import (
    EXCLUDE,
    HALF_LIFE,
    MOST,
    MOST_LIMIT,
    PEOPLE,
    check_size,
    counted,
    edge_steps,
    edges_made,
)
from sonnim.analyzers.links import ANALYZER as LINKS
from sonnim.engines.base import Engine
from sonnim.graphs.channels import channels, shares
from sonnim.graphs.learned import learned
from sonnim.graphs.network import PACKAGES, network_of
from sonnim.graphs.rivals import compared
from sonnim.graphs.seeds import choose
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers_network import LINK, SEED
from sonnim.tables.arrow import batch
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step

_WHOLE, _NUMBER = ColumnType.LONG, ColumnType.DOUBLE
EDGE, ACTION = 0, 1
SHARP, WIDE, SMALL = 0.02, 0.1, 200_000
"""How far the guarantee may fall short of 1 - 1/e, and up to how many edges it is the former."""
GIVEN = TableSchema(
    name="spread_given",
    version=1,
    meaning="An edge along which word may pass, or somebody's part in a message",
    key=("kind", "first", "second"),
    columns=(
        Column(name="part", type=_WHOLE, meaning="0: all are taken together"),
        Column(name="kind", type=_WHOLE, meaning=f"{EDGE}: edge; {ACTION}: part in a message"),
        Column(name="first", type=_WHOLE, meaning="Who passes on; or who took part"),
        Column(name="second", type=_WHOLE, meaning="Who hears; or in which message"),
        Column(name="value", type=_NUMBER, meaning="Weight of the edge; or when, in seconds"),
    ),
)
_FOUND = TableSchema(
    name="spread_found",
    version=1,
    meaning="One seed of one way to choose",
    key=("way", "rank"),
    columns=(
        Column(name="way", meaning="How it was chosen"),
        Column(name="rank", type=_WHOLE, meaning="In which order"),
        Column(name="place", type=_WHOLE, meaning="Number of the person"),
        *(SEED.column(name) for name in ("reach", "low", "high", "guarantee", "learned", "people")),
    ),
)


@dataclass(frozen=True, kw_only=True)
class SpreadParameters:
    """Parameters of `spread`."""

    budget: int = parameter(10, Limit(meaning="How many people are told first", low=1, high=1e6))
    model: str = parameter(
        "cascade",
        Limit(
            meaning="cascade: each edge passes on by its own chance; threshold: who hears it from "
            "enough of their ties passes it on",
            choices=("cascade", "threshold"),
        ),
    )
    runs: int = parameter(1000, Limit(meaning="How often each way is played out", low=1, high=1e6))
    half_life: float = parameter(180.0, HALF_LIFE)
    exclude: bool = parameter(False, EXCLUDE)
    most: int = parameter(MOST, MOST_LIMIT)
    seed: int = parameter(1, Limit(meaning="Seed of chance", low=0, high=1e9))


def given_steps(parameters: SpreadParameters) -> tuple[Step, ...]:
    """Edges and parts in messages, by number."""
    counts = counted(parameters.exclude)
    return (
        *edge_steps(parameters.half_life, parameters.exclude),
        Step(
            name="spread_actions",
            sql=(
                "SELECT person_id, message_id AS thing, time FROM message "
                "WHERE person_id IS NOT NULL AND time IS NOT NULL UNION ALL "
                "SELECT from_id, about_id, time FROM link "
                f"WHERE {counts} AND about_id IS NOT NULL AND time IS NOT NULL"
            ),
            inputs=("message", "link"),
            output=working("spread_actions", "Who took part in which message, and when"),
            note="Who wrote each message, and who answered it or passed it on",
        ),
        Step(
            name=GIVEN.name,
            sql=(
                f"SELECT part, CAST({EDGE} AS BIGINT) AS kind, target AS first, source AS second, "
                "weight AS value FROM network_edges UNION ALL "
                f"SELECT CAST(0 AS BIGINT), CAST({ACTION} AS BIGINT), CAST(p.place AS BIGINT), "
                "CAST(dense_rank() OVER (ORDER BY a.thing NULLS LAST) AS BIGINT), "
                "CAST(unix_micros(a.time) AS DOUBLE) / 1e6 FROM spread_actions a "
                f"JOIN {PEOPLE} p ON p.person_id = a.person_id"
            ),
            inputs=("network_edges", "spread_actions", PEOPLE),
            output=GIVEN,
            note="Word flows from who is turned to, to who turns to them",
        ),
    )


def found(given: RecordBatch, *, budget: int, model: str, runs: int, seed: int) -> RecordBatch:
    """Seeds for the budget, and what other ways reach.

    Args:
        given: Rows of `GIVEN`, all of them, in any order.
        budget: How many people are told first.
        model: `cascade` or `threshold`.
        runs: How often each way is played out.
        seed: Of chance.

    Raises:
        StopError: There are too many edges for the memory.
    """
    kinds, first, second, values = (
        np.array(given.column(name)) for name in ("kind", "first", "second", "value")
    )
    edges = kinds == EDGE
    if not edges.any():
        return batch(_FOUND, {name: [] for name in _FOUND.names})
    heads, tails = first[edges], second[edges]
    n = int(max(heads.max(), tails.max())) + 1
    network = network_of(n, heads, tails, values[edges])
    acts = np.flatnonzero(~edges & (first < n))
    # Rows come in any order, and the answer must not depend on it.
    acts = acts[np.lexsort((first[acts], values[acts], second[acts]))]
    taught = acts.size > 0 and model == "cascade"
    chances = (
        learned(network, first[acts], second[acts], values[acts]).probabilities
        if taught
        else shares(network)
    )
    # In a small network a sharper choice costs no time.
    epsilon = SHARP if len(network.sources) <= SMALL else WIDE
    chosen = choose(network, chances, min(budget, n), model=model, epsilon=epsilon, seed=seed)
    ways = compared(
        channels(network, chances, model), chosen.people, min(budget, n), runs=runs, seed=seed
    )
    rows = [
        {
            "way": way.name,
            "rank": rank,
            "place": int(person),
            "reach": way.reach.mean,
            "low": way.reach.low,
            "high": way.reach.high,
            "guarantee": chosen.guarantee if way.name == "chosen" else None,
            "learned": taught,
            "people": n,
        }
        for way in ways
        for rank, person in enumerate(way.people, 1)
    ]
    return batch(_FOUND, {name: [row[name] for row in rows] for name in _FOUND.names})


def seed_step() -> Step:
    """The seeds as people."""
    columns = ", ".join(f"{'p' if name == 'person_id' else 'f'}.{name}" for name in SEED.names)
    return Step(
        name=SEED.name,
        sql=f"SELECT {columns} FROM spread_found f JOIN {PEOPLE} p ON p.place = f.place",
        inputs=(_FOUND.name, PEOPLE),
        output=SEED,
        note="Seeds as people",
    )


def analyze(engine: Engine, parameters: SpreadParameters) -> Answer:
    """Chooses seeds."""
    before = given_steps(parameters)
    given = engine.run(before)
    check_size(edges_made(engine), parameters.most)
    engine.map(
        partial(found, budget=parameters.budget, model=parameters.model, runs=parameters.runs,
                seed=parameters.seed),
        given, _FOUND, name=_FOUND.name, by=("part",),
    )  # fmt: skip
    return Answer(
        tables=(engine.run([seed_step()]),),
        steps=(*before, seed_step()),
        caveats=(Caveat(key="caveat_spread"),),
        seed=parameters.seed,
    )


ANALYZER = Analyzer(
    name="spread",
    version="1",
    reads=(
        Reads(
            schema=LINK,
            columns=("from_id", "to_id"),
            also=("time", "weight", "company", "flagged", "about_id"),
        ),
        Reads(schema=MESSAGE, columns=("person_id",), also=("message_id", "time"), optional=True),
        *(one for one in LINKS.reads if one.schema is not MESSAGE),
    ),
    writes=(SEED,),
    analyze=analyze,
    parameters=SpreadParameters,
    packages=PACKAGES,
    extra="network",
    quality="tested",
)

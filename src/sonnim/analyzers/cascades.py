"""What came of each message: who answered, who passed it on, how far did it go?

Method: an answer hangs on what it answers, a share on what it passes on. All that hangs on one
    first message is a cascade: how many messages and people, how deep, how broad, how fast. Its
    structural virality is the mean distance between two of its messages: 2 where all hang on the
    first one, more the longer the chains. How likely one of that size is to double is counted
    among all that grew as large, with Wilson's interval. Which of the young ones will is told when
    they reach `k` messages, 2k and so on, from what is known then: how fast they came, whether they
    slow down, depth, share of answers to the first message, people, and earlier cascades of its
    author. It is a logistic regression on cascades that were settled before. In `cascade_forecast`
    it is held against those that came later, beside the base rate (saying of each the share of
    earlier ones that doubled): AUC, and Brier score with the difference. Chances are given only
    where that difference is clearly above zero.
Source: Goel, Anderson, Hofman and Watts 2016, Management Science 62(1), 180-196; Cheng, Adamic,
    Dow, Kleinberg and Leskovec 2014, WWW, 925-936 (relative growth); Newcombe 2006, Stat. Med. 25,
    559-573 (interval of an AUC); Wilson 1927.
Limits: who saw a message and did nothing is not known. A share that names only the first message
    hangs on it, though it may have come by others. An answer that is older than what it answers
    begins a cascade of its own. Cascades that are still young may yet grow, so doubling is likelier
    than `expected_growth` where many are. `chance_doubles` is that of the moment when k messages
    were there, and of the time that follows; the longer ago that is, the less likely. Intervals of
    the backtest take cascades for independent. Of more than `most` messages of cascades no chances
    are told: the regression is computed on one machine.
Quality: tested
"""

from functools import partial

import numpy as np
from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cascades_forecast import (
    GROWN,
    CascadesParameters,
    forecast_step,
    foretold,
    growing_step,
    nothing_told_step,
)
from sonnim.analyzers.cells import working
from sonnim.analyzers.graph_steps import forest_rounds
from sonnim.analyzers.rounds import run_rounds
from sonnim.engines.base import Engine
from sonnim.engines.statistics import z_value
from sonnim.graphs.cascades import forest, shapes
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers_network import CASCADE, CASCADE_FORECAST
from sonnim.tables.arrow import batch
from sonnim.tables.facts import MESSAGE
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step

_WHOLE = ColumnType.LONG
_HOURS = "/ 3.6e9"
PARENTS = TableSchema(
    name="cascades_parents",
    version=1,
    meaning="A message and what it hangs on",
    key=("place",),
    columns=(
        Column(name="part", type=_WHOLE, meaning="0: all are taken together"),
        Column(name="place", type=_WHOLE, meaning="Number of the message, by time"),
        Column(name="parent", type=_WHOLE, meaning="What it hangs on; -1: nothing"),
    ),
)
_FOUND = TableSchema(
    name="cascades_found",
    version=1,
    meaning="A message and its cascade",
    key=("place",),
    columns=(
        Column(name="place", type=_WHOLE, meaning="Number of the message"),
        Column(name="root", type=_WHOLE, meaning="Number of the first message"),
        Column(name="depth", type=_WHOLE, meaning="Steps from it"),
        Column(
            name="virality",
            type=ColumnType.DOUBLE,
            meaning="Of the whole cascade; of other messages than the first, 0",
        ),
    ),
)


def parent_steps() -> tuple[Step, ...]:
    """Messages of cascades as numbers, and what each hangs on."""
    return (
        Step(
            name="cascades_hung",
            sql=(
                "SELECT m.message_id, max(p.message_id) AS parent_id FROM message m "
                "JOIN message p ON (p.message_id = m.reply_to OR p.message_id = m.share_of) "
                "AND p.message_id <> m.message_id GROUP BY m.message_id"
            ),
            inputs=("message",),
            output=working("cascades_hung", "What each message hangs on"),
            note="What is answered or passed on, if it is there",
        ),
        Step(
            name="cascades_numbered",
            sql=(
                "SELECT m.message_id, m.person_id, m.direction, m.time, h.parent_id, "
                "row_number() OVER (ORDER BY m.time NULLS FIRST, m.message_id NULLS FIRST) - 1 "
                "AS place FROM message m "
                "LEFT JOIN cascades_hung h ON h.message_id = m.message_id "
                "WHERE h.parent_id IS NOT NULL OR EXISTS (SELECT 1 FROM cascades_hung o "
                "WHERE o.parent_id = m.message_id)"
            ),
            inputs=("message", "cascades_hung"),
            output=working("cascades_numbered", "Messages of cascades, by number"),
            note="All that hang on something, or that something hangs on, in order of time",
            keep=True,
        ),
        Step(
            name=PARENTS.name,
            sql=(
                "SELECT CAST(0 AS BIGINT) AS part, CAST(m.place AS BIGINT) AS place, "
                "CAST(coalesce(p.place, -1) AS BIGINT) AS parent FROM cascades_numbered m "
                "LEFT JOIN cascades_numbered p ON p.message_id = m.parent_id"
            ),
            inputs=("cascades_numbered",),
            output=PARENTS,
            note="By number",
            # Counted before they are traced.
            keep=True,
        ),
    )


def traced(parents: RecordBatch) -> RecordBatch:
    """The cascade of each message.

    Args:
        parents: Rows of `PARENTS`, all of them, in any order.
    """
    places, hung = (np.array(parents.column(name)) for name in ("place", "parent"))
    by_time = np.empty(len(places), np.int64)
    by_time[places] = hung
    found = forest(by_time)
    trees = shapes(found)
    virality = np.zeros(len(places))
    virality[trees.roots] = np.nan_to_num(trees.virality)
    return batch(
        _FOUND,
        {
            "place": np.arange(len(places)),
            "root": found.roots,
            "depth": found.depths,
            "virality": virality,
        },
    )


def cascade_steps() -> tuple[Step, ...]:
    """One row for each cascade of two messages or more."""
    z = z_value(0.95)
    return (
        Step(
            name="cascades_messages",
            sql=(
                "SELECT f.root, f.depth, f.virality, m.message_id, m.person_id, m.direction, "
                "m.time, row_number() OVER (PARTITION BY f.root ORDER BY f.place) AS turn, "
                "count(*) OVER (PARTITION BY f.root) AS size FROM cascades_found f "
                "JOIN cascades_numbered m ON m.place = f.place"
            ),
            inputs=(_FOUND.name, "cascades_numbered"),
            output=working("cascades_messages", "Messages with their cascades"),
            note="Each message, its place in its cascade, and how large that is",
            keep=True,
        ),
        Step(
            name="cascades_levels",
            sql=(
                "SELECT root, max(n) AS breadth FROM (SELECT root, depth, "
                "CAST(count(*) AS BIGINT) AS n FROM cascades_messages GROUP BY root, depth) "
                "levels GROUP BY root"
            ),
            inputs=("cascades_messages",),
            output=working("cascades_levels", "The broadest level of each cascade"),
            note="Most messages at one distance",
        ),
        Step(
            name="cascades_sizes",
            sql=(
                "SELECT size, CAST(count(*) AS DOUBLE) AS n FROM cascades_messages "
                "WHERE depth = 0 AND size > 1 GROUP BY size"
            ),
            inputs=("cascades_messages",),
            output=working("cascades_sizes", "How many cascades of each size"),
            note="Cascades of each size",
        ),
        Step(
            name="cascades_growth",
            sql=(
                "SELECT a.size, sum(CASE WHEN b.size >= 2 * a.size THEN b.n ELSE 0e0 END) AS "
                "doubled, sum(b.n) AS n FROM cascades_sizes a JOIN cascades_sizes b "
                "ON b.size >= a.size GROUP BY a.size"
            ),
            inputs=("cascades_sizes",),
            output=working("cascades_growth", "How many that grew as large doubled"),
            note="Of those that grew as large, how many doubled",
        ),
        Step(
            name=CASCADE.name,
            sql=(
                "SELECT r.message_id AS cascade_id, r.message_id AS root_message_id, "
                "r.person_id, c.size, c.people, c.depth, l.breadth, r.virality, "
                "r.time AS started, c.ended, "
                f"(unix_micros(c.half) - unix_micros(r.time)) {_HOURS} AS half_time, "
                "g.doubled / g.n AS expected_growth, "
                f"wilson_low(g.doubled, g.n, {z!r}) AS growth_low, "
                f"wilson_high(g.doubled, g.n, {z!r}) AS growth_high, "
                f"(unix_micros(c.answered) - unix_micros(r.time)) {_HOURS} AS answered_after, "
                "w.k AS chance_from, w.chance AS chance_doubles "
                "FROM cascades_messages r JOIN (SELECT root, CAST(max(size) AS BIGINT) AS size, "
                "CAST(count(DISTINCT person_id) AS BIGINT) AS people, "
                "CAST(max(depth) AS BIGINT) AS depth, max(time) AS ended, "
                "min(CASE WHEN turn * 2 >= size THEN time END) AS half, "
                "min(CASE WHEN direction = 'out' AND depth > 0 THEN time END) AS answered "
                "FROM cascades_messages GROUP BY root) c ON c.root = r.root "
                "JOIN cascades_levels l ON l.root = r.root "
                "JOIN cascades_growth g ON g.size = r.size "
                f"LEFT JOIN {GROWN.name} w ON w.root = r.root WHERE r.depth = 0 AND r.size > 1"
            ),
            inputs=("cascades_messages", "cascades_levels", "cascades_growth", GROWN.name),
            output=CASCADE,
            note="One row a cascade",
        ),
    )


def analyze(engine: Engine, parameters: CascadesParameters) -> Answer:
    """Traces the cascades, and tells which of the young ones will double."""
    before, after, told = parent_steps(), cascade_steps(), forecast_step(parameters)
    parents = engine.run(before)
    caveats: tuple[Caveat, ...] = ()
    if engine.count(parents) > parameters.most:
        tracing = forest_rounds(_FOUND.name, PARENTS.name)
        run_rounds(engine, tracing)
        engine.run([nothing_told_step()])
        between = (*tracing.steps, nothing_told_step())
        caveats = (Caveat(key="caveat_cascades_wide"),)
    else:
        between = (growing_step(),)
        engine.map(traced, parents, _FOUND, name=_FOUND.name, by=("part",))
        engine.map(
            partial(foretold, k=parameters.k, days=parameters.days, least=parameters.least),
            engine.run(between), GROWN, name=GROWN.name, by=("part",),
        )  # fmt: skip
    found = engine.run(after)
    return Answer(
        tables=(found, engine.run([told])),
        steps=(*before, *between, *after, told),
        caveats=caveats,
    )


ANALYZER = Analyzer(
    name="cascades",
    version="2",
    reads=(
        Reads(
            schema=MESSAGE,
            columns=("message_id", "time"),
            also=("person_id", "direction", "reply_to", "share_of"),
        ),
    ),
    writes=(CASCADE, CASCADE_FORECAST),
    analyze=analyze,
    parameters=CascadesParameters,
    quality="tested",
)

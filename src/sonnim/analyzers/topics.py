"""What do they talk about, that nobody listed in advance?

Method: the terms of each message (nouns, noun phrases and verbs of Korean, words of English; those
    that mean the same in both are one) are tied where they come together more than by chance
    (positive NPMI), and the matrix of ties is factorised (symmetric NMF). Kept are factors found
    again in both random halves of the messages, whose words cohere, and which enough messages are
    about: so many topics as the texts bear out. A message is about a topic as far as its terms
    speak for it; one whose terms speak for none is about none. Near topics have a broad one above
    them. Topics are found in a sample, evenly from all months; all messages are then assigned.
    A later run begins with the topics of the last one and keeps their numbers.
Source: Yan et al. 2013 (NMF on term correlation for short texts); Bouma 2009 (NPMI); Ding, He and
    Simon 2005 (symmetric NMF); Lau, Newman and Baldwin 2014 (coherence).
Limits: Korean and English only. Needs some hundred messages; with fewer than 400 the halves say
    nothing, and topics rest on coherence alone. Feelings are no topics: a message that only praises
    is about none. The probability is the strength of a message's words, not a calibrated share.
    What the company itself says is not read. Terms and fit are functions, not SQL; `explain` shows
    the SQL around them.
Quality: tested
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import number, working
from sonnim.analyzers.texts import HEARD, texts_step
from sonnim.analyzers.topics_found import BROAD, FINE, HALF, KNOWN, SCALE, Topic, Wanted, find
from sonnim.engines.base import Engine
from sonnim.language.terms import terms
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers_found import TOPIC, TOPICS
from sonnim.tables.arrow import batch, strings
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, quoted

_WHOLE = ColumnType.LONG
FEW_LETTERS, MANY_LETTERS = 5, 300
"""Quotes of a topic or an issue are neither a word nor a letter."""

TERMS = TableSchema(
    name="topics_terms",
    version=1,
    meaning="The terms of one message",
    key=("message_id",),
    columns=(
        Column(name="message_id", meaning="Which message"),
        Column(name="terms", type=ColumnType.STRINGS, meaning="Its terms"),
        Column(name="n_terms", type=_WHOLE, meaning="How many"),
    ),
)
_GIVEN = TableSchema(
    name="topics_given",
    version=1,
    meaning="A message of the sample, or a topic known before",
    key=(),
    columns=(
        Column(name="part", type=_WHOLE, meaning="0: all are taken together"),
        Column(name="message_id", meaning="Which message; empty for a topic"),
        Column(name="topic_id", type=_WHOLE, meaning="Which topic; empty for a message"),
        Column(name="level", type=_WHOLE, meaning="1: broad, 2: fine"),
        Column(name="parent", type=_WHOLE, meaning="The broad topic above it"),
        Column(name="label", meaning="The topic's label"),
        Column(name="language", meaning="The topic's language"),
        Column(name="state", meaning="new, known or gone, the last time"),
        Column(name="terms", type=ColumnType.STRINGS, meaning="Terms of the message or topic"),
    ),
)
_FITTED = TableSchema(
    name="topics_fitted",
    version=1,
    meaning="A topic, or how much a term speaks for it",
    key=("topic_id", "term"),
    columns=(
        *(
            TOPICS.column(name)
            for name in ("topic_id", "label", "parent", "level", "terms", "language", "state",
                         "coherence", "stability")
        ),
        Column(name="term", meaning="A term; empty in the row of the topic itself"),
        Column(name="strength", type=_WHOLE, meaning=f"How much it speaks for it, of {SCALE}"),
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TopicsParameters:
    """Parameters of `topics`."""

    topics: int = parameter(
        0, Limit(meaning="Number of topics; 0: as many as the texts bear out", low=0, high=200)
    )
    least: int = parameter(5, Limit(meaning="Fewest messages of a topic", low=2, high=1e6))
    each: int = parameter(3, Limit(meaning="Topics of one message at most", low=1, high=10))
    probability: float = parameter(
        0.5, Limit(meaning="Probability from which a message is about a topic", low=0.05, high=0.99)
    )
    quotes: int = parameter(3, Limit(meaning="Quotes for each topic", low=1, high=20))
    sample: int = parameter(
        60_000, Limit(meaning="Messages that topics are found in, at most", low=100, high=1e6)
    )
    seed: int = parameter(1, Limit(meaning="Seed of the sample and the fit", low=0, high=1e9))


def read(texts: RecordBatch) -> RecordBatch:
    """Terms of a batch of texts."""
    return rows_of(texts, terms(strings(texts, "text")))


def rows_of(texts: RecordBatch, found: Sequence[Sequence[str]]) -> RecordBatch:
    """Rows of `TERMS`: the terms found of each text."""
    return batch(
        TERMS,
        {
            "message_id": texts.column("message_id").to_pylist(),
            "terms": found,
            "n_terms": [len(one) for one in found],
        },
    )


def fit(given: RecordBatch, wanted: Wanted) -> RecordBatch:
    """Topics of the sample, with the strengths of their terms."""
    columns = {name: given.column(name).to_pylist() for name in _GIVEN.names if name != "part"}
    lists = [[term for term in one or () if term] for one in columns["terms"]]
    texts, had = [], []
    for at, topic_id in enumerate(columns["topic_id"]):
        if topic_id is None:
            texts.append((columns["message_id"][at] or "", lists[at]))
        elif topic_id > 0:
            had.append(
                Topic(
                    topic_id=topic_id,
                    level=BROAD if columns["level"][at] == BROAD else FINE,
                    parent=columns["parent"][at],
                    label=columns["label"][at] or "",
                    language=columns["language"][at] or "ko",
                    state=columns["state"][at] or KNOWN,
                    terms=tuple(lists[at]),
                )
            )
    # Rows come in any order; topics must not depend on it.
    texts.sort()
    had.sort(key=lambda one: (one.topic_id, one.label, one.terms), reverse=True)
    before = {one.topic_id: one for one in had}
    found = find(
        [words for _, words in texts],
        [zlib.crc32(key.encode("utf-8", "surrogatepass")) & 1 for key, _ in texts],
        [before[topic_id] for topic_id in sorted(before)],
        wanted,
    )
    rows = [row for topic in found for row in ((topic, None, None), *_strengths(topic))]
    values = {
        name: [getattr(topic, name) for topic, _, _ in rows]
        for name in _FITTED.names
        if name not in ("terms", "term", "strength")
    }
    values["terms"] = [topic.terms if term is None else () for topic, term, _ in rows]
    values["term"] = [term for _, term, _ in rows]
    values["strength"] = [strength for _, _, strength in rows]
    return batch(_FITTED, values)


def _strengths(topic: Topic) -> list[tuple[Topic, str, int]]:
    return [(topic, term, strength) for term, strength in topic.strengths]


def sample_steps(parameters: TopicsParameters) -> tuple[Step, ...]:
    """Which messages the topics are found in, beside the topics known before."""
    seed = quoted(f"{parameters.seed}:")
    return (
        Step(
            name="topics_chosen",
            sql=(
                "SELECT message_id FROM (SELECT message_id, row_number() OVER (PARTITION BY month "
                f"ORDER BY md5({seed} || message_id) NULLS LAST, message_id NULLS LAST) AS turn, "
                "count(*) OVER (PARTITION BY month) AS of_month, count(*) OVER () AS of_all FROM ("
                "SELECT w.message_id, date_trunc('month', m.time) AS month FROM topics_terms w "
                "JOIN message m ON m.message_id = w.message_id WHERE w.n_terms > 0) dated) turned "
                f"WHERE turn <= ceil({number(parameters.sample)} * of_month / of_all)"
            ),
            inputs=("topics_terms", "message"),
            output=TERMS.only(("message_id",)),
            note="A sample, by chance and in proportion from every month",
        ),
        Step(
            name="topics_given",
            sql=(
                "SELECT CAST(0 AS BIGINT) AS part, w.message_id, CAST(NULL AS BIGINT) AS topic_id, "
                "CAST(NULL AS BIGINT) AS level, CAST(NULL AS BIGINT) AS parent, "
                "CAST(NULL AS STRING) AS label, CAST(NULL AS STRING) AS language, "
                "CAST(NULL AS STRING) AS state, w.terms "
                "FROM topics_terms w JOIN topics_chosen c ON c.message_id = w.message_id\n"
                "UNION ALL\nSELECT CAST(0 AS BIGINT) AS part, CAST(NULL AS STRING) AS message_id, "
                "topic_id, level, parent, label, language, state, terms FROM topics "
                "WHERE topic_id IS NOT NULL"
            ),
            inputs=("topics_terms", "topics_chosen", "topics"),
            output=_GIVEN,
            note="The sample, and the topics known before",
        ),
    )


def message_steps(parameters: TopicsParameters) -> tuple[Step, ...]:
    """What each message is about."""
    half = number(HALF * SCALE)
    return (
        Step(
            name="topics_strong",
            sql=(
                "SELECT s.message_id, f.topic_id, f.label, f.parent, "
                "CAST(sum(f.strength) AS BIGINT) AS strength FROM ("
                "SELECT message_id, explode(terms) AS term FROM topics_terms) s "
                "JOIN topics_fitted f ON f.term = s.term "
                "GROUP BY s.message_id, f.topic_id, f.label, f.parent"
            ),
            inputs=("topics_terms", "topics_fitted"),
            output=working("topics_strong", "How much a message's terms speak for a topic"),
            note="Adds up how much the terms of each message speak for each topic",
        ),
        Step(
            name="topics_ranked",
            sql=(
                f"SELECT *, strength / (strength + {half}) AS probability, row_number() OVER "
                "(PARTITION BY message_id ORDER BY strength DESC NULLS LAST, topic_id NULLS LAST) "
                "AS rank, sum(strength) OVER (PARTITION BY message_id) AS strength_of_all "
                "FROM topics_strong"
            ),
            inputs=("topics_strong",),
            output=working("topics_ranked", "Topics of a message, the strongest first"),
            note="From strength to probability, the strongest topic first",
            keep=True,
        ),
        Step(
            name="topics_about",
            sql=(
                "SELECT message_id, topic_id, label, parent, strength, strength_of_all, "
                "probability, CAST(rank AS BIGINT) AS rank FROM topics_ranked "
                f"WHERE probability >= {number(parameters.probability)} "
                f"AND rank <= {int(parameters.each)}"
            ),
            inputs=("topics_ranked",),
            output=working("topics_about", "What a message is about"),
            note="The topics that a message is about",
        ),
        Step(
            name="topics_messages",
            sql=(
                "SELECT w.message_id, a.topic_id, a.label AS name, "
                "coalesce(a.probability, r.probability, 0e0) AS probability, "
                "coalesce(a.rank, CAST(1 AS BIGINT)) AS rank FROM topics_terms w "
                "LEFT JOIN topics_about a ON a.message_id = w.message_id "
                "LEFT JOIN (SELECT message_id, probability FROM topics_ranked WHERE rank = 1) r "
                "ON r.message_id = w.message_id"
            ),
            inputs=("topics_terms", "topics_about", "topics_ranked"),
            output=TOPIC,
            note="A row for every message, also of those about none",
        ),
    )


def topic_steps(parameters: TopicsParameters) -> tuple[Step, ...]:
    """What each topic is: how many messages, since when, and those that show it best."""
    columns = "message_id, strength, strength_of_all"
    clear = f"floor(1e3 * strength / ({number(HALF * SCALE)} + strength_of_all))"
    return (
        Step(
            name="topics_spoken",
            sql=(
                f"SELECT topic_id, {columns} FROM topics_about\nUNION ALL\n"
                "SELECT parent AS topic_id, message_id, max(strength) AS strength, "
                "max(strength_of_all) AS strength_of_all FROM topics_about "
                "WHERE parent IS NOT NULL GROUP BY parent, message_id"
            ),
            inputs=("topics_about",),
            output=working("topics_spoken", "Messages of a topic, fine or broad"),
            note="A broad topic has the messages of those below it",
        ),
        Step(
            name="topics_dated",
            sql=(
                "SELECT s.topic_id, s.message_id, m.time, length(m.text) AS letters, "
                f"md5(m.text) AS digest, CAST({clear} AS BIGINT) AS clear FROM topics_spoken s "
                "JOIN topics_texts m ON m.message_id = s.message_id"
            ),
            inputs=("topics_spoken", "topics_texts"),
            output=working("topics_dated", "Messages of a topic with their time"),
            note="How clearly each message is about the topic, and about nothing else",
        ),
        Step(
            name="topics_counted",
            sql=(
                "SELECT topic_id, CAST(count(DISTINCT message_id) AS BIGINT) AS n, "
                "min(time) AS first_time, max(time) AS last_time FROM topics_dated "
                "GROUP BY topic_id"
            ),
            inputs=("topics_dated",),
            output=working("topics_counted", "Messages of a topic, counted"),
            note="How many, from when to when",
        ),
        Step(
            name="topics_quoted",
            sql=(
                "SELECT topic_id, max_by(message_id, (clear, message_id), "
                f"{int(parameters.quotes)}) AS quotes FROM (SELECT topic_id, digest, "
                "max(clear) AS clear, min(message_id) AS message_id FROM topics_dated "
                f"WHERE letters BETWEEN {FEW_LETTERS} AND {MANY_LETTERS} "
                "AND message_id IS NOT NULL GROUP BY topic_id, digest) once GROUP BY topic_id"
            ),
            inputs=("topics_dated",),
            output=working("topics_quoted", "Quotes of a topic"),
            note="The clearest messages, each text once",
        ),
        Step(
            name="topics_now",
            sql=(
                "SELECT f.topic_id, f.label, f.parent, f.level, coalesce(c.n, 0) AS n, "
                "coalesce(q.quotes, no_strings()) AS quotes, f.terms, f.language, f.state, "
                "f.coherence, f.stability, c.first_time, c.last_time FROM topics_fitted f "
                "LEFT JOIN topics_counted c ON c.topic_id = f.topic_id "
                "LEFT JOIN topics_quoted q ON q.topic_id = f.topic_id WHERE f.term IS NULL"
            ),
            inputs=("topics_fitted", "topics_counted", "topics_quoted"),
            output=TOPICS,
            note="The topics, also those that are gone",
        ),
    )


def said_step() -> Step:
    """Messages to the company or in public as one text each."""
    return texts_step(
        "topics_texts",
        also=("time",),
        where=HEARD,
        note="Title and text as one text, of what was not said by the company itself",
    )


def steps(parameters: TopicsParameters) -> tuple[Step, ...]:
    """All SQL of the analysis; `read` runs after the first step, `fit` before `message_steps`."""
    return (
        said_step(),
        *sample_steps(parameters),
        *message_steps(parameters),
        *topic_steps(parameters),
    )


def analyze(engine: Engine, parameters: TopicsParameters) -> Answer:
    """Reads the terms, finds the topics, assigns the messages."""
    said = said_step()
    texts = engine.run([said])
    engine.map(read, texts, TERMS, name="topics_terms", columns=("message_id", "text"))
    sampling = sample_steps(parameters)
    given = engine.run(sampling)
    wanted = Wanted(topics=parameters.topics, least=parameters.least, seed=parameters.seed)
    engine.map(partial(fit, wanted=wanted), given, _FITTED, name="topics_fitted", by=("part",))
    assigning, gathering = message_steps(parameters), topic_steps(parameters)
    messages, topics = engine.run(assigning), engine.run(gathering)
    return Answer(
        tables=(messages, topics),
        steps=steps(parameters),
        caveats=(Caveat(key="caveat_topics"),),
        seed=parameters.seed,
    )


ANALYZER = Analyzer(
    name="topics",
    version="1",
    reads=(
        Reads(schema=MESSAGE, columns=("text",), also=("title", "time", "direction")),
        Reads(
            schema=TOPICS,
            columns=("topic_id", "terms"),
            also=("label", "parent", "level", "language", "state"),
            optional=True,
        ),
    ),
    writes=(TOPIC, TOPICS),
    analyze=analyze,
    parameters=TopicsParameters,
    quality="tested",
)

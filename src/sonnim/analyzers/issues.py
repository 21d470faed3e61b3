"""Which problem came up, where, from when to when, and is it still there?

Method: for each word (terms as in `topics`, and the categories of aspects that they name),
    everywhere and in each unit, windows of time from a day to half of the time are tried for "said
    by more people than otherwise" (scan statistic).
    Words that rose at the same time and place in the same messages are one issue; it belongs to a
    unit if the other units together say nothing unusual. A person counts once a word and month, of
    one text three copies. A message is of an issue if its words come more likely from it than not.
    An issue is a complaint, or praise, if more of its messages have that mood than of all
    (p < .01); mood is read if it is there.
Source: Kulldorff 1997 (scan statistic); Chernoff 1952 and Bonferroni (bound of chance).
Limits: what is always there is no issue here: see `voices` and `opinions` for that. A season
    (Christmas, holidays) rises too. Words are Korean and English; the 4,000 most frequent are
    tried. Of very many messages a sample of people is searched; all messages are then assigned.
Quality: tested
"""

from dataclasses import dataclass
from functools import partial

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import number, working
from sonnim.analyzers.issues_batches import (
    COUNTED,
    FOUND,
    GIVEN,
    RISEN,
    ROSE,
    SAID,
    SPEAKING,
    gather,
    read,
    scan,
)
from sonnim.analyzers.texts import HEARD, texts_step
from sonnim.analyzers.topics import FEW_LETTERS, MANY_LETTERS, TERMS
from sonnim.engines.base import Engine
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import MOOD
from sonnim.tables.answers_found import ISSUE, ISSUES
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.step import Step, quoted

_COPIES, _MONTH = 3, 28
# Words tried at most, the most frequent: bounds time.
_WORDS = 4_000
# Two-sided 1 % of the normal distribution.
_CLEAR = 2.5758


@dataclass(frozen=True, kw_only=True)
class IssuesParameters:
    """Parameters of `issues`."""

    least: int = parameter(
        5, Limit(meaning="Fewest people who speak of an issue with one word", low=3, high=1e6)
    )
    rise: float = parameter(
        1.5, Limit(meaning="How many times the expected they must be", low=1.05, high=100)
    )
    chance: float = parameter(
        0.05,
        Limit(meaning="Probability at most that any issue is there by chance", low=1e-9, high=0.5),
    )
    sample: int = parameter(
        200_000, Limit(meaning="Messages that are searched, at most about", low=1_000, high=1e8)
    )
    quotes: int = parameter(3, Limit(meaning="Quotes for each issue", low=1, high=20))


def said_step() -> Step:
    """Dated messages to the company or in public as one text each."""
    return texts_step(
        "issues_texts",
        also=("time", "unit", "person_id"),
        where=f"{HEARD} AND time IS NOT NULL",
        note="Title and text as one text, of what was not said by the company itself",
    )


def counting_steps(parameters: IssuesParameters) -> tuple[Step, ...]:
    """How many people said which term in which period."""
    day = "CAST(floor(unix_seconds(time) / 864e2) AS BIGINT)"
    return (
        Step(
            name="issues_dated",
            sql=(
                "SELECT message_id, CASE WHEN unit = '' THEN NULL ELSE unit END AS unit, voice, "
                "day - min(day) OVER () AS day, min(day) OVER () AS start, "
                f"turn <= {_COPIES} AND row_number() OVER (ORDER BY md5(voice) NULLS LAST, "
                f"message_id NULLS LAST) <= {parameters.sample} AS searched FROM (SELECT "
                f"message_id, unit, {day} AS day, coalesce(person_id, message_id) AS voice, "
                "row_number() OVER (PARTITION BY text_digest ORDER BY time NULLS LAST, "
                "message_id NULLS LAST) AS turn FROM issues_texts) numbered"
            ),
            inputs=("issues_texts",),
            output=working("issues_dated", "Messages with their day"),
            note="Days since the first; of one text three copies, of very many people a sample",
            keep=True,
        ),
        Step(
            name="issues_said",
            sql=(
                "SELECT d.message_id, d.unit, d.voice, d.day, d.start, d.searched, s.term "
                "FROM (SELECT message_id, explode(terms) AS term FROM issues_terms) s "
                "JOIN issues_dated d ON d.message_id = s.message_id"
            ),
            inputs=("issues_terms", "issues_dated"),
            output=working("issues_said", "Terms with unit and day"),
            note="Each term of each message",
            keep=True,
        ),
        Step(
            name="issues_common",
            sql=(
                "SELECT term FROM (SELECT term, row_number() OVER (ORDER BY n DESC NULLS LAST, "
                "term NULLS LAST) AS turn FROM (SELECT term, count(*) AS n FROM issues_said "
                f"WHERE searched GROUP BY term) counted WHERE n >= {parameters.least}) turned "
                f"WHERE turn <= {_WORDS}"
            ),
            inputs=("issues_said",),
            output=working("issues_common", "Terms that are tried"),
            note="Terms that come often enough, the most frequent first",
        ),
        Step(
            name="issues_speaking",
            sql=(
                "SELECT unit, day, count(DISTINCT voice) AS n FROM issues_dated WHERE searched "
                "GROUP BY unit, day"
            ),
            inputs=("issues_dated",),
            output=working("issues_speaking", "People who spoke"),
            note="People who spoke at all, by unit and day",
            keep=True,
        ),
        Step(
            name=COUNTED.name,
            sql=(
                "SELECT CAST(0 AS BIGINT) AS part, term, unit, day, count(*) AS n FROM (SELECT "
                "s.term, s.unit, min(s.day) AS day FROM issues_said s JOIN issues_common c "
                "ON c.term = s.term WHERE s.searched GROUP BY s.term, s.unit, s.voice, "
                f"floor(s.day / {number(_MONTH)})) once GROUP BY term, unit, day\n"
                "UNION ALL\nSELECT CAST(0 AS BIGINT) AS part, CAST(NULL AS STRING) AS term, unit, "
                "day, n FROM issues_speaking"
            ),
            inputs=("issues_said", "issues_common", "issues_speaking"),
            output=COUNTED,
            note="People who said a term, beside all who spoke",
        ),
    )


def given_step() -> Step:
    """What issues are put together from."""
    text, real, whole = (f"CAST(NULL AS {one})" for one in ("STRING", "DOUBLE", "BIGINT"))
    return Step(
        name=GIVEN.name,
        sql=(
            f"SELECT CAST(0 AS BIGINT) AS part, {quoted(SPEAKING)} AS kind, {text} AS word, "
            f"{text} AS term, unit, day, {whole} AS until, n * 1e0 AS n, {real} AS expected, "
            f"{real} AS strength, {real} AS trials, {text} AS message_id "
            "FROM issues_speaking\nUNION ALL\n"
            f"SELECT CAST(0 AS BIGINT) AS part, {quoted(RISEN)} AS kind, word, term, unit, day, "
            f"until, n, expected, strength, trials, {text} AS message_id FROM issues_rose\n"
            f"UNION ALL\nSELECT CAST(0 AS BIGINT) AS part, {quoted(SAID)} AS kind, {text} AS "
            f"word, s.term, s.unit, s.day, {whole} AS until, {real} AS n, {real} AS expected, "
            f"{real} AS strength, {real} AS trials, s.message_id FROM issues_said s "
            "JOIN (SELECT DISTINCT term FROM issues_rose) r ON r.term = s.term WHERE s.searched"
        ),
        inputs=("issues_speaking", "issues_rose", "issues_said"),
        output=GIVEN,
        note="Who spoke, which terms rose, and the messages that hold these",
    )


def message_step() -> Step:
    """The messages of each issue."""
    return Step(
        name=ISSUE.name,
        sql=(
            "SELECT message_id, issue_id, name, probability FROM (SELECT s.message_id, "
            "f.issue_id, f.label AS name, 1e0 - exp(sum(ln(greatest(f.share, 1e-9)))) AS "
            "probability FROM issues_said s JOIN issues_found f ON f.term = s.term AND "
            "s.day >= f.first_day AND s.day < f.end_day AND (f.unit IS NULL OR s.unit IS NULL OR "
            "s.unit = f.unit) GROUP BY s.message_id, f.issue_id, f.label) weighed "
            "WHERE probability >= 5e-1"
        ),
        inputs=("issues_said", "issues_found"),
        output=ISSUE,
        note="Messages whose terms come more likely from the issue than not",
        keep=True,
    )


def issue_steps(parameters: IssuesParameters) -> tuple[Step, ...]:
    """What each issue is: how many speak of it, how they feel, and who says it best."""
    mood = "CASE WHEN label IN ('negative', 'neutral', 'positive') THEN label END"
    sides = ", ".join(
        f"CAST(coalesce(sum(CASE WHEN mood = '{side}' THEN 1 ELSE 0 END), 0) AS BIGINT) AS {side}"
        for side in ("negative", "positive")
    )
    return (
        Step(
            name="issues_moods",
            sql=(
                f"SELECT issue_id, count(mood) AS n, {sides} FROM (SELECT i.issue_id, {mood} AS "
                "mood FROM issue i JOIN mood o ON o.message_id = i.message_id) felt "
                "GROUP BY issue_id"
            ),
            inputs=("issue", "mood"),
            output=working("issues_moods", "Moods of the messages of an issue"),
            note="How many of its messages have which mood",
        ),
        Step(
            name="issues_usual",
            sql=(
                f"SELECT count(mood) AS n, {sides} FROM (SELECT {mood} AS mood FROM mood o "
                "JOIN issues_dated d ON d.message_id = o.message_id) felt"
            ),
            inputs=("mood", "issues_dated"),
            output=working("issues_usual", "Moods of all messages"),
            note="How many of all messages have which mood",
        ),
        Step(
            name="issues_quoted",
            sql=(
                "SELECT issue_id, max_by(message_id, (sure, message_id), "
                f"{parameters.quotes}) AS quotes FROM (SELECT i.issue_id, t.text_digest, "
                "max(CAST(floor(1e6 * i.probability) AS BIGINT)) AS sure, "
                "min(i.message_id) AS message_id FROM issue i JOIN issues_texts t "
                "ON t.message_id = i.message_id WHERE length(t.text) BETWEEN "
                f"{FEW_LETTERS} AND {MANY_LETTERS} GROUP BY i.issue_id, t.text_digest) once "
                "GROUP BY issue_id"
            ),
            inputs=("issue", "issues_texts"),
            output=working("issues_quoted", "Quotes of an issue"),
            note="The surest messages, each text once",
        ),
        Step(
            name=ISSUES.name,
            sql=(
                "SELECT f.issue_id, f.label, f.unit, "
                "timestamp_micros((f.first_day + s.start) * 86400000000) AS started, "
                "CASE WHEN f.ongoing THEN CAST(NULL AS TIMESTAMP) ELSE "
                "timestamp_micros((f.end_day + s.start) * 86400000000) END AS ended, "
                "coalesce(c.n, 0) AS n, "
                f"CASE WHEN {_clearly('negative')} THEN 'complaint' WHEN {_clearly('positive')} "
                "THEN 'praise' ELSE 'talk' END AS kind, "
                "m.negative / nullif(m.n * 1e0, 0e0) AS negative, "
                "u.negative / nullif(u.n * 1e0, 0e0) AS negative_usual, f.p_value, f.terms, "
                "coalesce(q.quotes, no_strings()) AS quotes FROM issues_found f "
                "CROSS JOIN issues_usual u "
                "CROSS JOIN (SELECT min(start) AS start FROM issues_dated) s "
                "LEFT JOIN (SELECT issue_id, count(*) AS n FROM issue GROUP BY issue_id) c "
                "ON c.issue_id = f.issue_id LEFT JOIN issues_moods m ON m.issue_id = f.issue_id "
                "LEFT JOIN issues_quoted q ON q.issue_id = f.issue_id WHERE f.term IS NULL"
            ),
            inputs=(
                "issues_found",
                "issues_usual",
                "issues_dated",
                "issue",
                "issues_moods",
                "issues_quoted",
            ),
            output=ISSUES,
            note="The issues; one that reaches the last week is not over",
        ),
    )


def _clearly(side: str) -> str:
    """SQL: more of an issue's messages have that mood than usual (z-test of a share)."""
    usual = f"(u.{side} / nullif(u.n * 1e0, 0e0))"
    return (
        f"m.{side} / nullif(m.n * 1e0, 0e0) - {usual} > {number(_CLEAR)} * "
        f"sqrt({usual} * (1e0 - {usual}) / nullif(m.n * 1e0, 0e0))"
    )


def steps(parameters: IssuesParameters) -> tuple[Step, ...]:
    """All SQL of the analysis; functions run between its four parts."""
    return (
        said_step(),
        *counting_steps(parameters),
        given_step(),
        message_step(),
        *issue_steps(parameters),
    )


def analyze(engine: Engine, parameters: IssuesParameters) -> Answer:
    """Counts the terms, finds what rose, puts it together, assigns the messages."""
    texts = engine.run([said_step()])
    engine.map(read, texts, TERMS, name="issues_terms", columns=("message_id", "text"))
    counted = engine.run(counting_steps(parameters))
    scanning = partial(scan, least=parameters.least, rise=parameters.rise, chance=parameters.chance)
    engine.map(scanning, counted, ROSE, name=ROSE.name, by=("part",))
    given = engine.run([given_step()])
    engine.map(gather, given, FOUND, name=FOUND.name, by=("part",))
    messages = engine.run([message_step()])
    found = engine.run(issue_steps(parameters))
    return Answer(
        tables=(found, messages),
        steps=steps(parameters),
        caveats=(Caveat(key="caveat_issues"),),
    )


ANALYZER = Analyzer(
    name="issues",
    version="1",
    reads=(
        Reads(
            schema=MESSAGE,
            columns=("text", "time"),
            also=("title", "direction", "unit", "person_id"),
        ),
        Reads(schema=MOOD, columns=("label",), optional=True),
    ),
    writes=(ISSUES, ISSUE),
    analyze=analyze,
    parameters=IssuesParameters,
    quality="tested",
)

"""Which accounts post the same, together, again and again?

Method: texts are compared by their letters alone, without mentions, addresses, digits and signs, so
    that a changed number, link or emoji does not hide a copy; and of `edited` letters or more by
    their runs of three letters, of which copies share `alike` at least (Jaccard index), so that a
    few changed words do not hide one either. Where `accounts` or more post copies of one text
    within `minutes`, their posts are coordinated. An account is flagged if that happened on
    `times` days or more and at least half of its posts are so.
Source: Pacheco et al. 2021, ICWSM 15, 455-466 (coordination as unlikely likeness of behaviour);
    Broder 1997 (sketches, Jaccard index); Indyk and Motwani 1998 (bands).
Limits: a flag is no proof: fans who paste the same text on the same evening look alike. Texts of
    fewer than `letters` letters are common property ("좋아요") and are not compared, those of fewer
    than `edited` only letter by letter. Texts written anew, in other words, are not found. People
    who put their posts together from the same few stock sentences can look like copies; a greater
    `alike` is stricter. Within `minutes` means: in the same window of that length, of which each
    time is in two.
Quality: tested
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import number, working
from sonnim.analyzers.texts import HEARD
from sonnim.engines.base import Engine
from sonnim.graphs.copies import families
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers_network import COORDINATION
from sonnim.tables.arrow import batch, strings
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, quoted

_WHOLE = ColumnType.LONG
_DAY = 1440.0
_BEGUN = Column(name="begun", type=_WHOLE, meaning="Number of the window, in halves of windows")
_MESSAGE_ID = Column(name="message_id", meaning="The message")
GIVEN = TableSchema(
    name="coordination_given",
    version=1,
    meaning="A text in one of its two windows, where several people wrote",
    key=("begun", "message_id"),
    columns=(
        Column(name="part", type=_WHOLE, meaning="Which stretch of windows: about a day"),
        _BEGUN,
        _MESSAGE_ID,
        Column(name="letters", meaning="Its letters"),
    ),
)
_COPIES = TableSchema(
    name="coordination_copies",
    version=1,
    meaning="A text in one of its two windows that has copies there",
    key=("begun", "message_id"),
    columns=(
        _BEGUN,
        _MESSAGE_ID,
        Column(name="copy", type=_WHOLE, meaning="Number of the text that it is a copy of"),
    ),
)

_NOT_TEXT = r"https?://[^ ]+|@[^ ]+"
_NOT_LETTERS = r"[^\p{L}]+"


@dataclass(frozen=True, kw_only=True)
class CoordinationParameters:
    """Parameters of `coordination`."""

    minutes: float = parameter(
        30.0, Limit(meaning="Window within which posts are together", low=0.1, high=1e5)
    )
    accounts: int = parameter(
        2, Limit(meaning="Fewest accounts that post one text together", low=2, high=1e6)
    )
    times: int = parameter(
        2, Limit(meaning="Fewest days on which a flagged account did so", low=1, high=1e4)
    )
    letters: int = parameter(
        15, Limit(meaning="Fewest letters of a text that is compared", low=1, high=1e5)
    )
    edited: int = parameter(
        30, Limit(meaning="Fewest letters of a text that may be an edited copy", low=1, high=1e5)
    )
    alike: float = parameter(
        0.7,
        Limit(
            meaning="Share of runs of three letters that copies have in common; 1: all letters",
            low=0.3,
            high=1,
        ),
    )


def given_steps(parameters: CoordinationParameters) -> tuple[Step, ...]:
    """Texts with their windows, where several people wrote."""
    plain = (
        f"regexp_replace(regexp_replace(lower(coalesce(text, '')), {quoted(_NOT_TEXT)}, ''), "
        f"{quoted(_NOT_LETTERS)}, '')"
    )
    window = number(parameters.minutes * 6e7)
    half = f"CAST(floor(unix_micros(time) / ({window} / 2e0)) AS BIGINT)"
    halves = number(max(1.0, _DAY // (parameters.minutes / 2)))
    return (
        Step(
            name="coordination_texts",
            sql=(
                "SELECT message_id, person_id, time, letters, half FROM ("
                f"SELECT message_id, person_id, time, {plain} AS letters, {half} AS half "
                f"FROM message WHERE person_id IS NOT NULL AND time IS NOT NULL AND {HEARD}) read "
                f"WHERE length(letters) >= {parameters.letters}"
            ),
            inputs=("message",),
            output=working("coordination_texts", "Letters of each text, and when it was posted"),
            note="Texts by their letters alone, and halves of windows",
            keep=True,
        ),
        Step(
            name="coordination_halves",
            sql=(
                "SELECT message_id, person_id, letters, half AS begun FROM coordination_texts "
                "UNION ALL "
                "SELECT message_id, person_id, letters, half - 1 FROM coordination_texts"
            ),
            inputs=("coordination_texts",),
            output=working("coordination_halves", "Texts in both of their windows"),
            note="Each half belongs to the window that begins with it, and to the one before",
        ),
        Step(
            name=GIVEN.name,
            sql=(
                f"SELECT CAST(floor(h.begun / {halves}) AS BIGINT) AS part, h.begun, "
                "h.message_id, h.letters FROM coordination_halves h JOIN ("
                "SELECT begun FROM coordination_halves GROUP BY begun "
                f"HAVING count(DISTINCT person_id) >= {parameters.accounts}) w "
                "ON w.begun = h.begun"
            ),
            inputs=("coordination_halves",),
            output=GIVEN,
            note="Windows in which enough people wrote to post something together",
        ),
    )


def copied(given: RecordBatch, *, alike: float, edited: int) -> RecordBatch:
    """The texts of some windows that have copies there.

    Args:
        given: Rows of `GIVEN`, all of their windows, in any order.
        alike: Share of runs of letters that copies have in common at least.
        edited: Fewest letters of a text that may be an edited copy.
    """
    begun = np.array(given.column("begun"))
    family = families(strings(given, "letters"), begun, alike=alike, least=edited)
    _, which, counts = np.unique(family, return_inverse=True, return_counts=True)
    several = np.flatnonzero(counts[which] > 1)
    names = strings(given, "message_id")
    return batch(
        _COPIES,
        {
            "begun": begun[several],
            "message_id": [names[place] for place in several.tolist()],
            "copy": family[several],
        },
    )


def steps(parameters: CoordinationParameters) -> tuple[Step, ...]:
    """Accounts, from the texts that have copies in their windows."""
    return (
        Step(
            name="coordination_windows",
            sql=(
                "SELECT c.begun, c.copy, CAST(count(DISTINCT t.person_id) AS BIGINT) AS accounts "
                "FROM coordination_copies c JOIN coordination_texts t "
                "ON t.message_id = c.message_id GROUP BY c.begun, c.copy "
                f"HAVING count(DISTINCT t.person_id) >= {parameters.accounts}"
            ),
            inputs=("coordination_copies", "coordination_texts"),
            output=working("coordination_windows", "Windows in which several post one text"),
            note="Where enough people posted copies of one text",
        ),
        Step(
            name="coordination_posts",
            sql=(
                "SELECT t.message_id, t.person_id, t.time, max(w.accounts) AS accounts "
                "FROM coordination_copies c JOIN coordination_windows w "
                "ON w.begun = c.begun AND w.copy = c.copy "
                "JOIN coordination_texts t ON t.message_id = c.message_id "
                "GROUP BY t.message_id, t.person_id, t.time"
            ),
            inputs=("coordination_copies", "coordination_windows", "coordination_texts"),
            output=working("coordination_posts", "Coordinated posts"),
            note="Posts of such windows",
        ),
        Step(
            name=COORDINATION.name,
            sql=(
                "SELECT p.person_id, p.n, m.messages, CAST(p.n AS DOUBLE) / m.messages AS share, "
                f"p.times, p.accounts, p.times >= {parameters.times} AND p.n * 2 >= m.messages "
                "AS flagged, p.first, p.last, p.evidence FROM (SELECT person_id, "
                "CAST(count(*) AS BIGINT) AS n, "
                "CAST(count(DISTINCT CAST(time AS DATE)) AS BIGINT) AS times, "
                "max(accounts) AS accounts, min(time) AS first, max(time) AS last, "
                "max_by(message_id, (accounts, message_id), 3) AS evidence "
                "FROM coordination_posts GROUP BY person_id) p JOIN ("
                "SELECT person_id, CAST(count(*) AS BIGINT) AS messages FROM message "
                f"WHERE {HEARD} GROUP BY person_id) m ON m.person_id = p.person_id"
            ),
            inputs=("coordination_posts", "message"),
            output=COORDINATION,
            note="One row for each account with coordinated posts",
        ),
    )


def analyze(engine: Engine, parameters: CoordinationParameters) -> Answer:
    """Finds coordinated accounts."""
    before, after = given_steps(parameters), steps(parameters)
    engine.map(
        partial(copied, alike=parameters.alike, edited=parameters.edited),
        engine.run(before), _COPIES, name=_COPIES.name, by=("part",),
    )  # fmt: skip
    return Answer(
        tables=(engine.run(after),),
        steps=(*before, *after),
        caveats=(Caveat(key="caveat_coordination"),),
    )


ANALYZER = Analyzer(
    name="coordination",
    version="2",
    reads=(
        Reads(
            schema=MESSAGE,
            columns=("message_id", "person_id", "time", "text"),
            also=("direction",),
        ),
    ),
    writes=(COORDINATION,),
    analyze=analyze,
    parameters=CoordinationParameters,
    quality="tested",
)

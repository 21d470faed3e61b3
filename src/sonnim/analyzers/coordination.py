"""Which accounts post the same, together, again and again?

Method: texts are compared by their letters alone, without mentions, addresses, digits and signs, so
    that a changed number or emoji does not hide a copy. Where `accounts` or more post one text
    within `minutes`, their posts are coordinated. An account is flagged if that happened on
    `times` days or more and at least half of its posts are so.
Source: Pacheco et al. 2021, ICWSM 15, 455-466 (coordination as unlikely likeness of behaviour).
Limits: a flag is no proof: fans who paste the same text on the same evening look alike. Texts of
    fewer than `letters` letters are common property ("좋아요") and are not compared. Copies in
    which words were changed are not found. Within `minutes` means: in the same window of that
    length, of which each time is in two.
Quality: tested
"""

from dataclasses import dataclass

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.cells import number, working
from sonnim.analyzers.texts import HEARD
from sonnim.engines.base import Engine
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers_network import COORDINATION
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.step import Step, quoted

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


def steps(parameters: CoordinationParameters) -> tuple[Step, ...]:
    """All SQL of the analysis."""
    plain = (
        f"regexp_replace(regexp_replace(lower(coalesce(text, '')), {quoted(_NOT_TEXT)}, ''), "
        f"{quoted(_NOT_LETTERS)}, '')"
    )
    window = number(parameters.minutes * 6e7)
    half = f"CAST(floor(unix_micros(time) / ({window} / 2e0)) AS BIGINT)"
    return (
        Step(
            name="coordination_texts",
            sql=(
                "SELECT message_id, person_id, time, md5(letters) AS copy, half FROM ("
                f"SELECT message_id, person_id, time, {plain} AS letters, {half} AS half "
                f"FROM message WHERE person_id IS NOT NULL AND time IS NOT NULL AND {HEARD}) read "
                f"WHERE length(letters) >= {parameters.letters}"
            ),
            inputs=("message",),
            output=working("coordination_texts", "Letters of each text, and when it was posted"),
            note="Texts by their letters alone, and halves of windows",
        ),
        Step(
            name="coordination_windows",
            sql=(
                "SELECT copy, begun, CAST(count(DISTINCT person_id) AS BIGINT) AS accounts FROM ("
                "SELECT copy, half AS begun, person_id FROM coordination_texts UNION ALL "
                "SELECT copy, half - 1, person_id FROM coordination_texts) windows "
                f"GROUP BY copy, begun HAVING count(DISTINCT person_id) >= {parameters.accounts}"
            ),
            inputs=("coordination_texts",),
            output=working("coordination_windows", "Windows in which several post one text"),
            note="Each half belongs to the window that begins with it, and to the one before",
        ),
        Step(
            name="coordination_posts",
            sql=(
                "SELECT t.message_id, t.person_id, t.time, max(w.accounts) AS accounts "
                "FROM coordination_texts t JOIN coordination_windows w ON w.copy = t.copy "
                "AND (w.begun = t.half OR w.begun = t.half - 1) "
                "GROUP BY t.message_id, t.person_id, t.time"
            ),
            inputs=("coordination_texts", "coordination_windows"),
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
    made = steps(parameters)
    return Answer(
        tables=(engine.run(made),), steps=made, caveats=(Caveat(key="caveat_coordination"),)
    )


ANALYZER = Analyzer(
    name="coordination",
    version="1",
    reads=(Reads(schema=MESSAGE, columns=("person_id", "time", "text"), also=("direction",)),),
    writes=(COORDINATION,),
    analyze=analyze,
    parameters=CoordinationParameters,
    quality="tested",
)

"""Counts messages by language: the analyzer that the exam's own tests examine.

Method: groups and counts, with the share of ratings at the top of the scale.

Source: none is needed for counting.

Limits: counts what the source states; nothing is detected.
"""

from dataclasses import dataclass

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.checks.rows import schema_of
from sonnim.engines.base import Engine
from sonnim.tables.answer import Answer
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.step import Step

COUNTS = schema_of("counts", "language:string n:long top:double first:strings")


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """How to count."""

    least: int = parameter(1, Limit(meaning="Least number of messages", low=1, high=100))
    order: str = parameter("id", Limit(meaning="Order of ids", choices=("id", "time")))


def analyze(engine: Engine, parameters: Parameters) -> Answer:
    step = Step(
        name="counts",
        sql=f"""
            SELECT coalesce(language, '') AS language, count(*) AS n,
                wilson_low(count_if(rating = rating_max), nullif(count(rating), 0), 1.96e0) AS top,
                min_by(message_id, (unix_micros(time), message_id), 3) AS first
            FROM message GROUP BY 1 HAVING count(*) >= {parameters.least}
        """,
        inputs=("message",),
        output=COUNTS,
    )
    return Answer(tables=(engine.run([step]),), steps=(step,))


ANALYZER = Analyzer(
    name="counts",
    version="1",
    reads=(
        Reads(
            schema=MESSAGE,
            columns=("message_id", "time", "language", "rating", "rating_max"),
        ),
    ),
    writes=(COUNTS,),
    analyze=analyze,
    parameters=Parameters,
)

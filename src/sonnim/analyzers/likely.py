"""Steps shared by analyzers that name what `reading` finds likely of a message."""

from collections.abc import Sequence

from sonnim.analyzers.base import Reads
from sonnim.analyzers.cells import number, working
from sonnim.tables.answers import READING
from sonnim.tables.facts import MESSAGE
from sonnim.tables.schema import Column, TableSchema
from sonnim.tables.step import Step


def likely_reads(columns: Sequence[Column], *also: str) -> tuple[Reads, ...]:
    """What `likely_steps` reads.

    Args:
        columns: Columns of `reading` with probabilities.
        also: Further columns of it.
    """
    return (
        Reads(schema=READING, columns=tuple(one.name for one in columns), also=also),
        Reads(schema=MESSAGE, columns=("text",), also=("title",)),
    )


def likely_steps(
    output: TableSchema, columns: Sequence[Column], *, least: float, also: str = ""
) -> tuple[Step, ...]:
    """A row for each probability of a message that is large enough, with its rank.

    Args:
        output: Schema of the rows: message_id, name, probability, rank, and one more column if
            `also` is given.
        columns: Columns of `reading` with probabilities, named `p_` and what is probable.
        least: Least probability.
        also: SQL over the columns of `reading`, and AS with the name of the column that it gives.
    """
    names = ", ".join(one.name for one in columns)
    more = also and also.rpartition(" AS ")[2]
    probable = f"{output.name}_probable"
    ranked = "PARTITION BY message_id ORDER BY probability DESC NULLS LAST, name ASC NULLS LAST"
    return (
        Step(
            name=probable,
            sql=(
                f"SELECT message_id, substr(p_name, 3) AS name, probability{more and f', {more}'} "
                f"FROM (SELECT message_id, {names}{also and f', {also}'} FROM reading r WHERE "
                "EXISTS (SELECT 1 FROM message m WHERE m.message_id = r.message_id)) AS found "
                f"UNPIVOT (probability FOR p_name IN ({names}))"
            ),
            inputs=("reading", "message"),
            output=working(probable, "A message and one thing that may hold of it"),
            note="A row for each probability that was read, in place of a column",
        ),
        Step(
            name=output.name,
            sql=(
                "SELECT message_id, name, probability, CAST(row_number() OVER "
                f"({ranked}) AS BIGINT) AS rank{more and f', {more}'} FROM {probable} "
                f"WHERE probability >= {number(least)}"
            ),
            inputs=(probable,),
            output=output,
            note="Those that are likely enough, the likeliest first",
        ),
    )

"""Texts read as in the product: `mood`, `reading`, then `domains` with the ratings of some."""

from collections.abc import Sequence

from sonnim.analyzers import domains, mood, reading
from sonnim.checks.rows import Row, fetched, table_of
from sonnim.engines.base import Engine
from sonnim.language.mood_model import LABELS
from sonnim.language.readers import installed
from sonnim.tables.answers import MOOD, READING
from sonnim.tables.facts import CORRECTION, MESSAGE
from sonnim.tables.schema import TableSchema
from sonnim.tables.table import Table


def tiers() -> tuple[str, ...]:
    """The tiers that are installed here, and are read whole."""
    return ("fast", "accurate") if installed() else ("fast",)


def load(engine: Engine, schema: TableSchema, rows: Sequence[Row]) -> None:
    """Gives the engine a table."""
    engine.load(Table(schema=schema, name=schema.name), table_of(schema, rows))


def read(engine: Engine, messages: Sequence[Row], tier: str) -> None:
    """Reads messages: `mood`, and what the tier reads besides."""
    load(engine, MESSAGE, messages)
    load(engine, CORRECTION, [])
    mood.ANALYZER.analyze(engine, mood.MoodParameters(tier=tier))
    if tier == "accurate":
        reading.ANALYZER.analyze(engine, reading.ANALYZER.parameters())
    else:
        load(engine, READING, [])


def fitted(engine: Engine) -> dict[str, tuple[float, ...]]:
    """Probabilities of the moods of each message, after `domains` with the ratings there are."""
    answer = domains.ANALYZER.analyze(engine, domains.DomainsParameters())
    found: dict[str, tuple[float, ...]] = {}
    # Without ratings, what is in no language that can be read stays as it is.
    for table in (Table(schema=MOOD, name=MOOD.name), answer.tables[1]):
        for row in fetched(engine, table):
            one = dict(zip(table.schema.names, row, strict=True))
            if one["p_negative"] is not None:
                found[one["message_id"]] = tuple(one[f"p_{name}"] for name in LABELS)
    return found

"""Opinions for people: with the names of their aspects in one language, and one quote for each."""

from typing import Any

from arro3.core import Table as ArrowTable

from sonnim.analyzers.quoting import TO_QUOTE, quoted
from sonnim.language.aspects import Catalogue
from sonnim.tables.answers import OPINION
from sonnim.tables.arrow import batch
from sonnim.tables.schema import Column, TableSchema
from sonnim.tables.step import quoted as literal
from sonnim.views.content import Quote
from sonnim.views.opinion import MOST
from sonnim.workspace import settings
from sonnim.workspace.aspect_settings import aspects
from sonnim.workspace.quote_rows import QUOTE_COLUMNS, quotes_of
from sonnim.workspace.workspace import Workspace

_NAMED = OPINION.only(("message_id", "number", "category", "polarity", "probability"))
_CHOSEN = TableSchema(
    name="opinion_quotes",
    version=1,
    meaning="The message that shows a negative opinion of one aspect best",
    key=("category",),
    columns=(
        *QUOTE_COLUMNS,
        Column(name="category", meaning="Aspect"),
    ),
)
# A message that a report can quote whole.
_FEW_LETTERS, _MANY_LETTERS = 12, 160


def names(workspace: Workspace, language: str) -> dict[str, str]:
    """The name of each aspect in that language, the company's own among them."""
    found = Catalogue.load(aspects(workspace.folder))
    return {one.id: one.ko if language == "ko" else one.en for one in found.categories}


def named_opinions(workspace: Workspace, language: str) -> ArrowTable:
    """The opinions, with names in the place of aspects; of an aspect unknown now, its id."""
    known = names(workspace, language)
    values = ", ".join(f"({literal(id)}, {literal(name)})" for id, name in known.items())
    return workspace.query(
        "SELECT o.message_id, o.number, coalesce(n.name, o.category) AS category, o.polarity, "
        f"o.probability FROM opinion o LEFT JOIN (VALUES {values}) n(id, name) "
        "ON n.id = o.category",
        _NAMED,
    )


def opinion_quotes(workspace: Workspace, language: str) -> tuple[Quote, ...]:
    """One negative message for each of the aspects with most of them, personal data masked."""
    sql = (
        "SELECT message_id, text, time, channel, rating, rating_max, probability, category FROM ("
        "SELECT m.message_id, m.text, m.time, m.channel, m.rating, m.rating_max, o.category, "
        "o.probability, count(*) OVER (PARTITION BY o.category) AS negative, "
        "row_number() OVER (PARTITION BY o.category ORDER BY "
        f"CASE WHEN length(m.text) BETWEEN {_FEW_LETTERS} AND {_MANY_LETTERS} THEN 0 ELSE 1 END, "
        "o.probability DESC NULLS LAST, m.message_id) AS place, length(m.text) AS letters "
        "FROM opinion o JOIN message m ON m.message_id = o.message_id "
        "WHERE o.polarity = 'negative' AND o.category IS NOT NULL "
        "AND coalesce(m.direction, 'public') <> 'out') ranked "
        f"WHERE place = 1 AND letters BETWEEN {_FEW_LETTERS} AND {_MANY_LETTERS} "
        f"ORDER BY negative DESC, category LIMIT {MOST}"
    )
    table = workspace.query(sql, _CHOSEN)
    rows: dict[str, list[Any]] = {
        name: list(table.column(name).to_pylist()) for name in table.column_names
    }
    masked = quoted(batch(TO_QUOTE, {name: rows[name] for name in TO_QUOTE.names}))
    known = names(workspace, language)
    rows["text"] = list(masked.column("text").to_pylist())
    return quotes_of(
        rows,
        labels=["negative"] * len(rows["text"]),
        subjects=[known.get(one, one) for one in rows["category"]],
        zone=settings.timezone(workspace.folder),
    )

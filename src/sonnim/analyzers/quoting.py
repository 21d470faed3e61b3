"""Quotes as they may leave the table `message`: personal data masked, in one place for all.

Whoever quotes customers gives their texts to `quoted_texts`; reports, screens and exports show the
table that comes out, and never the message itself.
"""

from arro3.core import RecordBatch

from sonnim.engines.base import Engine
from sonnim.language.pii import mask_counted
from sonnim.tables.answers import QUOTE
from sonnim.tables.arrow import batch, strings
from sonnim.tables.schema import Column, TableSchema
from sonnim.tables.table import Table

TO_QUOTE = TableSchema(
    name="to_quote",
    version=1,
    meaning="One message that is quoted",
    key=("message_id",),
    columns=(
        Column(name="message_id", meaning="Which message"),
        Column(name="text", meaning="What was said"),
    ),
)
"""What `quoted_texts` reads."""


def quoted(texts: RecordBatch) -> RecordBatch:
    """A batch of texts masked.

    Example:
        >>> given = batch(TO_QUOTE, {"message_id": ["m1"], "text": ["010-0123-4567로 주세요"]})
        >>> quoted(given).column("text").to_pylist()
        ['[전화번호]로 주세요']
    """
    masked = [mask_counted(text) for text in strings(texts, "text")]
    return batch(
        QUOTE,
        {
            "message_id": texts.column("message_id").to_pylist(),
            "text": [text for text, _ in masked],
            "masked": [places for _, places in masked],
        },
    )


def quoted_texts(engine: Engine, texts: Table) -> Table:
    """The table `quote` from a table of `TO_QUOTE`."""
    return engine.map(quoted, texts, QUOTE, name=QUOTE.name, columns=TO_QUOTE.names)

"""The step shared by analyzers that read texts."""

from collections.abc import Sequence

from sonnim.tables.schema import Column, TableSchema
from sonnim.tables.step import Step

DIGEST = "md5(coalesce(title, '') || '|' || coalesce(text, ''))"
"""SQL of the digest by which a changed message is told from one that was read already."""

TEXT = (
    "CASE WHEN title IS NULL OR title = '' THEN coalesce(text, '') "
    "ELSE title || '. ' || coalesce(text, '') END"
)
"""SQL of title and text as one text."""

SOURCE = "coalesce(m.source, '')"
"""SQL of where a message `m` came from; a bare file names no source."""

HEARD = "coalesce(direction, 'public') <> 'out'"
"""SQL of what was not said by the company itself."""

TEXTS = TableSchema(
    name="texts",
    version=1,
    meaning="One text to read",
    key=("message_id",),
    columns=(
        Column(name="message_id", meaning="Which message"),
        Column(name="text", meaning="Title and text"),
        Column(name="text_digest", meaning="MD5 of title and text"),
    ),
)


def texts_step(name: str, *, also: Sequence[str] = (), where: str = "", note: str = "") -> Step:
    """Messages as one text each, title first.

    Args:
        name: Name of the step.
        also: Columns of the messages to take along.
        where: Which messages; all by default.
        note: What a reader of the SQL is told.
    """
    return Step(
        name=name,
        sql=(
            f"SELECT message_id, {TEXT} AS text, {DIGEST} AS text_digest"
            f"{''.join(f', {column}' for column in also)} FROM message"
            f"{where and f' WHERE {where}'}"
        ),
        inputs=("message",),
        output=TEXTS,
        note=note or "Title and text as one text",
    )

"""Rows of messages as the quotes of a report."""

from collections.abc import Mapping, Sequence
from typing import Any

from sonnim.tables.schema import Column, ColumnType
from sonnim.views.content import Quote
from sonnim.workspace.local_time import local

QUOTE_COLUMNS = (
    Column(name="message_id", meaning="Which message"),
    Column(name="text", meaning="What was said"),
    Column(name="time", type=ColumnType.TIMESTAMP, meaning="When"),
    Column(name="channel", meaning="Where"),
    Column(name="rating", type=ColumnType.DOUBLE, meaning="Rating"),
    Column(name="rating_max", type=ColumnType.DOUBLE, meaning="Greatest rating"),
    Column(name="probability", type=ColumnType.DOUBLE, meaning="How sure its mood is"),
)
"""What `quotes_of` needs of each message."""


def quotes_of(
    rows: Mapping[str, Sequence[Any]],
    *,
    labels: Sequence[str],
    subjects: Sequence[str | None],
    zone: str,
) -> tuple[Quote, ...]:
    """The quotes.

    Args:
        rows: Values by the names of `QUOTE_COLUMNS`; personal data in the texts is masked already.
        labels: Mood of each.
        subjects: What each is about.
        zone: Time zone in which their times are shown.
    """
    times = local(list(rows["time"]), zone)
    return tuple(
        Quote(
            text=text,
            date=times[i],
            channel=rows["channel"][i] or "",
            rating=rows["rating"][i],
            rating_max=rows["rating_max"][i],
            label=labels[i],
            probability=rows["probability"][i],
            message_id=rows["message_id"][i],
            subject=subjects[i] or "",
        )
        for i, text in enumerate(rows["text"])
    )

"""Zendesk tickets as CSV: of a view, or of the account's data export.

**How to get it.** Views › a view › ⋮ › Export CSV; or Admin Center › Account › Tools › Reports ›
Export › CSV. Both are sent by e-mail.

**What becomes of it.** Each ticket is a message (`ticket`, `in`) of its requester: these files hold
no more words than the subject, which becomes the text. The group is the unit. A satisfaction score
of good or bad becomes an answer (`csat`, 1 or 0). Use the JSON export for the conversations.

**What is not read.** Requesters' names and addresses are not kept with the message; the requester
is kept as account. Ratings that were only offered are no answers. Times are in the account's zone,
which the file does not name: they are taken as UTC, say another with `--timezone`.
"""

from sonnim.connectors.expressions import is_filled
from sonnim.connectors.preset import Preset, Rows, To

_TIME = ("Created at", "Requested", "Requested date", "Created", "Ticket created - Timestamp")
_WHO = ("Requester email", "Requester id", "Requester")
_PERSON = (
    "coalesce(nullif({Requester email?}, ''), 'zendesk:' || coalesce("
    "nullif(CAST({Requester id?} AS VARCHAR), ''), {Requester}))"
)
_GOOD = "lower({Satisfaction Score}) LIKE 'good%'"
_BAD = "lower({Satisfaction Score}) LIKE 'bad%'"
_ID = ("Id", "ID", "Ticket ID", "Ticket id", "#")

PRESET = Preset(
    name="zendesk_export",
    title="Zendesk tickets (CSV)",
    title_ko="젠데스크 티켓 (CSV)",
    certain="observed",
    needs=(
        ("Id", "Ticket ID"),
        ("Subject",),
        ("Requester",),
        _TIME,
        ("Status", "Ticket status"),
        ("Group", "Assignee"),
    ),
    values=(("Id|Ticket ID", r"^#?\d+$"),),
    timezone="UTC",
    ignore=("Summation column", "Requester domain", "Requester external id"),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", names=_ID),
                To(column="time", names=_TIME),
                To(column="person_id", sql=_PERSON),
                To(column="channel", names=("Via", "Channel", "Ticket channel")),
                To(column="channel", constant="zendesk"),
                To(column="kind", constant="ticket"),
                To(column="direction", constant="in"),
                To(column="text", names=("Subject",)),
                To(column="thread_id", names=_ID),
                To(column="unit", names=("Group", "Ticket group")),
            ),
        ),
        Rows(
            table="answer",
            needs=("score",),
            to=(
                To(column="where", sql=f"({_GOOD} OR {_BAD})"),
                To(column="answer_id", names=_ID),
                To(column="time", names=("Solved at", *_TIME)),
                To(column="person_id", sql=_PERSON),
                To(column="survey", constant="zendesk"),
                To(column="metric", constant="csat"),
                To(column="score", sql=f"CASE WHEN {_GOOD} THEN 1.0 WHEN {_BAD} THEN 0.0 END"),
                To(column="scale_min", constant="0"),
                To(column="scale_max", constant="1"),
                To(column="unit", names=("Group", "Ticket group")),
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="where", sql=is_filled("{Requester}")),
                To(column="person_id", sql=_PERSON),
                To(column="kind", constant="customer"),
                To(column="name", names=("Requester",)),
            ),
        ),
        Rows(
            table="account",
            to=(
                To(column="where", sql=is_filled("{Requester}")),
                To(column="source_id", names=_WHO),
                To(column="person_id", sql=_PERSON),
                To(column="probability", constant="1"),
                To(column="decided_by", constant="source"),
            ),
        ),
    ),
)

"""Intercom conversations as a table: one row a message.

**How to get it.** Intercom's own CSV of conversations holds no texts; people get them by an export
tool that writes one row a message (`message_id`, `message_body`, `message_author_type`…). The API's
JSON is read as Intercom conversations.

**What becomes of it.** Each row with words is a message (`chat`; `in` from users and leads, `out`
from teammates and bots), in the thread of its conversation. Teammates and bots are people of kind
`employee`, users and leads `customer`; both are kept as account.

**What is not read.** Rows about assigning, snoozing and closing, and notes among teammates, are no
messages to anyone. Times are UTC.
"""

from sonnim.connectors.expressions import is_filled, plain_text
from sonnim.connectors.preset import Preset, Rows, To

_PERSON = (
    "coalesce(nullif({message_author_email?}, ''), "
    "'intercom:' || CAST({message_author_id} AS VARCHAR))"
)
_OURS = "lower({message_author_type}) IN ('admin', 'bot', 'teammate', 'operator')"

PRESET = Preset(
    name="intercom_messages",
    title="Intercom messages (CSV)",
    title_ko="인터콤 메시지 (CSV)",
    certain="observed",
    needs=(
        ("message_id",),
        ("message_body",),
        ("message_created_at",),
        ("message_author_type",),
        ("message_author_id",),
        ("conversation_id",),
    ),
    timezone="UTC",
    ignore=("message_author_email", "message_author_name", "app_id"),
    rows=(
        Rows(
            table="message",
            to=(
                To(
                    column="where",
                    sql=f"{is_filled(plain_text('{message_body}'))} AND "
                    "coalesce(lower({message_type?}), '') <> 'note'",
                ),
                To(column="message_id", names=("message_id",)),
                To(column="time", names=("message_created_at",)),
                To(column="person_id", sql=_PERSON),
                To(column="channel", constant="intercom"),
                To(column="kind", constant="chat"),
                To(column="direction", sql=f"CASE WHEN {_OURS} THEN 'out' ELSE 'in' END"),
                To(column="text", sql=plain_text("{message_body}")),
                To(column="thread_id", names=("conversation_id",)),
                To(column="subject", names=("app_name",)),
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="where", sql=is_filled("{message_author_id}")),
                To(column="person_id", sql=_PERSON),
                To(column="kind", sql=f"CASE WHEN {_OURS} THEN 'employee' ELSE 'customer' END"),
                To(column="name", names=("message_author_name",)),
            ),
        ),
        Rows(
            table="account",
            to=(
                To(column="where", sql=is_filled("{message_author_id}")),
                To(column="source_id", names=("message_author_id",)),
                To(column="person_id", sql=_PERSON),
                To(column="probability", constant="1"),
                To(column="decided_by", constant="source"),
            ),
        ),
    ),
)

"""Intercom conversations as JSON, from the API or the S3 export.

**How to get it.** `GET /conversations/ID` for each conversation (the list holds no parts), saved
one a line or in a list; or Settings › Data › Export › Amazon S3.

**What becomes of it.** What a conversation began with and each part that says something are
messages (`chat`, or `email` where it was delivered so), `in` from users, leads and contacts,
`out` from teammates and bots, in the thread of the conversation; HTML becomes plain text. A
rating (1 to 5) becomes an answer (`csat`), its remark a message (`verbatim`). Teammates and bots
are people of kind `employee`, the others `customer`; both are kept as account.

**What is not read.** Notes among teammates, and parts that only assign, snooze or close.
Attachments are dropped; tags and statistics stay among the attributes.
"""

from sonnim.connectors.expressions import NOTHING_ELSE, is_filled, plain_text, with_each
from sonnim.connectors.preset import Preset, Rows, To


def _both(own: str, in_part: str) -> str:
    """A field of what the conversation began with, or of the part where the row is one."""
    part = f"json_extract_string({{part}}, '$.{in_part}')"
    return f"CASE WHEN {{part}} IS NULL THEN {own} ELSE {part} END"


def _seconds(raw: str) -> str:
    return f"TRY(to_timestamp(TRY_CAST({raw} AS DOUBLE)))"


_TYPE = "lower(" + _both("{source.author.type}", "author.type") + ")"
_OURS = f"coalesce({_TYPE} IN ('admin', 'bot', 'team', 'operator'), false)"
_ID = _both("CAST({source.author.id?} AS VARCHAR)", "author.id")
_MAIL = _both("{source.author.email?}", "author.email")
_NAME = _both("{source.author.name?}", "author.name")
_PERSON = f"coalesce(nullif({_MAIL}, ''), 'intercom:' || ({_ID}))"
_SAID = plain_text(_both("{source.body}", "body"))
_NOTE = "coalesce(json_extract_string({part}, '$.part_type') IN ('note', 'note_and_reopen'), false)"
_RATED = "{part} IS NULL AND TRY_CAST({conversation_rating.rating} AS DOUBLE) BETWEEN 1 AND 5"

PRESET = Preset(
    name="intercom_conversations",
    title="Intercom conversations (JSON)",
    title_ko="인터콤 대화 (JSON)",
    certain="documented",
    needs=(("id",), ("created_at",), ("source.body",), ("source.author.type",), ("state", "open")),
    timezone="UTC",
    prepare=with_each("{conversation_parts.conversation_parts?}", "part"),
    prepared=("part",),
    ignore=(
        "type", "conversation_parts.conversation_parts", "conversation_parts.type",
        "conversation_parts.total_count", "source.type", "source.id", "source.attachments",
        "source.author.name", "source.author.email", "source.author.id", "contacts.contacts",
        "contacts.type", "teammates", "teammates.admins", "teammates.type", "tags.type",
        "conversation_rating.contact.type", "conversation_rating.contact.id",
        "conversation_rating.teammate.type", "conversation_rating.remark",
    ),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="where", sql=f"{is_filled(_SAID)} AND NOT {_NOTE}"),
                To(
                    column="message_id",
                    sql="concat({id}, '/' || json_extract_string({part}, '$.id'))",
                ),
                To(column="time", sql=_seconds(_both("CAST({created_at} AS VARCHAR)",
                                                     "created_at"))),
                To(column="person_id", sql=_PERSON),
                To(column="channel", constant="intercom"),
                To(
                    column="kind",
                    sql="CASE WHEN lower({source.type?}) = 'email' THEN 'email' ELSE 'chat' END",
                ),
                To(column="direction", sql=f"CASE WHEN {_OURS} THEN 'out' ELSE 'in' END"),
                To(column="text", sql=_SAID),
                To(
                    column="title",
                    sql=f"CASE WHEN {{part}} IS NULL THEN nullif({plain_text('{source.subject}')}, "
                    "'') END",
                ),
                To(column="thread_id", names=("id",)),
                To(column="reply_to", sql="CASE WHEN {part} IS NOT NULL THEN {id} END"),
                To(column="unit", names=("team_assignee_id",)),
                To(column="url", sql="CASE WHEN {part} IS NULL THEN {source.url} END"),
            ),
        ),
        Rows(
            table="answer",
            needs=("score",),
            to=(
                To(column="where", sql=_RATED),
                To(column="answer_id", names=("id",)),
                To(
                    column="time",
                    sql=_seconds("coalesce({conversation_rating.created_at?}, {created_at})"),
                ),
                To(column="person_id", sql=_PERSON),
                To(column="survey", constant="intercom"),
                To(column="metric", constant="csat"),
                To(column="score", names=("conversation_rating.rating",)),
                To(column="scale_min", constant="1"),
                To(column="scale_max", constant="5"),
                To(column="unit", names=("team_assignee_id",)),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="message/verbatim",
            needs=("text",),
            to=(
                To(
                    column="where",
                    sql=f"{_RATED} AND {is_filled('{conversation_rating.remark}')}",
                ),
                To(column="message_id", names=("id",)),
                To(
                    column="time",
                    sql=_seconds("coalesce({conversation_rating.created_at?}, {created_at})"),
                ),
                To(column="person_id", sql=_PERSON),
                To(column="channel", constant="intercom"),
                To(column="kind", constant="verbatim"),
                To(column="direction", constant="in"),
                To(column="text", names=("conversation_rating.remark",)),
                To(column="thread_id", names=("id",)),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="where", sql=is_filled(_PERSON)),
                To(column="person_id", sql=_PERSON),
                To(column="kind", sql=f"CASE WHEN {_OURS} THEN 'employee' ELSE 'customer' END"),
                To(column="name", sql=_NAME),
            ),
        ),
        Rows(
            table="account",
            to=(
                To(column="where", sql=is_filled(_ID)),
                To(column="source_id", sql=_ID),
                To(column="person_id", sql=_PERSON),
                To(column="probability", constant="1"),
                To(column="decided_by", constant="source"),
            ),
        ),
    ),
)  # fmt: skip

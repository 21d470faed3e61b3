"""Freshdesk tickets as JSON, from the API or the account export.

**How to get it.** `GET /api/v2/tickets?include=description,requester` and `GET
/api/v2/tickets/ID?include=conversations`, the answers saved as JSON, one ticket a line or in a
list; or Admin › Account › Export data.

**What becomes of it.** Each ticket is a message (`ticket`, `in`) of its requester: subject as
title, description as text, how it came as channel, group as unit. Conversations are messages of
the same thread: incoming ones `in`, all others `out`. Agents are people of kind `employee`,
requesters `customer`; both are kept as account.

**What is not read.** Private notes are passed over. Attachments and addresses in copy are
dropped; custom fields, status and priority (as Freshdesk's numbers) stay among the attributes.
"""

from sonnim.connectors.expressions import NOTHING_ELSE, is_filled, plain_text, with_each
from sonnim.connectors.preset import Preset, Rows, To


def _of(field: str) -> str:
    return f"json_extract_string({{part}}, '$.{field}')"


_REQUESTER = (
    "coalesce(nullif({requester.email?}, ''), "
    "'freshdesk:' || nullif(CAST({requester_id} AS VARCHAR), ''))"
)
_AUTHOR = (
    f"CASE WHEN {_of('user_id')} = CAST({{requester_id}} AS VARCHAR) THEN {_REQUESTER} "
    f"ELSE 'freshdesk:' || {_of('user_id')} END"
)
_INCOMING = f"(coalesce({_of('incoming')}, 'false') = 'true')"
_SAID = f"coalesce(nullif({_of('body_text')}, ''), {plain_text(_of('body'))})"
# https://developers.freshdesk.com/api/#tickets, "source"
_SOURCE = (
    "CASE CAST({source?} AS VARCHAR) WHEN '1' THEN 'email' WHEN '2' THEN 'portal' WHEN '3' "
    "THEN 'phone' WHEN '7' THEN 'chat' WHEN '9' THEN 'feedback widget' WHEN '10' THEN "
    "'outbound email' ELSE 'freshdesk' END"
)

PRESET = Preset(
    name="freshdesk_tickets",
    title="Freshdesk tickets (JSON)",
    title_ko="프레시데스크 티켓 (JSON)",
    certain="documented",
    needs=(
        ("id",),
        ("subject",),
        ("requester_id",),
        ("responder_id", "fr_escalated", "fwd_emails"),
        ("created_at",),
        ("priority",),
    ),
    timezone="UTC",
    prepare=with_each("{conversations?}", "part"),
    prepared=("part",),
    ignore=(
        "conversations", "cc_emails", "fwd_emails", "reply_cc_emails", "ticket_cc_emails",
        "to_emails", "attachments", "description", "requester.email", "requester.name",
        "requester.mobile", "requester.phone", "requester.id", "source",
    ),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="where", sql="{part} IS NULL"),
                To(column="message_id", names=("id",)),
                To(column="time", names=("created_at",)),
                To(column="person_id", sql=_REQUESTER),
                To(column="channel", sql=_SOURCE),
                To(column="kind", constant="ticket"),
                To(column="direction", constant="in"),
                To(
                    column="text",
                    sql=f"coalesce(nullif({{description_text?}}, ''), "
                    f"nullif({plain_text('{description?}')}, ''), {{subject}})",
                ),
                To(column="title", names=("subject",)),
                To(column="thread_id", names=("id",)),
                To(column="subject", names=("product_id",)),
                To(column="unit", names=("group_id",)),
            ),
        ),
        Rows(
            table="message/conversation",
            to=(
                To(
                    column="where",
                    sql=f"{{part}} IS NOT NULL AND coalesce({_of('private')}, 'false') <> 'true' "
                    f"AND {is_filled(_SAID)}",
                ),
                To(column="message_id", sql=f"concat({{id}}, '/', {_of('id')})"),
                To(column="time", sql=_of("created_at")),
                To(column="person_id", sql=_AUTHOR),
                To(column="channel", sql=_SOURCE),
                To(column="kind", constant="reply"),
                To(column="direction", sql=f"CASE WHEN {_INCOMING} THEN 'in' ELSE 'out' END"),
                To(column="text", sql=_SAID),
                To(column="thread_id", names=("id",)),
                To(column="reply_to", names=("id",)),
                To(column="unit", names=("group_id",)),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="where", sql="{part} IS NULL"),
                To(column="person_id", sql=_REQUESTER),
                To(column="kind", constant="customer"),
                To(column="name", names=("requester.name",)),
            ),
        ),
        Rows(
            table="person/agent",
            to=(
                To(column="where", sql=f"{{part}} IS NOT NULL AND NOT {_INCOMING}"),
                To(column="person_id", sql=_AUTHOR),
                To(column="kind", constant="employee"),
            ),
        ),
        Rows(
            table="account",
            to=(
                To(column="source_id", sql=f"coalesce({_of('user_id')}, {{requester_id}})"),
                To(
                    column="person_id",
                    sql=f"CASE WHEN {{part}} IS NULL THEN {_REQUESTER} ELSE {_AUTHOR} END",
                ),
                To(column="probability", constant="1"),
                To(column="decided_by", constant="source"),
            ),
        ),
    ),
)  # fmt: skip

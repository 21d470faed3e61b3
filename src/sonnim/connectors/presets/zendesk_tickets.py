"""Zendesk tickets as JSON: of the API, or of the account's data export.

**How to get it.** Admin Center › Account › Tools › Reports › Export › JSON (one ticket a line,
with comments); or `GET /api/v2/tickets.json` and the incremental export, saved as they come.

**What becomes of it.** Each ticket is a message (`ticket`, `in`) of its requester, its subject as
title and its description as text; the ticket's channel is the channel, its group the unit. Public
comments after the first are messages of the same thread: `in` from the requester and people in
copy, `out` from agents. A satisfaction rating of good or bad becomes an answer (`csat`, 1 or 0),
its comment a message (`verbatim`). Agents are people of kind `employee`, requesters `customer`;
both are kept as account.

**What is not read.** Private comments are notes among agents: they are passed over. Ratings that
were only offered are no answers. Attachments and metadata (with IP addresses) are dropped; custom
fields stay among the attributes.
"""

from sonnim.connectors.expressions import NOTHING_ELSE, is_filled, items, plain_text, with_each
from sonnim.connectors.preset import Preset, Rows, To


def _of(field: str) -> str:
    return f"json_extract_string({{comment}}, '$.{field}')"


def _person(raw: str) -> str:
    return f"'zendesk:' || nullif(CAST({raw} AS VARCHAR), '')"


_THEIRS = (
    f"({_of('author_id')} = CAST({{requester_id}} AS VARCHAR) OR "
    f"list_contains({items('{collaborator_ids?}')}, {_of('author_id')}))"
)
_SAID = plain_text(f"coalesce({_of('plain_body')}, {_of('body')}, {_of('html_body')})")
_RATED = "lower({satisfaction_rating.score})"
_COMMENTED = is_filled("{satisfaction_rating.comment}")

PRESET = Preset(
    name="zendesk_tickets",
    title="Zendesk tickets (JSON)",
    title_ko="젠데스크 티켓 (JSON)",
    certain="documented",
    needs=(
        ("id",),
        ("subject", "raw_subject"),
        ("description",),
        ("requester_id",),
        ("submitter_id", "via.channel"),
        ("created_at",),
    ),
    timezone="UTC",
    # The first comment is the description once more.
    prepare=with_each("{comments?}", "comment", begin=2),
    prepared=("comment",),
    ignore=(
        "url", "raw_subject", "comments", "fields", "via.source.from.address",
        "via.source.from.name", "via.source.to.address", "via.source.to.name", "recipient",
        "submitter_id", "follower_ids", "email_cc_ids", "metric_set", "satisfaction_rating.id",
    ),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="where", sql="{comment} IS NULL"),
                To(column="message_id", names=("id",)),
                To(column="time", names=("created_at",)),
                To(column="person_id", sql=_person("{requester_id}")),
                To(column="channel", names=("via.channel",)),
                To(column="kind", constant="ticket"),
                To(column="direction", constant="in"),
                To(column="text", sql=plain_text("coalesce({description}, {subject?})")),
                To(column="title", names=("subject", "raw_subject")),
                To(column="thread_id", names=("id",)),
                To(column="unit", names=("group.name", "group_id")),
            ),
        ),
        Rows(
            table="message/comment",
            to=(
                To(
                    column="where",
                    sql=f"{{comment}} IS NOT NULL AND coalesce({_of('public')}, 'true') = 'true' "
                    f"AND {is_filled(_SAID)}",
                ),
                To(column="message_id", sql=f"concat({{id}}, '/', {_of('id')})"),
                To(column="time", sql=_of("created_at")),
                To(column="person_id", sql=_person(_of("author_id"))),
                To(column="channel", sql=f"coalesce({_of('via.channel')}, {{via.channel?}})"),
                To(column="kind", constant="reply"),
                To(column="direction", sql=f"CASE WHEN {_THEIRS} THEN 'in' ELSE 'out' END"),
                To(column="text", sql=_SAID),
                To(column="thread_id", names=("id",)),
                To(column="reply_to", names=("id",)),
                To(column="unit", names=("group.name", "group_id")),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="answer",
            needs=("score",),
            to=(
                To(
                    column="where",
                    sql=f"{{comment}} IS NULL AND ({_RATED} LIKE 'good%' OR {_RATED} LIKE 'bad%')",
                ),
                To(column="answer_id", names=("id",)),
                To(column="time", names=("updated_at", "created_at")),
                To(column="person_id", sql=_person("{requester_id}")),
                To(column="survey", constant="zendesk"),
                To(column="metric", constant="csat"),
                To(
                    column="score",
                    sql=f"CASE WHEN {_RATED} LIKE 'good%' THEN 1.0 ELSE 0.0 END",
                ),
                To(column="scale_min", constant="0"),
                To(column="scale_max", constant="1"),
                To(column="unit", names=("group.name", "group_id")),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="message/verbatim",
            needs=("text",),
            to=(
                To(column="where", sql=f"{{comment}} IS NULL AND {_COMMENTED}"),
                To(column="message_id", names=("id",)),
                To(column="time", names=("updated_at", "created_at")),
                To(column="person_id", sql=_person("{requester_id}")),
                To(column="channel", names=("via.channel",)),
                To(column="kind", constant="verbatim"),
                To(column="direction", constant="in"),
                To(column="text", names=("satisfaction_rating.comment",)),
                To(column="thread_id", names=("id",)),
                To(column="unit", names=("group.name", "group_id")),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="where", sql="{comment} IS NULL"),
                To(column="person_id", sql=_person("{requester_id}")),
                To(column="kind", constant="customer"),
            ),
        ),
        Rows(
            table="person/agent",
            to=(
                To(column="where", sql=f"{{comment}} IS NOT NULL AND NOT {_THEIRS}"),
                To(column="person_id", sql=_person(_of("author_id"))),
                To(column="kind", constant="employee"),
            ),
        ),
        Rows(
            table="account",
            to=(
                To(column="source_id", sql=f"coalesce({_of('author_id')}, {{requester_id}})"),
                To(
                    column="person_id",
                    sql=_person(f"coalesce({_of('author_id')}, {{requester_id}})"),
                ),
                To(column="probability", constant="1"),
                To(column="decided_by", constant="source"),
            ),
        ),
    ),
)  # fmt: skip

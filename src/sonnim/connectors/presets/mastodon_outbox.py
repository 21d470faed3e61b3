"""Mastodon: the posts of one's own archive (`outbox.json`).

**How to get it.** Preferences › Import and export › Data export › Request your archive. The archive
holds `outbox.json`, written in ActivityPub.

**What becomes of it.** Each post is a message (`post`, or `reply`; `out`) of the account
(`name@server`), its HTML as plain text, with whom it mentions and its address. Threads follow the
reply links within the file; addresses of posts are their ids, so that files of several accounts
find each other.

**What is not read.** Boosts (`Announce`) hold no text. A content warning becomes the title. Media,
polls and likes given are not taken.
"""

from sonnim.connectors.expressions import handles, items, plain_text
from sonnim.connectors.preset import Preset, Rows, To

_NAME = r"regexp_replace({actor}, '^https?://([^/]+)/(?:users/|@)?([^/]+)/?$', '\2@\1')"
_TAGS = f"array_to_string({items('{object.tag}', 'name')}, ' ')"

PRESET = Preset(
    name="mastodon_outbox",
    title="Mastodon archive",
    title_ko="마스토돈 아카이브",
    certain="documented",
    needs=(("actor",), ("published",), ("object.content",), ("object.attributedTo",), ("type",)),
    timezone="UTC",
    ignore=(
        "id", "object", "to", "cc", "object.to", "object.cc", "object.attachment", "signature.type",
        "signature.creator", "signature.created", "signature.signatureValue",
        "object.atomUri", "object.inReplyToAtomUri", "object.conversation", "object.published",
        "object.replies.id", "object.replies.type", "object.replies.first.type",
        "object.replies.first.next", "object.replies.first.partOf", "object.replies.first.items",
    ),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="where", sql="{type} = 'Create' AND {object.content} IS NOT NULL"),
                To(column="message_id", names=("object.id",)),
                To(column="time", names=("published",)),
                To(column="person_id", sql=_NAME),
                To(column="channel", constant="mastodon"),
                To(
                    column="kind",
                    sql="CASE WHEN {object.inReplyTo} IS NULL THEN 'post' ELSE 'reply' END",
                ),
                To(column="kind", constant="post"),
                To(column="direction", constant="out"),
                To(column="text", sql=plain_text("{object.content}")),
                To(column="title", names=("object.summary",)),
                To(column="reply_to", names=("object.inReplyTo",)),
                To(column="addressed", sql=handles(_TAGS, r"(?:^| )@([^\s]+)")),
                To(column="url", names=("object.url", "object.id")),
            ),
        ),
    ),
)  # fmt: skip

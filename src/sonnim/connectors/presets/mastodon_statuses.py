"""Mastodon: posts from the API.

**How to get it.** `GET /api/v1/timelines/tag/NAME`, `/api/v1/accounts/ID/statuses`,
`/api/v2/search?type=statuses` or a notification's statuses, saved as JSON (pages one after the
other are fine).

**What becomes of it.** Each post is a message (`post`, or `reply`; `public`, `in` for direct
ones) of its account (`name@server`), its HTML as plain text, with language, likes (favourites),
shares (boosts), whom it mentions and its address. Threads follow the reply links within the file.
Names of accounts are kept with the person.

**What is not read.** Boosts repeat another's post and are passed over. Media, polls and cards
stay out; a content warning becomes the title. Posts are told by the ids of the server that was
asked.
"""

from sonnim.connectors.expressions import is_filled, items, language, plain_text
from sonnim.connectors.preset import Preset, Rows, To


def _name(raw: str) -> str:
    """SQL that writes addresses of accounts as name@server; commas may part several."""
    return (
        f"regexp_replace({raw}, 'https?://([^/,]+)/(?:users/|@)([^/,@]+)(?:@[^/,]*)?', "
        r"'\2@\1', 'g')"
    )


_PERSON = _name("{account.url}")
_MENTIONS = _name(f"array_to_string({items('{mentions}', 'url')}, ',')")

PRESET = Preset(
    name="mastodon_statuses",
    title="Mastodon posts (API)",
    title_ko="마스토돈 게시물 (API)",
    certain="documented",
    needs=(
        ("account.acct",),
        ("content",),
        ("created_at",),
        ("favourites_count",),
        ("reblogs_count",),
    ),
    timezone="UTC",
    ignore=(
        "account.id", "account.note", "account.avatar", "account.avatar_static", "account.header",
        "account.header_static", "account.emojis", "account.fields", "account.created_at",
        "account.uri", "account.username", "account.bot", "account.followers_count",
        "account.following_count", "account.statuses_count", "account.last_status_at",
        "account.locked", "account.discoverable", "account.group", "media_attachments", "emojis",
        "tags", "card", "poll", "uri", "in_reply_to_account_id", "reblog", "favourited",
        "reblogged", "bookmarked", "muted", "pinned", "filtered",
    ),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="where", sql=is_filled("{content}")),
                To(column="message_id", names=("id",)),
                To(column="time", names=("created_at",)),
                To(column="person_id", sql=_PERSON),
                To(column="person_id", names=("account.acct",)),
                To(column="channel", constant="mastodon"),
                To(
                    column="kind",
                    sql="CASE WHEN {in_reply_to_id} IS NULL THEN 'post' ELSE 'reply' END",
                ),
                To(column="kind", constant="post"),
                To(
                    column="direction",
                    sql="CASE WHEN {visibility?} = 'direct' THEN 'in' ELSE 'public' END",
                ),
                To(column="text", sql=plain_text("{content}")),
                To(column="title", sql="nullif({spoiler_text}, '')"),
                To(column="language", sql=language("{language}")),
                To(column="reply_to", names=("in_reply_to_id",)),
                To(column="addressed", sql=f"nullif({_MENTIONS}, '')"),
                To(column="url", names=("url",)),
                To(column="likes", names=("favourites_count",)),
                To(column="shares", names=("reblogs_count",)),
            ),
        ),
        Rows(
            table="person",
            needs=("person_id", "name"),
            to=(
                To(column="where", sql=is_filled("{content}")),
                To(column="person_id", sql=_PERSON),
                To(column="kind", constant="public"),
                To(column="name", sql="nullif({account.display_name}, '')"),
            ),
        ),
    ),
)  # fmt: skip

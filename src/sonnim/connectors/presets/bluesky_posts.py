"""Bluesky posts from the API.

**How to get it.** `app.bsky.feed.searchPosts?q=…`, `app.bsky.feed.getAuthorFeed?actor=…` or a
thread's posts, the answers saved as JSON (pages one after the other are fine).

**What becomes of it.** Each post is a message (`post`, or `reply`; `public`) of its author, told by
handle, with language, likes, shares (reposts and quotes), thread and what it answers, whom it
mentions and its address. Names of authors are kept with the person.

**What is not read.** Embedded pictures and links. In a feed, a post that was reposted is there as a
post of its author; who passed it on is not kept.
"""

from sonnim.connectors.expressions import handles, is_filled, items
from sonnim.connectors.preset import Preset, Rows, To

_PLACES = ("post.", "")
_MENTION = r"@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"


def _either(column: str, sql: str) -> tuple[To, ...]:
    """The expression for posts that stand within an entry of a feed, and for bare ones."""
    return tuple(To(column=column, sql=sql.replace("{", "{" + place)) for place in _PLACES)


PRESET = Preset(
    name="bluesky_posts",
    title="Bluesky posts",
    title_ko="블루스카이 게시물",
    certain="documented",
    needs=(
        ("post.uri", "uri"),
        ("post.author.handle", "author.handle"),
        ("post.record.text", "record.text"),
        ("post.record.createdAt", "record.createdAt"),
    ),
    values=(("post.uri|uri", r"^at://"),),
    timezone="UTC",
    ignore=tuple(
        place + name
        for place in _PLACES
        for name in (
            "cid", "author.avatar", "author.createdAt", "author.labels", "author.viewer.muted",
            "author.viewer.blockedBy", "record.$type", "record.facets", "indexedAt", "labels",
            "record.reply.parent.cid", "record.reply.root.cid", "author.did", "viewer.threadMuted",
            "viewer.embeddingDisabled", "viewer.bookmarked", "bookmarkCount",
        )
    ),
    rows=(
        Rows(
            table="message",
            to=(
                *_either("where", is_filled("{record.text}")),
                *_either("message_id", "{uri}"),
                *_either("time", "{record.createdAt}"),
                *_either("person_id", "{author.handle}"),
                To(column="channel", constant="bluesky"),
                *_either(
                    "kind",
                    "CASE WHEN {record.reply.parent.uri} IS NULL THEN 'post' ELSE 'reply' END",
                ),
                To(column="kind", constant="post"),
                To(column="direction", constant="public"),
                *_either("text", "{record.text}"),
                *_either("language", items("{record.langs}") + "[1]"),
                *_either("thread_id", "coalesce({record.reply.root.uri?}, {uri})"),
                *_either("reply_to", "{record.reply.parent.uri}"),
                *_either("addressed", handles("{record.text}", _MENTION)),
                *_either(
                    "url",
                    "'https://bsky.app/profile/' || {author.handle} || '/post/' || "
                    "regexp_extract({uri}, '[^/]+$')",
                ),
                *_either("likes", "{likeCount}"),
                *_either(
                    "shares",
                    "TRY_CAST({repostCount} AS BIGINT) + "
                    "coalesce(TRY_CAST({quoteCount?} AS BIGINT), 0)",
                ),
            ),
        ),
        Rows(
            table="person",
            needs=("name",),
            to=(
                *_either("person_id", "{author.handle}"),
                To(column="kind", constant="public"),
                *_either("name", "nullif({author.displayName}, '')"),
            ),
        ),
    ),
)  # fmt: skip

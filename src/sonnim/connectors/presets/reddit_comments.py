"""Reddit comments, as in the public dumps and the API.

**How to get it.** Dumps of months or of single subreddits (`RC_2026-01.zst`, one JSON object a
line), or the `data` objects of the API's listings, one a line.

**What becomes of it.** Each comment is a message (`reply`, `public`) on the channel `reddit`, its
subreddit as unit of talk (`subject`), its score as likes. `parent_id` gives what it answers and
`link_id` its thread, so that comments and submissions of two files find each other.

**What is not read.** Deleted and removed comments have no text; `[deleted]` writers are nobody.
Flairs and awards stay among the attributes.
"""

from sonnim.connectors.expressions import handles
from sonnim.connectors.preset import Preset, Rows, To

PRESET = Preset(
    name="reddit_comments",
    title="Reddit comments",
    title_ko="레딧 댓글",
    certain="documented",
    needs=(
        ("author",),
        ("body",),
        ("created_utc",),
        ("link_id",),
        ("parent_id",),
        ("subreddit",),
    ),
    values=(("link_id", r"^t3_\w+$"), ("parent_id", r"^t[13]_\w+$")),
    timezone="UTC",
    ignore=("body_html", "subreddit_id", "author_fullname", "retrieved_on", "permalink"),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="where", sql="{body} NOT IN ('[deleted]', '[removed]')"),
                To(column="message_id", sql="'t1_' || regexp_replace({id}, '^t1_', '')"),
                To(
                    column="time",
                    sql="TRY(to_timestamp(TRY_CAST({created_utc} AS DOUBLE)))",
                ),
                To(column="person_id", sql="CASE WHEN {author} <> '[deleted]' THEN {author} END"),
                To(column="channel", constant="reddit"),
                To(column="kind", constant="reply"),
                To(column="direction", constant="public"),
                To(column="text", names=("body",)),
                To(column="thread_id", names=("link_id",)),
                To(column="reply_to", names=("parent_id",)),
                To(column="addressed", sql=handles("{body}", r"(?:^|\s)/?u/([A-Za-z0-9_-]+)")),
                To(column="subject", sql="'r/' || {subreddit}"),
                To(column="url", sql="'https://www.reddit.com' || {permalink?}"),
                To(column="likes", sql="greatest(TRY_CAST({score?} AS BIGINT), 0)"),
            ),
        ),
    ),
)

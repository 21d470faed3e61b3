"""Reddit submissions, as in the public dumps and the API.

**How to get it.** Dumps of months or of single subreddits (`RS_2026-01.zst`, one JSON object a
line), or the `data` objects of the API's listings, one a line.

**What becomes of it.** Each submission is a message (`post`, `public`) on the channel `reddit` that
begins a thread; its title stands for the text where it only links to something. Its score counts as
likes.

**What is not read.** Deleted and removed texts; polls, galleries and awards (they stay among the
attributes, as far as they are plain).
"""

from sonnim.connectors.preset import Preset, Rows, To

_TEXT = "CASE WHEN {selftext} NOT IN ('', '[deleted]', '[removed]') THEN {selftext} END"

PRESET = Preset(
    name="reddit_submissions",
    title="Reddit submissions",
    title_ko="레딧 게시글",
    certain="documented",
    needs=(
        ("author",),
        ("title",),
        ("selftext",),
        ("created_utc",),
        ("num_comments",),
        ("subreddit",),
    ),
    values=(("created_utc", r"^\d{10}(\.0)?$"),),
    timezone="UTC",
    ignore=("selftext_html", "subreddit_id", "author_fullname", "retrieved_on", "permalink"),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", sql="'t3_' || regexp_replace({id}, '^t3_', '')"),
                To(column="time", sql="TRY(to_timestamp(TRY_CAST({created_utc} AS DOUBLE)))"),
                To(column="person_id", sql="CASE WHEN {author} <> '[deleted]' THEN {author} END"),
                To(column="channel", constant="reddit"),
                To(column="kind", constant="post"),
                To(column="direction", constant="public"),
                To(column="text", sql=f"coalesce({_TEXT}, {{title}})"),
                To(column="title", names=("title",)),
                To(column="thread_id", sql="'t3_' || regexp_replace({id}, '^t3_', '')"),
                To(column="subject", sql="'r/' || {subreddit}"),
                To(column="url", sql="'https://www.reddit.com' || {permalink?}"),
                To(column="likes", sql="greatest(TRY_CAST({score?} AS BIGINT), 0)"),
            ),
        ),
    ),
)

"""X (Twitter): the posts of one's own archive.

**How to get it.** x.com › Settings › Your account › Download an archive of your data. The archive
that comes by mail holds `data/tweets.js` (`tweet.js` in older ones; `tweets-part1.js` beside it
in large ones). The script's first words are passed over.

**What becomes of it.** Each post is a message (`post`, or `reply` where it answers one; `out`) on
the channel `x`, with its likes, shares, language, and whom it mentions. Threads follow the reply
links within the file.

**What is not read.** The archive's posts do not say whose they are: `--map "person_id:=HANDLE"`
does. Direct messages, likes and followers lie in other files of the archive and are not taken.
Posts that repeat another's (`RT @…`) are kept as they stand.
"""

from sonnim.connectors.expressions import items, plain_text
from sonnim.connectors.preset import Preset, Rows, To

_ANSWERED = "tweet.in_reply_to_status_id_str"
_MENTIONS = items("{tweet.entities.user_mentions}", "screen_name")

PRESET = Preset(
    name="x_archive",
    title="X (Twitter) archive",
    title_ko="X(트위터) 아카이브",
    certain="observed",
    needs=(
        ("tweet.id_str", "tweet.id"),
        ("tweet.full_text", "tweet.text"),
        ("tweet.created_at",),
        ("tweet.favorite_count",),
    ),
    timezone="UTC",
    ignore=(
        "tweet.id", "tweet.in_reply_to_status_id", "tweet.in_reply_to_user_id",
        "tweet.in_reply_to_user_id_str", "tweet.display_text_range", "tweet.entities.media",
        "tweet.extended_entities.media", "tweet.edit_info.initial.editTweetIds",
        "tweet.edit_info.initial.editableUntil", "tweet.edit_info.initial.editsRemaining",
        "tweet.edit_info.initial.isEditEligible", "tweet.retweeted", "tweet.favorited",
    ),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", names=("tweet.id_str", "tweet.id")),
                To(column="time", names=("tweet.created_at",)),
                To(column="channel", constant="x"),
                To(
                    column="kind",
                    sql=f"CASE WHEN {{{_ANSWERED}}} IS NULL THEN 'post' ELSE 'reply' END",
                ),
                To(column="kind", constant="post"),
                To(column="direction", constant="out"),
                To(column="text", sql=plain_text("{tweet.full_text}")),
                To(column="text", sql=plain_text("{tweet.text}")),
                To(column="language", sql="nullif(nullif({tweet.lang}, 'und'), 'zxx')"),
                To(column="reply_to", names=(_ANSWERED,)),
                To(
                    column="addressed",
                    sql=f"nullif(array_to_string({_MENTIONS}, ','), '')",
                ),
                To(column="url", sql="'https://x.com/i/web/status/' || {tweet.id_str}"),
                To(column="likes", names=("tweet.favorite_count",)),
                To(column="shares", names=("tweet.retweet_count",)),
            ),
        ),
    ),
)  # fmt: skip

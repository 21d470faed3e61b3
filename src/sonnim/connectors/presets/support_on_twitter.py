"""Customer support on Twitter (the layout of the "twcs" collection).

One row is one tweet, by a customer (`inbound` true) or a company's account. Threads follow the
reply links within the file. People who write inbound tweets are customers, the others are accounts
of companies (`person.kind` is `company`), and their names are kept.
"""

from sonnim.connectors.preset import Preset, Rows, To

_INBOUND = "lower(CAST({inbound} AS VARCHAR)) IN ('true', '1')"

PRESET = Preset(
    name="support_on_twitter",
    title="Customer support on Twitter",
    title_ko="트위터 고객 상담",
    certain="observed",
    needs=(("tweet_id",), ("author_id",), ("inbound",), ("in_response_to_tweet_id",)),
    # Exports of the live site write `Tue Oct 31 22:10:47 +0000 2017`, later copies ISO with Z.
    timezone="UTC",
    ignore=("response_tweet_id",),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", names=("tweet_id",)),
                To(column="time", names=("created_at",)),
                To(column="person_id", names=("author_id",)),
                To(column="channel", constant="twitter"),
                To(column="kind", sql="CASE WHEN length(trim(coalesce(CAST("
                   "{in_response_to_tweet_id} AS VARCHAR), ''))) > 0 THEN 'reply' ELSE 'post' END"),
                To(column="direction", sql=f"CASE WHEN {_INBOUND} THEN 'in' ELSE 'out' END"),
                To(column="text", names=("text",)),
                To(column="reply_to", names=("in_response_to_tweet_id",)),
                To(
                    column="addressed",
                    sql="nullif(array_to_string("
                    "regexp_extract_all({text}, '@([A-Za-z0-9_]+)', 1), ','), '')",
                ),
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="person_id", names=("author_id",)),
                To(column="kind", sql=f"CASE WHEN {_INBOUND} THEN 'customer' ELSE 'company' END"),
                To(column="name", sql=f"CASE WHEN NOT {_INBOUND} THEN {{author_id}} END"),
            ),
        ),
    ),
)  # fmt: skip

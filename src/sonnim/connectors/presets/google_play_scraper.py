"""Google Play reviews as the `google-play-scraper` package gives them.

**How to get it.** `google_play_scraper.reviews_all("com.example.app", lang="ko", country="kr")`,
put into a table and written as CSV, JSON lines or Parquet. Copies where people renamed `userName`
to `user` and `at` to `date` are taken as well.

**What becomes of it.** Each review is a message (`review`, `public`) with stars from 1 to 5, its
thumbs up as likes, and its writer; the company's answer is a message of its own (`reply`, `out`).
Versions stay among the attributes.

**What is not read.** `userImage`. The package writes times without a zone, in the zone of the
machine it ran on in older releases and in UTC in newer ones: they are taken as UTC, which may be
some hours off (`--timezone` says otherwise). Where an answer has no time (`repliedAt`), it bears
that of the review.
"""

from sonnim.connectors.expressions import NOTHING_ELSE, is_filled
from sonnim.connectors.preset import Preset, Rows, To

PRESET = Preset(
    name="google_play_scraper",
    title="Google Play reviews (google-play-scraper)",
    title_ko="구글 플레이 리뷰 (google-play-scraper)",
    certain="observed",
    needs=(("reviewId",), ("content",), ("score",), ("thumbsUpCount",), ("at", "date")),
    values=(("score", r"^\s*[1-5](\.0)?\s*$"),),
    timezone="UTC",
    ignore=("userImage",),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", names=("reviewId",)),
                To(column="time", names=("at", "date")),
                To(column="person_id", names=("userName", "user")),
                To(column="channel", constant="google_play"),
                To(column="kind", constant="review"),
                To(column="direction", constant="public"),
                To(column="text", names=("content",)),
                To(column="rating", names=("score",)),
                To(column="rating_min", constant="1"),
                To(column="rating_max", constant="5"),
                To(column="thread_id", names=("reviewId",)),
                To(column="subject", names=("appId", "app")),
                To(column="likes", names=("thumbsUpCount",)),
            ),
        ),
        Rows(
            table="message/reply",
            needs=("text",),
            to=(
                To(column="where", sql=is_filled("{replyContent}")),
                To(column="message_id", names=("reviewId",)),
                To(
                    column="time",
                    sql="coalesce(nullif(CAST({repliedAt} AS VARCHAR), ''), CAST({at} AS VARCHAR))",
                ),
                To(column="time", names=("at", "date")),
                To(column="channel", constant="google_play"),
                To(column="kind", constant="reply"),
                To(column="direction", constant="out"),
                To(column="text", names=("replyContent",)),
                To(column="thread_id", names=("reviewId",)),
                To(column="reply_to", names=("reviewId",)),
                To(column="subject", names=("appId", "app")),
                NOTHING_ELSE,
            ),
        ),
    ),
)

"""App Store reviews as scrapers give them, as a table.

**How to get it.** The Python package `app-store-scraper` (`review`, `rating`, `userName`, `date`,
`isEdited`, `developerResponse`) or the npm package of the same name (`score`, `text`, `title`,
`userName`, `version`, `updated`), written as CSV or JSON lines.

**What becomes of it.** Each review is a message (`review`, `public`) with stars from 1 to 5 and its
writer's nickname; a developer's response is a message of its own (`reply`, `out`), at the time of
the review where it has none.

**What is not read.** `userUrl`. The Python package gives no id: a review is told by its writer, its
time and its title. Times without a zone are taken as UTC.
"""

from sonnim.connectors.expressions import NOTHING_ELSE
from sonnim.connectors.preset import Preset, Rows, To

# `{'id': 1, 'body': '…', 'modified': '…'}` as Python prints it, or JSON; in either the text ends
# at the quote before the next key.
_RESPONSE = (
    "regexp_extract(CAST({developerResponse} AS VARCHAR), "
    "'(?s)[\"'']body[\"'']\\s*:\\s*[\"''](.*?)[\"'']\\s*[,}}]', 1)"
)
_MODIFIED = (
    "regexp_extract(CAST({developerResponse} AS VARCHAR), "
    "'[\"'']modified[\"'']\\s*:\\s*[\"'']([^\"'']+)', 1)"
)

PRESET = Preset(
    name="app_store_scraper",
    title="App Store reviews (app-store-scraper)",
    title_ko="앱스토어 리뷰 (app-store-scraper)",
    certain="observed",
    needs=(
        ("userName",),
        ("title",),
        ("review", "text"),
        ("rating", "score"),
        ("isEdited", "userUrl", "developerResponse"),
        ("date", "updated"),
    ),
    values=(("rating|score", r"^\s*[1-5](\.0)?\s*$"),),
    timezone="UTC",
    # The Python package gives no id; one person reviews an app once.
    prepare=(
        "SELECT *, coalesce(CAST({id?} AS VARCHAR), md5(concat_ws(chr(31), "
        "{userName}, {date?}, {updated?}, {title}))) AS review_id FROM {scan}"
    ),
    prepared=("review_id",),
    ignore=("userUrl",),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", sql="{review_id}"),
                To(column="time", names=("date", "updated")),
                To(column="person_id", names=("userName",)),
                To(column="channel", constant="app_store"),
                To(column="kind", constant="review"),
                To(column="direction", constant="public"),
                To(column="text", names=("review", "text")),
                To(column="title", names=("title",)),
                To(column="rating", names=("rating", "score")),
                To(column="rating_min", constant="1"),
                To(column="rating_max", constant="5"),
                To(column="thread_id", sql="{review_id}"),
                To(column="subject", names=("app_name", "appName", "app")),
                To(column="url", names=("url",)),
            ),
        ),
        Rows(
            table="message/reply",
            needs=("text", "time"),
            to=(
                To(column="where", sql=f"{_RESPONSE} <> ''"),
                To(column="message_id", sql="{review_id} || '/reply'"),
                To(
                    column="time",
                    sql=f"coalesce(nullif({_MODIFIED}, ''), CAST({{date}} AS VARCHAR))",
                ),
                To(column="channel", constant="app_store"),
                To(column="kind", constant="reply"),
                To(column="direction", constant="out"),
                To(column="text", sql=f"replace({_RESPONSE}, '\\n', chr(10))"),
                To(column="thread_id", sql="{review_id}"),
                To(column="reply_to", sql="{review_id}"),
                NOTHING_ELSE,
            ),
        ),
    ),
)

"""Google Play reviews as Play Console exports them.

**How to get it.** Play Console › Download reports › Reviews › choose the app and the month › the
CSV file (`reviews_PACKAGE_YYYYMM.csv`, UTF-16). The same files lie in the account's Cloud Storage
bucket under `reviews/`.

**What becomes of it.** Each review is a message (`review`, `public`) with its stars from 1 to 5,
its title and text, the language of the device, and the app as subject; its time is that of the last
update, because the text is that of the last update. The company's answer is a message of its own
(`reply`, `out`) that answers the review. Stars without words are taken too.

**What is not read.** Nobody is named in this file, so there is no person. The version stays among
the attributes. A review without a link has no id of its own: it is told by app, time and device.
"""

from sonnim.connectors.expressions import NOTHING_ELSE, is_filled, language
from sonnim.connectors.preset import Preset, Rows, To

# The id stands in the link, as reviewId=…, behind `?` or `&`.
_ID = (
    "coalesce(nullif(regexp_extract(CAST({Review Link?} AS VARCHAR), "
    "'review[Ii]d=([^&#]+)', 1), ''), "
    "concat({Package Name}, '/', {Review Submit Millis Since Epoch}, '/', {Device?}))"
)

PRESET = Preset(
    name="google_play_console",
    title="Google Play reviews (Play Console)",
    title_ko="구글 플레이 리뷰 (플레이 콘솔)",
    certain="documented",
    needs=(
        ("Package Name",),
        ("Review Submit Millis Since Epoch",),
        ("Star Rating",),
        ("Review Text",),
    ),
    values=(("Star Rating", r"^\s*[1-5]\s*$"),),
    timezone="UTC",
    ignore=(
        "Review Submit Date and Time",
        "Review Last Update Date and Time",
        "Developer Reply Date and Time",
    ),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", sql=_ID),
                To(
                    column="time",
                    names=("Review Last Update Millis Since Epoch",),
                    format="epoch_ms",
                ),
                To(column="time", names=("Review Submit Millis Since Epoch",), format="epoch_ms"),
                To(column="channel", constant="google_play"),
                To(column="kind", constant="review"),
                To(column="direction", constant="public"),
                To(column="text", names=("Review Text",)),
                To(column="title", sql="nullif(trim({Review Title}), '')"),
                To(column="language", sql=language("{Reviewer Language}")),
                To(column="rating", names=("Star Rating",)),
                To(column="rating_min", constant="1"),
                To(column="rating_max", constant="5"),
                To(column="thread_id", sql=_ID),
                To(column="subject", names=("Package Name",)),
                To(column="url", names=("Review Link",)),
            ),
        ),
        Rows(
            table="message/reply",
            needs=("text",),
            to=(
                To(column="where", sql=is_filled("{Developer Reply Text}")),
                To(column="message_id", sql=f"{_ID} || '/reply'"),
                To(column="time", names=("Developer Reply Millis Since Epoch",), format="epoch_ms"),
                To(column="channel", constant="google_play"),
                To(column="kind", constant="reply"),
                To(column="direction", constant="out"),
                To(column="text", names=("Developer Reply Text",)),
                To(column="thread_id", sql=_ID),
                To(column="reply_to", sql=_ID),
                To(column="subject", names=("Package Name",)),
                NOTHING_ELSE,
            ),
        ),
    ),
)

"""App Store reviews from App Store Connect's API.

**How to get it.** `GET /v1/apps/{id}/customerReviews?sort=-createdDate&limit=200`, the answer saved
as JSON (pages one after the other are fine); for the developer's answers also
`GET /v1/customerReviews/{id}/response`. Tables with these fields as columns are read too: `rating`,
`title`, `body`, `reviewerNickname`, `createdDate`, `territory`.

**What becomes of it.** Each review is a message (`review`, `public`) with stars from 1 to 5, its
title, text and the reviewer's nickname. Each response is a message of its own (`reply`, `out`)
that answers its review.

**What is not read.** Of an answer with `include=response` only the list of reviews is read: save
the responses as a file of their own. Relationships and links are dropped; the territory stays among
the attributes. Nicknames may be shared by several people.
"""

from sonnim.connectors.expressions import NOTHING_ELSE, is_filled
from sonnim.connectors.preset import Preset, Rows, To

_REVIEW = "relationships.review.data.id"


def _reviews(prefix: str) -> Rows:
    """Reviews whose fields bear a prefix, as in the API's answers, or none, as in tables."""
    return Rows(
        table="message",
        needs=("text",),
        to=(
            To(column="where", sql=is_filled(f"{{{prefix}rating}}")),
            To(column="message_id", names=("id", "reviewId")),
            To(column="time", names=(f"{prefix}createdDate",)),
            To(column="person_id", names=(f"{prefix}reviewerNickname",)),
            To(column="channel", constant="app_store"),
            To(column="kind", constant="review"),
            To(column="direction", constant="public"),
            To(column="text", names=(f"{prefix}body",)),
            To(column="title", names=(f"{prefix}title",)),
            To(column="rating", names=(f"{prefix}rating",)),
            To(column="rating_min", constant="1"),
            To(column="rating_max", constant="5"),
            To(column="thread_id", names=("id", "reviewId")),
            To(column="subject", names=("appName", "app")),
        ),
    )


PRESET = Preset(
    name="app_store_connect",
    title="App Store reviews (App Store Connect)",
    title_ko="앱스토어 리뷰 (App Store Connect)",
    certain="documented",
    needs=(
        ("id", "reviewId"),
        ("attributes.body", "body", "attributes.responseBody"),
        ("attributes.reviewerNickname", "reviewerNickname", "attributes.lastModifiedDate"),
        ("attributes.createdDate", "createdDate", _REVIEW),
    ),
    timezone="UTC",
    ignore=(
        "type", "links.self", "relationships.response.links.self", "relationships.response.data.id",
        "relationships.response.links.related", "relationships.response.data.type",
        "relationships.review.data.type", "relationships.review.links.self",
        "relationships.review.links.related",
    ),
    rows=(
        _reviews("attributes."),
        _reviews(""),
        Rows(
            table="message/reply",
            needs=("text", "reply_to"),
            to=(
                To(column="where", sql=is_filled("{attributes.responseBody}")),
                To(column="message_id", sql="{id} || '/reply'"),
                To(column="time", names=("attributes.lastModifiedDate",)),
                To(column="channel", constant="app_store"),
                To(column="kind", constant="reply"),
                To(column="direction", constant="out"),
                To(column="text", names=("attributes.responseBody",)),
                To(column="thread_id", names=(_REVIEW,)),
                To(column="reply_to", names=(_REVIEW,)),
                NOTHING_ELSE,
            ),
        ),
    ),
)  # fmt: skip

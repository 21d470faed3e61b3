"""YouTube comments from the Data API.

**How to get it.** `commentThreads.list?part=snippet,replies&videoId=…` (or `allThreadsRelatedTo
ChannelId=…`), the answers saved as JSON (pages one after the other are fine).

**What becomes of it.** Each comment on a video, and each reply under it that the answer holds, is a
message on the channel `youtube` (`post` or `reply`) with its likes, the video as subject, and the
author's channel as person. What the channel itself wrote goes `out`, all else is `public`. Authors'
names are kept with the person; the channel itself is of kind `company`.

**What is not read.** The API gives at most five replies with a thread; the others must be asked for
with `comments.list` and are not in this file. Pictures of authors are dropped.
"""

from sonnim.connectors.expressions import is_filled, plain_text, with_each
from sonnim.connectors.preset import Preset, Rows, To

_TOP = "snippet.topLevelComment.snippet."


def _both(own: str, in_reply: str) -> str:
    """A field of the comment on the video, or of the reply where the row is one."""
    reply = f"json_extract_string({{reply}}, '$.{in_reply}')"
    return f"CASE WHEN {{reply}} IS NULL THEN {own} ELSE {reply} END"


_AUTHOR = _both(f"{{{_TOP}authorChannelId.value?}}", "snippet.authorChannelId.value")
_NAME = _both(f"{{{_TOP}authorDisplayName?}}", "snippet.authorDisplayName")
_PERSON = f"coalesce({_AUTHOR}, {_NAME})"
_OURS = f"coalesce({_AUTHOR} = {{snippet.channelId?}}, false)"
_PLAIN = _both(f"{{{_TOP}textOriginal?}}", "snippet.textOriginal")
_SHOWN = _both(f"{{{_TOP}textDisplay?}}", "snippet.textDisplay")

PRESET = Preset(
    name="youtube_comments",
    title="YouTube comments (API)",
    title_ko="유튜브 댓글 (API)",
    certain="documented",
    needs=(
        ("snippet.videoId", "snippet.channelId"),
        ("snippet.topLevelComment.id",),
        (_TOP + "textOriginal", _TOP + "textDisplay"),
        (_TOP + "publishedAt",),
    ),
    timezone="UTC",
    prepare=with_each("{replies.comments?}", "reply"),
    prepared=("reply",),
    ignore=(
        "kind", "etag", "id", "replies.comments", "snippet.topLevelComment.kind",
        "snippet.topLevelComment.etag", _TOP + "authorProfileImageUrl", _TOP + "authorChannelUrl",
        _TOP + "canRate", _TOP + "viewerRating", _TOP + "channelId", _TOP + "videoId",
        "snippet.canReply", "snippet.isPublic", _TOP + "textDisplay",
    ),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", sql=_both("{snippet.topLevelComment.id}", "id")),
                To(column="time", sql=_both(f"{{{_TOP}publishedAt}}", "snippet.publishedAt")),
                To(column="person_id", sql=_PERSON),
                To(column="channel", constant="youtube"),
                To(column="kind", sql="CASE WHEN {reply} IS NULL THEN 'post' ELSE 'reply' END"),
                To(column="direction", sql=f"CASE WHEN {_OURS} THEN 'out' ELSE 'public' END"),
                To(column="text", sql=f"coalesce({_PLAIN}, {plain_text(_SHOWN)})"),
                To(column="thread_id", names=("snippet.topLevelComment.id",)),
                To(
                    column="reply_to",
                    sql="CASE WHEN {reply} IS NOT NULL THEN coalesce(json_extract_string({reply}, "
                    "'$.snippet.parentId'), {snippet.topLevelComment.id}) END",
                ),
                To(column="subject", names=("snippet.videoId",)),
                To(column="likes", sql=_both(f"{{{_TOP}likeCount?}}", "snippet.likeCount")),
                To(
                    column="url",
                    sql="'https://www.youtube.com/watch?v=' || {snippet.videoId} || '&lc=' || "
                    + _both("{snippet.topLevelComment.id}", "id"),
                ),
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="where", sql=is_filled(_PERSON)),
                To(column="person_id", sql=_PERSON),
                To(column="kind", sql=f"CASE WHEN {_OURS} THEN 'company' ELSE 'public' END"),
                To(column="name", sql=_NAME),
            ),
        ),
    ),
)  # fmt: skip

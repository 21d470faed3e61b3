"""YouTube comments of one's own account, from Google Takeout.

**How to get it.** takeout.google.com › YouTube and YouTube Music › comments › CSV. The archive
holds `comments.csv` (in Korean accounts `댓글.csv`). It has what the account itself wrote: for a
company that is its own answers and posts.

**What becomes of it.** Each comment is a message (`post`, or `reply` where it answers one), `out`,
on the channel `youtube`, with the video as subject and the account's channel id as person. The text
is put together from its pieces where the newer export writes them as JSON.

**What is not read.** What was paid for a Super Chat stays among the attributes. Comments of others
are not in this export; the API's are read as YouTube comments.

**How sure.** Headers were seen in English; those in Korean are as people report them.
"""

from sonnim.connectors.preset import Preset, Rows, To

_TEXT = ("Comment Text", "댓글 텍스트", "댓글 내용")
_PARENT = ("Parent Comment ID", "상위 댓글 ID")


def _joined(raw: str) -> str:
    """SQL of the text, which older exports write plainly and newer ones in pieces as JSON."""
    pieces = f"('[' || {raw} || ']')"
    older = f"json_extract_string({pieces}, '$[*].takeoutSegments[*].text')"
    newer = f"json_extract_string({pieces}, '$[*].text')"
    joined = f"array_to_string(CASE WHEN len({older}) > 0 THEN {older} ELSE {newer} END, '')"
    return f"CASE WHEN {raw} LIKE '{{{{%' AND json_valid({pieces}) THEN {joined} ELSE {raw} END"


PRESET = Preset(
    name="youtube_takeout",
    title="YouTube comments (Google Takeout)",
    title_ko="유튜브 댓글 (구글 테이크아웃)",
    certain="observed",
    needs=(
        ("Comment ID", "댓글 ID"),
        ("Comment Create Timestamp", "댓글 작성 타임스탬프", "댓글 작성 시간"),
        ("Video ID", "동영상 ID"),
        _TEXT,
    ),
    timezone="UTC",
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", names=("Comment ID", "댓글 ID")),
                To(
                    column="time",
                    names=("Comment Create Timestamp", "댓글 작성 타임스탬프", "댓글 작성 시간"),
                ),
                To(column="person_id", names=("Channel ID", "채널 ID")),
                To(column="channel", constant="youtube"),
                *(
                    To(
                        column="kind",
                        sql=f"CASE WHEN coalesce({{{name}}}, '') = '' THEN 'post' ELSE 'reply' END",
                    )
                    for name in _PARENT
                ),
                To(column="kind", constant="post"),
                To(column="direction", constant="out"),
                *(To(column="text", sql=_joined(f"{{{name}}}")) for name in _TEXT),
                *(
                    To(column="thread_id", sql=f"coalesce(nullif({{{top}}}, ''), {{{own}}})")
                    for top, own in zip(_PARENT, ("Comment ID", "댓글 ID"), strict=True)
                ),
                *(To(column="reply_to", sql=f"nullif({{{name}}}, '')") for name in _PARENT),
                To(column="subject", names=("Video ID", "동영상 ID")),
            ),
        ),
    ),
)

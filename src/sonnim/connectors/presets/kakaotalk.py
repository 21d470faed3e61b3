"""KakaoTalk chats (카카오톡 대화 내보내기), of the PC and the phone.

**How to get it.** PC: chat room › ☰ › 대화 내용 › 대화 내보내기 (`KakaoTalk_….txt` or `.csv`).
Phone: chat room › ☰ › ⚙ › 대화 내용 내보내기 › 텍스트만 보내기. Both texts are taken apart by the
reader for chats; this page says what their lines mean.

**What becomes of it.** Each line is a message (`chat`) of the person whose name stands before it,
in the room as thread. Photos, stickers and files are lines like 사진 or 이모티콘: they are kept as
they stand. Times are Korean.

**What is not read.** Lines that say who came, left or hid something are no messages. Names are
those of the exporter's address book: a person is told by name and room only. Which of them speaks
for the company is not in the file, so `direction` stays empty.
"""

from sonnim.connectors.expressions import handles, is_filled
from sonnim.connectors.preset import Preset, Rows, To

_PERSON = "concat('kakaotalk:', coalesce({room}, ''), '/', {name})"

PRESET = Preset(
    name="kakaotalk",
    title="KakaoTalk chat",
    title_ko="카카오톡 대화",
    certain="observed",
    needs=(("time",), ("name",), ("text",), ("room",), ("event",)),
    timezone="Asia/Seoul",
    rows=(
        Rows(
            table="message",
            to=(
                To(column="where", sql=f"NOT {is_filled('{event}')} AND {is_filled('{text}')}"),
                To(column="time", names=("time",)),
                To(column="person_id", sql=_PERSON),
                To(column="channel", constant="kakaotalk"),
                To(column="kind", constant="chat"),
                To(column="text", names=("text",)),
                To(column="thread_id", names=("room",)),
                To(column="addressed", sql=handles("{text}", r"@([^\s@]+)")),
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="where", sql=is_filled("{name}")),
                To(column="person_id", sql=_PERSON),
                To(column="name", names=("name",)),
            ),
        ),
    ),
)

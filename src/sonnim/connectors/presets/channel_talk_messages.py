"""Channel Talk messages (채널톡 대화 내용), as sheet, CSV or JSON.

**How to get it.** 오퍼레이션 › 상담 통계 › 다운로드 (JSON or Excel, 대화 내역 포함), or 수신함 ›
돋보기 › 조건 › 상담 선택 › 액션 › 데이터 다운로드. Take the password off before; the sheet is
`Message data`. The API's `GET /open/v5/user-chats/ID/messages` is read as well.

**What becomes of it.** Each message with words is a message (`chat`; `in` from users, `out` from
managers and bots), in the thread of its chat. Managers and bots are people of kind `employee`,
users `customer`; both are kept as account.

**What is not read.** Private messages among managers, logs (assigned, closed…) and files.

**How sure.** The maker documents the sheets and the API's fields, not every column of the sheet:
names of the API are expected, and some Korean ones are accepted. Times without a zone are Korean.
"""

from sonnim.connectors.expressions import is_filled, is_true, plain_text
from sonnim.connectors.preset import Preset, Rows, To

_WORDS = ("plainText", "message", "text", "메시지", "내용")
_ANY = "coalesce(" + ", ".join(f"{{{name}?}}" for name in _WORDS) + ")"
_OURS = "(lower({personType}) IN ('manager', 'bot', 'alf', '매니저', '봇', 'supportbot'))"
_PERSON = "'channel:' || CAST({personId} AS VARCHAR)"

PRESET = Preset(
    name="channel_talk_messages",
    title="Channel Talk messages",
    title_ko="채널톡 메시지",
    certain="uncertain",
    needs=(
        ("chatId", "userChatId"),
        ("personType",),
        ("personId",),
        _WORDS,
        ("createdAt", "생성일시"),
    ),
    values=(("personType", r"(?i)^(user|manager|bot|alf|lead|member|supportbot|고객|매니저|봇)$"),),
    timezone="Asia/Seoul",
    ignore=("chatKey", "mainKey", "threadKey", "blocks", "log", "files", "channelId", "requestId"),
    rows=(
        Rows(
            table="message",
            to=(
                To(
                    column="where",
                    sql=f"{is_filled(_ANY)} AND NOT {is_true('{private?}')} AND "
                    "coalesce({options?}, '') NOT LIKE '%private%'",
                ),
                To(column="message_id", names=("id", "messageId")),
                To(column="time", names=("createdAt", "생성일시")),
                To(column="person_id", sql=_PERSON),
                To(column="channel", constant="channel_talk"),
                To(column="kind", constant="chat"),
                To(column="direction", sql=f"CASE WHEN {_OURS} THEN 'out' ELSE 'in' END"),
                *(To(column="text", sql=plain_text(f"{{{name}}}")) for name in _WORDS),
                To(column="language", names=("language",)),
                To(column="thread_id", names=("chatId", "userChatId")),
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="where", sql=is_filled("{personId}")),
                To(column="person_id", sql=_PERSON),
                To(column="kind", sql=f"CASE WHEN {_OURS} THEN 'employee' ELSE 'customer' END"),
                To(column="name", names=("personName", "name", "이름")),
            ),
        ),
        Rows(
            table="account",
            to=(
                To(column="where", sql=is_filled("{personId}")),
                To(column="source_id", names=("personId",)),
                To(column="person_id", sql=_PERSON),
                To(column="probability", constant="1"),
                To(column="decided_by", constant="source"),
            ),
        ),
    ),
)  # fmt: skip

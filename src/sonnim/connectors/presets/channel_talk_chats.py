"""Channel Talk chats (채널톡 상담), as sheet, CSV or JSON.

**How to get it.** As for the messages: 오퍼레이션 › 상담 통계 › 다운로드; the sheet is `UserChat
data`.

**What becomes of it.** Each chat is an event (`contact`) of its user, its tags as what it was
about. A satisfaction score from 1 to 5 becomes an answer (`csat`), its comment a message
(`verbatim`).

**What is not read.** What was said: that is in the sheet `Message data`. Times of waiting and
solving stay among the attributes; names, phone numbers and e-mail addresses are dropped.

**How sure.** The maker documents the sheet, not every column: the names of the API are expected,
and variants accepted. Times without a zone are Korean.
"""

from sonnim.connectors.expressions import NOTHING_ELSE, is_filled, items
from sonnim.connectors.preset import Preset, Rows, To

_PERSON = "'channel:' || nullif(CAST({userId} AS VARCHAR), '')"
_SCORES = ("profile.csat", "csat", "csatScore", "CSAT")
_COMMENTS = ("profile.csatComment", "csatComment", "csat.comment")

PRESET = Preset(
    name="channel_talk_chats",
    title="Channel Talk chats",
    title_ko="채널톡 상담",
    certain="uncertain",
    needs=(
        ("id", "userChatId"),
        ("userId",),
        ("state",),
        ("createdAt",),
        ("assigneeId", "managerIds", "waitingTime", "resolutionTime", "operationWaitingTime"),
    ),
    values=(("state", r"(?i)^(opened|closed|snoozed|queued|trash|missed|initial|unassigned|"
                      r"assigned|solved|following|holding)$"),),
    timezone="Asia/Seoul",
    ignore=(
        "name", "profile.name", "profile.email", "profile.mobileNumber", "userName", "userEmail",
        "userMobileNumber", "channelId", "profile.csatComment", "csatComment", "csat.comment",
    ),
    rows=(
        Rows(
            table="event",
            to=(
                To(column="event_id", names=("id", "userChatId")),
                To(column="time", names=("createdAt",)),
                To(column="person_id", sql=_PERSON),
                To(column="type", constant="contact"),
                To(
                    column="subject",
                    sql=f"CASE WHEN {{tags}} LIKE '[%' THEN nullif(array_to_string("
                    f"{items('{tags}')}, ', '), '') ELSE nullif({{tags}}, '') END",
                ),
            ),
        ),
        Rows(
            table="answer",
            needs=("score",),
            to=(
                *(
                    To(column="where", sql=f"TRY_CAST({{{name}}} AS DOUBLE) BETWEEN 1 AND 5")
                    for name in _SCORES
                ),
                To(column="answer_id", names=("id", "userChatId")),
                To(column="time", names=("closedAt", "createdAt")),
                To(column="person_id", sql=_PERSON),
                To(column="survey", constant="channel_talk"),
                To(column="metric", constant="csat"),
                To(column="score", names=_SCORES),
                To(column="scale_min", constant="1"),
                To(column="scale_max", constant="5"),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="message/verbatim",
            needs=("text",),
            to=(
                *(To(column="where", sql=is_filled(f"{{{name}}}")) for name in _COMMENTS),
                To(column="message_id", names=("id", "userChatId")),
                To(column="time", names=("closedAt", "createdAt")),
                To(column="person_id", sql=_PERSON),
                To(column="channel", constant="channel_talk"),
                To(column="kind", constant="verbatim"),
                To(column="direction", constant="in"),
                To(column="text", names=_COMMENTS),
                To(column="thread_id", names=("id", "userChatId")),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="where", sql=is_filled("{userId}")),
                To(column="person_id", sql=_PERSON),
                To(column="kind", constant="customer"),
            ),
        ),
        Rows(
            table="account",
            to=(
                To(column="where", sql=is_filled("{userId}")),
                To(column="source_id", names=("userId",)),
                To(column="person_id", sql=_PERSON),
                To(column="probability", constant="1"),
                To(column="decided_by", constant="source"),
            ),
        ),
    ),
)  # fmt: skip

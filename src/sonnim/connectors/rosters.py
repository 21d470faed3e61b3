"""Lists of people, ties and changes: what a file is where nothing was said, done or answered in it.

They are declared as presets are, but tried last: a list of members has few marks of its own, and a
file of orders with the names of those who ordered would pass for one.
"""

from sonnim.connectors.base import Payload
from sonnim.connectors.preset import Preset, Rows, To, likeness

_PERSON = (
    "고객번호", "고객ID", "회원번호", "회원ID", "사번", "직원번호", "작성자ID", "사용자ID", "핸들",
    "customer id", "customer no", "customer number", "member id", "user id", "employee id",
    "author id", "person id", "handle", "username", "screen name", "acct", "id",
)  # fmt: skip
_NAME = (
    "이름", "성명", "고객명", "회원명", "표시이름", "닉네임", "name", "full name", "display name",
    "customer name", "nickname",
)  # fmt: skip
_JOINED = (
    "가입일", "가입일시", "등록일", "설치일", "입사일", "joined", "joined at", "join date",
    "signup date", "created at", "registered", "since",
)  # fmt: skip

PEOPLE = Preset(
    name="people",
    title="List of people",
    title_ko="사람 목록",
    certain="uncertain",
    needs=(_PERSON, _NAME),
    rows=(
        Rows(
            table="person",
            to=(
                To(column="person_id", names=_PERSON),
                To(column="name", names=_NAME),
                To(column="joined", names=_JOINED),
                To(column="kind", names=("kind", "person kind")),
                To(column="kind", sql="CASE WHEN {사번} IS NOT NULL THEN 'employee' END"),
                To(column="kind", sql="CASE WHEN {employee id} IS NOT NULL THEN 'employee' END"),
                To(column="kind", constant="customer"),
            ),
        ),
        Rows(
            table="account",
            to=(
                To(column="source_id", names=_PERSON),
                To(column="person_id", names=_PERSON),
                To(column="probability", constant="1"),
                To(column="decided_by", constant="source"),
            ),
        ),
    ),
)

_FROM = (
    "from_id", "from", "source", "source id", "src", "sender", "follower", "referrer", "caller",
    "user1", "node1", "보낸사람", "발신자", "추천인", "출발",
)  # fmt: skip
_TO = (
    "to_id", "to", "target", "target id", "dst", "receiver", "recipient", "followee", "followed",
    "referred", "callee", "user2", "node2", "받는사람", "수신자", "피추천인", "도착",
)  # fmt: skip

TIES = Preset(
    name="ties",
    title="List of ties between people",
    title_ko="사람 사이의 연결 목록",
    certain="uncertain",
    needs=(_FROM, _TO),
    rows=(
        Rows(
            table="tie",
            to=(
                To(column="from_id", names=_FROM),
                To(column="to_id", names=_TO),
                To(
                    column="time", names=("time", "date", "timestamp", "created at", "일시", "시간")
                ),
                To(column="kind", names=("kind", "type", "relation", "종류", "관계")),
                To(column="weight", names=("weight", "count", "n", "가중치", "횟수")),
                To(column="message_id", names=("message id", "tweet id", "post id")),
            ),
            needs=("from_id", "to_id"),
        ),
    ),
)

CHANGES = Preset(
    name="changes",
    title="List of changes",
    title_ko="변화 목록",
    certain="uncertain",
    needs=(
        ("시작일시", "시작일", "시작", "start", "started", "start time", "start date", "from"),
        ("제목", "변경내용", "변화", "title", "what", "change", "description"),
    ),
    rows=(
        Rows(
            table="change",
            to=(
                To(column="change_id", names=("변경ID", "변화ID", "change id", "id", "번호")),
                To(
                    column="start",
                    names=("시작일시", "시작일", "시작", "start", "started", "start time",
                           "start date", "from"),
                ),
                To(
                    column="end",
                    names=("종료일시", "종료일", "종료", "end", "ended", "end time", "end date",
                           "until", "to"),
                ),
                To(column="kind", names=("종류", "유형", "구분", "kind", "type", "category")),
                To(
                    column="title",
                    names=("제목", "변경내용", "변화", "title", "what", "change", "description"),
                ),
                To(column="owner", names=("책임자", "담당자", "owner", "responsible")),
                To(column="unit", names=("부서", "지점", "unit", "department", "branch", "team")),
            ),
            needs=("start", "title"),
        ),
    ),
)  # fmt: skip


def roster_of(payload: Payload) -> Preset | None:
    """The list that the payload is, or None."""
    found = [(likeness(one, payload.columns), one) for one in (CHANGES, PEOPLE, TIES)]
    best = max(found, key=lambda pair: pair[0])
    return best[1] if best[0] else None

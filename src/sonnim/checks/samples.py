"""Example tables for exams: seeded, typed, with Korean and English texts written for Sonnim.

All people, products and texts are made up.
"""

import hashlib
import json
import random

from arro3.core import Table as ArrowTable

from sonnim.checks.rows import Row, Value, table_of
from sonnim.tables.answers import LANGUAGE, MOOD
from sonnim.tables.facts import ANSWER, CHANGE, CORRECTION, EVENT, MESSAGE, TIE
from sonnim.tables.schema import Column, ColumnType, TableSchema

START = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z in microseconds; samples cover the 26 weeks after it."""
_SPAN = 26 * 7 * 86_400_000_000

TEXTS: tuple[tuple[str, str, str], ...] = (
    ("ko", "positive", "배송이 하루 만에 왔고 포장도 꼼꼼해서 정말 만족해요."),
    ("ko", "positive", "상담원분이 끝까지 친절하게 설명해 주셔서 감동했습니다 ㅠㅠ"),
    ("ko", "positive", "앱 업데이트 이후로 로그인이 훨씬 빨라졌네요. 최고예요!!"),
    ("ko", "positive", "가격 대비 품질이 좋아서 부모님 댁에도 하나 더 주문했어요 😊"),
    ("ko", "negative", "환불 신청한 지 2주째인데 아무 연락이 없습니다. 너무 답답해요."),
    ("ko", "negative", "결제할 때마다 오류가 나요. 고객센터는 전화도 안 받고요."),
    ("ko", "negative", "광고랑 실물이 너무 다릅니다. 색도 다르고 마감도 엉망이에요."),
    ("ko", "negative", "매장 직원이 반말하고 짜증내서 다시는 안 갑니다 😡"),
    ("ko", "neutral", "주문번호 확인은 어디에서 하나요?"),
    ("ko", "neutral", "강남점 영업시간이 평일 10시부터 8시까지 맞나요?"),
    ("ko", "neutral", "3월 요금제가 4월에 바뀐다고 들었습니다."),
    ("en", "positive", "Delivery took one day and the box was in perfect shape. Thank you!"),
    ("en", "positive", "The agent stayed on the line until it worked. Best support I've had."),
    ("en", "positive", "Love the new dark mode, and logging in is so much faster 🎉"),
    ("en", "negative", "Two weeks since I asked for a refund and still no answer. Unacceptable."),
    ("en", "negative", "App crashes every time I try to pay. Tried reinstalling twice."),
    ("en", "negative", "Not what was advertised: wrong colour, loose seams, and it smells."),
    ("en", "neutral", "Where can I find my order number?"),
    ("en", "neutral", "Is the Gangnam branch open on public holidays?"),
    ("mixed", "negative", "배송 status가 계속 'preparing'이에요. Please check 좀 해주세요."),
    ("mixed", "positive", "UI가 진짜 clean하고 UX도 smooth해요. Recommend합니다!"),
    ("other", "neutral", "注文番号はどこで確認できますか。"),
)
"""Language, mood and text of the sample messages."""

HOSTILE = (
    "", " ", "🤦🏼‍♂️🤦🏼‍♂️", "ㅋㅋㅋㅋㅋㅋ", "ㅠㅠ", "...", "?!?!", "\u200b", "\u202eagain",
    "a" * 5_000,
    "'; DROP TABLE message; --", "=1+1", "<script>alert(1)</script>", "각", "\\", "{\"a\":", "NULL",
    "가" * 5_000, "12345", "http://example.com/?q=1", "\x01\x02",
)  # fmt: skip
"""Texts that break careless code."""

_CHANNELS = ("app store", "phone", "web", "branch", None)
_UNITS = ("배송", "결제", "App", "Store", None)
_SUBJECTS = ("무선 청소기", "Basic plan", "강남점", None)
_EVENTS = ("visit", "purchase", "refund", "cancel", "contact")


def sample(schema: TableSchema, rows: int = 200, seed: int = 1) -> ArrowTable:
    """A table of that schema with made-up rows; the same seed gives the same rows.

    Keys are unique, ids fit between the tables (`message_id` m0…, `person_id` p0…), and columns
    that are not required are sometimes null.

    Example:
        >>> from sonnim.tables.facts import MESSAGE
        >>> sample(MESSAGE, rows=3, seed=7).num_rows
        3
    """
    # Not for secrets: for repeating.
    chance = random.Random(f"{schema.name}-{seed}")
    return table_of(schema, [_row(schema, i, chance) for i in range(rows)])


def with_texts(table_rows: list[Row], schema: TableSchema, texts: tuple[str, ...]) -> list[Row]:
    """The rows with their `text` replaced, in turn, by the texts given."""
    at = schema.names.index("text")
    return [(*row[:at], texts[i % len(texts)], *row[at + 1 :]) for i, row in enumerate(table_rows)]


def _row(schema: TableSchema, i: int, chance: random.Random) -> Row:
    known = _KNOWN.get(schema.name)
    values = known(i, chance) if known else {}
    return tuple(
        values[column.name] if column.name in values else _any(column, schema, i, chance)
        for column in schema.columns
    )


def _message(i: int, chance: random.Random) -> dict[str, Value]:
    language, mood, text = chance.choice(TEXTS)
    rating = {"positive": (4, 5), "neutral": (3, 4), "negative": (1, 2)}[mood]
    rated = chance.random() < 0.7
    likes, views = chance.randrange(20), chance.randrange(500)
    return {
        "message_id": f"m{i}",
        "time": _time(chance),
        "person_id": _person(chance),
        "channel": chance.choice(_CHANNELS),
        "kind": "review" if rated else chance.choice(("post", "ticket", "chat")),
        "direction": "in",
        "text": text,
        "title": None,
        "language": language if language in ("ko", "en") and i % 2 else None,
        "rating": float(chance.choice(rating)) if rated else None,
        "rating_min": 1.0 if rated else None,
        "rating_max": 5.0 if rated else None,
        "thread_id": f"t{i // 3}",
        "reply_to": f"m{i - 1}" if i % 3 else None,
        "share_of": f"m{i - 2}" if i % 9 == 8 else None,
        "subject": chance.choice(_SUBJECTS),
        "unit": chance.choice(_UNITS),
        "likes": likes if chance.random() < 0.8 else None,
        "shares": likes // 4,
        "views": views,
        "attributes": json.dumps({"판": chance.randrange(9)}, ensure_ascii=False),
        "source": "sample",
    }


def _event(i: int, chance: random.Random) -> dict[str, Value]:
    kind = chance.choice(_EVENTS)
    paid = kind in ("purchase", "refund")
    return {
        "event_id": f"e{i}",
        "time": _time(chance),
        "person_id": f"p{chance.randrange(40)}",
        "type": kind,
        "subject": chance.choice(_SUBJECTS),
        "value": round(chance.lognormvariate(10, 1), -2) if paid else None,
        "currency": "KRW" if paid else None,
        "quantity": float(chance.randint(1, 3)) if paid else None,
        "source": "sample",
    }


def _answer(i: int, chance: random.Random) -> dict[str, Value]:
    metric, low, high = chance.choice((("nps", 0, 10), ("csat", 1, 5), ("ces", 1, 7)))
    return {
        "answer_id": f"a{i}",
        "time": _time(chance),
        "person_id": _person(chance),
        "survey": "분기 조사",
        "wave": f"2026-{1 + i % 2}",
        "metric": metric,
        "score": float(chance.randint(low, high)),
        "scale_min": float(low),
        "scale_max": float(high),
        "touchpoint": chance.choice(("배송", "상담", "checkout", None)),
        "unit": chance.choice(_UNITS),
        "weight": chance.choice((None, 0.5, 1.0, 2.0)),
        "message_id": f"m{i}" if i % 4 == 0 else None,
        "source": "sample",
    }


def _tie(i: int, chance: random.Random) -> dict[str, Value]:
    return {
        "time": _time(chance),
        # A few people are spoken to far more than the others.
        "from_id": f"p{chance.randrange(40)}",
        "to_id": f"p{int(chance.paretovariate(1)) % 40}",
        "kind": chance.choice(("mention", "reply", "share")),
        "weight": 1.0,
        "message_id": f"m{i}",
        "source": "sample",
    }


def _mood(i: int, chance: random.Random) -> dict[str, Value]:
    raw = [chance.random() ** 3 + 1e-6 for _ in range(3)]
    p = [value / sum(raw) for value in raw]
    names = ("negative", "neutral", "positive")
    best = max(range(3), key=p.__getitem__)
    return {
        "message_id": f"m{i}",
        "language": chance.choice(("ko", "en", "mixed")),
        "label": names[best] if p[best] > 0.5 else "unsure",
        "p_negative": p[0],
        "p_neutral": p[1],
        "p_positive": p[2],
        "tier": "sample-1",
    }


def _correction(i: int, chance: random.Random) -> dict[str, Value]:
    _, mood, text = chance.choice(TEXTS)
    return {
        "message_id": f"m{i}",
        "question": "mood",
        "label": mood,
        "labelled_at": _time(chance),
        "labelled_by": "",
        # Of a text that some message has: a few of them are of the message itself.
        "text_digest": hashlib.md5(f"|{text}".encode()).hexdigest(),
        "chosen_by": chance.choice(("uncertain", "random", "given")),
    }


def _language(i: int, chance: random.Random) -> dict[str, Value]:
    return {
        "message_id": f"m{i}",
        "language": chance.choice(("ko", "en", "mixed", "other")),
        "probability": chance.uniform(0.5, 1.0),
    }


def _change(i: int, chance: random.Random) -> dict[str, Value]:
    start = _time(chance)
    return {
        "change_id": f"c{i}",
        "start": start,
        "end": start + chance.randrange(1, 72) * 3_600_000_000 if i % 2 else None,
        "kind": chance.choice(("release", "outage", "price", "campaign")),
        "title": chance.choice(("앱 7.2 배포", "결제 장애", "Price change")),
        "owner": "CIO",
        "unit": chance.choice(_UNITS),
    }


def _any(column: Column, schema: TableSchema, i: int, chance: random.Random) -> Value:
    if column.name in schema.key and column.type is ColumnType.STRING:
        return f"{column.name}{i}"
    if not column.required and chance.random() < 0.2:
        return None
    if column.type is ColumnType.STRING:
        return chance.choice(("가", "나", "a", "b"))
    if column.type is ColumnType.LONG:
        return chance.randrange(100)
    if column.type is ColumnType.DOUBLE:
        return chance.random()
    if column.type is ColumnType.BOOLEAN:
        return chance.random() < 0.5
    if column.type is ColumnType.TIMESTAMP:
        return _time(chance)
    words: list[str | None] = []
    return words + [chance.choice(("가", "b", "🤦🏼‍♂️")) for _ in range(chance.randrange(3))]


def _person(chance: random.Random) -> str | None:
    return f"p{chance.randrange(40)}" if chance.random() < 0.9 else None


def _time(chance: random.Random) -> int:
    return START + chance.randrange(_SPAN)


_KNOWN = {
    MESSAGE.name: _message,
    EVENT.name: _event,
    ANSWER.name: _answer,
    TIE.name: _tie,
    CHANGE.name: _change,
    CORRECTION.name: _correction,
    MOOD.name: _mood,
    LANGUAGE.name: _language,
}

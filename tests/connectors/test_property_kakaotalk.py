"""Any chat, written as the PC and the phone write it, comes back as its messages.

The writers below are the oracle: they are made by the formats, and know nothing of the reader.
"""

import csv
import datetime
import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.connectors.readers import kakaotalk
from tests.connectors.reading import Read, read_one

WEEKDAYS = "월화수목금토일"


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message of a chat."""

    time: datetime.datetime
    name: str
    text: str


def korean_clock(time: datetime.datetime) -> str:
    return f"{'오전' if time.hour < 12 else '오후'} {time.hour % 12 or 12}:{time:%M}"


def english_clock(time: datetime.datetime) -> str:
    return f"{time.hour % 12 or 12}:{time:%M} {'AM' if time.hour < 12 else 'PM'}"


def english_day(time: datetime.datetime) -> str:
    return f"{time:%B} {time.day}, {time.year}"


def pc(chat: Sequence[Said]) -> str:
    lines, day = ["손님방 3 카카오톡 대화", "저장한 날짜 : 2026-03-07 10:00:00", ""], None
    for one in chat:
        if one.time.date() != day:
            day = one.time.date()
            lines.append(
                f"--------------- {day.year}년 {day.month}월 {day.day}일 "
                f"{WEEKDAYS[day.weekday()]}요일 ---------------"
            )
        lines.append(f"[{one.name}] [{korean_clock(one.time)}] {one.text}")
    return "\n".join(lines) + "\n"


def pc_english(chat: Sequence[Said]) -> str:
    lines, day = ["KakaoTalk Chats with 손님방", "Date Saved : 2026-03-07 10:00:00", ""], None
    for one in chat:
        if one.time.date() != day:
            day = one.time.date()
            lines.append(f"--------------- {day:%A}, {english_day(one.time)} ---------------")
        lines.append(f"[{one.name}] [{english_clock(one.time)}] {one.text}")
    return "\n".join(lines) + "\n"


def android(chat: Sequence[Said]) -> str:
    head = ["손님방 3 카카오톡 대화", "저장한 날짜 : 2026년 3월 7일 오전 10:00", "", ""]
    return phone(head, chat, lambda t: f"{t.year}년 {t.month}월 {t.day}일 {korean_clock(t)}")


def android_english(chat: Sequence[Said]) -> str:
    head = ["KakaoTalk Chats with 손님방", "Date Saved : March 7, 2026 at 10:00 AM", ""]
    return phone(head, chat, lambda t: f"{english_day(t)} at {english_clock(t)}")


def phone(
    head: Sequence[str], chat: Sequence[Said], told: Callable[[datetime.datetime], str]
) -> str:
    lines, day = [*head], None
    for one in chat:
        when = told(one.time)
        if one.time.date() != day:
            day = one.time.date()
            lines += ["", when]
        lines.append(f"{when}, {one.name} : {one.text}")
    return "\n".join(lines) + "\n"


def ios(chat: Sequence[Said]) -> str:
    lines, day = ["손님방 님과 카카오톡 대화", "저장한 날짜 : 2026. 3. 7. 오전 10:00", ""], None
    for one in chat:
        if one.time.date() != day:
            day = one.time.date()
            lines += ["", f"{day.year}년 {day.month}월 {day.day}일 {WEEKDAYS[day.weekday()]}요일"]
        when = f"{one.time.year}. {one.time.month}. {one.time.day}. {korean_clock(one.time)}"
        lines.append(f"{when}, {one.name} : {one.text}")
    return "\n".join(lines) + "\n"


def mac(chat: Sequence[Said]) -> str:
    stream = io.StringIO()
    rows = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(("Date", "User", "Message"))
    rows.writerows((f"{one.time:%Y-%m-%d %H:%M:%S}", one.name, one.text) for one in chat)
    return stream.getvalue()


PHONES = (android, android_english, ios)
PCS = (pc, pc_english)


def found_in(text: str, suffix: str = ".txt", line_end: str = "\n") -> Read:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"KakaoTalk_Chat_손님방_2026-03-07-10-00-00{suffix}"
        file.write_bytes(text.replace("\n", line_end).encode("utf-8"))
        return read_one(file)


def expected(chat: Sequence[Said], *, lines: bool = True) -> list[tuple[object, ...]]:
    """Blanks at the end of a message cannot be told from what stands between two; NULs go."""
    texts = [one.text.replace("\0", "") for one in chat]
    return [
        (f"{one.time:%Y-%m-%dT%H:%M:%S}", one.name, text.rstrip() if lines else text, None)
        for one, text in zip(chat, texts, strict=True)
    ]


def rows_of(found: Read) -> list[tuple[object, ...]]:
    assert found.names == ["time", "name", "text", "room", "event"]
    assert {row[3] for row in found.rows} == {"손님방"}
    return [(*row[:3], row[4]) for row in found.rows]


def no_notice(text: str) -> bool:
    """The PC writes who came and left on lines like any other; a notice said is not a message."""
    return not any(kakaotalk._event(line) for line in text.split("\n"))


# A line ends as the file's lines end: with a return of its own it would be two.
ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\r\0")
SENTENCES = st.sampled_from([
    "배송이 언제 오나요?", "예약은", "2024. 3. 5.", "2024년 3월 5일", "2024년 3월 5일 화요일",
    "2024년 3월 5일 오후 2:30", "March 5, 2024", "Tuesday, March 5, 2024 at 2:30 PM", "",
    " 들여쓰기", "[공지] [중요] 내일 쉽니다", "[오후 2:30] 예약", "내용 : 없음",
    "12:30, 주문 : 3개", "😀\u2028끝", "저장한 날짜 : 2024-03-07 10:00:00", 
    "손님방 3 카카오톡 대화", '"인용", 쉼표', "=1+1", "\tx",
    "Date,User,Message", "NUL \u0000.", "--- 2024 ---", "１２：３０", "٢٠٢٤년 ٣월 ٥일",
])  # fmt: skip
TEXTS = st.one_of(
    st.lists(SENTENCES, min_size=1, max_size=4).map("\n".join),
    st.text(ANY, max_size=30),
).filter(no_notice)
NAMES = st.one_of(
    st.sampled_from(["김손님", "상담원 [본사]", "Kim, Bora", "이 손님", "a.b", "😀", "x:y"]),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8),
)
# Dates in the texts are of other years: at the end of a message, its own would be a day's.
TIMES = st.datetimes(datetime.datetime(2025, 1, 1), datetime.datetime(2039, 12, 31)).map(
    lambda time: time.replace(second=0, microsecond=0)
)
CHATS = st.lists(st.builds(Said, time=TIMES, name=NAMES, text=TEXTS), min_size=1, max_size=5).map(
    lambda chat: sorted(chat, key=lambda one: one.time)
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(CHATS, st.sampled_from([*PCS, *PHONES]), st.sampled_from(["\n", "\r\n"]))
def test_any_chat_comes_back(
    chat: list[Said], written: Callable[[Sequence[Said]], str], line_end: str
) -> None:
    found = found_in(written(chat), line_end=line_end)
    assert rows_of(found) == expected(chat)
    assert not found.rejections


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(CHATS)
def test_any_chat_comes_back_from_the_mac(chat: list[Said]) -> None:
    found = found_in(mac(chat), ".csv")
    assert rows_of(found) == expected(chat, lines=False)


NOON = datetime.datetime(2026, 3, 5, 12, 0)


@pytest.mark.parametrize("written", [*PCS, *PHONES])
@pytest.mark.parametrize(
    "line", ["2024. 3. 5.", "2024년 3월 5일 화요일", "2024년 3월 5일 오후 2:30", "March 5, 2024"]
)
def test_a_date_on_a_line_of_a_message_is_of_the_message(
    written: Callable[[Sequence[Said]], str], line: str
) -> None:
    """The line was lost, and in chats of the PC all that followed was of that day."""
    chat = [
        Said(time=NOON, name="김손님", text=f"예약했어요\n{line}\n두 명이요"),
        Said(time=NOON.replace(hour=13), name="이손님", text="네"),
    ]
    assert rows_of(found_in(written(chat))) == expected(chat)


@pytest.mark.parametrize("written", PHONES)
def test_the_phone_writes_notices_with_a_time_only(
    written: Callable[[Sequence[Said]], str],
) -> None:
    chat = [Said(time=NOON, name="김손님", text="들었어요?\n이손님님이 나갔습니다.\n정말")]
    assert rows_of(found_in(written(chat))) == expected(chat)


@pytest.mark.parametrize("text", ["ſept 5, 2024 at 2:30 PM", "٢٠٢٤. ٣. ٥. 오후 ٢:٣٠, 가 : 나"])
def test_letters_that_only_look_like_a_day(text: str) -> None:
    """A long s is an s to a pattern that does not mind the case, and is no month."""
    chat = [Said(time=NOON, name="김손님", text=f"언제?\n{text}")]
    assert rows_of(found_in(pc(chat))) == rows_of(found_in(android(chat))) == expected(chat)


def test_the_narrow_blank_that_phones_write_before_pm() -> None:
    chat = [Said(time=NOON, name="김손님", text="언제 오나요?")]
    text = android_english(chat).replace(" PM", "\u202fPM")
    assert rows_of(found_in(text)) == expected(chat)

"""KakaoTalk chats as PC and phone export them: each message with its time, name and room.

Raw columns are `time` (local, ISO), `name`, `text`, `room` and `event`. A message goes on over the
lines that follow it. Notices have an event (`join`, `leave`, `invite`, `remove`, `delete`,
`notice`); photos and files are messages that say so, as KakaoTalk writes them.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sonnim.connectors.base import Rejection
from sonnim.connectors.encodings import as_utf8, encoding_of
from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.scans import as_parquet
from sonnim.tables.errors import SkipError

_NAMES = ["time", "name", "text", "room", "event"]
_LONGEST_MESSAGE = 1_000_000
_MOST_REJECTED = 10_000
_RAW_CHARACTERS = 2_000

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
# Newer phones write a narrow blank before AM and PM.
_BLANK = r"[\s\u00a0\u202f]?"
_CLOCK = (
    rf"(?P<before>오전|오후|am|pm)?{_BLANK}(?P<hour>\d{{1,2}}):(?P<minute>\d\d)"
    rf"(?:{_BLANK}(?P<after>am|pm))?"
)
_KOREAN_DAY = r"(?P<year>\d{4})(?:년|\.)\s?(?P<month>\d{1,2})(?:월|\.)\s?(?P<day>\d{1,2})(?:일|\.)"
_ENGLISH_DAY = rf"(?:\w+, )?{_MONTH} (?P<day>\d{{1,2}}), (?P<year>\d{{4}})"
# Of ASCII alone: a long s is no s of a month, and Arabic digits are none of an export.
_FLAGS = re.IGNORECASE | re.ASCII

# [이름] [오후 2:30] 내용
_PC = re.compile(rf"\[(?P<name>[^\n]+?)\] \[{_CLOCK}\] ?(?P<text>.*)", _FLAGS)
# --------------- 2024년 3월 5일 화요일 ---------------
_PC_DAYS = tuple(
    re.compile(rf"-{{5,}} {day}(?: [가-힣]+)? -{{5,}}", _FLAGS)
    for day in (_KOREAN_DAY, _ENGLISH_DAY)
)
# 2024년 3월 5일 오후 2:30, 이름 : 내용   and   2024. 3. 5. 오후 2:31: 이름님이 나갔습니다.
_PHONE = tuple(
    re.compile(rf"{day}(?: at|,)? {_CLOCK}(?:, ?|: )(?P<said>.*)", _FLAGS)
    for day in (_KOREAN_DAY, _ENGLISH_DAY)
)
# Days that the phone writes on a line of their own.
_PHONE_DAYS = tuple(
    re.compile(rf"{day}(?: [가-힣]+요일)?(?:(?: at|,)? {_CLOCK})?", _FLAGS)
    for day in (_KOREAN_DAY, _ENGLISH_DAY)
)
_ROOMS = (
    re.compile(r"\ufeff?(?P<room>.+?)(?: 님과)?(?: \d+)? 카카오톡 대화"),
    re.compile(r"\ufeff?KakaoTalk Chats with (?P<room>.+?)(?: \d+)?", _FLAGS),
)
_FILE = re.compile(r"KakaoTalk_Chat_(?P<room>.+?)_\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d")
_TABLE = re.compile(r"\ufeff?\"?Date\"?,\"?User\"?,\"?Message\"?\s*(?:\r?\n|$)")
_EVENTS = (
    ("invite", re.compile(r".+님이 .+님을 초대(?:했|하였)습니다\.?|.+ invited .+")),
    ("join", re.compile(r".+님이 (?:들어왔|입장했)습니다\.?.*|.+ joined (?:this|the) chat.*")),
    ("leave", re.compile(r".+님이 (?:나갔|퇴장했)습니다\.?.*|.+ left (?:this|the) chat.*")),
    ("remove", re.compile(r".+님을 내보냈습니다\.?|.+ (?:was|has been) removed from .+")),
    ("delete", re.compile(r"삭제된 메시지입니다\.?|(?:This message was|Message) deleted\.?")),
    (
        "notice",
        re.compile(r"채팅방 관리자가 메시지를 가렸습니다\.?|.+님이 부?방장이 되었습니다\.?"),
    ),
)
_WHO = re.compile(r"(?P<name>.+?)(?:님이 | joined | left | has left | invited )")


def _likeness(head: bytes, suffix: str) -> int:
    if suffix not in (".txt", ".csv", ""):
        return 0
    text = head.decode(encoding_of(head), errors="replace")
    if _TABLE.match(text):
        return 3
    lines = [line.strip("\r\ufeff") for line in text.split("\n")[:200]]
    messages = sum(bool(_PC.fullmatch(line)) or _is_phone(line) for line in lines)
    dated = any(_day(line, _PC_DAYS) for line in lines) or any(map(_is_phone, lines))
    return 3 if messages and dated else 0


def _is_phone(line: str) -> bool:
    found = _phone(line)
    return found is not None and " : " in found["said"]


def _phone(line: str) -> re.Match[str] | None:
    return next((found for form in _PHONE if (found := form.fullmatch(line))), None)


def _open(handed: Handed) -> Iterator[Opened]:
    path, _ = as_utf8(handed.path)
    rejected: list[Rejection] = []
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            table = _TABLE.match(stream.readline())
        rows = _from_table(path, handed) if table else _from_text(path, handed, rejected)
        file, scan = as_parquet(_NAMES, rows)
    finally:
        if path != handed.path:
            path.unlink(missing_ok=True)
    yield Opened(
        label=handed.label,
        scan=scan,
        rejections=(*rejected, *handed.rejections),
        temporary=(file,),
    )


@dataclass
class _Message:
    """One message while its lines come.

    Attributes:
        time: When it was said, local.
        name: Who said it.
        lines: What was said.
        event: What happened, if it is a notice.
        size: Characters so far.
    """

    time: str
    name: str
    lines: list[str]
    event: str = ""
    size: int = 0

    def go_on(self, line: str) -> None:
        """Takes another line of the message."""
        if self.size < _LONGEST_MESSAGE:
            self.lines.append(line)
            self.size += len(line)

    def end(self, day: str) -> None:
        """Gives back the day that the phone writes before the first message of it.

        A date that somebody wrote at the end of a message stays, unless it is that very day.
        """
        last = len(self.lines) - 1
        while last > 0 and not self.lines[last].strip():
            last -= 1
        if last > 0 and _day(self.lines[last], _PHONE_DAYS) == day:
            del self.lines[last:]

    def row(self, room: str) -> list[str | None]:
        text = "\n".join(self.lines).rstrip()
        return [self.time, self.name or None, text, room, self.event or None]


def _from_text(path: Path, handed: Handed, rejected: list[Rejection]) -> Iterator[list[str | None]]:
    room, day, held = "", "", None
    # Whether it is of the PC: what the other form looks like is then what somebody wrote.
    pc: bool | None = None
    with path.open(encoding="utf-8-sig", errors="replace", newline=None) as stream:
        for number, raw in enumerate(stream, start=1):
            line = raw.rstrip("\n")
            if number == 1 and (told := _room(line)):
                room = told
                continue
            pc = _of_pc(line) if pc is None else pc
            new = _begun(line, day, pc=bool(pc))
            moved = _day(line, _PC_DAYS) if pc else ""
            if held is not None and (new is not None or moved):
                if new is not None and not pc:
                    held.end(new.time.partition("T")[0])
                yield held.row(room or _room_of(handed))
                held = None
            if moved:
                day = moved
            elif new is not None and new.time:
                held = new
            elif new is not None:
                if len(rejected) >= _MOST_REJECTED:
                    raise SkipError("files_broken", file=handed.label, kind="KakaoTalk")
                raw_text = line[:_RAW_CHARACTERS]
                rejected.append(Rejection(row=number, reason="no day before it", raw=raw_text))
            elif held is not None:
                # Those of the phone have a time.
                event = _event(line) if pc else ""
                if event and event != "delete":
                    # Notices of the PC stand between messages without a time of their own.
                    yield held.row(room or _room_of(handed))
                    held = _Message(time=held.time, name=_who(line), lines=[line], event=event)
                else:
                    held.go_on(line)
    if held is not None:
        yield held.row(room or _room_of(handed))


def _of_pc(line: str) -> bool | None:
    """Whether a line is as the PC writes it, or as the phone does; None if neither."""
    if _PC.fullmatch(line) or _day(line, _PC_DAYS):
        return True
    return False if _phone(line) or _day(line, _PHONE_DAYS) else None


def _begun(line: str, day: str, *, pc: bool) -> _Message | None:
    """The message that a line begins, without a time if its day is not known; or None."""
    if pc:
        found = _PC.fullmatch(line)
        if found is None:
            return None
        time = f"{day}T{_clock(found)}" if day else ""
        event = _deleted(found["text"])
        return _Message(time=time, name=found["name"], lines=[found["text"]], event=event)
    found = _phone(line)
    if found is None:
        return None
    time = f"{_date(found)}T{_clock(found)}"
    name, sign, text = found["said"].partition(" : ")
    if not sign:
        said = found["said"]
        return _Message(time=time, name=_who(said), lines=[said], event=_event(said) or "notice")
    return _Message(time=time, name=name, lines=[text], event=_deleted(text))


def _from_table(path: Path, handed: Handed) -> Iterator[list[str | None]]:
    csv.field_size_limit(16_000_000)
    room = _room_of(handed)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        for number, row in enumerate(csv.reader(stream)):
            if number and len(row) >= 3:
                event = _event(row[2]) or None
                yield [row[0].strip().replace(" ", "T"), row[1] or None, row[2], room, event]


def _day(line: str, forms: tuple[re.Pattern[str], ...]) -> str:
    found = next((match for form in forms if (match := form.fullmatch(line.strip()))), None)
    return _date(found) if found is not None else ""


def _date(found: re.Match[str]) -> str:
    month = found["month"].lower()
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    return f"{found['year']}-{number:02}-{int(found['day']):02}"


def _clock(found: re.Match[str]) -> str:
    """The time of a day.

    Example:
        >>> [_clock(_PC.fullmatch(f"[가] [{one}] x")) for one in ("오전 12:05", "2:30 PM", "14:30")]
        ['00:05:00', '14:30:00', '14:30:00']
    """
    half = (found["before"] or found["after"] or "").lower()
    hour = int(found["hour"])
    if half in ("오전", "am"):
        hour %= 12
    elif half:
        hour = hour % 12 + 12
    return f"{hour:02}:{found['minute']}:00"


def _event(text: str) -> str:
    return next((event for event, form in _EVENTS if form.fullmatch(text.strip())), "")


def _deleted(text: str) -> str:
    """A person's own words may sound like a notice; only deleted messages have their name."""
    event = _event(text)
    return event if event == "delete" else ""


def _who(text: str) -> str:
    found = _WHO.match(text)
    return found["name"] if found else ""


def _room(line: str) -> str:
    found = next((match for form in _ROOMS if (match := form.fullmatch(line.strip()))), None)
    return found["room"] if found else ""


def _room_of(handed: Handed) -> str:
    """The room by the name of the file."""
    stem = handed.label.rpartition("/")[2].partition(".")[0]
    found = _FILE.match(stem)
    return found["room"] if found else stem


READER = Reader(name="KakaoTalk", suffixes=(), likeness=_likeness, open=_open)

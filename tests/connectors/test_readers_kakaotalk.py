"""KakaoTalk exports of PC, Android, iOS and Mac, in Korean and English; written for these tests."""

from pathlib import Path

import pytest

from tests.connectors.reading import read_one

SAID = [
    ("2024-03-05T14:30:00", "김손님", "배송이 언제 오나요?\n\n주문번호는 12 : 34 입니다", None),
    ("2024-03-05T14:31:00", "상담원 [본사]", "사진", None),
    ("2024-03-06T00:05:00", "김손님", "삭제된 메시지입니다.", "delete"),
    ("2024-03-06T00:05:00", "이손님", "이손님님이 들어왔습니다.", "join"),
]
PC = """손님방 3 카카오톡 대화
저장한 날짜 : 2024-03-07 10:00:00

--------------- 2024년 3월 5일 화요일 ---------------
[김손님] [오후 2:30] 배송이 언제 오나요?

주문번호는 12 : 34 입니다
[상담원 [본사]] [오후 2:31] 사진
--------------- 2024년 3월 6일 수요일 ---------------
[김손님] [오전 12:05] 삭제된 메시지입니다.
이손님님이 들어왔습니다.
"""
ANDROID = """손님방 3 카카오톡 대화
저장한 날짜 : 2024년 3월 7일 오전 10:00


2024년 3월 5일 오후 2:30
2024년 3월 5일 오후 2:30, 김손님 : 배송이 언제 오나요?

주문번호는 12 : 34 입니다
2024년 3월 5일 오후 2:31, 상담원 [본사] : 사진

2024년 3월 6일 오전 12:05
2024년 3월 6일 오전 12:05, 김손님 : 삭제된 메시지입니다.
2024년 3월 6일 오전 12:05, 이손님님이 들어왔습니다.
"""
IOS = """손님방 님과 카카오톡 대화
저장한 날짜 : 2024. 3. 7. 오전 10:00

2024년 3월 5일 화요일
2024. 3. 5. 오후 2:30, 김손님 : 배송이 언제 오나요?

주문번호는 12 : 34 입니다
2024. 3. 5. 14:31, 상담원 [본사] : 사진

2024년 3월 6일 수요일
2024. 3. 6. 오전 12:05, 김손님 : 삭제된 메시지입니다.
2024. 3. 6. 오전 12:05: 이손님님이 들어왔습니다.
"""
PC_ENGLISH = """KakaoTalk Chats with 손님방
Date Saved : 2024-03-07 10:00:00

--------------- Tuesday, March 5, 2024 ---------------
[김손님] [2:30 PM] 배송이 언제 오나요?

주문번호는 12 : 34 입니다
[상담원 [본사]] [2:31 PM] 사진
--------------- Wednesday, March 6, 2024 ---------------
[김손님] [12:05 AM] 삭제된 메시지입니다.
이손님님이 들어왔습니다.
"""
ANDROID_ENGLISH = """KakaoTalk Chats with 손님방
Date Saved : March 7, 2024 at 10:00 AM


March 5, 2024 at 2:30 PM
March 5, 2024 at 2:30 PM, 김손님 : 배송이 언제 오나요?

주문번호는 12 : 34 입니다
Mar 5, 2024, 2:31 PM, 상담원 [본사] : 사진
March 6, 2024 at 12:05 AM, 김손님 : 삭제된 메시지입니다.
March 6, 2024 at 12:05 AM, 이손님님이 들어왔습니다.
"""


@pytest.mark.parametrize("text", [PC, ANDROID, IOS, PC_ENGLISH, ANDROID_ENGLISH])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_all_write_the_same_chat(tmp_path: Path, text: str, encoding: str) -> None:
    file = tmp_path / "KakaoTalk_20240307.txt"
    file.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    found = read_one(file)
    assert found.names == ["time", "name", "text", "room", "event"]
    assert [(row[0], row[1], row[2], row[4]) for row in found.rows] == SAID
    assert {row[3] for row in found.rows} == {"손님방"}
    assert not found.rejections


def test_the_table_of_the_mac(tmp_path: Path) -> None:
    file = tmp_path / "KakaoTalk_Chat_손님방_2024-03-07-10-00-00.csv"
    file.write_text(
        'Date,User,Message\n2024-03-05 14:30:00,"김손님","여러\n줄, ""인용"""\n'
        '2024-03-05 14:31:00,"이손님","이손님님이 나갔습니다."\n',
        encoding="utf-8-sig",
    )
    assert read_one(file).rows == [
        ("2024-03-05T14:30:00", "김손님", '여러\n줄, "인용"', "손님방", None),
        ("2024-03-05T14:31:00", "이손님", "이손님님이 나갔습니다.", "손님방", "leave"),
    ]


def test_messages_before_any_day_are_rejected(tmp_path: Path) -> None:
    file = tmp_path / "chat.txt"
    day = "--------------- 2024년 3월 5일 화요일 ---------------"
    file.write_text(f"[가] [오후 2:30] 언제?\n{day}\n[나] [오후 2:31] 오늘\n", encoding="utf-8")
    found = read_one(file)
    assert [row[2] for row in found.rows] == ["오늘"]
    assert [(r.row, r.raw) for r in found.rejections] == [(1, "[가] [오후 2:30] 언제?")]


def test_other_texts_are_no_chats(tmp_path: Path) -> None:
    file = tmp_path / "reviews.txt"
    file.write_text("id\ttime\ttext\n1\t2024. 3. 5. 오후 2:30\t[공지] 좋아요 : 최고\n", "utf-8")
    assert read_one(file).names == ["id", "time", "text"]

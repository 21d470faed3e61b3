"""What a column is for, told by its name."""

import pytest

from sonnim.connectors.names import role_of


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("게시물ID", "id"),
        ("메시지번호", "id"),
        ("상담번호", "thread"),
        ("대화ID", "thread"),
        ("답글대상", "reply_to"),
        ("In Reply To", "reply_to"),
        ("작성일시", "time"),
        ("메시지", "text"),
    ],
)
def test_names_of_talk(name: str, role: str) -> None:
    assert role_of(name) == (role, 1.0)


def test_a_part_of_a_name_is_less_sure() -> None:
    assert role_of("고객상담내용") == ("text", 0.7)
    assert role_of("공유된횟수") == ("shares", 0.7)
    assert role_of("공유원글") == ("share_of", 1.0)

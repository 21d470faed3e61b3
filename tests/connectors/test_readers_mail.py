"""Mail of every charset and container; the standard library writes what the reader must read."""

import json
import mailbox
from email.header import Header
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sonnim
from sonnim.connectors.readers.mail_parts import NAMES, as_text, parted, row_of
from tests.connectors.reading import read, read_one


def mail(
    number: int, text: str = "배송이 늦어요", *, reply: str = "", refs: str = ""
) -> EmailMessage:
    made = EmailMessage()
    made["Message-ID"] = f"<{number}@shop.example>"
    made["Date"] = f"Tue, 05 Mar 2024 14:3{number}:00 +0900"
    made["From"] = "김손님 <Kim@Customer.example>"
    made["To"] = "고객센터 <help@shop.example>, b@shop.example"
    made["Subject"] = "배송 문의"
    if reply:
        made["In-Reply-To"] = reply
    if refs:
        made["References"] = refs
    made.set_content(text)
    return made


def row(content: bytes) -> dict[str, str | None]:
    found = row_of(content)
    assert found is not None
    return dict(zip(NAMES, found, strict=True))


def test_a_mail_has_its_columns(tmp_path: Path) -> None:
    made = mail(1, "답장입니다\n\n> 앞의 글\n", reply="<0@x>", refs="<root@x> <0@x>")
    made.add_attachment(b"x", maintype="image", subtype="png", filename="영수증 1.png")
    file = tmp_path / "one.eml"
    file.write_bytes(bytes(made))
    (only,) = read_one(file).dicts
    attachments = json.loads(str(only.pop("attachments")))
    assert attachments == ["영수증 1.png"]
    assert only == {
        "message_id": "<1@shop.example>",
        "date": "2024-03-05T14:31:00+09:00",
        "from": "김손님 <Kim@Customer.example>",
        "from_name": "김손님",
        "from_address": "kim@customer.example",
        "to": "고객센터 <help@shop.example>, b@shop.example",
        "subject": "배송 문의",
        "body": "답장입니다",
        "quoted": "> 앞의 글",
        "in_reply_to": "<0@x>",
        "references": "<root@x> <0@x>",
        "thread_id": "<root@x>",
    }


@pytest.mark.parametrize("charset", ["ks_c_5601-1987", "euc-kr", "cp949", "utf-8", "nonsense", ""])
def test_korean_in_any_charset(charset: str) -> None:
    encoding = "utf-8" if charset in ("utf-8", "nonsense", "") else "cp949"
    text = "똠방각하 배송이 늦어요"
    made = MIMEText("", "plain", "us-ascii")
    made.set_payload(text.encode(encoding))
    declared = f'text/plain; charset="{charset}"' if charset else "text/plain"
    made.replace_header("Content-Type", declared)
    made.replace_header("Content-Transfer-Encoding", "8bit")
    made["From"] = "a@b.example"
    made["Subject"] = Header("문의", encoding).encode()
    found = row(made.as_bytes())
    assert (found["body"], found["subject"]) == (text, "문의")


def test_headers_without_a_charset_are_guessed() -> None:
    for encoding in ("utf-8", "cp949"):
        found = row("From: 김 <a@b.c>\nSubject: 배송 문의\n\nx\n".encode(encoding))
        assert (found["subject"], found["from_name"]) == ("배송 문의", "김")


def test_plain_text_comes_before_html_and_html_becomes_text() -> None:
    both = MIMEMultipart("alternative")
    both["From"] = "a@b.example"
    both.attach(MIMEText("<p>HTML</p>", "html"))
    both.attach(MIMEText("글", "plain", "utf-8"))
    assert row(both.as_bytes())["body"] == "글"
    page = MIMEText("<p>안녕<br>하세요</p><blockquote>앞의 글</blockquote>", "html", "utf-8")
    page["From"] = "a@b.example"
    found = row(page.as_bytes())
    assert (found["body"], found["quoted"]) == ("안녕\n하세요", "> 앞의 글")


@pytest.mark.parametrize(
    "quoted",
    [
        "> 앞의 글\n> 둘째 줄",
        "On Tue, Mar 5, 2024 at 2:30 PM Kim <kim@x.example> wrote:\n> 앞의 글",
        "On Tue, Mar 5, 2024 at 2:30 PM Kim Kim Kim Kim Kim\n<kim@x.example> wrote:\n\n> 앞의 글",
        "2024년 3월 5일 (화) 오후 2:30, 김손님 <kim@x.example>님이 작성:\n\n> 앞의 글",
        "-----Original Message-----\nFrom: 고객센터\nSent: Tuesday\nSubject: x\n\n앞의 글",
        "-----원본 메시지-----\n앞의 글",
        "보낸 사람: 고객센터 <a@b.c>\n보낸 날짜: 2024년 3월 5일\n받는 사람: 김\n제목: x\n\n앞의 글",
    ],
)
def test_what_is_quoted_is_told_from_what_is_new(quoted: str) -> None:
    assert parted(f"감사합니다.\n\n{quoted}\n") == ("감사합니다.", quoted)


def test_answers_between_quoted_lines_are_new() -> None:
    assert parted("> 언제?\n내일요.\n> 어디?\n강남.")[0] == "내일요.\n강남."
    assert parted("From: 서울 출발인가요?\n그럼 됐어요.") == (
        "From: 서울 출발인가요?\n그럼 됐어요.", "")  # fmt: skip


def test_an_mbox_written_by_the_standard_library(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "in.mbox")
    texts = ["첫 글", "From here on it is late\n\nFrom 5 to 6\n>From quoted", "x\n\n"]
    for number, text in enumerate(texts):
        box.add(mail(number, text))
    box.flush()
    box.close()
    found = read_one(tmp_path / "in.mbox")
    assert [one["message_id"] for one in found.dicts] == [f"<{n}@shop.example>" for n in range(3)]
    assert "From here on it is late" in str(found.dicts[1]["body"])


def test_a_folder_and_a_maildir_are_one_table_each(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.eml").write_bytes(bytes(mail(number)))
    found = read_one(folder)
    assert (found.label, len(found.rows)) == ("mails/*.eml", 3)
    box = mailbox.Maildir(str(tmp_path / "box"))
    for number in range(2):
        box.add(mail(number))
    assert [len(one.rows) for one in read(tmp_path / "box") if not isinstance(one, Exception)] == [
        2
    ]


def test_times_without_a_zone_or_a_date() -> None:
    assert row(b"From: a@b.c\nDate: Tue, 5 Mar 2024 14:30:00 -0000\n\nx")["date"] == (
        "2024-03-05T14:30:00+00:00"
    )
    received = b"Received: from x by y; Tue, 5 Mar 2024 14:30:00 +0900\nFrom: a@b.c\n\nx"
    assert row(received)["date"] == "2024-03-05T14:30:00+09:00"
    assert row(b"From: a@b.c\nDate: yesterday\n\nx")["date"] is None


def test_what_is_no_mail_is_rejected(tmp_path: Path) -> None:
    box = tmp_path / "in.mbox"
    box.write_bytes(
        b"From a@b.c Tue Mar  5 14:30:00 2024\n\njust words\n\n"
        b"From a@b.c Tue Mar  5 14:30:00 2024\n" + bytes(mail(1))
    )
    found = read_one(box)
    assert len(found.rows) == 1
    assert [(one.row, one.reason) for one in found.rejections] == [(1, "not a mail")]


def test_mails_become_messages_in_conversations(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "in.mbox")
    box.add(mail(1))
    box.add(mail(2, "새 글\n> 앞의 글", reply="<1@shop.example>", refs="<1@shop.example>"))
    box.flush()
    box.close()
    workspace = sonnim.new(tmp_path / "ws")
    workspace.add(tmp_path / "in.mbox", source="inbox")
    messages = workspace.table("message", order=("time",)).to_struct_array().to_pylist()
    assert [one["text"] for one in messages] == ["배송이 늦어요", "새 글"]
    assert {one["thread_id"] for one in messages} == {"inbox:<1@shop.example>"}
    assert messages[1]["reply_to"] == messages[0]["message_id"] == "inbox:<1@shop.example>"
    assert messages[0]["addressed"] == "b@shop.example,help@shop.example"
    assert str(messages[0]["time"]) == "2024-03-05 05:31:00+00:00"
    assert len({one["person_id"] for one in messages}) == 1
    assert "앞의 글" in messages[1]["attributes"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.binary(max_size=300), headers=st.lists(st.sampled_from(
    [b"From: a@b.c", b"Subject: =?euc-kr?B?////?=", b"Date: 99 Foo", b"Content-Type: multipart/x",
     b"Content-Type: text/html; charset*=''%ff", b"References: <", b"To: =?q?q?", b" x"]),
    max_size=5))  # fmt: skip
def test_any_bytes_are_a_mail_or_none(content: bytes, headers: list[bytes]) -> None:
    raw = b"From: x@y.z\n" + b"\n".join(headers) + b"\n\n" + content
    found = row_of(raw)
    assert found is not None and len(found) == len(NAMES)
    assert found[NAMES.index("thread_id")]


@given(st.text(alphabet="<>&;!-/p div=\"'\n가", max_size=60))
def test_any_page_becomes_text(page: str) -> None:
    assert isinstance(as_text(page), str)

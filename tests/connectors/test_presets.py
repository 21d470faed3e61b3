"""Every preset on samples in `tests/payloads`, against expectations written by hand beside them.

A sample `NAME.EXT` has `NAME.toml`: `preset` (a list for several tables), `counts` of rows per
table, and `[[cell]]` entries that name a table, what one row of it is found by (`find`), and what
it must hold (`is`). A person is written as the source writes them and hashed here, apart from the
code under test.
"""

import csv
import datetime as dt
import hashlib
import tomllib
from pathlib import Path
from typing import Any

import pytest

import sonnim
from sonnim.connectors.files import CONNECTOR
from sonnim.connectors.recognise import presets, recognised
from sonnim.tables.errors import StopError
from sonnim.workspace.workspace import Workspace

PAYLOADS = Path(__file__).resolve().parent.parent / "payloads"
SAMPLES = sorted(file for file in PAYLOADS.rglob("*") if file.is_file() and file.suffix != ".toml")
TABLES = ("message", "event", "answer", "person", "account", "tie", "rejected")


def expected(sample: Path) -> dict[str, Any]:
    return tomllib.loads(sample.with_suffix(".toml").read_text(encoding="utf-8"))


def pseudonym(name: str) -> str:
    told = "sonnim-person:" + name.strip().lower()
    return "p_" + hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()[:16]


def in_table(column: str, value: Any) -> Any:
    if value == "NULL":
        return None
    if column in ("person_id", "from_id", "to_id"):
        return pseudonym(value)
    return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value


def names(sample: Path) -> str:
    return sample.relative_to(PAYLOADS).as_posix()


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=names)
def test_a_sample_goes_in_alone(sample: Path, tmp_path: Path) -> None:
    want = expected(sample)
    workspace = sonnim.new(tmp_path / "ws")
    added = list(workspace.add(sample))
    assert not [one.problem for one in added if one.problem]
    rows = {table: rows_of(workspace, table) for table in TABLES}
    found = {table: len(rows[table]) for table in TABLES if rows[table]}
    assert found == want["counts"], rows["rejected"]
    for cell in want["cell"]:
        find = {k: in_table(k, v) for k, v in cell["find"].items()}
        held = [r for r in rows[cell["table"]] if all(r[k] == v for k, v in find.items())]
        assert len(held) == 1, (find, rows[cell["table"]])
        for column, value in cell["is"].items():
            assert held[0][column] == in_table(column, value), column


def rows_of(workspace: Workspace, table: str) -> list[dict[str, Any]]:
    try:
        held = workspace.table(table)
    except StopError:
        return []
    columns = [held.column(name).to_pylist() for name in held.column_names]
    return [dict(zip(held.column_names, row, strict=True)) for row in zip(*columns, strict=True)]


def own_presets(sample: Path) -> list[str]:
    """One for each table that the file holds."""
    own = expected(sample)["preset"]
    return [own] if isinstance(own, str) else sorted(own)


def preset_of(file: Path) -> list[str]:
    found = []
    for payload in CONNECTOR.fetch(str(file), "source"):
        preset = recognised(payload)
        found.append(preset.name if preset else "none")
        for made in payload.temporary:
            made.unlink(missing_ok=True)
    return found


@pytest.mark.parametrize("sample", SAMPLES, ids=names)
def test_a_sample_is_taken_for_its_preset_and_no_other(sample: Path) -> None:
    assert sorted(preset_of(sample)) == own_presets(sample)


def test_every_preset_has_a_sample() -> None:
    sampled = {name for sample in SAMPLES for name in own_presets(sample)}
    assert {one.name for one in presets()} - sampled == set()


ORDINARY = {
    "reviews.csv": "date,comment,rating\n2026-03-01,Nice tea and a warm room,5\n"
    "2026-03-02,The bun was cold and the queue long,2\n",
    "korean.csv": "작성일,내용,별점,지점\n2026-03-01,직원이 친절하고 차가 맛있어요,5,강남\n"
    "2026-03-02,너무 오래 기다렸어요,2,제주\n",
    "scores.csv": "timestamp,name,score,text\n2026-03-01T10:00:00Z,kim,4,fine place to sit\n"
    "2026-03-02T11:00:00Z,lee,1,never again for me\n",
    "chat.csv": "time,name,text\n2026-03-01 10:00,kim,hello there my friend\n"
    "2026-03-01 10:01,lee,good morning to you\n",
    "orders.csv": "주문번호,주문일시,주문자ID,상품명,수량,판매가\n"
    "1,2026-03-01,a,차,2,4000\n2,2026-03-02,b,빵,1,3000\n",
    "tickets.csv": "id,subject,created_at,status,body\n"
    "1,late,2026-03-01,open,where is my parcel now\n"
    "2,broken,2026-03-02,closed,the lid came broken today\n",
    "nps.csv": "date,customer,nps,comment\n2026-03-01,a,9,I like coming here a lot\n"
    "2026-03-02,b,3,it is too dear for what it is\n",
    "posts.jsonl": '{"id": "1", "author": "a", "body": "what a day it was", "created": '
    '"2026-03-01T10:00:00Z", "score": 3}\n{"id": "2", "author": "b", "body": "rain again and '
    'again", "created": "2026-03-02T10:00:00Z", "score": 1}\n',
    "timestamps.csv": "Timestamp,Text,Rating\n3/5/2026 14:30:15,A fine cup of tea,5\n"
    "3/6/2026 09:10:00,Too loud to talk,2\n",
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_files_are_none(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(ORDINARY[name], encoding="utf-8")
    assert preset_of(file) == ["none"]


@pytest.mark.data
@pytest.mark.slow
def test_reviews_of_a_real_app_by_a_plain_reading(shared_data: Path, tmp_path: Path) -> None:
    """Counts, stars and answers as Python's csv module reads the same file."""
    file = shared_data / "laftel" / "reviews_to_2024-06.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        plain = {row["reviewId"]: row for row in csv.DictReader(stream)}
    workspace = sonnim.new(tmp_path / "ws")
    workspace.add(file)
    held = {row["message_id"].partition(":")[2]: row for row in rows_of(workspace, "message")}
    answered = {f"{one}/reply" for one, row in plain.items() if row["replyContent"].strip()}
    assert set(held) == set(plain) | answered
    for one, row in plain.items():
        assert held[one]["rating"] == float(row["score"])
        assert held[one]["likes"] == int(row["thumbsUpCount"])
        assert held[one]["text"] == row["content"]
        assert held[one]["person_id"] == pseudonym(row["user"])
        assert f"{held[one]['time']:%Y-%m-%d %H:%M:%S}" == row["date"]


def test_a_bare_survey_gives_every_part_of_a_table() -> None:
    """A file of parts alone is read as all its parts; a reply to a review is no row."""
    survey = PAYLOADS / "qualtrics" / "tearoom_relationship.csv"
    moods = sonnim.analyze("mood", survey)
    assert moods.column("message_id").to_pylist() == ["R_1aaa/verbatim", "R_1bbb/verbatim"]
    reviews = PAYLOADS / "naver_smartstore" / "review.csv"
    found = sonnim.analyze("mood", reviews)
    assert found.column("message_id").to_pylist() == ["4100000001", "4100000002"]


def test_a_word_of_a_person_goes_over_a_preset(tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "ws")
    workspace.add(PAYLOADS / "x_archive" / "tweets.js", map=["person_id:=TeaRoom"])
    rows = rows_of(workspace, "message")
    assert {row["person_id"] for row in rows} == {pseudonym("tearoom")}
    assert not any("display_text_range" in (row["attributes"] or "") for row in rows)

"""A file of the store lacks columns that its source never fills; every reader sees them as null."""

from pathlib import Path

import duckdb
import pytest

import sonnim
from sonnim.checks.rows import fetched
from sonnim.tables.facts import ANSWER, MESSAGE
from sonnim.workspace.reporting import explain
from sonnim.workspace.saving import load
from sonnim.workspace.workspace import Workspace
from tests.engines.fixtures import EngineFactory

BARE = "id,time,text\n1,2026-01-02,배송이 빨라요\n2,2026-01-03,포장이 아쉬워요\n"
CHANGED = "id,time,text\n2,2026-01-03,포장이 이제 좋아요\n3,2026-01-04,그냥 그래요\n"
TITLED = "id,time,title,text,rating\nx,2026-02-01,제목,내용이 길어요,4\n"
SURVEY = "id,time,nps,csat\n1,2026-01-02,9,5\n2,2026-01-03,3,2\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return sonnim.new(tmp_path / "ws", timezone="Asia/Seoul")


def add(workspace: Workspace, name: str, content: str, source: str) -> None:
    file = workspace.folder / name
    file.write_text(content, encoding="utf-8")
    (added,) = workspace.add(file, source=source)
    assert (added.problem, added.rejected) == ("", 0)


def names(file: str) -> set[str]:
    return set(duckdb.sql(f"SELECT * FROM read_parquet('{file}')").columns)


def test_what_a_source_never_fills_is_not_written(workspace: Workspace) -> None:
    add(workspace, "a.csv", BARE, "bare")
    (file,) = workspace.snapshot(MESSAGE).files
    assert {"message_id", "time", "text", "source"} <= names(file)
    assert not {"title", "rating", "url", "shares", "thread_id"} & names(file)
    table = workspace.table("message")
    assert tuple(table.column_names) == MESSAGE.names
    assert table.column("title").to_pylist() == [None, None]


def test_required_columns_are_always_written(workspace: Workspace) -> None:
    add(workspace, "s.csv", SURVEY, "survey")
    (file,) = workspace.snapshot(ANSWER).files
    assert {c.name for c in ANSWER.columns if c.required} <= names(file)
    assert sorted(workspace.table("answer").column("score").to_pylist()) == [2, 3, 5, 9]


@pytest.mark.slow
def test_files_with_and_without_a_column_are_one_table(
    workspace: Workspace, make_engine: EngineFactory
) -> None:
    add(workspace, "a.csv", BARE, "bare")
    add(workspace, "b.csv", TITLED, "titled")
    # Merged into a file that lacks columns.
    add(workspace, "c.csv", CHANGED, "bare")
    wanted = [
        ("bare:1", "배송이 빨라요", None, None),
        ("bare:2", "포장이 이제 좋아요", None, None),
        ("bare:3", "그냥 그래요", None, None),
        ("titled:x", "내용이 길어요", "제목", 4.0),
    ]
    places = [MESSAGE.names.index(name) for name in ("message_id", "text", "title", "rating")]
    with make_engine() as engine:
        table = load(workspace.store, engine, workspace.snapshot(MESSAGE))
        rows = fetched(engine, table, ["message_id"])
    assert [tuple(row[place] for place in places) for row in rows] == wanted


def test_explained_sql_runs_on_files_that_lack_columns(workspace: Workspace) -> None:
    add(workspace, "a.csv", BARE, "bare")
    workspace.run(["language"])
    with duckdb.connect() as connection:
        connection.execute(explain(workspace, "language"))
        texts = connection.execute("SELECT text FROM language_texts ORDER BY text").fetchall()
    assert texts == [("배송이 빨라요",), ("포장이 아쉬워요",)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("odd", "wanted"),
    [
        ("7x,2026-01-02,포장이 아쉬워요".encode("cp949"), "포장이 아쉬워요"),
        (b"7x,2026-01-02,a\x00b", "ab"),
        (b"7x,2026-01-02,a,b", None),
    ],
    ids=["CP949", "NUL", "one cell more"],
)
def test_an_odd_line_far_behind_is_noticed(
    workspace: Workspace, tmp_path: Path, odd: bytes, wanted: str | None
) -> None:
    """Behind the four megabytes that are looked at before."""
    lines = [b"id,time,text", *(f"{n},2026-01-02,배송이 빨라요".encode() for n in range(200_000))]
    lines[180_001] = odd
    file = tmp_path / "mixed.csv"
    file.write_bytes(b"\n".join(lines) + b"\n")
    assert file.stat().st_size > 5_000_000
    (added,) = workspace.add(file)
    assert (added.new, added.rejected) == (200_000 - (wanted is None), int(wanted is None))
    table = workspace.table("message")
    keys, texts = (table.column(name).to_pylist() for name in ("message_id", "text"))
    found = dict(zip(keys, texts, strict=True))
    assert found.get("mixed:7x") == wanted
    assert found["mixed:199999"] == "배송이 빨라요"
    languages = sonnim.analyze("language", file)
    assert languages.num_rows == added.new
    assert ("7x" in languages.column("message_id").to_pylist()) == (wanted is not None)

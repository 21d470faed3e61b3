"""SQL databases: SQLite, and a real PostgreSQL where there is one."""

import datetime
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

import sonnim
from sonnim.connectors.base import Payload
from sonnim.connectors.sql import CONNECTOR, SqlSettings
from sonnim.tables.errors import RetryError, SkipError, SonnimError, StopError
from sonnim.workspace.workspace import Workspace
from tests.connectors import postgres
from tests.connectors.reading import read_payload

# Together they take longer than a quick look may.
pytestmark = pytest.mark.slow

ROWS = [
    (1, "배송이 정말 빨라서 좋았습니다", "2024-03-05T10:00:00Z"),
    (2, "포장이 느려요: 100% 실망했습니다", "2024-03-06T10:00:00Z"),
]


@pytest.fixture
def sqlite(tmp_path: Path) -> Path:
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as connection:
        connection.execute('CREATE TABLE "my reviews" (id INTEGER, text TEXT, created_at TEXT)')
        connection.executemany('INSERT INTO "my reviews" VALUES (?, ?, ?)', ROWS)
    connection.close()
    return file


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.running() as address:
        yield address


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return sonnim.new(tmp_path / "ws")


def fetched(location: str, *, after: str = "", **settings: str) -> Payload:
    (one,) = CONNECTOR.bound(SqlSettings(**settings), after).fetch(location, "s")
    return one


def texts(workspace: Workspace) -> list[str]:
    table = workspace.table("message", order=("time", "message_id"))
    return [str(text) for text in table["text"].to_pylist()]


def test_addresses_are_told_from_files() -> None:
    for location in ("postgresql://h/d", "postgres+psycopg://h/d", "sqlite:///x.db", "mysql://h"):
        assert CONNECTOR.takes(location)
    for location in ("https://h/x", "postgresql.csv", "s3://b/x", "-", "sqlite:x"):
        assert not CONNECTOR.takes(location)


def test_a_table_and_a_query(sqlite: Path) -> None:
    table = read_payload(fetched(f"sqlite:///{sqlite}", table="my reviews"))
    assert table.names == ["id", "text", "created_at"]
    assert table.rows == [(str(n), text, time) for n, text, time in ROWS]
    query = "SELECT text AS t, 'a:b' AS c FROM \"my reviews\" WHERE text LIKE '%100%%';"
    found = read_payload(fetched(f"sqlite:///{sqlite}", query=query))
    assert found.dicts == [{"t": ROWS[1][1], "c": "a:b"}]


@pytest.mark.slow
def test_only_newer_rows_are_read_next_time(sqlite: Path, workspace: Workspace) -> None:
    address = f"sqlite:///{sqlite}"
    settings = {"table": "my reviews", "resume_by": "id"}
    (first,) = workspace.add(address, settings=settings, source="shop")
    assert (first.new, first.problem, first.source) == (2, "", "shop")
    with sqlite3.connect(sqlite) as connection:
        connection.execute("UPDATE \"my reviews\" SET text = 'changed' WHERE id = 1")
        connection.execute("INSERT INTO \"my reviews\" VALUES (3, '새 글', '2024-03-07T10:00:00Z')")
    connection.close()
    # Where and what is remembered: the name of the source is enough.
    (second,) = workspace.add("shop")
    assert (second.new, second.changed, second.same) == (1, 0, 1)
    assert texts(workspace) == [ROWS[0][1], ROWS[1][1], "새 글"]
    (third,) = workspace.add("shop")
    assert (third.new, third.changed) == (0, 0)
    # Read for something else, it begins at the start.
    (fourth,) = workspace.add("shop", settings={"resume_by": "created_at"})
    assert (fourth.new, fourth.changed, fourth.same) == (0, 1, 2)


def test_what_broke_off_is_read_again(sqlite: Path, workspace: Workspace) -> None:
    settings = {"table": "my reviews", "resume_by": "id"}
    adding = workspace.adding(f"sqlite:///{sqlite}", settings=settings, source="shop")
    next(adding)
    adding.close()
    assert not (workspace.folder / ".sonnim" / "bookmarks.json").exists()
    (again,) = workspace.add(f"sqlite:///{sqlite}", settings=settings, source="shop")
    assert again.known or again.same == 2


def test_errors_say_what_is_wrong(sqlite: Path, tmp_path: Path) -> None:
    address = f"sqlite:///{sqlite}"
    cases: list[tuple[str, dict[str, str], type[SonnimError], str]] = [
        (address, {}, StopError, "sql_what"),
        (address, {"table": "a", "query": "SELECT 1"}, StopError, "sql_what"),
        (address, {"table": "nowhere"}, StopError, "sql_failed"),
        (address, {"table": "my reviews", "resume_by": "day"}, StopError, "sql_resume"),
        (address, {"query": "DELETE FROM \"my reviews\""}, StopError, "sql_failed"),
        (address, {"query": 'SELECT * FROM "my reviews" WHERE id > 9'}, SkipError,
         "files_header_only"),
        (f"sqlite:///{tmp_path}/none.db", {"table": "a"}, StopError, "files_nothing"),
        ("postgresql+nodriver://h/d", {"table": "a"}, StopError, "sql_driver"),
        ("postgresql://me:${NOT_SET_AT_ALL}@h/d", {"table": "a"}, StopError, "place_variable"),
    ]  # fmt: skip
    for location, settings, kind, key in cases:
        with pytest.raises(kind) as raised:
            fetched(location, **settings)
        assert raised.value.key == key, str(raised.value)
    assert not (tmp_path / "none.db").exists()
    with sqlite3.connect(sqlite) as connection:
        assert connection.execute('SELECT count(*) FROM "my reviews"').fetchone() == (2,)
    connection.close()


def test_without_sqlalchemy_the_extra_is_named(sqlite: Path) -> None:
    program = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        "from sonnim.connectors.sql import CONNECTOR, SqlSettings\n"
        f"list(CONNECTOR.bound(SqlSettings(table='x'), '').fetch('sqlite:///{sqlite}', 's'))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert "sonnim[sql]" in done.stderr


def test_types_of_postgresql_come_as_texts(server: str) -> None:
    query = (
        "SELECT 9007199254740993::bigint AS big, 1.50::numeric AS money, true AS flag, "
        "'2024-03-05 14:30+09'::timestamptz AS at, '2024-03-05 14:30'::timestamp AS naive, "
        "'2024-03-05'::date AS day, '{\"a\": [1]}'::jsonb AS json, ARRAY['x', 'y'] AS list, "
        "'\\x00ff'::bytea AS raw, '좋아요 😀' AS text, NULL AS nothing, "
        "'6f9619ff-8b86-d011-b42d-00c04fc964ff'::uuid AS id, '1 day 2 hours'::interval AS span"
    )
    (only,) = read_payload(fetched(server, query=query)).dicts
    at = datetime.datetime.fromisoformat(str(only.pop("at")))
    assert at == datetime.datetime(2024, 3, 5, 5, 30, tzinfo=datetime.UTC)
    assert json.loads(str(only.pop("json"))) == {"a": [1]}
    assert only == {
        "big": "9007199254740993",
        "money": "1.50",
        "flag": "true",
        "naive": "2024-03-05T14:30:00",
        "day": "2024-03-05",
        "list": '["x", "y"]',
        "raw": "00ff",
        "text": "좋아요 😀",
        "id": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        "span": "93600.0",
    }


@pytest.mark.slow
def test_postgresql_is_resumed_by_a_time(server: str, workspace: Workspace) -> None:
    engine = sqlalchemy.create_engine(server)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE SCHEMA crm"))
        connection.execute(sqlalchemy.text(
            'CREATE TABLE crm."Reviews" (id bigint, text text, "updatedAt" timestamptz)'
        ))  # fmt: skip
        connection.execute(sqlalchemy.text(
            "INSERT INTO crm.\"Reviews\" SELECT n, '배송이 빨라요 ' || n, "
            "timestamptz '2024-03-05 00:00+00' + n * interval '1 second' "
            "FROM generate_series(1, 20000) n"
        ))  # fmt: skip
    settings = {"table": "crm.Reviews", "resume_by": "updatedAt"}
    (first,) = workspace.add(server, settings=settings)
    assert (first.new, first.source) == (20_000, "reviews")
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(
            "UPDATE crm.\"Reviews\" SET text = 'mended', \"updatedAt\" = now() WHERE id = 7"
        ))  # fmt: skip
        connection.execute(sqlalchemy.text(
            "INSERT INTO crm.\"Reviews\" VALUES (30000, '새 글', now())"
        ))  # fmt: skip
    engine.dispose()
    (second,) = workspace.add(server, settings=settings, source="reviews")
    # The last row of the first time is read again, and known.
    assert (second.new, second.changed, second.same) == (1, 1, 1)


def test_passwords_are_neither_shown_nor_written(
    server: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.add(server, settings={"query": "SELECT 'fine day' AS text, now() AS created_at"},
                  source="asked")  # fmt: skip
    for file in workspace.folder.rglob("*"):
        if file.is_file():
            assert b"a-secret" not in file.read_bytes(), file
    monkeypatch.delenv("ASKED_PASSWORD", raising=False)
    with pytest.raises(StopError, match="ASKED_PASSWORD"):
        workspace.add("asked")
    monkeypatch.setenv("ASKED_PASSWORD", "a-secret")
    assert not [one.problem for one in workspace.add("asked") if one.problem]
    with pytest.raises(StopError) as raised:
        fetched(server, table="nowhere")
    assert "a-secret" not in str(raised.value) and "nowhere" in str(raised.value)
    with pytest.raises(RetryError) as away:
        fetched("postgresql://me:a-secret@/db?host=/nowhere/at/all", table="x")
    assert "a-secret" not in str(away.value)


def test_errors_do_not_tell_what_customers_wrote(server: str) -> None:
    with pytest.raises(StopError) as raised:
        fetched(server, query="SELECT CAST('a private word' AS integer)")
    assert "private" not in str(raised.value)

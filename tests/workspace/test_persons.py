"""Everything held about a person comes out: all rows, all columns, all sources."""

import csv
import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

import sonnim
from sonnim.tables.errors import StopError
from sonnim.workspace.person_file import document, held, timeline, write_record
from sonnim.workspace.persons import PersonRecord
from sonnim.workspace.workspace import Workspace
from tests.workspace.people import (
    CUSTOMER,
    FAN,
    HANDLE,
    everything,
    make,
    pseudonym,
    put,
    rows_of,
    tweet,
    write_tweets,
)

pytestmark = pytest.mark.slow

IDS = {pseudonym(HANDLE), pseudonym(CUSTOMER)}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="module")
def record(workspace: Workspace) -> PersonRecord:
    return workspace.person(HANDLE)


def ids_in(record: PersonRecord, table: str, column: str) -> set[object]:
    for schema, rows in record.tables:
        if schema.name == table:
            return set(rows.column(column).to_pylist())
    return set()


@pytest.mark.parametrize("given", [HANDLE, HANDLE.upper() + " ", CUSTOMER, *sorted(IDS)])
def test_any_of_their_ids_finds_them(
    given: str, workspace: Workspace, record: PersonRecord
) -> None:
    found = workspace.person(given)
    assert set(found.trace.ids) == IDS
    assert [(schema.name, rows.num_rows) for schema, rows in found.tables] == [
        (schema.name, rows.num_rows) for schema, rows in record.tables
    ]


def test_all_their_rows_are_there(workspace: Workspace, record: PersonRecord) -> None:
    """Oracle: the tables themselves, read row by row."""
    for table, key in (("event", "event_id"), ("answer", "answer_id")):
        wanted = {row[key] for row in rows_of(workspace, table) if row["person_id"] in IDS}
        assert len(wanted) > 1
        assert ids_in(record, table, key) == wanted
    messages = rows_of(workspace, "message")
    own = {row["message_id"] for row in messages if row["person_id"] in IDS}
    found = ids_in(record, "message", "message_id")
    assert own < found
    # And what the company wrote to them, in conversations with nobody else or as an answer.
    to_them = [row for row in messages if row["message_id"] in found - own]
    assert {row["direction"] for row in to_them} == {"out"}
    assert {"tweets:2", "tweets:13"} <= {row["message_id"] for row in to_them}
    assert not {"tweets:12", "tweets:21"} & found
    assert ids_in(record, "mood", "message_id") == found
    assert ids_in(record, "account", "source_id") == {HANDLE, CUSTOMER}
    assert ids_in(record, "person", "name") >= {"김쿼카"}
    assert len(ids_in(record, "rejected", "raw")) == 2
    assert ids_in(record, "mention", "message_id") == {"tweets:11", "tweets:20", "tweets:12"}


def test_what_others_wrote_is_not_handed_out(record: PersonRecord) -> None:
    text = json.dumps(document(record), ensure_ascii=False)
    assert "저도요" not in text
    assert "Minsu is right" not in text
    for word in ("numbat", "wombat", "bilby", "김쿼카", "bandicoot"):
        assert word in text


def test_json_holds_every_cell_and_says_what_it_means(record: PersonRecord, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "person.json"
    rows = write_record(record, file)
    found = json.loads(file.read_text(encoding="utf-8"))
    assert set(found["person_ids"]) == IDS
    assert rows == sum(len(table["rows"]) for table in found["tables"].values())
    for schema, table in record.tables:
        told = found["tables"][schema.name]
        assert set(told["columns"]) == set(schema.names)
        assert all(set(row) == set(schema.names) for row in told["rows"])
        assert len(told["rows"]) == table.num_rows
    one = next(r for r in found["tables"]["message"]["rows"] if r["message_id"] == "tweets:1")
    assert one["time"] == "2026-03-03T01:10:47+00:00"
    assert not list(tmp_path.rglob("*.tmp"))


def test_sheets_and_folders_hold_the_same_rows(record: PersonRecord, tmp_path: Path) -> None:
    write_record(record, tmp_path / "person.xlsx")
    write_record(record, tmp_path / "person")
    book = CalamineWorkbook.from_path(str(tmp_path / "person.xlsx"))
    assert book.sheet_names == [schema.name for schema, _ in record.tables]
    for schema, table in record.tables:
        sheet = book.get_sheet_by_name(schema.name).to_python()
        assert tuple(sheet[0]) == schema.names
        assert len(sheet) == table.num_rows + 1
        with (tmp_path / "person" / f"{schema.name}.csv").open(newline="", encoding="utf-8") as f:
            lines = list(csv.reader(f))
        assert tuple(lines[0]) == schema.names
        assert len(lines) == table.num_rows + 1


def test_other_endings_are_refused(record: PersonRecord, tmp_path: Path) -> None:
    with pytest.raises(StopError, match=r"\.json, \.xlsx"):
        write_record(record, tmp_path / "person.docx")
    (tmp_path / "file").touch()
    for name in ("person.json", "person.xlsx", "folder"):
        with pytest.raises(StopError, match="Cannot write"):
            write_record(record, tmp_path / "file" / name)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_timeline_is_in_order_and_short(record: PersonRecord, language: str) -> None:
    spec = timeline(record, language, limit=10_000)
    times = [row[0] for row in spec.rows]
    assert times == sorted(times)
    assert {row[1] for row in spec.rows} == {"message", "event", "answer", "tie", "mention"}
    assert all(len(cell) <= 60 for row in spec.rows for cell in row)
    said = next(row for row in spec.rows if "numbat" in row[4])
    assert said[:4] == ("2026-03-03 01:10", "message", "post", "twitter")
    bought = next(row for row in spec.rows if row[1] == "event")
    assert bought[2] == "purchase"
    assert timeline(record, language, limit=3).rows == spec.rows[-3:]
    counted = dict(held(record, language).rows)
    assert counted["rejected"] == "2"


def test_nobody_is_an_error_that_says_what_to_do(workspace: Workspace) -> None:
    with pytest.raises(StopError, match="Nothing is held about 'nobody'"):
        workspace.person("nobody")
    with pytest.raises(StopError, match="An id is missing"):
        workspace.person(" ")


def test_accounts_are_followed_in_circles_and_chains(tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "ws")
    names = ["anna_1", "anna_2", "anna_3", "other_9"]
    rows = [tweet(n, name, f"I am number {n} here") for n, name in enumerate(names)]
    workspace.add(write_tweets(tmp_path / "t.csv", rows), source="t")
    one, two, three, other = (pseudonym(name) for name in names)
    account = workspace.schema("account")
    put(workspace, account, [
        # A model may link pseudonyms, a person may link what the sources write.
        {"source": "t", "source_id": "anna_1", "person_id": two},
        {"source": "t", "source_id": two, "person_id": three},
        {"source": "t", "source_id": "anna_3", "person_id": one},
        {"source": "t", "source_id": "other_9", "person_id": other},
    ])  # fmt: skip
    for name in names[:3]:
        assert set(workspace.person(name).trace.ids) == {one, two, three}
    assert set(workspace.person("other_9").trace.ids) == {other}


def test_a_word_that_is_no_id_takes_nothing_along(tmp_path: Path) -> None:
    """Somebody whose id is a city's name is not every row of that city."""
    workspace = sonnim.new(tmp_path / "ws")
    rows = [tweet(1, "Seoul", "I am called so"), tweet(2, "other_9", "Seoul is nice in May")]
    workspace.add(write_tweets(tmp_path / "t.csv", rows), source="t", map=["unit:=Seoul"])
    put(workspace, FAN, [{"who": "Seoul", "said": []}])
    found = workspace.person("Seoul")
    assert ids_in(found, "message", "message_id") == {"t:1"}
    workspace.erase("Seoul")
    assert [row["text"] for row in rows_of(workspace, "message")] == ["Seoul is nice in May"]
    assert rows_of(workspace, "fan") == [{"who": "Seoul", "said": []}]


def test_looking_writes_nothing(workspace: Workspace) -> None:
    before = everything(workspace.folder / "data")
    workspace.person(HANDLE)
    assert everything(workspace.folder / "data") == before

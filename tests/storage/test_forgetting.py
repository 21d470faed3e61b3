"""What a Delta table keeps of the past, and that nothing of it is left after `forget`."""

import json
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable

from sonnim.storage.delta import DeltaStore
from sonnim.tables.errors import StopError
from sonnim.tables.schema import Column, TableSchema

NOTES = TableSchema(
    name="notes",
    version=1,
    meaning="A note",
    key=("id",),
    columns=(Column(name="id", meaning="Which"), Column(name="text", meaning="What it says")),
)
Rows = list[tuple[str, str]]


def staged(store: DeltaStore, rows: Rows) -> Path:
    file = store.staging("notes")
    values = ", ".join(map(str, rows)) if rows else "('', '')"
    where = "" if rows else "WHERE false"
    duckdb.sql(f"COPY (FROM (VALUES {values}) t(id, text) {where}) TO '{file}' (FORMAT parquet)")
    return file


def rows_of(store: DeltaStore) -> Rows:
    snapshot = store.snapshot(NOTES)
    return sorted(
        duckdb.sql(f"SELECT id, text FROM read_parquet({list(snapshot.files)})").fetchall()
    )


def words_of(folder: Path) -> str:
    """Every byte of the table's folder, Parquet unpacked."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.suffix == ".parquet":
            found.append(str(duckdb.sql(f"FROM read_parquet('{file}')").fetchall()))
        if file.is_file():
            found.append(file.read_bytes().decode("latin-1"))
    return "\n".join(found)


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    """Four versions: two imports, a merge that changed a row, and one more import."""
    made = DeltaStore(tmp_path / "store")
    made.commit(NOTES, [staged(made, [("1", "aardvark one"), ("2", "other")])], token="first")
    made.commit(NOTES, [staged(made, [("3", "third")])], token="second", note={"said": "kept"})
    merged = staged(made, [("1", "aardvark two"), ("4", "zebra four")])
    made.merge(NOTES, merged, token="third")
    made.commit(NOTES, [staged(made, [("5", "fifth")])], token="fourth")
    return made


def erase_first(store: DeltaStore) -> None:
    """Swaps the files that hold row 1 for such that do not."""
    changes: list[tuple[str, Path | None]] = []
    for file in store.snapshot(NOTES).files:
        rows = duckdb.sql(f"SELECT id, text FROM '{file}'").fetchall()
        kept = [row for row in rows if row[0] != "1"]
        if kept != rows:
            changes.append((file, staged(store, kept) if kept else None))
    assert changes
    store.swap(NOTES, changes)


def test_the_log_holds_no_words_of_the_rows(store: DeltaStore, tmp_path: Path) -> None:
    # Statistics of a merged file would name its least and greatest text.
    log = tmp_path / "store" / "notes" / "_delta_log"
    logged = "".join(file.read_text() for file in log.glob("*.json"))
    assert '\\"numRecords\\":' in logged
    assert "aardvark" not in logged
    assert "zebra" not in logged


def test_swapping_files_changes_just_their_rows(store: DeltaStore) -> None:
    before = rows_of(store)
    version = store.snapshot(NOTES).table.version
    erase_first(store)
    assert rows_of(store) == [row for row in before if row[0] != "1"]
    assert store.snapshot(NOTES).rows == len(before) - 1
    assert store.snapshot(NOTES).table.version == (version or 0) + 1
    assert json.loads(store.history("notes")[0].note) == {"said": "kept"}


def test_a_file_may_be_swapped_for_nothing(tmp_path: Path) -> None:
    store = DeltaStore(tmp_path)
    store.commit(NOTES, [staged(store, [("1", "aardvark")])], token="first")
    erase_first(store)
    assert store.snapshot(NOTES).rows == 0
    assert store.snapshot(NOTES).files == ()
    assert store.done("notes", "first")


def test_nothing_of_the_past_is_left(store: DeltaStore, tmp_path: Path) -> None:
    folder = tmp_path / "store" / "notes"
    erase_first(store)
    assert "aardvark" in words_of(folder), "the old snapshots hold it still"
    # What killed writers leave behind: a data file without a commit, a commit half written.
    (folder / "stray.parquet").write_bytes(b"aardvark")
    (folder / "_delta_log" / "00000000000000000099.json#1").write_bytes(b"aardvark")
    before = rows_of(store)
    assert store.forget("notes") >= 3
    assert "aardvark" not in words_of(folder)
    assert rows_of(store) == before
    assert [store.done("notes", t) for t in ("first", "second", "third", "fourth", "no")] == [
        True, True, True, True, False,
    ]  # fmt: skip
    assert json.loads(store.history("notes")[0].note) == {"said": "kept"}
    assert store.old_files("notes") == ()


def test_forgetting_twice_and_going_on(store: DeltaStore) -> None:
    store.forget("notes")
    before = rows_of(store)
    store.forget("notes")
    assert rows_of(store) == before
    store.commit(NOTES, [staged(store, [("6", "sixth")])], token="sixth")
    store.merge(NOTES, staged(store, [("6", "sixth anew")]), token="seventh")
    assert rows_of(store) == [*before, ("6", "sixth anew")]
    assert store.done("notes", "first")


def test_what_a_killed_call_left_is_mended(store: DeltaStore) -> None:
    table = DeltaTable(store.uri("notes"))
    table.alter.set_table_properties(
        {"delta.logRetentionDuration": "interval 0 days"}, raise_if_not_exists=False
    )
    store.forget("notes")
    configuration = DeltaTable(store.uri("notes")).metadata().configuration
    assert configuration["delta.logRetentionDuration"] == "interval 30 days"
    assert configuration["delta.dataSkippingNumIndexedCols"] == "0"


@pytest.mark.parametrize("then", [0, 2, "2020-01-01T00:00:00+00:00", "2020-01-01"])
def test_the_past_that_was_taken_away_is_an_error_not_a_wrong_answer(
    store: DeltaStore, then: int | str
) -> None:
    store.forget("notes")
    with pytest.raises(StopError, match="was taken away"):
        store.snapshot(NOTES, then)
    now = store.snapshot(NOTES)
    assert store.snapshot(NOTES, now.table.version).files == now.files


def test_the_past_of_other_tables_stays(store: DeltaStore) -> None:
    assert store.snapshot(NOTES, 0).rows == 2
    assert store.snapshot(NOTES, 1).rows == 3


def test_tables_of_unknown_makers_are_described(store: DeltaStore) -> None:
    described = store.described("notes")
    assert described.names == ("id", "text")
    with pytest.raises(StopError, match="notes"):
        store.described("nothing")


def test_forgetting_nothing(tmp_path: Path) -> None:
    store = DeltaStore(tmp_path / "none")
    assert store.forget("notes") == 0
    assert store.old_files("notes") == ()

"""Commits, snapshots and history of the store; whole or not at all."""

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable

from sonnim.storage.delta import DeltaStore
from sonnim.tables.errors import RetryError
from sonnim.tables.schema import Column, ColumnType, TableSchema

Rows = list[tuple[str, int]]
VISIT = TableSchema(
    name="visit",
    version=1,
    meaning="One visit",
    key=("visit_id",),
    columns=(
        Column(name="visit_id", meaning="Which visit", required=True),
        Column(name="n", type=ColumnType.LONG, meaning="How many"),
    ),
)


@pytest.fixture
def store(tmp_path: Path) -> DeltaStore:
    return DeltaStore(tmp_path / "data")


def staged(store: DeltaStore, rows: Rows) -> Path:
    file = store.staging("visit")
    values = ", ".join(f"('{name}', {n}::BIGINT)" for name, n in rows)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM (VALUES {values}) t(visit_id, n)) TO '{file}' (FORMAT parquet)"
        )
    return file


def rows_of(store: DeltaStore, as_of: int | str | datetime | None = None) -> Rows:
    files = list(store.snapshot(VISIT, as_of).files)
    if not files:
        return []
    with duckdb.connect() as connection:
        return sorted(
            connection.execute(f"SELECT visit_id, n FROM read_parquet({files!r})").fetchall()
        )


def data_files(store: DeltaStore) -> set[str]:
    return {one.name for one in (Path(store.location) / "visit").glob("*.parquet")}


def test_a_table_that_is_not_there_is_empty(store: DeltaStore) -> None:
    snapshot = store.snapshot(VISIT)
    assert (snapshot.rows, snapshot.files, snapshot.table.version) == (0, (), None)
    assert (store.history("visit"), store.names(), store.done("visit", "x")) == ((), (), False)
    assert not Path(store.location).exists()


def test_commits_append_overwrite_and_merge(store: DeltaStore) -> None:
    assert store.commit(VISIT, [staged(store, [("a", 1)]), staged(store, [("b", 2)])]) == 0
    assert store.snapshot(VISIT).rows == 2
    store.commit(VISIT, [staged(store, [("c", 3)])])
    assert rows_of(store) == [("a", 1), ("b", 2), ("c", 3)]
    store.merge(VISIT, staged(store, [("b", 20), ("d", 4)]))
    assert rows_of(store) == [("a", 1), ("b", 20), ("c", 3), ("d", 4)]
    store.commit(VISIT, [staged(store, [("z", 9)])], mode="overwrite")
    assert rows_of(store) == [("z", 9)]
    assert store.snapshot(VISIT).rows == 1
    assert store.names() == ("visit",)


def test_merging_into_nothing_makes_the_table(store: DeltaStore) -> None:
    store.merge(VISIT, staged(store, [("a", 1)]), token="t")
    assert rows_of(store) == [("a", 1)]
    assert store.done("visit", "t")


def test_time_travel(store: DeltaStore) -> None:
    before = datetime.now(UTC) - timedelta(hours=1)
    for n in range(3):
        store.commit(VISIT, [staged(store, [(str(n), n)])])
    assert [len(rows_of(store, version)) for version in (0, 1, 2)] == [1, 2, 3]
    assert rows_of(store, before) == []
    assert len(rows_of(store, datetime.now(UTC) + timedelta(hours=1))) == 3
    first = store.history("visit")[-1]
    assert (first.version, first.time.tzinfo) == (0, UTC)


def test_the_history_says_what_the_committer_said(store: DeltaStore) -> None:
    store.commit(VISIT, [staged(store, [("a", 1)])], note={"왜": "처음"})
    store.commit(VISIT, [staged(store, [("b", 1)])])
    newest, first = store.history("visit")
    assert (newest.version, newest.note) == (1, "")
    assert json.loads(first.note) == {"왜": "처음"}


def test_tokens(store: DeltaStore) -> None:
    store.commit(VISIT, [staged(store, [("a", 1)])], token="plain")
    assert store.done("visit", "plain")
    assert not store.done("visit", "other")
    for meaning in ("one way", "another way", "one way"):
        assert not store.done("visit", f"file => {meaning}")
        store.commit(VISIT, [staged(store, [("b", 1)])], token=f"file => {meaning}")
        assert store.done("visit", f"file => {meaning}")
    assert not store.done("visit", "file => another way")
    assert not store.done("visit", "other file => one way")
    assert store.done("visit", "plain")


def test_cleaning_never_touches_the_newest_snapshot(store: DeltaStore) -> None:
    store.commit(VISIT, [staged(store, [("a", 1)])])
    store.commit(VISIT, [staged(store, [("b", 2)])], mode="overwrite")
    stray = Path(store.location) / "visit" / "stray.parquet"
    stray.write_bytes(b"left by a writer that was killed")
    # Within the time that old snapshots are kept nothing but old strays may go.
    store.clean("visit")
    assert rows_of(store, 0) == [("a", 1)]
    store.clean("visit", hours=0)
    assert rows_of(store) == [("b", 2)]
    assert data_files(store) == {Path(one).name for one in store.snapshot(VISIT).files}
    assert store.clean("nothing") == 0


def test_a_commit_that_fails_leaves_nothing(
    store: DeltaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit(VISIT, [staged(store, [("a", 1)])])
    before = data_files(store)

    def full(*given: object, **named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(DeltaTable, "create_write_transaction", full)
    with pytest.raises(OSError, match="No space"):
        store.commit(VISIT, [staged(store, [("b", 2)])])
    assert (data_files(store), rows_of(store)) == (before, [("a", 1)])


def test_a_conflict_is_for_trying_again(store: DeltaStore) -> None:
    """Another writer does the same work between our look and our commit."""
    store.commit(VISIT, [staged(store, [("a", 1)])])
    opened = DeltaStore._open

    class Late(DeltaStore):
        def _open(self, name: str) -> DeltaTable | None:
            table = opened(self, name)
            if not met:
                met.append(name)
                DeltaStore(self.location).commit(VISIT, [theirs], token="the same work")
            return table

    met: list[str] = []
    theirs = staged(store, [("b", 2)])
    late = Late(store.location)
    with pytest.raises(RetryError, match="Run the command again"):
        late.commit(VISIT, [staged(store, [("b", 2)])], token="the same work")
    assert rows_of(store) == [("a", 1), ("b", 2)]
    assert len(data_files(store)) == 2


READER = """
import sys
from pathlib import Path
from sonnim.storage.delta import DeltaStore
from sonnim.engines.duckdb import DuckEngine
from tests.storage.test_delta import VISIT, rows_of
store = DeltaStore(sys.argv[1])
seen = set()
print("ready", flush=True)
while not Path(sys.argv[2]).exists():
    rows = rows_of(store)
    # Every commit holds a hundred rows; a reader never sees part of one.
    assert len(rows) % 100 == 0, len(rows)
    seen.add(len(rows))
print(len(seen))
"""


@pytest.mark.slow
def test_readers_go_on_while_somebody_writes(store: DeltaStore, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    stop = tmp_path / "stop"
    with subprocess.Popen(
        [sys.executable, "-c", READER, store.location, str(stop)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}"},
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
        for n in range(12):
            rows = [(f"{n}-{m}", m) for m in range(100)]
            if n % 4 == 3:
                store.merge(VISIT, staged(store, rows))
            else:
                store.commit(VISIT, [staged(store, rows)])
        stop.touch()
        assert int(reader.stdout.readline()) >= 1
        assert reader.wait() == 0
    assert len(rows_of(store)) == 1_200


@pytest.mark.parametrize("merged", [False, True])
def test_a_table_of_an_earlier_version_takes_new_columns(store: DeltaStore, merged: bool) -> None:
    store.commit(VISIT, [staged(store, [("a", 1), ("b", 2)])])
    more = replace(
        VISIT, version=2, columns=(*VISIT.columns, Column(name="place", meaning="Where"))
    )
    file = store.staging("visit")
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT 'b' AS visit_id, 3::BIGINT AS n, 'Jeju' AS place) TO '{file}' "
            "(FORMAT parquet)"
        )
    store.merge(more, file) if merged else store.commit(more, [file])
    files = list(store.snapshot(more).files)
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT * FROM read_parquet({files!r}, union_by_name = true) ORDER BY 1, 2"
        ).fetchall()
    kept = [("a", 1, None)] if merged else [("a", 1, None), ("b", 2, None)]
    assert found == [*kept, ("b", 3, "Jeju")]
    assert store.described("visit").names == ("visit_id", "n", "place")

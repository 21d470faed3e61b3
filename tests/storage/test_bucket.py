"""A workspace whose tables are in a bucket: as in a folder, and nothing of it on the disk."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

import sonnim
from sonnim.storage.delta import DeltaStore
from sonnim.tables.errors import StopError
from sonnim.tables.facts import MESSAGE
from sonnim.workspace.workspace import Workspace
from tests.storage.small_s3 import BUCKET, Bucket, small_s3

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

Rows = list[tuple[str, str, str, str]]
ROWS: Rows = [
    ("1", "2026-01-02", "배송이 정말 빨라요", "5"),
    ("2", "2026-01-03", "포장이 아쉬웠어요", "2"),
    ("3", "2026-01-04", "그냥 그래요 음", "3"),
]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with small_s3(monkeypatch) as found:
        yield found


def write(file: Path, rows: Rows) -> Path:
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([("번호", "작성일", "내용", "별점"), *rows])
    return file


def texts(workspace: Workspace) -> list[str]:
    return sorted(workspace.table("message").column("text").to_pylist())


def test_everything_works_in_a_bucket(bucket: Bucket, tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    workspace = sonnim.new(folder, store=f"s3://{BUCKET}/sonnim/")
    file = write(tmp_path / "a.csv", ROWS[:2])
    assert [one.new for one in workspace.add(file)] == [2]
    assert [one.known for one in workspace.add(file)] == [True]

    bad = ("4", "언제", "날짜가 이상해요", "1")
    write(file, [ROWS[0], ("2", "2026-01-03", "다시 보니 괜찮아요", "4"), ROWS[2], bad])
    (one,) = workspace.add(file)
    assert (one.new, one.changed, one.same, one.rejected) == (1, 1, 1, 1)
    assert texts(workspace) == sorted([ROWS[0][2], "다시 보니 괜찮아요", ROWS[2][2]])
    assert workspace.table("rejected").column("row").to_pylist() == [4]

    first = workspace.history("message")[-1].version
    assert texts(sonnim.open(folder, as_of=first)) == sorted([ROWS[0][2], ROWS[1][2]])

    done = workspace.run(["language", "satisfaction"])
    assert [one.fresh for one in done] == [True, True]
    assert [one.fresh for one in workspace.run(["language", "satisfaction"])] == [False, False]
    assert workspace.export("message", tmp_path / "m.csv") == 3

    local = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    assert local == {"sonnim.toml", ".sonnim/lock"}
    assert not (Path.cwd() / "s3:").exists()
    assert all(key.startswith("sonnim/") for key in bucket.objects())


def test_an_import_into_a_bucket_leaves_no_temporary_file(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spill = tmp_path / "temporary"
    spill.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spill))
    workspace = sonnim.new(tmp_path / "ws", store=f"s3://{BUCKET}/sonnim")
    workspace.add(write(tmp_path / "a.csv", ROWS))
    assert not list(spill.iterdir())


def test_a_bucket_that_refuses_is_one_sentence(bucket: Bucket, tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "ws", store=f"s3://{BUCKET}/sonnim")
    workspace.add(write(tmp_path / "a.csv", ROWS[:2]))
    bucket.refuse(403)
    with pytest.raises(StopError, match="cannot be reached") as caught:
        workspace.add(write(tmp_path / "a.csv", ROWS))
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    bucket.refuse(0)
    assert [one.new for one in workspace.add(tmp_path / "a.csv")] == [1]


@pytest.mark.parametrize(
    "address", ["s3://b/x", "s3a://b/x", "gs://b/x", "az://c/x", "abfss://c@a.dfs.core.windows.net/x"]
)  # fmt: skip
def test_addresses_are_taken_unchanged(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = DeltaStore(address + "/")
    assert store.remote
    assert store.uri("message") == address + "/message"
    assert store.names() == ()
    with pytest.raises(StopError, match="not a local folder"):
        store.staging("message")
    store.clear_staging()
    assert sonnim.new(tmp_path / "ws", store=address).store.uri("message") == address + "/message"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["ws"]
    assert [one.name for one in (tmp_path / "ws").iterdir()] == ["sonnim.toml"]


def test_an_address_of_the_disk_is_a_folder(tmp_path: Path) -> None:
    store = DeltaStore(f"file://{tmp_path}/data")
    assert (store.remote, store.location) == (False, str(tmp_path / "data"))
    assert store.snapshot(MESSAGE).rows == 0


def test_an_unknown_kind_of_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StopError, match="begins with s3://"):
        sonnim.new(tmp_path / "ws", store="hdfs://there/x")
    assert not (tmp_path / "ws" / "hdfs:").exists()

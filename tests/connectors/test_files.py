"""What is found at a location: files, folders, globs, pipes, and what may not be looked into."""

import errno
import gzip
import io
import os
import sys
import tempfile
import threading
from pathlib import Path

import duckdb
import pytest

from sonnim.checks.connector_exam import check_connector
from sonnim.connectors.base import Payload
from sonnim.connectors.files import CONNECTOR, find
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.errors import SkipError, StopError
from tests.connectors.reading import Read, read, read_one

TEXT = "id,time,text\n1,2024-01-05,좋아요\n2,2024-01-06,별로예요\n"
ROWS = [("1", "2024-01-05", "좋아요"), ("2", "2024-01-06", "별로예요")]


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own, to see what is left in it."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def write(file: Path, content: str | bytes = TEXT) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def labels(location: Path | str) -> list[str]:
    """The label of what is read, or the name of the error."""
    return [one.label if isinstance(one, Read) else one.key for one in read(location)]


@pytest.mark.slow
def test_the_exam_of_connectors() -> None:
    check_connector(CONNECTOR, DuckEngine)


def test_one_file(tmp_path: Path) -> None:
    one = read_one(write(tmp_path / "reviews.csv"))
    assert (one.label, one.names, one.rows) == ("reviews.csv", ["id", "time", "text"], ROWS)


def test_a_folder_with_folders(tmp_path: Path) -> None:
    write(tmp_path / "a.csv")
    write(tmp_path / "2024" / "b.tsv", TEXT.replace(",", "\t"))
    write(tmp_path / "2024" / ".hidden.csv")
    write(tmp_path / "2024" / "notes.md")
    write(tmp_path / "folder.csv" / "c.csv")
    assert sorted(labels(tmp_path)) == ["a.csv", "b.tsv", "c.csv"]


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for month in ("01", "02"):
        write(tmp_path / month / "reviews.csv", TEXT + f"3,2024-{month}-07,또\n")
    write(tmp_path / "other.csv")
    assert sorted(labels(tmp_path)) == ["01/reviews.csv", "02/reviews.csv", "other.csv"]


def test_a_glob(tmp_path: Path) -> None:
    for name in ("survey_1.csv", "survey_2.csv", "orders.csv"):
        write(tmp_path / name)
    write(tmp_path / "deep" / "survey_3.csv")
    assert labels(f"{tmp_path}/survey_*.csv") == ["survey_1.csv", "survey_2.csv"]
    assert len(labels(f"{tmp_path}/**/survey_*.csv")) == 3


def test_standard_input(tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(TEXT.encode("cp949"))

    monkeypatch.setattr(sys, "stdin", Input)
    one = read_one("-")
    assert (one.label, one.rows) == ("stdin", ROWS)
    assert not list(temporary.iterdir())


def test_a_pipe(tmp_path: Path, temporary: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(TEXT,), kwargs={"encoding": "utf-8"})
    writer.start()
    one = read_one(pipe)
    writer.join()
    assert one.rows == ROWS
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("name", ["a.csv.gz", "a.tsv.gz", "a.jsonl.gz"])
def test_compressed(tmp_path: Path, name: str) -> None:
    text = {"a.csv.gz": TEXT, "a.tsv.gz": TEXT.replace(",", "\t")}.get(name) or (
        '{"id": "1", "time": "2024-01-05", "text": "좋아요"}\n'
        '{"id": "2", "time": "2024-01-06", "text": "별로예요"}\n'
    )
    assert read_one(write(tmp_path / name, gzip.compress(text.encode()))).rows == ROWS


def test_half_a_gz_keeps_what_is_whole(tmp_path: Path, temporary: Path) -> None:
    lines = [f"{n},2024-01-05,배송이 빨라요 {n * 7919}\n" for n in range(5_000)]
    packed = gzip.compress(("id,time,text\n" + "".join(lines)).encode())
    one = read_one(write(tmp_path / "a.csv.gz", packed[: len(packed) // 2]))
    assert 100 < len(one.rows) < 4_900
    for number, row in enumerate(one.rows):
        assert row == (str(number), "2024-01-05", f"배송이 빨라요 {number * 7919}")
    (cut,) = one.rejections
    assert (cut.row, cut.reason) == (len(one.rows) + 1, "the file is cut off here")
    assert not list(temporary.iterdir())


def test_half_a_gz_within_a_cell_of_several_lines(tmp_path: Path) -> None:
    text = 'id,a,b\n1,x,y\n2,"p\nq",z\n3,"begins,\nlooks,like,rows\n4,a,b\n5,a'
    packed = gzip.compress(text.encode(), mtime=0)
    one = read_one(write(tmp_path / "a.csv.gz", packed[:-8]))
    assert one.rows == [("1", "x", "y"), ("2", "p\nq", "z")]
    (cut,) = one.rejections
    assert (cut.row, cut.reason) == (3, "the file is cut off here")


def test_parquet_with_texts_as_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 1::BIGINT AS id, TIMESTAMP '2024-01-05 10:00:00' AS time, "
            f"encode('좋아요') AS text, 4.5::FLOAT AS rating) TO '{file}' (FORMAT parquet)"
        )
    one = read_one(file)
    assert one.names == ["id", "time", "text", "rating"]
    assert [str(cell) for cell in one.rows[0]] == ["1", "2024-01-05 10:00:00", "좋아요", "4.5"]


def test_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    (tmp_path / "lost.csv").symlink_to(tmp_path / "nowhere.csv")
    for name in ("missing.csv", "*.xyz", "empty", "loop.csv", "lost.csv", "a\x00b"):
        with pytest.raises(StopError) as caught:
            find(str(tmp_path / name))
        assert caught.value.key == "files_nothing", name


def test_links_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "real" / "a.csv")
    (tmp_path / "real" / "loop").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "lost.csv").symlink_to(tmp_path / "nowhere.csv")
    (tmp_path / "real" / "around.csv").symlink_to(tmp_path / "real" / "around.csv")
    (tmp_path / "real" / "b.csv").symlink_to(tmp_path / "real" / "a.csv")
    assert sorted(labels(tmp_path / "real")) == [
        "a.csv", "b.csv", "files_not_readable", "files_not_readable",
    ]  # fmt: skip


def test_a_bad_file_keeps_no_other_out(tmp_path: Path, temporary: Path) -> None:
    write(tmp_path / "1_empty.csv", "")
    write(tmp_path / "2_header.csv", "id,time,text\n")
    write(tmp_path / "3_half.parquet", b"PAR1" + b"\x00" * 50)
    write(tmp_path / "4_picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    write(tmp_path / "5_not.csv.gz", TEXT)
    write(tmp_path / "6_good.csv")
    found = read(tmp_path)
    good = [one for one in found if isinstance(one, Read) and one.label == "6_good.csv"]
    assert [one.rows for one in good] == [ROWS]
    errors = [one for one in found if isinstance(one, SkipError)]
    assert {"files_empty", "files_header_only", "files_broken"} <= {one.key for one in errors}
    assert len(found) == 6
    assert not list(temporary.iterdir())


def test_a_folder_that_may_not_be_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's answer is played: tests often run as root, who may look everywhere."""
    write(tmp_path / "a.csv")
    write(tmp_path / "closed" / "b.csv")
    scandir, opened = os.scandir, Path.open

    def closed_scandir(path: "str | int") -> object:
        if isinstance(path, str) and "closed" in Path(path).parts:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    def closed_open(self: Path, *given: object, **named: object) -> object:
        if "closed" in self.parts:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return opened(self, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", closed_scandir)
    monkeypatch.setattr(Path, "open", closed_open)
    assert labels(tmp_path) == ["a.csv", "files_not_readable"]
    with pytest.raises(StopError, match="may not be read"):
        find(str(tmp_path / "closed"))


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.csv")
    write(tmp_path / "b.csv")
    opened = Path.open

    def closed(self: Path, *given: object, **named: object) -> object:
        if self.name == "a.csv":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return opened(self, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", closed)
    assert labels(tmp_path) == ["files_not_readable", "b.csv"]


def test_a_full_temporary_folder_is_not_the_file_s_fault(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object, **named: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = write(tmp_path / "a.csv", TEXT.encode("utf-16"))
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    with pytest.raises(OSError, match="No space"):
        read(file)
    assert not list(temporary.iterdir())


def test_the_bookmark_is_the_content(tmp_path: Path) -> None:
    def position(file: Path) -> str:
        payloads: list[Payload] = list(CONNECTOR.fetch(str(file), "s"))
        return payloads[0].bookmark.position

    one, same = write(tmp_path / "a.csv"), write(tmp_path / "b.csv")
    other = write(tmp_path / "c.csv", TEXT + "3,2024-01-07,또\n")
    assert position(one) == position(same) != position(other)

"""gzip, Zstandard and zip: the same rows as unpacked, and nothing a bomb could fill."""

import gzip
import io
import sys
import zipfile
from pathlib import Path

import pytest

from sonnim.connectors.readers import packed
from sonnim.tables.errors import SkipError, StopError
from tests.connectors.reading import Read, read, read_one

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = "id,text\n" + "".join(f"{n},배송이 빨라요 {n}\n" for n in range(1000))
CSV = TEXT.encode()
JSON = b'[{"id": 1, "text": "x"}]'


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def write(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def key_of(file: Path) -> str:
    with pytest.raises(SkipError) as raised:
        read_one(file)
    return raised.value.key


def labels(found: list[Read | SkipError]) -> list[str]:
    return [one.label if isinstance(one, Read) else one.key for one in found]


@pytest.fixture(autouse=True)
def _nothing_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Whatever happens, no temporary file is left."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    yield
    assert not list(scratch.iterdir())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.gz", gzip.compress(CSV)),
        ("a.csv.zst", zstd.compress(CSV)),
        ("a.csv.zip", zipped({"a.csv": CSV})),
        ("a.gz", gzip.compress(CSV)),
        ("a.csv.gz", CSV),
        ("b.csv.zst.gz", gzip.compress(zstd.compress(CSV))),
        ("a.csv.gz", gzip.compress(CSV[:5000]) + gzip.compress(CSV[5000:])),
        ("a.csv.zst", zstd.compress(CSV[:5000]) + zstd.compress(CSV[5000:])),
    ],
)
def test_packed_rows_are_the_rows(tmp_path: Path, name: str, content: bytes) -> None:
    plain = read_one(write(tmp_path, "plain.csv", CSV))
    assert read_one(write(tmp_path, name, content)).dicts == plain.dicts


def test_members_that_are_read_and_no_others(tmp_path: Path) -> None:
    content = zipped(
        {
            "../../outside.csv": CSV,
            "/etc/reviews.json": JSON,
            "sub/more.csv.gz": gzip.compress(CSV),
            "inner.zip": zipped({"deep.csv": CSV}),
            "__MACOSX/._reviews.csv": CSV,
            ".hidden.csv": CSV,
            "picture.png": b"\x89PNG",
            "empty.csv": b"",
            "sub/": b"",
        }
    )
    found = read(write(tmp_path, "a.zip", content))
    assert sorted(labels(found)) == [
        "a.zip/etc/reviews.json",
        "a.zip/inner.zip/deep.csv",
        "a.zip/outside.csv",
        "a.zip/sub/more.csv.gz",
        "files_empty",
    ]
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "scratch"}


def test_mails_of_an_archive_are_one_table(tmp_path: Path) -> None:
    mails = {
        f"box/{n}.eml": f"From: a@b.example\nDate: Mon, 2 Mar 2026 14:0{n}:00 +0900\n\n가 {n}\n"
        for n in range(5)
    }
    content = zipped({name: text.encode() for name, text in mails.items()} | {"x.csv": CSV})
    found = read(write(tmp_path, "a.zip", content))
    assert labels(found) == ["a.zip/box/*.eml", "a.zip/x.csv"]
    assert isinstance(found[0], Read) and len(found[0].rows) == 5


def test_members_are_known_again_in_another_archive(tmp_path: Path) -> None:
    one = read_one(write(tmp_path, "a.zip", zipped({"x.csv": CSV})))
    other = read(write(tmp_path, "b.zip", zipped({"x.csv": CSV, "y.json": JSON})))
    assert one.position in {found.position for found in other if isinstance(found, Read)}


def test_korean_names_of_old_archives(tmp_path: Path) -> None:
    content = zipped({"AAAA.csv": CSV}).replace(b"AAAA", "리뷰".encode("cp949"))
    assert read_one(write(tmp_path, "a.zip", content)).label == "a.zip/리뷰.csv"


def test_a_locked_member_does_not_keep_the_others_out(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.csv": CSV, "b.csv": CSV}))
    content[6] |= 1  # local header of a.csv
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert labels(read(write(tmp_path, "a.zip", bytes(content)))) == [
        "files_encrypted",
        "a.zip/b.csv",
    ]


def test_a_damaged_member_does_not_keep_the_others_out(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.csv": CSV, "b.csv": CSV}))
    content[200:210] = bytes(10)
    found = labels(read(write(tmp_path, "a.zip", bytes(content))))
    assert found == ["files_broken", "a.zip/b.csv"]


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_what_was_cut_off_keeps_the_rows_before(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    text = "id,text\n" + "".join(f"{n},{n * n} {n**3}\n" for n in range(30_000))
    content = pack(text.encode())
    found = read_one(write(tmp_path, "a.csv", content[: len(content) // 2]))
    assert 0 < len(found.rows) < 30_000
    assert found.rejections[-1].row == len(found.rows) + 1


def test_an_archive_without_its_end_is_broken(tmp_path: Path) -> None:
    content = zipped({"a.csv": CSV})
    assert key_of(write(tmp_path, "a.zip", content[:-30])) == "files_broken"
    assert key_of(write(tmp_path, "b.zip", zipped({"x.png": b""}))) == "files_nothing_inside"


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zst", "a.zip"])
def test_a_bomb_is_stopped(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "_FREE", 1 << 20)
    pack = {"a.csv.gz": gzip.compress, "a.csv.zst": zstd.compress}.get(
        name, lambda content: zipped({"x.csv": content, "y.csv": content})
    )
    file = write(tmp_path, name, pack(b"id,text\n" + bytes(8 << 20)))
    assert key_of(file) == "files_bomb"
    monkeypatch.setenv("SONNIM_UNPACK_RATIO", "1000000")
    monkeypatch.setenv("SONNIM_UNPACK_BYTES", "2000000")
    assert key_of(file) == "files_too_large"
    monkeypatch.setenv("SONNIM_UNPACK_BYTES", "lots")
    with pytest.raises(StopError):
        read_one(file)


def test_archives_within_archives_end_somewhere(tmp_path: Path) -> None:
    content = zipped({"a.csv": CSV})
    for _ in range(5):
        content = zipped({"inner.zip": content})
    assert key_of(write(tmp_path, "a.zip", content)) == "files_nested"


def test_archives_of_very_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "_MOST_MEMBERS", 2)
    file = write(tmp_path, "a.zip", zipped({f"{n}.csv": CSV for n in range(3)}))
    assert key_of(file) == "files_many_members"


def test_a_file_that_cannot_be_read_does_not_keep_the_others_out(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    write(folder, "a.csv", CSV)
    write(folder, "b.json", b"{")
    write(folder, "c.csv", CSV)
    (folder / "loop").symlink_to(folder)
    assert labels(read(folder)) == ["a.csv", "files_no_rows", "c.csv"]

"""Whatever file comes: good rows and rejected rows, or one clear sentence; nothing is left over."""

import fcntl
import gzip
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

import pytest

import sonnim
from sonnim.workspace.workspace import Workspace
from tests.cli.calling import call

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]
GOOD = (
    "번호,작성일,내용,별점\n1,2026-01-02,배송이 정말 빨라요,5\n2,2026-01-03,포장이 아쉬웠어요,2\n"
)
HEADER, *LINES = GOOD.splitlines(keepends=True)


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.chdir(tmp_path)
    return sonnim.new(tmp_path / "ws", timezone="Asia/Seoul")


def rows(workspace: Workspace, table: str = "message") -> int:
    return workspace.snapshot(workspace.schema(table)).rows


def nothing_left(workspace: Workspace, temporary: Path) -> bool:
    staging = Path(workspace.store.location) / ".staging"
    left = [*temporary.iterdir(), *(staging.iterdir() if staging.is_dir() else ())]
    return not left


def long_cells() -> bytes:
    return (HEADER + f"1,2026-01-02,{'가나 ' * 1_000_000},5\n" + LINES[1]).encode()


def half_gz() -> bytes:
    many = HEADER + "".join(f"{n},2026-01-02,배송이 빨라요 {n * 7919},5\n" for n in range(3_000))
    packed = gzip.compress(many.encode())
    return packed[: len(packed) // 2]


# name of the file, its content, exit code, words that are said, messages taken (-1: some), rejected
CASES: list[tuple[str, bytes, int, str, int, int]] = [
    ("empty.csv", b"", 65, "'empty.csv' is empty", 0, 0),
    ("blank.csv", b"\n\n \n", 65, "'blank.csv'", 0, 0),
    ("header.csv", HEADER.encode(), 0, "has a header but no rows", 0, 0),
    ("header.jsonl", b"", 65, "is empty", 0, 0),
    ("latin.csv", "id,date,comment\n1,2026-01-02,Le café était très bon\n".encode("latin-1"),
     0, "1 new", 1, 0),
    ("mixed.csv", GOOD.encode() + b"3,2026-01-04," + "섞인 글이에요 정말".encode()[:-1] +
     b",5\n4,2026-01-05," + "그냥 그래요 음".encode() + b",3\n", 0, "3 new", 3, 1),
    ("no_text.csv", b"a,b\n1,2\n3,4\n", 65, "no column with texts", 0, 0),
    ("no_time.csv", "내용,별점\n배송이 정말 빨라요,5\n".encode(), 65, "time:=", 0, 0),
    ("half.csv.gz", half_gz(), 0, "1 rejected", -1, 1),
    ("not.csv.gz", GOOD.encode(), 0, "2 new", 2, 0),
    ("half.parquet", b"PAR1" + bytes(200), 65, "'half.parquet' cannot be read as Parquet", 0, 0),
    ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, 65, "'picture.csv'", 0, 0),
    ("program.csv", b"\x7fELF\x02\x01\x01" + bytes(9) + Random(1).randbytes(5_000), 65,
     "'program.csv'", 0, 0),
    ("wide.csv", (",".join(f"c{n}" for n in range(100_000)) + "\n").encode() * 2, 65,
     "100000 columns", 0, 0),
    ("long.csv", long_cells(), 0, "2 new", 2, 0),
    ("ragged.csv", (GOOD + "3\n4,2026-01-04,열이 많아요,5,6,7\n").encode(), 0, "2 new", 2, 2),
    ("quote.csv", (GOOD + '3,2026-01-04,"안 닫은 따옴표\n' + LINES[0].replace("1,", "9,", 1))
     .encode(), 0, "3 new", 3, 1),
    ("broken.jsonl", '{"id": 1, "date": "2026-01-02", "text": "배송이 정말 빨라요"}\n{"id": 2, "te'
     .encode(), 0, "1 new", 1, 1),
    ("deep.json", b"[" * 5_000 + b"]" * 5_000, 65, "'deep.json'", 0, 0),
    ("nul.csv", GOOD.replace("정말", "정\x00말").encode(), 0, "2 new", 2, 0),
    ("dates.csv", (GOOD + "3,2026-13-45,날짜가 이상해요,1\n4,,날짜가 없어요,1\n").encode(), 0,
     "2 new", 2, 2),
]  # fmt: skip


UNSPLIT = ("mixed.csv", "half.csv.gz", "ragged.csv", "quote.csv", "broken.jsonl")
"""Files with lines that are no rows."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_bad_files(
    case: tuple[str, bytes, int, str, int, int],
    workspace: Workspace,
    temporary: Path,
    capsys: Capture,
) -> None:
    name, content, code, said, taken, rejected = case
    Path(name).write_bytes(content)
    found, out, err = call(capsys, "add", name, "-w", "ws")
    everything = out + err
    assert found == code, everything
    assert said in everything
    assert "Traceback" not in everything
    assert "did not foresee" not in everything
    assert "SELECT" not in everything
    if taken >= 0:
        assert rows(workspace) == taken
    else:
        assert 100 < rows(workspace) < 3_000
    assert rows(workspace, "rejected") == rejected
    assert nothing_left(workspace, temporary)
    # A good file goes in afterwards, and nothing is in the way.
    Path("good.csv").write_text(GOOD, encoding="utf-8")
    before = rows(workspace)
    assert call(capsys, "add", "good.csv", "--source", "good", "-w", "ws")[0] == 0
    assert rows(workspace) == before + 2


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_bad_files_without_a_workspace(
    case: tuple[str, bytes, int, str, int, int],
    tmp_path: Path,
    temporary: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    name, content = case[0], case[1]
    Path(name).write_bytes(content)
    found, out, err = call(capsys, "analyze", "language", name, "--out", "l.csv")
    everything = out + err
    assert found in (0, 1, 65), everything
    assert "Traceback" not in everything
    assert "did not foresee" not in everything
    assert "SELECT" not in everything
    assert Path("l.csv").exists() == (found == 0)
    if found == 0 and case[2] == 0:
        lines = Path("l.csv").read_text(encoding="utf-8").count("\n") - 1
        # Here texts need no time; rows that are no rows are left out, and that is said.
        assert lines >= case[4]
        assert ("could not be read" in err) == (case[0] in UNSPLIT)
    assert not list(temporary.iterdir())


def test_a_folder_of_bad_files_gives_the_good_ones(
    workspace: Workspace, temporary: Path, capsys: Capture
) -> None:
    folder = Path("exports")
    folder.mkdir()
    for name, content, *_ in CASES:
        (folder / name).write_bytes(content)
    (folder / "zz.csv").mkdir()
    (folder / "zz.csv" / "zz_good.csv").write_text(GOOD, encoding="utf-8")
    (folder / "loop").symlink_to(Path("loop"))
    (folder / "around").symlink_to(folder.resolve())
    (folder / "lost.csv").symlink_to(Path("nowhere.csv"))
    found, out, err = call(capsys, "add", folder, "-w", "ws")
    everything = out + err
    assert found == 65, everything
    assert "Traceback" not in everything
    assert "zz_good.csv → message" in everything
    assert "lost.csv: skipped" in everything
    bad = [case for case in CASES if case[2]]
    assert f"{len(bad) + 1} file(s) could not be taken" in everything
    for name, *_ in bad:
        assert f"{name}: skipped" in everything
    assert nothing_left(workspace, temporary)


@pytest.mark.parametrize("name", ["missing.csv", "*.nothing", "loop.csv", "lost.csv", "folder.csv"])
def test_places_without_files(
    name: str, workspace: Workspace, temporary: Path, capsys: Capture
) -> None:
    Path("folder.csv").mkdir()
    Path("loop.csv").symlink_to("loop.csv")
    Path("lost.csv").symlink_to("nowhere.csv")
    code, _, err = call(capsys, "add", name, "-w", "ws")
    assert (code, f"There is no file at '{name}'" in err) == (1, True)
    assert not (workspace.folder / "data").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_a_closed_folder(workspace: Workspace, capsys: Capture) -> None:
    folder = Path("closed")
    folder.mkdir()
    (folder / "a.csv").write_text(GOOD, encoding="utf-8")
    folder.chmod(0)
    try:
        code, _, err = call(capsys, "add", folder, "-w", "ws")
    finally:
        folder.chmod(0o700)
    assert (code, "may not be read" in err) == (1, True)


def test_a_dry_run_goes_through_all_files(
    workspace: Workspace, temporary: Path, capsys: Capture
) -> None:
    Path("a.csv").write_bytes(b"")
    Path("b.csv").write_text(GOOD, encoding="utf-8")
    code, out, err = call(capsys, "add", "a.csv", "b.csv", "--dry-run", "-w", "ws")
    assert code == 65
    assert "'a.csv' is empty" in out + err
    assert "b.csv is taken as: message" in out
    assert nothing_left(workspace, temporary)
    assert rows(workspace) == 0


def test_two_writers_at_once(workspace: Workspace, capsys: Capture) -> None:
    Path("good.csv").write_text(GOOD, encoding="utf-8")
    workspace.add("good.csv")
    with (workspace.folder / ".sonnim" / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for given in (["add", "good.csv"], ["run", "satisfaction"]):
            code, _, err = call(capsys, *given, "-w", "ws")
            assert (code, "Another Sonnim is writing" in err) == (75, True)
        # Readers go on meanwhile.
        code, out, _ = call(capsys, "show", "message", "--json", "-w", "ws")
        assert (code, "배송이 정말 빨라요" in out) == (0, True)
        code, _, _ = call(capsys, "export", "message", "--out", "m.csv", "-w", "ws")
        assert (code, Path("m.csv").exists()) == (0, True)
    assert call(capsys, "add", "good.csv", "-w", "ws")[0] == 0


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from sonnim.cli.app import main
main(sys.argv[2:])
"""


def with_little_room(
    size: int, *arguments: str, temporary: Path
) -> "subprocess.CompletedProcess[str]":
    """One command in a process that may write no file longer than `size`, as on a full disk."""
    return subprocess.run(
        [sys.executable, "-c", FULL, str(size), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SONNIM_LANG": "en", "TMPDIR": str(temporary)},
    )


@pytest.mark.slow
@pytest.mark.parametrize("size", [200, 3_000, 40_000])
@pytest.mark.parametrize("ending", ["", "3,broken"], ids=["clean", "careful"])
def test_a_full_disk(
    size: int, ending: str, workspace: Workspace, temporary: Path, capsys: Capture
) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    Path("first.csv").write_text(GOOD, encoding="utf-8")
    workspace.add("first.csv")
    many = "".join(f"{n},2026-01-04,다음에 또 올게요 {n * 7919},4\n" for n in range(9_000, 19_000))
    Path("more.csv").write_text(HEADER + many + ending, encoding="utf-8")
    done = with_little_room(size, "add", "more.csv", "-w", "ws", temporary=temporary)
    assert done.returncode == 1, done
    assert "Cannot write in 'ws' (File too large)" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert rows(workspace) == 2
    assert nothing_left(workspace, temporary)
    # With room again the same command completes.
    code, out, err = call(capsys, "add", "more.csv", "-w", "ws")
    assert (code, rows(workspace)) == (0, 10_002), out + err


def test_a_workspace_that_may_not_be_written(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    code, _, err = call(capsys, "new", tmp_path / "file" / "ws")
    assert (code, "Cannot write in" in err) == (1, True)

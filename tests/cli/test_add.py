"""`sonnim add` says that it wrote into sonnim.toml when it did, and only then."""

from pathlib import Path

import pytest

import sonnim
from sonnim.workspace.workspace import Workspace
from tests.cli.calling import call

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]
WRITTEN = "Written to sonnim.toml"
REVIEWS = (
    "번호,작성일,내용,별점\n1,2026-01-02 10:00,배송이 빨라요,5\n2,2026-01-03 11:00,아쉬워요,2\n"
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "120")
    made = tmp_path / "reviews.csv"
    made.write_text(REVIEWS, encoding="utf-8")
    return made


def sources(workspace: Workspace) -> str:
    text = (workspace.folder / "sonnim.toml").read_text(encoding="utf-8")
    return text.partition("[sources")[2]


def test_what_is_taken_is_written_down_and_said(
    file: Path, tmp_path: Path, capsys: Capture
) -> None:
    workspace = sonnim.new(tmp_path / "ws", timezone="Asia/Seoul")
    code, out, _ = call(capsys, "add", file, "-w", workspace.folder, "--lang", "en")
    assert code == 0
    assert f"{WRITTEN} under [sources.reviews]" in out
    assert sources(workspace)


@pytest.mark.parametrize("given", [(), ("--dry-run",), ("--map", "text=내용")])
def test_what_lacks_its_zone_is_seen_and_not_written(
    file: Path, tmp_path: Path, capsys: Capture, given: tuple[str, ...]
) -> None:
    workspace = sonnim.new(tmp_path / "ws")
    code, out, _ = call(capsys, "add", file, "-w", workspace.folder, "--lang", "en", *given)
    assert "내용" in out and "rating" in out
    assert WRITTEN not in out
    assert not sources(workspace)
    if "--dry-run" not in given:
        assert code == 65
        assert "--map timezone=Asia/Seoul" in out


def test_a_dry_run_writes_nothing_and_says_so(file: Path, tmp_path: Path, capsys: Capture) -> None:
    workspace = sonnim.new(tmp_path / "ws", timezone="Asia/Seoul")
    code, out, _ = call(capsys, "add", file, "-w", workspace.folder, "--lang", "en", "--dry-run")
    assert code == 0
    assert WRITTEN not in out
    assert not sources(workspace)

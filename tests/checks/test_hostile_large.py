"""Large hostile files and bombs, each in a process of its own of bounded memory and time."""

from pathlib import Path

import pytest

import sonnim
from sonnim.checks.failed import CheckFailed
from sonnim.checks.hostile_large import LargeFile, large_files
from sonnim.checks.import_exam import measured
from sonnim.tables.errors import StopError

MEGABYTES = 2048
SECONDS = 600


def held(workspace: Path) -> int:
    """Rows taken and rejected; a table of none is not there."""
    found = 0
    for table in ("message", "rejected"):
        try:
            found += sonnim.Workspace(workspace).table(table).num_rows
        except StopError:
            continue
    return found


@pytest.mark.slow
@pytest.mark.parametrize("file", large_files(), ids=lambda file: file.name)
def test_a_large_file(file: LargeFile, tmp_path: Path) -> None:
    path = tmp_path / file.name
    path.write_bytes(file.make())
    workspace = tmp_path / "ws"
    sonnim.new(workspace, timezone="UTC")
    for words in ((), ("--map", "text=text time=time")):
        done = measured(["add", str(path), "-w", str(workspace), *words], seconds=SECONDS)
        assert "Traceback" not in done.said
        assert done.code in (0, 1, 65), done.said[-500:]
        assert done.megabytes < MEGABYTES
        assert not done.left
        assert not list(workspace.rglob(".staging/*"))
        rows = held(workspace)
        if rows:
            break
    assert rows == file.rows or file.rows < 0 or rows == 0, rows


def test_a_process_that_does_not_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match="an end within"):
        measured(["add", "x.csv", "-w", str(tmp_path)], seconds=0.01)

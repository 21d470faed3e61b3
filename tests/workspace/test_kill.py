"""`kill -9` at twenty random moments of `add` and of `run`: nothing lost, doubled or half there."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

import sonnim
from sonnim.workspace.workspace import Workspace
from tests.workspace.worlds import core_exports

pytestmark = pytest.mark.slow

TABLES = ("message", "answer", "event", "rejected", "language", "satisfaction", "voices")
MOMENTS = 10
# The child says when it begins to work, so that no kill is wasted on the import of libraries.
ADD = """
import sys, sonnim
ws = sonnim.open(sys.argv[1])
import sonnim.connectors.files
print("working", flush=True)
ws.add(sys.argv[2])
"""
RUN = """
import sys, sonnim
ws = sonnim.open(sys.argv[1])
import sonnim.analyzers.satisfaction
print("working", flush=True)
ws.run(["language", "satisfaction", "voices"])
"""


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = core_exports(tmp_path_factory.mktemp("exports"), seed=3, messages=1600)
    broken = folder / "reviews.csv"
    lines = broken.read_text(encoding="utf-8").splitlines(keepends=True)
    # One row that cannot be taken, so that `rejected` is among what must survive.
    lines[5], changed = re.subn(r"\d{4}-\d\d-\d\d[ T][\d:]+", "no time at all", lines[5])
    assert changed == 1
    broken.write_text("".join(lines), encoding="utf-8")
    return folder


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    with child.stdout as said:
        assert said.readline() == "working\n"
    return child


def timed(program: str, *arguments: str) -> float:
    child = start(program, *arguments)
    begin = time.monotonic()
    assert child.wait() == 0
    return time.monotonic() - begin


def kill_after(seconds: float, program: str, *arguments: str) -> bool:
    """Kills the child and all its processes; gives whether it was still at work."""
    child = start(program, *arguments)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return True
    return False


def contents(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, in the order of their keys; times of import are left out."""
    found = {}
    for name in TABLES:
        schema = workspace.schema(name)
        if workspace.snapshot(schema).table.version is None:
            continue
        table = workspace.table(name)
        kept = [c for c in schema.names if c not in ("ingested_at",)]
        columns = [[repr(v) for v in table.column(c).to_pylist()] for c in kept]
        found[name] = sorted(zip(*columns, strict=True))
    return found


def check_whole(workspace: Workspace, wanted: dict[str, list[tuple[object, ...]]]) -> None:
    """No key twice, and no row that an undisturbed run would not have."""
    for name, rows in contents(workspace).items():
        key = workspace.schema(name).key
        names = [c for c in workspace.schema(name).names if c not in ("ingested_at",)]
        places = [names.index(column) for column in key]
        keys = [tuple(row[place] for place in places) for row in rows]
        if name != "rejected":
            assert len(keys) == len(set(keys)), f"{name}: a key is there twice"
        if name in ("message", "answer", "event", "rejected"):
            strange = set(rows) - set(wanted[name])
            assert not strange, f"{name}: {len(strange)} rows are not those of a whole import"


def make(folder: Path) -> Path:
    sonnim.new(folder, timezone="Asia/Seoul")
    return folder


def test_killed_imports_lose_double_and_halve_nothing(tmp_path: Path, exports: Path) -> None:
    calm = make(tmp_path / "calm")
    seconds = timed(ADD, str(calm), str(exports))
    wanted = contents(sonnim.open(calm))
    assert len(wanted["message"]) > 900
    assert len(wanted["rejected"]) == 1

    random = Random(20141)
    killed = 0
    folder = make(tmp_path / "killed0")
    for moment in range(MOMENTS):
        killed += kill_after(random.uniform(0, seconds), ADD, str(folder), str(exports))
        check_whole(sonnim.open(folder), wanted)
        if moment % 3 == 2:
            # What is left is finished undisturbed, and the next kills begin anew.
            sonnim.open(folder).add(exports)
            assert contents(sonnim.open(folder)) == wanted
            folder = make(tmp_path / f"killed{moment + 1}")
    assert killed >= MOMENTS // 2, "the kills came too late to show anything"
    sonnim.open(folder).add(exports)
    assert contents(sonnim.open(folder)) == wanted


def test_killed_runs_lose_double_and_halve_nothing(tmp_path: Path, exports: Path) -> None:
    def filled(name: str) -> Path:
        folder = make(tmp_path / name)
        sonnim.open(folder).add(exports)
        return folder

    calm = filled("calm")
    seconds = timed(RUN, str(calm))
    wanted = contents(sonnim.open(calm))
    assert {"language", "satisfaction", "voices"} <= set(wanted)

    random = Random(43)
    killed = 0
    folder = filled("killed0")
    for moment in range(MOMENTS):
        killed += kill_after(random.uniform(0, seconds), RUN, str(folder))
        check_whole(sonnim.open(folder), wanted)
        if moment % 3 == 2:
            sonnim.open(folder).run(["language", "satisfaction", "voices"])
            assert contents(sonnim.open(folder)) == wanted
            folder = filled(f"killed{moment + 1}")
    assert killed >= MOMENTS // 2, "the kills came too late to show anything"
    sonnim.open(folder).run(["language", "satisfaction", "voices"])
    assert contents(sonnim.open(folder)) == wanted

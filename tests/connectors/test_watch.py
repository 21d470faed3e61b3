"""Folders that are watched: complete files only, errors that end nothing, and a clean end."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sonnim
from sonnim.tables.errors import StopError
from sonnim.workspace.importing import Added
from sonnim.workspace.lock import writing
from sonnim.workspace.watching import Round, seconds_of, watching
from sonnim.workspace.workspace import Workspace

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

OLD = time.time() - 1000


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return sonnim.new(tmp_path / "ws")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def reviews(*numbers: int) -> str:
    rows = (f"{n},배송이 정말 빨라서 좋았습니다,2024-03-05T10:00:00Z\n" for n in numbers)
    return "id,text,created_at\n" + "".join(rows)


def put(file: Path, text: str, *, at_rest: bool = True) -> None:
    file.write_text(text, encoding="utf-8")
    if at_rest:
        os.utime(file, (OLD, OLD))


def rounds(
    workspace: Workspace, *locations: Path | str, between: Callable[[int], None], n: int
) -> list[list[Added]]:
    """What each of n rounds took; `between` is called after each with its number."""
    found: list[list[Added]] = [[]]
    waits: Iterator[int] = iter(range(n))

    def wait(seconds: float) -> None:
        assert seconds == 30.0
        between(next(waits))

    for one in watching(workspace, [str(place) for place in locations], wait=wait):
        if not isinstance(one, Round):
            found[-1].append(one)
            continue
        if len(found) == n:
            return found
        found.append([])
    return found


def told(found: list[list[Added]]) -> list[list[tuple[str, int]]]:
    return [[(one.label, one.new) for one in taken] for taken in found]


def test_a_file_is_taken_when_it_is_complete(workspace: Workspace, inbox: Path) -> None:
    put(inbox / "a.csv", reviews(1, 2))
    growing = inbox / "b.csv"

    def between(number: int) -> None:
        if number == 0:
            put(growing, reviews(3), at_rest=False)
        if number == 1:
            put(growing, reviews(3, 4, 5), at_rest=False)

    found = rounds(workspace, inbox, between=between, n=5)
    assert told(found) == [[("a.csv", 2)], [], [], [("b.csv", 3)], []]


def test_a_changed_file_is_taken_again(workspace: Workspace, inbox: Path) -> None:
    put(inbox / "a.csv", reviews(1))

    def between(number: int) -> None:
        if number == 0:
            put(inbox / "a.csv", reviews(1, 2))

    found = rounds(workspace, inbox, between=between, n=3)
    assert told(found) == [[("a.csv", 1)], [("a.csv", 1)], []]


def test_errors_are_said_once_and_end_nothing(workspace: Workspace, inbox: Path) -> None:
    put(inbox / "a.json", "{broken")
    put(inbox / "b.csv", reviews(1))
    put(inbox / "picture.png", "no table")

    def between(number: int) -> None:
        if number == 1:
            put(inbox / "a.json", json.dumps([
                {"id": 9, "text": "배송이 느려서 실망", "created_at": "2024-03-05T10:00:00Z"},
                {"id": 10, "text": "포장이 좋았습니다", "created_at": "2024-03-05T10:00:00Z"},
            ]))  # fmt: skip

    found = rounds(workspace, inbox, between=between, n=4)
    assert [bool(one.problem) for one in found[0]] == [True, False]
    assert (found[1], [one.new for one in found[2]], found[3]) == ([], [2], [])


def test_another_watch_goes_on_where_one_stopped(workspace: Workspace, inbox: Path) -> None:
    put(inbox / "a.csv", reviews(1))
    rounds(workspace, inbox, between=lambda number: None, n=1)
    put(inbox / "b.csv", reviews(2))
    again = sonnim.Workspace(workspace.folder)
    assert told(rounds(again, inbox, between=lambda number: None, n=2)) == [[("b.csv", 1)], []]
    # Without its notes it looks at all files anew, and knows them by their content.
    (workspace.folder / ".sonnim" / "watched.json").write_text("[", encoding="utf-8")
    (first,) = rounds(again, inbox, between=lambda number: None, n=1)
    assert [(one.label, one.known) for one in first] == [("a.csv", True), ("b.csv", True)]


def test_a_workspace_that_is_busy_is_tried_again(workspace: Workspace, inbox: Path) -> None:
    put(inbox / "a.csv", reviews(1))
    other = writing(workspace.folder)
    other.__enter__()

    def between(number: int) -> None:
        if number == 1:
            other.__exit__(None, None, None)

    found = rounds(workspace, inbox, between=between, n=4)
    assert [[bool(one.problem) for one in taken] for taken in found] == [[True], [], [False], []]
    assert found[2][0].new == 1


def test_a_folder_may_come_later(workspace: Workspace, inbox: Path) -> None:
    later = inbox / "later"

    def between(number: int) -> None:
        if number == 0:
            later.mkdir()
            put(later / "a.csv", reviews(1))

    assert told(rounds(workspace, later, between=between, n=2)) == [[], [("a.csv", 1)]]


def test_a_database_is_read_again_each_time(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "shop.db"

    def insert(number: int) -> None:
        connection = sqlite3.connect(file)
        connection.execute("CREATE TABLE IF NOT EXISTS reviews (id INTEGER, text, created_at)")
        text = "배송이 정말 빨라서 좋았습니다"
        connection.execute("INSERT INTO reviews VALUES (?, ?, '2024-03-05T10:00:00Z')",
                           (number, text))  # fmt: skip
        connection.commit()
        connection.close()

    insert(-1)
    settings = {"table": "reviews", "resume_by": "id"}
    workspace.add(f"sqlite:///{file}", source="shop", settings=settings)
    found = rounds(workspace, "shop", between=insert, n=3)
    assert [[one.new for one in taken] for taken in found] == [[0], [1], [1]]


def test_spans_of_time() -> None:
    for wrong in ("", "0s", "soon", "-5", "5w"):
        with pytest.raises(StopError):
            seconds_of(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM])
def test_the_command_ends_cleanly(workspace: Workspace, inbox: Path, ends: signal.Signals) -> None:
    put(inbox / "a.csv", reviews(1))
    process = subprocess.Popen(
        [sys.executable, "-m", "sonnim", "add", str(inbox), "--watch", "--every", "1s",
         "-w", str(workspace.folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "SONNIM_LANG": "en", "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    notes = workspace.folder / ".sonnim" / "watched.json"
    for _ in range(1200):
        if notes.exists() or process.poll() is not None:
            break
        time.sleep(0.05)
    process.send_signal(ends)
    said, complained = process.communicate(timeout=60)
    assert (process.returncode, complained) == (0, "")
    assert "Ended." in said and "a.csv" in said
    assert workspace.table("message").num_rows == 1

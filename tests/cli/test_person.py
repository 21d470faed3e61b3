"""`sonnim person` and `sonnim erase` as a person meets them."""

import io
import json
from pathlib import Path

import pytest

import sonnim
from tests.cli.calling import call
from tests.workspace.people import pseudonym, tweet, write_tweets

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    workspace = sonnim.new(tmp_path / "ws")
    rows = [
        tweet(1, "anna_1", "The numbat app crashes all the time"),
        tweet(2, "harudam", "@anna_1 we are so sorry to hear that", 1),
        tweet(3, "other_9", "I like it, whatever @anna_1 says"),
    ]
    workspace.add(write_tweets(tmp_path / "t.csv", rows), source="t")
    (workspace.folder / "list.csv").write_text("id\nanna_1\n", encoding="utf-8")
    return workspace.folder


@pytest.mark.parametrize(
    ("language", "said"), [("en", "What they said and did"), ("ko", "말한 것과 한 것")]
)
def test_person_shows_a_timeline(folder: Path, capsys: Capture, language: str, said: str) -> None:
    code, out, err = call(capsys, "person", "anna_1", "-w", folder, "--lang", language)
    assert code == 0, err
    assert said in out
    assert "numbat" in out
    assert pseudonym("anna_1") in out
    assert "{" not in out


def test_person_for_machines(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "anna.json"
    code, out, _ = call(capsys, "person", "anna_1", "--export", file, "-w", folder)
    assert (code, "rows of" in out) == (0, True)
    _, printed, _ = call(capsys, "person", "anna_1", "--json", "-w", folder)
    assert json.loads(printed) == json.loads(file.read_text(encoding="utf-8"))
    code, _, err = call(capsys, "person", "anna_1", "--export", "a.docx", "-w", folder)
    assert (code, ".json" in err) == (1, True)
    code, _, err = call(capsys, "person", "nobody", "-w", folder)
    assert (code, "Nothing is held" in err) == (1, True)


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_erase_asks_first(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    code, out, err = call(capsys, "erase", "anna_1", "-w", folder)
    assert code == 1
    assert "message: 2 rows are theirs, 1 rows of others name them" in out
    assert "cannot be undone" in out
    assert "Nothing was erased" in err
    assert sonnim.open(folder).person("anna_1").trace.held


@pytest.mark.parametrize("language", ["en", "ko"])
def test_erase_says_what_it_did(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    call(capsys, "run", "language", "-w", folder)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    code, out, err = call(capsys, "erase", "anna_1", "-w", folder, "--lang", language)
    assert code == 0, err
    said = out + err
    assert "numbat" not in said
    assert "list.csv" in said
    assert "sonnim run" in said
    for table in ("message", "language", "person"):
        assert f"{table}: " in said
    code, _, err = call(capsys, "person", "anna_1", "-w", folder)
    assert (code, "anna_1" in err) == (1, True)


def test_erase_without_being_asked(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    code, out, _ = call(capsys, "erase", pseudonym("anna_1"), "--yes", "-w", folder)
    assert (code, "message: 2 rows removed" in out) == (0, True)
    code, out, _ = call(capsys, "erase", "anna_1", "--yes", "-w", folder)
    assert (code, "held nothing" in out) == (0, True)
    code, _, err = call(capsys, "erase", "nobody", "--yes", "-w", folder)
    assert (code, "Nothing is held" in err) == (1, True)
    late = write_tweets(tmp_path / "t.csv", [tweet(9, "anna_1", "numbat again and again")])
    code, out, _ = call(capsys, "add", late, "--source", "t", "-w", folder)
    assert (code, "1 rows are of people who were erased before" in out) == (0, True)
    code, out, _ = call(capsys, "show", "erasure", "-w", folder)
    assert (code, "anna_1" in out) == (0, False)

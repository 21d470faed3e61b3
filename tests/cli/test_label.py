"""`sonnim label`: keys, progress, and the file made elsewhere, in both languages."""

import io
from pathlib import Path

import pytest

import sonnim
from tests.cli.calling import call
from tests.workspace.labels import corrections, messages, workspace_of

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    said, felt = messages(12)
    said[0]["text"] = "red \x1b[31mtext"
    return workspace_of(tmp_path / "ws", said, felt).folder


@pytest.mark.parametrize(
    ("language", "said"), [("en", "3 labelled, 1 of them drawn"), ("ko", "3건 판정, 그중")]
)
def test_keys_do_what_they_say(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    """A wrong key, neutral, back, positive, skip, n in Korean mode, back, n again, positive."""
    monkeypatch.setattr("sys.stdin", io.StringIO("x\nu\nb\n3\ns\nㅜ\nb\nn\np\n"))
    code, out, err = call(capsys, "label", "-n", 4, "-w", folder, "--lang", language)
    assert code == 0, err
    assert said in out
    places = [line.partition(" ")[0] for line in out.splitlines() if line[1:3] == "/4"]
    assert places == ["1/4", "2/4", "1/4", "2/4", "3/4", "4/4", "3/4", "4/4"]
    found = corrections(sonnim.open(folder))
    assert sorted(str(label) for label, _ in found.values()) == ["negative", "positive", "positive"]
    for hint in ("unsure", "판단 보류"):
        assert hint not in out, "the model's own mood would lead the answer"


def test_what_is_answered_before_the_end_is_kept(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1\nq\n"))
    assert call(capsys, "label", "-w", folder)[0] == 0
    assert len(corrections(sonnim.open(folder))) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n" * 20))
    code, out, _ = call(capsys, "label", "-w", folder)
    assert code == 0
    assert "red [31mtext" in out and "\x1b" not in out
    _, out, _ = call(capsys, "label", "-w", folder, "--lang", "en")
    assert "nothing left to label" in out


def test_labels_made_elsewhere(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("message_id,label\napp:1,positive\napp:2,wow\n", encoding="utf-8")
    code, out, err = call(capsys, "label", "--from", file, "-w", folder, "--lang", "en")
    assert code == 0, err
    assert "labels.csv: 1 new, 0 changed, 0 there already" in out
    assert "1 rows rejected: label: not one of negative, neutral, positive" in out
    assert "wow" not in out + err


def test_without_moods_it_says_what_to_do(tmp_path: Path, capsys: Capture) -> None:
    sonnim.new(tmp_path / "ws")
    code, _, err = call(capsys, "label", "-w", tmp_path / "ws")
    assert (code, "sonnim run mood" in err) == (1, True)

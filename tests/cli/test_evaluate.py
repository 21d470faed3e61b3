"""`sonnim evaluate` on a small labelled file, in both languages, and what it says of mistakes."""

import csv
import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from sonnim.cli.printing import out as console
from sonnim.workspace.evaluating import EVALUATION
from sonnim.workspace.workspace import new
from tests.cli.calling import call

# Whole ways through the command line: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]
ROWS = (
    ("배송이 빨라서 정말 좋아요", "긍정", "app"),
    ("포장이 엉망이고 환불도 안 해줘요. 최악입니다", "부정", "app"),
    ("사장님이 친절하고 맛있어요", "긍정", "web"),
    ("The app crashes every time. Terrible!", "negative", "app"),
    ("I love this tea and the staff were so kind", "positive", "web"),
    ("", "positive", "web"),
    ("good", "?", "web"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "labelled.csv"
    with made.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([("comment", "sentiment", "channel"), *ROWS])
    return made


def wide(monkeypatch: pytest.MonkeyPatch, width: int = 220) -> None:
    monkeypatch.setattr(console, "_width", width)
    monkeypatch.setattr(console, "_height", 25)


def test_in_english(file: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """All five are plain enough to be read rightly: by hand, 1.000 of 3 and of 2."""
    wide(monkeypatch)
    code, out, _ = call(capsys, "evaluate", file, "--tier", "fast", "--lang", "en")
    assert code == 0
    assert "text from 'comment', label from 'sentiment', domain from 'channel'" in out
    assert "1 row(s) left out: no text. Rows: 6" in out
    assert "none of negative, neutral and positive. Rows: 7" in out
    lines = [line.replace("│", " ").split() for line in out.splitlines()]
    assert ["ko:", "all", "sonnim", "fast", "3", "1.000"] in [line[:6] for line in lines]
    assert ["en:", "all", "sonnim", "fast", "2", "1.000"] in [line[:6] for line in lines]
    for head in ("accuracy", "macro-F1", "macro recall", "AUC", "coverage at 95%", "ECE",
                 "by chance", "unsure", "accuracy if sure", "texts/s"):  # fmt: skip
        assert head in out
    assert "No text is labelled neutral" in out
    # Never what somebody wrote.
    assert not any(text and text in out for text, _, _ in ROWS if text != "good")


def test_in_korean(file: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    wide(monkeypatch)
    code, out, _ = call(capsys, "evaluate", file, "--tier", "fast", "--lang", "ko")
    assert code == 0
    assert "라벨: 'sentiment' 열" in out
    assert "뺀 행 1개: 글이 없음. 행: 6" in out
    assert "ko: 전체" in out and "최다 라벨" in out and "매크로 재현율" in out


def test_a_narrow_window_names_what_it_leaves_out(
    file: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide(monkeypatch, 80)
    _, out, _ = call(capsys, "evaluate", file, "--tier", "fast", "--lang", "en", "--no-baselines")
    assert max(cell_len(line) for line in out.splitlines() if "│" in line) <= 80
    (told,) = (line for line in out.splitlines() if line.startswith("Not shown here: "))
    assert "texts/s" in told
    assert "majority" not in out and "lexicon" not in out


def test_files_hold_everything(file: Path, tmp_path: Path, capsys: Capture) -> None:
    place = tmp_path / "results.json"
    code, _, _ = call(capsys, "evaluate", file, "--tier", "fast", "--out", place)
    assert code == 0
    whole = json.loads(place.read_text(encoding="utf-8"))
    assert whole["classifier"] == "sonnim fast"
    assert {one["reason"]: one["rows"] for one in whole["left_out"]} == {
        "no_text": ["6"], "unknown_label": ["7"],
    }  # fmt: skip
    assert all(tuple(row) == EVALUATION.names for row in whole["evaluation"])
    assert all(row["accuracy_low"] <= row["accuracy"] for row in whole["evaluation"])
    call(capsys, "evaluate", file, "--tier", "fast", "--out", tmp_path / "results.csv")
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as lines:
        assert len(list(csv.DictReader(lines))) == len(whole["evaluation"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["FILE", "--label", "nope"], "It has: comment, sentiment, channel"),
        (["FILE", "--rating", "channel", "--label", "sentiment"], "Leave the other out"),
        (["FILE", "--tier", "best"], "fast, cascade, accurate"),
        (["--text", "comment"], "sonnim evaluate FILE"),
        ([], "sonnim evaluate FILE"),
    ],
)
def test_mistakes(
    file: Path,
    tmp_path: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [str(file) if one == "FILE" else one for one in arguments]
    code, _, err = call(capsys, "evaluate", *given, "--lang", "en")
    assert code == 1 and said in err


def test_of_a_workspace(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    wide(monkeypatch)
    file = tmp_path / "reviews.csv"
    file.write_text(
        "text,rating,time\n정말 좋아요 최고예요,5,2026-01-05\n최악이고 실망했어요,1,2026-01-05\n",
        encoding="utf-8",
    )
    workspace = new(tmp_path / "mine", timezone="Asia/Seoul")
    workspace.add(file, source="shop")
    code, out, _ = call(
        capsys, "evaluate", "-w", workspace.folder, "--tier", "fast", "--lang", "en"
    )
    assert code == 0
    lines = [line.replace("│", " ").split() for line in out.splitlines()]
    assert ["ko:", "all", "sonnim", "fast", "2", "1.000"] in [line[:6] for line in lines]

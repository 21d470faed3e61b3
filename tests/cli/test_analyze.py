"""What `sonnim analyze` prints fits the window and names what it leaves out; files stay whole."""

import csv
import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from sonnim.cli.printing import out as console
from tests.cli.calling import call

# Whole ways through the command line: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]
COLUMNS = {
    "message_id", "language", "label", "p_negative", "p_neutral", "p_positive", "tier",
    "text_digest",
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "a.csv"
    made.write_text(
        "id,text\nr1,배송이 정말 빨라요\nr2,Too slow and the tea was cold\n", encoding="utf-8"
    )
    return made


def window(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    # One console is made when the commands are loaded, and looks at the window for each line.
    monkeypatch.setattr(console, "_width", width)
    monkeypatch.setattr(console, "_height", 25)


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_the_table_fits_and_the_rest_is_named(
    file: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    window(monkeypatch, width)
    code, out, _ = call(capsys, "analyze", "mood", file, "--lang", "en")
    assert code == 0
    *table, told = out.splitlines()
    assert max(map(cell_len, table)) <= width
    assert table[2].split()[1] == "message_id"
    assert told.startswith("Not shown here: ")
    named = set(told.removeprefix("Not shown here: ").partition(".")[0].split(", "))
    shown = {word for word in table[2].split() if word in COLUMNS}
    assert shown | named == COLUMNS and not shown & named
    # Nothing that is shown is broken.
    assert any("r1" in row and "positive" in row for row in table)


def test_a_wide_window_shows_all_and_says_nothing(
    file: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    window(monkeypatch, 200)
    _, out, _ = call(capsys, "analyze", "mood", file, "--lang", "en")
    assert set(out.splitlines()[2].split()) >= COLUMNS
    assert "Not shown" not in out


def test_a_value_stands_beside_its_interval_and_n(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    window(monkeypatch, 80)
    file = tmp_path / "s.csv"
    rows = "".join(f"{n},2026-0{n % 3 + 1}-02T10:00:00Z,{n % 11}\n" for n in range(30))
    file.write_text(f"id,time,nps\n{rows}", encoding="utf-8")
    _, out, _ = call(capsys, "analyze", "satisfaction", file, "--lang", "en")
    heads = out.splitlines()[2].replace("┃", " ").split()
    assert heads[:6] == ["period", "metric", "value", "low", "high", "n"]


def test_what_machines_read_is_whole(
    file: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    window(monkeypatch, 40)
    _, out, _ = call(capsys, "analyze", "mood", file, "--json")
    assert all(set(row) == COLUMNS for row in json.loads(out))
    call(capsys, "analyze", "mood", file, "--out", tmp_path / "m.csv")
    with (tmp_path / "m.csv").open(encoding="utf-8", newline="") as lines:
        assert set(next(csv.reader(lines))) == COLUMNS

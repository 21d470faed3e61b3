"""Whatever is wrong: one sentence, an exit code, never a traceback."""

from pathlib import Path

import pytest

from sonnim.cli.commands import show as show_module
from tests.cli.calling import call

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["run", "-w", "nowhere"], 1, "no Sonnim workspace in 'nowhere'"),
        (["show", "mood", "-w", "ws"], 1, "has not been computed"),
        (["show", "nonsense", "-w", "ws"], 1, "nonsense"),
        (["show", "mood", "--as-of", "yesterday", "-w", "ws"], 1, "2026-03-01"),
        (["show", "mood", "--as-of", "2020-01-01", "-w", "ws"], 1, "as of 2020-01-01"),
        (["report", "-w", "ws"], 1, "sonnim run"),
        (["explain", "mood", "-w", "ws"], 1, "sonnim run"),
        (["export", "message", "--out", "m.parquet", "-w", "ws"], 1, "sonnim"),
        (["export", "all", "--out", "there", "-w", "ws"], 1, "no data yet"),
        (["run", "nonsense", "-w", "ws"], 1, "There are: language, mood"),
        (["run", "--engine", "oracle", "-w", "ws"], 1, "duckdb, spark"),
        (["run", "satisfaction", "--set", "period", "-w", "ws"], 1, "NAME=VALUE"),
        (["run", "satisfaction", "--set", "period=decade", "-w", "ws"], 1, "month"),
        (["run", "satisfaction", "--set", "nothing=1", "-w", "ws"], 1, "period"),
        (["add", "missing.csv", "-w", "ws"], 1, "missing.csv"),
        (["add", "empty.csv", "-w", "ws"], 65, "empty.csv"),
        (["add", "header.csv", "-w", "ws"], 0, "'header.csv' has a header but no rows"),
        (["add", "numbers.csv", "-w", "ws"], 65, "--map"),
        (["add", "good.csv", "--map", "text=nope", "-w", "ws"], 1, "nope"),
        (["analyze", "mood", "missing.csv"], 1, "missing.csv"),
        (["analyze", "mood", "numbers.csv"], 1, "--map"),
        (["analyze", "mood", "good.csv", "--out", "m.docx"], 1, ".parquet"),
        (["analyze", "nonsense", "good.csv"], 2, "nonsense"),
        (["show", "mood", "--json", "--csv", "-w", "ws"], 1, "Choose one"),
        (["new", "ws"], 1, "already"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_errors_are_sentences(
    arguments: list[str],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    monkeypatch.chdir(tmp_path)
    call(capsys, "new", "ws")
    Path("empty.csv").touch()
    Path("header.csv").write_text("작성일,내용,평점\n", encoding="utf-8")
    Path("numbers.csv").write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    Path("good.csv").write_text("date,comment\n2026-01-02,좋아요\n", encoding="utf-8")
    found, out, err = call(capsys, *arguments)
    everything = out + err
    assert said in everything
    assert found == code, everything
    assert "Traceback" not in everything


def test_the_unforeseen_is_a_sentence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    call(capsys, "new", tmp_path / "ws")

    def broken(*_: object) -> None:
        raise ZeroDivisionError("what a customer wrote")

    monkeypatch.setattr(show_module, "overview", broken)
    code, _, err = call(capsys, "show", "-w", tmp_path / "ws")
    assert code == 1
    assert "ZeroDivisionError" in err
    assert "what a customer wrote" not in err
    monkeypatch.setenv("SONNIM_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        call(capsys, "show", "-w", tmp_path / "ws")


def test_errors_are_korean_for_koreans(tmp_path: Path, capsys: Capture) -> None:
    code, _, err = call(capsys, "run", "-w", tmp_path, "--lang", "ko")
    assert code == 1
    assert "작업 공간이 없습니다" in err


def test_interrupting_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    call(capsys, "new", tmp_path / "ws")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(show_module, "overview", interrupted)
    code, _, err = call(capsys, "show", "-w", tmp_path / "ws")
    assert (code, "goes on from there" in err) == (130, True)

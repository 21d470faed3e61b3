"""What `--help` says, in both languages, against golden files; and that it says it quickly.

After a change that is meant run `SONNIM_GOLDEN=write pytest tests/cli/test_help.py`, and read the
diff.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sonnim.cli.app import COMMANDS
from tests.cli.calling import call

GOLDEN = Path(__file__).parent / "golden"
PAGES = ("", *COMMANDS, "analyze mood", "analyze satisfaction")
# Each page is a process; a quick look opens two.
QUICK = (("", "ko"), ("add", "en"))


@pytest.mark.parametrize(
    ("page", "language"),
    [
        pytest.param(page, language, marks=() if (page, language) in QUICK else pytest.mark.slow)
        for page in PAGES
        for language in ("en", "ko")
    ],
)
def test_help_is_as_agreed(
    page: str, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    # Our options are made when their module is read, in the language of that moment: a new process.
    said = subprocess.run(
        [sys.executable, "-m", "sonnim", *page.split(), "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "SONNIM_LANG": language, "PYTHONIOENCODING": "utf-8"},
    ).stdout
    file = GOLDEN / f"help_{page.replace(' ', '_') or 'root'}.{language}.txt"
    if os.environ.get("SONNIM_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8")


def test_no_command_shows_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys)
    assert "sonnim demo" in out + err
    assert code in (0, 2)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "--version")
    assert (code, out) == (0, "sonnim 0.1.0\n")


def test_help_needs_none_of_the_heavy_libraries() -> None:
    program = (
        "import sys\n"
        "from sonnim.cli.app import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(*sorted(n.partition('.')[0] for n in sys.modules))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.splitlines()[-1]
    heavy = {"duckdb", "deltalake", "numpy", "altair", "kiwipiepy", "jinja2", "arro3", "rich"}
    assert not heavy & set(printed.split())

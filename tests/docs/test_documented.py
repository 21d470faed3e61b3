"""Nothing that a person can call is undocumented, and the pages agree with each other."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sonnim.cli.app import COMMANDS, build, load
from sonnim.workspace.catalog import analyzers, schemas
from tests.docs.pages import ROOT, commands, written_pages

PAGES = {page.name: page for page in written_pages()}
WRITTEN = "\n".join(page.text for page in PAGES.values())
REFERENCE = {file.name: file.read_text(encoding="utf-8") for file in (
    ROOT / "docs" / "reference").glob("*.md")}  # fmt: skip
# Commands whose pages are still to be written. The list may only shrink.
NO_PAGE_YET: set[str] = set()
TWINS = [("README.md", "README.ko.md"), ("docs/tutorial.md", "docs/tutorial.ko.md")]


def options(command: Any) -> set[str]:
    """Long options of a command."""
    found = {option for one in command.params for option in one.opts if option.startswith("--")}
    return found - {"--help"}


def test_every_command_has_an_example() -> None:
    """In a page that somebody wrote, beside the reference that is generated."""
    missing = {name for name in COMMANDS if not re.search(rf"sonnim {name}\b", WRITTEN)}
    assert missing == NO_PAGE_YET, "write a page (docs/how-to), or take it off the list"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name: str) -> None:
    command = load(name)
    for page in ("cli.md", "cli.ko.md"):
        section = REFERENCE[page].partition(f"\n## sonnim {name}\n")[2].partition("\n## ")[0]
        assert section, f"run `make docs`: {name} is not in {page}"
        found = options(command)
        for child in getattr(command, "list_commands", lambda _: ())(None):
            found |= options(command.get_command(None, child))
        assert not {option for option in found if f"`{option}" not in section}


def test_every_root_option_is_documented() -> None:
    for page in ("cli.md", "cli.ko.md"):
        assert not {option for option in options(build()) if f"`{option}" not in REFERENCE[page]}


def test_every_analyzer_and_table_has_its_page() -> None:
    for one in analyzers():
        _, _, after = REFERENCE["analyzers.md"].partition(f"\n## {one.name}\n")
        section = after.partition("\n## ")[0]
        assert all(f"\n{word}: " in section for word in ("Method", "Source", "Limits")), one.name
        parameters = getattr(one.parameters, "__dataclass_fields__", {})
        assert not {name for name in parameters if f"| `{name}` |" not in section}, one.name
    assert not {name for name in schemas() if f"### `{name}`" not in REFERENCE["tables.md"]}


def test_every_environment_variable_is_documented() -> None:
    """Those that the package reads."""
    named: set[str] = set()
    for file in (ROOT / "src").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        named |= set(re.findall(r"""["'](SONNIM_[A-Z_]+)["']""", text))
    assert named
    for page in ("cli.md", "cli.ko.md"):
        assert not {name for name in named if f"`{name}`" not in REFERENCE[page]}


def test_the_index_leads_to_every_page() -> None:
    index = PAGES["docs/index.md"].text
    linked = {
        (ROOT / "docs" / target).resolve().relative_to(ROOT).as_posix()
        for target in re.findall(r"\]\((?!\w+:)([^)#]+)", index)
    }
    pages = {file.relative_to(ROOT).as_posix() for file in (ROOT / "docs").rglob("*.md")}
    pages = {name for name in pages if not name.startswith("docs/decisions/")}
    assert not pages - linked - {"docs/index.md"}


@pytest.mark.parametrize(("english", "korean"), TWINS)
def test_twins_show_the_same_commands(english: str, korean: str) -> None:
    """Korean and English are equal citizens: what one page can do the other can do."""

    def shown(name: str) -> list[str]:
        blocks = [block for block in PAGES[name].blocks if block.language == "console"]
        # Names of companies differ.
        return [
            re.sub('"[^"]*"', '"…"', command.text)
            for block in blocks
            for command in commands(block)
        ]

    def headings(name: str) -> list[int]:
        return [len(sharps) for sharps in re.findall(r"^(#+) ", PAGES[name].text, flags=re.M)]

    assert shown(english) == shown(korean)
    assert headings(english) == headings(korean)


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_accuracy_is_that_of_the_card(name: str) -> None:
    """The README says of accuracy just what the model cards say, row by row."""
    models = ROOT / "src" / "sonnim" / "language" / "models"
    fast, accurate = (
        json.loads((models / name / "card.json").read_text(encoding="utf-8"))["measured"]
        for name in ("mood", "reader")
    )
    found = re.findall(
        r"\| ([\d,]+) \| (0\.\d{3}) \((0\.\d{3})(?: to |~)(0\.\d{3})\) \| (0\.\d{3}) \|",
        PAGES[name].text,
    )
    parts = (
        "NSMC 2014",
        "Laftel (unseen set)",
        "Own sets (SST dev, Amazon test, VADER)",
        "TweetEval validation, the half kept",
    )
    polarities = [fast[part]["polarity"] for part in parts]
    polarities += [accurate[f"{part}, accurate"]["measured"]["polarity"] for part in parts]
    wanted = []
    for one in polarities:
        accuracy = [f"{one['accuracy'][key]:.3f}" for key in ("value", "low", "high")]
        wanted.append((f"{one['n']:,}", *accuracy, f"{one['error']:.3f}"))
    assert found == wanted


def test_pictures_are_small_and_there() -> None:
    for language in ("en", "ko"):
        picture = ROOT / "docs" / "images" / f"report.{language}.png"
        start = picture.read_bytes()[:8]
        assert start == b"\x89PNG\r\n\x1a\n"
        assert 20_000 < picture.stat().st_size < 300_000
        readme = ROOT / ("README.ko.md" if language == "ko" else "README.md")
        assert picture.relative_to(ROOT).as_posix() in readme.read_text(encoding="utf-8")


def test_drawing_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`make picture` without a Chromium."""
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "nowhere"))
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_picture.py"), "--out", str(tmp_path)],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 2
    assert "apt-get install chromium" in done.stderr
    assert not list(tmp_path.iterdir())

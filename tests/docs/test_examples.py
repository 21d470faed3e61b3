"""The examples of README, tutorial, how-to and concepts do what the pages say."""

import doctest
import io
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sonnim.engines.spark_session import has_java
from sonnim.workspace.demo_run import Demo
from tests.cli.calling import call
from tests.docs.pages import ROOT, Block, Page, agrees, commands, written_pages

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]
# Anything that only a shell understands.
_SHELL = set("|<>&;*?$`")
# What a copy of the repository needs for its commands.
_COPIED = ("src", "scripts", "tests", "docs", "Makefile", "pyproject.toml", "requirements")
# How-to pages whose commands need a network, or never end by themselves.
CANNOT_RUN = {
    "docs/how-to/bucket.md",
    "docs/how-to/http-and-feeds.md",
    "docs/how-to/watch-a-folder.md",
}
_DOCTEST = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def pages_with_examples() -> list[Any]:
    found = []
    for page in written_pages():
        if page.examples:
            marks = [pytest.mark.slow] if page.needs else []
            marks += [pytest.mark.spark] if "spark" in page.needs else []
            found.append(pytest.param(page, id=page.name, marks=marks))
    return found


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo workspace; each page gets a copy."""
    folder = tmp_path_factory.mktemp("docs") / "sonnim-demo"
    made = Demo.begin(folder, seed=7, messages=600)
    list(made.adding())
    made.workspace.run()
    return folder


@dataclass(kw_only=True)
class Runner:
    """Runs the examples of one page, in its folder, one after the other."""

    page: Page
    folder: Path
    capture: Capture
    names: dict[str, Any] = field(default_factory=dict)

    def run(self, block: Block) -> None:
        if block.file:
            file = self.folder / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            self.console(block)
        else:
            self.python(block)

    def console(self, block: Block) -> None:
        todo = commands(block)
        for command in todo:
            place = f"{self.page.name}:{command.line}: {command.text}"
            code, printed = self.call(command.text)
            wanted = block.exits if command is todo[-1] else 0
            assert code == wanted, f"{place}\nexit code {code}, expected {wanted}\n{printed}"
            if command.shows.strip():
                said = f"{place}\nshows:\n{command.shows}\nprinted:\n{printed}"
                assert agrees(command.shows, printed), said

    def call(self, text: str) -> tuple[int, str]:
        plain = text.startswith("sonnim ") and not _SHELL & set(text)
        if plain and "checkout" not in self.page.needs:
            code, out, err = call(self.capture, *shlex.split(text)[1:])
            return code, out + err
        done = subprocess.run(
            ["bash", "-c", text],
            cwd=self.folder,
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        return done.returncode, done.stdout + done.stderr

    def python(self, block: Block) -> None:
        if "spark" in self.page.needs:
            self.python_apart(block)
            return
        if ">>>" not in block.text:
            place = f"{self.page.name}:{block.line}"
            exec(compile("\n" * (block.line - 1) + block.text, place, "exec"), self.names)
            return
        name = self.page.name
        test = doctest.DocTestParser().get_doctest(
            block.text, self.names, name, name, block.line - 1
        )
        said = io.StringIO()
        found = doctest.DocTestRunner(optionflags=_DOCTEST, verbose=False).run(
            test, out=said.write, clear_globs=False
        )
        self.names.update(test.globs)
        assert not found.failed, said.getvalue()

    def python_apart(self, block: Block) -> None:
        """In a process of its own: Spark is one to a process, and the page stops it."""
        (self.folder / "block.txt").write_text(block.text, encoding="utf-8")
        options = ["-o", "NORMALIZE_WHITESPACE", "-o", "ELLIPSIS"]
        done = subprocess.run(
            ["python", "-m", "doctest", *options, "block.txt"],
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
        )
        assert not done.returncode, done.stdout + done.stderr


def copy_of_checkout(folder: Path) -> None:
    for name in _COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "images")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy2(ROOT / name, folder / name)


def commands_on_path(folder: Path, source: Path) -> None:
    """`sonnim` and `python` with that source; `make` whose set-up is done, in this environment."""
    folder.mkdir()
    make = shutil.which("make")
    scripts = {
        "python": f'PYTHONPATH="{source}" exec "{sys.executable}" "$@"',
        "sonnim": f'PYTHONPATH="{source}" exec "{sys.executable}" -m sonnim "$@"',
        # Else make would install the copy into the environment that we run in.
        "make": f'PYTHONPATH="{source}" exec {make} -o setup BIN="{Path(sys.executable).parent}" '
        '"$@"',
    }
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)


@pytest.mark.parametrize("page", pages_with_examples())
def test_examples_do_what_the_page_says(
    page: Page,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    request: pytest.FixtureRequest,
) -> None:
    if "spark" in page.needs and not has_java():
        pytest.skip("Java is not installed")
    folder = tmp_path / "here"
    folder.mkdir()
    if "demo" in page.needs:
        shutil.copytree(request.getfixturevalue("demo"), folder / "sonnim-demo")
    if "checkout" in page.needs:
        copy_of_checkout(folder)
    source = (folder if "checkout" in page.needs else ROOT) / "src"
    commands_on_path(tmp_path / "bin", source)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SONNIM_LANG", page.language)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("SONNIM_WORKSPACE", raising=False)
    # `make test` sets what would make the makes of the examples say more.
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
        monkeypatch.delenv(name, raising=False)
    runner = Runner(page=page, folder=folder, capture=capsys)
    for block in page.examples:
        runner.run(block)


def test_there_are_examples() -> None:
    """Nobody renames `console` by accident and tests nothing any more."""
    names = {page.name for page in written_pages() if page.examples}
    assert {"README.md", "README.ko.md", "docs/tutorial.md", "docs/tutorial.ko.md"} <= names
    how_to = {page.name for page in written_pages() if page.name.startswith("docs/how-to/")}
    assert how_to - names <= CANNOT_RUN, "show a command with what it prints (```console)"


def test_wrong_examples_are_noticed(tmp_path: Path, capsys: Capture) -> None:
    """The checker itself: an output, an exit code and a Python example that are not so."""
    for text, said in (
        ("```console\n$ echo one\ntwo\n```\n", "shows"),
        ("```console\n$ false\n```\n", "exit code 1, expected 0"),
        ("```console exits 3\n$ true\n```\n", "exit code 0, expected 3"),
        ("```python\n>>> 1 + 1\n3\n```\n", "Expected"),
    ):
        page = Page(name="made.md", text=text)
        (block,) = page.examples
        with pytest.raises(AssertionError, match=said):
            Runner(page=page, folder=tmp_path, capture=capsys).run(block)

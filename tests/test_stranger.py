"""A stranger's path: one command, ten lines filled in, and a part has all that ours have.

The checkout is copied, so that nothing of it changes; nothing but what the command wrote is edited.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("src", "scripts", "docs/reference", "pyproject.toml", "Makefile", "tests/conftest.py",
          "tests/engines/fixtures.py", "requirements")  # fmt: skip

# What a person writes into the file: ten places.
FILLED = (
    ("<The question this answers, in one sentence.>", "How loud are customers, by unit?"),
    ("<how it is computed, in words that the person who asks understands>",
     "exclamation marks for each message"),
    ("<the paper or standard the method comes from>", "none is needed for counting"),
    ("<when its answer must not be used>", "says nothing of why; capital letters are not counted"),
    (" take this sentence away.", " it is made by a command."),
    ("<what one row is>", "How loud the messages of one unit are"),
    ('        Column(name="n",', '        Column(name="loudness", type=ColumnType.DOUBLE, '
     'meaning="Exclamation marks a message"),\n        Column(name="n",'),
    (
        '"CAST(count(*) AS BIGINT) AS n "',
        '"CAST(count(*) AS BIGINT) AS n, "\n'
        """                "avg(regexp_count(text, '!') * 1e0) AS loudness \"""",
    ),
    ("<one sentence for the reader of `sonnim explain`>", "Exclamation marks of each unit"),
)  # fmt: skip
FILLED_TEST = (
    ('only(("unit", "n"))', 'only(("unit", "n", "loudness"))'),
    ('(("Gangnam", 2), ("Jeju", 1))', '(("Gangnam", 2, 1.5), ("Jeju", 1, 0.0))'),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of what a stranger's checkout needs, with two parts begun and one filled in."""
    folder = tmp_path_factory.mktemp("stranger")
    for name in NEEDED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    before = files(folder)
    for kind, name in (("analyzer", "loudness"), ("connector", "postbox")):
        call(folder, *command_of(folder, f"new-{kind}", name))
    begun = files(folder)
    assert {name for name in begun if begun[name] != before.get(name)} == {
        "src/sonnim/analyzers/loudness.py", "tests/analyzers/test_loudness.py",
        "src/sonnim/connectors/postbox.py", "tests/connectors/test_postbox.py",
    }  # fmt: skip
    fill(folder / "src/sonnim/analyzers/loudness.py", FILLED)
    fill(folder / "tests/analyzers/test_loudness.py", FILLED_TEST)
    yield folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def command_of(folder: Path, target: str, name: str) -> list[str]:
    """What `make TARGET NAME=…` runs last (its set-up is that of the environment of this test)."""
    make = shutil.which("make")
    assert make, "GNU make is not installed"
    said = subprocess.run(
        [make, "-n", target, f"NAME={name}"], cwd=folder, capture_output=True, check=True, text=True
    )
    found = re.search(r"\.venv/bin/python (scripts/new_part\.py) (\w+) \"(\w+)\"", said.stdout)
    assert found, said.stdout
    return [sys.executable, *found.groups()]


def call(folder: Path, *command: str, timeout: float = 900) -> str:
    """Runs a command in the copy, whose code is the one imported."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=timeout,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "SONNIM_LANG": "en"},
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def fill(file: Path, pairs: tuple[tuple[str, str], ...]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, f"{file.name}: {old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    assert not re.search(r"<[a-zA-Z ,'`.]+>", text), "a place is not filled in"
    file.write_text(text, encoding="utf-8")


def sonnim(folder: Path, *arguments: str) -> str:
    return call(folder, sys.executable, "-m", "sonnim", *arguments)


@pytest.fixture(scope="module")
def reviews(copy: Path) -> Path:
    file = copy / "reviews.csv"
    with file.open("w", encoding="utf-8", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(("review_id", "date", "branch", "review"))
        rows.writerow(("r1", "2026-01-02T03:04:05Z", "강남점", "최고예요!!!"))
        rows.writerow(("r2", "2026-01-03T03:04:05Z", "강남점", "그냥 그래요"))
        rows.writerow(("r3", "2026-01-04T03:04:05Z", "부산점", "Never again!"))
    return file


@pytest.mark.slow
def test_it_has_its_command(copy: Path, reviews: Path) -> None:
    told = sonnim(copy, "analyze", "loudness", "--help")
    assert "How loud are customers, by unit?" in told and "--least" in told
    rows = json.loads(sonnim(copy, "analyze", "loudness", str(reviews), "--json"))
    found = {row["unit"]: (row["loudness"], row["n"]) for row in rows}
    assert found == {"강남점": (1.5, 2), "부산점": (1.0, 1)}


@pytest.mark.slow
def test_it_runs_in_a_workspace(copy: Path, reviews: Path) -> None:
    folder = str(copy / "workspace")
    sonnim(copy, "new", folder)
    sonnim(copy, "add", str(reviews), "-w", folder)
    assert "loudness: 2 rows" in sonnim(copy, "run", "loudness", "-w", folder)
    assert "강남점" in sonnim(copy, "show", "loudness", "-w", folder)
    assert "regexp_count" in sonnim(copy, "explain", "loudness", "-w", folder)


@pytest.mark.slow
def test_it_has_its_page(copy: Path) -> None:
    call(copy, sys.executable, "scripts/make_reference.py")
    page = (copy / "docs/reference/analyzers.md").read_text(encoding="utf-8")
    section = page.partition("## loudness")[2].partition("\n## ")[0]
    assert "exclamation marks for each message" in section
    assert "`loudness` | double | Exclamation marks a message" in section
    assert "`least`" in section
    assert "## postbox" in (copy / "docs/reference/connectors.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_it_passes_its_exam_on_duckdb(copy: Path) -> None:
    told = pytest_of(copy, "tests/analyzers/test_loudness.py", "not spark")
    assert "1 passed" in told


@pytest.mark.spark
@pytest.mark.slow
def test_it_passes_its_exam_on_spark(copy: Path) -> None:
    told = pytest_of(copy, "tests/analyzers/test_loudness.py", "spark")
    if "1 skipped" in told:
        pytest.skip(told.partition("SKIPPED")[2].partition("\n")[0])
    assert "1 passed" in told


def pytest_of(copy: Path, file: str, marks: str) -> str:
    return call(
        copy, sys.executable, "-m", "pytest", file, "-m", marks, "-q", "-p", "no:cacheprovider"
    )


@pytest.mark.slow
def test_the_connector_passes_its_test_and_is_used_by_its_name(copy: Path) -> None:
    assert "passed" in pytest_of(copy, "tests/connectors/test_postbox.py", "not spark")
    file = copy / "mail.jsonl"
    file.write_text(
        '{"id": "1", "created_at": "2026-02-03T09:00:00Z", "body": "잘 왔어요"}\n', encoding="utf-8"
    )
    folder = str(copy / "mails")
    sonnim(copy, "new", folder)
    assert "1 new" in sonnim(copy, "add", f"postbox:{file}", "-w", folder)


@pytest.mark.slow
def test_what_was_written_keeps_the_house_style(copy: Path) -> None:
    written = ["src/sonnim/analyzers/loudness.py", "tests/analyzers/test_loudness.py",
               "src/sonnim/connectors/postbox.py", "tests/connectors/test_postbox.py"]  # fmt: skip
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    assert ruff
    call(copy, ruff, "check", "--no-cache", *written)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(copy / ".mypy")]
    call(copy, *mypy, *written[::2])


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [("analyzer", "", "give a name"), ("analyzer", "Bad-Name", "lower-case"),
     ("analyzer", "class", "lower-case"), ("analyzer", "mood", "exists already")],
)  # fmt: skip
def test_names_that_cannot_be_taken(kind: str, name: str, why: str) -> None:
    done = subprocess.run(
        [sys.executable, "scripts/new_part.py", kind, name],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and why in done.stderr

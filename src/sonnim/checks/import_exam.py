"""The exam of importing: hostile things are added to a workspace, and everything is accounted for.

The exam knows no workspace: it is given a `Take` that adds one location to a new one, as the
command line does. A thing passes if its rows are taken or rejected with a reason, or one error of
ours says why not; if no row is lost; and if nothing is left in the temporary folder or where files
are staged.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sonnim.checks.failed import fail, raise_all
from sonnim.tables.errors import SonnimError

STAGING = ".staging"
"""Folders of a store where files lie before they are committed."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What came of one table of one location.

    Attributes:
        label: Name of the file.
        rows: Rows in the table after, of this file: new, changed or there already.
        rejected: Rows rejected with a reason.
        problem: Why it was not read, or "".
    """

    label: str
    rows: int = 0
    rejected: int = 0
    problem: str = ""


Take = Callable[[Path, str, Mapping[str, object], Sequence[str]], Sequence[Taken]]
"""Adds a location to a new workspace in a folder, with settings of its connector and `--map`."""
_WORDS = ("text=text time=time",)
"""A person's word where nothing was proposed, so that what is hostile gets further."""


@dataclass(frozen=True, kw_only=True)
class HostileThing:
    """Something to be added.

    Attributes:
        name: What it is called in reports.
        location: File, folder or address.
        rows: Rows that it holds, each to be taken or rejected; -1 where that is open.
        settings: Settings of its connector.
    """

    name: str
    location: str
    rows: int = -1
    settings: Mapping[str, object] = field(default_factory=dict)


def check_import(things: Iterable[HostileThing], take: Take, part: str = "add") -> int:
    """Adds each to a workspace of its own; gives how many there were.

    Args:
        things: What is added.
        take: Adds it.
        part: Name in the report.

    Raises:
        CheckFailed: Lists those that raised another error, lost rows or left files behind.

    Example:
        >>> def nothing(folder, location, settings, words):
        ...     return [Taken(label="x", problem="empty")]
        >>> check_import([HostileThing(name="x", location="x.csv")], nothing)
        1
    """
    failures = []
    tried = 0
    for thing in things:
        tried += 1
        with tempfile.TemporaryDirectory(prefix="sonnim-exam-") as folder:
            try:
                _try(thing, take, Path(folder))
            except Exception as error:
                failures.append((thing.name, f"{type(error).__name__}: {str(error)[:600]}"))
    raise_all(part, tried, failures)
    return tried


def _try(thing: HostileThing, take: Take, folder: Path) -> None:
    found = _added(thing, take, folder / "alone", ())
    if not found or all(one.problem for one in found):
        found = _added(thing, take, folder / "told", _WORDS)
    told = [one for one in found if one.problem]
    if thing.rows >= 0 and found and not told:
        rows = accounted(found)
        if rows != thing.rows:
            raise fail("import", f"{thing.name}: rows", wanted=thing.rows, got=rows)


def _added(thing: HostileThing, take: Take, folder: Path, words: Sequence[str]) -> Sequence[Taken]:
    spare = folder / "temporary"
    spare.mkdir(parents=True)
    found: Sequence[Taken] = ()
    with _temporary(spare):
        try:
            found = take(folder / "workspace", thing.location, thing.settings, words)
        except SonnimError as error:
            _clear(thing, error)
    if any(one.problem and not one.problem.strip() for one in found):
        raise fail("import", thing.name, wanted="a reason", got="")
    left = left_behind(spare, folder / "workspace")
    if left:
        raise fail("import", f"{thing.name}: files left behind", wanted=[], got=left)
    return found


def _clear(thing: HostileThing, error: SonnimError) -> None:
    """An error is clear if it speaks of what was given, and not of our own SQL."""
    if error.key == "step_failed" or not str(error).strip():
        raise fail("import", thing.name, wanted="an error that people can act on", got=str(error))


def accounted(found: Sequence[Taken]) -> int:
    """Rows taken or rejected, of all files; a file that gives several tables has each row once.

    Example:
        >>> accounted([Taken(label="a", rows=2, rejected=1), Taken(label="a", rows=2)])
        3
    """
    labels = dict.fromkeys(one.label for one in found)
    return sum(
        max(one.rows for one in found if one.label == label)
        + sum(one.rejected for one in found if one.label == label)
        for label in labels
    )


def left_behind(spare: Path, workspace: Path) -> list[str]:
    """Names of files left in a temporary folder or staged in a workspace."""
    left = [str(path.relative_to(spare)) for path in spare.rglob("*")]
    staged = workspace.rglob(f"{STAGING}/*") if workspace.is_dir() else ()
    return left + [str(path.relative_to(workspace)) for path in staged]


@contextmanager
def _temporary(folder: Path) -> Iterator[None]:
    """Everything temporary of this process goes to a folder for a while."""
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a command did.

    Attributes:
        code: Its exit code.
        said: What it printed.
        seconds: How long it took.
        megabytes: The most memory it held at once (resident set).
        left: Names of temporary files it left behind.
    """

    code: int
    said: str
    seconds: float
    megabytes: int
    left: tuple[str, ...]


def measured(arguments: Sequence[str], *, seconds: float = 300.0) -> Measured:
    """Runs the command line in a process of its own, with a temporary folder of its own.

    Args:
        arguments: Behind `sonnim`.
        seconds: After which it is ended.

    Raises:
        CheckFailed: It did not end.

    Example:
        >>> measured(["--version"]).code
        0
    """
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from sonnim.cli.app import main\n"
        "code = 0\n"
        "try:\n"
        "    main(sys.argv[2:])\n"
        "except SystemExit as stop:\n"
        "    code = stop.code if isinstance(stop.code, int) else 1\n"
        # Linux counts what the process that started this one held, too, in its ru_maxrss.
        "told = Path('/proc/self/status')\n"
        "lines = told.read_text().splitlines() if told.is_file() else []\n"
        "peaks = [int(line.split()[1]) for line in lines if line.startswith('VmHWM:')]\n"
        "peak = peaks[0] if peaks else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "Path(sys.argv[1]).write_text(str(peak))\n"
        "sys.exit(code)\n"
    )
    with tempfile.TemporaryDirectory(prefix="sonnim-exam-") as folder:
        spare = Path(folder) / "temporary"
        spare.mkdir()
        peak = Path(folder) / "peak"
        started = time.monotonic()
        try:
            done = subprocess.run(
                [sys.executable, "-c", program, str(peak), *arguments],
                env={**os.environ, "TMPDIR": str(spare)},
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            wanted = f"an end within {seconds:g} s"
            raise fail("measured", " ".join(arguments), wanted=wanted, got="none") from None
        # macOS counts bytes, Linux kibibytes.
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        held = int(peak.read_text()) // unit if peak.is_file() else 0
        return Measured(
            code=done.returncode,
            said=done.stdout + done.stderr,
            seconds=time.monotonic() - started,
            megabytes=held,
            left=tuple(path.name for path in spare.rglob("*")),
        )

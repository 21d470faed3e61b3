"""Runs work in a process of its own and says how long it took and how much memory it held.

The work is a function of `benchmarks.work`; what it measures itself it gives back as numbers.
"""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_EVERY = 0.2


@dataclass(frozen=True)
class Measured:
    """What came of one piece of work.

    Attributes:
        numbers: What it gave back, by name.
        peak: Most memory that the process and its children held at one time, in bytes: the sum of
            their resident sets, so that what they share counts several times. Children are seen
            on Linux only.
    """

    numbers: dict[str, float]
    peak: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.numbers["seconds"]


def measured(work: str, *arguments: object, module: str = "benchmarks.work") -> Measured:
    """Does one piece of work.

    Args:
        work: Name of a function of the module.
        arguments: What it is given, as text.
        module: Where it is; of its own where its imports would weigh on all others.

    Raises:
        RuntimeError: It failed.
    """
    command = [sys.executable, "-m", module, work, *map(str, arguments)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), *sys.path])),
    }
    peaks = [0]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as child:
        over = threading.Event()
        watcher = threading.Thread(target=_watch, args=(child.pid, peaks, over))
        watcher.start()
        said, _ = child.communicate()
        over.set()
        watcher.join()
    if child.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} failed with {child.returncode}")
    numbers = json.loads(said.splitlines()[-1])
    # The process knows its own peak exactly; the samples add what its children held.
    return Measured(numbers=numbers, peak=max(numbers.pop("peak"), *peaks))


def _watch(root: int, peaks: list[int], over: threading.Event) -> None:
    while not over.wait(_EVERY):
        peaks[0] = max(peaks[0], _resident(root))


def _resident(root: int) -> int:
    """Bytes resident in a process and its descendants, or 0 where that cannot be read."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int(
                (entry / "stat").read_text().rpartition(")")[2].split()[1]
            )
        except (OSError, ValueError, IndexError):
            continue
    family = {root}
    # Children have greater numbers, save when the numbers wrap round: so until nothing is added.
    while grown := {one for one, parent in parents.items() if parent in family} - family:
        family |= grown
    total = 0
    for one in family:
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):
            continue
    return total * os.sysconf("SC_PAGE_SIZE") if total else 0

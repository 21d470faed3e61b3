"""How soon the command line answers, and what `import sonnim` brings in."""

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import requires
from pathlib import Path

from benchmarks.sheet import Figure

_TIMES = 15
_IMPORT = """
import json, sys, time
before, begin = set(sys.modules), time.perf_counter()
import sonnim
took = time.perf_counter() - begin
print(json.dumps([took, sorted({name.partition(".")[0] for name in set(sys.modules) - before})]))
"""


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures starting; `rows` has no meaning here."""
    del folder, rows
    tell("startup")
    command = str(Path(sys.executable).with_name("sonnim"))
    help_seconds = statistics.median(_timed([command, "--help"]) for _ in range(_TIMES))
    python = statistics.median(_timed([sys.executable, "-c", "pass"]) for _ in range(_TIMES))
    imports = [
        json.loads(subprocess.check_output([sys.executable, "-c", _IMPORT])) for _ in range(_TIMES)
    ]
    seconds = statistics.median(took for took, _ in imports)
    heavy = sorted(set(imports[0][1]) & third_party())
    return [
        Figure("sonnim --help", help_seconds, "s", f"median of {_TIMES}", most=0.3),
        Figure("python -c pass", python, "s", "of which this is Python itself"),
        Figure("import sonnim", seconds, "s", f"median of {_TIMES}; Python's start apart"),
        Figure(
            "third-party packages that import sonnim brings in",
            len(heavy),
            "packages",
            ", ".join(heavy) or "none",
            most=0,
        ),
    ]


def _timed(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def third_party() -> set[str]:
    """Names under which the packages that Sonnim asks for, extras included, are imported."""
    named = {re.match(r"[\w.-]+", line)[0] for line in requires("sonnim") or ()}  # type: ignore[index]
    imported = {name.lower().replace("-", "_") for name in named}
    # Where the name of the package is another.
    return imported | {"arro3", "fontTools", "vl_convert", "sklearn", "fasttext"}

"""What the core weighs, package by package, as `make weigh` counts it."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.measuring import ROOT
from benchmarks.sheet import Figure


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Weighs this environment's packages of the core lock; `rows` has no meaning here."""
    del folder, rows
    tell("weight")
    said = subprocess.check_output(
        [sys.executable, ROOT / "scripts/weigh.py", sys.prefix,
         "--only", ROOT / "requirements/core.txt"],
        text=True,
    )  # fmt: skip
    found = re.findall(r"^ *([\d.]+) MB  (.+)$", said, flags=re.MULTILINE)
    each = [(name, float(size)) for size, name in found]
    (total,) = (size for name, size in each if name == "in total")
    return [
        Figure("core, all together", total, "MB", "installed, bytecode included", most=600),
        Figure("Obsei core, the nearest peer", 139, "MB", "measured earlier, not in this run"),
        *(Figure(name, size, "MB") for name, size in each if name != "in total" and size >= 1),
        Figure(
            "the others, below 1 MB each",
            sum(size for name, size in each if name != "in total" and size < 1),
            "MB",
            ", ".join(name for name, size in each if size < 1),
        ),
    ]

"""The sheet: figures with their goals, and the page that keeps them."""

import math
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_VERSIONS = ("sonnim", "duckdb", "deltalake", "numpy", "kiwipiepy", "pyspark")
_HEAD = """\
# Benchmark sheet

Written by `make bench` (`python -m benchmarks`). Each section says when it was measured, with which
command and on which kind of machine; ratios are of one run, side by side. A machine that others
use too makes times longer and ratios less steady.
"""


@dataclass(frozen=True)
class Figure:
    """One line of the sheet.

    Attributes:
        name: What was measured, on what.
        value: The figure; None if it could not be measured.
        unit: "share", "texts/s", "s", "ratio", "MB", "exponent"…
        note: Interval, number of texts; or why there is no figure.
        most: The goal, where the figure should be at most this.
        least: The goal, where it should be at least this.
    """

    name: str
    value: float | None
    unit: str
    note: str = ""
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none, or no figure."""
        if self.value is None or (self.most is None and self.least is None):
            return None
        return (self.most is None or self.value <= self.most) and (
            self.least is None or self.value >= self.least
        )

    @property
    def shown(self) -> str:
        """The figure as text.

        Example:
            >>> Figure("x", 1234.5, "texts/s").shown, Figure("x", 0.0123, "s").shown
            ('1,234', '0.012')
        """
        if self.value is None:
            return "-"
        digits = 0 if abs(self.value) >= 100 else 1 if abs(self.value) >= 10 else 3
        return f"{self.value:,.{digits}f}"

    @property
    def goal(self) -> str:
        """The goal and whether it is met.

        Example:
            >>> Figure("x", 1.5, "ratio", most=2).goal
            'at most 2: met'
        """
        wanted = [f"at most {self.most:g}"] if self.most is not None else []
        wanted += [f"at least {self.least:g}"] if self.least is not None else []
        if not wanted:
            return ""
        verdict = {True: "met", False: "NOT MET", None: "not measured"}[self.met]
        return f"{' and '.join(wanted)}: {verdict}"


def machine() -> str:
    """The kind of machine, without its name."""
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        memory = f", {size / 1e9:.0f} GB of memory"
    return (
        f"{os.cpu_count()} cores of {_processor()}{memory}; "
        f"{platform.system()}, Python {platform.python_version()}"
    )


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.is_file():
        found = re.search(r"^model name\s*: (.+)$", listed.read_text(), flags=re.MULTILINE)
        if found:
            return found[1].strip()
    return platform.processor() or platform.machine()


def versions() -> str:
    """The versions of what is measured."""
    found = []
    for name in _VERSIONS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    return ", ".join(found)


def section(name: str, meaning: str, command: str, figures: Sequence[Figure]) -> str:
    """One section of the sheet, in Markdown."""
    lines = [
        f"## {name}",
        "",
        meaning,
        "",
        f"- Command: `{command}`",
        f"- Measured: {datetime.now(UTC):%Y-%m-%d}",
        f"- Machine: {machine()}",
        f"- Versions: {versions()}",
        "",
        "| What | Figure | Unit | Goal | Note |",
        "|---|---:|---|---|---|",
    ]
    lines += [
        "| "
        + " | ".join(
            text.replace("|", "\\|") for text in (one.name, one.shown, one.unit, one.goal, one.note)
        )
        + " |"
        for one in figures
    ]
    return "\n".join(lines) + "\n"


def written(page: str, name: str, text: str, order: Sequence[str]) -> str:
    """The page with that section put in, in the place of the one of that name if there is one.

    Example:
        >>> page = written("", "b", "## b", ["a", "b"])
        >>> page = written(page, "a", "## a", ["a", "b"])
        >>> written(page, "b", "## b anew", ["a", "b"]).splitlines()[-3:]
        ['## a', '', '## b anew']
    """
    there = {
        part.split("\n", 1)[0]: f"## {part}" for part in re.split(r"^## ", page, flags=re.M)[1:]
    }
    there[name] = text
    kept = [there[one].strip() + "\n" for one in order if one in there]
    return "\n".join([_HEAD, *kept])


def exponent(rows: Sequence[int], seconds: Sequence[float]) -> float:
    """How time grows with rows: the slope of the logarithms by least squares; 1 is linear.

    Example:
        >>> exponent([10, 100, 1000], [1, 10, 100]), exponent([1, 2, 4], [1, 4, 16])
        (1.0, 2.0)
    """
    x, y = [math.log(n) for n in rows], [math.log(s) for s in seconds]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    above = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return round(above / sum((a - mean_x) ** 2 for a in x), 6)

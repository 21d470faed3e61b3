"""Making the demo world: a million messages of a company whose truth is known."""

from collections.abc import Callable
from pathlib import Path

from benchmarks.measuring import measured
from benchmarks.sheet import Figure

MESSAGES = 1_000_000


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures making; `folder` is for scratch, `rows` a smaller number for a quick look."""
    count = rows or MESSAGES
    tell(f"world: {count:,} messages")
    done = measured("world", folder, count)
    what = f"{count:,} messages with orders, surveys, activity and their truth"
    return [
        Figure("make the demo world", done.seconds, "s", what, most=120),
        Figure("make the demo world, processor", done.numbers["cpu"], "s", "all processes"),
        Figure("make the demo world, most memory", done.peak / 2**20, "MiB", "resident", most=2048),
    ]

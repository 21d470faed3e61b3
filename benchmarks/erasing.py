"""Finding and erasing one person among a million messages, and what a later import pays for it.

Every text is looked through for handles, and every id is compared. The later import is of as many
new messages, into a workspace where nobody and into one where somebody was erased.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.data import write_messages
from benchmarks.measuring import measured
from benchmarks.sheet import Figure

ROWS = 1_000_000


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures erasure; `folder` is for scratch, `rows` a smaller number for a quick look."""
    count = rows or ROWS
    file = write_messages(folder / "messages.csv", count)
    place, later = folder / "workspace", folder / "later.csv"
    measured("add", file, place)
    # The same export with other ids: each message is new.
    with file.open(encoding="utf-8") as old, later.open("w", encoding="utf-8") as new:
        new.write(next(old))
        new.writelines("N" + line[1:] for line in old)
    shutil.copytree(place, folder / "calm")
    tell(f"erase: one person among {count:,} messages")
    person = measured("person", place)
    erased = measured("erase", place)
    tell(f"erase: import of {count:,} more, where nobody and where somebody was erased")
    calm = measured("add", later, folder / "calm")
    wary = measured("add", later, place)
    what = f"{count:,} messages"
    return [
        Figure("find a person", person.seconds, "s", f"{what}; processor {_cpu(person.numbers)}"),
        Figure("erase a person", erased.seconds, "s", f"{what}; processor {_cpu(erased.numbers)}"),
        Figure("erase a person, most memory", erased.peak / 2**20, "MiB", "resident", most=2048),
        Figure(
            "import where somebody was erased, over import where nobody was",
            wary.numbers["cpu"] / calm.numbers["cpu"],
            "ratio",
            f"processor time; {what} beside as many",
        ),
    ]


def _cpu(numbers: dict[str, float]) -> str:
    return f"{numbers['cpu']:.1f} s"

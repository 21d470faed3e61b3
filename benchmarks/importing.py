"""Import of messages from CSV, against DuckDB's own way from the same CSV to Parquet.

DuckDB's `COPY (SELECT * FROM read_csv(…)) TO … (FORMAT parquet)` reads and writes the same columns
and neither checks, names nor remembers anything. Both run in turns, each in a process of its own
with the file in the system's cache; the best of the rounds counts.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.data import write_messages
from benchmarks.growth import grown, sizes
from benchmarks.measuring import Measured, measured
from benchmarks.sheet import Figure

ROWS = 5_000_000
GROWTH = (100_000, 10_000_000)
_ROUNDS = 3


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures import; `folder` is for scratch, `rows` a smaller number for a quick look."""
    count = rows or ROWS
    file = write_messages(folder / "messages.csv", count)
    size = file.stat().st_size / 1e6
    bare: list[Measured] = []
    ours: list[Measured] = []
    again: list[Measured] = []
    for number in range(_ROUNDS):
        tell(f"import: round {number + 1} of {_ROUNDS}, {count:,} rows")
        bare.append(measured("copy", file, folder / "bare.parquet"))
        place = folder / "workspace"
        ours.append(_checked(measured("add", file, place), count))
        again.append(measured("add", file, place))
        shutil.rmtree(place)
    (folder / "bare.parquet").unlink()
    file.unlink()
    copied, added, known = (min(one.seconds for one in many) for many in (bare, ours, again))
    what = f"{count:,} messages, {size:,.0f} MB of CSV"
    return [
        Figure("DuckDB's own COPY", copied, "s", f"{what}; best of {_ROUNDS}"),
        Figure("import", added, "s", f"the same; {count / added:,.0f} rows a second"),
        Figure("import over COPY", added / copied, "ratio", "best of each", most=2),
        Figure(
            "import over COPY, processor time",
            min(one.numbers["cpu"] for one in ours) / min(one.numbers["cpu"] for one in bare),
            "ratio",
            "steadier than the clock where others use the machine too",
        ),
        Figure(
            "import, most memory",
            max(one.peak for one in ours) / 2**20,
            "MiB",
            f"resident, process and children; COPY: {max(one.peak for one in bare) / 2**20:,.0f}",
            most=2048,
        ),
        Figure("second import of the same file", known, "s", "found known by its digest"),
        Figure("second import over the first", known / added, "ratio", "", most=0.25),
        *_growth(folder, rows, tell),
    ]


def _growth(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    counts = sizes(GROWTH[0], GROWTH[1], 5) if rows is None else sizes(rows // 10 or 1, rows, 3)
    seconds = []
    for count in counts:
        tell(f"import: growth, {count:,} rows")
        file = write_messages(folder / "messages.csv", count)
        place = folder / "workspace"
        seconds.append(_checked(measured("add", file, place), count).seconds)
        shutil.rmtree(place)
        file.unlink()
    return grown("import", counts, seconds)


def _checked(done: Measured, count: int) -> Measured:
    if (done.numbers["new"], done.numbers["rejected"]) != (count, 0):
        raise RuntimeError(f"expected {count} new rows, received {done.numbers}")
    return done

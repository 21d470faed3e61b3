"""`run`: the analyzers in SQL against their bare SQL, and the speed of reading texts.

The bare SQL is the text of the same steps, run by DuckDB alone (its own settings, our macros) over
the same Parquet files and written to Parquet. Moods are made up for it beforehand.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.data import write_messages
from benchmarks.growth import grown, sizes
from benchmarks.measuring import measured
from benchmarks.sheet import Figure

ROWS = 1_000_000
GROWTH = (100_000, 10_000_000)
# Several chunks of 50,000 each, so that what a chunk costs beside its texts would show.
TEXTS = {"language": (20_000, 640_000), "mood": (5_000, 160_000)}
SQL = "satisfaction,voices"
_ROUNDS = 3


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures `run`; `folder` is for scratch, `rows` a smaller number for a quick look."""
    found = _against_sql(folder, rows or ROWS, tell)
    counts = sizes(GROWTH[0], GROWTH[1], 5) if rows is None else sizes(rows // 10 or 1, rows, 3)
    seconds = []
    for count in counts:
        tell(f"run: growth of {SQL}, {count:,} rows")
        place = _filled(folder, count)
        measured("moods", place)
        seconds.append(measured("run", place, SQL).seconds)
        shutil.rmtree(place)
    found += grown(f"run {SQL}", counts, seconds)
    for name, (least, most) in TEXTS.items():
        few = (least, most) if rows is None else (min(rows // 4 or 1, least), min(rows, most))
        found += _texts(folder, name, sizes(*few, 6 if rows is None else 3), tell)
    return found


def _filled(folder: Path, count: int) -> Path:
    file = write_messages(folder / "messages.csv", count)
    measured("add", file, folder / "workspace")
    file.unlink()
    return folder / "workspace"


def _against_sql(folder: Path, count: int, tell: Callable[[str], None]) -> list[Figure]:
    place = _filled(folder, count)
    measured("moods", place)
    bare, ours = [], []
    for number in range(_ROUNDS):
        tell(f"run: round {number + 1} of {_ROUNDS}, {SQL}, {count:,} rows")
        bare.append(measured("sql", place, SQL, folder))
        ours.append(measured("run", place, SQL))
    shutil.rmtree(place)
    sql, run = (min(one.seconds for one in many) for many in (bare, ours))
    return [
        Figure(f"bare SQL of {SQL}", sql, "s", f"{count:,} messages; best of {_ROUNDS}"),
        Figure(f"run {SQL}", run, "s", "the same, with commits"),
        Figure(f"run {SQL} over bare SQL", run / sql, "ratio", "best of each", most=3),
        Figure(
            f"run {SQL}, most memory",
            max(one.peak for one in ours) / 2**20,
            "MiB",
            f"resident; bare SQL: {max(one.peak for one in bare) / 2**20:,.0f}",
        ),
    ]


def _texts(
    folder: Path, name: str, counts: Sequence[int], tell: Callable[[str], None]
) -> list[Figure]:
    done = []
    for count in counts:
        tell(f"run: {name}, {count:,} texts")
        place = _filled(folder, count)
        done.append(measured("run", place, name))
        shutil.rmtree(place)
    cores = os.cpu_count() or 1
    last, most = done[-1], counts[-1]
    return [
        Figure(
            f"run {name}: speed",
            most / last.seconds / cores,
            "texts/s",
            f"a core, of {cores}; {most:,} texts, starts and commits included",
        ),
        Figure(
            f"run {name}: speed by processor time",
            most / last.numbers["cpu"],
            "texts/s",
            "a core, as if no one else used the machine",
        ),
        Figure(f"run {name}: most memory", last.peak / 2**20, "MiB", "process and children"),
        *grown(f"run {name}", counts, [one.seconds for one in done]),
    ]

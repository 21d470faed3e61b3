"""The same analyzers on DuckDB and on Spark (`local[2]`), from the files to the answer's rows."""

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.data import write_messages
from benchmarks.measuring import measured
from benchmarks.sheet import Figure
from sonnim.engines.spark_session import has_java

ROWS = 100_000
NAMES = ("language", "satisfaction", "voices")


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures both engines; `folder` is for scratch, `rows` a number for a quick look."""
    count = rows or ROWS
    file = write_messages(folder / "messages.csv", count)
    place = folder / "workspace"
    measured("add", file, place)
    measured("moods", place)
    file.unlink()
    found: list[Figure] = []
    seconds: dict[str, dict[str, float]] = {}
    for engine, absent in (("duckdb", ""), ("spark", _absent())):
        if absent:
            found.append(Figure(engine, None, "s", f"skipped: {absent}"))
            continue
        tell(f"engines: {engine}, {count:,} messages")
        numbers = measured("engine", place, engine, ",".join(NAMES)).numbers
        seconds[engine] = numbers
        found.append(Figure(f"{engine}: start", numbers["start"], "s"))
        for name in NAMES:
            note = f"{count:,} messages, {numbers[f'{name}_rows']:,.0f} rows of answer"
            found.append(Figure(f"{engine}: {name}", numbers[name], "s", note))
    shutil.rmtree(place)
    if "spark" in seconds:
        for name in NAMES:
            if seconds["spark"][f"{name}_rows"] != seconds["duckdb"][f"{name}_rows"]:
                raise RuntimeError(f"{name}: the engines give different numbers of rows")
            ratio = seconds["spark"][name] / seconds["duckdb"][name]
            found.append(Figure(f"{name}: Spark over DuckDB", ratio, "ratio", "same run"))
    return found


def _absent() -> str:
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed (pip install 'sonnim[spark]')"
    return "" if has_java() else "no Java runtime was found"

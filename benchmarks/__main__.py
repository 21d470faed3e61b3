"""Measures speed, memory, weight and accuracy, and writes the sheet.

`python -m benchmarks [NAME…] [--rows N] [--out FILE]`, with the names import, sources, world, run,
mood, reader, checklist, shares, calibration, pii, topics, networks, startup, weight, erase,
engines.

Without names all are measured, which takes more than an hour on two cores. `--rows` shrinks all but
mood, checklist, startup and weight for a quick look: the goals, which are those of the full size,
are then not judged, and the committed sheet is left alone (`--out` names another file).
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import (
    calibration,
    checklist,
    engines,
    erasing,
    importing,
    mood,
    networks,
    pii,
    reader,
    running,
    shares,
    sources,
    startup,
    topics,
    weight,
    worlds,
)
from benchmarks.sheet import Figure, machine, section, versions, written

SHEET = Path(__file__).with_name("SHEET.md")


@dataclass(frozen=True)
class Bench:
    """One section of the sheet.

    Attributes:
        meaning: What it measures.
        figures: Measures; gets a folder for scratch, rows or None, and whom to tell how far it is.
    """

    meaning: str
    figures: Callable[[Path, int | None, Callable[[str], None]], Sequence[Figure]]


BENCHES = {
    "import": Bench(
        "From a CSV of reviews to the table `message`, against DuckDB's own copy to Parquet.",
        importing.figures,
    ),
    "sources": Bench(
        "Each kind of file and a database: rows a second and most memory.", sources.figures
    ),
    "world": Bench("Making the demo world.", worlds.figures),
    "run": Bench(
        "Analyzers in SQL against their bare SQL, with moods already there; then reading texts.",
        running.figures,
    ),
    "mood": Bench(
        "Accuracy, calibration and speed of the mood model on texts it did not learn from.",
        mood.figures,
    ),
    "reader": Bench(
        "The tiers of moods and the reading of opinions: texts a second and most memory.",
        reader.figures,
    ),
    "checklist": Bench(
        "Moods of written pairs that differ by a negation, a contrast, a wink: how many are right.",
        checklist.figures,
    ),
    "shares": Bench(
        "Negative shares by month against the stars of the same reviews: held how often?",
        shares.figures,
    ),
    "calibration": Bench(
        "How far fitted moods may be trusted: their calibration error in each set that measures.",
        calibration.figures,
    ),
    "pii": Bench(
        "Personal data in texts: found and masked, in texts written by hand; and how fast.",
        pii.figures,
    ),
    "topics": Bench(
        "Topics: coherence and stability beside peers, planted issues found, speed and memory.",
        topics.figures,
    ),
    "networks": Bench(
        "Measures of a network beside the bare libraries and NetworkX, memory and growth.",
        networks.figures,
    ),
    "startup": Bench("How soon the command line answers.", startup.figures),
    "weight": Bench("Megabytes of the core's packages.", weight.figures),
    "erase": Bench("Finding and erasing one person, and imports afterwards.", erasing.figures),
    "engines": Bench("The same analyzers on DuckDB and on Spark.", engines.figures),
}


def main() -> int:
    """Reads the arguments, measures, prints, writes; gives 1 if a goal is not met."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHES))
    parser.add_argument("--rows", type=int, help="rows instead of millions, for a quick look")
    parser.add_argument("--out", type=Path, help="the sheet to write (benchmarks/SHEET.md)")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    if given.rows is not None and given.rows < 1_000:
        parser.error(f"--rows: expected 1000 or more, received {given.rows}")
    out = given.out or (None if given.rows else SHEET)
    _say(f"{machine()}\n{versions()}\n")
    missed = 0
    for name in given.names or BENCHES:
        bench = BENCHES[name]
        with tempfile.TemporaryDirectory(prefix="sonnim-bench-") as scratch:
            found = bench.figures(
                Path(scratch), given.rows, lambda text: _say(f"  … {text}", err=True)
            )
        if given.rows is not None:
            found = [replace(one, most=None, least=None) for one in found]
        _say(f"\n{name}: {bench.meaning}")
        for one in found:
            _say(f"  {one.name:<74} {one.shown:>10} {one.unit:<9} {one.goal:<24} {one.note}")
        missed += sum(one.met is False for one in found)
        if out is not None:
            command = f"python -m benchmarks {name}" + (
                f" --rows {given.rows}" if given.rows else ""
            )
            page = out.read_text(encoding="utf-8") if out.is_file() else ""
            text = section(name, bench.meaning, command, found)
            # After each: an hour's work must not be lost with the last section.
            out.write_text(written(page, name, text, list(BENCHES)), encoding="utf-8")
    if given.rows is None:
        _say(f"\n{missed} goals not met" if missed else "\nall goals met that were measured")
    return 1 if missed else 0


def _say(text: str, *, err: bool = False) -> None:
    stream = sys.stderr if err else sys.stdout
    stream.write(text + "\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())

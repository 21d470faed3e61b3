"""The tiers of moods and the reading of opinions: texts a second and most memory, on two cores.

The texts are those of the demo world, which no two have the same. How right they are is measured by
`python -m training.reader.evaluate` and stands in docs/models/reader.md: it takes a quarter of an
hour. The peer is the same network in PyTorch, where that and a checkpoint are (training/reader);
here only what users install is measured.
"""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measuring import measured
from benchmarks.sheet import Figure
from sonnim.language.readers import installed
from sonnim.workspace.world.making import make_world
from sonnim.workspace.world.sizes import ENCODINGS, REVIEWS

TEXTS = 6_000
_ROUNDS = 3
_MOST_MEMORY = 1_536
# What is read, how many texts a second are wanted on two cores.
LEAST = {"fast": 10_000, "cascade": 2_000, "accurate": 400, "opinions": 300}


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures every tier; `rows` is a smaller number of texts for a quick look."""
    if not installed():
        return [Figure("reader", None, "texts/s", "not installed (pip install 'sonnim[accurate]')")]
    file = folder / "texts.json"
    texts = world_texts(folder, rows or TEXTS)
    file.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    return [one for kind in LEAST for one in _of(kind, file, texts, tell)]


def world_texts(folder: Path, count: int) -> list[str]:
    """Reviews of a made-up company."""
    make_world(folder, seed=2026, messages=3 * count)
    place = folder / "exports" / REVIEWS
    with place.open(encoding=ENCODINGS[REVIEWS], newline="") as lines:
        rows = csv.DictReader(lines)
        return [row["내용"] for row in rows if row.get("내용")][:count]


def _of(kind: str, file: Path, texts: list[str], tell: Callable[[str], None]) -> Iterator[Figure]:
    tell(f"reader: {kind}, {len(texts):,} texts")
    done = [measured("reading", kind, file) for _ in range(_ROUNDS)]
    length = sum(map(len, texts)) / len(texts)
    note = f"two cores; {len(texts):,} texts of {length:.0f} characters on average; best of 3"
    name = f"reader, {kind}"
    best = min(one.seconds for one in done)
    yield Figure(name, len(texts) / best, "texts/s", note, least=LEAST[kind])
    peak = max(one.peak for one in done) / 2**20
    yield Figure(f"{name}, most memory", peak, "MiB", "resident", most=_MOST_MEMORY)
    if kind == "cascade":
        for tier, what in (("english", "the English encoder alone"), ("accurate", "all models")):
            share = done[0].numbers[tier] / len(texts)
            yield Figure(f"{name}, read by {what}", share, "share", note)

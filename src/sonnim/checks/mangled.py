"""Well-known files made hostile: columns dropped, doubled, renamed, values replaced.

What a preset recognises by its columns must also bear that a column is missing, or holds something
else than it always did.
"""

import csv
import io
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sonnim.checks.hostile_cells import NUMBERS, TEXTS, TIMES
from sonnim.checks.hostile_texts import HostileFile

_VALUES = (*TEXTS, *TIMES, *NUMBERS, "", "[]", "{}", "[null]", '{"a": [1]}', "-1", "2026-01-01")
_ODD: tuple[Any, ...] = (None, [], {}, [None], {"a": {"b": []}}, 1e308, 2**70, True, [[1]], "")


def mangled(path: Path, seed: int = 1) -> Iterator[HostileFile]:
    r"""Hostile variants of a sample in CSV or JSON; other kinds have none.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "a.csv"
        ...     _ = file.write_text("id,text\n1,good\n", encoding="utf-8")
        ...     [one.meaning for one in mangled(file)][:2]
        ['columns dropped', 'columns doubled']
    """
    chance = random.Random(f"{path.name} {seed}")
    text = path.read_bytes().decode("utf-8-sig", "replace")
    if path.suffix == ".csv":
        made = _tables(list(csv.reader(io.StringIO(text))), chance)
    elif path.suffix in (".json", ".jsonl", ".js"):
        made = _documents(text, chance)
    else:
        return
    for number, (meaning, content) in enumerate(made):
        yield HostileFile(
            name=f"{path.stem}-{number}{path.suffix}",
            meaning=meaning,
            content=content.encode("utf-8", "surrogatepass"),
        )


def _tables(rows: list[list[str]], chance: random.Random) -> Iterator[tuple[str, str]]:
    width = max(map(len, rows))
    kept = sorted(chance.sample(range(width), max(1, width * 2 // 3)))
    yield "columns dropped", _csv([[row[n] for n in kept if n < len(row)] for row in rows])
    yield "columns doubled", _csv([[*row, *row] for row in rows])
    yield "columns in another order", _csv([row[::-1] for row in rows])
    yield "no value at all", _csv([rows[0], *([""] * len(row) for row in rows[1:])])
    yield (
        "one column of one value",
        _csv([rows[0], *([chance.choice(row or [""])] * len(row) for row in rows[1:])]),
    )
    for share in (0.2, 1.0):
        table = [
            [chance.choice(_VALUES) if chance.random() < share else cell for cell in row]
            for row in rows[1:]
        ]
        yield f"{share:.0%} of the values hostile", _csv([rows[0], *table])
    yield (
        "rows of other lengths",
        _csv(
            [
                row[: chance.randrange(len(row) + 1)] or [""] if n else row
                for n, row in enumerate(rows)
            ]
        ),
    )


def _documents(text: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    begin = text[: text.index("[")] if text.startswith("window") else ""
    lines = text.splitlines()
    try:
        values = [json.loads(text[len(begin) :])]
    except ValueError:
        values = [json.loads(line) for line in lines if line.strip()]
    for meaning, share, change in (
        ("members dropped", 0.15, "drop"),
        ("members doubled under another name", 0.3, "double"),
        ("values of another type", 0.15, "odd"),
        ("hostile texts", 0.5, "text"),
        ("every value of another type", 0.9, "odd"),
    ):
        made = [_changed(value, share, change, chance) for value in values]
        yield meaning, begin + "\n".join(json.dumps(one, ensure_ascii=False) for one in made)


def _changed(value: Any, share: float, change: str, chance: random.Random, top: int = 2) -> Any:
    """A value with some of what is within it changed; its outer levels stay what they are."""
    if isinstance(value, list):
        return [_changed(one, share, change, chance, top) for one in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for name, one in value.items():
        inner = _changed(one, share, change, chance, top - 1)
        # Lists of rows stand at the top, and are kept so that there are rows.
        if (top > 0 and isinstance(one, (list, dict))) or chance.random() >= share:
            made[name] = inner
        elif change == "odd":
            made[name] = chance.choice(_ODD)
        elif change == "text":
            made[name] = chance.choice(_VALUES)
        elif change == "double":
            made[name] = inner
            made[f"{name}_"] = inner
    return made


def _csv(rows: list[list[str]]) -> str:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue()

"""The same analysis of the same snapshots on two engines, compared row by row."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sonnim.analyzers.base import Analyzer
from sonnim.checks.compare import AnswerRows, compare_answers, rows_of_answer
from sonnim.checks.failed import CheckFailed
from sonnim.engines.base import Engine
from sonnim.tables.step import Step
from sonnim.tables.table import Snapshot, Table

TOLERANCE = 1e-9
"""Relative difference allowed between doubles; everything else must be equal."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What came of one analyzer.

    Attributes:
        analyzer: Its name.
        rows: Rows of all its answer tables.
        seconds: Time on the first and on the second engine.
        difference: The first difference found, or "".
    """

    analyzer: str
    rows: int
    seconds: tuple[float, float]
    difference: str = ""


def compare_engines(
    one: Analyzer,
    parameters: Any,
    snapshots: Sequence[Snapshot],
    load: Callable[[Engine, Snapshot], Table],
    engines: tuple[Callable[[], Engine], Callable[[], Engine]],
    most: int,
) -> Compared:
    """Runs an analyzer on both engines over the same snapshots.

    Args:
        one: The analyzer.
        parameters: Its parameters.
        snapshots: What it reads.
        load: Makes a snapshot readable on an engine.
        engines: Makers of the two engines.
        most: Rows that an analyzer of single rows (a reader of texts) gets, first by key.

    Returns:
        The comparison; a difference is reported, not raised.
    """
    answers: list[tuple[AnswerRows, ...]] = []
    seconds: list[float] = []
    for make in engines:
        with make() as engine:
            for snapshot in snapshots:
                load(engine, snapshot)
            if one.per_row:
                _cut(engine, snapshots[0], most)
            started = time.monotonic()
            answers.append(rows_of_answer(engine, one.analyze(engine, parameters)))
            seconds.append(time.monotonic() - started)
    difference = ""
    try:
        compare_answers(answers[0], answers[1], TOLERANCE, one.name)
    except CheckFailed as failed:
        difference = str(failed)
    rows = sum(len(table.rows) for table in answers[0])
    return Compared(
        analyzer=one.name, rows=rows, seconds=(seconds[0], seconds[1]), difference=difference
    )


def _cut(engine: Engine, snapshot: Snapshot, most: int) -> None:
    if snapshot.rows <= most:
        return
    schema = snapshot.table.schema
    first = Step(
        name="first_rows",
        sql=f"SELECT * FROM {schema.name} ORDER BY {schema.key[0]} ASC NULLS LAST LIMIT {most}",
        inputs=(schema.name,),
        output=schema,
        keep=True,
    )
    again = Step(
        name=schema.name,
        sql="SELECT * FROM first_rows",
        inputs=("first_rows",),
        output=schema,
        keep=True,
    )
    engine.run([first, again])

"""Holds the rows of an analyzer against those of the plain reference."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.analyzers.reference import PLACES, Cell

# erfcc and the series of Student's t err by some 1e-7 and 2e-6 of the value (shared_sql.py).
TOLERANCE = 5e-6
COLUMNS = ("value", "low", "high", "n", "change", "p_value", "q_value", "significant", "recent",
           "recent_low", "recent_high", "recent_n", "usual", "usual_low", "usual_high", "usual_n",
           "usual_p_value", "usual_q_value", "unusual")  # fmt: skip


def same_as_reference(
    rows: Sequence[dict[str, Any]], cells: Sequence[Cell], name: str, scaled: bool
) -> None:
    """Every row of one is a row of the other, column by column.

    Args:
        rows: What the analyzer said.
        cells: What the reference says.
        name: The column of metrics or measures.
        scaled: Whether rows are told apart by their scale, too.
    """
    found = {}
    for row in rows:
        key = (*(row[place] for place in PLACES), row["period"], row[name],
               (row["scale_min"], row["scale_max"]) if scaled else None)  # fmt: skip
        assert key not in found, f"{key} is there twice"
        found[key] = row
    wanted = {
        (*(cell.place if cell.level == place else None for place in PLACES), cell.period,
         cell.metric, cell.scale if scaled else None): cell.columns
        for cell in cells
    }  # fmt: skip
    assert set(found) == set(wanted)
    for key, columns in wanted.items():
        row = found[key]
        expected = {
            column: value
            if value is None or isinstance(value, bool)
            else pytest.approx(value, rel=TOLERANCE, abs=_absolute(column, columns))
            for column, value in columns.items()
        }
        assert set(expected) == set(COLUMNS)
        wrong = {c: (row[c], columns[c]) for c in COLUMNS if row[c] != expected[c]}
        assert not wrong, f"{key}: (received, expected) {wrong}"


def _absolute(column: str, columns: dict[str, Any]) -> float:
    """Student's t of few periods is approximated: 4e-4 with 2 degrees of freedom, times tests."""
    by_periods = column in ("usual_p_value", "usual_q_value") and isinstance(
        columns["value"], float
    )
    return 2e-3 if by_periods and columns["value"] == columns["n"] else 1e-9

"""Any table comes back from a workbook, wherever it stands and whatever is written above it.

The oracle is the table as it was handed to XlsxWriter.
"""

import datetime
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.connectors.names import unique_names
from sonnim.connectors.readers import workbook
from tests.connectors.reading import Read, read_one

Cell = str | int | float | bool | datetime.datetime | None
Table = Sequence[Sequence[Cell]]

# XML 1.0 has no other control characters than these, and one line end.
ANY = st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\n\t"
)
SAMPLES = st.sampled_from([
    "=1+1", "+82-10", "-3", "@SUM(A1)", "00123", "1e5", "TRUE", "2024-03-05", "http://x.kr",
    "#REF!", "_x0041_", " 앞뒤 ", "여러\n줄", "<b>&amp;</b>", "😀 שלום", "'", "NULL", "\u200b",
])  # fmt: skip
TEXTS = st.one_of(SAMPLES, st.text(ANY, min_size=1, max_size=20))
TIMES = st.datetimes(datetime.datetime(1995, 1, 1), datetime.datetime(2090, 1, 1)).map(
    lambda time: time.replace(microsecond=0)
)
NUMBERS = st.one_of(
    st.integers(-(10**14), 10**14), st.integers(-(10**9), 10**9).map(lambda cents: cents / 100)
)
CELLS = st.one_of(TEXTS, NUMBERS, st.booleans(), TIMES)
NAMES = st.one_of(
    st.sampled_from(["번호", "작성일", "내용", "별점", "Review Text", "고객 (ID)", "a", "名前"]),
    st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=8),
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[Cell]]]:
    """A header and rows of which each has something in every column: the usual case."""
    width = draw(st.integers(2, 5))
    names = draw(st.lists(NAMES, min_size=width, max_size=width, unique_by=str.casefold))
    # Values of a row differ, as those of records do; a row of one value again and again is a title.
    row = st.lists(CELLS, min_size=width, max_size=width, unique_by=shown)
    return names, draw(st.lists(row, min_size=1, max_size=6))


def shown(cell: Cell) -> str:
    """A cell as its reader should show it, worked out apart from the reader."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime.datetime):
        midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if midnight else cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.2f}".rstrip("0").removesuffix(".").replace("-0", "0", cell == 0)
    return str(cell)


def written(sheet: Any, made: Any, top: int, left: int, rows: Table) -> None:
    when = made.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for down, row in enumerate(rows, start=top):
        for across, cell in enumerate(row, start=left):
            if isinstance(cell, bool):
                sheet.write_boolean(down, across, cell)
            elif isinstance(cell, datetime.datetime):
                sheet.write_datetime(down, across, cell, when)
            elif isinstance(cell, str):
                sheet.write_string(down, across, cell)
            elif cell is not None:
                sheet.write_number(down, across, cell)


def read_back(rows: Table, *, above: Table = (), gap: int = 0, left: int = 0) -> Read:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        written(sheet, made, 0, left, above)
        written(sheet, made, len(above) + gap, left, rows)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.xlsx"
        file.write_bytes(stream.getvalue())
        return read_one(file)


@pytest.fixture(autouse=True)
def without_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each workbook is first tried in a process of its own, which these need not."""
    monkeypatch.setattr(workbook, "survives", lambda path: True)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    tables(),
    st.lists(st.lists(TEXTS, min_size=1, max_size=1), max_size=3),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_any_table_below_any_titles_comes_back(
    table: tuple[list[str], list[list[Cell]]], titles: list[list[str]], gap: int, left: int
) -> None:
    """Of two columns a title is half as full as the header, and no record is."""
    names, rows = table
    found = read_back([names, *rows], above=titles, gap=gap, left=left)
    assert found.names == unique_names(names)
    assert found.rows == [tuple(shown(cell) for cell in row) for row in rows]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.one_of(st.none(), CELLS), min_size=1, max_size=4), min_size=1, max_size=6),
    st.integers(2, 5),
)
def test_holes_move_no_cell(holed: list[list[Cell]], width: int) -> None:
    """Below a full row, cells stay in their columns and rows without any are left out."""
    names = [f"column {'abcde'[n]}" for n in range(width)]
    full: list[Cell] = [f"value {'abcde'[n]}" for n in range(width)]
    rows = [full, *[(row + [None] * width)[:width] for row in holed]]
    found = read_back([names, *rows])
    assert found.names == names
    kept = [tuple(cell if cell is None else shown(cell) for cell in row) for row in rows]
    assert found.rows == [row for row in kept if any(cell is not None for cell in row)]


def test_more_titles_than_records() -> None:
    """A report of a quiet day has more lines above its table than below its header."""
    found = read_back([["번호", "내용"], [1, "좋아요"]], above=[["리뷰"], ["강남점"], ["3월 5일"]])
    assert found.names == ["번호", "내용"]
    assert found.rows == [("1", "좋아요")]

"""Every table comes back from Parquet, CSV and XLSX; no spreadsheet runs what is in it."""

import csv
import errno
import json
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

import sonnim
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.arrow import batch
from sonnim.tables.errors import StopError
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.table import Table
from sonnim.workspace import catalog, exporting
from sonnim.workspace.exporting import write_arrow, write_table
from sonnim.workspace.person_file import write_record

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

Rows = list[tuple[Any, ...]]
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
NASTY = [
    "배송이 빨라요", 'a "quote", a comma', "two\nlines\r\nand three", "a lone\rreturn",
    "😀 שלום \u2028", "", None, " spaces ", "'", "''x", "1,5", "true", "2026-01-02", "NULL", "\\N",
    "#REF!", "_x0041_", "가" * 5_000,
]  # fmt: skip
FORMULAS = ["=1+1", "+82-10", "-3", "@SUM(A1)", "\t=x", "\r=x", '=cmd|"/c calc"!A1', "-_-"]
RUN = ("=", "+", "-", "@", "\t", "\r")
"""What a text must not begin with, in a cell that a spreadsheet opens."""
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EVERY = TableSchema(
    name="every_type",
    version=1,
    meaning="A column of every type",
    key=("key",),
    columns=(
        Column(name="key", type=ColumnType.LONG, meaning="Key"),
        Column(name="text", meaning="Text"),
        Column(name="number", type=ColumnType.DOUBLE, meaning="Number"),
        Column(name="yes", type=ColumnType.BOOLEAN, meaning="Yes or no"),
        Column(name="time", type=ColumnType.TIMESTAMP, meaning="Time"),
        Column(name="words", type=ColumnType.STRINGS, meaning="Words"),
    ),
)


def micros(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def export(schema: TableSchema, rows: Rows, file: Path) -> int:
    cells: dict[str, Any] = {name: [row[n] for row in rows] for n, name in enumerate(schema.names)}
    for column in schema.columns:
        if column.type is ColumnType.TIMESTAMP:
            cells[column.name] = [micros(one) for one in cells[column.name]]
    with DuckEngine() as engine:
        table = engine.load(Table(schema=schema, name=schema.name), batch(schema, cells))
        return write_table(engine, table, file)


def from_parquet(file: Path) -> Rows:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return [
            tuple(cell.astimezone(UTC) if isinstance(cell, datetime) else cell for cell in row)
            for row in connection.execute(f"SELECT * FROM '{file}'").fetchall()
        ]


def from_csv(file: Path, schema: TableSchema) -> Rows:
    with file.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    assert header == list(schema.names)
    return [
        tuple(_read(cell, column.type) for cell, column in zip(row, schema.columns, strict=True))
        for row in rows
    ]


def _read(cell: str, kind: ColumnType) -> object:
    if kind is ColumnType.STRING:
        return cell
    if not cell:
        return None
    if kind is ColumnType.BOOLEAN:
        return cell == "true"
    if kind is ColumnType.STRINGS:
        return json.loads(cell)
    if kind is ColumnType.TIMESTAMP:
        return datetime.fromisoformat(cell)
    return float(cell) if kind is ColumnType.DOUBLE else int(cell)


def from_xlsx(file: Path) -> Rows:
    header, *rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python(
        skip_empty_area=False
    )  # fmt: skip
    assert header
    return [tuple(row) for row in rows]


def safe(text: str | None) -> str:
    """As spreadsheets get a text: with a ' before what they would run, empty for none."""
    text = text or ""
    return "'" + text if text[:1] in RUN else text


def rows_of(texts: list[str | None]) -> Rows:
    return [
        (n, text, n / 3 if n % 4 else None, n % 2 == 0 if n % 5 else None,
         MOMENT + timedelta(microseconds=n) if n % 3 else MOMENT.replace(microsecond=0),
         [text or "", "단어"])
        for n, text in enumerate(texts)
    ]  # fmt: skip


def test_parquet_gives_everything_back(tmp_path: Path) -> None:
    rows = rows_of([*NASTY, *FORMULAS])
    assert export(EVERY, rows, tmp_path / "a.parquet") == len(rows)
    assert from_parquet(tmp_path / "a.parquet") == rows


def test_csv_gives_everything_back(tmp_path: Path) -> None:
    rows = rows_of([*NASTY, *FORMULAS])
    assert export(EVERY, rows, tmp_path / "a.csv") == len(rows)
    assert from_csv(tmp_path / "a.csv", EVERY) == [(row[0], safe(row[1]), *row[2:]) for row in rows]


def test_xlsx_gives_everything_back(tmp_path: Path) -> None:
    rows = rows_of([*NASTY, *FORMULAS])
    assert export(EVERY, rows, tmp_path / "a.xlsx") == len(rows)
    found = from_xlsx(tmp_path / "a.xlsx")
    assert len(found) == len(rows)
    for got, row in zip(found, rows, strict=True):
        # XML has one line end only.
        assert str(got[1]).replace("\r\n", "\n").replace("\r", "\n") == safe(row[1]).replace(
            "\r\n", "\n").replace("\r", "\n")  # fmt: skip
        assert got[0] == row[0]
        assert got[2] == ("" if row[2] is None else pytest.approx(row[2], rel=1e-15))
        assert got[3] == ("" if row[3] is None else row[3])
        assert datetime.fromisoformat(str(got[4])) == row[4]


def xlsx_cells(file: Path) -> list[tuple[str, str]]:
    """Kind (`s`, `n`, `b`, or `formula`) and text of every cell, from the XML of the workbook.

    This is what a spreadsheet goes by; readers give a formula's last result as if it were written.
    """
    with zipfile.ZipFile(file) as archive:
        assert not [one for one in archive.namelist() if "external" in one.lower()]
        names = [one for one in archive.namelist() if one.startswith("xl/worksheets/sheet")]
        sheets = [ElementTree.fromstring(archive.read(name)) for name in names]
        texts: list[str] = []
        if "xl/sharedStrings.xml" in archive.namelist():
            shared = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
            texts = ["".join(one.itertext()) for one in shared]
    found = []
    for cell in (cell for sheet in sheets for cell in sheet.iter(f"{MAIN}c")):
        kind = "formula" if cell.find(f"{MAIN}f") is not None else cell.get("t", "n")
        text = "".join(cell.itertext())
        found.append((kind, texts[int(text)] if kind == "s" else text))
    return found


def assert_no_formulas(cells: list[tuple[str, str]]) -> None:
    for kind, text in cells:
        assert kind in ("s", "inlineStr", "n", "b"), kind
        assert kind in ("n", "b") or text[:1] not in RUN, text


def test_the_xml_tells_formulas_from_texts(tmp_path: Path) -> None:
    """The check itself finds what it is for."""
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet().write_row(0, 0, ["=1+1", "text", 5])
    assert [kind for kind, _ in xlsx_cells(tmp_path / "a.xlsx")] == ["formula", "s", "n"]


def test_formulas_are_texts_in_xlsx(tmp_path: Path) -> None:
    export(EVERY, rows_of([*FORMULAS]), tmp_path / "a.xlsx")
    cells = xlsx_cells(tmp_path / "a.xlsx")
    assert_no_formulas(cells)
    written = {text for kind, text in cells if kind in ("s", "inlineStr")}
    for text in FORMULAS:
        # XML has one line end only; a return of its own is written as an escape.
        assert safe(text) in {one.replace("_x000D_", "\r") for one in written}


def test_formulas_in_a_list_are_texts_too(tmp_path: Path) -> None:
    rows: Rows = [(1, "a", None, None, None, ["=1+1", "x"]), (2, "b", None, None, None, ["-3"])]
    export(EVERY, rows, tmp_path / "a.xlsx")
    export(EVERY, rows, tmp_path / "a.csv")
    cells = xlsx_cells(tmp_path / "a.xlsx")
    assert_no_formulas(cells)
    assert {"'=1+1, x", "'-3"} <= {text for _, text in cells}
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as lines:
        assert all(cell[:1] not in RUN for row in csv.reader(lines) for cell in row)


def test_answers_and_persons_leave_without_formulas(tmp_path: Path) -> None:
    """All ways out of the house: tables, answers that are in no workspace, a person's record."""
    texts = [f"{text} 배송이 정말 늦었어요" for text in FORMULAS]
    source = tmp_path / "reviews.csv"
    with source.open("w", encoding="utf-8", newline="") as lines:
        rows = ((n, "2026-01-02", "=kim()", text, "@shop") for n, text in enumerate(texts))
        csv.writer(lines).writerows([("id", "time", "user", "text", "branch"), *rows])
    workspace = sonnim.new(tmp_path / "ws", timezone="UTC")
    (one, *_) = workspace.add(source)
    assert one.new == len(texts)
    record = workspace.person("=kim()")
    write_record(record, tmp_path / "person.xlsx")
    write_record(record, tmp_path / "person")
    workspace.export("message", tmp_path / "message.xlsx")
    workspace.export("message", tmp_path / "message.csv")
    message = workspace.schema("message")
    write_arrow(workspace.table("message"), message, tmp_path / "bare.xlsx")
    write_arrow(workspace.table("message"), message, tmp_path / "bare.csv")
    for name in ("person", "message", "bare"):
        cells = xlsx_cells(tmp_path / f"{name}.xlsx")
        assert_no_formulas(cells)
        assert sum("배송이 정말" in text for _, text in cells) >= len(texts)
    files = [*(tmp_path / "person").iterdir(), tmp_path / "message.csv", tmp_path / "bare.csv"]
    for file in files:
        schema = workspace.schema(file.stem if file.stem != "bare" else "message")
        numbers = {
            column.name for column in schema.columns
            if column.type in (ColumnType.DOUBLE, ColumnType.LONG)
        }  # fmt: skip
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                assert all(row[name][:1] not in RUN for name in row if name not in numbers)


@pytest.mark.parametrize("name", sorted(catalog.schemas()))
@pytest.mark.parametrize("ending", ["parquet", "csv", "xlsx"])
def test_every_table_can_be_exported(name: str, ending: str, tmp_path: Path) -> None:
    schema = catalog.schemas()[name]
    values: dict[ColumnType, list[Any]] = {
        ColumnType.STRING: ["가", "나"],
        ColumnType.LONG: [1, 2],
        ColumnType.DOUBLE: [0.5, -1.25],
        ColumnType.BOOLEAN: [True, False],
        ColumnType.TIMESTAMP: [MOMENT, MOMENT],
        ColumnType.STRINGS: [["a"], []],
    }
    rows = list(zip(*(values[column.type] for column in schema.columns), strict=True))
    file = tmp_path / f"{name}.{ending}"
    assert export(schema, rows, file) == 2
    if ending == "parquet":
        assert sorted(from_parquet(file)) == sorted(rows)
    elif ending == "csv":
        assert sorted(from_csv(file, schema)) == sorted(rows)
    else:
        assert len(from_xlsx(file)) == 2


def test_what_is_exported_can_be_imported_again(tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "ws")
    texts = [
        '따옴표 "하나", 쉼표',
        "여러\n줄의\r\n글이에요",
        "😀 좋아요 정말로",
        " 앞뒤 공백이 있어요 ",
    ]
    source = tmp_path / "reviews.csv"
    with source.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows(
            [("id", "time", "text"), *((n, "2026-01-02", text) for n, text in enumerate(texts))]
        )
    workspace.add(source)
    workspace.export("message", tmp_path / "message.csv")
    other = sonnim.new(tmp_path / "other")
    (one,) = other.add(tmp_path / "message.csv")
    assert (one.new, one.rejected) == (4, 0)
    assert sorted(other.table("message").column("text").to_pylist()) == sorted(texts)


def test_a_sheet_is_too_short_for_a_million_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exporting.XLSX_ROWS == 2**20 - 1
    monkeypatch.setattr(exporting, "XLSX_ROWS", 3)
    with pytest.raises(StopError, match=r"holds 3 rows and this table has 4.*\.parquet or \.csv"):
        export(EVERY, rows_of(["a", "b", "c", "d"]), tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())


def test_an_unknown_ending(tmp_path: Path) -> None:
    with pytest.raises(StopError, match=r"\.parquet, \.csv, \.xlsx; received 'a\.docx'"):
        export(EVERY, rows_of(["a"]), tmp_path / "a.docx")


@pytest.mark.parametrize("ending", ["parquet", "csv", "xlsx"])
def test_a_full_disk_leaves_the_old_file(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB and the operating system's answers are played."""
    spill = tmp_path / "temporary"
    spill.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spill))
    file = tmp_path / f"a.{ending}"
    export(EVERY, rows_of(["old"]), file)
    before = file.read_bytes()

    def full(*given: object, **named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def full_duckdb(*given: object, **named: object) -> None:
        text = '{"exception_type":"IO","exception_message":"Could not write","errno":"28"}'
        raise StopError("step_failed", step="x", sql="x", reason="x") from duckdb.IOException(text)

    monkeypatch.setattr(DuckEngine, "export", full_duckdb)
    monkeypatch.setattr(DuckEngine, "export_csv", full_duckdb)
    monkeypatch.setattr(xlsxwriter.workbook, "ZipFile", full)
    with pytest.raises(StopError, match=r"Cannot write in .*No space left on device"):
        export(EVERY, rows_of(["new", "more"]), file)
    assert file.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([file.name, "temporary"])
    assert not list(spill.iterdir())


TEXTS = st.one_of(
    st.none(), st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20),
    st.sampled_from([*NASTY, *FORMULAS]),
)  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_any_text_comes_back(tmp_path: Path, texts: list[str | None]) -> None:
    rows = rows_of(texts)
    export(EVERY, rows, tmp_path / "a.parquet")
    assert from_parquet(tmp_path / "a.parquet") == rows
    export(EVERY, rows, tmp_path / "a.csv")
    assert [row[1] for row in from_csv(tmp_path / "a.csv", EVERY)] == [safe(row[1]) for row in rows]

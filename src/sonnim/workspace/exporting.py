"""`export`: every table back as Parquet, CSV or XLSX."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import xlsxwriter
from arro3.core import RecordBatch
from arro3.core import Table as ArrowTable

from sonnim.engines.base import ArrowStream
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.errors import StopError
from sonnim.tables.schema import TableSchema
from sonnim.tables.table import Table
from sonnim.workspace.disk import disk
from sonnim.workspace.graph_file import GRAPH_FORMATS, is_graph, write_graph

FORMATS = (".parquet", ".csv", ".xlsx")
XLSX_ROWS = 1_048_575
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def write_table(
    engine: DuckEngine, table: Table, file: Path, *, order: tuple[str, ...] | None = None
) -> int:
    """Writes a table, whole or not at all; gives the number of rows.

    Rows are sorted by the table's key unless another `order` is given.

    A table of links may be written as a graph too (GEXF, GraphML); the number is that of edges.
    In CSV and XLSX a text that a spreadsheet would run as a formula gets a ' before it.

    Raises:
        StopError: The ending is none of ours.
    """
    ending = file.suffix.lower()
    allowed = (*FORMATS, *GRAPH_FORMATS) if is_graph(table.schema) else FORMATS
    if ending not in allowed:
        raise StopError("format_unknown", allowed=", ".join(allowed), received=file.name)
    order = table.schema.key if order is None else order
    with whole(file) as temporary:
        if ending == ".parquet":
            return engine.export(table, temporary, order=order)
        if ending in GRAPH_FORMATS:
            return write_graph(engine, table, temporary, ending)
        if ending == ".csv":
            return engine.export_csv(table, temporary, order=order)
        return _xlsx(engine, table, temporary, order)


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """A temporary file that becomes the file in the end: it is there whole, or as it was before.

    Raises:
        StopError: It cannot be written.
    """
    temporary = file.with_name(f".{file.name}.tmp")
    try:
        with disk(file.parent):
            file.parent.mkdir(parents=True, exist_ok=True)
            yield temporary
            temporary.replace(file)
    finally:
        with suppress(OSError):
            temporary.unlink()


def write_arrow(answer: ArrowStream, schema: TableSchema, file: Path) -> int:
    """Writes an answer that is in no workspace, its rows in the order they have.

    Raises:
        StopError: The ending is none of ours, or the file cannot be written.
    """
    with DuckEngine() as engine:
        table = engine.load(Table(schema=schema, name=schema.name), answer)
        return write_table(engine, table, file, order=())


def write_sheets(tables: Sequence[tuple[TableSchema, ArrowTable]], file: Path) -> None:
    """Writes several tables as one XLSX, a sheet each, whole or not at all.

    Raises:
        StopError: A table is longer than a sheet, or the file cannot be written.
    """
    for _, table in tables:
        if table.num_rows > XLSX_ROWS:
            raise StopError("xlsx_too_long", rows=table.num_rows, allowed=XLSX_ROWS)
    with whole(file) as temporary, _book(temporary) as book:
        for schema, table in tables:
            _fill(book, schema, table.to_batches())


def _xlsx(engine: DuckEngine, table: Table, file: Path, order: tuple[str, ...]) -> int:
    rows = engine.count(table)
    if rows > XLSX_ROWS:
        raise StopError("xlsx_too_long", rows=rows, allowed=XLSX_ROWS)
    with _book(file) as book:
        _fill(book, table.schema, engine.fetch(table, order=order))
    return rows


@contextmanager
def _book(file: Path) -> Iterator[xlsxwriter.Workbook]:
    """A workbook that leaves nothing of its rows in the temporary folder, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="sonnim-") as folder:
        book = xlsxwriter.Workbook(str(file), {**_OPTIONS, "tmpdir": folder})
        try:
            yield book
            book.close()
        finally:
            for sheet in book.worksheets():
                if sheet.row_data_fh is not None:
                    sheet.row_data_fh.close()


def _fill(book: xlsxwriter.Workbook, schema: TableSchema, batches: Iterable[RecordBatch]) -> None:
    sheet = book.add_worksheet(schema.name[:31])
    for column, name in enumerate(schema.names):
        sheet.write_string(0, column, name)
    position = 0
    for record in batches:
        columns = [record.column(name).to_pylist() for name in schema.names]
        for values in zip(*columns, strict=True):
            position += 1
            for column, value in enumerate(values):
                _write(sheet, position, column, value)


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float)) and value == value and abs(value) != float("inf"):
        sheet.write_number(row, column, value)
    else:
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        # Excel holds 32,767 characters a cell.
        safe = f"'{text}" if text.startswith(_DANGEROUS) else text
        sheet.write_string(row, column, safe[:32_767])

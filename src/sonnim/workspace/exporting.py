"""`export`: every table back as Parquet, CSV or XLSX."""

from pathlib import Path

import xlsxwriter

from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.errors import StopError
from sonnim.tables.table import Table

FORMATS = (".parquet", ".csv", ".xlsx")
XLSX_ROWS = 1_048_575
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def write_table(engine: DuckEngine, table: Table, file: Path) -> int:
    """Writes a table, whole or not at all; gives the number of rows.

    In CSV and XLSX a text that a spreadsheet would run as a formula gets a ' before it.

    Raises:
        StopError: The ending is none of ours.
    """
    ending = file.suffix.lower()
    if ending not in FORMATS:
        raise StopError("format_unknown", allowed=", ".join(FORMATS), received=file.name)
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.tmp")
    order = table.schema.key
    try:
        if ending == ".parquet":
            rows = engine.export(table, temporary, order=order)
        elif ending == ".csv":
            rows = engine.export_csv(table, temporary, order=order)
        else:
            rows = _xlsx(engine, table, temporary)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    return rows


def _xlsx(engine: DuckEngine, table: Table, file: Path) -> int:
    rows = engine.count(table)
    if rows > XLSX_ROWS:
        raise StopError("xlsx_too_long", rows=rows, allowed=XLSX_ROWS)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(file), options) as book:
        sheet = book.add_worksheet(table.schema.name[:31])
        for column, name in enumerate(table.schema.names):
            sheet.write_string(0, column, name)
        position = 0
        for record in engine.fetch(table, order=table.schema.key):
            columns = [record.column(name).to_pylist() for name in table.schema.names]
            for values in zip(*columns, strict=True):
                position += 1
                for column, value in enumerate(values):
                    _write(sheet, position, column, value)
    return rows


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

"""Hostile workbooks and Parquet files."""

import datetime
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import xlsxwriter

from sonnim.checks.hostile_cells import FORMULAS, NAMES, hostile_rows
from sonnim.checks.hostile_texts import GOOD, HostileFile
from sonnim.tables.step import quoted

_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"


def workbook(rows: Sequence[Sequence[object]], sheets: int = 1) -> bytes:
    """A workbook of rows as they are.

    Example:
        >>> workbook([["id"], [1]])[:2]
        b'PK'
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        for _ in range(sheets):
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, column, value)
                    else:
                        sheet.write(number, column, value)
    return target.getvalue()


def changed(content: bytes, name: str, old: str, new: str) -> bytes:
    """A workbook with a piece of one of its files replaced."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for info in source.infolist():
            piece = source.read(info)
            if info.filename == name:
                piece = piece.replace(old.encode(), new.encode(), 1)
            copy.writestr(info.filename, piece)
    return target.getvalue()


def hostile_books() -> tuple[HostileFile, ...]:
    """Workbooks that are none, that grow, that hold formulas, dates and numbers at their limits."""
    rows = hostile_rows()
    # A workbook holds 32,767 characters a cell and no control characters but as escapes.
    table = [NAMES, *(row.cells for row in rows)]
    small = workbook([list(NAMES), ["1", "2026-01-01", "좋아요", 5]])
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY a{n} "{(f"&a{n - 1};" if n > 1 else "&a;") * 10}">' for n in range(1, 10)
    )
    times: list[Sequence[object]] = [
        ["id", "time", "text"],
        *[[f"g{n}", "2026-01-01T00:00:00Z", "배송이 빨라서 좋아요"] for n in range(30)],
        ["1", datetime.datetime(1900, 1, 1), "처음"],
        ["2", datetime.datetime(9999, 12, 31, 23, 59, 59), "끝"],
        ["3", 1e300, "수"],
        ["4", -1, "빼기"],
        ["5", True, "참"],
        ["6", 2958466.5, "너머"],
    ]
    books = [
        ("not.xlsx", "no workbook at all", GOOD.encode(), -1),
        ("empty.xlsx", "a zip without a workbook", _zip({"../outside.txt": "x"}), -1),
        ("cells.xlsx", "hostile cells", workbook(table), len(rows)),
        ("header.xlsx", "a header and no rows", workbook([list(NAMES)]), 0),
        ("blank.xlsx", "an empty sheet", workbook([]), 0),
        ("formulas.xlsx", "cells that are formulas", _formulas(), len(FORMULAS)),
        ("times.xlsx", "dates at the limits", workbook(times), 36),
        ("sheets.xlsx", "thirty sheets",
         workbook([list(NAMES), ["1", "2026-01-01", "a", 1]], 30), -1),
        ("cut.xlsx", "a workbook cut off", small[: len(small) // 2], -1),
        ("laughs.xlsx", "a billion laughs in the texts",
         changed(small, _STRINGS, "<sst", f"{laughs}]><sst").replace(b"&a;", b"&a;"), -1),
        ("external.xlsx", "an entity that is a file", changed(
            small, _STRINGS, "<sst",
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst'), -1),
        ("index.xlsx", "a text that is not there",
         changed(small, _SHEET, "<v>0</v>", "<v>99999999</v>"), -1),
        ("far.xlsx", "a cell at the far corner", changed(
            small, _SHEET, "</sheetData>",
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'), -1),
        ("beyond.xlsx", "a cell beyond the sheet", changed(
            small, _SHEET, "</sheetData>",
            '<row r="99999999"><c r="ZZZZ99999999"><v>1</v></c></row></sheetData>'), -1),
        ("type.xlsx", "a cell of no type", changed(small, _SHEET, 't="s"', 't="zz"'), -1),
        ("no-sheet.xlsx", "a sheet that is not there", _without(small, _SHEET), -1),
        ("merged.xlsx", "cells merged over the whole sheet", changed(
            small, _SHEET, "</sheetData>",
            '</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'), -1),
    ]  # fmt: skip
    return tuple(
        HostileFile(name=name, meaning=meaning, content=content, rows=rows)
        for name, meaning, content, rows in books
    )


def hostile_parquet() -> tuple[HostileFile, ...]:
    """Parquet files that are none, and columns of every type."""
    values = (
        "SELECT CAST(i AS VARCHAR) AS id, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS time, "
        "'좋아요' AS text, CAST('NaN' AS DOUBLE) AS rating, CAST('-inf' AS FLOAT) AS f, "
        "170141183460469231731687303715884105727::HUGEINT AS h, [1, NULL] AS l, "
        "{'a': 1, 'b': [NULL]} AS s, MAP {'k': 'v'} AS m, '\\xFF\\x00'::BLOB AS b, "
        "NULL AS n, DATE '0001-01-01' AS d, TIMESTAMP '9999-12-31 23:59:59' AS t9, "
        "INTERVAL 3 MONTH AS v, uuid() AS u, TIME '24:00:00' AS c, 1.5::DECIMAL(38, 10) AS e, "
        '\'infinity\'::TIMESTAMP AS inf, 1::UTINYINT AS "a""b", 2 AS "" FROM range(3) r(i)'
    )
    made = _parquet(values.replace(' AS ""', ' AS " "'))
    names = ", ".join(NAMES)
    rows = ", ".join(
        f"({', '.join(quoted(cell.replace(chr(0), '')) for cell in row.cells)})"
        for row in hostile_rows()
    )
    cells = _parquet(f"SELECT * FROM (VALUES {rows}) t({names})")
    return (
        HostileFile(name="types.parquet", meaning="every type", content=made, rows=3),
        HostileFile(name="cells.parquet", meaning="hostile cells", content=cells,
                    rows=len(hostile_rows())),
        HostileFile(name="half.parquet", meaning="cut off", content=made[:-20]),
        HostileFile(name="middle.parquet", meaning="bytes changed within",
                    content=made[:200] + bytes(100) + made[300:]),
        HostileFile(name="not.parquet", meaning="no Parquet at all", content=GOOD.encode()),
        HostileFile(name="magic.parquet", meaning="its mark and no more", content=b"PAR1PAR1"),
        HostileFile(name="none.parquet", meaning="no rows", rows=0,
                    content=_parquet("SELECT '1' AS id, 'a' AS text WHERE false")),
    )  # fmt: skip


def _parquet(query: str) -> bytes:
    with TemporaryDirectory(prefix="sonnim-") as folder, duckdb.connect() as connection:
        file = Path(folder) / "made.parquet"
        connection.execute(f"COPY ({query}) TO {quoted(str(file))} (FORMAT parquet)")
        return file.read_bytes()


def _formulas() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for column, name in enumerate(NAMES):
            sheet.write_string(0, column, name)
        for number, text in enumerate(FORMULAS, start=1):
            sheet.write_string(number, 0, str(number))
            sheet.write_string(number, 1, "2026-01-01")
            sheet.write_formula(number, 2, '="x"&"y"', None, text)
            sheet.write_formula(number, 3, "=1/0", None, "#DIV/0!")
    return target.getvalue()


def _without(content: bytes, name: str) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for info in source.infolist():
            if info.filename != name:
                copy.writestr(info.filename, source.read(info))
    return target.getvalue()


def _zip(files: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()

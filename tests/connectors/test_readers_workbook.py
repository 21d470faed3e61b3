"""Workbooks: written by XlsxWriter (XLSX), by hand (ODS), and two kept files (XLS, with password).

`workbooks/old.xls` was written with xlwt, `workbooks/locked.xlsx` with msoffcrypto-tool.
"""

import datetime
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from sonnim.connectors.readers import workbook as module
from sonnim.tables.errors import SkipError
from tests.connectors.reading import read, read_one

KEPT = Path(__file__).parent / "workbooks"
TIME = datetime.datetime(2024, 3, 5, 14, 30)


def book(file: Path, fill: Callable[[Any, Any], None], **options: object) -> Path:
    with xlsxwriter.Workbook(str(file), options) as made:
        fill(made, made.add_worksheet("리뷰"))
    return file


def key_of(file: Path) -> str:
    with pytest.raises(SkipError) as raised:
        read_one(file)
    return raised.value.key


@pytest.mark.parametrize("from_1904", [False, True])
def test_values_come_as_they_are_shown(tmp_path: Path, from_1904: bool) -> None:
    def fill(made: Any, sheet: Any) -> None:
        when = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["n", "long", "sum", "flag", "time", "day", "text"])
        sheet.write_row(1, 0, [1, 123456789012345678, 0.1 + 0.2, True])
        sheet.write_datetime(1, 4, TIME, when)
        sheet.write_datetime(1, 5, datetime.datetime(2024, 2, 29), when)
        sheet.write_string(1, 6, "00123 =1+1 \n둘째 줄")

    file = book(tmp_path / "a.xlsx", fill, date_1904=from_1904)
    assert read_one(file).dicts == [
        {
            "n": "1",
            "long": "123456789012346000",
            "sum": "0.3",
            "flag": "true",
            "time": "2024-03-05T14:30:00",
            "day": "2024-02-29",
            "text": "00123 =1+1 \n둘째 줄",
        }
    ]


def test_the_header_is_found_below_titles(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.merge_range("B2:E2", "2024년 1분기 리뷰")
        sheet.write("B3", "기간")
        sheet.write("C3", "2024-01-01 ~ 2024-03-31")
        sheet.write_row("B5", ["번호", "내용", "별점", "작성일"])
        for n in range(5):
            sheet.write_row(5 + n, 1, [n, f"맛있어요 {n}", 5, "2024.03.05"])

    found = read_one(book(tmp_path / "a.xlsx", fill))
    assert found.names == ["번호", "내용", "별점", "작성일"]
    assert found.rows[0] == ("0", "맛있어요 0", "5", "2024.03.05") and len(found.rows) == 5


def test_merged_cells_stand_in_each_of_their_rows(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.merge_range("A1:A2", "지점")
        sheet.merge_range("B1:C1", "평가")
        sheet.write_row("B2", ["맛", "배송"])
        sheet.merge_range("A3:A4", "강남")
        sheet.write_row("B3", [5, 4])
        sheet.write_row("B4", [3, 2])
        sheet.write_row("A5", ["부산", 1, 1])

    found = read_one(book(tmp_path / "a.xlsx", fill))
    assert found.names == ["지점", "맛", "배송"]
    assert found.rows == [("강남", "5", "4"), ("강남", "3", "2"), ("부산", "1", "1")]


def test_each_visible_sheet_with_a_table_is_read(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        for one in (sheet, made.add_worksheet("둘째"), made.add_worksheet("hidden")):
            one.write_row(0, 0, ["id", "text"])
            one.write_row(1, 0, [1, one.get_name()])
        made.get_worksheet_by_name("hidden").hide()
        made.add_worksheet("empty")
        made.add_worksheet("header only").write_row(0, 0, ["id", "text"])
        made.add_chartsheet("chart")

    found = read(book(tmp_path / "a.xlsx", fill))
    assert [one.label for one in found if not isinstance(one, SkipError)] == [
        "a.xlsx#리뷰",
        "a.xlsx#둘째",
    ]
    positions = {one.position for one in found if not isinstance(one, SkipError)}
    assert len(positions) == len(found) == 2


def test_columns_without_name_and_value_are_left_out(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["id", "", "text", "", ""])
        sheet.write_row(1, 0, [1, "", "좋아요", "", "memo"])
        sheet.write_blank(1, 3, None, made.add_format({"bold": True}))

    assert read_one(book(tmp_path / "a.xlsx", fill)).names == ["id", "text", "column_5"]


def test_a_sheet_without_a_header(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        for n in range(3):
            sheet.write_row(n, 0, [n, "2024-03-05", "좋아요"])

    found = read_one(book(tmp_path / "a.xlsx", fill))
    assert found.names == ["column_1", "column_2", "column_3"] and len(found.rows) == 3


def test_an_old_workbook() -> None:
    assert read_one(KEPT / "old.xls").dicts == [
        {"번호": "1", "내용": "맛있어요", "작성일": "2024-03-05T14:30:00"}
    ]


def test_an_open_document(tmp_path: Path) -> None:
    name = "urn:oasis:names:tc:opendocument:xmlns"
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            for c in row
        )
        + "</table:table-row>"
        for row in (("id", "내용"), ("1", "좋아요"))
    )
    content = (
        f'<office:document-content xmlns:office="{name}:office:1.0" xmlns:table="{name}:table:1.0" '
        f'xmlns:text="{name}:text:1.0"><office:body><office:spreadsheet><table:table '
        f'table:name="s">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    file = tmp_path / "a.ods"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("META-INF/manifest.xml", "<m/>")
        made.writestr("content.xml", content)
    assert read_one(file).dicts == [{"id": "1", "내용": "좋아요"}]


def test_a_password_is_named_as_the_reason() -> None:
    assert key_of(KEPT / "locked.xlsx") == "files_encrypted"


def test_what_is_no_workbook_says_so(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book(file, lambda made, sheet: sheet.write_row(0, 0, ["id", "text"]))
    assert key_of(file) == "files_empty"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert key_of(file) == "files_broken"
    file.write_bytes(module._OLE + bytes(2000))
    assert key_of(file) == "files_broken"


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        with made.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(80):
                sheet.write(bytes(1 << 20))
    assert key_of(file) == "files_bomb"

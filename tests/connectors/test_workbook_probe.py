"""What is surely narrow is read at once; whatever hides a far cell is tried in another process."""

import io
import zipfile
from pathlib import Path

import pytest

from sonnim.checks.hostile_books import changed, workbook
from sonnim.connectors.readers.workbook_probe import narrow

SHEET = "xl/worksheets/sheet1.xml"
BOOK = workbook([["번호", "내용"], [1, "좋아요"], [2, "별로예요"]])


def at(folder: Path, content: bytes) -> Path:
    """A file with that content."""
    file = folder / "book.xlsx"
    file.write_bytes(content)
    return file


def test_a_table_of_few_columns_is_narrow(tmp_path: Path) -> None:
    """A sheet within A to Z."""
    assert narrow(at(tmp_path, BOOK))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('r="B3"', 'r="XFD1048576"'),
        ('r="B3"', 'r="AA3"'),
        ('r="B3"', 'r="B1999999"'),
        ('r="B3"', 'r="b3"'),
        ('r="B3"', 'r="B3&#48;00000"'),
        ('r="B3"', "r='XFD3'"),
        ('<c r="B3"', '<c  r="XFD3"'),
        ('<c r="B3"', '<c\n r="XFD3"'),
        ('<c r="B3"', '<c s="1" r="XFD3"'),
        ('<c r="B3"', '<x:c r="XFD3"'),
    ],
)
def test_a_cell_that_is_written_otherwise_is_not(tmp_path: Path, old: str, new: str) -> None:
    """Far away, or not as programs write it."""
    assert not narrow(at(tmp_path, changed(BOOK, SHEET, old, new)))


@pytest.mark.parametrize("padding", range(1_048_576 - 90, 1_048_576, 7))
def test_a_far_cell_between_two_blocks_is_seen(tmp_path: Path, padding: int) -> None:
    """The part is read in blocks of 1 MiB; a comment moves the cell across the border."""
    sheet = zipfile.ZipFile(io.BytesIO(BOOK)).read(SHEET).decode()
    before = sheet.index('<c r="B3"')
    comment = f"<!--{' ' * (padding - before)}-->"
    for cell, expected in (('<c r="B3"', True), ('<c r="XFD3"', False)):
        moved = changed(BOOK, SHEET, '<c r="B3"', comment + cell)
        assert narrow(at(tmp_path, moved)) is expected


def test_letters_of_two_bytes_hide_nothing(tmp_path: Path) -> None:
    """A part in UTF-16, where no cell is seen."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.decode().encode("utf-16") if name == SHEET else content)
    assert not narrow(at(tmp_path, made.getvalue()))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_that_may_be_read_in_two_ways_are_not(tmp_path: Path) -> None:
    """An entry twice, something behind the archive, and half of it."""
    twice = io.BytesIO(BOOK)
    with zipfile.ZipFile(twice, "a") as archive:
        archive.writestr(SHEET, "<worksheet/>")
    assert not narrow(at(tmp_path, twice.getvalue()))
    assert not narrow(at(tmp_path, BOOK + b"PK\5\6"))
    assert not narrow(at(tmp_path, BOOK[: len(BOOK) // 2]))

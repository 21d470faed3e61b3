"""Delimited text against Python's own csv module, and with whatever may be wrong with it."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sonnim.connectors.base import ROW, Payload
from sonnim.connectors.files import CONNECTOR
from sonnim.connectors.readers.careful import records
from sonnim.connectors.readers.layout import Layout, counted, layout_of
from sonnim.tables.errors import SkipError
from tests.connectors.reading import read_one

Row = tuple[str, ...]

ROWS: list[Row] = [
    ("1", "배송이 빨라요", "5"),
    ("2", 'so "nice", 다시 살게요\n둘째 줄\r\n셋째 줄', ""),
    ("3", "탭\t쌍반점; 막대| 쉼표,", "1"),
    ("4", "😀 שלום \u2028 끝 ", "2"),
]
HEADER: Row = ("번호", "내용", "별점")


def write(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def text_of(rows: Sequence[Row], delimiter: str = ",", end: str = "\r\n") -> str:
    buffer = io.StringIO(newline="")
    # All: else Python leaves a lone return unquoted, which other programs take for a line end.
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
    return buffer.getvalue()


def table(file: Path) -> tuple[list[str], list[Row], list[tuple[int, str]]]:
    """Names, rows and rejected rows as the importer reads them: carefully where it must."""
    payloads: list[Payload] = list(CONNECTOR.fetch(str(file), "s"))
    (payload,) = payloads
    again: Payload | None = None
    try:
        rows = _rows(payload)
        if rows is None:
            assert payload.carefully is not None
            again = payload.carefully()
            rows = _rows(again)
        assert rows is not None
    finally:
        for one in (payload, again):
            for made in one.temporary if one else ():
                made.unlink(missing_ok=True)
    rejections = (again or payload).rejections
    return [c.name for c in payload.columns], rows, [(one.row, one.reason) for one in rejections]


def _rows(payload: Payload) -> list[Row] | None:
    names = ", ".join('"' + column.name.replace('"', '""') + '"' for column in payload.columns)
    with duckdb.connect() as connection:
        try:
            rows = connection.execute(f"SELECT {names} FROM {payload.scan}").fetchall()
        except duckdb.Error:
            return None
        if payload.carefully is not None:
            lost = connection.execute("SELECT count(*) FROM reject_errors").fetchall()
            if lost != [(0,)] or len(rows) != payload.records:
                return None
    return [tuple(cell or "" for cell in row) for row in rows]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end(tmp_path: Path, delimiter: str, end: str) -> None:
    file = write(tmp_path, "a.csv", text_of([HEADER, *ROWS], delimiter, end))
    assert table(file) == (list(HEADER), ROWS, [])


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "a.dat", "a"])
def test_the_content_tells_the_delimiter_and_not_the_ending(tmp_path: Path, name: str) -> None:
    file = write(tmp_path, name, text_of([HEADER, *ROWS], ";"))
    assert table(file)[1] == ROWS


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le", "utf-16-be"],
)
def test_every_encoding(tmp_path: Path, encoding: str) -> None:
    rows = [row for row in ROWS if encoding != "cp949" or "😀" not in row[1]]
    file = write(tmp_path, "a.csv", text_of([HEADER, *rows]).encode(encoding))
    assert table(file) == (list(HEADER), rows, [])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_that_is_almost_all_hangul(tmp_path: Path, encoding: str) -> None:
    rows = [("가나다라마바사아자차카타파하" * 20, "좋아요")] * 5
    file = write(tmp_path, "a.csv", text_of([("내용", "느낌"), *rows]).encode(encoding))
    assert table(file)[1] == rows


def test_a_mark_of_big_endian(tmp_path: Path) -> None:
    content = b"\xfe\xff" + text_of([HEADER, *ROWS]).encode("utf-16-be")
    assert table(write(tmp_path, "a.csv", content))[1] == ROWS


def test_korean_that_begins_far_down(tmp_path: Path) -> None:
    rows: list[Row] = [(str(n), "all of this is English, and long" * 4) for n in range(60_000)]
    rows.append(("60000", "마지막 줄은 한국어"))
    file = write(tmp_path, "a.csv", text_of([("id", "text"), *rows]).encode("cp949"))
    assert file.stat().st_size > 5 << 20
    assert table(file)[1][-1] == rows[-1]


def test_bytes_of_no_encoding_cost_their_row_only(tmp_path: Path) -> None:
    content = (
        "id,내용\n1,좋아요\n2,".encode() + "배송이 아주 ".encode() + b"\xff\xfe\x81" +
        "빨라요\n3,괜찮아요\n".encode()
    )  # fmt: skip
    _, rows, rejected = table(write(tmp_path, "a.csv", content))
    assert rows == [("1", "좋아요"), ("3", "괜찮아요")]
    assert rejected == [(2, "encoding: not readable")]


def test_half_a_character_at_the_end(tmp_path: Path) -> None:
    content = "id,text\n1,가나\n2,다라".encode("utf-16")[:-1]
    _, rows, rejected = table(write(tmp_path, "a.csv", content))
    assert (rows, rejected) == ([("1", "가나")], [(2, "encoding: not readable")])


def test_a_replacement_character_of_the_source_is_kept(tmp_path: Path) -> None:
    rows = [("1", "broken \ufffd before"), ("2", "좋아요")]
    assert table(write(tmp_path, "a.csv", text_of([("id", "text"), *rows])))[1] == rows


def test_nuls_are_left_out(tmp_path: Path) -> None:
    _, rows, rejected = table(write(tmp_path, "a.csv", "id,text\n1,a\x00b\n2,\x00\n3,c\n"))
    assert (rows, rejected) == ([("1", "ab"), ("2", ""), ("3", "c")], [])


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("a,a,a", ["a", "a_2", "a_3"]),
        ("text,TEXT,Text", ["text", "TEXT_2", "Text_3"]),
        (",,b", ["column_1", "column_2", "b"]),
        ("작성 일시,별점(1~5),리뷰 내용", ["작성 일시", "별점(1~5)", "리뷰 내용"]),
        ('"te""xt","a\nb","; DROP TABLE x"', ['te"xt', "a\nb", "; DROP TABLE x"]),
        ("sonnim_row,sonnim_reason,x", ["sonnim_row_2", "sonnim_reason_2", "x"]),
    ],
)
def test_names_of_columns(tmp_path: Path, header: str, names: list[str]) -> None:
    got, rows, rejected = table(write(tmp_path, "a.csv", f"{header}\n가,나,다\n"))
    assert (got, rows, rejected) == (names, [("가", "나", "다")], [])


def test_no_header(tmp_path: Path) -> None:
    names, rows, _ = table(write(tmp_path, "a.csv", "1,2024-01-05,좋아요\n2,2024-01-06,별로\n"))
    assert names == ["column_1", "column_2", "column_3"]
    assert rows == [("1", "2024-01-05", "좋아요"), ("2", "2024-01-06", "별로")]


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", "\n\nid,text\n\n1,a\n\n\n2,b\n\n")
    assert table(file) == (["id", "text"], [("1", "a"), ("2", "b")], [])
    one = write(tmp_path, "b.csv", "text\n하나, 둘\n\n셋\n")
    assert table(one) == (["text"], [("하나, 둘",), ("셋",)], [])


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ('2,화면이 5" 예요,1', ("2", '화면이 5" 예요', "1")),
        ('2,"좋아요"라고 했어요,1', ("2", '"좋아요"라고 했어요', "1")),
        ('2,"a" "b",1', ("2", '"a" "b"', "1")),
        ('2, "a, b", 1', ("2", "a, b", " 1")),
        ("2,a,1,,", ("2", "a", "1")),
    ],
)
def test_stray_quotes_are_part_of_what_was_said(tmp_path: Path, line: str, row: Row) -> None:
    file = write(tmp_path, "a.csv", f"id,text,n\n1,x,1\n{line}\n3,z,1\n")
    assert table(file) == (["id", "text", "n"], [("1", "x", "1"), row, ("3", "z", "1")], [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2", "columns: 1 instead of 3"),
        ("2,a,1,2,3", "columns: 5 instead of 3"),
        ('2,"abc', "a quote is opened and not closed"),
        ('2,"a"b', "a quote stands astray"),
    ],
)
def test_a_broken_line_costs_itself_only_and_rows_keep_their_numbers(
    tmp_path: Path, line: str, reason: str
) -> None:
    good = [(str(n), "여러\n줄\n\n의 글", "1") for n in range(40)]
    text = text_of([("id", "text", "n"), *good[:20]]) + line + "\r\n" + text_of(good[20:])
    assert table(write(tmp_path, "a.csv", text)) == (["id", "text", "n"], good, [(21, reason)])


def test_the_number_of_a_row_comes_along(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", 'id,text\n1,"a\n\nb"\nbroken\n2,c\n')
    (payload,) = CONNECTOR.fetch(str(file), "s")
    assert payload.carefully is not None
    again = payload.carefully()
    assert again.numbered
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT id, {ROW} FROM {again.scan}").fetchall()
    for made in again.temporary:
        made.unlink()
    assert rows == [("1", 1), ("2", 3)]
    assert [one.row for one in again.rejections] == [2]


def test_a_cell_longer_than_duckdb_takes(tmp_path: Path) -> None:
    long = "가" * 3_000_000
    file = write(tmp_path, "a.csv", text_of([("id", "text"), ("1", long), ("2", "b")]))
    assert table(file) == (["id", "text"], [("1", long), ("2", "b")], [])


def test_a_cell_longer_than_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sonnim.connectors.readers.careful.LONGEST", 1_000)
    file = write(tmp_path, "a.csv", f'id,text\n1,{"a" * 5_000}\n2,b\n3,"{"c" * 996}\nd"\n4,e\n')
    layout = layout_of(file, "a.csv")
    found = list(records(layout))
    assert [one.cells for one in found if not one.reason] == [("2", "b"), ("4", "e")]
    assert [one.reason for one in found if one.reason][:2] == [
        "too long", "a quote is opened and not closed",
    ]  # fmt: skip


def test_too_many_columns_are_one_sentence(tmp_path: Path) -> None:
    header = ",".join(f"c{n}" for n in range(100_000))
    file = write(tmp_path, "a.csv", f"{header}\n{header}\n")
    with pytest.raises(SkipError, match="100000 columns; at most 10000"):
        read_one(file)


def test_what_no_quick_reading_may_be_tried_on(tmp_path: Path) -> None:
    plain = counted(write(tmp_path, "a.csv", 'a,b\r\n"1\n",2\r\n3,4\r\n\r\n'))
    assert (plain.records, plain.several_lines, plain.whole) == (3, True, True)
    assert not counted(write(tmp_path, "b.csv", "a,b\r1,2\r")).whole
    assert not counted(write(tmp_path, "c.csv", 'a,b\n1,"2\n')).whole
    assert counted(write(tmp_path, "d.csv", "a,b\n1,2")).records == 2


def test_counting_over_the_borders_of_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = text_of([HEADER, *ROWS * 7])
    file = write(tmp_path, "a.csv", text)
    whole = counted(file)
    for block in (1, 2, 3, 7):
        monkeypatch.setattr("sonnim.connectors.readers.layout._BLOCK", block)
        assert counted(file) == whole
    assert whole.records == len(ROWS) * 7 + 1


# Properties

CELLS = st.text(
    st.one_of(
        st.sampled_from(list("\",;\t|\n\r '\\가나다😀\u2028\u200f\u0085\x0b\x1c=+-@")),
        st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"),
    ),
    max_size=12,
)
WIDTHS = st.integers(min_value=2, max_value=4)


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Rows of nasty cells; the first tells a row apart, and no row is blank."""
    width = draw(WIDTHS)
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8, min_size=1))
    return [(f"k{n}", *row[1:]) for n, row in enumerate(rows)]


@pytest.mark.slow
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tables(), st.sampled_from([",", "\t", ";", "|"]), st.sampled_from(["\n", "\r\n", "\r"]),
       st.booleans())  # fmt: skip
def test_every_well_formed_table_comes_back(
    tmp_path: Path, rows: list[Row], delimiter: str, end: str, mark: bool
) -> None:
    header = tuple(f"h{n}" for n in range(len(rows[0])))
    content = text_of([header, *rows], delimiter, end).encode("utf-8-sig" if mark else "utf-8")
    assert table(write(tmp_path, "a.csv", content)) == (list(header), rows, [])


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tables(), st.data())
def test_damage_loses_no_line(tmp_path: Path, rows: list[Row], data: st.DataObject) -> None:
    """Whatever is cut or put in, each row is there as it was, or near the damage and rejected."""
    header = tuple(f"h{n}" for n in range(len(rows[0])))
    lines = [text_of([row], end="\n") for row in [header, *rows]]
    hit = data.draw(st.integers(min_value=1, max_value=len(rows)), label="line")
    place = data.draw(st.integers(min_value=0, max_value=len(lines[hit])), label="place")
    put = data.draw(st.sampled_from(["", '"', "\n", ",", '",', '"\n']), label="put in")
    lines[hit] = lines[hit][:place] + put + lines[hit][place + 1 :]
    file = write(tmp_path, "a.csv", "".join(lines))
    layout = Layout(path=file, delimiter=",", names=header, header=True, simple=True)
    found = list(records(layout))
    good = [one.cells for one in found if not one.reason]
    # Lines before the damage are read as they were.
    before = [tuple(row) for row in rows[: hit - 1]]
    assert good[: len(before)] == before
    # Every line end outside of a cell ends a record, taken or rejected; none is lost.
    raw = "\n".join(one.raw for one in found)
    for row in rows[: hit - 1] + rows[hit:]:
        assert row[0] in raw
    assert all(len(cells) == len(header) for cells in good)

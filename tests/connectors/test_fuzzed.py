"""What `make fuzz` and the hostile files found, each as the smallest input that showed it."""

import gzip
import os
from pathlib import Path

import duckdb
import pytest

import sonnim
from sonnim.checks.hostile_books import hostile_books, workbook
from sonnim.checks.hostile_mail import hostile_mails
from sonnim.checks.hostile_packed import zipped
from sonnim.checks.hostile_places import hostile_server
from sonnim.connectors import web
from sonnim.connectors.http import CONNECTOR, HttpSettings
from sonnim.connectors.numbers import number_of, read_numbers
from sonnim.connectors.times import time_sql
from sonnim.connectors.web import _Busy, _next_link, next_address
from sonnim.tables.errors import RetryError, SkipError, StopError
from sonnim.workspace import settings
from sonnim.workspace.mapping_words import words_of
from tests.connectors.reading import read, read_one
from tests.connectors.test_numbers import in_sql


@pytest.mark.parametrize("link", ["//[", "//h:x/", "http://[::1", "//h:99999/"])
def test_an_address_of_the_next_page_that_is_none(link: str) -> None:
    with pytest.raises(StopError) as raised:
        next_address("http://localhost/a", link, "http://localhost")
    assert raised.value.key == "http_address"


def test_a_link_header_that_holds_no_address() -> None:
    assert _next_link('<//[>; rel="next"', "http://localhost/a") == "//["


def test_an_address_that_is_none_has_a_label() -> None:
    assert CONNECTOR.label("http://[x") == "web"


@pytest.mark.parametrize(
    "after", ["nan", "Wed, 21 Oct " + "3" * 90 + " 0:00", "Wed, 31 Feb 2026 0:00", "-5", ""]
)
def test_a_server_that_names_no_time_to_wait(after: str) -> None:
    assert 0 <= _Busy(status=429, after=after).wait(1) < 2


@pytest.mark.parametrize("blank", ["\t", "\u00a0", "\u3000", "\r\n", "\ufeff"])
def test_blanks_around_amounts(blank: str) -> None:
    values = [f"{blank}₩12,900", f"3,500{blank}"]
    assert read_numbers(values).format == "comma"
    assert in_sql(values, "comma") == [12900, 3500]


@pytest.mark.parametrize("form", ["plain", "comma", "european", "of", "words", "counted"])
@pytest.mark.parametrize("text", ["１２", "٣", "٣/٥", "5\u1680점", "٣만"])
def test_digits_that_duckdb_does_not_read(text: str, form: str) -> None:
    assert in_sql([text], form) == [number_of(text, form)] == [None]


def test_a_scale_among_which_one_is_none() -> None:
    assert read_numbers(["4/5"] * 9 + ["빈칸"]).scale == 5.0


@pytest.mark.parametrize("text", ["-0044-03-15T00:00:00Z", "10000-01-01T00:00:00Z", "infinity",
                                  "9999-12-31T23:59:59-12:00", "-infinity"])  # fmt: skip
def test_times_that_only_duckdb_has(text: str) -> None:
    """They came into the store, and whoever read them in Python met an error."""
    sql = time_sql("v", "iso", "UTC")
    with duckdb.connect() as connection:
        query = f"SELECT {sql} IS NULL FROM (SELECT ? AS v)"
        assert connection.execute(query, [text]).fetchall() == [(True,)]


def test_a_cell_at_the_far_corner_of_a_sheet(tmp_path: Path) -> None:
    """The library asked for 512 GiB, and ended the whole process when it did not get them."""
    books = {one.name: one.content for one in hostile_books()}
    file = tmp_path / "far.xlsx"
    file.write_bytes(books["far.xlsx"])
    (problem,) = read(file)
    assert isinstance(problem, SkipError)
    assert problem.key == "files_workbook_large"


def test_an_archive_cut_off_before_its_first_byte_is_not_empty(tmp_path: Path) -> None:
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(b"id,text\n1,a\n" * 9)[:10])
    (problem,) = read(file)
    assert isinstance(problem, SkipError)
    assert problem.key == "files_broken"


def test_a_server_that_gives_a_byte_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte came within the patience for one, and 64 KiB of them would have taken hours."""
    monkeypatch.setattr(web, "sleep", lambda seconds: None)
    with hostile_server() as things:
        (drips,) = (one.location for one in things if one.name == "http drips")
        asking = HttpSettings(patience=0.05, tries=1)
        with pytest.raises(RetryError):
            list(CONNECTOR.bound(asking, "").fetch(drips, "s"))


def test_settings_nested_too_deep(tmp_path: Path) -> None:
    (tmp_path / "sonnim.toml").write_text("a = " + "[" * 3000, encoding="utf-8")
    with pytest.raises(StopError) as raised:
        settings.read(tmp_path)
    assert raised.value.key == "settings_broken"


def test_a_name_that_no_encoding_has(tmp_path: Path) -> None:
    """DuckDB ended with std::bad_cast."""
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv"))
    try:
        file.write_text("id,text\n1,a\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    (problem,) = read(tmp_path)
    assert isinstance(problem, SkipError)
    assert problem.key == "files_odd_name"
    assert str(problem).encode("utf-8")


def test_a_member_whose_name_differs_in_the_archive(tmp_path: Path) -> None:
    """The name before the member says that it is UTF-8, and is not."""
    box = bytearray(zipped({"가.csv": "id,text\n1,a\n", "b.csv": "id,text\n2,b\n"}))
    box[30] = 0xFF
    file = tmp_path / "a.zip"
    file.write_bytes(box)
    problem, good = read(file)
    assert isinstance(problem, SkipError)
    assert problem.key == "files_broken"
    assert not isinstance(good, SkipError)
    assert good.rows == [("2", "b")]


def test_a_number_that_ends_in_a_point() -> None:
    assert in_sql(["234."], "plain") == [number_of("234.", "plain")] == [234]


def test_a_sheet_of_all_columns_that_a_sheet_may_have(tmp_path: Path) -> None:
    file = tmp_path / "wide.xlsx"
    file.write_bytes(workbook([[f"c{n}" for n in range(16_384)]] * 2))
    (problem,) = read(file)
    assert isinstance(problem, SkipError)
    assert problem.key == "files_too_wide"


def test_a_count_that_no_integer_holds(tmp_path: Path) -> None:
    """One such value ended the import of the whole file."""
    file = tmp_path / "a.csv"
    rows = "".join(f"{n},2026-01-01,배송이 빨라서 좋아요 {n},{n}\n" for n in range(9))
    file.write_text(f"id,time,text,likes\n{rows}9,2026-01-01,좋네요,{2**70}\n", encoding="utf-8")
    workspace = sonnim.new(tmp_path / "ws")
    (added,) = workspace.add(file)
    assert added.new + added.rejected == 10


def test_a_member_without_a_name(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(zipped({"a.csv": "id,text\n1,a\n", "\x00": "x"}))
    assert read_one(file).rows == [("1", "a")]


def test_a_mail_of_too_many_parts_is_no_file_without_rows(tmp_path: Path) -> None:
    mails = {one.name: one.content for one in hostile_mails()}
    file = tmp_path / "a.eml"
    file.write_bytes(mails["nested.eml"])
    (problem,) = read(file)
    assert isinstance(problem, SkipError)
    assert problem.key == "files_no_rows"


@pytest.mark.parametrize("form", ["epoch_s", "epoch_ms", "epoch_us", "excel"])
@pytest.mark.parametrize("text", ["1e300", "inf", "NaN", "-1e18", "99999999999999999999"])
def test_epochs_beyond_all_years(text: str, form: str) -> None:
    with duckdb.connect() as connection:
        query = f"SELECT {time_sql('v', form, 'UTC')} IS NULL FROM (SELECT ? AS v)"
        assert connection.execute(query, [text]).fetchall() == [(True,)]


@pytest.mark.parametrize(
    ("form", "text"),
    [("counted", "1\x0bM"), ("comma", "1,000\x0b원"), ("words", "별\x0b다섯"), ("of", "4\x0b/5")],
)
def test_blanks_within_numbers_are_the_same_in_sql(text: str, form: str) -> None:
    assert in_sql([text], form) == [number_of(text, form)]


@pytest.mark.parametrize("text", [":=review", "=review", "kind:="])
def test_a_word_without_a_column_or_value(text: str) -> None:
    with pytest.raises(StopError, match="map"):
        words_of([text])

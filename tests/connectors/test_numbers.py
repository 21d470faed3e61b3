"""Numbers as exports write them; SQL against plain Python."""

from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.connectors.numbers import FORMATS, NumberReading, number_of, number_sql, read_numbers


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def in_sql(values: list[str], form: str) -> list[float | None]:
    query = f"SELECT {number_sql('v', form)} FROM (SELECT unnest(?) AS v)"
    return [row[0] for row in connection().execute(query, [values]).fetchall()]


@pytest.mark.parametrize(
    ("values", "wanted", "numbers"),
    [
        (["1234.5", "-3", "1e3"], NumberReading(format="plain"), [1234.5, -3, 1000]),
        (["1,234.5", "12"], NumberReading(format="comma"), [1234.5, 12]),
        (["1.234.567,5", "12"], NumberReading(format="european"), [1234567.5, 12]),
        (["1.234,50", "7,25"], NumberReading(format="european"), [1234.5, 7.25]),
        (["₩12,900", "3500원"], NumberReading(format="comma", currency="KRW"), [12900, 3500]),
        (["$1,299.00", "$5"], NumberReading(format="comma", currency="USD"), [1299, 5]),
        (
            ["340", "1.$", "$.5", "1e3$"],
            NumberReading(format="plain", currency="USD"),
            [340, 1, 0.5, 1000],
        ),
        (["12900 KRW"], NumberReading(format="plain", currency="KRW"), [12900]),
        (["★★★★☆", "★"], NumberReading(format="stars", scale=5.0), [4, 1]),
        (["⭐⭐⭐"], NumberReading(format="stars", scale=3.0), [3]),
        (["별 다섯 개", "별 하나", "별점 네개"], NumberReading(format="words"), [5, 1, 4]),
        (["4/5", "3 / 5"], NumberReading(format="of", scale=5.0), [4, 3]),
        (["4.5 out of 5 stars"], NumberReading(format="of", scale=5.0), [4.5]),
        (["5점", "3점"], NumberReading(format="plain"), [5, 3]),
        (["1.2만", "3천", "57"], NumberReading(format="counted"), [12000, 3000, 57]),
        (["3.4K", "120"], NumberReading(format="counted"), [3400, 120]),
    ],
)
def test_one_way_of_writing(values: list[str], wanted: NumberReading, numbers: list[float]) -> None:
    found = read_numbers(values)
    assert found == wanted
    assert in_sql(values, found.format) == pytest.approx(numbers)


@pytest.mark.parametrize("value", ["좋아요", "nan", "inf", "-Infinity", "", "1.2.3", "10시", "★점"])
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_no_number_is_null(value: str, form: str) -> None:
    assert in_sql([value], form) == [None]


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet="0123456789.,-+ ₩$원점★☆½/별다섯하나만천kK개", max_size=9),
    st.sampled_from(FORMATS),
)
def test_sql_reads_what_python_reads(text: str, form: str) -> None:
    (found,) = in_sql([text], form)
    wanted = number_of(text, form)
    if form == "plain" and wanted is None:
        # A plain column may hold an amount with a sign of money: SQL takes that too.
        wanted = number_of(text, "comma")
    assert found == (None if wanted is None else pytest.approx(wanted))

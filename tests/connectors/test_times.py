"""Times as exports write them, against Python's own datetime."""

from datetime import UTC, datetime, timedelta
from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.connectors.times import FORMATS, TimeReading, read_times, time_sql


@cache
def utc() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def read(values: list[str], form: str, zone: str) -> list[datetime | None]:
    query = f"SELECT {time_sql('v', form, zone)} FROM (SELECT unnest(?) AS v)"
    found = [row[0] for row in utc().execute(query, [values]).fetchall()]
    return [one.astimezone(UTC) if one else None for one in found]


MARCH_5 = datetime(2024, 3, 5, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "needs_zone", "wanted"),
    [
        ("2024년 3월 5일 오후 2:30", True, MARCH_5),
        ("2024년3월5일 14시30분", True, MARCH_5),
        ("2024년 3월 5일 오후 2시 30분", True, MARCH_5),
        ("2024. 3. 5. 오후 2:30", True, MARCH_5),
        ("2024.03.05 14:30", True, MARCH_5),
        ("2024. 3. 5 (화) 14:30:00", True, MARCH_5),
        ("24.03.25", False, datetime(2024, 3, 25, tzinfo=UTC)),
        ("24/03/25 14:30", True, datetime(2024, 3, 25, 14, 30, tzinfo=UTC)),
        ("20240305", False, datetime(2024, 3, 5, tzinfo=UTC)),
        ("20240305143000", True, MARCH_5),
        ("2024-03-05 14:30", True, MARCH_5),
        ("2024-03-05T14:30:00Z", False, MARCH_5),
        ("2024-03-05T23:30:00+09:00", False, MARCH_5),
        ("2024-03-05 14:30:00 UTC", False, MARCH_5),
        ("Tue Mar 05 14:30:00 +0000 2024", False, MARCH_5),
        ("Tue, 05 Mar 2024 23:30:00 +0900", False, MARCH_5),
        ("2024/03/05 11:30:00 오후 GMT+9", False, MARCH_5),
        ("2024/03/05 8:00:00 PM GMT+5:30", False, MARCH_5),
        ("3/25/2024 2:30 PM", True, datetime(2024, 3, 25, 14, 30, tzinfo=UTC)),
        ("25/3/2024 14:30", True, datetime(2024, 3, 25, 14, 30, tzinfo=UTC)),
        ("25.03.2024", False, datetime(2024, 3, 25, tzinfo=UTC)),
        ("Mar 5, 2024 2:30 PM", True, MARCH_5),
        ("5 March 2024", False, datetime(2024, 3, 5, tzinfo=UTC)),
        ("1709649000", False, MARCH_5),
        ("1709649000000", False, MARCH_5),
        ("1709649000000000", False, MARCH_5),
        ("45356.604166666664", True, MARCH_5),
        ("45356", False, datetime(2024, 3, 5, tzinfo=UTC)),
    ],
)
def test_one_way_of_writing(text: str, needs_zone: bool, wanted: datetime) -> None:
    found = read_times([text], korean=True)
    assert found.format
    assert found.needs_zone is needs_zone
    assert read([text], found.format, "UTC") == [wanted]
    in_seoul = wanted - timedelta(hours=9) if needs_zone else wanted
    assert read([text], found.format, "Asia/Seoul") == [in_seoul]
    if needs_zone:
        assert read([text], found.format, "") == [None]


def test_an_offset_of_its_own_stands_whatever_the_zone() -> None:
    values = ["2024-03-05 10:00:00", "2024-03-05T10:00:00+02:00", "2024-03-05T10:00:00Z"]
    found = read_times(values)
    assert found == TimeReading(format="iso", needs_zone=True)
    assert [one.hour if one else None for one in read(values, "iso", "Asia/Seoul")] == [1, 8, 10]
    assert [one.hour if one else None for one in read(values, "iso", "")] == [None, 8, 10]


@pytest.mark.parametrize(
    ("values", "wanted", "said"),
    [
        (["01/02/2024", "13/02/2024"], "%d/%m/%Y", ""),
        (["01/02/2024", "02/14/2024"], "%m/%d/%Y", ""),
        (["01/02/2024", "05/02/2024", "01/03/2024"], "%d/%m/%Y", "in order"),
        (["03/02/2024", "01/05/2024", "02/04/2024"], "%m/%d/%Y", "open"),
    ],
)
def test_the_order_of_day_and_month(values: list[str], wanted: str, said: str) -> None:
    found = read_times(values)
    assert found.format == wanted
    assert said in found.note
    assert bool(found.note) == bool(said)


def test_the_whole_column_decides_what_samples_leave_open() -> None:
    asked = []

    def whole(formats: list[str]) -> list[int]:
        asked.append(list(formats))
        return [100 if form == "%d/%m/%Y" else 60 for form in formats]

    found = read_times(["03/02/2024", "01/05/2024"], whole=whole)
    assert found.format == "%d/%m/%Y"
    assert "day, month, year" in found.note
    assert len(asked) == 1


def test_short_korean_dates_begin_with_the_year() -> None:
    assert read_times(["24.03.05", "24.04.01"], korean=True).format == "%y.%m.%d"


def test_dates_with_and_without_a_time_of_day() -> None:
    values = ["2024.3.5", "2024.3.6 09:10", "2024.3.7"]
    found = read_times(values)
    assert read(values, found.format, "Asia/Seoul") == [
        datetime(2024, 3, 5, tzinfo=UTC),
        datetime(2024, 3, 6, 0, 10, tzinfo=UTC),
        datetime(2024, 3, 7, tzinfo=UTC),
    ]


def test_one_value_that_is_no_time_does_not_hide_the_others() -> None:
    values = ["2024-03-05T14:30:00Z", "someday", "2024-03-06T14:30:00Z", "2024-03-07T14:30:00Z"]
    reading = read_times(values)
    assert reading == TimeReading(format="iso", needs_zone=False, note="")
    assert read(values, reading.format, "")[:2] == [MARCH_5, None]
    # Half of them must be times, or the column says something else.
    assert read_times(["2024-03-05T14:30:00Z", "a", "b"]).format == ""


@pytest.mark.parametrize("value", ["좋아요", "12", "5.0", "v1.2.3", "010-1234-5678", "3-5", ""])
def test_what_is_no_time(value: str) -> None:
    assert read_times([value]) == TimeReading(format="")


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2049, 12, 31)),
    st.sampled_from(sorted(form for form in FORMATS if "%z" not in form)),
)
def test_every_format_reads_what_python_writes(moment: datetime, form: str) -> None:
    moment = moment.replace(second=0, microsecond=0)
    written = moment.strftime(form.replace("%S.%f", "%S.%f"))
    (found,) = read([written], form, "UTC")
    assert found is not None
    clock = "%H" in form or "%I" in form
    expected = moment if clock else moment.replace(hour=0, minute=0)
    if clock and "%M" not in form:
        expected = expected.replace(minute=0)
    assert found.replace(tzinfo=None) == expected

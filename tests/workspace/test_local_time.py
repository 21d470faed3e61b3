"""Moments in a time zone, against Python's own zone database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from sonnim.tables.errors import StopError
from sonnim.workspace.local_time import local

MOMENTS = (
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(1988, 6, 1, tzinfo=UTC),  # Seoul had summer time then
    datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC),
    datetime(2024, 3, 31, 1, tzinfo=UTC),  # Berlin's clocks go forward
    datetime(2024, 6, 30, 15, 30, 0, 123_456, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 30, tzinfo=UTC),  # New York's hour that comes twice
)


@pytest.mark.parametrize(
    "zone", ["Asia/Seoul", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"]
)
def test_clocks_are_those_of_the_zone(zone: str) -> None:
    try:
        oracle = ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no zone database to compare with")
    found = local(MOMENTS, zone)
    for moment, there in zip(MOMENTS, found, strict=True):
        assert there == moment
        assert there is not None and there.tzname() == zone
        assert there.replace(tzinfo=None) == moment.astimezone(oracle).replace(tzinfo=None)


def test_no_zone_is_utc_and_no_moment_stays_none() -> None:
    (there, none) = local([MOMENTS[0], None], "")
    assert there == MOMENTS[0] and there.utcoffset() == timedelta(0) and none is None
    assert local([None], "Asia/Seoul") == [None]


def test_a_zone_that_is_none_is_named() -> None:
    with pytest.raises(StopError, match="Asia/Soul"):
        local([MOMENTS[0]], "Asia/Soul")

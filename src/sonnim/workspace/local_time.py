"""Moments as the clocks of the company show them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import duckdb

from sonnim.workspace.mapping_words import known_zone

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


def local(moments: Sequence[datetime | None], zone: str) -> list[datetime | None]:
    """The same moments in that time zone; "" is UTC.

    The offsets are DuckDB's: Windows has no zone database of its own.

    Example:
        >>> (day,) = local([datetime(2024, 6, 30, 15, 30, tzinfo=UTC)], "Asia/Seoul")
        >>> f"{day:%Y-%m-%d %H:%M %Z}"
        '2024-07-01 00:30 Asia/Seoul'

    Raises:
        StopError: There is no such time zone.
    """
    if not zone:
        return [None if moment is None else moment.astimezone(UTC) for moment in moments]
    name = known_zone(zone)
    found: list[datetime | None] = []
    with duckdb.connect(config={"threads": 1}) as connection:
        for moment in moments:
            if moment is None:
                found.append(None)
                continue
            there = connection.execute(
                "SELECT strftime(timezone(?, make_timestamptz(?)), '%Y-%m-%d %H:%M:%S.%f')",
                [name, round((moment - _BEGIN) / timedelta(microseconds=1))],
            ).fetchall()
            clock = datetime.fromisoformat(there[0][0]).replace(tzinfo=UTC)
            found.append(moment.astimezone(timezone(clock - moment, name)))
    return found

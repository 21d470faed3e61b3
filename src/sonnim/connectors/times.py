"""How times are written: one format for a whole column, chosen by what reads most of its values."""

import re

import duckdb

TIME_FORMATS = (
    "iso", "%Y.%m.%d %H:%M:%S", "%Y.%m.%d %H:%M", "%Y.%m.%d", "%Y. %m. %d.", "%Y. %m. %d",
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y%m%d%H%M%S", "%Y%m%d",
    "%a %b %d %H:%M:%S %z %Y", "%a, %d %b %Y %H:%M:%S %z", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M",
    "%m/%d/%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y년 %m월 %d일", "%y.%m.%d",
)  # fmt: skip
_ZONED = re.compile(r"(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})$")


def time_format_of(values: list[str]) -> tuple[str, bool]:
    """How the times of a column are written, and whether they name their zone.

    The format is chosen once for a whole column, by most values read.

    Example:
        >>> time_format_of(["2024.03.05", "2024.12.31"])
        ('%Y.%m.%d', False)
        >>> time_format_of(["2024-03-05T10:00:00Z"])
        ('iso', True)
    """
    values = [value.strip() for value in values if value and value.strip()][:200]
    if not values:
        return "", False
    if all(re.fullmatch(r"\d{10}(\.\d+)?", value) for value in values):
        return "epoch_s", True
    if all(re.fullmatch(r"\d{13}", value) for value in values):
        return "epoch_ms", True
    best, most = "", 0
    with duckdb.connect(config={"threads": 1}) as connection:
        for candidate in TIME_FORMATS:
            reading = "try_cast(v AS TIMESTAMP)" if candidate == "iso" else "try_strptime(v, ?)"
            parameters = [values] if candidate == "iso" else [candidate, values]
            row = connection.execute(
                f"SELECT count({reading}) FROM (SELECT unnest(?) AS v)", parameters
            ).fetchone()
            count = int(row[0]) if row else 0
            if count > most:
                best, most = candidate, count
    if most * 2 < len(values):
        return "", False
    zoned = "%z" in best or all(_ZONED.search(value[10:]) for value in values)
    return best, zoned

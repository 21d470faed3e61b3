"""Rows of `satisfaction` and `voices` as typed values, however the table came (Arrow C stream)."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from arro3.core import DataType, Table

from sonnim.tables.errors import StopError
from sonnim.tables.schema import ColumnType, TableSchema
from sonnim.views.writing import LEAST_N, grain_of, period_end

DIMENSIONS = ("unit", "subject", "channel")
_SLACK = timedelta(days=1, hours=14)  # a last day without messages, and any time zone


@dataclass(frozen=True, kw_only=True)
class Span:
    """The time that the data cover: a period that lies partly outside is not complete.

    Attributes:
        first: Earliest moment, or None where nobody knows.
        last: Latest moment, or None where nobody knows.
        rows: How many rows there are between them: where few came in, a silence shows nothing.
    """

    first: datetime | None = None
    last: datetime | None = None
    rows: int = 0

    def cut(self, day: datetime, grain: str) -> str:
        """`start` or `end` if the data begin or end within the period of that day, else "".

        Example:
            >>> span = Span(last=datetime(2026, 7, 1, 9, tzinfo=UTC))
            >>> [span.cut(datetime(2026, month, 1, tzinfo=UTC), "month") for month in (6, 7)]
            ['', 'end']
        """
        end, slack = period_end(day, grain), self._slack
        if self.last is not None and day <= self.last < end - slack:
            return "end"
        return "start" if self.first is not None and day + slack < self.first < end else ""

    @property
    def _slack(self) -> timedelta:
        """So long a silence at either end is no sign that the data do not reach it.

        Of waits that come by chance, one in twenty is longer than three times the mean.
        """
        if self.first is None or self.last is None or self.rows < 2:
            return _SLACK
        return max(_SLACK, 3 * (self.last - self.first) / (self.rows - 1))


EVER = Span()
"""Where nobody knows what the data cover."""


class ArrowTable(Protocol):
    """Anything that gives its rows as an Arrow C stream (arro3, DuckDB, Polars, pyarrow)."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The Arrow PyCapsule interface."""
        ...


@dataclass(frozen=True, kw_only=True)
class Together:
    """The value of several periods taken together, with its interval.

    Attributes:
        value: The value.
        low: Lower end of its interval, or None.
        high: Upper end of its interval, or None.
        n: Number of answers or messages.
    """

    value: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One value with its interval: a row of `satisfaction` or `voices`.

    Attributes:
        table: Name of its table.
        name: Metric or measure.
        unit: Part of the company, or "" for all together.
        subject: What it is about, or "" for all together.
        channel: Where it was said, or "" for all together.
        period: Start of the period, or None for the whole time.
        value: The value.
        low: Lower end of its interval, or None.
        high: Upper end of its interval, or None.
        n: Number of answers or messages.
        change: Value minus that of the period before, or None.
        q_value: Corrected probability of the change, or None.
        significant: Whether the change may be called one.
        recent: Value of this and the latest periods before it together, or None.
        usual: Value of the periods before these together, or None.
        unusual: Whether recent may be called different from usual.
        scale_max: Greatest score possible, or None.
        quotes: message_id of messages that show it.
        cut: `start` or `end` if the data begin or end within its period: it is not complete.
    """

    table: str
    name: str
    unit: str = ""
    subject: str = ""
    channel: str = ""
    period: datetime | None = None
    value: float
    low: float | None = None
    high: float | None = None
    n: int
    change: float | None = None
    q_value: float | None = None
    significant: bool = False
    recent: Together | None = None
    usual: Together | None = None
    unusual: bool = False
    scale_max: float | None = None
    quotes: tuple[str, ...] = ()
    cut: str = ""

    @property
    def series(self) -> tuple[str, str, str, str, float]:
        """What it is a value of, whenever that was."""
        return self.unit, self.subject, self.channel, self.name, self.scale_max or 0.0

    @property
    def dimension(self) -> str:
        """`unit`, `subject` or `channel` if only that one is set, "" if none is, else "mixed"."""
        named = [name for name in DIMENSIONS if getattr(self, name)]
        return "" if not named else named[0] if len(named) == 1 else "mixed"

    @property
    def where(self) -> str:
        """The unit, subject and channel that it is about."""
        return " · ".join(filter(None, (self.unit, self.subject, self.channel)))

    @property
    def before(self) -> float | None:
        """The value of the period before, or None."""
        return None if self.change is None else self.value - self.change

    @property
    def drift(self) -> float | None:
        """Recent minus usual, or None."""
        return (
            None
            if self.recent is None or self.usual is None
            else (self.recent.value - self.usual.value)
        )


def columns_of(table: ArrowTable, schema: TableSchema, names: Sequence[str]) -> list[list[Any]]:
    """These columns as Python lists; timestamps as microseconds since 1970 in UTC.

    Raises:
        StopError: A column is missing.
    """
    arrow = Table.from_arrow(table)
    there = list(arrow.column_names)
    found: list[list[Any]] = []
    for name in names:
        if name not in there:
            raise StopError(
                "column_missing", table=schema.name, column=name, received=", ".join(there)
            )
        column = arrow.column(name)
        if schema.column(name).type is ColumnType.TIMESTAMP:
            # As whole numbers: the tables' time zone names need a zone database, which Windows
            # has not.
            column = column.cast(DataType.timestamp("us", tz="UTC")).cast(DataType.int64())
        found.append(list(column.to_pylist()))
    return found


def figures_of(
    table: ArrowTable | None, schema: TableSchema, span: Span | None = None
) -> tuple[Figure, ...]:
    """The rows that hold a value, sorted by series and period (whole time first).

    Args:
        table: Rows of `satisfaction` or `voices`, or None.
        schema: Which of the two.
        span: The time that the data cover, to tell which periods are not complete.
    """
    if table is None:
        return ()
    name_column = "metric" if schema.name == "satisfaction" else "measure"
    names = [*DIMENSIONS, "period", name_column, "value", "low", "high", "n", "change", "q_value",
             "significant", "recent", "recent_low", "recent_high", "recent_n", "usual", "usual_low",
             "usual_high", "usual_n", "unusual",
             "scale_max" if schema.name == "satisfaction" else "quotes"]  # fmt: skip
    figures = []
    for row in zip(*columns_of(table, schema, names), strict=True):
        unit, subject, channel, period, name, value, low, high, n, change, q, sure = row[:12]
        last = row[-1]
        if (shown := _number(value)) is None or n is None or not name:
            continue
        satisfaction = schema.name == "satisfaction"
        figures.append(
            Figure(
                table=schema.name,
                name=name,
                unit=unit or "",
                subject=subject or "",
                channel=channel or "",
                period=None if period is None else _local_day(period),
                value=shown,
                low=_number(low),
                high=_number(high),
                n=int(n),
                change=_number(change),
                q_value=_number(q),
                significant=bool(sure),
                recent=_together(*row[12:16]),
                usual=_together(*row[16:20]),
                unusual=bool(row[20]),
                scale_max=_number(last) if satisfaction else None,
                quotes=() if satisfaction else tuple(last or ()),
            )
        )
    if span is not None:
        grain = grain_of([figure.period for figure in figures if figure.period])
        figures = [
            replace(figure, cut=span.cut(figure.period, grain)) if figure.period else figure
            for figure in figures
        ]
    return tuple(
        sorted(figures, key=lambda f: (f.series, f.period or datetime.min.replace(tzinfo=UTC)))
    )


def settled(members: Sequence[Figure]) -> list[Figure]:
    """The figures of one series, oldest first, up to the one that may be spoken of.

    That is its last complete period, or the last that rests on enough answers: a period that has
    only begun looks like a change. A series that has no such period is left as it is.
    """
    complete = [figure for figure in members if not figure.cut]
    enough = [index for index, figure in enumerate(complete) if figure.n >= LEAST_N]
    return complete[: enough[-1] + 1] if enough else complete or list(members)


def over_time(figures: Sequence[Figure]) -> dict[tuple[str, str, str, str, float], list[Figure]]:
    """The figures that belong to a period, by series, oldest first."""
    found: dict[tuple[str, str, str, str, float], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.period is not None:
            found[figure.series].append(figure)
    return {
        series: sorted(members, key=lambda f: f.period or datetime.min.replace(tzinfo=UTC))
        for series, members in found.items()
    }


def side_by_side(figures: Sequence[Figure], dimension: str) -> tuple[Figure, ...]:
    """One figure of each unit (or subject, or channel): of the whole time, else the last period."""
    those = [figure for figure in figures if figure.dimension == dimension]
    whole = tuple(figure for figure in those if figure.period is None)
    if whole:
        return whole
    dated = [figure for figure in those if figure.period and not figure.cut]
    enough = [figure for figure in dated if figure.n >= LEAST_N]
    last = max((figure.period for figure in enough or dated if figure.period), default=None)
    return tuple(figure for figure in those if figure.period == last)


def _together(value: Any, low: Any, high: Any, n: Any) -> Together | None:
    if (shown := _number(value)) is None or n is None:
        return None
    return Together(value=shown, low=_number(low), high=_number(high), n=int(n))


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def moment(microseconds: int) -> datetime:
    """The time that `columns_of` gives as a number."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _local_day(microseconds: int) -> datetime:
    """The day a period begins on, where the company is.

    A period that begins at 15:00 UTC is a day that begins at midnight in Seoul: the nearest
    midnight is its name.
    """
    nearest = moment(microseconds) + timedelta(hours=12)
    return nearest.replace(hour=0, minute=0, second=0, microsecond=0)

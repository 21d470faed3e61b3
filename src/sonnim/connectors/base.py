"""What a connector is: `fetch` does all input and output, `shape` says purely how rows come out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from sonnim.tables.bookmark import Bookmark
from sonnim.tables.schema import TableSchema
from sonnim.tables.step import Step

ROW = "sonnim_row"
"""Column of a scan with the number of the row in its file, from 1, the header not counted."""

WHERE = "where"
"""Stands for a column in a `Match` that says which raw rows give a row."""


def table_of(name: str) -> str:
    """The canonical table that a name of `Mapping.tables` stands for.

    Example:
        >>> table_of("message/reply"), table_of("event")
        ('message', 'event')
    """
    return name.partition("/")[0]


@dataclass(frozen=True, kw_only=True)
class RawColumn:
    """One column as the source has it, with a few of its values (for proposing a mapping)."""

    name: str
    samples: tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """One input row that could not be taken, found while fetching."""

    row: int
    reason: str
    raw: str


@dataclass(frozen=True, kw_only=True)
class Payload:
    """One thing fetched: something DuckDB can scan, not yet read.

    Attributes:
        source: Name of the source in `sonnim.toml`.
        label: Name of the file, for messages and `rejected` (no folder).
        scan: An SQL table expression of DuckDB, all columns VARCHAR (or typed, from Parquet).
        columns: The raw columns with samples.
        bookmark: The position after it: for files, the digest of the content.
        rejections: Rows that could not even be split into columns.
        bytes: Bytes to read (for progress).
        temporary: Files made while fetching, removed by whoever asked when done.
        records: Rows that a scan must give if it leaves nothing out; -1 where it never does.
        numbered: Whether the scan has a column `ROW` besides `columns`; else the rows of the scan
            are numbered as they come.
        carefully: Reads it again, slower, taking or rejecting each row; for scans that left rows
            out. Its `temporary` files are new ones.
    """

    source: str
    label: str
    scan: str
    columns: tuple[RawColumn, ...]
    bookmark: Bookmark
    rejections: tuple[Rejection, ...] = ()
    bytes: int = 0
    temporary: tuple[Path, ...] = ()
    records: int = -1
    numbered: bool = False
    carefully: "Callable[[], Payload] | None" = None


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which raw column becomes which column of a canonical table.

    Attributes:
        table: Canonical table; where one raw row gives several rows of it, with a part of its own
            behind a slash (`message/reply`).
        column: Its column, or `WHERE`: then `sql` says which raw rows give a row at all.
        raw: Name of the raw column, or "" where `constant` or `sql` stands for it.
        constant: A value for all rows ("5" for rating_max, "Asia/Seoul" for the time zone…).
        sql: An expression of DuckDB over the raw columns.
        scale: Of a survey's score: least and greatest possible (`1-7`); "" for the usual ones.
        confidence: 0 to 1, how sure the proposal is.
        why: In words, why it was chosen.
        format: How a time or number is written (`connectors/times.py`, `connectors/numbers.py`).
    """

    table: str
    column: str
    raw: str = ""
    constant: str = ""
    confidence: float = 1.0
    why: str = ""
    format: str = ""
    sql: str = ""
    scale: str = ""


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """How the raw columns of one source become rows of canonical tables.

    Attributes:
        source: Name of the source.
        tables: Names of the canonical tables that the source gives rows of, as in `Match.table`.
        matches: Column by column.
        timezone: IANA name for times that carry none; "" means such rows are rejected.
        zoneless: Raw column with times of day that name no zone, as far as the samples show, or "".
        leftover: Raw columns without a place (they go to `attributes` as JSON).
        preset: Name of the preset that the file was recognised by, or "".
        prepare: SQL that makes the raw rows out of `{scan}` (lists unnested, for example), or "".
    """

    source: str
    tables: tuple[str, ...]
    matches: tuple[Match, ...]
    timezone: str = ""
    zoneless: str = ""
    leftover: tuple[str, ...] = ()
    preset: str = ""
    prepare: str = ""


@dataclass(frozen=True, kw_only=True)
class Shaped:
    """How one payload becomes rows of one canonical table.

    Attributes:
        schema: The canonical table.
        part: The name in `Mapping.tables` that it came from.
        good: Steps; the last gives rows with exactly the schema's columns.
        rejected: Steps; the last gives rows of `rejected`.
        doubled: Steps; the last gives, as rows of `rejected`, those that have the id of another
            row and other values. They read the table `STANDING` (`connectors/shape.py`).
        content_id: Whether ids are digests of content, so that twin rows have the same id.
        whole: Whether each raw row gives one row.
        filled: The columns that may hold values; the others are null in every row. Empty where
            that is not known.
    """

    schema: TableSchema
    part: str
    good: tuple[Step, ...]
    rejected: tuple[Step, ...] = field(default=())
    doubled: tuple[Step, ...] = field(default=())
    content_id: bool = False
    whole: bool = False
    filled: tuple[str, ...] = ()


class Connector(Protocol):
    """Brings rows in. One file each under `connectors/`.

    Attributes:
        name: Name in `sonnim.toml`.
    """

    @property
    def name(self) -> str:
        """Name in `sonnim.toml`."""
        ...

    def takes(self, location: str) -> bool:
        """Whether a location is its own, by its form (`postgresql://…`); nothing is opened."""
        ...

    def fetch(self, location: str, source: str) -> Iterator[Payload]:
        """All input and output: finds, opens, decodes; gives payloads one by one."""
        ...

    def propose(self, payload: Payload) -> Mapping:
        """A mapping from names and values of the raw columns."""
        ...

    def shape(self, payload: Payload, mapping: Mapping) -> tuple[Shaped, ...]:
        """Pure: the steps that turn the payload into canonical rows."""
        ...


@runtime_checkable
class CanResume(Connector, Protocol):
    """A power of connectors to places that grow: they have settings, and go on where they were.

    Attributes:
        settings: What to read there: a frozen dataclass of `parameter`s. Its class says which
            settings there are.
    """

    @property
    def settings(self) -> Any:
        """What to read, all of it declared with limits."""
        ...

    def bound(self, settings: object, after: str) -> "CanResume":
        """The same connector for these settings, from a bookmark's position on ("" the start)."""
        ...

    def label(self, location: str) -> str:
        """What people call what is read there; its source is named so if nobody says otherwise."""
        ...

"""`Table`: a plain ticket for a table; it holds no engine and no data."""

from dataclasses import dataclass

from sonnim.tables.schema import TableSchema


@dataclass(frozen=True, kw_only=True)
class Table:
    """Which table, of what meaning, at which snapshot.

    Attributes:
        schema: What its rows mean.
        name: Its name on the engine that it was loaded on or made by.
        version: Snapshot version in the store, or None for a table that was never kept.
    """

    schema: TableSchema
    name: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The Parquet files that together are one table at one version.

    Attributes:
        table: The ticket.
        files: Locations of the files (paths or object-store addresses); may be empty.
        rows: Number of rows.
    """

    table: Table
    files: tuple[str, ...]
    rows: int

"""What the tests of readers share: a file's tables as names and rows."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from sonnim.connectors.base import Payload, Rejection
from sonnim.connectors.files import CONNECTOR
from sonnim.tables.errors import SkipError


@dataclass(frozen=True, kw_only=True)
class Read:
    """One table of a file.

    Attributes:
        label: Its label.
        names: Its raw columns.
        rows: All its rows, as they come.
        rejections: What could not be read.
        position: Its bookmark.
    """

    label: str
    names: list[str]
    rows: list[tuple[object, ...]]
    rejections: tuple[Rejection, ...]
    position: str

    @property
    def dicts(self) -> list[dict[str, object]]:
        """The rows by name, without what is null."""
        return [
            {name: cell for name, cell in zip(self.names, row, strict=True) if cell is not None}
            for row in self.rows
        ]


def read_payload(payload: Payload) -> Read:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        columns = ", ".join('"' + c.name.replace('"', '""') + '"' for c in payload.columns)
        rows = connection.execute(f"SELECT {columns} FROM {payload.scan}").fetchall()
    for file in payload.temporary:
        file.unlink(missing_ok=True)
    return Read(
        label=payload.label,
        names=[column.name for column in payload.columns],
        rows=rows,
        rejections=payload.rejections,
        position=payload.bookmark.position,
    )


def read(location: Path | str) -> list[Read | SkipError]:
    """All tables at a location; where one cannot be read, why."""
    found: list[Read | SkipError] = []
    payloads = CONNECTOR.fetch(str(location), "s")
    while True:
        try:
            found.append(read_payload(next(payloads)))
        except StopIteration:
            return found
        except SkipError as error:
            found.append(error)


def read_one(location: Path | str) -> Read:
    """The only table at a location."""
    (one,) = read(location)
    if isinstance(one, SkipError):
        raise one
    return one

"""Tables and queries of any SQL database, by its SQLAlchemy address.

`sonnim add "postgresql://me@host/shop" --table reviews` reads a table, `--query "SELECT …"` what a
query gives. With `--resume-by id` (or `updated_at`…) the next `add` reads only rows from the last
value on; rows met twice are known by their key. Rows stream through a cursor on the server into a
temporary file, all as text. Nothing is ever written to the database.

Needs `sonnim[sql]`: SQLAlchemy and what PostgreSQL and SQLite take; drivers of other databases are
installed beside it. Passwords: write `${PGPASSWORD}` in the address (any
environment variable), or leave it to the driver (`~/.pgpass`).
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sonnim.connectors.base import Mapping, Payload, Shaped
from sonnim.connectors.encodings import content_digest
from sonnim.connectors.places import expanded, hidden, position_of, resumed_at, secret_of
from sonnim.connectors.propose import propose
from sonnim.connectors.readers.scans import as_parquet, raw_columns
from sonnim.connectors.shape import shape
from sonnim.tables.bookmark import Bookmark
from sonnim.tables.errors import RetryError, SkipError, StopError
from sonnim.tables.parameters import Limit, parameter

_SCHEMES = (
    "postgresql", "postgres", "mysql", "mariadb", "oracle", "mssql", "sqlite", "duckdb", "redshift",
    "snowflake", "bigquery", "databricks", "trino", "presto", "clickhouse", "cockroachdb", "db2",
    "firebird", "hana", "teradatasql", "vertica", "tibero",
)  # fmt: skip
_ADDRESS = re.compile(rf"({'|'.join(_SCHEMES)})(\+\w+)?://")
_ROWS = 5_000


@dataclass(frozen=True, kw_only=True)
class SqlSettings:
    """What to read of a database."""

    table: str = parameter("", Limit(meaning="Table or view to read (schema.name where needed)"))
    query: str = parameter("", Limit(meaning="Query to read instead of a table"))
    resume_by: str = parameter(
        "", Limit(meaning="Column that only grows: the next add reads from its last value on")
    )


@dataclass(frozen=True, kw_only=True)
class SqlConnector:
    """The connector for SQL databases (see the module)."""

    name: str = "sql"
    settings: SqlSettings = field(default_factory=SqlSettings)
    after: str = ""

    def takes(self, location: str) -> bool:
        """Whether it is the address of a database."""
        return bool(_ADDRESS.match(location))

    def bound(self, settings: object, after: str) -> "SqlConnector":
        """The same connector with what to read and from where on."""
        if not isinstance(settings, SqlSettings):
            raise TypeError(type(settings))
        return replace(self, settings=settings, after=after)

    def label(self, location: str) -> str:
        """What people call the rows: the table, or the database."""
        if self.settings.table:
            return self.settings.table.rpartition(".")[2]
        return Path(location.partition("?")[0].rpartition("/")[2]).stem or "query"

    def fetch(self, location: str, source: str) -> Iterator[Payload]:
        """Streams the rows of a table or query, from the last position on."""
        sql = _sqlalchemy()
        if bool(self.settings.table) == bool(self.settings.query):
            raise StopError("sql_what", location=hidden(location))
        engine = _engine(sql, location)
        reading = _Reading(self.settings.resume_by)
        try:
            with engine.connect() as connection:
                statement = _statement(sql, engine, self.settings, self.after)
                result = connection.execution_options(stream_results=True, yield_per=_ROWS).execute(
                    statement
                )
                names = list(map(str, result.keys()))
                reading.place = _place(self.settings.resume_by, names)
                file, scan = as_parquet(names, reading.rows(result))
        except sql.exc.SQLAlchemyError as error:
            raise _failed(sql, error, location) from None
        except sqlite3.Error as error:
            raise StopError(
                "sql_failed", location=hidden(location), reason=_first_line(error, location)
            ) from None
        finally:
            engine.dispose()
        if not reading.count:
            file.unlink()
            if self.after:
                return
            raise SkipError("files_header_only", file=self.label(location))
        yield Payload(
            source=source,
            label=self.label(location),
            scan=scan,
            columns=raw_columns(scan, self.label(location)),
            bookmark=Bookmark(
                source=source, position=position_of(content_digest(file), reading.last)
            ),
            bytes=file.stat().st_size,
            temporary=(file,),
        )

    def propose(self, payload: Payload) -> Mapping:
        """A mapping from the names and values of the columns."""
        return propose(payload)

    def shape(self, payload: Payload, mapping: Mapping) -> tuple[Shaped, ...]:
        """The steps that turn the rows into canonical ones."""
        return shape(payload, mapping)


class _Reading:
    """Rows as texts, with the greatest value of the column to resume by."""

    def __init__(self, resume_by: str) -> None:
        self.place = -1
        self.count = 0
        self.last: Any = None

    def rows(self, result: Any) -> Iterator[list[str | None]]:
        for row in result:
            self.count += 1
            value = row[self.place] if self.place >= 0 else None
            if value is not None and (self.last is None or value > self.last):
                self.last = value
            yield [as_text(cell) for cell in row]


def as_text(value: Any) -> str | None:
    """A value of a database as text.

    Example:
        >>> [as_text(one) for one in (Decimal("1.50"), True, {"a": "가"}, datetime(2024, 3, 5))]
        ['1.50', 'true', '{"a": "가"}', '2024-03-05T00:00:00']
    """
    if value is None or isinstance(value, str):
        return value if value is None else value.replace("\x00", "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    if isinstance(value, (bytes, bytearray, memoryview)):
        raw = bytes(value)
        try:
            return raw.decode("utf-8").replace("\x00", "")
        except UnicodeDecodeError:
            return raw.hex()
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=as_text)
    return str(value)


def _sqlalchemy() -> Any:
    try:
        import sqlalchemy
        import sqlalchemy.exc
    except ImportError:
        raise StopError("sql_missing") from None
    return sqlalchemy


def _engine(sql: Any, location: str) -> Any:
    whole = re.sub(r"^postgres(?=[:+])", "postgresql", expanded(location))
    try:
        url = sql.engine.make_url(whole)
        if url.get_backend_name() == "sqlite":
            return _sqlite(sql, url.database or "", location)
        return sql.create_engine(url)
    except (sql.exc.NoSuchModuleError, ImportError):
        driver = location.partition(":")[0]
        raise StopError("sql_driver", location=hidden(location), driver=driver) from None
    except (sql.exc.ArgumentError, ValueError):
        raise StopError("sql_address", location=hidden(location)) from None


def _sqlite(sql: Any, database: str, location: str) -> Any:
    # Opened for reading only; SQLite would make a file that is not there.
    file = Path(database).expanduser()
    if not file.is_file():
        raise StopError("files_nothing", location=hidden(location))
    address = f"file:{quote(str(file.resolve()))}?mode=ro"
    return sql.create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(address, uri=True, check_same_thread=False),
        poolclass=sql.pool.NullPool,
    )


def _statement(sql: Any, engine: Any, settings: SqlSettings, after: str) -> Any:
    quoted = engine.dialect.identifier_preparer.quote
    if settings.table:
        origin = ".".join(quoted(part) for part in settings.table.split("."))
    else:
        origin = f"({settings.query.strip().rstrip(';')}) AS sonnim_rows"
    # A colon begins a bound value in SQLAlchemy's texts.
    origin = origin.replace(":", "\\:")
    value = resumed_at(after)
    if value is None or not settings.resume_by:
        return sql.text(f"SELECT * FROM {origin}")
    column = quoted(settings.resume_by).replace(":", "\\:")
    # From the last value on, not after it: others may have got the same one since.
    return sql.text(f"SELECT * FROM {origin} WHERE {column} >= :after").bindparams(after=value)


def _place(resume_by: str, names: list[str]) -> int:
    if not resume_by:
        return -1
    if resume_by not in names:
        raise StopError("sql_resume", column=resume_by, allowed=", ".join(names))
    return names.index(resume_by)


def _failed(sql: Any, error: Exception, location: str) -> RetryError | StopError:
    shown = hidden(location)
    gone = isinstance(error, (sql.exc.OperationalError, sql.exc.InterfaceError))
    if gone and not location.startswith("sqlite"):
        return RetryError("sql_away", location=shown, reason=_first_line(error, location))
    if gone or isinstance(error, sql.exc.ProgrammingError):
        return StopError("sql_failed", location=shown, reason=_first_line(error, location))
    # Others quote values, and these may be what a customer wrote.
    return StopError("sql_failed", location=shown, reason=type(error).__name__)


def _first_line(error: Exception, location: str) -> str:
    """What the driver says, without a password that stands in the address."""
    told = str(getattr(error, "orig", None) or error).strip().splitlines()
    text = told[0] if told else type(error).__name__
    secret = secret_of(expanded(location))
    return text.replace(secret, "***") if secret else text


CONNECTOR = SqlConnector()

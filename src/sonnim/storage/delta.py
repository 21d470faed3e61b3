"""Keeps tables as Delta tables: a folder, or a bucket of any object store that delta-rs reaches."""

import hashlib
import json
import re
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import duckdb
from arro3.core.types import ArrowStreamExportable
from deltalake import CommitProperties, DeltaTable, Schema, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from sonnim.storage.forgetting import NO_STATISTICS, forget, moment_of, old_files, refuse_forgotten
from sonnim.tables.arrow import arrow_schema
from sonnim.tables.errors import RetryError, SonnimError, StopError
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import quoted
from sonnim.tables.table import Snapshot, Table

_STAGING = ".staging"
_REMOTE = ("s3://", "s3a://", "gs://", "az://", "abfs://", "abfss://", "memory://")


@dataclass(frozen=True, kw_only=True)
class Commit:
    """One entry of a table's history.

    Attributes:
        version: Snapshot version.
        time: When it was committed (UTC).
        note: What the committer said of it, as JSON ("" if nothing).
    """

    version: int
    time: datetime
    note: str


class DeltaStore:
    """All tables of a workspace, one Delta table each.

    A commit is atomic: a process killed at any moment leaves the previous snapshot whole. Data
    files that such a process left uncommitted are never read; `clean` removes them.

    Args:
        location: A folder, or an address such as `s3://bucket/path`; credentials come from the
            environment, as delta-rs documents.
    """

    def __init__(self, location: str | Path) -> None:
        text = str(location)
        self.remote = text.startswith(_REMOTE)
        if "://" in text and not self.remote:
            text = text.removeprefix("file://")
            if "://" in text:
                raise StopError("store_unknown", store=text, allowed=", ".join(_REMOTE[:-1]))
        self.location = text.rstrip("/") if self.remote else str(Path(text).resolve())

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Makes what an object store refuses, or that it does not answer, one clear error.

        Raises:
            StopError: The store cannot be reached.
        """
        try:
            yield
        except (TableNotFoundError, CommitFailedError, SonnimError):
            raise
        except Exception as error:
            # Arrow streams wrap the error of the store in one of their own.
            known = isinstance(error, (OSError, DeltaError)) or "Object Store" in str(error)
            if not self.remote or not known:
                raise
            raise StopError(
                "store_unreachable", store=self.location, reason=_first_words(error)
            ) from error

    def uri(self, name: str) -> str:
        """Where the table of that name is."""
        return f"{self.location}/{name}"

    def staging(self, name: str) -> Path:
        """A new local path for a data file that `commit` is to take up."""
        if self.remote:
            raise StopError("store_remote_staging", store=self.location)
        folder = Path(self.location) / _STAGING
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}-{uuid.uuid4().hex}.parquet"

    def clear_staging(self) -> None:
        """Removes what a killed writer left staged (only a writer that holds the lock may)."""
        if not self.remote:
            shutil.rmtree(Path(self.location) / _STAGING, ignore_errors=True)

    def snapshot(self, schema: TableSchema, as_of: int | str | datetime | None = None) -> Snapshot:
        """The table's files at its newest version, or as of a version or time.

        A table that does not exist yet (or did not at that time) is an empty snapshot.

        Raises:
            StopError: An erasure took the snapshots of that time away.
        """
        table = self._open(schema.name)
        ticket = Table(schema=schema, name=schema.name)
        if table is None:
            return Snapshot(table=ticket, files=(), rows=0)
        if as_of is not None:
            refuse_forgotten(table, schema.name, as_of)
            if not isinstance(as_of, int) and moment_of(as_of) < self.history(schema.name)[-1].time:
                # delta-rs would give the first version.
                return Snapshot(table=ticket, files=(), rows=0)
            try:
                table.load_as_version(as_of)
            except DeltaError:
                return Snapshot(table=ticket, files=(), rows=0)
        return Snapshot(
            table=Table(schema=schema, name=schema.name, version=table.version()),
            files=self._files(schema.name, table),
            rows=_rows(table),
        )

    def _files(self, name: str, table: DeltaTable) -> tuple[str, ...]:
        if self.remote:
            return tuple(sorted(table.file_uris()))
        # `file_uris` spells a folder with spaces or Hangul as %20…, and no file has such a name.
        paths = table.get_add_actions(flatten=True).column("path").to_pylist()
        return tuple(sorted(str(Path(self.uri(name)) / str(path)) for path in paths))

    def done(self, name: str, token: str) -> bool:
        """Whether a commit with that token is in the table already (`commit`).

        Of tokens `WORK => MEANING` with one WORK only the last one counts: what was done in
        between with another meaning has taken its place.
        """
        table = self._open(name)
        work, meaning = _transaction(token)
        return table is not None and table.transaction_version(work) == meaning

    def commit(
        self,
        schema: TableSchema,
        files: Sequence[Path],
        *,
        mode: Literal["append", "overwrite"] = "append",
        token: str = "",
        note: Mapping[str, object] | None = None,
    ) -> int:
        """Makes staged Parquet files part of the table in one commit; gives the new version.

        Args:
            schema: The table.
            files: Files from `staging`, written with exactly the schema's columns.
            mode: `append` or `overwrite`.
            token: Recorded in the same commit; `done` then says that this work was done.
            note: Recorded with the commit, for its history.

        Raises:
            RetryError: Another writer committed in between.
        """
        folder = Path(self.uri(schema.name))
        folder.mkdir(parents=True, exist_ok=True)
        # Moved in just before the commit: until then no file lies in the table's folder.
        moved = [Path(shutil.move(file, folder / file.name)) for file in files]
        properties = _properties(token, note)
        try:
            actions = [_add(file) for file in moved]
            table = self._open(schema.name)
            if table is None:
                create_table_with_add_actions(
                    self.uri(schema.name),
                    _delta_schema(schema),
                    actions,
                    mode="append",
                    name=schema.name,
                    description=schema.meaning,
                    configuration=NO_STATISTICS,
                    commit_properties=properties,
                )
                table = DeltaTable(self.uri(schema.name))
            else:
                _grown(table, schema)
                table.create_write_transaction(
                    list[AddAction | RemoveAction](actions),
                    mode,
                    _delta_schema(schema),
                    commit_properties=properties,
                )
        except (DeltaError, OSError) as error:
            self._withdraw(schema.name, moved)
            if isinstance(error, OSError) or "os error" in str(error):
                # What the disk refused is no conflict.
                raise
            reason = _first_words(error)
            raise RetryError("store_conflict", table=schema.name, reason=reason) from error
        return int(table.version())

    def merge(
        self,
        schema: TableSchema,
        file: Path,
        *,
        token: str = "",
        note: Mapping[str, object] | None = None,
    ) -> int:
        """Updates rows whose key is there and inserts the others, in one commit."""
        table = self._open(schema.name)
        if table is None:
            return self.commit(schema, [file], token=token, note=note)
        with self._conflicts(schema.name), _reader() as connection:
            _grown(table, schema)
            rows = connection.sql(f"SELECT * FROM read_parquet({quoted(str(file))})")
            _merge(table, schema, rows, _properties(token, note))
        file.unlink(missing_ok=True)
        return int(table.version())

    def write_stream(
        self,
        schema: TableSchema,
        stream: ArrowStreamExportable,
        *,
        mode: Literal["append", "overwrite", "merge"] = "append",
        token: str = "",
        note: Mapping[str, object] | None = None,
    ) -> int:
        """Writes an Arrow stream (for object stores, and for engines that stage no file)."""
        with self._conflicts(schema.name), self.reached():
            table = self._open(schema.name) if mode == "merge" else None
            if table is not None:
                _grown(table, schema)
                _merge(table, schema, stream, _properties(token, note))
                return int(table.version())
            write_deltalake(
                self.uri(schema.name),
                stream,
                mode="append" if mode == "merge" else mode,
                name=schema.name,
                configuration=NO_STATISTICS,
                commit_properties=_properties(token, note),
            )
            return int(DeltaTable(self.uri(schema.name)).version())

    def stream(self, snapshot: Snapshot, columns: Sequence[str] = ()) -> ArrowStreamExportable:
        """A snapshot's rows as an Arrow stream (for object stores that the engine cannot read)."""
        table = DeltaTable(self.uri(snapshot.table.schema.name), version=snapshot.table.version)
        return table.scan(columns=list(columns) or None)

    def history(self, name: str) -> tuple[Commit, ...]:
        """The commits, newest first."""
        table = self._open(name)
        if table is None:
            return ()
        last = table.version()
        commits = []
        for position, entry in enumerate(table.history()):
            commits.append(
                Commit(
                    version=int(entry.get("version", last - position)),
                    time=datetime.fromtimestamp(entry["timestamp"] / 1000, tz=UTC),
                    note=str(entry.get("sonnim", "")),
                )
            )
        return tuple(commits)

    def names(self) -> tuple[str, ...]:
        """Names of the tables that exist (local stores only)."""
        folder = Path(self.location)
        if self.remote or not folder.is_dir():
            return ()
        return tuple(
            sorted(entry.name for entry in folder.iterdir() if (entry / "_delta_log").is_dir())
        )

    def clean(self, name: str, hours: int = 168) -> int:
        """Removes files that no snapshot of the last `hours` needs; gives how many."""
        table = self._open(name)
        if table is None:
            return 0
        return len(
            table.vacuum(
                retention_hours=hours, dry_run=False, enforce_retention_duration=False, full=True
            )
        )

    def swap(self, schema: TableSchema, changes: Sequence[tuple[str, Path | None]]) -> int:
        """Puts files in the place of others, in one commit; gives the new version.

        The note of the last commit is carried on: an answer still says where it came from.

        Args:
            schema: The table.
            changes: A file of the newest snapshot, and a staged file with what is kept of its
                rows (None: nothing).

        Raises:
            RetryError: Another writer committed in between.
        """
        table = self._open(schema.name)
        if table is None or not changes:
            return -1 if table is None else int(table.version())
        folder = Path(self.uri(schema.name))
        now = int(time.time() * 1000)
        actions: list[AddAction | RemoveAction] = []
        for old, new in changes:
            actions.append(RemoveAction(Path(old).name, True, now, None, {}))
            if new is not None:
                actions.append(_add(Path(shutil.move(new, folder / new.name))))
        try:
            table.create_write_transaction(
                actions,
                "append",
                _delta_schema(schema),
                commit_properties=_noted(self._last_note(schema.name)),
            )
        except DeltaError as error:
            raise RetryError("store_conflict", table=schema.name, reason=str(error)) from error
        return int(table.version())

    def forget(self, name: str) -> int:
        """Takes away all that the newest snapshot does not need; gives the number of data files.

        See `storage/forgetting.py`. Only a writer that holds the lock may do this.
        """
        if self._open(name) is None:
            return 0
        return forget(self.uri(name), _noted(self._last_note(name)), remote=self.remote)

    def old_files(self, name: str) -> tuple[str, ...]:
        """Data files that lie in a local table's folder and are not of its newest snapshot."""
        if self.remote or self._open(name) is None:
            return ()
        return old_files(self.uri(name))

    def described(self, name: str) -> TableSchema:
        """The schema of a table as the store has it (for tables whose maker is not there).

        Raises:
            StopError: There is no such table.
        """
        table = self._open(name)
        if table is None:
            raise StopError("unknown_table", table=name, allowed=", ".join(self.names()))
        columns = tuple(
            Column(name=field.name, type=_column_type(field.type), meaning=field.name)
            for field in table.schema().fields
        )
        return TableSchema(name=name, version=1, meaning=name, key=(), columns=columns)

    def _last_note(self, name: str) -> str:
        return next((commit.note for commit in self.history(name) if commit.note), "")

    @contextmanager
    def _conflicts(self, name: str) -> Iterator[None]:
        try:
            yield
        except CommitFailedError as error:
            raise RetryError("store_conflict", table=name, reason=_first_words(error)) from error

    def _withdraw(self, name: str, files: Sequence[Path]) -> None:
        """Removes files that a failed commit has not made part of the table after all."""
        table = self._open(name)
        there = set() if table is None else {Path(uri).name for uri in table.file_uris()}
        for file in files:
            if file.name not in there:
                file.unlink(missing_ok=True)

    def _open(self, name: str) -> DeltaTable | None:
        try:
            with self.reached():
                return DeltaTable(self.uri(name))
        except TableNotFoundError:
            return None


def _rows(table: DeltaTable) -> int:
    counts = table.get_add_actions(flatten=True).column("num_records").to_pylist()
    return sum(int(count or 0) for count in counts)


def _add(file: Path) -> AddAction:
    with _reader() as connection:
        row = connection.execute(
            f"SELECT num_rows FROM parquet_file_metadata({quoted(str(file))})"
        ).fetchone()
    stat = file.stat()
    return AddAction(
        path=file.name,
        size=stat.st_size,
        partition_values={},
        modification_time=int(stat.st_mtime * 1000),
        data_change=True,
        stats=json.dumps({"numRecords": int(row[0]) if row else 0}),
    )


def _first_words(error: Exception) -> str:
    # Errors of object stores run over many lines, with marks for terminals.
    text = re.sub(r"\x1b\[\d*m|↳", "", str(error))
    return " ".join(text.split())[:300]


def _delta_schema(schema: TableSchema) -> Schema:
    return Schema.from_arrow(arrow_schema(schema))


def _column_type(kind: object) -> ColumnType:
    text = str(kind)
    if "array" in text.lower():
        return ColumnType.STRINGS
    for word, column_type in (
        ("timestamp", ColumnType.TIMESTAMP),
        ("boolean", ColumnType.BOOLEAN),
        ("double", ColumnType.DOUBLE),
        ("float", ColumnType.DOUBLE),
        ("long", ColumnType.LONG),
        ("integer", ColumnType.LONG),
    ):
        if word in text:
            return column_type
    return ColumnType.STRING


def _noted(note: str) -> CommitProperties:
    return CommitProperties(custom_metadata={"sonnim": note} if note else None)


def _properties(token: str, note: Mapping[str, object] | None) -> CommitProperties:
    work, meaning = _transaction(token)
    return CommitProperties(
        custom_metadata={"sonnim": json.dumps(dict(note), ensure_ascii=False)} if note else None,
        app_transactions=([Transaction(work, meaning, int(time.time() * 1000))] if token else None),
    )


def _transaction(token: str) -> tuple[str, int]:
    """Name and number under which Delta keeps a token: the last number of each name counts."""
    work, sign, meaning = token.partition(" => ")
    if not sign:
        return token, 1
    digest = hashlib.blake2b(meaning.encode(), digest_size=8).digest()
    return work, int.from_bytes(digest) >> 1


def _merge(
    table: DeltaTable,
    schema: TableSchema,
    rows: ArrowStreamExportable,
    properties: CommitProperties,
) -> None:
    (
        table.merge(
            rows,
            _same_key(schema),
            source_alias="new",
            target_alias="old",
            commit_properties=properties,
        )
        .when_matched_update_all()
        .when_not_matched_insert_all()
        .execute()
    )


def _grown(table: DeltaTable, schema: TableSchema) -> None:
    """Gives a table of an earlier version the columns that its schema has since.

    Without them a merge would leave out what the new rows hold there, and say nothing.
    """
    there = {field.name for field in table.schema().fields}
    new = [field for field in _delta_schema(schema).fields if field.name not in there]
    if new:
        table.alter.add_columns(new)


def _same_key(schema: TableSchema) -> str:
    if len(schema.key) == 1:
        return f"old.{schema.key[0]} = new.{schema.key[0]}"
    # Of several key columns some may be empty.
    return " AND ".join(
        f"(old.{key} = new.{key} OR (old.{key} IS NULL AND new.{key} IS NULL))"
        for key in schema.key
    )


def _reader() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    return connection

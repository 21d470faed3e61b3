"""Takes away what a table's newest snapshot does not need: old files, and the log of what was.

A Delta table keeps the files of its older snapshots, and its log says of each commit what it did.
Erasing a person means that neither may hold anything of them. Therefore no statistics of columns
are written into the log (the least and greatest name, or text), a person is never named in a
predicate of a commit, and after an erasure the log begins anew with a checkpoint of what is there.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from deltalake import CommitProperties, DeltaTable

from sonnim.tables.errors import StopError

NO_STATISTICS = {"delta.dataSkippingNumIndexedCols": "0"}
"""Configuration of every table: statistics of columns would put customers' words into the log."""

_RETENTION = "delta.logRetentionDuration"
_NONE = "interval 0 days"
_USUAL = "interval 30 days"


def forget(uri: str, properties: CommitProperties, *, remote: bool) -> int:
    """Removes all but the newest snapshot of a table; gives the number of data files removed.

    Marks of work done (transaction identifiers) stay: the checkpoint holds them. A reader that
    began before may find its files gone. Killed at any moment, the table is whole, and a second
    call does the rest.

    Args:
        uri: Where the table is.
        properties: Recorded with the commits, so that a note on the last answer is not lost.
        remote: Whether the table is in an object store, where only delta-rs can remove files.
    """
    table = DeltaTable(uri)
    kept = table.metadata().configuration.get(_RETENTION) or _USUAL
    removed = table.vacuum(
        retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True
    )
    # The log is cut at a checkpoint: with a retention of zero nothing before it is kept.
    _configure(uri, {**NO_STATISTICS, _RETENTION: _NONE}, properties)
    table = DeltaTable(uri)
    table.create_checkpoint()
    table.cleanup_metadata()
    # A killed call leaves zero behind; the next one puts the usual time back.
    _configure(uri, {_RETENTION: _USUAL if kept == _NONE else kept}, properties)
    return len(removed) + (0 if remote else _remove_strangers(uri))


def old_files(uri: str) -> tuple[str, ...]:
    """Data files in a table's folder that its newest snapshot does not need."""
    now = {Path(file).name for file in DeltaTable(uri).file_uris()}
    there = Path(uri).glob("*.parquet")
    return tuple(sorted(str(file) for file in there if file.name not in now))


def refuse_forgotten(table: DeltaTable, name: str, as_of: int | str | datetime) -> None:
    """Refuses a time or version before the first snapshot that is left.

    Raises:
        StopError: What the table held then was taken away.
    """
    entries = table.history()
    first = table.version() - len(entries) + 1
    if not entries or first <= 0:
        return
    began = datetime.fromtimestamp(entries[-1]["timestamp"] / 1000, UTC)
    gone = as_of < first if isinstance(as_of, int) else moment_of(as_of) < began
    if gone:
        raise StopError("store_forgotten", table=name, first=first, time=f"{began:%Y-%m-%d %H:%M}")


def moment_of(as_of: str | datetime) -> datetime:
    """A time as somebody wrote it, in UTC where it names no zone.

    Example:
        >>> moment_of("2026-03-01").isoformat()
        '2026-03-01T00:00:00+00:00'
    """
    moment = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _configure(uri: str, values: dict[str, str], properties: CommitProperties) -> None:
    DeltaTable(uri).alter.set_table_properties(
        values, raise_if_not_exists=False, commit_properties=properties
    )


def _remove_strangers(uri: str) -> int:
    """Removes what vacuum overlooks: files half written by a killed process, and older logs."""
    folder, log = Path(uri), Path(uri) / "_delta_log"
    kept = {Path(file).name for file in DeltaTable(uri).file_uris()}
    removed = 0
    for file in folder.iterdir():
        if file.is_file() and file.name not in kept:
            file.unlink()
            removed += 1
    pointer = json.loads((log / "_last_checkpoint").read_text(encoding="utf-8"))
    first = int(pointer["version"])
    for file in log.iterdir():
        number = file.name[:20]
        ours = number.isdigit() and file.suffix in (".json", ".parquet") and int(number) >= first
        if file.is_file() and not ours and file.name != "_last_checkpoint":
            file.unlink()
    return removed

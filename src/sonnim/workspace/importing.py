"""`add`: files become canonical rows; nothing twice, nothing lost, all or nothing."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sonnim.connectors.base import Connector, Mapping, Payload, table_of
from sonnim.connectors.places import hidden
from sonnim.connectors.propose import korean_share
from sonnim.storage.delta import DeltaStore
from sonnim.tables.errors import SkipError
from sonnim.workspace import settings
from sonnim.workspace.drift import Drift, follow
from sonnim.workspace.lock import writing
from sonnim.workspace.mapping_words import in_zone, known_zone, mapping_for
from sonnim.workspace.rejecting import reject
from sonnim.workspace.taking import LeftOut, put, spot, staged


@dataclass(frozen=True, kw_only=True)
class Added:
    """What came of one file and one table.

    Attributes:
        label: Name of the file.
        source: Name of the source.
        table: Canonical table.
        new: Rows that were not there.
        changed: Rows that were there with other values.
        same: Rows that were there already.
        rejected: Rows that could not be taken (table `rejected` says why).
        erased: Rows left out because they are of a person who was erased.
        known: Whether this very file was taken before (then nothing was read again).
        problem: Why the file was skipped, or "".
        nothing: Why there was nothing to take although nothing is wrong, or "".
    """

    label: str
    source: str
    table: str = ""
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    erased: int = 0
    known: bool = False
    problem: str = ""
    nothing: str = ""


Proposed = Callable[[Payload, Mapping, tuple[Drift, ...]], None]
"""Is told of a payload, how it will be read, and what is not as in the files before."""


def add(
    folder: Path,
    store: DeltaStore,
    connector: Connector,
    location: str,
    *,
    source: str = "",
    words: Sequence[str] = (),
    proposed: Proposed | None = None,
) -> Iterator[Added]:
    """Takes everything at a location; gives what came of each file and table.

    Args:
        folder: The workspace.
        store: Its store.
        connector: Who reads.
        location: File, folder, glob, or - for standard input.
        source: Name of the source; else the one whose files have the same columns, or a new one.
        words: `--map` texts.
        proposed: Called with each new mapping, or one with drifts, before anything is written.
    """
    with writing(folder):
        store.clear_staging()
        for payload in _payloads(connector, location, source):
            if isinstance(payload, Added):
                yield payload
                continue
            try:
                yield from _taken(folder, store, connector, payload, source, words, proposed)
            except SkipError as error:
                yield _not_taken(payload.label, payload.source, error)
            finally:
                for file in payload.temporary:
                    file.unlink(missing_ok=True)


_ENDINGS = (
    "gz|zst|zip|csv|tsv|txt|json|jsonl|ndjson|geojson|js|parquet|pq|xlsx|xlsm|xltx|xlsb|xls|ods|"
    "mbox|mbx|eml|emlx|xml|rss|atom|rdf|graphml|gexf|net|paj"
)


def source_name(label: str) -> str:
    """A source's name from a file's: letters, digits and _.

    Example:
        >>> source_name("Reviews to 2024-06.csv.gz")
        'reviews_to_2024_06'
        >>> source_name("리뷰.xlsx")
        '리뷰'
    """
    stem = re.sub(rf"(\.({_ENDINGS}))+(?=#|$)", "", label.lower())
    return re.sub(r"[^\w]+", "_", stem).strip("_") or "source"


def _payloads(connector: Connector, location: str, source: str) -> Iterator[Payload | Added]:
    # One file that cannot be read must not keep the others out.
    files = iter(connector.fetch(location, source or "source"))
    while True:
        try:
            yield next(files)
        except StopIteration:
            return
        except SkipError as error:
            yield _not_taken(str(error.values.get("file", hidden(location))), source, error)


def _not_taken(label: str, source: str, error: SkipError) -> Added:
    if error.key == "files_header_only":
        # A day on which nobody wrote is no failure of the nightly export.
        return Added(label=label, source=source, nothing=str(error))
    return Added(label=label, source=source, problem=str(error))


def _taken(
    folder: Path,
    store: DeltaStore,
    connector: Connector,
    payload: Payload,
    source: str,
    words: Sequence[str],
    proposed: Proposed | None,
) -> Iterator[Added]:
    name = source or settings.source_of(folder, payload)
    name = name or settings.free_name(folder, source_name(payload.label))
    payload = replace(payload, source=name)
    known = None if words else settings.read_source(folder, name)
    if known is not None:
        # Before anything is read of it: the same file again costs no more than telling that.
        same = replace(known.mapping, source=name)
        if _done(store, payload, same):
            yield from _known(payload, same)
            return
    if known is None:
        mapping = mapping_for(payload, words, connector=connector)
        try:
            mapping = in_zone(mapping, payload, settings.timezone(folder))
        finally:
            # Also where the zone is wanting: what was understood is seen, and not written down.
            if proposed is not None:
                proposed(payload, mapping, ())
        drifts: tuple[Drift, ...] = ()
    else:
        if known.mapping.timezone:
            known_zone(known.mapping.timezone)
        mapping, drifts = follow(known, payload)
        if drifts and proposed is not None:
            proposed(payload, mapping, drifts)
    if known is None or drifts:
        columns = tuple(column.name for column in payload.columns)
        settings.write_mapping(folder, mapping, columns, korean_share(payload.columns))
    if _done(store, payload, mapping):
        yield from _known(payload, mapping)
        return
    tokens = {part: _token(payload, mapping, part) for part in mapping.tables}
    try:
        yield from _put(folder, store, connector, payload, mapping, tokens)
    except LeftOut:
        yield from _carefully(folder, store, connector, payload, mapping, tokens)


def _done(store: DeltaStore, payload: Payload, mapping: Mapping) -> bool:
    """Whether the payload was taken, read as this mapping says."""
    return all(
        store.done(table_of(part), _token(payload, mapping, part)) for part in mapping.tables
    )


def _known(payload: Payload, mapping: Mapping) -> Iterator[Added]:
    for part in mapping.tables:
        yield Added(label=payload.label, source=payload.source, table=table_of(part), known=True)


def _carefully(
    folder: Path,
    store: DeltaStore,
    connector: Connector,
    payload: Payload,
    mapping: Mapping,
    tokens: dict[str, str],
) -> Iterator[Added]:
    if payload.carefully is None:
        return
    again = replace(payload.carefully(), source=payload.source)
    try:
        yield from _put(folder, store, connector, again, mapping, tokens)
    finally:
        for file in again.temporary:
            file.unlink(missing_ok=True)


def _put(
    folder: Path,
    store: DeltaStore,
    connector: Connector,
    payload: Payload,
    mapping: Mapping,
    tokens: dict[str, str],
) -> Iterator[Added]:
    with spot(store) as place:
        # All is computed before anything is written, and what is rejected is written first: if we
        # are killed in between, the next run finds the rest to do.
        parts = [
            staged(folder, store, place, payload, shaped)
            for shaped in connector.shape(payload, mapping)
        ]
        rejects = reject(folder, store, payload, parts)
        for number, one in enumerate(parts):
            done = put(store, one, tokens[one.shaped.part], rejects.doubled[number])
            yield Added(
                label=payload.label,
                source=payload.source,
                table=one.shaped.schema.name,
                new=done.new,
                changed=done.changed,
                same=done.same,
                rejected=0 if number else rejects.rows,
                erased=one.erased + (0 if number else rejects.erased),
            )


def _token(payload: Payload, mapping: Mapping, table: str) -> str:
    # What the mapping means, not why it was proposed: the same file read the same way is done.
    meaning = [
        (m.table, m.column, m.raw, m.constant, m.format, m.sql, m.scale) for m in mapping.matches
    ]
    told = repr((
        sorted(meaning), mapping.tables, mapping.timezone, sorted(mapping.leftover),
        mapping.prepare,
    ))  # fmt: skip
    # Read another way in between, it is not done: of one file the last reading counts.
    return f"import:{payload.source}:{table}:{payload.bookmark.position} => {told}"

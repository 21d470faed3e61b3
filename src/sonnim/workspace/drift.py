"""What changed between the files of one source: renamed and new columns, scales, languages.

A later file of a known source needs no question; but what changed is said before anything is
written, and a file that lost what its rows need is not taken.
"""

import difflib
from dataclasses import dataclass, replace

import duckdb

from sonnim.connectors.base import Mapping, Match, Payload
from sonnim.connectors.names import normal
from sonnim.connectors.numbers import number_sql
from sonnim.connectors.propose import korean_share, propose
from sonnim.tables.catalog import table_schema
from sonnim.tables.errors import SkipError, StopError
from sonnim.tables.step import identifier

ALIKE = 0.7
"""Share of a known source's columns that a file must have to be taken for its next export."""
_LANGUAGE_CHANGE = 0.4


@dataclass(frozen=True, kw_only=True)
class Drift:
    """One thing that is not as it was.

    Attributes:
        kind: `renamed`, `lost`, `fresh` (a column that was not there), `scale` or `language`.
        column: The raw column, as it was called before.
        was: What was.
        now: What is.
    """

    kind: str
    column: str
    was: str = ""
    now: str = ""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a source from the files before.

    Attributes:
        mapping: How it was mapped.
        columns: Its raw columns.
        korean: Share of Korean letters in its names and samples, None if it was not noted.
    """

    mapping: Mapping
    columns: tuple[str, ...]
    korean: float | None = None


def alike(columns: tuple[str, ...], payload: Payload) -> float:
    """Share of a source's columns that the payload has."""
    there = {column.name for column in payload.columns}
    return sum(name in there for name in columns) / len(columns) if columns else 0.0


def follow(known: Known, payload: Payload) -> tuple[Mapping, tuple[Drift, ...]]:
    """The known mapping as it applies to a later file, and what changed.

    Raises:
        SkipError: A column that the rows need is not there, and none that could be it.
        StopError: The mapping names a column that no file of the source ever had.
    """
    mapping, drifts = _renamed(known, payload)
    mapping, scales = _scaled(mapping, payload)
    drifts += scales
    drifts += _language(known, payload)
    return replace(mapping, source=payload.source), tuple(drifts)


def _renamed(known: Known, payload: Payload) -> tuple[Mapping, list[Drift]]:
    mapping = known.mapping
    there = {column.name for column in payload.columns}
    fresh = [name for name in (c.name for c in payload.columns) if name not in known.columns]
    missing = (
        [] if mapping.prepare else [m for m in mapping.matches if m.raw and m.raw not in there]
    )
    for one in missing:
        if known.columns and one.raw not in known.columns:
            # It never was there: a slip of the hand in sonnim.toml, and no drift.
            raise StopError(
                "map_unknown_raw", file=payload.label, column=one.raw, allowed=", ".join(there)
            )
    names = {one.raw: _name_now(one, fresh, payload) for one in missing}
    drifts: list[Drift] = []
    matches: list[Match] = []
    for match in mapping.matches:
        if match.raw not in names:
            matches.append(match)
            continue
        now = names[match.raw]
        if now:
            matches.append(replace(match, raw=now))
        elif _needed(match, mapping):
            raise SkipError(
                "drift_lost",
                file=payload.label,
                source=payload.source,
                column=match.raw,
                meaning=match.column,
                received=", ".join(there),
            )
    for raw, now in names.items():
        kind = "renamed" if now else "lost"
        drifts.append(Drift(kind=kind, column=raw, was=raw, now=now))
    drifts += [
        Drift(kind="fresh", column=name, now=name) for name in fresh if name not in names.values()
    ]
    gone = {name for name in mapping.leftover if name not in there}
    added = [drift.now for drift in drifts if drift.kind == "fresh"]
    leftover = (*(name for name in mapping.leftover if name not in gone), *added)
    return replace(mapping, matches=tuple(matches), leftover=leftover), drifts


def _name_now(match: Match, fresh: list[str], payload: Payload) -> str:
    """The new column that is what the old one was: by what it would be proposed as, or by name."""
    if not fresh:
        return ""
    try:
        proposal = propose(payload)
    except SkipError:
        proposal = Mapping(source="", tables=(), matches=())
    for other in proposal.matches:
        same = (other.table, other.column) == (match.table, match.column)
        if same and other.raw in fresh:
            return other.raw
    plain = {normal(name): name for name in fresh}
    close = difflib.get_close_matches(normal(match.raw), plain, n=1, cutoff=0.75)
    return plain[close[0]] if close else ""


def _needed(match: Match, mapping: Mapping) -> bool:
    """Whether rows are no rows, or no longer the same rows, without the column."""
    schema = table_schema(match.table.partition("/")[0])
    if match.column in schema.key or match.column in ("nps", "csat", "ces"):
        return True
    if match.column not in schema.names:
        return False
    if match.column == "text":
        return not any(m.table == match.table and m.column == "rating" for m in mapping.matches)
    return schema.column(match.column).required


def _scaled(mapping: Mapping, payload: Payload) -> tuple[Mapping, list[Drift]]:
    """Ratings beyond the scale that was noted: the file's rows get the scale that they show."""
    drifts: list[Drift] = []
    matches = list(mapping.matches)
    for match in mapping.matches:
        if match.column != "rating" or not match.raw:
            continue
        top = next(
            (m for m in matches if m.table == match.table and m.column == "rating_max"), None
        )
        if top is None or not top.constant:
            continue
        greatest = _greatest(match, payload)
        if greatest is None or greatest <= float(top.constant):
            continue
        now = next((f"{end}" for end in (5, 7, 10, 100) if greatest <= end), f"{greatest:g}")
        drifts.append(Drift(kind="scale", column=match.raw, was=top.constant, now=now))
        matches = [replace(m, constant=now) if m is top else m for m in matches]
    return replace(mapping, matches=tuple(matches)), drifts


def _greatest(match: Match, payload: Payload) -> float | None:
    query = f"SELECT max({number_sql(identifier(match.raw), match.format)}) FROM {payload.scan}"
    try:
        with duckdb.connect() as connection:
            row = connection.execute(query).fetchone()
    except duckdb.Error:
        return None
    return float(row[0]) if row and row[0] is not None else None


def _language(known: Known, payload: Payload) -> list[Drift]:
    now = korean_share(payload.columns)
    if known.korean is None or abs(now - known.korean) < _LANGUAGE_CHANGE:
        return []
    return [Drift(kind="language", column="", was=f"{known.korean:.0%}", now=f"{now:.0%}")]

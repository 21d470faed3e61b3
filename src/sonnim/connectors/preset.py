"""What a preset is: how the export of one tool is told by its columns, and what they mean.

A preset is a declaration, not code: raw names (with their variants) for canonical columns, and
SQL where a column must be worked out. One file each in `presets/`, found by scanning the folder;
the file's docstring is its page in the documentation.
"""

import re
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sonnim.connectors.base import Mapping, Match, Payload, RawColumn
from sonnim.connectors.names import normal
from sonnim.connectors.numbers import read_numbers
from sonnim.connectors.times import TimeReading
from sonnim.tables.step import identifier
from sonnim.tables.words import current_language, say

CERTAINTIES = ("documented", "observed", "uncertain")
"""How sure a layout is: its maker documents it; files of it were seen; or it was pieced together
from what people write about it. Confidence of a mapping follows from it."""

_TIMES = ("time", "start", "end", "joined")
_NUMBERS = ("rating", "score", "value", "quantity", "weight", "nps", "csat", "ces")
# A question mark, four words in a row, or three that end a Korean sentence.
_QUESTION = re.compile(r"[?？]|\S\s+\S+\s+\S+\s+\S|\s\S+(세요|십시오|니까|나요|까요|가요)\W*$")
_CONFIDENCE = {"documented": 0.98, "observed": 0.95, "uncertain": 0.75}


@dataclass(frozen=True, kw_only=True)
class To:
    """Where one canonical column comes from.

    Several `To` of one column are tried in order; the first that can be had is taken.

    Attributes:
        column: The canonical column, or `WHERE` for the condition that a raw row gives a row.
        names: Raw names for it, best first; compared without case, spaces and signs.
        constant: A value for all rows.
        sql: An expression of DuckDB with raw columns as `{name}`; it is taken only where all of
            these are there. `{name?}` may be missing and is then null.
        format: How a time or number is written (see `Match.format`); "" lets the values tell.
    """

    column: str
    names: tuple[str, ...] = ()
    constant: str = ""
    sql: str = ""
    format: str = ""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of one table that a raw row gives.

    Attributes:
        table: Canonical table; a second kind of rows of it has a part behind a slash
            (`message/reply`).
        to: Its columns.
        needs: Canonical columns without which such rows make no sense: where none of a column's
            `To` can be had, the file gives no rows of this kind.
    """

    table: str
    to: tuple[To, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What all surveys of one tool share; their questions are found by `connectors/questions.py`.

    Attributes:
        response: SQL of what tells one response from another, best first.
        to: Columns of what is given with each answer: `time`, `person_id`, `survey`, `unit`….
        own: Raw columns that are the tool's own and hold no answers.
        asked_below: Whether the first row says what was asked (names are codes).
        wants_question: Whether a file without a column that reads like a question is none of
            these surveys, for tools with few columns of their own.
    """

    response: tuple[str, ...]
    to: tuple[To, ...]
    own: tuple[str, ...] = ()
    asked_below: bool = False
    wants_question: bool = False


@dataclass(frozen=True, kw_only=True)
class Preset:
    """The layout of one tool's export.

    Attributes:
        name: Name in `sonnim.toml` and of its sample.
        title: What people call it.
        title_ko: The same in Korean.
        certain: One of `CERTAINTIES`.
        needs: Raw columns it is recognised by; each entry lists spellings of one column.
        values: Raw columns whose values must fit a pattern, most of them; spellings of one column
            are parted by `|`.
        rows: What it gives.
        timezone: Zone of times that carry none, where the tool has one; "" if it depends.
        timezone_by: Zones of files that have a raw column of that name.
        prepare: SQL over `{scan}` that makes the raw rows, raw columns as in `To.sql`. It keeps
            all raw columns (`SELECT *, …`) and adds those of `prepared`.
        prepared: Raw columns that `prepare` adds; only `To.sql` can name them, with a `format`
            for times.
        ignore: Raw columns that are not kept among the attributes (secrets, duplicates).
        survey: For tools that ask questions, whose columns no list of names can know.
    """

    name: str
    title: str
    title_ko: str
    certain: str
    needs: tuple[tuple[str, ...], ...]
    rows: tuple[Rows, ...]
    values: tuple[tuple[str, str], ...] = ()
    timezone: str = ""
    timezone_by: tuple[tuple[str, str], ...] = ()
    prepare: str = ""
    prepared: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    survey: Survey | None = None


def by_name(columns: Iterable[RawColumn]) -> dict[str, RawColumn]:
    """Columns by their names, and by these without case, spaces and signs where that is free.

    Example:
        >>> held = by_name([RawColumn(name="Review ID", samples=())])
        >>> sorted(held), found(held, "review_id").name
        (['Review ID', 'reviewid'], 'Review ID')
    """
    every = tuple(columns)
    there: dict[str, RawColumn] = {}
    for column in every:
        there.setdefault(normal(column.name), column)
    return there | {column.name: column for column in every}


def found(there: dict[str, RawColumn], name: str) -> RawColumn | None:
    """The column of that name, else the first that is named nearly so, or None.

    Example:
        >>> held = by_name(RawColumn(name=n, samples=()) for n in ("requester.id", "requester_id"))
        >>> found(held, "requester_id").name, found(held, "Requester ID").name
        ('requester_id', 'requester.id')
    """
    return there.get(name) or there.get(normal(name))


def likeness(preset: Preset, columns: Iterable[RawColumn]) -> int:
    """How well columns fit a preset: 0 not at all; else more for more of its marks.

    Example:
        >>> p = Preset(name="x", title="x", title_ko="x", certain="observed", rows=(),
        ...     needs=(("Review ID",), ("Stars", "Rating")))
        >>> likeness(p, [RawColumn(name="review_id", samples=()), RawColumn(name="rating",
        ...     samples=())])
        2
    """
    there = by_name(columns)
    if not all(any(found(there, name) for name in names) for names in preset.needs):
        return 0
    marks = len(preset.needs)
    for name, pattern in preset.values:
        held = next((c for one in name.split("|") if (c := found(there, one))), None)
        samples = [value for value in held.samples if value][:100] if held else []
        fitting = sum(bool(re.search(pattern, value)) for value in samples)
        if fitting * 10 < len(samples) * 8 or not samples:
            return 0
        marks += 2
    survey = preset.survey
    if survey is not None and survey.wants_question:
        own = {normal(name) for name in survey.own}
        asked = {c.name for c in there.values() if normal(c.name) not in own}
        if not any(_QUESTION.search(name) for name in asked):
            return 0
        marks += 1
    return marks


def mapping_of(
    preset: Preset, payload: Payload, times_of: Callable[[RawColumn], TimeReading]
) -> Mapping:
    """The mapping of a payload that has the preset's layout.

    Args:
        preset: The preset.
        payload: What was recognised by it.
        times_of: Says how the times of a column are written.
    """
    prepared = tuple(RawColumn(name=name, samples=()) for name in preset.prepared)
    there = by_name((*prepared, *payload.columns))
    confidence = _CONFIDENCE[preset.certain]
    title = {"en": preset.title, "ko": preset.title_ko}
    why = say("why_preset", title=title[current_language()])
    matches: list[Match] = []
    tables: list[str] = []
    zoneless = ""

    def format_of(to: To, column: RawColumn) -> str:
        nonlocal zoneless
        if to.format:
            return to.format
        if to.column in _TIMES:
            reading = times_of(column)
            zoneless = zoneless or (column.name if reading.needs_zone else "")
            return reading.format
        if to.column in _NUMBERS:
            return read_numbers([value for value in column.samples if value]).format
        return ""

    for rows in preset.rows:
        made: dict[str, Match] = {}
        for to in rows.to:
            if to.column in made:
                continue
            match = _match(rows.table, to, there, format_of)
            if match is not None:
                made[to.column] = match
        if all(column in made for column in rows.needs):
            tables.append(rows.table)
            matches += [replace(match, confidence=confidence, why=why) for match in made.values()]
    used = {match.raw for match in matches} | {
        column.name
        for column in payload.columns
        if any(identifier(column.name) in match.sql for match in matches)
    }
    ignored = {normal(name) for name in preset.ignore}
    return Mapping(
        source=payload.source,
        tables=tuple(tables),
        matches=tuple(matches),
        timezone=next(
            (zone for name, zone in preset.timezone_by if found(there, name)), preset.timezone
        ),
        zoneless=zoneless,
        leftover=tuple(
            c.name for c in payload.columns if c.name not in used and normal(c.name) not in ignored
        ),
        preset=preset.name,
        prepare=filled(preset.prepare, there) or "",
    )


def filled(sql: str, there: dict[str, RawColumn]) -> str | None:
    """An expression with its `{names}` put in; None if one is missing.

    Example:
        >>> filled("{Created At?} || {id}", {"id": RawColumn(name="ID", samples=())})
        'CAST(NULL AS VARCHAR) || "ID"'
    """
    parts = []
    for text, name, _, _ in string.Formatter().parse(sql):
        parts.append(text)
        if name is None:
            continue
        column = found(there, name) or found(there, name.removesuffix("?"))
        if name == "scan":
            parts.append("{scan}")
        elif column is not None:
            parts.append(identifier(column.name))
        elif name.endswith("?"):
            parts.append("CAST(NULL AS VARCHAR)")
        else:
            return None
    return "".join(parts)


def _match(
    table: str, to: To, there: dict[str, RawColumn], format_of: Callable[[To, RawColumn], str]
) -> Match | None:
    if to.constant:
        return Match(table=table, column=to.column, constant=to.constant)
    if to.sql:
        sql = filled(to.sql, there)
        return Match(table=table, column=to.column, sql=sql, format=to.format) if sql else None
    for name in to.names:
        column = found(there, name)
        if column is None:
            continue
        return Match(table=table, column=to.column, raw=column.name, format=format_of(to, column))
    return None

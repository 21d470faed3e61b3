"""Turns a mapping into SQL: raw columns of a scan become canonical rows, in one pass."""

import re
from dataclasses import dataclass, replace
from hashlib import md5

from sonnim.connectors.base import ROW, WHERE, Mapping, Match, Payload, Shaped, table_of
from sonnim.connectors.numbers import number_sql
from sonnim.connectors.propose import SCALES
from sonnim.connectors.threads import threads
from sonnim.connectors.times import time_sql
from sonnim.tables.catalog import table_schema
from sonnim.tables.errors import StopError
from sonnim.tables.facts import REJECTED
from sonnim.tables.schema import Column, ColumnType, Privacy, TableSchema
from sonnim.tables.step import Step, identifier, quoted

REASON = "sonnim_reason"
"""Extra column of the good step: why a row cannot be taken, or null."""

STANDING = "standing_rows"
"""Name of the table with those of a file's rows that are kept, where several have one id."""

RAW = "sonnim_raw"
"""Extra column of the numbered step: the raw row as JSON."""

_PERSON_SPELLING = "'p_' || left(md5('sonnim-person:' || nullif(lower(trim({raw})), '')), 16)"
_SEPARATOR = "chr(31)"
_BLANK = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"


def shape(payload: Payload, mapping: Mapping) -> tuple[Shaped, ...]:
    """The steps for each canonical table that the mapping gives rows of.

    The good step has one more column than the schema, `REASON`: null for rows that can be taken.
    """
    return tuple(_shaped(payload, mapping, name) for name in mapping.tables)


def shape_bare(
    payload: Payload, mapping: Mapping, schema: TableSchema, needed: tuple[str, ...]
) -> Step:
    """All rows in the order of the file, nothing rejected; the key is the file's own or the row.

    Raises:
        StopError: A needed column is not mapped.
    """
    key = schema.key[0]
    row = f"CAST({ROW} AS VARCHAR)"
    queries = []
    for name in parts_of(mapping, schema.name):
        matches = _by_column(mapping, name)
        scored = any(metric in matches for metric in SCALES)
        for column in needed:
            if column in matches or column == key or (column in ("score", "metric") and scored):
                continue
            raise StopError(
                "map_needs",
                file=payload.label,
                column=column,
                received=", ".join(column.name for column in payload.columns),
            )
        own = matches.get(key)
        identity = f"coalesce({_text(_raw(own))}, {row})" if own else row
        part = _Part(mapping=mapping, name=name, schema=schema, person_as_is=True)
        queries.append(_rows(part, identity, _numbered_scan(payload, mapping), reason=False))
    return Step(
        name=schema.name,
        sql=" UNION ALL ".join(queries),
        inputs=(),
        output=schema,
        note="Rows of the file",
    )


def parts_of(mapping: Mapping, table: str) -> tuple[str, ...]:
    """What a bare file gives of a table: its rows, or where it has none of its own, all parts.

    Surveys have only parts, one for each question; a review's answer is no row of the file.

    Example:
        >>> parts_of(Mapping(source="", tables=("message", "message/reply"), matches=()), "message")
        ('message',)
        >>> parts_of(Mapping(source="", tables=("answer/nps", "answer/csat"), matches=()), "answer")
        ('answer/nps', 'answer/csat')
    """
    if table in mapping.tables:
        return (table,)
    return tuple(name for name in mapping.tables if table_of(name) == table)


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Rows of one canonical table that a mapping gives."""

    mapping: Mapping
    name: str
    schema: TableSchema
    person_as_is: bool = False

    @property
    def matches(self) -> dict[str, Match]:
        return _by_column(self.mapping, self.name)

    @property
    def verbatim(self) -> bool:
        """Whether it is what was written with the answers of a survey."""
        return self.name == "message" and "answer" in self.mapping.tables


def _shaped(payload: Payload, mapping: Mapping, name: str) -> Shaped:
    part = _Part(mapping=mapping, name=name, schema=table_schema(table_of(name)))
    schema, scan = part.schema, _scan(payload, mapping)
    identity = _identity(part, payload)
    step = name.replace("/", "_")
    followed = "reply_to" in part.matches and "thread_id" not in part.matches
    good = Step(
        name=f"{step}_shaped" if not followed else f"{step}_unthreaded",
        sql=_rows(part, identity, scan, reason=True),
        inputs=(),
        output=schema,
        note=f"Rows of {payload.label} as {name}",
    )
    steps = (replace(good, keep=True), threads(good, f"{step}_shaped")) if followed else (good,)
    raw = ", ".join(f"{quoted(c.name)}: {identifier(c.name)}" for c in payload.columns)
    extra = f", {ROW}, CAST(to_json({{{raw}}}) AS VARCHAR) AS {RAW}"
    numbered = Step(
        name=f"{step}_numbered",
        sql=_rows(part, identity, _numbered_scan(payload, mapping), reason=True, extra=extra),
        inputs=(),
        output=schema,
        note="The same with the raw rows",
    )
    own = part.matches.get(schema.key[0])
    return Shaped(
        schema=schema,
        part=name,
        good=steps,
        rejected=(numbered, _rejected(part, payload, numbered.name)),
        doubled=() if own is None else (numbered, _doubled(part, payload, numbered.name)),
        content_id=own is None,
        whole=not mapping.prepare and " WHERE " not in good.sql and "UNION ALL" not in good.sql,
        filled=_filled_columns(part, identity, threaded=followed),
    )


def _identity(part: _Part, payload: Payload) -> str:
    """SQL of what tells the rows of this table apart."""
    schema, source = part.schema, part.mapping.source
    own = part.matches.get(schema.key[0])
    suffix = part.name.partition("/")[2]
    if schema.key[0] == "source":
        return quoted(source)
    if own is not None and schema.column(schema.key[0]).privacy is Privacy.PSEUDONYM:
        return pseudonym(_raw(own))
    cells = ", ".join(
        f"{_SEPARATOR}, coalesce(CAST({identifier(c.name)} AS VARCHAR), chr(30))"
        for c in payload.columns
    )
    content = f"md5(concat({cells}))"
    if own is None:
        identity = content
    else:
        # A row of such a source that has no id is told by its content, as all rows of others are.
        identity = f"coalesce(nullif({_text(_raw(own))}, ''), '~' || {content})"
    if suffix and (own is None or not own.sql):
        # A reply that has no id of its own bears that of the message it is written under.
        identity += f" || {quoted('/' + suffix)}"
    return f"{quoted(source + ':')} || {identity}"


def _rejected(part: _Part, payload: Payload, numbered: str) -> Step:
    return Step(
        name=numbered.replace("_numbered", "_rejected"),
        sql=(
            f"SELECT {quoted(part.mapping.source)} AS source, {quoted(payload.label)} AS file, "
            f"CAST({ROW} AS BIGINT) AS row, {REASON} AS reason, {RAW} AS raw FROM {numbered} "
            f"WHERE {REASON} IS NOT NULL"
        ),
        inputs=(numbered,),
        output=REJECTED,
        note="Rows that could not be taken",
    )


def _doubled(part: _Part, payload: Payload, numbered: str) -> Step:
    key = part.schema.key[0]
    # A thread is found later, by the links of all rows.
    compared = [name for name in part.schema.names if name not in (key, "thread_id")]
    differs = " OR ".join(
        f"one.{identifier(name)} IS DISTINCT FROM kept.{identifier(name)}" for name in compared
    )
    return Step(
        name=numbered.replace("_numbered", "_doubled"),
        sql=(
            f"SELECT {quoted(part.mapping.source)} AS source, {quoted(payload.label)} AS file, "
            f"CAST(one.{ROW} AS BIGINT) AS row, '{key}: another row has the same' AS reason, "
            f"one.{RAW} AS raw FROM {numbered} one JOIN {STANDING} kept ON kept.{key} = one.{key} "
            f"WHERE one.{REASON} IS NULL AND ({differs})"
        ),
        inputs=(numbered, STANDING),
        output=REJECTED,
        note="Rows with the id of another row that stands",
    )


def _scan(payload: Payload, mapping: Mapping, scan: str = "") -> str:
    scan = scan or payload.scan
    return f"({mapping.prepare.replace('{scan}', scan)})" if mapping.prepare else scan


def _numbered_scan(payload: Payload, mapping: Mapping) -> str:
    if payload.numbered:
        return _scan(payload, mapping)
    numbered = f"(SELECT *, row_number() OVER () AS {ROW} FROM {payload.scan})"
    return _scan(payload, mapping, numbered)


def _conditions(part: _Part) -> list[str]:
    where = part.matches.get(WHERE)
    return [f"({where.sql})"] if where is not None else []


def _rows(part: _Part, identity: str, scan: str, *, reason: bool, extra: str = "") -> str:
    matches = part.matches
    metrics = _metrics(part)
    stamps = _stamps(part) if reason else {}
    if stamps:
        # Read once, though the reason asks for them too: DuckDB would read them again there.
        times = ", ".join(f"{read} AS {_stamp(name)}" for name, read in stamps.items())
        scan = f"(SELECT *, {times} FROM {scan})"
    queries = []
    for metric in metrics:
        parts = []
        for column in part.schema.columns:
            expression = _value(part, column, identity, metric)
            if column.name in stamps:
                expression = _stamp(column.name)
            elif reason:
                literal = _LITERAL.fullmatch(expression)
                expression = _as_enumeration(literal) if literal else expression
            parts.append(f"{expression} AS {identifier(column.name)}")
        if reason:
            parts.append(f"{_reason(part, metric)} AS {REASON}")
        conditions = _conditions(part)
        if metric and reason:
            conditions += _answered(part, metric, first=metric == metrics[0])
        elif metric and len(metrics) > 1:
            conditions.append(_filled(matches[metric]))
        if reason and part.verbatim:
            # An answer without a comment is no message, and nothing is wrong with it.
            conditions.append(_filled(matches["text"]))
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        queries.append(f"SELECT {', '.join(parts)}{extra} FROM {scan}{where}")
    return " UNION ALL ".join(queries)


_LITERAL = re.compile(r"(?:CAST\()?('(?:[^']|'')+')(?: AS VARCHAR\))?")


def _as_enumeration(found: re.Match[str]) -> str:
    """One value for all rows as an enumeration: as a string it would be written row by row."""
    return f"CAST({found[1]} AS ENUM({found[1]}))"


def _stamps(part: _Part) -> dict[str, str]:
    """Columns of times without which a row is rejected, with the SQL that reads them."""
    matches = part.matches
    return {
        column.name: time_sql(_raw(match), match.format, part.mapping.timezone)
        for column in part.schema.columns
        if column.type is ColumnType.TIMESTAMP and column.required
        if (match := matches.get(column.name)) is not None and not match.constant
    }


def _stamp(name: str) -> str:
    """The name under which such a column stands beside the raw ones."""
    return f"sonnim_{name}"


def _answered(part: _Part, metric: str, *, first: bool) -> list[str]:
    """Which raw rows are answers to this question.

    Who left a question out gave no answer to it, and nothing is wrong with that. Who left out all
    of them and wrote nothing either is met once, to be rejected.
    """
    filled = _filled(part.matches[metric])
    others = [part.matches[name] for name in SCALES if name in part.matches and name != metric]
    verbatim = [
        match
        for match in part.mapping.matches
        if match.table == "message" and match.column == "text"
    ]
    if not others and not verbatim:
        return []
    if not first:
        return [filled]
    return [f"({filled} OR NOT ({' OR '.join(map(_filled, [*others, *verbatim]))}))"]


def _filled_columns(part: _Part, identity: str, *, threaded: bool) -> tuple[str, ...]:
    """The columns that hold values in some rows, and those that every reader asks for."""
    return tuple(
        column.name
        for column in part.schema.columns
        if column.required
        or (threaded and column.name == "thread_id")
        or any(_value(part, column, identity, m) != _null(column) for m in _metrics(part))
    )


def _metrics(part: _Part) -> list[str]:
    """The questions that are answered in one raw row; for all but answers there is none."""
    if part.schema.name != "answer":
        return [""]
    return [metric for metric in SCALES if metric in part.matches] or [""]


def _null(column: Column) -> str:
    return f"CAST(NULL AS {_SQL[column.type]})"


def _value(part: _Part, column: Column, identity: str, metric: str) -> str:
    matches, mapping, schema = part.matches, part.mapping, part.schema
    null = _null(column)
    name = column.name
    if name == schema.key[0] and column.type is not ColumnType.TIMESTAMP:
        # The verbatim of an answer and each of its scores need ids of their own.
        return f"{identity} || {quoted(':' + metric)}" if metric else identity
    if name == "source":
        return quoted(mapping.source)
    if schema.name == "answer" and name == "message_id" and "message" in mapping.tables:
        return identity
    if metric and name == "metric":
        return quoted(metric)
    if metric and name == "score":
        return _numbered(matches[metric])
    if metric and name in ("scale_min", "scale_max") and name not in matches:
        low, _, high = matches[metric].scale.partition("-")
        ends = (low, high) if high else SCALES[metric]
        return f"CAST({float(ends[name == 'scale_max'])!r} AS DOUBLE)"
    if name == "attributes" and name not in matches:
        # What is left over is said of what was said or done, not of who said it; but a list of
        # people says it of them.
        others = {table_of(table) for table in mapping.tables} - {"person", "account"}
        return null if schema.name == "person" and others else _attributes(mapping) or null
    match = matches.get(name)
    if match is None:
        return null
    raw = _raw(match)
    if match.constant and column.type is ColumnType.TIMESTAMP:
        return time_sql(raw, "iso", mapping.timezone or "UTC")
    if match.constant and column.privacy is not Privacy.PSEUDONYM:
        return f"CAST({raw} AS {_SQL[column.type]})"
    if column.type is ColumnType.TIMESTAMP:
        return time_sql(raw, match.format, mapping.timezone)
    if column.type is ColumnType.DOUBLE:
        return _numbered(match)
    if column.type is ColumnType.LONG:
        return f"TRY_CAST(round({_numbered(match)}) AS BIGINT)"
    if column.privacy is Privacy.PSEUDONYM and not part.person_as_is:
        return pseudonym(raw)
    if name == "direction":
        return (
            f"CASE lower({_text(raw)}) WHEN 'true' THEN 'in' WHEN 'false' THEN 'out' "
            f"ELSE lower({_text(raw)}) END"
        )
    if name in ("reply_to", "share_of", "thread_id", "message_id"):
        # A bare file's rows keep their own names.
        return (
            _text(raw) if part.person_as_is else f"{quoted(mapping.source + ':')} || {_text(raw)}"
        )
    if name == "text":
        return f"coalesce({_text(raw)}, '')"
    return _text(raw)


def _reason(part: _Part, metric: str = "") -> str:
    """SQL that is null for a good row, and else says what is wrong with it."""
    matches, schema, stamps = part.matches, part.schema, _stamps(part)
    cases = []
    for column in schema.columns:
        if column.name in stamps:
            match = matches[column.name]
            zoneless = ""
            if not part.mapping.timezone:
                somewhere = time_sql(_raw(match), match.format, "UTC")
                zoneless = f"WHEN {somewhere} IS NOT NULL THEN '{column.name}: names no zone' "
            cases.append(
                f"WHEN {_stamp(column.name)} IS NULL THEN CASE {zoneless}"
                f"WHEN {_filled(match)} THEN '{column.name}: not a date' "
                f"ELSE '{column.name}: missing' END"
            )
    if schema.name == "message" and not part.verbatim and "text" in matches:
        empty = f"NOT {_filled(matches['text'])}"
        if "rating" in matches:
            # Stars without words are a voice too.
            empty += f" AND {_numbered(matches['rating'])} IS NULL"
        cases.append(f"WHEN {empty} THEN 'text: missing'")
    if "person_id" in matches and schema.column("person_id").required:
        cases.append(f"WHEN NOT {_filled(matches['person_id'])} THEN 'person: missing'")
    if schema.name == "tie":
        for name in ("from_id", "to_id"):
            filled = _filled(matches[name]) if name in matches else "false"
            cases.append(f"WHEN NOT {filled} THEN '{name}: missing'")
        if "weight" in matches:
            weight = matches["weight"]
            cases.append(
                f"WHEN {_filled(weight)} AND {_numbered(weight)} IS NULL "
                "THEN 'weight: not a number'"
            )
    if schema.name == "answer":
        name = metric or "score"
        if name in matches:
            cases.append(
                f"WHEN {_numbered(matches[name])} IS NULL THEN CASE WHEN {_filled(matches[name])} "
                f"THEN '{name}: not a number' ELSE 'score: missing' END"
            )
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def pseudonym(raw: str) -> str:
    """SQL of the pseudonym of the person whose id at a source the expression gives."""
    return pseudonym_of_text(_text(raw))


def pseudonym_of_text(text: str) -> str:
    """The same of an expression that is text already; this SQL is understood by all engines."""
    return _PERSON_SPELLING.format(raw=text)


def pseudonym_here(raw: str) -> str:
    """The pseudonym itself, of an id that is not empty.

    >>> pseudonym_here(" Ann ")
    'p_fc90d25222d8d207'
    """
    told = f"sonnim-person:{raw.strip().lower()}"
    return f"p_{md5(told.encode(), usedforsecurity=False).hexdigest()[:16]}"


def _numbered(match: Match) -> str:
    return number_sql(_raw(match), match.format)


def _raw(match: Match) -> str:
    """SQL of what a match takes from the raw row."""
    if match.sql:
        return f"({match.sql})"
    return identifier(match.raw) if match.raw else quoted(match.constant)


def _text(raw: str) -> str:
    return f"CAST({raw} AS VARCHAR)"


def _filled(match: Match) -> str:
    text, blank = f"coalesce({_text(_raw(match))}, '')", quoted(_BLANK)
    # Nearly every text begins with a letter; trimming it would take longer than all else.
    blanks_first = f"contains({blank}, left({text}, 1))"
    return f"(CASE WHEN {blanks_first} THEN ltrim({text}, {blank}) <> '' ELSE true END)"


def _attributes(mapping: Mapping) -> str:
    if not mapping.leftover:
        return ""
    parts = ", ".join(f"{quoted(name)}: {identifier(name)}" for name in mapping.leftover)
    return f"CAST(to_json({{{parts}}}) AS VARCHAR)"


def _by_column(mapping: Mapping, table: str) -> dict[str, Match]:
    return {match.column: match for match in mapping.matches if match.table == table}


_SQL = {
    ColumnType.STRING: "VARCHAR",
    ColumnType.LONG: "BIGINT",
    ColumnType.DOUBLE: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.TIMESTAMP: "TIMESTAMPTZ",
    ColumnType.STRINGS: "VARCHAR[]",
}

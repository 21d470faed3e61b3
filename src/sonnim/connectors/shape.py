"""Turns a mapping into SQL: raw columns of a scan become canonical rows, in one pass."""

from dataclasses import dataclass, replace

from sonnim.connectors.base import WHERE, Mapping, Match, Payload, Shaped, table_of
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

_PERSON_SPELLING = "'p_' || left(md5('sonnim-person:' || lower(trim({raw}))), 16)"
_SEPARATOR = "chr(31)"


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
    matches = _by_column(mapping, schema.name)
    key = schema.key[0]
    for column in needed:
        if (
            column not in matches
            and column != key
            and not (column in ("score", "metric") and any(metric in matches for metric in SCALES))
        ):
            raise StopError(
                "map_needs",
                file=payload.label,
                column=column,
                received=", ".join(column.name for column in payload.columns),
            )
    own = matches.get(key)
    row = "CAST(sonnim_row AS VARCHAR)"
    identity = f"coalesce({_text(_raw(own))}, {row})" if own else row
    inner = f"SELECT *, row_number() OVER () AS sonnim_row FROM {_scan(payload, mapping)}"
    part = _Part(mapping=mapping, name=schema.name, schema=schema, person_as_is=True)
    query = _rows(part, identity, f"({inner})", reason=False)
    return Step(name=schema.name, sql=query, inputs=(), output=schema, note="Rows of the file")


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
    own = part.matches.get(schema.key[0])
    suffix = name.partition("/")[2]
    if schema.key[0] == "source":
        identity = quoted(mapping.source)
    elif own is None:
        parts = ", ".join(
            f"{_SEPARATOR}, coalesce(CAST({identifier(c.name)} AS VARCHAR), chr(30))"
            for c in payload.columns
        )
        identity = f"{quoted(mapping.source + ':')} || md5(concat({parts}))"
        if suffix:
            identity += f" || {quoted('/' + suffix)}"
    elif schema.column(schema.key[0]).privacy is Privacy.PSEUDONYM:
        identity = pseudonym(_raw(own))
    else:
        identity = f"{quoted(mapping.source + ':')} || {_text(_raw(own))}"
        if suffix and not own.sql:
            # A reply that has no id of its own bears that of the message it is written under.
            identity += f" || {quoted('/' + suffix)}"
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
    numbered = f"SELECT *, row_number() OVER () AS sonnim_row FROM {scan}"
    rejected = Step(
        name=f"{step}_rejected",
        sql=(
            f"SELECT {quoted(mapping.source)} AS source, {quoted(payload.label)} AS file, "
            f"sonnim_row AS row, {_reason(part)} AS reason, "
            f"CAST(to_json({{{raw}}}) AS VARCHAR) AS raw FROM ({numbered}) "
            f"WHERE {' AND '.join([*_conditions(part), f'{_reason(part)} IS NOT NULL'])}"
        ),
        inputs=(),
        output=REJECTED,
        note="Rows that could not be taken",
    )
    return Shaped(
        schema=schema, part=name, good=steps, rejected=(rejected,), content_id=own is None
    )


def _scan(payload: Payload, mapping: Mapping) -> str:
    return (
        f"({mapping.prepare.replace('{scan}', payload.scan)})" if mapping.prepare else payload.scan
    )


def _conditions(part: _Part) -> list[str]:
    where = part.matches.get(WHERE)
    return [f"({where.sql})"] if where is not None else []


def _rows(part: _Part, identity: str, scan: str, *, reason: bool) -> str:
    why = f", {_reason(part)} AS {REASON}" if reason else ""
    matches = part.matches
    metrics = [metric for metric in SCALES if metric in matches] or [""]
    if part.schema.name != "answer":
        metrics = [""]
    queries = []
    for metric in metrics:
        parts = []
        for column in part.schema.columns:
            expression = _value(part, column, identity, metric)
            parts.append(f"{expression} AS {identifier(column.name)}")
        conditions = _conditions(part)
        if metric and len(metrics) > 1:
            conditions.append(_filled(matches[metric]))
        if reason and part.verbatim:
            # An answer without a comment is no message, and nothing is wrong with it.
            conditions.append(_filled(matches["text"]))
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        queries.append(f"SELECT {', '.join(parts)}{why} FROM {scan}{where}")
    return " UNION ALL ".join(queries)


def _value(part: _Part, column: Column, identity: str, metric: str) -> str:
    matches, mapping, schema = part.matches, part.mapping, part.schema
    null = f"CAST(NULL AS {_SQL[column.type]})"
    name = column.name
    if name == schema.key[0]:
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
        # What is left over is said of what was said or done, not of who said it.
        return null if schema.name == "person" else _attributes(mapping) or null
    match = matches.get(name)
    if match is None:
        return null
    raw = _raw(match)
    if match.constant and column.privacy is not Privacy.PSEUDONYM:
        return f"CAST({raw} AS {_SQL[column.type]})"
    if column.type is ColumnType.TIMESTAMP:
        return time_sql(raw, match.format, mapping.timezone)
    if column.type is ColumnType.DOUBLE:
        return _numbered(match)
    if column.type is ColumnType.LONG:
        return f"CAST(round({_numbered(match)}) AS BIGINT)"
    if column.privacy is Privacy.PSEUDONYM and not part.person_as_is:
        return pseudonym(raw)
    if name == "direction":
        return (
            f"CASE lower({_text(raw)}) WHEN 'true' THEN 'in' WHEN 'false' THEN 'out' "
            f"ELSE lower({_text(raw)}) END"
        )
    if name in ("reply_to", "thread_id", "message_id"):
        return f"{quoted(mapping.source + ':')} || {_text(raw)}"
    if name == "text":
        return f"coalesce({_text(raw)}, '')"
    return _text(raw)


def _reason(part: _Part) -> str:
    """SQL that is null for a good row, and else says what is wrong with it."""
    matches, schema = part.matches, part.schema
    cases = []
    for column in schema.columns:
        match = matches.get(column.name)
        if column.type is ColumnType.TIMESTAMP and column.required and match and not match.constant:
            raw, zone = _raw(match), part.mapping.timezone
            zoneless = ""
            if not zone:
                somewhere = time_sql(raw, match.format, "UTC")
                zoneless = f"WHEN {somewhere} IS NOT NULL THEN '{column.name}: names no zone' "
            cases.append(
                f"WHEN {time_sql(raw, match.format, zone)} IS NULL THEN CASE {zoneless}"
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
    if schema.name == "answer":
        scores = [_numbered(matches[name]) for name in (*SCALES, "score") if name in matches]
        nothing = " AND ".join(f"{score} IS NULL" for score in scores)
        if nothing:
            cases.append(f"WHEN {nothing} THEN 'score: not a number'")
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def pseudonym(raw: str) -> str:
    """SQL of the pseudonym of the person whose id at a source the expression gives."""
    return _PERSON_SPELLING.format(raw=_text(raw))


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
    return f"(length(trim(coalesce({_text(_raw(match))}, ''))) > 0)"


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

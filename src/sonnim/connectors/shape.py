"""Turns a mapping into SQL: raw columns of a scan become canonical rows, in one pass."""

from sonnim.connectors.base import Mapping, Match, Payload, Shaped
from sonnim.connectors.propose import SCALES
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
    identity = f"coalesce(CAST({identifier(own.raw)} AS VARCHAR), {row})" if own else row
    inner = f"SELECT *, row_number() OVER () AS sonnim_row FROM {payload.scan}"
    query = _rows(schema, mapping, identity, f"({inner})", reason=False, person_as_is=True)
    return Step(name=schema.name, sql=query, inputs=(), output=schema, note="Rows of the file")


def _shaped(payload: Payload, mapping: Mapping, name: str) -> Shaped:
    schema = table_schema(name)
    matches = _by_column(mapping, name)
    own = matches.get(schema.key[0])
    if own is not None and own.raw:
        identity = f"{quoted(mapping.source + ':')} || {_text(identifier(own.raw))}"
    else:
        parts = ", ".join(
            f"{_SEPARATOR}, coalesce(CAST({identifier(c.name)} AS VARCHAR), chr(30))"
            for c in payload.columns
        )
        identity = f"{quoted(mapping.source + ':')} || md5(concat({parts}))"
    good = Step(
        name=f"{name}_shaped",
        sql=_rows(schema, mapping, identity, payload.scan, reason=True),
        inputs=(),
        output=schema,
        note=f"Rows of {payload.label} as {name}",
    )
    raw = ", ".join(f"{quoted(c.name)}: {identifier(c.name)}" for c in payload.columns)
    numbered = f"SELECT *, row_number() OVER () AS sonnim_row FROM {payload.scan}"
    rejected = Step(
        name=f"{name}_rejected",
        sql=(
            f"SELECT {quoted(mapping.source)} AS source, {quoted(payload.label)} AS file, "
            f"sonnim_row AS row, {_reason(schema, mapping)} AS reason, "
            f"CAST(to_json({{{raw}}}) AS VARCHAR) AS raw FROM ({numbered}) "
            f"WHERE {_reason(schema, mapping)} IS NOT NULL"
        ),
        inputs=(),
        output=REJECTED,
        note="Rows that could not be taken",
    )
    return Shaped(
        schema=schema, good=(good,), rejected=(rejected,), content_id=own is None or not own.raw
    )


def _rows(
    schema: TableSchema,
    mapping: Mapping,
    identity: str,
    scan: str,
    *,
    reason: bool,
    person_as_is: bool = False,
) -> str:
    why = f", {_reason(schema, mapping)} AS {REASON}" if reason else ""
    matches = _by_column(mapping, schema.name)
    metrics = [metric for metric in SCALES if metric in matches] or [""]
    if schema.name != "answer":
        metrics = [""]
    queries = []
    for metric in metrics:
        parts = []
        for column in schema.columns:
            expression = _value(schema, column, mapping, identity, metric, person_as_is)
            parts.append(f"{expression} AS {identifier(column.name)}")
        where = f" WHERE {_filled(matches[metric].raw)}" if metric and len(metrics) > 1 else ""
        if reason and _is_verbatim(schema, mapping):
            # An answer without a comment is no message, and nothing is wrong with it.
            where = f" WHERE {_filled(matches['text'].raw)}"
        queries.append(f"SELECT {', '.join(parts)}{why} FROM {scan}{where}")
    return " UNION ALL ".join(queries)


def _value(
    schema: TableSchema,
    column: Column,
    mapping: Mapping,
    identity: str,
    metric: str,
    person_as_is: bool,
) -> str:
    matches = _by_column(mapping, schema.name)
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
        return _number(identifier(matches[metric].raw))
    if metric and name in ("scale_min", "scale_max") and name not in matches:
        return f"CAST({SCALES[metric][name == 'scale_max']} AS DOUBLE)"
    if name == "attributes":
        return _attributes(mapping) or null
    match = matches.get(name)
    if match is None:
        return null
    if not match.raw:
        return f"CAST({quoted(match.constant)} AS {_SQL[column.type]})"
    raw = identifier(match.raw)
    if column.type is ColumnType.TIMESTAMP:
        return _time(raw, match.format, mapping.timezone)
    if column.type is ColumnType.DOUBLE:
        return _number(raw)
    if column.type is ColumnType.LONG:
        return f"TRY_CAST({raw} AS BIGINT)"
    if column.privacy is Privacy.PSEUDONYM and not person_as_is:
        return _PERSON_SPELLING.format(raw=_text(raw))
    if name == "direction":
        return (
            f"CASE lower({_text(raw)}) WHEN 'true' THEN 'in' WHEN 'false' THEN 'out' "
            f"ELSE lower({_text(raw)}) END"
        )
    if name == "reply_to":
        return f"{quoted(mapping.source + ':')} || {_text(raw)}"
    if name == "text":
        return f"coalesce({_text(raw)}, '')"
    return _text(raw)


def _reason(schema: TableSchema, mapping: Mapping) -> str:
    """SQL that is null for a good row, and else says what is wrong with it."""
    matches = _by_column(mapping, schema.name)
    cases = []
    for column in schema.columns:
        match = matches.get(column.name)
        if column.type is ColumnType.TIMESTAMP and column.required and match and match.raw:
            raw = identifier(match.raw)
            time = _time(raw, match.format, mapping.timezone)
            cases.append(
                f"WHEN {time} IS NULL THEN CASE WHEN {_filled(match.raw)} "
                f"THEN '{column.name}: not a date' ELSE '{column.name}: missing' END"
            )
    verbatim = _is_verbatim(schema, mapping)
    if schema.name == "message" and not verbatim and "text" in matches and matches["text"].raw:
        empty = f"NOT {_filled(matches['text'].raw)}"
        if "rating" in matches and matches["rating"].raw:
            # Stars without words are a voice too.
            empty += f" AND {_number(identifier(matches['rating'].raw))} IS NULL"
        cases.append(f"WHEN {empty} THEN 'text: missing'")
    if schema.name == "event" and "person_id" in matches:
        cases.append(f"WHEN NOT {_filled(matches['person_id'].raw)} THEN 'person: missing'")
    if schema.name == "answer":
        scores = [matches[metric].raw for metric in SCALES if metric in matches]
        nothing = " AND ".join(f"{_number(identifier(raw))} IS NULL" for raw in scores)
        if nothing:
            cases.append(f"WHEN {nothing} THEN 'score: not a number'")
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def _is_verbatim(schema: TableSchema, mapping: Mapping) -> bool:
    return schema.name == "message" and "answer" in mapping.tables


def _time(raw: str, form: str, zone: str) -> str:
    if form == "epoch_s":
        return f"to_timestamp(TRY_CAST({raw} AS DOUBLE))"
    if form == "epoch_ms":
        return f"to_timestamp(TRY_CAST({raw} AS DOUBLE) / 1e3)"
    if form in ("iso", ""):
        if not zone:
            return f"TRY_CAST({raw} AS TIMESTAMPTZ)"
        naive = f"TRY_CAST({raw} AS TIMESTAMP)"
    elif "%z" in form:
        return f"CAST(try_strptime({raw}, {quoted(form)}) AS TIMESTAMPTZ)"
    else:
        naive = f"try_strptime({raw}, {quoted(form)})"
    if zone in ("UTC", ""):
        # The session's zone is UTC: a cast is enough, and faster.
        return f"CAST({naive} AS TIMESTAMPTZ)"
    return f"timezone({quoted(zone)}, {naive})"


def _number(raw: str) -> str:
    text = f"CAST({raw} AS VARCHAR)"
    return f"coalesce(TRY_CAST({raw} AS DOUBLE), TRY_CAST(replace({text}, ',', '') AS DOUBLE))"


def _text(raw: str) -> str:
    return f"CAST({raw} AS VARCHAR)"


def _filled(raw: str) -> str:
    return f"(length(trim(coalesce({_text(identifier(raw))}, ''))) > 0)"


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

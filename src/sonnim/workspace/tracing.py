"""Where a person stands in a table: ids in columns, handles in texts.

The export of a person, their erasure and the import that keeps them erased look here, so that what
one finds the others find. Who is looked for is said by a condition (`Matches`): the export and the
preview compare values, erasure and import compare digests of values.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sonnim.connectors.shape import pseudonym
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.facts import FACTS
from sonnim.tables.schema import Column, ColumnType, Privacy, TableSchema
from sonnim.tables.step import Step, identifier, quoted
from sonnim.tables.table import Table

HIDDEN = "▇▇▇"
"""Stands where somebody else's text named an erased person."""


PSEUDONYM = "p_[0-9a-f]{16}"
"""Pattern of the ids that `connectors.shape.pseudonym` makes."""


class Kind(StrEnum):
    """What an identifier tells apart."""

    PERSON = "person"
    ROW = "row"
    """A message, an event or an answer."""
    THREAD = "thread"
    """A conversation that nobody else but the company took part in."""


Matches = Callable[[Kind, str], str]
"""SQL that is true where the SQL expression gives a value of that kind that is looked for."""

FOUND = TableSchema(
    name="found",
    version=1,
    meaning="A value of a table that is looked for",
    key=("place", "value"),
    columns=(
        Column(name="place", meaning="Kind, or listed (in a list) or raw (a row as it came)"),
        Column(name="value", meaning="The value"),
    ),
)
_HANDLES = TableSchema(
    name="handles",
    version=1,
    meaning="A handle found in a text",
    key=("handle",),
    columns=(Column(name="handle", meaning="As it is written"),),
)
_ROW_IDS = ("message_id", "event_id", "answer_id", "reply_to", "share_of")
REFERENCES = ("reply_to", "share_of")
"""Columns of messages that name the message of somebody else."""
_PERSON_IDS = ("person_id", "from_id", "to_id")
_ANY = (Kind.PERSON, Kind.ROW)
# In a column of unknown meaning only what our own ids look like: a word may be anybody's name.
_LIKELY = {
    Kind.PERSON: f"regexp_full_match(value, {quoted(PSEUDONYM)}) AND ",
    Kind.ROW: "contains(value, ':') AND ",
}
_FACTS = {schema.name for schema in FACTS}


@dataclass(frozen=True, kw_only=True)
class Found:
    """What of the people looked for is in a table.

    Attributes:
        table: Name on the engine of the values found (`FOUND`).
        values: How many values.
        listed: Those that stand in lists.
        handles: How texts and lists of handles name them.
    """

    table: str
    values: int
    listed: tuple[str, ...]
    handles: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.values or self.handles)


def kinds(schema: TableSchema, column: Column) -> tuple[Kind, ...]:
    """Which identifiers a column may hold.

    Example:
        >>> from sonnim.tables.facts import TIE, MESSAGE
        >>> kinds(TIE, TIE.column("to_id")), kinds(MESSAGE, MESSAGE.column("text"))
        ((<Kind.PERSON: 'person'>,), ())
    """
    name = column.name
    if column.type is ColumnType.STRINGS:
        return _ANY
    if column.type is not ColumnType.STRING or name.endswith("_digest"):
        return ()
    if name == "thread_id" or name.endswith("_thread_id"):
        # A conversation is named by the message that it began with.
        return (Kind.ROW, Kind.THREAD)
    if name in _ROW_IDS or name.endswith(tuple(f"_{one}" for one in _ROW_IDS)):
        return (Kind.ROW,)
    if name in _PERSON_IDS or name.endswith("_person_id"):
        return (Kind.PERSON,)
    if column.privacy is Privacy.PSEUDONYM:
        return (Kind.PERSON,)
    if schema.name in _FACTS or column.privacy is not Privacy.NONE:
        return ()
    # Answer tables of other makers may name people and messages in columns of any name.
    return _ANY


def may_hold_people(schema: TableSchema) -> bool:
    """Whether rows of a table may lead to a person (and so its older snapshots may, too).

    Example:
        >>> from sonnim.tables.answers import MOOD, SATISFACTION, VOICES
        >>> [may_hold_people(schema) for schema in (MOOD, VOICES, SATISFACTION)]
        [True, True, False]
    """
    return any(
        column.privacy is not Privacy.NONE
        or column.type is ColumnType.STRINGS
        or column.name.endswith((*_ROW_IDS, *_PERSON_IDS))
        for column in schema.columns
    )


def looks_like_an_id(handle: str) -> bool:
    """Whether a handle is telling enough to be hidden in others' texts wherever it stands.

    Others are hidden only behind an @: a customer who calls herself "seoul" must not take the
    city from all texts, nor customer 1042 a price.

    Example:
        >>> [looks_like_an_id(one) for one in ("min_99", "kim@mail.example", "01012345678")]
        [True, True, True]
        >>> [looks_like_an_id(one) for one in ("seoul", "1042", "하늘")]
        [False, False, False]
    """
    if not re.fullmatch(r"[A-Za-z0-9_.+@\-]{5,}", handle) or not re.search(r"[0-9_@]", handle):
        return False
    return len(handle) >= 8 or not re.fullmatch(r"[0-9.+\-]+", handle)


def find(engine: DuckEngine, schema: TableSchema, name: str, matches: Matches) -> Found:
    """Looks for people in a table of the engine.

    Args:
        engine: Where it is.
        schema: What its columns mean.
        name: Its name there.
        matches: Who is looked for.
    """
    queries = []
    for column in schema.columns:
        cell = identifier(column.name)
        if column.privacy is Privacy.SENSITIVE and column.type is ColumnType.STRING:
            pieces = " UNION ALL ".join(
                f"SELECT whole, {piece} AS piece FROM cells" for piece in _PIECES
            )
            queries.append(
                f"SELECT DISTINCT 'raw' AS place, whole AS value FROM (WITH cells AS (SELECT "
                f"{cell} AS whole FROM {name} WHERE {cell} IS NOT NULL) {pieces}) "
                f"WHERE {matches(Kind.PERSON, _as_person('piece'))}"
            )
        for kind in kinds(schema, column):
            listed = column.type is ColumnType.STRINGS
            place = "listed" if listed else kind.value
            likely = _LIKELY[kind] if not listed and _guessed(schema, column) else ""
            value = f"unnest({cell})" if listed else cell
            queries.append(
                f"SELECT DISTINCT {quoted(place)} AS place, value FROM (SELECT {value} AS value "
                f"FROM {name} WHERE {cell} IS NOT NULL) WHERE {likely}{matches(kind, 'value')}"
            )
    table = f"{name}_found"
    empty = "SELECT CAST(NULL AS VARCHAR) AS place, CAST(NULL AS VARCHAR) AS value WHERE false"
    sql = " UNION ALL ".join(queries) or empty
    found = engine.run([Step(name=table, sql=sql, inputs=(name,), output=FOUND, keep=True)])
    return Found(
        table=table,
        values=engine.count(found),
        listed=_listed(engine, found),
        handles=_handles(engine, schema, name, matches),
    )


def about(schema: TableSchema, found: Found) -> str:
    """SQL that is true for rows that are the person's, or that name them as what they are about.

    Answers by others to the person's messages are not: those only lose the reference.
    """
    conditions = []
    talk = "direction" in schema.names
    for column in schema.columns:
        cell = identifier(column.name)
        if column.privacy is Privacy.SENSITIVE and column.type is ColumnType.STRING:
            conditions.append(_in(cell, found, "raw"))
        if column.type is ColumnType.STRINGS or (talk and column.name in REFERENCES):
            continue
        if talk and column.name == "thread_id":
            conditions.append(f"(direction = 'out' AND {_in(cell, found, Kind.THREAD.value)})")
            continue
        places = [kind.value for kind in kinds(schema, column)]
        if places:
            conditions.append(_in(cell, found, *places))
    return " OR ".join(conditions) or "false"


def names_in(schema: TableSchema, found: Found) -> str:
    """SQL that is true for rows of others that name the person: in a text, list or reference."""
    conditions = []
    for column in schema.columns:
        cell = identifier(column.name)
        if column.type is ColumnType.STRINGS:
            if found.listed:
                conditions.append(f"list_has_any({cell}, {_list(found)})")
        elif column.name in (*REFERENCES, "thread_id"):
            conditions.append(_in(cell, found, Kind.ROW.value))
        elif found.handles and is_text(schema, column):
            conditions.append(f"{hidden(column, found.handles)} IS DISTINCT FROM {cell}")
    return " OR ".join(f"coalesce({one}, false)" for one in conditions) or "false"


def without(column: Column, found: Found) -> str:
    """SQL of a list column without the values found."""
    cell = identifier(column.name)
    if not found.listed:
        return cell
    return f"list_filter({cell}, lambda one: NOT list_contains({_list(found)}, one))"


def is_text(schema: TableSchema, column: Column) -> bool:
    """Whether a column may name a person within other words.

    Example:
        >>> from sonnim.tables.facts import MESSAGE
        >>> [name for name in MESSAGE.names if is_text(MESSAGE, MESSAGE.column(name))]
        ['text', 'title', 'addressed', 'url', 'attributes']
    """
    if column.type is not ColumnType.STRING or column.name.endswith("_digest"):
        return False
    if kinds(schema, column):
        return _guessed(schema, column)
    return column.privacy is not Privacy.NONE


def _guessed(schema: TableSchema, column: Column) -> bool:
    return column.type is ColumnType.STRING and kinds(schema, column) is _ANY


def hidden(column: Column, handles: Sequence[str]) -> str:
    """SQL of a text column in which the handles are hidden."""
    cell = identifier(column.name)
    if handles and column.name in ("text", "title"):
        # What somebody passes on are the other's words: RT @minsu_77: the cake is dry.
        passed_on = r"\b(?-i:RT)\s+" + _pattern(handles, "@") + r"[\s\S]*"
        cell = _replaced(cell, passed_on, f"RT @{HIDDEN}: {HIDDEN}")
    anywhere = [one for one in handles if looks_like_an_id(one) or column.name == "addressed"]
    numbers = [one for one in anywhere if one.isdigit()]
    if numbers and column.name == "attributes":
        # A number in JSON has no quotes around it; what stands for it must be JSON again.
        cell = _replaced(cell, r"([:\[,]\s*)(?:" + "|".join(numbers) + r")(\s*[,}\]])", r"\1null\2")
    if anywhere:
        cell = _replaced(cell, _pattern(anywhere, ""), HIDDEN)
    mentioned = [one for one in handles if one not in anywhere]
    if mentioned:
        cell = _replaced(cell, _pattern(mentioned, "@"), "@" + HIDDEN)
    return cell


def _handles(
    engine: DuckEngine, schema: TableSchema, name: str, matches: Matches
) -> tuple[str, ...]:
    queries, pointers = [], []
    for column in schema.columns:
        if not is_text(schema, column) or column.privacy is Privacy.SENSITIVE:
            continue
        cell = identifier(column.name)
        of = f"FROM {name} WHERE {cell} IS NOT NULL"
        queries.append(
            f"SELECT handle FROM (SELECT trim(unnest({_IDS.format(cell=cell)}), '.+@-') AS handle "
            f"{of} AND regexp_matches({cell}, '[0-9_@]')) WHERE length(handle) > 4"
        )
        # 님, 이, 은… follow a handle without a space: of a mention each beginning may be it.
        queries.append(
            "SELECT left(mention, length) AS handle FROM (SELECT DISTINCT "
            f"unnest({_MENTIONS.format(cell=cell)}) AS mention {of} AND contains({cell}, '@')), "
            "range(1, 41) lengths(length) WHERE length <= length(mention)"
        )
        if column.name == "addressed":
            queries.append(
                f"SELECT trim(unnest(regexp_split_to_array({cell}, '[,;]')), ' @') AS handle {of}"
            )
        if column.name == "attributes":
            literals = f"SELECT unnest({_LITERALS.format(cell=cell)}) AS handle"
            queries.append(f"{literals} {of}")
            if "source" in schema.names:
                # A column without a place of its own may point to one of their messages.
                row = matches(Kind.ROW, "source || ':' || handle")
                pointers.append(f"SELECT handle FROM ({literals}, source {of}) WHERE {row}")
    if not queries:
        return ()
    everything = " UNION ALL ".join(queries)
    step = Step(
        name=f"{name}_handles",
        sql=" UNION ".join(
            [
                f"SELECT handle FROM ({everything}) WHERE handle <> '' AND "
                f"{matches(Kind.PERSON, _as_person('handle'))}",
                *pointers,
            ]
        ),
        inputs=(name,),
        output=_HANDLES,
    )
    handles = engine.fetch(engine.run([step])).read_all().column("handle").to_pylist()
    # The longest first: a pattern takes the first that fits.
    return tuple(sorted({str(one) for one in handles}, key=lambda one: (-len(one), one)))


def _as_person(value: str) -> str:
    return f"({pseudonym(value)})"


def _in(cell: str, found: Found, *places: str) -> str:
    chosen = ", ".join(map(quoted, places))
    inner = f"SELECT value FROM {found.table} WHERE place IN ({chosen})"
    return f"coalesce({cell} IN ({inner}), false)"


def _listed(engine: DuckEngine, found: Table) -> tuple[str, ...]:
    step = Step(
        name=f"{found.name}_listed",
        sql=f"SELECT DISTINCT place, value FROM {found.name} WHERE place = 'listed'",
        inputs=(found.name,),
        output=FOUND,
    )
    return tuple(engine.fetch(engine.run([step]), order=("value",)).read_all()["value"].to_pylist())


def _list(found: Found) -> str:
    # Written out: DuckDB takes no subquery inside a lambda.
    return f"[{', '.join(map(quoted, found.listed))}]"


def _replaced(cell: str, pattern: str, by: str) -> str:
    return f"regexp_replace({cell}, {quoted(pattern)}, {quoted(by)}, 'gi')"


def _pattern(handles: Sequence[str], before: str) -> str:
    # \b of RE2 knows ASCII only: minsu99님 ends after 9, and a Korean handle may go on (하늘이).
    parts = []
    for handle in handles:
        start = r"\b" if not before and re.match(r"[A-Za-z0-9_]", handle) else ""
        end = r"\b" if re.search(r"[A-Za-z0-9_]\Z", handle) else ""
        parts.append(start + re.escape(handle) + end)
    return before + "(?:" + "|".join(parts) + ")"


# Ids, and what follows an @; without Unicode classes, which made RE2 25 times slower.
_IDS = r"regexp_extract_all({cell}, '[A-Za-z0-9_.+@-]*[0-9_@][A-Za-z0-9_.+@-]*')"
_MENTIONS = r"""regexp_extract_all({cell}, '@([^\s@,:;!?()\[\]<>"'']{{1,40}})', 1)"""
_LITERALS = r"""regexp_extract_all({cell}, '"((?:[^"\\]|\\.)*)"', 1)"""
# A rejected row is JSON, or a line that could not be split: whole values, fields, ids, mentions.
_PIECES = tuple(
    f"trim(unnest({one.format(cell='whole')}), ' .+@-')"
    for one in (
        _LITERALS,
        _IDS,
        _MENTIONS,
        r"regexp_extract_all({cell}, '[^\",;\t|{{}}\[\]:]+')",
    )
)

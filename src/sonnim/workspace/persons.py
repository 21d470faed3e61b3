"""Everything held about one person: who they are in the tables, their rows, their file."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from arro3.core import Table as ArrowTable

from sonnim.connectors.shape import pseudonym
from sonnim.engines.duckdb import DuckEngine
from sonnim.storage.delta import DeltaStore
from sonnim.tables.arrow import batch
from sonnim.tables.erasure import RECORDS
from sonnim.tables.errors import StopError
from sonnim.tables.facts import ACCOUNT, ANSWER, EVENT, MESSAGE, PERSON, TIE
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, quoted
from sonnim.tables.table import Table
from sonnim.workspace.saving import load
from sonnim.workspace.tracing import PSEUDONYM, Found, Kind, about, find, names_in

TRACED = TableSchema(
    name="traced",
    version=1,
    meaning="An identifier of the person, or of what they said and did",
    key=("kind", "value"),
    columns=(
        Column(name="kind", meaning="person, row or thread"),
        Column(name="value", meaning="The identifier"),
    ),
)
MENTION = TableSchema(
    name="mention",
    version=1,
    meaning="A message of somebody else that names the person; its words are not theirs",
    key=("message_id",),
    time="time",
    columns=tuple(
        MESSAGE.column(name) for name in ("message_id", "time", "channel", "kind", "source")
    ),
)
_PEOPLE = TableSchema(
    name="people",
    version=1,
    meaning="An identifier of the person",
    key=("value",),
    columns=(Column(name="value", meaning="The identifier"),),
)
_COUNT = TableSchema(
    name="counted",
    version=1,
    meaning="Rows counted",
    key=(),
    columns=(Column(name="n", type=ColumnType.LONG, meaning="How many"),),
)
_PERSON_COLUMNS = (
    (MESSAGE, "person_id"), (EVENT, "person_id"), (ANSWER, "person_id"), (PERSON, "person_id"),
    (ACCOUNT, "person_id"), (TIE, "from_id"), (TIE, "to_id"),
)  # fmt: skip
_PSEUDONYM = re.compile(PSEUDONYM)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One identity that is the person's, and how sure that is."""

    source: str
    source_id: str
    person_id: str
    probability: float | None
    decided_by: str


@dataclass(frozen=True, kw_only=True)
class Held:
    """How much of one table is about the person.

    Attributes:
        table: Its name.
        rows: Rows that are the person's.
        mentions: Rows of others that name them.
    """

    table: str
    rows: int
    mentions: int = 0


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Who somebody is in the tables.

    Attributes:
        given: As they were asked for.
        person_id: Their pseudonym.
        ids: All their person ids.
        identities: The identities that the table `account` links to them.
        held: How much there is of them, table by table; empty tables are left out.
    """

    given: str
    person_id: str
    ids: tuple[str, ...]
    identities: tuple[Identity, ...]
    held: tuple[Held, ...]


@dataclass(frozen=True, kw_only=True)
class PersonRecord:
    """Everything held about one person.

    Attributes:
        trace: Who they are.
        tables: Their rows, all columns, table by table; `mention` says which messages of others
            name them, without the words.
    """

    trace: Trace
    tables: tuple[tuple[TableSchema, ArrowTable], ...]


def person_of(store: DeltaStore, schemas: Mapping[str, TableSchema], given: str) -> PersonRecord:
    """Everything held about a person.

    Args:
        store: The workspace's store.
        schemas: Its tables by name.
        given: The person's pseudonym, or their id at a source.

    Raises:
        StopError: Nothing is held about such a person.
    """
    with DuckEngine() as engine, unsaid():
        looked: dict[str, Found] = {}
        trace = traced(engine, store, schemas, given, looked)
        if not trace.held:
            raise StopError("person_unknown", received=given)
        tables = []
        for held in trace.held:
            schema = schemas[held.table]
            found = looked[held.table]
            if held.rows:
                tables.append((schema, _rows(engine, schema, about(schema, found))))
            if held.mentions and held.table == MESSAGE.name:
                others = f"NOT ({about(schema, found)}) AND ({names_in(schema, found)})"
                tables.append((MENTION, _rows(engine, MENTION, others)))
        return PersonRecord(trace=trace, tables=tuple(tables))


def traced(
    engine: DuckEngine,
    store: DeltaStore,
    schemas: Mapping[str, TableSchema],
    given: str,
    looked: dict[str, Found] | None = None,
) -> Trace:
    """Finds a person in all tables, and loads `traced` (`TRACED`) onto the engine.

    Args:
        engine: Where to look.
        store: Where the tables are.
        schemas: The tables by name.
        given: The person's pseudonym, or their id at a source.
        looked: Gets what was found, by table, for whoever wants the rows.

    Raises:
        StopError: The id is empty.
    """
    name = given.strip()
    if not name:
        raise StopError("person_empty")
    for schema in schemas.values():
        load(store, engine, store.snapshot(schema))
    person_id, ids = ids_of(engine, name)
    _load_people(engine, ids)
    engine.run(_said_and_done())
    held = []
    for schema in schemas.values():
        if schema in RECORDS:
            continue
        found = find(engine, schema, schema.name, matches)
        if looked is not None:
            looked[schema.name] = found
        one = _held(engine, schema, found)
        if one.rows or one.mentions:
            held.append(one)
    return Trace(
        given=name,
        person_id=person_id,
        ids=ids,
        identities=_identities(engine),
        held=tuple(held),
    )


def ids_of(engine: DuckEngine, name: str) -> tuple[str, tuple[str, ...]]:
    """The pseudonym of a person, and all their ids.

    Args:
        engine: Holds the tables of facts.
        name: The person's pseudonym, or their id at a source.
    """
    if _PSEUDONYM.fullmatch(name.lower()):
        person_id = name.lower()
    else:
        person_id = min(_values(engine, f"SELECT {pseudonym(quoted(name))} AS value"))
    return person_id, _ids(engine, name, person_id)


def matches(kind: Kind, value: str) -> str:
    """SQL that is true where a value is the traced person's (`tracing.Matches`)."""
    return f"{value} IN (SELECT value FROM traced WHERE kind = {quoted(kind.value)})"


@contextmanager
def unsaid() -> Iterator[None]:
    """Keeps identifiers, which our SQL holds here, out of the errors that people and logs see."""
    try:
        yield
    except StopError as error:
        if error.key != "step_failed":
            raise
        raise StopError("person_step_failed", step=error.values.get("step", "")) from None


def _ids(engine: DuckEngine, name: str, person_id: str) -> tuple[str, ...]:
    """The person's ids: the pseudonym, the source's own id, and all that `account` links."""
    ids = {person_id}
    # Who is known by another id is a person only if the tables say so: in other columns the
    # same word may be a city.
    ids |= _values(
        engine,
        " UNION ".join(
            f"SELECT DISTINCT {column} AS value FROM {schema.name} WHERE {column} = {quoted(name)}"
            for schema, column in _PERSON_COLUMNS
        ),
    )
    # `source_id` is as the source writes it, or the pseudonym of that.
    source = (
        f"CASE WHEN regexp_full_match(source_id, {quoted(PSEUDONYM)}) THEN source_id "
        f"ELSE {pseudonym('source_id')} END"
    )
    # Identities linked to identities linked to…: every round adds some, or is the last.
    while True:
        _load_people(engine, ids)
        known = "(SELECT value FROM people)"
        linked = (
            f"SELECT person_id, {source} AS own_id FROM account "
            f"WHERE person_id IN {known} OR {source} IN {known}"
        )
        more = _values(
            engine, f"SELECT DISTINCT unnest([person_id, own_id]) AS value FROM ({linked})"
        )
        if more <= ids:
            break
        ids |= more
    return tuple(sorted(ids))


def _said_and_done() -> list[Step]:
    """Steps that give `traced`: the person, their rows, and threads with nobody but the company."""
    people = "(SELECT value FROM people)"
    own = " UNION ".join(
        f"SELECT {schema.key[0]} AS value FROM {schema.name} WHERE person_id IN {people}"
        for schema in (MESSAGE, EVENT, ANSWER)
    )
    spoken = f"SELECT message_id AS value FROM answer WHERE person_id IN {people}"
    theirs = "(SELECT value FROM traced_rows)"
    threads = (
        "SELECT thread_id AS value FROM message WHERE thread_id IS NOT NULL "
        "GROUP BY thread_id HAVING bool_or(coalesce(person_id IN (SELECT value FROM people), "
        "false)) AND NOT bool_or(coalesce(direction, 'public') <> 'out' AND "
        "NOT coalesce(person_id IN (SELECT value FROM people), false))"
    )
    answered = (
        "SELECT message_id AS value FROM message WHERE direction = 'out' AND "
        f"(reply_to IN {theirs} OR thread_id IN (SELECT value FROM traced_threads))"
    )
    return [
        Step(
            name="traced_rows",
            sql=f"SELECT DISTINCT value FROM ({own} UNION {spoken}) WHERE value IS NOT NULL",
            inputs=(MESSAGE.name, EVENT.name, ANSWER.name, "people"),
            output=_PEOPLE,
            keep=True,
        ),
        Step(name="traced_threads", sql=threads, inputs=("message",), output=_PEOPLE, keep=True),
        Step(
            name=TRACED.name,
            sql=(
                f"SELECT 'person' AS kind, value FROM people UNION "
                f"SELECT 'row', value FROM traced_rows UNION SELECT 'row', value FROM ({answered}) "
                "UNION SELECT 'thread', value FROM traced_threads"
            ),
            inputs=("people", "traced_rows", "traced_threads", "message"),
            output=TRACED,
            keep=True,
        ),
    ]


def _held(engine: DuckEngine, schema: TableSchema, found: Found) -> Held:
    if not found:
        return Held(table=schema.name, rows=0)
    own = about(schema, found)
    rows = _count(engine, f"SELECT count(*) AS n FROM {schema.name} WHERE {own}")
    named = f"NOT ({own}) AND ({names_in(schema, found)})"
    mentions = _count(engine, f"SELECT count(*) AS n FROM {schema.name} WHERE {named}")
    return Held(table=schema.name, rows=rows, mentions=mentions)


def _identities(engine: DuckEngine) -> tuple[Identity, ...]:
    table = _rows(engine, ACCOUNT, "person_id IN (SELECT value FROM people)")
    columns = {name: table.column(name).to_pylist() for name in ACCOUNT.names}
    return tuple(
        Identity(
            source=columns["source"][i] or "",
            source_id=columns["source_id"][i] or "",
            person_id=columns["person_id"][i] or "",
            probability=columns["probability"][i],
            decided_by=columns["decided_by"][i] or "",
        )
        for i in range(table.num_rows)
    )


def _rows(engine: DuckEngine, schema: TableSchema, condition: str) -> ArrowTable:
    source = MESSAGE.name if schema is MENTION else schema.name
    columns = ", ".join(f'"{name}"' for name in schema.names)
    step = Step(
        name=f"{schema.name}_of_person",
        sql=f"SELECT {columns} FROM {source} WHERE {condition}",
        inputs=(source,),
        output=schema,
    )
    order = ([schema.time] if schema.time else []) + list(schema.key)
    return engine.fetch(engine.run([step]), order=order).read_all()


def _load_people(engine: DuckEngine, ids: set[str] | tuple[str, ...]) -> None:
    people = batch(_PEOPLE, {"value": sorted(ids)})
    engine.load(Table(schema=_PEOPLE, name=_PEOPLE.name), people)


def _values(engine: DuckEngine, sql: str) -> set[str]:
    step = Step(name="some_values", sql=sql, inputs=(), output=_PEOPLE)
    found = engine.fetch(engine.run([step])).read_all().column("value").to_pylist()
    return {str(one) for one in found if one}


def _count(engine: DuckEngine, sql: str) -> int:
    table = engine.run([Step(name="a_count", sql=sql, inputs=(), output=_COUNT)])
    return int(engine.fetch(table).read_all().column("n").to_pylist()[0])

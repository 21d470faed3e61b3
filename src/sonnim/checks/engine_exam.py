"""The exam of engines: `check_engine` runs it on yours; DuckDB and Spark pass it in our tests."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
from arro3.core import Array, DataType, RecordBatch
from arro3.core import Table as ArrowTable

from sonnim.checks import engine_functions as maps
from sonnim.checks.engine_macros import check_macros, check_t_table, untested
from sonnim.checks.engine_sql import (
    EXPRESSIONS,
    FEW_COLUMNS,
    FEW_ROWS,
    ONE_COLUMNS,
    ONE_ROW,
    QUERIES,
    Expression,
    Query,
)
from sonnim.checks.failed import CheckFailed, expect, expect_error, fail, near, raise_all, same
from sonnim.checks.rows import Row, Value, fetched, rows_of, schema_of, table_of
from sonnim.engines.base import Engine
from sonnim.tables.arrow import arrow_schema
from sonnim.tables.errors import SonnimError, StopError
from sonnim.tables.schema import TableSchema
from sonnim.tables.step import Step, quoted
from sonnim.tables.table import Snapshot, Table

EngineFactory = Callable[[], Engine]
"""Makes a new engine; the exam closes it."""

EVERY = schema_of(
    "every", "id:string n:long x:double yes:boolean t:timestamp words:strings", required=["id"]
)
_LONG_TEXT = "긴 글 🤦🏼‍♂️ " * 10_000
_FAR = 253_402_300_799_999_999
"""9999-12-31T23:59:59.999999Z, the last time that both engines know."""

HOSTILE_TEXTS: tuple[str, ...] = (
    "", " ", "가나다", "각", "🤦🏼‍♂️", "\u200b\ufeff", "\u202eabc", "a\tb\r\nc",
    "'; DROP TABLE every; --", '"', "\\", "\\n", "%_", "NULL", "null", "NaN", "1e309",
    "{\"a\":", "<b>&amp;", "é" "e\u0301", "\x01\x7f", "ﬁ İ ß", _LONG_TEXT,
)  # fmt: skip

EVERY_ROWS: tuple[Row, ...] = (
    ("a", 1, 0.1, True, 0, ["x", "y"]),
    ("b", -(2**63), -0.0, False, -1, []),
    ("c", 2**63 - 1, float("inf"), True, _FAR, [""]),
    ("d", 0, float("-inf"), None, -2_208_988_800_000_000, ["가", None, "🤦🏼‍♂️"]),
    ("e", None, float("nan"), False, None, None),
    ("f", 7, 5e-324, None, 1_772_341_567_000_009, ["\\", "'", '"']),
    ("g", None, None, None, None, [None]),
)


@dataclass(frozen=True, kw_only=True)
class EngineCheck:
    """One question of the exam.

    Attributes:
        name: Its name in reports.
        meaning: What an engine that passes keeps.
        run: Raises `CheckFailed` if it does not.
    """

    name: str
    meaning: str
    run: Callable[[Engine], None]


def check_engine(factory: EngineFactory) -> None:
    """Runs the whole exam on one engine.

    Raises:
        CheckFailed: Lists every check that failed, and why.

    Example:
        >>> from sonnim.engines.duckdb import DuckEngine
        >>> check_engine(DuckEngine)  # doctest: +SKIP
    """
    failures = []
    with factory() as engine:
        for check in EXAM:
            try:
                check.run(engine)
            except SonnimError as error:
                failures.append((check.name, str(error)))
            except Exception as error:
                failures.append((check.name, f"{type(error).__name__}: {error}"))
        name = f"{engine.name} {engine.version}"
    raise_all(name, len(EXAM), failures)


def _load(engine: Engine, name: str, schema: TableSchema, rows: tuple[Row, ...]) -> Table:
    return engine.load(Table(schema=schema, name=name), table_of(schema, rows, batches=2))


def _step(name: str, sql: str, output: TableSchema, *, keep: bool = False) -> Step:
    return Step(name=name, sql=sql, inputs=(), output=output, keep=keep)


def _round_trip(engine: Engine) -> None:
    source = table_of(EVERY, EVERY_ROWS, batches=3)
    table = engine.load(Table(schema=EVERY, name="rt"), source)
    wanted = list(EVERY_ROWS)
    reader = engine.fetch(table, order=["id"])
    if reader.schema != arrow_schema(EVERY):
        raise fail("round trip", "schema of fetch", wanted=arrow_schema(EVERY), got=reader.schema)
    expect("round trip", "load and fetch", rows_of(reader), wanted)
    step = _step("rt_step", "SELECT * FROM rt", EVERY)
    expect("round trip", "run", fetched(engine, engine.run([step]), ["id"]), wanted)
    mapped = engine.map(maps.unchanged, table, EVERY, name="rt_map")
    expect("round trip", "map", fetched(engine, mapped, ["id"]), wanted)
    expect("round trip", "count", engine.count(mapped), len(wanted))
    expect("round trip", "the source is unchanged", rows_of(source), wanted)
    expect("round trip", "fetch again", fetched(engine, table, ["id"]), wanted)


def _texts(engine: Engine) -> None:
    schema = schema_of("texts", "n:long text:string")
    rows: list[Row] = [(i, text) for i, text in enumerate((*HOSTILE_TEXTS, None))]
    table = _load(engine, "texts", schema, tuple(rows))
    expect("texts", "load and fetch", fetched(engine, table, ["n"]), rows)
    as_literals = " UNION ALL ".join(
        f"SELECT {i} AS n, {quoted(text)} AS text" for i, text in enumerate(HOSTILE_TEXTS)
    )
    ticket = engine.run([_step("text_literals", as_literals, schema)])
    expect("texts", "as quoted literals", fetched(engine, ticket, ["n"]), rows[:-1])
    mapped = engine.map(maps.unchanged, table, schema, name="texts_map")
    expect("texts", "map", fetched(engine, mapped, ["n"]), rows)


def _empty(engine: Engine) -> None:
    table = engine.load(Table(schema=EVERY, name="none"), table_of(EVERY, []))
    expect("empty", "from a stream", fetched(engine, table, ["id"]), [])
    ticket = Table(schema=EVERY, name="none2")
    engine.load(ticket, Snapshot(table=ticket, files=(), rows=0))
    expect("empty", "from a snapshot without files", engine.count(ticket), 0)
    step = _step("none_step", "SELECT * FROM none2 WHERE n > 0", EVERY, keep=True)
    reader = engine.fetch(engine.run([step]))
    expect("empty", "schema", reader.schema == arrow_schema(EVERY), True)
    texts = schema_of("few_texts", "id:string text:string")
    few = engine.load(Table(schema=texts, name="no_texts"), table_of(texts, []))
    made = engine.map(maps.lengths, few, maps.LENGTHS, name="none_map")
    expect("empty", "map", fetched(engine, made), [])
    full = engine.load(Table(schema=texts, name="two_texts"), table_of(texts, [("a", "b")]))
    made = engine.map(maps.nothing, full, maps.LENGTHS, name="none_made")
    expect("empty", "map that gives no rows", fetched(engine, made), [])


def _other_columns(engine: Engine) -> None:
    less = schema_of("every", "extra:long id:string words:strings")
    table = Table(schema=EVERY, name="less")
    engine.load(table, table_of(less, [(1, "a", ["x"]), (2, "b", None)]))
    wanted: list[Row] = [("a", None, None, None, None, ["x"]), ("b", *[None] * 5)]
    expect("columns", "missing columns are null", fetched(engine, table, ["id"]), wanted)
    without = schema_of("every", "n:long")
    expect_error(
        "columns", "a required column is missing", StopError, "column_missing",
        lambda: engine.load(Table(schema=EVERY, name="lesser"), table_of(without, [(1,)])),
    )  # fmt: skip
    naive = _naive_times()
    times = schema_of("times", "t:timestamp")
    expect_error(
        "columns", "a naive time", StopError, "naive_time",
        lambda: engine.load(Table(schema=times, name="naive"), naive),
    )  # fmt: skip
    ticket = engine.run([_step("narrow", "SELECT id FROM less", EVERY)])
    error = expect_error(
        "columns", "fetch of a column that is not there", StopError, "column_missing",
        lambda: engine.fetch(ticket),
    )  # fmt: skip
    expect("columns", "the error names the columns there are", error.values["received"], "id")


def _naive_times() -> ArrowTable:
    array = Array([0, None], type=DataType.int64()).cast(DataType.timestamp("us"))
    return ArrowTable.from_batches([RecordBatch.from_arrays([array], names=["t"])])


def _snapshot(engine: Engine) -> None:
    table = Table(schema=EVERY, name="snap", version=3)
    with tempfile.TemporaryDirectory(prefix="sonnim 검사 [1]{a,b}*% ") as folder:
        whole, less = Path(folder) / "part-1.parquet", Path(folder) / "부분 2=%20.parquet"
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.register("rows", table_of(EVERY, EVERY_ROWS))
            connection.execute(f"COPY rows TO {quoted(str(whole))} (FORMAT parquet)")
            older = "SELECT 'z' AS id, CAST(5 AS BIGINT) AS n, 'old' AS gone"
            connection.execute(f"COPY ({older}) TO {quoted(str(less))} (FORMAT parquet)")
            naive = Path(folder) / "naive.parquet"
            connection.execute(
                f"COPY (SELECT 'a' AS id, TIMESTAMP '2026-01-01' AS t) TO {quoted(str(naive))} "
                "(FORMAT parquet)"
            )
        engine.load(table, Snapshot(table=table, files=(str(whole), str(less)), rows=8))
        wanted = [*EVERY_ROWS, ("z", 5, *[None] * 4)]
        expect("snapshot", "files of two ages", fetched(engine, table, ["id"]), wanted)
        expect_error(
            "snapshot", "a naive time", StopError, "naive_time",
            lambda: engine.load(table, Snapshot(table=table, files=(str(naive),), rows=1)),
        )  # fmt: skip
        strict = schema_of("strict", "id:string must:string", required=["must"])
        ticket = Table(schema=strict, name="strict")
        expect_error(
            "snapshot", "a required column is missing", StopError, "column_missing",
            lambda: engine.load(ticket, Snapshot(table=ticket, files=(str(less),), rows=1)),
        )  # fmt: skip


def _order(engine: Engine) -> None:
    schema = schema_of("ordered", "g:string x:double")
    rows: tuple[Row, ...] = (
        (None, 1.0), ("b", None), ("가", 1.0), ("b", 2.0), ("B", 0.0), ("b", float("nan")),
        ("a", -1.0), ("b", 1.0), ("é", 0.0),
    )  # fmt: skip
    wanted: list[Row] = [
        ("B", 0.0), ("a", -1.0), ("b", 1.0), ("b", 2.0), ("b", float("nan")), ("b", None),
        ("é", 0.0), ("가", 1.0), (None, 1.0),
    ]  # fmt: skip
    table = _load(engine, "ordered", schema, rows)
    expect("order", "by two columns, nulls last", fetched(engine, table, ["g", "x"]), wanted)


def _steps(engine: Engine) -> None:
    n = schema_of("n", "n:long")
    steps = [
        _step("s_one", "SELECT 1 AS n UNION ALL SELECT 2 AS n", n, keep=True),
        _step("s_two", "SELECT n + 1 AS n FROM s_one", n),
        _step("s_three", "SELECT a.n * b.n AS n FROM s_one a CROSS JOIN s_two b", n),
    ]
    for turn in ("first run", "second run"):
        ticket = engine.run(steps)
        expect("steps", f"ticket of the {turn}", ticket, Table(schema=n, name="s_three"))
        expect("steps", turn, fetched(engine, ticket, ["n"]), [(2,), (3,), (4,), (6,)])
    again = engine.run([_step("s_two", "SELECT 9 AS n", n, keep=True)])
    expect("steps", "a name used again", fetched(engine, again), [(9,)])
    summed = engine.run([_step("s_sum", "SELECT sum(n) AS n FROM s_one", n)])
    doubled = engine.map(partial(maps.types_as_declared, n), summed, n, name="s_map", columns=["n"])
    expect("steps", "map gets the declared types", fetched(engine, doubled), [(3,)])


def _errors(engine: Engine) -> None:
    n = schema_of("n", "n:long")
    for what, sql in (
        ("bad syntax", "SELEC 1 AS n"),
        ("unknown column", "SELECT nope AS n FROM (SELECT 1 AS m) AS f"),
        ("unknown table", "SELECT n FROM no_such_table"),
    ):
        error = expect_error(
            "errors", what, StopError, "step_failed",
            lambda sql=sql: engine.run([_step("e_bad", sql, n)]),  # type: ignore[misc]
        )  # fmt: skip
        expect("errors", f"{what}: the step's name", error.values.get("step"), "e_bad")
        expect("errors", f"{what}: its SQL", error.values.get("sql"), sql)
    texts = schema_of("e_texts", "text:string")
    _load(engine, "e_texts", texts, (("비밀 12",),))
    failing = "SELECT CAST(text AS BIGINT) AS n FROM e_texts"
    error = expect_error(
        "errors", "a failure while running", StopError, "step_failed",
        lambda: fetched(engine, engine.run([_step("e_late", failing, n, keep=True)])),
    )  # fmt: skip
    expect("errors", "the step that failed", error.values.get("step"), "e_late")
    expect("errors", "no customer's value in the text", "비밀" in str(error), False)


def _map(engine: Engine) -> None:
    schema = schema_of("m_texts", "id:string text:string other:long")
    rows: list[Row] = [(f"{i:05d}", "가 나" * (i % 4) if i % 5 else None, i) for i in range(3000)]
    table = _load(engine, "m_texts", schema, tuple(rows))
    wanted: list[Row] = []
    for id_, text, _ in rows:
        whole = text if isinstance(text, str) else None
        wanted.append((id_, None, None) if whole is None else (id_, len(whole), [*whole.split()]))
    for turn in ("first", "second"):
        made = engine.map(
            maps.lengths, table, maps.LENGTHS, name="m_lengths", columns=["id", "text"]
        )
        expect("map", f"{turn} time", fetched(engine, made, ["id"]), wanted)
    expect("map", "ticket", made, Table(schema=maps.LENGTHS, name="m_lengths"))
    joined = (
        "SELECT m.id, CAST(m.n + t.other AS BIGINT) AS n, m.words FROM m_lengths m "
        "JOIN m_texts t ON t.id = m.id WHERE t.other = 7"
    )
    ticket = engine.run([_step("m_join", joined, maps.LENGTHS)])
    expect(
        "map",
        "joined in SQL",
        fetched(engine, ticket),
        [("00007", 16, ["가", "나가", "나가", "나"])],
    )
    for what, function, key in (
        ("a function that misnames its columns", maps.misnamed, "map_wrong_schema"),
        ("a function that refuses", maps.refusing, "unknown_table"),
    ):
        expect_error(
            "map", what, StopError, key,
            lambda function=function: fetched(  # type: ignore[misc]
                engine,
                engine.map(function, table, maps.LENGTHS, name="m_bad", columns=["id", "text"]),
            ),
        )  # fmt: skip


def _groups(engine: Engine) -> None:
    schema = schema_of("g_rows", "id:string g:string x:double")
    rows: tuple[Row, ...] = tuple(
        (f"{i:04d}", None if i % 5 == 4 else f"그룹{i % 5}", float(i)) for i in range(500)
    )
    table = _load(engine, "g_rows", schema, rows)
    made = engine.map(maps.groups, table, maps.GROUPS, name="g_made", by=["g"])
    wanted: list[Row] = []
    for group in ("그룹0", "그룹1", "그룹2", "그룹3", None):
        ids: list[str | None] = [str(row[0]) for row in rows if row[1] == group]
        total = sum(row[2] for row in rows if row[1] == group and isinstance(row[2], float))
        wanted.append((group, ids, total, 1))
    expect("groups", "each group whole, once", fetched(engine, made, ["g"]), wanted)


def _relations(engine: Engine) -> None:
    _load(engine, "one", schema_of("one", ONE_COLUMNS), (ONE_ROW,))
    _load(engine, "few", schema_of("few", FEW_COLUMNS), FEW_ROWS)


def _expressions(engine: Engine) -> None:
    _relations(engine)
    names = [f"e{i}" for i in range(len(EXPRESSIONS))]
    pairs = zip(names, EXPRESSIONS, strict=True)
    output = schema_of("exprs", " ".join(f"{name}:{e.type}" for name, e in pairs))
    sql = ", ".join(f"{e.sql} AS {name}" for name, e in zip(names, EXPRESSIONS, strict=True))
    try:
        (row,) = fetched(engine, engine.run([_step("exprs", f"SELECT {sql} FROM one", output)]))
    except StopError:
        # One bad apple fails them all: find it.
        row = tuple(_alone(engine, expression) for expression in EXPRESSIONS)
    failures = [
        (e.sql, str(fail("expression", e.sql, wanted=e.value, got=got)))
        for e, got in zip(EXPRESSIONS, row, strict=True)
        if not _close(got, e.value)
    ]
    raise_all("expressions", len(EXPRESSIONS), failures)


def _alone(engine: Engine, expression: Expression) -> Value:
    output = schema_of("expr", f"e:{expression.type}")
    try:
        step = _step("expr", f"SELECT {expression.sql} AS e FROM one", output)
        return fetched(engine, engine.run([step]))[0][0]
    except StopError as error:
        return str(error.values.get("reason", error))


def _queries(engine: Engine) -> None:
    _relations(engine)
    failures = []
    for query in QUERIES:
        try:
            _query(engine, query)
        except SonnimError as error:
            failures.append((query.sql, str(error)))
    raise_all("queries", len(QUERIES), failures)


def _query(engine: Engine, query: Query) -> None:
    output = schema_of("query", query.columns)
    # Sorted here: sorting on Spark would take longer than the query.
    got = sorted(fetched(engine, engine.run([_step("query", query.sql, output)])), key=_rough)
    if len(got) != len(query.rows) or not all(
        _close(a, b)
        for row, wanted in zip(got, sorted(query.rows, key=_rough), strict=True)
        for a, b in zip(row, wanted, strict=True)
    ):
        raise fail("query", query.sql, wanted=list(query.rows), got=got)


def _rough(row: Row) -> list[str]:
    return [f"{value:.6g}" if isinstance(value, float) else repr(value) for value in row]


def _close(got: Value, wanted: Value) -> bool:
    if isinstance(got, float) and isinstance(wanted, float):
        return near(got, wanted, 1e-12)
    return same(got, wanted)


def _covered(engine: Engine) -> None:
    expect("macros", "macros without a check", untested(), ())


def check(name: str) -> EngineCheck:
    """The check of that name.

    Raises:
        CheckFailed: There is none.
    """
    for found in EXAM:
        if found.name == name:
            return found
    raise CheckFailed("unknown_table", table=name, allowed=", ".join(c.name for c in EXAM))


EXAM: tuple[EngineCheck, ...] = (
    EngineCheck(name="round-trip", run=_round_trip,
                meaning="Every value type survives load, run, map and fetch; input is unchanged"),
    EngineCheck(name="texts", run=_texts,
                meaning="Odd, hostile and long texts survive, also as SQL literals"),
    EngineCheck(name="empty", run=_empty, meaning="Empty tables keep their schema everywhere"),
    EngineCheck(name="columns", run=_other_columns,
                meaning="Missing columns are null; required ones and time zones are asked for"),
    EngineCheck(name="snapshot", run=_snapshot,
                meaning="Parquet files of several ages read as one table, from any path"),
    EngineCheck(name="order", run=_order, meaning="Order is by code points and value, nulls last"),
    EngineCheck(name="steps", run=_steps, meaning="Steps chain, repeat, and may be replaced"),
    EngineCheck(name="errors", run=_errors,
                meaning="A failing step is named with its SQL and without customers' values"),
    EngineCheck(name="map", run=_map, meaning="Functions see and give exactly declared batches"),
    EngineCheck(name="groups", run=_groups, meaning="With `by`, each group comes whole and once"),
    EngineCheck(name="macros", run=check_macros, meaning="Statistics equal their references"),
    EngineCheck(name="t-table", run=check_t_table, meaning="Student's t reads exactly from SQL"),
    EngineCheck(name="expressions", run=_expressions,
                meaning="SQL expressions of the shared subset mean the same on every engine"),
    EngineCheck(name="queries", run=_queries,
                meaning="SQL queries of the shared subset mean the same on every engine"),
    EngineCheck(name="macros-covered", run=_covered, meaning="No macro is without a check"),
)  # fmt: skip
"""All checks, in order."""

"""The exam of analyzers: `check_analyzer` runs it on yours."""

import dataclasses
import random
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sonnim.analyzers.base import Analyzer
from sonnim.checks.compare import AnswerRows, compare_answers, rows_of_answer, sorted_rows
from sonnim.checks.failed import expect, expect_error, fail, raise_all
from sonnim.checks.rows import Row, fetched, rows_of, table_of, unordered
from sonnim.checks.samples import HOSTILE, sample
from sonnim.engines.base import Engine
from sonnim.tables.answer import Answer
from sonnim.tables.errors import SonnimError, StopError
from sonnim.tables.parameters import Limit, limits, made
from sonnim.tables.schema import ColumnType, TableSchema
from sonnim.tables.table import Table

EngineFactory = Callable[[], Engine]
SECTIONS = ("Method", "Source", "Limits")
QUALITIES = ("draft", "tested", "measured")
TOLERANCE = 1e-9
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class WorkedTable:
    """Rows of one table, small enough to check by hand.

    Attributes:
        schema: The table; for an expected answer it may be cut with `TableSchema.only`.
        rows: Its rows; times are microseconds since 1970 in UTC.
    """

    schema: TableSchema
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class WorkedExample:
    """A small worked answer, kept with the analyzer's tests.

    Attributes:
        inputs: Tables read; those that are not named are empty.
        answers: Tables expected.
        parameters: Parameters, or None for the defaults.
        tolerance: Relative tolerance of doubles.
    """

    inputs: tuple[WorkedTable, ...]
    answers: tuple[WorkedTable, ...]
    parameters: object | None = None
    tolerance: float = TOLERANCE


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the checks of one analyzer share.

    Attributes:
        analyzer: The analyzer.
        make_engine: Makes the engine that it is checked on.
        other: Makes another engine, whose answers must agree, or None.
        worked: A worked example, or None.
        rows: Number of rows of each sample table.
        tolerance: Relative tolerance of doubles between runs and engines.
    """

    analyzer: Analyzer
    make_engine: EngineFactory
    other: EngineFactory | None = None
    worked: WorkedExample | None = None
    rows: int = 120
    tolerance: float = TOLERANCE


@dataclass(frozen=True, kw_only=True)
class AnalyzerCheck:
    """One question of the exam.

    Attributes:
        name: Its name in reports.
        meaning: What an analyzer that passes keeps.
        run: Raises `CheckFailed` if it does not.
    """

    name: str
    meaning: str
    run: Callable[[Case], None]


def check_analyzer(
    analyzer: Analyzer,
    make_engine: EngineFactory,
    worked: WorkedExample | None = None,
    *,
    other: EngineFactory | None = None,
    rows: int = 120,
    tolerance: float = TOLERANCE,
) -> None:
    """Runs the whole exam on one analyzer.

    Args:
        analyzer: The analyzer.
        make_engine: Makes a new engine (`DuckEngine`).
        worked: A small worked answer that it must give.
        other: Makes an engine of another kind, whose answers must be the same.
        rows: Number of rows of each sample table.
        tolerance: Relative tolerance of doubles between runs and engines.

    Raises:
        CheckFailed: Lists every check that failed, and why.

    Example:
        >>> from sonnim.engines.duckdb import DuckEngine
        >>> check_analyzer(ANALYZER, DuckEngine)  # doctest: +SKIP
    """
    case = Case(
        analyzer=analyzer,
        make_engine=make_engine,
        other=other,
        worked=worked,
        rows=rows,
        tolerance=tolerance,
    )
    failures = []
    for check in EXAM:
        try:
            check.run(case)
        except SonnimError as error:
            failures.append((check.name, str(error)))
        except Exception as error:
            failures.append((check.name, f"{type(error).__name__}: {error}"))
    raise_all(analyzer.name, len(EXAM), failures)


def answer_of(
    case: Case,
    tables: Sequence[WorkedTable],
    *,
    engine: Engine | None = None,
    parameters: object | None = None,
    batches: int = 1,
) -> tuple[AnswerRows, ...]:
    """Loads the tables on a new engine (or the one given), analyzes, and takes the answer off."""
    if engine is None:
        with case.make_engine() as made_engine:
            return answer_of(
                case, tables, engine=made_engine, parameters=parameters, batches=batches
            )
    for table in tables:
        source = table_of(table.schema, table.rows, batches=batches)
        engine.load(Table(schema=_whole(case, table.schema), name=table.schema.name), source)
    return rows_of_answer(engine, _analyzed(case, engine, parameters))


def samples(case: Case, seed: int = 1) -> tuple[WorkedTable, ...]:
    """Sample rows of every table that the analyzer reads."""
    return tuple(
        WorkedTable(schema=read.schema, rows=tuple(rows_of(sample(read.schema, case.rows, seed))))
        for read in case.analyzer.reads
    )


def _analyzed(case: Case, engine: Engine, parameters: object | None) -> Answer:
    given = case.analyzer.parameters() if parameters is None else parameters
    return case.analyzer.analyze(engine, given)


def _whole(case: Case, schema: TableSchema) -> TableSchema:
    return next(r.schema for r in case.analyzer.reads if r.schema.name == schema.name)


def _contract(case: Case) -> None:
    analyzer = case.analyzer
    if not _NAME.fullmatch(analyzer.name):
        raise fail("contract", "name", wanted="lower case, digits, _", got=analyzer.name)
    if not analyzer.version:
        raise fail("contract", "version", wanted="a text", got=analyzer.version)
    if analyzer.quality not in QUALITIES:
        raise fail("contract", "quality", wanted=QUALITIES, got=analyzer.quality)
    for read in analyzer.reads:
        for column in (*read.columns, *read.also):
            read.schema.column(column)
    for kind, schemas in (
        ("reads", [read.schema for read in analyzer.reads]),
        ("writes", list(analyzer.writes)),
    ):
        names = [schema.name for schema in schemas]
        if not names or len(set(names)) < len(names):
            raise fail("contract", kind, wanted="tables, each once", got=names)
    page = sys.modules[analyzer.analyze.__module__].__doc__ or ""
    for section in SECTIONS:
        if not re.search(rf"^[#*\s]*{section}\b", page, re.MULTILINE | re.IGNORECASE):
            raise fail("contract", "module docstring", wanted=f"a section {section}", got=page)


def _parameters(case: Case) -> None:
    kind = case.analyzer.parameters
    if not dataclasses.is_dataclass(kind):
        raise fail("parameters", "class", wanted="a dataclass", got=kind)
    settings = kind.__dataclass_params__  # type: ignore[attr-defined]
    expect("parameters", "frozen", settings.frozen, True)
    for field in dataclasses.fields(kind):
        expect("parameters", f"{field.name} is keyword-only", field.kw_only, True)
        if field.default is dataclasses.MISSING or "limit" not in field.metadata:
            raise fail("parameters", field.name, wanted="a default and a Limit", got=field)
    for name, limit in limits(kind).items():
        default = getattr(kind(), name)
        if not limit.accepts(default):
            raise fail("parameters", f"default of {name}", wanted=limit.allowed(), got=default)
        for value in _outside(limit):
            error = expect_error(
                "parameters", f"{name} = {value!r}", StopError, "parameter_invalid",
                lambda name=name, value=value: made(  # type: ignore[misc]
                    case.analyzer.name, kind, {name: value}
                ),
            )  # fmt: skip
            expect("parameters", "the error names it", error.values.get("parameter"), name)


def _outside(limit: Limit) -> list[object]:
    values: list[object] = []
    if limit.choices:
        values.append("no such choice")
    if limit.low is not None:
        values += [limit.low - 1, float("nan")]
    if limit.high is not None:
        values.append(limit.high + 1)
    return values


def _schema(case: Case) -> None:
    found = answer_of(case, samples(case))
    wanted = [schema.name for schema in case.analyzer.writes]
    expect("schema", "tables written", [table.schema.name for table in found], wanted)
    for table, schema in zip(found, case.analyzer.writes, strict=True):
        if table.schema != schema:
            raise fail("schema", schema.name, wanted=schema, got=table.schema)
        keys = [tuple(row[schema.names.index(k)] for k in schema.key) for row in table.rows]
        twice = sorted({repr(key) for key in keys if keys.count(key) > 1})
        expect("schema", f"keys of {schema.name} that come twice", twice, [])
        for column in schema.columns:
            at = schema.names.index(column.name)
            if column.required and any(row[at] is None for row in table.rows):
                raise fail("schema", f"{schema.name}.{column.name}", wanted="a value", got=None)


def _empty(case: Case) -> None:
    nothing = tuple(WorkedTable(schema=r.schema, rows=()) for r in case.analyzer.reads)
    found = answer_of(case, nothing)
    expect("empty", "tables", len(found), len(case.analyzer.writes))
    given = samples(case)
    without = tuple(
        WorkedTable(schema=table.schema, rows=()) if read.optional else table
        for read, table in zip(case.analyzer.reads, given, strict=True)
    )
    answer_of(case, without)


def _row_order(case: Case) -> None:
    given = samples(case)
    first = answer_of(case, given)
    for seed in (1, 2):
        chance = random.Random(seed)
        mixed = []
        for table in given:
            rows = list(table.rows)
            chance.shuffle(rows)
            mixed.append(WorkedTable(schema=table.schema, rows=tuple(rows)))
        compare_answers(first, answer_of(case, mixed), case.tolerance, "row order")


def _batches(case: Case) -> None:
    given = samples(case)
    first = answer_of(case, given)
    compare_answers(first, answer_of(case, given, batches=7), case.tolerance, "batches")


def _repeat(case: Case) -> None:
    given = samples(case)
    with case.make_engine() as engine:
        first = answer_of(case, given, engine=engine)
        before = [fetched(engine, Table(schema=t.schema, name=t.schema.name)) for t in given]
        again = rows_of_answer(engine, _analyzed(case, engine, None))
        after = [fetched(engine, Table(schema=t.schema, name=t.schema.name)) for t in given]
    compare_answers(first, again, case.tolerance, "repeat on the same engine")
    for table, one, other in zip(given, before, after, strict=True):
        expect(
            "repeat",
            f"the input {table.schema.name} is unchanged",
            unordered(other),
            unordered(one),
        )
    compare_answers(first, answer_of(case, given), case.tolerance, "repeat on a new engine")


def _only_declared(case: Case) -> None:
    given = samples(case)
    cut = []
    for read, table in zip(case.analyzer.reads, given, strict=True):
        kept = {*read.columns, *read.also, *read.schema.key}
        kept |= {column.name for column in read.schema.columns if column.required}
        rows = tuple(
            tuple(
                v if name in kept else None for name, v in zip(table.schema.names, row, strict=True)
            )
            for row in table.rows
        )
        cut.append(WorkedTable(schema=table.schema, rows=rows))
    first = answer_of(case, given)
    compare_answers(first, answer_of(case, cut), case.tolerance, "only declared columns are read")


def _hostile(case: Case) -> None:
    hostile = []
    for table in samples(case):
        keep = {*table.schema.key, "language", "kind", "metric", "type", "direction"}
        at = {
            i
            for i, column in enumerate(table.schema.columns)
            if column.type is ColumnType.STRING and column.name not in keep
        }
        rows = tuple(
            tuple(HOSTILE[(n + i) % len(HOSTILE)] if i in at else v for i, v in enumerate(row))
            for n, row in enumerate(table.rows)
        )
        hostile.append(WorkedTable(schema=table.schema, rows=rows))
    first = answer_of(case, hostile)
    compare_answers(first, answer_of(case, hostile), case.tolerance, "hostile texts, repeated")
    # Rows that come twice may change the answer, but must not break it.
    twice = tuple(
        WorkedTable(schema=table.schema, rows=table.rows + table.rows) for table in samples(case)
    )
    answer_of(case, twice)


def _agreement(case: Case) -> None:
    if case.other is None:
        return
    for seed in (1, 2):
        given = samples(case, seed)
        first = answer_of(case, given)
        with case.other() as engine:
            second = answer_of(case, given, engine=engine, batches=2)
        compare_answers(first, second, case.tolerance, "engines agree")


def _worked(case: Case) -> None:
    if case.worked is None:
        return
    named = {table.schema.name for table in case.worked.inputs}
    inputs = [
        *case.worked.inputs,
        *(
            WorkedTable(schema=read.schema, rows=())
            for read in case.analyzer.reads
            if read.schema.name not in named
        ),
    ]
    found = {
        table.schema.name: table
        for table in answer_of(case, inputs, parameters=case.worked.parameters)
    }
    for wanted in case.worked.answers:
        table = found[wanted.schema.name]
        at = [table.schema.names.index(name) for name in wanted.schema.names]
        cut = sorted_rows(wanted.schema, [tuple(row[i] for i in at) for row in table.rows])
        expected = sorted_rows(wanted.schema, wanted.rows)
        compare_answers([expected], [cut], case.worked.tolerance, "worked example")


EXAM: tuple[AnalyzerCheck, ...] = (
    AnalyzerCheck(name="contract", run=_contract,
                  meaning="Names, tables and the page (Method, Source, Limits) are in order"),
    AnalyzerCheck(name="parameters", run=_parameters,
                  meaning="Frozen, keyword-only, with limits; values outside are refused clearly"),
    AnalyzerCheck(name="schema", run=_schema,
                  meaning="Answers are exactly the tables declared, with unique keys"),
    AnalyzerCheck(name="empty", run=_empty, meaning="Empty inputs give answers, not errors"),
    AnalyzerCheck(name="row-order", run=_row_order, meaning="The order of rows does not matter"),
    AnalyzerCheck(name="batches", run=_batches, meaning="The split into batches does not matter"),
    AnalyzerCheck(name="repeat", run=_repeat,
                  meaning="A second run gives the same and leaves its inputs unchanged"),
    AnalyzerCheck(name="only-declared", run=_only_declared,
                  meaning="Columns that it does not declare do not change the answer"),
    AnalyzerCheck(name="hostile", run=_hostile, meaning="Hostile texts and doubled rows pass"),
    AnalyzerCheck(name="agreement", run=_agreement, meaning="Two engines give the same answer"),
    AnalyzerCheck(name="worked", run=_worked, meaning="The worked example comes out"),
)  # fmt: skip
"""All checks, in order."""

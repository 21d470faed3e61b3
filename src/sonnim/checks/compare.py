"""Compares answers: exactly, but for numbers within a stated tolerance."""

from collections.abc import Sequence
from dataclasses import dataclass

from sonnim.checks.failed import expect, fail, near, same
from sonnim.checks.rows import Row, Value, fetched
from sonnim.engines.base import Engine
from sonnim.tables.answer import Answer
from sonnim.tables.schema import TableSchema


@dataclass(frozen=True, kw_only=True)
class AnswerRows:
    """One answer table taken off its engine.

    Attributes:
        schema: Its schema.
        rows: Its rows, sorted by key.
    """

    schema: TableSchema
    rows: tuple[Row, ...]


def sorted_rows(schema: TableSchema, rows: Sequence[Row]) -> AnswerRows:
    """Rows of a schema, sorted by its key, then by all columns."""
    ordered = sorted(rows, key=lambda row: _sort_key(schema, row))
    return AnswerRows(schema=schema, rows=tuple(ordered))


def rows_of_answer(engine: Engine, answer: Answer) -> tuple[AnswerRows, ...]:
    """All tables of an answer, taken off the engine."""
    return tuple(sorted_rows(table.schema, fetched(engine, table)) for table in answer.tables)


def compare_answers(
    first: Sequence[AnswerRows],
    second: Sequence[AnswerRows],
    tolerance: float = 1e-9,
    check: str = "answers",
) -> None:
    """Checks that two answers are the same: doubles within a relative tolerance, all else exactly.

    Raises:
        CheckFailed: They differ; the text names table, key and column.
    """
    expect(check, "tables", [r.schema.name for r in second], [r.schema.name for r in first])
    for one, other in zip(first, second, strict=True):
        name = one.schema.name
        expect(check, f"columns of {name}", other.schema.names, one.schema.names)
        expect(check, f"number of rows of {name}", len(other.rows), len(one.rows))
        for wanted, got in zip(one.rows, other.rows, strict=True):
            _compare_row(check, one.schema, wanted, got, tolerance)


def _compare_row(check: str, schema: TableSchema, wanted: Row, got: Row, tolerance: float) -> None:
    for column, a, b in zip(schema.names, wanted, got, strict=True):
        if not _equal(a, b, tolerance):
            where = f"{schema.name}.{column} of {_key(schema, wanted)}"
            raise fail(check, where, wanted=a, got=b)


def _equal(a: Value, b: Value, tolerance: float) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return near(b, a, tolerance)
    return same(b, a)


def _key(schema: TableSchema, row: Row) -> str:
    return ", ".join(
        f"{name}={row[schema.names.index(name)]!r}" for name in schema.key if name in schema.names
    )


def _sort_key(schema: TableSchema, row: Row) -> tuple[str, ...]:
    # Numbers come last and rounded: they may differ in the last digit between engines.
    key = [row[schema.names.index(name)] for name in schema.key if name in schema.names]
    return (*(repr(v) for v in key), *(_rough(value) for value in row))


def _rough(value: Value) -> str:
    return f"{value:.6g}" if isinstance(value, float) else repr(value)

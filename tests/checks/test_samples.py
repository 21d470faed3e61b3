import pytest

from sonnim.checks.rows import rows_of
from sonnim.checks.samples import TEXTS, sample
from sonnim.tables.arrow import arrow_schema
from sonnim.tables.catalog import TABLES
from sonnim.tables.facts import ANSWER, MESSAGE
from sonnim.tables.schema import TableSchema


@pytest.mark.parametrize("schema", TABLES, ids=lambda schema: schema.name)
def test_samples_fit_their_schema(schema: TableSchema) -> None:
    table = sample(schema, rows=150, seed=3)
    assert table.schema == arrow_schema(schema)
    rows = rows_of(table)
    for column, values in zip(schema.columns, zip(*rows, strict=True), strict=True):
        assert not (column.required and None in values), column.name


@pytest.mark.parametrize("schema", [MESSAGE, ANSWER], ids=lambda schema: schema.name)
def test_keys_are_unique_and_seeds_repeat(schema: TableSchema) -> None:
    rows = rows_of(sample(schema, rows=150, seed=3))
    assert len({row[0] for row in rows}) == 150
    assert rows == rows_of(sample(schema, rows=150, seed=3))
    assert rows != rows_of(sample(schema, rows=150, seed=4))


def test_korean_and_english_are_both_there() -> None:
    languages = {language for language, _, _ in TEXTS}
    assert {"ko", "en", "mixed", "other"} == languages
    assert {mood for _, mood, _ in TEXTS} == {"negative", "neutral", "positive"}

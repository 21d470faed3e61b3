import os
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonnim.engines.shared_sql import (
    MACROS,
    STATISTICS,
    duckdb_statements,
    install_duckdb,
    spark_statements,
)
from sonnim.engines.spark_sql import spark_literals
from sonnim.tables.step import quoted

GOLDEN = Path(__file__).with_name("macros.golden.txt")


def test_the_list_of_macros_is_as_recorded() -> None:
    """Write it anew with SONNIM_GOLDEN=write."""
    lines = [
        f"{m.name}({', '.join(m.parameters)}) -> {m.returns}"
        f" [{'+'.join(e for e, body in (('duckdb', m.duckdb), ('spark', m.spark)) if body)}]"
        f" {m.meaning} ({m.source})"
        for m in sorted(MACROS, key=lambda m: m.name)
    ]
    text = "\n".join(lines) + "\n"
    if os.environ.get("SONNIM_GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_names_are_unique() -> None:
    names = [macro.name for macro in MACROS]
    assert len(names) == len(set(names))


def test_every_macro_is_defined_on_one_engine_and_statistics_on_both() -> None:
    assert all(macro.duckdb or macro.spark for macro in MACROS)
    assert all(macro.duckdb and macro.spark and macro.source for macro in STATISTICS)
    assert len(list(duckdb_statements())) + len(list(spark_statements())) >= len(MACROS)


def test_what_duckdb_had_under_a_name_still_works_with_other_arguments() -> None:
    with duckdb.connect() as connection:
        install_duckdb(connection)
        query = "SELECT regexp_replace('aa', 'a', 'b', ''), log(2, 8), date_diff('day', d, d)"
        row = connection.execute(f"{query} FROM (SELECT DATE '2026-01-01' AS d)").fetchone()
    assert row == ("ba", 3.0, 0)


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        (r"SELECT '\d'", r"SELECT '\\d'"),
        (r"SELECT 'it''s \'", r"SELECT 'it''s \\'"),
        (r"""SELECT "a\b" -- it's \d""", r"""SELECT "a\b" -- it's \d"""),
        ("SELECT /* it's */ '\\\\'", "SELECT /* it's */ '\\\\\\\\'"),
        (r"SELECT '--\' -- '\'", r"SELECT '--\\' -- '\'"),
    ],
)
def test_spark_literals(sql: str, wanted: str) -> None:
    assert spark_literals(sql) == wanted


@given(st.text())
def test_a_quoted_text_is_one_literal(text: str) -> None:
    assert spark_literals(f"SELECT {quoted(text)}, '\\'") == (
        f"SELECT {quoted(text)}, '\\'".replace("\\", "\\\\")
    )

"""Schemas, tickets and steps: what they say, and what our own tables must hold."""

import dataclasses
import re
from datetime import UTC, datetime

import duckdb
import numpy as np
import pytest
from arro3.core import DataType
from hypothesis import given
from hypothesis import strategies as st

from sonnim.tables.answers import ANSWERS, SATISFACTION, VOICES, WINDOWS
from sonnim.tables.arrow import ARROW_TYPES, arrow_schema, batch, strings
from sonnim.tables.catalog import TABLES, table_schema
from sonnim.tables.errors import StopError
from sonnim.tables.facts import FACTS, MESSAGE
from sonnim.tables.schema import Column, ColumnType, Privacy, TableSchema
from sonnim.tables.step import Step, identifier, quoted
from sonnim.tables.table import Snapshot, Table

EVERY = pytest.mark.parametrize("schema", TABLES, ids=lambda schema: schema.name)


def test_a_column_is_found_by_name_or_those_there_are_are_listed() -> None:
    assert MESSAGE.column("text").privacy is Privacy.PERSONAL
    with pytest.raises(StopError, match=r"'message' has no column 'tekst'.*message_id, time"):
        MESSAGE.column("tekst")
    with pytest.raises(StopError, match=r"no table 'messages'.*message, event"):
        table_schema("messages")
    assert table_schema("mood").name == "mood"


def test_a_table_cut_down_keeps_what_is_left_of_key_and_time() -> None:
    cut = MESSAGE.only(("text", "message_id"))
    assert (cut.names, cut.key, cut.time) == (("text", "message_id"), ("message_id",), None)
    assert MESSAGE.only(("time", "text")).time == "time"
    assert MESSAGE.only(("time", "text")).key == ()
    with pytest.raises(StopError, match="tekst"):
        MESSAGE.only(("tekst",))


@EVERY
def test_names_are_those_of_the_house(schema: TableSchema) -> None:
    assert schema.version >= 1 and not schema.meaning.endswith(".")
    for column in schema.columns:
        assert re.fullmatch("[a-z][a-z0-9_]*", column.name)
        assert column.type in ARROW_TYPES
        if column.type is ColumnType.TIMESTAMP:
            assert column.unit == "UTC", f"{column.name}: every time says that it is UTC"
    assert set(schema.key) <= set(schema.names)


@pytest.mark.parametrize("schema", FACTS, ids=lambda schema: schema.name)
def test_what_may_hold_a_person_is_classed(schema: TableSchema) -> None:
    """Free text, names and raw rows are never of class `none`; identities are pseudonyms."""
    for column in schema.columns:
        if column.name in ("text", "title", "name", "raw", "attributes", "url"):
            wanted = {Privacy.PERSONAL, Privacy.SENSITIVE}
            if schema.name == "change" and column.name == "title":
                wanted.add(Privacy.NONE)  # the company's own words
            assert column.privacy in wanted, f"{schema.name}.{column.name}"
        if column.name in ("person_id", "from_id", "to_id"):
            assert column.privacy is Privacy.PSEUDONYM


@pytest.mark.parametrize("schema", [SATISFACTION, VOICES], ids=lambda schema: schema.name)
def test_every_value_has_its_interval_and_n(schema: TableSchema) -> None:
    for name in ("", "recent_", "usual_"):
        value = name.rstrip("_") or "value"
        assert {value, f"{name}low", f"{name}high", f"{name}n"} <= set(schema.names)
        assert schema.column(f"{name}n").type is ColumnType.LONG
    assert {"change", "significant", "unusual"} <= set(schema.names)


def test_answers_are_of_fixed_columns() -> None:
    """DESIGN.md, part 3: columns named there are fixed, more may be added."""
    fixed = {
        "mood": "message_id language label p_negative p_neutral p_positive tier",
        "language": "message_id language",
        "satisfaction": "unit subject channel period metric value low high n change significant",
        "voices": "unit subject channel period measure value low high n change significant quotes",
        "quote": "message_id text",
        "domain": "source language accuracy accuracy_fitted",
        "domain_mood": "message_id label p_negative p_neutral p_positive",
        "label_accuracy": "language source n accuracy low high macro_f1 n_random",
        "reading": "message_id opinions",
        "emotion": "message_id name probability",
        "intent": "message_id name probability",
        "opinion": "message_id start end target category words polarity probability",
        "topic": "message_id name probability",
        "topics": "topic_id label parent n quotes",
        "issues": "issue_id label unit started ended n p_value quotes",
        "issue": "message_id issue_id probability",
        "link": "from_id to_id kind time weight message_id",
        "influence": "person_id measure value low high rank",
        "community": "person_id community_id stability",
        "communities": "community_id label n",
        "community_change": "period lineage community_id state n shared",
        "coordination": "person_id n share flagged evidence",
        "group_mood": "community_id before after value low high n q_value falling",
        "contagion": "estimate value low high adopted others",
        "seed": "way rank person_id reach low high guarantee",
        "cascade": "cascade_id root_message_id size depth virality started expected_growth",
        "cascade_forecast": "k verdict learned tested base_rate auc low high brier base_brier",
    }
    assert {schema.name for schema in ANSWERS} == set(fixed)
    for schema in ANSWERS:
        assert set(fixed[schema.name].split()) <= set(schema.names)


def test_windows_leave_enough_to_compare() -> None:
    for windows in WINDOWS.values():
        assert 1 <= windows.recent < windows.usual
        assert 3 <= windows.least <= windows.usual


def test_tickets_hold_no_data_and_cannot_be_changed() -> None:
    ticket = Table(schema=MESSAGE, name="message", version=3)
    snapshot = Snapshot(table=ticket, files=(), rows=0)
    for frozen in (ticket, snapshot, MESSAGE, MESSAGE.columns[0], Step(
        name="a", sql="SELECT 1", inputs=(), output=MESSAGE
    )):  # fmt: skip
        assert hash(frozen) == hash(dataclasses.replace(frozen))
        with pytest.raises(dataclasses.FrozenInstanceError):
            frozen.name = "x"  # type: ignore[misc]


# Arrow


def test_a_batch_has_exactly_the_schema() -> None:
    kinds = {
        "s": (ColumnType.STRING, ["가", None]), "n": (ColumnType.LONG, [1, None]),
        "x": (ColumnType.DOUBLE, [1.5, None]), "b": (ColumnType.BOOLEAN, [True, None]),
        "t": (ColumnType.TIMESTAMP, [1_767_225_600_000_001, None]),
        "l": (ColumnType.STRINGS, [["a", "나"], []]),
    }  # fmt: skip
    schema = TableSchema(
        name="t", version=1, meaning="t", key=("s",),
        columns=tuple(
            Column(name=name, type=kind, meaning=name) for name, (kind, _) in kinds.items()
        ),
    )  # fmt: skip
    made = batch(schema, {name: values for name, (_, values) in kinds.items()})
    assert made.schema == arrow_schema(schema)
    assert DataType.is_timestamp(made.schema.field("t").type)
    first = {name: made.column(name).to_pylist()[0] for name in kinds}
    assert first == {
        "s": "가", "n": 1, "x": 1.5, "b": True, "l": ["a", "나"],
        "t": datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    }  # fmt: skip
    assert [made.column(name).to_pylist()[1] for name in "snxbt"] == [None] * 5
    assert strings(made, "s") == ["가", ""]


def test_numbers_come_from_numpy_as_they_are() -> None:
    schema = TableSchema(
        name="t", version=1, meaning="t", key=("n",),
        columns=(Column(name="n", type=ColumnType.LONG, meaning="n"),
                 Column(name="x", type=ColumnType.DOUBLE, meaning="x")),
    )  # fmt: skip
    made = batch(schema, {"n": np.arange(6, dtype=np.int32)[::2], "x": np.float32([0.5, 1, 2])})
    assert made.column("n").to_pylist() == [0, 2, 4]
    assert made.column("x").to_pylist() == [0.5, 1.0, 2.0]


# SQL literals


@given(st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=30))
def test_a_quoted_value_is_read_back_as_it_was(text: str) -> None:
    (row,) = duckdb.sql(f"SELECT {quoted(text)} AS {identifier('열')}").fetchall()
    assert row == (text,)


@given(
    st.text(
        st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)),
        min_size=1,
        max_size=20,
    )
)
def test_an_identifier_names_its_column(name: str) -> None:
    assert duckdb.sql(f"SELECT 1 AS {identifier(name)}").columns == [name]

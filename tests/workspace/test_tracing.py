"""Where a person is found, and what of others' texts is hidden."""

from collections.abc import Sequence

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.arrow import batch
from sonnim.tables.facts import FACTS, MESSAGE, REJECTED
from sonnim.tables.schema import Column, ColumnType, Privacy, TableSchema
from sonnim.tables.step import Step
from sonnim.tables.table import Table
from sonnim.workspace.catalog import schemas
from sonnim.workspace.tracing import (
    HIDDEN,
    Kind,
    about,
    find,
    hidden,
    kinds,
    looks_like_an_id,
    may_hold_people,
)
from tests.workspace.people import pseudonym

TEXT = MESSAGE.column("text")


def hide(text: str, handles: Sequence[str], column: Column = TEXT) -> str:
    sql = f"SELECT {hidden(column, handles)} FROM (SELECT ? AS {column.name})"
    return str(duckdb.execute(sql, [text]).fetchall()[0][0])


@pytest.mark.parametrize(
    ("text", "handles", "wanted"),
    [
        ("Ask minsu_77 about it", ["minsu_77"], "Ask ▇▇▇ about it"),
        ("@Minsu_77님, minsu_77minsu", ["minsu_77"], "@▇▇▇님, minsu_77minsu"),
        ("minsu_77 minsu_77,minsu_77", ["minsu_77"], "▇▇▇ ▇▇▇,▇▇▇"),
        ("mail kim.minsu@mail.example!", ["kim.minsu@mail.example"], "mail ▇▇▇!"),
        # Words that anybody may use are hidden only where they are meant as a name.
        ("Seoul is far, @seoul", ["seoul"], "Seoul is far, @▇▇▇"),
        ("하늘이 맑다 @하늘이 그랬어", ["하늘"], "하늘이 맑다 @▇▇▇이 그랬어"),
        ("1042 won, says @1042", ["1042"], "1042 won, says @▇▇▇"),
        ("call 01012345678 now", ["01012345678"], "call ▇▇▇ now"),
        # The longest handle first, and signs of regular expressions are signs.
        ("a.b-c_1 and a.b-c_12", ["a.b-c_12", "a.b-c_1"], "▇▇▇ and ▇▇▇"),
        ("axb_1 stays, a.b_1 goes", ["a.b_1"], "axb_1 stays, ▇▇▇ goes"),
        ("RT @minsu_77: the cake is dry,\n@ann", ["minsu_77"], "RT @▇▇▇: ▇▇▇"),
        ("So true! RT @Seoul the cake is dry", ["seoul"], "So true! RT @▇▇▇: ▇▇▇"),
        ("start @minsu_77: what was said stays", ["minsu_77"], "start @▇▇▇: what was said stays"),
        ("it's o'neil_9's", ["o'neil_9"], "it's o'neil_9's"),
    ],
)
def test_hidden_in_texts(text: str, handles: list[str], wanted: str) -> None:
    assert hide(text, handles) == wanted


def test_hidden_in_lists_of_handles_and_in_json() -> None:
    addressed, attributes = MESSAGE.column("addressed"), MESSAGE.column("attributes")
    assert hide("seoul,other, @Seoul", ["seoul"], addressed) == "▇▇▇,other, @▇▇▇"
    text = '{"to":"01012345678","n":01012345678,"all":[1,01012345678]}'
    wanted = '{"to":"▇▇▇","n":null,"all":[1,null]}'
    assert hide(text, ["01012345678"], attributes) == wanted


@settings(max_examples=60, deadline=None)
@given(
    st.from_regex(r"[a-z]{2,6}[_0-9][a-z0-9]{2,8}", fullmatch=True).filter(looks_like_an_id),
    st.lists(st.sampled_from(["배송이", "late", "42", "님", "🚚", "x_y"]), max_size=6),
)
def test_only_the_handle_goes(handle: str, others: list[str]) -> None:
    """Oracle: the text put together with the sign instead of the handle."""
    words = [word for word in others if word != handle]
    text = " ".join([handle, *words, f"@{handle.upper()}님"])
    assert hide(text, [handle]) == " ".join([HIDDEN, *words, f"@{HIDDEN}님"])


def found_rows(schema: TableSchema, rows: list[dict[str, object]], person: str) -> list[object]:
    """The first column of the rows that are about a person, given by pseudonym."""
    values = {name: [row.get(name) for row in rows] for name in schema.names}

    def matches(kind: Kind, value: str) -> str:
        return f"{value} = '{person}'" if kind is Kind.PERSON else "false"

    with DuckEngine() as engine:
        table = engine.load(Table(schema=schema, name=schema.name), batch(schema, values))
        found = find(engine, schema, table.name, matches)
        step = Step(
            name="theirs",
            sql=f"SELECT * FROM {schema.name} WHERE {about(schema, found)}",
            inputs=(schema.name,),
            output=schema,
        )
        rows_found = engine.fetch(engine.run([step]), order=schema.key).read_all()
        return rows_found.column(schema.names[0]).to_pylist()


@pytest.mark.parametrize(
    "raw",
    [
        '{"time":"never","author":"Minsu_77","text":"x"}',
        '{"a":{"b":[{"author":" minsu_77 "}]}}',
        "71,minsu_77,True,too,many",
        "71;MINSU_77;True",
        "no fields, but @minsu_77 is spoken to",
        'half a line with "minsu_77" in it',
    ],
)
def test_rows_that_could_not_be_taken_are_found_by_whole_values(raw: str) -> None:
    other = '{"author":"minsu_777","text":"Minsu 77"}'
    rows: list[dict[str, object]] = [
        {"source": "theirs", "row": 1, "raw": raw},
        {"source": "another's", "row": 2, "raw": other},
        {"source": "empty", "row": 3},
    ]
    assert found_rows(REJECTED, rows, pseudonym("minsu_77")) == ["theirs"]


@pytest.mark.parametrize("raw", ["1042", "하늘", "kim minsu", "7"])
def test_short_and_odd_ids_are_found_in_them_too(raw: str) -> None:
    rows: list[dict[str, object]] = [
        {"source": "json", "raw": f'{{"who":"{raw}","text":"a b"}}'},
        {"source": "line", "raw": f"5,{raw},x"},
        {"source": "other", "raw": f'{{"who":"{raw}5","text":"{raw}5"}}'},
    ]
    assert found_rows(REJECTED, rows, pseudonym(raw)) == ["json", "line"]


def test_columns_of_unknown_makers_are_looked_at() -> None:
    schema = TableSchema(
        name="strange",
        version=1,
        meaning="Anything",
        key=("n",),
        columns=(
            Column(name="n", type=ColumnType.LONG, meaning="n"),
            Column(name="whom", meaning="Somebody"),
            Column(name="city", meaning="A city"),
        ),
    )
    person = pseudonym("minsu_77")
    rows: list[dict[str, object]] = [
        {"n": 1, "whom": person, "city": "Seoul"},
        {"n": 2, "whom": pseudonym("other"), "city": "Seoul"},
        {"n": 3, "city": person},
    ]
    assert found_rows(schema, rows, person) == [1, 3]
    # Where another meaning is likely, only our own kind of id counts.
    assert found_rows(schema, rows, "Seoul") == []


def test_every_table_says_which_columns_name_people() -> None:
    """A new column that may name somebody must not slip through: this list is read in review."""
    named = {
        f"{schema.name}.{column.name}": "+".join(kinds(schema, column))
        for schema in FACTS
        for column in schema.columns
        if kinds(schema, column)
    }
    assert named == {
        "message.message_id": "row",
        "message.person_id": "person",
        "message.thread_id": "row+thread",
        "message.reply_to": "row",
        "message.share_of": "row",
        "event.event_id": "row",
        "event.person_id": "person",
        "answer.answer_id": "row",
        "answer.person_id": "person",
        "answer.message_id": "row",
        "tie.from_id": "person",
        "tie.to_id": "person",
        "tie.message_id": "row",
        "person.person_id": "person",
        "account.person_id": "person",
        "correction.message_id": "row",
        "correction.labelled_by": "person",
    }


def test_every_table_with_people_forgets_its_past() -> None:
    for schema in schemas().values():
        names = any(kinds(schema, c) for c in schema.columns if schema in FACTS)
        private = any(c.privacy is not Privacy.NONE for c in schema.columns)
        if names or private:
            assert may_hold_people(schema), schema.name

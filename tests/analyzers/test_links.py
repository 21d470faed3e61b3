"""Links: worked by hand, and those of the demo world against its truth."""

import csv
from pathlib import Path

import pytest

from sonnim.analyzers import links
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.workspace.bare import analyze_bare
from sonnim.workspace.workspace import new
from sonnim.workspace.world.making import make_world
from tests.analyzers.asking import Record, asked
from tests.engines.fixtures import EngineFactory

MESSAGES: list[Record] = [
    {"message_id": "1", "person_id": "ann", "text": "Closed? @Bob.Lee write to a@b.example",
     "time": 1_000_000, "source": "x"},
    {"message_id": "2", "person_id": "bob.lee", "text": "@ann yes", "reply_to": "1"},
    {"message_id": "3", "person_id": "cho", "text": "RT", "share_of": "1"},
    {"message_id": "4", "person_id": "cho", "text": "me again @cho", "reply_to": "3"},
    {"message_id": "5", "person_id": "desk", "text": "Sorry! @dan @ann", "reply_to": "2",
     "addressed": "cho, @dan", "direction": "out"},
    {"message_id": "6", "text": "@ann nobody said this", "reply_to": "1"},
]  # fmt: skip
TIES: list[Record] = [
    {"from_id": "dan", "to_id": "cho", "kind": "refer", "weight": 2.0},
    {"from_id": "dan", "to_id": "cho", "kind": "refer", "weight": 0.5},
    {"from_id": "cho", "to_id": "dan", "weight": -1.0},
    {"from_id": "cho", "to_id": "cho", "weight": 1.0},
    {"from_id": "eve", "to_id": "ann"},
]


def found(engine: Engine, **parameters: object) -> list[tuple[object, ...]]:
    people: list[Record] = [
        {"person_id": "eve", "kind": "employee"}, {"person_id": "dan", "kind": "customer"},
    ]  # fmt: skip
    tables = {"message": MESSAGES, "tie": TIES, "person": people}
    tables["account"] = [{"source": "app", "source_id": "dan", "person_id": "dan"}]
    rows = asked(engine, links.ANALYZER, tables, **parameters)
    names = ("from_id", "to_id", "kind", "weight", "message_id", "about_id", "company")
    return sorted((tuple(row[name] for name in names) for row in rows), key=str)


# By hand: the handles of 1 and 5 are people of these names; the address in 1 is no mention; 4
# answers itself; 6 has no author; 2 mentions whom it answers.
WANTED = sorted(
    [
        ("ann", "bob.lee", "mention", 1.0, "1", None, False),
        ("bob.lee", "ann", "reply", 1.0, "2", "1", False),
        ("cho", "ann", "share", 1.0, "3", "1", False),
        ("desk", "bob.lee", "reply", 1.0, "5", "2", True),
        ("desk", "cho", "mention", 1.0, "5", None, True),
        ("desk", "dan", "mention", 1.0, "5", None, True),
        ("dan", "cho", "refer", 2.5, None, None, False),
        ("eve", "ann", "tie", 1.0, None, None, True),
    ],
    key=str,
)


def test_links_are_those_found_by_hand() -> None:
    with DuckEngine() as engine:
        assert found(engine) == WANTED


def test_handles_can_be_said_to_be_the_companys() -> None:
    with DuckEngine() as engine:
        rows = found(engine, company="@Cho, nobody_knows")
    assert {row[:2] for row in rows if row[-1]} == {
        ("desk", "bob.lee"), ("desk", "cho"), ("desk", "dan"), ("eve", "ann"), ("cho", "ann"),
        ("dan", "cho"),
    }  # fmt: skip


@pytest.mark.spark
def test_spark_finds_the_same(spark_engine: EngineFactory) -> None:
    with spark_engine() as engine:
        assert found(engine) == WANTED


def test_links_of_the_demo_world_are_those_that_were_planted(tmp_path: Path) -> None:
    make_world(tmp_path, seed=7, messages=600)
    workspace = new(tmp_path / "space", timezone="Asia/Seoul")
    workspace.add(tmp_path / "exports" / "posts.csv")
    workspace.run(["links"])
    link = workspace.table("link")
    found = zip(*(link.column(name).to_pylist() for name in ("kind", "message_id")), strict=True)
    with (tmp_path / "truth" / "ties.csv").open(encoding="utf-8", newline="") as lines:
        planted = [(row["kind"], f"posts:{row['post']}") for row in csv.DictReader(lines)]
    assert len(planted) > 50
    assert sorted(found) == sorted(planted)


@pytest.mark.parametrize("header", ["from,to", "source,target", "보낸사람,받는사람"])
def test_a_bare_list_of_edges_is_understood(tmp_path: Path, header: str) -> None:
    file = tmp_path / "edges.csv"
    file.write_text(f"{header},weight\na,b,2\nb,a,1\na,a,7\n", encoding="utf-8")
    link = analyze_bare("links", file)
    assert link.column("from_id").to_pylist() == ["a", "b"]
    assert link.column("to_id").to_pylist() == ["b", "a"]
    assert link.column("weight").to_pylist() == [2.0, 1.0]


def test_answers_in_a_bare_file_lead_to_its_own_rows(tmp_path: Path) -> None:
    file = tmp_path / "talk.csv"
    file.write_text(
        "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
        "1,desk,False,2017-10-31T22:10:47Z,How can we help you today?,2,\n"
        "2,115712,True,2017-10-31T22:11:45Z,@desk it does not work,,1\n",
        encoding="utf-8",
    )
    link = analyze_bare("links", file)
    wanted = {"from_id": "115712", "to_id": "desk", "kind": "reply", "about_id": "1",
              "company": True}  # fmt: skip
    assert {name: link.column(name).to_pylist() for name in wanted} == {
        name: [value] for name, value in wanted.items()
    }

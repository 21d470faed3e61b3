"""Influence: worked small, and the influencers that the demo world hides."""

import csv
from pathlib import Path

import networkx
import numpy as np
import pytest

from sonnim.analyzers import community, influence
from sonnim.checks.rows import fetched
from sonnim.connectors.shape import pseudonym_here
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.graphs.agreement import nmi
from sonnim.workspace.bare import analyze_bare
from sonnim.workspace.workspace import Workspace, new
from sonnim.workspace.world.making import make_world
from sonnim.workspace.world.network import BOT, COMPANY, INFLUENCER, OFFICIAL
from tests.analyzers.asking import Record, asked, asked_all, load
from tests.engines.fixtures import EngineFactory

DAY = 86_400_000_000


def talk(seed: int = 3, people: int = 12, n: int = 300) -> dict[str, list[Record]]:
    """Answers at random with moods at random; p0's mood comes back by half."""
    chance = np.random.default_rng(seed)
    link: list[Record] = []
    mood: list[Record] = []
    for number in range(n):
        first, second = chance.choice(people, 2, replace=False)
        given, own = chance.uniform(0, 1, 2)
        felt = 0.5 * given + 0.5 * own if second == 0 else own
        link.append({
            "from_id": f"p{first}", "to_id": f"p{second}", "kind": "reply", "weight": 1.0,
            "message_id": f"b{number}", "about_id": f"a{number}", "time": number * DAY,
            "company": False,
        })  # fmt: skip
        for name, positive in ((f"a{number}", given), (f"b{number}", felt)):
            mood.append({"message_id": name, "p_positive": positive, "p_negative": 1 - positive})
    link.append({"from_id": "p1", "to_id": "desk", "kind": "reply", "weight": 1.0, "company": True,
                 "message_id": "b0", "about_id": "a0"})  # fmt: skip
    return {"link": link, "mood": mood}


def by_person(rows: list[Record], measure: str) -> dict[str, Record]:
    return {row["person_id"]: row for row in rows if row["measure"] == measure}


def test_measures_are_those_of_networkx() -> None:
    given = talk()
    with DuckEngine() as engine:
        rows = asked(engine, influence.ANALYZER, given, half_life=30.0)
    graph = networkx.DiGraph()
    newest = max(row["time"] for row in given["link"] if not row["company"])
    for row in given["link"]:
        if not row["company"]:
            weight = 0.5 ** ((newest - row["time"]) / DAY / 30)
            there = graph.get_edge_data(row["from_id"], row["to_id"], {"weight": 0.0})["weight"]
            graph.add_edge(row["from_id"], row["to_id"], weight=there + weight)
    wanted = {
        "pagerank": networkx.pagerank(graph, tol=1e-12, max_iter=1000),
        "betweenness": networkx.betweenness_centrality(graph.to_undirected()),
        "core": networkx.core_number(graph.to_undirected()),
        "in_degree": dict(graph.in_degree()),
    }
    assert "desk" not in {row["person_id"] for row in rows}
    for measure, values in wanted.items():
        found = by_person(rows, measure)
        for person, value in values.items():
            assert found[person]["value"] == pytest.approx(value, abs=1e-7), measure
        order = sorted(values.values(), reverse=True)
        best = max(found.values(), key=lambda row: row["value"])
        assert best["rank"] == 1 and best["value"] == pytest.approx(order[0], abs=1e-7)


def test_mood_is_a_regression_on_what_was_answered() -> None:
    """The oracle is NumPy's, written from the page of the analyzer."""
    given = talk()
    with DuckEngine() as engine:
        rows = by_person(asked(engine, influence.ANALYZER, given), "mood")
    felt = {row["message_id"]: row["p_positive"] - row["p_negative"] for row in given["mood"]}
    usual = float(np.mean(list(felt.values())))
    answers = [row for row in given["link"] if not row["company"]]
    for person, row in rows.items():
        own = [one for one in answers if one["to_id"] == person]
        x = np.array([felt[one["about_id"]] - usual for one in own])
        y = []
        for one in own:
            others = [felt[o["message_id"]] for o in answers
                      if o["from_id"] == one["from_id"] and o is not one]  # fmt: skip
            y.append(felt[one["message_id"]] - (sum(others) + 5 * usual) / (len(others) + 5))
        xx, xy, yy = (x * x).sum() + 1, (x * y).sum(), (np.array(y) ** 2).sum()
        error = np.sqrt((yy - xy * xy / xx) / (len(own) - 1) / xx)
        assert row["n"] == len(own)
        assert row["value"] == pytest.approx(xy / xx)
        # Student's t at some twenty degrees of freedom is 2.0 to 2.15.
        assert 2 * error < row["value"] - row["low"] < 2.2 * error
    assert rows["p0"]["rank"] == 1 and rows["p0"]["low"] > 0
    assert all(one.startswith("a") for one in rows["p0"]["evidence"])


def test_h_index_is_that_of_the_definition() -> None:
    link: list[Record] = [
        {"from_id": f"r{who}", "to_id": "ann", "kind": "share", "weight": 1.0,
         "message_id": f"{about}{who}", "about_id": about}
        for about, people in (("a", 5), ("b", 3), ("c", 3), ("d", 1))
        for who in range(people)
    ]  # fmt: skip
    with DuckEngine() as engine:
        rows = asked(engine, influence.ANALYZER, {"link": link})
    # Three messages that found three people each; not four that found four.
    assert by_person(rows, "h_index")["ann"]["value"] == 3
    assert by_person(rows, "h_index")["ann"]["evidence"] == ["a", "c", "b"]
    assert by_person(rows, "in_degree")["ann"]["value"] == 5


def wide(engine: Engine, **parameters: object) -> tuple[list[Record], tuple[str, ...]]:
    """Rows and caveats of a network of more edges than are taken, or of as many."""
    for reads in influence.ANALYZER.reads:
        load(engine, reads.schema, talk().get(reads.schema.name, ()))
    answer = influence.analyze(engine, influence.InfluenceParameters(**parameters))  # type: ignore[arg-type]
    rows = [
        dict(zip(answer.tables[0].schema.names, row, strict=True))
        for row in fetched(engine, answer.tables[0])
    ]
    return rows, tuple(caveat.key for caveat in answer.caveats)


def held_against(rows: list[Record], wanted: list[Record]) -> None:
    """The same but betweenness and core, PageRank within what its caveat says."""
    kept = {(r["person_id"], r["measure"]): r for r in wanted
            if r["measure"] not in ("betweenness", "core")}  # fmt: skip
    assert {(r["person_id"], r["measure"]) for r in rows} == kept.keys()
    for row in rows:
        other = kept[row["person_id"], row["measure"]]
        assert row == {name: pytest.approx(value, abs=1e-7) if isinstance(value, float) else value
                       for name, value in other.items()}  # fmt: skip


def test_a_network_that_is_too_large_has_no_measures_of_one_machine() -> None:
    """Oracle: the answer of one machine, which NetworkX is held against above."""
    edges = len({(row["from_id"], row["to_id"]) for row in talk()["link"] if not row["company"]})
    with DuckEngine() as engine:
        whole, caveats = wide(engine, most=edges)
        assert caveats == ("caveat_influence",)
        rows, caveats = wide(engine, most=edges - 1)
    assert {row["measure"] for row in whole} >= {"betweenness", "core"}
    assert caveats == ("caveat_influence", "caveat_influence_wide")
    held_against(rows, whole)


def test_groups_of_a_network_that_is_too_large_go_by_labels() -> None:
    """By hand: two rings of four with all ties, and one tie between them; all labels settle."""
    link: list[Record] = [
        {"from_id": a, "to_id": b, "kind": "reply", "weight": 1.0, "message_id": a + b}
        for ring in ("abcd", "wxyz") for a in ring for b in ring if a != b
    ]  # fmt: skip
    link.append({"from_id": "d", "to_id": "w", "kind": "reply", "weight": 1.0, "message_id": "m"})
    with DuckEngine() as engine:
        people, groups = asked_all(engine, community.ANALYZER, {"link": link}, most=3)
        caveats = community.analyze(engine, community.CommunityParameters(most=3)).caveats
    assert {row["person_id"]: row["community_id"] for row in people} == {
        **dict.fromkeys("abcd", 0), **dict.fromkeys("wxyz", 1),
    }  # fmt: skip
    assert {row["stability"] for row in people} == {row["x"] for row in people} == {None}
    # Of the seven links of d, six stay and one goes to the others.
    bridges = {row["person_id"]: row["bridge"] for row in people}
    assert bridges["d"] == pytest.approx(1 - (36 + 1) / 49) and bridges["a"] == 0
    assert [row["inside"] for row in groups] == [pytest.approx(24 / 25)] * 2
    assert [caveat.key for caveat in caveats] == ["caveat_community_wide"]
    assert {row["state"] for row in groups} == {None}
    # Where seven was given before, it is not given again.
    with DuckEngine() as engine:
        given = {"link": link, "communities": [{"community_id": 7}]}
        people, groups = asked_all(engine, community.ANALYZER, given, most=3)
    assert {row["person_id"]: row["community_id"] for row in people} == {
        **dict.fromkeys("abcd", 8), **dict.fromkeys("wxyz", 9),
    }  # fmt: skip
    assert [row["community_id"] for row in groups] == [8, 9]


@pytest.mark.spark
def test_spark_answers_the_same(spark_engine: EngineFactory) -> None:
    def answers(engine: Engine) -> dict[object, Record]:
        rows = asked(engine, influence.ANALYZER, talk())
        return {(row["person_id"], row["measure"]): row for row in rows}

    with DuckEngine() as duck, spark_engine() as spark:
        here, there = answers(duck), answers(spark)
        rows, _ = wide(spark, most=10)
        held_against(rows, wide(duck)[0])
    assert here.keys() == there.keys()
    for key, row in here.items():
        assert there[key] == {k: pytest.approx(v, abs=1e-9) if isinstance(v, float) else v
                              for k, v in row.items()}  # fmt: skip


@pytest.fixture(scope="module", params=[7, 21])
def planted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, list[dict[str, str]]]:
    """A world's posts with their moods and network, and the truth about its accounts."""
    folder = tmp_path_factory.mktemp("network")
    make_world(folder, seed=request.param, messages=6_000)
    workspace = new(folder / "space", timezone="Asia/Seoul", handles=[OFFICIAL])
    workspace.add(folder / "exports" / "posts.csv")
    workspace.run(["mood"], parameters={"tier": "fast"})
    workspace.run(["links", "influence", "community"])
    with (folder / "truth" / "network.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row["id"] = pseudonym_here(row["handle"])
    return workspace, rows


@pytest.mark.slow
@pytest.mark.parametrize("measure", ["mood", "in_degree", "pagerank"])
def test_planted_influencers_are_found(
    planted: tuple[Workspace, list[dict[str, str]]], measure: str
) -> None:
    """Of the ten first, at least eight were planted (issue: precision at 10 at least .8)."""
    workspace, truth = planted
    roles = {row["id"]: row["role"] for row in truth}
    table = workspace.table("influence")
    rows = zip(*(table.column(name).to_pylist() for name in ("person_id", "measure", "rank")),
               strict=True)  # fmt: skip
    first = sorted((rank, person) for person, name, rank in rows if name == measure)[:10]
    assert COMPANY not in {roles[person] for _, person in first}
    assert sum(roles[person] == INFLUENCER for _, person in first) >= 8


@pytest.mark.slow
def test_planted_groups_are_found(planted: tuple[Workspace, list[dict[str, str]]]) -> None:
    """Normalised mutual information with the groups that were planted is at least .8."""
    workspace, truth = planted
    table = workspace.table("community")
    found = dict(
        zip(table.column("person_id").to_pylist(), table.column("community_id").to_pylist(),
            strict=True)
    )  # fmt: skip
    people = [row for row in truth if row["id"] in found and row["role"] not in (BOT, COMPANY)]
    assert len(people) > 150
    names = {name: place for place, name in enumerate({row["group"] for row in people})}
    assert nmi(np.array([found[row["id"]] for row in people]),
               np.array([names[row["group"]] for row in people])) >= 0.8  # fmt: skip


def test_groups_of_a_bare_list_of_edges(tmp_path: Path) -> None:
    """Two triangles that one edge ties: by hand, two groups, and the two ends of it bridges."""
    file = tmp_path / "edges.csv"
    pairs = ("a,b", "b,c", "c,a", "d,e", "e,f", "f,d", "c,d")
    file.write_text("\n".join(["from,to", *pairs]), encoding="utf-8")
    table = analyze_bare("community", file)
    rows = {
        person: (group, bridge)
        for person, group, bridge in zip(
            *(table.column(name).to_pylist() for name in ("person_id", "community_id", "bridge")),
            strict=True,
        )
    }
    assert len({rows[one][0] for one in "abc"}) == len({rows[one][0] for one in "def"}) == 1
    assert rows["a"][0] != rows["d"][0]
    # Of three links of c two stay: 1 - (4 + 1) / 9.
    assert {one: pytest.approx(bridge) for one, (_, bridge) in rows.items()} == {
        **dict.fromkeys("abef", 0.0), "c": 4 / 9, "d": 4 / 9,
    }  # fmt: skip


def test_groups_say_how_they_feel_and_what_they_speak_of() -> None:
    link: list[Record] = [
        {"from_id": a, "to_id": b, "kind": "reply", "weight": 1.0}
        for group in ("abc", "def")
        for a in group
        for b in group
        if a != b
    ]
    message: list[Record] = [
        {"message_id": f"{who}{n}", "person_id": who, "text": "글"} for who in "abcdef"
        for n in range(4)
    ]  # fmt: skip
    mood: list[Record] = [
        {"message_id": row["message_id"],
         "label": "negative" if row["person_id"] in "ab" else "positive"} for row in message
    ]  # fmt: skip
    topic: list[Record] = [
        {"message_id": row["message_id"], "topic_id": 1,
         "name": "배송" if row["person_id"] in "abc" else "맛"} for row in message
    ]  # fmt: skip
    tables = {"link": link, "message": message, "mood": mood, "topic": topic}
    with DuckEngine() as engine:
        _, groups = asked_all(engine, community.ANALYZER, tables)
    found = {row["label"]: row for row in groups}
    assert set(found) == {"배송", "맛"}
    assert found["배송"]["negative"] == pytest.approx(8 / 12) and found["맛"]["negative"] == 0
    assert found["배송"]["low"] < 8 / 12 < found["배송"]["high"]
    assert all(row["inside"] == 1 and row["n"] == 3 for row in groups)

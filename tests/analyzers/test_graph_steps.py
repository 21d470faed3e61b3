"""Measures in rounds of SQL are those of `sonnim.graphs`, which LDBC and NetworkX check."""

from collections.abc import Iterator
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sonnim.analyzers.graph_steps import (
    forest_rounds,
    label_rounds,
    numbered_step,
    part_rounds,
    rank_rounds,
)
from sonnim.analyzers.rounds import Rounds, run_rounds
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.graphs.cascades import forest, shapes
from sonnim.graphs.components import components, numbered
from sonnim.graphs.labels import labels
from sonnim.graphs.network import network_of
from sonnim.graphs.rank import pagerank
from sonnim.tables.arrow import batch
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step
from sonnim.tables.table import Table
from tests.engines.fixtures import EngineFactory
from tests.graphs.examples import scale_free

PEOPLE = TableSchema(
    name="people", version=1, meaning="People", key=("place",),
    columns=(Column(name="place", type=ColumnType.LONG, meaning="Number"),),
)  # fmt: skip
EDGES = TableSchema(
    name="edges", version=1, meaning="Edges", key=(),
    columns=(
        Column(name="source", type=ColumnType.LONG, meaning="From whom"),
        Column(name="target", type=ColumnType.LONG, meaning="To whom"),
        Column(name="weight", type=ColumnType.DOUBLE, meaning="How strongly"),
    ),
)  # fmt: skip
PARENTS = TableSchema(
    name="parents", version=1, meaning="Messages", key=("place",),
    columns=(
        Column(name="place", type=ColumnType.LONG, meaning="Number"),
        Column(name="parent", type=ColumnType.LONG, meaning="What it hangs on"),
    ),
)  # fmt: skip
Edges = tuple[int, list[tuple[int, int, float]]]


@st.composite
def raw_edges(draw: st.DrawFn, most: int = 9) -> Edges:
    """How many people, and edges as they are found: loops, doubles, weights of 0."""
    n = draw(st.integers(0, most))
    person = st.integers(0, max(n - 1, 0))
    weight = st.sampled_from([0.0, 0.25, 1.0, 1.0, 3.0])
    return n, draw(st.lists(st.tuples(person, person, weight), max_size=3 * n if n else 0))


def loaded(engine: Engine, n: int, edges: list[tuple[int, int, float]]) -> None:
    engine.load(Table(schema=PEOPLE, name="people"), batch(PEOPLE, {"place": np.arange(n)}))
    columns = {
        name: [edge[at] for edge in edges] for at, name in enumerate(("source", "target", "weight"))
    }
    engine.load(Table(schema=EDGES, name="edges"), batch(EDGES, columns))


def values(engine: Engine, rounds: Rounds, column: str, kind: ColumnType) -> NDArray[np.float64]:
    """What the last step says of each person, in order."""
    return asked(engine, run_rounds(engine, rounds).name, column, kind)


def asked(engine: Engine, name: str, column: str, kind: ColumnType) -> NDArray[np.float64]:
    """A column of a table, in order of people, of whom each is there once."""
    schema = TableSchema(
        name="asked", version=1, meaning="What came out", key=("place",),
        columns=(PEOPLE.column("place"), Column(name=column, type=kind, meaning="The measure")),
    )  # fmt: skip
    found = engine.fetch(Table(schema=schema, name=name)).read_all()
    places, measured = (found.column(name).to_pylist() for name in ("place", column))
    rows = sorted(zip(places, measured, strict=True))
    assert [place for place, _ in rows] == list(range(len(rows)))
    return np.array([value for _, value in rows])


def ranks(engine: Engine, **how: object) -> NDArray[np.float64]:
    return values(
        engine, rank_rounds("ranks", "people", "edges", **how),  # type: ignore[arg-type]
        "share", ColumnType.DOUBLE,
    )  # fmt: skip


def parts(engine: Engine) -> NDArray[np.float64]:
    return values(engine, part_rounds("parts", "people", "edges"), "part", ColumnType.LONG)


def borne(engine: Engine, **how: object) -> NDArray[np.float64]:
    return values(
        engine, label_rounds("labels", "people", "edges", **how),  # type: ignore[arg-type]
        "label", ColumnType.LONG,
    )  # fmt: skip


def numbered_as(engine: Engine, source: str, column: str) -> NDArray[np.float64]:
    """Groups by number, in order of people."""
    return asked(engine, engine.run([numbered_step("numbers", source, column)]).name, "number",
                 ColumnType.LONG)  # fmt: skip


def ends(edges: list[tuple[int, int, float]]) -> tuple[NDArray[np.int64], ...]:
    return (
        np.array([a for a, _, _ in edges], np.int64),
        np.array([b for _, b, _ in edges], np.int64),
    )


def hang(engine: Engine, parents: list[int]) -> None:
    """Messages by number, and what each hangs on."""
    columns = {"place": np.arange(len(parents)), "parent": parents}
    engine.load(Table(schema=PARENTS, name="parents"), batch(PARENTS, columns))


def weights(edges: list[tuple[int, int, float]]) -> NDArray[np.float64]:
    return np.array([w for _, _, w in edges], np.float64)


def listed(n: int, edges: int, seed: int) -> list[tuple[int, int, float]]:
    """Edges of a network whose ends are drawn by power laws."""
    network = scale_free(n, edges, seed)
    return list(
        zip(network.sources.tolist(), network.targets.tolist(), network.weights.tolist(),
            strict=True)
    )  # fmt: skip


@pytest.fixture(scope="module")
def duck() -> Iterator[Engine]:
    """One engine for all examples."""
    with DuckEngine(processes=1, threads=1) as engine:
        yield engine


@settings(max_examples=25)
@given(raw_edges(), st.sampled_from([0.0, 0.5, 0.85]))
def test_ranks_are_those_of_graphs(duck: Engine, given_edges: Edges, damping: float) -> None:
    """Oracle: `graphs.rank.pagerank`; loops, doubles, people who turn to nobody, nobody at all."""
    n, edges = given_edges
    wanted = pagerank(network_of(n, *ends(edges), weights(edges)), damping=damping)
    loaded(duck, n, edges)
    found = ranks(duck, damping=damping)
    assert found == pytest.approx(wanted, abs=3e-10)


def test_ranks_of_some_rounds_are_those_of_graphs() -> None:
    """Oracle: `graphs.rank.pagerank` after as many rounds; and NetworkX after all."""
    edges = listed(200, 700, 4)
    network = network_of(200, *ends(edges), weights(edges))
    graph = nx.DiGraph()
    graph.add_nodes_from(range(200))
    graph.add_weighted_edges_from(edges)
    with DuckEngine(processes=1) as engine:
        loaded(engine, 200, edges)
        for rounds in (1, 2, 5):
            found = ranks(engine, iterations=rounds)
            assert found == pytest.approx(pagerank(network, iterations=rounds), abs=1e-14)
        found = ranks(engine)
    wanted = nx.pagerank(graph, tol=1e-13, max_iter=500)
    assert found == pytest.approx([wanted[i] for i in range(200)], abs=1e-10)


@settings(max_examples=25)
@given(raw_edges())
def test_parts_are_those_of_graphs(duck: Engine, given_edges: Edges) -> None:
    """Oracle: `graphs.components`; and the lowest place of each part, by hand."""
    n, edges = given_edges
    wanted = components(network_of(n, *ends(edges), weights(edges)))
    loaded(duck, n, edges)
    found = parts(duck)
    lowest = [np.flatnonzero(wanted == part).min() for part in wanted]
    assert found.tolist() == lowest
    assert numbered_as(duck, "parts", "part").tolist() == wanted.tolist()


def test_a_chain_takes_few_rounds(duck: Engine) -> None:
    """Two chains of 500 people in no order, and one alone; 16 rounds are asked of a thousand."""
    order = np.random.default_rng(5).permutation(1001).tolist()
    edges = [(order[i], order[i + 1], 1.0) for i in range(1000) if i not in (499, 999)]
    loaded(duck, 1001, edges)
    rounds = replace(part_rounds("parts", "people", "edges"), most=16)
    found = values(duck, rounds, "part", ColumnType.LONG)
    wanted = components(network_of(1001, *ends(edges)))
    assert numbered(found.astype(np.int64)).tolist() == wanted.tolist()
    assert sorted(np.bincount(wanted)) == [1, 500, 500]


@settings(max_examples=25)
@given(raw_edges(), st.booleans(), st.integers(1, 4))
def test_labels_are_those_of_graphs(
    duck: Engine, given_edges: Edges, directed: bool, iterations: int
) -> None:
    """Oracle: `graphs.labels`, after as many rounds."""
    n, edges = given_edges
    network = network_of(n, *ends(edges), weights(edges), directed=directed)
    loaded(duck, n, edges)
    found = borne(duck, directed=directed, iterations=iterations)
    assert found.tolist() == labels(network, iterations=iterations).tolist()


@settings(max_examples=25)
@given(st.lists(st.integers(-1, 11), max_size=12))
def test_cascades_are_those_of_graphs(duck: Engine, parents: list[int]) -> None:
    """Oracle: `graphs.cascades`, also where what is named is not there, later, or itself."""
    hang(duck, parents)
    rounds = forest_rounds("found", "parents")
    roots = values(duck, rounds, "root", ColumnType.LONG)
    wanted = forest(np.array(parents, np.int64))
    shape = shapes(wanted)
    assert roots.tolist() == wanted.roots.tolist()
    assert asked(duck, "found", "depth", ColumnType.LONG).tolist() == wanted.depths.tolist()
    virality = np.zeros(len(parents))
    virality[shape.roots] = np.nan_to_num(shape.virality)
    assert asked(duck, "found", "virality", ColumnType.DOUBLE) == pytest.approx(virality)


def test_a_long_chain_takes_few_rounds(duck: Engine) -> None:
    """By hand: a chain of 1,000 messages is known in ten rounds; its virality is a third."""
    hang(duck, list(range(-1, 999)))
    rounds = replace(forest_rounds("found", "parents"), most=10)
    assert values(duck, rounds, "depth", ColumnType.LONG).tolist() == list(range(1000))
    virality = asked(duck, "found", "virality", ColumnType.DOUBLE)
    assert virality.tolist() == [pytest.approx(1001 / 3), *[0.0] * 999]


@pytest.mark.spark
def test_spark_says_the_same(spark_engine: EngineFactory) -> None:
    """Oracle: `sonnim.graphs`, of a network with loops, doubles and people without ties."""
    edges = [*listed(60, 90, 8), (3, 3, 2.0), (4, 5, 1.0), (4, 5, 0.5), (6, 7, 0.0)]
    network = network_of(64, *ends(edges), weights(edges))
    with spark_engine() as spark:
        loaded(spark, 64, edges)
        found = ranks(spark, iterations=3)
        assert found == pytest.approx(pagerank(network, iterations=3), abs=1e-13)
        assert numbered(parts(spark).astype(np.int64)).tolist() == components(network).tolist()
        assert borne(spark, iterations=2).tolist() == labels(network, iterations=2).tolist()
        hang(spark, [-1, 0, 0, 2, 9, 5, 3])
        found = values(spark, forest_rounds("found", "parents"), "root", ColumnType.LONG)
        assert found.tolist() == [0, 0, 0, 0, 4, 5, 0]


def test_rounds_end_when_they_are_enough() -> None:
    """By hand: halves of 8 are 4, 2, 1; the third round moves 1, which is enough."""
    one = Step(name="h", sql="SELECT 8e0 AS x, 0e0 AS y", inputs=(), output=PEOPLE, keep=True)
    half = Step(name="h_next", sql="SELECT x / 2e0 AS x, x AS y FROM h", inputs=("h",),
                output=PEOPLE, keep=True)  # fmt: skip
    schema = TableSchema(
        name="h_end", version=1, meaning="What is left", key=(),
        columns=(Column(name="x", type=ColumnType.DOUBLE, meaning="What is left"),),
    )  # fmt: skip
    last = Step(name="h_end", sql="SELECT x FROM h_next", inputs=("h_next",), output=schema)
    with DuckEngine(processes=1) as engine:
        for enough, most, wanted in (
            (1.0, None, 1.0),
            (None, 2, 2.0),
            (1.0, 1, 4.0),
            (9.0, 5, 4.0),
        ):
            rounds = Rounds(begin=(one,), each=(half,), moved="sum(y - x)", enough=enough,
                            most=most, end=(last,))  # fmt: skip
            found = engine.fetch(run_rounds(engine, rounds)).read_all().column("x").to_pylist()
            assert found == [wanted]

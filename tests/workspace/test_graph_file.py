"""Graphs as files: NetworkX reads back what was written."""

from pathlib import Path

import networkx
import pytest

from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.answers import MOOD
from sonnim.tables.answers_network import LINK
from sonnim.tables.errors import StopError
from sonnim.tables.table import Table
from sonnim.workspace.exporting import write_table
from tests.analyzers.asking import load

ODD = 'a "b" <c> & \x00 가'
LINKS = [
    {"from_id": "ann", "to_id": "bob", "kind": "reply", "weight": 1.0, "message_id": "1"},
    {"from_id": "ann", "to_id": "bob", "kind": "share", "weight": 0.5, "message_id": "2"},
    {"from_id": "bob", "to_id": ODD, "kind": "reply", "weight": 2.0, "message_id": "3"},
]


@pytest.mark.parametrize(("ending", "read"), [
    (".gexf", networkx.read_gexf), (".graphml", networkx.read_graphml),
])  # fmt: skip
def test_networkx_reads_it_back(tmp_path: Path, ending: str, read: object) -> None:
    file = tmp_path / f"links{ending}"
    with DuckEngine() as engine:
        load(engine, LINK, LINKS)
        assert write_table(engine, Table(schema=LINK, name=LINK.name), file) == 2
    graph = read(file)  # type: ignore[operator]
    kept = ODD.replace("\x00", "\ufffd")
    assert graph.is_directed() and set(graph) == {"ann", "bob", kept}
    assert {(a, b): (d["weight"], d["links"]) for a, b, d in graph.edges(data=True)} == {
        ("ann", "bob"): (1.5, 2), ("bob", kept): (2.0, 1),
    }  # fmt: skip


def test_other_tables_are_no_graphs(tmp_path: Path) -> None:
    with DuckEngine() as engine:
        load(engine, MOOD, [])
        with pytest.raises(StopError, match=r"\.parquet, \.csv, \.xlsx"):
            write_table(engine, Table(schema=MOOD, name=MOOD.name), tmp_path / "mood.gexf")

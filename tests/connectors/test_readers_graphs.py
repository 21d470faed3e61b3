"""GraphML, GEXF and Pajek: NetworkX writes, and what is read back are its edges."""

from collections import Counter
from pathlib import Path
from typing import Any

import networkx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sonnim
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.answers_network import LINK
from sonnim.tables.errors import SkipError
from sonnim.tables.table import Table
from sonnim.workspace.exporting import write_table
from tests.analyzers.asking import load
from tests.connectors.reading import Read, read_one

GEXF = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3" xmlns:viz="http://gexf.net/1.3/viz">
<meta><creator>a hand</creator></meta>
<graph defaultedgetype="undirected" mode="dynamic" timeformat="dateTime" timezone="Asia/Seoul">
<attributes class="node"><attribute id="0" title="weight" type="string"/></attributes>
<attributes class="edge"><attribute id="0" title="Relation" type="string">
<default>follow</default></attribute></attributes>
<edges>
<edge id="1" source="10" target="11" type="directed" weight="2.5" start="2026-01-02T09:00:00"/>
<edge id="2" source="11" target="10" kind="call"><spells><spell start="2026-01-02"
 end="2026-01-03"/><spell timestamp="1767225600"/></spells></edge>
<edge id="3" source="10" target="12" type="directed" start="3.0">
<attvalues><attvalue for="0" value="refer"/></attvalues><viz:color r="1"/></edge>
</edges>
<nodes><node id="10" label="김손님"><attvalues><attvalue for="0" value="x"/></attvalues>
<nodes><node id="11" label="Ann"/></nodes></node><node id="12" label="Bob"/></nodes>
</graph></gexf>"""
GRAPHML = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
<key id="d0" for="edge" attr.name="weight" attr.type="double"><default>1.5</default></key>
<key id="d1" for="edge" attr.name="Date" attr.type="string"/>
<key id="d2" for="node" attr.name="name" attr.type="string"/>
<key id="d4" for="node" attr.name="time" attr.type="string"><default>2020-01-01</default></key>
<key id="d3" for="node" yfiles.type="nodegraphics"/>
<graph edgedefault="directed">
<node id="n0"><data key="d2">Ann</data></node><node id="n1"><data key="d2">ann </data></node>
<node id="n2"><data key="d3"><y:ShapeNode><y:NodeLabel>김손님</y:NodeLabel></y:ShapeNode></data>
<graph edgedefault="undirected"><edge source="n2" target="n0"><data key="d0">3</data></edge></graph>
</node>
<edge source="n0" target="n1"><data key="d1">2026-01-02</data></edge>
<edge source="n1" target="n2" directed="false"/>
<hyperedge><endpoint node="n0"/><endpoint node="n1"/><endpoint node="n2"/></hyperedge>
</graph></graphml>"""
PAJEK = """% a comment
*Network who
*Vertices 4
1 "Ann Lee" 0.1 0.2 0.5 ic Blue
2 Bob
3 "Jürgen"
*Arcs :1 "follows"
1 2 3 c Blue
2 3
*Arcs :2 "calls"
1: 3 1 2.5 [1-3]
3 1 .5
*Edges
1 4 2
*Arcslist
2 1 4
*edgeslist
3 4
"""
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def write(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def ties(found: Read) -> list[tuple[Any, ...]]:
    names = ("from_id", "to_id", "weight", "time", "kind")
    return sorted(
        (tuple(row.get(name) for name in names) for row in found.dicts), key=lambda row: str(row)
    )


def reasons(found: Read) -> list[tuple[int, str]]:
    return [(one.row, one.reason) for one in found.rejections]


def test_gexf(tmp_path: Path) -> None:
    found = read_one(write(tmp_path, "a.gexf", GEXF))
    assert ties(found) == sorted([
        ("김손님", "Ann", "2.5", "2026-01-02T09:00:00+09:00", "follow"),
        ("Ann", "김손님", None, "2026-01-02", "call"),
        ("김손님", "Ann", None, "2026-01-02", "call"),
        ("Ann", "김손님", None, "2026-01-01T00:00:00+00:00", "call"),
        ("김손님", "Ann", None, "2026-01-01T00:00:00+00:00", "call"),
        # 3.0 counts from nobody knows when.
        ("김손님", "Bob", None, None, "refer"),
    ], key=str)  # fmt: skip
    assert not found.rejections


def test_graphml(tmp_path: Path) -> None:
    found = read_one(write(tmp_path, "a.graphml", GRAPHML))
    assert ties(found) == sorted([
        # Two are called the same, but for case and blanks.
        ("Ann (n0)", "ann (n1)", "1.5", "2026-01-02", None),
        ("ann (n1)", "김손님", "1.5", None, None),
        ("김손님", "ann (n1)", "1.5", None, None),
        ("Ann (n0)", "김손님", "3", None, None),
        ("김손님", "Ann (n0)", "3", None, None),
    ], key=str)  # fmt: skip
    assert reasons(found) == [(4, "an edge between more than two")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_pajek(tmp_path: Path, encoding: str) -> None:
    found = read_one(write(tmp_path, "a.net", PAJEK.replace("\n", "\r\n").encode(encoding)))
    assert ties(found) == sorted([
        ("Ann Lee", "Bob", "3", None, "follows"),
        ("Bob", "Jürgen", None, None, "follows"),
        ("Jürgen", "Ann Lee", "2.5", None, "follows"),
        ("Jürgen", "Ann Lee", ".5", None, "calls"),
        ("Ann Lee", "4", "2", None, None),
        ("4", "Ann Lee", "2", None, None),
        ("Bob", "Ann Lee", None, None, None),
        ("Bob", "4", None, None, None),
        ("Jürgen", "4", None, None, None),
        ("4", "Jürgen", None, None, None),
    ], key=str)  # fmt: skip
    assert not found.rejections


def test_several_edges_are_one_tie_with_their_sum(tmp_path: Path) -> None:
    net = '*Vertices 2\n1 "a"\n2 "b"\n*Arcs\n1 2 .1\n1 2 .2\n*Edges\n2 1\n'
    assert ties(read_one(write(tmp_path, "a.net", net))) == [
        ("a", "b", "1.3", None, None), ("b", "a", None, None, None),
    ]  # fmt: skip


def test_ids_that_are_true_stay(tmp_path: Path) -> None:
    nodes = '<node id="783214" label="Ann"/><node id="17874544" label="Bob"/>'
    graph = f'<gexf><graph><nodes>{nodes}</nodes><edges><edge source="783214" target="17874544"/>'
    found = read_one(write(tmp_path, "a.gexf", f"{graph}</edges></graph></gexf>"))
    assert [(row["from_id"], row["from_label"]) for row in found.dicts] == [
        ("17874544", "Bob"), ("783214", "Ann"),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "edge", "reason"), [
    ("a.graphml", GRAPHML, '<edge source="n0" target="n9"/>', "the file has no such node"),
    ("a.graphml", GRAPHML, '<edge target="n1"/>', "from_id: missing"),
    ("a.graphml", GRAPHML, '<edge source="n0" target="n1"><data key="d9">1</data></edge>',
     "the file declares no such attribute"),
    ("a.graphml", GRAPHML, '<edge source="n0" target="n1"><data key="d0">two</data></edge>',
     "weight: not a number"),
    ("a.gexf", GEXF, '<edge source="10" target="99"/>', "the file has no such node"),
    ("a.gexf", GEXF, '<edge source="10"/>', "to_id: missing"),
    ("a.gexf", GEXF, '<edge source="10" target="11" weight="NaN"/>', "weight: not a number"),
    ("a.gexf", GEXF, '<edge source="10" target="11"><attvalues><attvalue for="9" value="1"/>'
     "</attvalues></edge>", "the file declares no such attribute"),
    ("a.net", PAJEK, "1 9", "the file has no such node"),
    ("a.net", PAJEK, "1 0", "the file has no such node"),
    ("a.net", PAJEK, "1", "to_id: missing"),
    ("a.net", PAJEK, "1 2 0x3", "weight: not a number"),
])  # fmt: skip
def test_a_bad_edge_is_rejected_and_the_others_are_kept(
    tmp_path: Path, name: str, text: str, edge: str, reason: str
) -> None:
    before = read_one(write(tmp_path, name, text))
    place = {".gexf": "</edges>", ".graphml": "<hyperedge>", ".net": "*Edges"}[Path(name).suffix]
    put = text.replace(place, f"{edge}\n{place}")
    found = read_one(write(tmp_path, name, put))
    assert ties(found) == ties(before)
    added = Counter(one.reason for one in found.rejections) - Counter(
        one.reason for one in before.rejections
    )
    assert added == Counter([reason])


@pytest.mark.parametrize(("name", "text"), [("a.gexf", GEXF), ("a.graphml", GRAPHML)])
@pytest.mark.parametrize("declared", [LAUGHS, OUTSIDE])
def test_entities_are_refused(tmp_path: Path, name: str, text: str, declared: str) -> None:
    head, _, rest = text.partition("?>")
    with pytest.raises(SkipError) as raised:
        read_one(write(tmp_path, name, f"{head}?>{declared}{rest}"))
    assert raised.value.key == "files_entities"


def test_edges_before_the_end_is_missing_are_kept(tmp_path: Path) -> None:
    text = GRAPHML[: GRAPHML.index('<edge source="n1"') + 30]
    found = read_one(write(tmp_path, "a.graphml", text))
    assert len(found.rows) == 3
    assert reasons(found) == [(3, "XML: unclosed token")]


@pytest.mark.parametrize(("name", "content", "key"), [
    ("a.gexf", "1,2\n3,4\n", "files_broken"),
    ("a.graphml", "<html/>", "files_broken"),
    ("a.graphml", b"\x00\xff\xfe" * 99, "files_broken"),
    ("a.graphml", "<graphml>" + "<a>" * 5000, "files_broken"),
    ("a.net", "a = 1\n", "files_broken"),
    ("a.net", "*Vertices 2\n1 a\n2 b\n", "files_header_only"),
    ("a.net", "*Vertices 2\n*Matrix\n0 1\n1 0\n", "files_no_rows"),
    ("a.gexf", "<gexf><graph/></gexf>", "files_header_only"),
    ("a.gexf", '<gexf><graph><edges><edge source="a" target="b"/></edges></graph></gexf>',
     "files_no_rows"),
])  # fmt: skip
def test_what_is_no_network_says_so(
    tmp_path: Path, name: str, content: str | bytes, key: str
) -> None:
    with pytest.raises(SkipError) as raised:
        read_one(write(tmp_path, name, content))
    assert raised.value.key == key


@pytest.mark.parametrize("text", [GEXF, GRAPHML, PAJEK])
def test_the_content_tells_whatever_the_name(tmp_path: Path, text: str) -> None:
    assert "directed" in read_one(write(tmp_path, "network.txt", text)).names


def test_a_project_has_networks_with_vertices_of_their_own(tmp_path: Path) -> None:
    paj = (
        "*Network x\n*Vertices 2\n1 a\n*Arcs\n1 2\n*Partition x\n1\n2\n"
        "*Network y\n*Vertices 1\n1 b\n*Arcs\n1 1\n1 2\n"
    )
    found = read_one(write(tmp_path, "a.paj", paj))
    assert [(row["from_id"], row["to_id"]) for row in found.dicts] == [("a", "2"), ("b", "b")]
    assert reasons(found) == [(3, "the file has no such node")]


LINKS = [
    {"from_id": "ann", "to_id": "bob", "kind": "reply", "weight": 1.0, "message_id": "1"},
    {"from_id": "ann", "to_id": "bob", "kind": "share", "weight": 0.25, "message_id": "2"},
    {"from_id": "bob", "to_id": 'a "b" <c> & 가', "kind": "reply", "weight": 2.0,
     "message_id": "3"},
]  # fmt: skip


@pytest.mark.parametrize("ending", [".gexf", ".graphml"])
def test_what_we_export_is_read_back(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"links{ending}"
    with DuckEngine() as engine:
        load(engine, LINK, LINKS)
        write_table(engine, Table(schema=LINK, name=LINK.name), file)
    assert ties(read_one(file)) == [
        ("ann", "bob", "1.25", None, None), ("bob", 'a "b" <c> & 가', "2.0", None, None),
    ]  # fmt: skip


# NetworkX reads no apostrophe in a Pajek file.
NAMES = st.text(alphabet="abc<>&가é ", min_size=1, max_size=5).filter(
    lambda text: text == text.strip()
)
EDGES = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([0.5, 1.0, 2.5, 1e-7, 3e9])),
    min_size=1, max_size=8,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "write_it", "read_it"), [
    (".graphml", networkx.write_graphml_xml, networkx.read_graphml),
    (".gexf", networkx.write_gexf, networkx.read_gexf),
    (".net", networkx.write_pajek, networkx.read_pajek),
])  # fmt: skip
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(NAMES, min_size=5, max_size=5, unique_by=lambda name: name.lower()),
    edges=EDGES, directed=st.booleans(),
)  # fmt: skip
def test_networkx_reads_the_same(
    tmp_path: Path, ending: str, write_it: Any, read_it: Any, names: list[str],
    edges: list[tuple[int, int, float]], directed: bool,
) -> None:  # fmt: skip
    """Oracle: NetworkX, which wrote the file and reads it."""
    graph = networkx.DiGraph() if directed else networkx.Graph()
    graph.add_nodes_from(names)
    graph.add_weighted_edges_from((names[a], names[b], weight) for a, b, weight in edges)
    file = tmp_path / f"network{ending}"
    write_it(graph, file)
    read_back = read_it(file)
    assert read_back.is_directed() == directed
    wanted = {(a, b): float(d["weight"]) for a, b, d in read_back.edges(data=True)}
    if not directed:
        wanted |= {(b, a): weight for (a, b), weight in wanted.items()}
    found = read_one(file)
    assert not found.rejections
    assert {(a, b): float(weight) for a, b, weight, *_ in ties(found)} == wanted
    assert len(found.rows) == len(wanted)


@pytest.mark.slow
def test_who_is_erased_leaves_rejected_edges_too(tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "ws")
    edges = '<edge source="0" target="9"/><edge source="1" target="9"/>'
    nodes = '<node id="0" label="Ann"/><node id="1" label="Bob"/>'
    graph = f'<nodes>{nodes}</nodes><edges><edge source="0" target="1"/>{edges}</edges>'
    workspace.add(write(tmp_path, "a.gexf", f"<gexf><graph>{graph}</graph></gexf>"))
    workspace.erase("Ann")
    assert workspace.table("rejected").column("raw").to_pylist() == [
        '{"from_id": "Bob", "to_id": "9"}'
    ]
    assert workspace.table("tie").num_rows == 0


@pytest.mark.slow
def test_a_network_becomes_ties(tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "ws")
    put = GRAPHML.replace("<hyperedge>", '<edge source="n0" target="n9"/><hyperedge>')
    file = write(tmp_path, "who.graphml", put)
    (added,) = workspace.add(file)
    assert (added.source, added.table, added.new, added.rejected) == ("who", "tie", 5, 2)
    assert {row["reason"] for row in workspace.table("rejected").to_struct_array().to_pylist()} == {
        "the file has no such node", "an edge between more than two",
    }  # fmt: skip
    (again,) = workspace.add(file)
    assert again.known
    found = sonnim.analyze("links", file).to_struct_array().to_pylist()
    assert len(found) == 5 and {row["weight"] for row in found} == {1.5, 3.0}

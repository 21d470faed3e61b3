"""Hostile networks: GraphML, GEXF and Pajek files."""

from sonnim.checks.hostile_texts import HostileFile, text_file

_PLACES = 9


def hostile_graphs() -> tuple[HostileFile, ...]:
    """Networks with entities that grow, nodes that are missing, and lines that are none."""
    laughs = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, _PLACES + 1)
    )
    most = f'<node id="&a{_PLACES};"/>'
    ends = '<node id="a"/><node id="b"/>'
    edge = '<edge source="a" target="b"/>'
    spell = '<spell start="2026-01-01T00:00:00Z"/>'
    odd = "".join(
        f'<edge source="a" target="b" weight="{weight}" start="{time}"/>'
        for weight, time in (
            ("1e999", "9" * 400), ("NaN", "inf"), ("-0", "0000-00-00"), ("1_0", "-1E18"),
            ("٣", "2026-13-45T99:99:99Z"), ("", "<[]>"), ("0x1", "\u202e"),
        )
    ).replace("<[", "&lt;[")  # fmt: skip
    two = '*Vertices 2\n1 "a"\n2 "b"\n'
    return (
        text_file("laughs.graphml", "a billion laughs",
                  f"<!DOCTYPE x [{laughs}]>{_graphml(most)}"),
        text_file("external.gexf", "an entity that is a file",
                  '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                  + _gexf('<node id="a" label="&a;"/>', edge)),
        text_file("external-dtd.graphml", "a document type elsewhere",
                  '<!DOCTYPE x SYSTEM "http://localhost:9/x.dtd">' + _graphml(ends + edge), 1),
        text_file("no-node.graphml", "edges to nodes that are nowhere", _graphml(ends + "".join(
            f'<edge source="a" target="{n}"/>' for n in range(1_000))), 1_000),
        text_file("no-ends.graphml", "edges without ends",
                  _graphml(ends + "<edge/>" * 10 + edge), 11),
        text_file("no-key.graphml", "data of no key",
                  _graphml(ends + edge.replace("/>", '><data key="k">1</data></edge>')), 1),
        text_file("deep.graphml", "a hundred thousand graphs within nodes",
                  "<graphml>" + "<graph><node>" * 50_000),
        text_file("cut.graphml", "a network cut off", _graphml(ends + edge * 9)[:-30]),
        text_file("no-network.graphml", "XML that is no network", "<html>graphml</html>"),
        text_file("encoding.graphml", "an encoding that is none",
                  '<?xml version="1.0" encoding="x-no-such"?>' + _graphml(ends + edge), 1),
        HostileFile(name="bytes.graphml", meaning="bytes of no encoding",
                    content=_graphml(ends + edge).encode() + bytes(range(128, 256))),
        text_file("odd.gexf", "numbers and times that are none", _gexf(ends, odd)),
        text_file("spells.gexf", "ten thousand times of one edge", _gexf(
            ends, f'<edge source="a" target="b"><spells>{spell * 10_000}</spells></edge>')),
        text_file("zone.gexf", "a zone that is a file", _gexf(ends, edge).replace(
            "<graph>", '<graph timezone="../../etc/passwd">')),
        text_file("twice.gexf", "one node many times",
                  _gexf('<node id="1" label="a"/><node id="1" label="b"/>' * 100 + ends, edge)),
        text_file("huge.net", "more vertices than there are atoms",
                  f"*Vertices {'9' * 90}\n*Arcs\n1 2\n{'9' * 80} 1\n"),
        text_file("no-vertex.net", "lines to vertices that are nowhere",
                  two + "*Arcs\n" + "1 3\n0 1\n-1 2\nx y\n1 2\n", 5),
        text_file("quotes.net", "quotes that never close",
                  '*Vertices 2\n1 "a\n2 b" "\n*Arcs\n1 2 "\n"1" "2"\n'),
        text_file("sections.net", "sections that nobody knows",
                  "*\n*:\n*no such\n1 2\n*Arcs\n1 2\n*Vertices\n1 a\n*Vertices x\n*Arcs :\n1 1\n"),
        text_file("hub.net", "a list of a million", f"{two}*Arcslist\n1{' 2' * 1_000_000}\n"),
        text_file("matrix.net", "a matrix", f"{two}*Matrix\n0 1\n1 0\n", 1),
    )  # fmt: skip


def _graphml(inside: str) -> str:
    return f'<graphml><graph edgedefault="directed">{inside}</graph></graphml>'


def _gexf(nodes: str, edges: str) -> str:
    return f"<gexf><graph><nodes>{nodes}</nodes><edges>{edges}</edges></graph></gexf>"

"""Networks as files that Gephi, Cytoscape, igraph and NetworkX read: GEXF 1.3 and GraphML."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr

from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step
from sonnim.tables.table import Table

GRAPH_FORMATS = (".gexf", ".graphml")
ENDS = ("from_id", "to_id")
_EDGES = TableSchema(
    name="graph_edges",
    version=1,
    meaning="All links from one person to another, as one",
    key=ENDS,
    columns=(
        Column(name="from_id", meaning="Who links"),
        Column(name="to_id", meaning="To whom"),
        Column(name="weight", type=ColumnType.DOUBLE, meaning="How strongly, in all"),
        Column(name="links", type=ColumnType.LONG, meaning="How often"),
    ),
)
_PEOPLE = TableSchema(
    name="graph_people",
    version=1,
    meaning="Everybody who links or is linked to",
    key=("person_id",),
    columns=(Column(name="person_id", meaning="Who"),),
)
# What no XML may hold, whatever its escape.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_graph(schema: TableSchema) -> bool:
    """Whether rows of the table lead from one person to another."""
    return set(ENDS) <= set(schema.names)


def write_graph(engine: DuckEngine, table: Table, file: Path, ending: str) -> int:
    """Writes a table of links as a directed graph; gives the number of edges.

    All links from one person to another are one edge, with the sum of their weights.

    Args:
        engine: Holds the table.
        table: Has the columns `ENDS`, and perhaps `weight`.
        file: What to write.
        ending: One of `GRAPH_FORMATS`.
    """
    weight = "coalesce(weight, 1e0)" if "weight" in table.schema.names else "1e0"
    there = "from_id IS NOT NULL AND to_id IS NOT NULL"
    edges = Step(
        name=_EDGES.name,
        sql=(
            f"SELECT from_id, to_id, sum({weight}) AS weight, CAST(count(*) AS BIGINT) AS links "
            f"FROM {table.name} WHERE {there} GROUP BY from_id, to_id"
        ),
        inputs=(table.name,),
        output=_EDGES,
    )
    people = Step(
        name=_PEOPLE.name,
        sql=(
            f"SELECT from_id AS person_id FROM {table.name} WHERE {there} UNION "
            f"SELECT to_id FROM {table.name} WHERE {there}"
        ),
        inputs=(table.name,),
        output=_PEOPLE,
    )
    write = _gexf if ending == ".gexf" else _graphml
    with file.open("w", encoding="utf-8") as out:
        return write(
            out,
            _rows(engine, engine.run([people]), _PEOPLE),
            _rows(engine, engine.run([edges]), _EDGES),
        )


def _rows(engine: DuckEngine, table: Table, schema: TableSchema) -> Iterator[tuple[object, ...]]:
    for record in engine.fetch(table, order=schema.key):
        yield from zip(*(record.column(name).to_pylist() for name in schema.names), strict=True)


def _attribute(value: object) -> str:
    return quoteattr(_FORBIDDEN.sub("\ufffd", str(value)))


def _gexf(
    out: IO[str], people: Iterator[tuple[object, ...]], edges: Iterator[tuple[object, ...]]
) -> int:
    out.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
        '<graph defaultedgetype="directed">\n<attributes class="edge">'
        '<attribute id="links" title="links" type="long"/></attributes>\n<nodes>\n'
    )
    for (person,) in people:
        out.write(f"<node id={_attribute(person)} label={_attribute(person)}/>\n")
    out.write("</nodes>\n<edges>\n")
    count = 0
    for count, (one, other, weight, links) in enumerate(edges, 1):
        out.write(
            f'<edge id="{count}" source={_attribute(one)} target={_attribute(other)} '
            f'weight="{weight}"><attvalues><attvalue for="links" value="{links}"/></attvalues>'
            "</edge>\n"
        )
    out.write("</edges>\n</graph>\n</gexf>\n")
    return count


def _graphml(
    out: IO[str], people: Iterator[tuple[object, ...]], edges: Iterator[tuple[object, ...]]
) -> int:
    out.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        '<key id="weight" for="edge" attr.name="weight" attr.type="double"/>\n'
        '<key id="links" for="edge" attr.name="links" attr.type="long"/>\n'
        '<graph edgedefault="directed">\n'
    )
    for (person,) in people:
        out.write(f"<node id={_attribute(person)}/>\n")
    count = 0
    for one, other, weight, links in edges:
        count += 1
        out.write(
            f"<edge source={_attribute(one)} target={_attribute(other)}>"
            f'<data key="weight">{weight}</data><data key="links">{links}</data></edge>\n'
        )
    out.write("</graph>\n</graphml>\n")
    return count

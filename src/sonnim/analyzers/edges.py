"""The network that links make: people as numbers, and what ties them, as one edge each."""

import numpy as np
from arro3.core import RecordBatch

from sonnim.analyzers.cells import number, working
from sonnim.engines.base import Engine
from sonnim.graphs.network import Network, network_of
from sonnim.tables.errors import StopError
from sonnim.tables.parameters import Limit
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step
from sonnim.tables.table import Table

MOST = 50_000_000
MOST_LIMIT = Limit(meaning="Most edges that are measured on one machine", low=1, high=1e9)
HALF_LIFE = Limit(meaning="Days after which a link weighs half", low=0.01, high=1e6)
PEOPLE = "network_people"
COUNTS = (
    "NOT coalesce(company, false) AND weight > 0e0 AND weight < 1e300 AND from_id <> to_id "
    "AND from_id IS NOT NULL AND to_id IS NOT NULL"
)
"""SQL of the links that count: between two people, of a weight that is one."""
EXCLUDE = Limit(meaning="Whether links by accounts that `coordination` flagged are left out")
# However old, a link is one.
_LEAST = "1e-9"
_WHOLE = ColumnType.LONG
EDGES = TableSchema(
    name="network_edges",
    version=1,
    meaning="All links from one person to another, as one",
    key=("source", "target"),
    columns=(
        Column(name="part", type=_WHOLE, meaning="0: all are taken together"),
        Column(name="source", type=_WHOLE, meaning="Who turned to the other, by number"),
        Column(name="target", type=_WHOLE, meaning="To whom, by number"),
        Column(name="weight", type=ColumnType.DOUBLE, meaning="How strongly, the older the less"),
    ),
)


def counted(exclude: bool) -> str:
    """SQL of the links that count, perhaps without those by flagged accounts."""
    return f"{COUNTS} AND NOT coalesce(flagged, false)" if exclude else COUNTS


def edge_steps(half_life: float, exclude: bool) -> tuple[Step, ...]:
    """People as numbers, and what ties them."""
    counts = counted(exclude)
    days = "(unix_micros(newest) - unix_micros(time)) / 8.64e10"
    return (
        Step(
            name=PEOPLE,
            sql=(
                "SELECT person_id, row_number() OVER (ORDER BY person_id NULLS LAST) - 1 AS place "
                f"FROM (SELECT from_id AS person_id FROM link WHERE {counts} UNION "
                f"SELECT to_id FROM link WHERE {counts}) named"
            ),
            inputs=("link",),
            output=working(PEOPLE, "People of the network, by number"),
            note="Everybody who does not speak for the company",
        ),
        Step(
            name=EDGES.name,
            sql=(
                "SELECT CAST(0 AS BIGINT) AS part, CAST(f.place AS BIGINT) AS source, "
                "CAST(t.place AS BIGINT) AS target, "
                f"sum(weight * greatest(power(0.5e0, coalesce({days}, 0e0) / "
                f"{number(half_life)}), {_LEAST})) AS weight "
                # A window over all would lead all links through one task of Spark.
                "FROM (SELECT from_id, to_id, weight, time, "
                f"(SELECT max(time) FROM link WHERE {counts}) AS newest "
                f"FROM link WHERE {counts}) l "
                f"JOIN {PEOPLE} f ON f.person_id = l.from_id "
                f"JOIN {PEOPLE} t ON t.person_id = l.to_id GROUP BY f.place, t.place"
            ),
            inputs=("link", PEOPLE),
            output=EDGES,
            note="From who turns to somebody, to them; older links weigh less",
            # Counted before they are measured.
            keep=True,
        ),
    )


def edges_made(engine: Engine) -> int:
    """How many edges `edge_steps` made on the engine."""
    return engine.count(Table(schema=EDGES, name=EDGES.name))


def check_size(edges: int, most: int) -> None:
    """Refuses a network of more edges than are taken.

    Raises:
        StopError: There are more.
    """
    if edges > most:
        raise StopError("network_too_large", edges=edges, most=most)


def network_from(edges: RecordBatch) -> Network:
    """The network of all edges.

    Args:
        edges: Rows of `EDGES`, all of them.
    """
    sources, targets, weights = (
        np.array(edges.column(name)) for name in ("source", "target", "weight")
    )
    n = int(max(sources.max(initial=-1), targets.max(initial=-1))) + 1
    return network_of(n, sources, targets, weights)

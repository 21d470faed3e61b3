"""Networks as GraphML, GEXF and Pajek files.

**How to get it.** Saved by Gephi, Cytoscape, yEd, Pajek, igraph, NetworkX or Neo4j, or by
`sonnim export link --out network.gexf`.

**What becomes of it.** Each edge is a tie. One without a direction is two ties, one each way, of
its full weight; several edges between the same two, of one time and kind, are one tie with the sum
of their weights. Time, kind, weight and message id are those of the edge, under these names or
their like (`date`, `type`, `relation`…). Somebody is who the id of their node says; where ids only
count the nodes (`0`, `n1`; always in Pajek), their label. `--map 'from_id=from_label
to_id=to_label'` takes labels elsewhere.

**What is not read.** Other attributes, drawings, hyperedges and matrices. Times that count from a
beginning nobody names are left out. Edges to nodes that the file does not have are rejected.
"""

from sonnim.connectors.preset import Preset, Rows, To

PRESET = Preset(
    name="network",
    title="Networks (GraphML, GEXF, Pajek)",
    title_ko="네트워크 (GraphML, GEXF, Pajek)",
    certain="documented",
    needs=(("from_id",), ("to_id",), ("from_label",), ("to_label",), ("directed",)),
    rows=(
        Rows(
            table="tie",
            to=(
                To(column="from_id", names=("from_id",)),
                To(column="to_id", names=("to_id",)),
                To(column="time", names=("time",)),
                To(column="kind", names=("kind",)),
                To(column="weight", names=("weight",), format="plain"),
                To(column="message_id", names=("message_id",)),
            ),
        ),
    ),
)

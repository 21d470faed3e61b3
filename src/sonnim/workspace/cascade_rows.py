"""The messages of the largest cascade, for its tree."""

from sonnim.tables.answers_network import CASCADE
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.views.cascade_tree import Said
from sonnim.workspace.workspace import Workspace

_SAID = TableSchema(
    name="cascade_said",
    version=1,
    meaning="Messages of the largest cascade",
    key=("message_id",),
    columns=(
        Column(name="message_id", meaning="Which message"),
        Column(name="parent_id", meaning="What it hangs on"),
        Column(name="person_id", meaning="Who said it"),
        Column(name="hours", type=ColumnType.DOUBLE, meaning="After the first"),
        Column(name="company", type=ColumnType.BOOLEAN, meaning="Whether the company said it"),
        Column(name="negative", type=ColumnType.BOOLEAN, meaning="Whether its mood is negative"),
    ),
)
# As the analysis traces it: an answer hangs on what it answers, a share on what it passes on, and
# nothing hangs on what came later.
_SQL = """
WITH RECURSIVE first AS (
  SELECT root_message_id AS message_id FROM cascade
  ORDER BY size DESC, virality DESC NULLS LAST, cascade_id LIMIT 1
), hung AS MATERIALIZED (
  SELECT message_id, reply_to AS parent_id, time FROM message WHERE reply_to IS NOT NULL
  UNION
  SELECT message_id, share_of AS parent_id, time FROM message WHERE share_of IS NOT NULL
), tree AS (
  SELECT m.message_id, CAST(NULL AS VARCHAR) AS parent_id, m.time
  FROM message m JOIN first f ON f.message_id = m.message_id
  UNION
  SELECT h.message_id, h.parent_id, h.time
  FROM hung h JOIN tree t ON t.message_id = h.parent_id CROSS JOIN first f
  WHERE h.message_id <> t.message_id AND h.message_id <> f.message_id AND h.time >= t.time
)
SELECT t.message_id, max(t.parent_id) AS parent_id, any_value(m.person_id) AS person_id,
  any_value(epoch_us(m.time) - epoch_us(r.time)) / 3.6e9 AS hours,
  any_value(coalesce(m.direction, '') = 'out') AS company,
  any_value(coalesce(d.label, '') = 'negative') AS negative
FROM tree t JOIN message m ON m.message_id = t.message_id
CROSS JOIN (SELECT time FROM tree WHERE parent_id IS NULL) r
LEFT JOIN mood d ON d.message_id = t.message_id
GROUP BY t.message_id ORDER BY hours, t.message_id
"""


def largest_cascade(workspace: Workspace) -> tuple[Said, ...]:
    """The messages of the largest cascade in order of time; () where there is none."""
    if not workspace.snapshot(CASCADE).rows:
        return ()
    table = workspace.query(_SQL, _SAID)
    columns = [table.column(name).to_pylist() for name in _SAID.names]
    return tuple(
        Said(
            message_id=message_id,
            parent_id=parent_id,
            person_id=person_id,
            hours=hours,
            company=company,
            negative=negative,
        )
        for message_id, parent_id, person_id, hours, company, negative in zip(*columns, strict=True)
    )

"""All tables by name."""

from sonnim.tables.answers import ANSWERS
from sonnim.tables.errors import StopError
from sonnim.tables.facts import FACTS
from sonnim.tables.schema import TableSchema

TABLES = (*FACTS, *ANSWERS)


def table_schema(name: str) -> TableSchema:
    """The schema of the canonical or answer table of that name.

    Raises:
        StopError: There is no such table.
    """
    for schema in TABLES:
        if schema.name == name:
            return schema
    raise StopError(
        "unknown_table", table=name, allowed=", ".join(schema.name for schema in TABLES)
    )

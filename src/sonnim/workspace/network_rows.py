"""Rows of the answer tables of networks as the report shows them."""

from arro3.core import Table as ArrowTable

from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.schema import TableSchema
from sonnim.tables.step import Step
from sonnim.workspace.saving import load
from sonnim.workspace.workspace import Workspace

# Of no use to a picture, and the longest column there is.
_UNSHOWN = {"evidence"}


def network_rows(workspace: Workspace, schema: TableSchema) -> ArrowTable | None:
    """The rows of that table without their evidence; None where there are none.

    The table is asked for by its schema: what was computed once is shown, whichever analyzers the
    catalog finds now.
    """
    snapshot = workspace.snapshot(schema)
    if snapshot.table.version is None or not snapshot.rows:
        return None
    kept = schema.only(tuple(name for name in schema.names if name not in _UNSHOWN))
    columns = ", ".join(f'"{name}"' for name in kept.names)
    with DuckEngine() as engine:
        load(workspace.store, engine, snapshot)
        step = Step(
            name=f"{schema.name}_shown",
            sql=f"SELECT {columns} FROM {schema.name}",
            inputs=(schema.name,),
            output=kept,
        )
        return engine.fetch(engine.run([step])).read_all()

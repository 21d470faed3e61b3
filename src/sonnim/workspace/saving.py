"""Puts tables of an engine into the store."""

from collections.abc import Mapping
from typing import Literal

from sonnim.engines.base import CanExport, Engine
from sonnim.storage.delta import DeltaStore
from sonnim.tables.table import Snapshot, Table


def save(
    store: DeltaStore,
    engine: Engine,
    table: Table,
    *,
    mode: Literal["append", "overwrite", "merge"] = "append",
    token: str = "",
    note: Mapping[str, object] | None = None,
) -> int:
    """Writes a table in one commit; gives the new version.

    In a local store an engine that can writes the Parquet file itself; elsewhere batches stream.
    """
    schema = table.schema
    if isinstance(engine, CanExport) and not store.remote:
        file = store.staging(schema.name)
        engine.export(table, file)
        if mode == "merge":
            return store.merge(schema, file, token=token, note=note)
        return store.commit(schema, [file], mode=mode, token=token, note=note)
    return store.write_stream(schema, engine.fetch(table), mode=mode, token=token, note=note)


def load(store: DeltaStore, engine: Engine, snapshot: Snapshot) -> Table:
    """Makes a snapshot readable on the engine, under its table's name."""
    if store.remote and snapshot.files:
        with store.reached():
            return engine.load(snapshot.table, store.stream(snapshot))
    return engine.load(snapshot.table, snapshot)

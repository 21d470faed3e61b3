"""`save` writes alike through a staged file and as a stream (Spark, or a store in a bucket)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sonnim.engines.base import CanExport, Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.storage.delta import DeltaStore
from sonnim.tables.arrow import batch
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.table import Table
from sonnim.workspace.saving import load, save

VISIT = TableSchema(
    name="visit",
    version=1,
    meaning="One visit",
    key=("visit_id",),
    columns=(
        Column(name="visit_id", meaning="Which visit", required=True),
        Column(name="n", type=ColumnType.LONG, meaning="How many"),
    ),
)


class StreamsOnly:
    """DuckDB without `export`: what Spark and a bucket leave."""

    def __init__(self) -> None:
        self._engine = DuckEngine()

    def __getattr__(self, name: str) -> Any:
        if name == "export":
            raise AttributeError(name)
        return getattr(self._engine, name)

    def __enter__(self) -> "StreamsOnly":
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.close()


def put(store: DeltaStore, engine: Any, rows: dict[str, int], mode: Any, token: str = "") -> None:
    values = {"visit_id": list(rows), "n": list(rows.values())}
    table = engine.load(Table(schema=VISIT, name="made"), batch(VISIT, values))
    save(store, engine, table, mode=mode, token=token, note={"said": mode})


def kept(store: DeltaStore) -> dict[str, int]:
    with DuckEngine() as engine:
        table = engine.fetch(load(store, engine, store.snapshot(VISIT))).read_all()
    ids = table.column("visit_id").to_pylist()
    assert len(ids) == len(set(ids)), "a key is there twice"
    return dict(zip(ids, table.column("n").to_pylist(), strict=True))


@pytest.mark.parametrize("make", [DuckEngine, StreamsOnly])
def test_modes(make: Callable[[], Engine], tmp_path: Path) -> None:
    store = DeltaStore(tmp_path)
    with make() as engine:
        assert isinstance(engine, CanExport) is (make is DuckEngine)
    for rows, mode, wanted in (
        ({"a": 1}, "merge", {"a": 1}),  # into a table that is not there yet
        ({"b": 2}, "append", {"a": 1, "b": 2}),
        ({"b": 3, "c": 4}, "merge", {"a": 1, "b": 3, "c": 4}),
        ({"d": 5}, "overwrite", {"d": 5}),
    ):
        with make() as engine:
            put(store, engine, rows, mode, token=mode)
        assert kept(store) == wanted
        assert store.done("visit", mode)
    assert [one.note != "" for one in store.history("visit")] == [True] * 4

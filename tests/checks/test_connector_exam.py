from collections.abc import Iterator
from pathlib import Path

import pytest

from sonnim.checks.connector_exam import check_connector
from sonnim.checks.failed import CheckFailed
from sonnim.checks.hostile_files import hostile_files, write_hostile_files
from sonnim.connectors.base import Mapping, Payload, Shaped
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.errors import SkipError


class Careful:
    """Takes nothing."""

    name = "careful"

    def fetch(self, location: str, source: str) -> Iterator[Payload]:
        raise SkipError("unknown_table", table=Path(location).name, allowed="-")

    def propose(self, payload: Payload) -> Mapping:
        return Mapping(source="", tables=(), matches=())

    def shape(self, payload: Payload, mapping: Mapping) -> tuple[Shaped, ...]:
        return ()


class Careless(Careful):
    """Believes that every file is UTF-8 text."""

    name = "careless"

    def fetch(self, location: str, source: str) -> Iterator[Payload]:
        Path(location).read_text(encoding="utf-8")
        return iter(())


def test_a_connector_that_refuses_passes() -> None:
    check_connector(Careful(), DuckEngine)


def test_a_careless_connector_is_found() -> None:
    with pytest.raises(CheckFailed, match=r"cp949\.csv: UnicodeDecodeError"):
        check_connector(Careless(), DuckEngine, only=".csv")


def test_hostile_files_are_written(tmp_path: Path) -> None:
    paths = write_hostile_files(tmp_path)
    assert len({path.name for path in paths}) == len(paths) == len(hostile_files()) + 1
    assert not paths[-1].exists()

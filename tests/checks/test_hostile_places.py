"""Hostile servers, databases and folders through the real import path."""

from pathlib import Path

import pytest

from sonnim.checks.hostile_places import hostile_database, hostile_folders, hostile_server
from sonnim.checks.import_exam import check_import
from sonnim.workspace import catalog
from tests.checks.importing import take


@pytest.mark.slow
def test_servers() -> None:
    with hostile_server() as things:
        assert check_import(things, take, "http") == len(things)


@pytest.mark.slow
def test_databases(tmp_path: Path) -> None:
    things = hostile_database(tmp_path)
    assert check_import(things, take, "sql") == len(things)


@pytest.mark.slow
def test_folders(tmp_path: Path) -> None:
    things = hostile_folders(tmp_path)
    assert check_import(things, take, "files") == len(things)


def test_every_connector_meets_something_hostile() -> None:
    """A new connector needs hostile places of its own here."""
    assert {one.name for one in catalog.connectors()} == {"files", "http", "sql"}

"""`explain` prints SQL that anybody's DuckDB runs, and that gives the answer again."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

import sonnim
from sonnim.workspace.reporting import explain
from sonnim.workspace.workspace import Workspace
from tests.workspace.worlds import core_exports

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return core_exports(tmp_path_factory.mktemp("exports"), seed=5, messages=800)


def rows(found: Any) -> list[tuple[Any, ...]]:
    """Rows in some order, doubles cut to what two orders of summing leave alike."""
    made = [
        tuple(round(v, 9) if isinstance(v, float) else v for v in row) for row in found.fetchall()
    ]
    return sorted(made, key=repr)


def again(workspace: Workspace, name: str) -> None:
    """Runs the explained SQL on a bare DuckDB in another time zone and compares every row."""
    kept = workspace.table(name)
    columns = ", ".join(kept.column_names)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Seoul'")
        connection.execute(explain(workspace, name))
        computed = rows(connection.sql(f"SELECT {columns} FROM {name}"))
        connection.register("kept", kept)
        assert computed == rows(connection.sql(f"SELECT {columns} FROM kept"))
    assert computed


@pytest.mark.parametrize("name", ["satisfaction", "voices"])
@pytest.mark.parametrize("files", [("reviews.csv",), ("reviews.csv", "survey.csv")])
def test_explained_sql_gives_the_answer_again(
    name: str, files: tuple[str, ...], exports: Path, tmp_path: Path
) -> None:
    """With reviews alone the table of survey answers is not there, and is empty in the SQL."""
    workspace = sonnim.new(tmp_path / "it's mine", timezone="Asia/Seoul")
    for file in files:
        workspace.add(exports / file)
    workspace.run([name])
    again(workspace, name)
    # Rows that came later are not among those that the answer was computed from.
    workspace.add(exports / "tickets.csv")
    again(workspace, name)

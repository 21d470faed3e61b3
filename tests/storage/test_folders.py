"""A workspace may lie in any folder that a person can name."""

from pathlib import Path

import pytest

import sonnim
from sonnim.engines.spark_session import has_java

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

NAMES = ("내 문서", "my shop", "it's 100% #1", 'a "quoted" & b;c', "é, ü+")
ROWS = "date,comment,rating\n2026-01-02T09:00:00Z,정말 좋아요,5\n2026-01-03T09:00:00Z,별로예요,1\n"


def counted(folder: Path, engine: str = "duckdb") -> list[int]:
    file = folder / "리뷰 모음.csv"
    folder.mkdir()
    file.write_text(ROWS, encoding="utf-8")
    workspace = sonnim.new(folder / "작업 공간")
    workspace.add(file)
    workspace.run(["language", "satisfaction"])
    workspace.add(file, source="again")
    asked = sonnim.Workspace(folder / "작업 공간", engine=engine)
    asked.run(["language", "satisfaction"])
    assert asked.export("message", folder / "out put.csv") == 4
    satisfaction = asked.table("satisfaction")
    return [asked.table("language").num_rows, *set(satisfaction.column("n").to_pylist())]


@pytest.mark.parametrize("name", NAMES)
def test_any_folder(name: str, tmp_path: Path) -> None:
    assert counted(tmp_path / name) == [4, 4]


@pytest.mark.spark
@pytest.mark.slow
def test_any_folder_on_spark(tmp_path: Path) -> None:
    if not has_java():
        pytest.skip("Java is not installed")
    assert counted(tmp_path / NAMES[0], "spark") == [4, 4]

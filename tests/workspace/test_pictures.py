"""Charts of a workspace's answers: for a notebook, and as files. Oracle: links written by hand."""

from pathlib import Path

import pytest

import sonnim
from sonnim.tables.errors import StopError
from sonnim.workspace.cascade_rows import largest_cascade
from sonnim.workspace.pictures import write_pictures
from sonnim.workspace.reporting import report
from tests.cli.calling import call

pytestmark = pytest.mark.slow

POSTS = (
    # id, day, who, text, answers, passes on, direction
    ("1", 1, "minsu", "앱이 계속 꺼져요 최악", "", "", "public"),
    ("2", 2, "jiwoo", "저도 그래요", "1", "", "public"),
    ("3", 3, "hana", "이거 보세요", "", "2", "public"),
    ("4", 4, "harudam", "고치는 중입니다 죄송합니다", "1", "", "out"),
    # Older than what it answers: it begins a cascade of its own, a smaller one.
    ("5", 1, "bora", "케이크 맛있어요", "6", "", "public"),
    ("6", 2, "sumi", "저도 먹었어요", "5", "", "public"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> sonnim.Workspace:
    folder = tmp_path_factory.mktemp("pictures")
    file = folder / "posts.csv"
    head = "message_id,time,person_id,text,reply_to,share_of,direction"
    lines = [
        f"{key},2026-03-0{day}T09:00:00Z,{who},{text},{about},{of},{way}"
        for key, day, who, text, about, of, way in POSTS
    ]
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    workspace = sonnim.new(folder / "ws")
    workspace.add(file, source="posts", map=[f"{name}={name}" for name in head.split(",")])
    workspace.run(["cascades"])
    return workspace


def test_the_largest_cascade_is_what_hangs_on_its_first_message(made: sonnim.Workspace) -> None:
    said = {one.message_id[-1]: one for one in largest_cascade(made)}
    found = {key: one.parent_id and one.parent_id[-1] for key, one in said.items()}
    assert found == {"1": None, "2": "1", "3": "2", "4": "1"}
    assert [one.hours for one in said.values()] == [0.0, 24.0, 48.0, 72.0]
    assert [key for key, one in said.items() if one.company] == ["4"]
    assert max(made.table("cascade").column("size").to_pylist()) == len(said)


def test_a_notebook_shows_the_tree_before_the_others(made: sonnim.Workspace) -> None:
    tree, cascades = sonnim.charts(made, "cascade", "ko")
    assert (tree.chart.id, cascades.chart.id) == ("tree", "cascade")
    assert "<svg" in str(tree._repr_mimebundle_()["text/html"])
    with pytest.raises(StopError):
        sonnim.charts(made, "community")


def test_the_report_draws_the_tree(made: sonnim.Workspace) -> None:
    made.run(["language"])
    assert 'data-chart="chart-cascade-tree"' in report(made, "ko")


def test_charts_are_exported_as_pictures(
    made: sonnim.Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new" / "word.svg"
    code, out, err = call(
        capsys, "export", "cascade", "--out", file, "-w", made.folder, "--lang", "en"
    )
    assert code == 0, err
    assert file.read_text(encoding="utf-8").startswith("<svg") and "word.svg" in out
    assert file.with_name("word-cascade.svg").exists()
    (png, *_) = write_pictures(made, "cascade", tmp_path / "word.png", "ko")
    assert png.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(StopError):
        write_pictures(made, "message", tmp_path / "no.png")

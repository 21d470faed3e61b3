"""A later file of a known source: what changed is said before anything is written."""

from pathlib import Path

import pytest

import sonnim
from sonnim.connectors.base import Mapping, Payload
from sonnim.workspace.drift import Drift
from sonnim.workspace.importing import Added
from sonnim.workspace.workspace import Workspace

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

Heard = list[tuple[Mapping, tuple[Drift, ...], int]]
HEADER = "번호,작성일,내용,별점,고객번호"
ROWS = ("1,2026-01-02,배송이 빨라요 정말,5,c1", "2,2026-01-03,포장이 아쉬웠어요 많이,2,c2")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = sonnim.new(tmp_path / "ws")
    made.add(write(tmp_path / "first.csv", HEADER, *ROWS), source="reviews")
    return made


def write(file: Path, *lines: str) -> Path:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def added(workspace: Workspace, file: Path, **given: str) -> tuple[list[Added], Heard]:
    heard: Heard = []

    def listen(payload: Payload, mapping: Mapping, drifts: tuple[Drift, ...]) -> None:
        heard.append((mapping, drifts, workspace.snapshot(workspace.schema("message")).rows))

    return workspace.add(file, proposed=listen, **given), heard


def test_the_same_layout_is_no_question(workspace: Workspace, tmp_path: Path) -> None:
    file = write(tmp_path / "second.csv", HEADER, "3,2026-02-02,다시 살게요 꼭,5,c3")
    (one,), heard = added(workspace, file)
    assert (one.source, one.new, heard) == ("reviews", 1, [])


def test_a_renamed_column_is_followed_and_said_before_writing(
    workspace: Workspace, tmp_path: Path
) -> None:
    header = HEADER.replace("내용", "리뷰내용")
    file = write(tmp_path / "second.csv", header, "3,2026-02-02,다시 살게요 꼭,5,c3")
    (one,), heard = added(workspace, file)
    assert (one.source, one.new) == ("reviews", 1)
    ((_, drifts, rows_then),) = heard
    assert drifts == (Drift(kind="renamed", column="내용", was="내용", now="리뷰내용"),)
    assert rows_then == 2
    assert "다시 살게요 꼭" in workspace.table("message")["text"].to_pylist()
    # It is now how the source is known: a third file of the new layout is no question again.
    third = write(tmp_path / "third.csv", header, "4,2026-02-03,그저 그래요 음,3,c3")
    assert added(workspace, third)[1] == []


def test_a_new_column_goes_to_the_attributes(workspace: Workspace, tmp_path: Path) -> None:
    row = "3,2026-02-02,다시 살게요 꼭,5,c3,VIP"
    file = write(tmp_path / "second.csv", HEADER + ",등급", row)
    _, heard = added(workspace, file)
    assert heard[0][1] == (Drift(kind="fresh", column="등급", now="등급"),)
    assert any("VIP" in (one or "") for one in workspace.table("message")["attributes"].to_pylist())


def test_a_new_scale_is_said_and_its_rows_bear_it(workspace: Workspace, tmp_path: Path) -> None:
    file = write(tmp_path / "second.csv", HEADER, "3,2026-02-02,다시 살게요 꼭,9,c3")
    _, heard = added(workspace, file)
    assert heard[0][1] == (Drift(kind="scale", column="별점", was="5", now="10"),)
    table = workspace.table("message")
    scales = dict(zip(table["rating"].to_pylist(), table["rating_max"].to_pylist(), strict=True))
    assert scales == {5.0: 5.0, 2.0: 5.0, 9.0: 10.0}


def test_another_language_is_said(workspace: Workspace, tmp_path: Path) -> None:
    text = "I would certainly buy this again with wonderful people and very quick delivery indeed"
    file = write(tmp_path / "second.csv", HEADER, *[f"{i},2026-02-02,{text},5,c" for i in range(9)])
    _, heard = added(workspace, file)
    assert [one.kind for one in heard[0][1]] == ["language"]


def test_a_lost_column_that_rows_need_stops_before_anything_is_written(
    workspace: Workspace, tmp_path: Path
) -> None:
    settings = (tmp_path / "ws" / "sonnim.toml").read_bytes()
    file = write(tmp_path / "second.csv", "번호,내용,별점,고객번호", "3,다시 살게요 꼭,5,c3")
    (one,), heard = added(workspace, file, source="reviews")
    assert "작성일" in one.problem and "--map" in one.problem
    assert heard == []
    assert workspace.snapshot(workspace.schema("message")).rows == 2
    assert (tmp_path / "ws" / "sonnim.toml").read_bytes() == settings


def test_a_lost_column_that_rows_can_do_without_is_said(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = write(tmp_path / "second.csv", "번호,작성일,내용,별점", "3,2026-02-02,다시 살게요 꼭,5")
    (one,), heard = added(workspace, file)
    assert (one.source, one.new) == ("reviews", 1)
    assert heard[0][1] == (Drift(kind="lost", column="고객번호", was="고객번호", now=""),)


def test_another_layout_is_another_source(workspace: Workspace, tmp_path: Path) -> None:
    file = write(tmp_path / "orders.csv", "주문일,고객번호,금액", "2026-02-02,c1,3000")
    (one,), _ = added(workspace, file)
    assert (one.source, one.table) == ("orders", "event")

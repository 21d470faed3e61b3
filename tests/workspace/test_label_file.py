"""Labels made elsewhere: what is taken, what is rejected and why; twice changes nothing."""

import json
from pathlib import Path

import pytest

from sonnim.tables.errors import StopError
from sonnim.workspace.label_file import take_labels
from sonnim.workspace.labelling import candidates, correct
from sonnim.workspace.workspace import Workspace
from tests.workspace.labels import corrections, messages, workspace_of
from tests.workspace.people import rows_of


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_of(tmp_path / "ws", *messages(30))


def written(folder: Path, *lines: str, head: str = "message_id,label") -> Path:
    file = folder / "labels.csv"
    file.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return file


def test_rows_are_taken_or_rejected_with_their_reason(workspace: Workspace, tmp_path: Path) -> None:
    file = written(
        tmp_path, "shop:0,negative", "app:1, 긍정 ", "app:2,POSITIVE", "app:2,positive",
        "app:4,great", "app:5,unsure", "app:99,neutral", ",neutral", "app:7,", "app:8,negative",
        "app:8,neutral",
    )  # fmt: skip
    taken = take_labels(workspace, file)
    assert (taken.new, taken.changed, taken.same) == (3, 0, 0)
    assert corrections(workspace) == {
        "shop:0": ("negative", "given"), "app:1": ("positive", "given"),
        "app:2": ("positive", "given"),
    }  # fmt: skip
    assert {one.reason: one.rows for one in taken.rejected} == {
        "label: not one of negative, neutral, positive": 2, "message_id: no such message": 1,
        "message_id: missing": 1, "label: missing": 1,
        "label: another row of the file says otherwise": 2,
    }  # fmt: skip
    rejected = {row["row"]: row for row in rows_of(workspace, "rejected")}
    assert sorted(rejected) == [5, 6, 7, 8, 9, 10, 11]
    assert json.loads(str(rejected[5]["raw"])) == {"label": "great"}
    assert "app:99" not in str(rejected), "no id of a message whose person may be erased"
    assert {row["file"] for row in rejected.values()} == {"labels.csv"}


def test_twice_changes_nothing_and_a_corrected_file_takes_its_rows_off(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = written(tmp_path, "shop:0,negative", "app:1,nothing")
    take_labels(workspace, file)
    versions = len(workspace.history("correction"))
    taken = take_labels(workspace, file)
    assert (taken.new, taken.changed, taken.same) == (0, 0, 1)
    assert len(workspace.history("correction")) == versions
    assert len(rows_of(workspace, "rejected")) == 1
    taken = take_labels(workspace, written(tmp_path, "shop:0,neutral", "app:1,positive"))
    assert (taken.new, taken.changed, taken.same, taken.rejected) == (1, 1, 0, ())
    assert rows_of(workspace, "rejected") == []


def test_drawn_at_random_is_said_by_the_file_and_stays(
    workspace: Workspace, tmp_path: Path
) -> None:
    one, other, third = candidates(workspace, n=3, share=1.0)
    correct(workspace, one, "neutral")
    lines = (
        f"{one.message_id},positive,",
        f"{other.message_id},positive,Random",
        f"{third.message_id},neutral,x",
    )
    file = written(tmp_path, *lines, head="message_id,label,chosen_by")
    taken = take_labels(workspace, file, by="Lee")
    assert corrections(workspace) == {
        one.message_id: ("positive", "random"), other.message_id: ("positive", "random")
    }  # fmt: skip
    assert [one.reason for one in taken.rejected] == [
        "chosen_by: not one of uncertain, random, given"
    ]
    assert {str(row["labelled_by"])[:2] for row in rows_of(workspace, "correction")} == {"p_"}


def test_a_file_without_the_columns_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    file = written(tmp_path, "a,b", head="id,mood")
    with pytest.raises(StopError, match=r"labels.csv.*message_id, label.*id, mood"):
        take_labels(workspace, file)
    assert corrections(workspace) == {}

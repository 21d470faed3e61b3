"""Topics in a workspace: nothing new is nothing to do; new messages keep the old numbers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import sonnim
from tests.analyzers.test_topics import SENTENCES, messages


def written(file: Path, count: int, seed: int) -> Path:
    lines = ["id,time,comment"]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for at, row in enumerate(messages(count, seed)):
        time = start + timedelta(hours=at)
        lines.append(f"{row['message_id']},{time:%Y-%m-%dT%H:%M:%SZ},{row['text'] or '음'}")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def numbers(workspace: sonnim.Workspace) -> dict[str, set[int]]:
    """Of each planted topic the numbers that its messages have."""
    table = workspace.table("topic")
    found: dict[str, set[int]] = {}
    for key, number in zip(
        *(table.column(name).to_pylist() for name in ("message_id", "topic_id")), strict=True
    ):
        if number is not None:
            found.setdefault(key.split(":")[1], set()).add(number)
    return found


@pytest.mark.slow
def test_numbers_are_kept_from_run_to_run(tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "w", timezone="UTC")
    (added,) = workspace.add(written(tmp_path / "a.csv", 300, 1))
    assert added.new == 300, added.problem
    (done,) = workspace.run(["topics"])
    assert done.fresh and done.rows >= 300
    before = numbers(workspace)
    assert set(before) == set(SENTENCES)
    # What the last run wrote is nothing new to this one.
    (done,) = workspace.run(["topics"])
    assert not done.fresh
    workspace.add(written(tmp_path / "b.csv", 120, 2))
    (done,) = workspace.run(["topics"])
    assert done.fresh
    assert numbers(workspace) == before
    topics = workspace.table("topics")
    assert set(topics.column("state").to_pylist()) == {"known"}
    quoted = {one for quotes in topics.column("quotes").to_pylist() for one in quotes}
    assert quoted <= set(workspace.table("message").column("message_id").to_pylist())

"""A small workspace whose moods are given, for the tests of labelling."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random

import sonnim
from sonnim.tables.answers import MOOD
from sonnim.tables.facts import MESSAGE
from sonnim.workspace.workspace import Workspace
from tests.workspace.people import put, rows_of

START = 1_770_000_000_000_000
SIDES = ("negative", "neutral", "positive")
Record = dict[str, object]


def messages(n: int, *, seed: int = 3) -> tuple[list[Record], list[Record]]:
    """Rows of `message` and `mood`: two sources, two languages, moods of a seed."""
    random = Random(seed)
    said: list[Record] = []
    felt: list[Record] = []
    for number in range(n):
        raw = [random.random() + 0.01 for _ in SIDES]
        p = [value / sum(raw) for value in raw]
        key = f"{'app' if number % 3 else 'shop'}:{number}"
        said.append({
            "message_id": key, "time": START + number, "text": f"text {number}",
            "source": key.partition(":")[0], "direction": "public", "channel": "web",
        })  # fmt: skip
        felt.append({
            "message_id": key, "language": "ko" if number % 2 else "en", "label": "unsure",
            **{f"p_{side}": value for side, value in zip(SIDES, p, strict=True)},
        })  # fmt: skip
    return said, felt


def workspace_of(
    folder: Path, said: Iterable[Mapping[str, object]], felt: Iterable[Mapping[str, object]]
) -> Workspace:
    """A workspace that holds these rows."""
    workspace = sonnim.new(folder)
    put(workspace, MESSAGE, said)
    put(workspace, MOOD, felt)
    return workspace


def corrections(workspace: Workspace) -> dict[str, tuple[object, object]]:
    """What was said of each message, and why it was asked about."""
    if "correction" not in workspace.store.names():
        return {}
    rows = rows_of(workspace, "correction")
    found = {str(row["message_id"]): (row["label"], row["chosen_by"]) for row in rows}
    assert len(found) == len(rows), "a message is there twice"
    return found


def margin(mood: Mapping[str, object]) -> float:
    """The gap between the two likeliest moods, by sorting."""
    p: Sequence[float] = sorted(float(str(mood[f"p_{side}"])) for side in SIDES)
    return p[-1] - p[-2]

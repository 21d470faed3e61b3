"""How the exams of importing add to a workspace, and read and export what came of it."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import sonnim
from sonnim.checks.import_exam import Taken
from sonnim.tables.errors import StopError

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def take(
    folder: Path, location: str, settings: Mapping[str, object], words: Sequence[str]
) -> Sequence[Taken]:
    """Adds to a new workspace, whose table is read and exported afterwards."""
    workspace = sonnim.new(folder, timezone="UTC")
    found = workspace.add(location, settings=settings, map=words)
    try:
        rows = workspace.table("message").num_rows
    except StopError:
        rows = 0
    if rows:
        for ending in ("csv", "xlsx"):
            workspace.export("message", folder / f"out.{ending}")
        _safe(folder / "out.csv")
    return [
        Taken(
            label=one.label,
            rows=one.new + one.changed + one.same,
            rejected=one.rejected,
            problem=one.problem,
        )
        for one in found
        if not one.nothing
    ]


def _safe(file: Path) -> None:
    """No text of an exported table is one that a spreadsheet would run."""
    csv.field_size_limit(100_000_000)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            for name in ("text", "title", "message_id", "channel", "subject"):
                assert not (row[name] or "").startswith(FORMULA), name

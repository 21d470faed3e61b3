"""Threads from reply links, against a walk in plain Python."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.connectors.threads import threads
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.arrow import batch
from sonnim.tables.schema import Column, TableSchema
from sonnim.tables.step import Step
from sonnim.tables.table import Table

NAMES = ("message_id", "reply_to", "thread_id")
MESSAGES = TableSchema(
    name="shaped", version=1, meaning="Messages", key=("message_id",),
    columns=tuple(Column(name=name, meaning=name) for name in (*NAMES, "sonnim_reason")),
)  # fmt: skip
OUTPUT = TableSchema(
    name="message", version=1, meaning="Messages", key=("message_id",),
    columns=tuple(Column(name=name, meaning=name) for name in NAMES),
)  # fmt: skip


def walked(links: dict[str, str | None]) -> dict[str, str]:
    """Up from each message until nothing is answered or what is answered is not there."""
    found = {}
    for start in links:
        at, seen = start, {start}
        while True:
            up = links[at]
            if up is None:
                found[start] = at
                break
            if up not in links:
                found[start] = up
                break
            if up in seen:
                # A circle has no beginning: each message stands alone.
                found[start] = start
                break
            seen.add(up)
            at = up
    return found


def threaded(links: dict[str, str | None]) -> dict[str, str]:
    with DuckEngine() as engine:
        rows = {
            "message_id": list(links),
            "reply_to": list(links.values()),
            "thread_id": [None] * len(links),
            "sonnim_reason": [None] * len(links),
        }
        engine.load(Table(schema=MESSAGES, name="shaped"), batch(MESSAGES, rows))
        shaped = Step(name="shaped", sql="", inputs=(), output=OUTPUT)
        table = engine.run([threads(shaped, "threaded")])
        answer = engine.fetch(table).read_all()
        return dict(
            zip(answer["message_id"].to_pylist(), answer["thread_id"].to_pylist(), strict=True)
        )


def test_a_conversation_a_missing_beginning_and_a_circle() -> None:
    links = {"1": None, "2": "1", "3": "2", "4": "gone", "5": "gone", "6": "7", "7": "6"}
    assert threaded(links) == {
        "1": "1", "2": "1", "3": "1", "4": "gone", "5": "gone", "6": "6", "7": "7",
    }  # fmt: skip


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 14)), min_size=1, max_size=12))
def test_threads_equal_a_walk(parents: list[int | None]) -> None:
    links = {str(i): None if up is None else str(up) for i, up in enumerate(parents)}
    assert threaded(links) == walked(links)

"""Links of those who spoke of the same: by hand, and against pairs compared one by one."""

from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.analyzers import links
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.errors import StopError
from sonnim.workspace.reporting import provenance_of
from sonnim.workspace.workspace import new
from tests.analyzers.asking import Record, asked
from tests.engines.fixtures import EngineFactory

DAY = 86_400_000_000
Tie = tuple[str, str, float, float]


def said(who: str, day: float, subject: str = "", thread: str = "", **more: object) -> Record:
    return {
        "message_id": f"{who}{day}{subject}{thread}", "person_id": who, "time": int(day * DAY),
        "subject": subject or None, "thread_id": thread or None, **more,
    }  # fmt: skip


def met(engine: Engine, messages: list[Record], **parameters: object) -> list[Tie]:
    rows = asked(engine, links.ANALYZER, {"message": messages}, **parameters)
    return sorted(
        (row["from_id"], row["to_id"], row["time"].timestamp() / 86_400, round(row["weight"], 9))
        for row in rows
        if row["kind"] == "co_engaged"
    )


# Seven days: ann and bob meet over tea, though in slots side by side (days 6 and 8), and cho comes
# in time for bob (14.9) and late for ann. dan is in the thread of ann. Outgoing messages, and
# those without an author, a subject or a time, meet nobody.
MESSAGES = [
    said("ann", 6, "Tea"), said("ann", 1, "tea "), said("bob", 8, "tea"), said("cho", 14.9, "tea"),
    said("ann", 30, "", "t1"), said("dan", 31, "", "t1"), said("desk", 6, "tea", direction="out"),
    said("eve", 6), {"message_id": "x", "person_id": "eve", "subject": "tea"},
    {"message_id": "y", "time": 6 * DAY, "subject": "tea"},
]  # fmt: skip
WANTED = [
    ("ann", "bob", 8.0, 1.0), ("ann", "dan", 31.0, 1.0), ("bob", "ann", 8.0, 0.5),
    ("bob", "cho", 14.9, 0.5), ("cho", "bob", 14.9, 1.0),
    ("dan", "ann", 31.0, 1.0),
]  # fmt: skip


def test_by_hand() -> None:
    with DuckEngine() as engine:
        assert met(engine, MESSAGES, engaged_days=7.0) == WANTED


def test_nobody_is_linked_unless_it_is_asked_for() -> None:
    with DuckEngine() as engine:
        assert met(engine, MESSAGES) == []


@pytest.mark.spark
def test_spark_finds_the_same(spark_engine: EngineFactory) -> None:
    with spark_engine() as engine:
        assert met(engine, MESSAGES, engaged_days=7.0) == WANTED


def test_a_crowd_links_nobody_and_is_counted() -> None:
    crowd = [said(f"p{n}", 2, "coffee") for n in range(4)]
    few = [said(f"p{n}", 2, "tea") for n in range(3)]
    with DuckEngine() as engine:
        found = met(engine, crowd + few, engaged_days=7.0, engaged_most=3)
        assert {tie[:2] for tie in found} == {
            (a, b) for a in ("p0", "p1", "p2") for b in ("p0", "p1", "p2") if a != b
        }
        answer = links.ANALYZER.analyze(
            engine, links.LinksParameters(engaged_days=7.0, engaged_most=3)
        )
    (caveat,) = answer.caveats
    assert dict(caveat.values) == {"days": "7", "most": "3", "crowds": "1"}


def test_a_window_below_nothing_is_refused(tmp_path: Path) -> None:
    workspace = new(tmp_path / "ws")
    with pytest.raises(StopError, match="engaged_days"):
        workspace.run(["links"], parameters={"engaged_days": -1})


def one_by_one(messages: list[Record], days: int) -> Counter[tuple[str, str]]:
    """How often two met: pairs of all messages of a subject, each compared with each."""
    by_subject = defaultdict(list)
    for one in messages:
        by_subject[one["subject"]].append(one)
    return Counter(
        pair
        for those in by_subject.values()
        for pair in {
            tuple(sorted((a["person_id"], b["person_id"])))
            for a, b in combinations(those, 2)
            if a["person_id"] != b["person_id"] and abs(a["time"] - b["time"]) <= days * DAY
        }
    )  # type: ignore[arg-type]


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.integers(-40, 40), st.sampled_from("xyz")),
        max_size=25,
    ),
    st.integers(1, 9),
)
def test_who_meets_is_who_was_within_the_window(
    spoke: list[tuple[str, int, str]], days: int
) -> None:
    """Oracle: every pair of messages compared, without slots."""
    messages = [said(who, day, subject) for who, day, subject in spoke]
    with DuckEngine() as engine:
        found = met(engine, messages, engaged_days=float(days))
    wanted = one_by_one(messages, days)
    pairs = {pair for pair in wanted} | {(b, a) for a, b in wanted}
    assert {tie[:2] for tie in found} == pairs
    # Everybody shares one link for each subject over which they met somebody.
    sent: Counter[str] = Counter()
    for one, _, _, weight in found:
        sent[one] += weight  # type: ignore[assignment]
    subjects = {
        who: sum(
            any(
                who in pair for pair in one_by_one([m for m in messages if m["subject"] == s], days)
            )
            for s in "xyz"
        )
        for who in sent
    }
    assert {who: round(total, 6) for who, total in sent.items()} == subjects


def test_the_report_can_say_how_many_crowds_there_were(tmp_path: Path) -> None:
    workspace = new(tmp_path / "ws")
    file = tmp_path / "reviews.csv"
    rows = "".join(f"{n},2026-01-02T00:00:00Z,p{n},tea,good tea\n" for n in range(5))
    file.write_text(f"id,time,user,product,text\n{rows}", encoding="utf-8")
    workspace.add(file)
    workspace.run(["links"], parameters={"engaged_days": 7, "engaged_most": 4})
    told = provenance_of(workspace, "link")
    assert told is not None
    assert dict(told[1][0].values)["crowds"] == "1"

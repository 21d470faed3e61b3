"""Coordination: worked by hand, a ring that edits its copies, and the bots of the demo world."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from sonnim.analyzers import coordination
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.workspace.bare import analyze_bare
from sonnim.workspace.world.making import make_world
from sonnim.workspace.world.network import BOT
from tests.analyzers.asking import Record, asked
from tests.engines.fixtures import EngineFactory

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def posts() -> list[Record]:
    """Two accounts that post together twice, one that did once, and one that copies a day later."""
    text = "Free coupon for everybody, {n} left! @{who} https://x.example/{n}"
    rows = []
    for person, day, minute in (
        ("a", 0, 0),
        ("b", 0, 14),
        ("c", 0, 29),
        ("a", 9, 0),
        ("b", 9, 5),
        ("d", 10, 0),
    ):
        rows.append((person, text.format(n=len(rows), who=person), day, minute))
    # Short texts and own ones are nobody's campaign.
    rows += [("e", "Great!!", 0, 0), ("f", "great", 0, 1), ("c", "the cake was dry again", 3, 0)]
    rows += [("c", "they forgot my order of beans", 4, 0)]
    return [
        {"message_id": f"m{number}", "person_id": person, "text": said,
         "time": START + timedelta(days=day, minutes=minute)}
        for number, (person, said, day, minute) in enumerate(rows)
    ]  # fmt: skip


def found(engine: Engine, **more: object) -> dict[str, Record]:
    rows = asked(engine, coordination.ANALYZER, {"message": posts()}, **more)
    return {row["person_id"]: row for row in rows}


def test_accounts_are_those_found_by_hand() -> None:
    with DuckEngine() as engine:
        rows = found(engine)
    assert {key: (row["n"], row["messages"], row["times"], row["flagged"])
            for key, row in rows.items()} == {
        "a": (2, 2, 2, True), "b": (2, 2, 2, True), "c": (1, 3, 1, False),
    }  # fmt: skip
    assert rows["a"]["accounts"] == 3 and rows["a"]["evidence"] == ["m0", "m3"]


def test_more_accounts_or_less_time_find_fewer() -> None:
    with DuckEngine() as engine:
        assert set(found(engine, accounts=3)) == {"a", "b", "c"}
        assert set(found(engine, accounts=4)) == set()
        assert set(found(engine, minutes=6.0)) == {"a", "b"}


RING = (
    (
        "새로 생긴 하루담 매장은 정말 최악이니 여러분 절대로 가지 마시고 환불도 조심하세요",
        "새로 생긴 하루담 매장은 진짜 최악이니 여러분 절대로 가지 마시고 환불도 조심하세요 😡",
        "새로 생긴 하루담 매장은 정말 최악이니 모두들 절대로 가지 마시고 환불도 조심하세요! "
        "https://x.example/7",
    ),
    (
        "Everybody should know that this company never pays back what it owes to its customers",
        "Everybody must know that this company never pays back what it owes to its customers 💸",
        "@all Everybody should know that this firm never pays back what it owes to its customers "
        "https://y.example/q",
    ),
)
"""What each of three accounts posted within minutes, on two days."""
COMMON = (
    "감사합니다", "thank you", "배송 빠르고 좋아요", "Great!! 👍", "잘 마셨습니다 ㅎㅎ",
    "Thanks a lot",
)  # fmt: skip
LETTERS = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"


def campaign() -> list[Record]:
    """A ring that posts edited copies, among accounts that thank and praise all day long."""
    rows: list[tuple[str, str, datetime]] = []
    for day, texts in enumerate(RING):
        for place, text in enumerate(texts):
            rows.append((f"ring{place}", text, START + timedelta(days=day, minutes=4 * place)))
    chance = Random(6)
    for day in range(4):
        for person in range(30):
            # Half of them end there, half have something of their own to say.
            text = chance.choice(COMMON)
            if chance.random() < 0.5:
                text = " ".join([text, *("".join(chance.choices(LETTERS, k=4)) for _ in range(7))])
            rows.append((f"p{person:02}", text, START + timedelta(days=day, minutes=2 * person)))
    return [
        {"message_id": f"m{number:03}", "person_id": person, "text": text, "time": time}
        for number, (person, text, time) in enumerate(rows)
    ]


def judged(engine: Engine, **more: object) -> dict[str, Record]:
    rows = asked(engine, coordination.ANALYZER, {"message": campaign()}, **more)
    return {row["person_id"]: row for row in rows}


def test_a_ring_that_edits_its_copies_is_found_and_common_phrases_are_not() -> None:
    with DuckEngine() as engine:
        rows, exact = judged(engine), judged(engine, alike=1.0)
        longer = judged(engine, edited=200)
    ring = {"ring0", "ring1", "ring2"}
    assert {name for name, row in rows.items() if row["flagged"]} == ring
    assert all(rows[name]["n"] == 2 and rows[name]["accounts"] == 3 for name in ring)
    # By letters alone none of them is seen: each changed a word.
    assert not ring & set(exact) and not ring & set(longer)


@pytest.mark.spark
def test_spark_finds_the_same(spark_engine: EngineFactory) -> None:
    with DuckEngine() as duck, spark_engine() as spark:
        assert found(spark) == found(duck)
        assert judged(spark) == judged(duck)


@pytest.mark.slow
def test_the_worlds_bots_are_flagged_and_nobody_else(tmp_path: Path) -> None:
    make_world(tmp_path, seed=7, messages=20_000)
    table = analyze_bare("coordination", tmp_path / "exports" / "posts.csv")
    people = table.column("person_id").to_pylist()
    flagged = {one for one, flag in zip(people, table.column("flagged").to_pylist(), strict=True)
               if flag}  # fmt: skip
    with (tmp_path / "truth" / "network.csv").open(encoding="utf-8", newline="") as lines:
        bots = {row["handle"] for row in csv.DictReader(lines) if row["role"] == BOT}
    with (tmp_path / "exports" / "posts.csv").open(encoding="utf-8", newline="") as lines:
        posted = [row["작성자"] for row in csv.DictReader(lines)]
    # Who posted but once can have done nothing again and again.
    active = {one for one in bots if posted.count(one) > 1}
    assert active and flagged == active

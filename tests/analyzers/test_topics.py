"""Topics: found in planted texts, the same numbers run after run, none forced on a message."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from sonnim.analyzers.topics import ANALYZER
from sonnim.analyzers.topics_found import BROAD, FINE, NEAR, Topic, Wanted, find, linked
from sonnim.checks.samples import HOSTILE
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.answers_found import TOPIC, TOPICS
from tests.analyzers.asking import Record
from tests.analyzers.asking import asked_all as asked

# Of each planted topic the words that its texts are made of.
PLANTED = {
    "delivery": ("배송", "늦다", "택배", "도착"),
    "refund": ("환불", "계좌", "입금", "카드"),
    "app": ("앱", "튕기다", "업데이트", "화면"),
    "staff": ("직원", "친절", "설명", "응대"),
}
SENTENCES = {
    "delivery": ("배송이 늦어요", "택배 도착이 늦어요", "배송 도착 언제예요", "택배 배송이 늦네요"),
    "refund": (
        "환불 계좌 입금 언제요",
        "카드 환불이 안 돼요",
        "계좌로 환불 입금",
        "카드 입금 환불",
    ),
    "app": ("앱이 튕겨요", "업데이트 후 화면이 튕겨요", "앱 업데이트 화면", "앱 화면이 멈춰요"),
    "staff": ("직원이 친절해요", "직원 설명이 친절", "직원 응대 친절", "설명 응대 직원"),
}
EMPTY = ("좋아요", "최고예요!", "ㅋㅋㅋㅋ", "", "👍👍", "굿")
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def duck() -> Iterator[Engine]:
    with DuckEngine() as engine:
        yield engine


def messages(count: int, seed: int = 1, kinds: Sequence[str] = tuple(SENTENCES)) -> list[Record]:
    """Texts of planted topics in turn, and one in five about nothing; the id names the topic."""
    chance = random.Random(seed)
    rows: list[Record] = []
    for at in range(count):
        kind = "none" if at % 5 == 4 else kinds[at % len(kinds)]
        text = chance.choice(EMPTY if kind == "none" else SENTENCES[kind])
        time = START + timedelta(hours=at)
        rows.append({"message_id": f"{kind}:{seed}:{at}", "text": text, "time": time})
    return rows


def kinds_of(rows: Sequence[Record]) -> dict[Any, set[str]]:
    """Of each topic the planted topics of its messages."""
    found: dict[Any, set[str]] = {}
    for row in rows:
        if row["rank"] == 1:
            found.setdefault(row["topic_id"], set()).add(str(row["message_id"]).split(":")[0])
    return found


def test_planted_topics_are_found_and_nothing_else(duck: Engine) -> None:
    topic, topics = asked(duck, ANALYZER, {"message": messages(300)})
    kinds = kinds_of(topic)
    assert all(len(one) == 1 for one in kinds.values()), kinds
    assert {"delivery", "refund", "app", "staff"} <= set.union(*kinds.values())
    assert kinds[None] == {"none"}
    for row in topics:
        if row["level"] != FINE:
            continue
        (kind,) = kinds[row["topic_id"]]
        assert set(row["label"].replace(" · ", " ").split()) & set(PLANTED[kind])
        assert all(one.split(":")[0] == kind for one in row["quotes"])
        assert row["quotes"] and row["n"] >= 5 and row["state"] == "new"
        assert START <= row["first_time"] < row["last_time"]


def test_counts_are_those_of_the_messages(duck: Engine) -> None:
    """Oracle: counted here, from the rows of `topic`."""
    topic, topics = asked(duck, ANALYZER, {"message": messages(300)})
    parents = {row["topic_id"]: row["parent"] for row in topics}
    for row in topics:
        wanted = {
            one["message_id"]
            for one in topic
            if one["topic_id"] is not None
            and row["topic_id"] in (one["topic_id"], parents[one["topic_id"]])
        }
        assert row["n"] == len(wanted)
    names = {row["topic_id"]: row["label"] for row in topics}
    assert all(one["name"] == names.get(one["topic_id"]) for one in topic)


def test_every_message_has_a_row_and_none_has_too_many(duck: Engine) -> None:
    given = messages(200)
    both = {"message_id": "both", "time": START, "text": "배송 늦고 앱이 튕기고 직원은 친절해요"}
    for each in (1, 2):
        topic, _ = asked(duck, ANALYZER, {"message": [*given, both]}, each=each)
        assert {row["message_id"] for row in topic} == {one["message_id"] for one in [*given, both]}
        ranks = sorted(row["rank"] for row in topic if row["message_id"] == "both")
        assert ranks == list(range(1, each + 1))
    assert all(0 <= row["probability"] <= 1 for row in topic)
    assert all((row["probability"] >= 0.5) == (row["topic_id"] is not None) for row in topic)


def test_numbers_stay_with_new_messages(duck: Engine) -> None:
    """A run begins with what the last one wrote; what is gone is known when it comes back."""
    first = messages(300)
    topic, before = asked(duck, ANALYZER, {"message": first})
    old = {next(iter(kinds)): number for number, kinds in kinds_of(topic).items()}
    more = [*first, *messages(200, seed=2)]
    topic, after = asked(duck, ANALYZER, {"message": more, "topics": before})
    now = {next(iter(kinds)): number for number, kinds in kinds_of(topic).items()}
    assert now == old
    assert {row["state"] for row in after if row["level"] == FINE} == {"known"}
    # Without two of them.
    few = messages(300, seed=3, kinds=("app", "staff"))
    topic, left = asked(duck, ANALYZER, {"message": few, "topics": after})
    states = {row["topic_id"]: row["state"] for row in left}
    assert (states[old["delivery"]], states[old["app"]]) == ("gone", "known")
    gone = next(row for row in left if row["topic_id"] == old["delivery"])
    had = next(row for row in after if row["topic_id"] == old["delivery"])
    assert (gone["n"], gone["label"], gone["terms"]) == (0, had["label"], had["terms"])
    topic, back = asked(duck, ANALYZER, {"message": more, "topics": left})
    again = {next(iter(kinds)): number for number, kinds in kinds_of(topic).items()}
    assert again == old
    assert {row["topic_id"] for row in back} == {row["topic_id"] for row in before}


def test_a_new_topic_gets_a_number_never_used() -> None:
    def texts(words: Sequence[str]) -> list[list[str]]:
        return [list(words[:2]), list(words[1:]), list(words[::2])] * 10

    before = find(texts(PLANTED["app"]) + texts(PLANTED["staff"]), [0] * 60, (), Wanted())
    gone = Topic(
        topic_id=40, level=FINE, label="옛날", language="ko", state="gone", terms=("옛날",)
    )
    after = find(
        texts(PLANTED["app"]) + texts(PLANTED["refund"]), [0] * 60, (*before, gone), Wanted()
    )
    new = [one.topic_id for one in after if one.state == "new" and one.level == FINE]
    assert new and min(new) > 40
    assert {one.topic_id for one in before} | {40} <= {one.topic_id for one in after}


def test_both_languages_meet_in_one_topic(duck: Engine) -> None:
    korean = ["배송이 늦어요", "택배 배송 지연", "환불 카드 입금", "카드 환불 언제"]
    english = ["late delivery again", "delivery delayed", "refund to my card", "card refund please"]
    texts = [text for at in range(40) for text in (*korean, english[at % 4], EMPTY[at % 6])]
    given: list[Record] = [
        {"message_id": f"m{at}", "text": text, "time": START} for at, text in enumerate(texts)
    ]
    topic, topics = asked(duck, ANALYZER, {"message": given})
    of = {row["message_id"]: row["topic_id"] for row in topic if row["rank"] == 1}
    by_text: dict[str, set[Any]] = {}
    for one in given:
        by_text.setdefault(str(one["text"]), set()).add(of[one["message_id"]])
    assert by_text["배송이 늦어요"] == by_text["late delivery again"] != {None}
    assert by_text["카드 환불 언제"] == by_text["refund to my card"] != {None}
    # Most is said in Korean: so are the labels.
    assert {row["language"] for row in topics} == {"ko"}
    assert not any(letter in row["label"] for row in topics for letter in "abcdefgh")


def test_hostile_texts_are_about_nothing(duck: Engine) -> None:
    hostile = [*HOSTILE, "ㅇㅏㄴㄴㅕㅇ", "\u200b\u200d", "<b>" * 9_000, "가나다 " * 250_000, None]
    given: list[Record] = [
        {"message_id": f"h{at}", "text": text, "time": START} for at, text in enumerate(hostile)
    ]
    topic, topics = asked(duck, ANALYZER, {"message": given})
    assert [row["topic_id"] for row in topic] == [None] * len(given)
    assert topics == []
    # Among others they change nothing.
    _, alone = asked(duck, ANALYZER, {"message": messages(200)})
    topic, among = asked(duck, ANALYZER, {"message": [*messages(200), *given]})
    assert {row["label"] for row in among} == {row["label"] for row in alone}
    assert {row["topic_id"] for row in topic if row["message_id"].startswith("h")} == {None}


def test_what_the_company_says_is_not_read(duck: Engine) -> None:
    given = messages(200)
    out: list[Record] = [
        {"message_id": f"out{at}", "time": START, "direction": "out",
         "text": "고객센터 운영 시간 안내 드립니다 상담 예약"}
        for at in range(100)
    ]  # fmt: skip
    topic, topics = asked(duck, ANALYZER, {"message": [*given, *out]})
    assert not any(row["message_id"].startswith("out") for row in topic)
    assert not any("운영" in row["terms"] for row in topics)


def test_the_sample_is_seeded_and_bounded(duck: Engine) -> None:
    given = {"message": messages(900)}
    one = asked(duck, ANALYZER, given, sample=300)
    again = asked(duck, ANALYZER, given, sample=300)
    # On many threads rows come in any order.
    assert [sorted(map(repr, table)) for table in again] == [
        sorted(map(repr, table)) for table in one
    ]
    other = asked(duck, ANALYZER, given, sample=300, seed=9)
    # Assigned are all of them, by topics of a sample.
    for topic, _ in (one, other):
        assert len({row["message_id"] for row in topic}) == 900
        assert kinds_of(topic)[None] == {"none"}


def test_as_many_topics_as_asked_for(duck: Engine) -> None:
    _, topics = asked(duck, ANALYZER, {"message": messages(300)}, topics=2)
    assert sum(row["level"] == FINE for row in topics) == 2


def test_families_are_those_of_average_linkage() -> None:
    """Oracle: scipy's hierarchical clustering of the same ties."""
    for seed in range(5):
        chance = np.random.default_rng(seed)
        strength = chance.random((40, 40)) ** 6
        strength = strength + strength.T
        squares = chance.random((40, 12)) ** 8
        between = squares.T @ strength @ squares
        own = np.sqrt(np.diag(between))
        near = between / np.outer(own, own)
        away = 1 - near[np.triu_indices(12, 1)]
        level = float(np.quantile(1 - away, 0.8)) - NEAR
        shifted = 1 - (near - level)[np.triu_indices(12, 1)]
        groups = fcluster(linkage(shifted, "average"), 1 - NEAR, "distance")
        wanted = {
            frozenset(np.flatnonzero(groups == one).tolist())
            for one in set(groups.tolist())
            if (groups == one).sum() > 1
        }
        found = linked(near - level)
        got = {
            frozenset(at for at, one in enumerate(found) if one == family)
            for family in set(found) - {-1}
        }
        assert got == wanted and wanted


def test_broad_topics_are_kept_and_numbered() -> None:
    def texts(*words: str) -> list[list[str]]:
        return [[a, b] for at, a in enumerate(words) for b in words[:at]] * 12

    parcels, drivers, cafes = (
        ("택배", "상자", "포장"),
        ("기사", "전화", "현관"),
        ("맛", "커피", "향"),
    )
    given = texts(*parcels) + texts(*drivers) + texts(*cafes)
    given += [[a, b] for a in parcels for b in drivers] * 2
    given += [[] for _ in range(2_000)]
    found = find(given, [at % 2 for at in range(len(given))], (), Wanted(topics=3))
    of = {one.terms[0]: one.parent for one in found if one.level == FINE}
    (broad,) = (one for one in found if one.level == BROAD)
    (alone,) = (term for term, parent in of.items() if parent is None)
    assert alone in cafes and len(of) == 3
    assert set(of.values()) == {None, broad.topic_id}
    assert set(broad.terms) == {*parcels, *drivers}
    again = find(given, [at % 2 for at in range(len(given))], found, Wanted(topics=3))
    assert {(one.topic_id, one.parent) for one in again} == {
        (one.topic_id, one.parent) for one in found
    }
    assert {one.state for one in again} == {"known"}


def test_copied_texts_make_no_topic(duck: Engine) -> None:
    """A campaign of one text, a hundred times, is known by no ties of its own."""
    copied: list[Record] = [
        {"message_id": f"bot{at}", "time": START, "text": "강아지 산책 모임 참가 신청"}
        for at in range(100)
    ]
    _, topics = asked(duck, ANALYZER, {"message": [*messages(300), *copied]})
    assert not any("강아지" in row["terms"] for row in topics)


def test_written_tables_are_the_schemas() -> None:
    assert ANALYZER.writes == (TOPIC, TOPICS)

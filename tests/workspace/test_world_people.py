"""The demo world's people: who talks to whom, who moves whom, and who is the same."""

import re
from collections import Counter, defaultdict
from statistics import mean

import pytest

from sonnim.workspace.world.making import make_world
from sonnim.workspace.world.truth import PlantedTruth
from tests.workspace.worlds import rows

# Together they take longer than a quick look may.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> PlantedTruth:
    return make_world(tmp_path_factory.mktemp("world"), messages=6000)


# The network


@pytest.mark.slow
def test_groups_talk_among_themselves(planted: PlantedTruth) -> None:
    group = {row["handle"]: row["group"] for row in planted.rows("network") if row["group"]}
    assert len(set(group.values())) == planted.groups
    ties = [(row["from"], row["to"]) for row in planted.rows("ties")]
    inside = [group[a] == group[b] for a, b in ties if a in group and b in group]
    assert len(inside) > 500
    assert mean(inside) > 0.75


def test_influencers_move_those_who_follow_and_celebrities_do_not(planted: PlantedTruth) -> None:
    people = {row["handle"]: row for row in planted.rows("network")}
    label = {row["id"]: row["label"] for row in planted.rows("texts") if row["file"] == "posts.csv"}
    author = {row["게시물ID"]: row["작성자"] for row in rows(planted, "posts.csv")}
    same: dict[str, list[bool]] = defaultdict(list)
    for row in rows(planted, "posts.csv"):
        to = row["답글대상"]
        if not to or row["게시물ID"] not in label or label.get(to, "neutral") == "neutral":
            continue
        heard = author[to]
        follows = people[row["작성자"]]["follows"] == heard
        kind = "follows" if follows else people[heard]["role"]
        same[kind].append(label[row["게시물ID"]] == label[to])
    assert min(len(same["follows"]), len(same["celebrity"])) > 20
    assert mean(same["follows"]) > 0.85
    assert mean(same["celebrity"]) < 0.7
    assert mean(same["influencer"]) < 0.75
    assert set(planted.influencers) == {
        handle for handle, row in people.items() if row["role"] == "influencer"
    }


def test_talk_hangs_together(planted: PlantedTruth) -> None:
    posts = {row["게시물ID"]: row for row in rows(planted, "posts.csv")}
    answers = 0
    for row in posts.values():
        for column in ("답글대상", "공유원글"):
            if row[column]:
                answers += 1
                assert posts[row[column]]["작성일시"] <= row["작성일시"]
        if row["답글대상"]:
            assert row["대화ID"] == posts[row["답글대상"]]["대화ID"]
            assert row["내용"].startswith("@" + posts[row["답글대상"]]["작성자"])
    assert answers > 500
    threads: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(planted, "tickets.csv"):
        threads[row["상담번호"]].append(row)
    for thread in threads.values():
        assert [row["방향"] for row in thread] == ["IN", "OUT", "IN", "OUT"][: len(thread)]
        times = [row["작성일시"] for row in thread]
        assert times == sorted(times)


def test_bots_post_nearly_the_same_at_once(planted: PlantedTruth) -> None:
    bots = {row["id"] for row in planted.rows("texts") if row["bot"] == "1"}
    evenings: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(planted, "posts.csv"):
        if row["게시물ID"] in bots:
            evenings[row["작성일시"][:10]].append(row)
    assert len(evenings) > 3
    for ring in evenings.values():
        assert {row["작성일시"][11:13] for row in ring} == {"21"}
        assert len({re.sub(r"[\d!👉 ]", "", row["내용"]) for row in ring}) == 1
    paid = [
        row for row in planted.rows("texts") if row["bot"] == "1" and row["file"] == "reviews.csv"
    ]
    assert paid


# Who is who


def test_every_id_is_somebodys(planted: PlantedTruth) -> None:
    person = {(row["source"], row["id"]): row["person"] for row in planted.rows("accounts")}
    known = {row["person"] for row in planted.rows("people")}
    assert set(person.values()) <= known
    for file in ("orders.csv", "activity.csv", "survey.csv"):
        assert all(("members.csv", row["고객번호"]) in person for row in rows(planted, file))
    told = {row["id"]: row for row in planted.rows("texts")}
    for row in rows(planted, "reviews.csv"):
        if told[row["리뷰ID"]]["bot"] == "0":
            assert person["reviews.csv", row["작성자ID"]] == told[row["리뷰ID"]]["person"]
    for row in rows(planted, "delivery_reviews.csv"):
        assert person["delivery_reviews.csv", row["닉네임"]] == told[row["리뷰번호"]]["person"]
    twice = Counter(
        row["person"] for row in planted.rows("accounts") if row["source"] == "members.csv"
    )
    assert set(twice.values()) == {1, 2}
    assert 0.02 < mean(n == 2 for n in twice.values()) < 0.09


def test_who_signed_up_twice_wrote_something_else(planted: PlantedTruth) -> None:
    person = {
        row["id"]: row["person"]
        for row in planted.rows("accounts")
        if row["source"] == "members.csv"
    }
    written: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for row in rows(planted, "members.csv"):
        written[person[row["고객번호"]]].add((row["이름"], row["이메일"], row["휴대폰"]))
    doubles = Counter(person.values())
    assert all(len(forms) == doubles[who] for who, forms in written.items())
    mails = [row["이메일"] for row in rows(planted, "members.csv") if row["이메일"]]
    assert len(set(mails)) == len(mails)
    assert all("example" in mail or "exmaple" in mail for mail in mails)

"""The demo's world: repeatable, varied, bilingual, and the planted trouble is there to be found."""

import csv
import hashlib
from pathlib import Path
from random import Random
from statistics import mean

import pytest

from sonnim.workspace.demo_texts import Voice, compose
from sonnim.workspace.demo_texts_korean import ending, particle
from sonnim.workspace.demo_world import RELEASE_DAY, TROUBLED, PlantedTruth, make_world

ENCODINGS = {
    "reviews.csv": "utf-8-sig",
    "tickets.csv": "cp949",
    "survey.csv": "utf-8",
    "orders.csv": "utf-8",
    "truth.csv": "utf-8",
}
TEXT_AND_ID = {
    "reviews.csv": ("내용", "리뷰ID"),
    "tickets.csv": ("문의내용", "접수번호"),
    "survey.csv": ("의견", "응답번호"),
}


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding=ENCODINGS[name], newline="") as file:
        return list(csv.DictReader(file))


def is_after(time: str) -> bool:
    return time[:10] >= RELEASE_DAY.isoformat()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("world")


@pytest.fixture(scope="module")
def planted(folder: Path) -> PlantedTruth:
    return make_world(folder)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    def digests(name: str, seed: int) -> dict[str, str]:
        make_world(tmp_path / name, seed=seed, messages=400)
        return {
            file: hashlib.sha256((tmp_path / name / file).read_bytes()).hexdigest()
            for file in ENCODINGS
        }

    first = digests("a", 7)
    assert digests("b", 7) == first
    assert all(digests("c", 8)[file] != first[file] for file in ENCODINGS)


def test_counts_are_those_of_the_files(folder: Path, planted: PlantedTruth) -> None:
    counted = {count.name: count.rows for count in planted.files}
    assert counted == {
        "reviews.csv": 3000,
        "tickets.csv": 1500,
        "survey.csv": 2000,
        "orders.csv": 12000,
    }
    assert {name: len(rows(folder, name)) for name in counted} == counted
    assert len(rows(folder, "truth.csv")) == 6000
    assert planted.truth == folder / "truth.csv"


@pytest.mark.parametrize("messages", [1, 2, 5, 40])
def test_small_worlds_have_their_texts(tmp_path: Path, messages: int) -> None:
    make_world(tmp_path, messages=messages)
    assert len(rows(tmp_path, "truth.csv")) == messages


def test_each_text_has_its_truth(folder: Path, planted: PlantedTruth) -> None:
    truth = {(row["file"], row["id"]): row for row in rows(folder, planted.truth.name)}
    texts = {
        (name, row[key])
        for name, (text, key) in TEXT_AND_ID.items()
        for row in rows(folder, name)
        if row[text]
    }
    assert texts == set(truth)
    assert {row["label"] for row in truth.values()} == {"negative", "neutral", "positive"}


def test_nobody_complains_of_the_trouble_before_it_comes(
    folder: Path, planted: PlantedTruth
) -> None:
    for row in rows(folder, planted.truth.name):
        assert row["planted"] == "0" or is_after(row["time"])


@pytest.mark.parametrize("name", sorted(TEXT_AND_ID))
def test_texts_are_varied_and_in_both_languages(
    folder: Path, planted: PlantedTruth, name: str
) -> None:
    column, _ = TEXT_AND_ID[name]
    texts = [row[column] for row in rows(folder, name) if row[column]]
    assert len(set(texts)) > 0.9 * len(texts)
    korean = sum(any("가" <= letter <= "힣" for letter in text) for text in texts)
    assert 0.7 < korean / len(texts) < 0.9
    assert not any("{" in text or "|" in text or "/v" in text or "  " in text for text in texts)


def test_the_trouble_is_seen_by_simple_means(folder: Path, planted: PlantedTruth) -> None:
    def ratings(after: bool, branch: str = "") -> float:
        return mean(
            int(row["별점"])
            for row in rows(folder, "reviews.csv")
            if is_after(row["작성일시"]) is after and branch in ("", row["지점"])
        )

    everywhere, there = planted.effect("rating"), planted.effect("rating", TROUBLED)
    assert ratings(False) == pytest.approx(everywhere.before, abs=1e-4)
    assert ratings(True, TROUBLED) == pytest.approx(there.after, abs=1e-4)
    assert everywhere.after < everywhere.before - 0.3
    assert there.after < there.before - 1.2
    assert planted.effect("nps").after < planted.effect("nps").before - 10
    assert planted.effect("nps", TROUBLED).after < planted.effect("nps", TROUBLED).before - 40
    for file in TEXT_AND_ID:
        negative = planted.effect("negative", TROUBLED, file)
        assert negative.after > negative.before + 0.3


def test_the_fall_is_in_no_other_branch_as_deep(planted: PlantedTruth) -> None:
    falls = {
        effect.unit: effect.before - effect.after
        for effect in planted.effects
        if effect.metric == "rating" and effect.unit
    }
    assert len(falls) == 5
    assert max(falls, key=falls.__getitem__) == planted.where == TROUBLED
    assert planted.since == "2026-02"


def test_unknown_effect_is_refused(planted: PlantedTruth) -> None:
    with pytest.raises(KeyError, match="kcsi"):
        planted.effect("kcsi")


def test_no_emoji_where_the_place_takes_none() -> None:
    rng = Random(1)
    voice = Voice(
        language="ko",
        label="positive",
        aspects=("taste",),
        branch="강남점",
        version="5.0",
        emoji=False,
    )
    for _ in range(300):
        compose(rng, voice).encode("cp949")


@pytest.mark.parametrize(
    ("clause", "form", "wanted"),
    [
        ("커피가 쓰다", "해요", "커피가 써요"),
        ("가격이 나쁘다", "해요", "가격이 나빠요"),
        ("매장이 더럽다", "음", "매장이 더러움"),
        ("매장이 더럽다", "는데", "매장이 더러운데"),
        ("매장이 좁다", "해요", "매장이 좁아요"),
        ("알림이 많다", "는데", "알림이 많은데"),
        ("맛이 없다", "는데", "맛이 없는데"),
        ("입맛에 맞다", "는데", "입맛에 맞는데"),
        ("위치를 못 잡는다/v", "해요", "위치를 못 잡아요"),
        ("전화를 안 받는다/v", "해", "전화를 안 받아"),
        ("결제가 안 된다/v", "해요", "결제가 안 돼요"),
        ("믿음이 간다/v", "습니다", "믿음이 갑니다"),
        ("늦게 왔다", "음", "늦게 왔음"),
        ("맛이 다르다", "해요", "맛이 달라요"),
        ("양이 줄었다", "고", "양이 줄었고"),
    ],
)
def test_korean_endings(clause: str, form: str, wanted: str) -> None:
    assert ending(clause, form) == wanted


def test_particles_fit_the_word() -> None:
    assert [particle(word, "은") for word in ("빵", "커피", "app")] == ["빵은", "커피는", "app는"]

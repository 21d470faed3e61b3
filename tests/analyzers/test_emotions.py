"""`emotions` and `intents`: what is likely of a message, named from what `reading` found."""

import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sonnim
from sonnim.analyzers import emotions, intents, reading
from sonnim.analyzers.base import Analyzer
from sonnim.checks.samples import HOSTILE
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.language.emotions import KOTE
from sonnim.language.reader import EMOTIONS, INTENTS
from sonnim.tables.answers import READING
from sonnim.tables.emotions import EMOTION_COLUMNS, INTENT_COLUMNS
from tests.analyzers.asking import Record, asked
from tests.engines.fixtures import EngineFactory

BOTH = pytest.mark.parametrize(
    ("analyzer", "names"),
    [(emotions.ANALYZER, EMOTIONS), (intents.ANALYZER, INTENTS)],
    ids=["emotions", "intents"],
)
WORDLESS = ("", " ", "🤦🏼‍♂️🤦🏼‍♂️", "👍", "...", "?!?!", "12345", "\u200b")

WANTED = {
    "주말에도 매장 문을 여나요?": "question",
    "상담원분이 정말 친절하게 도와주셔서 감사합니다!": "praise",
    "배송이 또 늦었네요. 진짜 짜증나요.": "complaint",
    "Does the family plan include my parents?": "question",
    "So happy with this, it made my whole week!": "praise",
    "I am furious. They lied to me and refused to refund me.": "complaint",
}
FELT = {
    "직원이 반말하고 소리까지 질러서 너무 화가 나요.": "anger",
    "생일 선물로 받았는데 너무 행복하고 기뻐요!": "joy",
    "I am furious. They lied to me and refused to refund me.": "anger",
    "So happy with this, it made my whole week!": "joy",
}
# No text with emotions that was learned from is one of them. The last two show no emotion.
SHORT = {
    "너무 열받아요": "anger",
    "완전 화났어요": "anger",
    "많이 슬픕니다": "sadness",
    "겁이 나요": "fear",
    "무서워서 못 쓰겠어요": "fear",
    "정말 기뻐요": "joy",
    "정말 기대됩니다": "anticipation",
    "토할 것 같아요": "disgust",
    "더럽네요 진짜": "disgust",
    "믿음이 갑니다": "trust",
    "안심하고 삽니다": "trust",
    "주문 취소해 주세요": None,
    "주소 좀 바꿔 주세요": None,
}
LEAVING = (
    "이번 달까지만 쓰고 해지할 겁니다. 다른 통신사로 옮기려고요.",
    "I'm cancelling my account today and moving to a competitor.",
)


@pytest.fixture(scope="module")
def duck() -> Iterator[Engine]:
    with DuckEngine() as engine:
        yield engine


def readings(count: int = 200) -> dict[str, list[Record]]:
    """Made-up readings, some without a probability, some with equal ones; one has no message."""
    chance = random.Random(3)
    rows = []
    for number in range(count):
        row: dict[str, Any] = {"message_id": f"m{number}", "rating": chance.random()}
        for name in (*EMOTIONS, *INTENTS):
            row[f"p_{name}"] = chance.choice((None, 0.5, 0.75, chance.random(), chance.random()))
        rows.append(row)
    return {
        "reading": rows,
        "message": [{"message_id": f"m{number}", "text": "네"} for number in range(1, count)],
    }


def named_by_hand(names: tuple[str, ...], least: float) -> list[tuple[Any, ...]]:
    """The same in plain Python."""
    found = []
    for row in readings()["reading"][1:]:
        likely = [(row[f"p_{name}"], name) for name in names if row[f"p_{name}"] is not None]
        strongest = max((row[f"p_{one}"] or 0.0 for one in EMOTIONS), default=0.0)
        intensity = (abs(2 * row["rating"] - 1) + strongest) / 2
        ranked = sorted((pair for pair in likely if pair[0] >= least), key=lambda p: (-p[0], p[1]))
        for rank, (probability, name) in enumerate(ranked, 1):
            more = (pytest.approx(intensity),) if names is EMOTIONS else ()
            found.append((row["message_id"], name, probability, rank, *more))
    return sorted(found, key=lambda one: one[:2])


@BOTH
@pytest.mark.parametrize("least", [0.5, 0.8])
def test_rows_are_those_of_plain_python(
    analyzer: Analyzer, names: tuple[str, ...], least: float, make_engine: EngineFactory
) -> None:
    with make_engine() as engine:
        rows = asked(engine, analyzer, readings(), probability=least)
    got = sorted((tuple(row.values()) for row in rows), key=lambda one: one[:2])
    assert len(got) > 50
    assert got == named_by_hand(names, least)


def test_intensity_by_hand(duck: Engine) -> None:
    """Rating 0.1 is 0.8 of the way from the middle to the end; with 0.6 that makes 0.7."""
    row = {"message_id": "m", "rating": 0.1, "p_anger": 0.6, "p_disgust": 0.55, "p_joy": 0.02}
    rows = asked(
        duck, emotions.ANALYZER, {"reading": [row], "message": [{"message_id": "m", "text": "x"}]}
    )
    assert [(one["name"], one["rank"]) for one in rows] == [("anger", 1), ("disgust", 2)]
    assert [one["intensity"] for one in rows] == pytest.approx([0.7, 0.7])


def test_columns_are_named_as_the_outputs_of_the_encoder() -> None:
    assert [one.name for one in EMOTION_COLUMNS] == [f"p_{name}" for name in EMOTIONS]
    assert [one.name for one in INTENT_COLUMNS] == [f"p_{name}" for name in INTENTS]
    assert {one.name for one in (*EMOTION_COLUMNS, *INTENT_COLUMNS)} <= set(READING.names)


def test_texts_without_words_have_no_row(duck: Engine) -> None:
    """Emoji alone too; nothing breaks on the other hostile texts."""
    given = [{"message_id": f"m{n}", "text": text} for n, text in enumerate((*WORDLESS, *HOSTILE))]
    read = asked(duck, reading.ANALYZER, {"message": given})
    for row in read[: len(WORDLESS)]:
        assert row["emotions_ko"] == []
        assert all(row[f"p_{name}"] is None for name in (*EMOTIONS, *INTENTS))
    for analyzer in (emotions.ANALYZER, intents.ANALYZER):
        rows = asked(duck, analyzer, {"message": given, "reading": read}, probability=0.0)
        assert rows
        assert not {f"m{n}" for n in range(len(WORDLESS))} & {row["message_id"] for row in rows}


def test_emotions_of_kote_are_named_of_korean_texts_alone(duck: Engine) -> None:
    texts = ("환불이 안 돼서 정말 화가 나네요", "I am so angry about this refund", "返金されません")
    given = [{"message_id": str(n), "text": text} for n, text in enumerate(texts)]
    korean, english, other = asked(duck, reading.ANALYZER, {"message": given})
    assert korean["emotions_ko"] and set(korean["emotions_ko"]) <= set(KOTE)
    assert english["emotions_ko"] == other["emotions_ko"] == []
    for row in (korean, english):
        assert all(0 <= row[f"p_{name}"] <= 1 for name in (*EMOTIONS, *INTENTS))
    assert other["p_anger"] is None and math.isfinite(other["rating"])


@pytest.mark.parametrize(("name", "texts"), [("intents", WANTED), ("emotions", FELT)])
def test_clear_texts_of_a_bare_file(tmp_path: Path, name: str, texts: dict[str, str]) -> None:
    """Written so that nobody would doubt; in the order of the file, emoji alone without a row."""
    file = tmp_path / "texts.csv"
    file.write_text("\n".join(["text", *(f'"{text}"' for text in texts), '"🤦"']), "utf-8")
    answer = sonnim.analyze(name, file)
    ids, names, ranks = (answer.column(one).to_pylist() for one in ("message_id", "name", "rank"))
    assert [int(one) for one in ids] == sorted(int(one) for one in ids)
    first = {one: what for one, what, rank in zip(ids, names, ranks, strict=True) if rank == 1}
    assert first == {str(number): what for number, what in enumerate(texts.values(), 1)}


def test_a_few_words_say_how_somebody_feels(duck: Engine) -> None:
    """Of 13 texts chosen before they were read, two may be read otherwise (disgust was, twice)."""
    given = [{"message_id": text, "text": text} for text in SHORT]
    read = asked(duck, reading.ANALYZER, {"message": given})
    rows = asked(duck, emotions.ANALYZER, {"message": given, "reading": read})
    first = {row["message_id"]: row["name"] for row in rows if row["rank"] == 1}
    assert sum(first.get(text) == felt for text, felt in SHORT.items()) >= 11


def test_who_says_that_he_leaves_threatens_churn(duck: Engine) -> None:
    """He may complain besides."""
    given = [{"message_id": text, "text": text} for text in LEAVING]
    read = asked(duck, reading.ANALYZER, {"message": given})
    rows = asked(duck, intents.ANALYZER, {"message": given, "reading": read})
    assert {row["message_id"] for row in rows if row["name"] == "churn"} == set(LEAVING)

"""`opinions`: a row for each, with its words, masked, and its category."""

from collections.abc import Iterator
from typing import Any

import pytest

from sonnim.analyzers import opinions
from sonnim.analyzers.base import Analyzer
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.language.aspect_list import Category, Own
from sonnim.language.opinions import Opinion, packed
from sonnim.tables.errors import StopError
from sonnim.workspace import catalog
from tests.analyzers.asking import Record, asked
from tests.engines.fixtures import EngineFactory

TITLE, TEXT = "포장 최고", "맛은 있는데 배송이 너무 늦어요. 문의 010-1234-5678 친절"
WHOLE = f"{TITLE}. {TEXT}"
WHERE = (("포장", "최고", "positive"), ("맛", "있는데", "positive"),
         ("배송", "너무 늦어요", "negative"), ("", "010-1234-5678 친절", "positive"))  # fmt: skip


def place(piece: str) -> tuple[int, int]:
    start = WHOLE.index(piece)
    return (start, start + len(piece)) if piece else (0, 0)


def tables() -> dict[str, list[Record]]:
    found = [Opinion(place(a), place(b), polarity, 0.9) for a, b, polarity in WHERE]
    return {
        "message": [
            {"message_id": "m1", "title": TITLE, "text": TEXT},
            {"message_id": "m2", "title": None, "text": TEXT},
            {"message_id": "m3", "title": None, "text": "네"},
        ],
        "reading": [
            {"message_id": "m1", "opinions": packed(found)},
            {"message_id": "m2", "opinions": packed([Opinion((0, 1), (3, 6), "positive", 0.6)])},
            {"message_id": "m3", "opinions": []},
        ],
    }


@pytest.fixture(scope="module")
def duck() -> Iterator[Engine]:
    with DuckEngine() as engine:
        yield engine


def sorted_rows(engine: Engine, **parameters: object) -> list[dict[str, Any]]:
    rows = asked(engine, opinions.ANALYZER, tables(), **parameters)
    return sorted(rows, key=lambda row: (row["message_id"], row["number"]))


def test_each_opinion_stands_where_it_was_said(duck: Engine) -> None:
    rows = sorted_rows(duck)
    assert [row["message_id"] for row in rows] == ["m1"] * 4 + ["m2"]
    assert [row["place"] for row in rows] == ["title", "text", "text", "text", "text"]
    for row, (target, words, polarity) in zip(rows, WHERE, strict=False):
        written = TITLE if row["place"] == "title" else TEXT
        assert written[row["start"] : row["end"]] == (target or words)
        assert row["target"] == (target or None)
        assert row["polarity"] == polarity
    assert (rows[4]["start"], rows[4]["target"], rows[4]["words"]) == (0, "맛", "있는데")


def test_personal_data_is_masked(duck: Engine) -> None:
    assert sorted_rows(duck)[3]["words"] == "[전화번호] 친절"


def test_categories_are_those_of_the_catalogue(duck: Engine) -> None:
    """Oracle: the catalogue asked directly, also one with the company's own."""
    rows = sorted_rows(duck)
    wanted = opinions.catalogue("").category("배송", "너무 늦어요")
    assert (rows[2]["category"], rows[2]["category_probability"]) == wanted
    own = Own(categories=(Category(id="our_taste", ko="우리 맛", en="our taste", targets=("맛",)),))
    rows = sorted_rows(duck, aspects=opinions.in_words(own))
    assert rows[1]["category"] == "our_taste"


def test_unlikely_ones_are_left_out_if_asked_for(duck: Engine) -> None:
    assert len(sorted_rows(duck, probability=0.8)) == 4


@pytest.mark.spark
def test_spark_shows_the_same(duck: Engine, spark_engine: EngineFactory) -> None:
    with spark_engine() as engine:
        assert sorted_rows(engine) == sorted_rows(duck)


def test_a_run_of_all_goes_without_what_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a run of that very analyzer says what to install."""
    monkeypatch.setattr(Analyzer, "missing", property(lambda one: one.packages and "onnxruntime"))
    names = [one.name for one in catalog.chosen(())]
    assert "mood" in names and not {"reading", "opinions"} & set(names)
    with pytest.raises(StopError, match=r"sonnim\[accurate\]"):
        catalog.chosen(["opinions"])

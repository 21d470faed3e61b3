"""`language`, `mood`, `reading`: one row a message, from title and text, whatever else is there."""

import hashlib
from collections.abc import Iterator

import numpy as np
import pytest

from sonnim.analyzers import language, mood, reading
from sonnim.analyzers.base import Analyzer
from sonnim.checks.samples import HOSTILE, TEXTS
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.language.identify import identify
from sonnim.language.mood_cascade import Cascade
from sonnim.language.mood_model import MoodModel
from tests.analyzers.asking import Record, asked
from tests.engines.fixtures import EngineFactory

READERS = pytest.mark.parametrize(
    "analyzer",
    [language.ANALYZER, mood.ANALYZER, reading.ANALYZER],
    ids=lambda one: one.name,
)


@pytest.fixture(scope="module")
def duck() -> Iterator[Engine]:
    with DuckEngine() as engine:
        yield engine


def messages(texts: list[str | None], titles: list[str | None] | None = None) -> list[Record]:
    # Keys whose order is not that of the rows.
    return [
        {"message_id": f"m{(7 * i) % 1009}", "text": text, "title": titles[i] if titles else None}
        for i, text in enumerate(texts)
    ]


@READERS
def test_one_row_a_message_in_the_order_of_the_input(duck: Engine, analyzer: Analyzer) -> None:
    given = messages([text for _, _, text in TEXTS] * 20)
    rows = asked(duck, analyzer, {"message": given})
    assert [row["message_id"] for row in rows] == [one["message_id"] for one in given]
    assert analyzer.per_row


@READERS
def test_a_row_depends_on_its_message_alone(duck: Engine, analyzer: Analyzer) -> None:
    texts: list[str | None] = [text for _, _, text in TEXTS]
    together = asked(duck, analyzer, {"message": messages(texts)})
    for i in (0, 8, len(texts) - 1):
        (alone,) = asked(duck, analyzer, {"message": messages(texts)[i : i + 1]})
        same = {k: pytest.approx(v, abs=1e-12) if isinstance(v, float) else v
                for k, v in together[i].items()}  # fmt: skip
        assert alone == same


@READERS
def test_title_and_text_are_read_as_one(duck: Engine, analyzer: Analyzer) -> None:
    titled, plain, text_alone = asked(
        duck, analyzer,
        {"message": messages(
            ["배송이 늦었어요", "최악이에요. 배송이 늦었어요", None], ["최악이에요", "", None]
        )},
    )  # fmt: skip
    told = {key for key in titled if key not in ("message_id", "text_digest")}
    assert {key: titled[key] for key in told} == {key: plain[key] for key in told}
    assert titled["text_digest"] == hashlib.md5("최악이에요|배송이 늦었어요".encode()).hexdigest()
    assert text_alone["text_digest"] == hashlib.md5(b"|").hexdigest()


@READERS
def test_hostile_texts_get_a_row_each(duck: Engine, analyzer: Analyzer) -> None:
    given = messages([*HOSTILE, None])
    rows = asked(duck, analyzer, {"message": given})
    assert len(rows) == len(given)
    assert all(row.get("language", "ko") in ("ko", "en", "mixed", "other") for row in rows)


def test_languages_are_those_identified(duck: Engine) -> None:
    texts: list[str | None] = [text for _, _, text in TEXTS]
    rows = asked(duck, language.ANALYZER, {"message": messages(texts)})
    named, probabilities = identify([text or "" for text in texts])
    assert [row["language"] for row in rows] == list(named) == [name for name, _, _ in TEXTS]
    assert [row["probability"] for row in rows] == pytest.approx(list(probabilities))


def test_moods_are_the_models(duck: Engine) -> None:
    """Oracle: the model asked directly; how good it is, tests/language and `make bench` say."""
    texts = [text for _, _, text in TEXTS]
    rows = asked(duck, mood.ANALYZER, {"message": messages(list(texts))}, tier="fast")
    model = MoodModel.load()
    named, _ = identify(texts)
    wanted = model.probabilities(texts, named)
    got = np.array(
        [[row[f"p_{side}"] for side in ("negative", "neutral", "positive")] for row in rows]
    )
    assert got == pytest.approx(wanted)
    assert [row["label"] for row in rows] == model.labels(wanted, named)
    assert {row["tier"] for row in rows} == {model.tier}
    assert got.sum(axis=1) == pytest.approx(1)
    # Nothing is known of a language that it has not learned.
    assert rows[-1]["language"] == "other" and rows[-1]["label"] == "unsure"


@pytest.mark.parametrize("tier", ["cascade", "accurate", "auto"])
def test_moods_of_both_models_are_the_cascades(duck: Engine, tier: str) -> None:
    texts = [text for _, _, text in TEXTS]
    rows = asked(duck, mood.ANALYZER, {"message": messages(list(texts))}, tier=tier)
    wanted = Cascade.load().read(texts, identify(texts)[0], everything=tier == "accurate")
    assert [row["label"] for row in rows] == wanted.labels
    assert [row["tier"] for row in rows] == wanted.tiers
    assert [row["p_positive"] for row in rows] == pytest.approx(wanted.probabilities[:, 2])


def test_without_the_extra_the_linear_model_reads_alone(
    duck: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mood, "installed", lambda: False)
    rows = asked(duck, mood.ANALYZER, {"message": messages(["좋아요", "nice"])})
    assert {row["tier"] for row in rows} == {MoodModel.load().tier}


def test_what_is_read_says_nothing_of_the_text_itself(duck: Engine) -> None:
    """Opinions are places and polarities; a phone number in one stays in the message."""
    text = "직원 김철수(010-1234-5678)님이 정말 친절했어요. 배송은 늦었고요."
    (row,) = asked(duck, reading.ANALYZER, {"message": messages([text])})
    assert not set("김철수친절배송") & set(str(row["opinions"]))
    assert 0 <= row["rating"] <= 1 and 0 <= row["p_offence"] <= 1


@pytest.mark.spark
@READERS
def test_spark_reads_the_same(
    analyzer: Analyzer, spark_engine: EngineFactory, duck: Engine
) -> None:
    """Row by row; on Spark the order of rows is not kept, and floats agree within 1e-12."""
    given = messages([*(text for _, _, text in TEXTS), *HOSTILE, None])
    with spark_engine() as engine:
        found = {row["message_id"]: row for row in asked(engine, analyzer, {"message": given})}
    for row in asked(duck, analyzer, {"message": given}):
        other = found.pop(row["message_id"])
        assert other == {k: pytest.approx(v, abs=1e-12) if isinstance(v, float) else v
                         for k, v in row.items()}  # fmt: skip
    assert not found

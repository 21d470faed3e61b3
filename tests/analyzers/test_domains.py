"""`domains`: figures and fitted moods of each source and language, against the functions asked."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sonnim.analyzers import domains
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.language.adaptation import (
    Adaptation,
    adapted,
    fold_of,
    held_out,
    level,
    log_loss,
    log_odds,
    quality,
    shifted,
    with_words,
)
from sonnim.language.own_words import words_of
from tests.analyzers.asking import Record, asked_all
from tests.engines.fixtures import EngineFactory
from tests.language.test_adaptation import drawn

SIDES = ("negative", "neutral", "positive")
RATINGS = {0: (1.0, 2.0), 1: (3.0,), 2: (4.0, 5.0)}


def tables(n: int = 300) -> dict[str, list[Record]]:
    """Two sources of stars, one with few, and messages without."""
    moods, labels = drawn(11, n, shift=1.0)
    chance = np.random.default_rng(1)
    message: list[Record] = []
    mood: list[Record] = []
    for number in range(n):
        source = "app" if number % 3 else "shop"
        stars = RATINGS[int(labels[number])]
        rated = number < 0.9 * n
        scale = {"rating_min": 0.0, "rating_max": 10.0} if source == "shop" else {}
        rating = float(chance.choice(stars))
        message.append({
            "message_id": f"m{number}", "text": "글", "source": source if number > 5 else "few",
            "rating": ((rating - 1) * 2.5 if scale else rating) if rated else None, **scale,
        })  # fmt: skip
        mood.append({
            "message_id": f"m{number}", "language": "en" if number % 7 == 0 else "ko",
            "label": "unsure", **{f"p_{side}": float(p) for side, p in
                                  zip(SIDES, moods[number], strict=True)},
        })  # fmt: skip
    return {"message": message, "mood": mood}


def read_too() -> dict[str, list[Record]]:
    """The same, and what the encoder read of all messages but every ninth: a rating that helps."""
    given, (_, labels) = tables(), drawn(11, 300, shift=1.0)
    chance = np.random.default_rng(4)
    shares = chance.uniform(0.01, 0.99, (300, len(domains.READ)))
    shares[:, 0] = np.clip(shares[:, 0] / 2 + (labels - 1) * 0.2 + 0.2, 0, 1)
    given["reading"] = [
        {"message_id": f"m{n}", **dict(zip(domains.READ, map(float, shares[n]), strict=True))}
        for n in range(300) if n % 9
    ]  # fmt: skip
    return given


def further(given: Mapping[str, list[Record]]) -> np.ndarray:
    """Log odds of neutral, and of what was read of each message."""
    known = {row["message_id"]: row for row in given.get("reading", ())}
    rows = [[known.get(f"m{n}", {}).get(name, np.nan) for name in domains.READ]
            for n in range(len(given["message"]))]  # fmt: skip
    p = np.clip(np.array(rows), 1e-4, 1 - 1e-4)
    moods = np.array([[row[f"p_{side}"] for side in SIDES] for row in given["mood"]])
    return np.column_stack([log_odds(moods)[:, 1], np.log(p) - np.log1p(-p)])


def answers(
    engine: Engine, given: dict[str, list[Record]] | None = None, **parameters: object
) -> tuple[list[Any], dict[str, Any]]:
    found, fitted = asked_all(engine, domains.ANALYZER, given or tables(), **parameters)
    key = lambda row: (row["source"], row["language"])  # noqa: E731
    return sorted(found, key=key), {row["message_id"]: row for row in fitted}


def test_figures_and_moods_are_those_of_the_functions() -> None:
    with DuckEngine() as engine:
        found, fitted = answers(engine, least=10)
    given = tables()
    moods, labels = drawn(11, 300, shift=1.0)
    read = further(given)
    by_group: dict[tuple[str, str], list[int]] = {}
    for number, (message, mood) in enumerate(zip(given["message"], given["mood"], strict=True)):
        by_group.setdefault((message["source"], mood["language"]), []).append(number)
    assert {("app", "ko"), ("shop", "ko")} <= {(r["source"], r["language"]) for r in found}
    assert "few" not in {row["source"] for row in found}
    for row in found:
        numbers = by_group[row["source"], row["language"]]
        rated = sorted((n for n in numbers if n < 270), key=lambda n: f"m{n}")
        p, true = moods[rated], labels[rated]
        after = quality(held_out(p, true, fold_of([f"m{n}" for n in rated]), read[rated]), true)
        assert row["n_negative"] == (true == 0).sum()
        assert row["accuracy"] == pytest.approx(quality(p, true).accuracy)
        assert (row["accuracy_fitted"], row["ece_fitted"]) == pytest.approx(
            (after.accuracy, after.ece)
        )
        wanted = adapted(p, true, read[rated]).probabilities(moods[numbers], read[numbers])
        for number, one in zip(numbers, wanted, strict=True):
            got = [fitted[f"m{number}"][f"p_{side}"] for side in SIDES]
            assert got == pytest.approx(list(one))
            label = fitted[f"m{number}"]["label"]
            assert label == SIDES[one.argmax()] or (label == "unsure" and one.max() < 0.5)
    # Those of the rare language are fitted as if in the other; of "few" nothing is known.
    assert set(fitted) == {f"m{n}" for n in range(6, 300)}
    rare = [n for n in by_group["shop", "en"] if n > 5]
    assert ("shop", "en") not in {(row["source"], row["language"]) for row in found}
    rated = sorted((n for n in by_group["shop", "ko"] if n < 270), key=lambda n: f"m{n}")
    fit = adapted(moods[rated], labels[rated], read[rated])
    wanted = fit.probabilities(moods[rare], read[rare])
    for number, one in zip(rare, wanted, strict=True):
        assert [fitted[f"m{number}"][f"p_{side}"] for side in SIDES] == pytest.approx(list(one))


def test_what_nobody_could_read_is_given_the_level_of_its_source() -> None:
    given = tables()
    for row in given["mood"][::10]:
        row.update({"language": "other", **{f"p_{side}": 1 / 3 for side in SIDES}})
    with DuckEngine() as engine:
        found, fitted = answers(engine, given, least=10)
    for source in ("app", "shop"):
        chief = max(
            (row for row in found if row["source"] == source),
            key=lambda row: sum(row[f"n_{side}"] for side in SIDES),
        )
        level = 1 / (1 + np.exp(-chief["polarity_intercept"]))
        unread = [
            fitted[row["message_id"]] for row, mood in zip(given["message"], given["mood"],
                                                           strict=True)
            if row["source"] == source and mood["language"] == "other"
        ]  # fmt: skip
        assert unread
        for one in unread:
            assert one["p_positive"] / (1 - one["p_neutral"]) == pytest.approx(level)


def test_with_readings_figures_and_moods_are_those_of_the_functions() -> None:
    given, (moods, labels) = read_too(), drawn(11, 300, shift=1.0)
    with DuckEngine() as engine:
        plain, _ = answers(engine, least=10)
    with DuckEngine() as engine:
        found, fitted = answers(engine, given, least=10)
    read = further(given)
    (app,) = (row for row in found if (row["source"], row["language"]) == ("app", "ko"))
    rated = sorted((n for n in range(6, 270) if n % 3 and n % 7), key=lambda n: f"m{n}")
    p, true, more = moods[rated], labels[rated], read[rated]
    fit = adapted(p, true, more)
    after = quality(held_out(p, true, fold_of([f"m{n}" for n in rated]), more), true)
    assert app["accuracy_fitted"] == pytest.approx(after.accuracy)
    assert (app["polarity_slope"], app["polarity_intercept"]) == pytest.approx(fit.polarity)
    assert app["polarity_intercept_error"] == pytest.approx(fit.polarity_error.intercept)
    everyone = [n for n in range(6, 300) if n % 3 and n % 7]
    for number, one in zip(everyone, fit.probabilities(moods[everyone], read[everyone]),
                           strict=True):  # fmt: skip
        assert [fitted[f"m{number}"][f"p_{side}"] for side in SIDES] == pytest.approx(list(one))
    (before,) = (row for row in plain if (row["source"], row["language"]) == ("app", "ko"))
    assert app["accuracy_fitted"] > before["accuracy_fitted"]
    assert app["accuracy"] == before["accuracy"]


def test_too_few_ratings_and_texts_leave_everything_as_it_is() -> None:
    with DuckEngine() as engine:
        assert answers(engine, least=1_000) == ([], {})


def test_without_ratings_the_level_comes_from_the_texts() -> None:
    # Probabilistic counting (Bella et al. 2010): of each source, the mean of the probabilities.
    with DuckEngine() as engine:
        found, fitted = answers(engine, least=1_000, least_texts=50)
    given = tables()
    moods, _ = drawn(11, 300, shift=1.0)
    assert {(row["source"], row["language"]) for row in found} == {("app", "ko"), ("shop", "ko")}
    for row in found:
        numbers = [
            n for n, (message, mood) in enumerate(zip(given["message"], given["mood"], strict=True))
            if (message["source"], mood["language"]) == (row["source"], row["language"])
        ]  # fmt: skip
        total = moods[numbers].sum(axis=0)
        level = float(np.log((total[2] + 5) / (total[0] + 5)))
        assert row["learned_from"] == "texts" and row["accuracy"] is None
        assert row["polarity_intercept"] == pytest.approx(level)
        wanted = Adaptation(polarity=(1.0, level)).probabilities(moods[numbers])
        for number, one in zip(numbers, wanted, strict=True):
            got = [fitted[f"m{number}"][f"p_{side}"] for side in SIDES]
            assert got == pytest.approx(list(one))


def corrections(labels: Mapping[int, str], **changed: object) -> list[Record]:
    """Corrections of these messages, whose text is 글 and has no title."""
    digest = hashlib.md5("|글".encode()).hexdigest()
    return [
        {"message_id": f"m{number}", "question": "mood", "label": label, "text_digest": digest,
         **changed} for number, label in labels.items()
    ]  # fmt: skip


def test_corrections_win_over_ratings_and_count_where_there_are_none() -> None:
    """The oracle is the fit to the labels that are then meant."""
    given = tables()
    moods, labels = drawn(11, 300, shift=1.0)
    said = {n: SIDES[(int(labels[n]) + 1) % 3] for n in range(10, 40)} | {
        n: SIDES[int(labels[n])] for n in range(270, 300)
    }
    meant = [SIDES.index(said[n]) if n in said else int(labels[n]) for n in range(300)]
    with DuckEngine() as engine:
        given["correction"] = corrections(said)
        found, _ = asked_all(engine, domains.ANALYZER, given, least=10)
    (app,) = (row for row in found if (row["source"], row["language"]) == ("app", "ko"))
    chosen = sorted((n for n in range(6, 300) if n % 3 and n % 7), key=lambda n: f"m{n}")
    true = np.array([meant[n] for n in chosen])
    assert app["learned_from"] == "both"
    assert [app[f"n_{side}"] for side in SIDES] == np.bincount(true).tolist()
    assert app["accuracy"] == pytest.approx(quality(moods[chosen], true).accuracy)
    wanted = adapted(moods[chosen], true, further(given)[chosen])
    assert (app["polarity_slope"], app["polarity_intercept"]) == pytest.approx(wanted.polarity)
    assert (app["neutrality_slope"], app["neutrality_intercept"]) == pytest.approx(
        wanted.neutrality
    )


def test_corrections_alone_are_enough() -> None:
    given = tables()
    _, labels = drawn(11, 300, shift=1.0)
    given["message"] = [{**row, "rating": None} for row in given["message"]]
    given["correction"] = corrections({n: SIDES[int(labels[n])] for n in range(0, 300, 2)})
    with DuckEngine() as engine:
        found, _ = asked_all(engine, domains.ANALYZER, given, least=10)
    assert [(r["source"], r["language"], r["learned_from"]) for r in found] == [
        ("app", "ko", "corrections")
    ]


@pytest.mark.parametrize(
    "changed", [{"text_digest": "of a text before"}, {"question": "colour"}, {"label": "unsure"}]
)
def test_corrections_of_other_texts_or_questions_change_nothing(changed: Record) -> None:
    given = tables()
    said = {n: "negative" for n in range(10, 300)}
    with DuckEngine() as engine:
        before = asked_all(engine, domains.ANALYZER, given, least=10)
    with DuckEngine() as engine:
        given["correction"] = corrections(said, **changed)
        assert asked_all(engine, domains.ANALYZER, given, least=10) == before


PHRASES = ("화면이 자꾸 멈춰요", "끊김 없이 잘 나와요", "그냥 그래요")


def spoken() -> dict[str, list[Record]]:
    """Messages that say what they were rated for in words that only this source uses."""
    given, (_, labels) = tables(600), drawn(11, 600, shift=1.0)
    chance = np.random.default_rng(9)
    for number, row in enumerate(given["message"]):
        told = int(labels[number]) if chance.uniform() < 0.7 else int(chance.integers(3))
        row.update({"title": "후기" if number % 2 else None, "text": f"{PHRASES[told]} {number}"})
    return given


def test_words_of_the_source_count_and_moods_are_those_of_the_functions() -> None:
    given, (moods, labels) = spoken(), drawn(11, 600, shift=1.0)
    with DuckEngine() as engine:
        found, fitted = answers(engine, given, least=10)
    (app,) = (row for row in found if (row["source"], row["language"]) == ("app", "ko"))
    everyone = [n for n in range(6, 600) if n % 3 and n % 7]
    chosen = sorted((n for n in everyone if n < 540), key=lambda n: f"m{n}")
    texts = {n: ("후기. " if n % 2 else "") + given["message"][n]["text"] for n in everyone}
    p, true, read = moods[chosen], labels[chosen], further(given)
    words, folds = words_of([texts[n] for n in chosen]), fold_of([f"m{n}" for n in chosen])
    plain, heard = (held_out(p, true, folds, read[chosen], one) for one in (None, words))
    shift = level(heard, true)
    heard = shifted(heard, shift)
    gain = log_loss(shifted(plain, level(plain, true)), true) - log_loss(heard, true)
    assert app["words_gain"] == pytest.approx(gain) and gain > 0.1
    assert app["accuracy_fitted"] == pytest.approx(quality(heard, true).accuracy)
    assert app["accuracy_fitted"] > quality(plain, true).accuracy + 0.05
    fit = with_words(adapted(p, true, read[chosen]), p, true, read[chosen], words)
    fit = replace(fit, words_centre=fit.words_centre - shift)
    wanted = fit.probabilities(
        moods[everyone], read[everyone], words_of([texts[n] for n in everyone])
    )
    for number, one in zip(everyone, wanted, strict=True):
        # Weights are kept at half their precision.
        got = [fitted[f"m{number}"][f"p_{side}"] for side in SIDES]
        assert got == pytest.approx(list(one), abs=1e-3)
    # What is in a rare language is fitted as if in the chief one, but for its words.
    rare = [n for n in range(6, 600) if n % 3 == 0 and n % 7 == 0]
    shop = adapted(*(one[chosen_of_shop()] for one in (moods, labels, read)))
    for number, one in zip(rare, shop.probabilities(moods[rare], read[rare]), strict=True):
        got = [fitted[f"m{number}"][f"p_{side}"] for side in SIDES]
        assert got == pytest.approx(list(one), abs=1e-3)


def chosen_of_shop() -> list[int]:
    """Rated Korean messages of the shop, in the order of their ids."""
    return sorted((n for n in range(6, 540) if n % 3 == 0 and n % 7), key=lambda n: f"m{n}")


@pytest.mark.spark
@pytest.mark.parametrize("given", [tables, read_too, spoken])
def test_spark_answers_the_same(
    spark_engine: EngineFactory, given: Callable[[], dict[str, list[Record]]]
) -> None:
    with DuckEngine() as duck, spark_engine() as spark:
        here, there = answers(duck, given(), least=10), answers(spark, given(), least=10)
    for row, other in zip(here[0], there[0], strict=True):
        assert other == {k: pytest.approx(v) if isinstance(v, float) else v for k, v in row.items()}
    assert here[1].keys() == there[1].keys()
    for key, row in here[1].items():
        assert there[1][key] == {k: pytest.approx(v) if isinstance(v, float) else v
                                 for k, v in row.items()}  # fmt: skip

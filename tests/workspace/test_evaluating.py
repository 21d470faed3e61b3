"""Evaluations end to end: on stand-ins whose every answer is known, and once on the real model."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from training.mood.evaluate import examples

from sonnim.analyzers.mood import moods_of
from sonnim.language.baselines import Baseline, lexicon_scores
from sonnim.language.mood_cascade import Moods
from sonnim.language.mood_model import SHIPPED
from sonnim.tables.errors import StopError
from sonnim.workspace import evaluating
from sonnim.workspace.evaluating import (
    ALL,
    EVALUATION,
    MAJORITY,
    NONE,
    OTHERS,
    Evaluated,
    evaluate,
    table_of,
)
from sonnim.workspace.labelled import NOT_READ, Labelled

KOREAN, ENGLISH, JAPANESE = "오늘 받은 물건이에요", "This is what came today", "今日は良い天気です"


def labelled(rows: Sequence[tuple[str, int, str]]) -> Labelled:
    texts, labels, domains = zip(*rows, strict=True)
    places = tuple(str(n) for n, _ in enumerate(rows, 1))
    return Labelled(texts=texts, labels=np.array(labels), domains=domains, places=places)


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    """A classifier that finds all positive, and a baseline that finds all negative."""

    def cheerful(texts: Sequence[str], languages: Sequence[str], tier: str) -> Moods:
        # No batch holds two languages: each has a speed of its own.
        assert len(set(languages)) == 1 or len(texts) == 2
        return Moods(np.tile([0.1, 0.2, 0.7], (len(texts), 1)), ["positive"] * len(texts), [])

    monkeypatch.setattr(evaluating, "moods_of", cheerful)
    grim = Baseline("grim", "en", "", lambda: lambda texts: np.full(len(texts), -1.0))
    gone = Baseline("gone", "en", "not_there", lambda: None)
    other = Baseline("other", "ko", "nor_there", lambda: None)
    monkeypatch.setattr(evaluating, "BASELINES", (grim, gone, other))


def rows_of(found: Evaluated) -> dict[tuple[str, str, str], tuple[int, float]]:
    return {
        (row.language, row.domain, row.classifier): (row.found.n, row.found.accuracy.value)
        for row in found.rows
    }


def test_by_language_domain_and_reader() -> None:
    """Counted by hand: of 30 English texts of each domain 20 and 10 are positive."""
    rows = [(ENGLISH, 2 if n < 20 else 0, "app") for n in range(30)]
    rows += [(ENGLISH, 2 if n < 10 else 0, "web") for n in range(30)]
    rows += [(KOREAN, 2, "app")] * 5
    found = evaluate(labelled(rows), tier="fast")
    assert rows_of(found) == {
        ("ko", ALL, "sonnim fast"): (5, 1.0),
        ("ko", ALL, MAJORITY): (5, 1.0),
        ("en", ALL, "sonnim fast"): (60, 0.5),
        ("en", ALL, "grim"): (60, 0.5),
        ("en", ALL, MAJORITY): (60, 0.5),
        ("en", "app", "sonnim fast"): (30, 20 / 30),
        ("en", "app", "grim"): (30, 10 / 30),
        ("en", "app", MAJORITY): (30, 20 / 30),
        ("en", "web", "sonnim fast"): (30, 10 / 30),
        ("en", "web", "grim"): (30, 20 / 30),
        ("en", "web", MAJORITY): (30, 20 / 30),
    }
    assert found.absent == ("not_there", "nor_there")
    assert not found.neutral


def test_order_of_rows_does_not_matter() -> None:
    rows = [(ENGLISH, n % 3, f"d{n % 2}") for n in range(60)] + [(KOREAN, 0, "d0")] * 3
    first, second = evaluate(labelled(rows)), evaluate(labelled(rows[::-1]))
    assert rows_of(first) == rows_of(second)


def test_without_baselines_only_the_tier_is_there() -> None:
    found = evaluate(labelled([(ENGLISH, 2, "")]), tier="accurate", baselines=False)
    assert list(rows_of(found)) == [("en", ALL, "sonnim accurate")]
    both = evaluate(labelled([(ENGLISH, 2, "")]), tier="accurate")
    assert {row.classifier for row in both.rows} == {
        "sonnim accurate",
        "sonnim fast",
        "grim",
        MAJORITY,
    }


def test_small_domains_are_taken_together() -> None:
    rows = [(ENGLISH, 2, "large")] * 25 + [(ENGLISH, 2, "a"), (ENGLISH, 0, "b"), (ENGLISH, 2, "")]
    found = evaluate(labelled(rows), baselines=False)
    assert {(row.domain, row.found.n) for row in found.rows} == {
        (ALL, 28), ("large", 25), (OTHERS, 3),
    }  # fmt: skip
    rows = [(ENGLISH, 2, "large")] * 25 + [(ENGLISH, 2, "")]
    assert NONE in {row.domain for row in evaluate(labelled(rows), baselines=False).rows}


def test_other_languages_are_counted_and_left_out() -> None:
    found = evaluate(labelled([(ENGLISH, 2, ""), (JAPANESE, 2, "")]))
    assert [(one.reason, one.n, one.rows) for one in found.left_out] == [(NOT_READ, 1, ("2",))]
    with pytest.raises(StopError) as error:
        evaluate(labelled([(JAPANESE, 2, "")]))
    assert error.value.key == "evaluate_nothing"


def test_an_unknown_tier_is_refused() -> None:
    with pytest.raises(StopError, match="fast, cascade, accurate"):
        evaluate(labelled([(ENGLISH, 2, "")]), tier="best")


def test_progress_ends_at_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    evaluate(
        labelled([(ENGLISH, 2, "")] * 1_100),
        tier="fast",
        progress=lambda name, done, total: told.append((name, done, total)),
    )
    assert ("sonnim fast", 0, 1_100) in told and ("sonnim fast", 1_100, 1_100) in told
    assert ("grim", 1_100, 1_100) in told


def test_the_table_has_every_column_and_the_cells_add_up() -> None:
    rows = [(ENGLISH, n % 3, "") for n in range(30)]
    table = table_of(evaluate(labelled(rows)))
    assert tuple(table.column_names) == EVALUATION.names
    cells = [name for name in EVALUATION.names if "_as_" in name]
    assert len(cells) == 9
    for place, n in enumerate(table.column("n").to_pylist()):
        assert sum(table.column(name).to_pylist()[place] for name in cells) == n


@pytest.mark.slow
@pytest.mark.data
def test_as_on_the_card(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model's card is the oracle: the same set, measured by training, gives the same accuracy.

    There a text taken for another language counts as wrong; here it is left out and counted.
    """
    monkeypatch.setattr(evaluating, "moods_of", moods_of)
    korean = Baseline("lexicon", "ko", "", lambda: lexicon_scores)
    monkeypatch.setattr(evaluating, "BASELINES", (korean,))
    card = json.loads((SHIPPED / "card.json").read_text(encoding="utf-8"))
    moods = card["measured"]["TweetEval validation, the half kept"]["moods"]
    rows = [
        (one.text, one.label, "")
        for one in examples(shared_data, "en")
        if (one.source, one.part) == ("tweeteval", "measure")
    ]
    found = evaluate(labelled(rows), tier="fast")
    (ours,) = (
        row for row in found.rows if row.classifier == "sonnim fast" and row.language == "en"
    )
    assert ours.found.accuracy.value == pytest.approx(moods["accuracy"]["value"], abs=0.002)
    assert ours.found.macro_f1.value == pytest.approx(moods["f1"]["value"], abs=0.002)
    assert ours.found.unsure is not None
    assert ours.found.unsure.value == pytest.approx(moods["unsure"], abs=0.002)

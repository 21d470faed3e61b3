"""`labelled`: by hand, against scikit-learn's and SciPy's figures, and with the exam."""

import hashlib
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from sonnim.analyzers import labelled
from sonnim.checks.analyzer_exam import WorkedExample, WorkedTable, check_analyzer
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.accuracy import LABEL_ACCURACY
from sonnim.tables.answers import MOOD
from sonnim.tables.facts import CORRECTION, MESSAGE
from tests.analyzers.asking import Record, asked, load
from tests.engines.fixtures import EngineFactory

SIDES = ("negative", "neutral", "positive")


def digest(text: str) -> str:
    return hashlib.md5(f"|{text}".encode()).hexdigest()


def tables(n: int = 200) -> dict[str, list[Record]]:
    """One source with labels of both kinds, one with chosen ones only."""
    chance = np.random.default_rng(5)
    given: dict[str, list[Record]] = {"message": [], "mood": [], "correction": []}
    for number in range(n):
        p = chance.dirichlet((0.7, 0.7, 0.7))
        key, text = f"m{number}", f"글 {number}"
        given["message"].append(
            {"message_id": key, "text": text, "source": "app" if number % 4 else "shop"}
        )
        label = "unsure" if p.max() < 0.5 else SIDES[int(p.argmax())]
        given["mood"].append({
            "message_id": key, "language": "ko", "label": label,
            **{f"p_{side}": float(one) for side, one in zip(SIDES, p, strict=True)},
        })  # fmt: skip
        given["correction"].append({
            "message_id": key, "question": "mood", "text_digest": digest(text),
            "label": SIDES[int(chance.choice(3, p=0.7 * p + 0.1))],
            "chosen_by": "random" if number % 4 and number % 3 == 0 else "uncertain",
        })  # fmt: skip
    return given


def pairs(given: dict[str, list[Record]], source: str, chosen: str) -> tuple[list[str], list[str]]:
    """Labels and likeliest moods of a source."""
    true, said = [], []
    for message, mood, one in zip(
        given["message"], given["mood"], given["correction"], strict=True
    ):
        if message["source"] == source and one["chosen_by"] == chosen:
            true.append(one["label"])
            said.append(max(SIDES, key=lambda side, mood=mood: mood[f"p_{side}"]))
    return true, said


def by_source(engine: Engine, given: dict[str, list[Record]]) -> dict[str | None, dict[str, Any]]:
    return {row["source"]: row for row in asked(engine, labelled.ANALYZER, given)}


@pytest.mark.parametrize(("source", "chosen"), [("app", "random"), ("shop", "uncertain")])
def test_figures_are_those_of_others(source: str, chosen: str) -> None:
    given = tables()
    with DuckEngine() as engine:
        found = by_source(engine, given)[source]
    true, said = pairs(given, source, chosen)
    assert found["n"] == len(true) and found["language"] == "ko"
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(true, said))
    assert found["macro_f1"] == pytest.approx(metrics.f1_score(true, said, average="macro"))
    hits = sum(one == other for one, other in zip(true, said, strict=True))
    interval = stats.binomtest(hits, len(true)).proportion_ci(method="wilson")
    assert (found["low"], found["high"]) == pytest.approx((interval.low, interval.high))
    assert found["n_random"] == (len(true) if chosen == "random" else 0)
    assert found["n_labelled"] == sum(one["source"] == source for one in given["message"])


def test_all_together_a_label_stands_for_its_share_of_the_messages() -> None:
    """Drawn unevenly: of `shop` every other message, of `app` few. The oracle is NumPy's mean."""
    given = tables()
    for number, one in enumerate(given["correction"]):
        drawn = number % 8 == 0 if number % 4 == 0 else number % 11 == 0
        given["correction"][number] = {**one, "chosen_by": "random" if drawn else "uncertain"}
    with DuckEngine() as engine:
        found = by_source(engine, given)[None]
    hits, weights, labels, moods = [], [], [], []
    for source, messages in (("app", 150), ("shop", 50)):
        true, said = pairs(given, source, "random")
        hits += [one == other for one, other in zip(true, said, strict=True)]
        weights += [messages / len(true)] * len(true)
        labels += true
        moods += said
    assert len(set(weights)) == 2
    value = float(np.average(hits, weights=weights))
    assert (found["n"], found["n_labelled"]) == (len(hits), 200)
    assert found["accuracy"] == pytest.approx(value)
    assert found["macro_f1"] == pytest.approx(
        metrics.f1_score(labels, moods, average="macro", sample_weight=weights)
    )
    effective = sum(weights) ** 2 / sum(one**2 for one in weights)
    z = stats.norm.ppf(0.975)
    middle = (value + z**2 / (2 * effective)) / (1 + z**2 / effective)
    half = (
        z
        / (1 + z**2 / effective)
        * np.sqrt(value * (1 - value) / effective + z**2 / (4 * effective**2))
    )
    assert (found["low"], found["high"]) == pytest.approx((middle - half, middle + half))


@pytest.mark.parametrize("chosen", ["random", "uncertain"])
def test_it_says_where_no_label_was_drawn_at_random(chosen: str) -> None:
    given = tables()
    given["correction"] = [{**row, "chosen_by": chosen} for row in given["correction"]]
    with DuckEngine() as engine:
        for reads in labelled.ANALYZER.reads:
            load(engine, reads.schema, given[reads.schema.name])
        answer = labelled.analyze(engine, labelled.LabelledParameters())
    wanted = [] if chosen == "random" else ["caveat_labelled"]
    assert [caveat.key for caveat in answer.caveats] == wanted


READ = MESSAGE.only(("message_id", "time", "text", "source"))
FELT = MOOD.only(("message_id", "language", "label", "p_negative", "p_neutral", "p_positive"))
SAID = CORRECTION.only(
    ("message_id", "question", "label", "labelled_at", "text_digest", "chosen_by")
)
WORKED = WorkedExample(
    inputs=(
        WorkedTable(schema=READ, rows=tuple((f"m{n}", 0, "글", "app") for n in range(6))),
        WorkedTable(
            schema=FELT,
            rows=(
                ("m0", "ko", "negative", 0.8, 0.1, 0.1), ("m1", "ko", "positive", 0.1, 0.1, 0.8),
                ("m2", "ko", "unsure", 0.4, 0.3, 0.3), ("m3", "ko", "unsure", 0.3, 0.4, 0.3),
                ("m4", "ko", "positive", 0.0, 0.2, 0.8), ("m5", "ko", "positive", 0.0, 0.2, 0.8),
            ),
        ),
        WorkedTable(
            schema=SAID,
            rows=(
                # By hand: m0 right, m1 wrong, m2 right but unsure, m3 wrong and unsure.
                ("m0", "mood", "negative", 0, digest("글"), "random"),
                ("m1", "mood", "negative", 0, digest("글"), "random"),
                ("m2", "mood", "negative", 0, digest("글"), "random"),
                ("m3", "mood", "positive", 0, digest("글"), "random"),
                # Not drawn at random; of a text that has changed.
                ("m4", "mood", "positive", 0, digest("글"), "given"),
                ("m5", "mood", "positive", 0, digest("글 before"), "random"),
            ),
        ),
    ),
    answers=(
        WorkedTable(
            schema=LABEL_ACCURACY.only(
                ("source", "language", "n", "accuracy", "macro_f1", "sure", "sure_n", "n_random",
                 "n_labelled")
            ),
            # F1 of negative: 2 * 2 / (3 + 2); of positive 0; neutral does not occur.
            rows=(
                ("app", "ko", 4, 0.5, 0.4, 0.5, 2, 4, 5), (None, None, 4, 0.5, 0.4, 0.5, 2, 4, 5),
            ),
        ),
    ),
)  # fmt: skip


@pytest.mark.slow
def test_exam() -> None:
    check_analyzer(labelled.ANALYZER, DuckEngine, WORKED, rows=60)


def test_worked_example() -> None:
    given: dict[str, list[Record]] = {
        table.schema.name: [dict(zip(table.schema.names, row, strict=True)) for row in table.rows]
        for table in WORKED.inputs
    }
    with DuckEngine() as engine:
        found = {row["source"]: row for row in asked(engine, labelled.ANALYZER, given)}
    (wanted,) = WORKED.answers
    for row in wanted.rows:
        assert tuple(found[row[0]][name] for name in wanted.schema.names) == pytest.approx(row)


@pytest.mark.spark
def test_spark_answers_the_same(spark_engine: EngineFactory) -> None:
    with DuckEngine() as duck, spark_engine() as spark:
        here, there = by_source(duck, tables()), by_source(spark, tables())
    assert here.keys() == there.keys()
    for source, row in here.items():
        assert there[source] == {
            name: pytest.approx(value) if isinstance(value, float) else value
            for name, value in row.items()
        }

"""`voices` against the plain reference, and what its shares and quotes promise."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from sonnim.analyzers.shares import LANGUAGES, worth
from sonnim.analyzers.voices import ANALYZER
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.language.mood_model import MoodModel
from tests.analyzers import reference
from tests.analyzers.asking import Record, asked, load
from tests.analyzers.comparing import same_as_reference
from tests.engines.fixtures import EngineFactory

LABELS = ("negative", "neutral", "positive", "unsure")
SIDES = {"negative": 0, "positive": 2}
JANUARY = datetime(2024, 1, 3, 7, tzinfo=UTC)
MODEL = MoodModel.load()
# From the model card: of a mixed text as little is known as of the language with fewer.
TEXTS = {"ko": (6587, 8128, 15528), "en": (3067, 1763, 3016), "mixed": (3067, 1763, 3016)}
KINDS = {one: (MODEL.confusion(one), MODEL.sets[one]) for one in ("ko", "en")}


@pytest.fixture(scope="module")
def duck() -> Iterator[Engine]:
    with DuckEngine() as engine:
        yield engine


def mood(message_id: str, label: str, language: str = "ko", p: float = 0.7) -> Record:
    """What the model said of a message."""
    rest = (1 - p) / 2
    given = {name: p if name == label else rest for name in LABELS[:3]}
    return {"message_id": message_id, "language": language, "label": label, "tier": "linear-2",
            **{f"p_{name}": value for name, value in given.items()}}  # fmt: skip


def made_up(seed: int, n: int, days: int) -> tuple[list[Record], list[Record]]:
    """Messages and their moods; some are not read, some not to the company, some of no language."""
    rng = np.random.default_rng(seed)
    messages: list[Record] = []
    moods: list[Record] = []
    for i in range(n):
        time = JANUARY + timedelta(seconds=float(rng.random() ** 0.7) * days * 86_400)
        unit = (None, "", "강남점", "부산점", "Pangyo")[
            int(rng.choice(5, p=[0.1, 0.1, 0.3, 0.3, 0.2]))
        ]
        bad = unit == "부산점" and time > JANUARY + timedelta(days=0.7 * days)
        messages.append({
            "message_id": f"m{i}", "time": time, "unit": unit,
            "text": "말" * int(rng.integers(3, 90)),
            "subject": ("앱", "배달")[rng.integers(2)],
            "channel": ("web", "phone")[rng.integers(2)],
            "direction": ("in", "public", "out")[rng.choice(3, p=[0.6, 0.3, 0.1])],
        })  # fmt: skip
        if rng.random() < 0.95:
            label = rng.choice(LABELS, p=[0.6, 0.1, 0.1, 0.2] if bad else [0.2, 0.2, 0.4, 0.2])
            language = rng.choice(["ko", "en", "mixed", "other"], p=[0.7, 0.15, 0.1, 0.05])
            moods.append(mood(f"m{i}", str(label), str(language), float(rng.uniform(0.5, 1))))
    return messages, moods


def said(messages: Sequence[Record], moods: Sequence[Record]) -> list[reference.Said]:
    """Each message as a volume of one, and the worth of its label for either side."""
    read = {one["message_id"]: one for one in moods}
    doubts = {
        (side, language): dict(
            zip(LABELS, reference.doubt(MODEL.confusion(language), TEXTS[language], at,
                                        reference.apart(KINDS, language, at)),
                strict=True)
        )
        for side, at in SIDES.items()
        for language in LANGUAGES
    }  # fmt: skip
    values = {
        (side, language): dict(
            zip(LABELS, reference.worth(MODEL.confusion(language), at), strict=True)
        )
        for side, at in SIDES.items()
        for language in ("ko", "en", "mixed")
    }
    found = []
    for row in messages:
        if row["direction"] == "out":
            continue
        one = read.get(row["message_id"])
        worths = {"volume": 1.0}
        if one is not None and one["language"] != "other":
            key = one["language"]
            worths |= {
                side: reference.Worth(values[side, key][one["label"]],
                                      doubt=float(doubts[side, key][one["label"]]))
                for side in SIDES
            }  # fmt: skip
        found += [
            reference.Said(metric=name, value=value, time=row["time"], unit=row["unit"],
                           subject=row["subject"], channel=row["channel"])
            for name, value in worths.items()
        ]  # fmt: skip
    return found


def prior() -> dict[str, list[float]]:
    return {side: list(reference.worth(MODEL.confusion(""), at)) for side, at in SIDES.items()}


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("month", 700),
        pytest.param("day", 50, marks=pytest.mark.slow),
        pytest.param("week", 280, marks=pytest.mark.slow),
        pytest.param("quarter", 900, marks=pytest.mark.slow),
        pytest.param("year", 2500, marks=pytest.mark.slow),
    ],
)
def test_same_as_reference(duck: Engine, period: str, days: int) -> None:
    messages, moods = made_up(days, 1600, days)
    rows = asked(duck, ANALYZER, {"message": messages, "mood": moods}, period=period)
    cells = reference.voices(said(messages, moods), prior(), period)
    same_as_reference(rows, cells, "measure", scaled=False)
    if period == "month":
        assert {r["unit"] for r in rows if r["unusual"] and r["measure"] == "negative"} >= {
            "부산점"
        }


@pytest.mark.spark
def test_same_as_reference_on_spark(spark_engine: EngineFactory) -> None:
    messages, moods = made_up(7, 1200, 700)
    with spark_engine() as engine:
        rows = asked(engine, ANALYZER, {"message": messages, "mood": moods})
    cells = reference.voices(said(messages, moods), prior())
    same_as_reference(rows, cells, "measure", scaled=False)


# Corrected shares


@pytest.mark.parametrize("language", LANGUAGES)
def test_worth_undoes_the_confusion(language: str) -> None:
    """On average over the labels that each true mood is given, it counts 1 for itself, 0 else."""
    confusion = MODEL.confusion(language)
    assert worth(confusion) @ confusion.T == pytest.approx(np.eye(3), abs=1e-9)
    # Brute force: no other such numbers spread less over equally many messages of each mood.
    wanted = worth(confusion)[0]
    for direction in np.random.default_rng(1).normal(size=(200, 4)):
        free = direction - confusion.T @ np.linalg.pinv(confusion.T) @ direction
        other = wanted + 0.1 * free
        assert confusion @ other == pytest.approx([1, 0, 0], abs=1e-9)
        mean = confusion.mean(axis=0)
        assert mean @ wanted**2 <= mean @ other**2 + 1e-12


@pytest.mark.parametrize(
    "share",
    [0.3, pytest.param(0.05, marks=pytest.mark.slow), pytest.param(0.8, marks=pytest.mark.slow)],
)
def test_shares_are_right_on_average_and_intervals_hold_them(duck: Engine, share: float) -> None:
    """400 units of 40 messages each, their labels drawn as the model errs."""
    rng = np.random.default_rng(round(100 * share))
    truth = np.array([share, 0.6 * (1 - share), 0.4 * (1 - share)])
    confusion = MODEL.confusion("ko")
    labels = rng.choice(4, size=(400, 40), p=truth @ confusion / (truth @ confusion).sum())
    messages = [
        {"message_id": f"{u}-{i}", "time": JANUARY, "unit": f"u{u}", "text": "말"}
        for u in range(400)
        for i in range(40)
    ]
    moods = [mood(f"{u}-{i}", LABELS[labels[u, i]]) for u in range(400) for i in range(40)]
    rows = [
        row
        for row in asked(duck, ANALYZER, {"message": messages, "mood": moods})
        if row["measure"] == "negative" and row["period"] is None
    ]
    (whole,) = [row for row in rows if row["unit"] is None]
    spread = np.std(reference.worth(confusion, 0)[labels])
    assert whole["value"] == pytest.approx(share, abs=3.5 * spread / 16_000**0.5)
    units = [row for row in rows if row["unit"]]
    held = np.mean([row["low"] <= share <= row["high"] for row in units])
    # 400 draws at 95%: three standard errors are 0.033.
    assert held >= 0.917, held
    # Uncorrected, the share of labels would be another.
    assert abs((labels == 0).mean() - share) > 0.02


def test_other_languages_and_unread_messages_count_for_volume_only(duck: Engine) -> None:
    messages = [{"message_id": str(i), "time": JANUARY, "text": "x"} for i in range(10)]
    moods = [mood("0", "negative"), mood("1", "negative"), mood("2", "unsure", "other")]
    rows = asked(duck, ANALYZER, {"message": messages, "mood": moods})
    whole = {row["measure"]: row for row in rows if row["period"] is None}
    assert {name: row["n"] for name, row in whole.items()} == {
        "volume": 10, "negative": 2, "positive": 2,
    }  # fmt: skip
    assert whole["negative"]["value"] == 1.0
    # Two labels alike are no certainty.
    assert whole["negative"]["low"] < 0.3


def test_without_moods_there_is_volume(duck: Engine) -> None:
    messages = [{"message_id": str(i), "time": JANUARY, "text": "x"} for i in range(7)]
    rows = asked(duck, ANALYZER, {"message": messages})
    assert {(row["measure"], row["n"]) for row in rows} == {("volume", 7)}
    assert asked(duck, ANALYZER, {}) == []


def test_what_the_company_said_is_not_a_voice(duck: Engine) -> None:
    messages = [
        {"message_id": direction, "time": JANUARY, "text": "x", "direction": direction}
        for direction in ("in", "out", "public")
    ] + [{"message_id": "none", "time": JANUARY, "text": "x"}]
    rows = asked(duck, ANALYZER, {"message": messages})
    assert {row["n"] for row in rows} == {3}


# Quotes


def test_quotes_are_the_surest_of_each_place_and_period(duck: Engine) -> None:
    messages: list[Record] = []
    moods: list[Record] = []
    for i in range(40):
        late, unit = i % 2, ("A", "B")[i // 2 % 2]
        messages.append({"message_id": f"m{i:02}", "time": JANUARY + timedelta(days=40 * late),
                         "unit": unit, "text": "가" * (4 if i == 36 else 10 + i)})  # fmt: skip
        moods.append(mood(f"m{i:02}", "negative" if i % 3 == 0 else "positive", p=0.5 + i / 100))
    rows = asked(duck, ANALYZER, {"message": messages, "mood": moods}, quotes=2)

    def quotes(measure: str, unit: str | None, period: datetime | None) -> list[str] | None:
        (row,) = [
            r for r in rows
            if (r["measure"], r["unit"], r["period"], r["subject"]) == (measure, unit, period, None)
        ]  # fmt: skip
        found: list[str] | None = row["quotes"]
        return found

    # The surest first; m36 is too short to say anything.
    assert quotes("negative", None, None) == ["m39", "m33"]
    assert quotes("positive", None, None) == ["m38", "m37"]
    assert quotes("negative", "A", None) == ["m33", "m24"]
    assert quotes("negative", "A", datetime(2024, 1, 1, tzinfo=UTC)) == ["m24", "m12"]
    assert quotes("volume", None, None) is None


# Volume


def volumes(rows: Sequence[dict[str, Any]]) -> dict[datetime | None, dict[str, Any]]:
    return {r["period"]: r for r in rows if r["measure"] == "volume" and r["unit"] is None}


def daily(
    counts: Sequence[int], start: datetime = datetime(2024, 1, 1, tzinfo=UTC)
) -> list[Record]:
    """So many messages on each day."""
    return [
        {"message_id": f"{day}-{i}", "time": start + timedelta(days=day, hours=12), "text": "x"}
        for day, n in enumerate(counts)
        for i in range(n)
    ]


def test_volume_of_a_cut_month_is_not_a_fall(duck: Engine) -> None:
    """Ten of 31 days with the same number a day: less in all, and no change."""
    rows = volumes(asked(duck, ANALYZER, {"message": daily([9] * (31 + 29 + 10))}))
    march = rows[datetime(2024, 3, 1, tzinfo=UTC)]
    assert march["change"] == 90 - 29 * 9
    assert march["significant"] is False


def test_volume_that_always_varies_is_not_unusual(duck: Engine) -> None:
    """Months vary by a third, a campaign now and then: the usual knows, a Poisson test does not."""
    rng = np.random.default_rng(4)
    counts = [int(n) for n in rng.normal(9, 3, 24).clip(3, None) for _ in range(30)]
    rows = volumes(asked(duck, ANALYZER, {"message": daily(counts)}))
    assert sum(row["significant"] or False for row in rows.values()) > 5
    assert sum(row["unusual"] or False for row in rows.values()) == 0


def test_a_lasting_rise_of_volume_is_unusual(duck: Engine) -> None:
    rng = np.random.default_rng(5)
    level = [9.0] * 480 + [18.0] * 150
    rows = volumes(asked(duck, ANALYZER, {"message": daily([int(rng.poisson(x)) for x in level])}))
    called = [period for period, row in rows.items() if row["unusual"] and period]
    assert called and min(called) >= datetime(2025, 5, 1, tzinfo=UTC)
    row = rows[min(called)]
    assert row["recent"] > row["usual_high"] > row["usual"] > row["usual_low"]


def test_shares_of_a_model_of_ones_own_are_as_it_labelled(duck: Engine) -> None:
    """By hand: 3 negative and 1 positive of 5 labelled; the unsure one does not count.

    And in a language that the shipped model read they are corrected as ever.
    """
    labels = ("negative",) * 3 + ("positive", "neutral", "unsure")
    messages = [{"message_id": str(n), "time": JANUARY, "text": "말"} for n in range(6)]

    def shares(tier: str) -> dict[str, Record]:
        moods = [mood(str(n), label) | {"tier": tier} for n, label in enumerate(labels)]
        rows = asked(duck, ANALYZER, {"message": messages, "mood": moods})
        return {one["measure"]: one for one in rows if one["period"] is None}

    own, shipped = shares("own:ours@12345678"), shares("linear-2")
    assert own["negative"]["value"] == pytest.approx(3 / 5)
    assert own["positive"]["value"] == pytest.approx(1 / 5)
    assert (own["negative"]["n"], own["volume"]["n"]) == (5, 6)
    worths = reference.worth(MODEL.confusion("ko"), 0)
    wanted = sum(worths[LABELS.index(one)] for one in labels) / 6
    assert shipped["negative"]["value"] == pytest.approx(min(1, wanted))


@pytest.mark.parametrize(("tier", "warned"), [("own:ours@12345678", True), ("linear-2", False)])
def test_it_is_said_that_they_are_not_corrected(duck: Engine, tier: str, warned: bool) -> None:
    messages = [{"message_id": "1", "time": JANUARY, "text": "말"}]
    for reads, records in zip(
        ANALYZER.reads, (messages, [mood("1", "negative") | {"tier": tier}], (), ()), strict=True
    ):
        load(duck, reads.schema, records)
    answer = ANALYZER.analyze(duck, ANALYZER.parameters())
    assert any(one.key == "caveat_uncorrected" for one in answer.caveats) == warned

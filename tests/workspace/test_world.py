"""The demo world: repeatable, streaming, and its truth is that of its files."""

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import mean

import numpy as np
import pytest

import sonnim
from sonnim.tables.errors import StopError
from sonnim.workspace.world.life import ALPHA, REASONS, STAYS, A, B, Life, R
from sonnim.workspace.world.making import HEADERS, TRUTH_HEADERS, make_world
from sonnim.workspace.world.plan import (
    CHANGES,
    GAMING,
    ISSUES,
    RELEASE_DAY,
    TROUBLED,
    Quota,
    day_of,
)
from sonnim.workspace.world.truth import PlantedTruth
from tests.workspace.worlds import TEXT_AND_ID, rows, texts

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def bare(file: str) -> str:
    """The file a truth row speaks of, whether or not a customer wrote it."""
    return file.partition("#")[0]


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.*"))
    }


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> PlantedTruth:
    return make_world(tmp_path_factory.mktemp("world"), messages=6000)


# The same again


def test_same_seed_same_bytes_whatever_the_processes_and_hashes(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; "
        "from sonnim.workspace.world.making import make_world; "
        "make_world(Path(sys.argv[1]), seed=7, messages=400, processes=int(sys.argv[2]))"
    )
    make_world(tmp_path / "here", seed=7, messages=400)
    for processes in ("1", "3"):
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / processes), processes],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": processes, "PYTHONPATH": str(ROOT / "src")},
        )
    wanted = digests(tmp_path / "here")
    assert len(wanted) == len(HEADERS) + len(TRUTH_HEADERS) + 1
    assert digests(tmp_path / "1") == wanted
    assert digests(tmp_path / "3") == wanted


def test_another_seed_is_another_world(tmp_path: Path) -> None:
    make_world(tmp_path / "a", seed=7, messages=200)
    make_world(tmp_path / "b", seed=8, messages=200)
    same = digests(tmp_path / "a").items() & digests(tmp_path / "b").items()
    assert {name for name, _ in same} == {"exports/changes.csv", "truth/gamed.csv"}


def test_a_world_made_over_another_leaves_nothing_of_it(tmp_path: Path) -> None:
    make_world(tmp_path, seed=8, messages=300)
    make_world(tmp_path, seed=7, messages=200)
    make_world(tmp_path / "fresh", seed=7, messages=200)
    wanted = digests(tmp_path / "fresh")
    assert wanted == {k: v for k, v in digests(tmp_path).items() if not k.startswith("fresh/")}


# Sizes


@pytest.mark.parametrize("messages", [20, 21, 57, 101, 1000])
def test_there_are_just_as_many_texts_as_asked_for(tmp_path: Path, messages: int) -> None:
    made = make_world(tmp_path, messages=messages)
    assert len(list(made.rows("texts"))) == messages
    assert len(texts(made)) == messages
    assert {count.name: len(rows(made, count.name)) for count in made.files} == {
        count.name: count.rows for count in made.files
    }


def test_too_small_a_world_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StopError, match="19"):
        make_world(tmp_path, messages=19)


@pytest.mark.parametrize("total", [0, 1, 999, 100_000])
def test_quotas_add_up(total: int) -> None:
    quota = Quota(total)
    assert sum(quota.on(day) for day in range(1096)) == total
    assert all(quota.on(day) >= 0 for day in range(1096))


@pytest.mark.slow
def test_memory_does_not_grow_with_the_texts() -> None:
    """Resident memory of a process of its own; a text takes 150 bytes, its truth 300 more."""
    program = (
        "import sys, resource, tempfile; from pathlib import Path; "
        "from sonnim.workspace.world.making import make_world\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    make_world(Path(folder), messages=int(sys.argv[1]), processes=1)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )

    def kilobytes(messages: int) -> int:
        done = subprocess.run(
            [sys.executable, "-c", program, str(messages)],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        return int(done.stdout)

    # Held in memory, 20,000 texts more would take at least 9 MB.
    assert kilobytes(22_000) - kilobytes(2000) < 6000


# Truth and files


def test_the_truth_can_be_loaded_again(planted: PlantedTruth) -> None:
    assert PlantedTruth.load(planted.exports.parent) == planted


def test_each_text_has_its_truth(planted: PlantedTruth) -> None:
    told = [(bare(row["file"]), row["id"]) for row in planted.rows("texts")]
    assert len(told) == len(set(told)) == 6000
    assert set(told) == set(texts(planted))


def test_opinions_hold_their_words(planted: PlantedTruth) -> None:
    found = texts(planted)
    n = 0
    for row in planted.rows("opinions"):
        text = found[bare(row["file"]), row["id"]]
        assert text[int(row["start"]) : int(row["end"])] == row["words"]
        if int(row["target_start"]) >= 0:
            assert text[int(row["target_start"]) : int(row["target_end"])].strip()
        n += 1
    assert n > 5000


def test_effects_can_be_counted_again(planted: PlantedTruth) -> None:
    def split(name: str, time: str, value: str, unit: str) -> Iterator[list[float]]:
        for after in (False, True):
            yield [
                float(row[value])
                for row in rows(planted, name)
                if (row[time][:10].replace(".", "-") >= RELEASE_DAY.isoformat()) is after
                and unit in ("", row["지점"])
            ]

    for file in ("reviews.csv", "delivery_reviews.csv"):
        for unit in ("", TROUBLED):
            before, after = split(file, "작성일시", "별점", unit)
            effect = planted.effect("rating", unit, file)
            assert (effect.n_before, effect.n_after) == (len(before), len(after))
            assert mean(before) == pytest.approx(effect.before, abs=1e-4)
            assert mean(after) == pytest.approx(effect.after, abs=1e-4)
    before, after = split("survey.csv", "응답일시", "추천의향", TROUBLED)
    for scores, told in ((before, planted.effect("nps", TROUBLED).before),
                         (after, planted.effect("nps", TROUBLED).after)):  # fmt: skip
        points = [100 * ((score >= 9) - (score <= 6)) for score in scores]
        assert mean(points) == pytest.approx(told, abs=1e-3)
    labels = [row for row in planted.rows("texts") if row["file"] == "reviews.csv"]
    late = [row["label"] == "negative" for row in labels if row["time"] >= "2026-02-03"]
    assert mean(late) == pytest.approx(
        planted.effect("negative", "", "reviews.csv").after, abs=1e-4
    )


def test_unknown_effect_is_refused(planted: PlantedTruth) -> None:
    with pytest.raises(KeyError, match="kcsi"):
        planted.effect("kcsi")
    with pytest.raises(KeyError, match="flood"):
        planted.cost("flood")


# What is planted


def test_the_last_trouble_is_seen_by_simple_means(planted: PlantedTruth) -> None:
    everywhere, there = planted.effect("rating"), planted.effect("rating", TROUBLED)
    assert everywhere.after < everywhere.before - 0.3
    assert there.after < there.before - 0.8
    assert planted.effect("nps", TROUBLED).after < planted.effect("nps", TROUBLED).before - 30
    for file in ("reviews.csv", "tickets.csv", "survey.csv", "delivery_reviews.csv"):
        negative = planted.effect("negative", TROUBLED, file)
        assert negative.after > negative.before + 0.2
    falls = {
        effect.unit: effect.before - effect.after
        for effect in planted.effects
        if effect.metric == "rating" and effect.unit and effect.file == "reviews.csv"
    }
    assert len(falls) == 5
    assert max(falls, key=falls.__getitem__) == planted.where == TROUBLED
    assert planted.since == "2026-02"


def test_issues_are_spoken_of_where_and_while_they_last(planted: PlantedTruth) -> None:
    issues = {issue.issue_id: issue for issue in ISSUES}
    found = texts(planted)
    spoken: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for row in planted.rows("texts"):
        if not row["issue"]:
            continue
        issue = issues[row["issue"]]
        day = datetime.fromisoformat(row["time"]).date()
        assert day >= issue.start
        # Who complains of an order may do so on the next day; posts are answered for three weeks.
        late = 21 if row["file"] == "posts.csv" else 1
        assert issue.end is None or (day - issue.end).days <= late
        assert issue.branch in ("", row["branch"])
        assert row["label"] == "negative"
        spoken[issue.issue_id] += 1
        text = found[bare(row["file"]), row["id"]].lower()
        known[issue.issue_id] += any(word.lower() in text for word in issue.keywords)
    assert spoken == {issue.issue_id: issue.texts for issue in planted.issues}
    for issue_id, n in spoken.items():
        assert n >= 15, issue_id
        assert known[issue_id] > 0.6 * n, issue_id


def test_before_an_issue_its_own_complaints_are_not_heard(planted: PlantedTruth) -> None:
    times = {(row["file"], row["id"]): row["time"][:10] for row in planted.rows("texts")}
    starts = {issue.aspect: issue.start.isoformat() for issue in ISSUES}
    for row in planted.rows("opinions"):
        if row["category"] in starts:
            assert times[row["file"], row["id"]] >= starts[row["category"]]


def test_one_unit_games_its_scores(planted: PlantedTruth) -> None:
    gaps: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for score in planted.units:
        gamed = score.month >= f"{planted.gaming_from:%Y-%m}"
        gaps[score.unit, gamed] += [score.nps - score.nps_honest]
    for (unit, gamed), found in gaps.items():
        if unit == GAMING and gamed:
            assert mean(found) > 15
        else:
            assert found == [0.0] * len(found)
    made_up = {row["id"] for row in planted.rows("gamed")}
    answers = [row for row in rows(planted, "survey.csv") if row["응답번호"] in made_up]
    assert len(answers) == len(made_up) > 20
    assert {row["추천의향"] for row in answers} == {"10"}
    assert {row["지점"] for row in answers} == {GAMING}


def test_after_the_sequence_people_stay_away(planted: PlantedTruth) -> None:
    """Leaving after late, ticket, slow answer and cancel is far likelier than after three of it."""
    last: dict[str, str] = {}
    for row in rows(planted, "orders.csv"):
        last[row["고객번호"]] = row["주문번호"]
    leaves: dict[bool, list[bool]] = {True: [], False: []}
    for row in planted.rows("sequences"):
        steps = [row[step] == "1" for step in ("late", "contact", "slow", "cancel")]
        leaves[all(steps)].append(row["gone"] != "")
        if row["gone"] == "sequence":
            assert all(steps)
    assert len(leaves[True]) > 15
    assert mean(leaves[True]) > 0.7
    assert mean(leaves[False]) < 0.35
    gone = {row["order"] for row in planted.rows("sequences") if row["gone"]}
    orders = {row["주문번호"]: row["고객번호"] for row in rows(planted, "orders.csv")}
    twice = {row["id"] for row in planted.rows("accounts") if row["id"].startswith("C9")}
    for order in gone:
        number = orders[order]
        if "C9" + number[2:] not in twice and number not in twice:
            assert last[number] == order


def test_activity_tells_the_sequence_in_order(planted: PlantedTruth) -> None:
    told = {
        row["order"] for row in planted.rows("sequences")
        if all(row[step] == "1" for step in ("late", "contact", "slow", "cancel"))
    }  # fmt: skip
    steps: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows(planted, "activity.csv"):
        steps[row["관련주문"]].append((row["발생일시"], row["이벤트"]))
    for order in told:
        found = [kind for _, kind in sorted(steps[order]) if kind != "refund"]
        assert tuple(found) == planted.sequence
    for order, events in steps.items():
        found = [kind for _, kind in sorted(events) if kind != "refund"]
        assert (tuple(found) == planted.sequence) is (order in told)


# Lives


def test_lives_are_those_of_the_model() -> None:
    """Means of the gamma and the beta distribution, from their formulas."""
    life = Life(3, 40_000, 1000)
    assert life.rate.mean() == pytest.approx(R / ALPHA, rel=0.03)
    assert life.rate.std() == pytest.approx(R**0.5 / ALPHA, rel=0.05)
    assert life.leaving.mean() == pytest.approx(A / (A + B), rel=0.03)
    variance = A * B / ((A + B) ** 2 * (A + B + 1))
    assert life.leaving.var() == pytest.approx(variance, rel=0.05)


def test_nobody_orders_before_joining_or_after_leaving() -> None:
    life = Life(3, 2000, 800)
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for day in life.days():
        for customer in day.customer.tolist():
            first.setdefault(customer, day.day)
            last[customer] = day.day
    assert all(life.joined[customer] == day for customer, day in first.items())
    assert all(life.left[customer] >= day for customer, day in last.items())
    gone = np.flatnonzero(life.reason > STAYS)
    assert all(last[customer] == life.left[customer] for customer in gone.tolist())
    assert len(REASONS) == 4


def test_without_the_outage_only_the_days_from_it_on_differ() -> None:
    outage = day_of(next(change.start for change in CHANGES if change.kind == "outage"))
    withs, withouts = Life(5, 4000, 1000), Life(5, 4000, 1000, without="CH06")
    orders = [
        (len(a.customer), len(b.customer))
        for a, b in zip(withs.days(), withouts.days(), strict=True)
    ]
    assert all(a == b for a, b in orders[:outage])
    lost = [b - a for a, b in orders[outage : outage + 2]]
    assert min(lost) > 3
    assert abs(sum(a - b for a, b in orders[outage + 60 :])) < 0.05 * sum(
        b for _, b in orders[outage + 60 :]
    )


def test_what_changes_did_to_sales(planted: PlantedTruth) -> None:
    outage, campaign, price = (planted.cost(kind) for kind in ("outage", "campaign", "price"))
    assert outage.orders < outage.orders_without
    assert outage.revenue < outage.revenue_without
    assert campaign.orders > campaign.orders_without
    assert price.orders < price.orders_without
    assert outage.orders == len(rows(planted, "orders.csv"))
    paid = sum(int(row["금액"]) for row in rows(planted, "orders.csv"))
    assert paid == outage.revenue


# As a company's files


@pytest.mark.slow
def test_exports_go_in_by_themselves(tmp_path: Path) -> None:
    made = make_world(tmp_path, messages=300)
    workspace = sonnim.new(tmp_path / "ws", timezone=made.timezone)
    taken: Counter[str] = Counter()
    for name in (*TEXT_AND_ID, "orders.csv", "activity.csv"):
        for added in workspace.add(made.exports / name):
            assert not added.problem and not added.rejected
            taken[added.table] += added.new
    orders = {count.name: count.rows for count in made.files}
    assert taken["message"] == 300
    assert taken["event"] == orders["orders.csv"] + orders["activity.csv"]
    assert taken["answer"] == 3 * orders["survey.csv"]
    messages = workspace.table("message")
    out = messages.column("direction").to_pylist().count("out")
    assert out == sum(row["방향"] == "OUT" for row in rows(made, "tickets.csv"))
    answered = [one for one in messages.column("reply_to").to_pylist() if one]
    assert set(answered) <= set(messages.column("message_id").to_pylist())

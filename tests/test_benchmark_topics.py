"""The benchmark of topics measures what it says: its sums, and itself in small."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from benchmarks.topics import Held, coherence, held, outliers, stability
from sonnim.analyzers.topics_found import FINE, Topic
from sonnim.workspace.world.making import make_world

ROOT = Path(__file__).resolve().parent.parent


def test_coherence_is_judged_by_the_texts_given() -> None:
    together, apart = [["배송", "늦다"]], [["배송", "환불"]]
    texts = [["배송", "늦다"], ["delivery", "late"], ["환불"], ["맛"]]
    assert coherence(together, texts) == pytest.approx(1)
    assert coherence(apart, texts) == -1
    assert coherence([*together, *apart], texts) == pytest.approx(0)
    assert coherence([["없는", "낱말"]], texts) == -1


def test_stability_matches_one_to_one() -> None:
    one = [["a", "b"], ["c", "d"]]
    assert stability(one, one[::-1]) == 1
    assert stability(one, [["a", "b"], ["a", "b"]]) == 0.5
    assert stability(one, [["a", "c"]]) == pytest.approx(1 / 3 / 2)


def test_outliers_are_those_that_no_topic_reaches() -> None:
    topic = Topic(topic_id=1, level=FINE, label="배송", language="ko", state="new",
                  terms=("배송",), strengths=(("배송", 1_300), ("늦다", 700)))  # fmt: skip
    texts = [["배송"], ["늦다"], ["늦다", "배송"], ["맛"], []]
    assert outliers([topic], texts) == pytest.approx(3 / 5)


def test_f1_is_the_harmonic_mean() -> None:
    assert Held(precision=0.5, recall=1.0, label="").f1 == pytest.approx(2 / 3)
    assert Held(precision=0.0, recall=0.0, label="").f1 == 0


def test_a_perfect_and_a_useless_topic_are_told_apart(tmp_path: Path) -> None:
    """Topics made of the truth itself hold every issue wholly."""
    truth = make_world(tmp_path, seed=3, messages=3_000)
    rows = [row for row in truth.rows("texts") if row["file"] in ("reviews.csv", "posts.csv")]
    keys = {f"{row['file'].removesuffix('.csv')}:{row['id']}": row["issue"] for row in rows}
    issues = [one for one in truth.issues if one.issue_id in set(keys.values())]
    assert len(issues) >= 5
    about = {
        one.issue_id: {key for key, issue in keys.items() if issue == one.issue_id}
        for one in issues
    }
    labels = {one.issue_id: one.title for one in issues}
    found = held(truth, about, labels, set(keys))
    for one in issues:
        assert (found[one.title].precision, found[one.title].recall) == (1, 1)
        assert found[one.title].label == one.title
    everything = held(truth, {"all": set(keys)}, {"all": "all"}, set(keys))
    crash = next(one for one in issues if one.start == date(2026, 2, 3) and not one.branch)
    assert everything[crash.title].recall == 1
    assert everything[crash.title].precision < 0.6


@pytest.mark.slow
def test_the_section_is_written(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.md"
    command = [sys.executable, "-m", "benchmarks", "topics", "--rows", "1500", "--out", str(sheet)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    page = sheet.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", page, flags=re.MULTILINE) == ["topics"]
    for figure in ("time for 100,000 messages", "most memory", "mean F1", "sonnim: coherence"):
        assert figure in page

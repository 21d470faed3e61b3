"""Which texts are asked about: against brute force; what is said of them is kept, and nothing else.

The oracle of a random draw is that it does not know the margins: its sample is one permutation's
beginning, whatever was labelled in between.
"""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import sonnim
from sonnim.tables.answers import MOOD
from sonnim.tables.errors import RetryError, StopError
from sonnim.tables.facts import MESSAGE
from sonnim.workspace.labelling import RANDOM, UNCERTAIN, candidates, correct
from sonnim.workspace.lock import writing
from sonnim.workspace.workspace import Workspace
from tests.workspace.labels import START, corrections, margin, messages, workspace_of
from tests.workspace.people import everything, pseudonym, put, rows_of, tweet, write_tweets


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_of(tmp_path / "ws", *messages(120))


def test_the_least_sure_come_first_and_a_share_is_random(workspace: Workspace) -> None:
    _, felt = messages(120)
    found = candidates(workspace, n=20)
    drawn = [one.message_id for one in found if one.chosen_by == RANDOM]
    doubtful = [one.message_id for one in found if one.chosen_by == UNCERTAIN]
    assert (len(drawn), len(doubtful)) == (5, 15)
    rest = [mood for mood in felt if mood["message_id"] not in drawn]
    assert doubtful == [mood["message_id"] for mood in sorted(rest, key=margin)[:15]]
    # Who stops after a third has labelled some of both kinds.
    assert {one.chosen_by for one in found[:7]} == {RANDOM, UNCERTAIN}
    assert found == candidates(workspace, n=20)
    other = {
        one.message_id for one in candidates(workspace, n=20, seed=2) if one.chosen_by == RANDOM
    }
    assert other != set(drawn)


@pytest.mark.parametrize(("share", "drawn"), [(0.0, 0), (0.5, 5), (1.0, 10), (0.25, 3)])
def test_the_share_is_the_one_asked_for(workspace: Workspace, share: float, drawn: int) -> None:
    found = candidates(workspace, n=10, share=share)
    assert (len(found), sum(one.chosen_by == RANDOM for one in found)) == (10, drawn)


def test_only_the_source_and_language_asked_for(workspace: Workspace) -> None:
    _, felt = messages(120)
    found = candidates(workspace, n=100, source="shop", language="ko")
    wanted = {m["message_id"] for m in felt if m["language"] == "ko"}
    assert {one.message_id for one in found} == {
        one for one in wanted if str(one).startswith("shop:")
    }
    with pytest.raises(StopError, match=r"'shops'.*app, shop"):
        candidates(workspace, source="shops")


def test_draws_of_several_calls_are_one_sample(workspace: Workspace) -> None:
    """What the doubtful ones took in between counts as drawn once the draw reaches it."""
    everyone = [one.message_id for one in candidates(workspace, n=120, share=1.0)]
    assert len(everyone) == 120
    for one in candidates(workspace, n=60, share=0.0):
        assert correct(workspace, one, "negative")
    assert {chosen for _, chosen in corrections(workspace).values()} == {UNCERTAIN}
    for _ in range(3):
        for one in candidates(workspace, n=4, share=1.0):
            assert one.message_id not in corrections(workspace)
            correct(workspace, one, "positive")
    found = corrections(workspace)
    random = [key for key in everyone if found.get(key, ("", ""))[1] == RANDOM]
    assert random == everyone[: len(random)]
    # Labels of those passed over are as they were.
    assert sum(found[key][0] == "positive" for key in random) == 12
    assert len(random) > 12


def test_nothing_is_asked_twice_and_equal_texts_once(tmp_path: Path) -> None:
    said, felt = messages(30)
    for number in range(0, 30, 3):
        said[number]["text"] = "same"
    said[1]["text"], said[2]["direction"] = "  ", "out"
    said[4]["title"] = "A title"
    workspace = workspace_of(tmp_path / "ws", said, felt)
    found = candidates(workspace, n=100, share=0.0)
    texts = [one.text for one in found]
    assert len(texts) == len(set(texts)) == 30 - 9 - 2
    assert {"  ", "text 2"}.isdisjoint(texts)
    assert "A title" in {one.title for one in found}
    same = next(one for one in found if one.text == "same")
    correct(workspace, same, "neutral")
    assert "same" not in {one.text for one in candidates(workspace, n=100, share=0.0)}


def test_a_correction_says_what_was_said_and_by_whom(workspace: Workspace) -> None:
    one, other = candidates(workspace, n=2, share=0.0)
    correct(workspace, one, "positive", by=" Kim ")
    correct(workspace, other, "negative")
    correct(workspace, one, "neutral", by="Kim")
    row = next(r for r in rows_of(workspace, "correction") if r["message_id"] == one.message_id)
    assert (row["question"], row["label"]) == ("mood", "neutral")
    assert row["labelled_by"] == pseudonym("Kim")
    assert row["text_digest"] == one.text_digest
    assert str(row["labelled_at"]).endswith("+00:00")
    versions = len(workspace.history("correction"))
    assert correct(workspace, one, "neutral", by="Kim"), "it is there, and nothing new"
    assert len(workspace.history("correction")) == versions
    assert "kim" not in everything(workspace.folder / "data" / "correction")


def test_errors_say_what_to_do(tmp_path: Path, workspace: Workspace) -> None:
    empty = sonnim.new(tmp_path / "empty")
    with pytest.raises(StopError, match="sonnim run mood"):
        candidates(empty)
    with pytest.raises(StopError, match=r"'colour'.*mood"):
        candidates(workspace, question="colour")
    (one,) = candidates(workspace, n=1)
    with pytest.raises(StopError, match=r"'unsure'.*negative, neutral, positive"):
        correct(workspace, one, "unsure")
    with writing(workspace.folder), pytest.raises(RetryError):
        correct(workspace, one, "neutral")
    assert corrections(workspace) == {}


@pytest.mark.slow
def test_it_survives_what_the_message_survives(tmp_path: Path) -> None:
    """Runs and imports leave it alone; of a text that changed it is not used any more."""
    workspace = sonnim.new(tmp_path / "ws")
    rows = [
        tweet(number, f"guest{number}", f"It is a cake, number {number}") for number in range(9)
    ]
    file = write_tweets(tmp_path / "t.csv", rows)
    workspace.add(file, source="t")
    workspace.run(["mood"])
    first, second = candidates(workspace, n=2)
    for one in (first, second):
        correct(workspace, one, "positive")
    kept = rows_of(workspace, "correction")
    number = int(first.message_id.partition(":")[2])
    rows[number] = tweet(number, f"guest{number}", "It is no cake any more")
    workspace.add(write_tweets(file, rows), source="t")
    workspace.run(["mood"])
    assert rows_of(workspace, "correction") == kept
    asked = {one.message_id: one for one in candidates(workspace, n=20)}
    assert first.message_id in asked and second.message_id not in asked
    assert asked[first.message_id].text == "It is no cake any more"


@pytest.mark.slow
def test_erasing_a_person_takes_what_was_said_of_their_messages(tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "ws")
    rows = [tweet(7_770_000 + n, "anna_1" if n < 2 else f"guest{n}", f"cake {n}") for n in range(4)]
    workspace.add(write_tweets(tmp_path / "t.csv", rows), source="t")
    put(workspace, MOOD, [
        {"message_id": f"t:{row[0]}", "language": "en", "label": "unsure", "p_negative": 0.4,
         "p_neutral": 0.3, "p_positive": 0.3} for row in rows
    ])  # fmt: skip
    found = {one.message_id: one for one in candidates(workspace, n=4)}
    correct(workspace, found["t:7770000"], "negative")
    correct(workspace, found["t:7770002"], "negative", by="staff_9")
    removed = {one.table: one.removed for one in workspace.erase("anna_1").swept}
    assert removed["correction"] == 1
    assert "t:777000" in everything(workspace.folder)
    assert "t:7770000" not in everything(workspace.folder), "also the past is gone"
    # An answer that was still on its way does not bring it back.
    assert not correct(workspace, found["t:7770001"], "negative")
    assert set(corrections(workspace)) == {"t:7770002"}
    # Who labelled is a person, too.
    workspace.erase("staff_9")
    assert corrections(workspace) == {}


@pytest.mark.slow
def test_killed_in_the_middle_it_keeps_what_was_answered(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "ws", *messages(30))
    asked = candidates(workspace, n=10)
    child = subprocess.Popen(
        [sys.executable, "-m", "sonnim", "label", "-n", "10", "-w", str(workspace.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "SONNIM_LANG": "en", "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
        start_new_session=True,
    )
    assert child.stdin is not None and child.stdout is not None
    with child, child.stdin, child.stdout:
        child.stdin.write("1\n3\n2\n")
        child.stdin.flush()
        kept = 0
        for line in child.stdout:
            kept += line.startswith("→")
            if kept == 3:
                break
        os.killpg(child.pid, signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    labels = ("negative", "positive", "neutral")
    assert corrections(workspace) == {
        one.message_id: (label, one.chosen_by) for one, label in zip(asked, labels, strict=False)
    }
    asked_next = {one.message_id for one in candidates(workspace, n=30)}
    assert asked_next.isdisjoint(one.message_id for one in asked[:3])


def test_a_message_that_changes_while_it_is_shown_is_not_labelled(workspace: Workspace) -> None:
    (one,) = candidates(workspace, n=1)
    correct(workspace, replace(one, text_digest="of another text"), "neutral")
    assert one.message_id in {other.message_id for other in candidates(workspace, n=1)}


def test_many_messages_leave_enough_to_ask(tmp_path: Path) -> None:
    """The company's own answers and texts without words are never asked about."""
    said = [{"message_id": f"m:{n}", "time": START, "text": "", "source": "m"} for n in range(5)]
    felt = [{"message_id": f"m:{n}", "language": "ko", "label": "unsure", "p_negative": 0.4,
             "p_neutral": 0.3, "p_positive": 0.3} for n in range(5)]  # fmt: skip
    workspace = workspace_of(tmp_path / "ws", said, felt)
    assert candidates(workspace) == ()
    put(workspace, MESSAGE, [{"message_id": "m:9", "time": START, "text": "?", "source": "m"}])
    assert candidates(workspace) == (), "it was not read yet"

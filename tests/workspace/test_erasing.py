"""A person is removed from every table and from the past, and does not come back."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

import sonnim
from sonnim.tables.errors import RetryError, StopError
from sonnim.workspace.erasing import Erased, Preview
from sonnim.workspace.lock import writing
from sonnim.workspace.workspace import Workspace
from tests.workspace.people import (
    CUSTOMER,
    HANDLE,
    MARKERS,
    everything,
    make,
    pseudonym,
    rows_of,
    tweet,
    tweets,
    write_tweets,
)

pytestmark = pytest.mark.slow

IDS = (HANDLE.lower(), CUSTOMER.lower(), pseudonym(HANDLE), pseudonym(CUSTOMER))
THEIR_TWEETS = {f"tweets:{number}" for number in (1, 2, 3, 10, 13)}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    make(folder)
    return folder


@pytest.fixture
def workspace(company: Path, tmp_path: Path) -> Workspace:
    """A copy that a test may change."""
    shutil.copytree(company / "ws", tmp_path / "ws")
    return sonnim.open(tmp_path / "ws")


@dataclass(frozen=True, kw_only=True)
class Once:
    """One erasure, for the tests that only look at what came of it."""

    before: dict[str, list[dict[str, object]]]
    gone: set[str]
    planned: Preview
    done: Erased
    workspace: Workspace


@pytest.fixture(scope="module")
def once(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Once:
    folder = tmp_path_factory.mktemp("once") / "ws"
    shutil.copytree(company / "ws", folder)
    workspace = sonnim.open(folder)
    before = {name: rows_of(workspace, name) for name in workspace.store.names()}
    gone = {*IDS, *theirs(workspace)}
    planned = workspace.erasable(HANDLE)
    assert workspace.snapshot(workspace.schema("erased")).rows == 0, "looking changes nothing"
    assert not (folder / ".sonnim" / "erasure.key").exists()
    return Once(
        before=before,
        gone=gone,
        planned=planned,
        done=workspace.erase(HANDLE),
        workspace=workspace,
    )


def traces(workspace: Workspace) -> set[str]:
    """The person's ids and words that are still anywhere in the workspace's folder."""
    text = everything(workspace.folder)
    return {word for word in (*IDS, *MARKERS) if word in text}


def theirs(workspace: Workspace) -> set[str]:
    """Ids of their messages and of the company's answers to them, by brute force."""
    messages = rows_of(workspace, "message")
    own = {str(row["message_id"]) for row in messages if row["person_id"] in IDS}
    talkers: dict[object, set[object]] = {}
    for row in messages:
        if row["direction"] != "out":
            talkers.setdefault(row["thread_id"], set()).add(row["person_id"])
    alone = {thread for thread, people in talkers.items() if thread and people <= set(IDS)}
    answers = {
        str(row["message_id"])
        for row in messages
        if row["direction"] == "out" and (row["reply_to"] in own or row["thread_id"] in alone)
    }
    assert {one for one in own | answers if one.startswith("tweets:")} == THEIR_TWEETS
    assert {one for one in answers if one.startswith("tickets:")}
    return own | answers


def test_the_world_is_as_hard_as_it_should_be(workspace: Workspace) -> None:
    assert traces(workspace) == {*IDS, *MARKERS}
    assert len(rows_of(workspace, "rejected")) == 2
    assert len(workspace.history("message")) == 5
    assert "numbat" in str(rows_of(workspace, "message"))
    assert "quokka" not in str(rows_of(workspace, "message")), "only an old snapshot holds it"


@pytest.mark.parametrize("given", [HANDLE, f"  {HANDLE.upper()} ", pseudonym(HANDLE), CUSTOMER])
def test_nothing_of_them_is_left(workspace: Workspace, given: str) -> None:
    workspace.erase(given)
    assert traces(workspace) == set()


def test_what_others_said_and_did_stays(once: Once) -> None:
    before, gone, workspace = once.before, once.gone, once.workspace
    hidden = {"tweets:11", "tweets:20"}
    for name in sorted(set(before) - {"rejected", "voices", "topics", "fan"}):
        if not before[name]:
            assert not rows_of(workspace, name)
            continue
        # Others who answer in a conversation that they began stay in it.
        telling = ["message_id"] if name == "message" else list(before[name][0])
        wanted = [row for row in before[name] if not gone & {str(row[one]) for one in telling}]
        found = rows_of(workspace, name)
        # Messages that named them are looked at below; all others are just as they were.
        texts = name in ("message", "quote")
        kept = [row for row in wanted if row.get("message_id") not in hidden or not texts]
        same = [row for row in found if row.get("message_id") not in hidden or not texts]
        if name == "message":
            # What the company answers in a conversation of others keeps its text.
            same = [{**row, "thread_id": None} for row in same]
            kept = [{**row, "thread_id": None} for row in kept]
        if name == "community":
            # Others are no longer said to be close to them.
            kept = [
                {**row, "closest": [one for one in row["closest"] if one not in gone]}  # type: ignore[attr-defined]
                for row in kept
            ]
        assert sorted(map(str, same)) == sorted(map(str, kept)), name
        removed = len(before[name]) - len(found)
        told = sum(one.removed for one in once.done.swept if one.table == name)
        assert told == removed, name


def test_others_name_them_no_more(once: Once) -> None:
    workspace = once.workspace
    messages = {str(row["message_id"]): row for row in rows_of(workspace, "message")}
    assert messages["tweets:11"]["text"] == "@▇▇▇님 저도요, 너무 실망이에요"
    assert messages["tweets:11"]["reply_to"] is None
    assert messages["tweets:11"]["addressed"] == "▇▇▇"
    assert messages["tweets:20"]["text"] == (
        "▇▇▇ said it first: I am leaving, too. Minsu is right. @minsu"
    )
    # The conversation that they began goes on without them, under a name that leads nowhere.
    thread = messages["tweets:11"]["thread_id"]
    assert str(thread).startswith("erased:")
    assert messages["tweets:12"]["thread_id"] == thread
    assert messages["tweets:12"]["reply_to"] == "tweets:11"
    assert messages["tweets:30"]["text"] == "I am somebody else, and I love the cake so much"
    assert rows_of(workspace, "fan") == [{"who": pseudonym("jiwoo"), "said": ["tweets:20"]}]
    quoted = {one for row in rows_of(workspace, "voices") for one in row["quotes"] or []}  # type: ignore[attr-defined]
    assert quoted and not quoted & THEIR_TWEETS


def test_it_says_what_it_did_without_their_words(once: Once) -> None:
    planned, done, workspace = once.planned, once.done, once.workspace
    held = {one.table: one.rows for one in planned.trace.held if one.rows}
    removed = {one.table: one.removed for one in done.swept if one.removed}
    assert {name: n for name, n in removed.items() if name != "fan"} == held
    assert removed["fan"] == 1
    assert {one.table: one.changed for one in done.swept}["message"] == 3
    assert done.files > 10
    assert {"message", "mood", "voices", "rejected"} <= set(done.forgotten)
    assert "satisfaction" not in done.forgotten
    assert done.reports == ("report.html",)
    assert not (workspace.folder / "report.html").exists()
    said = str(done).lower()
    assert not [word for word in (*IDS, *MARKERS) if word in said]


def test_the_history_of_erasures_names_nobody(workspace: Workspace) -> None:
    workspace.erase(HANDLE)
    workspace.erase("guest1")
    rows = sorted(rows_of(workspace, "erasure"), key=lambda row: str(row["time"]))
    assert len(rows) == 2
    assert all(len(str(row["digest"])) == 64 for row in rows)
    assert all(row["time"] for row in rows)
    assert int(str(rows[0]["removed"])) > 20
    listed = {row["digest"] for row in rows_of(workspace, "erased") if row["kind"] == "person"}
    assert {row["digest"] for row in rows} <= listed
    assert traces(workspace) == set()


def test_the_past_is_gone_for_them_and_stays_for_numbers(once: Once) -> None:
    workspace = once.workspace
    version = workspace.history("satisfaction")[-1].version
    then = sonnim.Workspace(workspace.folder, as_of=version)
    assert then.table("satisfaction").num_rows > 0
    with pytest.raises(StopError, match="was taken away"):
        then.table("message")
    # An answer still says where it came from.
    notes = [commit.note for commit in workspace.history("voices") if commit.note]
    assert json.loads(notes[0])["analyzer"] == "voices"


def test_files_that_are_not_ours_are_named(workspace: Workspace) -> None:
    exports = workspace.folder / "exports"
    exports.mkdir()
    (exports / "a.csv").write_text(f"id\n{HANDLE.lower()}\n", encoding="utf-8")
    (exports / "b.csv").write_bytes(f"고객\n{CUSTOMER}\n".encode("cp949"))
    (exports / "c.csv").write_bytes(b"." * ((1 << 20) - 4) + HANDLE.encode())
    (exports / "d.csv").write_text("id\nsomebody\n", encoding="utf-8")
    (exports / "page.html").write_text(f"<p>{HANDLE}</p>", encoding="utf-8")
    done = workspace.erase(HANDLE)
    assert done.left == ("exports/a.csv", "exports/b.csv", "exports/c.csv", "exports/page.html")


def test_the_analyses_run_again_without_them(workspace: Workspace) -> None:
    n = {row["n"] for row in rows_of(workspace, "voices")}
    workspace.erase(HANDLE)
    done = {one.analyzer: one for one in workspace.run()}
    assert done["satisfaction"].fresh
    # Only the two messages in which they were hidden are read again.
    assert done["mood"].rows == 2
    assert traces(workspace) == set()
    assert {row["n"] for row in rows_of(workspace, "voices")} != n
    moods = {row["message_id"] for row in rows_of(workspace, "mood")}
    assert moods == {row["message_id"] for row in rows_of(workspace, "message")}
    assert all(not one.fresh for one in workspace.run())


def test_they_do_not_come_back(workspace: Workspace, tmp_path: Path) -> None:
    workspace.erase(HANDLE)
    before = {row["message_id"]: row for row in rows_of(workspace, "message")}
    # A later export: what there was, and something new of them, of the company and of others.
    late = [
        tweet(160, HANDLE, "quokka again"),
        tweet(161, "harudam", "and the wombat again", 160),
        tweet(162, "harudam", "one more dunnart in an old conversation", 3),
        tweet(163, "jiwoo", f"where is @{HANDLE}?"),
    ]
    broken = ("170", HANDLE, "True", "never", "bandicoot", "", "")
    strange = ("171", "jiwoo", "True", "never", "no date", "", "")
    file = write_tweets(tmp_path / "tweets.csv", [*tweets("numbat"), *late, broken, strange])
    (message,) = [one for one in workspace.add(file, source="tweets") if one.table == "message"]
    # Five old rows of theirs or to them, three new ones, and one that could not be taken.
    assert (message.erased, message.rejected, message.new, message.changed) == (9, 1, 1, 0)
    assert traces(workspace) == set()
    after = {row["message_id"]: row for row in rows_of(workspace, "message")}
    new = after.pop("tweets:163")
    assert new["text"] == "where is @▇▇▇?"
    assert after == before
    orders = tmp_path / "orders.csv"
    orders.write_text(
        f"주문번호,주문일시,고객번호,상품명,금액,수량,지점\n"
        f"N1,2026-03-01 10:00:00,{CUSTOMER},라떼,5000,1,제주점\n"
        "N2,2026-03-01 10:00:00,C000001,라떼,5000,1,제주점\n",
        encoding="utf-8",
    )
    added = workspace.add(orders, source="orders")
    assert [(one.table, one.new, one.erased) for one in added] == [("event", 1, 1)]
    assert traces(workspace) == set()


def test_the_same_file_brings_nothing_back(company: Path, workspace: Workspace) -> None:
    workspace.erase(HANDLE)
    file = company / "tweets.csv"
    assert all(one.known for one in workspace.add(file, source="tweets"))
    # Read in another way it is another import: then the list decides.
    workspace.add(file, source="tweets", map=["unit:=support"])
    assert traces(workspace) == set()
    workspace.add(file, source="renamed")
    assert traces(workspace) == set()


def test_without_the_key_nothing_is_taken(workspace: Workspace, tmp_path: Path) -> None:
    workspace.erase(HANDLE)
    key = workspace.folder / ".sonnim" / "erasure.key"
    assert key.stat().st_mode & 0o077 == 0
    key.rename(tmp_path / "key")
    file = write_tweets(tmp_path / "tweets.csv", [tweet(80, "guest9", "hello there")])
    with pytest.raises(StopError, match="Copy the key"):
        workspace.add(file, source="tweets")
    (tmp_path / "key").rename(key)
    assert workspace.add(file, source="tweets")[0].new == 1


def test_a_person_known_only_to_the_past(workspace: Workspace, tmp_path: Path) -> None:
    late = tweet(90, "ghost_5", "nobody sees this thylacine")
    workspace.add(write_tweets(tmp_path / "late.csv", [late]), source="tweets")
    edited = (*late[:1], "jiwoo", *late[2:4], "edited", *late[5:])
    workspace.add(write_tweets(tmp_path / "late.csv", [edited]), source="tweets")
    assert "ghost_5" not in str(rows_of(workspace, "message"))
    # The table `person` knows them still; it is emptied by hand, so that only the past does.
    assert workspace.erasable("ghost_5").trace.held[0].table == "person"
    store = workspace.folder / "data"
    shutil.rmtree(store / "person")
    assert workspace.erasable("ghost_5").past
    assert "thylacine" in everything(store)
    workspace.erase("ghost_5")
    assert "thylacine" not in everything(store)


def test_words_passed_on_and_pointers_go(tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "ws")
    file = tmp_path / "posts.csv"
    posts = (
        "post_id,date,author,comment,shared\n"
        "post_0001,2026-01-05T09:00:00Z,anna_1,The numbat cake is as dry as dust,\n"
        "post_0002,2026-01-06T09:00:00Z,ben_2,RT @anna_1: The numbat cake is as dry,post_0001\n"
        "post_0003,2026-01-07T09:00:00Z,ben_2,I like it and so do all of us,post_0009\n"
    )
    file.write_text(posts, encoding="utf-8")
    workspace.add(file, map=["message_id=post_id"])
    workspace.erase("anna_1")
    left = everything(workspace.folder)
    assert not [word for word in ("numbat", "anna_1", "post_0001") if word in left]
    kept = {str(row["message_id"]): row for row in rows_of(workspace, "message")}
    assert kept["posts:post_0002"]["text"] == "RT @▇▇▇: ▇▇▇"
    assert kept["posts:post_0002"]["attributes"] == '{"shared":"▇▇▇"}'
    assert kept["posts:post_0003"]["attributes"] == '{"shared":"post_0009"}'
    # Nor does a later export bring the words back.
    file.write_text(posts.replace("all of us", "everybody"), encoding="utf-8")
    (added,) = workspace.add(file)
    assert (added.new, added.changed, added.same, added.erased) == (0, 1, 1, 1)
    assert "numbat" not in everything(workspace.folder)


def test_erasing_again_is_no_error_and_strangers_are(workspace: Workspace) -> None:
    with pytest.raises(StopError, match="Nothing is held"):
        workspace.erase("nobody_at_all")
    with pytest.raises(StopError, match="An id is missing"):
        workspace.erase("  ")
    workspace.erase(HANDLE)
    assert workspace.erasable(HANDLE).known
    again = workspace.erase(HANDLE)
    assert again.swept == ()
    with pytest.raises(StopError, match="Nothing is held"):
        workspace.person(HANDLE)


def test_one_writer_at_a_time(workspace: Workspace) -> None:
    with writing(workspace.folder), pytest.raises(RetryError):
        workspace.erase(HANDLE)


def test_errors_do_not_name_them(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    # A step that fails carries its SQL, and here the SQL holds ids.
    monkeypatch.setattr(
        "sonnim.workspace.erased.hidden", lambda column, handles: f"no_function('{handles[0]}')"
    )
    with pytest.raises(StopError) as caught:
        workspace.erase(HANDLE)
    said = (str(caught.value) + repr(caught.value.__cause__) + str(caught.value.values)).lower()
    assert not [word for word in IDS if word in said]


ERASE = """
import sys, sonnim
ws = sonnim.open(sys.argv[1])
print("working", flush=True)
ws.erase(sys.argv[2])
"""


def test_killed_erasures_are_finished_by_the_next(company: Path, tmp_path: Path) -> None:
    def start(folder: Path) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", ERASE, str(folder), HANDLE],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert child.stdout is not None
        with child.stdout as said:
            assert said.readline() == "working\n"
        return child

    shutil.copytree(company / "ws", tmp_path / "calm")
    begin = time.monotonic()
    assert start(tmp_path / "calm").wait() == 0
    seconds = time.monotonic() - begin
    calm = sonnim.open(tmp_path / "calm")
    wanted = {name: sorted(map(str, rows_of(calm, name))) for name in ("message", "event", "fan")}

    random, killed = Random(8), 0
    for number in range(6):
        folder = tmp_path / f"killed{number}"
        shutil.copytree(company / "ws", folder)
        for _ in range(1 + number % 2):
            child = start(folder)
            try:
                child.wait(random.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                killed += 1
        workspace = sonnim.open(folder)
        # What is there is readable at any moment.
        assert len(rows_of(workspace, "message")) >= len(wanted["message"])
        workspace.erase(HANDLE)
        assert traces(workspace) == set(), number
        threads = "erased:"
        for name, rows in wanted.items():
            found = sorted(map(str, rows_of(workspace, name)))
            if name != "message":
                assert found == rows, (number, name)
            # Each workspace has a key of its own, and so names of its own for such threads.
            assert len(found) == len(rows) and str(found).count(threads) == str(rows).count(threads)
        assert len(rows_of(workspace, "erasure")) >= 1
        shutil.rmtree(folder)
    assert killed >= 3, "the kills came too late to show anything"


def test_a_store_in_a_bucket_is_rewritten_as_streams(workspace: Workspace) -> None:
    """An object store is stood in for by a folder that is spoken to as to a bucket."""
    workspace.store.remote = True
    workspace.erase(HANDLE)
    workspace.store.remote = False
    left = traces(workspace)
    # The table of unknown makers cannot be listed there: it is all that may remain.
    fan = everything(workspace.folder / "data" / "fan")
    shutil.rmtree(workspace.folder / "data" / "fan")
    assert traces(workspace) == set()
    assert left == {word for word in (*IDS, *MARKERS) if word in fan}

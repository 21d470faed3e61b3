"""Real exports go in without a word about their columns, and rightly so.

Each is read a second time here, by Python's csv module or by DuckDB alone, and compared.
"""

import csv
import re
import shlex
from collections import Counter
from pathlib import Path

import duckdb
import pytest

import sonnim
from sonnim.workspace.workspace import Workspace

pytestmark = [pytest.mark.data, pytest.mark.slow]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return sonnim.new(tmp_path_factory.mktemp("real") / "ws")


def dicts(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def columns(workspace: Workspace, table: str, source: str) -> dict[str, list[object]]:
    read = workspace.table(table)
    found = {name: read.column(name).to_pylist() for name in read.column_names}
    rows = [n for n, one in enumerate(found["source"]) if one == source]
    return {name: [cells[n] for n in rows] for name, cells in found.items()}


def test_app_reviews(workspace: Workspace, shared_data: Path) -> None:
    file = shared_data / "laftel" / "reviews_to_2024-06.csv"
    added = workspace.add(file)
    wanted = dicts(file)
    assert sum(one.new for one in added if one.table == "message") == len(wanted) + sum(
        bool(row["replyContent"]) for row in wanted
    )
    assert sum(one.rejected for one in added) == 0
    found = columns(workspace, "message", added[0].source)
    by_id = {
        str(found["message_id"][n]).partition(":")[2]: n for n in range(len(found["message_id"]))
    }
    replies = 0
    for row in wanted:
        n = by_id[row["reviewId"]]
        assert found["text"][n] == row["content"]
        assert found["rating"][n] == float(row["score"])
        assert (found["rating_min"][n], found["rating_max"][n]) == (1.0, 5.0)
        assert found["likes"][n] == int(row["thumbsUpCount"])
        assert str(found["time"][n])[:19] == row["date"]
        assert found["kind"][n] == "review"
        answer = by_id.get(row["reviewId"] + "/reply")
        assert (answer is not None) == bool(row["replyContent"])
        if answer is not None:
            replies += 1
            assert found["text"][answer] == row["replyContent"]
            assert found["direction"][answer] == "out"
            assert found["reply_to"][answer] == found["message_id"][n]
            assert found["rating"][answer] is None
    assert replies > 300
    people = {found["person_id"][by_id[row["reviewId"]]] for row in wanted}
    assert len(people) == len({row["user"] for row in wanted})


def test_film_reviews(workspace: Workspace, shared_data: Path) -> None:
    file = shared_data / "nsmc" / "reviews_to_2014.parquet"
    (one,) = workspace.add(file)
    assert (one.table, one.rejected) == ("message", 0)
    files = workspace.snapshot(workspace.schema("message")).files
    with duckdb.connect() as connection:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        connection.execute(
            f"CREATE VIEW found AS SELECT * FROM read_parquet({list(files)!r}, "
            f"union_by_name = true) WHERE source = '{one.source}'"
        )
        connection.execute(f"CREATE VIEW wanted AS SELECT * FROM '{file}'")
        assert connection.execute("SELECT count(*) FROM wanted").fetchall() == [(one.new,)]
        same = connection.execute(
            "SELECT count(*) FROM wanted JOIN found "
            f"ON found.message_id = '{one.source}:' || wanted.review_id "
            "WHERE found.text = coalesce(wanted.text, '') AND found.rating = wanted.rating "
            "AND found.subject = CAST(wanted.movie_id AS VARCHAR) "
            "AND found.time = CAST(wanted.date AS TIMESTAMPTZ) AND found.kind = 'review' "
            "AND found.rating_min = 1 AND found.rating_max = 10"
        ).fetchall()
        assert same == [(one.new,)]
        people = connection.execute(
            "SELECT count(DISTINCT person_id), "
            "(SELECT count(DISTINCT lower(trim(author))) FROM wanted) FROM found"
        ).fetchall()
        assert people[0][0] == people[0][1]


def test_orders(workspace: Workspace, shared_data: Path) -> None:
    file = shared_data / "cdnow" / "cdnow_master.csv"
    (one,) = workspace.add(file)
    assert (one.table, one.rejected) == ("event", 0)
    wanted = dicts(file)
    assert one.new == len(wanted)
    found = columns(workspace, "event", one.source)
    assert set(found["type"]) == {"purchase"}
    assert len(set(found["event_id"])) == len(wanted)
    assert Counter(
        zip(map(str, found["time"]), found["value"], found["quantity"], strict=True)
    ) == Counter(
        (f"{row['date']} 00:00:00+00:00", float(row["amount"]), float(row["units"]))
        for row in wanted
    )
    # Published by Fader and Hardie: 23,570 customers.
    assert len(set(found["person_id"])) == len({row["customer_id"] for row in wanted}) == 23_570
    # Twins are there: orders of one customer on one day, alike in all.
    assert len({tuple(row.values()) for row in wanted}) < len(wanted)
    assert [again.known for again in workspace.add(file)] == [True]


def test_support_on_twitter(workspace: Workspace, shared_data: Path) -> None:
    file = shared_data / "twcs_sample" / "twcs_5000.csv"
    added = {one.table: one for one in workspace.add(file)}
    wanted = dicts(file)
    assert added["message"].new == len(wanted)
    found = columns(workspace, "message", added["message"].source)
    assert Counter(found["text"]) == Counter(row["text"] for row in wanted)
    assert Counter(found["direction"]) == Counter(
        "in" if row["inbound"] == "True" else "out" for row in wanted
    )


@pytest.mark.parametrize("name", ["korean_absa_food/train.csv", "amazon_polarity/10k.csv"])
def test_texts_without_times_say_what_is_missing_in_words_to_copy(
    workspace: Workspace, shared_data: Path, name: str
) -> None:
    file = shared_data / name
    source = name.partition("/")[0]
    (one,) = workspace.add(file, source=source)
    assert "no column that says when" in one.problem
    words = re.findall(r"--map ('time:=.*')", one.problem)
    (again,) = workspace.add(file, source=source, map=shlex.split(words[0]))
    wanted = Counter(row["text"] for row in dicts(file))
    assert again.new + again.same == wanted.total()
    assert Counter(columns(workspace, "message", source)["text"]) == wanted

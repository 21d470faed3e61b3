"""`sonnim compare`: the same workspace on DuckDB and on Spark; a difference would be told."""

import csv
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from importlib.util import find_spec
from itertools import cycle, product
from pathlib import Path

import pytest

import sonnim
from sonnim.analyzers.base import Analyzer, NoParameters, Reads
from sonnim.checks.rows import schema_of
from sonnim.checks.samples import TEXTS
from sonnim.checks.two_engines import compare_engines
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.engines.spark_session import has_java
from sonnim.tables.answer import Answer
from sonnim.tables.facts import MESSAGE
from sonnim.tables.step import Step
from sonnim.workspace import catalog
from sonnim.workspace.label_file import take_labels
from sonnim.workspace.saving import load
from sonnim.workspace.workspace import Workspace
from tests.workspace.worlds import core_exports

COUNTS = schema_of("counts", "channel:string n:long share:double")


class Another(DuckEngine):
    """Stands for a second engine."""

    name = "another"


def counting(engine: Engine, parameters: NoParameters, *, wrong: str) -> Answer:
    """Counts messages; on the other engine one column comes out a little different."""
    other = engine.name == "another"
    n = "count(*) + 1" if other and wrong == "n" else "count(*)"
    share = "5e-1 + 1e-12" if other and wrong == "digits" else "5e-1"
    share = "500001e-6" if other and wrong == "share" else share
    where = "WHERE channel <> 'web'" if other and wrong == "rows" else ""
    step = Step(
        name="counts",
        sql=f"SELECT channel, CAST({n} AS BIGINT) AS n, {share} AS share FROM message {where} "
        "GROUP BY channel",
        inputs=("message",),
        output=COUNTS,
    )
    return Answer(tables=(engine.run([step]),), steps=(step,))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Some messages of three kinds; not read by any analyzer yet."""
    folder = tmp_path_factory.mktemp("two")
    with (folder / "said.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("message_id", "time", "channel", "text", "rating"))
        for i, (_, _, text) in enumerate(TEXTS * 5):
            channel = ("web", "phone", "app")[i % 3]
            rows.writerow((f"m{i}", f"2026-0{1 + i % 6}-07T09:00:00Z", channel, text, 1 + i % 5))
    made = sonnim.new(folder / "ws")
    made.add(folder / "said.csv")
    return made


def compared(workspace: Workspace, analyzer: Analyzer, most: int = 10_000) -> tuple[int, str]:
    found = compare_engines(
        analyzer,
        analyzer.parameters(),
        [workspace.snapshot(reads.schema) for reads in analyzer.reads],
        partial(load, workspace.store),
        (DuckEngine, Another),
        most,
    )
    return found.rows, found.difference


@pytest.mark.parametrize(
    ("wrong", "told"),
    [("", ""), ("digits", ""), ("n", "counts.n of channel="), ("share", "counts.share of channel="),
     ("rows", "number of rows of counts")],
)  # fmt: skip
def test_a_difference_is_told_with_its_place(workspace: Workspace, wrong: str, told: str) -> None:
    analyzer = Analyzer(
        name="counts",
        version="1",
        reads=(Reads(schema=MESSAGE, columns=("channel",)),),
        writes=(COUNTS,),
        analyze=partial(counting, wrong=wrong),
    )
    rows, difference = compared(workspace, analyzer)
    assert rows >= 3
    assert told in difference and bool(difference) is bool(told)


def test_readers_of_texts_are_compared_on_the_first_rows(workspace: Workspace) -> None:
    language = catalog.analyzer("language")
    assert compared(workspace, language, 50) == (50, "")
    everything, _ = compared(workspace, replace(language, per_row=False), 50)
    assert everything == workspace.snapshot(MESSAGE).rows == 5 * len(TEXTS)


def talk() -> str:
    """Two groups that talk for half a year, and two accounts that post the same: a small world has
    too little of both for `group_mood` and `coordination`."""
    start = datetime(2026, 2, 1, 9)
    texts = ("The coffee was great today!", "배달이 너무 늦어서 실망이에요", "정말 맛있어요")
    rows = ["id,time,author,text,reply_to"]
    for n in range(400):
        time = start + timedelta(hours=12 * n)
        replied = f"t{n - 2}" if n > 1 else ""
        rows.append(f"t{n},{time:%Y-%m-%d %H:%M:%S},g{n % 2}p{n // 2 % 6},{texts[n % 3]},{replied}")
    for n, (account, day) in enumerate(product(("promo1", "promo2"), (3, 40))):
        time = start + timedelta(days=day, minutes=n)
        rows.append(f"c{n},{time:%Y-%m-%d %H:%M:%S},{account},Free coupons for all of you today,")
    return "\n".join(rows)


@pytest.mark.spark
@pytest.mark.slow
def test_the_demo_is_equal_on_both_engines(tmp_path: Path) -> None:
    """In a process of its own, as a person runs it: Spark allows one context a process."""
    if find_spec("pyspark") is None or not has_java():
        pytest.skip("Spark or Java is not installed")
    demo = sonnim.new(tmp_path / "ws")
    for file in sorted(core_exports(tmp_path / "world", seed=11, messages=800).iterdir()):
        demo.add(file, map=["timezone=Asia/Seoul"])
    (tmp_path / "talk.csv").write_text(talk(), encoding="utf-8")
    demo.add(tmp_path / "talk.csv", map=["timezone=Asia/Seoul"])
    ids = demo.table("message").column("message_id").to_pylist()
    labels = tmp_path / "labels.csv"
    # Both moods in turn, so that `domains` still has enough of each side to fit.
    sides = cycle(("negative", "positive"))
    rows = "".join(f"{one},{side}\n" for one, side in zip(ids, sides, strict=False))
    labels.write_text(f"message_id,label\n{rows}", encoding="utf-8")
    demo.run()
    take_labels(demo, labels)
    demo.run()
    done = subprocess.run(
        [sys.executable, "-m", "sonnim", "compare", "--rows", "400", "-w", str(demo.folder)],
        capture_output=True,
        text=True,
        timeout=900,
        env={**os.environ, "SONNIM_LANG": "en"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == [one.name for one in catalog.analyzers()]
    assert all(": equal, " in line and "within 1e-09" in line for line in lines), lines
    assert not any(" 0 rows" in line for line in lines), lines


def test_the_folder_is_left_as_it_was(workspace: Workspace) -> None:
    before = {path: path.stat().st_mtime_ns for path in Path(workspace.folder).rglob("*")}
    compared(workspace, catalog.analyzer("satisfaction"))
    assert {path: path.stat().st_mtime_ns for path in Path(workspace.folder).rglob("*")} == before

"""The benchmarks measure what they say: their sums, their sheet, and each of them in small."""

import math
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest

from benchmarks import calibration, fitting, pii
from benchmarks.data import query, write_messages
from benchmarks.growth import grown, sizes
from benchmarks.measuring import measured
from benchmarks.sheet import Figure, exponent, section, written
from sonnim.engines.duckdb import DuckEngine

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("power", [0.5, 1.0, 1.7])
def test_the_exponent_is_that_of_the_curve(power: float) -> None:
    rows = sizes(1_000, 1_000_000, 5)
    assert exponent(rows, [3e-4 * n**power for n in rows]) == pytest.approx(power, abs=1e-6)


def test_growth_tells_large_sizes_apart() -> None:
    rows = sizes(100, 1_000_000, 5)
    # One second to start, then linear: flat at first, steep at last.
    whole, large = grown("x", rows, [1 + n / 10_000 for n in rows])
    assert whole.value is not None and large.value is not None
    assert whole.value < large.value < 1 < whole.most  # type: ignore[operator]
    quadratic, _ = grown("x", rows, [1e-6 * n**2 for n in rows])
    assert quadratic.met is False


def test_goals_are_judged_by_the_figure() -> None:
    assert Figure("x", 2.0, "ratio", most=2).met is True
    assert Figure("x", 2.001, "ratio", most=2).met is False
    assert Figure("x", 0.8, "share", least=0.875).met is False
    assert Figure("x", None, "share", least=0.875).met is None
    assert Figure("x", 1.0, "s").met is None
    assert "NOT MET" in section("x", "", "", [Figure("x", 3.0, "ratio", most=2)])


def test_a_section_replaces_itself_alone() -> None:
    order = ["import", "run"]
    page = written("", "run", section("run", "m", "c", [Figure("r", 1.0, "s")]), order)
    page = written(page, "import", section("import", "m", "c", [Figure("i", 2.0, "s")]), order)
    again = written(page, "run", section("run", "m", "c", [Figure("r", 9.0, "s")]), order)
    assert re.findall(r"^## (.+)$", again, flags=re.MULTILINE) == order
    assert "| i | 2.000 |" in again and "| r | 9.000 |" in again and "| r | 1.000 |" not in again
    assert written(again, "run", section("run", "m", "c", [Figure("r", 9.0, "s")]), order) == again


def test_made_up_messages_are_as_many_as_asked_and_the_same_again(tmp_path: Path) -> None:
    one, other = (write_messages(tmp_path / name, 5_000) for name in ("a.csv", "b.csv"))
    assert one.read_bytes() == other.read_bytes()
    ((rows, ids, texts, korean, low, high),) = duckdb.sql(
        "SELECT count(*), count(DISTINCT message_id), count(DISTINCT text), "
        "count(*) FILTER (WHERE regexp_matches(text, '[가-힣]')), min(rating), max(rating) "
        f"FROM ({query(5_000)})"
    ).fetchall()
    assert (rows, ids, low, high) == (5_000, 5_000, 1, 5)
    assert texts > 4_000
    assert math.isclose(korean / rows, 0.8, abs_tol=0.03)


def test_personal_data_is_measured_and_its_page_says_the_same(tmp_path: Path) -> None:
    found = {one.name: one for one in pii.figures(tmp_path, 1_000, lambda text: None)}
    for language in ("ko", "en"):
        for what in ("precision", "recall"):
            assert found[f"personal data {language}, sonnim: {what}"].met is True
    assert sum(one.unit == "texts/s" and (one.value or 0) > 0 for one in found.values()) >= 3
    # The page is written by `python -m benchmarks.pii --page` from the same cases.
    page = (ROOT / "docs" / "concepts" / "personal-data.md").read_text(encoding="utf-8")
    assert pii.put_in(page, pii.table()) == page and pii.table() in page
    assert pii.put_in(f"a {pii.MARKS[0]} old {pii.MARKS[1]} z", "new\n") == (
        f"a {pii.MARKS[0]}\nnew\n{pii.MARKS[1]} z"
    )


def test_calibration_is_judged_by_what_chance_makes() -> None:
    chance = np.random.default_rng(3)

    def judged(count: int, sharper: float) -> Figure:
        p = chance.uniform(0.02, 0.98, count)
        domain = calibration.Domain("xx", [""] * count, chance.random(count) < p)
        said = 1 / (1 + ((1 - p) / p) ** sharper)
        return calibration.figure("xx", domain, [said], judged=True)

    few, many = judged(250, 1.0), judged(20_000, 1.0)
    assert few.met and many.met and many.most == calibration.MOST_ERROR
    # Of few texts even a perfect reader's error is large, and the goal knows it.
    assert few.most is not None and few.most > 0.05
    assert judged(20_000, 2.0).met is False and judged(250, 4.0).met is False


def test_every_text_is_judged_by_what_was_fitted_without_it() -> None:
    texts = [f"{word} {at}" for at in range(100) for word in ("정말 좋아요", "정말 별로예요")]
    domain = calibration.Domain("ko made", texts, np.arange(200) % 2 == 0)
    turned = calibration.Domain("ko turned", texts, np.arange(200) % 2 > 0)
    with DuckEngine() as engine:
        nobody = [np.zeros(200, np.bool_)] * 2
        fitting.read(engine, calibration.messages([domain, turned], nobody), "fast")
        good, bad = calibration.crossed(engine, [domain, turned], draw=0)
    assert ((good > 1 / 2) == domain.positive).all()
    # Where labels are the wrong way round, what is read says nothing, and words say it all.
    assert good[domain.positive].min() > bad[domain.positive].max()


@pytest.mark.slow
def test_work_of_a_process_is_measured(tmp_path: Path) -> None:
    file = write_messages(tmp_path / "a.csv", 3_000)
    place = tmp_path / "workspace"
    first, second = measured("add", file, place), measured("add", file, place)
    assert (first.numbers["new"], second.numbers["known"]) == (3_000, 1)
    assert first.seconds > 0 and first.peak > 10_000_000
    measured("moods", place)
    ours = measured("run", place, "satisfaction,voices")
    measured("sql", place, "satisfaction,voices", tmp_path)
    bare = sum(
        duckdb.sql(f"SELECT count(*) FROM '{tmp_path / name}.parquet'").fetchall()[0][0]
        for name in ("satisfaction", "voices")
    )
    # The bare SQL does the same work.
    assert ours.numbers["rows"] == bare > 0


@pytest.mark.slow
def test_the_command_measures_and_writes_where_it_is_told(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.md"
    command = [sys.executable, "-m", "benchmarks", "import", "weight", "--rows", "2000",
               "--out", str(sheet)]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    page = sheet.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", page, flags=re.MULTILINE) == ["import", "weight"]
    assert "import over COPY" in page and "NOT MET" not in page
    wrong = subprocess.run(
        [sys.executable, "-m", "benchmarks", "speed"], cwd=ROOT, capture_output=True, text=True
    )
    assert wrong.returncode == 2 and "there is no speed" in wrong.stderr

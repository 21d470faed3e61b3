"""A person's way through the commands, on the demo company's exports."""

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

import sonnim
from tests.cli.calling import call
from tests.workspace.worlds import core_exports

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return core_exports(tmp_path_factory.mktemp("exports"), seed=5, messages=2000)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, exports: Path) -> Path:
    """A workspace with everything added and run; tests of this module only read it."""
    folder = tmp_path_factory.mktemp("filled") / "ws"
    workspace = sonnim.new(folder, company="하루담", timezone="Asia/Seoul")
    workspace.add(exports)
    workspace.run()
    return folder


def test_new_add_run_show_report(tmp_path: Path, exports: Path, capsys: Capture) -> None:
    folder = tmp_path / "mine"
    code, out, _ = call(capsys, "new", folder, "--company", "하루담", "--timezone", "Asia/Seoul")
    assert code == 0
    assert "sonnim add" in out

    code, out, err = call(capsys, "add", exports / "survey.csv", "-w", folder)
    assert code == 0, err
    assert "is taken as" in out
    assert (folder / "sonnim.toml").read_text(encoding="utf-8").count("[sources.survey") >= 2

    code, out, _ = call(capsys, "add", exports / "survey.csv", "-w", folder)
    assert code == 0
    assert "taken before" in out

    code, out, _ = call(capsys, "run", "satisfaction", "-w", folder)
    assert code == 0
    assert "satisfaction:" in out
    code, out, _ = call(capsys, "run", "satisfaction", "-w", folder)
    assert "nothing new" in out

    code, out, _ = call(capsys, "show", "satisfaction", "-w", folder)
    assert code == 0
    assert "NPS" in out
    assert "95%" in out

    code, out, _ = call(capsys, "report", "-w", folder, "--lang", "ko")
    assert code == 0
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert '<html lang="ko"' in page
    assert "하루담" in page


def test_what_must_run_before_is_said(tmp_path: Path, exports: Path, capsys: Capture) -> None:
    """Influence is that of links, which nobody has computed: an answer of no rows says nothing."""
    folder = tmp_path / "early"
    call(capsys, "new", folder, "--company", "하루담", "--timezone", "Asia/Seoul")
    call(capsys, "add", exports / "survey.csv", "-w", folder)
    code, out, _ = call(capsys, "run", "influence", "-w", folder)
    assert code == 0
    assert re.search(r"sonnim run [a-z_ ]*\blinks influence;", out), out
    assert sonnim.open(folder).before("influence")[-1] == "links"

    _, out, _ = call(capsys, "run", "mood", "coordination", "links", "influence", "-w", folder)
    assert "Before it" not in out


def test_show_for_machines_agrees_with_the_table(
    filled: Path, tmp_path: Path, capsys: Capture
) -> None:
    wanted = sonnim.open(filled).table("satisfaction")
    _, out, _ = call(capsys, "show", "satisfaction", "--json", "-w", filled)
    rows = json.loads(out)
    assert len(rows) == wanted.num_rows
    assert sorted(row["n"] for row in rows) == sorted(wanted.column("n").to_pylist())

    code, _, _ = call(capsys, "show", "satisfaction", "--parquet", tmp_path / "s.parquet",
                      "-w", filled)  # fmt: skip
    assert code == 0
    counted = duckdb.sql(f"SELECT count(*) FROM '{tmp_path / 's.parquet'}'").fetchall()
    assert counted == [(wanted.num_rows,)]


def test_show_csv(filled: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    call(capfdbinary, "export", "language", "--out", tmp_path / "l.csv", "-w", filled)
    capfdbinary.readouterr()
    _, out, _ = call(capfdbinary, "show", "language", "--csv", "-w", filled)
    assert out == (tmp_path / "l.csv").read_bytes()
    assert len(list(csv.reader(io.StringIO(out.decode())))) == 1241


@pytest.mark.parametrize("name", ["", "message", "language", "mood", "satisfaction", "voices"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_table_can_be_shown(name: str, language: str, filled: Path, capsys: Capture) -> None:
    given = ["show", *([name] if name else []), "-w", filled, "--lang", language]
    code, out, err = call(capsys, *given)
    assert code == 0, err
    assert len(out.splitlines()) > 4
    # No sentence with an unfilled place (the attributes of messages are JSON, and may hold braces).
    assert not re.search(r"\{[a-z_]+\}", out)


def test_explained_sql_gives_the_answer_again(filled: Path, capsys: Capture) -> None:
    _, sql, _ = call(capsys, "explain", "language", "-w", filled)
    assert "-- language" in sql
    _, sql, _ = call(capsys, "explain", "satisfaction", "-w", filled)
    statements = [one for one in sql.split(";\n") if one.strip()]
    assert any("read_parquet" in one for one in statements)
    assert sum("CREATE OR REPLACE TEMP VIEW" in one for one in statements) >= 5


@pytest.mark.parametrize("format", ["parquet", "csv", "xlsx"])
def test_export_all(format: str, filled: Path, tmp_path: Path, capsys: Capture) -> None:
    code, out, err = call(
        capsys, "export", "all", "--out", tmp_path, "--format", format, "-w", filled
    )
    assert code == 0, err
    written = {file.name for file in tmp_path.iterdir()}
    assert {f"{name}.{format}" for name in ("message", "answer", "event", "mood")} <= written
    assert out.count("rows in") == len(written)


def test_analyze_a_bare_file(exports: Path, tmp_path: Path, capsys: Capture) -> None:
    out_file = tmp_path / "moods.parquet"
    code, _, err = call(capsys, "analyze", "mood", exports / "reviews.csv", "--out", out_file)
    assert code == 0, err
    with (exports / "reviews.csv").open(encoding="utf-8-sig", newline="") as lines:
        ids = [row["리뷰ID"] for row in csv.DictReader(lines)]
    found = duckdb.sql(f"SELECT * FROM '{out_file}'").fetchall()
    names = [column[0] for column in duckdb.sql(f"SELECT * FROM '{out_file}'").description]
    assert [row[names.index("message_id")] for row in found] == ids
    assert names[:6] == ["message_id", "language", "label", "p_negative", "p_neutral", "p_positive"]


def test_analyze_takes_parameters(exports: Path, capsys: Capture) -> None:
    code, out, err = call(
        capsys, "analyze", "satisfaction", exports / "survey.csv", "--period", "year", "--json"
    )
    assert code == 0, err
    periods = {row["period"] for row in json.loads(out)}
    assert {str(one)[:10] for one in periods if one} <= {
        f"{year}-01-01" for year in range(2023, 2027)
    }


def test_dry_run_writes_nothing(filled: Path, exports: Path, capsys: Capture) -> None:
    before = (filled / "sonnim.toml").read_bytes()
    code, out, _ = call(capsys, "add", exports / "orders.csv", "--dry-run", "-w", filled)
    assert code == 0
    assert "Nothing was written" in out
    assert (filled / "sonnim.toml").read_bytes() == before


def test_as_of_shows_the_state_of_then(tmp_path: Path, exports: Path, capsys: Capture) -> None:
    folder = tmp_path / "ws"
    workspace = sonnim.new(folder, timezone="Asia/Seoul")
    workspace.add(exports / "reviews.csv")
    version = workspace.history("message")[0].version
    workspace.add(exports / "tickets.csv")
    _, now, _ = call(capsys, "show", "message", "--json", "-w", folder)
    _, then, _ = call(capsys, "show", "message", "--json", "--as-of", version, "-w", folder)
    assert (len(json.loads(then)), len(json.loads(now))) == (600, 1000)
    code, _, said = call(capsys, "show", "message", "--as-of", "2020-01-01", "-w", folder)
    assert (code, "as of 2020-01-01" in said) == (1, True)
    _, then, _ = call(capsys, "show", "--as-of", version, "-w", folder)
    written = workspace.history("message")[-1].time
    assert written.utcoffset() == timedelta(0)
    assert f"{written:%Y-%m-%d %H:%M}" in then

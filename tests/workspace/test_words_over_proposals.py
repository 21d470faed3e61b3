"""`--map` adds to what is proposed; it does not replace what nobody spoke of."""

from pathlib import Path

import pytest

import sonnim
from sonnim.tables.errors import SonnimError
from sonnim.workspace.bare import analyze_bare

# The names say what the columns are; no column says when.
TIMELESS = (
    "no,my comment,stars,branch\n1,정말 좋아요 최고예요,5,Gangnam\n2,너무 별로예요 실망,1,Jeju\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "said.csv"
    made.write_text(TIMELESS, encoding="utf-8")
    return made


def test_one_word_suffices_where_one_was_missing(file: Path, tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "ws")
    (refused,) = workspace.add(file)
    assert "--map 'time:=" in refused.problem
    (added,) = workspace.add(file, map=["time:=2026-01-05"])
    assert (added.table, added.new, added.rejected) == ("message", 2, 0)
    message = workspace.table("message")
    assert sorted(message.column("rating").to_pylist()) == [1.0, 5.0]
    assert sorted(message.column("unit").to_pylist()) == ["Gangnam", "Jeju"]
    assert all(message.column("text").to_pylist())


def test_words_without_the_time_do_not_suffice(file: Path, tmp_path: Path) -> None:
    (refused,) = sonnim.new(tmp_path / "ws").add(file, map=["channel:=web"])
    assert "--map 'time:=" in refused.problem


@pytest.mark.parametrize("words", [[], ["unit=branch"], ["channel:=web"], ["language:=ko"]])
def test_bare_files_need_no_time(file: Path, words: list[str]) -> None:
    found = analyze_bare("language", file, words=words)
    assert found.column("language").to_pylist() == ["ko", "ko"]


def test_bare_names_count_though_values_are_short(tmp_path: Path) -> None:
    file = tmp_path / "short.csv"
    file.write_text("date,comment,rating\n2026-01-02,ok,3\n2026-01-03,no,1\n", encoding="utf-8")
    assert analyze_bare("language", file).num_rows == 2


def test_bare_refuses_what_holds_nothing_to_read(tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(SonnimError, match="--map"):
        analyze_bare("language", file)


def test_answers_that_are_no_rows_of_messages_come_by_their_key(tmp_path: Path) -> None:
    file = tmp_path / "rated.csv"
    lines = [f"2026-{1 + n % 9:02}-02,{1 + n % 5},{'NJGA'[n % 4]}" for n in range(200)]
    file.write_text("\n".join(["date,rating,branch", *lines]) + "\n", encoding="utf-8")
    found = analyze_bare("satisfaction", file)
    order = [*zip(*(found.column(name).to_pylist() for name in ("unit", "period")), strict=True)]
    assert order == sorted(order, key=lambda pair: [(value is None, value) for value in pair])

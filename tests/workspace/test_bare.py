"""Any analyzer on bare files and tables: rows in the order of the input, under its own keys."""

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from arro3.core import Array, DataType
from arro3.core import Table as ArrowTable

import sonnim
from sonnim.tables.errors import SonnimError, StopError

TEXTS = [
    "배송이 정말 빨라서 좋았어요",
    "The app keeps crashing after the update",
    '따옴표 "하나", 쉼표\n그리고 둘째 줄이에요',
    "환불이 너무 늦어요 정말로",
]
LANGUAGES = ["ko", "en", "ko", "ko"]


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def write(file: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([header, *rows])
    return file


def found(answer: Any, *names: str) -> list[tuple[object, ...]]:
    return list(zip(*(answer.column(name).to_pylist() for name in names), strict=True))


def test_a_file_with_ids(tmp_path: Path, temporary: Path) -> None:
    rows = [(f"r{n}", text) for n, text in enumerate(TEXTS)]
    answer = sonnim.analyze("language", write(tmp_path / "a.csv", ("id", "text"), rows))
    assert found(answer, "message_id", "language") == [
        (f"r{n}", language) for n, language in enumerate(LANGUAGES)
    ]
    assert not list(temporary.iterdir())


def test_a_file_with_texts_only_is_numbered(tmp_path: Path) -> None:
    answer = sonnim.analyze("language", write(tmp_path / "a.csv", ("text",), [(t,) for t in TEXTS]))
    assert found(answer, "message_id", "language") == [
        (str(n), language) for n, language in enumerate(LANGUAGES, 1)
    ]


@pytest.mark.slow
def test_thousands_of_rows_keep_their_order(tmp_path: Path) -> None:
    rows = [(f"{TEXTS[n % 4]} {n}", n) for n in range(20_000)]
    answer = sonnim.analyze("language", write(tmp_path / "a.csv", ("text", "n"), rows))
    assert found(answer, "message_id", "language") == [
        (str(n + 1), LANGUAGES[n % 4]) for n in range(20_000)
    ]


def test_lines_that_are_no_rows_are_told_and_the_others_keep_their_numbers(
    tmp_path: Path, temporary: Path
) -> None:
    file = write(tmp_path / "a.csv", ("text", "rating"), [(text, 5) for text in TEXTS])
    lines = file.read_bytes().split(b"\r\n")
    lines.insert(2, b"too,many,columns,here")
    file.write_bytes(b"\r\n".join(lines))
    told: list[int] = []
    answer = sonnim.analyze("language", file, left_out=told.append)
    assert found(answer, "message_id", "language") == [
        ("1", "ko"), ("3", "en"), ("4", "ko"), ("5", "ko"),
    ]  # fmt: skip
    assert told == [1]
    assert not list(temporary.iterdir())


def test_several_files_are_one_table(tmp_path: Path, temporary: Path) -> None:
    write(tmp_path / "a.csv", ("id", "text"), [("a", TEXTS[0])])
    write(tmp_path / "b.csv", ("text", "id", "extra"), [(TEXTS[1], "b", "x")])
    (tmp_path / "c.csv").write_bytes(f"id,text\nbroken\nc,{TEXTS[3]}\n".encode("cp949"))
    told: list[int] = []
    answer = sonnim.analyze("language", tmp_path, left_out=told.append)
    assert sorted(found(answer, "message_id", "language")) == [
        ("a", "ko"), ("b", "en"), ("c", "ko"),
    ]  # fmt: skip
    assert told == [1]
    assert not list(temporary.iterdir())


def tables() -> list[Any]:
    columns = {"id": ["x", "y", "x2", "z"], "text": TEXTS}
    arro = ArrowTable.from_pydict(
        {name: Array(cells, type=DataType.string()) for name, cells in columns.items()}
    )
    return [arro, pa.table(columns), pa.table(columns).to_reader(), pd.DataFrame(columns)]


@pytest.mark.parametrize("place", range(4), ids=["arro3", "pyarrow", "reader", "pandas"])
def test_tables_of_every_library(place: int) -> None:
    answer = sonnim.analyze("language", tables()[place])
    assert found(answer, "message_id", "language") == list(
        zip(["x", "y", "x2", "z"], LANGUAGES, strict=True)
    )


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(StopError, match="received list"):
        sonnim.analyze("language", TEXTS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("text\n", "header but no rows"),
        ("a,b\n1,2\n3,4\n", "--map"),
    ],
)
def test_files_without_texts(tmp_path: Path, temporary: Path, content: str, said: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(content, encoding="utf-16" if content else "utf-8")
    with pytest.raises(SonnimError, match=said):
        sonnim.analyze("language", file)
    assert not list(temporary.iterdir())


def test_a_bad_file_among_others_is_said_and_leaves_nothing(
    tmp_path: Path, temporary: Path
) -> None:
    (tmp_path / "a.csv").write_bytes("id,text\na,배송이 정말 빨라요\n".encode("cp949"))
    (tmp_path / "b.csv").write_bytes(b"")
    with pytest.raises(SonnimError, match=r"'b\.csv' is empty"):
        sonnim.analyze("language", tmp_path)
    assert not list(temporary.iterdir())

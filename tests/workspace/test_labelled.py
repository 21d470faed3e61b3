"""Labelled files: which column is which, what labels mean, and that no row is lost silently."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.errors import StopError
from sonnim.workspace.labelled import (
    NO_LABEL,
    NO_TEXT,
    OFF_SCALE,
    UNKNOWN,
    Columns,
    Labelled,
    labelled_files,
    labelled_messages,
)
from sonnim.workspace.workspace import Workspace, new

TEXTS = (
    "배송이 정말 빨라서 좋았어요",
    "The app keeps crashing",
    "그저 그래요",
    "환불이 너무 늦어요",
)


def write(file: Path, header: str, rows: Sequence[Sequence[object]]) -> str:
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([header.split(","), *rows])
    return str(file)


def read(*files: str, scale: str = "", **columns: str) -> Labelled:
    with DuckEngine() as engine:
        return labelled_files(files, Columns(**columns), scale, engine=engine)


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        (("positive", "NEG", "neutral", "negative"), [2, 0, 1, 0]),
        (("긍정", "부정", "중립", "부정적"), [2, 0, 1, 0]),
        ((1, -1, 0, -1), [2, 0, 1, 0]),
        ((2, 0, 1, 0), [2, 0, 1, 0]),
        ((1, 0, 1, 0), [2, 0, 2, 0]),
    ],
)
def test_ways_to_write_a_label(tmp_path: Path, labels: Sequence[object], wanted: list[int]) -> None:
    """Written out by hand: -1/0/1 and 0/1/2 know a neutral label, 0/1 does not."""
    file = write(tmp_path / "a.csv", "text,label", list(zip(TEXTS, labels, strict=True)))
    found = read(file)
    assert found.labels.tolist() == wanted
    assert found.texts == TEXTS and not found.left_out


def test_columns_are_guessed_by_name_and_by_values(tmp_path: Path) -> None:
    rows = [(n, text, label, "app") for n, (text, label) in
            enumerate(zip(TEXTS, ("pos", "neg", "neu", "neg"), strict=True))]  # fmt: skip
    for header, text, label, domain in (
        ("id,comment,sentiment,channel", "comment", "sentiment", "channel"),
        ("번호,내용,감성,분야", "내용", "감성", "분야"),
        ("id,document,annotator,x", "document", "annotator", ""),
    ):
        ((_, columns),) = read(write(tmp_path / "a.csv", header, rows)).files
        assert columns == Columns(text=text, label=label, domain=domain)


def test_what_is_said_goes_before_what_is_guessed(tmp_path: Path) -> None:
    rows = [(text, "pos", "neg", "x") for text in TEXTS]
    file = write(tmp_path / "a.csv", "text,label,second,where", rows)
    found = read(file, label="second", domain="where")
    assert found.labels.tolist() == [0] * 4
    assert set(found.domains) == {"x"}


def test_ratings(tmp_path: Path) -> None:
    """The lowest quarter of the scale is negative, the highest positive, as in `domains`."""
    rows = [("text " * 3, stars) for stars in (1, 2, 3, 4, 5)]
    found = read(write(tmp_path / "a.csv", "text,stars", rows))
    assert found.labels.tolist() == [0, 0, 1, 2, 2]
    assert found.scale == (1, 5)
    rows = [("text " * 3, score) for score in range(11)]
    found = read(write(tmp_path / "b.csv", "text,score", rows), scale="0-10", rating="score")
    # 2.5 and 7.5 are the limits.
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2]
    rows = [("text " * 3, f"{n}/10") for n in (1, 5, 10)]
    assert read(write(tmp_path / "c.csv", "text,rating", rows)).scale == (1, 10)


def test_bad_rows_are_counted_with_their_reasons(tmp_path: Path) -> None:
    rows = [(TEXTS[0], "pos"), ("", "pos"), (TEXTS[1], ""), (TEXTS[2], "?"), (" ", "neg"),
            (TEXTS[3], "neg")]  # fmt: skip
    found = read(write(tmp_path / "a.csv", "text,label", rows))
    assert [(one.reason, one.n, one.rows) for one in found.left_out] == [
        (NO_TEXT, 2, ("2", "5")), (NO_LABEL, 1, ("3",)), (UNKNOWN, 1, ("4",)),
    ]  # fmt: skip
    assert len(found.texts) + sum(one.n for one in found.left_out) == len(rows)
    rows = [(TEXTS[0], 5), (TEXTS[1], 0), (TEXTS[2], "")]
    found = read(write(tmp_path / "b.csv", "text,stars", rows))
    assert [(one.reason, one.n) for one in found.left_out] == [(NO_LABEL, 1), (OFF_SCALE, 1)]


def test_several_files_are_domains(tmp_path: Path) -> None:
    first = write(tmp_path / "a.csv", "text,label", [(TEXTS[0], "pos"), ("", "neg")])
    second = write(tmp_path / "b.csv", "내용,감성", [(TEXTS[1], "부정")])
    found = read(first, second)
    assert found.domains == ("a.csv", "b.csv")
    assert found.left_out[0].rows == ("a.csv:2",)


@pytest.mark.parametrize(
    ("header", "rows", "said", "key"),
    [
        ("text,x", [("good", 7)], {}, "evaluate_no_label"),
        ("label,x", [("pos", 7), ("neg", 8)], {}, "evaluate_no_text"),
        ("text,label", [("good", "pos")], {"text": "words"}, "map_unknown_raw"),
        ("text,label", [("good", "pos")], {"label": "label", "rating": "label"},
         "evaluate_label_or_rating"),
        ("text,stars", [("good", 8)], {}, "evaluate_scale_needed"),
        ("text,stars", [("good", 8)], {"scale": "ten"}, "evaluate_scale"),
        ("text,label", [("good", "yes")], {"label": "label"}, "evaluate_nothing"),
        ("text,label", [("good", 0), ("bad", 4)], {"label": "label"}, "evaluate_nothing"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(
    tmp_path: Path,
    header: str,
    rows: Sequence[Sequence[object]],
    said: dict[str, str],
    key: str,
) -> None:
    with pytest.raises(StopError) as error:
        read(write(tmp_path / "a.csv", header, rows), **said)
    assert error.value.key == key
    # No error holds what somebody wrote.
    assert "good" not in str(error.value)


def test_other_formats(tmp_path: Path) -> None:
    """The same rows as JSON lines, Parquet and Excel, written by other libraries."""
    frame = pd.DataFrame({"text": TEXTS, "label": [1, -1, 0, -1]})
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True, force_ascii=False)
    frame.to_parquet(tmp_path / "a.parquet")
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([("text", "label"), *frame.itertuples(index=False)]):
            sheet.write_row(place, 0, row)
    for name in ("a.jsonl", "a.parquet", "a.xlsx"):
        assert read(str(tmp_path / name)).labels.tolist() == [2, 0, 1, 0]


@pytest.mark.slow
def test_messages_with_ratings_of_a_workspace(tmp_path: Path) -> None:
    workspace = new(tmp_path / "w")
    with pytest.raises(StopError) as error:
        labelled_messages(Workspace(tmp_path / "w"))
    assert error.value.key == "evaluate_no_ratings"
    rows = [(text, stars, "2026-01-05T09:00:00Z") for text, stars in
            zip((*TEXTS, "no rating"), (5, 1, 3, 2, ""), strict=True)]  # fmt: skip
    file = write(tmp_path / "reviews.csv", "text,rating,time", rows)
    workspace.add(file, source="shop")
    found = labelled_messages(workspace)
    assert dict(zip(found.texts, found.labels.tolist(), strict=True)) == dict(
        zip(TEXTS, [2, 0, 1, 0], strict=True)
    )
    assert set(found.domains) == {"shop"}

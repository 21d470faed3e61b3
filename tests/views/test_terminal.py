"""Tables in a window: what is kept where not all columns fit."""

import io

import pytest
from rich.console import Console

from sonnim.views.base import TableSpec
from sonnim.views.terminal import fitting, rich_table

FIRST = ("time", "kind", "channel", "text", "rating", "label")
SPEC = TableSpec(
    title="Messages",
    columns=("message_id", "time", "person_id", "kind", "text", "rating", "unit", "source"),
    rows=(
        ("reviews:RV00001735", "2026-06-14 10:20", "9f2c61d04be81c3a", "review",
         "결제하려고만 하면 튕겨요. 벌써 세 번째입니다", "1", "서울 강남점", "reviews"),
        ("posts:PT000001266", "2026-06-12 08:01", "0ab96a4e7f27ac11", "post",
         "every crash empties my cart", "", "", "posts"),
    ),
    alignments=("left",) * 8,
)  # fmt: skip


def drawn(spec: TableSpec, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as captured:
        console.print(rich_table(spec))
    return captured.get().splitlines()


def test_what_fits_is_left_as_it_is() -> None:
    assert fitting(SPEC, 400, FIRST) == (SPEC, 0)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_cell_but_a_long_one_is_broken(width: int) -> None:
    cut, hidden = fitting(SPEC, width, FIRST)
    assert hidden == len(SPEC.columns) - len(cut.columns) > 0
    assert cut.columns[0] == "time"
    text = "\n".join(drawn(cut, width))
    for column, cell in zip(cut.columns, cut.rows[0], strict=True):
        assert column in text
        assert column == "text" or cell in text


def test_the_first_columns_are_kept_in_their_order() -> None:
    cut, hidden = fitting(SPEC, 80, FIRST)
    assert cut.columns == ("time", "kind", "text", "rating")
    assert hidden == 4
    assert cut.rows[0] == ("2026-06-14 10:20", "review", SPEC.rows[0][4], "1")


def test_one_column_is_always_shown() -> None:
    assert fitting(SPEC, 5, FIRST)[0].columns == ("time",)

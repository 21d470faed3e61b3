"""The exam itself must notice: an engine with a fault fails it, and the report says where."""

import pytest

from sonnim.checks.engine_exam import check
from sonnim.checks.engine_macros import grid, reference, untested
from sonnim.checks.failed import CheckFailed, expect, expect_error, expect_near, near, same
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.errors import StopError


class Forgetful(DuckEngine):
    """Counts one row too few."""

    def count(self, table):  # type: ignore[no-untyped-def]
        return super().count(table) - 1


def test_a_fault_is_found_and_named() -> None:
    with Forgetful() as engine, pytest.raises(CheckFailed, match="count") as caught:
        check("round-trip").run(engine)
    assert caught.value.values["check"] == "round trip"


def test_an_unknown_check_lists_those_there_are() -> None:
    with pytest.raises(CheckFailed, match="round-trip"):
        check("none")


def test_every_macro_is_checked() -> None:
    assert untested() == ()
    assert all(len(reference(row)) == 7 for row in grid())


@pytest.mark.parametrize(
    ("got", "wanted", "equal"),
    [(1, 1, True), (1, 1.0, False), (1, True, False), (float("nan"), float("nan"), True),
     ([1, None], [1, None], True), ((1,), (2,), False), (None, None, True), ("", None, False)],
)  # fmt: skip
def test_same(got: object, wanted: object, equal: bool) -> None:
    assert same(got, wanted) is equal


def test_near() -> None:
    assert near(1.0, 1.0 + 1e-10, 1e-9)
    assert not near(1.0, 1.0 + 1e-8, 1e-9)
    assert near(None, None, 0) and not near(None, 0.0, 1)
    assert near(float("inf"), float("inf"), 0)
    with pytest.raises(CheckFailed):
        expect_near("c", "w", 1.0, 2.0, 0.1)


def test_expect_error_wants_the_right_error() -> None:
    def refuse() -> None:
        raise StopError("unknown_table", table="x", allowed="")

    assert expect_error("c", "w", StopError, "unknown_table", refuse).key == "unknown_table"
    for key, work in (("other", refuse), ("unknown_table", lambda: None)):
        with pytest.raises(CheckFailed):
            expect_error("c", "w", StopError, key, work)


def test_long_values_are_cut_in_reports() -> None:
    with pytest.raises(CheckFailed) as caught:
        expect("c", "w", "가" * 100_000, "나")
    assert len(str(caught.value)) < 1000

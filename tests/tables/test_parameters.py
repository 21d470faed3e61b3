import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonnim.tables.errors import StopError
from sonnim.tables.parameters import Limit, checked, limits, made, parameter
from sonnim.tables.words import set_language


@dataclass(frozen=True, kw_only=True)
class Parameters:
    level: float = parameter(0.95, Limit(meaning="Level", low=0.5, high=0.999))
    least: int = parameter(5, Limit(meaning="Least", low=1))
    most: int = parameter(7, Limit(meaning="Most", high=9))
    period: str = parameter("month", Limit(meaning="Period", choices=("day", "month")))
    quick: bool = parameter(False, Limit(meaning="Quick"))
    name: str = parameter("", Limit(meaning="Name"))


def test_limits_are_those_declared() -> None:
    assert list(limits(Parameters)) == ["level", "least", "most", "period", "quick", "name"]
    assert limits(Parameters)["least"].meaning == "Least"
    assert checked("x", Parameters()) == Parameters()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("level", "0.9", 0.9), ("least", "12", 12), ("quick", "TRUE", True), ("quick", "0", False),
     ("period", "day", "day"), ("name", "12", "12"), ("level", 1e-0 - 0.1, 0.9)],
)  # fmt: skip
def test_texts_are_read_as_the_declared_type(name: str, text: object, value: object) -> None:
    found = getattr(made("x", Parameters, {name: text}), name)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("level", 1.0, "a number from 0.5 to 0.999"),
        ("level", float("nan"), "a number from 0.5 to 0.999"),
        ("level", "high", "a number from 0.5 to 0.999"),
        ("level", True, "a number from 0.5 to 0.999"),
        ("level", None, "a number from 0.5 to 0.999"),
        ("least", 0, "a number of at least 1"),
        ("least", "2.5", "a number of at least 1"),
        ("most", 10, "a number of at most 9"),
        ("most", -float("inf") * 0, "a number of at most 9"),
        ("period", "week", "one of day, month"),
        ("quick", "2", "any value"),
        ("quick", "yes", "any value"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(name: str, value: object, allowed: str) -> None:
    with pytest.raises(StopError) as caught:
        made("mood", Parameters, {name: value})
    told = str(caught.value)
    for part in ("mood", f"'{name}'", allowed, repr(value)):
        assert part in told, told


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(StopError, match=r"no parameter 'levle'.*level, least, most"):
        made("mood", Parameters, {"levle": 1})
    with pytest.raises(StopError, match="It has: -"):
        made("mood", dataclass(frozen=True)(type("None_", (), {})), {"x": 1})


def test_limits_are_told_in_korean_too() -> None:
    set_language("ko")
    try:
        told = {name: limit.allowed() for name, limit in limits(Parameters).items()}
    finally:
        set_language(None)
    assert told == {
        "level": "0.5부터 0.999까지의 수", "least": "1 이상의 수", "most": "9 이하의 수",
        "period": "day, month 중 하나", "quick": "아무 값", "name": "아무 값",
    }  # fmt: skip


@given(st.floats(allow_nan=True), st.floats(-5, 5), st.floats(-5, 5))
def test_a_number_is_accepted_exactly_within_its_limit(value: float, a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert Limit(meaning="", low=low, high=high).accepts(value) is (low <= value <= high)
    assert Limit(meaning="", low=low).accepts(value) is (value >= low)
    assert Limit(meaning="", high=high).accepts(value) is (value <= high)


@given(st.one_of(st.none(), st.text(), st.lists(st.integers()), st.booleans()))
def test_what_is_no_number_is_never_one(value: Any) -> None:
    assert not Limit(meaning="", low=-1e300).accepts(value)


def test_parameters_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Parameters().level = 0.5  # type: ignore[misc]

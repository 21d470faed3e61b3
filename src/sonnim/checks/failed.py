"""`CheckFailed`: what every exam raises, with the check, the expectation and what came instead."""

import math
from collections.abc import Callable, Iterable
from typing import TypeVar

from sonnim.tables.errors import SonnimError, StopError

E = TypeVar("E", bound=SonnimError)

# An unequal pair of 100,000-character texts must not fill the screen.
_SHOWN = 300


class CheckFailed(StopError):
    """A part does not keep its contract; the text says where, what was expected, what came."""


def shown(value: object) -> str:
    """The value as short text.

    Example:
        >>> shown("가" * 400)[-10:]
        '가가가가가가가가가…'
    """
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def fail(check: str, what: str, *, wanted: object, got: object) -> CheckFailed:
    """The error of a failed check."""
    return CheckFailed("check_failed", check=check, what=what, wanted=shown(wanted), got=shown(got))


def expect(check: str, what: str, got: object, wanted: object) -> None:
    """Checks that two values are equal; NaN equals NaN, and 1, 1.0 and True differ.

    Raises:
        CheckFailed: They are not.

    Example:
        >>> expect("sum", "one and one", 1 + 1, 2)
    """
    if not same(got, wanted):
        raise fail(check, what, wanted=wanted, got=got)


def expect_near(
    check: str, what: str, got: float | None, wanted: float | None, tolerance: float
) -> None:
    """Checks that two numbers differ by at most a share of `tolerance`.

    Raises:
        CheckFailed: They differ more.
    """
    if not near(got, wanted, tolerance):
        raise fail(check, what, wanted=f"{wanted} ± {tolerance:g}", got=got)


def expect_error(check: str, what: str, kind: type[E], key: str, work: Callable[[], object]) -> E:
    """Checks that the work raises an error of that kind and key, and gives the error.

    Raises:
        CheckFailed: It raises nothing, or something else.
    """
    wanted = f"{kind.__name__} with key {key!r}"
    try:
        got = work()
    except kind as error:
        if error.key != key:
            raise fail(check, what, wanted=wanted, got=error.key) from error
        return error
    except Exception as error:
        raise fail(check, what, wanted=wanted, got=error) from error
    raise fail(check, what, wanted=wanted, got=got)


def same(got: object, wanted: object) -> bool:
    """Whether two values are equal in type and value; NaN equals NaN."""
    if isinstance(got, (list, tuple)) and isinstance(wanted, (list, tuple)):
        return len(got) == len(wanted) and all(same(a, b) for a, b in zip(got, wanted, strict=True))
    if isinstance(got, float) and isinstance(wanted, float) and math.isnan(wanted):
        return math.isnan(got)
    return type(got) is type(wanted) and got == wanted


def near(got: float | None, wanted: float | None, tolerance: float) -> bool:
    """Whether two numbers differ by at most a share of `tolerance`; null equals null, NaN NaN."""
    if got is None or wanted is None:
        return got is wanted
    if math.isnan(got) or math.isnan(wanted):
        return math.isnan(got) and math.isnan(wanted)
    if got == wanted:
        return True
    # The absolute part is for values that should be 0 and miss it by rounding.
    return abs(got - wanted) <= max(tolerance * max(abs(got), abs(wanted)), 1e-12)


def raise_all(part: str, total: int, failures: Iterable[tuple[str, str]]) -> None:
    """Raises one error that lists all failures, name and text each; none: nothing."""
    lines = [f"- {name}: {text}" for name, text in failures]
    if lines:
        raise CheckFailed(
            "checks_failed", part=part, failed=len(lines), total=total, list="\n".join(lines)
        )

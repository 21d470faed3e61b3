"""Limits of parameters, declared as data; the errors are built from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from sonnim.tables.errors import StopError
from sonnim.tables.words import say

P = TypeVar("P")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What values a parameter may take.

    Attributes:
        meaning: One sentence for `--help` and the documentation page.
        low: Least value allowed, or None.
        high: Greatest value allowed, or None.
        choices: The values allowed, or () for any.
    """

    meaning: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    def allowed(self) -> str:
        """The limit in words.

        Example:
            >>> Limit(meaning="", low=0, high=1).allowed()
            'a number from 0 to 1'
        """
        if self.choices:
            return say("limit_choices", choices=", ".join(self.choices))
        low, high = ("" if end is None else f"{end:g}" for end in (self.low, self.high))
        if low and high:
            return say("limit_between", low=low, high=high)
        if low or high:
            return say("limit_least" if low else "limit_most", number=low or high)
        return say("limit_any")

    def accepts(self, value: object) -> bool:
        """Whether the value is within the limit."""
        if self.choices:
            return value in self.choices
        if self.low is None and self.high is None:
            return True
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        # Comparisons written so that NaN is refused.
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def parameter(default: Any, limit: Limit, *, place: bool = False) -> Any:
    """A dataclass field with a default and its limit (for an analyzer's `Parameters`).

    Args:
        default: Its value where nothing is said.
        limit: What values it may take.
        place: Whether it only says where something is. Two answers are then alike though it
            differs: what is there must be told apart by another parameter.
    """
    return field(default=default, metadata={"limit": limit}, compare=not place)


def limits(parameters: type) -> dict[str, Limit]:
    """The limits of a parameter class by parameter name."""
    return {f.name: f.metadata["limit"] for f in fields(parameters)}


def checked(owner: str, parameters: P) -> P:
    """The parameters, if each is within its limit.

    Raises:
        StopError: Names parameter, owner, allowed and received.
    """
    for name, limit in limits(type(parameters)).items():
        value = getattr(parameters, name)
        if not limit.accepts(value):
            raise StopError(
                "parameter_invalid",
                owner=owner,
                parameter=name,
                allowed=limit.allowed(),
                received=repr(value),
            )
    return parameters


def made(owner: str, kind: type[P], values: Mapping[str, object]) -> P:
    """Parameters from names and values, with texts read as the declared type.

    Raises:
        StopError: A name is unknown, or a value cannot be read or is out of its limit.
    """
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    read: dict[str, object] = {}
    for name, value in values.items():
        if name not in known:
            raise StopError(
                "parameter_unknown", owner=owner, parameter=name, allowed=", ".join(known) or "-"
            )
        default = known[name].default
        if isinstance(value, str) and isinstance(default, (bool, int, float)):
            value = _number(owner, name, value, default, known[name].metadata["limit"])
        read[name] = value
    return checked(owner, kind(**read))


def _number(owner: str, name: str, text: str, default: object, limit: Limit) -> object:
    try:
        if isinstance(default, bool):
            return _BOOLEANS[text.lower()]
        return int(text) if isinstance(default, int) else float(text)
    except (KeyError, ValueError):
        raise StopError(
            "parameter_invalid",
            owner=owner,
            parameter=name,
            allowed=limit.allowed(),
            received=repr(text),
        ) from None

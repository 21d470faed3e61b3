"""Shares of counted messages, with Wilson's interval."""

import math
from collections import Counter
from dataclasses import dataclass

_Z = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many, with the interval of that share.

    Attributes:
        count: How many.
        n: Of how many.
        value: The share.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    count: int
    n: int
    value: float
    low: float
    high: float


def share(count: int, n: int) -> Share:
    """The share with its 95% interval (Wilson 1927, JASA 22(158), 209-212).

    Example:
        >>> found = share(8, 20)
        >>> round(found.low, 3), found.value, round(found.high, 3)
        (0.219, 0.4, 0.613)
    """
    if n <= 0:
        return Share(count=0, n=0, value=0.0, low=0.0, high=1.0)
    square = _Z * _Z
    root = _Z * math.sqrt(count * (n - count) / n + square / 4)
    middle = count + square / 2
    return Share(
        count=count,
        n=n,
        value=count / n,
        low=max((middle - root) / (n + square), 0.0),
        high=min((middle + root) / (n + square), 1.0),
    )


def largest_first(counts: Counter[str]) -> list[tuple[str, int]]:
    """The names by count, equal ones by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

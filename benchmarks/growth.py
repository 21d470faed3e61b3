"""Sizes that grow by the same factor, and the figures that say how time grows with them."""

from collections.abc import Sequence

from benchmarks.sheet import Figure, exponent

_MOST = 1.1


def sizes(least: int, most: int, steps: int) -> list[int]:
    """Numbers of rows from the least to the most.

    Example:
        >>> sizes(100, 10_000, 3)
        [100, 1000, 10000]
    """
    factor = (most / least) ** (1 / (steps - 1))
    return [round(least * factor**step) for step in range(steps)]


def grown(name: str, rows: Sequence[int], seconds: Sequence[float]) -> list[Figure]:
    """The time of each size, and the exponents, which are to be that of a straight line."""
    times = ", ".join(f"{n:,}: {s:.2f} s" for n, s in zip(rows, seconds, strict=True))
    large = slice(-3, None)
    return [
        Figure(
            f"{name}: growth from {rows[0]:,} to {rows[-1]:,}",
            exponent(rows, seconds),
            "exponent",
            f"1 is linear; below 1 as starting weighs more in small sizes. {times}",
            most=_MOST,
        ),
        Figure(
            f"{name}: growth from {rows[large][0]:,} to {rows[-1]:,}",
            exponent(rows[large], seconds[large]),
            "exponent",
            "the same of the three largest sizes",
            most=_MOST,
        ),
    ]

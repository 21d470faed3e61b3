"""Chance that depends on nothing but the seed, what it is for, who and which day.

With such numbers a world without the outage differs from the world with it by the outage alone, and
two processes need not tell each other what they drew.
"""

from random import Random

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Truth = NDArray[np.bool_]

_ALL = (1 << 64) - 1
_GOLDEN, _STREAM, _DAY = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_M1, _M2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def uniform(seed: int, stream: int, who: Whole, day: int = 0) -> Real:
    """Numbers from 0 to 1, one for each of those asked for (splitmix64's finalizer).

    Example:
        >>> uniform(7, 1, np.arange(3)).round(3).tolist()
        [0.288, 0.73, 0.4]
    """
    start = (_mixed(seed * _GOLDEN + stream * _STREAM) + day * _DAY) & _ALL
    x = who.astype(np.uint64) * np.uint64(_GOLDEN) + np.uint64(start)
    x ^= x >> np.uint64(30)
    x *= np.uint64(_M1)
    x ^= x >> np.uint64(27)
    x *= np.uint64(_M2)
    x ^= x >> np.uint64(31)
    return (x >> np.uint64(11)).astype(np.float64) * 2.0**-53


def uniform_one(seed: int, stream: int, who: int, day: int = 0) -> float:
    """The same number for one.

    Example:
        >>> uniform_one(7, 1, 2) == float(uniform(7, 1, np.arange(3))[2])
        True
    """
    start = (_mixed(seed * _GOLDEN + stream * _STREAM) + day * _DAY) & _ALL
    return (_mixed((who * _GOLDEN + start) & _ALL) >> 11) * 2.0**-53


def stream_of(seed: int, name: str, day: int) -> Random:
    """A source of chance of its own for one file and day, so that neither moves another."""
    return Random(f"{seed} {name} {day}")


def _mixed(x: int) -> int:
    x &= _ALL
    x = ((x ^ (x >> 30)) * _M1) & _ALL
    x = ((x ^ (x >> 27)) * _M2) & _ALL
    return x ^ (x >> 31)

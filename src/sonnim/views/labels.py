"""Labels in a picture: which may be written so that none covers another, however wide it is drawn.

A picture is drawn as wide as its place, while letters keep their size. So no label is simply there
or not: each has the scale from which it is clear of all that are more important.
"""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 17.0
"""Pixels that a label is high, with some air."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """A text at a place.

    Attributes:
        x: Its middle, in the picture's unit.
        y: The place that it belongs to, in the picture's unit.
        rise: Pixels from there up to its middle.
        text: What is written.
    """

    x: float
    y: float
    rise: float = 0.0
    text: str

    @property
    def width(self) -> float:
        """Pixels from its left to its right end."""
        return text_width(self.text)


def text_width(text: str) -> float:
    """Pixels that a label takes at most: Hangul is wider than Latin letters.

    Example:
        >>> text_width("ab"), text_width("손님")
        (24.0, 34.0)
    """
    return sum(13.0 if ord(letter) > 0x1100 else 8.0 for letter in text) + 8.0


def shortened(text: str, width: float) -> str:
    """The text, cut where it would be wider than so many pixels.

    Example:
        >>> shortened("아메리카노 · 샷 추가", 100.0)
        '아메리카노…'
    """
    if text_width(text) <= width:
        return text
    kept = len(text)
    while kept and text_width(text[:kept] + "…") > width:
        kept -= 1
    return text[:kept].rstrip(" ·") + "…"


def least_scales(labels: Sequence[Label], most: float) -> list[float | None]:
    """Pixels to a unit from which each label covers none that stands before it.

    Two boxes part sideways or up and down as the scale grows, and never meet again. Greedy: each is
    held against all those before it that are written at some scale.

    Args:
        labels: The most important first.
        most: The largest scale that there is, in pixels to a unit.

    Returns:
        A scale for each; None for a label that finds room at no scale up to `most`.

    Example:
        >>> at = [Label(x=0, y=0, text="ab"), Label(x=8, y=0, text="ab"), Label(x=1, y=0, text="")]
        >>> least_scales(at, 10.0)
        [0.0, 3.0, None]
    """
    found: list[float | None] = []
    kept: list[Label] = []
    for one in labels:
        least = max((_parted(one, other) for other in kept), default=0.0)
        found.append(least if least <= most else None)
        if least <= most:
            kept.append(one)
    return found


def _parted(one: Label, other: Label) -> float:
    """The scale from which two boxes do not meet."""
    across, up = abs(one.x - other.x), abs(one.y - other.y)
    # Boxes that are raised differently may first come nearer as the scale grows: from here on
    # they are apart whichever of them is raised.
    high = HEIGHT + abs(one.rise - other.rise)
    wide = (one.width + other.width) / 2
    return min(wide / max(across, 1e-9), high / max(up, 1e-9))

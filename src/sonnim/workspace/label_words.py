"""How people write labels of moods: in words of both languages, or as numbers."""

from collections.abc import Iterable, Sequence

# 0 negative, 1 neutral, 2 positive.
_WORDS = (
    ("negative", "neg", "bad", "부정", "부정적", "나쁨", "불만"),
    ("neutral", "neu", "neither", "중립", "중립적", "보통"),
    ("positive", "pos", "good", "긍정", "긍정적", "좋음", "만족"),
)
_BY_WORD = {word: mood for mood, words in enumerate(_WORDS) for word in words}
# Which numbers a column holds says how they are meant; the first that holds all of them counts.
_BY_NUMBER: tuple[dict[float, int], ...] = (
    {0: 0, 1: 2},
    {-1: 0, 0: 1, 1: 2},
    {0: 0, 1: 1, 2: 2},
)
ALLOWED = "negative, neutral, positive; 부정, 중립, 긍정; -1, 0, 1; 0, 1, 2; 0, 1"
"""What a label may be, for messages."""


def reading_of(values: Iterable[str]) -> dict[str, int]:
    """What the labels of a column mean: each that can be read, as 0 negative to 2 positive.

    Numbers are read as a column: 0 is neutral beside -1, and negative without it. If there are
    others too (ratings from 0 to 5), none is a label.

    Args:
        values: The labels of all rows.

    Example:
        >>> reading_of(["긍정", "Negative ", "?"])
        {'Negative ': 0, '긍정': 2}
        >>> reading_of(["0", "1"]), reading_of(["-1", "0.0", "1"])
        ({'0': 0, '1': 2}, {'-1': 0, '0.0': 1, '1': 2})
        >>> reading_of(["0", "1", "5"])
        {}
    """
    every = sorted(set(values))
    found = {one: _BY_WORD[word] for one in every if (word := one.strip().lower()) in _BY_WORD}
    numbers = {one: number for one in every if (number := _number(one)) is not None}
    known = next((way for way in _BY_NUMBER if set(numbers.values()) <= set(way)), {})
    return found | {one: known[number] for one, number in numbers.items() if known}


def are_labels(samples: Sequence[str | None]) -> bool:
    """Whether some values of a column are labels: two kinds at least, and nothing else.

    Example:
        >>> are_labels(["pos", "neg", None]), are_labels(["1", "3", "5"]), are_labels(["good"])
        (True, False, False)
    """
    values = [one for one in samples if one]
    reading = reading_of(values)
    return len(set(reading.values())) > 1 and all(one in reading for one in values)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None

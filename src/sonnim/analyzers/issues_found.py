"""Issues out of counts: which words rose, where, from when to when, and which belong together.

For each word, everywhere and in each unit, windows from a day to half of the time are tried. The
strength of a window is the log likelihood ratio of "spoken of more within it" against "always
alike" (scan statistic; Kulldorff 1997), given how many people spoke at all. By Chernoff's bound, a
window as strong as that comes up by chance with probability exp(-strength) at most; times the
number of windows, words and units tried (Bonferroni) this bounds the chance of any false one. Every
length of window gets an equal part of that chance, however many there are of it, and so do
"everywhere" and all units together (weighted Bonferroni): long windows are few, and need not pay
for the many short ones.
"""

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EVERYWHERE = ""
"""The unit of what is not of one unit; also of messages that name none."""
# Two windows are of the same time if they share so much of the shorter, two words of the same issue
# if so much of what holds the rarer holds both.
_SAME_TIME, _TOGETHER = 0.5, 0.25
# A rise elsewhere that chance explains this often does not make an issue of one unit one of all.
_ELSEWHERE = 0.01


@dataclass(frozen=True, kw_only=True)
class Window:
    """A span of time in which a word was said more than otherwise.

    Attributes:
        first: First day, from 0.
        end: The day behind the last.
        n: People who said it.
        expected: So many were to be expected.
        strength: Log likelihood ratio.
        trials: Logarithm of how often windows of its length are counted as tried.
    """

    first: int
    end: int
    n: float
    expected: float
    strength: float
    trials: float = 0.0

    @property
    def p_value(self) -> float:
        """Bound of the probability of any window as strong as that by chance."""
        return min(1.0, math.exp(self.trials - self.strength))

    def alike(self, other: "Window") -> bool:
        """Whether both are of the same time."""
        shared = min(self.end, other.end) - max(self.first, other.first)
        return shared >= _SAME_TIME * min(self.end - self.first, other.end - other.first)


@dataclass(frozen=True, kw_only=True)
class Risen:
    """A word that rose.

    Attributes:
        word: Which.
        unit: Where it was counted, `EVERYWHERE` for all.
        window: When.
    """

    word: str
    unit: str
    window: Window


@dataclass(kw_only=True)
class Issue:
    """Words that rose at the same time in the same place, in the same messages.

    Attributes:
        unit: Where, or `EVERYWHERE`.
        window: When, by the strongest word.
        words: The words, strongest first, and for each what share of its messages within the window
            was to be expected anyway.
        said: The messages that hold any of them, as `Spoken` gives them.
    """

    unit: str
    window: Window
    words: dict[str, float] = field(default_factory=dict)
    said: set[int] = field(default_factory=set)


class Spoken:
    """Who spoke, and who said which word: messages with their unit and day.

    Args:
        units: Unit of each message, `EVERYWHERE` where it names none.
        days: Day of each message, from 0.
        words: For each word the numbers of the messages that hold it.
        speaking: For each unit how many people spoke on each day.
    """

    def __init__(
        self,
        units: Sequence[str],
        days: Sequence[int],
        words: Mapping[str, Iterable[int]],
        speaking: Mapping[str, Floats],
    ) -> None:
        self.units = np.array(units, dtype=object)
        self.days = np.array(days, dtype=np.int64)
        self.words = {word: np.array(sorted(set(held))) for word, held in words.items()}
        self.speaking = dict(speaking)
        self.named = sorted(unit for unit in self.speaking if unit != EVERYWHERE)

    def holding(self, word: str, unit: str, window: Window) -> set[int]:
        """Messages within the window that hold the word: of the unit, or that name none."""
        held = self.words[word]
        days, units = self.days[held], self.units[held]
        there = (days >= window.first) & (days < window.end)
        if unit != EVERYWHERE:
            there &= (units == unit) | (units == EVERYWHERE)
        return set(held[there].tolist())

    def home(self, risen: Risen) -> str:
        """The unit whose own a rise is: the others together say the word no more than otherwise."""
        held, window = self.words[risen.word], risen.window
        within = (self.days[held] >= window.first) & (self.days[held] < window.end)
        units = self.units[held]
        speaking = {
            unit: float(self.speaking[unit][window.first : window.end].sum()) for unit in self.named
        }
        always = sum(float(self.speaking[unit].sum()) for unit in self.named)
        outside = max(always - sum(speaking.values()), 1.0)
        rate = (np.count_nonzero((units != EVERYWHERE) & ~within) + 0.5) / outside
        counts = {unit: int(np.count_nonzero((units == unit) & within)) for unit in self.named}
        home = risen.unit
        if home == EVERYWHERE:
            home = max(self.named, key=lambda one: counts[one] - rate * speaking[one], default="")
        others = [unit for unit in self.named if unit != home]
        if home == EVERYWHERE or not others:
            return EVERYWHERE
        elsewhere = sum(counts[unit] for unit in others)
        expected = rate * sum(speaking[unit] for unit in others)
        return home if at_least(elsewhere, expected) >= _ELSEWHERE else EVERYWHERE


def at_least(n: int, expected: float) -> float:
    """Probability that a Poisson number is `n` or more.

    >>> round(at_least(3, 1.0), 4)
    0.0803
    """
    below = math.exp(-expected)
    total = 0.0
    for k in range(n):
        total += below
        below *= expected / (k + 1)
    return max(0.0, 1.0 - total)


@cache
def windows(days: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """The windows that are tried: first days, days behind the last, and logarithms of trials.

    Lengths grow by half or less; windows of one length begin a seventh of it after each other.

    >>> first, end, trials = windows(4)
    >>> first.tolist(), end.tolist(), np.exp(trials).round().tolist()
    ([0, 1, 2, 3, 0, 1, 2], [1, 2, 3, 4, 2, 3, 4], [8.0, 8.0, 8.0, 8.0, 6.0, 6.0, 6.0])
    """
    lengths = [1]
    while (longer := max(lengths[-1] + 1, lengths[-1] * 7 // 5)) <= max(days // 2, 1):
        lengths.append(longer)
    firsts, ends, trials = [], [], []
    for length in lengths:
        first = np.arange(0, days - length + 1, max(1, length // 7))
        if first[-1] != days - length:
            first = np.append(first, days - length)
        firsts.append(first)
        ends.append(first + length)
        trials.append(np.full(len(first), math.log(len(first) * len(lengths))))
    return np.concatenate(firsts), np.concatenate(ends), np.concatenate(trials)


def strength_of(n: Floats, expected: Floats, total: float) -> Floats:
    """Log likelihood ratio of windows with `n` of `total` where `expected` were to be expected."""
    left = total - n
    outside = np.where(left > 0, left * np.log(np.maximum(left, 1e-9) / (total - expected)), 0.0)
    return np.asarray(n * np.log(n / expected) + outside)


def strongest(counts: Floats, speaking: Floats, *, least: float, rise: float) -> Window | None:
    """The window in which something was said most above what was to be expected.

    Args:
        counts: How many people said it on each day.
        speaking: How many people spoke at all.
        least: Fewest people within the window.
        rise: How many times the expected they must be at least.

    Returns:
        The least likely window, or None where nothing rose so much.

    >>> found = strongest(np.array([1.0, 1, 9, 8, 1, 1]), np.full(6, 50.0), least=5, rise=1.5)
    >>> found.first, found.end, found.n, found.expected, round(found.strength, 2)
    (2, 4, 17.0, 7.0, 10.07)
    """
    total, everyone = float(counts.sum()), float(speaking.sum())
    if total < least or everyone <= 0:
        return None
    first, end, trials = windows(len(counts))
    of_counts, of_speaking = (np.concatenate([[0.0], np.cumsum(one)]) for one in (counts, speaking))
    n = of_counts[end] - of_counts[first]
    expected = total * (of_speaking[end] - of_speaking[first]) / everyone
    risen = (n >= least) & (expected > 0) & (n >= rise * expected)
    # A window that holds all who ever spoke says nothing.
    risen &= expected < total
    if not risen.any():
        return None
    n, expected, first, end, trials = (one[risen] for one in (n, expected, first, end, trials))
    strength = strength_of(n, expected, total)
    # Of windows alike in strength the first and shortest: rounding must not decide between them.
    best = int(np.lexsort((end, first, -(strength - trials).round(9)))[0])
    return Window(
        first=int(first[best]), end=int(end[best]), n=float(n[best]),
        expected=float(expected[best]), strength=float(strength[best]),
        trials=float(trials[best]),
    )  # fmt: skip


def risen(
    counts: Mapping[tuple[str, str], Floats],
    speaking: Mapping[str, Floats],
    *,
    least: float,
    rise: float,
    chance: float,
) -> list[Risen]:
    """The words that rose more than chance explains, least likely first.

    Args:
        counts: People who said a word on each day, by word and unit.
        speaking: People who spoke at all, by unit; `EVERYWHERE` here those that name none.
        least: Fewest people within a window.
        rise: How many times the expected they must be at least.
        chance: With which probability at most any of them is there by chance.

    Returns:
        The words; the trials of their windows count all that was tried.
    """
    everywhere = np.sum(list(speaking.values()), axis=0)
    by_word: dict[str, dict[str, Floats]] = {}
    for (word, unit), one in counts.items():
        by_word.setdefault(word, {})[unit] = one
    found: list[Risen] = []
    tried = {True: 0, False: 0}
    for word, units in sorted(by_word.items()):
        places = {EVERYWHERE: np.asarray(np.sum(list(units.values()), axis=0))}
        places.update({unit: one for unit, one in units.items() if unit != EVERYWHERE})
        for unit, one in sorted(places.items()):
            if one.sum() < least:
                continue
            tried[unit == EVERYWHERE] += 1
            of = everywhere if unit == EVERYWHERE else speaking[unit]
            window = strongest(one, of, least=least, rise=rise)
            if window is not None:
                found.append(Risen(word=word, unit=unit, window=window))
    # "Everywhere" and the units have half of the chance each.
    found = [
        replace(one, window=replace(
            one.window, trials=one.window.trials + math.log(2 * tried[one.unit == EVERYWHERE])
        ))
        for one in found
    ]  # fmt: skip
    return least_likely_first(one for one in found if one.window.p_value <= chance)


def least_likely_first(found: Iterable[Risen]) -> list[Risen]:
    """In an order that rounding does not decide."""
    return sorted(
        found,
        key=lambda one: (round(one.window.trials - one.window.strength, 9), one.word, one.unit),
    )


def issues(words: Sequence[Risen], spoken: Spoken) -> list[Issue]:
    """Puts words together that rose at the same time and place, in the same messages.

    Args:
        words: What `risen` found.
        spoken: The messages that hold any of them.
    """
    found: list[Issue] = []
    for one in words:
        unit = spoken.home(one)
        held = spoken.holding(one.word, unit, one.window)
        issue = next((known for known in found if _belongs(one, unit, held, known)), None)
        if issue is None:
            issue = Issue(unit=unit, window=one.window)
            found.append(issue)
        if one.word not in issue.words:
            issue.words[one.word] = one.window.expected / one.window.n
            issue.said |= spoken.holding(one.word, issue.unit, issue.window)
    return _merged(found)


def _belongs(one: Risen, unit: str, held: Set[int], issue: Issue) -> bool:
    if unit != issue.unit and EVERYWHERE not in (unit, issue.unit):
        return False
    if not one.window.alike(issue.window):
        return False
    return one.word in issue.words or _together(held, issue.said)


def _together(held: Set[int], said: Set[int]) -> bool:
    return len(held & said) >= _TOGETHER * max(min(len(held), len(said)), 1)


def _merged(found: list[Issue]) -> list[Issue]:
    """Issues that grew together: the stronger takes the weaker in."""
    for stronger, weaker in combinations(found, 2):
        same = stronger.unit == weaker.unit and stronger.window.alike(weaker.window)
        if same and _together(weaker.said, stronger.said):
            stronger.words = {**stronger.words, **weaker.words}
            stronger.said |= weaker.said
            return _merged([one for one in found if one is not weaker])
    return found


def sharpened(said: Sequence[int], window: Window, speaking: Floats) -> tuple[int, int]:
    """First day and the day behind the last that tell best inside from outside, near a window.

    Args:
        said: Day of each message that holds any of the issue's words, at any time.
        window: About when.
        speaking: How many people spoke on each day, where the issue is.

    >>> told = [1, *range(9, 13), *range(9, 13), 25]
    >>> window = Window(first=8, end=14, n=8, expected=2, strength=5)
    >>> sharpened(told, window, np.full(28, 10.0))
    (9, 13)
    """
    counts = np.bincount(np.array(said, np.int64), minlength=len(speaking)).astype(np.float64)
    of_counts, of_speaking = (np.concatenate([[0.0], np.cumsum(one)]) for one in (counts, speaking))
    reach = max(2, (window.end - window.first) // 6)
    around = np.arange(-reach, reach + 1)
    first, end = (one.ravel() for one in np.meshgrid(
        window.first + around, window.end + around, indexing="ij"))  # fmt: skip
    there = (first >= 0) & (end <= len(speaking)) & (first < end)
    first, end = first[there], end[there]
    n = of_counts[end] - of_counts[first]
    total = float(counts.sum())
    expected = total * (of_speaking[end] - of_speaking[first]) / of_speaking[-1]
    risen = (n > expected) & (expected > 0) & (expected < total)
    if not risen.any():
        return window.first, window.end
    first, end = first[risen], end[risen]
    strength = strength_of(n[risen], expected[risen], total)
    best = int(np.lexsort((end, first, -strength.round(9)))[0])
    return int(first[best]), int(end[best])

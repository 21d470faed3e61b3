"""Windows against brute force, chance against simulation, and words put together as planted."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sonnim.analyzers.issues_found import (
    EVERYWHERE,
    Risen,
    Spoken,
    Window,
    at_least,
    issues,
    risen,
    sharpened,
    strength_of,
    strongest,
    windows,
)

COUNTS = st.lists(st.integers(0, 12), min_size=2, max_size=9)


@given(COUNTS, st.integers(1, 40), st.data())
def test_the_strongest_window_is_that_of_brute_force(
    counts: list[int], most: int, data: st.DataObject
) -> None:
    """Kulldorff 1997, equation of the likelihood ratio, over all windows of up to half the time."""
    size = len(counts)
    speaking = data.draw(st.lists(st.integers(1, most), min_size=size, max_size=size))
    best = -math.inf
    for first, end, trials in zip(*windows(size), strict=True):
        n, total = sum(counts[first:end]), sum(counts)
        expected = total * sum(speaking[first:end]) / sum(speaking)
        if n < 3 or n < 1.5 * expected:
            continue
        ratio = n * math.log(n / expected)
        if total > n:
            ratio += (total - n) * math.log((total - n) / (total - expected))
        best = max(best, ratio - trials)
    found = strongest(np.array(counts, float), np.array(speaking, float), least=3, rise=1.5)
    assert (found is None) == (best == -math.inf)
    if found is not None:
        assert found.strength - found.trials == pytest.approx(best)
        assert found.n == sum(counts[found.first : found.end])


def test_windows_cover_every_time_to_a_seventh() -> None:
    first, end, trials = windows(400)
    chosen = np.random.default_rng(1)
    for _ in range(300):
        length = int(chosen.integers(1, 201))
        begin = int(chosen.integers(0, 400 - length + 1))
        shared = np.minimum(end, begin + length) - np.maximum(first, begin)
        union = np.maximum(end, begin + length) - np.minimum(first, begin)
        assert (shared / union).max() > 0.7
    # All lengths together are tried with the whole chance, once.
    assert np.exp(-trials).sum() == pytest.approx(1.0)


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.05, 0.9))
def test_strength_bounds_the_chance(n: int, more: int, share: float) -> None:
    """Chernoff: a binomial number reaches n with probability exp(-strength) at most."""
    total = n + more
    expected = share * total
    if n > expected:
        strength = float(strength_of(np.array([float(n)]), np.array([expected]), float(total))[0])
        assert stats.binom.sf(n - 1, total, share) <= math.exp(-strength) * (1 + 1e-9)


@given(st.integers(0, 40), st.floats(0.01, 30))
def test_at_least_is_the_tail_of_poisson(n: int, expected: float) -> None:
    assert at_least(n, expected) == pytest.approx(stats.poisson.sf(n - 1, expected), abs=1e-9)


def test_what_only_chance_moves_is_rarely_called_an_issue() -> None:
    """At a stated chance of .05, 200 worlds without an issue: the bound must hold, and not idle."""
    chance = np.random.default_rng(3)
    called = 0
    for _ in range(200):
        speaking = {unit: chance.poisson(60, 40).astype(float) for unit in ("a", "b")}
        counts = {
            (word, unit): chance.binomial(speaking[unit].astype(int), rate).astype(float)
            for word, rate in (("one", 0.02), ("two", 0.05), ("three", 0.1))
            for unit in speaking
        }
        found = risen(counts, speaking, least=3, rise=1.2, chance=0.05)
        called += bool(found)
    # 95% bound of a binomial with p = .05 and n = 200 is 15.
    assert called <= 15


def test_a_rise_is_found_where_it_is() -> None:
    speaking = {"a": np.full(30, 50.0), "b": np.full(30, 50.0)}
    flat, high = np.full(30, 1.0), np.full(30, 1.0)
    high[10:14] = 9
    counts = {("mould", "a"): high, ("mould", "b"): flat, ("cake", "a"): flat, ("cake", "b"): flat}
    found = risen(counts, speaking, least=5, rise=1.5, chance=0.01)
    assert {(one.word, one.unit) for one in found} == {("mould", "a"), ("mould", EVERYWHERE)}
    assert found[0].unit == "a"
    assert (found[0].window.first, found[0].window.end) == (10, 14)


def spoken_of(*said: tuple[str, int, str]) -> Spoken:
    """Messages of a unit in a period, with their words."""
    words: dict[str, list[int]] = {}
    for place, (_, _, text) in enumerate(said):
        for word in text.split():
            words.setdefault(word, []).append(place)
    speaking = {"a": np.full(20, 20.0), "b": np.full(20, 20.0)}
    return Spoken([one[0] for one in said], [one[1] for one in said], words, speaking)


def rose(word: str, unit: str, n: float, strength: float, first: int = 4, end: int = 8) -> Risen:
    window = Window(first=first, end=end, n=n, expected=1.0, strength=strength)
    return Risen(word=word, unit=unit, window=window)


def test_words_of_the_same_messages_are_one_issue() -> None:
    dearer = [(unit, period, "price up") for unit in "ab" for period in (5, 6, 6, 7)]
    again = [(unit, period, "up") for unit in "ab" for period in (15, 16, 16, 17)]
    said = [("a", 5, "lid leaks"), ("a", 6, "lid leaks"), ("a", 6, "lid"), *dearer, *again]
    found = issues(
        [rose("lid", "a", 3, 30), rose("price", "", 8, 25), rose("leaks", "a", 2, 20),
         rose("up", "", 8, 15), rose("up", "", 8, 12, first=15, end=18)],
        spoken_of(*said),
    )  # fmt: skip
    assert [(list(one.words), one.unit) for one in found] == [
        (["lid", "leaks"], "a"), (["price", "up"], EVERYWHERE), (["up"], EVERYWHERE),
    ]  # fmt: skip
    assert found[0].words["lid"] == pytest.approx(1 / 3)


def test_a_rise_everywhere_that_one_unit_explains_is_of_that_unit() -> None:
    only_a = [("a", period, "flies") for period in (4, 5, 5, 6, 6, 7)] + [("b", 1, "flies")]
    both = [(unit, period, "flies") for period in (4, 5, 5, 6, 6, 7) for unit in "ab"]
    one = rose("flies", EVERYWHERE, 6, 20)
    assert spoken_of(*only_a).home(one) == "a"
    assert spoken_of(*both).home(one) == EVERYWHERE
    # What names no unit says nothing of where.
    assert spoken_of(*only_a, *[("", 5, "flies")] * 4).home(one) == "a"


def test_a_window_is_sharpened_to_the_day() -> None:
    said = [2, 10, 10, 11, 11, 12, 12, 13, 30]
    window = Window(first=8, end=15, n=7, expected=2.0, strength=9.0)
    assert sharpened(said, window, np.full(42, 10.0)) == (10, 14)
    assert sharpened([], window, np.full(42, 10.0)) == (8, 15)

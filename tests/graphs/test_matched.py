"""Influence or homophily: simulated worlds in which the truth is known."""

import numpy as np
import pytest

from sonnim.graphs.matched import matched
from sonnim.graphs.network import Network, network_of
from sonnim.tables.errors import StopError


def world(
    seed: int, *, alike: float, influence: float, n: int = 5000, fading: bool = False
) -> tuple[Network, np.ndarray, np.ndarray]:
    """Friends are alike in a trait that makes adoption e^alike times as likely for each deviation.

    Having a friend who adopted before multiplies the hazard by `influence`, if fading for one
    period only.
    """
    chance = np.random.default_rng(seed)
    trait = chance.normal(size=n)
    order = np.argsort(trait + chance.normal(0, 0.4, n))
    ends = np.concatenate([order[:-step] for step in (1, 2)])
    others = np.concatenate([order[step:] for step in (1, 2)])
    network = network_of(n, ends, others, directed=False)
    simple = network.simple
    when = np.full(n, np.nan)
    age = np.full(n, -1)
    for period in range(12):
        friend = simple @ (~np.isnan(when)).astype(float) > 0
        age = np.where(friend, age + 1, -1)
        moved = friend & (age == 0) if fading else friend
        hazard = 0.015 * np.exp(alike * trait - alike**2 / 2) * np.where(moved, influence, 1.0)
        now = np.isnan(when) & (chance.random(n) < 1 - np.exp(-hazard))
        # Somewhere within the period, so that nobody sees what comes in the same one.
        when[now] = period + chance.random(now.sum())
    return network, when, trait[:, None]


@pytest.mark.parametrize("seed", range(3))
def test_likeness_alone_is_not_taken_for_influence(seed: int) -> None:
    """Oracle: a world without influence; the ratio is 1."""
    network, when, traits = world(seed, alike=0.9, influence=1.0)
    found = matched(network, when, traits, period=1.0, start=0.0, draws=200)
    assert found.raw.low > 1.25
    assert found.matched.low < 1 < found.matched.high
    assert found.matched.value < found.raw.value - 0.2
    assert abs(found.unlike[0]) > 0.2 and np.abs(found.unlike_matched).max() < 0.1
    assert found.left_out < 0.1 and not found.reason
    # Without the trait nothing can be told apart: what is not known is not removed.
    blind = matched(network, when, np.zeros((len(when), 1)), period=1.0, start=0.0, draws=50)
    assert blind.matched.low > 1


@pytest.mark.parametrize("seed", range(3))
def test_planted_influence_is_found(seed: int) -> None:
    """Oracle: a world in which a friend multiplies the hazard by 2.5, beside likeness."""
    network, when, traits = world(seed, alike=0.6, influence=2.5)
    found = matched(network, when, traits, period=1.0, start=0.0, draws=200)
    assert found.matched.low > 1
    assert found.matched.low < 2.5 < found.matched.high
    assert found.raw.value > found.matched.value


def test_influence_that_fades_is_seen_to_fade() -> None:
    network, when, traits = world(4, alike=0.0, influence=4.0, n=8000, fading=True)
    found = matched(network, when, traits, period=1.0, start=0.0, draws=200, ages=3)
    assert found.by_age[0].low < 4 < found.by_age[0].high and found.by_age[0].low > 2
    assert found.by_age[2].low < 1 < found.by_age[2].high
    assert sum(each.adopted for each in found.by_age) == found.matched.adopted


def test_raw_is_counted_by_hand() -> None:
    """Four who hear an adopter, of whom two adopt; five who do not, of whom one does."""
    network = network_of(10, np.zeros(4, int), np.arange(1, 5))
    when = np.full(10, np.nan)
    when[0], when[[1, 2, 5]] = 0.0, 1.5
    found = matched(network, when, np.zeros((10, 1)), period=1.0, end=1.9)
    assert (found.raw.adopted, found.raw.others) == (2, 1)
    assert found.raw.value == pytest.approx(np.log(1 - 2 / 4) / np.log(1 - 1 / 5))
    assert found.reason == "few" and np.isnan(found.matched.value)
    # Ties that begin too late move nobody.
    late = matched(network, when, np.zeros((10, 1)), period=1.0, since=np.full(4, 1.7), end=1.9)
    assert late.raw.adopted == 0 and np.isnan(late.raw.value)


def test_the_same_seed_gives_the_same_answer() -> None:
    given = world(1, alike=0.5, influence=1.5, n=1500)
    one, other = (
        matched(*given, period=1.0, start=0.0, draws=30, seed=2).matched for _ in range(2)
    )
    assert one.value == other.value and one.low == other.low
    assert one.low != matched(*given, period=1.0, start=0.0, draws=30, seed=3).matched.low


def test_nobody_adopts_and_nobody_is_there() -> None:
    none = network_of(0, np.array([], int), np.array([], int))
    assert matched(none, np.zeros(0), np.zeros((0, 2)), period=1.0).reason == "few"
    star = network_of(4, np.zeros(3, int), np.arange(1, 4))
    found = matched(star, np.full(4, np.nan), np.zeros((4, 0)), period=1.0)
    assert found.pairs == 0 and np.isnan(found.raw.value)
    everybody = matched(star, np.zeros(4), np.zeros((4, 1)), period=1.0)
    assert everybody.reason == "few"


def test_what_cannot_be_matched_says_so() -> None:
    star = network_of(4, np.zeros(3, int), np.arange(1, 4))
    when, traits = np.arange(4.0), np.zeros((4, 1))
    with pytest.raises(StopError, match="2 times of adoption"):
        matched(star, when[:2], traits, period=1.0)
    with pytest.raises(StopError, match="Person 2 has a trait"):
        matched(star, when, np.array([[0], [0], [np.inf], [0]]), period=1.0)
    with pytest.raises(StopError, match="1000 are allowed"):
        matched(star, when, traits, period=0.001)
    with pytest.raises(StopError, match="periods of 0 seconds"):
        matched(star, when, traits, period=0)
    with pytest.raises(StopError, match="1 times at which ties began for 3"):
        matched(star, when, traits, period=1, since=np.zeros(1))

"""Spread: simulated reach against every world that there may be."""

import numpy as np
import pytest

from sonnim.graphs.channels import channels, shares, uniform
from sonnim.graphs.network import Network, network_of
from sonnim.graphs.spread import played, simulate
from sonnim.tables.errors import StopError
from tests.graphs.live import exact, small


@pytest.mark.parametrize("model", ["cascade", "threshold"])
@pytest.mark.parametrize("number", range(4))
def test_reach_is_that_of_all_worlds(model: str, number: int) -> None:
    """Oracle: exact enumeration over all live-edge graphs of a tiny network."""
    network, probabilities = small(number)
    if model == "threshold":
        heard = np.bincount(network.targets, weights=probabilities, minlength=network.n)
        probabilities = probabilities / np.maximum(heard, 1)[network.targets] * 0.95
    seeds = [number, number + 1]
    found = simulate(network, probabilities, np.array(seeds), runs=40_000, seed=3, model=model)
    wanted = exact(network, probabilities, seeds, model)
    # Four standard errors; the interval given is of two.
    assert abs(found.mean - wanted) <= 2 * (found.high - found.mean) + 1e-9
    assert found.often.sum() == pytest.approx(found.mean)
    assert (found.often[seeds] == 1).all()


def test_more_seeds_never_reach_less_in_the_same_worlds() -> None:
    network, probabilities = small(9, n=12, edges=40)
    few = simulate(network, probabilities, np.array([1]), runs=500, seed=4)
    more = simulate(network, probabilities, np.array([1, 7]), runs=500, seed=4)
    again = simulate(network, probabilities, np.array([7, 1, 7]), runs=500, seed=4)
    assert (more.counts >= few.counts).all()
    assert (more.counts == again.counts).all()
    assert (few.counts != simulate(network, probabilities, np.array([1]), runs=500).counts).any()


def test_worlds_are_the_same_however_many_are_played_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network, probabilities = small(2, n=12, edges=40)
    whole = simulate(network, probabilities, np.array([0]), runs=50)
    monkeypatch.setattr("sonnim.graphs.channels._CELLS", 100)
    assert (simulate(network, probabilities, np.array([0]), runs=50).counts == whole.counts).all()


def test_ties_without_direction_lead_both_ways() -> None:
    network = network_of(3, np.array([0, 1]), np.array([1, 2]), directed=False)
    assert simulate(network, np.ones(2), np.array([2]), runs=2).mean == 3


def test_bare_networks() -> None:
    none = network_of(1, np.array([], int), np.array([], int))
    assert simulate(none, np.ones(0), np.array([0]), runs=3).mean == 1
    assert simulate(none, np.ones(0), np.array([], int), runs=3).mean == 0
    # Whoever is tied to themselves only hears nobody.
    own = network_of(2, np.array([0, 0]), np.array([0, 0]))
    assert simulate(own, np.ones(0), np.array([0]), runs=3).mean == 1
    star = network_of(1001, np.zeros(1000, int), np.arange(1, 1001))
    found = simulate(star, np.full(1000, 0.25), np.array([0]), runs=200)
    assert found.low < 251 < found.high or abs(found.mean - 251) < 2


def test_numbers_of_chance_are_even_and_unrelated() -> None:
    drawn = uniform(np.repeat(np.arange(100), 1000), np.tile(np.arange(1000), 100), 7)
    assert drawn.min() >= 0 and drawn.max() < 1
    assert np.histogram(drawn, 10, (0, 1))[0] == pytest.approx(10_000, abs=500)
    byworld = drawn.reshape(100, 1000)
    assert abs(np.corrcoef(byworld[0], byworld[1])[0, 1]) < 0.13
    assert abs(np.corrcoef(byworld[:, 0], byworld[:, 1])[0, 1]) < 0.4


def test_shares_come_to_one_a_hearer() -> None:
    network, _ = small(5)
    heard = np.bincount(network.targets, weights=shares(network))
    assert heard[heard > 0] == pytest.approx(1)
    both = Network(3, *np.array([[0, 1], [2, 2]], np.int32), np.ones(2), directed=False)
    channels(both, shares(both), "threshold")


def test_what_cannot_be_played_says_so() -> None:
    network, probabilities = small(1)
    with pytest.raises(StopError, match="called fire"):
        simulate(network, probabilities, np.array([0]), model="fire")
    with pytest.raises(StopError, match="1 probabilities for 9 edges"):
        simulate(network, np.ones(1), np.array([0]))
    with pytest.raises(StopError, match=r"Edge 3 has the probability nan"):
        simulate(network, np.where(np.arange(9) == 2, np.nan, 0.5), np.array([0]))
    with pytest.raises(StopError, match="comes to 2"):
        star = network_of(3, np.array([0, 1]), np.array([2, 2]))
        simulate(star, np.ones(2), np.array([0]), model="threshold")
    with pytest.raises(StopError, match="person 6"):
        played(channels(network, probabilities), np.array([6]))
    with pytest.raises(StopError, match="0 times"):
        played(channels(network, probabilities), np.array([0]), runs=0)

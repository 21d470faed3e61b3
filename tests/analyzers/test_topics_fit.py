"""The numbers behind topics: co-occurrence, NPMI, the factorisation, likeness."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonnim.analyzers.topics_fit import (
    coherence,
    factors,
    likeness,
    npmi,
    overlap,
    said,
    ties,
    together,
    top,
)

ROWS = st.lists(st.lists(st.integers(0, 5), max_size=5, unique=True).map(sorted), max_size=14)


@settings(max_examples=80, deadline=None)
@given(ROWS)
def test_npmi_is_that_of_the_definition(rows: list[list[int]]) -> None:
    """Oracle: Bouma 2009, counted pair by pair: log(p(a, b) / p(a) p(b)) / -log p(a, b)."""
    both = together(rows, 6)
    found = npmi(both, len(rows))
    for a, b in combinations(range(6), 2):
        n_a, n_b = (sum(term in row for row in rows) for term in (a, b))
        n = sum(a in row and b in row for row in rows)
        assert both[a, b] == both[b, a] == n and both[a, a] == n_a
        if not n:
            wanted = -1.0
        elif n == len(rows):
            wanted = 1.0
        else:
            share = n / len(rows)
            wanted = math.log(share / (n_a / len(rows) * n_b / len(rows))) / -math.log(share)
        assert found[a, b] == found[b, a] == pytest.approx(wanted, abs=1e-12)


def test_ties_are_positive_and_doubt_few_texts() -> None:
    both = together([(0, 1)] * 10 + [(2, 3)] * 2 + [(4,)] * 50, 5)
    found = ties(both, 62)
    assert (found >= 0).all() and (np.diag(found) == 0).all()
    # By hand: always together (NPMI 1), 10 and 2 texts, doubt 3, frequencies 10, 10, 2, 2, 50.
    common = [(n / 14.8) ** 0.3 for n in (10, 2)]
    assert found[0, 1] == pytest.approx(10 / 13 * common[0])
    assert found[2, 3] == pytest.approx(2 / 5 * common[1])
    assert found[0, 2] == 0


def test_coherence_is_the_mean_over_pairs_that_count() -> None:
    information = np.array([[1.0, 0.5, -1.0], [0.5, 1.0, 0.2], [-1.0, 0.2, 1.0]])
    best = np.array([[0], [1], [2]])
    every = np.ones((3, 1), dtype=bool)
    assert coherence(information, best, every)[0] == pytest.approx((0.5 - 1.0 + 0.2) / 3)
    two = np.array([[True], [True], [False]])
    assert coherence(information, best, two)[0] == 0.5
    assert coherence(information, best, np.array([[True], [False], [False]]))[0] == 0


def test_factors_find_blocks_whatever_the_order() -> None:
    """Three blocks of ties, shuffled: each factor is one block."""
    chance = np.random.default_rng(5)
    block = np.repeat([0, 1, 2], [7, 5, 4])
    chance.shuffle(block)
    strength = (block[:, None] == block[None, :]) * 0.6 + chance.random((16, 16)) * 0.02
    strength = (strength + strength.T) / 2
    np.fill_diagonal(strength, 0)
    found = factors(strength, 3, seed=1)
    assert found.shape == (16, 3) and (found >= 0).all()
    chosen = found.argmax(axis=1)
    assert len({(int(a), int(b)) for a, b in zip(block, chosen, strict=True)}) == 3
    assert (factors(strength, 3, seed=1) == found).all()
    # Another seed seeks the same directions.
    assert likeness(found, factors(strength, 3, seed=2)).max(axis=1) == pytest.approx(1, abs=1e-3)


def test_the_updates_lessen_the_error() -> None:
    """Oracle: the objective itself, against the beginning and against noise of the same size."""
    chance = np.random.default_rng(3)
    true = chance.random((30, 4)) ** 4
    strength = true @ true.T
    found = factors(strength, 4, seed=0)
    error = np.linalg.norm(strength - found @ found.T) / np.linalg.norm(strength)
    assert error < 0.1
    noise = chance.permutation(found.ravel()).reshape(found.shape)
    assert np.linalg.norm(strength - noise @ noise.T) > 5 * np.linalg.norm(
        strength - found @ found.T
    )


def test_a_fit_begun_near_the_last_one_ends_there() -> None:
    chance = np.random.default_rng(8)
    true = chance.random((40, 5)) ** 5
    strength = true @ true.T
    last = factors(strength, 5, seed=0)
    turned = last[:, ::-1]
    found = factors(strength + chance.random((40, 1)) * 1e-3, 5, seed=0, begin=turned)
    assert np.diag(likeness(found, turned)) == pytest.approx(1, abs=0.05)


def test_more_factors_than_terms_and_no_ties_at_all() -> None:
    assert factors(np.zeros((4, 4)), 9, seed=0).shape == (4, 4)
    assert np.isfinite(factors(np.zeros((4, 4)), 2, seed=0)).all()
    assert top(np.array([[0.1], [0.9], [0.9]]), 2).tolist() == [[1], [2]]


def test_terms_of_one_meaning_are_counted_once_a_text() -> None:
    given_texts = [["배송", "delivery", "늦다"], ["late", "delivery"], ["late"], ["맛"]]
    found = said(given_texts, [0, 1, 0, 1], least=2, most=10)
    # 늦다 and late are in three of four texts: too many to say anything.
    assert found.vocabulary == ("배송",)
    assert found.n.tolist() == [2.0]
    assert found.written["배송"] == {"배송": 1, "delivery": 2}


def test_long_copies_count_three_times_and_short_ones_each_time() -> None:
    long, short = [f"낱말{letter}" for letter in "가나다라마"], ["배송", "빠르다"]
    texts = [long] * 50 + [short] * 50 + [[]] * 60
    found = said(texts, [0] * len(texts), least=2, most=20)
    n = dict(zip(found.vocabulary, found.n.tolist(), strict=True))
    assert n["낱말가"] == 3 and n["배송"] == 50


def test_overlap_counts_the_first_terms_most() -> None:
    assert overlap(["a", "b", "c"], ["a", "x", "y"]) > overlap(["a", "b", "c"], ["x", "y", "c"])
    assert overlap([], []) == 0.0

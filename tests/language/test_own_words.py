"""Words of one kind of text: against SciPy's minimiser, and texts whose words decide."""

import numpy as np
import pytest
from scipy import optimize, sparse

from sonnim.language.own_words import BITS, learned, packed, unpacked, words_of

TEXTS = (
    "화면이 자꾸 멈춰요",
    "끊김 없이 나와요",
    "자꾸 끊겨요",
    "잘 나와요",
    "",
    "greasy",
    "crisp!",
)


def drawn(n: int, seed: int = 3) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Texts of two parts, log odds known of them before, and how they were rated."""
    chance = np.random.default_rng(seed)
    parts = chance.integers(0, len(TEXTS), (n, 2))
    texts = [f"{TEXTS[a]} {TEXTS[b]}".strip() for a, b in parts]
    known = chance.normal(0, 1, n)
    truth = known + np.array([-2, 2, -1, 1, 0, -2, 2])[parts].sum(axis=1)
    return texts, known, chance.uniform(size=n) < 1 / (1 + np.exp(-truth))


def test_the_weights_are_the_minimum() -> None:
    """SciPy minimises the same penalised likelihood by L-BFGS."""
    texts, known, positive = drawn(120)
    words = words_of(texts)
    count = words.counts()
    used = np.unique(words.buckets)
    rows = sparse.csr_matrix(
        (np.repeat(1 / np.sqrt(np.maximum(count, 1)), count),
         np.searchsorted(used, words.buckets), words.starts), shape=(len(texts), len(used)),
    )  # fmt: skip
    signs = np.where(positive, 1.0, -1.0)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margins = signs * (known + rows @ weights)
        slope = -(rows.T @ (signs / (1 + np.exp(margins)))) + 0.5 * weights
        return np.logaddexp(0, -margins).sum() + 0.25 * weights @ weights, slope

    wanted = optimize.minimize(
        loss, np.zeros(len(used)), jac=True, method="L-BFGS-B", options={"gtol": 1e-9}
    )
    found = learned(words, known, positive)
    assert found[used] == pytest.approx(wanted.x, abs=2e-3)
    assert not np.delete(found, used).any()


def test_the_order_of_texts_does_not_matter() -> None:
    texts, known, positive = drawn(80)
    turned = np.arange(80)[::-1]
    here = learned(words_of(texts), known, positive)
    there = learned(words_of([texts[n] for n in turned]), known[turned], positive[turned])
    assert there == pytest.approx(here, abs=1e-5)


def test_what_is_known_before_is_not_learned_again() -> None:
    texts, _, positive = drawn(200)
    sure = np.where(positive, 30.0, -30.0)
    assert np.abs(learned(words_of(texts), sure, positive)).max() < 1e-6


def test_texts_without_words_say_nothing() -> None:
    found = learned(words_of(["", "\u200b", "<br>"]), np.zeros(3), np.array([True, False, True]))
    assert not found.any()


def test_half_precision_keeps_what_matters() -> None:
    texts, known, positive = drawn(200)
    words = words_of(texts)
    found = learned(words, known, positive)
    kept = unpacked(packed(found))
    assert kept.shape == (1 << BITS,)
    assert words.sums(kept) == pytest.approx(words.sums(found), abs=1e-2)

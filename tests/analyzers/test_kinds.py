"""The measure of shares on kinds of texts that are not among those measured on."""

import numpy as np
from training.mood.kinds import held, left_out, pooled

from sonnim.language.confusions import Confusion

ERRORS = np.array([[0.7, 0.1, 0.1, 0.1], [0.2, 0.5, 0.2, 0.1], [0.05, 0.05, 0.8, 0.1]])


def drawn(rng: np.random.Generator, errors: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Texts of each mood and what they are taken for."""
    true = np.repeat(np.arange(3), n)
    return true, np.array([rng.choice(4, p=errors[mood]) for mood in true])


def test_of_the_same_kind_intervals_hold_what_they_state() -> None:
    rng = np.random.default_rng(2)
    errors = pooled([Confusion.counted(*drawn(rng, ERRORS, 20_000))])
    for side in ("negative", "positive"):
        assert 0.9 <= held(rng, *drawn(rng, ERRORS, 2_000), errors, side) <= 0.99


def test_of_another_kind_they_do_so_with_what_sets_say_of_each_other() -> None:
    """Ten sets, each misread in its own way; the last is left out with its family."""
    rng = np.random.default_rng(3)
    kinds = [np.array([rng.dirichlet(5 * row) for row in ERRORS]) for _ in range(10)]
    texts = [drawn(rng, one, 600) for one in kinds]
    names = [*"abcdefg", "sst5", "vader_movieReview", "sst2"]
    sets = {"en": {name: Confusion.counted(*one) for name, one in zip(names, texts, strict=True)}}
    without, between = left_out(sets, "en", "sst2")
    assert without.measured_on == (7 * 600,) * 3
    assert not without.between.any() and between.between.all()
    hits = []
    for name, one in zip(names, texts, strict=True):
        hits.append([held(rng, *one, e, "negative") for e in left_out(sets, "en", name)])
    before, after = np.mean(hits, axis=0)
    assert before < 0.8 and after > 0.9

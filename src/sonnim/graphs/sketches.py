"""Sketches of texts: numbers that tell how alike two texts are, and not what they say.

MinHash over runs of letters (Broder 1997, "On the Resemblance and Containment of Documents"): of
each of some random orders of all runs, the first that a text holds. Two texts share as many of
these as they share of their runs. Sketches of short texts would tell what they say to whoever tries
all short texts, so that those get none.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sonnim.tables.errors import StopError

Sketch = NDArray[np.uint32]

NOTHING = np.uint32(0xFFFFFFFF)
"""What a sketch is full of where the text is too short to be compared."""

_ADDRESSED = re.compile(r"https?://\S+|@\w+")
_LETTERS = 1 << 20
"""Letters that are sketched at once."""


def sketches(
    texts: Sequence[str | None],
    *,
    hashes: int = 48,
    run: int = 5,
    least: int = 20,
    seed: int = 0,
) -> Sketch:
    """Sketches texts.

    Letter case, width, spaces, links and who is addressed do not count, since copies differ in
    these first.

    Args:
        texts: The texts; those that are missing have no sketch.
        hashes: Numbers in a sketch: how alike two texts are is told to about half of one divided by
            the root of this.
        run: Letters in a run.
        least: Texts with fewer letters have no sketch: people say the same short thing by chance.
        seed: Of the random orders. Sketches are compared with those of the same seed.

    Returns:
        Shape (texts, hashes).

    Raises:
        StopError: A setting is less than 1.

    Example:
        >>> said = ["Really the best phone I ever had!", "@you REALLY the best phone I ever had!"]
        >>> found = sketches([*said, "ok"])
        >>> bool((found[0] == found[1]).all()), found[2, :2].tolist()
        (True, [4294967295, 4294967295])
    """
    if min(hashes, run, least) < 1:
        raise StopError("sketch_settings", hashes=hashes, run=run, least=least)
    chance = np.random.default_rng(seed)
    keys = chance.integers(0, 1 << 63, (2, hashes), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    found = np.full((len(texts), hashes), NOTHING)
    places: list[int] = []
    parts: list[str] = []
    letters = 0
    for place, text in enumerate(texts):
        said = plain(text or "")
        if len(said) < max(least, run):
            continue
        places.append(place)
        parts.append(said)
        letters += len(said)
        if letters >= _LETTERS:
            found[places] = _sketched(parts, run, keys)
            places, parts, letters = [], [], 0
    if parts:
        found[places] = _sketched(parts, run, keys)
    return found


def bands(given: Sketch, width: int) -> Iterator[NDArray[np.uint64]]:
    """Keys of the sketches, band by band: texts of the same key agree in all numbers of the band.

    Of two texts that share s of their runs, s to the power of `width` agree in a band.

    Args:
        given: What `sketches` gives; shape (texts, hashes).
        width: Numbers in a band; what is left over at the end is not used.

    Example:
        >>> found = sketches(["Really the best phone I ever had!", "something else altogether"])
        >>> sum(bool(key[0] == key[1]) for key in bands(found, 4))
        0
    """
    for begin in range(0, given.shape[1] - width + 1, width):
        key = np.zeros(len(given), np.uint64)
        for column in range(begin, begin + width):
            key = key * np.uint64(0x9E3779B97F4A7C15) + given[:, column]
            key ^= key >> np.uint64(32)
        yield key


def plain(text: str) -> str:
    """What counts of a text: no letter case, width, links, or who is addressed; spaces as one.

    Example:
        >>> plain("@you  REALLY good: https://x.example/1")
        'really good:'
    """
    return " ".join(unicodedata.normalize("NFKC", _ADDRESSED.sub(" ", text)).casefold().split())


def _sketched(texts: list[str], run: int, keys: NDArray[np.uint64]) -> Sketch:
    # Half of a pair may stand alone in broken input; it is a letter like any other here.
    letters = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.array([len(text) for text in texts])
    runs = len(letters) - run + 1
    hashed = np.zeros(runs, np.uint64)
    for step in range(run):
        hashed = hashed * np.uint64(0x9E3779B97F4A7C15) + letters[step : step + runs]
        hashed ^= hashed >> np.uint64(29)
    # Runs that reach into the next text are left out.
    ends = np.cumsum(lengths)
    inside = np.ones(len(letters), np.bool_)
    inside[(ends[:, None] - np.arange(1, run)[None, :]).ravel()] = False
    hashed = hashed[inside[:runs]]
    each = lengths - run + 1
    begin = np.cumsum(each) - each
    found = np.empty((len(texts), keys.shape[1]), np.uint32)
    for at, (add, times) in enumerate(keys.T):
        mixed = (hashed ^ add) * times
        mixed ^= mixed >> np.uint64(31)
        mixed *= times
        found[:, at] = np.minimum.reduceat((mixed >> np.uint64(32)).astype(np.uint32), begin)
    # So that no text has by chance what stands for none.
    return np.minimum(found, NOTHING - np.uint32(1))

"""Features of the training texts as sparse matrices; morphemes are cached, for Kiwi is slow."""

import hashlib
import logging
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy import sparse

from sonnim.language.features import Features, clean
from sonnim.language.morphemes import morphemes

_LOG = logging.getLogger("sonnim.training")
_CHUNK = 10_000


def cached_morphemes(texts: Sequence[str], cache: Path, processes: int) -> list[list[str]]:
    """Morphemes of many Korean texts; an interrupted run goes on where it stopped.

    Args:
        texts: Texts as found.
        cache: Folder of one file for each 10,000 texts, named by what is in them.
        processes: How many processes to use.

    Returns:
        The morphemes of each text.
    """
    cache.mkdir(parents=True, exist_ok=True)
    chunks = [list(texts[at : at + _CHUNK]) for at in range(0, len(texts), _CHUNK)]
    rows: list[list[str]] = []
    with ProcessPoolExecutor(processes) as pool:
        for number, found in enumerate(pool.map(partial(_chunk_morphemes, cache=cache), chunks)):
            rows.extend(found)
            _LOG.info("morphemes: %d of %d chunks", number + 1, len(chunks))
    return rows


def _chunk_morphemes(texts: list[str], cache: Path) -> list[list[str]]:
    cleaned = [clean(text) for text in texts]
    seen = "\x1e".join([version("kiwipiepy"), version("kiwipiepy_model"), *cleaned])
    file = cache / f"{hashlib.sha256(seen.encode()).hexdigest()[:32]}.txt"
    if not file.exists():
        lines = ["\x1f".join(row) for row in morphemes(cleaned)]
        unfinished = file.with_suffix(".part")
        unfinished.write_text("\x1e".join(lines), encoding="utf-8")
        unfinished.rename(file)
    lines = file.read_text(encoding="utf-8").split("\x1e")
    return [line.split("\x1f") if line else [] for line in lines]


def matrix(features: Features, bits: int) -> sparse.csr_matrix:
    """Binary rows of length one: what `Features.sums` multiplies with.

    Args:
        features: Hashed features of the texts.
        bits: There are 2**bits columns.

    Returns:
        Shape (texts, 2**bits), float32.
    """
    counts = features.counts()
    values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
    return sparse.csr_matrix(
        (values, features.buckets.astype(np.int32), features.starts.astype(np.int32)),
        shape=(len(counts), 1 << bits),
    )

"""Features of the training texts as sparse matrices."""

import numpy as np
from scipy import sparse

from sonnim.language.features import Features


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

"""A network as arrays: who is tied to whom, and how strongly."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonnim.tables.errors import StopError

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

PACKAGES = ("scipy", "networkit")
"""What the extra `network` installs."""


@dataclass(frozen=True, eq=False)
class Network:
    """Ties between `n` people; nothing in it changes.

    Attributes:
        n: How many people; they are 0 to n - 1.
        sources: Who ties, of each edge.
        targets: Whom, of each edge.
        weights: How strongly; positive. No edge stands there twice, and none leads to its own
            beginning.
        directed: Whether an edge leads one way only. If not, each stands there once, whichever end
            comes first.
    """

    n: int
    sources: Ints
    targets: Ints
    weights: Floats
    directed: bool = True

    @cached_property
    def matrix(self) -> Any:
        """Weights by row (who ties) and column (whom): SciPy's CSR, (n, n).

        Symmetric if the network is not directed.
        """
        from scipy import sparse

        rows, columns, weights = self.sources, self.targets, self.weights
        if not self.directed:
            rows, columns = np.concatenate([rows, columns]), np.concatenate([columns, rows])
            weights = np.concatenate([weights, weights])
        return sparse.csr_array((weights, (rows, columns)), shape=(self.n, self.n))

    @cached_property
    def simple(self) -> Any:
        """Ones where two people are tied, whoever of them ties: SciPy's CSR, (n, n), symmetric."""
        from scipy import sparse

        there = sparse.csr_array(
            (np.ones(len(self.sources)), (self.sources, self.targets)), shape=(self.n, self.n)
        )
        both = there + there.T
        both.data[:] = 1.0
        return both


def network_of(
    n: int,
    sources: NDArray[np.integer],
    targets: NDArray[np.integer],
    weights: NDArray[np.floating] | None = None,
    *,
    directed: bool = True,
) -> Network:
    """A network of edges as they are found.

    Edges that stand there several times are one, with the sum of their weights; those from somebody
    to themselves are left out, and so are those of weight 0.

    Args:
        n: How many people.
        sources: Who ties, 0 to n - 1.
        targets: Whom.
        weights: How strongly; 1 each, if not given.
        directed: Whether an edge leads one way only.

    Raises:
        StopError: A weight is negative or no number, or an edge names somebody who is not there.

    Example:
        >>> found = network_of(3, np.array([0, 0, 1, 2]), np.array([1, 1, 0, 2]))
        >>> found.sources, found.targets, found.weights
        (array([0, 1], dtype=int32), array([1, 0], dtype=int32), array([2., 1.]))
    """
    from scipy import sparse

    given = np.ones(len(sources)) if weights is None else np.asarray(weights, np.float64)
    wrong = np.flatnonzero(~(np.isfinite(given) & (given >= 0)))
    if wrong.size:
        raise StopError(
            "edge_weight", row=int(wrong[0]) + 1, received=float(given[wrong[0]]), n=int(wrong.size)
        )
    low, high = np.asarray(sources, np.int64), np.asarray(targets, np.int64)
    if len(low) and (min(low.min(), high.min()) < 0 or max(low.max(), high.max()) >= n):
        raise StopError("edge_of_nobody", n=n, received=int(max(low.max(), high.max())))
    if not directed:
        low, high = np.minimum(low, high), np.maximum(low, high)
    kept = (low != high) & (given > 0)
    summed = sparse.coo_array((given[kept], (low[kept], high[kept])), shape=(n, n)).tocsr()
    summed.sum_duplicates()
    found = summed.tocoo()
    return Network(
        n=n,
        sources=found.row.astype(np.int32),
        targets=found.col.astype(np.int32),
        weights=found.data,
        directed=directed,
    )

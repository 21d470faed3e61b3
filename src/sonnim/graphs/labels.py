"""Groups by label propagation: each person takes the label that most of those around them bear.

CDLP of LDBC Graphalytics (Iosup and others 2016, section 2.3.4), after Raghavan, Albert and Kumara
2007: all change at the same time, for a fixed number of rounds, and of equally frequent labels the
smallest is taken. So the outcome is one and the same on every machine, and can be had with a
relational engine too. It is no replacement for `leiden`, whose groups are better.
"""

import numpy as np

from sonnim.graphs.network import Ints, Network
from sonnim.tables.errors import StopError


def labels(network: Network, *, iterations: int = 10) -> Ints:
    """The label that each person bears in the end.

    In a directed network, both who turns to a person and to whom they turn count: who does both
    counts twice. Weight does not count.

    Args:
        network: Who is tied to whom.
        iterations: How many rounds; fewer if nothing changes any more. 0 or more.

    Returns:
        The label: the number of the person with whom it began; shape (n,).

    Raises:
        StopError: Iterations are below 0.

    Example:
        >>> ends = np.array([[0, 1], [1, 2], [0, 2], [3, 4], [4, 5], [3, 5]])
        >>> labels(Network(6, ends[:, 0], ends[:, 1], np.ones(6)))
        array([0, 0, 0, 3, 3, 3], dtype=int32)
    """
    if iterations < 0:
        raise StopError("graph_number", name="iterations", received=iterations, allowed="≥ 0")
    n = network.n
    found = np.arange(n, dtype=np.int32)
    # Who hears from whom: each tie is heard at both its ends.
    hears = np.concatenate([network.sources, network.targets]).astype(np.int64) * n
    heard = np.concatenate([network.targets, network.sources])
    for _ in range(iterations):
        if not len(hears):
            break
        # Of one number for person and label equal ones stand together once sorted, by person
        # and then by label.
        key = hears + found[heard]
        key.sort()
        first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
        often = np.diff(first, append=len(key)).astype(np.int32)
        # Each array here is as long as all ties: what is done with goes at once.
        key = key[first]
        del first
        person = (key // n).astype(np.int32)
        label = (key % n).astype(np.int32)
        del key
        begin = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]]))
        most = np.maximum.reduceat(often, begin)
        # The first of the most frequent is the smallest.
        best = np.flatnonzero(often == np.repeat(most, np.diff(begin, append=len(often))))
        who, at = np.unique(person[best], return_index=True)
        following = found.copy()
        following[who] = label[best[at]]
        if np.array_equal(following, found):
            break
        found = following
    return found

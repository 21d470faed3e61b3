"""How likely word passes along each tie, learned from who did what when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.channels import Places, spread_out
from sonnim.graphs.network import Floats, Network
from sonnim.tables.errors import StopError

_ROWS = 1 << 22


@dataclass(frozen=True, eq=False)
class Learned:
    """What the ties passed on; arrays of shape (edges,).

    Attributes:
        probabilities: How likely each passes on, drawn towards `usual` where little is known.
        chances: How often each could have: the head did something that the tail had not yet done.
        passed: How often each did, with fractions where several may have.
        usual: Of all edges together.
    """

    probabilities: Floats
    chances: Floats
    passed: Floats
    usual: float


def learned(
    network: Network,
    people: NDArray[np.integer],
    things: NDArray[np.integer],
    times: NDArray[np.floating],
    *,
    window: float = np.inf,
    doubt: float = 5.0,
) -> Learned:
    """Learns how likely each edge passes on.

    Maximum likelihood with partial credit (Goyal, Bonchi and Lakshmanan 2010, "Learning Influence
    Probabilities in Social Networks", WSDM, section 4): when somebody does what d of those whom
    they hear did within the window before, each of the d edges passed 1/d of it. What the tail had
    done first, or at the very same time, could not be passed, and is no chance missed either. It
    counts as influence also what both would have done anyway: `matched` asks that question.

    Args:
        network: Edges from who passes on to who hears; one that is not directed learns from both.
        people: Who did something, 0 to n - 1; shape (actions,).
        things: What: a number for each subject, product or message.
        times: When, in seconds. Of several times of one thing the first counts.
        window: Seconds after which nothing is owed to what one heard.
        doubt: Chances at which an edge's own share counts half, and the share of all edges half.

    Raises:
        StopError: The rows are not of one length, a time or setting is none, or a person is nobody.

    Example:
        >>> from sonnim.graphs.network import network_of
        >>> edge = network_of(2, np.array([0]), np.array([1]))
        >>> did = np.array([0, 1, 0, 0, 1, 0]), np.array([7, 7, 8, 9, 5, 5])
        >>> found = learned(edge, *did, np.array([1.0, 2, 1, 1, 1, 4]), doubt=0)
        >>> found.chances.tolist(), found.passed.tolist(), found.probabilities.round(2).tolist()
        ([3.0], [1.0], [0.33])
    """
    who, what, when = _first(network.n, people, things, times)
    if not window > 0 or not 0 <= doubt < np.inf:
        raise StopError("learned_settings", window=window, doubt=doubt)
    edges = len(network.sources)
    heads, tails, number = network.sources, network.targets, np.arange(edges)
    if not network.directed:
        heads, tails = np.concatenate([heads, tails]), np.concatenate([tails, heads])
        number = np.concatenate([number, number])
    order = np.argsort(heads, kind="stable")
    tails, number = tails[order], number[order]
    told = np.bincount(heads, minlength=network.n)
    begin = np.concatenate([[0], np.cumsum(told)])
    did = np.bincount(who, minlength=network.n)
    chances: Floats = np.zeros(edges)
    chances += np.bincount(number, weights=did[heads[order]], minlength=edges)
    keys = what * network.n + who
    owed: list[Places] = []
    owing: list[Places] = []
    # So many actions at once that the rows of what their heads tell fit into memory.
    rows = np.cumsum(told[who])
    cuts = np.searchsorted(rows, np.arange(0, rows[-1] if len(rows) else 0, _ROWS), side="right")
    for first, last in zip(cuts, np.append(cuts[1:], len(who))[: len(cuts)], strict=True):
        places, which = spread_out(begin, who[first:last])
        which += first
        wanted = what[which] * network.n + tails[places]
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        both = keys[at] == wanted
        places, which, at = places[both], which[both], at[both]
        later = when[at] - when[which]
        chances -= np.bincount(number[places[later <= 0]], minlength=edges)
        passed_on = (later > 0) & (later <= window)
        owed.append(number[places[passed_on]])
        owing.append(at[passed_on])
    debts = np.concatenate([*owing, np.zeros(0, np.int64)]).astype(np.int64)
    each = np.bincount(debts, minlength=len(who))
    credited = np.concatenate([*owed, np.zeros(0, np.int64)]).astype(np.int64)
    passed: Floats = np.zeros(edges)
    passed += np.bincount(credited, weights=1.0 / each[debts], minlength=edges)
    usual = float(passed.sum() / max(chances.sum(), 1))
    below = chances + doubt
    probabilities = np.full(edges, usual)
    np.divide(passed + doubt * usual, below, out=probabilities, where=below > 0)
    return Learned(probabilities=probabilities, chances=chances, passed=passed, usual=usual)


def _first(
    n: int,
    people: NDArray[np.integer],
    things: NDArray[np.integer],
    times: NDArray[np.floating],
) -> tuple[Places, Places, Floats]:
    """The first time that each did each thing, by thing and person; things numbered anew."""
    who, when = np.asarray(people, np.int64), np.asarray(times, np.float64)
    if not len(who) == len(things) == len(when):
        raise StopError("learned_lengths", people=len(who), things=len(things), times=len(when))
    wrong = np.flatnonzero(~np.isfinite(when))
    if wrong.size:
        raise StopError("learned_time", row=int(wrong[0]) + 1)
    if len(who) and (who.min() < 0 or who.max() >= n):
        raise StopError(
            "edge_of_nobody", n=n, received=int(who.min() if who.min() < 0 else who.max())
        )
    _, what = np.unique(np.asarray(things), return_inverse=True)
    order = np.lexsort((when, who, what))
    who, what, when = who[order], what[order].astype(np.int64), when[order]
    new = np.ones(len(who), np.bool_)
    new[1:] = (np.diff(who) != 0) | (np.diff(what) != 0)
    return who[new], what[new], when[new]

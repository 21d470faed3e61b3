"""Growth of young cascades: will one that has reached k messages reach 2k?

Sizes of cascades are all but unforeseeable, whether one doubles is not (Cheng, Adamic, Dow,
Kleinberg and Leskovec 2014, "Can Cascades Be Predicted?", WWW). The question is the same at every
size, and even where about half of them double. What is foreseen is checked on cascades that came
later than all that it was learned from, beside the base rate: saying of each of them what share of
the earlier ones doubled.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sonnim.graphs.cascades import Forest, Ints
from sonnim.graphs.logistic import (
    Flags,
    Interval,
    Logistic,
    auc_interval,
    brier,
    fit,
    gain,
)
from sonnim.graphs.network import Floats
from sonnim.tables.errors import StopError

FEATURES = (
    "time_to_k",
    "slowing",
    "depth",
    "from_root",
    "distinct_people",
    "past_size",
    "past_cascades",
)
"""What is known of a young cascade, in the order of the columns of `Young.numbers`: log of the
seconds to k messages; log of the later gaps against the earlier ones; greatest depth; share that
came from the first message itself; share of different people; log of the mean size that earlier
cascades of the first author had when this one began; log of how many those were. Of two messages or
more at that time: which of the others will be cascades is not known then."""

_LEAST = 30


@dataclass(frozen=True, eq=False)
class Young:
    """Cascades that reached k messages, as they were then; arrays of shape (cascades,).

    Attributes:
        roots: Place of the first message.
        when: Time of the k-th message.
        numbers: What was known then, see `FEATURES`; shape (cascades, features).
        grew: Whether 2k messages were reached within the horizon.
        known: Whether the horizon has passed, so that `grew` is settled.
        horizon: Seconds after the k-th message.
    """

    roots: Ints
    when: Floats
    numbers: Floats
    grew: Flags
    known: Flags
    horizon: float


@dataclass(frozen=True, eq=False)
class Growth:
    """What can be foreseen, and how well.

    Attributes:
        model: Fitted on every cascade that is settled; nothing, if there is too little to learn.
        reason: Why there is no model: `few` cascades before or after the split, or `alike`, nearly
            all of them grew or nearly none did; empty if there is one.
        chances: How likely each cascade doubles, as told by a model of cascades that were settled
            before: later ones by that of the earlier ones, those that are not settled by that of
            all settled ones. No number for the others, and without a model. Shape (cascades,).
        auc: On later cascades, of the model of earlier ones; .5 is a guess.
        brier: Its Brier score on them.
        guess: Brier score of the base rate: always saying the share that grew among earlier ones.
        gain: How much less the former is than the latter.
        share: That share.
        learned: How many earlier cascades.
        learned_grew: How many of them grew.
        tested: How many later ones.
        tested_grew: How many of them grew.
        split: The time between them.
    """

    model: Logistic | None
    reason: Literal["", "few", "alike"]
    chances: Floats
    auc: Interval
    brier: float
    guess: float
    gain: Interval
    share: float
    learned: int
    learned_grew: int
    tested: int
    tested_grew: int
    split: float

    @property
    def better(self) -> bool:
        """Whether it told more than the base rate did, beyond chance."""
        return not self.reason and self.gain.low > 0


def young(
    found: Forest,
    people: NDArray[np.integer],
    times: NDArray[np.floating],
    *,
    k: int = 5,
    horizon: float = 7 * 86_400.0,
    now: float | None = None,
) -> Young:
    """What was known of each cascade when it reached k messages, and whether it doubled.

    Args:
        found: The messages.
        people: Who wrote each; 0 or more.
        times: When, in seconds; not descending.
        k: Messages at which a cascade is looked at; 2 or more.
        horizon: Seconds within which it must double.
        now: Until when messages are known; else the time of the last one.

    Raises:
        StopError: Rows are not of one length, times run backwards, or a setting is none.

    Example:
        >>> from sonnim.graphs.cascades import forest
        >>> tree = forest(np.array([-1, 0, 1, 0, -1, 4]))
        >>> seen = young(tree, np.array([7, 8, 7, 9, 7, 8]), np.arange(6.0), k=2, horizon=3)
        >>> seen.roots.tolist(), seen.grew.tolist(), seen.known.tolist()
        ([0, 4], [True, False], [True, False])
        >>> dict(zip(FEATURES, seen.numbers[1].round(2).tolist()))["past_size"]
        1.61
    """
    when, who = np.asarray(times, np.float64), np.asarray(people, np.int64)
    n = len(found.parents)
    if not len(when) == len(who) == n:
        raise StopError("cascade_times", received=min(len(when), len(who)), n=n)
    wrong = np.flatnonzero(~(np.diff(when) >= 0))
    if wrong.size or not np.isfinite(when).all():
        raise StopError("cascade_backwards", row=int(wrong[0]) + 2 if wrong.size else 1)
    if k < 2 or not horizon > 0:
        raise StopError("growth_settings", k=k, horizon=horizon)
    last = (float(when[-1]) if n else 0.0) if now is None else now
    order = np.argsort(found.roots, kind="stable")
    roots, sizes = np.unique(found.roots, return_counts=True)
    begin = np.cumsum(sizes) - sizes
    far = sizes >= k
    roots, sizes, begin = roots[far], sizes[far], begin[far]
    first = order[begin[:, None] + np.arange(k)[None, :]]
    at_k = when[first[:, -1]]
    twice = np.full(len(roots), np.inf)
    doubled = sizes >= 2 * k
    twice[doubled] = when[order[begin[doubled] + 2 * k - 1]]
    moments = when[first]
    middle = k // 2
    early = (moments[:, middle] - moments[:, 0]) / middle
    late = (moments[:, -1] - moments[:, middle]) / max(k - 1 - middle, 1)
    authors = np.sort(who[first], axis=1)
    past_size, past = _past(found, who, roots)
    numbers = np.column_stack(
        [
            np.log1p(at_k - moments[:, 0]),
            np.log1p(late) - np.log1p(early),
            found.depths[first].max(axis=1),
            (found.parents[first[:, 1:]] == roots[:, None]).mean(axis=1),
            (1 + (np.diff(authors, axis=1) > 0).sum(axis=1)) / k,
            np.log1p(past_size),
            np.log1p(past),
        ]
    )
    return Young(
        roots=roots,
        when=at_k,
        numbers=numbers,
        grew=twice <= at_k + horizon,
        known=at_k + horizon <= last,
        horizon=horizon,
    )


def _past(found: Forest, who: Ints, roots: Ints) -> tuple[Floats, Floats]:
    """Mean size then of the earlier cascades by the author of each root, and how many they were."""
    n = len(who)
    hung = np.flatnonzero(found.parents >= 0)
    _, second = np.unique(found.roots[hung], return_index=True)
    # By the author of the cascade, then by place, which is order of time.
    of = who[found.roots[hung]] * n + hung
    answers, begun = np.sort(of), np.sort(of[second])
    own = who[roots] * n
    answered, count = (
        (np.searchsorted(rows, own + roots) - np.searchsorted(rows, own)).astype(np.float64)
        for rows in (answers, begun)
    )
    return (answered + count) / np.maximum(count, 1.0), count


def foreseen(
    given: Young, *, split: float | None = None, penalty: float = 1.0, least: int = _LEAST
) -> Growth:
    """Learns from settled cascades which ones double, and checks it on later ones.

    Args:
        given: The cascades.
        split: Time in seconds. What was settled by then is learned from, what reached k messages
            from then on and is settled by now is foreseen; between them stands one horizon, so that
            nothing is learned from what came later. Without one it is where 60% of the settled are
            before it.
        penalty: On the weights, see `fit`.
        least: Cascades that grew, and that did not, that must be there before and after.

    Example:
        >>> none = np.zeros(0)
        >>> foreseen(Young(none, none, np.zeros((0, 7)), none > 0, none > 0, 60.0)).reason
        'few'
    """
    settled = given.when + given.horizon
    known = given.known
    if split is None:
        split = float(np.quantile(settled[known], 0.6)) if known.any() else 0.0
    before, after = known & (settled <= split), known & (given.when >= split)
    grew = given.grew
    kinds = [int((part & kind).sum()) for part in (before, after) for kind in (grew, ~grew)]
    reason: Literal["", "few", "alike"] = ""
    if min(kinds) < least:
        enough = min(before.sum(), after.sum()) >= 2 * least
        reason = "alike" if enough else "few"
    nothing = float("nan")
    share = float(grew[before].mean()) if before.any() else nothing
    model = None
    chances, score, guess = np.full(len(grew), nothing), nothing, nothing
    area = won = Interval(nothing, nothing, nothing)
    if not reason:
        told = fit(given.numbers[before], grew[before], penalty=penalty).chance(
            given.numbers[after]
        )
        area, won = auc_interval(told, grew[after]), gain(told, share, grew[after])
        score, guess = brier(told, grew[after]), brier(np.full(len(told), share), grew[after])
        model = fit(given.numbers[known], grew[known], penalty=penalty)
        chances[after] = told
        chances[~known] = model.chance(given.numbers[~known])
    return Growth(
        model=model,
        reason=reason,
        chances=chances,
        auc=area,
        brier=score,
        guess=guess,
        gain=won,
        share=share,
        learned=int(before.sum()),
        learned_grew=kinds[0],
        tested=int(after.sum()),
        tested_grew=kinds[2],
        split=split,
    )

"""Which category of aspects is near to a term that none has."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sonnim.language.aspect_list import Category
from sonnim.language.morphemes import alike, morphemes
from sonnim.language.terms import is_korean, stems

_CONTENT = ("NN", "VV", "VA", "XR", "SL")
_NEIGHBOURS = 5
# Words that Kiwi's model has rarely seen lie near to everything ("hubs": Radovanović et al. 2010).
# So a neighbour's mean similarity to a background is taken off before neighbours are compared, as
# in CSLS (Conneau et al. 2018), and a term that is itself near to everything has no neighbours.
_BACKGROUND, _HUB, _ALIKE, _NEARER = 40, 0.72, 0.5, 0.08
# Words the model does not know share one embedding.
_SAME = 0.999


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A term that people often use and no category has.

    Attributes:
        term: As given.
        n: How often.
        category: The category that may want it, or "" where none is near.
        alike: How near, 0 to 1.
        near: The terms of that category which are nearest.
    """

    term: str
    n: int
    category: str = ""
    alike: float = 0.0
    near: tuple[str, ...] = ()


class Near:
    """Which category is near to a term that none has."""

    def __init__(self, categories: Sequence[Category]) -> None:
        self._categories = categories

    @cached_property
    def _korean(self) -> tuple[tuple[str, str, str], ...]:
        """Morpheme, term and category of the Korean terms of one morpheme."""
        pairs = [(t, c.id) for c in self._categories for t in c.terms if is_korean(t)]
        rows = morphemes([term for term, _ in pairs], names=False)
        heads = [[one for one in row if one.partition("/")[2][:2] in _CONTENT] for row in rows]
        return tuple(
            (row[0], term, id)
            for (term, id), row in zip(pairs, heads, strict=True)
            if len(row) == 1
        )

    @cached_property
    def _english(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Term and category of the English terms that have a word."""
        pairs = [(t, c.id) for c in self._categories for t in c.terms if not is_korean(t)]
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for pair, row in zip(pairs, stems([term for term, _ in pairs]), strict=True):
            for word in row:
                found[word] = (*found.get(word, ()), pair)
        return found

    def suggestion(self, term: str, n: int, row: Sequence[str]) -> Suggestion:
        """The suggestion for one term, cut into its stems."""
        votes = self._by_meaning(term) if is_korean(term) else self._by_words(row)
        if not votes:
            return Suggestion(term=term, n=n)
        sums: dict[str, float] = defaultdict(float)
        for sure, _, category in votes:
            sums[category] += sure
        chosen = max(sums, key=lambda category: sums[category])
        near = [(sure, term) for sure, term, category in votes if category == chosen]
        return Suggestion(
            term=term,
            n=n,
            category=chosen,
            alike=round(near[0][0], 3),
            near=tuple(dict.fromkeys(term for _, term in near)),
        )

    def _by_meaning(self, term: str) -> list[tuple[float, str, str]]:
        cut = morphemes([term], names=False)[0]
        heads = [one for one in cut if one.partition("/")[2][:2] in _CONTENT]
        if not heads:
            return []
        # The last noun of a Korean compound is what it is: 배달 기사 is a 기사.
        head = heads[-1]
        means = self._means
        if _mean(alike(head, self._background)) >= _HUB:
            return []
        distinct = list(means)
        scores = dict(zip(distinct, alike(head, distinct), strict=True))
        if any(score > _SAME for known, score in scores.items() if known != head):
            return []
        rated = [
            (scores[known] - means[known], scores[known], name, category)
            for known, name, category in self._korean
            if scores[known] >= _ALIKE and scores[known] - means[known] >= _NEARER
        ]
        rated.sort(key=lambda one: -one[0])
        return [one[1:] for one in rated[:_NEIGHBOURS]]

    @cached_property
    def _background(self) -> list[str]:
        distinct = list(dict.fromkeys(morpheme for morpheme, _, _ in self._korean))
        return distinct[:: max(1, len(distinct) // _BACKGROUND)]

    @cached_property
    def _means(self) -> Mapping[str, float]:
        """How near each morpheme of the catalogue is to any other."""
        distinct = dict.fromkeys(morpheme for morpheme, _, _ in self._korean)
        return {morpheme: _mean(alike(morpheme, self._background)) for morpheme in distinct}

    def _by_words(self, row: Sequence[str]) -> list[tuple[float, str, str]]:
        rated: list[tuple[float, str, str]] = []
        for word in row:
            others = self._english.get(word, ())
            # A word that many categories have says little of any.
            for known, category in others if len(others) <= 2 * _NEIGHBOURS else ():
                rated.append((1.0 / max(len(row), 2), known, category))
        return rated[:_NEIGHBOURS]


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0

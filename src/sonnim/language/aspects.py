"""What an opinion is about, by name: the catalogue of aspects.

An opinion has a target (배송이) and words (너무 늦어요); the catalogue says which category that is
(`delays`). It looks both up, by their morphemes, among the terms of its categories (`aspects.toml`
and the company's own):

1. a term that needs both (결제 + 안 되다 is a payment failure, 결제 alone is payment),
2. the longest term in the target,
3. the longest term in the words, if the target is not named or only a thing (커피 + 비싸다),
4. the thing itself,
5. the letters of the target, where morphemes find nothing (unknown compounds),
6. the text around.

Where nothing fits there is no category: better none than a wrong one. How sure an answer is depends
on which of these found it, and on whether target and words agree; it orders answers and is no
calibrated probability.

Longest match over a list of terms is the usual baseline of aspect categories (Pontiki et al. 2014,
"SemEval-2014 Task 4", subtask 3); it needs no labels, so that a company can add its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from sonnim.language.aspect_list import KINDS, Category, Kind, Own, merged
from sonnim.language.aspect_near import Near, Suggestion
from sonnim.language.features import clean
from sonnim.language.terms import is_korean, is_verb, stems

# How sure: found by both together, in the target, in the words, as a thing, by letters, around.
_BOTH, _TARGET, _WORDS, _THING, _LETTERS, _AROUND = 0.95, 0.9, 0.8, 0.6, 0.5, 0.35
# Less if the term is only a part of what was given, or if two categories claim it.
_PART, _CLAIMED = 0.95, 0.5
_SHORTEST = 2
_ENDINGS = ("네요", "고", "지만")


class Found(NamedTuple):
    """The category of one opinion.

    Attributes:
        category: Its id, "" where none fits.
        sure: 0 to 1; orders answers, and is no calibrated probability.
    """

    category: str
    sure: float


NOTHING = Found("", 0.0)


class _Hit(NamedTuple):
    """A term found in a row of stems: whose it is, how long, and whether it is all of the row."""

    categories: tuple[str, ...]
    length: tuple[int, int]
    whole: bool


_Index = Mapping[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Catalogue:
    """Categories and their terms, ready to look up.

    Attributes:
        categories: All of them, in the order of the catalogue.
    """

    categories: tuple[Category, ...]
    _by_id: Mapping[str, Category] = field(repr=False, compare=False)
    # By kind: targets, words and things of one row of stems.
    _terms: Mapping[str, _Index] = field(repr=False, compare=False)
    _letters: Mapping[str, str] = field(repr=False, compare=False)
    _vocabulary: frozenset[str] = field(repr=False, compare=False)
    _longest: int = field(repr=False, compare=False)

    @staticmethod
    def load(own: Own | None = None) -> "Catalogue":
        """The default catalogue together with the company's own; made once a process.

        Args:
            own: What the company says of aspects (`sonnim.workspace.aspect_settings`).

        >>> mine = Category(id="our_app", ko="우리 앱", en="Our app", targets=("마이샵앱",))
        >>> Catalogue.load(Own(categories=(mine,))).category("마이샵앱이", "느려요").category
        'our_app'
        """
        return _load(own or Own())

    def __getitem__(self, category: str) -> Category:
        """The category of that id."""
        return self._by_id[category]

    def __contains__(self, category: str) -> bool:
        return category in self._by_id

    def within(self, category: str, above: str) -> bool:
        """Whether the first is the second or under it.

        >>> Catalogue.load().within("delays", "delivery")
        True
        """
        return category == above or (
            category in self._by_id and self._by_id[category].parent == above != ""
        )

    def category(self, target: str, words: str, text: str = "") -> Found:
        """What one opinion is about.

        Args:
            target: What it is of, as written; "" if it is not named.
            words: What is said of it, as written.
            text: The sentence around them.

        >>> Catalogue.load().category("배송이", "너무 늦었어요").category
        'delays'
        >>> Catalogue.load().category("", "way overpriced").category
        'price'
        >>> Catalogue.load().category("하늘", "파랗다")
        Found(category='', sure=0.0)
        """
        return self.find([target], [words], [text])[0]

    def find(
        self, targets: Sequence[str], words: Sequence[str], texts: Sequence[str] | None = None
    ) -> list[Found]:
        """What each opinion is about; equal ones are looked up once.

        Args:
            targets: As for `category`, one for each opinion.
            words: As for `category`.
            texts: As for `category`.

        >>> rows = Catalogue.load().find(["app", "직원"], ["keeps crashing", "불친절"])
        >>> [found.category for found in rows]
        ['crashes', 'staff']
        """
        pairs = list(zip(targets, words, strict=True))
        distinct = list(dict.fromkeys(pairs))
        cut = self._cut(text for pair in distinct for text in pair)
        known = {pair: self._read(pair[0], cut[pair[0]], cut[pair[1]]) for pair in distinct}
        if texts is None:
            return [known[pair] for pair in pairs]
        rows = list(zip(pairs, texts, strict=True))
        around = self._cut(text for pair, text in rows if not known[pair].category and text)
        seen = {text: self._around(row) for text, row in around.items()}
        return [known[p] if known[p].category else seen.get(text, NOTHING) for p, text in rows]

    def suggest(self, counts: Mapping[str, int], most: int = 20) -> list[Suggestion]:
        """Terms that people often use and no category has, with the category that may want them.

        Korean terms are compared with those of the catalogue by the meanings that Kiwi's language
        model gives to morphemes; the five nearest vote. English terms have no such model here: only
        a word in common counts.

        Args:
            counts: How often each term is used (`sonnim.language.terms`).
            most: How many suggestions.

        Returns:
            The most frequent first.

        >>> found = Catalogue.load().suggest({"배송": 90, "볶음밥": 30})
        >>> [(one.term, one.category) for one in found]
        [('볶음밥', 'taste')]
        """
        cut = self._cut(counts)
        new = [
            term
            for term, row in cut.items()
            if any(map(str.isalpha, row)) and self._read(term, row, []) == NOTHING
        ]
        new = sorted(new, key=lambda term: (-counts[term], term))[:most]
        near = Near(self.categories)
        return [near.suggestion(term, counts[term], cut[term]) for term in new]

    def _cut(self, texts: Iterable[str]) -> dict[str, list[str]]:
        distinct = list(dict.fromkeys(texts))
        # An adverb or suffix that no term has does not part the words beside it.
        return dict(zip(distinct, stems(distinct, self._vocabulary), strict=True))

    def _read(self, target: str, of: list[str], said: list[str]) -> Found:
        if not of and not target.strip():
            return self._clause(said, _WORDS, _THING)
        both, thing = self._across(of, said), self._hit(of, "things")
        named, words = self._hit(of, "targets", "words"), self._hit(said, "words", "targets")
        if named is not None and thing is not None and thing.length[0] > named.length[0]:
            named = None
        if both is not None and (named is None or len(both.categories) == 1):
            return self._found(both, _BOTH, named or words)
        if named is not None:
            return self._named(named, words)
        if words is not None:
            return self._found(words, _WORDS, thing)
        if thing is not None:
            return self._found(thing, _THING, None)
        found = self._by_letters(target)
        return found if found.category else self._clause(said, _AROUND, _AROUND)

    def _clause(self, row: list[str], sure: float, thing: float) -> Found:
        """Of words that name what they are of within themselves (벌레가 나왔어요): that."""
        hit = self._hit(row, "targets", "words", first=True)
        if hit is None:
            hit, sure = self._hit(row, "things", first=True), thing
        if hit is None:
            return NOTHING
        return self._named(hit, self._hit(row, "words"), sure)

    def _named(self, named: _Hit, words: _Hit | None, sure: float = _TARGET) -> Found:
        found = self._found(named, sure, words)
        for below in words.categories if words is not None else ():
            if below == found.category:
                return found if named is words else Found(below, max(found.sure, sure))
            if self.within(below, found.category):
                return Found(below, sure)
        return found

    def _found(self, hit: _Hit, sure: float, beside: _Hit | None) -> Found:
        """The category of a hit; if several claim the term, the one akin to what stands beside."""
        sure *= 1.0 if hit.whole else _PART
        if len(hit.categories) == 1:
            return Found(hit.categories[0], round(sure, 3))
        for one in hit.categories:
            if beside is not None and any(self._akin(one, two) for two in beside.categories):
                return Found(one, round(sure * _PART, 3))
        return Found(hit.categories[0], round(sure * _CLAIMED, 3))

    def _akin(self, one: str, two: str) -> bool:
        first, second = self._by_id[one], self._by_id[two]
        return (first.parent or first.id) == (second.parent or second.id)

    def _across(self, of: list[str], said: list[str]) -> _Hit | None:
        """A term that begins in the target and ends in the words."""
        best = None
        whole, border = of + said, len(of)
        for kind in KINDS:
            for start, stop, hit in self._spans(whole, kind):
                if start < border < stop and (best is None or hit.length > best.length):
                    best = hit
        return best

    def _hit(self, row: list[str], *kinds: Kind, first: bool = False) -> _Hit | None:
        """The longest term in a row of stems; of equals that of the first kind.

        Among those the last, since a noun phrase ends in what it is, or the first if asked.
        """
        best = None
        for kind in kinds:
            here = None
            for _, _, hit in self._spans(row, kind):
                if here is None or _longer(hit, here, first):
                    here = hit
            if here is not None and (best is None or here.length[0] > best.length[0]):
                best = here
        return best

    def _spans(self, row: list[str], kind: Kind) -> Iterator[tuple[int, int, _Hit]]:
        index = self._terms[kind]
        for start in range(len(row)):
            for stop in range(min(len(row), start + self._longest), start, -1):
                piece = tuple(row[start:stop])
                if piece in index:
                    length = (stop - start, sum(map(len, piece)))
                    yield start, stop, _Hit(index[piece], length, stop - start == len(row))

    def _by_letters(self, target: str) -> Found:
        joined = clean(target).replace(" ", "")
        best = ""
        for stop in range(len(joined), 1, -1):
            for start in range(max(0, stop - 12), stop - 1):
                piece = joined[start:stop]
                if len(piece) > len(best) and piece in self._letters:
                    best = piece
        return Found(self._letters[best], _LETTERS) if best else NOTHING

    def _around(self, row: list[str]) -> Found:
        return self._clause(row, _AROUND, _AROUND)


def _longer(hit: _Hit, than: _Hit, first: bool) -> bool:
    if first:
        # In a clause letters decide nothing: the earlier noun is what it is about.
        return hit.length[0] > than.length[0]
    return hit.length >= than.length


@lru_cache(maxsize=8)
def _load(own: Own) -> Catalogue:
    categories = merged(own)
    mine = {one.id: set(one.terms) for one in own.categories}
    entries = [
        (one.id, kind, term) for one in categories for kind in KINDS for term in one.by(kind)
    ]
    cut = _cut_terms(entries)
    claims: dict[Kind, dict[tuple[str, ...], list[str]]] = {kind: {} for kind in KINDS}
    whose: dict[tuple[str, ...], set[str]] = {}
    letters: dict[str, str] = {}
    for (id, kind, term), row in cut:
        own_term = term in mine.get(id, ())
        joined = clean(term).replace(" ", "")
        by_letters = kind == "targets" and len(joined) >= _SHORTEST and (is_korean(term) or not row)
        if by_letters and (own_term or joined not in letters):
            letters[joined] = id
        if row and id not in (ids := claims[kind].setdefault(row, [])):
            ids.append(id)
        if own_term:
            whose.setdefault(row, set()).add(id)
    for kind in KINDS:
        for row, ids in claims[kind].items():
            # What the company says of a term goes before what the default says.
            if row in whose:
                ids[:] = [id for id in ids if id in whose[row]]
    return Catalogue(
        categories=categories,
        _by_id={one.id: one for one in categories},
        _terms={
            kind: {row: tuple(ids) for row, ids in claims[kind].items() if ids} for kind in KINDS
        },
        _letters=letters,
        _vocabulary=frozenset(word for _, row in cut for word in row),
        _longest=max((len(row) for _, row in cut), default=0),
    )


_Entry = tuple[str, Kind, str]


def _cut_terms(entries: Sequence[_Entry]) -> list[tuple[_Entry, tuple[str, ...]]]:
    """Each term (category, kind, term) with its stems, twice where it may be cut in two ways.

    Kiwi takes some nouns that stand alone for verbs (알림 for 알리다, 하자 for 하다) and knows them
    by the particle behind them. A noun of one verb's stem gets none: it would be found everywhere.
    Its letters still find it. Verbs are cut as they are said, since 새다 alone is taken for 새 (a
    bird) with 이다, and 환불받다 now for one word and now for two.
    """
    found: dict[tuple[_Entry, tuple[str, ...]], None] = {}
    said = [(one, one[2][:-1]) for one in entries if one[1] == "words" and one[2].endswith("다")]
    verbs = {one for one, _ in said}
    for ending in _ENDINGS:
        for (entry, _), row in zip(said, stems([stem + ending for _, stem in said]), strict=True):
            if len("".join(row)) >= _SHORTEST:
                found[entry, tuple(row)] = None
    others = [one for one in entries if one not in verbs]
    alone = stems([term for _, _, term in others])
    followed = stems([term + "도" if is_korean(term) else term for _, _, term in others])
    for entry, row, other in zip(others, alone, followed, strict=True):
        joined = entry[2].replace(" ", "")
        is_noun = not (len(row) == 1 and is_verb(row[0]) and row[0] != joined)
        if is_noun or entry[1] == "words":
            found[entry, tuple(row)] = None
        if "".join(other) == joined:
            found[entry, tuple(other)] = None
        found.setdefault((entry, ()), None)
    return list(found)

"""The categories of the catalogue of aspects: the defaults, and what a company says of its own."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal

from sonnim.tables.words import current_language

INDUSTRIES = (
    "retail", "delivery", "app", "restaurant", "telecom", "airline", "finance", "hospitality",
)  # fmt: skip

Kind = Literal["targets", "words", "things"]
KINDS: tuple[Kind, ...] = ("targets", "words", "things")


@dataclass(frozen=True, kw_only=True)
class Category:
    """One category of aspects.

    Attributes:
        id: Its name in the column `category`: English, small letters, `_`.
        ko: Its name in Korean.
        en: Its name in English.
        parent: Category above it, or "".
        industries: Where it belongs; empty: everywhere.
        targets: Nouns that name it.
        words: What is said where it is not named.
        things: What is sold or used; what is said of it goes before.
        own: Whether the company added it, or added to it.
    """

    id: str
    ko: str
    en: str
    parent: str = ""
    industries: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    own: bool = False

    @property
    def path(self) -> str:
        """Parent and id.

        >>> Category(id="delays", ko="배송 지연", en="Late delivery", parent="delivery").path
        'delivery.delays'
        """
        return f"{self.parent}.{self.id}" if self.parent else self.id

    @property
    def terms(self) -> tuple[str, ...]:
        """All its terms."""
        return (*self.targets, *self.words, *self.things)

    def by(self, kind: Kind) -> tuple[str, ...]:
        """Its terms of one kind."""
        return {"targets": self.targets, "words": self.words, "things": self.things}[kind]

    def name(self, language: str | None = None) -> str:
        """Its name in a language (by default the one in force)."""
        return self.ko if (language or current_language()) == "ko" else self.en


@dataclass(frozen=True, kw_only=True)
class Own:
    """What a company says of aspects.

    Attributes:
        categories: Its own; one with the id of a default adds its terms to that.
        without: Defaults it does not want; what is under them goes too.
        industries: Only the defaults of these; empty: all.
    """

    categories: tuple[Category, ...] = ()
    without: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()


@cache
def defaults() -> tuple[Category, ...]:
    """The categories of the default catalogue (`aspects.toml`)."""
    file = files("sonnim.language").joinpath("aspects.toml")
    read = tomllib.loads(file.read_text(encoding="utf-8"))

    def terms(section: Mapping[str, Mapping[str, str]], kind: str) -> tuple[str, ...]:
        lists = section.get(kind, {}).values()
        return tuple(term.strip() for terms in lists for term in terms.split(","))

    return tuple(
        Category(
            id=id,
            ko=one["name"]["ko"],
            en=one["name"]["en"],
            parent=one.get("parent", ""),
            industries=tuple(one.get("industries", ())),
            targets=terms(one, "targets"),
            words=terms(one, "words"),
            things=terms(one, "things"),
        )
        for id, one in read.items()
    )


def merged(own: Own) -> tuple[Category, ...]:
    """The defaults and the company's own, in that order.

    Args:
        own: What the company says.

    >>> [one.id for one in merged(Own(industries=("finance",))) if one.parent == "banking"]
    ['transfer', 'loan', 'card', 'investing', 'insurance']
    """
    mine = {one.id: one for one in own.categories}
    found = []
    for one in defaults():
        fits = not one.industries or not own.industries or set(one.industries) & set(own.industries)
        if {one.id, one.parent} & set(own.without) or not (fits or one.id in mine):
            continue
        extra = mine.pop(one.id, None)
        if extra is not None:
            one = replace(
                one,
                ko=extra.ko or one.ko,
                en=extra.en or one.en,
                targets=_union(one.targets, extra.targets),
                words=_union(one.words, extra.words),
                things=_union(one.things, extra.things),
                own=True,
            )
        found.append(one)
    found.extend(replace(one, own=True) for one in mine.values())
    there = {one.id for one in found}
    # A parent that the industries leave out takes its place at the top with it.
    return tuple(one if one.parent in there else replace(one, parent="") for one in found)


def _union(one: Iterable[str], two: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *two)))

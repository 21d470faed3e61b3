"""`[aspects]` of sonnim.toml: what the company's opinions are about, beside the default catalogue.

[aspects]
industries = ["restaurant", "delivery"]   # of the default catalogue, only these

[aspects.our_app]                          # a category of its own
name = "우리 앱"
parent = "app"
targets = ["마이샵앱", "myshop app"]

[aspects.baggage]                          # a default that is not wanted
use = false
"""

import re
from collections.abc import Mapping
from pathlib import Path

from sonnim.language.aspect_list import INDUSTRIES, KINDS, Category, Own, defaults
from sonnim.tables.errors import StopError
from sonnim.tables.words import say
from sonnim.workspace import settings

SECTION = "aspects"
_SETTINGS = ("name", "parent", "targets", "words", "things", "use")
_ID = re.compile("[a-z][a-z0-9_]{0,39}")


def aspects(folder: Path) -> Own:
    """What sonnim.toml says of aspects.

    Args:
        folder: Of the workspace.

    Returns:
        For `Catalogue.load`; empty where there is no `[aspects]`.

    Raises:
        StopError: A setting there is none, one of a wrong kind, or a term in two categories.
    """
    section = settings.read(folder).get(SECTION, {})
    if not isinstance(section, Mapping):
        raise _wrong(SECTION, section, "allowed_aspects")
    industries: tuple[str, ...] = ()
    categories: list[Category] = []
    without: list[str] = []
    for key, value in section.items():
        id, place = str(key), f"{SECTION}.{key}"
        if id == "industries":
            industries = _industries(value, place)
        elif not isinstance(value, Mapping):
            raise _wrong(place, value, "allowed_aspect")
        elif not _ID.fullmatch(id):
            raise _wrong(place, id, "allowed_aspect_id")
        elif _used(value, place):
            categories.append(_category(id, value, place))
        else:
            without.append(_default(id, place))
    _check_parents(categories, without)
    _check_terms(categories)
    return Own(categories=tuple(categories), without=tuple(without), industries=tuple(industries))


def _industries(value: object, place: str) -> tuple[str, ...]:
    names = _list(value, place)
    for name in names:
        if name not in INDUSTRIES:
            raise _not_allowed(place, name, say("allowed_industries", names=", ".join(INDUSTRIES)))
    return names


def _used(section: Mapping[str, object], place: str) -> bool:
    for name in section:
        if name not in _SETTINGS:
            allowed = ", ".join(_SETTINGS)
            raise StopError("settings_unknown", place=place, name=name, allowed=allowed)
    use = section.get("use", True)
    if not isinstance(use, bool):
        raise _wrong(f"{place}.use", use, "allowed_use")
    return use


def _default(id: str, place: str) -> str:
    known = [one.id for one in defaults()]
    if id not in known:
        raise _not_allowed(place, id, say("allowed_default_aspect", names=", ".join(known)))
    return id


def _category(id: str, section: Mapping[str, object], place: str) -> Category:
    known = {one.id: one for one in defaults()}
    terms = {kind: _list(section.get(kind, []), f"{place}.{kind}") for kind in KINDS}
    if not any(terms.values()):
        raise _wrong(place, id, "allowed_aspect")
    name, parent = section.get("name", ""), section.get("parent", "")
    if not isinstance(name, str) or not (name or id in known):
        raise _wrong(f"{place}.name", name, "allowed_aspect_name")
    if not isinstance(parent, str):
        raise _wrong(f"{place}.parent", parent, "allowed_aspect_parent")
    if id in known and parent not in ("", known[id].parent):
        # Opinions of last month carry the id: its place is not the company's to change.
        raise _wrong(f"{place}.parent", parent, "allowed_aspect_default_parent")
    return Category(
        id=id,
        ko=str(name),
        en=str(name),
        parent=str(parent),
        targets=terms["targets"],
        words=terms["words"],
        things=terms["things"],
        own=True,
    )


def _check_parents(categories: list[Category], without: list[str]) -> None:
    known = {one.id: one.parent for one in defaults()}
    top = {id for id, parent in known.items() if not parent} - set(without)
    top |= {one.id for one in categories if not one.parent and not known.get(one.id)}
    for one in categories:
        if one.parent and one.id not in known and one.parent not in top - {one.id}:
            allowed = say("allowed_parents", names=", ".join(sorted(top - {one.id})))
            raise _not_allowed(f"{SECTION}.{one.id}.parent", one.parent, allowed)


def _check_terms(categories: list[Category]) -> None:
    whose: dict[str, str] = {}
    for one in categories:
        for term in one.terms:
            other = whose.setdefault(" ".join(term.casefold().split()), one.id)
            if other != one.id:
                raise StopError("aspect_twice", place=f"{SECTION}.{one.id}", term=term, other=other)


def _list(value: object, place: str) -> tuple[str, ...]:
    names = value if isinstance(value, (list, tuple)) else None
    if names is None or not all(isinstance(one, str) and one.strip() for one in names):
        raise _wrong(place, value, "allowed_terms")
    return tuple(dict.fromkeys(str(one).strip() for one in names))


def _wrong(place: str, received: object, allowed: str) -> StopError:
    return _not_allowed(place, received, say(allowed))


def _not_allowed(place: str, received: object, allowed: str) -> StopError:
    return StopError("settings_wrong", place=place, received=received, allowed=allowed)

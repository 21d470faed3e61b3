"""What became of groups since the last answer, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from sonnim.tables.answers_network import COMMUNITIES
from sonnim.views.figures import ArrowTable, columns_of
from sonnim.views.writing import number, phrase

LEAST_TOLD = 5
"""People of a group of which a sentence is made; the table has them all."""

_MOST_TOLD = 4
_ORDER = ("merged", "split", "born", "gone")


@dataclass(frozen=True, kw_only=True)
class Since:
    """One group of this answer, or one of the last that is no more.

    Attributes:
        group: Its number as people see it.
        state: kept, born, split, merged, gone, or "" where there was no answer before.
        n: Its people; 0 if it is no more.
        n_before: Its people in the last answer.
        origins: Groups that it came of, by the numbers that people see.
        heirs: Groups that its people went to.
    """

    group: int
    state: str
    n: int
    n_before: int
    origins: tuple[int, ...]
    heirs: tuple[int, ...]

    @property
    def size(self) -> int:
        """Its people, or those it had."""
        return self.n or self.n_before


def since(table: ArrowTable) -> list[Since]:
    """The rows of `communities`, by number."""
    names = ("community_id", "state", "n", "n_before", "origins", "heirs")
    found = [
        Since(
            group=group + 1,
            state=state or "",
            n=n or 0,
            n_before=n_before or 0,
            origins=_seen(origins),
            heirs=_seen(heirs),
        )
        for group, state, n, n_before, origins, heirs in zip(
            *columns_of(table, COMMUNITIES, names), strict=True
        )
        if group is not None
    ]
    return sorted(found, key=lambda one: one.group)


def since_text(one: Since, language: str) -> str:
    """What became of a group that is there, for a cell of a table."""
    others = [group for group in one.origins if group != one.group]
    key = "took" if one.state == "kept" and others else one.state
    if not key:
        return ""
    return phrase(
        f"view_since_{key}", language, groups=_listed(others), before=number(one.n_before)
    )


def changes_told(every: Sequence[Since], language: str) -> str:
    """The largest changes in one sentence; "" where there are none."""
    wholes = {one.group for one in every if one.n and one.state == "merged"}
    told = [
        one
        for one in every
        if one.state in _ORDER and one.size >= LEAST_TOLD and not _told_elsewhere(one, wholes)
    ]
    if not told:
        return ""
    told.sort(key=lambda one: (-one.size, _ORDER.index(one.state), one.group))
    parts = [_told(one, language) for one in told[:_MOST_TOLD]]
    if len(told) > _MOST_TOLD:
        parts.append(phrase("view_since_more", language, n=number(len(told) - _MOST_TOLD)))
    return phrase("view_since_told", language, changes=", ".join(parts))


def _told_elsewhere(one: Since, wholes: set[int]) -> bool:
    """Of what fell into parts the parts tell, of what made up a new group that one."""
    return not one.n and (one.state == "split" or bool(wholes & set(one.heirs)))


def _told(one: Since, language: str) -> str:
    key = "merged_into" if one.state == "merged" and not one.n else one.state
    return phrase(
        f"view_since_{key}_told",
        language,
        group=number(one.group),
        groups=_listed(one.heirs or one.origins),
        n=number(one.size),
    )


def _seen(ids: Sequence[str] | None) -> tuple[int, ...]:
    return tuple(int(one) + 1 for one in ids or () if one.isdecimal())


def _listed(groups: Sequence[int]) -> str:
    return ", ".join(number(one) for one in groups)

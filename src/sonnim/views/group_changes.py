"""What became of groups since the last answer or period, in words."""

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
    """One group that is there, or one of before that is no more.

    Attributes:
        name: What people call it: a number mostly.
        state: kept, born, split, merged, gone, or "" where there was nothing before.
        n: Its people; 0 if it is no more.
        n_before: The people that it had.
        origins: Names of the groups that it came of.
        heirs: Names of the groups that its people went to.
    """

    name: str
    state: str
    n: int
    n_before: int
    origins: tuple[str, ...] = ()
    heirs: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Its people, or those it had."""
        return self.n or self.n_before


def since(table: ArrowTable) -> list[Since]:
    """The rows of `communities`, by number."""
    names = ("community_id", "state", "n", "n_before", "origins", "heirs")
    rows = zip(*columns_of(table, COMMUNITIES, names), strict=True)
    return [
        Since(
            name=number(group + 1),
            state=state or "",
            n=n or 0,
            n_before=n_before or 0,
            origins=_seen(origins),
            heirs=_seen(heirs),
        )
        for group, state, n, n_before, origins, heirs in sorted(
            (row for row in rows if row[0] is not None), key=lambda row: int(row[0])
        )
    ]


def since_text(one: Since, language: str) -> str:
    """What became of a group, for a cell of a table."""
    others = [name for name in one.origins if name != one.name]
    key = "took" if one.state == "kept" and others else one.state
    if not key:
        return ""
    if not one.n and one.heirs:
        key, others = f"{one.state}_into", list(one.heirs)
    return phrase(
        f"view_since_{key}", language, groups=", ".join(others), before=number(one.n_before)
    )


def changes_told(every: Sequence[Since], language: str, least: int = LEAST_TOLD) -> str:
    """The largest changes of groups of so many people, in turn; "" where there are none."""
    wholes = {one.name for one in every if one.n and one.state == "merged"}
    told = [
        one
        for one in every
        if one.state in _ORDER and one.size >= least and not _told_elsewhere(one, wholes)
    ]
    told.sort(key=lambda one: (-one.size, _ORDER.index(one.state)))
    parts = [_told(one, language) for one in told[:_MOST_TOLD]]
    if len(told) > _MOST_TOLD:
        parts.append(phrase("view_since_more", language, n=number(len(told) - _MOST_TOLD)))
    return ", ".join(parts)


def _told_elsewhere(one: Since, wholes: set[str]) -> bool:
    """Of what fell into parts the parts tell, of what made up a new group that one."""
    return not one.n and (one.state == "split" or bool(wholes & set(one.heirs)))


def _told(one: Since, language: str) -> str:
    key = "merged_into" if one.state == "merged" and not one.n else one.state
    return phrase(
        f"view_since_{key}_told",
        language,
        group=one.name,
        groups=", ".join(one.heirs or one.origins),
        n=number(one.size),
    )


def _seen(ids: Sequence[str] | None) -> tuple[str, ...]:
    """Numbers as people see them: from one."""
    return tuple(number(int(one) + 1) for one in ids or () if one.isdecimal())

"""The tree of one cascade: each message when it came, joined to what it hangs on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sonnim.views.base import ChartSpec, TableSpec
from sonnim.views.cascade import duration_text
from sonnim.views.network_marks import tree
from sonnim.views.palette import LIGHT
from sonnim.views.people import short_names
from sonnim.views.writing import number, phrase

MOST = 200
"""So many messages are drawn, the first of them: a person can follow them."""

_EARLIEST = 1 / 60
"""Hours: a message that came sooner is drawn there."""

_TICKS = (1 / 60, 1 / 6, 1.0, 6.0, 24.0, 168.0, 720.0, 8_760.0)
_KINDS = (("company", LIGHT["accent"]), ("negative", LIGHT["warm"]), ("other", LIGHT["neutral"]))


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message of a cascade.

    Attributes:
        message_id: Which message.
        parent_id: What it hangs on; None for the first one.
        person_id: Who said it, or None.
        hours: After the first message.
        company: Whether the company said it.
        negative: Whether its mood is negative.
    """

    message_id: str
    parent_id: str | None
    person_id: str | None
    hours: float
    company: bool
    negative: bool


@dataclass(frozen=True, kw_only=True)
class Node:
    """A message in its place.

    Attributes:
        said: The message.
        row: Its height; branches do not cross.
        depth: Steps from the first message.
        parent: Place of what it hangs on among the nodes, or None.
    """

    said: Said
    row: float
    depth: int
    parent: int | None


def tree_chart(said: Sequence[Said], language: str) -> ChartSpec | None:
    """The tree; None where there are not two messages.

    Args:
        said: The messages of one cascade, in any order.
        language: Of its texts.
    """
    nodes = placed(said, MOST)
    if len(nodes) < 2:
        return None
    names = short_names(one.said.person_id for one in nodes if one.said.person_id)
    kinds = {kind: phrase(f"view_tree_{kind}", language) for kind, _ in _KINDS}
    company = kinds["company"]
    # Most comes in the first hours, the rest in weeks: time is drawn by its powers, which know no
    # zero, so that the first message stands a little before the second.
    soonest = min((one.said.hours for one in nodes if one.said.hours > _EARLIEST), default=1.0)
    begin = max(soonest / 3, _EARLIEST)
    whole: list[dict[str, Any]] = []
    for place, node in enumerate(nodes, 1):
        one = node.said
        kind = kinds["company" if one.company else "negative" if one.negative else "other"]
        whole.append(
            {
                "hours": round(max(one.hours, begin), 4),
                "row": round(node.row, 2),
                "group": kind,
                "first": node.parent is None,
                "name": number(place),
                # Of the company nobody needs to know the account.
                "who": company if one.company else names.get(one.person_id or "", "–"),
                "after": duration_text(one.hours, language),
                "depth": number(node.depth),
                "on": "" if node.parent is None else number(node.parent + 1),
            }
        )
    lines = [
        {
            "hours": whole[node.parent]["hours"],
            "row": whole[node.parent]["row"],
            "hours2": whole[place]["hours"],
            "row2": whole[place]["row"],
        }
        for place, node in enumerate(nodes)
        if node.parent is not None
    ]
    tips = {
        "name": phrase("view_column_place", language),
        "who": phrase("view_column_person", language),
        "after": phrase("view_column_after", language),
        "depth": phrase("view_column_steps", language),
        "on": phrase("view_column_hangs_on", language),
        "group": phrase("view_column_kind", language),
    }
    notes = [phrase("view_tree_how_to_read", language)]
    if len(said) > len(nodes):
        notes.append(
            phrase("view_tree_most", language, shown=number(len(nodes)), all=number(len(said)))
        )
    last = max(row["hours"] for row in whole)
    ticks = [(round(begin, 4), "0")]
    ticks += [
        (hours, duration_text(hours, language).replace(".0", ""))
        for hours in _TICKS
        if 2 * begin < hours <= last
    ]
    return ChartSpec(
        id="tree",
        title=phrase("view_tree", language),
        subtitle=" ".join(notes),
        vega_lite=tree(
            whole,
            lines,
            [(kinds[kind], colour) for kind, colour in _KINDS],
            ticks,
            tips,
            phrase("view_axis_after", language),
            1 + max(node.row for node in nodes),
        ),
        table=TableSpec(
            title=phrase("view_tree", language),
            columns=tuple(tips.values()),
            rows=tuple(tuple(row[name] for name in tips) for row in whole),
            alignments=("right", "left", "right", "right", "right", "left"),
        ),
        n=len(said),
        measures=("cascade",),
        wide=True,
    )


def placed(said: Sequence[Said], most: int) -> list[Node]:
    """The first messages of a cascade, each between those that hang on it, by time.

    A message whose parent is not among them is left out, so that the tree hangs together.

    Example:
        >>> def one(name, on, hours):
        ...     return Said(message_id=name, parent_id=on, person_id=None, hours=hours,
        ...                 company=False, negative=False)
        >>> found = placed([one("a", None, 0.0), one("b", "a", 1.0), one("c", "a", 2.0)], 9)
        >>> [(node.said.message_id, node.row, node.depth, node.parent) for node in found]
        [('a', 0.5, 0, None), ('b', 0.0, 1, 0), ('c', 1.0, 1, 0)]
    """
    ordered = sorted(said, key=lambda one: (one.parent_id is not None, one.hours, one.message_id))
    places: dict[str, int] = {}
    kept: list[Said] = []
    parents: list[int | None] = []
    depths: list[int] = []
    waiting = ordered
    while waiting and len(kept) < most:
        later: list[Said] = []
        for one in waiting:
            parent = places.get(one.parent_id or "")
            first = one.parent_id is None and not kept
            if len(kept) < most and (first or parent is not None):
                places[one.message_id] = len(kept)
                kept.append(one)
                parents.append(parent)
                depths.append(0 if parent is None else depths[parent] + 1)
            else:
                later.append(one)
        # Messages of the same moment may stand before what they hang on.
        waiting = later if len(later) < len(waiting) else []
    rows = _rows(parents)
    return [
        Node(said=one, row=row, depth=depth, parent=parent)
        for one, row, depth, parent in zip(kept, rows, depths, parents, strict=True)
    ]


def _rows(parents: Sequence[int | None]) -> list[float]:
    """Heights: those that nothing hangs on stand one below the other, the others amid theirs."""
    below: list[list[int]] = [[] for _ in parents]
    for place, parent in enumerate(parents):
        if parent is not None:
            below[parent].append(place)
    rows = [0.0] * len(parents)
    leaf = 0
    # A chain may be longer than Python calls functions within each other.
    waiting = [0] if parents else []
    while waiting:
        place = waiting.pop()
        if not below[place]:
            rows[place] = float(leaf)
            leaf += 1
        waiting.extend(reversed(below[place]))
    # Parents stand before what hangs on them.
    for place in reversed(range(len(parents))):
        if below[place]:
            rows[place] = (rows[below[place][0]] + rows[below[place][-1]]) / 2
    return rows

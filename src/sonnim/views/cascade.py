"""Cascade: how far messages went that others answered or passed on, and in which shape."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sonnim.tables.answers_network import CASCADE
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.figures import EVER, ArrowTable, Span, columns_of, moment
from sonnim.views.network_marks import threads
from sonnim.views.palette import LIGHT
from sonnim.views.writing import date_text, number, phrase, value_text

MOST, _MARKED, _LIKELIEST = 200, 3, 3
_STRAIGHT = 2.5
"""Mean steps between two messages: all answers to the first one give less than 2."""


@dataclass(frozen=True, kw_only=True)
class Thread:
    """One message and what came of it: a row of `cascade`."""

    cascade_id: str
    size: int
    people: int
    depth: int
    virality: float | None
    started: datetime | None
    half_time: float | None
    answered_after: float | None
    chance_from: int | None
    chance_doubles: float | None


def charts(table: ArrowTable, language: str, _span: Span = EVER) -> tuple[ChartSpec, ...]:
    """One dot per thread, at its size and virality."""
    every = threads_of(table)
    shown = every[:MOST]
    if not shown:
        return ()
    answered, not_answered = (
        phrase(f"view_cascade_{word}", language) for word in ("answered", "unanswered")
    )
    rows: list[dict[str, Any]] = [
        {
            "size": one.size,
            "value": round(one.virality, 4),
            "group": not_answered if one.answered_after is None else answered,
            "mark": number(place) if place <= _MARKED else "",
            "name": number(place),
            "n_text": number(one.size),
            "people": number(one.people),
            "virality": number(one.virality, 2),
            "half": duration_text(one.half_time, language),
            "after": duration_text(one.answered_after, language),
        }
        for place, one in enumerate(shown, 1)
        if one.virality is not None
    ]
    if not rows:
        return ()
    tips = {
        "name": phrase("view_column_place", language),
        "n_text": phrase("view_column_messages", language),
        "people": phrase("view_column_people", language),
        "virality": phrase("view_column_virality", language),
        "half": phrase("view_column_half", language),
        "after": phrase("view_column_answered_after", language),
    }
    sizes = [row["size"] for row in rows]
    return (
        ChartSpec(
            id="cascade",
            title=phrase("view_cascades", language),
            subtitle=phrase(
                "view_cascade_how_to_read",
                language,
                shown=number(len(shown)),
                all=number(len(every)),
            ),
            vega_lite=threads(
                rows,
                [(answered, LIGHT["accent"]), (not_answered, LIGHT["warm"])],
                tips,
                (phrase("view_axis_messages", language), tips["virality"]),
                (min(sizes), max(sizes)),
            ),
            table=cascade_table(table, language),
            n=sum(one.size for one in every),
            measures=("cascade",),
            wide=True,
        ),
    )


def cascade_table(table: ArrowTable, language: str, _span: Span = EVER) -> TableSpec:
    """The threads, the largest first."""
    heads = (
        "place", "started", "messages", "people", "depth", "virality", "half", "answered_after",
        "chance_doubles", "first_message",
    )  # fmt: skip
    return TableSpec(
        title=phrase("view_cascades", language),
        columns=tuple(phrase(f"view_column_{head}", language) for head in heads),
        rows=tuple(
            (
                number(place),
                date_text(one.started, language) if one.started else "",
                number(one.size),
                number(one.people),
                number(one.depth),
                "" if one.virality is None else number(one.virality, 2),
                duration_text(one.half_time, language),
                duration_text(one.answered_after, language),
                chance_text(one),
                one.cascade_id,
            )
            for place, one in enumerate(threads_of(table)[:MOST], 1)
        ),
        alignments=("right", "left", *("right",) * 7, "left"),
    )


def headline(table: ArrowTable, language: str, _span: Span = EVER) -> str:
    """The largest thread: its pace, its shape, the company's answer; then who may grow."""
    every = threads_of(table)
    if not every:
        return ""
    one = every[0]
    said = [
        phrase(
            "view_headline_cascade", language, n=number(one.size), people=number(one.people)
        )
    ]  # fmt: skip
    if one.half_time is not None:
        time = duration_text(one.half_time, language)
        said.append(phrase("view_headline_cascade_half", language, time=time))
    if one.virality is not None:
        shape = "straight" if one.virality < _STRAIGHT else "passed"
        said.append(
            phrase(f"view_headline_cascade_{shape}", language, steps=number(one.virality, 1))
        )
    if one.answered_after is None:
        said.append(phrase("view_headline_cascade_unanswered", language))
    else:
        time = duration_text(one.answered_after, language)
        said.append(phrase("view_headline_cascade_answered", language, time=time))
    young = sorted(
        (one for one in every if one.chance_doubles is not None),
        key=lambda one: (-(one.chance_doubles or 0.0), one.cascade_id),
    )
    if young:
        names = ", ".join(f"{one.cascade_id} ({chance_text(one)})" for one in young[:_LIKELIEST])
        said.append(
            phrase("view_headline_cascade_young", language, n=number(len(young)), names=names)
        )
    return " ".join(said)


def threads_of(table: ArrowTable) -> list[Thread]:
    """The threads of two messages or more, the largest first."""
    names = ("cascade_id", "size", "people", "depth", "virality", "started", "half_time",
             "answered_after", "chance_from", "chance_doubles")  # fmt: skip
    found = [
        Thread(
            cascade_id=which,
            size=size,
            people=people or 0,
            depth=depth or 0,
            virality=virality,
            started=None if started is None else moment(started),
            half_time=half,
            answered_after=after,
            chance_from=k,
            chance_doubles=chance,
        )
        for which, size, people, depth, virality, started, half, after, k, chance in zip(
            *columns_of(table, CASCADE, names), strict=True
        )
        if which is not None and size is not None and size > 1
    ]
    return sorted(found, key=lambda one: (-one.size, -(one.virality or 0.0), one.cascade_id))


def duration_text(hours: float | None, language: str) -> str:
    """A duration in the unit that a person would choose; "" where there is none.

    Example:
        >>> [duration_text(hours, "en") for hours in (0.2, 5.3, 80.0)]
        ['12 min', '5.3 hours', '3.3 days']
    """
    if hours is None:
        return ""
    if hours < 1:
        return phrase("view_minutes", language, n=number(60 * hours))
    if hours < 48:
        return phrase("view_hours", language, n=number(hours, 1))
    return phrase("view_days", language, n=number(hours / 24, 1))


def chance_text(one: Thread) -> str:
    """How likely a young thread doubles, and from which size to which; "" where nobody can tell."""
    if one.chance_doubles is None or one.chance_from is None:
        return ""
    sizes = f"{number(one.chance_from)} → {number(2 * one.chance_from)}"
    return f"{sizes}: {value_text('share', one.chance_doubles)}"


VIEW = View(
    name="cascade",
    reads=CASCADE,
    charts=charts,
    table=cascade_table,
    headline=headline,
)

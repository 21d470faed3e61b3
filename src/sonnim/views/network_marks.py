"""The kinds of chart that only networks have: people and groups at places, ranks, threads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sonnim.views.base import finished
from sonnim.views.labels import text_width
from sonnim.views.marks import RIM, ROW_HEIGHT, Rows, tooltips
from sonnim.views.palette import LIGHT

_SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")
_RULER = (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 100_000, 1_000_000, 10_000_000)
_TITLED: dict[str, Any] = {
    "titleColor": LIGHT["muted"],
    "titleFontWeight": "normal",
    "titleFontSize": 12,
}
# Radius of a person, at least and at most, in the layout's unit.
_SMALL, _LARGE = 0.4, 1.5


TOP, SIDES = 36, 60
"""Pixels that a picture leaves free in height and width, for labels of what stands at its ends."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What part of a layout a picture shows, in its unit.

    Attributes:
        x: Its middle.
        y: Its middle.
        width: How much must be seen from left to right.
        height: How much must be seen from top to bottom.
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def unit(self) -> str:
        """Units to a pixel, as Vega computes it: the same both ways, however wide the place is."""
        return f"max({self.width:.2f} / (width - {SIDES}), {self.height:.2f} / (height - {TOP}))"

    def axes(self) -> tuple[Any, Any]:
        """Where a mark stands: x and y."""
        import altair as alt

        def ends(middle: float, length: str) -> Any:
            sides = [f"{middle:.2f} {sign} {self.unit} * {length} / 2" for sign in ("-", "+")]
            domain = [alt.ExprRef(expr=side) for side in sides]
            return alt.Scale(domain=domain, nice=False, zero=False)

        x = alt.X("x:Q", scale=ends(self.x, "width"), axis=None)
        return x, alt.Y("y:Q", scale=ends(self.y, "height"), axis=None)

    @property
    def seen(self) -> str:
        """Whether a label covers no other, and its ends are within the picture."""
        scale = f"1 / ({self.unit})"
        inside = f"abs(datum.x - {self.x:.2f}) * {scale} + datum.half <= width / 2"
        return f"{scale} >= datum.least && {inside}"


def radius(n: int, most: int) -> float:
    """Of a person with so many ties, in the layout's unit."""
    share: float = (n / max(most, 1)) ** 0.5
    return float((_SMALL**2 + (_LARGE**2 - _SMALL**2) * share) ** 0.5)


def people(
    rows: Rows,
    lines: Rows,
    labels: Rows,
    names: Rows,
    ringed: Rows,
    groups: Sequence[tuple[str, str]],
    frame: Frame,
    tips: dict[str, str],
    pixels: int,
) -> dict[str, Any]:
    """People where the layout puts them, lines between them, names of groups and of some people.

    Args:
        rows: x, y, n, group.
        lines: x, y, x2, y2.
        labels: x, y, text, least (pixels to a unit from which it covers no other), half (its
            width): of groups.
        names: The same of people.
        ringed: x, y, n of the people who are named.
        groups: Name of each group with its colour.
        frame: What is seen.
        tips: Column to heading of the tooltip.
        pixels: How high the picture is.
    """
    import altair as alt

    x, y = frame.axes()
    # On a phone a person of a large network is less than a pixel wide: no smaller than seen.
    sizes = [
        {"expr": f"max({least}, pow({2 * most_of} / ({frame.unit}), 2))"}
        for most_of, least in ((_SMALL, 4), (_LARGE, 30))
    ]
    most = max(row["n"] for row in rows)
    size = alt.Size("n:Q", legend=None, scale=alt.Scale(type="sqrt", domain=[0, most], range=sizes))
    # Many lines on each other would be a grey disc that hides the people.
    faint = round(min(0.5, max(0.15, 450 / max(len(lines), 1))), 3)
    shown = alt.Chart(alt.NamedData("rows"))
    chart = alt.layer(
        alt.Chart(alt.NamedData("lines"))
        .mark_rule(color=LIGHT["rule"], strokeWidth=0.6, opacity=faint)
        .encode(x=x, y=y, x2="x2", y2="y2"),
        shown.mark_point(filled=True, opacity=0.92).encode(
            x=x,
            y=y,
            size=size,
            color=alt.Color(
                "group:N",
                scale=alt.Scale(domain=[name for name, _ in groups], range=[c for _, c in groups]),
                legend=_legend(alt, groups),
            ),
            tooltip=tooltips(tips),
        ),
        alt.Chart(alt.NamedData("ringed"))
        .mark_point(filled=False, stroke=LIGHT["ink"], strokeWidth=1.6, opacity=1)
        .encode(x=x, y=y, size=size),
        *_written(frame, "labels", 9, {"fontSize": 12, "fontWeight": "bold"}),
        *_written(frame, "names", 8, {"fontSize": 11}),
    )
    spec = finished(chart, rows, pixels)
    spec["datasets"] |= {
        name: [dict(row) for row in found]
        for name, found in (
            ("lines", lines), ("labels", labels), ("names", names), ("ringed", ringed)
        )
    }  # fmt: skip
    return spec


def discs(
    rows: Rows,
    lines: Rows,
    labels: Rows,
    tones: Sequence[tuple[str, str]],
    frame: Frame,
    tips: dict[str, str],
    pixels: int,
) -> dict[str, Any]:
    """Groups as discs, lines between them.

    Args:
        rows: x, y, radius, tone.
        lines: x, y, x2, y2, n.
        labels: x, y, text, least, half, as of `people`.
        tones: What each colour means, with it; nothing where no colour means anything.
        frame: What is seen.
        tips: Column to heading of the tooltip.
        pixels: How high the picture is.
    """
    import altair as alt

    x, y = frame.axes()
    largest = max(row["radius"] for row in rows)
    most = max((line["n"] for line in lines), default=1)
    area = {"expr": f"pow({2 * largest:.2f} / ({frame.unit}), 2)"}
    colour: Any = alt.value(LIGHT["accent"])
    if tones:
        colour = alt.Color(
            "tone:N",
            scale=alt.Scale(domain=[name for name, _ in tones], range=[c for _, c in tones]),
            legend=_legend(alt, tones),
        )
    chart = alt.layer(
        alt.Chart(alt.NamedData("lines"))
        .mark_rule(color=LIGHT["rule"], strokeCap="round", opacity=0.8)
        .encode(
            x=x,
            y=y,
            x2="x2",
            y2="y2",
            strokeWidth=alt.StrokeWidth(
                "n:Q", legend=None, scale=alt.Scale(domain=[0, most], range=[0.6, 9])
            ),
        ),
        alt.Chart(alt.NamedData("rows"))
        .mark_point(filled=True, opacity=1, stroke=LIGHT["card"], strokeWidth=2)
        .encode(
            x=x,
            y=y,
            size=alt.Size(
                "radius:Q",
                legend=None,
                # Of an area that grows with the square of the radius.
                scale=alt.Scale(type="pow", exponent=2, domain=[0, largest], range=[0, area]),
            ),
            color=colour,
            tooltip=tooltips(tips),
        ),
        *_written(frame, "labels", 9, {"fontSize": 12, "fontWeight": "bold"}),
    )
    spec = finished(chart, rows, pixels)
    spec["datasets"] |= {
        name: [dict(row) for row in found] for name, found in (("lines", lines), ("labels", labels))
    }
    return spec


def tree(
    rows: Rows,
    lines: Rows,
    groups: Sequence[tuple[str, str]],
    ticks: Sequence[tuple[float, str]],
    tips: dict[str, str],
    title: str,
    height: float,
) -> dict[str, Any]:
    """Messages by time, each joined to what it hangs on.

    Args:
        rows: hours, row, group, first.
        lines: hours, row, hours2, row2.
        groups: Name of each kind of message with its colour.
        ticks: Where the axis of time is marked, and what stands there.
        tips: Column to heading of the tooltip.
        title: Of that axis.
        height: How many rows there are.
    """
    import altair as alt

    ends = [min(row["hours"] for row in rows) * 0.8, max(row["hours"] for row in rows) * 1.15]
    label = "".join(f"datum.value <= {hours * 1.01:.4f} ? '{text}' : " for hours, text in ticks)
    x = alt.X(
        "hours:Q",
        title=title,
        scale=alt.Scale(type="log", domain=ends, nice=False),
        axis=alt.Axis(
            values=[hours for hours, _ in ticks],
            labelExpr=f"{label}''",
            grid=True,
            gridColor=LIGHT["line"],
            **_TITLED,
        ),
    )
    y = alt.Y(
        "row:Q",
        axis=None,
        scale=alt.Scale(domain=[-0.5, height - 0.5], reverse=True, nice=False, zero=False),
    )
    base = alt.Chart(alt.NamedData("rows"))
    chart = alt.layer(
        alt.Chart(alt.NamedData("lines"))
        .mark_rule(color=LIGHT["rule"], strokeWidth=1, opacity=0.7)
        .encode(x=x, y=y, x2="hours2", y2="row2"),
        base.mark_point(filled=True, opacity=1, stroke=LIGHT["card"], strokeWidth=1).encode(
            x=x,
            y=y,
            size=alt.condition("datum.first", alt.value(260), alt.value(70)),
            color=alt.Color(
                "group:N",
                scale=alt.Scale(domain=[name for name, _ in groups], range=[c for _, c in groups]),
                legend=_legend(alt, groups),
            ),
            tooltip=tooltips(tips),
        ),
    )
    spec = finished(chart, rows, round(min(max(9 * height, 200), 720)))
    spec["datasets"]["lines"] = [dict(row) for row in lines]
    return spec


def _legend(alt: Any, groups: Sequence[tuple[str, str]]) -> Any:
    """As many columns as the longest name leaves room for."""
    wide = max(text_width(name) for name, _ in groups) * 0.85 + 30
    columns = {"expr": f"max(1, min(5, floor(width / {wide:.0f})))"}
    return alt.Legend(columns=columns, rowPadding=4, columnPadding=14)


def _written(frame: Frame, name: str, rise: int, style: dict[str, Any]) -> list[Any]:
    """Labels on a rim of the ground's colour, as far as they cover nothing."""
    import altair as alt

    x, y = frame.axes()
    base = alt.Chart(alt.NamedData(name)).transform_filter(frame.seen)
    return [
        base.mark_text(dy=-rise, **style, **looks).encode(x=x, y=y, text="text:N")
        for looks in (RIM, {"color": LIGHT["ink"]})
    ]


def ranks(
    rows: Rows, groups: Sequence[tuple[str, str]], tips: dict[str, str], last: int, title: str
) -> dict[str, Any]:
    """One line per name from its best to its worst rank, a dot per measure.

    Args:
        rows: name, measure, value (the rank), in the order in which they stand.
        groups: Name of each measure with its colour, the most important first.
        tips: Column to heading of the tooltip.
        last: The lowest rank there is.
        title: Of the axis.
    """
    import altair as alt

    names = [name for name, _ in groups]
    order = list(dict.fromkeys(row["name"] for row in rows))
    y = alt.Y(
        "name:N",
        sort=order,
        scale=alt.Scale(paddingInner=0.35, paddingOuter=0.2),
        axis=alt.Axis(labelLimit=150, labelColor=LIGHT["ink"], labelFontSize=13),
    )
    end = max(last, 10)
    x = alt.X(
        "value:Q",
        scale=alt.Scale(type="log", domain=[0.85, end * 1.15], nice=False),
        axis=alt.Axis(
            format=",d",
            values=[mark for mark in _RULER if mark <= end],
            grid=True,
            gridColor=LIGHT["line"],
            orient="top",
            title=title,
            titleAnchor="start",
            **_TITLED,
        ),
    )
    base = alt.Chart(alt.NamedData("rows"))
    # Equal ranks would cover each other: each measure has its own height within the line.
    apart = alt.YOffset("measure:N", sort=names, scale=alt.Scale(domain=names, paddingOuter=0.5))
    chart = alt.layer(
        base.transform_aggregate(best="min(value)", worst="max(value)", groupby=["name"])
        .mark_rule(color=LIGHT["line"], strokeWidth=5, strokeCap="round")
        .encode(x=alt.X("best:Q"), x2="worst:Q", y=y),
        base.mark_point(filled=True, size=75, opacity=1).encode(
            x=x,
            y=y,
            yOffset=apart,
            color=alt.Color(
                "measure:N",
                scale=alt.Scale(domain=names, range=[colour for _, colour in groups]),
                legend=_legend(alt, groups),
            ),
            shape=alt.Shape(
                "measure:N", scale=alt.Scale(domain=names, range=list(_SHAPES[: len(names)]))
            ),
            tooltip=tooltips(tips),
        ),
    )
    return finished(chart, rows, (ROW_HEIGHT + 4) * len(order) + 28)


def threads(
    rows: Rows,
    groups: Sequence[tuple[str, str]],
    tips: dict[str, str],
    titles: tuple[str, str],
    ends: tuple[float, float],
) -> dict[str, Any]:
    """One dot per row at its size and virality.

    Args:
        rows: size, value (virality), group, mark (its text, or "").
        groups: Name of each group with its colour.
        tips: Column to heading of the tooltip.
        titles: Of the axes.
        ends: Smallest and largest size.
    """
    import altair as alt

    end = max(ends[1], 10.0)
    x = alt.X(
        "size:Q",
        title=titles[0],
        scale=alt.Scale(type="log", domain=[0.9 * ends[0], 1.15 * end], nice=False),
        axis=alt.Axis(
            format=",d",
            values=[mark for mark in (2, *_RULER[1:]) if ends[0] <= mark <= end],
            **_TITLED,
        ),
    )
    y = alt.Y(
        "value:Q",
        title=titles[1],
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(format=".1f", tickCount=5, grid=True, **_TITLED),
    )
    base = alt.Chart(alt.NamedData("rows"))
    marked = base.transform_filter("datum.mark != ''")
    text: dict[str, Any] = {"dx": 12, "fontSize": 12, "fontWeight": "bold"}
    chart = alt.layer(
        base.mark_point(filled=True, size=90, opacity=0.65).encode(
            x=x,
            y=y,
            color=alt.Color(
                "group:N",
                scale=alt.Scale(domain=[name for name, _ in groups], range=[c for _, c in groups]),
                legend=alt.Legend(),
            ),
            tooltip=tooltips(tips),
        ),
        marked.mark_text(**text, **RIM).encode(x=x, y=y, text="mark:N"),
        marked.mark_text(**text, color=LIGHT["ink"]).encode(x=x, y=y, text="mark:N"),
    )
    return finished(chart, rows, 320)

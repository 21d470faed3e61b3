"""The kinds of chart that only networks have: people at places, ranks side by side, threads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sonnim.views.base import finished
from sonnim.views.marks import RIM, ROW_HEIGHT, Rows, tooltips
from sonnim.views.palette import LIGHT

_SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")
_RULER = (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 100_000, 1_000_000, 10_000_000)
# Radius of a person, at least and at most, in the layout's unit.
_SMALL, _LARGE = 0.4, 1.0


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
        return f"max({self.width:.2f} / width, {self.height:.2f} / height)"


def people(
    rows: Rows,
    lines: Rows,
    labels: Rows,
    groups: Sequence[tuple[str, str]],
    frame: Frame,
    tips: dict[str, str],
    pixels: int,
) -> dict[str, Any]:
    """People where the layout puts them, lines between them, names of groups.

    Args:
        rows: x, y, n, group.
        lines: x, y, x2, y2.
        labels: x, y, text, least (pixels to a unit from which it covers no other).
        groups: Name of each group with its colour.
        frame: What is seen.
        tips: Column to heading of the tooltip.
        pixels: How high the picture is.
    """
    import altair as alt

    def axis(column: str, middle: float, length: str) -> dict[str, Any]:
        ends = [{"expr": f"{middle:.2f} {sign} {frame.unit} * {length} / 2"} for sign in ("-", "+")]
        scale = alt.Scale(domain=ends, nice=False, zero=False)
        return {"shorthand": f"{column}:Q", "scale": scale, "axis": None}

    x, y = alt.X(**axis("x", frame.x, "width")), alt.Y(**axis("y", frame.y, "height"))
    # On a phone a person of a large network is less than a pixel wide: no smaller than seen.
    sizes = [
        {"expr": f"max({least}, pow({2 * radius} / ({frame.unit}), 2))"}
        for radius, least in ((_SMALL, 5), (_LARGE, 14))
    ]
    most = max(row["n"] for row in rows)
    # Many lines on each other would be a grey disc that hides the people.
    faint = round(min(0.5, max(0.15, 450 / max(len(lines), 1))), 3)
    shown = alt.Chart(alt.NamedData("rows"))
    named = alt.Chart(alt.NamedData("labels")).transform_filter(
        f"1 / ({frame.unit}) >= datum.least"
    )
    text: dict[str, Any] = {"fontSize": 12, "fontWeight": "bold"}
    chart = alt.layer(
        alt.Chart(alt.NamedData("lines"))
        .mark_rule(color=LIGHT["rule"], strokeWidth=0.6, opacity=faint)
        .encode(x=x, y=y, x2="x2", y2="y2"),
        shown.mark_point(filled=True, opacity=0.92).encode(
            x=x,
            y=y,
            size=alt.Size(
                "n:Q", legend=None, scale=alt.Scale(type="sqrt", domain=[0, most], range=sizes)
            ),
            color=alt.Color(
                "group:N",
                scale=alt.Scale(domain=[name for name, _ in groups], range=[c for _, c in groups]),
                legend=alt.Legend(columns=4),
            ),
            tooltip=tooltips(tips),
        ),
        named.mark_text(**text, **RIM).encode(x=x, y=y, text="text:N"),
        named.mark_text(**text, color=LIGHT["ink"]).encode(x=x, y=y, text="text:N"),
    )
    spec = finished(chart, rows, pixels)
    spec["datasets"] |= {"lines": [dict(row) for row in lines], "labels": [*map(dict, labels)]}
    return spec


def ranks(
    rows: Rows, groups: Sequence[tuple[str, str]], tips: dict[str, str], last: int
) -> dict[str, Any]:
    """One line per name from its best to its worst rank, a dot per measure.

    Args:
        rows: name, measure, value (the rank), in the order in which they stand.
        groups: Name of each measure with its colour, the most important first.
        tips: Column to heading of the tooltip.
        last: The lowest rank there is.
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
                legend=alt.Legend(columns=2),
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
    written: dict[str, Any] = {
        "titleColor": LIGHT["muted"],
        "titleFontWeight": "normal",
        "titleFontSize": 12,
    }
    x = alt.X(
        "size:Q",
        title=titles[0],
        scale=alt.Scale(type="log", domain=[0.9 * ends[0], 1.15 * end], nice=False),
        axis=alt.Axis(
            format=",d",
            values=[mark for mark in (2, *_RULER[1:]) if ends[0] <= mark <= end],
            **written,
        ),
    )
    y = alt.Y(
        "value:Q",
        title=titles[1],
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(format=".1f", tickCount=5, grid=True, **written),
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

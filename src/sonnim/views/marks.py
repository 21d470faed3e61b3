"""The few kinds of chart that the views are made of.

Altair is imported when a chart is made: it takes a second.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sonnim.views.base import finished
from sonnim.views.palette import LIGHT

Rows = Sequence[Mapping[str, Any]]

_MONTH = {"ko": "%-m월", "en": "%b"}
_DAY = {"ko": "%-m/%-d", "en": "%-d %b"}
_YEAR = {"ko": "%Y년", "en": "%Y"}
# d3 writes a signed zero as "+0".
_PLAIN_ZERO = "datum.label == '+0' ? '0' : datum.label"
_COMPLETE, _BEGUN = "datum.cut == ''", "datum.cut != ''"
RIM: dict[str, Any] = {
    "color": LIGHT["card"],
    "stroke": LIGHT["card"],
    "strokeWidth": 4,
    "strokeJoin": "round",
}
TIME_HEIGHT = 220
ROW_HEIGHT = 34


def band(
    rows: Rows,
    language: str,
    grain: str,
    axis: str,
    tips: Mapping[str, str],
    ends: tuple[float, float],
) -> dict[str, Any]:
    """A line over time with its interval; changes that may be called so are marked.

    Args:
        rows: period, value, low, high, marked, mark (its text, or ""), rising, tone, cut (the
            period is not complete), bridge (joined by a dashed line).
        language: Of the axis.
        grain: Length of the periods.
        axis: Format of the value axis (d3).
        tips: Column to heading of the tooltip.
        ends: Where the value axis begins and ends.
    """
    import altair as alt

    accent, warm, card = (LIGHT[role] for role in ("accent", "warm", "card"))
    x = _time(language, grain)
    y = _value(ends, axis)
    base = alt.Chart(alt.NamedData("rows"))
    complete = base.transform_filter(_COMPLETE)
    marked = base.transform_filter("datum.marked")
    tone = alt.condition("datum.tone == 'worse'", alt.value(warm), alt.value(accent))
    chart = alt.layer(
        complete.mark_area(color=accent, opacity=0.16, interpolate="linear").encode(
            x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q")
        ),
        complete.mark_line(color=accent, strokeWidth=2, interpolate="linear").encode(x=x, y=y),
        *_begun(base, x, y, alt.value(accent), alt.value(accent)),
        marked.mark_point(filled=True, size=95, opacity=1, stroke=card, strokeWidth=2).encode(
            x=x, y=y, color=tone
        ),
        *_labels(base, x, y),
        # A finger is wider than a point.
        base.mark_point(filled=True, size=420, opacity=0).encode(x=x, y=y, tooltip=tooltips(tips)),
    )
    return finished(chart, rows, TIME_HEIGHT)


def bands(
    rows: Rows,
    language: str,
    grain: str,
    groups: Sequence[tuple[str, str]],
    tips: Mapping[str, str],
    ends: tuple[float, float],
) -> dict[str, Any]:
    """Several shares over time, each a line with its interval.

    Args:
        rows: group, period, value, low, high, marked, mark, rising, cut, bridge.
        language: Of the axis.
        grain: Length of the periods.
        groups: Name of each group with its colour.
        tips: Column to heading of the tooltip.
        ends: Where the value axis begins and ends.
    """
    import altair as alt

    x = _time(language, grain)
    y = _value(ends, ".0%")
    scale = alt.Scale(domain=[name for name, _ in groups], range=[c for _, c in groups])
    colour = alt.Color("group:N", scale=scale, legend=alt.Legend())
    base = alt.Chart(alt.NamedData("rows"))
    complete = base.transform_filter(_COMPLETE)
    marked = base.transform_filter("datum.marked")
    chart = alt.layer(
        complete.mark_area(opacity=0.15).encode(
            x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), color=colour
        ),
        complete.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour),
        *_begun(base, x, y, colour, alt.Stroke("group:N", scale=scale, legend=None)),
        marked.mark_point(
            filled=True, size=95, opacity=1, stroke=LIGHT["card"], strokeWidth=2
        ).encode(x=x, y=y, color=colour),
        *_labels(base, x, y),
        base.mark_point(filled=True, size=420, opacity=0).encode(x=x, y=y, tooltip=tooltips(tips)),
    )
    return finished(chart, rows, TIME_HEIGHT)


def columns(rows: Rows, language: str, grain: str, tips: Mapping[str, str]) -> dict[str, Any]:
    """One bar per period: how much was said. Rows: start, middle, end, value, mark, cut."""
    import altair as alt

    y = alt.Y("value:Q", axis=alt.Axis(format=",d", tickCount=4, grid=True))
    base = alt.Chart(alt.NamedData("rows"))
    marked = base.transform_filter("datum.mark != ''")
    accent = LIGHT["accent"]
    drawn = (
        (_COMPLETE, {"color": accent}),
        # Hollow: the period is not complete.
        (
            _BEGUN,
            {"fill": LIGHT["card"], "stroke": accent, "strokeWidth": 1.5, "strokeDash": [3, 2]},
        ),
    )
    chart = alt.layer(
        *(
            base.transform_filter(which)
            .mark_bar(cornerRadiusEnd=2, **style)
            .encode(
                x=_time(language, grain, "start"),
                x2="end:T",
                y=y,
                y2=alt.Y2Datum(0),
                tooltip=tooltips(tips),
            )
            for which, style in drawn
        ),
        *_haloed(marked, -10, alt.X("middle:T"), y),
    )
    # As tall as the chart beside it, which has a legend above.
    return finished(chart, rows, TIME_HEIGHT + 20)


def dots(
    rows: Rows,
    axis: str,
    whole: float | None,
    whole_label: str,
    tips: Mapping[str, str],
    ends: tuple[float, float],
) -> dict[str, Any]:
    """One dot with its interval per row, in the order given; the whole as a dashed rule.

    Args:
        rows: name, value, low, high, text, tone (`worse`, `better` or `same` against the whole).
        axis: Format of the value axis (d3).
        whole: Value of all together, or None.
        whole_label: What the rule is called.
        tips: Column to heading of the tooltip.
        ends: Where the value axis begins and ends.
    """
    import altair as alt

    y = alt.Y(
        "name:N",
        sort=[row["name"] for row in rows],
        axis=alt.Axis(labelLimit=150, labelColor=LIGHT["ink"], labelFontSize=13),
        # Room above the first value's text for the name of the rule.
        scale=alt.Scale(paddingInner=0.5, paddingOuter=0.75),
    )
    x = alt.X(
        "value:Q",
        scale=_scale(ends),
        axis=alt.Axis(
            format=axis,
            labelExpr=_PLAIN_ZERO,
            labelFlush=True,
            tickCount=5,
            grid=True,
            gridColor=LIGHT["line"],
        ),
    )
    colour = alt.Color(
        "tone:N",
        scale=alt.Scale(
            domain=["worse", "same", "better"],
            range=[LIGHT["warm"], LIGHT["muted"], LIGHT["accent"]],
        ),
        legend=None,
    )
    base = alt.Chart(alt.NamedData("rows"))
    layers = [
        base.mark_rule(strokeWidth=3, opacity=0.4, strokeCap="round").encode(
            x=alt.X("low:Q"), x2="high:Q", y=y, color=colour
        ),
        base.mark_point(filled=True, size=110, opacity=1).encode(x=x, y=y, color=colour),
        base.mark_text(dy=-13, fontSize=12, fontWeight="bold", **RIM).encode(
            x=x, y=y, text="text:N"
        ),
        base.mark_text(dy=-13, fontSize=12, fontWeight="bold").encode(
            x=x, y=y, text="text:N", color=colour
        ),
        base.mark_bar(opacity=0).encode(x=alt.X("low:Q"), x2="high:Q", y=y, tooltip=tooltips(tips)),
    ]
    if whole is not None:
        rule = alt.Chart(alt.InlineData(values=[{"whole": whole, "label": whole_label}]))
        layers = [
            rule.mark_rule(strokeDash=[4, 4], color=LIGHT["rule"], strokeWidth=1.5).encode(
                x="whole:Q"
            ),
            rule.mark_text(
                align="center", baseline="bottom", dy=-4, fontSize=11, color=LIGHT["muted"]
            ).encode(x="whole:Q", y=alt.value(0), text="label:N"),
            *layers,
        ]
    return finished(alt.layer(*layers), rows, ROW_HEIGHT * len(rows) + 28)


def stacked(
    rows: Rows, order: Sequence[str], groups: Sequence[tuple[str, str]], tips: Mapping[str, str]
) -> dict[str, Any]:
    """Shares of a whole as one bar per name.

    Args:
        rows: name, group, start, end, middle, text (inside, "" where there is no room), dark.
        order: The names, top to bottom.
        groups: Name of each group with its colour.
        tips: Column to heading of the tooltip.
    """
    import altair as alt

    base = alt.Chart(alt.NamedData("rows"))
    y = alt.Y(
        "name:N",
        sort=list(order),
        axis=alt.Axis(labelLimit=150, labelColor=LIGHT["ink"], labelFontSize=13),
    )
    colour = alt.Color(
        "group:N",
        scale=alt.Scale(domain=[name for name, _ in groups], range=[c for _, c in groups]),
        legend=alt.Legend(columns=4),
    )
    text = alt.condition("datum.dark", alt.value(LIGHT["on-colour"]), alt.value(LIGHT["on-grey"]))
    chart = alt.layer(
        base.mark_bar(stroke=LIGHT["card"], strokeWidth=1.5).encode(
            x=alt.X("start:Q", axis=None, scale=alt.Scale(domain=[0, 1])),
            x2="end:Q",
            y=y,
            color=colour,
            tooltip=tooltips(tips),
        ),
        base.mark_text(fontSize=12, fontWeight="bold").encode(
            x=alt.X("middle:Q", axis=None), y=y, text="text:N", color=text
        ),
    )
    return finished(chart, rows, 52 * len(order) + 12)


def bars(rows: Rows, tips: Mapping[str, str]) -> dict[str, Any]:
    """One horizontal bar per row, in the order given. Rows: name, value (a share), text."""
    import altair as alt

    base = alt.Chart(alt.NamedData("rows"))
    y = alt.Y(
        "name:N",
        sort=[row["name"] for row in rows],
        axis=alt.Axis(labelLimit=150, labelColor=LIGHT["ink"], labelFontSize=13),
    )
    # The text stands to the right of the longest bar.
    x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, 1.18]))
    chart = alt.layer(
        base.mark_bar(color=LIGHT["accent"], cornerRadiusEnd=3, height=18).encode(
            x=x, y=y, tooltip=tooltips(tips)
        ),
        base.mark_text(align="left", dx=8, fontSize=12, color=LIGHT["ink"]).encode(
            x=x, y=y, text="text:N"
        ),
    )
    return finished(chart, rows, ROW_HEIGHT * len(rows) + 12)


def spans(
    rows: Rows, language: str, groups: Sequence[tuple[str, str]], tips: Mapping[str, str]
) -> dict[str, Any]:
    """One bar per row from its start to its end, in the order given.

    Args:
        rows: name, start, end, group, text.
        language: Of the axis.
        groups: Name of each group with its colour.
        tips: Column to heading of the tooltip.
    """
    import altair as alt

    base = alt.Chart(alt.NamedData("rows"))
    y = alt.Y(
        "name:N",
        title=None,
        sort=[row["name"] for row in rows],
        axis=alt.Axis(labelLimit=220, labelColor=LIGHT["ink"], labelFontSize=13),
    )
    x = _time(language, "month", "start")
    scale = alt.Scale(domain=[name for name, _ in groups], range=[c for _, c in groups])
    colour = alt.Color("group:N", scale=scale, legend=alt.Legend())
    chart = alt.layer(
        base.mark_bar(cornerRadius=3, height=16).encode(
            x=x, x2=alt.X2("end:T"), y=y, color=colour, tooltip=tooltips(tips)
        ),
        base.mark_text(align="right", dx=-6, fontSize=12, color=LIGHT["muted"]).encode(
            x=alt.X("start:T"), y=y, text="text:N"
        ),
    )
    return finished(chart, rows, ROW_HEIGHT * len(rows) + 12)


def tooltips(tips: Mapping[str, str]) -> list[Any]:
    """What is said of a mark: column to heading."""
    import altair as alt

    return [alt.Tooltip(f"{column}:N", title=title) for column, title in tips.items()]


def _time(language: str, grain: str, column: str = "period") -> Any:
    import altair as alt

    word = "ko" if language == "ko" else "en"
    if grain == "year":
        label = f"utcFormat(datum.value, '{_YEAR[word]}')"
    elif grain in ("month", "quarter"):
        label = (
            f"utcmonth(datum.value) == 0 ? utcFormat(datum.value, '{_YEAR[word]}')"
            f" : utcFormat(datum.value, '{_MONTH[word]}')"
        )
    else:
        label = f"utcFormat(datum.value, '{_DAY[word]}')"
    return alt.X(
        f"{column}:T",
        scale=alt.Scale(type="utc"),
        axis=alt.Axis(labelExpr=label, tickCount=8, labelFlush=False),
    )


def _scale(ends: tuple[float, float]) -> Any:
    import altair as alt

    return alt.Scale(domain=list(ends), zero=False, nice=True)


def _value(ends: tuple[float, float], axis: str) -> Any:
    import altair as alt

    return alt.Y(
        "value:Q",
        scale=_scale(ends),
        axis=alt.Axis(format=axis, labelExpr=_PLAIN_ZERO, tickCount=5, grid=True),
    )


def _begun(base: Any, x: Any, y: Any, colour: Any, stroke: Any) -> list[Any]:
    """A period that is not complete: a hollow point at the end of a dashed line."""
    return [
        base.transform_filter("datum.bridge != ''")
        .mark_line(strokeWidth=1.5, strokeDash=[3, 3])
        .encode(x=x, y=y, color=colour, detail="bridge:N"),
        base.transform_filter(_BEGUN)
        .mark_point(filled=True, fill=LIGHT["card"], size=70, opacity=1, strokeWidth=1.8)
        .encode(x=x, y=y, stroke=stroke),
    ]


def _labels(base: Any, x: Any, y: Any) -> list[Any]:
    """The sizes of marked changes: beyond the point, so that the line does not cross them."""
    return [
        layer
        for test, dy in (("datum.rising", -16), ("!datum.rising", 17))
        for layer in _haloed(base.transform_filter(f"datum.mark != '' && {test}"), dy, x, y)
    ]


def _haloed(base: Any, dy: int, x: Any, y: Any) -> list[Any]:
    """A text on a rim of the ground's colour, so that lines behind it do not cross it."""
    return [
        base.mark_text(dy=dy, fontSize=12, fontWeight="bold", **style).encode(
            x=x, y=y, text="mark:N"
        )
        for style in (RIM, {"color": LIGHT["ink"]})
    ]

"""The report's colours, light and dark, and the look of a chart.

One accent (a deep sea blue) and one warning colour (burnt orange): told apart by every common kind
of colour blindness and in grey print. Groups of people have ten colours of their own (after Paul
Tol's muted scheme, made for colour blindness), so ordered that the largest groups differ most.
Chart specifications hold the light colours; `recoloured` puts others in their place.
"""

from collections.abc import Mapping
from typing import Any

FONT = "Sonnim Sans"
"""Name of the font embedded in reports. Pretendard's licence reserves that name for the font as it
was published, and a subset is a change."""

LIGHT: Mapping[str, str] = {
    "paper": "#f7f6f3",
    "card": "#ffffff",
    "ink": "#1b1f24",
    "muted": "#5f6770",
    "line": "#e4e2dc",
    "rule": "#b9bdc2",
    "accent": "#0b5f8a",
    "accent-soft": "#dcebf3",
    "warm": "#b0450a",
    "warm-soft": "#fbe9dd",
    "neutral": "#a9b0b7",
    "unsure": "#d5d8dc",
    "on-colour": "#fefefe",
    "on-grey": "#20252b",
    "group-0": "#4477aa",
    "group-1": "#cc6677",
    "group-2": "#117733",
    "group-3": "#c9a227",
    "group-4": "#66bfe0",
    "group-5": "#aa4499",
    "group-6": "#999933",
    "group-7": "#882255",
    "group-8": "#44aa99",
    "group-9": "#332288",
}
DARK: Mapping[str, str] = {
    "paper": "#111417",
    "card": "#191d22",
    "ink": "#e9e7e3",
    "muted": "#9ba4ad",
    "line": "#2b3138",
    "rule": "#535c66",
    "accent": "#62b5dd",
    "accent-soft": "#173242",
    "warm": "#f39a62",
    "warm-soft": "#3d271a",
    "neutral": "#646d77",
    "unsure": "#39414a",
    "on-colour": "#10161b",
    "on-grey": "#f1f1ef",
    "group-0": "#7fa8d9",
    "group-1": "#e58b97",
    "group-2": "#5fb878",
    "group-3": "#e3c35a",
    "group-4": "#8fd3f0",
    "group-5": "#d17fc4",
    "group-6": "#bdbd5f",
    "group-7": "#c9628f",
    "group-8": "#6fcdbf",
    "group-9": "#8f83e0",
}

GROUPS = tuple(f"group-{place}" for place in range(10))
"""Roles of the colours of groups, the largest group first."""


def recoloured(value: Any, colours: Mapping[str, str]) -> Any:
    """A chart specification with each light colour replaced by the one of the same role.

    Example:
        >>> recoloured({"mark": {"color": LIGHT["accent"]}}, DARK)
        {'mark': {'color': '#62b5dd'}}
    """
    roles = {light: colours[role] for role, light in LIGHT.items()}
    if isinstance(value, str):
        return roles.get(value, value)
    if isinstance(value, Mapping):
        return {key: recoloured(item, colours) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [recoloured(item, colours) for item in value]
    return value


def css_colours() -> Mapping[str, str]:
    """The roles as CSS variables, so that a page changes its charts with its theme."""
    return {role: f"var(--{role})" for role in LIGHT}


def look(font: str = FONT) -> dict[str, Any]:
    """The Vega-Lite configuration of all our charts, in light colours."""
    muted, line, ink = LIGHT["muted"], LIGHT["line"], LIGHT["ink"]
    return {
        "font": font,
        "background": None,
        "padding": {"left": 0, "right": 0, "top": 6, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            "domain": False,
            "ticks": False,
            "grid": False,
            "labelColor": muted,
            "labelFontSize": 12,
            "labelPadding": 8,
            "title": None,
        },
        "axisX": {"labelOverlap": "parity", "labelSeparation": 10, "labelFlush": False},
        "axisY": {"gridColor": line},
        "legend": {
            "orient": "top",
            "title": None,
            "labelColor": ink,
            "labelFontSize": 12,
            "labelLimit": 0,
            "symbolType": "circle",
            "symbolSize": 90,
            "symbolOpacity": 1,
            "symbolStrokeWidth": 0,
            "offset": 8,
            "padding": 0,
        },
        "text": {"color": ink, "fontSize": 12},
        "scale": {"barBandPaddingInner": 0.3},
    }

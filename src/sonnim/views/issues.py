"""Issues: what came up, where, from when to when, and what is not over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sonnim.tables.answers_found import ISSUES
from sonnim.views.base import ChartSpec, TableSpec, View
from sonnim.views.figures import EVER, ArrowTable, Span, columns_of, moment
from sonnim.views.marks import spans
from sonnim.views.palette import LIGHT
from sonnim.views.writing import date_text, number, phrase, value_text

_KINDS = (("complaint", LIGHT["warm"]), ("talk", LIGHT["neutral"]), ("praise", LIGHT["accent"]))
_MOST = 15


@dataclass(frozen=True, kw_only=True)
class _Issue:
    label: str
    unit: str | None
    started: datetime
    ended: datetime | None
    n: int
    kind: str
    negative: float | None
    p_value: float


def charts(table: ArrowTable, language: str, span: Span = EVER) -> tuple[ChartSpec, ...]:
    """One bar per issue over time, the latest to begin first."""
    found = _issues(table)[:_MOST]
    if not found:
        return ()
    # What goes on reaches to the end of the time that is known of.
    last = max([one.ended or one.started + timedelta(days=7) for one in found])
    end = max(last, span.last) if span.last is not None else last
    rows: list[dict[str, Any]] = [
        {
            "name": f"{number(place)}. {one.label}",
            "start": one.started.isoformat(),
            "end": (one.ended or end).isoformat(),
            "group": phrase(f"view_issue_{one.kind}", language),
            "text": number(one.n),
            "place": one.unit or phrase("view_everywhere", language),
            "when": _when(one, language),
            "n_text": number(one.n),
            "interval_text": _chance(one),
        }
        for place, one in enumerate(found, 1)
    ]
    groups = [(phrase(f"view_issue_{kind}", language), colour) for kind, colour in _KINDS]
    tips = {
        "name": phrase("view_column_issue", language),
        "place": phrase("view_column_where", language),
        "when": phrase("view_column_when", language),
        "n_text": phrase("view_column_messages", language),
        "interval_text": phrase("view_column_chance", language),
    }
    return (
        ChartSpec(
            id="issues",
            title=phrase("view_issues_over_time", language),
            subtitle=phrase("view_issues_how_to_read", language),
            vega_lite=spans(rows, language, groups, tips),
            table=issue_table(table, language),
            n=sum(one.n for one in found),
            measures=("issues",),
            wide=True,
        ),
    )


def issue_table(table: ArrowTable, language: str, _span: Span = EVER) -> TableSpec:
    """All issues, the latest to begin first."""
    heads = ("issue", "where", "when", "messages", "kind", "negative", "chance")
    return TableSpec(
        title=phrase("view_issues", language),
        columns=tuple(phrase(f"view_column_{head}", language) for head in heads),
        rows=tuple(
            (
                one.label,
                one.unit or phrase("view_everywhere", language),
                _when(one, language),
                number(one.n),
                phrase(f"view_issue_{one.kind}", language),
                "" if one.negative is None else value_text("share", one.negative),
                _chance(one),
            )
            for one in _issues(table)
        ),
        alignments=("left", "left", "left", "right", "left", "right", "right"),
    )


def headline(table: ArrowTable, language: str, _span: Span = EVER) -> str:
    """The complaint that is not over and that most speak of, or the latest issue."""
    found = _issues(table)
    if not found:
        return ""
    going_on = [one for one in found if one.ended is None and one.kind == "complaint"]
    one = max(going_on, key=lambda issue: issue.n) if going_on else found[0]
    return phrase(
        "view_headline_issue_goes_on" if one.ended is None else "view_headline_issue",
        language,
        label=one.label,
        unit=one.unit or phrase("view_everywhere", language),
        when=_when(one, language),
        n=number(one.n),
    )


def _when(one: _Issue, language: str) -> str:
    if one.ended is None:
        return phrase("view_since", language, start=date_text(one.started, language))
    last = one.ended - timedelta(days=1)
    return f"{date_text(one.started, language)} – {date_text(last, language)}"


def _chance(one: _Issue) -> str:
    return "< 0.001" if one.p_value < 0.001 else f"≤ {number(one.p_value, 3)}"


def _issues(table: ArrowTable) -> list[_Issue]:
    names = ("label", "unit", "started", "ended", "n", "kind", "negative", "p_value")
    found = []
    for row in zip(*columns_of(table, ISSUES, names), strict=True):
        values = dict(zip(names, row, strict=True))
        for name in ("started", "ended"):
            if values[name] is not None:
                values[name] = moment(values[name])
        found.append(_Issue(**values))
    return sorted(found, key=lambda one: (-one.started.timestamp(), -one.n, one.label))


VIEW = View(
    name="issues",
    reads=ISSUES,
    charts=charts,
    table=issue_table,
    headline=headline,
)

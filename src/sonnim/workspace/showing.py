"""What `show` says of a table: a sentence, small charts, rows; the same for any front end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from arro3.core import Table as ArrowTable

from sonnim.tables.answers import SATISFACTION, VOICES
from sonnim.tables.schema import TableSchema
from sonnim.tables.words import say
from sonnim.views.base import TableSpec, view_of, views
from sonnim.views.counts import share
from sonnim.views.figures import Span, figures_of, over_time, settled
from sonnim.views.language import count_languages
from sonnim.views.mood import LABELS, count_moods
from sonnim.views.sections import span_of
from sonnim.views.writing import label_of, phrase, value_and_sure
from sonnim.workspace import catalog
from sonnim.workspace.opinion_names import named_opinions
from sonnim.workspace.reporting import counts
from sonnim.workspace.workspace import Workspace

_FIGURES = {"satisfaction": SATISFACTION, "voices": VOICES}
_LONGEST = 60
FIRST_COLUMNS = ("time", "kind", "channel", "text", "rating", "label")
"""What a person looks at first, where a window does not hold all columns of a table."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One series of the whole company over time."""

    label: str
    values: tuple[float | None, ...]
    latest: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One share of a whole."""

    label: str
    value: float
    said: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A table as a person reads it.

    Attributes:
        headline: One sentence, or "".
        lines: Series over time.
        bars: Shares of a whole.
        table: Rows.
        more: Rows that are not among them.
        first: Columns to keep where not all fit; () where all are needed.
    """

    headline: str = ""
    lines: tuple[Line, ...] = ()
    bars: tuple[Bar, ...] = ()
    table: TableSpec
    more: int = field(default=0)
    first: tuple[str, ...] = ()


def shown(workspace: Workspace, name: str, language: str, limit: int) -> Shown:
    """A table of the workspace for reading.

    Raises:
        StopError: There is no such table, or it has not been computed.
    """
    schema = workspace.schema(name)
    if name not in {view.reads.name for view in views()}:
        return _plain(workspace, schema, limit)
    rows = named_opinions(workspace, language) if name == "opinion" else workspace.table(name)
    view = view_of(name)
    span = span_of(counts(workspace))
    table = view.table(rows, language, span)
    cut = TableSpec(
        title=table.title,
        columns=table.columns,
        rows=table.rows[:limit],
        alignments=table.alignments,
    )
    return Shown(
        headline=view.headline(rows, language, span),
        lines=_lines(rows, name, language, span),
        bars=_bars(rows, name, language),
        table=cut,
        more=max(len(table.rows) - limit, 0),
    )


def overview(workspace: Workspace, language: str) -> TableSpec:
    """Which tables there are, how long, and since when."""
    rows = []
    for schema in catalog.schemas().values():
        snapshot = workspace.snapshot(schema)
        if snapshot.table.version is None:
            continue
        version = snapshot.table.version
        times = [one.time for one in workspace.history(schema.name) if one.version == version]
        when = f"{times[0]:%Y-%m-%d %H:%M}" if times else ""
        rows.append((schema.name, f"{snapshot.rows:,}", str(version), when, schema.meaning))
    heads = ("table", "rows", "version", "written", "meaning")
    return TableSpec(
        title=workspace.company,
        columns=tuple(say(f"show_col_{head}", language) for head in heads),
        rows=tuple(rows),
        alignments=("left", "right", "right", "left", "left"),
    )


def plain_table(table: ArrowTable, title: str, limit: int) -> TableSpec:
    """The first rows of any Arrow table; empty columns are left out."""
    cut = table.slice(0, min(limit, table.num_rows))
    columns = {name: cut.column(name).to_pylist() for name in cut.column_names}
    kept = [name for name, values in columns.items() if any(v is not None for v in values)]
    cells = [[_cell(value) for value in columns[name]] for name in kept]
    numeric = [all(isinstance(v, (int, float, type(None))) for v in columns[name]) for name in kept]
    return TableSpec(
        title=title,
        columns=tuple(kept),
        rows=tuple(zip(*cells, strict=True)),
        alignments=tuple("right" if one else "left" for one in numeric),
    )


def _plain(workspace: Workspace, schema: TableSchema, limit: int) -> Shown:
    rows = workspace.table(schema.name, order=schema.key, limit=limit)
    more = max(workspace.snapshot(schema).rows - limit, 0)
    first = (*FIRST_COLUMNS, *schema.key)
    return Shown(table=plain_table(rows, schema.meaning, limit), more=more, first=first)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _lines(rows: ArrowTable, name: str, language: str, span: Span) -> tuple[Line, ...]:
    if name not in _FIGURES:
        return ()
    figures = figures_of(rows, _FIGURES[name], span)
    overall = [figure for figure in figures if not figure.dimension]
    found = []
    for members in map(settled, over_time(overall).values()):
        last = members[-1]
        said = value_and_sure(
            last.name, last.value, last.scale_max, last.low, last.high, last.n, language
        )
        label = label_of(last.name, language, last.scale_max)
        values = tuple(figure.value for figure in members)
        found.append(Line(label=label, values=values, latest=said))
    return tuple(found)


def _bars(rows: ArrowTable, name: str, language: str) -> tuple[Bar, ...]:
    counted: Sequence[tuple[str, int]] = ()
    if name == "language":
        counted = [
            (phrase(f"view_language_{one}", language), n)
            for one, n in count_languages(rows).most_common()
        ]
    elif name == "mood":
        found = count_moods(rows)
        counted = [
            (phrase(f"view_mood_{label}", language), sum(one[label] for one in found.values()))
            for label, _ in LABELS
        ]
    total = sum(n for _, n in counted)
    return tuple(
        Bar(label=label, value=n / total, said=f"{100 * share(n, total).value:.1f}%  (n = {n:,})")
        for label, n in counted
        if total
    )

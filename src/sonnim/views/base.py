"""What a view is: one answer table's rows, turned into plain charts, a plain table, one sentence.

Each file in this folder that holds a `VIEW` is one; `views()` finds them.
"""

import importlib
import json
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sonnim.tables.errors import StopError
from sonnim.tables.schema import TableSchema
from sonnim.views.figures import EVER, ArrowTable, Span
from sonnim.views.palette import LIGHT, look, recoloured

Shown = TypeVar("Shown", covariant=True)
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """A table as text, ready to be shown anywhere.

    Attributes:
        title: What it shows.
        columns: The headings.
        rows: The cells, row by row, as long as `columns`.
        alignments: `left` or `right`, as long as `columns`.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    alignments: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChartSpec:
    """A chart as a Vega-Lite specification, and the same as a table for those who see no chart.

    Attributes:
        id: Name of the chart, unique in its view.
        title: What it shows.
        subtitle: How to read it.
        vega_lite: The specification, in light colours, without a look (see `drawable`).
        table: The same numbers as text.
        n: Answers or messages behind it.
        measures: The metrics or measures drawn.
        wide: Whether it needs the whole width of a page.
    """

    id: str
    title: str
    subtitle: str
    vega_lite: Mapping[str, Any]
    table: TableSpec
    n: int
    measures: tuple[str, ...] = ()
    wide: bool = False

    def json(self) -> str:
        """The specification as text that is the same each time."""
        return json.dumps(self.vega_lite, ensure_ascii=False, indent=1, sort_keys=True)


class Shows(Protocol[Shown]):
    """What a view does: rows in one language become something to show."""

    def __call__(self, table: ArrowTable, language: str, span: Span = EVER, /) -> Shown:
        """Rows, the language, and the time that the data cover."""
        ...


@dataclass(frozen=True, kw_only=True)
class View:
    """How the rows of one answer table are shown.

    Each function takes the rows, the language and the time that the data cover: headlines speak
    of complete periods.

    Attributes:
        name: Its name, that of its file.
        reads: The schema of the rows.
        charts: Rows to charts, the most important first; () where there is nothing
            to draw.
        table: Rows to a table.
        headline: Rows to one sentence; "" where there is nothing to say.
    """

    name: str
    reads: TableSchema
    charts: Shows[tuple[ChartSpec, ...]]
    table: Shows[TableSpec]
    headline: Shows[str]


@cache
def views() -> tuple[View, ...]:
    """All views of this folder, by name.

    Example:
        >>> [view.name for view in views()][:4]
        ['cascade', 'cascade_forecast', 'communities', 'community', 'community_change']
    """
    folder = Path(__file__).parent
    found = []
    for info in pkgutil.iter_modules([str(folder)]):
        view = getattr(importlib.import_module(f"sonnim.views.{info.name}"), "VIEW", None)
        if view is not None:
            found.append(_checked(view, info.name))
    return tuple(sorted(found, key=lambda view: view.name))


def view_of(table: str) -> View:
    """The view of that answer table.

    Raises:
        StopError: There is none.
    """
    for view in views():
        if view.reads.name == table:
            return view
    raise StopError(
        "view_unknown", table=table, allowed=", ".join(view.reads.name for view in views())
    )


def finished(chart: Any, rows: Sequence[Mapping[str, Any]], height: int) -> dict[str, Any]:
    """An Altair chart over these rows as a specification without anything that varies.

    The chart is drawn as wide as its place. What a notebook has set as Altair's theme stays out.
    """
    import altair as alt

    with alt.data_transformers.enable("default", consolidate_datasets=False):
        spec: dict[str, Any] = chart.to_dict()
    spec.pop("config", None)
    spec["$schema"] = SCHEMA
    spec["data"] = {"name": "rows"}
    spec["datasets"] = {"rows": [dict(row) for row in rows]}
    spec["width"] = "container"
    spec["height"] = height
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    return spec


def drawable(
    chart: ChartSpec,
    colours: Mapping[str, str] = LIGHT,
    width: int | str = "container",
    font: str | None = None,
) -> dict[str, Any]:
    """The complete specification: with its look, in these colours, of that width."""
    config = look(font) if font else look()
    whole = {**chart.vega_lite, "config": config, "width": width}
    return dict(recoloured(whole, colours))


def _checked(view: Any, module: str) -> View:
    if not isinstance(view, View) or view.name != module:
        raise StopError("view_wrong", file=f"{module}.py", received=type(view).__name__)
    return view

"""The charts of an answer: for notebooks, and as PNG and SVG files."""

from pathlib import Path

from sonnim.tables.answers_network import CASCADE, COMMUNITIES, COMMUNITY, INFLUENCE
from sonnim.tables.errors import StopError
from sonnim.tables.words import current_language
from sonnim.views.base import ChartSpec, view_of
from sonnim.views.beside import beside_of
from sonnim.views.cascade_tree import tree_chart
from sonnim.views.community import pictures
from sonnim.views.images import Picture
from sonnim.views.sections import span_of
from sonnim.workspace.cascade_rows import largest_cascade
from sonnim.workspace.disk import disk
from sonnim.workspace.network_rows import network_rows
from sonnim.workspace.opinion_names import named_opinions
from sonnim.workspace.reporting import counts
from sonnim.workspace.workspace import Workspace


def charts(workspace: Workspace, name: str, language: str = "") -> tuple[ChartSpec, ...]:
    """The charts of an answer table, as the report shows them.

    Args:
        workspace: Where the answer was computed.
        name: Of the table.
        language: Of the texts, `ko` or `en`; else the one in force.

    Raises:
        StopError: There is no such table, it has no charts, or it has not been computed.
    """
    language = language or current_language()
    workspace.schema(name)
    view = view_of(name)
    rows = named_opinions(workspace, language) if name == "opinion" else workspace.table(name)
    if name == COMMUNITY.name:
        influence, communities = (
            network_rows(workspace, schema) for schema in (INFLUENCE, COMMUNITIES)
        )
        return pictures(rows, language, beside_of(influence, communities, language))
    found = view.charts(rows, language, span_of(counts(workspace)))
    tree = tree_chart(largest_cascade(workspace), language) if name == CASCADE.name else None
    return (tree, *found) if tree else found


def pictured(workspace: Workspace, name: str, language: str = "") -> tuple[Picture, ...]:
    """The same for a notebook, which draws each.

    Raises:
        StopError: As of `charts`.
    """
    return tuple(Picture(chart=chart) for chart in charts(workspace, name, language))


def write_pictures(
    workspace: Workspace, name: str, file: Path, language: str = ""
) -> tuple[Path, ...]:
    """Writes the charts of an answer table as pictures; gives the files.

    The first has the name that was asked for, each of the others its own added to that.

    Raises:
        StopError: The ending is none of a picture, or there is nothing to draw.
    """
    found = pictured(workspace, name, language)
    if not found:
        raise StopError("nothing_to_show", name=name)
    files = []
    for place, one in enumerate(found):
        to = file.with_stem(f"{file.stem}-{one.chart.id}") if place else file
        with disk(to.parent):
            to.parent.mkdir(parents=True, exist_ok=True)
            files.append(one.save(to))
    return tuple(files)

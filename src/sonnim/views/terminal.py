"""Tables and small charts for a terminal."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from sonnim.views.base import TableSpec

_STEPS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_WRAPPED = 30
"""A column of longer cells is read well when it is wrapped to so many letters."""


def rich_table(spec: TableSpec) -> Table:
    """The table for `rich.print`. What customers wrote is never read as Rich markup."""
    table = Table(title=Text(spec.title), title_justify="left", header_style="bold")
    for heading, side in zip(spec.columns, spec.alignments, strict=True):
        table.add_column(Text(heading), justify="right" if side == "right" else "left")
    for row in spec.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def fitting(spec: TableSpec, width: int, first: Sequence[str]) -> tuple[TableSpec, int]:
    """The table with as many columns as that width holds, and how many are left out.

    Args:
        spec: The table.
        width: Letters in a line.
        first: Columns to keep before others, and to show in that order.

    Example:
        >>> spec = TableSpec(title="", columns=("id", "text"), rows=(("m1", "good"),),
        ...                  alignments=("left", "left"))
        >>> [(one.columns, more) for one, more in (fitting(spec, 9, ["text"]),)]
        [(('text',), 1)]
    """
    needed = [
        min(max(cell_len(text) for text in column), max(cell_len(column[0]), _WRAPPED)) + 3
        for column in zip(spec.columns, *spec.rows, strict=True)
    ]
    if sum(needed) + 1 <= width:
        return spec, 0
    places = {name: place for place, name in enumerate(first)}
    by_worth = sorted(
        range(len(needed)), key=lambda index: places.get(spec.columns[index], len(places))
    )
    kept: list[int] = []
    for index in by_worth:
        if not kept or sum(needed[one] for one in kept) + needed[index] + 1 <= width:
            kept.append(index)
    cut = TableSpec(
        title=spec.title,
        columns=tuple(spec.columns[index] for index in kept),
        rows=tuple(tuple(row[index] for index in kept) for row in spec.rows),
        alignments=tuple(spec.alignments[index] for index in kept),
    )
    return cut, len(needed) - len(kept)


def sparkline(values: Sequence[float | None]) -> str:
    """A series in one line; a gap where there is no value.

    Example:
        >>> sparkline([1, 2, None, 4])
        '▁▃ █'
    """
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    width = high - low
    # A flat line stands in the middle.
    steps = [0.5 if not width or v is None else (v - low) / width for v in values]
    return "".join(
        " " if value is None else _STEPS[round(step * (len(_STEPS) - 1))]
        for value, step in zip(values, steps, strict=True)
    )


def bar(value: float, most: float, width: int = 20) -> str:
    """A horizontal bar as long as the value's part of the most.

    Example:
        >>> bar(0.5, 1, 4)
        '██  '
    """
    eighths = round(8 * width * max(0.0, min(value / most, 1.0))) if most > 0 else 0
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (_EIGHTHS[rest] if rest else "")).ljust(width)


def series_line(label: str, values: Sequence[float | None], latest: str) -> Text:
    """A series with its name and its latest value (which holds interval and n)."""
    text = Text()
    text.append(label, style="bold")
    text.append("  ")
    text.append(sparkline(values), style="cyan")
    text.append("  " + latest)
    return text

"""Tables and small charts for a terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from sonnim.views.base import TableSpec

_STEPS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def rich_table(spec: TableSpec) -> Table:
    """The table for `rich.print`. What customers wrote is never read as Rich markup."""
    table = Table(title=Text(spec.title), title_justify="left", header_style="bold")
    for heading, side in zip(spec.columns, spec.alignments, strict=True):
        table.add_column(Text(heading), justify="right" if side == "right" else "left")
    for row in spec.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


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

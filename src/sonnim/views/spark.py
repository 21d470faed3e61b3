"""A card's small line, as SVG drawn without any library."""

from collections.abc import Sequence

from sonnim.views.content import SparkPoint

_WIDTH, _HEIGHT, _EDGE = 200.0, 44.0, 4.0


def spark_paths(points: Sequence[SparkPoint]) -> str:
    """An <svg> of the course with its interval and a dot at the end; "" below two points."""
    if len(points) < 2:
        return ""
    low, high = min(p.low for p in points), max(p.high for p in points)
    span = high - low or 1.0
    step = (_WIDTH - 2 * _EDGE) / (len(points) - 1)

    def place(index: int, value: float) -> str:
        y = _EDGE + (_HEIGHT - 2 * _EDGE) * (1 - (value - low) / span)
        return f"{_EDGE + index * step:.1f},{y:.1f}"

    line = "L".join(place(index, point.value) for index, point in enumerate(points))
    upper = "L".join(place(index, point.high) for index, point in enumerate(points))
    lower = "L".join(place(index, point.low) for index, point in reversed(list(enumerate(points))))
    x, y = place(len(points) - 1, points[-1].value).split(",")
    return (
        f'<svg class="spark" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" aria-hidden="true">'
        f'<path class="spark-band" d="M{upper}L{lower}Z"/>'
        f'<path class="spark-line" d="M{line}"/>'
        f'<circle class="spark-end" cx="{x}" cy="{y}" r="3.5"/></svg>'
    )

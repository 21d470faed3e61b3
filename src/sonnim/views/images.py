"""Charts as PNG and SVG, with the shipped font (extra `images`)."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from sonnim.tables.errors import StopError
from sonnim.views.base import ChartSpec, drawable
from sonnim.views.fonts import FOLDER
from sonnim.views.palette import DARK, LIGHT

WIDTH = 720
PICTURES = (".png", ".svg")
_VEGA_LITE = "application/vnd.vegalite.v6+json"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart that a notebook draws by itself, and that can be saved.

    Attributes:
        chart: The chart.
        width: In pixels.
    """

    chart: ChartSpec
    width: int = WIDTH

    def save(self, file: str | Path) -> Path:
        """Writes it as PNG or SVG, by the file's ending.

        Raises:
            StopError: The ending is another, or vl-convert-python is not installed.
        """
        to = Path(file)
        ending = to.suffix.lower()
        if ending not in PICTURES:
            raise StopError("format_unknown", allowed=", ".join(PICTURES), received=to.name)
        drawn = (
            chart_png(self.chart, width=self.width)
            if ending == ".png"
            else chart_svg(self.chart, width=self.width).encode()
        )
        to.write_bytes(drawn)
        return to

    def _repr_mimebundle_(
        self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
    ) -> dict[str, object]:
        """What IPython asks for: SVG under its title, or the specification where nobody can draw.

        A notebook needs no network for it.
        """
        title, subtitle = self.chart.title, self.chart.subtitle
        try:
            svg = chart_svg(self.chart, width=self.width)
        except StopError:
            spec = drawable(self.chart, LIGHT, self.width)
            return {_VEGA_LITE: spec, "text/plain": title}
        head = f"<h3>{html.escape(title)}</h3><p>{html.escape(subtitle)}</p>"
        return {"text/html": f"{head}{svg}", "text/plain": title}


def chart_png(
    chart: ChartSpec, *, width: int = WIDTH, scale: float = 2.0, dark: bool = False
) -> bytes:
    """The chart as a PNG image.

    Raises:
        StopError: vl-convert-python is not installed.
    """
    image: bytes = _converter().vegalite_to_png(vl_spec=_spec(chart, width, dark), scale=scale)
    return image


def chart_svg(chart: ChartSpec, *, width: int = WIDTH, dark: bool = False) -> str:
    """The chart as SVG; its texts stay texts in the font Pretendard.

    Raises:
        StopError: vl-convert-python is not installed.
    """
    image: str = _converter().vegalite_to_svg(vl_spec=_spec(chart, width, dark))
    return image


def _spec(chart: ChartSpec, width: int, dark: bool) -> dict[str, object]:
    colours = DARK if dark else LIGHT
    spec = drawable(chart, colours, width, "Pretendard")
    spec["background"] = colours["card"]
    spec["padding"] = 16
    return spec


@cache
def _converter() -> ModuleType:
    try:
        import vl_convert
    except ImportError as error:
        raise StopError("view_images_absent") from error
    # Without it Korean would be boxes on a machine that has no Korean font.
    vl_convert.register_font_directory(str(FOLDER))
    converter: ModuleType = vl_convert
    return converter

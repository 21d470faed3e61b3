"""Charts as PNG and SVG, with the shipped font (extra `images`)."""

from functools import cache
from types import ModuleType

from sonnim.tables.errors import StopError
from sonnim.views.base import ChartSpec, drawable
from sonnim.views.fonts import FOLDER
from sonnim.views.palette import DARK, LIGHT

WIDTH = 720


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

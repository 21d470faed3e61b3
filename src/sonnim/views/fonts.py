"""The report's font, cut down to the characters that a page uses, as CSS with the font inside."""

import base64
import io
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sonnim.views.palette import FONT

FOLDER = Path(__file__).parent / "assets" / "fonts"
WEIGHTS = ((400, "Pretendard-Regular.otf"), (700, "Pretendard-Bold.otf"))

# What charts and scripts may add to a page after it is opened.
ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "−–—·…~±≥≤×%°“”‘’"


def font_css(text: str) -> str:
    """`@font-face` rules with a regular and a bold font that hold every character of the text.

    Characters that Pretendard has not (emoji, Chinese characters) are left to the reader's system.
    """
    letters = "".join(sorted({letter for letter in text + ALWAYS if letter.isprintable()}))
    return "\n".join(_face(letters, weight, file) for weight, file in WEIGHTS)


@lru_cache(maxsize=4)
def _face(letters: str, weight: int, file: str) -> str:
    flavor = "woff2" if find_spec("brotli") else "woff"
    data = base64.b64encode(subset_font(letters, file, flavor)).decode("ascii")
    return (
        f'@font-face{{font-family:"{FONT}";font-weight:{weight};font-style:normal;'
        f'font-display:block;src:url(data:font/{flavor};base64,{data}) format("{flavor}")}}'
    )


def subset_font(letters: str, file: str, flavor: str) -> bytes:
    """One font file with only these characters, under our own name."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    # tnum: figures of equal width in tables. Hints matter only to old low-resolution screens.
    options.layout_features = ["kern", "tnum", "ccmp", "locl", "mark"]
    options.hinting = False
    options.name_IDs = ["*"]
    with TTFont(FOLDER / file, recalcTimestamp=False) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=letters)
        cutter.subset(font)
        _rename(font)
        font.flavor = flavor
        target = io.BytesIO()
        font.save(target)
    return target.getvalue()


def _rename(font: Any) -> None:
    """A changed font may not be called Pretendard (its licence reserves the name)."""
    plain = FONT.replace(" ", "")
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16, 18, 21, 25):
            record.string = plain if record.nameID == 6 else FONT
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [plain]
        top = cff.topDictIndex[0]
        for name in ("FullName", "FamilyName"):
            if hasattr(top, name):
                setattr(top, name, FONT)

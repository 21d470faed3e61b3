"""Writes the JavaScript bundle of the report anew: `python src/sonnim/views/assets/make_assets.py`.

Needs the extra `images` (vl-convert-python), which carries Vega, Vega-Lite and Vega-Embed in one
bundle. The bundle is kept as a file so that a report needs no vl-convert (84 MB) to be made.
`JAVASCRIPT.md` beside it says which versions it holds, `JAVASCRIPT-LICENSES.txt` holds their
licences. The fonts are Pretendard's Regular and Bold from the npm package `pretendard`, unchanged.
"""

import hashlib
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BUNDLE = HERE / "vega-bundle.js"
NOTE = HERE / "JAVASCRIPT.md"

_TEXT = """\
# vega-bundle.js

Vega {vega}, Vega-Lite {lite} and Vega-Embed {embed}, bundled by vl-convert-python {convert}
(`javascript_bundle()`); it sets `window.vegaEmbed`. Made by `make_assets.py`; do not edit.

- SHA-256: `{digest}`
- Licences: `JAVASCRIPT-LICENSES.txt`
"""


def make() -> str:
    """Writes the bundle and its note; gives the note."""
    import vl_convert

    # Its type stub wants a snippet, without which the whole bundle is made.
    whole: Any = vl_convert.javascript_bundle
    bundle: str = whole()
    if "</script" in bundle.lower() or "window.vegaEmbed=" not in bundle:
        # It is put into a <script> element as it is.
        raise ValueError("the bundle cannot be embedded")
    BUNDLE.write_text(bundle, encoding="utf-8")
    note = _TEXT.format(
        vega=vl_convert.get_vega_version(),
        lite=vl_convert.get_vegalite_versions()[-1],
        embed=vl_convert.get_vega_embed_version(),
        convert=version("vl-convert-python"),
        digest=hashlib.sha256(bundle.encode()).hexdigest(),
    )
    NOTE.write_text(note, encoding="utf-8")
    return note


if __name__ == "__main__":
    sys.stdout.write(make())

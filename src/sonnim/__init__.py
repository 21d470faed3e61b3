"""Sonnim: what customers feel, about what, since when, and how sure we are.

Example:
    >>> import sonnim
    >>> sonnim.__version__
    '0.1.0'

`sonnim.new(folder)` makes a workspace, `sonnim.open(folder)` opens one, and
`sonnim.analyze("mood", table)` runs one analyzer on a file or table without any.
`sonnim.charts(workspace, "community")` gives the charts of an answer, which a notebook draws.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sonnim.workspace.bare import analyze_bare as analyze
    from sonnim.workspace.pictures import pictured as charts
    from sonnim.workspace.workspace import Workspace, new
    from sonnim.workspace.workspace import Workspace as open

__version__ = "0.1.0"
__all__ = ["Workspace", "__version__", "analyze", "charts", "new", "open"]

# Looked up when first used: `import sonnim` must pull in no heavy library.
_PLACES = {
    "analyze": ("sonnim.workspace.bare", "analyze_bare"),
    "charts": ("sonnim.workspace.pictures", "pictured"),
    "new": ("sonnim.workspace.workspace", "new"),
    "open": ("sonnim.workspace.workspace", "Workspace"),
    "Workspace": ("sonnim.workspace.workspace", "Workspace"),
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'sonnim' has no attribute {name!r}")
    module, member = _PLACES[name]
    return getattr(importlib.import_module(module), member)

"""Finds the preset whose layout a payload has: ours in `presets/`, and entry points of others."""

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points

import sonnim.connectors.presets
from sonnim.connectors.base import Payload
from sonnim.connectors.preset import CERTAINTIES, Preset, likeness
from sonnim.tables.errors import StopError

GROUP = "sonnim.presets"


@cache
def presets() -> tuple[Preset, ...]:
    """All presets by name, each checked against its contract.

    Raises:
        StopError: A file's PRESET does not keep the contract; names file and member.
    """
    package = sonnim.connectors.presets
    names = [f"{package.__name__}.{info.name}" for info in pkgutil.iter_modules(package.__path__)]
    names += [entry.value for entry in entry_points(group=GROUP)]
    found = []
    for name in sorted(set(names)):
        module = importlib.import_module(name)
        part = getattr(module, "PRESET", None)
        file = module.__file__ or name
        if not isinstance(part, Preset):
            raise StopError("preset_wrong", file=file, member="PRESET", allowed="a Preset")
        if part.certain not in CERTAINTIES:
            allowed = ", ".join(CERTAINTIES)
            raise StopError("preset_wrong", file=file, member="certain", allowed=allowed)
        if not part.needs or not (part.rows or part.survey):
            raise StopError("preset_wrong", file=file, member="needs, rows", allowed="not empty")
        if not (module.__doc__ or "").strip():
            raise StopError("preset_wrong", file=file, member="docstring", allowed="its page")
        found.append(part)
    return tuple(sorted(found, key=lambda one: one.name))


def recognised(payload: Payload) -> Preset | None:
    """The preset that most speaks for, or None: at least two marks, or it is chance."""
    marks = [(likeness(preset, payload.columns), preset) for preset in presets()]
    best = max(marks, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] >= 2 else None

"""Finds the parts: every file in `analyzers/` and `connectors/`, and entry points of others."""

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

import sonnim.analyzers
import sonnim.connectors
from sonnim.analyzers.base import Analyzer
from sonnim.connectors.base import Connector
from sonnim.tables.erasure import RECORDS
from sonnim.tables.errors import StopError
from sonnim.tables.facts import FACTS
from sonnim.tables.parameters import limits
from sonnim.tables.schema import TableSchema

# So that `run` computes what others read first; parts of outsiders come after, by name.
_FIRST = ("language", "mood", "satisfaction", "voices")


@cache
def analyzers() -> tuple[Analyzer, ...]:
    """All analyzers, in the order in which they run.

    Raises:
        StopError: A file's ANALYZER does not keep the contract; names file and member.
    """
    found = [
        _checked_analyzer(module) for module in _modules(sonnim.analyzers, "sonnim.analyzers",
                                                         "ANALYZER")
    ]  # fmt: skip
    found.sort(key=lambda one: (_FIRST.index(one.name) if one.name in _FIRST else 99, one.name))
    return tuple(found)


@cache
def connectors() -> tuple[Connector, ...]:
    """All connectors."""
    return tuple(
        module.CONNECTOR for module in _modules(sonnim.connectors, "sonnim.connectors", "CONNECTOR")
    )


def connector_for(location: str) -> Connector:
    """Who reads a location: the connector whose form it has, else the one for files."""
    for one in connectors():
        if one.takes(location):
            return one
    return next(one for one in connectors() if one.name == "files")


def analyzer(name: str) -> Analyzer:
    """The analyzer of that name.

    Raises:
        StopError: There is none; the error lists those there are.
    """
    for one in analyzers():
        if one.name == name:
            return one
    raise StopError(
        "unknown_analyzer", name=name, allowed=", ".join(one.name for one in analyzers())
    )


def schemas() -> dict[str, TableSchema]:
    """Every table by name: facts, what the analyzers write, and what is kept of erasures."""
    found = {schema.name: schema for schema in FACTS}
    for one in analyzers():
        found.update({schema.name: schema for schema in one.writes})
    found.update({schema.name: schema for schema in RECORDS})
    return found


def _modules(package: ModuleType, group: str, member: str) -> list[ModuleType]:
    names = [
        f"{package.__name__}.{info.name}" for info in pkgutil.iter_modules(package.__path__)
    ] + [entry.value for entry in entry_points(group=group)]
    modules = [importlib.import_module(name) for name in sorted(set(names))]
    return [module for module in modules if hasattr(module, member)]


def _checked_analyzer(module: ModuleType) -> Analyzer:
    part = module.ANALYZER
    file = module.__file__ or module.__name__
    if not isinstance(part, Analyzer):
        raise StopError("part_wrong", file=file, member="ANALYZER", allowed="an Analyzer")
    if not part.writes:
        raise StopError("part_wrong", file=file, member="writes", allowed="at least one schema")
    if not (module.__doc__ or "").strip():
        raise StopError("part_wrong", file=file, member="docstring", allowed="its page")
    try:
        limits(part.parameters)
    except (KeyError, TypeError):
        raise StopError(
            "part_wrong", file=file, member="parameters", allowed="a dataclass of `parameter`s"
        ) from None
    return part

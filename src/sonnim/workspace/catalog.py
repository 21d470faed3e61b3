"""Finds the parts: every file in `analyzers/` and `connectors/`, and entry points of others."""

import importlib
import pkgutil
import re
from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType
from typing import Protocol, TypeVar, cast

import sonnim.analyzers
import sonnim.connectors
from sonnim.analyzers.base import Analyzer, Reads
from sonnim.connectors.base import Connector
from sonnim.tables.erasure import RECORDS
from sonnim.tables.errors import StopError
from sonnim.tables.facts import FACTS
from sonnim.tables.parameters import limits
from sonnim.tables.schema import TableSchema

# So that `run` computes what others read first; parts of outsiders come after, by name.
_FIRST = (
    "language", "mood", "reading", "domains", "satisfaction", "voices", "topics", "issues",
    "labelled", "opinions", "emotions", "intents", "coordination", "links", "influence",
    "community", "community_change", "group_mood", "cascades", "spread",
    "contagion",
)  # fmt: skip
# What every connector can be asked, as it is written in `connectors/base.py`.
_CONNECTOR = {
    "takes": "(self, location)",
    "fetch": "(self, location, source)",
    "propose": "(self, payload)",
    "shape": "(self, payload, mapping)",
}
_LONGEST = 80


class _Named(Protocol):
    @property
    def name(self) -> str: ...


P = TypeVar("P", bound=_Named)


@cache
def analyzers() -> tuple[Analyzer, ...]:
    """All analyzers, in the order in which they run.

    Raises:
        StopError: A file's ANALYZER does not keep the contract; names file and member.
    """
    found = _alone(
        "ANALYZER",
        [
            (file, _checked_analyzer(module.ANALYZER, module, file))
            for module, file in _modules(sonnim.analyzers, "sonnim.analyzers", "ANALYZER")
        ],
    )
    order = {name: place for place, name in enumerate(_FIRST)}
    return tuple(sorted(found, key=lambda one: (order.get(one.name, len(order)), one.name)))


@cache
def connectors() -> tuple[Connector, ...]:
    """All connectors.

    Raises:
        StopError: A file's CONNECTOR does not keep the contract; names file and member.
    """
    return tuple(
        _alone(
            "CONNECTOR",
            [
                (file, _checked_connector(module.CONNECTOR, module, file))
                for module, file in _modules(sonnim.connectors, "sonnim.connectors", "CONNECTOR")
            ],
        )
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


def maker_of(schema: TableSchema) -> Analyzer | None:
    """The analyzer whose answer that table is; None for facts."""
    for one in analyzers():
        if any(written.name == schema.name for written in one.writes):
            return one
    return None


def chosen(names: Sequence[str]) -> list[Analyzer]:
    """The analyzers of these names; without names all whose packages are installed.

    Raises:
        StopError: One is unknown, or needs a package that is not installed.
    """
    if not names:
        return [one for one in analyzers() if not one.missing]
    found = [analyzer(name) for name in names]
    for one in found:
        if one.missing:
            raise StopError("extra_missing", name=one.name, package=one.missing, extra=one.extra)
    return found


def schemas() -> dict[str, TableSchema]:
    """Every table by name: facts, what the analyzers write, and what is kept of erasures."""
    found = {schema.name: schema for schema in FACTS}
    for one in analyzers():
        found.update({schema.name: schema for schema in one.writes})
    found.update({schema.name: schema for schema in RECORDS})
    return found


def _modules(package: ModuleType, group: str, part: str) -> list[tuple[ModuleType, str]]:
    """The modules that hold a part of that kind, each with its file for messages."""
    names = [
        f"{package.__name__}.{info.name}" for info in pkgutil.iter_modules(package.__path__)
    ] + [entry.value for entry in entry_points(group=group)]
    found = []
    for name in sorted(set(names)):
        try:
            module = importlib.import_module(name)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise StopError("part_broken", file=name, part=part, reason=reason) from error
        if hasattr(module, part):
            found.append((module, module.__file__ or name))
    return found


def _alone(part: str, found: Sequence[tuple[str, P]]) -> list[P]:
    """The parts, if no two have the same name."""
    files: dict[str, str] = {}
    for file, one in found:
        if one.name in files:
            raise StopError(
                "part_twice", file=file, part=part, name=one.name, other=files[one.name]
            )
        files[one.name] = file
    return [one for _, one in found]


def _checked_analyzer(part: object, module: ModuleType, file: str) -> Analyzer:
    if not isinstance(part, Analyzer):
        raise _wrong(file, "ANALYZER", "ANALYZER", "sonnim.analyzers.base.Analyzer(...)", part)
    _check_name(file, "ANALYZER", part.name, module)
    members: tuple[tuple[str, type, object], ...] = (
        ("reads", Reads, part.reads),
        ("writes", TableSchema, part.writes),
    )
    for member, kind, value in members:
        whole = isinstance(value, tuple) and value and all(isinstance(one, kind) for one in value)
        if not whole:
            raise _wrong(file, "ANALYZER", member, f"({kind.__name__}(...), ...)", value)
    if not callable(part.analyze):
        raise _wrong(file, "ANALYZER", "analyze", "def analyze(engine, parameters)", part.analyze)
    try:
        limits(part.parameters)
        part.parameters()
    except (AttributeError, KeyError, TypeError) as error:
        allowed = "@dataclass(frozen=True, kw_only=True), x: int = parameter(1, Limit(...))"
        raise _wrong(file, "ANALYZER", "parameters", allowed, part.parameters) from error
    return part


def _checked_connector(part: object, module: ModuleType, file: str) -> Connector:
    for name, call in _CONNECTOR.items():
        if not callable(getattr(part, name, None)):
            raise _wrong(file, "CONNECTOR", name, f"def {name}{call}", getattr(part, name, None))
    if isinstance(part, type) or not isinstance(getattr(part, "name", None), str):
        given = part if isinstance(part, type) else getattr(part, "name", None)
        raise _wrong(file, "CONNECTOR", "name", 'name = "..."', given)
    connector = cast(Connector, part)
    _check_name(file, "CONNECTOR", connector.name, module)
    return connector


def _check_name(file: str, part: str, name: str, module: ModuleType) -> None:
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        raise _wrong(file, part, "name", "[a-z][a-z0-9_]*", name)
    if not (module.__doc__ or "").strip():
        raise _wrong(file, part, "__doc__", '"""..."""', module.__doc__)


def _wrong(file: str, part: str, member: str, allowed: str, received: object) -> StopError:
    shown = repr(received)
    shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
    return StopError(
        "part_wrong", file=file, part=part, member=member, allowed=allowed, received=shown
    )

"""Databases and web addresses: what to read there is in `sonnim.toml`, how far is remembered.

A source that has `[sources.NAME.from]` with its `location` is read again with `sonnim add NAME`.
How far it was read is written only after its rows are in the store: an `add` that breaks off reads
them once more, and they are known by their keys.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from sonnim.connectors.base import CanResume, Connector, Payload, Shaped
from sonnim.connectors.base import Mapping as SourceMapping
from sonnim.connectors.places import kept
from sonnim.tables.errors import StopError
from sonnim.tables.parameters import made
from sonnim.workspace import catalog, settings
from sonnim.workspace.importing import Added, source_name

_FILE = "bookmarks.json"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where rows come from.

    Attributes:
        location: File, folder or address.
        source: Name of the source; "" lets the files' columns tell.
        connector: Who reads it, bound to its settings and position.
        values: Settings that are not the usual ones, as `sonnim.toml` has them.
        resumes: Whether it is remembered how far it was read.
    """

    location: str
    source: str
    connector: "Noting"
    values: tuple[tuple[str, str], ...] = ()
    resumes: bool = False


class Noting:
    """A connector that remembers the position of what it fetched last."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self.position = ""

    @property
    def name(self) -> str:
        """Name of the connector."""
        return self._connector.name

    def takes(self, location: str) -> bool:
        """As the connector does."""
        return self._connector.takes(location)

    def fetch(self, location: str, source: str) -> Iterator[Payload]:
        """As the connector does; the iterator is its own, which may go on after an error."""
        return _Noted(self, self._connector.fetch(location, source))

    def propose(self, payload: Payload) -> SourceMapping:
        """As the connector does."""
        return self._connector.propose(payload)

    def shape(self, payload: Payload, mapping: SourceMapping) -> tuple[Shaped, ...]:
        """As the connector does."""
        return self._connector.shape(payload, mapping)


class _Noted(Iterator[Payload]):
    def __init__(self, noting: Noting, payloads: Iterator[Payload]) -> None:
        self._noting = noting
        self._payloads = iter(payloads)

    def __next__(self) -> Payload:
        payload = next(self._payloads)
        self._noting.position = payload.bookmark.position
        return payload


def place_of(
    location: str, source: str, values: Mapping[str, object], folder: Path | None = None
) -> Place:
    """Finds out what a location is, and who reads it from where on.

    Args:
        location: File, folder, address, or name of a source that has one in `sonnim.toml`.
        source: Name of the source, if it is said.
        values: Settings of the connector, over those of `sonnim.toml`.
        folder: The workspace, if there is one.

    Raises:
        StopError: A setting does not exist there, or is out of its limit.
    """
    known = settings.read_from(folder, location) if folder and not Path(location).exists() else None
    if known is not None:
        source, location = source or location, known.location
        values = {**dict(known.values), **values}
    connector = catalog.connector_for(location)
    if not isinstance(connector, CanResume):
        if values:
            raise StopError(
                "place_no_settings", location=location, received=", ".join(map(str, values))
            )
        return Place(location=location, source=source, connector=Noting(connector))
    kind = type(connector.settings)
    chosen = made(connector.name, kind, values)
    told = tuple(
        (one.name, str(getattr(chosen, one.name)))
        for one in fields(kind)
        if getattr(chosen, one.name) != one.default
    )
    source = source or source_name(connector.bound(chosen, "").label(location))
    after = _positions(folder).get(source, ("", ""))
    position = after[1] if after[0] == _meant(location, told) else ""
    return Place(
        location=location,
        source=source,
        connector=Noting(connector.bound(chosen, position)),
        values=told,
        resumes=True,
    )


def remembered(folder: Path, place: Place, found: Iterator[Added]) -> Iterator[Added]:
    """Passes on what was added; then writes down where it came from and how far it was read."""
    problems = False
    for one in found:
        problems |= bool(one.problem)
        yield one
    if not place.resumes or problems or not place.connector.position:
        return
    location = kept(place.location, f"{place.source.upper()}_PASSWORD")
    settings.write_from(folder, place.source, settings.From(location=location, values=place.values))
    positions = _positions(folder)
    positions[place.source] = (_meant(place.location, place.values), place.connector.position)
    file = folder / ".sonnim" / _FILE
    temporary = file.with_suffix(".tmp")
    temporary.write_text(json.dumps(positions, indent=1, ensure_ascii=False), encoding="utf-8")
    temporary.replace(file)


def _meant(location: str, values: tuple[tuple[str, str], ...]) -> str:
    """What a position belongs to: the address without its secrets, and what is read there."""
    told = repr((kept(location, ""), sorted(values)))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _positions(folder: Path | None) -> dict[str, tuple[str, str]]:
    file = folder / ".sonnim" / _FILE if folder is not None else None
    if file is None or not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {str(name): (str(one[0]), str(one[1])) for name, one in found.items()}
    except (ValueError, AttributeError, IndexError):
        # Without it all is read again, and known by its keys.
        return {}

"""`add --watch`: folders are looked through again and again, and what is new in them is taken.

A file is taken once it is complete: two looks find it the same size and time, or it has lain
untouched for a while. What was taken is written down, so that a watch that is started again goes on
where it stopped; files are known by their content besides. Errors are told and never end it.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sonnim.connectors.base import CanResume
from sonnim.connectors.files import find
from sonnim.tables.errors import RetryError, SonnimError, StopError
from sonnim.workspace import catalog, settings
from sonnim.workspace.importing import Added, Proposed
from sonnim.workspace.workspace import Workspace

_FILE = "watched.json"
_AT_REST = 10.0
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a file looked like.

    Attributes:
        size: Its bytes.
        changed: When it was changed, in nanoseconds.
    """

    size: int
    changed: int


@dataclass(frozen=True, kw_only=True)
class Round:
    """One look through all places is over.

    Attributes:
        waiting: Files that are not complete yet.
    """

    waiting: int


def seconds_of(text: str) -> float:
    """A span of time in seconds.

    Raises:
        StopError: It is none.

    Example:
        >>> seconds_of("30s"), seconds_of("5m"), seconds_of("1.5h"), seconds_of("10")
        (30.0, 300.0, 5400.0, 10.0)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd]?)", text.strip().lower())
    if found is None or not float(found[1]):
        raise StopError("watch_every", received=text)
    return float(found[1]) * _UNITS[found[2]]


def watching(
    workspace: Workspace,
    locations: Sequence[str],
    *,
    every: float = 30.0,
    source: str = "",
    map: Sequence[str] = (),
    values: Mapping[str, object] | None = None,
    proposed: Proposed | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[Added | Round]:
    """Takes what is new at places, and looks again, without an end.

    Args:
        workspace: The workspace.
        locations: Folders, files or globs; addresses and names of sources are read again each time.
        every: Seconds between two looks.
        source: Name of the source.
        map: `--map` texts.
        values: Settings of connectors.
        proposed: Called with each new mapping before anything is written.
        wait: Waits so many seconds.
    """
    watch = _Watch(workspace.folder)

    def take(location: str) -> Iterator[Added]:
        yield from workspace.adding(
            location, source=source, map=map, settings=values, proposed=proposed
        )

    while True:
        waiting = 0
        for location in locations:
            if _is_address(workspace, location):
                yield from _told(take(location), location, watch)
                continue
            for file, look in _looks(location, watch):
                if not watch.complete(file, look):
                    waiting += 1
                    continue
                yield from _told(take(str(file)), file.name, watch)
                if not watch.busy:
                    watch.done(file, look)
        yield Round(waiting=waiting)
        wait(every)


class _Watch:
    """What was seen and taken, the latter also by earlier watches of the workspace."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / ".sonnim" / _FILE
        self._seen: dict[str, Look] = {}
        self._taken = self._read()
        self._said: set[tuple[str, str]] = set()
        self.busy = False

    def complete(self, file: Path, look: Look) -> bool:
        """Whether nobody is writing it any more."""
        before = self._seen.get(str(file))
        self._seen[str(file)] = look
        return before == look or time.time() - look.changed / 1e9 > _AT_REST

    def known(self, file: Path, look: Look) -> bool:
        """Whether it was taken as it is."""
        return self._taken.get(str(file.resolve())) == look

    def done(self, file: Path, look: Look) -> None:
        """Writes down that it was taken (or cannot be, as it is)."""
        self._taken[str(file.resolve())] = look
        told = {name: [one.size, one.changed] for name, one in self._taken.items()}
        self._file.parent.mkdir(exist_ok=True)
        temporary = self._file.with_suffix(".tmp")
        temporary.write_text(json.dumps(told, ensure_ascii=False, indent=0), encoding="utf-8")
        temporary.replace(self._file)

    def first(self, label: str, problem: str) -> bool:
        """Whether a problem was not said before."""
        told = (label, problem)
        new = told not in self._said
        self._said.add(told)
        return new

    def _read(self) -> dict[str, Look]:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return {
                str(name): Look(size=int(one[0]), changed=int(one[1]))
                for name, one in found.items()
            }
        except (OSError, ValueError, TypeError, AttributeError, IndexError):
            # Without it all is taken again, and known by its content.
            return {}


def _is_address(workspace: Workspace, location: str) -> bool:
    if isinstance(catalog.connector_for(location), CanResume):
        return True
    return not Path(location).exists() and (
        settings.read_from(workspace.folder, location) is not None
    )


def _looks(location: str, watch: _Watch) -> Iterator[tuple[Path, Look]]:
    """The files at a place that were not taken as they are now."""
    try:
        files = find(location)
    except StopError:
        # Nothing yet, or not at this moment.
        return
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        look = Look(size=status.st_size, changed=status.st_mtime_ns)
        if not watch.known(file, look):
            yield file, look


def _told(found: Iterator[Added], label: str, watch: _Watch) -> Iterator[Added]:
    """What was added; an error becomes a problem, said once, and another round tries again."""
    watch.busy = False
    try:
        for one in found:
            if not one.problem or watch.first(one.label, one.problem):
                yield one
    except RetryError as error:
        watch.busy = True
        if watch.first(label, str(error)):
            yield Added(label=label, source="", problem=str(error))
    except SonnimError as error:
        if watch.first(label, str(error)):
            yield Added(label=label, source="", problem=str(error))

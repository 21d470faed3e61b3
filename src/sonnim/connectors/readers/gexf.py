"""GEXF 1.1 to 1.3, as Gephi, sigma.js and NetworkX write it.

Of edges are read: their ends, type, weight and kind, when they begin (`start`, `timestamp`, spells:
a tie for each), and the attributes that GraphML files are read for. Of nodes: id and label. Times
that count from a beginning nobody names are left out; a `timezone` of the graph is heeded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.graphs import Gathered, by_role, likely_xml, opened, xml_read
from sonnim.connectors.readers.xml_events import DEEPEST, LONGEST, local
from sonnim.tables.errors import SkipError

_INTERVAL = re.compile(r"[\[\](]\s*([^,\[\]()]+?)\s*,")


def _open(handed: Handed) -> Iterator[Opened]:
    gathered = Gathered()
    reading = _Reading(handed.label, gathered)
    yield from opened(handed, gathered, xml_read(handed.label, "GEXF", reading, gathered))


@dataclass
class _Edge:
    """An edge that has begun.

    Attributes:
        attributes: As the element has them.
        values: Its attribute values, by their titles.
        spells: When it was.
        wrong: Why it cannot be taken, or "".
    """

    attributes: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    spells: list[str] = field(default_factory=list)
    wrong: str = ""


class _Reading:
    """Gathers nodes and edges while the document passes by."""

    def __init__(self, label: str, gathered: Gathered) -> None:
        self.is_network = False
        self._label = label
        self._gathered = gathered
        self._path: list[str] = []
        self._directed = False
        self._zone: tzinfo | None = None
        self._edge: _Edge | None = None
        # Titles and defaults of the attributes of edges, by id; those of nodes have ids of their
        # own, which may be the same.
        self._of_edges = False
        self._titles: dict[str, str] = {}
        self._defaults: dict[str, str] = {}
        self._attribute = ""
        self._words: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if not self._path:
            self.is_network = name == "gexf"
        if len(self._path) >= DEEPEST:
            raise SkipError("files_broken", file=self._label, kind="GEXF")
        self._path.append(name)
        if name == "graph":
            kind = attributes.get("defaultedgetype", "undirected")
            self._directed = kind.lower() == "directed"
            self._zone = _zone(attributes.get("timezone", ""))
        elif name == "attributes":
            self._of_edges = attributes.get("class", "").lower() == "edge"
        elif name == "attribute" and self._of_edges:
            self._attribute = attributes.get("id", "")
            self._titles[self._attribute] = attributes.get("title") or self._attribute
        elif name == "default" and self._of_edges:
            self._words = []
        elif name == "node":
            self._gathered.node(attributes.get("id"), attributes.get("label"))
        elif name == "edge":
            self._edge = _Edge(attributes=attributes)
        elif name == "attvalue" and self._edge is not None:
            identity = attributes.get("for") or attributes.get("id") or ""
            title = self._titles.get(identity)
            if title is None:
                self._edge.wrong = "the file declares no such attribute"
            else:
                # Of values that change with time the first.
                self._edge.values.setdefault(title, attributes.get("value", ""))
        elif name == "spell" and self._edge is not None:
            self._edge.spells += _times(attributes)

    def end(self, tag: str) -> None:
        name = local(tag)
        self._path.pop()
        if name == "attributes":
            self._of_edges = False
        elif name == "default" and self._words is not None:
            self._defaults[self._titles.get(self._attribute, "")] = "".join(self._words).strip()
            self._words = None
        elif name == "edge" and self._edge is not None:
            self._ended(self._edge)
            self._edge = None

    def characters(self, text: str) -> None:
        if self._words is not None and sum(map(len, self._words)) <= LONGEST:
            self._words.append(text)

    def _ended(self, edge: _Edge) -> None:
        own = edge.attributes
        values = by_role(self._defaults | edge.values)
        values |= {name: own[name] for name in ("weight", "kind") if own.get(name)}
        kind = own.get("type", "").lower()
        times = edge.spells or _times(own) or [values.get("time", "")]
        self._gathered.edge(
            own.get("source"),
            own.get("target"),
            directed=kind == "directed" if kind else self._directed,
            values=values,
            times=tuple(_placed(one, self._zone) for one in times),
            wrong=edge.wrong,
        )


def _times(attributes: dict[str, str]) -> list[str]:
    """When an edge or a spell was: its beginnings, or the points in time.

    Example:
        >>> _times({"start": "2024-01-02", "end": "2024-02-03"}), _times({"timestamps": "<[1, 2]>"})
        (['2024-01-02'], ['1', '2'])
        >>> _times({"intervals": "<[1.0, 2.0); [5.0, 6.0]>"})
        ['1.0', '5.0']
    """
    if attributes.get("timestamps"):
        return [one.strip() for one in attributes["timestamps"].strip("<[]> ").split(",")]
    if attributes.get("intervals"):
        return _INTERVAL.findall(attributes["intervals"])
    names = ("timestamp", "start", "startopen")
    return [attributes[name] for name in names if attributes.get(name)][:1]


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):
        return None


def _placed(text: str, zone: tzinfo | None) -> str:
    """A time of day that names no zone, with that of the graph if it names one."""
    if zone is None or "T" not in text:
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if moment.tzinfo else moment.replace(tzinfo=zone).isoformat()


READER = Reader(name="GEXF", suffixes=(".gexf",), likeness=likely_xml("gexf"), open=_open)

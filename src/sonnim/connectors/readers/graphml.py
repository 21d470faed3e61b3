"""GraphML, as Gephi, Cytoscape, yEd, igraph, NetworkX and Neo4j write it.

Of edges are read: their ends, whether they have a direction, and the attributes named weight, kind
(or type, relation), time (or date, timestamp) and message id. Of nodes: their id, and the attribute
named label or name. Hyperedges are rejected. Graphs within nodes are read with the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.graphs import (
    Gathered,
    by_role,
    likely_xml,
    opened,
    place_of,
    xml_read,
)
from sonnim.connectors.readers.xml_events import DEEPEST, LONGEST, local
from sonnim.tables.errors import SkipError

_TRUE = ("true", "1")


def _open(handed: Handed) -> Iterator[Opened]:
    gathered = Gathered()
    reading = _Reading(handed.label, gathered)
    yield from opened(handed, gathered, xml_read(handed.label, "GraphML", reading, gathered))


@dataclass
class _Held:
    """A node or an edge that has begun.

    Attributes:
        attributes: As the element has them.
        values: Its data, by the names of their keys.
        wrong: Why it cannot be taken, or "".
    """

    attributes: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    wrong: str = ""


class _Reading:
    """Gathers nodes and edges while the document passes by."""

    def __init__(self, label: str, gathered: Gathered) -> None:
        self.is_network = False
        self._label = label
        self._gathered = gathered
        self._path: list[str] = []
        # Graphs, nodes and edges may stand within each other.
        self._directed: list[bool] = []
        self._held: list[_Held] = []
        self._keys: dict[str, str] = {}
        self._defaults: dict[str, str] = {}
        self._key = ""
        self._of_edges = False
        self._words: list[str] | None = None
        self._size = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if not self._path:
            self.is_network = name == "graphml"
        if len(self._path) >= DEEPEST:
            raise SkipError("files_broken", file=self._label, kind="GraphML")
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if name == "graph":
            self._directed.append(attributes.get("edgedefault", "").lower() == "directed")
        elif name in ("node", "edge"):
            self._held.append(_Held(attributes=attributes))
        elif name == "hyperedge":
            self._gathered.edges += 1
            self._gathered.reject("an edge between more than two")
        elif name == "key":
            self._key = attributes.get("id", "")
            self._keys[self._key] = attributes.get("attr.name") or self._key
            self._of_edges = attributes.get("for", "all").lower() in ("edge", "all")
        elif name == "default" and parent == "key" and self._of_edges:
            self._listen()
        elif name == "data" and parent in ("node", "edge"):
            self._key = attributes.get("key", "")
            if self._key not in self._keys:
                self._held[-1].wrong = "the file declares no such attribute"
            elif place_of(self._keys[self._key]):
                self._listen()
        elif name == "nodelabel" and "node" in self._path:
            # yEd keeps what is written on a node within its drawing.
            self._listen()

    def end(self, tag: str) -> None:
        name = local(tag)
        self._path.pop()
        text = "".join(self._words or ()).strip()
        heard, self._words = self._words is not None, None
        if name == "graph":
            self._directed.pop()
        elif name == "node":
            held = self._held.pop()
            self._gathered.node(held.attributes.get("id"), by_role(held.values).get("label"))
        elif name == "edge":
            self._edge(self._held.pop())
        elif not heard or not text:
            return
        elif name == "default":
            self._defaults[self._keys[self._key]] = text
        elif name == "data":
            self._held[-1].values[self._keys[self._key]] = text
        elif name == "nodelabel":
            self._held[-1].values.setdefault("name", text)

    def characters(self, text: str) -> None:
        if self._words is not None:
            self._size += len(text)
            if self._size <= LONGEST:
                self._words.append(text)

    def _listen(self) -> None:
        self._words, self._size = [], 0

    def _edge(self, held: _Held) -> None:
        own = held.attributes.get("directed", "").lower()
        self._gathered.edge(
            held.attributes.get("source"),
            held.attributes.get("target"),
            directed=own in _TRUE if own else self._directed[-1:] == [True],
            values=by_role(self._defaults | held.values),
            wrong=held.wrong,
        )


READER = Reader(name="GraphML", suffixes=(".graphml",), likeness=likely_xml("graphml"), open=_open)

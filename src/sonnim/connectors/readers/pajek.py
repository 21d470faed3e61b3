"""Pajek's networks (`.net`, and those of a project, `.paj`).

Vertices are called by their labels, and by their numbers where they have none. `*Arcs` and
`*Arcslist` have a direction, `*Edges` and `*Edgeslist` none; the name of a relation
(`*Arcs :1 "follows"`) becomes the kind. Matrices are rejected; partitions, vectors, drawings and
intervals of time are left out.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sonnim.connectors.encodings import encoding_of
from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.graphs import Gathered, opened
from sonnim.tables.errors import SkipError

_SUFFIXES = (".net", ".paj")
_HEAD = 8192
_VERTICES = re.compile(r"^\s*\*vertices\s+\d", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_RELATION = re.compile(r':\s*(\d+)\s*(?:"([^"]*)")?')
_LONGEST = 16_000_000
_OFTEN = 10_000
_PAIRS = ("arcs", "edges")
_LISTS = ("arcslist", "edgeslist")


def _likeness(head: bytes, suffix: str) -> int:
    text = head[:_HEAD].decode(encoding_of(head[:_HEAD]), errors="replace")
    # After comments and the name of the network.
    if text.lstrip("\ufeff \r\n\t")[:1] in ("*", "%") and _VERTICES.search(text):
        return 3
    return 2 if suffix in _SUFFIXES else 0


def _open(handed: Handed) -> Iterator[Opened]:
    gathered = Gathered()
    reading = _Reading(gathered)

    def read(path: Path) -> Iterator[None]:
        with path.open(encoding="utf-8-sig", errors="replace", newline=None) as stream:
            for number, line in enumerate(_lines(stream)):
                reading.line(line)
                if number % _OFTEN == 0:
                    yield
        if not reading.is_network:
            raise SkipError("files_broken", file=handed.label, kind="Pajek")

    yield from opened(handed, gathered, read, counted=True)


def _lines(stream: IO[str]) -> Iterator[str | None]:
    """The lines of a text; None for one that is too long to be held."""
    while line := stream.readline(_LONGEST):
        whole = line.endswith("\n") or len(line) < _LONGEST
        yield line if whole else None
        while not whole:
            rest = stream.readline(_LONGEST)
            whole = rest.endswith("\n") or len(rest) < _LONGEST


class _Reading:
    """Gathers vertices and lines of a network while its lines pass by."""

    def __init__(self, gathered: Gathered) -> None:
        self.is_network = False
        self._gathered = gathered
        self._section = ""
        self._networks = 0
        self._vertices = 0
        self._relation = ""
        self._relations: dict[str, str] = {}

    def line(self, line: str | None) -> None:
        """Takes the next line."""
        if line is None:
            self._gathered.edges += 1
            self._gathered.reject("a line that is too long")
            return
        text = line.strip()
        if not text or text.startswith("%"):
            return
        if text.startswith("*"):
            self._begin(text)
        elif self._section == "vertices":
            self._vertex(text)
        elif self._section in _PAIRS:
            self._pair(text)
        elif self._section in _LISTS:
            self._list(text)

    def _begin(self, text: str) -> None:
        name, _, rest = text[1:].strip().partition(" ")
        self._section = name.partition(":")[0].lower()
        if self._section == "vertices":
            count = rest.split()[:1]
            self.is_network = True
            self._networks += 1
            self._vertices = int(count[0]) if count and _is_whole(count[0]) else 0
            self._relations.clear()
        elif self._section in (*_PAIRS, *_LISTS):
            found = _RELATION.search(text)
            self._relation = found[1] if found else ""
            if found and found[2]:
                self._relations[found[1]] = found[2]
        elif self._section == "matrix":
            self._gathered.edges += 1
            self._gathered.reject("a matrix: save the network as arcs and edges")

    def _vertex(self, text: str) -> None:
        words = _words(text, 2)
        if _is_whole(words[0]) and len(words) > 1:
            self._gathered.node(self._named(words[0]), words[1])

    def _pair(self, text: str) -> None:
        relation = self._relation
        first, colon, rest = text.partition(":")
        if colon and _is_whole(first.strip()):
            # Lines of several relations say first which they are of.
            relation, text = first.strip(), rest
        words = _words(text, 3)
        self._line(words[0], words[1] if len(words) > 1 else "", relation, words[2:])

    def _list(self, text: str) -> None:
        first, *others = text.split()
        for other in others:
            self._line(first, other, self._relation, [])

    def _line(self, first: str, second: str, relation: str, weight: list[str]) -> None:
        wrong = "" if second else "to_id: missing"
        for end in (first, second):
            if not wrong and not (_is_whole(end) and 1 <= int(end) <= self._vertices):
                wrong = "the file has no such node"
        # What is no number begins what is said of the drawing.
        told = weight[0] if weight and not weight[0][:1].isalpha() and weight[0][:1] != "[" else ""
        self._gathered.edge(
            self._named(first),
            self._named(second),
            directed=self._section in ("arcs", "arcslist"),
            values={"weight": told, "kind": self._relations.get(relation, "")},
            wrong=wrong,
        )

    def _named(self, number: str) -> str:
        # The networks of a project have vertices of their own.
        plain = number.lstrip("0") if _is_whole(number) else number
        return plain if self._networks < 2 else f"{self._networks}:{plain}"


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _words(text: str, most: int) -> list[str]:
    """The first words of a line; those in quotes are one, also where quotes hold nothing.

    Example:
        >>> _words('1 "Ann Lee" 0.5 0.5 ic Blue', 2), _words("1 2", 3)
        (['1', 'Ann Lee'], ['1', '2'])
    """
    if '"' not in text:
        return text.split(maxsplit=most)[:most]
    found = []
    for match in _WORD.finditer(text):
        found.append(match[2] if match[1] is None else match[1])
        if len(found) == most:
            break
    return found


READER = Reader(name="Pajek", suffixes=_SUFFIXES, likeness=_likeness, open=_open)

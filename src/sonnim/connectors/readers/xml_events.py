"""XML as a stream: elements pass by as they come, in bounded memory; no entity may be declared.

A few lines of entities can grow to billions, and one can be a file of this machine.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from xml.parsers import expat

from sonnim.tables.errors import SkipError

_BLOCK = 1 << 16
DEEPEST = 200
"""Elements within each other."""
LONGEST = 16_000_000
"""Characters of one text that are kept."""


class Reading(Protocol):
    """Who is told what passes by."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def characters(self, text: str) -> None:
        """A text, or a part of one."""


def local(tag: str) -> str:
    """The name of an element without its prefix, in small letters.

    Example:
        >>> local("viz:Color"), local("edge")
        ('color', 'edge')
    """
    return tag.rpartition(":")[2].lower()


def passing(path: Path, label: str, reading: Reading) -> Iterator[str]:
    """Reads a document block by block; gives after each what is wrong with it, or "".

    Nothing follows a fault: what came before it is good.

    Args:
        path: The document, in UTF-8 whatever its first line says.
        label: Its name, for errors.
        reading: Is told of elements and texts.

    Raises:
        SkipError: It declares an entity.
    """

    def entity(*declared: object) -> None:
        raise SkipError("files_entities", file=label)

    parser = expat.ParserCreate(encoding="utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.characters
    parser.EntityDeclHandler = entity
    with path.open("rb") as stream:
        while True:
            block = stream.read(_BLOCK)
            broken = ""
            try:
                parser.Parse(block, not block)
            except expat.ExpatError as error:
                broken = f"XML: {expat.errors.messages.get(error.code, 'broken')}"
            yield broken
            if broken or not block:
                return

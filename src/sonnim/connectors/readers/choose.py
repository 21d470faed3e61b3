"""Finds the reader that knows a file: every file in `readers/` that holds a READER."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path

import sonnim.connectors.readers
from sonnim.connectors.readers.base import Reader

PACKED = (".gz", ".zst", ".zip")
"""Endings of compressed files; what is inside decides who reads it."""


@cache
def readers() -> tuple[Reader, ...]:
    """All readers by name."""
    package = sonnim.connectors.readers
    modules = [
        importlib.import_module(f"{package.__name__}.{info.name}")
        for info in pkgutil.iter_modules(package.__path__)
    ]
    found = [module.READER for module in modules if hasattr(module, "READER")]
    return tuple(sorted(found, key=lambda reader: str(reader.name)))


def reader_for(head: bytes, suffix: str) -> Reader | None:
    """The reader that is surest of a file, or None if none knows it.

    Example:
        >>> reader = reader_for(b"PAR1", ".bin")
        >>> reader.name if reader else ""
        'Parquet'
    """
    best = max(readers(), key=lambda reader: reader.likeness(head, suffix))
    return best if best.likeness(head, suffix) else None


def suffix_of(name: str) -> str:
    """The ending of a file's name in small letters, without those of compression.

    Example:
        >>> suffix_of("Reviews.CSV.gz"), suffix_of("box.zip"), suffix_of("README")
        ('.csv', '', '')
    """
    path = Path(name.lower())
    while path.suffix in PACKED:
        path = path.with_suffix("")
    return path.suffix


def is_taken(path: Path) -> bool:
    """Whether a file in a folder is one to read, by its name."""
    if path.name.startswith("."):
        return False
    name = path.name.lower()
    if name.endswith(PACKED) and not suffix_of(name):
        return True
    known = suffix_of(name)
    return any(known in reader.suffixes or reader.gathers(path) for reader in readers())


def is_gathered(path: Path) -> bool:
    """Whether a file is read together with those of its kind beside it."""
    return any(reader.gathers(path) for reader in readers())

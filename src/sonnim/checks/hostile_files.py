"""Files that break careless readers, written anew for each exam; each says what is wrong with it.

Small ones are `hostile_files`; those that are large, and bombs, are `hostile_large.py`.
"""

from pathlib import Path

from sonnim.checks.hostile_books import hostile_books, hostile_parquet
from sonnim.checks.hostile_graphs import hostile_graphs
from sonnim.checks.hostile_mail import hostile_feeds, hostile_mails
from sonnim.checks.hostile_packed import hostile_packed
from sonnim.checks.hostile_texts import HostileFile, hostile_texts

MISSING = "없는 파일.csv"
"""A name that is written to no folder."""


def hostile_files() -> tuple[HostileFile, ...]:
    """All small hostile files.

    Example:
        >>> sum(file.name.endswith(".csv") for file in hostile_files()) > 10
        True
    """
    return (
        *hostile_texts(),
        *hostile_mails(),
        *hostile_feeds(),
        *hostile_graphs(),
        *hostile_packed(),
        *hostile_books(),
        *hostile_parquet(),
    )


def write_hostile_files(folder: Path) -> tuple[Path, ...]:
    """Writes them all to a folder; gives their paths, and one where nothing is."""
    paths = []
    for file in hostile_files():
        path = folder / file.name
        path.write_bytes(file.content)
        paths.append(path)
    return (*paths, folder / MISSING)

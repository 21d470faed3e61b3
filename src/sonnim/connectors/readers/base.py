"""What a reader is: it makes a file of one kind into something that DuckDB can scan."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sonnim.connectors.base import Rejection


@dataclass(frozen=True, kw_only=True)
class Handed:
    """One file, unpacked, for a reader.

    Attributes:
        paths: Where it lies on disk; several where a reader gathers the files of a folder.
        label: Its name for people; a member of an archive has the archive's name before it.
        suffix: Its ending in small letters (`.csv`), without those of compression.
        head: Its first bytes.
        cut: Whether it came out of a compressed file that was cut off.
    """

    paths: tuple[Path, ...]
    label: str
    suffix: str
    head: bytes
    cut: bool = False

    @property
    def path(self) -> Path:
        """The file, where there is one."""
        return self.paths[0]

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """That the file was cut off, if it was: the rows before are good, and one is missing."""
        if not self.cut:
            return ()
        return (Rejection(row=0, reason="the file is cut off here", raw=""),)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One table that a reader found in a file.

    Attributes:
        label: Name for people; a sheet has `#Sheet` behind the file's name.
        scan: An SQL table expression of DuckDB.
        part: Which table of the file, where it holds several; "" where it is the only one.
        rejections: Rows that could not even be split into columns.
        temporary: Files made while reading.
        records: Rows that the scan must give if it leaves nothing out; -1 where it never does.
        numbered: Whether the scan has a column `ROW` (`connectors/base.py`).
        carefully: Reads it again, slower, taking or rejecting each row.
    """

    label: str
    scan: str
    part: str = ""
    rejections: tuple[Rejection, ...] = ()
    temporary: tuple[Path, ...] = ()
    records: int = -1
    numbered: bool = False
    carefully: "Callable[[], Opened] | None" = None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A kind of file. One file each under `readers/`, as its `READER`.

    Attributes:
        name: What people call the kind; errors say it.
        suffixes: Endings that files of the kind usually have; a folder is searched for them.
        likeness: How sure it is, from the first bytes and the ending, that a file is of its kind:
            0 it is not, 1 it might be, 2 by its ending, 3 by its content.
        open: Reads it; gives the tables it holds, one by one.
        gathers: Files that belong together, such as the mails of a folder, are handed over at
            once: whether a path is one of these.
    """

    name: str
    suffixes: tuple[str, ...]
    likeness: Callable[[bytes, str], int]
    open: Callable[[Handed], Iterator[Opened]]
    gathers: Callable[[Path], bool] = lambda path: False

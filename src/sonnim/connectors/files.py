"""Files, folders, globs and standard input, of every kind that a reader knows.

- **Tables**: CSV, TSV and other delimiters; encodings UTF-8 with or without its mark, CP949,
  UTF-16 and CP1252, also mixed within a file.
- **JSON**: arrays, lines, lists wrapped in objects (`{"tickets": […]}`), objects within rows as
  columns `a.b`, archives of X (`window.YTD.…`).
- **Workbooks**: XLSX, XLS, XLSB, ODS; each visible sheet that holds a table.
- **Mail**: mbox, eml, folders of eml, Maildir. **Chats**: KakaoTalk exports of PC and phone.
  **Feeds**: RSS and Atom. **Networks**: GraphML, GEXF, Pajek. **Parquet**.
- Each also as `.gz`, `.zst` or within a `.zip`. `SONNIM_UNPACK_RATIO` (bytes out for each byte in,
  200) and `SONNIM_UNPACK_BYTES` (64 GiB) bound what comes out of a file.

Rows that cannot be split into columns are rejected; the others are kept.
"""

import errno
import glob
import hashlib
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from sonnim.connectors.base import Mapping, Payload, Shaped
from sonnim.connectors.encodings import content_digest
from sonnim.connectors.propose import propose
from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.choose import is_taken, reader_for, readers
from sonnim.connectors.readers.packed import Member, budget_of, head_of, unpacked
from sonnim.connectors.readers.scans import raw_columns
from sonnim.connectors.shape import shape
from sonnim.tables.bookmark import Bookmark
from sonnim.tables.errors import SkipError, StopError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""What is wrong is where we write, and not the file that is read."""


def find(location: str) -> list[Path]:
    """The files at a location: a file, a folder (with its folders) or a glob.

    Raises:
        StopError: Nothing is there, or it may not be read.
    """
    path = Path(location).expanduser()
    try:
        if path.is_dir():
            files = _within(path)
        elif path.exists():
            files = [path]
        else:
            files = sorted(Path(name) for name in glob.glob(location, recursive=True))
            files = [file for file in files if file.is_file()]
    except PermissionError:
        raise StopError("files_no_permission", location=location) from None
    if not files:
        raise StopError("files_nothing", location=location)
    return files


def _within(folder: Path) -> list[Path]:
    """Files of a folder and its folders, with what may not be looked into; links are no folders."""
    found: list[Path] = []

    def closed(error: OSError) -> None:
        if error.filename is None or Path(error.filename) == folder:
            raise error
        found.append(Path(error.filename))

    for place, _, names in os.walk(folder, onerror=closed):
        files = (Path(place) / name for name in names)
        # A link that leads nowhere is said later, when it is opened.
        found += [one for one in files if is_taken(one) and (one.is_file() or one.is_symlink())]
    return sorted(found)


def _labels(files: Sequence[Path]) -> dict[Path, str]:
    """Names of files for people: with as many of their folders as tell those of one name apart."""
    labels = {file: file.name for file in files}
    for depth in range(2, 12):
        twice = Counter(labels.values())
        for file in files:
            if twice[labels[file]] > 1:
                labels[file] = "/".join(file.parts[-depth:])
    return labels


class Payloads(Iterator[Payload]):
    """Payloads one by one; raising for one that cannot be read does not end the others."""

    def __init__(self, found: Iterator[Payload | SkipError]) -> None:
        self._found = found

    def __next__(self) -> Payload:
        one = next(self._found)
        if isinstance(one, SkipError):
            raise one
        return one


def fetch(location: str, source: str) -> Iterator[Payload]:
    """Gives the tables of the files at the location one by one, decoded and sniffed.

    Raises:
        SkipError: One file cannot be read; the next call goes on with the others.
        StopError: Nothing is there, or it may not be read.
    """
    if location == "-":
        return Payloads(_from_stream(sys.stdin.buffer, source, "stdin"))
    if Path(location).is_fifo():
        # What a shell makes of <(…) can be read once only.
        return Payloads(_from_pipe(Path(location), source))
    return Payloads(_from_files(find(location), source))


def _from_pipe(pipe: Path, source: str) -> Iterator[Payload | SkipError]:
    with pipe.open("rb") as stream:
        yield from _from_stream(stream, source, "pipe")


def _from_stream(stream: BinaryIO, source: str, label: str) -> Iterator[Payload | SkipError]:
    with tempfile.NamedTemporaryFile(prefix="sonnim-", suffix=".stdin", delete=False) as spool:
        file = Path(spool.name)
        try:
            shutil.copyfileobj(stream, spool)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
    handed_over = False
    try:
        for one in from_file(file, source, label, spooled=True):
            handed_over |= isinstance(one, Payload) and file in one.temporary
            yield one
    finally:
        if not handed_over:
            file.unlink(missing_ok=True)


def _from_files(files: Sequence[Path], source: str) -> Iterator[Payload | SkipError]:
    gathered: set[Path] = set()
    labels = _labels(files)
    for file in files:
        if file in gathered:
            continue
        together = _together(file, files)
        if together is None:
            yield from from_file(file, source, labels[file])
            continue
        reader, paths = together
        gathered.update(paths)
        yield from _from_gathered(reader, paths, source)


def _together(file: Path, files: Sequence[Path]) -> tuple[Reader, list[Path]] | None:
    """Files of one folder that belong together, such as mails."""
    for reader in readers():
        if reader.gathers(file):
            paths = [one for one in files if one.parent == file.parent and reader.gathers(one)]
            return (reader, paths) if len(paths) > 1 else None
    return None


def _from_gathered(reader: Reader, paths: list[Path], source: str) -> Iterator[Payload | SkipError]:
    handed = Handed(
        paths=tuple(paths),
        label=f"{paths[0].parent.name}/*{paths[0].suffix}",
        suffix=paths[0].suffix.lower(),
        head=head_of(paths[0]),
    )
    digest = _digest_of(handed.paths)
    size = sum(path.stat().st_size for path in paths)
    yield from _opened(reader, handed, source, digest, size)


def _digest_of(paths: Sequence[Path]) -> str:
    if len(paths) == 1:
        return content_digest(paths[0])
    digests = "".join(content_digest(path) for path in paths)
    return hashlib.sha256(digests.encode()).hexdigest()[:32]


def from_file(
    file: Path, source: str, label: str, *, spooled: bool = False
) -> Iterator[Payload | SkipError]:
    """The tables of one file; where one cannot be read, why.

    Args:
        file: The file.
        source: Name of the source.
        label: Its name for people.
        spooled: Whether it is a temporary file, which is handed over with a payload that reads it.
    """
    try:
        if not str(file).isprintable() and (safe := _sayable(str(file))) != str(file):
            # Bytes that no encoding has: neither DuckDB nor a terminal takes them.
            raise SkipError("files_odd_name", file=Path(safe).name)
        size = file.stat().st_size
        if size == 0:
            raise SkipError("files_empty", file=label)
        digest = content_digest(file)
        for member in unpacked(file, label, budget_of(file, label)):
            if spooled and member.handed is not None and member.handed.path == file:
                member = replace(member, temporary=(file,))
            yield from _from_member(member, file, source, digest, size)
    except SkipError as error:
        yield error
    except OSError as error:
        if error.errno in _FULL:
            raise
        reason = error.strerror or str(error)
        yield SkipError("files_not_readable", file=label, reason=reason)


def _sayable(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")


def _from_member(
    member: Member, file: Path, source: str, digest: str, size: int
) -> Iterator[Payload | SkipError]:
    handed = member.handed
    if handed is None:
        yield member.problem or SkipError("files_broken", file=member.label, kind="zip")
        return
    try:
        if member.label != file.name and handed.path != file:
            # Members of an archive are known again in another archive.
            size = sum(path.stat().st_size for path in handed.paths)
            digest = _digest_of(handed.paths)
            if size == 0:
                raise SkipError("files_empty", file=member.label)
        reader = reader_for(handed.head, handed.suffix)
        if reader is None:
            raise SkipError("files_unknown", file=member.label)
        # Made while the others are still to come: each payload holds the file until it is done.
        opened = list(_opened(reader, handed, source, digest, size))
    except SkipError as error:
        opened = [error]
    last = max((n for n, one in enumerate(opened) if isinstance(one, Payload)), default=-1)
    if last < 0:
        for path in member.temporary:
            path.unlink(missing_ok=True)
    for number, one in enumerate(opened):
        if number == last and isinstance(one, Payload):
            one = replace(one, temporary=(*one.temporary, *member.temporary))
        yield one


def _opened(
    reader: Reader, handed: Handed, source: str, digest: str, size: int
) -> Iterator[Payload | SkipError]:
    tables = reader.open(handed)
    try:
        for one in tables:
            try:
                yield _payload(one, source, digest, size)
            except SkipError as error:
                for path in one.temporary:
                    path.unlink(missing_ok=True)
                yield error
    except SkipError as error:
        yield error


def _payload(one: Opened, source: str, digest: str, size: int) -> Payload:
    again = one.carefully
    try:
        columns = raw_columns(one.scan, one.label)
    except SkipError as error:
        if again is None and one.rejections and error.key == "files_header_only":
            # There were rows, none of which can be read: that is no day without any.
            rejected = len(one.rejections)
            raise SkipError("files_no_rows", file=one.label, rejected=rejected) from None
        if again is None:
            raise
        more = again()
        return _payload(
            replace(more, temporary=(*one.temporary, *more.temporary)), source, digest, size
        )
    return Payload(
        source=source,
        label=one.label,
        scan=one.scan,
        columns=columns,
        bookmark=Bookmark(source=source, position=f"{digest}#{one.part}" if one.part else digest),
        rejections=one.rejections,
        bytes=size,
        temporary=one.temporary,
        records=one.records,
        numbered=one.numbered,
        carefully=None if again is None else lambda: _payload(again(), source, digest, size),
    )


@dataclass(frozen=True)
class FileConnector:
    """The connector for files (see the module)."""

    name: str = "files"

    def takes(self, location: str) -> bool:
        """What no other connector takes is a file, a folder or a glob."""
        return False

    def fetch(self, location: str, source: str) -> Iterator[Payload]:
        """Finds, opens, decodes and sniffs the files at a location."""
        return fetch(location, source)

    def propose(self, payload: Payload) -> Mapping:
        """A mapping from the names and values of the columns."""
        return propose(payload)

    def shape(self, payload: Payload, mapping: Mapping) -> tuple[Shaped, ...]:
        """The steps that turn the file into canonical rows."""
        return shape(payload, mapping)


CONNECTOR = FileConnector()

"""Files, folders, globs and standard input, of every kind that a reader knows.

- **Tables**: CSV, TSV and other delimiters; encodings UTF-8 with or without its mark, CP949,
  UTF-16 and CP1252, also mixed within a file.
- **JSON**: arrays, lines, lists wrapped in objects (`{"tickets": […]}`), objects within rows as
  columns `a.b`, archives of X (`window.YTD.…`).
- **Workbooks**: XLSX, XLS, XLSB, ODS; each visible sheet that holds a table.
- **Mail**: mbox, eml, folders of eml, Maildir. **Chats**: KakaoTalk exports of PC and phone.
  **Feeds**: RSS and Atom. **Parquet**.
- Each also as `.gz`, `.zst` or within a `.zip`. `SONNIM_UNPACK_RATIO` (bytes out for each byte in,
  200) and `SONNIM_UNPACK_BYTES` (64 GiB) bound what comes out of a file.

Rows that cannot be split into columns are rejected; the others are kept.
"""

import glob
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

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


def find(location: str) -> list[Path]:
    """The files at a location: a file, a folder (with its folders) or a glob.

    Raises:
        StopError: Nothing is there, or it may not be read.
    """
    path = Path(location).expanduser()
    try:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if is_taken(file) and file.is_file())
            list(path.iterdir())  # rglob is silent where it may not look
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
        return Payloads(_from_stdin(source))
    return Payloads(_from_files(find(location), source))


def _from_stdin(source: str) -> Iterator[Payload | SkipError]:
    with tempfile.NamedTemporaryFile(prefix="sonnim-", suffix=".stdin", delete=False) as spool:
        shutil.copyfileobj(sys.stdin.buffer, spool)
    file = Path(spool.name)
    handed_over = False
    try:
        for one in _from_file(file, source, "stdin", spooled=True):
            handed_over |= isinstance(one, Payload) and file in one.temporary
            yield one
    finally:
        if not handed_over:
            file.unlink(missing_ok=True)


def _from_files(files: Sequence[Path], source: str) -> Iterator[Payload | SkipError]:
    gathered: set[Path] = set()
    for file in files:
        if file in gathered:
            continue
        together = _together(file, files)
        if together is None:
            yield from _from_file(file, source, file.name)
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
    digests = "".join(content_digest(path) for path in paths)
    handed = Handed(
        paths=tuple(paths),
        label=f"{paths[0].parent.name}/*{paths[0].suffix}",
        suffix=paths[0].suffix.lower(),
        head=head_of(paths[0]),
    )
    digest = hashlib.sha256(digests.encode()).hexdigest()[:32]
    size = sum(path.stat().st_size for path in paths)
    yield from _opened(reader, handed, source, digest, size)


def _from_file(
    file: Path, source: str, label: str, *, spooled: bool = False
) -> Iterator[Payload | SkipError]:
    try:
        size = file.stat().st_size
        if size == 0:
            raise SkipError("files_empty", file=label)
        digest = content_digest(file)
        for member in unpacked(file, label, budget_of(file, label)):
            if spooled and member.handed is not None and member.handed.path == file:
                member = replace(member, temporary=(file,))
            yield from _from_member(member, file, source, digest, size)
    except PermissionError:
        raise StopError("files_no_permission", location=label) from None
    except SkipError as error:
        yield error


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
            size = handed.path.stat().st_size
            digest = content_digest(handed.path)
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
    except SkipError:
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

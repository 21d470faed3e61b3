"""Compressed files: gzip, Zstandard and zip, opened member by member within bounds.

Only members that a reader takes are unpacked, into temporary files of our own naming: what a
member is called never becomes a path. A bomb is stopped by how much comes out of how little.
"""

import gzip
import lzma
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sonnim.connectors.readers.base import Handed
from sonnim.connectors.readers.choose import is_gathered, is_taken, suffix_of
from sonnim.connectors.readers.scans import temporary_file
from sonnim.tables.errors import SkipError, StopError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_BLOCK = 1 << 20
_HEAD = 64 * 1024
# Below this, whatever the ratio: a small file of blanks is no bomb.
_FREE = 64 << 20
_DEEPEST = 3
_MOST_MEMBERS = 10_000
# Reddit's dumps are written with windows of 2 GB.
_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 31}
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xltx", ".ods")
_OFFICE = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis", b"_rels/.rels", b"xl/")
# A member with a password raises RuntimeError.
BROKEN_ZIP = (
    zipfile.BadZipFile, RuntimeError, ValueError, IndexError, EOFError, OSError, struct.error,
    zlib.error, lzma.LZMAError,
)  # fmt: skip
"""What Python's zipfile raises where an archive is damaged."""
# Errors about the archive as a whole.
_STOPPING = ("files_bomb", "files_too_large")


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file within a file.

    Attributes:
        label: Its name for people, that of the archive before it.
        handed: The file for a reader, or None if it cannot be unpacked.
        problem: Why not.
        temporary: Files made for it.
    """

    label: str
    handed: Handed | None = None
    problem: SkipError | None = None
    temporary: tuple[Path, ...] = ()


@dataclass
class Budget:
    """How much may still come out of one file.

    Attributes:
        label: The file, for errors.
        packed: Its size on disk.
        ratio: Most bytes out for each byte in.
        most: Most bytes out at all.
        out: Bytes so far.
    """

    label: str
    packed: int
    ratio: float
    most: int
    out: int = 0

    def take(self, size: int) -> None:
        """Counts bytes that came out.

        Raises:
            SkipError: They are more than a real file would give.
        """
        self.out += size
        if self.out > self.most:
            raise SkipError("files_too_large", file=self.label, allowed=f"{self.most:,}")
        if self.out > _FREE and self.out > self.packed * self.ratio:
            raise SkipError("files_bomb", file=self.label, allowed=f"{self.ratio:g}")


def budget_of(file: Path, label: str) -> Budget:
    """The bounds for one file; `SONNIM_UNPACK_RATIO` and `SONNIM_UNPACK_BYTES` move them."""
    return Budget(
        label=label,
        packed=file.stat().st_size,
        ratio=_set("SONNIM_UNPACK_RATIO", 200.0),
        most=int(_set("SONNIM_UNPACK_BYTES", float(64 << 30))),
    )


def packing_of(head: bytes, suffix: str) -> str:
    """How a file is compressed, by its first bytes: `gz`, `zst`, `zip` or "".

    Workbooks are zip files too; they stay whole.

    Example:
        >>> packing_of(gzip.compress(b"x"), ".csv"), packing_of(b"id,text", ".gz")
        ('gz', '')
    """
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return "zst"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        office = suffix != ".zip" and any(mark in head[:4096] for mark in _OFFICE)
        return "" if office or suffix in _WORKBOOKS else "zip"
    return ""


def unpacked(path: Path, label: str, budget: Budget, depth: int = 0) -> Iterator[Member]:
    """The files within a file; the file itself if it is plain.

    Raises:
        SkipError: It is a bomb, encrypted, broken, or holds nothing that a reader takes.
    """
    head = head_of(path)
    name = label.rpartition("/")[2].lower()
    packing = packing_of(head, Path(name).suffix)
    if not packing:
        handed = Handed(paths=(path,), label=label, suffix=suffix_of(name), head=head)
        yield Member(label=label, handed=handed)
    elif depth >= _DEEPEST:
        raise SkipError("files_nested", file=label, allowed=_DEEPEST)
    elif packing == "zip":
        yield from _members(path, label, budget, depth)
    else:
        inner, cut = _poured(path, packing, budget, label)
        if cut and not inner.stat().st_size:
            # Not one byte came out: the file is broken, and not empty.
            inner.unlink()
            raise SkipError("files_broken", file=label, kind=packing)
        yield from _within(inner, label, budget, depth, cut)


def head_of(path: Path) -> bytes:
    """The first bytes of a file, by which it is known."""
    with path.open("rb") as stream:
        return stream.read(_HEAD)


def _within(
    inner: Path, label: str, budget: Budget, depth: int, cut: bool = False
) -> Iterator[Member]:
    """What is in an unpacked file, which is removed unless it is handed over itself."""
    handed_over = False
    try:
        for member in unpacked(inner, label, budget, depth + 1):
            handed = member.handed
            if handed is None or inner not in handed.paths:
                yield member
                continue
            handed_over = True
            yield Member(label=label, handed=replace(handed, cut=cut), temporary=(inner,))
    finally:
        if not handed_over:
            inner.unlink(missing_ok=True)


def _members(path: Path, label: str, budget: Budget, depth: int) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN_ZIP:
        raise SkipError("files_broken", file=label, kind="zip") from None
    with archive:
        # A member without a name is none that anybody could ask for.
        infos = [info for info in archive.infolist() if info.filename and not info.is_dir()]
        if len(infos) > _MOST_MEMBERS:
            raise SkipError("files_many_members", file=label, allowed=f"{_MOST_MEMBERS:,}")
        taken = [info for info in infos if _is_member(_name(info))]
        if not taken:
            raise SkipError("files_nothing_inside", file=label)
        together = _together(taken)
        for names, infos in together.items():
            yield from _gathered(archive, infos, f"{label}/{names}", budget)
        alone = [info for info in taken if all(info not in infos for infos in together.values())]
        for info in alone:
            named = f"{label}/{_name(info)}"
            if info.flag_bits & 1:
                yield Member(label=named, problem=SkipError("files_encrypted", file=named))
                continue
            try:
                with archive.open(info) as stream:
                    inner, cut = _copied(stream.read, budget)
                if cut:
                    inner.unlink()
                    raise SkipError("files_broken", file=named, kind="zip")
                yield from _within(inner, named, budget, depth)
            except SkipError as error:
                if error.key in _STOPPING:
                    raise
                yield Member(label=named, problem=error)
            except BROKEN_ZIP:
                problem = SkipError("files_broken", file=named, kind="zip")
                yield Member(label=named, problem=problem)


def _together(taken: list[zipfile.ZipInfo]) -> dict[str, list[zipfile.ZipInfo]]:
    """Members of one folder that belong together, such as mails, by what people call them."""
    found: dict[str, list[zipfile.ZipInfo]] = {}
    for info in taken:
        path = Path(_name(info))
        if is_gathered(path):
            found.setdefault(str(path.with_name(f"*{path.suffix}")), []).append(info)
    return {names: infos for names, infos in found.items() if len(infos) > 1}


def _gathered(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], label: str, budget: Budget
) -> Iterator[Member]:
    paths: list[Path] = []
    try:
        for info in infos:
            with archive.open(info) as stream:
                path, cut = _copied(stream.read, budget)
            paths.append(path)
            if cut:
                raise zipfile.BadZipFile
    except BaseException as error:
        for path in paths:
            path.unlink()
        if isinstance(error, BROKEN_ZIP):
            problem = SkipError("files_broken", file=label, kind="zip")
            yield Member(label=label, problem=problem)
            return
        raise
    handed = Handed(
        paths=tuple(paths), label=label, suffix=suffix_of(label), head=head_of(paths[0])
    )
    yield Member(label=label, handed=handed, temporary=tuple(paths))


def _is_member(name: str) -> bool:
    parts = name.split("/")
    return "__MACOSX" not in parts and is_taken(Path(parts[-1]))


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name, for people: Korean names of old Windows archives are CP949."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("cp949")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = info.filename
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(parts)


def _poured(path: Path, packing: str, budget: Budget, label: str) -> tuple[Path, bool]:
    """Unpacks a single stream; says whether it was cut off."""
    with path.open("rb") as stream:
        try:
            if packing == "gz":
                with gzip.GzipFile(fileobj=stream) as unzipped:
                    inner, cut = _copied(unzipped.read1, budget)
            else:
                with zstd.ZstdFile(stream, options=_WINDOW) as unzipped:
                    inner, cut = _copied(unzipped.read1, budget)
        except (OSError, zstd.ZstdError, zlib.error):
            raise SkipError("files_broken", file=label, kind=packing) from None
    return inner, cut


def _copied(read: Callable[[int], bytes], budget: Budget) -> tuple[Path, bool]:
    inner = temporary_file(".unpacked")
    cut = False
    try:
        with inner.open("wb") as copy:
            while True:
                try:
                    # read1 gives what there is before it meets the end that is missing.
                    block = read(_BLOCK)
                except (EOFError, zlib.error, zstd.ZstdError, gzip.BadGzipFile):
                    cut = True
                    break
                if not block:
                    break
                budget.take(len(block))
                copy.write(block)
    except BaseException:
        inner.unlink(missing_ok=True)
        raise
    return inner, cut


def _set(variable: str, default: float) -> float:
    text = os.environ.get(variable, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise StopError("files_limit", variable=variable, received=text)
    return value

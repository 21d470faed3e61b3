"""Files of any usual encoding as UTF-8, and the digest of their content."""

import codecs
import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

_BLOCK = 1 << 20
_PIECE = 32 << 20
_LOOK = 4 << 20


def content_digest(file: Path) -> str:
    """What tells a file's content: SHA-256 over the SHA-256 of each 32 MB, 16 bytes as hex.

    The pieces are digested side by side, so that a large file costs little beside reading it.

    Example:
        >>> with tempfile.NamedTemporaryFile() as empty:
        ...     content_digest(Path(empty.name))
        'e3b0c44298fc1c149afbf4c8996fb924'
    """
    starts = range(0, file.stat().st_size, _PIECE)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        pieces = pool.map(lambda start: _piece_digest(file, start), starts)
        return hashlib.sha256(b"".join(pieces)).hexdigest()[:32]


def _piece_digest(file: Path, start: int) -> bytes:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        stream.seek(start)
        left = _PIECE
        while left and (block := stream.read(min(_BLOCK, left))):
            digest.update(block)
            left -= len(block)
    return digest.digest()


def encoding_of(head: bytes) -> str:
    """The encoding of a text file from its first bytes: by its mark, else UTF-8, else CP949.

    Example:
        >>> encoding_of("리뷰".encode("cp949")), encoding_of("리뷰".encode())
        ('cp949', 'utf-8')
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    if head.count(b"\x00") > len(head) // 5:
        # UTF-16 without its mark: Latin text has every other byte zero.
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    try:
        # final=False: the look may end within a character.
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
        return "utf-8"
    except UnicodeDecodeError:
        return "cp949"


def as_utf8(file: Path, folder: Path | None = None) -> tuple[Path, str, bool]:
    """The file itself if it is plain UTF-8, else a temporary UTF-8 copy.

    Bytes that do not fit the encoding become U+FFFD, so that the other rows can be kept.

    Returns:
        The path to read, the encoding found, and whether a compressed file was cut off.
    """
    packed = file.suffix.lower() == ".gz"
    with _opened(file, packed) as stream:
        try:
            head = stream.read(_LOOK)
        except (EOFError, OSError, zlib.error):
            head = b"".join(_blocks(file, packed, 1 << 16))[:_LOOK]
    encoding = encoding_of(head)
    if not packed and encoding in ("utf-8", "utf-8-sig") and b"\x00" not in head:
        return file, encoding, False
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    cut = False
    with tempfile.NamedTemporaryFile(
        "w", suffix=".txt", prefix="sonnim-", dir=folder, delete=False, encoding="utf-8", newline=""
    ) as copy:
        for block in _blocks(file, packed, _BLOCK):
            if block is _CUT:
                cut = True
                break
            # A NUL ends a string in many programs; it never means anything in a text.
            copy.write(decoder.decode(block).replace("\x00", ""))
        copy.write(decoder.decode(b"", final=True))
    return Path(copy.name), encoding, cut


_CUT = b"\x00cut"


def _opened(file: Path, packed: bool) -> BinaryIO:
    return gzip.open(file, "rb") if packed else file.open("rb")  # type: ignore[return-value]


def _blocks(file: Path, packed: bool, size: int) -> Iterator[bytes]:
    with _opened(file, packed) as stream:
        while True:
            try:
                block = stream.read1(size) if packed else stream.read(size)  # type: ignore[attr-defined]
            except (EOFError, zlib.error, gzip.BadGzipFile):
                yield _CUT
                return
            if not block:
                return
            yield block

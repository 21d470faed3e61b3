"""Files of any usual encoding as UTF-8, and the digest of their content."""

import codecs
import hashlib
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_BLOCK = 256 << 10
"""Fits into the cache of a core: decoding is nearly twice as fast."""
_PIECE = 32 << 20
_LOOK = 4 << 20
_LOOK_LINES = 2000
_LOOK_WIDE = 1 << 16


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
    """The encoding of a text file from its first bytes: by its mark, or what fits its lines.

    UTF-8 comes first, then CP949 (Korean Windows), then CP1252 (Western Windows).

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
    nuls = head.count(b"\x00")
    if nuls > len(head) // 5:
        # UTF-16 without its mark: Latin text has every other byte zero.
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    try:
        # final=False: the look may end within a character.
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    # Of UTF-16 without its mark that is almost all Hangul only commas and line ends have a zero.
    wide = _wide(head) if nuls else ""
    if wide:
        return wide
    # Files put together from several programs: what most of their lines are written in.
    lines = [line for line in head.splitlines() if not line.isascii()][:_LOOK_LINES]
    fitting = {name: sum(_fits(line, name) for line in lines) for name in ("utf-8", "cp949")}
    if fitting["utf-8"] * 2 > len(lines):
        return "utf-8"
    return "cp949" if fitting["cp949"] * 2 >= len(lines) else "cp1252"


def _wide(head: bytes) -> str:
    shares = {}
    for name in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2][:_LOOK_WIDE].decode(name, errors="replace")
        usual = sum(
            " " <= character <= "~" or character in "\t\r\n" or "가" <= character <= "힣"
            for character in text
        )
        shares[name] = usual / len(text)
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > 0.8 else ""


def _fits(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _mark(error: UnicodeError) -> tuple[str, int]:
    return MARK, error.end if isinstance(error, UnicodeDecodeError) else 0


MARK = "\udcff"
"""Stands for bytes that fit no encoding; it is no character, and the byte FF in the copy."""
codecs.register_error("sonnim-mark", _mark)


def as_utf8(file: Path, folder: Path | None = None, *, escape: bool = False) -> tuple[Path, str]:
    """The file itself if it is plain UTF-8 to its end, else a temporary UTF-8 copy.

    Where most of a file is UTF-8, a line that is not is read as CP949.

    Args:
        file: The file.
        folder: Where the copy is made.
        escape: Whether bytes that fit no encoding are marked, so that their rows can be rejected;
            else they become U+FFFD.

    Returns:
        The path to read, and the encoding found at the beginning.
    """
    with file.open("rb") as stream:
        head = stream.read(_LOOK)
    encoding = encoding_of(head)
    if encoding in ("utf-8", "utf-8-sig") and _plain(file):
        return file, encoding
    errors = "sonnim-mark" if escape else "replace"
    with tempfile.NamedTemporaryFile(
        "w", suffix=".txt", prefix="sonnim-", dir=folder, delete=False, encoding="utf-8",
        errors="surrogateescape", newline="",
    ) as copy:  # fmt: skip
        try:
            for text in _texts(file, encoding, errors):
                # A NUL ends a string in many programs; it never means anything in a text.
                copy.write(text.replace("\x00", ""))
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise
    return Path(copy.name), encoding


def begins_plain(file: Path) -> bool:
    """Whether the first 4 MB of a file are UTF-8 without NULs, which is most often so to its end.

    Example:
        >>> with tempfile.NamedTemporaryFile() as file:
        ...     _ = file.write("리뷰".encode("cp949"))
        ...     file.flush()
        ...     begins_plain(Path(file.name))
        False
    """
    return _plain(file, _LOOK)


def _plain(file: Path, most: int | None = None) -> bool:
    """Whether a file, or its beginning, is UTF-8 without NULs: DuckDB drops lines that are not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    left = file.stat().st_size if most is None else most
    with file.open("rb") as stream:
        while left > 0 and (block := stream.read(_BLOCK)):
            left -= len(block)
            if b"\x00" in block:
                return False
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                return False
        try:
            # A beginning may end within a character.
            decoder.decode(b"", final=most is None or not stream.read(1))
        except UnicodeDecodeError:
            return False
    return True


def _texts(file: Path, encoding: str, errors: str) -> Iterator[str]:
    with file.open("rb") as stream:
        if not encoding.startswith("utf-8"):
            decoder = codecs.getincrementaldecoder(encoding)(errors=errors)
            while block := stream.read(_BLOCK):
                yield decoder.decode(block)
            yield decoder.decode(b"", final=True)
            return
        rest = b""
        while block := stream.read(_BLOCK):
            lines, end, rest = (rest + block).rpartition(b"\n")
            yield _lines(lines + end, errors)
            if len(rest) > _PIECE:
                yield _lines(rest, errors)
                rest = b""
        yield _lines(rest, errors)


def _lines(block: bytes, errors: str) -> str:
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(_line(line, errors) for line in block.splitlines(keepends=True))


def _line(line: bytes, errors: str) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        damaged = line.decode("utf-8", errors="replace")
    # A damaged line of UTF-8 is seldom unreadable as CP949, but still has its other characters.
    wrong = damaged.count("\ufffd")
    if sum(not character.isascii() for character in damaged) - wrong <= wrong:
        try:
            return line.decode("cp949")
        except UnicodeDecodeError:
            pass
    return line.decode("utf-8", errors=errors)

"""Mail: mbox files, single mails (`.eml`), folders of these, Maildir folders.

One row is one mail: what was written anew as `body`, what it quotes as `quoted`, and the
conversation that its references name as `thread_id`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from sonnim.connectors.base import Rejection
from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.mail_parts import NAMES, row_of
from sonnim.connectors.readers.scans import as_parquet
from sonnim.tables.errors import SkipError

_SUFFIXES = (".eml", ".emlx", ".mbox", ".mbx")
_FROM = re.compile(rb"From \S+.*\d{4}\s*")
_MAILDIR = re.compile(r"\d+\.[^/]+")
_KNOWN = (
    "message-id", "from", "to", "subject", "date", "received", "return-path", "delivered-to",
    "mime-version", "content-type", "reply-to", "x-mailer", "dkim-signature", "x-gm-thrid",
)  # fmt: skip
_LARGEST = 64 << 20
_MOST_REJECTED = 10_000


def _likeness(head: bytes, suffix: str) -> int:
    if suffix in _SUFFIXES:
        return 2
    # A Maildir file has no suffix that means anything.
    if _FROM.match(head.partition(b"\n")[0]):
        return 3 if _headers(head.partition(b"\n")[2]) >= 2 else 0
    return 3 if _headers(head) >= 3 else 0


def _headers(head: bytes) -> int:
    """How many well-known headers the first lines are; 0 if one is no header."""
    known: set[str] = set()
    for line in head.split(b"\n")[:60]:
        if not line.strip():
            break
        if line[:1] in (b" ", b"\t"):
            continue
        name, sign, _ = line.partition(b":")
        if not sign or b" " in name:
            return 0
        known.add(name.decode("latin-1").lower())
    return len(known.intersection(_KNOWN))


def _gathers(path: Path) -> bool:
    if path.suffix.lower() in (".eml", ".emlx"):
        return True
    return path.parent.name in ("cur", "new") and bool(_MAILDIR.fullmatch(path.name))


def _open(handed: Handed) -> Iterator[Opened]:
    rejected: list[Rejection] = []

    def rows() -> Iterator[list[str | None]]:
        number = 0
        for path in handed.paths:
            for content in _mails(path):
                number += 1
                row = _row(content) if len(content) <= _LARGEST else None
                if row is not None:
                    yield row
                    continue
                if len(rejected) >= _MOST_REJECTED:
                    raise SkipError("files_broken", file=handed.label, kind="mail")
                reason = "too long" if len(content) > _LARGEST else "not a mail"
                raw = content[:500].decode("utf-8", errors="replace")
                rejected.append(Rejection(row=number, reason=reason, raw=raw))

    file, scan = as_parquet(list(NAMES), rows())
    yield Opened(
        label=handed.label,
        scan=scan,
        rejections=(*rejected, *handed.rejections),
        temporary=(file,),
    )


def _row(content: bytes) -> list[str | None] | None:
    try:
        return row_of(content)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # Python's mail parser has such ways to say that something is no mail.
        return None


def _mails(path: Path) -> Iterator[bytes]:
    """The mails of a file, at most a little more than `_LARGEST` of each."""
    with path.open("rb") as stream:
        first = stream.readline(_LARGEST)
        if path.suffix.lower() == ".emlx" and first.strip().isdigit():
            yield stream.read(min(int(first), _LARGEST + 1))
            return
        if not _FROM.match(first):
            yield first + stream.read(_LARGEST)
            return
        held: list[bytes] = []
        size, blank = 0, False
        while line := stream.readline(_LARGEST):
            if blank and _FROM.match(line):
                yield b"".join(held)
                held, size, blank = [], 0, False
                continue
            blank = not line.strip(b"\r\n")
            # A line of a mail that begins like a new one is written with a > before it.
            if line.startswith(b">") and line.lstrip(b">").startswith(b"From "):
                line = line[1:]
            size += len(line)
            if size <= _LARGEST + 1:
                held.append(line)
            elif sum(map(len, held)) <= _LARGEST:
                held.append(line[: _LARGEST + 1])
        yield b"".join(held)


READER = Reader(name="mail", suffixes=_SUFFIXES, likeness=_likeness, open=_open, gathers=_gathers)

"""Feeds: RSS 0.9 to 2.0 and Atom, each entry a row.

Raw columns are `entry_id`, `published`, `updated`, `author`, `title`, `text`, `link`, `categories`
and `feed`. HTML becomes text. Documents that declare entities are refused: a few lines of these
can grow to billions.
"""

import email.utils
import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

from sonnim.connectors.base import Rejection
from sonnim.connectors.encodings import as_utf8, encoding_of
from sonnim.connectors.readers.base import Handed, Opened, Reader
from sonnim.connectors.readers.mail_parts import as_text
from sonnim.connectors.readers.scans import as_parquet
from sonnim.connectors.readers.xml_events import DEEPEST, LONGEST, local, passing
from sonnim.tables.errors import SkipError

_SUFFIXES = (".rss", ".atom", ".rdf", ".xml")
_NAMES = (
    "entry_id", "published", "updated", "author", "title", "text", "link", "categories", "feed",
)  # fmt: skip
_ROOTS = ("<rss", "<feed", "<rdf:RDF", "<atom:feed")

# Local names of elements, best first, for each column.
_PLACES = {
    "entry_id": ("id", "guid", "identifier"),
    "published": ("published", "pubdate", "date", "issued", "created"),
    "updated": ("updated", "modified"),
    "author": ("creator", "author"),
    "title": ("title",),
    "text": ("encoded", "content", "description", "summary"),
    "link": ("link",),
}


def _likeness(head: bytes, suffix: str) -> int:
    text = head[:8192].decode(encoding_of(head[:8192]), errors="replace").lstrip("\ufeff \r\n\t")
    if text.startswith("<") and any(root in text for root in _ROOTS):
        return 3
    return 2 if suffix in _SUFFIXES and text.startswith("<") else 0


def _open(handed: Handed) -> Iterator[Opened]:
    path, _ = as_utf8(handed.path)
    rejected: list[Rejection] = []
    try:
        rows = _rows(path, handed, rejected)
        file, scan = as_parquet(list(_NAMES), rows)
    finally:
        if path != handed.path:
            path.unlink(missing_ok=True)
    yield Opened(
        label=handed.label,
        scan=scan,
        rejections=(*rejected, *handed.rejections),
        temporary=(file,),
    )


def _rows(path: Path, handed: Handed, rejected: list[Rejection]) -> Iterator[list[str | None]]:
    reading = _Reading(handed.label)
    number = 0
    for broken in passing(path, handed.label, reading):
        for entry in reading.entries:
            number += 1
            yield entry
        reading.entries.clear()
        if broken and number == 0 and not reading.is_feed:
            raise SkipError("files_broken", file=handed.label, kind="RSS")
        if broken:
            # What came before is good.
            rejected.append(Rejection(row=number + 1, reason=broken, raw=""))
    if not reading.is_feed:
        raise SkipError("files_unknown", file=handed.label)


class _Reading:
    """Gathers entries while the document passes by."""

    def __init__(self, label: str) -> None:
        self.entries: list[list[str | None]] = []
        self.is_feed = False
        self._label = label
        self._path: list[str] = []
        self._feed = ""
        self._entry: dict[str, list[str]] | None = None
        self._words: list[str] = []
        self._size = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if not self._path:
            self.is_feed = name in ("rss", "feed", "rdf")
        if len(self._path) >= DEEPEST:
            raise SkipError("files_broken", file=self._label, kind="RSS")
        if self._entry is not None and self._inside_text():
            # XHTML within Atom: kept as the markup that it is.
            self._add(f"<{name}>")
        self._path.append(name)
        if self._inside_text():
            return
        self._words, self._size = [], 0
        if name in ("item", "entry"):
            self._entry = {}
        elif self._entry is not None:
            if name == "link" and attributes.get("href"):
                if attributes.get("rel", "alternate") == "alternate":
                    self._put("link", attributes["href"])
            elif name == "category" and attributes.get("term"):
                self._put("category", attributes["term"])

    def end(self, tag: str) -> None:
        name = local(tag)
        self._path.pop()
        if self._entry is not None and self._inside_text():
            self._add(f"</{name}>")
            return
        text = "".join(self._words).strip()
        self._words, self._size = [], 0
        if self._entry is None:
            if name == "title" and self._path[-1:] in (["channel"], ["feed"]):
                self._feed = self._feed or as_text(text)
        elif name in ("item", "entry"):
            self.entries.append(self._row(self._entry))
            self._entry = None
        elif text and self._path[-1] in ("item", "entry"):
            self._put(name, text)
        elif text and name == "name" and self._path[-1] == "author":
            self._put("author", text)

    def characters(self, text: str) -> None:
        self._add(text)

    def _add(self, text: str) -> None:
        self._size += len(text)
        if self._size <= LONGEST:
            self._words.append(text)

    def _inside_text(self) -> bool:
        return any(name in ("content", "summary") for name in self._path)

    def _put(self, name: str, text: str) -> None:
        if self._entry is not None:
            self._entry.setdefault(name, []).append(text)

    def _row(self, entry: dict[str, list[str]]) -> list[str | None]:
        found: dict[str, str | None] = {}
        for column, names in _PLACES.items():
            found[column] = next((entry[name][0] for name in names if entry.get(name)), None)
        for column in ("title", "text"):
            value = found[column]
            found[column] = as_text(value) if value and ("<" in value or "&" in value) else value
        for column in ("published", "updated"):
            found[column] = _time(found[column])
        found["published"] = found["published"] or found["updated"]
        found["entry_id"] = found["entry_id"] or found["link"]
        categories = entry.get("category") or entry.get("subject") or []
        found["categories"] = json.dumps(categories, ensure_ascii=False) if categories else None
        found["feed"] = self._feed or None
        return [found[column] for column in _NAMES]


def _time(text: str | None) -> str | None:
    """RSS writes times as mails do, Atom as ISO does."""
    if not text or text[:4].isdigit():
        return text
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


READER = Reader(name="RSS", suffixes=_SUFFIXES, likeness=_likeness, open=_open)

"""Web addresses: JSON endpoints page by page, feeds, and files of every kind that a file may be.

`sonnim add https://…` finds out what is there. Of JSON, the rows are the largest list of objects;
further pages are followed by a `Link` header or a `next` in the answer. What is not found out is
said with `--set`, and kept in `sonnim.toml` under `[sources.NAME.from]`, as all settings below.

Tokens come from the environment: `token = "SHOP_TOKEN"` names the variable. They are sent only to
the server of the address itself. A server that is busy (429, 5xx) or stalls is asked again, after
the time it names; then `add` gives up and takes nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sonnim.connectors.base import Mapping, Payload, Shaped
from sonnim.connectors.encodings import content_digest
from sonnim.connectors.files import Payloads, from_file
from sonnim.connectors.places import hidden, position_of, resumed_at
from sonnim.connectors.propose import propose
from sonnim.connectors.readers.scans import temporary_file
from sonnim.connectors.shape import shape
from sonnim.connectors.web import Asking, Reply, next_address, web_address
from sonnim.tables.bookmark import Bookmark
from sonnim.tables.errors import SkipError, StopError
from sonnim.tables.parameters import Limit, parameter

_PAGING = ("auto", "next", "page", "offset", "cursor", "none")
# Where answers name their next page, best first.
_NEXT = (
    "next", "next_url", "nextUrl", "nextLink", "next_link", "next_page", "next_page_url",
    "nextPage", "@odata.nextLink", "links.next", "links.next.href", "_links.next.href",
    "paging.next", "pagination.next", "pagination.next_url", "pagination.next_page",
    "meta.next", "meta.next_page", "after_url", "data.next",
)  # fmt: skip
_CURSORS = (
    "next_cursor", "nextCursor", "cursor", "cursor.next", "meta.next_cursor", "meta.cursor",
    "meta.after_cursor", "paging.cursors.after", "pagination.next_cursor",
    "response_metadata.next_cursor", "next_page_token", "nextPageToken", "after_cursor",
)  # fmt: skip
_DEEPEST = 4


@dataclass(frozen=True, kw_only=True)
class HttpSettings:
    """How a JSON endpoint is read."""

    items: str = parameter("", Limit(meaning="Way to the rows in an answer, such as data.items"))
    paging: str = parameter("auto", Limit(meaning="How further pages are found", choices=_PAGING))
    next: str = parameter(
        "", Limit(meaning="Way to the next page's address or cursor in an answer")
    )
    query_parameter: str = parameter(
        "", Limit(meaning="Query parameter for page, offset or cursor (page, offset, cursor)")
    )
    first: int = parameter(1, Limit(meaning="Number of the first page", low=0, high=1))
    token: str = parameter("", Limit(meaning="Environment variable that holds the token"))
    header: str = parameter("Authorization", Limit(meaning="Header that the token is sent in"))
    scheme: str = parameter("Bearer", Limit(meaning="Word before the token; - for none"))
    resume_by: str = parameter(
        "", Limit(meaning="Member of a row that only grows, such as updated_at")
    )
    position: str = parameter(
        "", Limit(meaning="Way to a position in the last answer, instead of resume_by")
    )
    since: str = parameter(
        "", Limit(meaning="Query parameter that takes the last position at the next add")
    )
    most_pages: int = parameter(
        10_000, Limit(meaning="Pages after which something must be wrong", low=1, high=10_000_000)
    )
    patience: float = parameter(
        30.0, Limit(meaning="Seconds to wait for a server that says nothing", low=0.05, high=3600)
    )
    tries: int = parameter(5, Limit(meaning="How often a page is asked for", low=1, high=100))


@dataclass(frozen=True, kw_only=True)
class HttpConnector:
    """The connector for web addresses (see the module)."""

    name: str = "http"
    settings: HttpSettings = field(default_factory=HttpSettings)
    after: str = ""

    def takes(self, location: str) -> bool:
        """Whether it is an address on the web."""
        return location.lower().startswith(("http://", "https://"))

    def bound(self, settings: object, after: str) -> "HttpConnector":
        """The same connector with its settings, from a position on."""
        if not isinstance(settings, HttpSettings):
            raise TypeError(type(settings))
        return replace(self, settings=settings, after=after)

    def label(self, location: str) -> str:
        """The last part of the address, or the server."""
        try:
            parts = urlsplit(location)
        except ValueError:
            # It is refused when it is opened.
            return "web"
        return parts.path.rstrip("/").rpartition("/")[2] or parts.hostname or "web"

    def fetch(self, location: str, source: str) -> Iterator[Payload]:
        """Asks for all pages, from the last position on; they become one payload."""
        return Payloads(self._found(location, source))

    def propose(self, payload: Payload) -> Mapping:
        """A mapping from the names and values of the columns."""
        return propose(payload)

    def shape(self, payload: Payload, mapping: Mapping) -> tuple[Shaped, ...]:
        """The steps that turn the rows into canonical ones."""
        return shape(payload, mapping)

    def _found(self, location: str, source: str) -> Iterator[Payload | SkipError]:
        chosen = self.settings
        asking = Asking(
            location=location,
            token=chosen.token,
            header=chosen.header,
            scheme="" if chosen.scheme == "-" else chosen.scheme,
            patience=chosen.patience,
            tries=chosen.tries,
        )
        url = web_address(location)
        last = resumed_at(self.after)
        if bool(chosen.since) != bool(chosen.resume_by or chosen.position):
            raise StopError("http_since", location=hidden(location))
        if chosen.since and last is not None:
            url = _with(url, chosen.since, str(last))
        if chosen.paging in ("page", "offset"):
            first = chosen.first if chosen.paging == "page" else 0
            url = _with(url, chosen.query_parameter or chosen.paging, str(first))
        reply = asking.ask(url)
        label = self.label(location)
        spool = temporary_file(".web")
        handed_over = False
        try:
            if _is_json(reply):
                pages = _Pages(asking, chosen, label)
                with spool.open("wb") as target:
                    for line in pages.lines(reply):
                        target.write(line)
                if not pages.rows:
                    if self.after:
                        return
                    raise SkipError("files_empty", file=label)
                last = pages.last if pages.last is not None else last
                name = f"{label.removesuffix('.json')}.jsonl"
            elif _is_page(reply):
                raise SkipError("http_page", file=label)
            else:
                spool.write_bytes(reply.body)
                last, name = None, _named(label, reply.kind)
            digest = content_digest(spool)
            for one in from_file(spool, source, name, spooled=True):
                if isinstance(one, Payload):
                    part = one.bookmark.position.partition("#")[2]
                    told = f"{digest}#{part}" if part else digest
                    position = Bookmark(source=source, position=position_of(told, last))
                    one = replace(one, label=label, bookmark=position)
                    handed_over |= spool in one.temporary
                yield one
        finally:
            if not handed_over:
                spool.unlink(missing_ok=True)


class _Pages:
    """Goes from page to page and gives their rows, one a line."""

    def __init__(self, asking: Asking, settings: HttpSettings, label: str) -> None:
        self.rows = 0
        self.last: Any = None
        self._asking = asking
        self._settings = settings
        self._label = label
        self._way: tuple[str, ...] | None = None

    def lines(self, reply: Reply) -> Iterator[bytes]:
        seen = {reply.url}
        before = b""
        for number in range(1, self._settings.most_pages + 1):
            answer = reply.read(self._label)
            items = self._items(answer, number)
            if number > 1 and items and reply.body == before:
                raise SkipError("http_same_page", file=self._label, page=number)
            before = reply.body
            self.rows += len(items)
            for item in items:
                self._note(at(item, self._settings.resume_by))
                yield json.dumps(item, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
            if self._settings.position:
                self.last = at(answer, self._settings.position) or self.last
            url = self._following(reply, answer, len(items), number)
            if not url:
                return
            if url in seen:
                raise SkipError("http_same_page", file=self._label, page=number + 1)
            seen.add(url)
            reply = self._asking.ask(url)
        raise SkipError("http_endless", file=self._label, allowed=self._settings.most_pages)

    def _note(self, value: Any) -> None:
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            return
        same = self.last is None or isinstance(value, str) == isinstance(self.last, str)
        if same and (self.last is None or value > self.last):
            self.last = value

    def _items(self, answer: Any, number: int) -> list[Any]:
        if self._settings.items:
            found = at(answer, self._settings.items)
            if not isinstance(found, list):
                raise SkipError("http_no_items", file=self._label, items=self._settings.items)
            return found
        if isinstance(answer, list):
            return answer
        if self._way is None:
            # Found on the first page that has rows; later pages have them in the same place.
            lists = sorted(_lists(answer), key=lambda pair: -len(pair[1]))
            if lists:
                self._way = lists[0][0]
            elif number == 1 and isinstance(answer, dict) and not _lists(answer, any_list=True):
                # One object and no list at all: it is the row.
                return [answer]
        found = _walk(answer, self._way) if self._way is not None else []
        return found if isinstance(found, list) else []

    def _following(self, reply: Reply, answer: Any, items: int, number: int) -> str:
        chosen = self._settings
        location = self._asking.location
        if chosen.paging == "none" or (not items and chosen.paging in ("page", "offset")):
            return ""
        if chosen.paging == "page":
            return _with(reply.url, chosen.query_parameter or "page", str(chosen.first + number))
        if chosen.paging == "offset":
            return _with(reply.url, chosen.query_parameter or "offset", str(self.rows))
        if chosen.paging == "cursor" or chosen.next:
            ways = (chosen.next,) if chosen.next else _CURSORS
            value = next((found for way in ways if (found := at(answer, way))), None)
            if not isinstance(value, (str, int)) or isinstance(value, bool):
                return ""
            if _is_address(value):
                return next_address(reply.url, str(value), location)
            return _with(reply.url, chosen.query_parameter or "cursor", str(value))
        if reply.next:
            return next_address(reply.url, reply.next, location)
        value = next((v for way in _NEXT if _is_address(v := at(answer, way))), "")
        return next_address(reply.url, value, location) if value else ""


def at(answer: Any, way: str) -> Any:
    """What a way of names leads to in an answer, or None. Names may hold dots themselves.

    Example:
        >>> at({"data": {"items": [1]}, "@odata.next": 2}, "data.items"), at({"a.b": 2}, "a.b")
        ([1], 2)
    """
    if not way or not isinstance(answer, dict):
        return None
    if way in answer:
        return answer[way]
    name, _, rest = way.partition(".")
    return at(answer.get(name), rest)


def _walk(answer: Any, way: tuple[str, ...]) -> Any:
    for name in way:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def _lists(
    answer: Any, way: tuple[str, ...] = (), *, any_list: bool = False
) -> list[tuple[tuple[str, ...], list[Any]]]:
    """The lists of objects in an answer that stand in no other list."""
    found: list[tuple[tuple[str, ...], list[Any]]] = []
    if isinstance(answer, dict) and len(way) < _DEEPEST:
        for name, value in answer.items():
            if isinstance(value, list):
                if any_list or any(isinstance(one, dict) for one in value):
                    found.append(((*way, name), value))
            else:
                found += _lists(value, (*way, name), any_list=any_list)
    return found


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://", "/", "?"))


def _is_json(reply: Reply) -> bool:
    if reply.kind.endswith(("/json", "+json")):
        return True
    text = reply.body[:64].lstrip(b"\xef\xbb\xbf \r\n\t")
    # JSON lines are a file like others.
    return text[:1] in (b"{", b"[") and not reply.kind.endswith(("ndjson", "jsonl", "jsonlines"))


def _is_page(reply: Reply) -> bool:
    begins = reply.body[:512].lstrip().lower()
    return begins.startswith((b"<!doctype html", b"<html")) or "html" in reply.kind


def _named(label: str, kind: str) -> str:
    """A file's name that ends as its content type says, where the address does not say it."""
    endings = {
        "text/csv": ".csv", "application/zip": ".zip", "application/gzip": ".gz",
        "application/x-ndjson": ".jsonl", "text/tab-separated-values": ".tsv",
        "application/rss+xml": ".rss", "application/atom+xml": ".atom",
    }  # fmt: skip
    return label if Path(label).suffix else label + endings.get(kind, "")


def _with(url: str, name: str, value: str) -> str:
    """The address with a query parameter set.

    Example:
        >>> _with("https://a.b/x?page=1&q=가", "page", "2")
        'https://a.b/x?q=%EA%B0%80&page=2'
    """
    parts = urlsplit(url)
    query = [(key, one) for key, one in parse_qsl(parts.query, keep_blank_values=True)]
    query = [(key, one) for key, one in query if key != name] + [(name, value)]
    return urlunsplit(parts._replace(query=urlencode(query)))


CONNECTOR = HttpConnector()

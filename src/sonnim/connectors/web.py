"""Asking a web server: retries with patience, bounded answers, tokens only to whom they belong."""

import email.utils
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, LocationParseError

from sonnim.connectors.places import expanded, hidden
from sonnim.tables.errors import RetryError, SkipError, StopError

_BUSY = (429, 500, 502, 503, 504)
_MOVED = (301, 302, 303, 307, 308)
_MOST_MOVES = 5
_LONGEST_WAIT = 120.0
_CHUNK = 1 << 16
_LARGEST = 256 << 20
# A server that sends a byte a minute is stalling too: so many times the patience for one byte.
_SLOWEST = 20

sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a server answered.

    Attributes:
        url: Where it came from in the end.
        kind: Its content type, in small letters.
        next: Address of the next page by its `Link` header, or "".
        body: Its content.
    """

    url: str
    kind: str
    next: str
    body: bytes

    def read(self, label: str) -> Any:
        """Its content as JSON.

        Raises:
            SkipError: It is none.
        """
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            raise SkipError("http_not_json", file=label, kind=self.kind or "-") from None


@dataclass(frozen=True, kw_only=True)
class Asking:
    """How a server is asked.

    Attributes:
        location: The address as it was given, for messages; variables in it are not filled in.
        token: Name of the environment variable that holds the token, or "".
        header: Header that it is sent in.
        scheme: Word before it ("Bearer").
        patience: Seconds to wait for a server that says nothing.
        tries: How often the same question is asked.
    """

    location: str
    token: str = ""
    header: str = "Authorization"
    scheme: str = "Bearer"
    patience: float = 30.0
    tries: int = 5

    def ask(self, url: str) -> Reply:
        """Gets an address, patiently.

        Raises:
            RetryError: The server is busy, away or stalls, after all tries.
            StopError: It refuses, or there is nothing.
            SkipError: The answer is too large.
        """
        pool = _pool(url, urllib3.Timeout(connect=min(self.patience, 10.0), read=self.patience))
        reason = ""
        with pool:
            for attempt in range(1, self.tries + 1):
                try:
                    found = self._once(pool, url)
                except (HTTPError, OSError) as error:
                    reason = type(error).__name__
                    wait = min(2.0**attempt / 4, 30.0)
                else:
                    if isinstance(found, Reply):
                        return found
                    reason, wait = f"HTTP {found.status}", found.wait(attempt)
                    if wait > _LONGEST_WAIT:
                        break
                if attempt < self.tries:
                    sleep(wait)
        raise RetryError("http_away", location=hidden(self.location), reason=reason)

    def _once(self, pool: urllib3.PoolManager, url: str) -> "Reply | _Busy":
        for _ in range(_MOST_MOVES):
            answer = pool.request(
                "GET", url, headers=self._headers(url), redirect=False, retries=False,
                preload_content=False,
            )  # fmt: skip
            try:
                if answer.status in _MOVED and answer.headers.get("Location"):
                    url = next_address(url, answer.headers["Location"], self.location)
                    continue
                if answer.status in _BUSY:
                    return _Busy(status=answer.status, after=answer.headers.get("Retry-After", ""))
                self._refused(answer.status)
                links = answer.headers.get("Link", "")
                return Reply(
                    url=url,
                    kind=answer.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
                    next=_next_link(links, url),
                    body=self._body(answer),
                )
            finally:
                answer.close()
        raise StopError("http_moves", location=hidden(self.location))

    def _headers(self, url: str) -> dict[str, str]:
        headers = {"Accept": "application/json, */*;q=0.5", "User-Agent": "sonnim"}
        # A page may name the next one anywhere: others are told no token.
        if self.token and _origin(url) == _origin(expanded(self.location)):
            secret = os.environ.get(self.token)
            if not secret:
                raise StopError(
                    "place_variable", variable=self.token, location=hidden(self.location)
                )
            headers[self.header] = f"{self.scheme} {secret}".strip()
        return headers

    def _refused(self, status: int) -> None:
        shown = hidden(self.location)
        if status in (401, 403):
            raise StopError("http_refused", location=shown, status=status)
        if status >= 300:
            raise StopError("http_status", location=shown, status=status)

    def _body(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        until = time.monotonic() + self.patience * _SLOWEST
        parts, size = [], 0
        # What has come, and not so many bytes: these may take a slow server an hour.
        while part := answer.read1(_CHUNK, decode_content=True):
            size += len(part)
            if size > _LARGEST:
                raise SkipError(
                    "http_large", location=hidden(self.location), allowed=f"{_LARGEST:,}"
                )
            if time.monotonic() > until:
                raise TimeoutError
            parts.append(part)
        return b"".join(parts)


def _pool(url: str, timeout: urllib3.Timeout) -> urllib3.PoolManager:
    """Connections, through the proxy that the environment names for such addresses."""
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, timeout=timeout)
    return urllib3.PoolManager(timeout=timeout)


@dataclass(frozen=True, kw_only=True)
class _Busy:
    """An answer that says: later."""

    status: int
    after: str

    def wait(self, attempt: int) -> float:
        """Seconds to wait: as the server says, else longer each time."""
        if not self.after:
            return min(2.0**attempt / 4, 30.0)
        try:
            seconds = float(self.after)
            return max(seconds, 0.0) if seconds == seconds else 1.0
        except ValueError:
            pass
        try:
            moment = email.utils.parsedate_to_datetime(self.after)
        except (ValueError, TypeError, OverflowError):
            return 1.0
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _web(url: str, location: str) -> str:
    """An address on the web; a page may not send us to a file or elsewhere."""
    try:
        parts = urlsplit(url)
        urllib3.util.parse_url(url)
    except (ValueError, LocationParseError):
        raise StopError("http_address", location=hidden(location)) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise StopError("http_address", location=hidden(location))
    return url


def web_address(location: str) -> str:
    """The address with its variables filled in.

    Raises:
        StopError: It is none, or a variable is not set.
    """
    return _web(expanded(location), location)


def next_address(base: str, link: str, location: str) -> str:
    """The address that a page names as its next."""
    return _web(_joined(base, link), location)


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        # No address at all, such as //[; as it stands it is refused.
        return link


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port


def _next_link(header: str, base: str) -> str:
    """The next page by a `Link` header.

    Example:
        >>> _next_link('<https://a.b/?page=1>; rel="prev", </?page=3>; rel="next"', "https://a.b")
        'https://a.b/?page=3'
    """
    for part in header.split(", <") if header else ():
        address, _, rest = part.strip().lstrip("<").partition(">")
        if 'rel="next"' in rest.lower() or "rel=next" in rest.lower():
            return _joined(base, address)
    return ""

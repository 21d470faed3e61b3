"""An OpenAI-compatible endpoint that is asked for labels: only by `suggest-labels`, nothing else.

[models.endpoint]
url = "http://localhost:8000/v1"
model = "some-model"
key_env = "MY_KEY"        # environment variable that holds the key; none is sent without it
"""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sonnim.tables.errors import RetryError, StopError
from sonnim.tables.words import say
from sonnim.workspace.model_settings import ENDPOINT, section_of

TRIES = 5
PATIENCE = 60.0
"""Seconds to wait for an answer."""
_BUSY = (408, 409, 429, 500, 502, 503, 504)
# What is wrong with one text, such as a filter of the endpoint, and not with all of them.
_THIS_TEXT = (400, 413, 422)
_LARGEST = 1 << 20
_LONGEST_WAIT = 120.0
_SETTINGS = ("url", "model", "key_env")

sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Who is asked.

    Attributes:
        url: Where `/chat/completions` is under.
        model: Name of the model there.
        key_env: Environment variable that holds the key, or "".
    """

    url: str
    model: str
    key_env: str = ""

    @property
    def host(self) -> str:
        """Scheme, host and port, to be shown before anything goes there.

        >>> Endpoint(url="http://localhost:8000/v1", model="m").host
        'http://localhost:8000'
        """
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def ask(self, system: str, text: str) -> str | None:
        """What it answers to a text; None if it refuses that one, or answers nothing.

        Args:
            system: What to do with it.
            text: The text.

        Raises:
            StopError: It refuses us, there is nothing at that address, or the key is not set.
            RetryError: It is busy or away, after all tries.
        """
        messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]
        body = json.dumps({"model": self.model, "messages": messages, "temperature": 0})
        request = urllib.request.Request(
            f"{self.url.rstrip('/')}/chat/completions",
            data=body.encode("utf-8", "replace"),
            headers={"Content-Type": "application/json", "User-Agent": "sonnim", **self._key()},
        )
        opener, reason = urllib.request.build_opener(_Stays), ""
        for attempt in range(1, TRIES + 1):
            wait = min(2.0**attempt / 4, 30.0)
            try:
                with opener.open(request, timeout=PATIENCE) as answer:
                    return _content(answer.read(_LARGEST))
            except urllib.error.HTTPError as error:
                with error:
                    if error.code in _THIS_TEXT:
                        return None
                    if error.code not in _BUSY:
                        raise StopError(
                            "endpoint_refused", host=self.host, status=error.code
                        ) from None
                    reason = f"HTTP {error.code}"
                    wait = max(wait, _seconds(error.headers.get("Retry-After", "")))
            except (OSError, HTTPException) as error:
                reason = type(error).__name__
            if wait > _LONGEST_WAIT:
                break
            if attempt < TRIES:
                sleep(wait)
        raise RetryError("endpoint_away", host=self.host, reason=reason)

    def _key(self) -> dict[str, str]:
        if not self.key_env:
            return {}
        secret = os.environ.get(self.key_env, "")
        if not secret:
            raise StopError("endpoint_key", variable=self.key_env, host=self.host)
        return {"Authorization": f"Bearer {secret}"}


def endpoint(folder: Path) -> Endpoint:
    """The endpoint that sonnim.toml names.

    Args:
        folder: Of the workspace.

    Raises:
        StopError: It names none, or a setting is wrong.
    """
    section, where = section_of(folder, ENDPOINT), f"models.{ENDPOINT}"
    if section is None:
        raise StopError("endpoint_none", folder=str(folder))
    for name in section:
        if name not in _SETTINGS:
            allowed = ", ".join(_SETTINGS)
            raise StopError("settings_unknown", place=where, name=name, allowed=allowed)
    said = {name: section.get(name, "") for name in _SETTINGS}
    for name, value in said.items():
        if not isinstance(value, str) or not (value or name == "key_env"):
            raise _wrong(f"{where}.{name}", value, f"allowed_endpoint_{name}")
    if not _is_address(str(said["url"])):
        raise _wrong(f"{where}.url", said["url"], "allowed_endpoint_url")
    return Endpoint(**{name: str(value) for name, value in said.items()})


class _Stays(urllib.request.HTTPRedirectHandler):
    """Texts and the key go to the host that was shown and confirmed, and to no other."""

    def redirect_request(self, *args: Any, **named: Any) -> None:
        """Follows none: the answer is then an error of its own."""
        return None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # A name and password in it would be shown with the host.
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in url
    except ValueError:
        return False


def _content(body: bytes) -> str | None:
    try:
        found = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None
    return found if isinstance(found, str) else None


def _seconds(text: str) -> float:
    try:
        return max(float(text), 0.0)
    except ValueError:
        return 0.0


def _wrong(place: str, received: object, allowed: str) -> StopError:
    return StopError("settings_wrong", place=place, received=received, allowed=say(allowed))

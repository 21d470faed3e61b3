"""Every sentence shown to a person, in Korean and English, from the packages' `words.toml`."""

import os
import tomllib
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ko")

_language: ContextVar[str | None] = ContextVar("sonnim_language", default=None)


def set_language(language: str | None) -> None:
    """Choose the language of all messages; None goes back to the locale's.

    Example:
        >>> set_language("ko")
        >>> current_language()
        'ko'
        >>> set_language(None)
    """
    _language.set(language if language in LANGUAGES else None)


def current_language() -> str:
    """The language in force: as chosen, by `SONNIM_LANG`, by the locale, else English."""
    chosen = _language.get()
    if chosen:
        return chosen
    for variable in ("SONNIM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "ko" if value.lower().startswith("ko") else "en"
    return "en"


def say(key: str, language: str | None = None, /, **values: object) -> str:
    """The sentence of that key with its places filled.

    A missing key gives the key itself with its values: a message must never fail on its way.
    """
    entry = _catalog().get(key)
    if entry is None:
        return f"{key}: {values}" if values else key
    text = entry.get(language or current_language()) or entry["en"]
    return text.format_map(_Lenient(values))


def has_words(key: str) -> bool:
    """Whether there is a sentence of that key."""
    return key in _catalog()


class _Lenient(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@cache
def _catalog() -> dict[str, dict[str, str]]:
    root = Path(__file__).resolve().parent.parent
    merged: dict[str, dict[str, str]] = {}
    for file in sorted(root.glob("*/words.toml")):
        merged.update(tomllib.loads(file.read_text(encoding="utf-8")))
    return merged

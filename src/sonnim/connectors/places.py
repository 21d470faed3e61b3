"""What connectors to databases and web addresses share: secrets in addresses, and positions."""

import json
import os
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sonnim.tables.errors import StopError

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SECRET = re.compile(
    r"(?P<before>://[^:@/?#]*:)(?P<secret>[^@/?#]*)(?=@)"
    r"|(?P<name>[?&][\w.-]*(?:token|key|secret|passw|signature|auth)[\w.-]*=)(?P<value>[^&#]+)",
    re.IGNORECASE,
)


def expanded(location: str) -> str:
    """An address with `${NAME}` replaced by environment variables; only for opening it.

    Raises:
        StopError: A variable is not set.
    """

    def value(found: re.Match[str]) -> str:
        text = os.environ.get(found[1])
        if text is None:
            raise StopError("place_variable", variable=found[1], location=hidden(location))
        return text

    return _VARIABLE.sub(value, location)


def hidden(location: str) -> str:
    """An address as it may be shown: without a password.

    Example:
        >>> hidden("postgresql://me:secret@host/db"), hidden("postgresql://me:${PGPASSWORD}@host")
        ('postgresql://me:***@host/db', 'postgresql://me:${PGPASSWORD}@host')
        >>> hidden("https://host/reviews?api_key=secret&page=1")
        'https://host/reviews?api_key=***&page=1'
    """
    return _replaced(location, "***")


def kept(location: str, variable: str) -> str:
    """An address as it may be written down: a password becomes a variable's name.

    Example:
        >>> kept("postgresql://me:secret@host/db", "SHOP_PASSWORD")
        'postgresql://me:${SHOP_PASSWORD}@host/db'
    """
    return _replaced(location, f"${{{variable}}}")


def secret_of(location: str) -> str:
    """The password in an address, or ""."""
    found = _SECRET.search(location)
    return (found["secret"] or found["value"] or "") if found else ""


def _replaced(location: str, by: str) -> str:
    def one(found: re.Match[str]) -> str:
        secret = found["secret"] if found["value"] is None else found["value"]
        if _VARIABLE.fullmatch(secret):
            return found[0]
        return f"{found['before'] or found['name']}{by}"

    return _SECRET.sub(one, location)


def position_of(digest: str, last: Any) -> str:
    """A bookmark's position: the digest of what was read, and the last value with its type.

    Example:
        >>> position_of("d1", 7), position_of("d1", None)
        ('d1 {"int": "7"}', 'd1')
    """
    if last is None:
        return digest
    if isinstance(last, datetime):
        told = {"datetime": last.isoformat()}
    elif isinstance(last, date):
        told = {"date": last.isoformat()}
    elif isinstance(last, (int, float, Decimal)):
        told = {type(last).__name__: str(last)}
    else:
        told = {"str": str(last)}
    return f"{digest} {json.dumps(told, ensure_ascii=False)}"


def resumed_at(position: str) -> Any:
    """The last value of a position, or None.

    Example:
        >>> resumed_at(position_of("d1", Decimal("1.5"))), resumed_at("d1")
        (Decimal('1.5'), None)
    """
    _, _, told = position.partition(" ")
    if not told:
        return None
    ((kind, text),) = json.loads(told).items()
    makers: dict[str, Any] = {
        "int": int, "float": float, "Decimal": Decimal, "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
    }  # fmt: skip
    return makers.get(kind, str)(text)

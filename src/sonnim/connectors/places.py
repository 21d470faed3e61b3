"""What connectors to databases and web addresses share: secrets in addresses, and positions."""

import json
import os
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sonnim.tables.errors import StopError

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_USER = re.compile(r"(?P<before>://[^:@/?#]*:)(?P<secret>[^@/?#]*)(?=@)")


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
    """
    found = _USER.search(location)
    if found is None or _VARIABLE.fullmatch(found["secret"]):
        return location
    return _USER.sub(r"\g<before>***", location)


def kept(location: str, variable: str) -> str:
    """An address as it may be written down: a password becomes a variable's name.

    Example:
        >>> kept("postgresql://me:secret@host/db", "SHOP_PASSWORD")
        'postgresql://me:${SHOP_PASSWORD}@host/db'
    """
    if hidden(location) == location:
        return location
    return _USER.sub(lambda found: f"{found['before']}${{{variable}}}", location)


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

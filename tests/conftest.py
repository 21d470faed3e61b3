"""What all tests share: no network, English messages, real data where it is there."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# No test is timed: a machine that is busy otherwise finds no other bugs.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Property tests try hundreds of examples each: a quick look leaves them out."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.slow)


ROOT = Path(__file__).resolve().parent.parent

# Also for subprocesses and for the doctests under src/, which see no fixture of this file.
os.environ["SONNIM_LANG"] = "en"

# The engine fixtures (`engine`, run on DuckDB and Spark alike) live beside the engine tests.
pytest_plugins = (
    ("tests.engines.fixtures",) if (ROOT / "tests/engines/fixtures.py").is_file() else ()
)


class NetworkRefused(RuntimeError):
    """A test tried to leave the machine."""


def _is_loopback(host: object) -> bool:
    if not isinstance(host, str):
        return host is None
    if host in ("", "localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuses every connection but those to this machine (Spark talks to itself over loopback)."""
    connect, connect_ex, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(address: Any) -> None:
        if isinstance(address, tuple) and not _is_loopback(address[0]):
            raise NetworkRefused(f"a test tried to connect to {address[0]}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        check((host,))
        return getaddrinfo(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages are English unless a test asks for Korean."""
    monkeypatch.setenv("SONNIM_LANG", "en")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets: `SONNIM_SHARED_DATA`, or `shared/data` beside the checkout."""
    folder = Path(os.environ.get("SONNIM_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the shared data are not here: set SONNIM_SHARED_DATA to their folder")
    return folder

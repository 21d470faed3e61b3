"""A web server of this machine that answers as a test tells it to."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """One question that the server got.

    Attributes:
        path: Path of the address.
        query: Its query parameters.
        headers: Headers, with small names.
    """

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass
class Says:
    """What the server answers.

    Attributes:
        body: The content.
        status: HTTP status.
        headers: Headers.
        stalls: Seconds of silence before each half of the content.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    stalls: float = 0.0


@dataclass
class Server:
    """The server: its address, and what it was asked."""

    address: str
    asked: list[Asked] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def serving(answer: Callable[[Asked, int], Says]) -> Iterator[Server]:
    """A server for a while; `answer` gets the question and how many came before it."""
    server: Server

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = Asked(
                path=parts.path,
                query=dict(parse_qsl(parts.query)),
                headers={name.lower(): value for name, value in self.headers.items()},
            )
            server.asked.append(asked)
            says = answer(asked, len(server.asked) - 1)
            with contextlib.suppress(OSError):
                self.send_response(says.status)
                headers = {"Content-Type": "application/json"} | says.headers
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(says.body)))
                self.end_headers()
                half = len(says.body) // 2
                for part in (says.body[:half], says.body[half:]):
                    if says.stalls:
                        server.released.wait(says.stalls)
                    self.wfile.write(part)
                    self.wfile.flush()

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server = Server(address=f"http://127.0.0.1:{httpd.server_address[1]}")
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        httpd.shutdown()
        thread.join()
        httpd.server_close()

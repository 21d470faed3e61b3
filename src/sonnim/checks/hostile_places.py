"""Hostile places: web servers, databases and folders."""

import gzip
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sonnim.checks.hostile_cells import NAMES, TEXTS, as_csv, as_jsonl, hostile_rows
from sonnim.checks.hostile_texts import GOOD
from sonnim.checks.import_exam import HostileThing

_ROWS = [
    {"id": str(n), "time": "2026-01-01T00:00:00Z", "text": f"배송이 정말 빨라서 좋았습니다 {n}"}
    for n in range(1, 4)
]
_QUICK: dict[str, object] = {"patience": 0.2, "tries": 1, "most_pages": 20}
_JSON = "application/json"


class _Handler(BaseHTTPRequestHandler):
    """Answers each path in a way of its own."""

    released: threading.Event

    def do_GET(self) -> None:
        name, _, query = self.path.strip("/").partition("?")
        answer = _ANSWERS.get(name)
        try:
            if answer is None:
                self._say(404)
            else:
                answer(self, query)
        except (BrokenPipeError, ConnectionResetError):
            # The other side had enough.
            return

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing: the exam has its own report."""

    def _say(
        self,
        status: int = 200,
        body: bytes = b"",
        kind: str = _JSON,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        told = {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}
        self.send_response(status)
        for header, value in told.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)


def _json(value: object, **headers: str) -> Callable[[_Handler, str], None]:
    return _body(json.dumps(value).encode(), **headers)


def _body(body: bytes, kind: str = _JSON, **headers: str) -> Callable[[_Handler, str], None]:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, query: handler._say(body=body, kind=kind, headers=told)


def _status(status: int, **headers: str) -> Callable[[_Handler, str], None]:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, query: handler._say(status, b"no", headers=told)


def _stalls(handler: _Handler, query: str) -> None:
    handler.released.wait(10)


def _drips(handler: _Handler, query: str) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(10_000):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        if handler.released.wait(0.1):
            return


def _endless(handler: _Handler, query: str) -> None:
    page = int(query.partition("=")[2] or "1")
    rows = [{**row, "id": f"{page}-{row['id']}"} for row in _ROWS]
    handler._say(body=json.dumps({"data": rows, "next": f"/endless?p={page + 1}"}).encode())


def _second_fails(handler: _Handler, query: str) -> None:
    if query:
        handler._say(500)
        return
    handler._say(body=json.dumps({"data": _ROWS, "next": "/second?p=2"}).encode())


_ANSWERS: dict[str, Callable[[_Handler, str], None]] = {
    "good": _json(_ROWS),
    "stalls": _stalls,
    "drips": _drips,
    "endless": _endless,
    "second": _second_fails,
    "same": _json({"data": _ROWS, "next": "/same?p=2"}),
    "itself": _json({"data": _ROWS, "next": "/itself"}),
    "429": _status(429, Retry_After="0"),
    "429-never": _status(429, Retry_After="99999999"),
    "429-nan": _status(429, Retry_After="nan"),
    "429-words": _status(429, Retry_After="soon"),
    "500": _status(500),
    "503": _status(503),
    "401": _status(401),
    "418": _status(418),
    "moves": _status(302, Location="/moves"),
    "moves-file": _status(302, Location="file:///etc/passwd"),
    "moves-bad": _status(302, Location="//["),
    "moves-nowhere": _status(302),
    "garbage": _body(bytes(range(256)) * 20),
    "cut": _body(json.dumps(_ROWS).encode()[:50], Content_Length="99999"),
    "nothing": _body(b""),
    "null": _json(None),
    "number": _json(42),
    "strings": _json(["a", "b"]),
    "mixed": _json([1, None, "x", [1], {"id": "1"}, *_ROWS]),
    "deep": _body(b"[" * 100_000),
    "huge-int": _body(b'[{"id": ' + b"9" * 5_000 + b"}]"),
    "huge-float": _body(b'[{"id": 1e999, "text": NaN}]'),
    "surrogate": _body(b'[{"id": "1", "time": "2026-01-01", "text": "\\ud83d"}]'),
    "cells": _body(f"[{','.join(as_jsonl(hostile_rows()).splitlines())}]".encode()),
    "page": _body(b"<!doctype html><p>Log in", "text/html"),
    "false-gzip": _body(b"no gzip", Content_Encoding="gzip"),
    "bomb": _body(gzip.compress(b" " * (300 << 20)), Content_Encoding="gzip"),
    "csv": _body(GOOD.encode(), "text/csv"),
    "laughs": _body(b'<!DOCTYPE rss [<!ENTITY a "x">]><rss>&a;</rss>', "application/rss+xml"),
    "link": _json(_ROWS, Link='<//[>; rel="next"'),
    "next-file": _json({"data": _ROWS, "next": "http:///etc/passwd"}),
}  # fmt: skip
_COUNTED = {"good": 3, "cells": len(hostile_rows()), "csv": 1}


@contextmanager
def hostile_server() -> Iterator[tuple[HostileThing, ...]]:
    """A server of this machine, and everything that it says wrongly."""
    released = threading.Event()
    handler = type("Handler", (_Handler,), {"released": released})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        things = [
            HostileThing(name=f"http {name}", location=f"{address}/{name}",
                         rows=_COUNTED.get(name, -1), settings=_QUICK)
            for name in _ANSWERS
        ]  # fmt: skip
        for location in (f"{address}/none", "http://[::1", "http://", "https://127.0.0.1:1/x"):
            things.append(HostileThing(name=location, location=location, settings=_QUICK))
        yield tuple(things)
    finally:
        released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def hostile_database(folder: Path) -> tuple[HostileThing, ...]:
    """A database of SQLite whose tables have odd names, types and values; and files that are none.

    Needs `sonnim[sql]`.
    """
    file = folder / "hostile.db"
    rows = hostile_rows()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE cells (id, time, text, rating)")
        connection.executemany("INSERT INTO cells VALUES (?, ?, ?, ?)", [row.cells for row in rows])
        connection.execute('CREATE TABLE "nothing" (id, time, text)')
        odd = [*TEXTS[:4], 'a"b', "가 나", "👍", "x; DROP TABLE cells; --", ":after", "%s"]
        names = ", ".join('"' + name.replace('"', '""').replace("\x00", "") + '"' for name in odd)
        connection.execute(f'CREATE TABLE "odd "" 이름; --" (id, time, text, {names})')
        connection.execute(
            f'INSERT INTO "odd "" 이름; --" VALUES (1, ?, ?{", 1" * len(odd)})',
            ("2026-01-01", "배송이 빨라요"),
        )
        connection.execute("CREATE TABLE types (id, time, text, i, r, b, n, inf, big)")
        connection.execute(
            "INSERT INTO types VALUES (?, ?, ?, ?, ?, ?, ?, 9e999, ?)",
            (1, "2026-01-01", "배송이 빨라요", -(2**63), 1e308, b"\xff\x00", None, 2**63 - 1),
        )
        connection.execute("CREATE TABLE broken (id, time, text)")
        connection.execute("INSERT INTO broken VALUES (1, '2026-01-01', CAST(x'ff80' AS TEXT))")
        wide = ", ".join(f"c{n}" for n in range(1_990))
        connection.execute(f"CREATE TABLE wide ({wide})")
        connection.execute("INSERT INTO wide DEFAULT VALUES")
        connection.execute("CREATE VIEW fails AS SELECT abs(-9223372036854775808) AS id")
    connection.close()
    cut = folder / "cut.db"
    cut.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    false = folder / "false.db"
    false.write_text(GOOD, encoding="utf-8")
    address = f"sqlite:///{file}"
    things: list[tuple[str, str, dict[str, object], int]] = [
        (name, address, {"table": name}, count)
        for name, count in (
            ("cells", len(rows)), ("nothing", 0), ('odd " 이름; --', 1), ("types", 1),
            ("broken", -1), ("wide", -1), ("fails", -1), ("no such table", -1),
        )
    ]  # fmt: skip
    things += [
        (query, address, {"query": query}, -1)
        for query in (
            "SELECT", "SELECT 1", "SELECT id, id, text AS id FROM cells", "DROP TABLE cells",
            "SELECT * FROM cells; DROP TABLE cells", "SELECT ':x' AS text", "PRAGMA user_version",
            "SELECT id, time, text FROM cells WHERE text = '%s %(a)s :b ?'",
            f"SELECT 1 AS id, '2026-01-01' AS time, hex(zeroblob({5_000_000})) AS text",
        )
    ]  # fmt: skip
    things += [
        ("cut database", f"sqlite:///{cut}", {"table": "cells"}, -1),
        ("no database", f"sqlite:///{false}", {"table": "cells"}, -1),
        ("nothing there", f"sqlite:///{folder}/none.db", {"table": "cells"}, -1),
        ("no column", address, {"table": "cells", "resume_by": "none"}, -1),
        ("no driver", "tibero://h/d", {"table": "cells"}, -1),
        ("no address", "postgresql://h:x/d", {"table": "cells"}, -1),
        ("nobody there", "postgresql://127.0.0.1:1/d", {"table": "cells"}, -1),
    ]
    return tuple(
        HostileThing(name=f"sql {name}", location=location, rows=count, settings=settings)
        for name, location, settings, count in things
    )


def hostile_folders(folder: Path) -> tuple[HostileThing, ...]:
    """Folders with links in a circle, links to nowhere, and names that are hard to say."""
    loop = folder / "loop"
    (loop / "inner").mkdir(parents=True)
    (loop / "inner" / "up").symlink_to(loop, target_is_directory=True)
    (loop / "self.csv").symlink_to(loop / "self.csv")
    (loop / "nowhere.csv").symlink_to(loop / "none.csv")
    (loop / "good.csv").write_text(GOOD, encoding="utf-8")
    names = folder / "names"
    names.mkdir()
    for name in ("가 나\u202e.csv", "a'b\"c;.csv", "[1]*?.csv", "\x1b[31m.csv", "-.csv", "=1.csv"):
        (names / name).write_text(GOOD.replace("1,", f"{len(name)},", 1), encoding="utf-8")
    # Bytes that are no text in any encoding.
    raw = os.fsencode(names) + b"/\xff\xfe.csv"
    # Some file systems have no such names.
    with suppress(OSError):
        Path(os.fsdecode(raw)).write_text(GOOD, encoding="utf-8")
    many = folder / "many"
    many.mkdir()
    table = as_csv([NAMES, *(row.cells for row in hostile_rows()[:30])])
    for number in range(20):
        (many / f"{number}.csv").write_text(table, encoding="utf-8")
    (folder / "empty").mkdir()
    kinds = [(name, str(folder / name)) for name in ("loop", "names", "many", "empty")]
    kinds += [("loop itself", str(loop / "self.csv")), ("nowhere", str(loop / "nowhere.csv"))]
    kinds += [
        ("glob", f"{folder}/[" + "a" * 5),
        ("NUL", f"{folder}/a\x00b.csv"),
        ("long", "a" * 5000),
    ]
    return tuple(HostileThing(name=f"folder {name}", location=where) for name, where in kinds)

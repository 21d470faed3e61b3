"""An object store that speaks as much of S3 as delta-rs asks for, in memory and on this machine."""

import hashlib
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest

BUCKET = "shop"
CONTROL = "control"


class Store(ThreadingHTTPServer):
    """Keeps the objects of one bucket.

    Attributes:
        objects: Content by key.
        parts: Parts of uploads that are not complete.
        refused: If set, every request is answered with this status.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.refused = 0
        self.lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    server: Store

    def log_message(self, format: str, *args: object) -> None:
        return None

    def _key(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        _, _, key = unquote(parts.path).lstrip("/").partition("/")
        return key, parse_qs(parts.query, keep_blank_values=True)

    def _body(self) -> bytes:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "aws-chunked" in (self.headers.get("Content-Encoding") or ""):
            raise NotImplementedError
        return body

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refused(self) -> bool:
        if not self.server.refused:
            return False
        self._body()
        self._answer(self.server.refused, b"<Error><Code>AccessDenied</Code></Error>")
        return True

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self._refused():
            return
        key, query = self._key()
        if not key:
            self._list(query)
            return
        content = self.server.objects.get(key)
        if content is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        tag = {"ETag": _tag(content), "Last_Modified": "Fri, 02 Jan 2026 03:04:05 GMT"}
        ranged = self.headers.get("Range")
        if ranged is None:
            self._answer(200, content, **{**tag, "Content_Length": str(len(content))})
            return
        first, _, last = ranged.removeprefix("bytes=").partition("-")
        start = int(first) if first else max(len(content) - int(last), 0)
        end = min(int(last) + 1 if first and last else len(content), len(content))
        self._answer(
            206, content[start:end], **tag,
            Content_Range=f"bytes {start}-{end - 1}/{len(content)}",
        )  # fmt: skip

    def _list(self, query: dict[str, list[str]]) -> None:
        prefix = query.get("prefix", [""])[0]
        delimiter = query.get("delimiter", [""])[0]
        after = query.get("start-after", [""])[0]
        folders, found = set(), []
        for key in sorted(self.server.objects):
            if not key.startswith(prefix) or key <= after:
                continue
            rest = key[len(prefix) :]
            if delimiter and delimiter in rest:
                folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
                continue
            found.append(
                f"<Contents><Key>{escape(key)}</Key><Size>{len(self.server.objects[key])}</Size>"
                "<LastModified>2026-01-02T03:04:05.000Z</LastModified>"
                f"<ETag>{_tag(self.server.objects[key])}</ETag></Contents>"
            )
        folded = [
            f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in folders
        ]
        body = "<ListBucketResult><IsTruncated>false</IsTruncated>{}</ListBucketResult>"
        self._answer(200, body.format("".join([*found, *folded])).encode())

    def do_PUT(self) -> None:
        if self.path.startswith(f"/{CONTROL}/"):
            self.server.refused = int(self.path.rpartition("/")[2])
            self._answer(200)
            return
        if self._refused():
            return
        key, query = self._key()
        body = self._body()
        if "uploadId" in query:
            self.server.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
            self._answer(200, ETag=_tag(body))
            return
        with self.server.lock:
            if self.headers.get("If-None-Match") == "*" and key in self.server.objects:
                self._answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
                return
            self.server.objects[key] = body
        self._answer(200, ETag=_tag(body))

    def do_POST(self) -> None:
        if self._refused():
            return
        key, query = self._key()
        body = self._body()
        if "delete" in query:
            for one in ElementTree.fromstring(body).iter():
                if one.tag.endswith("Key"):
                    self.server.objects.pop(one.text or "", None)
            self._answer(200, b"<DeleteResult></DeleteResult>")
        elif "uploads" in query:
            upload = hashlib.sha256(key.encode()).hexdigest()
            self.server.parts[upload] = {}
            self._answer(
                200,
                f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId>"
                "</InitiateMultipartUploadResult>".encode(),
            )
        else:
            parts = self.server.parts.pop(query["uploadId"][0])
            self.server.objects[key] = b"".join(parts[number] for number in sorted(parts))
            tag = escape(_tag(self.server.objects[key]))
            self._answer(
                200,
                f"<CompleteMultipartUploadResult><ETag>{tag}</ETag>"
                "</CompleteMultipartUploadResult>".encode(),
            )

    def do_DELETE(self) -> None:
        if self._refused():
            return
        key, _ = self._key()
        self._body()
        self.server.objects.pop(key, None)
        self._answer(204)


def _tag(content: bytes) -> str:
    return f'"{hashlib.md5(content).hexdigest()}"'


@dataclass(frozen=True)
class Bucket:
    """The store as a test sees it."""

    address: str

    def objects(self) -> list[str]:
        """Keys of all objects."""
        with urllib.request.urlopen(f"{self.address}/{BUCKET}?list-type=2") as answer:
            tree = ElementTree.fromstring(answer.read())
        return [one.text or "" for one in tree.iter("Key")]

    def refuse(self, status: int) -> None:
        """From now on every request gets this status; 0: none does."""
        request = urllib.request.Request(f"{self.address}/{CONTROL}/{status}", method="PUT")
        urllib.request.urlopen(request).close()


@contextmanager
def small_s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """The store, with the environment that leads to it.

    It runs in a process of its own: whoever reads an Arrow stream of delta-rs holds the lock that
    a server in this process would need to answer.
    """
    with subprocess.Popen(
        [sys.executable, __file__], stdout=subprocess.PIPE, text=True, stdin=subprocess.PIPE
    ) as server:
        try:
            assert server.stdout is not None
            address = f"http://127.0.0.1:{int(server.stdout.readline())}"
            for name, value in {
                "AWS_ENDPOINT_URL": address,
                "AWS_ALLOW_HTTP": "true",
                "AWS_ACCESS_KEY_ID": "nobody",
                "AWS_SECRET_ACCESS_KEY": "nothing",
                "AWS_REGION": "ap-northeast-2",
                "AWS_EC2_METADATA_DISABLED": "true",
            }.items():
                monkeypatch.setenv(name, value)
            yield Bucket(address)
        finally:
            server.kill()


if __name__ == "__main__":
    store = Store()
    sys.stdout.write(f"{store.server_address[1]}\n")
    sys.stdout.flush()
    store.serve_forever()

"""`suggest-labels` against a server of this machine: what goes there, and what comes of answers."""

import ast
import contextlib
import csv
import io
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import sonnim
from sonnim.workspace import endpoint as module
from tests.cli.calling import call

PHONE = "010-1234-5678"
TEXTS = (f"전화 {PHONE} 로 연락 주세요. 최악이에요", "Great tea", "그냥 그래요", "refused", "prose")
# What the server says of each text.
ANSWERS = {"최악": " Negative.\n", "Great": '"positive"', "그냥": "unsure", "prose": "It is good"}


@dataclass
class Server:
    """Its address, and what it was asked."""

    address: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [str(one["messages"][-1]["content"]) for one in self.bodies]


@contextlib.contextmanager
def serving(status: Callable[[str, int], int]) -> Iterator[Server]:
    """An endpoint for a while; `status` gets the text and how many questions came before it."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/chat/completions"
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.bodies.append(body)
            server.keys.append(self.headers["Authorization"])
            code = status(server.texts[-1], len(server.bodies) - 1)
            said = next((a for part, a in ANSWERS.items() if part in server.texts[-1]), None)
            content = json.dumps({"choices": [{"message": {"content": said}}]}).encode()
            self.send_response(code)
            if code == 307:
                self.send_header("Location", "/v1/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server.address = f"http://127.0.0.1:{httpd.server_address[1]}"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def fine(text: str, before: int) -> int:
    return 400 if text == "refused" else 200


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr(module, "sleep", waits.append)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return waits


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = ["message_id,comment", *(f'm{n},"{text}"' for n, text in enumerate(TEXTS)), "m9, "]
    (tmp_path / "said.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return sonnim.new(tmp_path / "ws").folder


def name(folder: Path, address: str, more: str = "") -> None:
    text = f'\n[models.endpoint]\nurl = "{address}/v1"\nmodel = "some-model"\n{more}\n'
    with (folder / "sonnim.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def suggest(capsys: Any, folder: Path, *more: object) -> tuple[int, str, str]:
    """The command on that file, writing `labels.csv` beside it."""
    beside = folder.parent
    return call(capsys, "suggest-labels", beside / "said.csv", "--text", "comment", "--out",
                beside / "labels.csv", "--workspace", folder, "--lang", "en", *more)  # fmt: skip


def written(folder: Path) -> dict[str, tuple[str, str, str]]:
    with (folder.parent / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {one["message_id"]: (one["label"], one["reason"], one["labelled_by"]) for one in rows}


def test_labels_are_taken_and_bad_answers_rejected(
    folder: Path, capsys: Any, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "s3cret")
    with serving(fine) as server:
        name(folder, server.address, 'key_env = "MY_KEY"')
        code, out, err = suggest(capsys, folder, "--yes")
    assert code == 0, err
    assert f"5 texts go to {server.address}, to the model some-model; 1 pieces" in out
    assert written(folder) == {
        "m0": ("negative", "", "some-model"),
        "m1": ("positive", "", "some-model"),
        "m2": ("unsure", "", "some-model"),
        "m3": ("", "no_answer", "some-model"),
        "m4": ("", "not_a_label", "some-model"),
    }
    assert server.keys == ["Bearer s3cret"] * 5
    # No number left this machine, and nothing that was said is shown on the way.
    assert not any(PHONE in text for text in server.texts)
    assert "[" in server.texts[0]
    assert not any(part in out + err for part in ("최악", "s3cret", PHONE))


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_without_a_yes_nothing_leaves(
    folder: Path, capsys: Any, slept: list[float], monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    with serving(fine) as server:
        name(folder, server.address)
        code, _, err = suggest(capsys, folder)
    assert (code, server.bodies) == (1, [])
    assert "Nothing was sent" in err
    assert not (folder.parent / "labels.csv").exists()


def test_without_the_section_it_is_off(folder: Path, capsys: Any) -> None:
    code, _, err = suggest(capsys, folder, "--yes")
    assert code == 1 and "[models.endpoint]" in err


def test_a_busy_endpoint_is_asked_again_with_longer_waits(
    folder: Path, capsys: Any, slept: list[float]
) -> None:
    with serving(lambda text, before: 200 if before > 2 else (429, 503, 500)[before]) as server:
        name(folder, server.address)
        code, _, _ = suggest(capsys, folder, "--yes", "--most", 1)
    assert code == 0 and len(server.bodies) == 4
    assert len(slept) == 3 and slept == sorted(slept) and slept[0] < slept[-1]
    assert len(written(folder)) == 1
    assert server.keys == [None] * 4


def test_what_was_answered_is_kept_when_it_gives_up(
    folder: Path, capsys: Any, slept: list[float]
) -> None:
    with serving(lambda text, before: 200 if before < 2 else 503) as server:
        name(folder, server.address)
        code, _, err = suggest(capsys, folder, "--yes")
    assert code == 75 and "HTTP 503" in err
    assert len(server.bodies) == 2 + module.TRIES
    assert len(written(folder)) == 2


@pytest.mark.parametrize("status", [401, 404, 307])
def test_a_refusal_is_not_repeated_nor_a_redirection_followed(
    folder: Path, capsys: Any, slept: list[float], status: int
) -> None:
    with serving(lambda text, before: status) as server:
        name(folder, server.address)
        code, _, err = suggest(capsys, folder, "--yes")
    assert (code, len(server.bodies), slept) == (1, 1, [])
    assert f"HTTP {status}" in err


def test_the_same_texts_are_drawn_each_time(folder: Path, capsys: Any, slept: list[float]) -> None:
    drawn = []
    for _ in range(2):
        with serving(fine) as server:
            settings = (folder / "sonnim.toml").read_text("utf-8").partition("\n[models")[0]
            (folder / "sonnim.toml").write_text(settings, "utf-8")
            name(folder, server.address)
            suggest(capsys, folder, "--yes", "--most", 2)
        drawn.append(server.texts)
    assert len(drawn[0]) == 2 and drawn[0] == drawn[1]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('url = "http://a:b@c/v1"\nmodel = "m"', "models.endpoint.url"),
        ('url = "file:///etc/passwd"\nmodel = "m"', "models.endpoint.url"),
        ('url = "http://c/v1"', "models.endpoint.model"),
        ('url = "http://c/v1"\nmodel = "m"\nkey_env = 3', "models.endpoint.key_env"),
        ('url = "http://c/v1"\nmodel = "m"\nkey = "s3cret"', "no setting 'key'"),
        ('url = "http://c/v1"\nmodel = "m"\nkey_env = "NOT_SET"', "NOT_SET"),
    ],
)
def test_settings_that_cannot_be(folder: Path, capsys: Any, lines: str, said: str) -> None:
    with (folder / "sonnim.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[models.endpoint]\n{lines}\n")
    code, _, err = suggest(capsys, folder, "--yes")
    assert code == 1 and said in err
    assert "s3cret" not in err


def test_another_question_or_column(folder: Path, capsys: Any) -> None:
    name(folder, "http://127.0.0.1:9")
    code, _, err = suggest(capsys, folder, "--yes", "--question", "topic")
    assert code == 1 and "There is no question 'topic'" in err
    code, _, err = suggest(capsys, folder, "--yes", "--text", "body")
    assert code == 1 and "message_id, comment" in err


def test_no_other_part_reaches_it() -> None:
    """By the imports of the whole package."""
    package = Path(sonnim.__file__).parent
    found = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in (
                "sonnim.workspace.endpoint",
                "sonnim.workspace.suggesting",
            ):
                found.add((node.module.rpartition(".")[2], file.relative_to(package).as_posix()))
    command = "cli/commands/suggest_labels.py"
    assert found == {
        ("endpoint", command),
        ("suggesting", command),
        ("endpoint", "workspace/suggesting.py"),
    }

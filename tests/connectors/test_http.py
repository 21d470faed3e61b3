"""Web addresses, against a server of this machine that pages, stalls, lies and refuses."""

import gzip
import json
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

import sonnim
from sonnim.connectors import web
from sonnim.connectors.base import Payload
from sonnim.connectors.http import CONNECTOR, HttpSettings
from sonnim.tables.errors import RetryError, SkipError, SonnimError, StopError
from tests.connectors.reading import read_payload
from tests.connectors.web_server import Asked, Says, serving

ROWS = [
    {"id": n, "text": f"배송이 정말 빨라서 좋았습니다 {n}", "created_at": f"2024-03-0{n}T10:00:00Z"}
    for n in range(1, 8)
]
TEXTS = [{key: str(value) for key, value in row.items()} for row in ROWS]
Answer = Callable[[Asked, int], Says]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been waited between tries; nothing is."""
    found: list[float] = []
    monkeypatch.setattr(web, "sleep", found.append)
    return found


def says(value: Any, **headers: str) -> Says:
    return Says(body=json.dumps(value, ensure_ascii=False).encode(), headers=headers)


def fetched(location: str, *, after: str = "", **settings: Any) -> list[Payload]:
    return list(CONNECTOR.bound(HttpSettings(**settings), after).fetch(location, "s"))


def rows(location: str, **settings: Any) -> list[dict[str, object]]:
    (one,) = fetched(location, **settings)
    return read_payload(one).dicts


def key_of(answer: Answer, kind: type[SonnimError] = SonnimError, **settings: Any) -> str:
    with serving(answer) as server, pytest.raises(kind) as raised:
        fetched(f"{server.address}/reviews", **settings)
    return raised.value.key


def by_link(asked: Asked, before: int) -> Says:
    page = int(asked.query.get("page", "1"))
    link = {"Link": f'</reviews?page={page + 1}>; rel="next", </reviews>; rel="first"'}
    return says(ROWS[3 * page - 3 : 3 * page], **(link if page < 3 else {}))


def by_next(asked: Asked, before: int) -> Says:
    page = int(asked.query.get("p", "1"))
    following = f"{asked.path}?p={page + 1}" if page < 3 else None
    found = ROWS[3 * page - 3 : 3 * page]
    return says({"count": 7, "links": {"next": following}, "data": {"items": found, "tags": [1]}})


def by_page(asked: Asked, before: int) -> Says:
    page = int(asked.query["page"])
    return says({"results": ROWS[3 * page - 3 : 3 * page]})


def by_offset(asked: Asked, before: int) -> Says:
    start = int(asked.query["skip"])
    return says({"results": ROWS[start : start + 3]})


def by_cursor(asked: Asked, before: int) -> Says:
    start = int(asked.query.get("cursor", "0"))
    more = {"next_cursor": str(start + 3) if start < 6 else ""}
    return says({"list": ROWS[start : start + 3], "meta": more})


@pytest.mark.parametrize(
    ("answer", "settings"),
    [
        (by_link, {}),
        (by_next, {}),
        (by_next, {"items": "data.items", "paging": "next", "next": "links.next"}),
        (by_page, {"paging": "page"}),
        (by_offset, {"paging": "offset", "query_parameter": "skip"}),
        (by_cursor, {"paging": "cursor"}),
        (by_cursor, {"paging": "cursor", "next": "meta.next_cursor"}),
    ],
)
def test_all_pages_are_read(answer: Answer, settings: dict[str, Any]) -> None:
    with serving(answer) as server:
        assert rows(f"{server.address}/reviews?q=가", **settings) == TEXTS
        assert len(server.asked) in (3, 4)
        first = server.asked[0].query
        assert first["q"] == "가"


def test_one_page_alone() -> None:
    with serving(by_link) as server:
        assert rows(f"{server.address}/reviews", paging="none") == TEXTS[:3]
    with serving(lambda asked, before: says({"id": 1, "text": "x"})) as server:
        assert rows(server.address) == [{"id": "1", "text": "x"}]
    assert key_of(lambda asked, before: says({"results": []})) == "files_empty"


def test_rows_that_are_no_objects_are_rejected() -> None:
    with serving(lambda asked, before: says([ROWS[0], 7, None, ROWS[1]])) as server:
        (one,) = fetched(server.address)
        found = read_payload(one)
    assert found.dicts == TEXTS[:2]
    assert [rejection.row for rejection in found.rejections] == [2, 3]


def test_a_busy_server_is_asked_again_when_it_says(waits: list[float]) -> None:
    soon = formatdate(usegmt=True)

    def answer(asked: Asked, before: int) -> Says:
        if before == 0:
            return Says(status=429, headers={"Retry-After": "7"})
        if before == 1:
            return Says(status=503, headers={"Retry-After": soon})
        return Says(status=500) if before == 2 else says(ROWS)

    with serving(answer) as server:
        assert rows(server.address) == TEXTS
    assert waits == [7.0, 0.0, 2.0]


def test_a_server_that_stays_busy_is_given_up(waits: list[float]) -> None:
    assert key_of(lambda asked, before: Says(status=500), RetryError, tries=3) == "http_away"
    assert len(waits) == 2
    waits.clear()
    long = Says(status=429, headers={"Retry-After": "86400"})
    assert key_of(lambda asked, before: long, RetryError) == "http_away"
    assert waits == []


def test_a_server_that_stalls_is_given_up(waits: list[float]) -> None:
    def answer(asked: Asked, before: int) -> Says:
        found = says(ROWS)
        return Says(body=found.body, headers=found.headers, stalls=20.0)

    assert key_of(answer, RetryError, patience=0.1, tries=2) == "http_away"
    assert len(waits) == 1


def test_a_server_that_is_not_there(waits: list[float]) -> None:
    with serving(by_link) as server:
        address = server.address
    with pytest.raises(RetryError):
        fetched(address, tries=2)


@pytest.mark.parametrize(
    ("says_", "key"),
    [
        (Says(status=401), "http_refused"),
        (Says(status=403), "http_refused"),
        (Says(status=404), "http_status"),
        (Says(body=b"{not json"), "http_not_json"),
        (Says(body=b"\xff\xfe\xff"), "http_not_json"),
        (Says(body=b"[" * 100_000), "http_not_json"),
        (Says(body=b"<!DOCTYPE html><p>log in</p>", headers={"Content-Type": "text/html"}),
         "http_page"),
        (Says(status=302, headers={"Location": "/reviews"}), "http_moves"),
        (Says(status=302, headers={"Location": "file:///etc/passwd"}), "http_address"),
        (Says(body=json.dumps({"a": [{"x": 1}], "next": "/a?next=" + "x" * 9}).encode()),
         "http_same_page"),
        (Says(body=b'{"a": {"b": 1}}'), "http_no_items"),
    ],
)  # fmt: skip
def test_what_a_server_may_answer_wrongly(says_: Says, key: str, waits: list[float]) -> None:
    settings = {"items": "a.b"} if key == "http_no_items" else {}
    assert key_of(lambda asked, before: says_, **settings) == key


def test_paging_without_an_end(waits: list[float]) -> None:
    def endless(asked: Asked, before: int) -> Says:
        return says({"rows": [{"id": before}], "next": f"/x?page={before + 2}"})

    assert key_of(endless, SkipError, most_pages=20) == "http_endless"
    same = lambda asked, before: says({"rows": ROWS})  # noqa: E731
    assert key_of(same, SkipError, paging="page") == "http_same_page"


def test_answers_that_are_too_large(monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> None:
    monkeypatch.setattr(web, "_LARGEST", 1 << 20)
    bomb = gzip.compress(bytes(8 << 20))
    packed = Says(body=bomb, headers={"Content-Encoding": "gzip"})
    assert key_of(lambda asked, before: packed, SkipError) == "http_large"


def test_tokens_are_sent_only_where_they_belong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "a-secret")
    with serving(lambda asked, before: says(ROWS[3:])) as other:

        def answer(asked: Asked, before: int) -> Says:
            return says({"rows": ROWS[:3], "next": f"{other.address}/more"})

        with serving(answer) as server:
            assert rows(server.address, token="SHOP_TOKEN") == TEXTS
            assert rows(server.address, token="SHOP_TOKEN", header="X-Key", scheme="-") == TEXTS
            assert server.asked[0].headers["authorization"] == "Bearer a-secret"
            assert server.asked[1].headers["x-key"] == "a-secret"
        assert all("a-secret" not in str(asked.headers) for asked in other.asked)
    monkeypatch.delenv("SHOP_TOKEN")
    with pytest.raises(StopError, match="SHOP_TOKEN"):
        fetched(server.address, token="SHOP_TOKEN")


def test_feeds_and_files_behind_addresses() -> None:
    feed = "<rss><channel><title>t</title><item><title>가</title></item></channel></rss>".encode()
    table = "id,text\n1,좋아요\n".encode("cp949")

    def answer(asked: Asked, before: int) -> Says:
        return {
            "/feed": Says(body=feed, headers={"Content-Type": "application/rss+xml"}),
            "/export": Says(body=table, headers={"Content-Type": "text/csv"}),
            "/export.csv.gz": Says(body=gzip.compress(table),
                                   headers={"Content-Type": "application/octet-stream"}),
            "/rows.jsonl": Says(body=b'{"a": 1}\n{"a": 2}', headers={
                "Content-Type": "application/x-ndjson"}),
        }[asked.path]  # fmt: skip

    with serving(answer) as server:
        assert rows(f"{server.address}/feed")[0]["title"] == "가"
        for path in ("/export", "/export.csv.gz"):
            assert rows(server.address + path) == [{"id": "1", "text": "좋아요"}]
        assert rows(f"{server.address}/rows.jsonl") == [{"a": "1"}, {"a": "2"}]


def test_the_next_add_goes_on_where_the_last_one_stopped(tmp_path: Path) -> None:
    there = ROWS[:3]

    def answer(asked: Asked, before: int) -> Says:
        since = asked.query.get("updated_since", "")
        return says({"rows": [row for row in there if str(row["created_at"]) >= since]})

    workspace = sonnim.new(tmp_path / "ws")
    settings = {"resume_by": "created_at", "since": "updated_since", "token": "SHOP_TOKEN"}
    with serving(answer) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_TOKEN", "a-secret")
        (first,) = workspace.add(f"{server.address}/reviews", source="shop", settings=settings)
        there = ROWS
        (second,) = workspace.add("shop")
        assert [asked.query for asked in server.asked] == [
            {}, {"updated_since": "2024-03-03T10:00:00Z"}]  # fmt: skip
    assert (first.new, second.new, second.same) == (3, 4, 1)
    for file in workspace.folder.rglob("*"):
        assert not file.is_file() or b"a-secret" not in file.read_bytes()


def test_a_position_may_stand_in_the_answer() -> None:
    with serving(lambda asked, before: says({"rows": ROWS, "end_time": 1709600000})) as server:
        settings = {"position": "end_time", "since": "start_time"}
        (one,) = fetched(server.address, **settings)
        fetched(server.address, after=one.bookmark.position, **settings)
        assert server.asked[1].query == {"start_time": "1709600000"}
        with pytest.raises(StopError):
            fetched(server.address, since="start_time")


def test_nothing_new_is_no_error() -> None:
    with serving(lambda asked, before: says({"rows": []})) as server:
        settings = {"resume_by": "id", "since": "since"}
        assert fetched(server.address, after='x {"int": "7"}', **settings) == []

"""RSS and Atom; documents that would grow without end are refused."""

from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sonnim
from sonnim.tables.errors import SkipError
from tests.connectors.reading import read_one

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>손님 게시판</title><link>https://x.example/</link>
<image><title>not this</title></image>
<item><title>배송 &amp; 포장</title><link>https://x.example/1</link><guid>g1</guid>
<pubDate>Tue, 05 Mar 2024 14:30:00 +0900</pubDate><dc:creator>김손님</dc:creator>
<category>배송</category><category>포장</category><description>짧게</description>
<content:encoded><![CDATA[<p>포장이 <b>좋아요</b></p><script>x()</script>]]></content:encoded>
</item>
<item><title>둘째</title><link>https://x.example/2</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>손님 게시판</title>
<author><name>feed author</name></author>
<entry><id>g1</id><title type="html">배송 &amp;amp; 포장</title>
<link rel="self" href="https://x.example/self"/><link href="https://x.example/1"/>
<published>2024-03-05T14:30:00+09:00</published><updated>2024-03-06T00:00:00Z</updated>
<author><name>김손님</name><uri>u</uri></author><category term="배송"/><category term="포장"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>포장이 <b>좋아요</b></p></div>
</content></entry></feed>"""
FIRST = {
    "entry_id": "g1",
    "published": "2024-03-05T14:30:00+09:00",
    "author": "김손님",
    "title": "배송 & 포장",
    "text": "포장이 좋아요",
    "link": "https://x.example/1",
    "categories": '["배송", "포장"]',
    "feed": "손님 게시판",
}
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "'
    + "&a;" * 50
    + '">]><rss><channel><item><title>&b;</title></item></channel></rss>'
)
OUTSIDE = (
    '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<rss><channel><item><title>&x;</title></item></channel></rss>"
)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def key_of(file: Path) -> str:
    with pytest.raises(SkipError) as raised:
        read_one(file)
    return raised.value.key


def test_rss(tmp_path: Path) -> None:
    first, second = read_one(write(tmp_path, "feed.xml", RSS)).dicts
    assert first == FIRST
    assert second == {
        "entry_id": "https://x.example/2",
        "title": "둘째",
        "link": "https://x.example/2",
        "feed": "손님 게시판",
    }


def test_atom(tmp_path: Path) -> None:
    (only,) = read_one(write(tmp_path, "feed", ATOM)).dicts
    assert only == FIRST | {"updated": "2024-03-06T00:00:00Z"}


@pytest.mark.parametrize("encoding", ["euc-kr", "utf-16", "utf-8-sig"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = RSS.replace('encoding="utf-8"', f'encoding="{encoding}"')
    assert read_one(write(tmp_path, "a.rss", text.encode(encoding))).dicts[0] == FIRST


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE])
def test_entities_are_refused(tmp_path: Path, text: str) -> None:
    assert key_of(write(tmp_path, "a.xml", text)) == "files_entities"


def test_entries_before_a_fault_are_kept(tmp_path: Path) -> None:
    cut = RSS[: RSS.index("<item><title>둘째")] + "<item><title>&nbsp;</title></item>"
    found = read_one(write(tmp_path, "a.xml", cut))
    assert found.dicts == [FIRST]
    assert [(one.row, one.reason) for one in found.rejections] == [(2, "XML: undefined entity")]


def test_other_xml_says_so(tmp_path: Path) -> None:
    assert key_of(write(tmp_path, "a.xml", "<html><p>x</p></html>")) == "files_unknown"
    assert key_of(write(tmp_path, "b.xml", "<a" * 1000)) == "files_broken"
    assert key_of(write(tmp_path, "c.xml", "<rss><channel/></rss>")) == "files_header_only"
    assert key_of(write(tmp_path, "d.xml", "<rss>" + "<a>" * 5000)) == "files_broken"


def test_entries_become_public_posts(tmp_path: Path) -> None:
    workspace = sonnim.new(tmp_path / "ws")
    workspace.add(write(tmp_path, "news.xml", RSS))
    (post,) = workspace.table("message").to_struct_array().to_pylist()
    assert (post["kind"], post["direction"], post["text"]) == ("post", "public", "포장이 좋아요")
    assert (post["subject"], post["url"]) == ("손님 게시판", "https://x.example/1")
    assert str(post["time"]) == "2024-03-05 05:30:00+00:00"


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(titles=st.lists(st.text(alphabet="a<>&]\"'가 ", min_size=1, max_size=6).filter(str.strip),
                       min_size=1, max_size=3))  # fmt: skip
def test_titles_come_out_as_they_were_put_in(tmp_path: Path, titles: list[str]) -> None:
    """Oracle: what was escaped by the standard library, where no markup is meant."""
    items = "".join(f"<item><link>{escape(one)}</link></item>" for one in titles)
    found = read_one(write(tmp_path, "a.rss", f"<rss><channel>{items}</channel></rss>"))
    assert [row.get("link") for row in found.dicts] == [one.strip() for one in titles]

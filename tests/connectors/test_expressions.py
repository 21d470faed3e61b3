"""Expressions that presets share, against the standard library's reading of HTML and by hand."""

import html
import re

import duckdb
import pytest

from sonnim.connectors.expressions import handles, is_filled, is_true, language, plain_text


def value(sql: str, given: object) -> object:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {sql} FROM (SELECT ? AS x)", [given]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<div>a<br>b<br/>c</div>", "a\nb\nc"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("a &amp;lt; b", "a &lt; b"),
        ("<style>p {color: red}</style><p>차&nbsp;한 잔</p>", "차 한 잔"),
        ("<!-- no --><script>alert('x')</script>yes", "yes"),
        ('<a href="https://x.example/?a=1&amp;b=2" title="a>b">here</a>', 'b">here'),
        ("<ul><li>tea</li><li>bun</li></ul>", "tea\nbun"),
        ("plain\n\n\n\nwords", "plain\n\nwords"),
        ("", ""),
    ],
)
def test_html_as_text(written: str, shown: str) -> None:
    assert value(plain_text("x"), written) == shown


@pytest.mark.parametrize(
    "text", ["Tom &amp; Jerry&#39;s &lt;tea&gt; &quot;x&quot; &hellip; &mdash;"]
)
def test_entities_as_the_standard_library_reads_them(text: str) -> None:
    assert value(plain_text("x"), text) == html.unescape(text)


def test_text_stays_null() -> None:
    assert value(plain_text("x"), None) is None


@pytest.mark.parametrize(
    ("sql", "given", "wanted"),
    [
        (is_filled("x"), " ", False),
        (is_filled("x"), None, False),
        (is_filled("x"), "0", True),
        (is_true("x"), "True", True),
        (is_true("x"), "false", False),
        (is_true("x"), "", False),
        (language("x"), "ko-KR", "ko"),
        (language("x"), "PT_br", "pt"),
        (language("x"), "", None),
        (handles("x"), "hi @tea_room and @bora!", "tea_room,bora"),
        (handles("x"), "nobody", None),
    ],
)
def test_small_ones(sql: str, given: object, wanted: object) -> None:
    assert value(sql, given) == wanted


def test_handles_as_python_finds_them() -> None:
    text, pattern = "@a.b @c-d.e x@y.z", r"@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    assert value(handles("x", pattern), text) == ",".join(re.findall(pattern, text))

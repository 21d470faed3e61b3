"""Hostile mails and feeds."""

from html import escape

from sonnim.checks.hostile_cells import TEXTS, TIMES
from sonnim.checks.hostile_texts import HostileFile, text_file

_MAIL = (
    "From: a@b.example\r\nTo: c@d.example\r\nMessage-ID: <{n}@b.example>\r\n"
    "Date: Thu, 1 Jan 2026 10:00:00 +0900\r\n{head}\r\n{body}\r\n"
)
_LAUGHS = 9


def hostile_mails() -> tuple[HostileFile, ...]:
    """Mails with broken MIME, false charsets, and parts within parts."""
    plain = "Content-Type: text/plain; charset=utf-8\r\n"
    box = "".join(
        f"From a@b.example Thu Jan  1 10:00:{n % 60:02} 2026\n{_mail(n, f'Subject: {n}', text)}\n"
        for n, text in enumerate(TEXTS)
    )
    headers = "".join(f"X-{n}: {text}\r\n" for n, text in enumerate(TEXTS) if text.strip())
    nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'
                     for n in range(10_000))  # fmt: skip
    words = "=?utf-8?b?////?= =?no-such-charset?q?=ff?= =?utf-8?q?=?= =?utf-8?b?A?="
    return (
        text_file("cells.mbox", "hostile words in mails", box),
        text_file("empty.eml", "nothing at all", "", 0),
        text_file("headers.eml", "headers and no text", _mail(1, "Subject: s", "")),
        text_file("no-mail.eml", "no mail at all", "12\n34\n"),
        text_file("odd-headers.eml", "hostile headers", _mail(2, headers.rstrip("\r\n"), "a")),
        text_file("words.eml", "encoded words that are none", _mail(3, f"Subject: {words}", "a")),
        text_file("charset.eml", "a charset that is none",
                  _mail(4, "Content-Type: text/plain; charset=x-no-such", "가")),
        text_file("idna.eml", "codecs that are no charsets",
                  _mail(5, "Content-Type: text/plain; charset=idna", "a" * 400)),
        text_file("hex.eml", "a codec of bytes",
                  _mail(6, "Content-Type: text/plain; charset=hex", "zz")),
        HostileFile(name="bytes.eml", meaning="bytes of no charset",
                    content=_mail(7, plain.strip(), "x").encode() + bytes(range(128, 256))),
        text_file("base64.eml", "base64 that is none",
                  _mail(8, plain + "Content-Transfer-Encoding: base64", "가나다=====%%%")),
        text_file("uuencode.eml", "uuencode that is none",
                  _mail(9, plain + "Content-Transfer-Encoding: uuencode", "begin 644 x\r\nzzz")),
        text_file("unclosed.eml", "a boundary that never ends",
                  _mail(10, 'Subject: s\r\nContent-Type: multipart/mixed; boundary="b"',
                        "--b\r\n\r\nhello")),
        text_file("no-boundary.eml", "parts without a boundary",
                  _mail(11, "Content-Type: multipart/mixed", "hello")),
        text_file("nested.eml", "ten thousand parts within parts",
                  _mail(12, "Subject: s\r\n" + nested, "x")),
        text_file("rfc822.eml", "mails within mails", _mail(
            13, "Content-Type: message/rfc822",
            ("Content-Type: message/rfc822\r\n\r\n" * 2_000) + "x")),
        text_file("html.eml", "hostile HTML", _mail(
            14, "Content-Type: text/html", "<div>" * 5_000 + "<![CDATA[ <!-- &#x110000; &#0; x")),
        text_file("dates.mbox", "dates that cannot be", "".join(
            f"From a@b.example Thu Jan  1 10:00:00 2026\nFrom: a@b.example\nSubject: {n}\n"
            f"Date: {time}\n\nx\n\n" for n, time in enumerate(TIMES))),
        text_file("zone.eml", "an offset of a hundred hours", _mail(
            15, "Subject: s", "x").replace("+0900", "+9999")),
        text_file("year.eml", "the year 9999 at the edge of the world", _mail(
            16, "Subject: s", "x").replace("1 Jan 2026 10:00:00 +0900",
                                           "31 Dec 9999 23:59:59 -1200")),
    )  # fmt: skip


def hostile_feeds() -> tuple[HostileFile, ...]:
    """Feeds with entities that grow, that read files, and that never close."""
    laughs = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, _LAUGHS + 1)
    )
    quadratic = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>'
    safe = "".join(_item(n, escape(_xml(text))) for n, text in enumerate(TEXTS))
    dates = "".join(_item(n, "x", escape(_xml(time))) for n, time in enumerate(TIMES))
    count = len(TEXTS)
    return (
        text_file("laughs.xml", "a billion laughs",
                  f"<!DOCTYPE rss [{laughs}]>{_rss(_item(1, f'&a{_LAUGHS};'))}"),
        text_file("quadratic.xml", "one long entity many times",
                  quadratic + _rss(_item(1, "&a;" * 20_000))),
        text_file("external.xml", "an entity that is a file",
                  '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                  + _rss(_item(1, "&a;"))),
        text_file("external-dtd.xml", "a document type elsewhere",
                  '<!DOCTYPE rss SYSTEM "http://localhost:9/x.dtd">' + _rss(_item(1, "x"))),
        text_file("parameter.xml", "a parameter entity",
                  '<!DOCTYPE rss [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>'
                  + _rss(_item(1, "x"))),
        text_file("cells.xml", "hostile words in entries", _rss(safe), count),
        text_file("dates.xml", "dates that cannot be", _rss(dates), len(TIMES)),
        text_file("cut.xml", "a feed cut off", _rss(_item(1, "x") + _item(2, "y"))[:-60]),
        text_file("deep.xml", "a hundred thousand elements in each other",
                  "<rss>" + "<a>" * 100_000),
        text_file("attributes.xml", "an element of many attributes",
                  "<rss " + " ".join(f"a{n}='x'" for n in range(20_000)) + "></rss>"),
        text_file("no-feed.xml", "XML that is no feed", "<html><body>rss</body></html>"),
        text_file("encoding.xml", "an encoding that is none",
                  '<?xml version="1.0" encoding="x-no-such"?>' + _rss(_item(1, "x"))),
        text_file("no-items.xml", "a feed of nothing", _rss("")),
    )  # fmt: skip


def _mail(number: int, head: str, body: str) -> str:
    return _MAIL.replace("{n}", str(number)).replace("{head}", f"{head}\r\n").replace(
        "{body}", body
    )  # fmt: skip


def _xml(text: str) -> str:
    """A text without the characters that XML forbids."""
    return "".join(c if c in "\t\n\r" or " " <= c < "\ufffe" else "?" for c in text)


def _item(number: int, text: str, time: str = "Thu, 01 Jan 2026 10:00:00 GMT") -> str:
    return (
        f"<item><guid>{number}</guid><title>t</title><pubDate>{time}</pubDate>"
        f"<description>{text}</description></item>"
    )


def _rss(items: str) -> str:
    return f'<rss version="2.0"><channel><title>c</title>{items}</channel></rss>'

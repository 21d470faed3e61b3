"""A mail taken apart: headers and texts of any charset, HTML as text, what is quoted."""

import email
import email.header
import email.message
import email.utils
import hashlib
import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser

from sonnim.connectors.encodings import encoding_of

NAMES = (
    "message_id", "date", "from", "from_name", "from_address", "to", "cc", "subject", "body",
    "quoted", "in_reply_to", "references", "thread_id", "attachments",
)  # fmt: skip

_ID = re.compile(r"<[^<>\s]+>")
# What Korean mailers call their encodings, all of them read as its superset.
_KOREAN = {
    "ks_c_5601-1987", "ks_c_5601-1989", "ksc5601", "ksc_5601", "ks_c_5601", "euc-kr", "euckr",
    "cp949", "ms949", "x-windows-949", "windows-949", "uhc", "korean",
}  # fmt: skip
_QUOTING = (
    re.compile(r"-{2,}\s?(?:Original Message|Forwarded message|원본 ?메시지|원본 ?메일|"
               r"전달된 메시지|Original Mail)\s?-{2,}.*", re.IGNORECASE),
    re.compile(r"On .{5,200} wrote:", re.IGNORECASE),
    re.compile(r".{0,40}\d{4}년 \d{1,2}월 \d{1,2}일.{0,160}(?:작성|보낸 메시지|썼습니다)\s?:"),
    re.compile(r"_{10,}"),
)  # fmt: skip
# How Outlook quotes: a block of headers.
_BLOCK = re.compile(r"\*?(?:From|보낸 ?사람|보낸이|발신자?)\s?:\*?\s?\S.*", re.IGNORECASE)
_BLOCK_NEXT = re.compile(
    r"\*?(?:Sent|Date|To|Subject|보낸 ?날짜|날짜|받는 ?사람|받는이|수신자?|제목)\s?:\*?.*",
    re.IGNORECASE,
)  # fmt: skip


def row_of(content: bytes) -> list[str | None] | None:
    r"""The row of a mail as `NAMES` has its columns; None if it is no mail.

    Example:
        >>> row = row_of(b"From: A <a@b.c>\nSubject: =?euc-kr?B?uK665A==?=\n\nhi\n> old\n")
        >>> [row[NAMES.index(name)] for name in ("from_address", "subject", "body", "quoted")]
        ['a@b.c', '리뷰', 'hi', '> old']
    """
    message = email.message_from_bytes(content)
    if not message.keys() or not any(message.get(name) for name in ("from", "date", "subject")):
        return None
    header = {name: _header(message, name) for name in ("from", "to", "cc", "subject")}
    name, address = email.utils.parseaddr(header["from"])
    own = _ids(_header(message, "message-id"))
    reply = _ids(_header(message, "in-reply-to"))
    references = _ids(_header(message, "references"))
    # Without an id of its own a mail is known by its content.
    message_id = own[0] if own else f"<{hashlib.sha256(content).hexdigest()[:32]}@sonnim>"
    thread = (references or reply or [message_id])[0]
    body, quoted = parted(_body(message))
    attached = [name for name in _attachments(message) if name]
    return [
        message_id,
        _date(message),
        header["from"] or None,
        name or None,
        address.lower() or None,
        header["to"] or None,
        header["cc"] or None,
        header["subject"] or None,
        body,
        quoted or None,
        reply[0] if reply else None,
        " ".join(references) or None,
        thread,
        json.dumps(attached, ensure_ascii=False) if attached else None,
    ]


def parted(text: str) -> tuple[str, str]:
    r"""What was written anew, and what is quoted.

    Example:
        >>> parted("Thanks!\n\nOn Tue, 5 Mar 2024, Kim wrote:\n> Hello\n> there\n")
        ('Thanks!', 'On Tue, 5 Mar 2024, Kim wrote:\n> Hello\n> there')
    """
    lines = text.splitlines()
    own: list[str] = []
    quoted: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place].strip()
        if line.startswith(">"):
            quoted.append(lines[place].rstrip())
        elif line and _quotes(lines, place):
            following = [one.strip() for one in lines[place + 1 : place + 4] if one.strip()]
            if not (following and following[0].startswith(">")):
                # Everything below was written before; answers between the lines have a > around.
                quoted += [one.rstrip() for one in lines[place:]]
                break
            quoted.append(lines[place].rstrip())
            while not lines[place + 1].strip():
                quoted.append("")
                place += 1
        else:
            own.append(lines[place].rstrip())
        place += 1
    return "\n".join(own).strip(), "\n".join(quoted).strip()


def _quotes(lines: list[str], place: int) -> bool:
    """Whether a line says that what follows it is quoted."""
    line = lines[place].strip()
    if any(form.fullmatch(line) for form in _QUOTING):
        return True
    # Long lines are broken: On … <address>⏎wrote:
    both = f"{line} {lines[place + 1].strip()}" if place + 1 < len(lines) else line
    if line.lower().startswith("on ") and _QUOTING[1].fullmatch(both):
        return True
    following = [one.strip() for one in lines[place + 1 : place + 4]]
    return bool(_BLOCK.fullmatch(line)) and any(_BLOCK_NEXT.fullmatch(one) for one in following)


def _header(message: email.message.Message, name: str) -> str:
    value = message.get(name)
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, email.header.Header) or not text.isascii():
        # Bytes without a declared charset.
        raw = text.encode("utf-8", "surrogateescape") if isinstance(value, str) else b""
        raw = raw or b"".join(
            part.encode("ascii", "surrogateescape") if isinstance(part, str) else part
            for part, _ in email.header.decode_header(value)
        )
        text = raw.decode(encoding_of(raw), errors="replace")
    try:
        parts = email.header.decode_header(text)
    except (ValueError, email.errors.HeaderParseError):
        return " ".join(text.split())
    decoded = "".join(
        part if isinstance(part, str) else _decoded(part, charset or "") for part, charset in parts
    )
    return " ".join(decoded.replace("\x00", "").split())


def _decoded(raw: bytes, charset: str) -> str:
    """Bytes as text, whatever their charset claims to be."""
    charset = charset.lower().strip("'\" ")
    wanted = "cp949" if charset in _KOREAN else charset
    if wanted and wanted not in ("us-ascii", "ascii", "unknown-8bit", "8bit", "default"):
        try:
            return raw.decode(wanted)
        except (LookupError, UnicodeDecodeError, ValueError):
            pass
    return raw.decode(encoding_of(raw), errors="replace")


def _ids(text: str) -> list[str]:
    found = _ID.findall(text)
    return found or [f"<{word}>" for word in text.split() if "@" in word]


def _date(message: email.message.Message) -> str | None:
    """When it was sent, in ISO with its offset; else when it was received."""
    received = message.get_all("received") or []
    for text in (message.get("date"), *(str(one).rpartition(";")[2] for one in received)):
        try:
            moment = email.utils.parsedate_to_datetime(str(text or ""))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        # -0000 says: this is UTC, and where the sender was is not told.
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return _whole(moment)
    return None


def _whole(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _leaves(message: email.message.Message, depth: int = 0) -> Iterator[email.message.Message]:
    """The parts, but not those of a mail that is attached."""
    if not message.is_multipart():
        yield message
    elif depth < 20 and message.get_content_maintype() == "multipart":
        for part in message.get_payload():
            if isinstance(part, email.message.Message):
                yield from _leaves(part, depth + 1)


def _body(message: email.message.Message) -> str:
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in _leaves(message):
        kind = part.get_content_type()
        if kind in texts and not _name(part) and part.get_content_disposition() != "attachment":
            texts[kind].append(_content(part))
    plain = "\n".join(texts["text/plain"])
    if plain.strip():
        return plain
    return "\n".join(as_text(one) for one in texts["text/html"])


def _content(part: email.message.Message) -> str:
    try:
        raw = part.get_payload(decode=True)
    except (ValueError, AssertionError, LookupError, TypeError):
        return ""
    if not isinstance(raw, bytes):
        return ""
    charset = part.get_param("charset") or ""
    text = _decoded(raw, charset if isinstance(charset, str) else charset[2])
    return text.replace("\x00", "").replace("\r\n", "\n")


def _attachments(message: email.message.Message) -> Iterator[str]:
    for part in _leaves(message):
        name = _name(part)
        if name:
            yield name
        elif part.get_content_disposition() == "attachment":
            yield part.get_content_type()


def _name(part: email.message.Message) -> str:
    try:
        name = part.get_filename() or ""
        decoded = email.header.decode_header(name) if "=?" in name else [(name, None)]
    except (ValueError, LookupError, email.errors.MessageError):
        return ""
    return "".join(
        one if isinstance(one, str) else _decoded(one, charset or "") for one, charset in decoded
    )


class _Text(HTMLParser):
    """Gathers the text of a page line by line; quotations get a > before each line."""

    _LINES = frozenset(
        ("p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol",
         "blockquote", "hr", "pre")
    )  # fmt: skip
    _SILENT = frozenset(("script", "style", "head", "title"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._words: list[str] = []
        self._silent = 0
        self._quotes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        if tag in self._LINES:
            self.end_line()
        if tag in self._SILENT:
            self._silent += 1
        if tag == "blockquote" or (tag == "div" and "gmail_quote" in told):
            self._quotes.append(tag)
        elif tag == "div" and self._quotes:
            self._quotes.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._LINES:
            self.end_line()
        if tag in self._SILENT and self._silent:
            self._silent -= 1
        if tag in ("blockquote", "div") and self._quotes:
            self._quotes.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._words.append(data)

    def end_line(self) -> None:
        text = " ".join("".join(self._words).split())
        self._words = []
        if text or (self.lines and self.lines[-1]):
            self.lines.append(("> " if any(self._quotes) and text else "") + text)


def as_text(page: str) -> str:
    r"""The text of an HTML page.

    Example:
        >>> as_text("<p>Hi &amp; bye<br>둘째</p><style>x</style><blockquote>old</blockquote>")
        'Hi & bye\n둘째\n\n> old'
    """
    parser = _Text()
    try:
        parser.feed(page)
        parser.close()
    except (AssertionError, ValueError):
        # Broken declarations; what came before them was read.
        return html.unescape(re.sub(r"<[^>]*>", " ", page)).strip()
    parser.end_line()
    return "\n".join(parser.lines).strip()

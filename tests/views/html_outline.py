"""Reads a report's HTML: its outline for golden files, its attributes, texts and tables."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = {"meta", "br", "img", "circle", "path", "link", "input", "hr"}
_HEADS = {"h1", "h2", "h3", "h4", "h5", "caption", "summary", "th"}
_SHOWN = _HEADS | {
    "section", "figure", "nav", "main", "header", "footer", "article", "table", "ol", "dl",
    "blockquote",
}  # fmt: skip


@dataclass(kw_only=True)
class Table:
    """A table: its headings and the cells of each row."""

    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass(kw_only=True)
class Page:
    """What a page is made of.

    Attributes:
        outline: Its elements, one a line, indented, with the texts of headings.
        tags: The tag of every element, in order.
        attributes: Tag, name and value of every attribute.
        scripts: Type and content of each script.
        styles: Content of each style element.
        texts: Every text that a reader sees, with the tag that it stands in.
        tables: The tables.
    """

    outline: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    scripts: list[tuple[str, str]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        page = self.page
        given = {name: value or "" for name, value in attrs}
        page.tags.append(tag)
        page.attributes += [(tag, name, value) for name, value in given.items()]
        if tag == "script":
            page.scripts.append((given.get("type", ""), ""))
        elif tag == "style":
            page.styles.append("")
        elif tag == "table":
            page.tables.append(Table())
        elif tag == "th":
            page.tables[-1].heads.append("")
        elif tag == "tr" and "tbody" in self.open:
            page.tables[-1].rows.append([])
        elif tag == "td":
            page.tables[-1].rows[-1].append("")
        if tag in _SHOWN:
            depth = sum(one in _SHOWN for one in self.open)
            name = f"#{given['id']}" if "id" in given else ""
            page.outline.append("  " * depth + tag + name)
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append(tag)
        self.page.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1:]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        page, where = self.page, self.open[-1] if self.open else ""
        if where == "script":
            kind, text = page.scripts[-1]
            page.scripts[-1] = (kind, text + data)
        elif where == "style":
            page.styles[-1] += data
        elif text := data.strip():
            page.texts.append((where, text))
            if "th" in self.open:
                page.tables[-1].heads[-1] += text
            elif "td" in self.open:
                page.tables[-1].rows[-1][-1] += text
            if where in _HEADS:
                page.outline[-1] += f" {text}"


def read(html: str) -> Page:
    """The page in parts; every element must be closed in its place."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"not closed: {reader.open}"
    return reader.page

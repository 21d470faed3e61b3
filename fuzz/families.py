"""The families of parsers that are fuzzed: bytes go in, and rows, an error of ours, or nothing.

Whatever else comes out is a finding: another error, a row that is lost, a value that two readings
tell differently. `found` says so with a `Finding`.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from sonnim.connectors import files, web
from sonnim.connectors.base import Payload, RawColumn
from sonnim.connectors.encodings import as_utf8, encoding_of
from sonnim.connectors.http import HttpSettings, _Pages
from sonnim.connectors.numbers import number_of, number_sql, read_numbers
from sonnim.connectors.questions import question_of
from sonnim.connectors.readers import choose
from sonnim.connectors.readers.base import Handed
from sonnim.connectors.readers.careful import records
from sonnim.connectors.readers.feeds import _rows as feed_rows
from sonnim.connectors.readers.gexf import _Reading as _Gexf
from sonnim.connectors.readers.graphml import _Reading as _Graphml
from sonnim.connectors.readers.graphs import Gathered, xml_read
from sonnim.connectors.readers.json_spans import survey, write_documents, write_lines
from sonnim.connectors.readers.kakaotalk import READER as KAKAOTALK
from sonnim.connectors.readers.kakaotalk import _from_table, _from_text
from sonnim.connectors.readers.layout import counted, layout_of
from sonnim.connectors.readers.mail import READER as MAIL
from sonnim.connectors.readers.mail import _mails
from sonnim.connectors.readers.mail_parts import as_text, parted, row_of
from sonnim.connectors.readers.packed import Budget, unpacked
from sonnim.connectors.readers.pajek import _Reading as _Pajek
from sonnim.connectors.times import read_times, time_sql
from sonnim.connectors.web import Asking, Reply, next_address
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.bookmark import Bookmark
from sonnim.tables.errors import SkipError, SonnimError, StopError
from sonnim.tables.table import Table
from sonnim.workspace import settings
from sonnim.workspace.mapping_words import mapping_for, words_of

SUFFIXES = (
    ".csv", ".tsv", ".txt", ".json", ".jsonl", ".js", ".eml", ".mbox", ".xml", ".rss", ".gz",
    ".zip", ".zst", ".xlsx", ".parquet", "", ".graphml", ".gexf", ".net",
)  # fmt: skip
"""What the first byte of an input of the family `files` chooses from."""
_PATIENCE = 3


class Finding(AssertionError):
    """A parser said something that cannot be right."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """One family of parsers.

    Attributes:
        name: Its name on the command line.
        meaning: What is tried.
        run: Takes one input; raises whatever is a finding.
        suffixes: Endings of the seeds that suit it; empty for the words of `words.txt`.
        longest: Bytes of one input at most.
    """

    name: str
    meaning: str
    run: Callable[[bytes], None]
    suffixes: tuple[str, ...] = ()
    longest: int = 4096


def expect(true: bool, what: str) -> None:
    """Raises a `Finding` unless something is true."""
    if not true:
        raise Finding(what)


@contextmanager
def _file(content: bytes, name: str = "input") -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path


def _handed(path: Path, suffix: str = "") -> Handed:
    return Handed(paths=(path,), label="input", suffix=suffix, head=path.read_bytes()[:65536])


def _words(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").split("\n")


def delimited(content: bytes) -> None:
    """Encoding, delimiter, header, and each record of a text table."""
    encoding_of(content)
    with _file(content) as path:
        text, _ = as_utf8(path, path.parent, escape=True)
        layout = layout_of(text, "input")
        counted(text)
        for cut in (False, True):
            for record in records(layout, cut=cut):
                whole = len(record.cells) == len(layout.names)
                expect(whole or bool(record.reason), "a record is neither whole nor rejected")


def json_spans(content: bytes) -> None:
    """Where the rows of a JSON text are, held against Python's own parser."""
    with _file(content) as path, (path.parent / "out").open("w+b") as target:
        found = survey(path, 0)
        for span in found.spans:
            expect(0 <= span.start <= span.end <= len(content), "a list ends outside the text")
        try:
            value = json.loads(content.decode("utf-8"))
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            write_documents(path, 0, target)
        elif isinstance(value, list):
            write_lines(path, found.spans, target)
        else:
            write_lines(path, found.spans, target)
            write_documents(path, 0, target)
            return
        target.seek(0)
        lines = [line for line in target.read().split(b"\n") if line.strip()]
        read = [json.loads(line) for line in lines]
        wanted = [value] if isinstance(value, dict) else value
        expect(repr(read) == repr(wanted), "an element of the list is lost or changed")


def mail(content: bytes) -> None:
    """Mails of a file: headers, charsets, parts, quotations."""
    MAIL.likeness(content, "")
    with _file(content) as path:
        for one in _mails(path):
            try:
                row = row_of(one)
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
                # As the reader does: such a mail is rejected.
                continue
            expect(row is None or len(row) == 14, "a mail with other columns")
    text = content.decode("utf-8", "replace")
    parted(text)
    as_text(text)


def kakaotalk(content: bytes) -> None:
    """Chats of KakaoTalk, of PC, phone and as a table."""
    KAKAOTALK.likeness(content, ".txt")
    with _file(content) as path:
        text, _ = as_utf8(path, path.parent)
        for row in (*_from_text(text, _handed(path), []), *_from_table(text, _handed(path))):
            expect(len(row) == 5, "a message with other columns")


def feeds(content: bytes) -> None:
    """Entries of RSS and Atom."""
    with _file(content) as path:
        text, _ = as_utf8(path, path.parent)
        for row in feed_rows(text, _handed(path), []):
            expect(len(row) == 9, "an entry with other columns")


def networks(content: bytes) -> None:
    """Nodes and edges of GraphML, GEXF and Pajek, each held against how many edges passed."""
    with _file(content) as path:
        text, _ = as_utf8(path, path.parent)
        for kind in (_Graphml, _Gexf):
            gathered = Gathered()
            with suppress(SkipError):
                for _ in xml_read("input", "XML", kind("input", gathered), gathered)(text):
                    pass
            _accounted(gathered)
        gathered = Gathered()
        pajek = _Pajek(gathered)
        for line in text.read_text("utf-8", "replace").split("\n"):
            pajek.line(line)
        _accounted(gathered)


def _accounted(gathered: Gathered) -> None:
    taken = {row[0] for row in gathered.taken() if row[0] is not None}
    rejected = {str(one.row) for one in gathered.rejected}
    expect(len(taken | rejected) == gathered.edges, "an edge is neither taken nor rejected")


def packed(content: bytes) -> None:
    """What is within gzip, Zstandard and zip."""
    budget = Budget(label="input", packed=len(content), ratio=200, most=8 << 20)
    with _file(content) as path:
        for member in unpacked(path, "input.zip", budget):
            inside = all(part not in ("..", "") for part in member.label.split("/")[1:])
            expect(inside, "a member that names a place outside")
            for made in member.temporary:
                made.unlink(missing_ok=True)


def times(content: bytes) -> None:
    """How times are written, and the SQL that reads them."""
    texts = _words(content)[:40]
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        for korean in (False, True):
            form = read_times(texts, korean=korean).format
            for zone in ("", "UTC", "Asia/Seoul"):
                query = f"SELECT CAST({time_sql('v', form, zone)} AS VARCHAR)"
                connection.execute(f"{query} FROM (SELECT unnest(?) AS v)", [texts]).fetchall()


def numbers(content: bytes) -> None:
    """How numbers are written: SQL must read what Python reads."""
    texts = [text.replace("\x00", "") for text in _words(content)[:40]]
    form = read_numbers(texts).format
    with duckdb.connect(config={"threads": 1}) as connection:
        query = f"SELECT {number_sql('v', form)} FROM (SELECT unnest(?) AS v)"
        rows = connection.execute(query, [texts]).fetchall()
    for text, (read,) in zip(texts, rows, strict=True):
        plain = number_of(text, form or "plain")
        if plain is None and form in ("", "plain"):
            plain = number_of(text, "comma")
        near = read == plain or (
            read is not None and plain is not None and abs(read - plain) <= 1e-9 * abs(plain)
        )
        finite = plain is None or abs(plain) < 1e308
        expect(near or not finite, f"{form}: SQL and Python read a number differently")


def questions(content: bytes) -> None:
    """What a survey asks, from its words and answers."""
    asked, *answers = _words(content)
    question_of("q", asked, answers)


def _payload(names: list[str], cells: list[str]) -> Payload:
    columns = tuple(RawColumn(name=name, samples=tuple(cells) or (None,)) for name in names)
    bookmark = Bookmark(source="s", position="0")
    return Payload(source="s", label="input", scan="", columns=columns, bookmark=bookmark)


def map_words(content: bytes) -> None:
    """What people write behind `--map`, also put over a proposal."""
    text, *names = _words(content)
    words = words_of([text])
    expect(all(column and value for column, value, _ in words), "a word without a value")
    mapping_for(_payload(names[:6] or ["text"], names[6:30]), [text])


def toml(content: bytes) -> None:
    """`sonnim.toml`, which people edit."""
    with _file(content, settings.FILE) as path:
        folder = path.parent
        settings.timezone(folder)
        for name in list(settings.read(folder).get("sources", {}))[:5]:
            settings.read_source(folder, name)
            settings.read_from(folder, name)
        settings.source_of(folder, _payload(["id", "text", "time"], ["1"]))
        settings.free_name(folder, "s")


class _Pretending(Asking):
    """A server that answers with the pieces of the input."""

    def __init__(self, pieces: list[bytes]) -> None:
        super().__init__(location="http://localhost/x", tries=1)
        object.__setattr__(self, "_pieces", pieces)

    def ask(self, url: str) -> Reply:
        pieces = self.__dict__["_pieces"]
        body = pieces.pop(0) if pieces else b"[]"
        return Reply(url=url, kind="application/json", next="", body=body)


def pages(content: bytes) -> None:
    """Answers of a JSON endpoint: rows, and where the next page is."""
    link, *pieces = content.split(b"\n\n")
    header = link.decode("utf-8", "replace")
    next_address("http://localhost/a", header, "http://localhost")
    for paging in ("auto", "cursor", "page", "offset"):
        asking = _Pretending(list(pieces))
        chosen = HttpSettings(paging=paging, most_pages=5, resume_by="id")
        for line in _Pages(asking, chosen, "input").lines(asking.ask("http://localhost/a")):
            json.loads(line)


def link_header(content: bytes) -> None:
    """The `Link` and `Retry-After` headers of an answer."""
    first, *rest = _words(content)
    web._next_link(first, "http://localhost/a")
    wait = web._Busy(status=429, after=rest[0] if rest else "").wait(1)
    expect(wait >= 0, "a wait that is none")


def _drained(payload: Payload) -> None:
    connector = files.CONNECTOR
    for part in connector.shape(payload, connector.propose(payload)):
        with DuckEngine() as engine:
            for steps in (part.good, part.rejected):
                if steps:
                    ticket = engine.run(steps)
                    engine.fetch(Table(schema=steps[-1].output, name=ticket.name)).read_all()


def whole_files(content: bytes) -> None:
    """The whole way of a file: found, opened, proposed, shaped, and run on DuckDB."""
    suffix = SUFFIXES[content[0] % len(SUFFIXES)] if content else ""
    with _file(content[1:], f"input{suffix}") as path:
        payloads = files.fetch(str(path), "s")
        while True:
            try:
                payload = next(payloads)
            except StopIteration:
                return
            except SonnimError:
                continue
            made = list(payload.temporary)
            try:
                _drained(payload)
            except StopError:
                # Read strictly it may fail; read with care it may not.
                if payload.carefully is None:
                    raise
                again = payload.carefully()
                made += again.temporary
                _drained(replace(again, source=payload.source))
            except SonnimError:
                continue
            finally:
                for one in made:
                    one.unlink(missing_ok=True)


_CLEAR = ("step_failed",)
"""Errors of ours that are none of the input: SQL that DuckDB refused."""


def found(family: Family, content: bytes) -> None:
    """Tries one input; an error of ours that people can act on is no finding.

    Raises:
        Exception: It is a finding.
    """
    try:
        family.run(content)
    except SonnimError as error:
        expect(bool(str(error).strip()), "an error without words")
        if error.key in _CLEAR:
            raise


_TEXTS = (".csv", ".tsv", ".txt")
_JSONS = (".json", ".jsonl", ".js")
FAMILIES: dict[str, Family] = {
    one.name: one
    for one in (
        Family(name="delimited", meaning="CSV and other tables", run=delimited, suffixes=_TEXTS),
        Family(name="json", meaning="rows of JSON texts", run=json_spans, suffixes=_JSONS),
        Family(name="mail", meaning="mails", run=mail, suffixes=(".mbox", ".eml")),
        Family(name="kakaotalk", meaning="chats", run=kakaotalk, suffixes=(".txt",)),
        Family(name="feeds", meaning="RSS and Atom", run=feeds, suffixes=(".xml", ".rss")),
        Family(name="networks", meaning="GraphML, GEXF, Pajek", run=networks,
               suffixes=(".graphml", ".gexf", ".net")),
        Family(name="packed", meaning="gz, zst, zip", run=packed,
               suffixes=(".gz", ".zst", ".zip")),
        Family(name="times", meaning="times", run=times, longest=400),
        Family(name="numbers", meaning="numbers", run=numbers, longest=400),
        Family(name="questions", meaning="survey questions", run=questions, longest=600),
        Family(name="map", meaning="--map words", run=map_words, longest=600),
        Family(name="toml", meaning="sonnim.toml", run=toml, suffixes=(".toml",)),
        Family(name="pages", meaning="JSON endpoints", run=pages, suffixes=(".json",)),
        Family(name="links", meaning="HTTP headers", run=link_header, longest=400),
        Family(name="files", meaning="whole files through DuckDB", run=whole_files,
               suffixes=("*",), longest=16_384),
    )
}  # fmt: skip


def loaded() -> Any:
    """Loads what is found while running, so that its coverage is seen too."""
    return choose.readers()

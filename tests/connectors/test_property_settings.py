"""sonnim.toml and `--map`: whatever names, quotes and lines a person's file has, they come back.

The oracles are what was written, `tomllib` of Python, and `shlex.join`.
"""

import shlex
import tempfile
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as tested
from hypothesis import strategies as st

from sonnim.connectors.base import Mapping, Match
from sonnim.tables.errors import SonnimError, StopError
from sonnim.workspace import settings
from sonnim.workspace.mapping_words import words_of
from sonnim.workspace.settings import From

HOSTILE = st.sampled_from([
    '"', "'", '"""', "'''", "\\", "\\n", "\n", "\r\n", "\r", "\t", "#", "# 주석", "a.b", "[[a]]",
    "가격 = 5", "배송이 늦어요", "{scan}", "\u2028", "\u0085", "\x00", "\x1b[0m", "\x7f", "😀", "",
    " ", 'C:\\temp\\"리뷰".csv', "\ufeff", "true", "2026-01-01", "=", "tables", "columns", "from",
    "location", "company", "korean", "100% sure", "\\u0000", "a\nb = 1\n[sources.x]",
])  # fmt: skip
TEXTS = st.one_of(
    HOSTILE,
    st.lists(HOSTILE, min_size=2, max_size=3).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
SOME = TEXTS.filter(bool)
COLUMNS = st.sampled_from(["text", "title", "unit", "person_id", "subject", "where"])


@st.composite
def matches(draw: st.DrawFn, table: str) -> Match:
    column = draw(COLUMNS)
    kind = draw(st.sampled_from(["raw", "constant", "sql"]))
    return Match(
        table=table, column=column, why=draw(TEXTS), format=draw(TEXTS), scale=draw(TEXTS),
        confidence=draw(st.floats(0, 1)), **{kind: draw(SOME)},
    )  # fmt: skip


@st.composite
def mappings(draw: st.DrawFn) -> Mapping:
    tables = draw(st.lists(
        st.sampled_from(["message", "message/reply", "message/a.b", 'message/"\\']),
        min_size=1, max_size=3, unique=True,
    ))  # fmt: skip
    found = [
        one
        for table in tables
        for one in draw(st.lists(matches(table), max_size=3, unique_by=lambda one: one.column))
    ]
    return Mapping(
        source=draw(SOME), tables=tuple(tables), matches=tuple(found), timezone=draw(TEXTS),
        leftover=tuple(draw(st.lists(TEXTS, max_size=3))), preset=draw(TEXTS), prepare=draw(TEXTS),
    )  # fmt: skip


@pytest.mark.slow
@tested(max_examples=60, deadline=None)
@given(
    company=TEXTS, timezone=TEXTS, mapping=mappings(), again=mappings(),
    columns=st.lists(TEXTS, min_size=1, max_size=4), place=TEXTS.filter(bool),
    values=st.dictionaries(SOME.filter(lambda one: one != "location"), TEXTS, max_size=3),
)  # fmt: skip
def test_all_that_is_written_down_comes_back(
    company: str, timezone: str, mapping: Mapping, again: Mapping, columns: list[str], place: str,
    values: dict[str, str],
) -> None:  # fmt: skip
    again = replace(again, source=again.source + "2" * (again.source == mapping.source))
    where = From(location=place, values=tuple(values.items()))
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        settings.write_new(folder, company, "data", timezone)
        settings.write_mapping(folder, mapping, tuple(columns), 0.25)
        settings.write_from(folder, mapping.source, where)
        settings.write_from(folder, again.source, where)
        settings.write_mapping(folder, again, tuple(columns), 0.25)
        # Written over itself, it is the same, and keeps what was said of its place.
        settings.write_mapping(folder, mapping, tuple(columns), 0.25)
        document = tomllib.loads((folder / settings.FILE).read_text(encoding="utf-8"))
        assert (document["company"], document["timezone"]) == (company, timezone)
        assert set(document["sources"]) == {mapping.source, again.source}
        for one in (mapping, again):
            plain = tuple(replace(match, why="", confidence=1.0) for match in one.matches)
            assert settings.read_mapping(folder, one.source) == replace(one, matches=plain)
            assert settings.read_from(folder, one.source) == where
            known = settings.read_source(folder, one.source)
            assert known is not None and known.columns == tuple(columns)
        free = settings.free_name(folder, mapping.source)
        assert free not in document["sources"]


@tested(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_what_somebody_made_of_the_file_is_read_or_refused_in_one_sentence(text: str) -> None:
    refused_or_read(text)


FRAGMENTS = st.lists(
    st.sampled_from([
        "sources", "=", "[", "]", "[[", "]]", "{", "}", ".", "a", "\n", '"', "'", "1", "true", ",",
        "[sources.a]\n", "[sources]\n", "tables = ['message']\n", "from", "columns = ", "message",
        "text = {column = 'x'}\n", "[sources.a.message]\n", "[sources.a.from]\n", "location", "5",
        "[engine]\n", "spark_master", "korean = ", "nan", "1979-05-27", "leftover", "timezone", " ",
    ]),
    max_size=12,
).map("".join)  # fmt: skip


@tested(max_examples=300, deadline=None)
@given(FRAGMENTS)
def test_pieces_of_settings_are_read_or_refused_in_one_sentence(text: str) -> None:
    refused_or_read(text)


def refused_or_read(text: str) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / settings.FILE).write_bytes(text.encode("utf-8", "surrogatepass"))
        for reads in (
            lambda: settings.timezone(folder),
            lambda: settings.spark_master(folder),
            lambda: settings.read_source(folder, "a"),
            lambda: settings.read_from(folder, "a"),
            lambda: settings.free_name(folder, "a"),
            lambda: settings.write_from(folder, "a", From(location="x")),
        ):
            try:
                reads()
            except SonnimError as error:
                assert str(error)


MAP_TEXTS = st.one_of(HOSTILE, st.text(st.characters(exclude_categories=["Cs"]), max_size=15))
WORDS = st.lists(
    st.tuples(
        st.one_of(COLUMNS, st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)),
        MAP_TEXTS.filter(bool),
        st.booleans(),
    ),
    max_size=4,
)


@tested(max_examples=150, deadline=None)
@given(WORDS, st.booleans())
def test_any_words_of_a_map_come_back(words: list[tuple[str, str, bool]], together: bool) -> None:
    texts = [f"{name}{':' * constant}={value}" for name, value, constant in words]
    given_as = [shlex.join(texts)] if together else [shlex.quote(text) for text in texts]
    assert words_of(given_as) == words


@tested(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=20), max_size=3))
def test_any_text_is_a_map_or_one_error(texts: list[str]) -> None:
    try:
        found = words_of(texts)
    except StopError as error:
        assert error.key == "map_unreadable"
    else:
        assert all(column and value for column, value, _ in found)


def test_a_reason_with_lines_of_its_own_is_one_comment(tmp_path: Path) -> None:
    """A raw column's name may hold anything, and the reason names it: the file was broken by it."""
    settings.write_new(tmp_path, "x", "data")
    match = Match(table="message", column="text", raw="a", why='of "a\nb = 1\x1b[0m"')
    settings.write_mapping(
        tmp_path, Mapping(source="s", tables=("message",), matches=(match,)), ("a",), 0
    )
    document = tomllib.loads((tmp_path / settings.FILE).read_text(encoding="utf-8"))
    assert document["sources"]["s"]["message"] == {"text": {"column": "a"}}

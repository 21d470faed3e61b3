"""Texts whose mood is known: rows of a labelled file, or messages with ratings of a workspace."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from arro3.core import Table as ArrowTable
from numpy.typing import NDArray

from sonnim.analyzers.texts import texts_step
from sonnim.connectors.base import ROW, Payload, RawColumn
from sonnim.connectors.names import normal, role_of
from sonnim.connectors.numbers import number_sql, read_numbers
from sonnim.engines.duckdb import DuckEngine
from sonnim.language.adaptation import rated
from sonnim.tables.errors import StopError
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, identifier
from sonnim.tables.words import say
from sonnim.workspace.bare import payloads_of
from sonnim.workspace.label_words import ALLOWED, are_labels, reading_of
from sonnim.workspace.workspace import Workspace

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NO_TEXT, NO_LABEL, UNKNOWN, OFF_SCALE, UNREADABLE, NOT_READ = (
    "no_text", "no_label", "unknown_label", "off_scale", "unreadable_row", "other_language",
)  # fmt: skip
"""Why rows are left out: words `evaluate_out_…`."""
SHOWN_ROWS = 5
"""So many of the rows left out are named."""
_LABEL_NAMES = (
    "label", "labels", "sentiment", "polarity", "mood", "gold", "class", "target", "라벨",
    "레이블", "감성", "감정", "극성", "긍부정", "판정", "정답",
)  # fmt: skip
_DOMAIN_NAMES = (
    "domain",
    "category",
    "source",
    "channel",
    "도메인",
    "분야",
    "범주",
    "출처",
    "채널",
)
_MOST_DOMAINS = 30
_USUAL = (1.0, 5.0)
_SCALE = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[-~]\s*(-?\d+(?:\.\d+)?)\s*")
_READ = TableSchema(
    name="labelled",
    version=1,
    meaning="A row of a labelled file as it is written",
    key=("row",),
    columns=(
        Column(name="row", type=ColumnType.LONG, meaning="Which row, from 1"),
        Column(name="text", meaning="What was written"),
        Column(name="label", meaning="The label as it is written"),
        Column(name="domain", meaning="Which kind of text"),
        Column(name="rating", type=ColumnType.DOUBLE, meaning="The rating"),
        Column(name="low", type=ColumnType.DOUBLE, meaning="Least rating possible"),
        Column(name="high", type=ColumnType.DOUBLE, meaning="Greatest rating possible"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which column of a file is which; "" where nobody said, or where there is none.

    Attributes:
        text: What was written.
        label: The mood.
        rating: A rating that stands for the mood.
        domain: Which kind of text it is.
    """

    text: str = ""
    label: str = ""
    rating: str = ""
    domain: str = ""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Rows that are not measured.

    Attributes:
        reason: One of those of this module.
        n: How many.
        rows: The first of them: number of the row, with the file's name where there are several.
    """

    reason: str
    n: int
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """Texts with their moods.

    Attributes:
        texts: Texts as found.
        labels: 0 negative, 1 neutral, 2 positive; shape (n,).
        domains: Which kind of text each is; "" where nothing says.
        places: Where each stands, for messages.
        left_out: Rows that are not among them.
        files: Name of each table read, with its columns.
        meanings: Each way of writing a label with its mood, where labels are numbers.
        scale: Least and greatest rating, where ratings of a file stand for moods.
    """

    texts: tuple[str, ...]
    labels: Integers
    domains: tuple[str, ...]
    places: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    files: tuple[tuple[str, Columns], ...] = ()
    meanings: tuple[tuple[str, int], ...] = ()
    scale: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Rows of all files as they are written."""

    texts: list[str]
    labels: list[str]
    domains: list[str]
    places: list[str]
    ratings: Floats
    low: Floats
    high: Floats


def labelled_files(
    locations: Sequence[str], columns: Columns, scale: str = "", *, engine: DuckEngine
) -> Labelled:
    """Reads labelled files.

    Args:
        locations: Files, folders, globs, or - for standard input.
        columns: Which column is which; what is not said is guessed from names and values.
        scale: Of ratings, as `1-5`; by default what the values say (4/5), else 1-5.
        engine: What reads them.

    Raises:
        StopError: A column is not there or cannot be guessed, or no row can be used.
        SkipError: A file cannot be read.
    """
    if columns.label and columns.rating:
        raise StopError("evaluate_label_or_rating")
    given = scale_of(scale) if scale else None
    tables: list[ArrowTable] = []
    labels: list[str] = []
    files: list[tuple[str, Columns]] = []
    unreadable: list[str] = []
    greatest: float | None = None
    for location in locations:
        with payloads_of(engine, location) as payloads:
            for payload in payloads:
                found = guessed(payload, columns)
                tables.append(_table(engine, payload, found))
                labels.append(payload.label)
                files.append((payload.label, found))
                unreadable += [f"{payload.label}:{one.row}" for one in payload.rejections]
                greatest = greatest or _written_scale(payload, found.rating)
    rows = _together(tables, labels)
    used = None
    if any(found.rating for _, found in files):
        used = given or _scale(rows.ratings, greatest, files)
        rows = replace(
            rows,
            low=np.full(len(rows.ratings), used[0]),
            high=np.full(len(rows.ratings), used[1]),
        )
    several = len(files) > 1
    if several and not any(found.domain for _, found in files):
        rows = replace(rows, domains=[place.rpartition(":")[0] for place in rows.places])
    first = tuple(one if several else one.rpartition(":")[2] for one in unreadable[:SHOWN_ROWS])
    left = [LeftOut(reason=UNREADABLE, n=len(unreadable), rows=first)]
    return replace(
        _usable(rows, by_rating=used is not None, left_out=left if unreadable else []),
        files=tuple(files),
        scale=used,
    )


def labelled_messages(workspace: Workspace) -> Labelled:
    """The messages with ratings that a workspace holds; the domain is their source.

    Raises:
        StopError: There are none.
    """
    also = ("rating", "rating_min", "rating_max", "source")
    texts = texts_step("labelled_texts", also=also, where="rating IS NOT NULL").sql
    found = workspace.query(
        "SELECT row_number() OVER (ORDER BY message_id) AS row, text, "
        "CAST(NULL AS VARCHAR) AS label, source AS domain, rating, "
        "coalesce(rating_min, 1e0) AS low, coalesce(rating_max, 5e0) AS high "
        f"FROM ({texts}) rated ORDER BY message_id",
        _READ,
    )
    if not found.num_rows:
        raise StopError("evaluate_no_ratings", folder=str(workspace.folder))
    return _usable(_together([found], [""]), by_rating=True, left_out=[], named=False)


def scale_of(text: str) -> tuple[float, float]:
    """The least and the greatest rating.

    Raises:
        StopError: It is no scale.

    Example:
        >>> scale_of("0-10")
        (0.0, 10.0)
    """
    found = _SCALE.fullmatch(text)
    if found is None or float(found[1]) >= float(found[2]):
        raise StopError("evaluate_scale", received=text)
    return float(found[1]), float(found[2])


def guessed(payload: Payload, said: Columns) -> Columns:
    """The columns of one file: those said, and the likeliest for what nobody said.

    Raises:
        StopError: A column is not there, or none looks like texts or labels.
    """
    there = {column.name: column for column in payload.columns}
    names = ", ".join(there)
    for name in (said.text, said.label, said.rating, said.domain):
        if name and name not in there:
            raise StopError("map_unknown_raw", file=payload.label, column=name, allowed=names)
    label, rating = said.label, said.rating
    free = [one for one in payload.columns if one.name not in (said.text, said.domain)]
    if not label and not rating:
        label = _named(free, _LABEL_NAMES, labels=True)
        # A text may be "good", too: its name says that it is one.
        likely = [one for one in free if role_of(one.name) != ("text", 1.0)]
        label = label or next((one.name for one in likely if are_labels(one.samples)), "")
        rating = "" if label else _rating(free)
        if not label and not rating:
            raise StopError("evaluate_no_label", file=payload.label, received=names)
    taken = (label, rating, said.domain)
    text = said.text or _text([one for one in payload.columns if one.name not in taken])
    if not text:
        raise StopError("evaluate_no_text", file=payload.label, received=names)
    rest = [one for one in payload.columns if one.name not in (label, rating, text)]
    few = [one for one in rest if len(set(one.samples)) <= _MOST_DOMAINS]
    domain = said.domain or _named(few, _DOMAIN_NAMES)
    return Columns(text=text, label=label, rating=rating, domain=domain)


def _named(columns: Sequence[RawColumn], names: Sequence[str], *, labels: bool = False) -> str:
    """The column with the best of these names; for labels, one that holds some that can be read."""
    for name in names:
        for column in columns:
            if normal(column.name) != name:
                continue
            values = [one for one in column.samples if one]
            if not labels or reading_of(values):
                return column.name
    return ""


def _rating(columns: Sequence[RawColumn]) -> str:
    for column in columns:
        values = [one for one in column.samples if one]
        if role_of(column.name)[0] == "rating" and read_numbers(values).format:
            return column.name
    return ""


def _text(columns: Sequence[RawColumn]) -> str:
    """By its name; else the one with the longest values that are not all numbers."""
    for least in (1.0, 0.7):
        for column in columns:
            role, sure = role_of(column.name)
            if role == "text" and sure >= least:
                return column.name
    longest, best = 0.0, ""
    for column in columns:
        values = [one for one in column.samples if one]
        if values and not read_numbers(values).format:
            length = sum(map(len, values)) / len(values)
            if length > longest:
                longest, best = length, column.name
    return best


def _table(engine: DuckEngine, payload: Payload, columns: Columns) -> ArrowTable:
    scan = payload.scan
    if not payload.numbered:
        scan = f"(SELECT *, row_number() OVER () AS {ROW} FROM {scan})"

    def written(name: str) -> str:
        return f"CAST({identifier(name)} AS VARCHAR)" if name else "CAST(NULL AS VARCHAR)"

    rating = "CAST(NULL AS DOUBLE)"
    if columns.rating:
        samples = next(one.samples for one in payload.columns if one.name == columns.rating)
        form = read_numbers([one for one in samples if one]).format
        rating = number_sql(identifier(columns.rating), form)
    step = Step(
        name="labelled",
        sql=(
            f"SELECT CAST({ROW} AS BIGINT) AS row, {written(columns.text)} AS text, "
            f"{written(columns.label)} AS label, {written(columns.domain)} AS domain, "
            f"{rating} AS rating, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high "
            f"FROM {scan}"
        ),
        inputs=(),
        output=_READ,
        note="Texts and labels as they are written",
        keep=True,
    )
    return engine.fetch(engine.run([step]), order=("row",)).read_all()


def _written_scale(payload: Payload, rating: str) -> float | None:
    samples = next((one.samples for one in payload.columns if one.name == rating), ())
    return read_numbers([one for one in samples if one]).scale


def _scale(
    ratings: Floats, greatest: float | None, files: Sequence[tuple[str, Columns]]
) -> tuple[float, float]:
    if greatest is not None:
        return _USUAL[0], greatest
    most = float(np.nanmax(ratings, initial=_USUAL[1]))
    if most > _USUAL[1]:
        file, columns = next(pair for pair in files if pair[1].rating)
        raise StopError("evaluate_scale_needed", file=file, column=columns.rating, most=f"{most:g}")
    return _USUAL


def _together(tables: Sequence[ArrowTable], names: Sequence[str]) -> _Rows:
    def texts(column: str) -> list[str]:
        return [one or "" for table in tables for one in table.column(column).to_pylist()]

    def numbers(column: str) -> Floats:
        values = [one for table in tables for one in table.column(column).to_pylist()]
        return np.array([np.nan if one is None else one for one in values], dtype=np.float64)

    return _Rows(
        texts=texts("text"),
        labels=texts("label"),
        domains=texts("domain"),
        places=[
            f"{name}:{row}" if len(tables) > 1 else str(row)
            for table, name in zip(tables, names, strict=True)
            for row in table.column("row").to_pylist()
        ],
        ratings=numbers("rating"),
        low=numbers("low"),
        high=numbers("high"),
    )


def _usable(
    rows: _Rows, *, by_rating: bool, left_out: list[LeftOut], named: bool = True
) -> Labelled:
    """The rows with a text and a mood; the others are counted by their reasons."""
    meanings: dict[str, int] = {}
    if by_rating:
        labels = rated(rows.ratings, rows.low, rows.high)
        empty = np.isnan(rows.ratings)
    else:
        meanings = reading_of(one for one in rows.labels if one.strip())
        labels = np.array([meanings.get(one, -1) for one in rows.labels], dtype=np.int64)
        empty = np.array([not one.strip() for one in rows.labels], dtype=np.bool_)
    wrong = OFF_SCALE if by_rating else UNKNOWN
    blank = np.array([not one.strip() for one in rows.texts], dtype=np.bool_)
    reasons = np.where(blank, NO_TEXT, np.where(empty, NO_LABEL, np.where(labels < 0, wrong, "")))
    for reason in (NO_TEXT, NO_LABEL, wrong):
        places = np.flatnonzero(reasons == reason)
        if places.size:
            first = tuple(rows.places[int(one)] for one in places[:SHOWN_ROWS] if named)
            left_out.append(LeftOut(reason=reason, n=len(places), rows=first))
    kept = np.flatnonzero(reasons == "")
    if not kept.size:
        raise nothing_left(left_out)
    numbers = tuple((one, mood) for one, mood in meanings.items() if one.strip()[-1].isdigit())
    return Labelled(
        texts=tuple(rows.texts[int(one)] for one in kept),
        labels=labels[kept],
        domains=tuple(rows.domains[int(one)].strip() for one in kept),
        places=tuple(rows.places[int(one)] for one in kept),
        left_out=tuple(left_out),
        meanings=numbers,
    )


def nothing_left(left_out: Sequence[LeftOut]) -> StopError:
    """The error that no row can be measured."""
    return StopError("evaluate_nothing", reasons="; ".join(map(said_of, left_out)), allowed=ALLOWED)


def said_of(left: LeftOut) -> str:
    """What a person is told of rows that are left out."""
    told = say(f"evaluate_out_{left.reason}", None, n=f"{left.n:,}")
    if not left.rows:
        return told
    more = ", …" if left.n > len(left.rows) else ""
    return f"{told} {say('evaluate_rows', None, rows=', '.join(left.rows) + more)}"

"""Where the rows of a JSON text are, and these rows one a line; in blocks, whatever its size.

A JSON text is not parsed here. Its brackets, commas and quotes are looked up a block at a time
with numpy, which tells strings from structure and how deep each place is. That suffices to find
the lists of objects, and to put each of their elements on a line of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

_BLOCK = 4 << 20
_QUOTE, _BACKSLASH, _COMMA = ord('"'), ord("\\"), ord(",")
_RECORD = 0x1E
_OPEN, _CLOSE = (ord("{"), ord("[")), (ord("}"), ord("]"))
_MARKS = np.zeros(256, dtype=bool)
_MARKS[[*_OPEN, *_CLOSE, _QUOTE, _COMMA]] = True
_STEP = np.zeros(256, dtype=np.int32)
_STEP[list(_OPEN)] = 1
_STEP[list(_CLOSE)] = -1

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Span:
    """A list that stands in no other list.

    Attributes:
        key: Names of the objects' members that lead to it.
        start: Offset just behind its `[`.
        end: Offset of its `]`, or of the end of the text if it is cut off.
        objects: How many of its elements are objects.
        elements: How many it has.
    """

    key: tuple[str, ...]
    start: int
    end: int
    objects: int
    elements: int


@dataclass(kw_only=True)
class Survey:
    """What a JSON text holds.

    Attributes:
        documents: Objects at its top; where there are several, no more is looked for than two.
        spans: Its lists.
    """

    documents: int = 0
    spans: list[Span] = field(default_factory=list)


@dataclass(kw_only=True)
class _Block:
    """The structure of one block.

    Attributes:
        offset: Where the block begins.
        data: Its bytes.
        at: Places of brackets and commas outside of strings.
        kind: The bytes there.
        depth: How deep it is after each.
        quotes: Places of quotes that begin or end a string.
    """

    offset: int
    data: Bytes
    at: Places
    kind: Bytes
    depth: npt.NDArray[np.int32]
    quotes: Places


def survey(path: Path, start: int) -> Survey:
    """Finds the lists of a JSON text that begins at an offset."""
    found = Survey()
    names = _Names(path)
    # For each object that is open, where the name of the member that it is stands, if it is one.
    opened: list[tuple[int, int] | None] = []
    inside: Span | None = None
    tail = np.zeros(0, dtype=np.int64)
    for block in _blocks(path, start, None):
        # A name may begin in one block and its list in the next.
        quotes = np.concatenate([tail, block.quotes + block.offset])
        tail = quotes[-2:]
        i, n = 0, len(block.at)
        while i < n:
            if inside is not None:
                # Within a list nothing but its elements and its end matter.
                stop = _first_at(block.depth, i, len(opened))
                inside = _counted(inside, block, i, stop, len(opened))
                i = stop
                if stop < n:
                    found.spans.append(_ended(inside, block.offset + int(block.at[stop]), path))
                    inside = None
                    i += 1
                continue
            place, kind = block.offset + int(block.at[i]), int(block.kind[i])
            if kind in _OPEN:
                before = int(np.searchsorted(quotes, place))
                name = (int(quotes[before - 2]), int(quotes[before - 1])) if before > 1 else None
                if kind == _OPEN[0]:
                    found.documents += not opened
                    if found.documents > 1:
                        # Objects one after the other: each is a row.
                        return found
                    opened.append(name if opened else None)
                else:
                    key = tuple(names.read(one) for one in (*opened, name) if one and opened)
                    inside = Span(key=key, start=place + 1, end=-1, objects=0, elements=0)
            elif kind in _CLOSE and opened:
                opened.pop()
            i += 1
    if inside is not None:
        found.spans.append(_ended(inside, path.stat().st_size, path))
    return found


def write_lines(path: Path, spans: list[Span], target: IO[bytes]) -> None:
    """Writes the elements of lists to a file, one a line."""
    for span in spans:
        for block in _blocks(path, span.start, span.end):
            data = block.data.copy()
            data[(data == 10) | (data == 13)] = 32
            level = (block.depth == 0) & (block.kind == _COMMA)
            data[block.at[level]] = 10
            target.write(data.tobytes())
        target.write(b"\n")


def write_documents(path: Path, start: int, target: IO[bytes]) -> None:
    """Writes the objects of a sequence of objects to a file, one a line."""
    for block in _blocks(path, start, None):
        data = block.data.copy()
        data[(data == 10) | (data == 13)] = 32
        data[data == _RECORD] = 32
        commas = (block.depth == 0) & (block.kind == _COMMA)
        data[block.at[commas]] = 32
        ends = block.at[(block.depth == 0) & (block.kind == _CLOSE[0])]
        target.write(np.insert(data, ends + 1, 10).tobytes())
    target.write(b"\n")


class _Names:
    """Reads the names of members where they stand."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[tuple[int, int], str] = {}

    def read(self, place: tuple[int, int]) -> str:
        if place not in self._known:
            with self._path.open("rb") as stream:
                stream.seek(place[0] + 1)
                size = min(max(place[1] - place[0] - 1, 0), 1000)
                self._known[place] = stream.read(size).decode("utf-8", errors="replace")
        return self._known[place]


def _first_at(depth: npt.NDArray[np.int32], start: int, level: int) -> int:
    """The first place from a start that is not deeper than a level, or the end."""
    width = 64
    while start < len(depth):
        hits = np.flatnonzero(depth[start : start + width] <= level)
        if len(hits):
            return start + int(hits[0])
        start += width
        width *= 4
    return len(depth)


def _counted(span: Span, block: _Block, start: int, stop: int, level: int) -> Span:
    kind, depth = block.kind[start:stop], block.depth[start:stop]
    objects = int(np.count_nonzero((kind == _OPEN[0]) & (depth == level + 2)))
    commas = int(np.count_nonzero((kind == _COMMA) & (depth == level + 1)))
    return Span(
        key=span.key,
        start=span.start,
        end=span.end,
        objects=span.objects + objects,
        elements=span.elements + commas,
    )


def _ended(span: Span, end: int, path: Path) -> Span:
    more = 1 if span.elements or span.objects or _filled(path, span.start, end) else 0
    return Span(
        key=span.key,
        start=span.start,
        end=end,
        objects=span.objects,
        elements=span.elements + more,
    )


def _filled(path: Path, start: int, end: int) -> bool:
    with path.open("rb") as stream:
        stream.seek(start)
        return bool(stream.read(max(min(end - start, 4096), 0)).strip())


def _blocks(path: Path, start: int, end: int | None) -> Iterator[_Block]:
    in_string, escaped, depth, offset = False, False, 0, start
    with path.open("rb") as stream:
        stream.seek(start)
        while True:
            size = _BLOCK if end is None else min(_BLOCK, end - offset)
            raw = stream.read(size) if size > 0 else b""
            if not raw:
                return
            data = np.frombuffer(raw, dtype=np.uint8)
            at = np.flatnonzero(_MARKS[data])
            kind = data[at]
            is_quote = kind == _QUOTE
            if escaped or b"\\" in raw:
                dead, escaped = _escaped(data, at[is_quote], escaped)
                keep = np.ones(len(at), dtype=bool)
                keep[np.flatnonzero(is_quote)[dead]] = False
                at, kind, is_quote = at[keep], kind[keep], is_quote[keep]
            # Odd numbers of quotes before a place put it within a string.
            within = (np.cumsum(is_quote) + in_string) % 2 == 1
            in_string = bool((int(np.count_nonzero(is_quote)) + in_string) % 2)
            structure = ~is_quote & ~within
            quotes, at, kind = at[is_quote], at[structure], kind[structure]
            depths = np.cumsum(_STEP[kind], dtype=np.int32) + np.int32(depth)
            depth = int(depths[-1]) if len(depths) else depth
            yield _Block(offset=offset, data=data, at=at, kind=kind, depth=depths, quotes=quotes)
            offset += len(raw)


def _escaped(data: Bytes, quotes: Places, carried: bool) -> tuple[npt.NDArray[np.bool_], bool]:
    """Which quotes have an odd number of backslashes before them, and whether the block ends so."""
    slashes = np.flatnonzero(data == _BACKSLASH)
    # The first slash of each run, for every slash.
    first = np.ones(len(slashes), dtype=bool)
    first[1:] = np.diff(slashes) > 1
    starts = slashes[first]
    numbers = np.cumsum(first) - 1

    def odd(place: Places) -> npt.NDArray[np.bool_]:
        """Whether backslashes before a place escape what stands there."""
        index = np.searchsorted(slashes, place - 1)
        hit = np.zeros(len(place), dtype=bool)
        inside = index < len(slashes)
        hit[inside] = slashes[index[inside]] == place[inside] - 1
        run = np.zeros(len(place), dtype=np.int64)
        run[hit] = place[hit] - starts[numbers[index[hit]]]
        begins = np.zeros(len(place), dtype=bool)
        begins[hit] = starts[numbers[index[hit]]] == 0
        # A backslash carried over from the block before stands in front of a run at its start.
        first_of_all = place == 0
        whole = (run + (begins | first_of_all) * carried) % 2 == 1
        result: npt.NDArray[np.bool_] = whole & (hit | first_of_all)
        return result

    end = np.array([len(data)])
    return odd(quotes), bool(odd(end)[0])

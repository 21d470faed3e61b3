"""Files that break careless readers, written anew for each exam."""

import gzip
import json
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import duckdb

from sonnim.tables.step import quoted

_HEADER = "id,time,text,rating\n"
_ROW = "1,2026-01-01T00:00:00Z,배송이 빨라요,5\n"
_GOOD = _HEADER + _ROW


@dataclass(frozen=True, kw_only=True)
class HostileFile:
    """One file and what is wrong with it.

    Attributes:
        name: File name.
        meaning: What is wrong with it.
        content: Its bytes.
    """

    name: str
    meaning: str
    content: bytes


def hostile_files() -> tuple[HostileFile, ...]:
    """All hostile files.

    Example:
        >>> sum(file.name.endswith(".csv") for file in hostile_files()) > 10
        True
    """
    return (*_texts(), *_json(), *_packed())


def write_hostile_files(folder: Path) -> tuple[Path, ...]:
    """Writes them all, and a broken Parquet file, to a folder; gives their paths."""
    paths = []
    for file in hostile_files():
        path = folder / file.name
        path.write_bytes(file.content)
        paths.append(path)
    good = folder / "good.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1 AS id) TO {quoted(str(good))} (FORMAT parquet)")
    broken = folder / "half.parquet"
    broken.write_bytes(good.read_bytes()[:-20])
    good.unlink()
    return (*paths, broken, folder / "없는 파일.csv")


def _texts() -> list[HostileFile]:
    long_cell = "가" * 1_000_000
    many = ",".join(f"c{i}" for i in range(5_000))
    mixed = (
        _GOOD.encode() + "2,2026-01-01T00:00:00Z,느려요,1\n".encode("cp949") + b"3,\xff\xfe,x,1\n"
    )
    return [
        _csv("empty", "nothing at all", ""),
        _csv("blank", "blank lines only", "\n\n  \n"),
        _csv("header-only", "a header and no rows", _HEADER),
        _csv("no-newline", "no newline at the end", _GOOD.rstrip()),
        _csv("nul", "NUL bytes in cells", _HEADER + "1,2026-01-01,a\x00b,5\n\x00,\x00,\x00,\x00\n"),
        _csv("long-cell", "a cell of a million characters", f"{_HEADER}1,,{long_cell},5\n"),
        _csv("wide", "five thousand columns", f"{many}\n{many}\n"),
        _csv("same-names", "columns of the same name", "id,text,text,TEXT\n1,a,b,c\n"),
        _csv("no-names", "columns without names", ",,\n1,가,2\n"),
        _csv("odd-names", "names with quotes", 'id,"te""xt","; DROP TABLE x",별 점\n1,a,b,5\n'),
        _csv("ragged", "rows of different lengths", _HEADER + "1\n1,2,3,4,5,6\n" + _ROW),
        _csv("stray-quote", "one stray quote", _HEADER + '1,2026-01-01,화면이 5" 예요,5\n' + _ROW),
        _csv("open-quote", "a quote that never ends", _HEADER + '1,2026-01-01,"abc\n' + _ROW * 50),
        _csv("formula", "spreadsheet formulas", _HEADER + '1,2026-01-01,"=CMD(""x"")",5\n'),
        _csv("bad-times", "times that cannot be", _HEADER + "1,2026-13-45T99:00:00Z,a,5\n2,,b,x\n"),
        _csv("line-ends", "mixed line ends", _HEADER.strip() + "\r\n1,,a,5\r2,2026,b,1\n"),
        HostileFile(name="mixed.csv", meaning="three encodings", content=mixed),
        HostileFile(name="cp949.csv", meaning="old Korean Windows", content=_GOOD.encode("cp949")),
        HostileFile(name="utf16.csv", meaning="UTF-16", content=_GOOD.encode("utf-16")),
        HostileFile(name="half-utf16.csv", meaning="half a character",
                    content=_GOOD.encode("utf-16")[:-1]),
        HostileFile(name="bom.csv", meaning="a byte order mark", content=_GOOD.encode("utf-8-sig")),
        HostileFile(name="noise.csv", meaning="every byte", content=bytes(range(256)) * 40),
    ]  # fmt: skip


def _json() -> list[HostileFile]:
    deep = "[" * 5_000 + "]" * 5_000
    rows = [
        {"id": "1", "text": "좋아요"},
        {"id": 2, "text": ["목록"]},
        {"text": None},
        7,
        "x",
        None,
    ]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return [
        _text("broken.jsonl", "a line cut off", '{"id": 1, "text": "가"}\n{"id": 2, "te'),
        _text("types.jsonl", "a column of many types", lines),
        _text("deep.json", "five thousand brackets", deep),
        _text("scalar.json", "no table at all", "42"),
        _text("surrogate.jsonl", "half an emoji", '{"id": "1", "text": "\\ud83d"}\n'),
        _text("empty.jsonl", "nothing at all", ""),
    ]


def _packed() -> list[HostileFile]:
    packed = gzip.compress(_GOOD.encode() * 200)
    return [
        HostileFile(
            name="cut.csv.gz", meaning="a gzip cut off", content=packed[: len(packed) // 2]
        ),
        HostileFile(name="not.csv.gz", meaning="no gzip at all", content=_GOOD.encode()),
        HostileFile(name="not.xlsx", meaning="no workbook at all", content=_GOOD.encode()),
        HostileFile(name="empty.xlsx", meaning="a zip without a workbook", content=_zip()),
        HostileFile(name="not.parquet", meaning="no Parquet at all", content=_GOOD.encode()),
    ]


def _zip() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../outside.txt", "x")
    return buffer.getvalue()


def _csv(name: str, meaning: str, text: str) -> HostileFile:
    return _text(f"{name}.csv", meaning, text)


def _text(name: str, meaning: str, text: str) -> HostileFile:
    return HostileFile(name=name, meaning=meaning, content=text.encode())

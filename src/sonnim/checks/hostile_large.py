"""Hostile files that are large: cells of ten million characters, a hundred thousand columns."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from sonnim.checks.hostile_books import workbook
from sonnim.checks.hostile_packed import bombs
from sonnim.checks.hostile_texts import HEADER, ROW, HostileFile
from sonnim.tables.step import quoted

CELL = 10_000_000
WIDE = 100_000


@dataclass(frozen=True, kw_only=True)
class LargeFile:
    """One file that is made only when it is tried.

    Attributes:
        name: File name.
        meaning: What is wrong with it.
        make: Makes its content.
        rows: Rows that it holds, each to be taken or rejected; -1 where that is open.
    """

    name: str
    meaning: str
    make: Callable[[], bytes]
    rows: int = -1


def large_files() -> tuple[LargeFile, ...]:
    """All large ones, and the bombs.

    Example:
        >>> {"cell.csv", "wide.csv", "bomb.csv.gz"} <= {file.name for file in large_files()}
        True
    """
    long = f"a cell of {CELL:,} characters"
    many = f"{WIDE:,} columns"
    names = ",".join(f"c{n}" for n in range(WIDE))
    good = '{"id": "1", "time": "2026-01-01", "text": "a"}\n'
    mail = "From: a@b.example\nDate: Thu, 1 Jan 2026 10:00:00 +0900\nSubject: s\n"
    day = "--------------- 2026년 1월 1일 목요일 ---------------\n[가] [오전 1:00] "
    rss = '<rss version="2.0"><channel><title>c</title><item><guid>1</guid>'
    made: list[tuple[str, str, Callable[[], str | bytes], int]] = [
        ("cell.csv", long, lambda: f"{HEADER}{ROW}2,2026-01-01,{_cell()},5\n", 2),
        ("quoted-cell.csv", long, lambda: f'{HEADER}{ROW}2,2026-01-01,"{_cell()}\n",5\n', 2),
        ("cell.tsv", long, lambda: f"{HEADER}{ROW}2,2026-01-01,{_cell()},5\n".replace(",", "\t"),
         2),
        ("cell.jsonl", long, lambda: good + good.replace('"1"', '"2"').replace("a\"}",
         f'{_cell()}"}}'), 2),
        ("cell.json", long, lambda: f'[{good},{{"id":"2","time":"2026-01-01","text":"{_cell()}"}}]',
         2),
        ("cell.parquet", long, _long_parquet, 2),
        ("cell.xml", long, lambda: f"{rss}<description>{_cell()}</description></item></channel>"
         "</rss>", 1),
        ("cell.eml", long, lambda: f"{mail}\n{_cell()}\n", 1),
        ("cell-header.eml", long,
         lambda: mail.replace("Subject: s", "Subject: " + _cell()) + "\nx\n", 1),
        ("cell.txt", long,
         lambda: f"가게 님과 카카오톡 대화\n{day}{_cell()}\n[나] [오전 1:01] 네\n", 2),
        ("line.txt", "a file of one line", lambda: "가 " * CELL, -1),
        ("wide.csv", many, lambda: f"{names}\n{names}\n", -1),
        ("wide.tsv", many, lambda: f"{names}\n{names}\n".replace(",", "\t"), -1),
        ("wide.jsonl", many, lambda: "{" + ",".join(f'"c{n}":1' for n in range(WIDE)) + "}\n", -1),
        ("wide.json", many, lambda: "[{" + ",".join(f'"c{n}":1' for n in range(WIDE)) + "}]", -1),
        ("wide.xlsx", "16,384 columns", lambda: workbook([[f"c{n}" for n in range(16_384)]] * 3),
         -1),
        ("wide.parquet", "20,000 columns", _wide_parquet, -1),
        ("deep.json", "a million brackets", lambda: "[" * 500_000 + "]" * 500_000, -1),
        ("deep.jsonl", "a million brackets", lambda: good + "[" * 500_000 + "]" * 500_000, 2),
        ("huge-int.json", "an integer of ten million digits",
         lambda: f'[{{"id": {"9" * CELL}, "time": "2026-01-01", "text": "a"}}]', 1),
        ("stray-quotes.csv", "a stray quote in every line", lambda: HEADER + "".join(
            f'{n},2026-01-01,화면이 {n}" 예요,5\n' for n in range(100_000)), 100_000),
        ("open-quotes.csv", "a quote that opens in every line", lambda: HEADER + "".join(
            f'{n},2026-01-01,"가{n},5\n' for n in range(20_000)), 20_000),
        ("rejected.jsonl", "lines that are no JSON", lambda: good + "x\n" * 90_000, 90_001),
        ("nested.eml", "ten thousand parts that close", lambda: mail + "".join(
            f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(10_000))
            + "\nx\n" + "".join(f"--b{n}--\n" for n in reversed(range(10_000))), 1),
        ("parts.eml", "a hundred thousand parts side by side", lambda: mail
         + 'Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\n\nx\n" * 100_000 + "--b--\n",
         1),
    ]  # fmt: skip
    files = [
        LargeFile(name=name, meaning=meaning, make=lambda make=make: _bytes(make()), rows=rows)  # type: ignore[misc]
        for name, meaning, make, rows in made
    ]
    return (*files, *(_bomb(one) for one in bombs()))


def _bomb(one: HostileFile) -> LargeFile:
    return LargeFile(name=one.name, meaning=one.meaning, make=lambda: one.content)


def _bytes(made: str | bytes) -> bytes:
    return made if isinstance(made, bytes) else made.encode()


def _cell() -> str:
    return "가나다라 " * (CELL // 5)


def _long_parquet() -> bytes:
    return _parquet(
        "SELECT '1' AS id, '2026-01-01' AS time, 'a' AS text UNION ALL "
        f"SELECT '2', '2026-01-01', repeat('가', {CELL})"
    )


def _wide_parquet() -> bytes:
    return _parquet("SELECT " + ", ".join(f"'1' AS c{n}" for n in range(20_000)))


def _parquet(query: str) -> bytes:
    with TemporaryDirectory(prefix="sonnim-") as folder, duckdb.connect() as connection:
        file = Path(folder) / "made.parquet"
        connection.execute(f"COPY ({query}) TO {quoted(str(file))} (FORMAT parquet)")
        return file.read_bytes()

"""Each kind of file and a database, with as many rows as a company may export.

Time is from `sonnim add` to the table `message`, in a process of its own. Mail is parsed message by
message by Python's own parser, so it comes with fewer; that its memory does not grow shows there.
"""

import gzip
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import duckdb
import xlsxwriter

from benchmarks.data import query, write_messages
from benchmarks.measuring import measured
from benchmarks.sheet import Figure

ROWS = 5_000_000
MAILS = 100_000
CELLS = 50_000
_MOST_MEMORY = 2048


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures every source; `folder` is for scratch, `rows` a smaller number for a quick look."""
    count = rows or ROWS
    found = []
    for name, (write, wanted) in SOURCES.items():
        number = min(count, wanted)
        tell(f"sources: {name}, {number:,} rows")
        place = write(folder, number)
        found += _figures(folder, name, place, number)
        for one in folder.iterdir():
            one.unlink() if one.is_file() else shutil.rmtree(one)
    tell("sources: a workbook beside its reader alone")
    return [*found, *_workbook(folder, min(count, CELLS))]


def _figures(folder: Path, name: str, place: str, number: int) -> list[Figure]:
    done = measured("add", place, folder / "workspace")
    got, rejected = done.numbers["new"], done.numbers["rejected"]
    if (got, rejected) != (number, 0):
        raise RuntimeError(f"{name}: expected {number} new rows, received {done.numbers}")
    what = f"{number:,} messages"
    return [
        Figure(name, number / done.seconds, "rows/s", what),
        Figure(
            f"{name}, most memory", done.peak / 2**20, "MiB", f"resident; {what}",
            most=_MOST_MEMORY,
        ),
    ]  # fmt: skip


def _workbook(folder: Path, number: int) -> list[Figure]:
    place = _xlsx(folder, number)
    alone = min(measured("calamine", place).seconds for _ in range(3))
    whole = []
    for _ in range(3):
        whole.append(measured("add", place, folder / "workspace").seconds)
        shutil.rmtree(folder / "workspace")
    what = f"{number:,} rows of 9 cells; best of 3"
    return [
        Figure("xlsx, python-calamine alone", alone, "s", what),
        Figure("xlsx, beyond its reader's own time", min(whole) - alone, "s", what, most=1),
    ]


def _csv_gz(folder: Path, rows: int) -> str:
    packed = "FORMAT csv, HEADER, COMPRESSION gzip"
    return str(write_messages(folder / "messages.csv.gz", rows, packed))


def _jsonl(folder: Path, rows: int) -> str:
    return str(write_messages(folder / "messages.jsonl", rows, "FORMAT json"))


def _json(folder: Path, rows: int) -> str:
    return str(write_messages(folder / "messages.json", rows, "FORMAT json, ARRAY true"))


def _parquet(folder: Path, rows: int) -> str:
    return str(write_messages(folder / "messages.parquet", rows, "FORMAT parquet"))


def _rows(rows: int) -> Iterator[tuple[str, ...]]:
    with duckdb.connect() as connection:
        made = connection.cursor()
        made.execute(query(rows))
        while found := made.fetchmany(50_000):
            yield from found


def _sqlite(folder: Path, rows: int) -> str:
    file = folder / "messages.db"
    with sqlite3.connect(file) as target:
        target.execute(
            "CREATE TABLE message (message_id TEXT PRIMARY KEY, time TEXT, customer_id TEXT, "
            "channel TEXT, rating INTEGER, product TEXT, branch TEXT, text TEXT, likes INTEGER)"
        )
        target.executemany("INSERT INTO message VALUES (?,?,?,?,?,?,?,?,?)", _rows(rows))
    target.close()
    return f"sqlite:///{file}"


def _kakaotalk(folder: Path, rows: int) -> str:
    file, day = folder / "KakaoTalk_20260302.txt", ""
    with file.open("w", encoding="utf-8") as out:
        out.write("단골방 님과 카카오톡 대화\n저장한 날짜 : 2026-03-02 15:00:00\n\n")
        for row in _rows(rows):
            date, clock = row[1].split(" ")
            if date != day:
                day = date
                year, month, number = (int(part) for part in date.split("-"))
                out.write(f"--------------- {year}년 {month}월 {number}일 월요일 ---------------\n")
            hour, minute = int(clock[:2]), clock[3:5]
            half = "오전" if hour < 12 else "오후"
            out.write(f"[{row[2]}] [{half} {hour % 12 or 12}:{minute}] {row[7]}\n")
    return str(file)


def _mbox(folder: Path, rows: int) -> str:
    file = folder / "inbox.mbox"
    with file.open("wb") as out:
        for row in _rows(rows):
            mail = EmailMessage()
            mail["From"], mail["To"] = f"{row[2]}@mail.example", "help@shop.example"
            mail["Message-ID"] = f"<{row[0]}@mail.example>"
            mail["Date"] = f"{int(row[1][8:10])} Jan 2026 {row[1][11:]} +0900"
            mail["Subject"] = row[5]
            mail.set_content(row[7])
            out.write(b"From MAILER-DAEMON Thu Jan  1 00:00:00 2026\n")
            out.write(mail.as_bytes() + b"\n")
    return str(file)


def _xlsx(folder: Path, rows: int) -> str:
    file = folder / "messages.xlsx"
    names = ("message_id", "time", "customer_id", "channel", "rating", "product", "branch", "text",
             "likes")  # fmt: skip
    with xlsxwriter.Workbook(str(file), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("messages")
        sheet.write_row(0, 0, names)
        for number, row in enumerate(_rows(rows), 1):
            sheet.write_row(number, 0, row)
    return str(file)


def _xlsx_gz(folder: Path, rows: int) -> str:
    file = Path(_xlsx(folder, rows))
    packed = file.with_name("messages.xlsx.gz")
    with file.open("rb") as plain, gzip.open(packed, "wb", compresslevel=1) as out:
        shutil.copyfileobj(plain, out)
    file.unlink()
    return str(packed)


SOURCES: dict[str, tuple[Callable[[Path, int], str], int]] = {
    "csv.gz": (_csv_gz, ROWS),
    "jsonl": (_jsonl, ROWS),
    "json": (_json, ROWS),
    "parquet": (_parquet, ROWS),
    "kakaotalk": (_kakaotalk, ROWS),
    "sqlite": (_sqlite, ROWS),
    "mbox": (_mbox, MAILS),
    "xlsx": (_xlsx, 1_000_000),
    "xlsx.gz": (_xlsx_gz, CELLS),
}
"""How each is written, and with how many rows it is measured at most."""

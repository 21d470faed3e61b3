"""Hostile texts: CSV and TSV, JSON, and chats of KakaoTalk."""

import json
from dataclasses import dataclass

from sonnim.checks.hostile_cells import NAMES, TEXTS, as_csv, as_jsonl, hostile_rows

HEADER = "id,time,text,rating\n"
ROW = "1,2026-01-01T00:00:00Z,배송이 빨라요,5\n"
GOOD = HEADER + ROW


@dataclass(frozen=True, kw_only=True)
class HostileFile:
    """One file and what is wrong with it.

    Attributes:
        name: File name.
        meaning: What is wrong with it.
        content: Its bytes.
        rows: Rows that it holds, each to be taken or rejected; -1 where that is open.
    """

    name: str
    meaning: str
    content: bytes
    rows: int = -1


def hostile_texts() -> tuple[HostileFile, ...]:
    """All small ones."""
    return (*_tables(), *_json(), *_chats())


def text_file(name: str, meaning: str, text: str, rows: int = -1) -> HostileFile:
    """A file of text in UTF-8."""
    return HostileFile(
        name=name, meaning=meaning, content=text.encode("utf-8", "surrogatepass"), rows=rows
    )


def _csv(name: str, meaning: str, text: str, rows: int = -1) -> HostileFile:
    return text_file(f"{name}.csv", meaning, text, rows)


def _tables() -> list[HostileFile]:
    many = ",".join(f"c{i}" for i in range(5_000))
    mixed = (
        GOOD.encode() + "2,2026-01-01T00:00:00Z,느려요,1\n".encode("cp949") + b"3,\xff\xfe,x,1\n"
    )
    rows = hostile_rows()
    cells = [NAMES, *(row.cells for row in rows)]
    odd = 'id,"te""xt","; DROP TABLE x",별 점,👍,=1+1,\u202eabc,"a\nb",{scan},sonnim_row\n'
    return [
        _csv("empty", "nothing at all", "", 0),
        _csv("blank", "blank lines only", "\n\n  \n", 0),
        _csv("header-only", "a header and no rows", HEADER, 0),
        _csv("header-twice", "two headers", HEADER + GOOD, 2),
        _csv("no-newline", "no newline at the end", GOOD.rstrip(), 1),
        _csv("cells", "hostile cells", as_csv(cells), len(rows)),
        text_file("cells.tsv", "hostile cells", as_csv(cells, "\t"), len(rows)),
        _csv("nul", "NUL bytes", HEADER + "1,2026-01-01,a\x00b,5\n\x00,\x00,\x00,\x00\n", 2),
        _csv("long-cell", "a million characters", f"{HEADER}1,2026-01-01,{'가' * 10**6},5\n", 1),
        _csv("wide", "five thousand columns", f"{many}\n{many}\n"),
        _csv("same-names", "columns of the same name", "id,text,text,TEXT\n1,a,b,c\n"),
        _csv("same-korean", "Korean columns of the same name",
             "번호,작성일,내용,내용,별점,별점\n1,2026-01-01,가,나,5,1\n"
             "2,2026-01-02,다,라,4,2\n", 2),
        _csv("no-names", "columns without names", ",,\n1,가,2\n"),
        _csv("odd-names", "names with quotes, signs and SQL",
             odd + "1,a,b,5,1,2,3,4,5,6\n"),
        _csv("long-name", "a name of 100,000 characters", f"id,time,{'n' * 100_000}\n1,2026,x\n"),
        _csv("ragged", "rows of different lengths", HEADER + "1\n1,2,3,4,5,6\n" + ROW, 3),
        _csv("stray-quote", "one stray quote", HEADER + '2,2026-01-01,화면이 5" 예요,5\n' + ROW, 2),
        _csv("open-quote", "a quote that never ends",
             HEADER + '0,2026-01-01,"abc,5\n' + "".join(f"{n}{ROW}" for n in range(50)), 51),
        _csv("formula", "spreadsheet formulas", HEADER + '1,2026-01-01,"=CMD(""x"")",5\n', 1),
        _csv("bad-times", "times that cannot be",
             HEADER + ROW + "2,2026-13-45T99:00:00Z,a,5\n3,,b,x\n", 3),
        _csv("line-ends", "mixed line ends", HEADER.strip() + "\r\n1,,a,5\r2,2026,b,1\n", 2),
        _csv("same-ids", "one id three times", HEADER + ROW + ROW + ROW.replace("5", "1"), 3),
        HostileFile(name="mixed.csv", meaning="three encodings", content=mixed, rows=3),
        HostileFile(name="cp949.csv", meaning="old Korean Windows",
                    content=GOOD.encode("cp949"), rows=1),
        HostileFile(name="utf16.csv", meaning="UTF-16", content=GOOD.encode("utf-16"), rows=1),
        HostileFile(name="half-utf16.csv", meaning="half a character",
                    content=GOOD.encode("utf-16")[:-1]),
        HostileFile(name="utf32.csv", meaning="UTF-32", content=GOOD.encode("utf-32")),
        HostileFile(name="bom.csv", meaning="a byte order mark",
                    content=GOOD.encode("utf-8-sig"), rows=1),
        HostileFile(name="bom-only.csv", meaning="a byte order mark only",
                    content="".encode("utf-8-sig"), rows=0),
        HostileFile(name="noise.csv", meaning="every byte", content=bytes(range(256)) * 40),
        HostileFile(name="nothing-but-nul.csv", meaning="NUL bytes only", content=b"\x00" * 4096),
    ]  # fmt: skip


def _json() -> list[HostileFile]:
    rows = [
        {"id": "1", "time": "2026-01-01", "text": "좋아요"},
        {"id": 2, "time": "2026-01-01", "text": ["목록"]},
        {"time": "2026-01-02", "text": None},
        7,
        "x",
        None,
    ]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    every = hostile_rows()
    good = '{"id": "1", "time": "2026-01-01", "text": "가"}\n'
    deep = "[" * 5_000 + "]" * 5_000
    return [
        text_file("cells.jsonl", "hostile cells", as_jsonl(every), len(every)),
        text_file("cells.json", "hostile cells in a list",
                  f"[{','.join(as_jsonl(every).splitlines())}]", len(every)),
        text_file("broken.jsonl", "a line cut off", good + good.replace("1", "2")[:-9], 2),
        text_file("types.jsonl", "a column of many types", lines, 6),
        text_file("deep.json", "five thousand brackets", deep),
        text_file("deep-cell.jsonl", "a cell of five thousand brackets",
                  good + f'{{"id": "2", "time": "2026-01-01", "text": {deep}}}\n', 2),
        text_file("deep-objects.json", "five thousand objects in each other",
                  '{"a":' * 5_000 + "1" + "}" * 5_000),
        text_file("unclosed.json", "brackets that never close", '[{"a":' * 5_000),
        text_file("scalar.json", "no table at all", "42"),
        text_file("surrogate.jsonl", "half an emoji",
                  '{"id": "1", "time": "2026-01-01", "text": "\\ud83d"}\n', 1),
        text_file("raw-surrogate.jsonl", "half an emoji in bytes",
                  '{"id": "1", "time": "2026-01-01", "text": "\ud83d"}\n'),
        text_file("escaped-nul.jsonl", "a NUL by its escape",
                  '{"id": "1", "time": "2026-01-01", "text": "a\\u0000b"}\n', 1),
        text_file("same-keys.jsonl", "a name twice in one object",
                  '{"id": "1", "time": "2026-01-01", "text": "a", "text": "b"}\n', 1),
        text_file("odd-keys.jsonl", "odd names", json.dumps(
            {"id": "1", "time": "2026-01-01", "text": "a", "": 1, "a.b": 1, "a/b~c": 2, '"': 3,
             "$": 4, "*": 5, "text\u0000": 6, "=1": 7}) + "\n"),
        text_file("huge-int.jsonl", "an integer of 5,000 digits",
                  f'{{"id": {"9" * 5000}, "time": "2026-01-01", "text": "a"}}\n', 1),
        text_file("nan.jsonl", "NaN and Infinity", good.replace('"1"', "NaN")),
        text_file("empty.jsonl", "nothing at all", "", 0),
        text_file("empty-list.json", "an empty list", "[]", 0),
        text_file("empty-objects.json", "empty objects", "[{}, {}, {}]"),
        text_file("lists.json", "lists in a list", "[[1, 2], [3, 4]]"),
        text_file("trailing.json", "words behind the end", f"[{good}] and more"),
        text_file("prefix.js", "a prefix and no more", "window.YTD.tweets.part0 = "),
    ]  # fmt: skip


def _chats() -> list[HostileFile]:
    begin = "가게 님과 카카오톡 대화\n저장한 날짜 : 2026-01-01 10:00:00\n\n"
    day = "--------------- 2026년 1월 1일 목요일 ---------------\n"
    said = "".join(
        f"[손님] [오전 10:{n % 60:02}] {text}\n" for n, text in enumerate(TEXTS) if "\n" not in text
    )
    return [
        text_file("chat-cells.txt", "hostile words in a chat", begin + day + said),
        text_file("chat-no-day.txt", "messages before any day", begin + said + day + said),
        text_file("chat-bad-day.txt", "a day that cannot be",
                  begin + day.replace("1월 1일", "13월 77일") + "[손님] [오전 99:99] 안녕\n"),
        text_file("chat-header.txt", "a chat without messages", begin + day),
        text_file("chat-table.csv", "a chat as a table, cut off",
                  'Date,User,Message\n2026-01-01 10:00:00,"손님","안녕\n하세'),
        text_file("chat-years.txt", "the years 1 and 9999",
                  begin + day.replace("2026", "0001") + "[가] [오전 1:00] 처음\n"
                  + day.replace("2026", "9999") + "[가] [오전 1:00] 끝\n", 2),
    ]  # fmt: skip

"""A small company with one person who is everywhere, for the tests of export and erasure.

`minsu_77` writes (two conversations, one of them with others), orders and answers as customer
`CUSTOMER`, stands in rows that could not be taken, is spoken of by others, was changed by a merge,
and is linked by `account`. Each thing they wrote holds a word that nobody else uses.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

import sonnim
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.arrow import batch
from sonnim.tables.facts import ACCOUNT, PERSON, TIE
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.table import Table
from sonnim.workspace.reporting import report
from sonnim.workspace.saving import save
from sonnim.workspace.workspace import Workspace
from tests.workspace.worlds import core_exports

HANDLE = "Minsu_77"
CUSTOMER = "C7777777"
MARKERS = (
    "quokka", "wombat", "numbat", "bandicoot", "potoroo", "bilby", "dunnart", "김쿼카", "kowari",
)  # fmt: skip
TWEETS = ("tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id",
          "in_response_to_tweet_id")  # fmt: skip
# A table of an analyzer that is not installed: the catalog does not know it.
FAN = TableSchema(
    name="fan",
    version=1,
    meaning="One admirer",
    key=("who",),
    columns=(
        Column(name="who", meaning="Pseudonym"),
        Column(name="said", type=ColumnType.STRINGS, meaning="Messages that show it"),
    ),
)
Tweet = tuple[str, str, str, str, str, str, str]


def tweet(number: int, author: str, text: str, answers: int | None = None) -> Tweet:
    inbound = str(author != "harudam")
    time = f"Tue Mar 03 {number % 24:02d}:10:47 +0000 2026"
    return (str(number), author, inbound, time, text, "", str(answers or ""))


def tweets(first: str = "quokka") -> list[Tweet]:
    """Two conversations of theirs, one of others; `first` is a word of their first message."""
    return [
        tweet(1, HANDLE, f"The {first} app of @harudam crashes again and again"),
        tweet(2, "harudam", f"@{HANDLE} so sorry, wombat! Write us your number", 1),
        tweet(3, HANDLE, "My number is potoroo 01012345678", 2),
        tweet(10, HANDLE, "Does the bilby cake taste of anything to anyone?"),
        tweet(11, "jiwoo", f"@{HANDLE.lower()}님 저도요, 너무 실망이에요", 10),
        tweet(12, "harudam", "@jiwoo we are sorry to hear that", 11),
        tweet(13, "harudam", f"@{HANDLE} dunnart, we will look into it", 10),
        tweet(20, "jiwoo", f"{HANDLE} said it first: I am leaving, too. Minsu is right. @minsu"),
        tweet(21, "harudam", "@jiwoo please stay", 20),
        tweet(30, "minsu", "I am somebody else, and I love the cake so much"),
    ]


def write_tweets(file: Path, rows: Iterable[Tweet], *lines: str) -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([TWEETS, *rows])
        stream.writelines(f"{line}\r\n" for line in lines)
    return file


def pseudonym(raw: str) -> str:
    """As the importer makes it, spelled out again."""
    rows = duckdb.execute(
        "SELECT 'p_' || left(md5('sonnim-person:' || lower(trim(?))), 16)", [raw]
    ).fetchall()
    return str(rows[0][0])


def rename_busiest(exports: Path) -> None:
    """Gives the customer who is in most files, and writes most, the number `CUSTOMER`."""
    files = [exports / name for name in ("survey.csv", "tickets.csv", "orders.csv")]
    found = [Counter(re.findall(rb"C\d{7}", file.read_bytes())) for file in files]
    busiest = max(sorted(found[0]), key=lambda one: min(counts[one] for counts in found))
    assert min(counts[busiest] for counts in found) > 1
    for file in files:
        file.write_bytes(file.read_bytes().replace(busiest, CUSTOMER.encode()))


def put(workspace: Workspace, schema: TableSchema, rows: Iterable[Mapping[str, object]]) -> None:
    """Appends rows to a table, as a connector of somebody else might."""
    given = list(rows)
    values = {name: [row.get(name) for row in given] for name in schema.names}
    with DuckEngine() as engine:
        table = engine.load(Table(schema=schema, name=schema.name), batch(schema, values))
        save(workspace.store, engine, table)


def make(folder: Path) -> Workspace:
    """The company's workspace: several snapshots, merges, all analyzers run twice, a report."""
    exports = core_exports(folder, seed=11, messages=500)
    rename_busiest(exports)
    workspace = sonnim.new(folder / "ws", company="하루담")
    for name in ("reviews", "survey", "tickets", "orders"):
        workspace.add(exports / f"{name}.csv", map=["timezone=Asia/Seoul"])
    broken = ("40", HANDLE, "True", "no date at all", "bandicoot", "", "")
    plain = [tweet(50 + n, f"guest{n}", f"The app crashes, wave {n}") for n in range(30)]
    file = write_tweets(folder / "tweets.csv", [*tweets(), *plain, broken])
    workspace.add(file, source="tweets")
    workspace.run()
    # The same export a month later: a message was edited, and a line is broken.
    line = f'41,{HANDLE},True,"kowari",too,many,fields,in,this,line'
    workspace.add(write_tweets(file, [*tweets("numbat"), *plain, broken], line), source="tweets")
    one, two, other = pseudonym(HANDLE), pseudonym(CUSTOMER), pseudonym("jiwoo")
    put(workspace, ACCOUNT, [
        {"source": "tweets", "source_id": HANDLE, "person_id": one, "probability": 1.0},
        {"source": "orders", "source_id": CUSTOMER, "person_id": one, "probability": 0.97},
        {"source": "tweets", "source_id": "jiwoo", "person_id": other, "probability": 1.0},
    ])  # fmt: skip
    put(workspace, PERSON, [{"person_id": two, "name": "김쿼카", "kind": "customer"}])
    ties = ((other, one), (one, other), (other, pseudonym("guest1")))
    put(workspace, TIE, [
        {"time": 1_770_000_000_000_000 + n, "from_id": a, "to_id": b, "kind": "mention",
         "message_id": "tweets:20"} for n, (a, b) in enumerate(ties)
    ])  # fmt: skip
    put(workspace, FAN, [
        {"who": one, "said": ["tweets:1"]},
        {"who": other, "said": ["tweets:20", "tweets:10"]},
    ])  # fmt: skip
    workspace.run()
    (workspace.folder / "report.html").write_text(report(workspace, "ko"), encoding="utf-8")
    return workspace


def everything(folder: Path) -> str:
    """All that lies in a folder in small letters: bytes, and Parquet files unpacked."""
    found = []
    for file in sorted(folder.rglob("*")):
        if not file.is_file():
            continue
        found.append(file.read_bytes().decode("utf-8", errors="replace"))
        if file.suffix == ".parquet":
            found.append(str(duckdb.sql(f"FROM read_parquet('{file}')").fetchall()))
    return "\n".join(found).lower()


def rows_of(workspace: Workspace, name: str) -> list[dict[str, object]]:
    """The rows of a table, whether or not the catalog knows it."""
    schema = workspace.store.described(name)
    files = list(workspace.store.snapshot(schema).files)
    if not files:
        return []
    found = duckdb.sql(f"FROM read_parquet({files}, union_by_name = true)")
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    # A column that no file has is empty in all rows.
    return [{column: row.get(column) for column in schema.names} for row in rows]

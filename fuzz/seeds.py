"""What fuzzing begins with: our payloads, the hostile files, and words written for it."""

import hashlib
from pathlib import Path

from fuzz.families import SUFFIXES, Family
from sonnim.checks.hostile_files import hostile_files

ROOT = Path(__file__).resolve().parent.parent
_LARGEST = 16_000
WORDS: dict[str, tuple[str, ...]] = {
    "times": (
        "2024-03-05T10:00:00Z\n2024-03-06", "24.03.05\n24.12.31", "2024년 3월 5일 오후 2:30",
        "3/14/2026 2:30 PM\n1/2/2026 9:05 AM", "1710000000\n1710000001", "45356.5\n45357",
        "0001-01-01\n9999-12-31", "Tue, 5 Mar 2024 10:00:00 +0900", "2026/03/05 2:30:15 PM GMT+9",
        "2024. 3. 5. 오후 2:30:00", "05-Mar-2024 10:00", "20240305103000",
    ),
    "numbers": (
        "1,234.5\n12", "1.234,5\n7,25", "₩12,900\n3500원", "★★★★☆\n★", "별 다섯 개\n별 하나",
        "4/5\n3 / 5", "1.2만\n3천", "nan\ninf\n-Infinity\n1e400", "4.5 out of 5 stars", "3.4K\n120",
    ),
    "questions": (
        "How likely are you to recommend us?\n9\n10\n0",
        "응대에 얼마나 만족하셨나요? (1~7점)\n5 - 만족\n2",
        "그 이유는 무엇인가요?\n빨라요", "How easy was it?\nVery easy\nDifficult",
    ),
    "map": (
        "text=내용 time=작성일 kind:=review\n내용\n작성일\n2026-01-01",
        'text="my column"\nmy column',
        "timezone=Asia/Seoul dates=dmy\ntext\ntime\n3/4/2026", "table=event type:=visit\ntime",
        "answer.nps=score\nscore\n7", "message/reply.text=b\nb",
    ),
    "links": (
        '<https://a.b/?page=1>; rel="prev", </?page=3>; rel="next"\n120',
        "<x>; rel=next\nWed, 21 Oct 2026 07:28:00 GMT",
    ),
    "pages": (
        '/x\n\n{"data": [{"id": 1}], "next": "/x?p=2"}\n\n[{"id": 2}]',
        '?a=1\n\n{"items": [{"id": "1"}], "next_cursor": "c"}\n\n{"items": []}',
        '//h\n\n[1, null, {"id": 1.5}]\n\n[{"id": true}]',
    ),
    "toml": (
        'company = "x"\nstore = "data"\ntimezone = "Asia/Seoul"\n'
        '[sources.s]\ntables = ["message"]\n'
        'columns = ["id", "text", "time"]\ntimezone = ""\nkorean = 0.5\nleftover = []\n'
        '[sources.s.message]\ntext = {column = "text"}\ntime = {column = "time", format = "iso"}\n'
        '[sources.s.from]\nlocation = "http://x"\nitems = "a"\n',
    ),
}  # fmt: skip


def write_seeds(family: Family, folder: Path) -> int:
    """Writes the seeds of a family to a folder; says how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    seeds = [text.encode() for text in WORDS.get(family.name, ())]
    seeds += [_led(family, name, content) for name, content in _contents(family)]
    for content in seeds:
        digest = hashlib.sha256(content).hexdigest()[:16]
        (folder / digest).write_bytes(content)
    return len(seeds)


def _contents(family: Family) -> list[tuple[str, bytes]]:
    every = [(one.name, one.content) for one in hostile_files()]
    every += [
        (path.name, path.read_bytes())
        for path in sorted((ROOT / "tests" / "payloads").rglob("*"))
        if path.is_file() and (path.suffix != ".toml" or family.name == "toml")
    ]
    return [
        (name, content)
        for name, content in every
        if len(content) <= min(_LARGEST, family.longest * 4)
        and ("*" in family.suffixes or name.endswith(family.suffixes or ("no such",)))
    ]


def _led(family: Family, name: str, content: bytes) -> bytes:
    if family.name != "files":
        return content
    # The first byte says which ending the file has.
    suffix = Path(name).suffix
    return bytes([SUFFIXES.index(suffix) if suffix in SUFFIXES else 0]) + content

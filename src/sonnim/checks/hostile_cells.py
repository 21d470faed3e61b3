"""Values that break careless programs: texts, times and numbers, each with what is wrong with it.

Every kind of file carries the same ones (`hostile_files.py`), so that a reader that minds one of
them is found whatever it reads.
"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

NAMES = ("id", "time", "text", "rating")
"""Columns of the hostile tables."""
GOOD_TIME = "2026-01-01T00:00:00Z"

FORMULAS = (
    '=HYPERLINK("http://a.example","여기")', "+1+1", "-2+3", "@SUM(A1)", "=1\t", "\t=1", "\r=1",
    "|calc", "=cmd|' /C calc'!A0",
)  # fmt: skip
"""Texts that a spreadsheet would run; exported they must be texts."""

TEXTS = (
    *FORMULAS, "a\x00b", "\x00", "👩‍👩‍👧‍👦😀🇰🇷", "e\u0301\u0301\u0301", 
    "\u202eevil\u202c مرحبا שלום",
    "\u200b\ufeff", "가나다라", "ㄱㅏ", "\u1112\u1161\u11ab", "\U0010ffff\ufffe\uffff",
    "\x01\x02\x1b[31m\x7f\x85", "'; DROP TABLE message; --", '"', '""', "'", "\\", "\\\\N", "\\N",
    "NULL", "null", "None", "NaN", "nan", "-", "1", "1,2;3|4", "a\nb", "a\r\nb", "a\rb",
    "{scan}", "{0}", "%s%n", "${HOME}", "../../etc/passwd", "<script>alert(1)</script>",
    "&lt;b&gt;", "[1", '{"a":', "true", " ", "\u3000", "\u2028", "가" * 3000,
)  # fmt: skip
"""Texts, each of which is a good text of a message, as odd as it is."""

TIMES = (
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "-0044-03-15T00:00:00Z",
    "10000-01-01T00:00:00Z", "0000-00-00 00:00:00", "2026-02-30T00:00:00Z",
    "2026-01-01T25:00:00Z", "2026-06-30T23:59:60Z", "infinity", "-infinity", "epoch", "now",
    "today", "NaN", "1e400", "2026-01-01T00:00:00+99:99", "2026-01-01T00:00:00 Mars/Phobos",
    "294247-01-10T04:00:54Z", "290309-12-22 (BC)", "2026-01-01T00:00:00\x00Z", "①②③④-0①-0①",
)  # fmt: skip

NUMBERS = (
    "NaN", "nan", "inf", "-inf", "Infinity", "1e400", "-1e400", "1e-400", "-0", "9" * 400,
    "1." + "0" * 400 + "1", "0x10", "１２", "٣", "1_000", "1e", "--1", "½", "∞", "5\x00",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class HostileRow:
    """One row of `NAMES`."""

    id: str
    time: str
    text: str
    rating: str

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Its cells in the order of `NAMES`."""
        return self.id, self.time, self.text, self.rating


def hostile_rows() -> tuple[HostileRow, ...]:
    """A table of hostile values, one in each row, between rows that are good.

    Example:
        >>> rows = hostile_rows()
        >>> rows[0].cells, len({row.id for row in rows}) == len(rows)
        (('g0', '2026-01-01T00:00:00Z', '좋아요', '5'), True)
    """
    good = [
        HostileRow(id=f"g{n}", time=GOOD_TIME, text="좋아요", rating="5") for n in range(30)
    ]  # fmt: skip
    texts = [
        HostileRow(id=f"t{n}", time=GOOD_TIME, text=text, rating="4")
        for n, text in enumerate(TEXTS)
    ]
    times = [
        HostileRow(id=f"d{n}", time=time, text="언제?", rating="3") for n, time in enumerate(TIMES)
    ]
    numbers = [
        HostileRow(id=f"n{n}", time=GOOD_TIME, text="얼마?", rating=number)
        for n, number in enumerate(NUMBERS)
    ]
    return (*good, *texts, *times, *numbers)


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    r"""Rows as delimited text, well-formed.

    Example:
        >>> as_csv([("a", "b;"), ("1,2", "")])
        'a,b;\r\n"1,2",\r\n'
    """
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL).writerows(rows)
    return target.getvalue()


def as_jsonl(rows: Sequence[HostileRow]) -> str:
    """Rows as lines of JSON."""
    return "".join(
        json.dumps(dict(zip(NAMES, row.cells, strict=True)), ensure_ascii=False) + "\n"
        for row in rows
    )

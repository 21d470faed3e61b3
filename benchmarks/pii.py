"""Personal data in texts: how much is found, how much is taken for it that is none, how fast.

`python -m benchmarks.pii [--page docs/concepts/personal-data.md]`

Measured on `tests/language/pii_cases`: texts written by hand in both languages, in which all that
is personal is marked `{kind|value}`. The rules were written and tuned on the half called `dev`; the
figures are those of the half called `test`. A value is found if all of it is; what is found is
right if it is of that kind and at least half of both is common to both.

Peer, where it is installed: `ko-pii` (MIT), on the kinds that both know. Speed is that of one core,
the best of three rounds.
"""

import argparse
import importlib
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.data import query
from benchmarks.mood import one_core
from benchmarks.sheet import Figure
from sonnim.language.pii import LABELS, find, mask

CASES = Path(__file__).resolve().parent.parent / "tests" / "language" / "pii_cases"
LANGUAGES = ("ko", "en")
MARKS = (
    "<!-- written by `python -m benchmarks.pii --page docs/concepts/personal-data.md` -->",
    "<!-- end -->",
)
_MARKED = re.compile(r"\{(\w+)\|([^{}]*)\}")
_ROUNDS = 3
_TEXTS = 20_000
# Kinds of ko-pii in our words; what it finds beyond them (age, position, major) is left out.
_PEER_KINDS = {
    "RRN": "resident_number", "FRN": "foreigner_number", "PHONE": "phone", "FAX": "phone",
    "ACCOUNT": "account", "CARD": "card", "ADDRESS": "address", "POSTAL_CODE": "address",
    "PERSON": "name", "PASSPORT": "passport", "DRIVER_LICENSE": "driver_licence",
    "BUSINESS_REG": "business_number", "EMAIL": "email", "IP": "ip",
}  # fmt: skip

Span = tuple[int, int, str]
Finder = Callable[[str], list[Span]]


@dataclass(frozen=True)
class Case:
    """One text with what is personal in it."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Score:
    """What came of one kind, or of all.

    Attributes:
        there: Values in the texts.
        found: Those of them that were found whole.
        said: What was found in all.
        right: What of that is personal data of its kind.
    """

    there: int = 0
    found: int = 0
    said: int = 0
    right: int = 0

    @property
    def recall(self) -> float | None:
        """Share of what is there that is found."""
        return self.found / self.there if self.there else None

    @property
    def precision(self) -> float | None:
        """Share of what is found that is right."""
        return self.right / self.said if self.said else None


def unmarked(marked: str) -> Case:
    """A case as it is written, read.

    Example:
        >>> unmarked("call {phone|010-0123-4567} now")
        Case(text='call 010-0123-4567 now', spans=((5, 18, 'phone'),))
    """
    text, spans, at = "", [], 0
    for found in _MARKED.finditer(marked):
        text += marked[at : found.start()]
        spans.append((len(text), len(text) + len(found[2]), found[1]))
        text += found[2]
        at = found.end()
    return Case(text + marked[at:], tuple(spans))


def cases(language: str, part: str) -> list[Case]:
    """The cases of one language and half."""
    lines = (CASES / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [unmarked(row["text"]) for row in rows if row["part"] == part]


def ours(text: str) -> list[Span]:
    """What Sonnim finds."""
    return [(one.start, one.end, one.kind) for one in find(text)]


def scored(finder: Finder, given: Sequence[Case], kinds: Sequence[str]) -> dict[str, Score]:
    """The score of each kind that occurs, and of all together under ""."""
    counts: dict[str, Counter[str]] = {"there": Counter(), "found": Counter(),
                                       "said": Counter(), "right": Counter()}  # fmt: skip
    for case in given:
        said = [span for span in finder(case.text) if span[2] in kinds]
        for span in (one for one in case.spans if one[2] in kinds):
            for kind in ("", span[2]):
                counts["there"][kind] += 1
                counts["found"][kind] += any(_covers(one, span) for one in said)
        for span in said:
            for kind in ("", span[2]):
                counts["said"][kind] += 1
                counts["right"][kind] += any(_agrees(span, one) for one in case.spans)
    names = ["", *(kind for kind in kinds if counts["there"][kind] or counts["said"][kind])]
    return {name: Score(**{what: count[name] for what, count in counts.items()}) for name in names}


def _covers(one: Span, gold: Span) -> bool:
    return one[2] == gold[2] and one[0] <= gold[0] and one[1] >= gold[1]


def _agrees(one: Span, gold: Span) -> bool:
    common = min(one[1], gold[1]) - max(one[0], gold[0])
    return one[2] == gold[2] and 2 * common >= max(one[1], gold[1]) - min(one[0], gold[0])


def untouched(finder: Finder, given: Sequence[Case]) -> float:
    """Share of the texts that hold nothing personal in which nothing is found."""
    clean = [case for case in given if not case.spans]
    return sum(not finder(case.text) for case in clean) / len(clean)


def figures(folder: Path, rows: int | None, tell: Callable[[str], None]) -> list[Figure]:
    """Measures finding and masking; `rows` is how many made-up texts are timed."""
    del folder
    tell("personal data")
    found: list[Figure] = []
    for language in LANGUAGES:
        given = cases(language, "test")
        found += _quality(language, "sonnim", ours, given, list(LABELS), goal=True)
    found += _speed(min(rows or _TEXTS, _TEXTS))
    found += _peer()
    return found


def _quality(
    language: str,
    who: str,
    finder: Finder,
    given: Sequence[Case],
    kinds: Sequence[str],
    *,
    goal: bool,
) -> Iterator[Figure]:
    score = scored(finder, given, kinds)[""]
    name = f"personal data {language}, {who}"
    least = 0.95 if goal else None
    note = f"{score.right} of {score.said} found; {len(given)} texts written by hand"
    yield Figure(f"{name}: precision", score.precision, "share", note, least=least)
    note = f"{score.found} of {score.there} values whole"
    yield Figure(f"{name}: recall", score.recall, "share", note, least=least)
    note = f"of {sum(not case.spans for case in given)} without personal data"
    yield Figure(f"{name}: texts rightly left alone", untouched(finder, given), "share", note)


def _speed(rows: int) -> Iterator[Figure]:
    with duckdb.connect() as connection:
        made = [
            row[0] for row in connection.execute(f"SELECT text FROM ({query(rows)})").fetchall()
        ]
    written = [
        case.text for one in LANGUAGES for part in ("dev", "test") for case in cases(one, part)
    ]
    clean = [text for text in written if not find(text)]
    personal = [text for text in written if find(text)]
    for name, texts, least in (
        ("made-up messages without any", made, 20_000.0),
        ("the written texts without any, most with numbers", clean, None),
        ("the written texts with some", personal, None),
    ):
        rate = _rate(mask, texts)
        length = sum(map(len, texts)) / len(texts)
        note = f"one core; {len(texts):,} texts of {length:.0f} characters on average"
        yield Figure(f"personal data masked in {name}: speed", rate, "texts/s", note, least=least)


def _rate(work: Callable[[str], object], texts: Sequence[str]) -> float:
    best = float("inf")
    with one_core():
        for _ in range(_ROUNDS):
            begin = time.perf_counter()
            for text in texts:
                work(text)
            best = min(best, time.perf_counter() - begin)
    return len(texts) / best


def _peer() -> Iterator[Figure]:
    try:
        detect = importlib.import_module("ko_pii").detect_all
    except ImportError:
        note = "not installed (pip install ko-pii)"
        yield Figure("personal data, ko-pii", None, "share", note)
        return

    def theirs(text: str) -> list[Span]:
        return [
            (one.start, one.end, _PEER_KINDS[one.label])
            for one in detect(text)
            if one.label in _PEER_KINDS
        ]

    kinds = sorted(set(_PEER_KINDS.values()))
    for language in LANGUAGES:
        given = cases(language, "test")
        name = f"{language}, kinds of both"
        yield from _quality(name, "ko-pii", theirs, given, kinds, goal=False)
        yield from _quality(name, "sonnim", ours, given, kinds, goal=False)
    texts = [case.text for one in LANGUAGES for case in cases(one, "test")]
    yield Figure("personal data, ko-pii: speed", _rate(theirs, texts), "texts/s", "the test half")
    yield Figure("personal data, sonnim: speed", _rate(ours, texts), "texts/s", "the test half")


def table() -> str:
    """The scores of the test half in Markdown, by language and kind."""
    lines = [
        "| Kind | ko: values | precision | recall | en: values | precision | recall |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    both = [scored(ours, cases(one, "test"), list(LABELS)) for one in LANGUAGES]
    for kind in ("", *LABELS):
        cells = []
        for scores in both:
            score = scores.get(kind, Score())
            cells += [str(score.there), _shown(score.precision), _shown(score.recall)]
        lines.append(f"| {f'`{kind}`' if kind else '**all**'} | {' | '.join(cells)} |")
    shares = [untouched(ours, cases(one, "test")) for one in LANGUAGES]
    sizes = [sum(not case.spans for case in cases(one, "test")) for one in LANGUAGES]
    said = "; ".join(
        f"{one}: {share:.3f} of {size}"
        for one, share, size in zip(LANGUAGES, shares, sizes, strict=True)
    )
    return "\n".join([*lines, "", f"Texts without personal data left as they are: {said}.", ""])


def _shown(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def put_in(page: str, text: str) -> str:
    """The page with the text between its marks."""
    begin, end = MARKS
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{text}{end}{rest.partition(end)[2]}"


def main() -> None:
    """Prints the table, and writes it into a page if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--page", type=Path, help="the page to write the table into")
    given = parser.parse_args()
    print(table())
    if given.page:
        page = given.page.read_text(encoding="utf-8")
        given.page.write_text(put_in(page, table()), encoding="utf-8")


if __name__ == "__main__":
    main()

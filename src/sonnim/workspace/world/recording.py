"""Keeps the truth while the files are written: a row for each text and opinion, and sums."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol, TypeVar

from sonnim.workspace.world.plan import RELEASE_DAY, Branch
from sonnim.workspace.world.sizes import POSTS, STAFF
from sonnim.workspace.world.texts.fragments import NEGATIVE, Text

TEXT_COLUMNS = (
    "file", "id", "time", "language", "label", "contrast", "sarcastic", "negated", "compared",
    "short", "aspects", "branch", "issue", "person", "bot",
)  # fmt: skip
OPINION_COLUMNS = (
    "file", "id", "start", "end", "target_start", "target_end", "category", "polarity", "words",
)  # fmt: skip
NETWORK_COLUMNS = ("time", "from", "to", "kind", "post")

Key = TypeVar("Key", tuple[str, str, str], tuple[str, str])


class Writer(Protocol):
    """What `csv.writer` gives."""

    def writerow(self, row: Sequence[object], /) -> object:
        """Writes one row."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One text that stands in a file: who said it, when and where, and how it is meant.

    Attributes:
        file: File that holds it.
        key: Its id there.
        time: When.
        language: ko or en.
        label: negative, neutral or positive.
        aspects: What it was to be about.
        branch: The branch it is about.
        issue: The planted issue it speaks of, or "".
        person: Who wrote it, as the truth names them, or "".
        text: The text.
        bot: Whether a bot or somebody paid wrote it.
    """

    file: str
    key: str
    time: datetime
    language: str
    label: str
    aspects: tuple[str, ...]
    branch: Branch
    issue: str
    person: str
    text: Text
    bot: bool = False


@dataclass
class Sums:
    """What is counted while writing.

    Attributes:
        effects: By file, metric and unit: sum and number before the release, the same from it on.
        units: By unit and month: promoters less detractors and number among those asked, and
            among all who would have been.
        issues: By issue: texts that speak of it.
        rows: By file: rows.
    """

    effects: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    units: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    issues: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def value(
        self, file: str, metric: str, branch: Branch | None, time: datetime, value: int
    ) -> None:
        """Counts one value of a metric; without a branch where the file names none."""
        after = time.date() >= RELEASE_DAY
        for unit in ("", branch.name) if branch else ("",):
            cell = self.effects.setdefault((file, metric, unit), [0, 0, 0, 0])
            cell[2 * after] += value
            cell[2 * after + 1] += 1

    def asked(
        self, branch: Branch, time: datetime, score: int, *, asked: bool, honest: bool
    ) -> None:
        """Counts one answer to "would you recommend us"."""
        cell = self.units.setdefault((branch.name, f"{time:%Y-%m}"), [0, 0, 0, 0])
        points = (score >= 9) - (score <= 6)
        if asked:
            cell[0] += points
            cell[1] += 1
        if honest:
            cell[2] += points
            cell[3] += 1

    def add(self, other: "Sums") -> None:
        """Adds what another process counted."""
        _add(self.effects, other.effects)
        _add(self.units, other.units)
        for issue, n in other.issues.items():
            self.issues[issue] = self.issues.get(issue, 0) + n
        for name, n in other.rows.items():
            self.rows[name] = self.rows.get(name, 0) + n


def _add(mine: dict[Key, list[int]], theirs: dict[Key, list[int]]) -> None:
    for key, cell in theirs.items():
        sums = mine.setdefault(key, [0, 0, 0, 0])
        for i, value in enumerate(cell):
            sums[i] += value


class Record:
    """The parts of all files that one month fills.

    Args:
        folder: Where the parts are written.
        encodings: Encoding of each file by its name.
    """

    def __init__(self, folder: Path, encodings: dict[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.encodings = folder, encodings
        self.sums = Sums()
        self._open: dict[str, tuple[IO[str], Writer]] = {}

    def row(self, file: str, row: Sequence[object]) -> None:
        """Writes a row of a file."""
        self._writer(file).writerow(row)
        self.sums.rows[file] = self.sums.rows.get(file, 0) + 1

    def said(self, said: Said) -> None:
        """Writes the truth about a text."""
        text = said.text
        self._writer("truth/texts.csv").writerow((
            said.file, said.key, f"{said.time:%Y-%m-%d %H:%M:%S}", said.language, said.label,
            int(text.contrast), int(text.sarcastic), int(text.negated), int(text.compared),
            int(text.short), " ".join(said.aspects), said.branch.name, said.issue, said.person,
            int(said.bot),
        ))  # fmt: skip
        opinions = self._writer("truth/opinions.csv")
        for one in text.opinions:
            opinions.writerow((
                said.file, said.key, one.start, one.end, one.target_start, one.target_end,
                one.category, one.polarity, text.text[one.start : one.end],
            ))  # fmt: skip
        if said.issue:
            self.sums.issues[said.issue] = self.sums.issues.get(said.issue, 0) + 1
        if said.file != STAFF:
            unit = None if said.file == POSTS else said.branch
            self.sums.value(said.file, "negative", unit, said.time, said.label == NEGATIVE)

    def close(self) -> Sums:
        """Closes all parts; gives what was counted."""
        for file, _ in self._open.values():
            file.close()
        self._open.clear()
        return self.sums

    def _writer(self, name: str) -> Writer:
        if name not in self._open:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            encoding = self.encodings.get(name, "utf-8").removesuffix("-sig")
            file = path.open("w", encoding=encoding, newline="")
            self._open[name] = (file, csv.writer(file))
        return self._open[name][1]

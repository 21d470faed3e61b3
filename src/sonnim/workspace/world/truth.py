"""The planted truth: what was hidden in the files, for whoever checks an analysis against it."""

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

FILE = "world.json"


@dataclass(frozen=True, kw_only=True)
class FileCount:
    """One file and how many rows it has, the header not counted."""

    name: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How far one metric moved at the release, as counted in the files written.

    Attributes:
        file: File that holds it.
        metric: rating (mean), nps (-100 to 100), csat (share of 4 and 5), ces (mean) or negative
            (share of texts meant as negative).
        unit: Branch, or "" for all.
        before: Value before the release.
        after: Value from the release on.
        n_before: Rows behind `before`.
        n_after: Rows behind `after`.
    """

    file: str
    metric: str
    unit: str
    before: float
    after: float
    n_before: int
    n_after: int


@dataclass(frozen=True, kw_only=True)
class PlantedIssue:
    """Something that went wrong, and how people speak of it.

    Attributes:
        issue_id: Which; `texts.csv` names it beside each text about it.
        aspect: Its category in `opinions.csv`.
        branch: Where, or "" for everywhere.
        start: First day.
        end: Last day, or None: it lasts.
        change_id: The change that brought it, or "".
        title: What it is.
        title_ko: The same in Korean.
        keywords: Words by which it is known.
        texts: How many texts speak of it.
    """

    issue_id: str
    aspect: str
    branch: str
    start: date
    end: date | None
    change_id: str
    title: str
    title_ko: str
    keywords: tuple[str, ...]
    texts: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a change did to sales: the same world, seed and all, once with it and once without.

    Attributes:
        change_id: Which change.
        kind: Its kind.
        title: What people call it, as it stands in the file.
        title_en: The same in English.
        branch: Where, or "" for everywhere.
        start: Its first day.
        end: Its last day, or None: it lasts.
        orders: Orders in the world as it is.
        orders_without: Orders had it not been.
        revenue: Won taken in the world as it is.
        revenue_without: Won taken had it not been.
        left: Customers who left.
        left_without: Customers who would have left without it.
    """

    change_id: str
    kind: str
    title: str
    title_en: str
    branch: str
    start: date
    end: date | None
    orders: int
    orders_without: int
    revenue: int
    revenue_without: int
    left: int
    left_without: int


@dataclass(frozen=True, kw_only=True)
class UnitScore:
    """The score that a unit reports, and the one all its customers would have given.

    Attributes:
        unit: Branch.
        month: YYYY-MM.
        nps: As in the file.
        n: Answers in the file.
        nps_honest: Had everybody been asked and nobody made up tens.
        n_honest: Answers behind it.
    """

    unit: str
    month: str
    nps: float
    n: int
    nps_honest: float
    n_honest: int


@dataclass(frozen=True, kw_only=True)
class PlantedTruth:
    """What was hidden in the files.

    Attributes:
        seed: Seed of the world.
        messages: Texts in all.
        company: Name of the company.
        company_ko: Its name in Korean.
        what: What happened last, which the demo looks for.
        what_ko: The same in Korean.
        where: The unit most hurt, as it stands in the files.
        since: First month of it (YYYY-MM).
        release: Version of the app that brought it.
        release_day: Its day.
        timezone: Zone of all times in the files, which carry none.
        exports: Folder of the files a company would export.
        folder: Folder of the truth.
        files: The exported files with their counts.
        effects: How far each metric moved at the release.
        issues: What went wrong, in order of time.
        costs: What changes did to sales.
        units: What units report, and what is true, by month.
        gaming: The unit that games its scores.
        gaming_from: Since when.
        influencers: Handles of those whose mood others take on.
        bots: How many accounts are bots'.
        groups: Into how many groups the network falls.
        sequence: The steps that precede leaving, as `activity.csv` names them.
        buying: Parameters r, alpha, a, b of BG/NBD; alpha is per day before thinning.
    """

    seed: int
    messages: int
    company: str
    company_ko: str
    what: str
    what_ko: str
    where: str
    since: str
    release: str
    release_day: date
    timezone: str
    exports: Path
    folder: Path
    files: tuple[FileCount, ...]
    effects: tuple[Effect, ...]
    issues: tuple[PlantedIssue, ...]
    costs: tuple[Cost, ...]
    units: tuple[UnitScore, ...]
    gaming: str
    gaming_from: date
    influencers: tuple[str, ...]
    bots: int
    groups: int
    sequence: tuple[str, ...]
    buying: tuple[float, float, float, float]

    def effect(self, metric: str, unit: str = "", file: str = "") -> Effect:
        """The effect on that metric in that unit, of the first file with it if none is named.

        Raises:
            KeyError: Nothing of that kind was planted.
        """
        for effect in self.effects:
            if (effect.metric, effect.unit) == (metric, unit) and file in ("", effect.file):
                return effect
        raise KeyError(f"{metric} {unit} {file}".strip())

    def cost(self, kind: str) -> Cost:
        """What the change of that kind did to sales.

        Raises:
            KeyError: There is none.
        """
        for cost in self.costs:
            if cost.kind == kind:
                return cost
        raise KeyError(kind)

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        """Rows of a table of the truth: texts, opinions, people, accounts, network, ties…

        Args:
            name: Name of its file without `.csv`.
        """
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)

    def save(self) -> None:
        """Writes `world.json`."""
        told = asdict(self)
        for name in ("exports", "folder"):
            told.pop(name)
        text = json.dumps(told, ensure_ascii=False, indent=1, default=str)
        (self.folder / FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "PlantedTruth":
        """The truth of the world in a folder (that of `exports` and `truth`).

        Args:
            folder: What was given to `make_world`.
        """
        told = json.loads((folder / "truth" / FILE).read_text(encoding="utf-8"))

        def day(value: str | None) -> date | None:
            return date.fromisoformat(value) if value else None

        return cls(
            **{
                **told,
                "exports": folder / "exports",
                "folder": folder / "truth",
                "release_day": day(told["release_day"]),
                "gaming_from": day(told["gaming_from"]),
                "files": tuple(FileCount(**one) for one in told["files"]),
                "effects": tuple(Effect(**one) for one in told["effects"]),
                "issues": tuple(
                    PlantedIssue(
                        **{
                            **one,
                            "start": day(one["start"]),
                            "end": day(one["end"]),
                            "keywords": tuple(one["keywords"]),
                        }
                    )
                    for one in told["issues"]
                ),
                "costs": tuple(
                    Cost(**{**one, "start": day(one["start"]), "end": day(one["end"])})
                    for one in told["costs"]
                ),
                "units": tuple(UnitScore(**one) for one in told["units"]),
                "influencers": tuple(told["influencers"]),
                "sequence": tuple(told["sequence"]),
                "buying": tuple(told["buying"]),
            }
        )

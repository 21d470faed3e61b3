"""The demo: a made-up company's exports in a workspace, and what was hidden beside the finds."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path

from sonnim.tables.answers import SATISFACTION, VOICES
from sonnim.tables.answers_found import ISSUES
from sonnim.tables.answers_network import COMMUNITY, INFLUENCE
from sonnim.tables.errors import StopError
from sonnim.tables.words import say
from sonnim.views.base import TableSpec
from sonnim.views.figures import Figure, figures_of
from sonnim.views.writing import label_of, value_text
from sonnim.workspace import catalog
from sonnim.workspace.demo_issues import Named, named
from sonnim.workspace.demo_network import Heard, heard
from sonnim.workspace.importing import Added
from sonnim.workspace.planted import planted_table
from sonnim.workspace.workspace import Workspace, new
from sonnim.workspace.world.making import make_world
from sonnim.workspace.world.network import OFFICIAL
from sonnim.workspace.world.truth import Effect, PlantedTruth

_MARK = ".sonnim-demo"
METRICS = ("rating", "nps", "csat", "negative")
FILES = (
    "reviews.csv", "delivery_reviews.csv", "posts.csv", "tickets.csv", "survey.csv", "orders.csv",
    "activity.csv",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A demo under way.

    Attributes:
        workspace: Its workspace.
        truth: What was hidden in the exports.
        exports: Folder of the exports.
    """

    workspace: Workspace
    truth: PlantedTruth
    exports: Path

    @classmethod
    def begin(cls, folder: Path, *, seed: int, messages: int) -> "Demo":
        """Makes the company's exports and an empty workspace beside them.

        A demo made before in the same folder is replaced; any other folder that is not empty is
        left alone.

        Raises:
            StopError: The folder holds something else.
        """
        if folder.exists() and any(folder.iterdir()):
            if not (folder / _MARK).exists():
                raise StopError("demo_folder", folder=str(folder))
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).touch()
        truth = make_world(folder, seed=seed, messages=messages)
        workspace = new(
            folder,
            company=f"{truth.company_ko} ({truth.company})",
            timezone=truth.timezone,
            handles=(OFFICIAL,),
        )
        return cls(workspace=workspace, truth=truth, exports=truth.exports)

    def adding(self) -> Iterator[Added]:
        """Takes the exports in, with the mapping that is proposed and no word of ours but one."""
        for name in FILES:
            # The exports name no time zone, as most do not: a person would say it just so.
            words = [f"timezone={self.truth.timezone}"]
            yield from self.workspace.adding(self.exports / name, map=words)

    def company(self, language: str) -> str:
        """The company's name."""
        return self.truth.company_ko if language == "ko" else self.truth.company

    def what(self, language: str) -> str:
        """What was hidden, in words."""
        return self.truth.what_ko if language == "ko" else self.truth.what

    def planted(self, language: str) -> TableSpec:
        """Everything that was hidden in the exports."""
        return planted_table(self.truth, language)

    def named(self) -> Named:
        """The planted issues beside those that `issues` found."""
        return named(self.truth.issues, self.workspace.table(ISSUES.name))

    def heard(self) -> Heard | None:
        """The planted network beside what was found; None without the extra that measures it."""
        if catalog.analyzer("influence").missing:
            return None
        tables = (self.workspace.table(one.name) for one in (INFLUENCE, COMMUNITY))
        return heard(self.truth, *tables)

    def found(self, language: str) -> TableSpec:
        """What was planted beside what was found.

        "Planted" is counted in the files themselves as they were written; "found" is what the
        analyzers said, who know nothing of it: the means over the months before and since.
        """
        release = datetime.combine(self.truth.release_day.replace(day=1), time(), tzinfo=UTC)
        satisfaction = figures_of(self.workspace.table("satisfaction"), SATISFACTION)
        voices = figures_of(self.workspace.table("voices"), VOICES)
        rows = []
        for metric in METRICS:
            for unit in ("", self.truth.where):
                planted = _planted(self.truth.effects, metric, unit)
                found = [
                    figure
                    for figure in (voices if metric == "negative" else satisfaction)
                    if (figure.name, figure.unit) == (metric, unit)
                    and figure.dimension in ("", "unit")
                ]
                row = _row(planted, found, release, language)
                if row is not None:
                    rows.append(row)
        heads = ("what", "where", "planted", "found", "changed")
        return TableSpec(
            title=say("demo_table", language),
            columns=tuple(say(f"demo_col_{head}", language) for head in heads),
            rows=tuple(rows),
            alignments=("left", "left", "right", "right", "left"),
        )


def _planted(effects: Sequence[Effect], metric: str, unit: str) -> Effect | None:
    """What was planted for that metric, over all files that hold it."""
    held = [one for one in effects if (one.metric, one.unit) == (metric, unit)]
    if not held:
        return None
    n_before, n_after = sum(one.n_before for one in held), sum(one.n_after for one in held)
    return replace(
        held[0],
        before=sum(one.before * one.n_before for one in held) / max(n_before, 1),
        after=sum(one.after * one.n_after for one in held) / max(n_after, 1),
        n_before=n_before,
        n_after=n_after,
    )


def _row(
    planted: Effect | None, figures: Sequence[Figure], release: datetime, language: str
) -> tuple[str, ...] | None:
    before = [f for f in figures if f.period and f.period < release]
    after = [f for f in figures if f.period and f.period >= release]
    if planted is None or not before or not after:
        return None
    first = next((f for f in after if f.significant or f.unusual), None)
    metric, scale = planted.metric, after[-1].scale_max

    def said(start: float, end: float) -> str:
        return f"{value_text(metric, start, scale)} → {value_text(metric, end, scale)}"

    when = f"{first.period:%Y-%m}" if first and first.period else say("demo_not_called", language)
    return (
        label_of(metric, language, scale),
        planted.unit or say("demo_everywhere", language),
        said(planted.before, planted.after),
        said(_mean(before), _mean(after)),
        when,
    )


def _mean(figures: Sequence[Figure]) -> float:
    return sum(f.value * f.n for f in figures) / sum(f.n for f in figures)

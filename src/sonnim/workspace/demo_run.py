"""The demo: a made-up company's exports in a workspace, and what was hidden beside the finds."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sonnim.tables.answers import SATISFACTION, VOICES
from sonnim.tables.errors import StopError
from sonnim.tables.words import say
from sonnim.views.base import TableSpec
from sonnim.views.figures import Figure, figures_of
from sonnim.views.writing import label_of, value_text
from sonnim.workspace.demo_world import Effect, PlantedTruth, make_world
from sonnim.workspace.importing import Added
from sonnim.workspace.workspace import Workspace, new

_MARK = ".sonnim-demo"
FILES = ("reviews.csv", "tickets.csv", "survey.csv", "orders.csv")


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
        truth = make_world(folder / "exports", seed=seed, messages=messages)
        workspace = new(folder, company=f"{truth.company_ko} ({truth.company})")
        return cls(workspace=workspace, truth=truth, exports=folder / "exports")

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

    def found(self, language: str) -> TableSpec:
        """What was planted beside what was found.

        "Planted" is counted in the files themselves as they were written; "found" is what the
        analyzers said, who know nothing of it: the means over the months before and since.
        """
        release = datetime.combine(self.truth.release_day, datetime.min.time(), tzinfo=UTC)
        satisfaction = figures_of(self.workspace.table("satisfaction"), SATISFACTION)
        voices = figures_of(self.workspace.table("voices"), VOICES)
        rows = []
        for effect in self.truth.effects:
            figures = voices if effect.metric == "negative" else satisfaction
            row = _row(effect, figures, release, language)
            if row is not None:
                rows.append(row)
        heads = ("what", "where", "planted", "found", "changed")
        return TableSpec(
            title=say("demo_table", language),
            columns=tuple(say(f"demo_col_{head}", language) for head in heads),
            rows=tuple(rows),
            alignments=("left", "left", "right", "right", "left"),
        )


def _row(
    effect: Effect, figures: tuple[Figure, ...], release: datetime, language: str
) -> tuple[str, ...] | None:
    if effect.unit == "" and effect.metric == "negative":
        members = [f for f in figures if f.name == "negative" and not f.dimension and f.period]
    else:
        members = [
            f
            for f in figures
            if f.name == effect.metric
            and f.unit == effect.unit
            and f.dimension in ("", "unit")
            and f.period
        ]
    if not members:
        return None
    before = [f for f in members if f.period and f.period < release.replace(day=1)]
    after = [f for f in members if f.period and f.period >= release.replace(day=1)]
    if not before or not after:
        return None
    first = next((f for f in after if f.significant and f.change), None)
    scale = members[-1].scale_max

    def said(value: float) -> str:
        return value_text(effect.metric, value, scale)

    planted = f"{said(effect.before)} → {said(effect.after)}"
    found = f"{said(_mean(before))} → {said(_mean(after))}"
    when = f"{first.period:%Y-%m}" if first and first.period else say("demo_not_called", language)
    where = effect.unit or say("demo_everywhere", language)
    return label_of(effect.metric, language, scale), where, planted, found, when


def _mean(figures: list[Figure]) -> float:
    return sum(f.value * f.n for f in figures) / sum(f.n for f in figures)

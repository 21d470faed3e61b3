"""What a person sees of an evaluation: how right classifiers are, how sure, and where they err."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sonnim.language.evaluating import MOODS, Evaluation
from sonnim.language.measures import Interval
from sonnim.tables.words import say
from sonnim.views.base import TableSpec
from sonnim.workspace.evaluating import ALL, MAJORITY, NONE, OTHERS, Evaluated, Row
from sonnim.workspace.labelled import Labelled

_WHERE = ("texts", "classifier", "n")
_NAMED = {ALL: "all", OTHERS: "others", NONE: "none"}


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """A column of a table.

    Attributes:
        name: Which word heads it.
        cell: How it is written; "" where the classifier has no such figure.
    """

    name: str
    cell: Callable[[Evaluation], str]


_RIGHT = (
    _Figure(name="accuracy", cell=lambda found: _sure(found.accuracy)),
    _Figure(name="macro_f1", cell=lambda found: _sure(found.macro_f1)),
    _Figure(name="macro_recall", cell=lambda found: _sure(found.macro_recall)),
    _Figure(name="auc", cell=lambda found: _sure(found.auc)),
)
_SURE = (
    _Figure(name="coverage", cell=lambda found: _sure(found.coverage)),
    _Figure(name="ece", cell=lambda found: _number(found.ece)),
    _Figure(name="ece_chance", cell=lambda found: _number(found.ece_chance)),
    _Figure(name="unsure", cell=lambda found: _sure(found.unsure)),
    _Figure(name="kept", cell=lambda found: _sure(found.kept)),
    _Figure(name="speed", cell=lambda found: _number(found.speed, 0)),
)


def columns_of(labelled: Labelled) -> list[str]:
    """For each file a sentence on which column was taken for what."""
    told = []
    for name, columns in labelled.files:
        parts = [
            say("evaluate_from", None, what=say(f"evaluate_col_{what}"), column=column)
            for what in ("text", "label", "rating", "domain")
            if (column := getattr(columns, what))
        ]
        told.append(f"{name}: {', '.join(parts)}")
    if labelled.meanings:
        meant = ", ".join(
            f"{one} = {say(f'evaluate_{MOODS[mood]}')}" for one, mood in labelled.meanings
        )
        told.append(say("evaluate_meanings", None, meant=meant))
    if labelled.scale is not None:
        low, high = labelled.scale
        told.append(say("evaluate_scale_used", None, low=f"{low:g}", high=f"{high:g}"))
    return told


def tables_of(evaluated: Evaluated) -> tuple[TableSpec, TableSpec]:
    """How right the classifiers are, and how sure: by language, domain and classifier."""
    return (
        _table("evaluate_how_right", _RIGHT, evaluated.rows),
        _table("evaluate_how_sure", _SURE, evaluated.rows),
    )


def first_columns() -> tuple[str, ...]:
    """Heads of the columns to keep where a window does not hold all."""
    return tuple(say(f"evaluate_col_{name}") for name in _WHERE)


def confusions_of(evaluated: Evaluated) -> list[TableSpec]:
    """Which moods our classifier takes for which, a table for each language."""
    moods = MOODS if evaluated.neutral else (MOODS[0], MOODS[2])
    tables = []
    for row in evaluated.rows:
        if row.domain != ALL or row.classifier != evaluated.ours:
            continue
        cells = dict(zip(MOODS, row.found.confusion, strict=True))
        lines = []
        for true in moods:
            given = dict(zip(MOODS, cells[true], strict=True))
            lines.append((say(f"evaluate_{true}"), *(f"{given[one]:,}" for one in moods)))
        heads = (say("evaluate_col_truly"), *(say(f"evaluate_as_{one}") for one in moods))
        where = {"language": row.language, "classifier": row.classifier}
        tables.append(
            TableSpec(
                title=say("evaluate_confusion", None, **where),
                columns=heads,
                rows=tuple(lines),
                alignments=("left", *("right" for _ in moods)),
            )
        )
    return tables


def _table(title: str, figures: Sequence[_Figure], rows: Sequence[Row]) -> TableSpec:
    there = [one for one in figures if any(one.cell(row.found) for row in rows)]
    return TableSpec(
        title=say(title),
        columns=(*first_columns(), *(say(f"evaluate_col_{one.name}") for one in there)),
        rows=tuple((*_where(row), *(one.cell(row.found) for one in there)) for row in rows),
        alignments=("left", "left", "right", *("right" for _ in there)),
    )


def _where(row: Row) -> tuple[str, ...]:
    domain = say(f"evaluate_{_NAMED[row.domain]}") if row.domain in _NAMED else row.domain
    classifier = say("evaluate_majority") if row.classifier == MAJORITY else row.classifier
    return f"{row.language}: {domain}", classifier, f"{row.found.n:,}"


def _sure(figure: Interval | None) -> str:
    if figure is None:
        return ""
    return f"{figure.value:.3f} ({figure.low:.3f}–{figure.high:.3f})"


def _number(value: float | None, digits: int = 3) -> str:
    return "" if value is None else f"{value:,.{digits}f}"

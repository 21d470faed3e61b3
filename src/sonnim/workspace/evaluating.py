"""Has texts whose mood is known read, by Sonnim and by the baselines, and holds both against it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from arro3.core import Table as ArrowTable
from numpy.typing import NDArray

from sonnim.analyzers.mood import FAST, MoodParameters, moods_of, tier_here
from sonnim.language.baselines import BASELINES, Baseline, Scorer
from sonnim.language.evaluating import (
    MOODS,
    Evaluation,
    Predictions,
    by_probabilities,
    by_scores,
    evaluation,
    most_frequent,
)
from sonnim.language.identify import identify
from sonnim.language.measures import Interval
from sonnim.language.mood_model import UNSURE
from sonnim.tables.arrow import batch
from sonnim.tables.parameters import made
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.workspace.labelled import NOT_READ, SHOWN_ROWS, Labelled, LeftOut, nothing_left

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]

LANGUAGES = ("ko", "en", "mixed")
"""The languages that are measured, as `identify` names them."""
MAJORITY = "majority"
"""The classifier that always says the most frequent label."""
ALL, OTHERS, NONE = "", "(others)", "(none)"
"""All domains of a language together; those that have too few texts for a row of their own; and
texts of which no domain is known while that of others is."""
LEAST = 20
"""So many texts a domain needs for a row of its own, where others lack them too."""
FEW = 100
"""Below so many texts percentile bootstrap intervals are too narrow."""
_BATCH = 512
_WARM = ("좋아요", "good")
_INTERVALS = ("accuracy", "macro_f1", "macro_recall", "auc", "coverage", "unsure", "kept")
_MEANINGS = {
    "accuracy": "Share of texts whose likeliest mood is the label",
    "macro_f1": "Mean F1 of the moods that occur",
    "macro_recall": "Mean recall of the moods that occur",
    "auc": "How often a positive text is found better than a negative one",
    "coverage": "Largest share of texts, surest first, of which 95% are right",
    "unsure": "Share of texts called unsure",
    "kept": "Share of right ones among texts not called unsure",
}
_NUMBER, _COUNT = ColumnType.DOUBLE, ColumnType.LONG


def _interval(name: str) -> tuple[Column, ...]:
    return (
        Column(name=name, type=_NUMBER, meaning=_MEANINGS[name]),
        Column(name=f"{name}_low", type=_NUMBER, meaning=f"Lower end of the interval of {name}"),
        Column(name=f"{name}_high", type=_NUMBER, meaning=f"Upper end of the interval of {name}"),
    )


EVALUATION = TableSchema(
    name="evaluation",
    version=1,
    meaning="How well one classifier does on the labelled texts of one language and domain",
    key=("language", "domain", "classifier"),
    columns=(
        Column(name="language", meaning="ko, en or mixed"),
        Column(name="domain", meaning='Which kind of text; "" for all together'),
        Column(name="classifier", meaning="Who read: a tier of ours, or a baseline"),
        Column(name="n", type=_COUNT, meaning="How many texts", unit="rows"),
        *(
            Column(name=f"n_{mood}", type=_COUNT, meaning=f"Texts labelled {mood}", unit="rows")
            for mood in MOODS
        ),
        *(column for name in _INTERVALS for column in _interval(name)),
        Column(name="ece", type=_NUMBER, meaning="Expected calibration error, 15 bins"),
        Column(name="ece_chance", type=_NUMBER, meaning="What chance alone gives on so many texts"),
        *(
            Column(
                name=f"{true}_as_{given}",
                type=_COUNT,
                meaning=f"Texts labelled {true} and read as {given}",
                unit="rows",
            )
            for true in MOODS
            for given in MOODS
        ),
        Column(name="speed", type=_NUMBER, meaning="Texts read a second", unit="texts/s"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """How well one classifier did on one language and domain.

    Attributes:
        language: ko, en or mixed.
        domain: Which kind of text; `ALL` for all together.
        classifier: Who read.
        found: The figures.
    """

    language: str
    domain: str
    classifier: str
    found: Evaluation


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """What came of an evaluation.

    Attributes:
        rows: By language, domain and classifier; ours first.
        ours: The name of our classifier.
        left_out: Texts that were not measured.
        absent: Packages of baselines that are not installed.
        neutral: Whether any text is labelled neutral.
    """

    rows: tuple[Row, ...]
    ours: str
    left_out: tuple[LeftOut, ...]
    absent: tuple[str, ...]
    neutral: bool


def evaluate(
    labelled: Labelled,
    *,
    tier: str = "auto",
    baselines: bool = True,
    progress: Progress | None = None,
) -> Evaluated:
    """Has labelled texts read and measures it, language by language and domain by domain.

    Args:
        labelled: Texts with their moods.
        tier: Who reads, as for the analyzer `mood`.
        baselines: Whether the baselines read too.
        progress: Is told who reads, how many texts are done and how many there are.

    Raises:
        StopError: There is no such tier, it is not installed, or no text is in a language read.
    """
    tell = progress or (lambda name, done, total: None)
    chosen = tier_here(made("mood", MoodParameters, {"tier": tier}).tier)
    identify(_WARM)
    begin = time.perf_counter()
    languages = np.array(identify(labelled.texts)[0], dtype=np.str_)
    each = (time.perf_counter() - begin) / len(labelled.texts)
    known = np.isin(languages, LANGUAGES)
    left_out = labelled.left_out
    if not known.all():
        rows = tuple(labelled.places[int(n)] for n in np.flatnonzero(~known)[:SHOWN_ROWS])
        left_out += (LeftOut(reason=NOT_READ, n=int((~known).sum()), rows=rows),)
    if not known.any():
        raise nothing_left(left_out)
    # Language by language and domain by domain, so that batches are of one kind.
    order = np.lexsort((np.array(labelled.domains, dtype=np.str_), languages))
    order = order[known[order]]
    texts = [labelled.texts[int(n)] for n in order]
    labels, languages = labelled.labels[order], languages[order]
    domains = _domains([labelled.domains[int(n)] for n in order], languages)
    neutral = bool((labels == MOODS.index("neutral")).any())
    ours = f"sonnim {chosen}"
    predicted: dict[str, tuple[Flags, Predictions]] = {}
    everywhere = np.ones(len(texts), dtype=np.bool_)
    for one in dict.fromkeys((chosen, FAST) if baselines else (chosen,)):
        reading = _read(texts, languages.tolist(), one, tell)
        reading = replace(reading, seconds=reading.seconds + each)
        found = by_probabilities(
            reading.probabilities, reading.unsure, reading.seconds, neutral=neutral
        )
        predicted[f"sonnim {one}"] = everywhere, found
    absent = []
    for baseline in BASELINES if baselines else ():
        here = languages == baseline.language
        if not here.any():
            continue
        scorer = baseline.load()
        if scorer is None:
            absent.append(baseline.package)
            continue
        predicted[baseline.name] = (
            here,
            _scored(texts, here, baseline, scorer, tell, neutral=neutral),
        )
    return Evaluated(
        rows=tuple(_rows(labels, languages, domains, predicted, majority=baselines)),
        ours=ours,
        left_out=left_out,
        absent=tuple(absent),
        neutral=neutral,
    )


@dataclass(frozen=True, kw_only=True)
class _Reading:
    probabilities: Floats
    unsure: Flags
    seconds: Floats


def _read(texts: Sequence[str], languages: Sequence[str], tier: str, tell: Progress) -> _Reading:
    name = f"sonnim {tier}"
    tell(name, 0, len(texts))
    # Models are loaded once a process: that is no part of the speed of reading.
    moods_of(_WARM, LANGUAGES[: len(_WARM)], tier)
    probabilities, unsure = np.empty((len(texts), len(MOODS))), np.empty(len(texts), dtype=np.bool_)
    seconds = np.empty(len(texts))
    # No batch holds two languages: each has a speed of its own.
    for place in _batches(languages):
        begin = time.perf_counter()
        found = moods_of(texts[place], languages[place], tier)
        seconds[place] = (time.perf_counter() - begin) / len(found.labels)
        probabilities[place] = found.probabilities
        unsure[place] = [label == UNSURE for label in found.labels]
        tell(name, place.stop, len(texts))
    return _Reading(probabilities=probabilities, unsure=unsure, seconds=seconds)


def _scored(
    texts: Sequence[str],
    here: Flags,
    baseline: Baseline,
    scorer: Scorer,
    tell: Progress,
    *,
    neutral: bool,
) -> Predictions:
    chosen = [texts[int(n)] for n in np.flatnonzero(here)]
    # What it says of texts in other languages is never looked at.
    score, seconds = np.zeros(len(texts)), np.zeros(len(texts))
    scores, times = np.zeros(len(chosen)), np.zeros(len(chosen))
    scorer(_WARM)
    for place in _batches([baseline.language] * len(chosen)):
        begin = time.perf_counter()
        scores[place] = scorer(chosen[place])
        times[place] = (time.perf_counter() - begin) / (place.stop - place.start)
        tell(baseline.name, place.stop, len(chosen))
    score[here], seconds[here] = scores, times
    return by_scores(score, seconds, neutral=neutral)


def _batches(languages: Sequence[str]) -> list[slice]:
    found, begin = [], 0
    for _, group in groupby(languages):
        end = begin + sum(1 for _ in group)
        found += [slice(one, min(one + _BATCH, end)) for one in range(begin, end, _BATCH)]
        begin = end
    return found


def _domains(domains: Sequence[str], languages: NDArray[np.str_]) -> NDArray[np.str_]:
    """The domains; where several have few texts of a language these are taken together."""
    found = np.array([one or NONE for one in domains], dtype=object)
    for language in LANGUAGES:
        here = languages == language
        names, n = np.unique(found[here].astype(np.str_), return_counts=True)
        few = names[n < LEAST]
        if len(few) > 1:
            found[here & np.isin(found.astype(np.str_), few)] = OTHERS
    return found.astype(np.str_)


def _rows(
    labels: NDArray[np.int64],
    languages: NDArray[np.str_],
    domains: NDArray[np.str_],
    predicted: dict[str, tuple[Flags, Predictions]],
    *,
    majority: bool,
) -> list[Row]:
    rows = []
    for language in LANGUAGES:
        here = languages == language
        names = np.unique(domains[here]).tolist()
        for domain in (ALL, *names) if len(names) > 1 else (ALL,):
            chosen = np.flatnonzero(here & ((domains == domain) | (domain == ALL)))
            if not chosen.size:
                continue
            for classifier, (reads, one) in predicted.items():
                if reads[chosen].all():
                    found = evaluation(labels[chosen], one.only(chosen))
                    rows.append(
                        Row(language=language, domain=domain, classifier=classifier, found=found)
                    )
            if majority:
                found = evaluation(labels[chosen], most_frequent(labels[chosen]))
                rows.append(Row(language=language, domain=domain, classifier=MAJORITY, found=found))
    return rows


def table_of(evaluated: Evaluated) -> ArrowTable:
    """The figures as a table of the schema `EVALUATION`."""
    rows = [_values(row) for row in evaluated.rows]
    columns = {name: [row[name] for row in rows] for name in EVALUATION.names}
    return ArrowTable.from_batches([batch(EVALUATION, columns)])


def _values(row: Row) -> dict[str, object]:
    found = row.found
    values: dict[str, object] = {
        "language": row.language,
        "domain": row.domain,
        "classifier": row.classifier,
        "n": found.n,
        "ece": found.ece,
        "ece_chance": found.ece_chance,
        "speed": found.speed,
    }
    for mood, n in zip(MOODS, found.true, strict=True):
        values[f"n_{mood}"] = n
    for true, cells in zip(MOODS, found.confusion, strict=True):
        for given, n in zip(MOODS, cells, strict=True):
            values[f"{true}_as_{given}"] = n
    for name in _INTERVALS:
        interval: Interval | None = getattr(found, name)
        values[name] = None if interval is None else interval.value
        for end in ("low", "high"):
            values[f"{name}_{end}"] = None if interval is None else getattr(interval, end)
    return values

"""What ratings and corrections teach of one source and language: `domains` runs this on batches.

The tables between its steps are here too, as both sides need them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from arro3.core import RecordBatch
from numpy.typing import NDArray

from sonnim.language.adaptation import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    Adaptation,
    Error,
    Quality,
    adapted,
    fold_of,
    held_out,
    level,
    log_loss,
    quality,
    shifted,
    with_words,
)
from sonnim.language.mood_model import LABELS
from sonnim.language.own_words import MOST, packed, unpacked, words_of
from sonnim.tables.answers import DOMAIN
from sonnim.tables.arrow import batch, strings
from sonnim.tables.emotions import EMOTION_COLUMNS, INTENT_COLUMNS
from sonnim.tables.schema import Column, ColumnType, TableSchema

_NUMBER = ColumnType.DOUBLE
READ = ("rating", "p_offence", *(one.name for one in (*EMOTION_COLUMNS, *INTENT_COLUMNS)))
"""What of a reading helps to fit moods."""
NEUTRALITY = "neutrality"
FURTHER = (NEUTRALITY, *READ)
"""What helps to tell positive from negative: how neutral a message is, and its reading."""
_SHIFTS = tuple(
    Column(name=f"{what}_{name}", type=_NUMBER, meaning=meaning)
    for what, meaning in (
        ("shift", "What each of its log odds adds to those of positive"),
        ("centre", "Its average log odds, which add nothing"),
    )
    for name in FURTHER
)
RATED = TableSchema(
    name="domains_rated",
    version=1,
    meaning="A message with a rating or correction, and its moods",
    key=("message_id",),
    columns=(
        Column(name="message_id", meaning="Which message"),
        Column(name="source", meaning="Where it came from"),
        Column(name="language", meaning="ko or en"),
        Column(name="rated", type=ColumnType.LONG, meaning="0 negative, 1 neutral, 2 positive"),
        Column(name="corrected", meaning="What a person said of it, if one did"),
        Column(name="text", meaning="Title and text"),
        *(Column(name=f"p_{side}", type=_NUMBER, meaning="Probability of that mood")
          for side in LABELS),
        *(Column(name=name, type=_NUMBER, meaning="Its log odds, as read") for name in FURTHER),
    ),
)  # fmt: skip
_WORDS = (
    Column(name="words", meaning="What runs of letters add to the log odds of positive, packed"),
    Column(name="centre_words", type=_NUMBER, meaning="What they add on average"),
)
FITTED = replace(DOMAIN, name="domains_fitted", columns=(*DOMAIN.columns, *_SHIFTS, *_WORDS))
SPOKEN = replace(
    RATED.only(("message_id", "source", "language", "text")),
    name="domains_spoken",
    meaning="A text of a source whose words count",
)
SAID = replace(
    SPOKEN,
    name="domains_said",
    meaning="What a text's words add",
    columns=(
        SPOKEN.column("message_id"),
        Column(name="odds", type=_NUMBER, meaning="To the log odds of positive"),
    ),
)


def fit(rated: RecordBatch, least: int) -> RecordBatch:
    """The row of each source and language that has enough ratings and corrections.

    Args:
        rated: Rows of `RATED`.
        least: Fewest low, and fewest high, ratings and corrections.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    pairs = zip(strings(rated, "source"), strings(rated, "language"), strict=True)
    for place, pair in enumerate(pairs):
        groups.setdefault(pair, []).append(place)
    ids = strings(rated, "message_id")
    labels = np.array(rated.column("rated").to_pylist(), np.int64)
    corrected = np.array([bool(one) for one in strings(rated, "corrected")], np.bool_)
    moods = np.array([rated.column(f"p_{side}").to_pylist() for side in LABELS]).T.reshape(-1, 3)
    # None becomes NaN.
    columns = [np.array(rated.column(name).to_pylist(), np.float64) for name in FURTHER]
    read, texts = np.column_stack(columns), strings(rated, "text")
    rows = []
    for (source, language), places in sorted(groups.items()):
        # Rows come in any order; sums, and so figures, must not depend on it.
        chosen = np.array(sorted(places, key=ids.__getitem__))
        true, given, further = labels[chosen], moods[chosen], read[chosen]
        counts = [int((true == one).sum()) for one in (NEGATIVE, NEUTRAL, POSITIVE)]
        if min(counts[NEGATIVE], counts[POSITIVE]) < least:
            continue
        done = _fitted(given, true, further, [ids[n] for n in chosen], [texts[n] for n in chosen])
        found, before, after = done.adaptation, quality(given, true), done.quality
        rows.append(
            {
                "source": source,
                "language": language,
                "learned_from": _labels(corrected[chosen]),
                "n_negative": counts[NEGATIVE],
                "n_neutral": counts[NEUTRAL],
                "n_positive": counts[POSITIVE],
                "majority": max(counts[NEGATIVE], counts[POSITIVE])
                / (counts[NEGATIVE] + counts[POSITIVE]),
                "auc": before.auc,
                "accuracy": before.accuracy,
                "accuracy_fitted": after.accuracy,
                "macro_f1": before.macro_f1,
                "macro_f1_fitted": after.macro_f1,
                "ece": before.ece,
                "ece_fitted": after.ece,
                "words_gain": done.words_gain,
                "polarity_slope": found.polarity[0],
                "polarity_intercept": found.polarity[1],
                "neutrality_slope": found.neutrality[0],
                "neutrality_intercept": found.neutrality[1],
                **_errors("polarity", found.polarity_error),
                **_errors("neutrality", found.neutrality_error),
                **dict(zip((f"shift_{name}" for name in FURTHER), found.factors, strict=True)),
                **dict(zip((f"centre_{name}" for name in FURTHER), found.centres, strict=True)),
                "words": None if found.words is None else packed(found.words),
                "centre_words": found.words_centre,
            }
        )
    return batch(FITTED, {name: [row[name] for row in rows] for name in FITTED.names})


@dataclass(frozen=True)
class _Fit:
    """What was fitted to one source and language, and how good it is with messages held out."""

    adaptation: Adaptation
    quality: Quality
    words_gain: float


def _fitted(
    given: NDArray[np.float64],
    true: NDArray[np.int64],
    further: NDArray[np.float64],
    ids: Sequence[str],
    texts: Sequence[str],
) -> _Fit:
    """Fits one source and language; words count if texts held out surprise less with them."""
    found, folds = adapted(given, true, further), fold_of(ids)
    plain = held_out(given, true, folds, further)
    some = np.arange(0, len(true), -(-len(true) // MOST))
    p, labels, more = given[some], true[some], further[some]
    words = words_of([texts[int(n)] for n in some])
    spoken = held_out(p, labels, folds[some], more, words)
    shift = level(spoken, labels)
    spoken = shifted(spoken, shift)
    gain = log_loss(shifted(plain[some], level(plain[some], labels)), labels)
    gain -= log_loss(spoken, labels)
    if gain <= 0:
        return _Fit(found, quality(plain, true), 0.0)
    found = with_words(found, p, labels, more, words)
    found = replace(found, words_centre=found.words_centre - shift)
    return _Fit(found, quality(spoken, labels), gain)


def said(spoken: RecordBatch, known: Mapping[tuple[str, str], str]) -> RecordBatch:
    """What the words of texts add.

    Args:
        spoken: Rows of a source whose words count.
        known: Of each source and language what words say, packed.
    """
    pairs = list(zip(strings(spoken, "source"), strings(spoken, "language"), strict=True))
    texts, odds = strings(spoken, "text"), np.zeros(len(pairs))
    for pair in dict.fromkeys(pairs):
        places = [n for n, one in enumerate(pairs) if one == pair]
        odds[places] = words_of([texts[n] for n in places]).sums(unpacked(known[pair]))
    ids = spoken.column("message_id").to_pylist()
    return batch(SAID, {"message_id": ids, "odds": odds})


def _labels(corrected: NDArray[np.bool_]) -> str:
    if corrected.all():
        return "corrections"
    return "both" if corrected.any() else "ratings"


def _errors(question: str, found: Error) -> dict[str, float]:
    return {
        f"{question}_slope_error": found.slope,
        f"{question}_intercept_error": found.intercept,
        f"{question}_error_correlation": found.correlation,
    }

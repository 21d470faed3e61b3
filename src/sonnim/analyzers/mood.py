"""How does each message feel: negative, neutral or positive?

Method: a linear model of character n-grams, for English of words too; calibrated probabilities;
    below a calibrated threshold the label is `unsure`. A code-mixed text is read by both; other
    languages are always `unsure`. With the extra `accurate`, texts that the linear model is unsure
    of are read by an encoder too, English ones by a second where the first leaves doubt (`tier`).
    A model of your own may read the languages you name instead (docs/how-to/own-model.md).
Source: Wang and Manning 2012 (naive Bayes features in linear models); Platt 1999 (calibration);
    Wolpert 1992 (stacking).
Limits: sarcasm, and contrast within one message; kinds of text it was not trained on shift its
    probabilities (docs/models/mood.md and docs/models/reader.md say how much, by language and kind
    of text). Of a model of your own nothing is known: its probabilities are not calibrated here.
Quality: measured
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, Reads
from sonnim.analyzers.texts import texts_step
from sonnim.engines.base import Engine
from sonnim.language.identify import identify
from sonnim.language.mood_cascade import Cascade, Moods, alone
from sonnim.language.mood_model import shipped
from sonnim.language.own_model import loaded, own_first
from sonnim.language.own_settings import from_words, in_words
from sonnim.language.readers import installed
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import MOOD
from sonnim.tables.arrow import batch, strings
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import Limit, parameter

FAST, CASCADE, ACCURATE, AUTO = "fast", "cascade", "accurate", "auto"


@dataclass(frozen=True, kw_only=True)
class MoodParameters:
    """Parameters of `mood`."""

    tier: str = parameter(
        AUTO,
        Limit(
            meaning="Who reads: the linear model (fast), the encoder where that is unsure "
            "(cascade), the encoder everything (accurate); auto: cascade where it is installed",
            choices=(AUTO, FAST, CASCADE, ACCURATE),
        ),
    )
    model: str = parameter(
        "",
        Limit(meaning="Folder of a model of your own, with model.onnx and tokenizer.json"),
        place=True,
    )
    model_settings: str = parameter(
        "", Limit(meaning="Its settings as JSON; filled in from [models.mood] in sonnim.toml")
    )


@cache
def cascade() -> Cascade:
    """Both shipped models, loaded once a process."""
    return Cascade.load()


def tier_here(tier: str) -> str:
    """Who reads: `AUTO` is the cascade where its packages are installed."""
    return (CASCADE if installed() else FAST) if tier == AUTO else tier


def moods_of(texts: Sequence[str], languages: Sequence[str], tier: str) -> Moods:
    """Moods of texts.

    Args:
        texts: Texts as found.
        languages: What `identify` said of each.
        tier: Who reads; not `AUTO`.

    Raises:
        StopError: The tier needs an extra that is not installed.
    """
    if tier == FAST:
        return alone(shipped(), texts, languages)
    return cascade().read(texts, languages, everything=tier == ACCURATE)


def read(texts: RecordBatch, tier: str, model: str = "", settings: str = "") -> RecordBatch:
    """Moods of a batch of texts.

    Args:
        texts: Rows of `TEXTS`.
        tier: Who reads; not `AUTO`.
        model: Folder of a model of one's own, or "".
        settings: Its settings, as `in_words` gives them.
    """
    words = strings(texts, "text")
    languages, _ = identify(words)
    if model:
        others = partial(moods_of, tier=tier)
        found = own_first(loaded(model, settings), words, languages, others)
    else:
        found = moods_of(words, languages, tier)
    return batch(
        MOOD,
        {
            "message_id": texts.column("message_id").to_pylist(),
            "language": languages,
            "label": found.labels,
            "p_negative": found.probabilities[:, 0],
            "p_neutral": found.probabilities[:, 1],
            "p_positive": found.probabilities[:, 2],
            "tier": found.tiers,
            "text_digest": texts.column("text_digest").to_pylist(),
        },
    )


def analyze(engine: Engine, parameters: MoodParameters) -> Answer:
    """Reads every message."""
    step = texts_step("mood_texts")
    texts = engine.run([step])
    model, settings = "", ""
    caveats: tuple[Caveat, ...] = (Caveat(key="caveat_mood_model"),)
    if parameters.model:
        folder = Path(parameters.model).expanduser().resolve()
        model, settings = str(folder), in_words(from_words(folder, parameters.model_settings))
        # What is wrong with it is said here once, and not by every worker.
        loaded(model, settings)
        caveats += (Caveat(key="caveat_own_model"),)
    # What is installed here decides for all, also for the workers of a cluster.
    table = engine.map(
        partial(read, tier=tier_here(parameters.tier), model=model, settings=settings),
        texts,
        MOOD,
        name="mood",
        columns=("message_id", "text", "text_digest"),
    )
    return Answer(tables=(table,), steps=(step,), caveats=caveats)


ANALYZER = Analyzer(
    name="mood",
    # Once the extra is there, or gone, `auto` reads otherwise: everything is then read anew.
    version="8-cascade" if installed() else "8",
    reads=(Reads(schema=MESSAGE, columns=("text",), also=("title",)),),
    writes=(MOOD,),
    analyze=analyze,
    parameters=MoodParameters,
    per_row=True,
    quality="measured",
)

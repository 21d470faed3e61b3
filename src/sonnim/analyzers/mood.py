"""How does each message feel: negative, neutral or positive?

Method: a linear model of morphemes and character n-grams for Korean, of words and character
    n-grams for English; calibrated probabilities; below a calibrated threshold the label is
    `unsure`. A code-mixed text is read by both; other languages are always `unsure`.
Source: Wang and Manning 2012 (naive Bayes features in linear models); Platt 1999 (calibration).
Limits: sarcasm and contrast within one message; kinds of text it was not trained on shift its
    probabilities (docs/models/mood.md says how much, by language and kind of text).
Quality: measured
"""

from functools import cache

from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, NoParameters, Reads
from sonnim.analyzers.reading import texts_step
from sonnim.engines.base import Engine
from sonnim.language.identify import identify
from sonnim.language.mood_model import MoodModel
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import MOOD
from sonnim.tables.arrow import batch, strings
from sonnim.tables.facts import MESSAGE


@cache
def model() -> MoodModel:
    """The shipped model, loaded once a process."""
    return MoodModel.load()


def read(texts: RecordBatch) -> RecordBatch:
    """Moods of a batch of texts."""
    reader = model()
    words = strings(texts, "text")
    languages, _ = identify(words)
    probabilities = reader.probabilities(words, languages)
    return batch(
        MOOD,
        {
            "message_id": texts.column("message_id").to_pylist(),
            "language": languages,
            "label": reader.labels(probabilities, languages),
            "p_negative": probabilities[:, 0],
            "p_neutral": probabilities[:, 1],
            "p_positive": probabilities[:, 2],
            "tier": [f"{reader.name}-{reader.version}"] * len(words),
            "text_digest": texts.column("text_digest").to_pylist(),
        },
    )


def analyze(engine: Engine, parameters: NoParameters) -> Answer:
    """Reads every message."""
    step = texts_step("mood_texts")
    texts = engine.run([step])
    table = engine.map(
        read, texts, MOOD, name="mood", columns=("message_id", "text", "text_digest")
    )
    return Answer(tables=(table,), steps=(step,), caveats=(Caveat(key="caveat_mood_model"),))


ANALYZER = Analyzer(
    name="mood",
    version="1",
    reads=(Reads(schema=MESSAGE, columns=("text",), also=("title",)),),
    writes=(MOOD,),
    analyze=analyze,
    per_row=True,
    quality="measured",
)

"""What does a careful reader find in each message: opinions, rating, emotions, intents, offence?

Method: one transformer encoder (multilingual-e5-small, fine-tuned on all tasks at once, in integers
    of eight bits) reads each message; its heads give a rating, a probability of offence, of each of
    Plutchik's eight emotions, of KOTE's 44 (Korean) and of each intent, and for each token whether
    it belongs to what is spoken of or to what is said of it.
Source: Wang et al. 2024 (the encoder); Xiao et al. 2023 (SmoothQuant); docs/models/reader.md says
    how it was made and how good it is.
Limits: needs the extra `accurate`. Offence was learned from English tweets only. Korean opinions
    were learned from English ones and from made-up Korean texts. Probabilities of emotions, intents
    and offence are the model's own, not calibrated on other texts; emotions and intents of texts in
    other languages, or without words, are left empty. Of a message of more than 8,000 characters
    the first and last 4,000 are read.
Quality: measured
"""

from collections.abc import Mapping, Sequence

import numpy as np
from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, NoParameters, Reads
from sonnim.analyzers.texts import texts_step
from sonnim.engines.base import Engine
from sonnim.language.emotions import named
from sonnim.language.identify import identify
from sonnim.language.mood_model import sigmoid
from sonnim.language.opinions import found_in, packed
from sonnim.language.reader import (
    EMOTION,
    EMOTION_KO,
    EMOTIONS,
    INTENT,
    INTENTS,
    OFFENCE,
    PACKAGES,
    RATING,
    TARGET,
    WORDS,
    Floats,
)
from sonnim.language.readers import shipped
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.answers import READING
from sonnim.tables.arrow import batch, strings
from sonnim.tables.facts import MESSAGE

_TASKS = (RATING, OFFENCE, EMOTION, EMOTION_KO, INTENT, TARGET, WORDS)
_KOREAN = ("ko", "mixed")
# Of these nothing was learned; a text without words is one of them too.
_UNKNOWN = "other"


def read(texts: RecordBatch) -> RecordBatch:
    """What is found in a batch of texts."""
    reader = shipped()
    words = strings(texts, "text")
    languages, _ = identify(words)
    reading = reader.read(words, _TASKS, languages)
    offends = reading.texts[OFFENCE]
    return batch(
        READING,
        {
            "message_id": texts.column("message_id").to_pylist(),
            "rating": sigmoid(reading.texts[RATING][:, 0].astype(np.float64)),
            "p_offence": sigmoid((offends[:, 1] - offends[:, 0]).astype(np.float64)),
            **_probabilities(EMOTIONS, reading.texts[EMOTION], languages),
            "emotions_ko": [
                named(logits) if language in _KOREAN else []
                for logits, language in zip(reading.texts[EMOTION_KO], languages, strict=True)
            ],
            **_probabilities(INTENTS, reading.texts[INTENT], languages),
            "opinions": [packed(one) for one in found_in(words, reading)],
            "tier": [reader.tier] * len(words),
            "text_digest": texts.column("text_digest").to_pylist(),
        },
    )


def _probabilities(
    names: Sequence[str], logits: Floats, languages: Sequence[str]
) -> Mapping[str, list[float | None]]:
    """A column for each name; nothing is said of a language that was not learned."""
    found = sigmoid(logits.astype(np.float64))
    known = [language != _UNKNOWN for language in languages]
    return {
        f"p_{name}": [
            value if one else None for value, one in zip(found[:, at].tolist(), known, strict=True)
        ]
        for at, name in enumerate(names)
    }


def analyze(engine: Engine, parameters: NoParameters) -> Answer:
    """Reads every message."""
    step = texts_step("reading_texts")
    texts = engine.run([step])
    table = engine.map(
        read, texts, READING, name="reading", columns=("message_id", "text", "text_digest")
    )
    return Answer(tables=(table,), steps=(step,), caveats=(Caveat(key="caveat_reading"),))


ANALYZER = Analyzer(
    name="reading",
    version="7",
    reads=(Reads(schema=MESSAGE, columns=("text",), also=("title",)),),
    writes=(READING,),
    analyze=analyze,
    per_row=True,
    packages=PACKAGES,
    quality="measured",
)

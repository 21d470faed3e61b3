"""What does the writer want: complain, ask, praise, request something, or leave?

Method: the encoder of `reading` gives each intent a probability of its own; those of at least
    `probability` are named, several to a message.
Source: docs/models/reader.md says how it was made and what it learned from.
Limits: needs the extra `accurate`. Probabilities are the model's own, and were not calibrated on
    other texts. Intents were learned from texts that a language model wrote for Sonnim, in Korean
    and English. A message in another language, without words, or without a likely intent has no
    row. Churn is what one message says ("I am leaving"), not whether that person will leave.
Quality: tested
"""

from dataclasses import dataclass

from sonnim.analyzers.base import Analyzer
from sonnim.analyzers.likely import likely_reads, likely_steps
from sonnim.engines.base import Engine
from sonnim.language.reader import PACKAGES
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.emotions import INTENT, INTENT_COLUMNS
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.step import Step


@dataclass(frozen=True, kw_only=True)
class IntentsParameters:
    """Parameters of `intents`."""

    probability: float = parameter(
        0.5, Limit(meaning="Least probability of an intent", low=0, high=1)
    )


def steps(parameters: IntentsParameters) -> tuple[Step, ...]:
    """The SQL of the analysis."""
    return likely_steps(INTENT, INTENT_COLUMNS, least=parameters.probability)


def analyze(engine: Engine, parameters: IntentsParameters) -> Answer:
    """Names the likely intents of every message."""
    named = steps(parameters)
    return Answer(tables=(engine.run(named),), steps=named, caveats=(Caveat(key="caveat_intents"),))


ANALYZER = Analyzer(
    name="intents",
    version="1",
    reads=likely_reads(INTENT_COLUMNS),
    writes=(INTENT,),
    analyze=analyze,
    parameters=IntentsParameters,
    packages=PACKAGES,
    quality="tested",
)

"""What do they feel, and how strongly: joy, trust, fear, sadness, disgust, anger…?

Method: the encoder of `reading` gives each of Plutchik's eight emotions a probability of its own;
    those of at least `probability` are named, several to a message. Intensity is the mean of two
    numbers: how far the rating that was read is from the middle of its scale (0 in the middle, 1
    at either end), and the probability of the likeliest emotion.
Source: Plutchik 1980 (the eight); Jeon, Lee and Kim 2022 (KOTE, what Korean emotions were learned
    from; reading.emotions_ko has its 44); docs/models/reader.md says how it was made.
Limits: needs the extra `accurate`. Probabilities are the model's own, and were not calibrated on
    other texts. English trust, fear, surprise and disgust were learned from some hundred texts that
    a language model wrote for Sonnim. A message in another language, without words, or without a
    likely emotion has no row. Intensity orders messages; it was fitted to nobody's judgement. What
    somebody feels is read from one text: it is no ground for a decision about them.
Quality: tested
"""

from dataclasses import dataclass

from sonnim.analyzers.base import Analyzer
from sonnim.analyzers.likely import likely_reads, likely_steps
from sonnim.engines.base import Engine
from sonnim.language.reader import PACKAGES
from sonnim.tables.answer import Answer, Caveat
from sonnim.tables.emotions import EMOTION, EMOTION_COLUMNS
from sonnim.tables.parameters import Limit, parameter
from sonnim.tables.step import Step

_STRONGEST = f"greatest({', '.join(one.name for one in EMOTION_COLUMNS)})"
_INTENSITY = f"(abs(2e0 * rating - 1e0) + {_STRONGEST}) / 2e0 AS intensity"


@dataclass(frozen=True, kw_only=True)
class EmotionsParameters:
    """Parameters of `emotions`."""

    probability: float = parameter(
        0.5, Limit(meaning="Least probability of an emotion", low=0, high=1)
    )


def steps(parameters: EmotionsParameters) -> tuple[Step, ...]:
    """The SQL of the analysis."""
    return likely_steps(EMOTION, EMOTION_COLUMNS, least=parameters.probability, also=_INTENSITY)


def analyze(engine: Engine, parameters: EmotionsParameters) -> Answer:
    """Names the likely emotions of every message."""
    named = steps(parameters)
    return Answer(
        tables=(engine.run(named),), steps=named, caveats=(Caveat(key="caveat_emotions"),)
    )


ANALYZER = Analyzer(
    name="emotions",
    version="1",
    reads=likely_reads(EMOTION_COLUMNS, "rating"),
    writes=(EMOTION,),
    analyze=analyze,
    parameters=EmotionsParameters,
    packages=PACKAGES,
    quality="tested",
)

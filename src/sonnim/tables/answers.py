"""The answer tables that the analyzers of this release write (DESIGN.md, part 3).

The columns that DESIGN.md names are fixed; the others were added here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sonnim.tables.accuracy import LABEL_ACCURACY
from sonnim.tables.answers_found import ISSUE, ISSUES, TOPIC, TOPICS
from sonnim.tables.answers_network import NETWORK
from sonnim.tables.emotions import EMOTION, FELT, INTENT
from sonnim.tables.schema import Column, ColumnType, Privacy, TableSchema


@dataclass(frozen=True, kw_only=True)
class Windows:
    """How many periods are set against how many before them.

    Attributes:
        recent: The latest periods, taken together.
        usual: Those before them, at most.
        least: Those before them, at least.
    """

    recent: int
    usual: int
    least: int


WINDOWS: Mapping[str, Windows] = {
    "day": Windows(recent=7, usual=28, least=14),
    "week": Windows(recent=4, usual=26, least=8),
    "month": Windows(recent=3, usual=12, least=4),
    "quarter": Windows(recent=1, usual=4, least=3),
    "year": Windows(recent=1, usual=4, least=3),
}
"""What `recent` and `usual` are, by the length of a period: few answers a period show hardly
anything, several together show what lasts."""

_NUMBER = ColumnType.DOUBLE
_COUNT = ColumnType.LONG

_MESSAGE_ID = Column(name="message_id", meaning="Which message", required=True)
_READ = Column(
    name="text_digest",
    meaning="MD5 of the title and text that were read; a changed message is read again",
    privacy=Privacy.PSEUDONYM,
)

LANGUAGE = TableSchema(
    name="language",
    version=1,
    meaning="The language of one message",
    key=("message_id",),
    columns=(
        _MESSAGE_ID,
        Column(
            name="language",
            meaning="ko, en, other, or mixed (Korean and English in one message)",
        ),
        Column(name="probability", type=_NUMBER, meaning="How sure that is", unit="probability"),
        _READ,
    ),
)

MOOD = TableSchema(
    name="mood",
    version=1,
    meaning="How one message feels",
    key=("message_id",),
    columns=(
        _MESSAGE_ID,
        Column(name="language", meaning="ko, en, other or mixed"),
        Column(
            name="label",
            meaning="negative, neutral, positive, or unsure (below the calibrated threshold)",
        ),
        Column(
            name="p_negative", type=_NUMBER, meaning="Probability: negative", unit="probability"
        ),
        Column(name="p_neutral", type=_NUMBER, meaning="Probability: neutral", unit="probability"),
        Column(
            name="p_positive", type=_NUMBER, meaning="Probability: positive", unit="probability"
        ),
        Column(name="tier", meaning="Name and version of the model that read it"),
        _READ,
    ),
)

_CELL = (
    Column(name="unit", meaning="Part of the company; empty: all together"),
    Column(name="subject", meaning="What it is about; empty: all together"),
    Column(name="channel", meaning="Where it was said or asked; empty: all together"),
    Column(
        name="period",
        type=ColumnType.TIMESTAMP,
        meaning="Start of the period; empty: the whole time",
        unit="UTC",
    ),
)
_LOW = Column(name="low", type=_NUMBER, meaning="Lower end of the interval")
_HIGH = Column(name="high", type=_NUMBER, meaning="Upper end of the interval")
_N = Column(name="n", type=_COUNT, meaning="How many answers or messages", unit="rows")
_CHANGE = (
    Column(
        name="change",
        type=_NUMBER,
        meaning="Value minus the value of the period before; empty where there was none",
    ),
    Column(
        name="p_value",
        type=_NUMBER,
        meaning="Probability of such a change by chance alone",
        unit="probability",
    ),
    Column(
        name="q_value",
        type=_NUMBER,
        meaning="p_value corrected for all changes tested (Benjamini and Hochberg 1995)",
        unit="probability",
    ),
    Column(
        name="significant",
        type=ColumnType.BOOLEAN,
        meaning="Whether the change may be called one (q_value below alpha)",
    ),
)
_USUAL = (
    Column(
        name="recent",
        type=_NUMBER,
        meaning="Value of this and the latest periods before it taken together (7 days, 4 weeks, "
        "3 months, 1 quarter or 1 year)",
    ),
    Column(name="recent_low", type=_NUMBER, meaning="Lower end of the interval of recent"),
    Column(name="recent_high", type=_NUMBER, meaning="Upper end of the interval of recent"),
    Column(
        name="recent_n",
        type=_COUNT,
        meaning="How many answers or messages are behind recent",
        unit="rows",
    ),
    Column(
        name="usual",
        type=_NUMBER,
        meaning="Value of the periods before recent taken together (up to 28 days, 26 weeks, 12 "
        "months, 4 quarters or 4 years); empty where there are too few",
    ),
    Column(name="usual_low", type=_NUMBER, meaning="Lower end of the interval of usual"),
    Column(name="usual_high", type=_NUMBER, meaning="Upper end of the interval of usual"),
    Column(
        name="usual_n",
        type=_COUNT,
        meaning="How many answers or messages are behind usual",
        unit="rows",
    ),
    Column(
        name="usual_p_value",
        type=_NUMBER,
        meaning="Probability of recent lying so far from usual by chance alone",
        unit="probability",
    ),
    Column(
        name="usual_q_value",
        type=_NUMBER,
        meaning="usual_p_value corrected for all periods tested (Benjamini and Hochberg 1995)",
        unit="probability",
    ),
    Column(
        name="unusual",
        type=ColumnType.BOOLEAN,
        meaning="Whether recent may be called different from usual (usual_q_value below alpha)",
    ),
)

SATISFACTION = TableSchema(
    name="satisfaction",
    version=1,
    meaning="Satisfaction of one unit, subject or channel in one period",
    key=("unit", "subject", "channel", "period", "metric", "scale_min", "scale_max"),
    time="period",
    columns=(
        *_CELL,
        Column(
            name="metric",
            meaning="nps (-100 to 100), csat (share satisfied), ces (mean effort score), "
            "rating (mean), rating_csat (share of ratings in the top quarter of the scale)",
        ),
        Column(name="value", type=_NUMBER, meaning="The metric's value", unit="metric"),
        _LOW,
        _HIGH,
        _N,
        *_CHANGE,
        *_USUAL,
        Column(name="scale_min", type=_NUMBER, meaning="Least score possible", unit="points"),
        Column(name="scale_max", type=_NUMBER, meaning="Greatest score possible", unit="points"),
    ),
)

VOICES = TableSchema(
    name="voices",
    version=1,
    meaning="How much was said and how it felt, of one unit, subject or channel in one period",
    key=("unit", "subject", "channel", "period", "measure"),
    time="period",
    columns=(
        *_CELL,
        Column(
            name="measure",
            meaning="volume (messages), negative or positive (share of messages, corrected for "
            "the model's known error)",
        ),
        Column(name="value", type=_NUMBER, meaning="The measure's value", unit="measure"),
        _LOW,
        _HIGH,
        _N,
        *_CHANGE,
        *_USUAL,
        Column(
            name="quotes",
            type=ColumnType.STRINGS,
            meaning="message_id of the messages that show it best",
        ),
    ),
)

QUOTE = TableSchema(
    name="quote",
    version=1,
    meaning="What one message says, as it may be quoted: personal data masked",
    key=("message_id",),
    columns=(
        _MESSAGE_ID,
        Column(
            name="text",
            meaning="What was said, with [전화번호], [phone] and the like in the place of personal "
            "data",
            privacy=Privacy.PERSONAL,
        ),
        Column(name="masked", type=_COUNT, meaning="How many places were masked", unit="places"),
    ),
)

_OF_RATED = "against ratings, low against high"

DOMAIN = TableSchema(
    name="domain",
    version=3,
    meaning="How moods are fitted to one source and language, and how they agree with its ratings",
    key=("source", "language"),
    columns=(
        Column(name="source", meaning="Where the messages came from", required=True),
        Column(name="language", meaning="ko or en", required=True),
        Column(
            name="learned_from",
            meaning="ratings, corrections or both; or texts, where these are too few: then only "
            "the level is fitted, and nothing is known of how right it is",
        ),
        *(
            Column(name=f"n_{side}", type=_COUNT, meaning=f"Messages rated {side}", unit="rows")
            for side in ("negative", "neutral", "positive")
        ),
        Column(
            name="majority",
            type=_NUMBER,
            meaning="Accuracy of always saying the more frequent side",
            unit="share",
        ),
        Column(
            name="auc",
            type=_NUMBER,
            meaning="How often a message rated high is found better than one rated low",
            unit="share",
        ),
        *(
            Column(name=f"{name}{end}", type=_NUMBER, meaning=f"{meaning}, {how}", unit="share")
            for name, meaning in (
                ("accuracy", f"Share of right moods {_OF_RATED}"),
                ("macro_f1", f"Mean F1 of both sides {_OF_RATED}"),
                ("ece", f"Calibration error {_OF_RATED}"),
            )
            for end, how in (("", "as read"), ("_fitted", "fitted, on messages held out"))
        ),
        Column(
            name="words_gain", type=_NUMBER, meaning="How much less surprising ratings of messages "
            "held out are where words of the source's own texts count; 0 where they do not help, "
            "and then do not count", unit="nats",
        ),
        *(
            Column(
                name=f"{question}_{part}", type=_NUMBER, meaning=f"{part.title()} of the log odds "
                f"of {side}", unit="log odds",
            )
            for question, side in (("polarity", "positive, given not neutral"),
                                   ("neutrality", "neutral"))
            for part in ("slope", "intercept")
        ),
        *(
            Column(
                name=f"{question}_{part}", type=_NUMBER,
                meaning=f"{meaning} of {question}; empty where learned from texts", unit=unit,
            )
            for question in ("polarity", "neutrality")
            for part, meaning, unit in (
                ("slope_error", "Standard error of the slope", "log odds"),
                ("intercept_error", "Standard error of the intercept", "log odds"),
                ("error_correlation", "How the errors of slope and intercept go together",
                 "correlation"),
            )
        ),
    ),
)  # fmt: skip

DOMAIN_MOOD = TableSchema(
    name="domain_mood",
    version=1,
    meaning="How one message feels, fitted to the ratings of its source",
    key=("message_id",),
    columns=(
        _MESSAGE_ID,
        Column(
            name="label",
            meaning="negative, neutral, positive, or unsure (none is likelier than not)",
        ),
        *(
            Column(
                name=f"p_{side}", type=_NUMBER, meaning=f"Probability: {side}", unit="probability"
            )
            for side in ("negative", "neutral", "positive")
        ),
    ),
)

READING = TableSchema(
    name="reading",
    version=2,
    meaning="What the accurate tier read of one message, without a letter of it",
    key=("message_id",),
    columns=(
        _MESSAGE_ID,
        Column(
            name="rating",
            type=_NUMBER,
            meaning="How good its writer finds what is spoken of, as a rating would say: 0 to 1",
            unit="share of the scale",
        ),
        Column(
            name="p_offence",
            type=_NUMBER,
            meaning="Probability that it offends",
            unit="probability",
        ),
        *FELT,
        Column(
            name="opinions",
            type=ColumnType.STRINGS,
            meaning="Where opinions stand in title and text, as start:end of the target, start:end "
            "of the words, polarity and its probability; the table opinion shows them",
        ),
        Column(name="tier", meaning="Name and version of the model that read it"),
        _READ,
    ),
)

OPINION = TableSchema(
    name="opinion",
    version=1,
    meaning="One opinion of one message: what is spoken of, what is said of it, and how",
    key=("message_id", "number"),
    columns=(
        _MESSAGE_ID,
        Column(
            name="number",
            type=_COUNT,
            meaning="Place among the opinions of the message, from 1",
            required=True,
        ),
        Column(name="place", meaning="title or text: where it stands, and its offsets count from"),
        Column(
            name="start",
            type=_COUNT,
            meaning="First character of the target, or of the words where the target is implied",
            unit="characters from 0",
        ),
        Column(
            name="end", type=_COUNT, meaning="Behind the last character", unit="characters from 0"
        ),
        Column(
            name="target",
            meaning="What is spoken of, personal data masked; empty where it is implied",
            privacy=Privacy.PERSONAL,
        ),
        Column(
            name="category",
            meaning="Aspect from the catalogue; empty where none fits",
        ),
        Column(
            name="category_probability",
            type=_NUMBER,
            meaning="How surely it is that aspect; for ordering, not calibrated",
            unit="score from 0 to 1",
        ),
        Column(
            name="words",
            meaning="What is said of it, personal data masked; empty where only the target was "
            "found",
            privacy=Privacy.PERSONAL,
        ),
        Column(name="polarity", meaning="negative, neutral or positive"),
        Column(
            name="probability",
            type=_NUMBER,
            meaning="How sure the polarity is",
            unit="probability",
        ),
    ),
)

ANSWERS = (
    LANGUAGE, MOOD, DOMAIN, DOMAIN_MOOD, LABEL_ACCURACY, READING, OPINION, SATISFACTION, VOICES,
    QUOTE, TOPIC, TOPICS, ISSUES, ISSUE, EMOTION, INTENT, *NETWORK,
)  # fmt: skip

"""The tables of emotions and intents, and the columns of `reading` that they are made from."""

from sonnim.tables.schema import Column, ColumnType, TableSchema

_NUMBER = ColumnType.DOUBLE
_MESSAGE_ID = Column(name="message_id", meaning="Which message", required=True)
_EMOTIONS = ("joy", "trust", "fear", "surprise", "sadness", "disgust", "anger", "anticipation")
_INTENTS = {
    "complaint": "it complains",
    "question": "it asks to be told something",
    "praise": "it praises",
    "request": "it asks for something to be done",
    "churn": "its writer leaves the company, or threatens to",
}
_UNREAD = "; empty where the text is neither Korean nor English"

EMOTION_COLUMNS = tuple(
    Column(
        name=f"p_{name}",
        type=_NUMBER,
        meaning=f"Probability that its writer feels {name}{_UNREAD}",
        unit="probability",
    )
    for name in _EMOTIONS
)
"""One for each of Plutchik's eight; several may hold, so they do not sum to one."""
INTENT_COLUMNS = tuple(
    Column(
        name=f"p_{name}",
        type=_NUMBER,
        meaning=f"Probability that {meaning}{_UNREAD}",
        unit="probability",
    )
    for name, meaning in _INTENTS.items()
)
"""One for each intent; several may hold."""
FELT = (
    *EMOTION_COLUMNS,
    Column(
        name="emotions_ko",
        type=ColumnType.STRINGS,
        meaning="Of a Korean text those of KOTE's 44 emotions with a probability of 0.3 or more, "
        "likeliest first",
    ),
    *INTENT_COLUMNS,
)
"""What `reading` says of emotions and intents."""


def _ranked(one: str) -> tuple[Column, ...]:
    return (
        Column(
            name="probability",
            type=_NUMBER,
            meaning="How surely it holds, as the model says",
            unit="probability",
        ),
        Column(name="rank", type=ColumnType.LONG, meaning=f"1: the likeliest {one} of the message"),
    )


EMOTION = TableSchema(
    name="emotion",
    version=1,
    meaning="One emotion of one message; a message with none that is likely has no row",
    key=("message_id", "name"),
    columns=(
        _MESSAGE_ID,
        Column(name="name", meaning=f"Which emotion: {', '.join(_EMOTIONS)}", required=True),
        *_ranked("emotion"),
        Column(
            name="intensity",
            type=_NUMBER,
            meaning="How strongly the message feels at all, 0 to 1: the mean of how far its rating "
            "is from the middle (1: either end) and of the probability of its likeliest emotion",
        ),
    ),
)

INTENT = TableSchema(
    name="intent",
    version=1,
    meaning="One thing that the writer of one message wants; a message with none that is likely "
    "has no row",
    key=("message_id", "name"),
    columns=(
        _MESSAGE_ID,
        Column(name="name", meaning=f"Which intent: {', '.join(_INTENTS)}", required=True),
        *_ranked("intent"),
    ),
)

"""The answer tables of what is found in many messages together: topics and issues."""

from sonnim.tables.schema import Column, ColumnType, TableSchema

_NUMBER = ColumnType.DOUBLE
_COUNT = ColumnType.LONG
_MESSAGE_ID = Column(name="message_id", meaning="Which message", required=True)

TOPIC = TableSchema(
    name="topic",
    version=1,
    meaning="One topic of one message; of a message about no topic, one row without any",
    key=("message_id", "topic_id"),
    columns=(
        _MESSAGE_ID,
        Column(
            name="topic_id",
            type=_COUNT,
            meaning="Which topic, the same from run to run; empty: about none that was found",
        ),
        Column(name="name", meaning="The topic's label"),
        Column(
            name="probability",
            type=_NUMBER,
            meaning="How surely the message is about it; of a message about none, the most that "
            "spoke for any",
            unit="probability",
        ),
        Column(name="rank", type=_COUNT, meaning="1: what the message is most about"),
    ),
)

TOPICS = TableSchema(
    name="topics",
    version=1,
    meaning="One topic, found in the messages",
    key=("topic_id",),
    columns=(
        Column(
            name="topic_id",
            type=_COUNT,
            meaning="Which topic; the same from run to run, and never used for another",
        ),
        Column(name="label", meaning="Its name, of the words people use"),
        Column(
            name="parent",
            type=_COUNT,
            meaning="topic_id of the broad topic that it belongs to; empty: none",
        ),
        Column(name="level", type=_COUNT, meaning="1: broad, holds others; 2: fine"),
        Column(name="n", type=_COUNT, meaning="How many messages are about it", unit="rows"),
        Column(
            name="quotes",
            type=ColumnType.STRINGS,
            meaning="message_id of the messages that show it best",
        ),
        Column(
            name="terms",
            type=ColumnType.STRINGS,
            meaning="The words by which it is known, best first",
        ),
        Column(name="language", meaning="ko or en: of most of what is said about it"),
        Column(name="state", meaning="new, known (from an earlier run) or gone (not found now)"),
        Column(
            name="coherence",
            type=_NUMBER,
            meaning="Mean NPMI of its best words, -1 to 1; empty for broad topics",
        ),
        Column(
            name="stability",
            type=_NUMBER,
            meaning="How much the same it looks in two random halves, 0 to 1; empty where there "
            "are too few messages to say",
        ),
        Column(
            name="first_time",
            type=ColumnType.TIMESTAMP,
            meaning="When it was first spoken of",
            unit="UTC",
        ),
        Column(
            name="last_time",
            type=ColumnType.TIMESTAMP,
            meaning="When it was last spoken of",
            unit="UTC",
        ),
    ),
)

ISSUES = TableSchema(
    name="issues",
    version=1,
    meaning="Something that came up at a time, everywhere or in one unit",
    key=("issue_id",),
    columns=(
        Column(name="issue_id", meaning="Which issue", required=True),
        Column(name="label", meaning="Its name, of the words people use"),
        Column(name="unit", meaning="Where; empty: everywhere"),
        Column(name="started", type=ColumnType.TIMESTAMP, meaning="First day", unit="UTC"),
        Column(
            name="ended",
            type=ColumnType.TIMESTAMP,
            meaning="The day after the last; empty: it goes on",
            unit="UTC",
        ),
        Column(name="n", type=_COUNT, meaning="How many messages are of it", unit="rows"),
        Column(
            name="kind",
            meaning="complaint, or praise: more of its messages are negative, or positive, than of "
            "all (p < .01); else talk",
        ),
        Column(
            name="negative",
            type=_NUMBER,
            meaning="Share of negative messages in it, as read",
            unit="share",
        ),
        Column(
            name="negative_usual", type=_NUMBER, meaning="The same of all messages", unit="share"
        ),
        Column(
            name="p_value",
            type=_NUMBER,
            meaning="Bound of the probability that any rise as strong comes up by chance, all "
            "windows, words and units tried taken into account",
            unit="probability",
        ),
        Column(
            name="terms",
            type=ColumnType.STRINGS,
            meaning="The words that rose, strongest first",
        ),
        Column(
            name="quotes",
            type=ColumnType.STRINGS,
            meaning="message_id of the messages that show it best",
        ),
    ),
)

ISSUE = TableSchema(
    name="issue",
    version=1,
    meaning="A message that is of an issue",
    key=("message_id", "issue_id"),
    columns=(
        _MESSAGE_ID,
        Column(name="issue_id", meaning="Which issue", required=True),
        Column(name="name", meaning="The issue's label"),
        Column(
            name="probability",
            type=_NUMBER,
            meaning="Share of messages with such words, then and there, that would not have been "
            "written otherwise",
            unit="probability",
        ),
    ),
)

"""The canonical tables: facts that come in (DESIGN.md, part 3)."""

from sonnim.tables.schema import Column, ColumnType, Privacy, TableSchema

_TIME = ColumnType.TIMESTAMP
_NUMBER = ColumnType.DOUBLE
_COUNT = ColumnType.LONG

MESSAGE_KINDS = (
    "review", "post", "reply", "ticket", "chat", "email", "call", "verbatim", "idea",
)  # fmt: skip
DIRECTIONS = ("in", "out", "public")
METRICS = ("nps", "csat", "ces", "kcsi")
QUESTIONS = ("mood",)
CHOICES = ("uncertain", "random", "given")

_PERSON_ID = Column(name="person_id", meaning="Pseudonym of the person", privacy=Privacy.PSEUDONYM)
_SUBJECT = Column(name="subject", meaning="What it is about: product, branch, title")
_UNIT = Column(name="unit", meaning="Part of the company that answers for it")
_ATTRIBUTES = Column(
    name="attributes",
    meaning="Columns of the source that have no place of their own, as JSON",
    privacy=Privacy.PERSONAL,
)
_SOURCE = Column(name="source", meaning="Name of the source in sonnim.toml")

MESSAGE = TableSchema(
    name="message",
    version=2,
    meaning="Something said",
    key=("message_id",),
    time="time",
    columns=(
        Column(name="message_id", meaning="Which message; unique over all sources", required=True),
        Column(name="time", type=_TIME, meaning="When it was said", unit="UTC", required=True),
        _PERSON_ID,
        Column(name="channel", meaning="Where it was said: app store, phone, branch, web…"),
        Column(name="kind", meaning="One of " + ", ".join(MESSAGE_KINDS)),
        Column(
            name="direction",
            meaning="in (to the company), out (from the company) or public (to everyone)",
        ),
        Column(name="text", meaning="What was said", privacy=Privacy.PERSONAL, required=True),
        Column(name="title", meaning="Its title, if it has one", privacy=Privacy.PERSONAL),
        Column(name="language", meaning="Language as the source states it (ISO 639-1)"),
        Column(name="rating", type=_NUMBER, meaning="Rating given with it", unit="points"),
        Column(name="rating_min", type=_NUMBER, meaning="Least rating possible", unit="points"),
        Column(name="rating_max", type=_NUMBER, meaning="Greatest rating possible", unit="points"),
        Column(name="thread_id", meaning="The conversation that it belongs to"),
        Column(name="reply_to", meaning="message_id of the message that it answers"),
        Column(name="share_of", meaning="message_id of the message that it passes on"),
        Column(
            name="addressed",
            meaning="Whom it speaks to (handles, comma-separated)",
            privacy=Privacy.PERSONAL,
        ),
        _SUBJECT,
        _UNIT,
        Column(name="url", meaning="Where it can be read", privacy=Privacy.PERSONAL),
        Column(name="likes", type=_COUNT, meaning="Times it was liked", unit="people"),
        Column(name="shares", type=_COUNT, meaning="Times it was passed on", unit="people"),
        Column(name="views", type=_COUNT, meaning="Times it was seen", unit="views"),
        _ATTRIBUTES,
        _SOURCE,
    ),
)

EVENT = TableSchema(
    name="event",
    version=1,
    meaning="Something done",
    key=("event_id",),
    time="time",
    columns=(
        Column(name="event_id", meaning="Which event; unique over all sources", required=True),
        Column(name="time", type=_TIME, meaning="When it was done", unit="UTC", required=True),
        Column(
            name="person_id",
            meaning="Pseudonym of the person",
            privacy=Privacy.PSEUDONYM,
            required=True,
        ),
        Column(name="type", meaning="visit, purchase, refund, cancel, contact…"),
        _SUBJECT,
        Column(name="value", type=_NUMBER, meaning="Amount of money", unit="currency"),
        Column(name="currency", meaning="ISO 4217 code of value's currency"),
        Column(name="quantity", type=_NUMBER, meaning="How many", unit="pieces"),
        _ATTRIBUTES,
        _SOURCE,
    ),
)

ANSWER = TableSchema(
    name="answer",
    version=1,
    meaning="One survey answer",
    key=("answer_id",),
    time="time",
    columns=(
        Column(name="answer_id", meaning="Which answer; unique over all sources", required=True),
        Column(name="time", type=_TIME, meaning="When it was given", unit="UTC", required=True),
        _PERSON_ID,
        Column(name="survey", meaning="Name of the survey"),
        Column(name="wave", meaning="Which round of the survey"),
        Column(name="metric", meaning="One of " + ", ".join(METRICS), required=True),
        Column(name="score", type=_NUMBER, meaning="The score given", unit="points", required=True),
        Column(name="scale_min", type=_NUMBER, meaning="Least score possible", unit="points"),
        Column(name="scale_max", type=_NUMBER, meaning="Greatest score possible", unit="points"),
        Column(name="touchpoint", meaning="Where in the journey it was asked"),
        _UNIT,
        Column(name="weight", type=_NUMBER, meaning="Survey weight", unit="respondents"),
        Column(name="message_id", meaning="The verbatim that was given with it"),
        _ATTRIBUTES,
        _SOURCE,
    ),
)

TIE = TableSchema(
    name="tie",
    version=1,
    meaning="One link between two people",
    key=("time", "from_id", "to_id", "kind", "message_id"),
    time="time",
    columns=(
        Column(name="time", type=_TIME, meaning="When it was made", unit="UTC"),
        Column(
            name="from_id",
            meaning="Who links",
            privacy=Privacy.PSEUDONYM,
            required=True,
        ),
        Column(name="to_id", meaning="Who is linked to", privacy=Privacy.PSEUDONYM, required=True),
        Column(name="kind", meaning="mention, reply, share, follow, refer or call"),
        Column(name="weight", type=_NUMBER, meaning="How strong", unit="links"),
        Column(name="message_id", meaning="The message that shows it"),
        _SOURCE,
    ),
)

PERSON = TableSchema(
    name="person",
    version=1,
    meaning="One stakeholder",
    key=("person_id",),
    time="joined",
    columns=(
        Column(
            name="person_id",
            meaning="Pseudonym of the person",
            privacy=Privacy.PSEUDONYM,
            required=True,
        ),
        Column(
            name="kind",
            meaning="customer, employee, partner, public or company (an account of a company)",
        ),
        Column(name="name", meaning="Their name", privacy=Privacy.PERSONAL),
        Column(name="joined", type=_TIME, meaning="Since when they are one", unit="UTC"),
        _ATTRIBUTES,
        _SOURCE,
    ),
)

ACCOUNT = TableSchema(
    name="account",
    version=1,
    meaning="One identity at one source",
    key=("source", "source_id"),
    columns=(
        _SOURCE,
        Column(
            name="source_id",
            meaning="The identity as the source writes it",
            privacy=Privacy.PERSONAL,
            required=True,
        ),
        Column(
            name="person_id",
            meaning="Pseudonym of the person",
            privacy=Privacy.PSEUDONYM,
            required=True,
        ),
        Column(
            name="probability",
            type=_NUMBER,
            meaning="How sure it is that the identity is the person's",
            unit="probability",
        ),
        Column(name="decided_by", meaning="Rule, model or person that decided"),
    ),
)

CHANGE = TableSchema(
    name="change",
    version=1,
    meaning="Something the company did or suffered",
    key=("change_id",),
    time="start",
    columns=(
        Column(name="change_id", meaning="Which change", required=True),
        Column(name="start", type=_TIME, meaning="When it began", unit="UTC", required=True),
        Column(name="end", type=_TIME, meaning="When it ended; empty: it lasts", unit="UTC"),
        Column(name="kind", meaning="release, outage, price, campaign or policy"),
        Column(name="title", meaning="What a person calls it"),
        Column(name="owner", meaning="Who answers for it"),
        _UNIT,
    ),
)

REJECTED = TableSchema(
    name="rejected",
    version=1,
    meaning="One input row that could not be taken",
    key=("source", "file", "row", "reason"),
    columns=(
        _SOURCE,
        Column(name="file", meaning="Name of the file, with folders if two have the name"),
        Column(
            name="row", type=_COUNT, meaning="Row of the file, the header not counted", unit="rows"
        ),
        Column(name="reason", meaning="Why it could not be taken"),
        Column(name="raw", meaning="The row as it came", privacy=Privacy.SENSITIVE),
    ),
)

CORRECTION = TableSchema(
    name="correction",
    version=1,
    meaning="What a person who read one message says of it",
    key=("message_id", "question"),
    time="labelled_at",
    columns=(
        Column(name="message_id", meaning="Which message", required=True),
        Column(name="question", meaning="One of " + ", ".join(QUESTIONS), required=True),
        Column(name="label", meaning="Of mood: negative, neutral or positive", required=True),
        Column(
            name="labelled_at", type=_TIME, meaning="When it was said", unit="UTC", required=True
        ),
        Column(
            name="labelled_by",
            meaning="Pseudonym of who said it; empty: nobody in particular",
            privacy=Privacy.PSEUDONYM,
        ),
        Column(
            name="text_digest",
            meaning="MD5 of the title and text that were read; of a message that has changed since "
            "the correction is not used",
            privacy=Privacy.PSEUDONYM,
        ),
        Column(
            name="chosen_by",
            meaning="Why this message was asked about: uncertain (the model was), random (drawn at "
            "random) or given (labelled elsewhere)",
        ),
    ),
)

FACTS = (MESSAGE, EVENT, ANSWER, TIE, PERSON, ACCOUNT, CHANGE, CORRECTION, REJECTED)

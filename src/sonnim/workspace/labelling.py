"""Which texts a person is asked about, and what that person says of them: the table `correction`.

Most are those that the model is least sure of, by the margin between its two likeliest moods
(margin sampling; Settles 2009, "Active Learning Literature Survey"): they teach it most. A share is
drawn at random: only those say how often the model is right, for the others are its hardest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sonnim.analyzers.texts import DIGEST
from sonnim.connectors.shape import pseudonym
from sonnim.engines.duckdb import DuckEngine
from sonnim.language.mood_model import LABELS
from sonnim.tables.answers import MOOD
from sonnim.tables.arrow import batch
from sonnim.tables.errors import StopError
from sonnim.tables.facts import CORRECTION, MESSAGE, QUESTIONS
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, quoted
from sonnim.tables.table import Table
from sonnim.workspace import settings
from sonnim.workspace.disk import disk
from sonnim.workspace.local_time import local
from sonnim.workspace.lock import writing
from sonnim.workspace.saving import load, save
from sonnim.workspace.taking import Put, count
from sonnim.workspace.workspace import Workspace

UNCERTAIN, RANDOM, GIVEN = "uncertain", "random", "given"
_OPEN = TableSchema(
    name="label_open",
    version=1,
    meaning="A message that may be asked about",
    key=("message_id",),
    columns=(
        *(MESSAGE.column(name) for name in ("message_id", "title", "text", "time", "channel")),
        CORRECTION.column("text_digest"),
        CORRECTION.column("chosen_by"),
        Column(name="margin", type=ColumnType.DOUBLE, meaning="Of the two likeliest moods"),
        Column(name="turn", meaning="Orders the messages at random"),
    ),
)
_WORD = TableSchema(
    name="label_word",
    version=1,
    meaning="A word",
    key=("word",),
    columns=(Column(name="word", meaning="The word"),),
)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One message that a person is asked about.

    Attributes:
        message_id: Which message.
        text_digest: MD5 of title and text as they are shown.
        title: Its title, or "".
        text: What was said.
        time: When it was said, by the clocks of the company.
        channel: Where it was said, or "".
        chosen_by: `uncertain` or `random`.
        passed: Messages that came before this one when it was drawn, and that somebody has
            labelled already: with its answer they are drawn at random, too.
    """

    message_id: str
    text_digest: str
    title: str
    text: str
    time: datetime | None
    channel: str
    chosen_by: str
    passed: tuple[str, ...] = ()


def candidates(
    workspace: Workspace,
    *,
    n: int = 20,
    share: float = 0.25,
    question: str = "mood",
    source: str = "",
    language: str = "",
    seed: int = 1,
) -> tuple[Candidate, ...]:
    """Messages to ask a person about, the most useful first, with those drawn at random between.

    What customers said, not what the company answered; nothing that somebody has labelled already,
    unless it has changed since. Of equal texts the model's doubt is asked about once.

    Args:
        workspace: The workspace.
        n: How many.
        share: How many of them are drawn at random, 0 to 1.
        question: What is asked; only `mood` for now.
        source: Only messages of this source.
        language: Only messages of this language.
        seed: Another one draws others. With the same one the draws of several calls are one
            sample.

    Raises:
        StopError: There is no such question or source, or moods have not been read.
    """
    check_question(workspace, question)
    drawn = int(n * share + 0.5)
    with DuckEngine() as engine:
        for schema in (MESSAGE, MOOD, CORRECTION):
            load(workspace.store, engine, workspace.snapshot(schema))
        if source:
            _check_source(engine, source)
        engine.run([_open(question, source, language, seed)])
        random = _random(_rows(engine, _drawn(drawn), ("turn",)))
        taken = ", ".join(quoted(one.message_id) for one in random) or "''"
        doubtful = [
            _candidate(row, UNCERTAIN)
            for row in _rows(engine, _uncertain(n, taken), ("margin", "turn"))
        ]
    mixed = _mixed(doubtful[: n - len(random)], random)
    zone = settings.timezone(workspace.folder)
    times = local([one.time for one in mixed], zone)
    return tuple(replace(one, time=time) for one, time in zip(mixed, times, strict=True))


def correct(
    workspace: Workspace,
    candidate: Candidate,
    label: str,
    *,
    question: str = "mood",
    by: str = "",
) -> bool:
    """Keeps what a person said of a message, in one commit.

    Args:
        workspace: The workspace.
        candidate: The message.
        label: `negative`, `neutral` or `positive`.
        question: What was asked.
        by: Who said it; their pseudonym is kept.

    Returns:
        False if the message has gone meanwhile (its person was erased): then nothing is kept.

    Raises:
        StopError: There is no such label or question.
        RetryError: Another process is writing.
    """
    check_question(workspace, question)
    if label not in LABELS:
        raise StopError("label_unknown", received=label, allowed=", ".join(LABELS))
    given = {
        "message_id": [candidate.message_id],
        "question": [question],
        "label": [label],
        "labelled_at": [round(datetime.now(UTC).timestamp() * 1_000_000)],
        "labelled_by": [by],
        "text_digest": [candidate.text_digest],
        "chosen_by": [candidate.chosen_by],
    }
    with disk(workspace.folder), writing(workspace.folder), DuckEngine() as engine:
        for schema in (MESSAGE, CORRECTION):
            load(workspace.store, engine, workspace.snapshot(schema))
        engine.load(Table(schema=CORRECTION, name="label_given"), batch(CORRECTION, given))
        done = put(workspace, engine, candidate.passed)
    return done.new + done.changed + done.same > 0


def put(workspace: Workspace, engine: DuckEngine, passed: Sequence[str] = ()) -> Put:
    """Keeps the rows of `label_given` whose messages are there; the lock is held.

    Args:
        workspace: The workspace.
        engine: Has `label_given` (with names where the table has pseudonyms), `message` and
            `correction`.
        passed: Messages whose corrections are from now on drawn at random.
    """
    values = {
        **{name: f"g.{name}" for name in CORRECTION.names},
        "labelled_by": f"coalesce({pseudonym('g.labelled_by')}, '')",
        # Drawn at random once, a message stays so, whoever labels it again.
        "chosen_by": f"CASE WHEN '{RANDOM}' IN (c.chosen_by, g.chosen_by) THEN '{RANDOM}' "
        "ELSE g.chosen_by END",
    }
    before = "correction c ON c.message_id = g.message_id AND c.question = g.question"
    there = "label_given g JOIN message m ON m.message_id = g.message_id"
    same = (
        "c.label = g.label AND c.text_digest = g.text_digest "
        f"AND (c.chosen_by = '{RANDOM}' OR g.chosen_by <> '{RANDOM}')"
    )
    kept = ", ".join(
        f"'{RANDOM}' AS chosen_by" if name == "chosen_by" else f"c.{name}"
        for name in CORRECTION.names
    )
    steps = (
        Step(
            name="label_said",
            sql=(
                f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in values.items())} "
                f"FROM {there} LEFT JOIN {before} WHERE NOT coalesce({same}, false)"
            ),
            inputs=("label_given", "message", "correction"),
            output=CORRECTION,
            note="What is new, of messages that are there",
            keep=True,
        ),
        Step(
            name="label_kept",
            sql=(
                f"SELECT * FROM label_said UNION ALL SELECT {kept} FROM correction c "
                f"WHERE c.message_id IN ({', '.join(map(quoted, passed)) or 'NULL'}) "
                "AND c.question IN (SELECT question FROM label_said) "
                "AND c.message_id NOT IN (SELECT message_id FROM label_said)"
            ),
            inputs=("label_said", "correction"),
            output=CORRECTION,
            note="With those that were passed over when these were drawn",
            keep=True,
        ),
    )
    table = engine.run(steps)
    said = engine.count(Table(schema=CORRECTION, name="label_said"))
    changed = count(
        engine,
        f"SELECT count(*) AS n FROM label_said g JOIN {before}",
    )
    total = count(engine, f"SELECT count(*) AS n FROM {there}")
    if said:
        save(workspace.store, engine, table, mode="merge")
    return Put(new=said - changed, changed=changed, same=total - said)


def check_question(workspace: Workspace, question: str) -> None:
    """Stops where a question cannot be asked.

    Raises:
        StopError: There is no such question, or its answer has not been computed.
    """
    if question not in QUESTIONS:
        raise StopError("label_question", received=question, allowed=", ".join(QUESTIONS))
    if workspace.snapshot(MOOD).table.version is None:
        raise StopError("label_no_mood")


def _check_source(engine: DuckEngine, source: str) -> None:
    sql = "SELECT DISTINCT source AS word FROM message WHERE source IS NOT NULL"
    there = [row["word"] for row in _rows(engine, _step("label_sources", sql, _WORD), ("word",))]
    if source not in there:
        raise StopError("label_source", received=source, allowed=", ".join(there))


def _open(question: str, source: str, language: str, seed: int) -> Step:
    """All messages that may be asked about, with the model's margin and a random order."""
    where = [
        "o.p_negative IS NOT NULL",
        "coalesce(m.direction, 'public') <> 'out'",
        "trim(m.text) <> ''",
    ]
    where += [f"m.source = {quoted(source)}"] if source else []
    where += [f"o.language = {quoted(language)}"] if language else []
    p = "o.p_negative, o.p_neutral, o.p_positive"
    # The two likeliest are the sum without the least: their gap is what the other two leave.
    margin = f"2e0 * greatest({p}) + least({p}) - ({p.replace(',', ' +')})"
    sql = (
        f"SELECT m.message_id, m.title, m.text, m.time, m.channel, {DIGEST} AS text_digest, "
        f"c.chosen_by, {margin} AS margin, md5('{int(seed)}:' || m.message_id) AS turn "
        "FROM message m JOIN mood o ON o.message_id = m.message_id LEFT JOIN correction c "
        f"ON c.message_id = m.message_id AND c.question = {quoted(question)} "
        f"AND c.text_digest = {DIGEST} WHERE {' AND '.join(where)}"
    )
    return _step("label_open", sql, _OPEN)


def _drawn(drawn: int) -> Step:
    """The next messages of the random order, and those among them that are labelled already."""
    before = (
        "count(*) FILTER (WHERE chosen_by IS NULL) OVER (ORDER BY turn "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )
    sql = (
        f"SELECT * FROM label_open WHERE chosen_by IS DISTINCT FROM '{RANDOM}' "
        f"QUALIFY coalesce({before}, 0) < {drawn}"
    )
    return _step("label_drawn", sql, _OPEN)


def _uncertain(n: int, taken: str) -> Step:
    """The messages with the smallest margins, each text once, and none that was labelled."""
    sql = (
        "SELECT * FROM (SELECT * FROM label_open WHERE chosen_by IS NULL "
        f"AND message_id NOT IN ({taken}) AND text_digest NOT IN "
        "(SELECT text_digest FROM label_open WHERE chosen_by IS NOT NULL "
        f"OR message_id IN ({taken})) "
        "QUALIFY row_number() OVER (PARTITION BY text_digest ORDER BY turn) = 1) "
        f"ORDER BY margin, turn LIMIT {int(n)}"
    )
    return _step("label_uncertain", sql, _OPEN)


def _random(rows: Sequence[Mapping[str, Any]]) -> list[Candidate]:
    """Those to be asked about, each with the labelled ones that it comes after."""
    found, passed = [], list[str]()
    for row in rows:
        if row["chosen_by"] is None:
            found.append(replace(_candidate(row, RANDOM), passed=tuple(passed)))
            passed = []
        else:
            passed.append(row["message_id"])
    return found


def _mixed(doubtful: Sequence[Candidate], random: Sequence[Candidate]) -> list[Candidate]:
    """Both in their order, those drawn at random evenly between: who stops early has both.

    Example:
        >>> _mixed("abcdef", "XY")
        ['a', 'b', 'c', 'X', 'd', 'e', 'f', 'Y']
    """
    places = [((i + 1) / len(doubtful), 0, one) for i, one in enumerate(doubtful)]
    places += [((i + 1) / len(random), 1, one) for i, one in enumerate(random)]
    return [one for _, _, one in sorted(places, key=lambda place: place[:2])]


def _candidate(row: Mapping[str, Any], chosen_by: str) -> Candidate:
    return Candidate(
        message_id=row["message_id"],
        text_digest=row["text_digest"],
        title=row["title"] or "",
        text=row["text"],
        time=row["time"],
        channel=row["channel"] or "",
        chosen_by=chosen_by,
    )


def _step(name: str, sql: str, output: TableSchema) -> Step:
    return Step(name=name, sql=sql, inputs=(), output=output, keep=True)


def _rows(engine: DuckEngine, step: Step, order: Sequence[str]) -> list[dict[str, Any]]:
    table = engine.fetch(engine.run([step]), order=order).read_all()
    columns = [table.column(name).to_pylist() for name in table.column_names]
    return [
        dict(zip(table.column_names, values, strict=True)) for values in zip(*columns, strict=True)
    ]

"""Labels that were made elsewhere: a file with `message_id` and `label`, into `correction`."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sonnim.analyzers.texts import DIGEST
from sonnim.connectors.base import ROW, Payload
from sonnim.connectors.files import CONNECTOR
from sonnim.engines.duckdb import DuckEngine
from sonnim.language.mood_model import LABELS
from sonnim.tables.arrow import batch
from sonnim.tables.errors import StopError
from sonnim.tables.facts import CHOICES, CORRECTION, MESSAGE, REJECTED
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, identifier, quoted
from sonnim.tables.table import Table
from sonnim.workspace.disk import disk
from sonnim.workspace.labelling import GIVEN, check_question, put
from sonnim.workspace.lock import writing
from sonnim.workspace.saving import load, save
from sonnim.workspace.workspace import Workspace

SOURCE = "labels"
"""The source under which `rejected` holds rows of such files."""

_WORDS: Mapping[str, str] = {
    **{label: label for label in LABELS},
    "부정": "negative", "중립": "neutral", "긍정": "positive",
}  # fmt: skip
_NEEDED = ("message_id", "label")
_READ = TableSchema(
    name="label_read",
    version=1,
    meaning="A row of the file",
    key=("row",),
    columns=(
        Column(name="row", type=ColumnType.LONG, meaning="Its number, the header not counted"),
        CORRECTION.column("message_id"),
        Column(name="label", meaning="As it stands there"),
        Column(name="chosen_by", meaning="As it stands there"),
        Column(name="meant", meaning="The label that is meant, if there is one"),
        Column(name="text_digest", meaning="Of the message as it is now"),
        Column(name="reason", meaning="Why it cannot be taken; empty: it can"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Rejects:
    """Rows of one reason."""

    reason: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class TakenLabels:
    """What came of a file of labels.

    Attributes:
        new: Messages that had no correction.
        changed: Messages that had another one.
        same: Messages that had this one.
        rejected: Rows that could not be taken, by reason; they are in the table `rejected`.
    """

    new: int
    changed: int
    same: int
    rejected: tuple[Rejects, ...]


def take_labels(
    workspace: Workspace, file: Path, *, question: str = "mood", by: str = ""
) -> TakenLabels:
    """Takes a file with the columns `message_id` and `label`, in any form that `add` reads.

    A column `chosen_by` may say `random` of messages that were drawn at random from all; other
    labels count as chosen by somebody, and say nothing of how often the model is right.

    Args:
        workspace: The workspace.
        file: The file; `-` is standard input.
        question: What was asked; only `mood` for now.
        by: Who labelled; their pseudonym is kept.

    Raises:
        StopError: It lacks a column, or moods have not been read.
        RetryError: Another process is writing.
    """
    check_question(workspace, question)
    with disk(workspace.folder), writing(workspace.folder), DuckEngine() as engine:
        for schema in (MESSAGE, CORRECTION, REJECTED):
            load(workspace.store, engine, workspace.snapshot(schema))
        with _payload(file) as payload:
            engine.run([_read(payload)])
            engine.run(_given(question, by))
            rejected = _reject(workspace, engine, payload)
        done = put(workspace, engine)
    return TakenLabels(new=done.new, changed=done.changed, same=done.same, rejected=rejected)


@contextmanager
def _payload(file: Path) -> Iterator[Payload]:
    temporary: list[Path] = []
    try:
        payloads = []
        for one in CONNECTOR.fetch(str(file), SOURCE):
            temporary += one.temporary
            # Such files are small: every row is worth the careful reading.
            careful = one if one.carefully is None else one.carefully()
            temporary += careful.temporary
            payloads.append(careful)
        names = [column.name for one in payloads for column in one.columns]
        if len(payloads) != 1 or not set(_NEEDED) <= set(names):
            raise StopError(
                "label_columns",
                file=file.name,
                needed=", ".join(_NEEDED),
                received=", ".join(dict.fromkeys(names)),
            )
        yield payloads[0]
    finally:
        for path in temporary:
            path.unlink(missing_ok=True)


def _read(payload: Payload) -> Step:
    """The rows of the file, each with the label that it means or the reason why it has none."""
    names = {column.name for column in payload.columns}
    row = identifier(ROW) if payload.numbered else "row_number() OVER ()"
    cells = ", ".join(
        f"trim(CAST({identifier(name)} AS VARCHAR)) AS {name}" for name in _NEEDED
    ) + (", lower(trim(CAST(chosen_by AS VARCHAR)))" if "chosen_by" in names else ", NULL")
    words = " ".join(f"WHEN {quoted(word)} THEN {quoted(one)}" for word, one in _WORDS.items())
    choices = ", ".join(map(quoted, CHOICES))
    reason = (
        "CASE WHEN coalesce(r.message_id, '') = '' THEN 'message_id: missing' "
        "WHEN m.message_id IS NULL THEN 'message_id: no such message' "
        "WHEN coalesce(r.label, '') = '' THEN 'label: missing' "
        f"WHEN meant IS NULL THEN 'label: not one of {', '.join(LABELS)}' "
        f"WHEN chosen_by NOT IN ({choices}) THEN 'chosen_by: not one of {', '.join(CHOICES)}' "
        "WHEN min(meant) OVER same_message <> max(meant) OVER same_message "
        "THEN 'label: another row of the file says otherwise' END"
    )
    sql = (
        f"SELECT r.*, {DIGEST} AS text_digest, {reason} AS reason FROM "
        f"(SELECT *, CASE lower(label) {words} END AS meant FROM "
        f"(SELECT CAST({row} AS BIGINT) AS row, {cells} AS chosen_by FROM {payload.scan})) r "
        "LEFT JOIN message m ON m.message_id = r.message_id "
        "WINDOW same_message AS (PARTITION BY r.message_id)"
    )
    return Step(name=_READ.name, sql=sql, inputs=("message",), output=_READ, keep=True)


def _given(question: str, by: str) -> list[Step]:
    now = round(datetime.now(UTC).timestamp() * 1_000_000)
    values = {
        "message_id": "message_id",
        "question": quoted(question),
        "label": "min(meant)",
        "labelled_at": f"make_timestamptz({now})",
        "labelled_by": quoted(by),
        "text_digest": "min(text_digest)",
        "chosen_by": f"coalesce(min(nullif(chosen_by, '')), '{GIVEN}')",
    }
    columns = ", ".join(f"{values[name]} AS {name}" for name in CORRECTION.names)
    sql = f"SELECT {columns} FROM {_READ.name} WHERE reason IS NULL GROUP BY message_id"
    return [Step(name="label_given", sql=sql, inputs=(_READ.name,), output=CORRECTION, keep=True)]


def _reject(workspace: Workspace, engine: DuckEngine, payload: Payload) -> tuple[Rejects, ...]:
    """Keeps the rows that cannot be taken; those of an earlier reading of the file go."""
    bad = engine.fetch(
        engine.run(
            [
                Step(
                    name="label_bad",
                    sql=f"SELECT * FROM {_READ.name} WHERE reason IS NOT NULL",
                    inputs=(_READ.name,),
                    output=_READ,
                    keep=True,
                )
            ]
        ),
        order=("row",),
    ).read_all()
    columns = {name: bad.column(name).to_pylist() for name in ("row", "reason", "label")}
    # Without the message's id: when its person is erased, nothing here may lead to them.
    raw = [json.dumps({"label": label}, ensure_ascii=False) for label in columns["label"]]
    rows = [*columns["row"], *(one.row for one in payload.rejections)]
    reasons = [*columns["reason"], *(one.reason for one in payload.rejections)]
    values = {
        "source": [SOURCE] * len(rows),
        "file": [payload.label] * len(rows),
        "row": rows,
        "reason": reasons,
        "raw": [*raw, *(one.raw for one in payload.rejections)],
    }
    engine.load(Table(schema=REJECTED, name="label_rejected"), batch(REJECTED, values))
    here = f"source = {quoted(SOURCE)} AND file = {quoted(payload.label)}"
    old = Step(
        name="label_rejected_before",
        sql=f"SELECT * FROM rejected WHERE {here}",
        inputs=("rejected",),
        output=REJECTED,
    )
    if rows or engine.count(engine.run([old])):
        rest = Step(
            name="label_rejects",
            sql=f"SELECT * FROM rejected WHERE NOT coalesce({here}, false) "
            "UNION ALL SELECT * FROM label_rejected",
            inputs=("rejected", "label_rejected"),
            output=REJECTED,
            keep=True,
        )
        save(workspace.store, engine, engine.run([rest]), mode="overwrite")
    return tuple(
        Rejects(reason=reason, rows=reasons.count(reason)) for reason in dict.fromkeys(reasons)
    )

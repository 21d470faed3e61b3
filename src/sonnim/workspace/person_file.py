"""The record of one person as a file for machines, and as a timeline for people."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from arro3.core import Table as ArrowTable

from sonnim.tables.errors import StopError
from sonnim.tables.schema import TableSchema
from sonnim.tables.words import say
from sonnim.views.base import TableSpec
from sonnim.workspace.exporting import whole, write_arrow, write_sheets
from sonnim.workspace.persons import PersonRecord

_LONGEST = 60
# What a line of the timeline says of a row: what it was, where, and the gist of it.
_LINES = {
    "message": ("kind", "channel", ("title", "text")),
    "event": ("type", "source", ("subject", "value", "currency")),
    "answer": ("metric", "touchpoint", ("score", "survey", "wave")),
    "tie": ("kind", "source", ()),
    "mention": ("kind", "channel", ()),
}


def write_record(record: PersonRecord, file: Path) -> int:
    """Writes everything held about a person; gives the number of rows.

    A name that ends in `.json` gives one document, `.xlsx` a sheet for each table, and one without
    an ending a folder with a CSV file for each.

    Raises:
        StopError: The ending is none of these, or the file cannot be written.
    """
    ending = file.suffix.lower()
    if ending == ".json":
        _write_json(record, file)
    elif ending == ".xlsx":
        write_sheets(record.tables, file)
    elif not ending:
        for schema, table in record.tables:
            write_arrow(table, schema, file / f"{schema.name}.csv")
    else:
        raise StopError("person_format", received=file.name)
    return sum(table.num_rows for _, table in record.tables)


def document(record: PersonRecord) -> dict[str, Any]:
    """The record as JSON can hold it: every row with all its columns, and what columns mean."""
    return {
        "person": record.trace.given,
        "person_ids": list(record.trace.ids),
        "tables": {
            schema.name: {
                "meaning": schema.meaning,
                "columns": {column.name: column.meaning for column in schema.columns},
                "rows": _rows(schema, table),
            }
            for schema, table in record.tables
        },
    }


def timeline(record: PersonRecord, language: str, limit: int) -> TableSpec:
    """What a person said and did, in order; the newest rows, as many as `limit`."""
    lines: list[tuple[datetime, tuple[str, ...]]] = []
    for schema, table in record.tables:
        if schema.name not in _LINES:
            continue
        what, where, gist = _LINES[schema.name]
        for row in _columns(schema, table):
            time = row["time"]
            words = " ".join(_short(row[name]) for name in gist if row[name] is not None)
            cells = (schema.name, _short(row[what]), _short(row[where]), _short(words))
            lines.append((time, (f"{time:%Y-%m-%d %H:%M}", *cells)))
    lines.sort(key=lambda line: line[0])
    heads = ("time", "table", "what", "where", "gist")
    return TableSpec(
        title=say("person_timeline", language),
        columns=tuple(say(f"person_col_{head}", language) for head in heads),
        rows=tuple(cells for _, cells in lines[-limit:]),
        alignments=("left",) * len(heads),
    )


def held(record: PersonRecord, language: str) -> TableSpec:
    """How many rows of each table are the person's."""
    return TableSpec(
        title=say("person_held", language),
        columns=(say("person_col_table", language), say("person_col_rows", language)),
        rows=tuple((schema.name, f"{table.num_rows:,}") for schema, table in record.tables),
        alignments=("left", "right"),
    )


def _write_json(record: PersonRecord, file: Path) -> None:
    text = json.dumps(document(record), ensure_ascii=False, indent=1, allow_nan=False)
    with whole(file) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def _columns(schema: TableSchema, table: ArrowTable) -> list[dict[str, Any]]:
    columns = [table.column(name).to_pylist() for name in schema.names]
    return [dict(zip(schema.names, values, strict=True)) for values in zip(*columns, strict=True)]


def _rows(schema: TableSchema, table: ArrowTable) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in _columns(schema, table)]


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return None
    return value


def _short(value: Any) -> str:
    if value is None:
        return ""
    text = f"{value:g}" if isinstance(value, float) else " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

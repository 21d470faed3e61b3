"""`report` and `explain`: the answers of a workspace for people."""

import json
from datetime import UTC, datetime
from typing import Any

from arro3.core import Table as ArrowTable

from sonnim.engines.duckdb import SQL_TYPES
from sonnim.engines.shared_sql import duckdb_statements
from sonnim.tables.answer import Caveat, InputVersion, Provenance
from sonnim.tables.answers_network import (
    CASCADE,
    CASCADE_FORECAST,
    COMMUNITIES,
    COMMUNITY,
    COMMUNITY_CHANGE,
    INFLUENCE,
)
from sonnim.tables.errors import StopError
from sonnim.tables.facts import ANSWER, EVENT, MESSAGE, REJECTED
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.step import Step, quoted
from sonnim.views.content import Quote, SourceCount
from sonnim.views.report import build_content, render_report
from sonnim.workspace import catalog, settings
from sonnim.workspace.local_time import local
from sonnim.workspace.network_rows import network_rows
from sonnim.workspace.opinion_names import named_opinions, opinion_quotes
from sonnim.workspace.quote_rows import QUOTE_COLUMNS, quotes_of
from sonnim.workspace.workspace import Workspace

_QUOTES = TableSchema(
    name="report_quotes",
    version=1,
    meaning="Quotes for the report",
    key=("message_id",),
    columns=(
        *QUOTE_COLUMNS,
        Column(name="unit", meaning="Part of the company"),
        Column(name="label", meaning="Mood"),
    ),
)
_COUNTS = TableSchema(
    name="report_counts",
    version=1,
    meaning="How much came in",
    key=("table_name",),
    columns=(
        Column(name="table_name", meaning="Table"),
        Column(name="n", type=ColumnType.LONG, meaning="Rows"),
        Column(name="first", type=ColumnType.TIMESTAMP, meaning="First"),
        Column(name="last", type=ColumnType.TIMESTAMP, meaning="Last"),
    ),
)


def report(workspace: Workspace, language: str) -> str:
    """The report as one HTML page.

    Raises:
        StopError: Nothing has been computed yet.
    """
    tables = {
        name: _table(workspace, name) for name in ("satisfaction", "voices", "mood", "language")
    }
    if all(table is None for table in tables.values()):
        raise StopError("nothing_to_show", name="report")
    spoken = _table(workspace, "opinion") is not None
    told = [provenance_of(workspace, one.writes[0].name) for one in catalog.analyzers()]
    found = [pair for pair in told if pair is not None]
    zone = settings.timezone(workspace.folder)
    (generated,) = local([datetime.now(UTC)], zone)
    content = build_content(
        workspace.company,
        tables["satisfaction"],
        tables["voices"],
        tables["mood"],
        tables["language"],
        quotes(workspace) if tables["mood"] is not None else (),
        [provenance for provenance, _ in found],
        language,
        generated or datetime.now(UTC),
        counts(workspace),
        issues=_table(workspace, "issues"),
        label_accuracy=_table(workspace, "label_accuracy"),
        caveats=tuple(dict.fromkeys(caveat for _, caveats in found for caveat in caveats)),
        opinions=named_opinions(workspace, language) if spoken else None,
        opinion_quotes=opinion_quotes(workspace, language) if spoken else (),
        influence=network_rows(workspace, INFLUENCE),
        community=network_rows(workspace, COMMUNITY),
        communities=network_rows(workspace, COMMUNITIES),
        community_change=network_rows(workspace, COMMUNITY_CHANGE),
        cascade=network_rows(workspace, CASCADE),
        cascade_forecast=network_rows(workspace, CASCADE_FORECAST),
    )
    return render_report(content, language)


def provenance_of(workspace: Workspace, table: str) -> tuple[Provenance, tuple[Caveat, ...]] | None:
    """Where an answer table came from, as committed with it."""
    for commit in workspace.history(table):
        if commit.note:
            note = json.loads(commit.note)
            return (
                Provenance(
                    analyzer=note["analyzer"],
                    analyzer_version=note["version"],
                    parameters=tuple(note["parameters"]),
                    inputs=tuple(
                        InputVersion(table=name, version=version, rows=rows)
                        for name, version, rows in note["inputs"]
                    ),
                    engine=note["engine"],
                    seed=note["seed"],
                    seconds=note["seconds"],
                    steps=tuple(
                        Step(
                            name=name,
                            sql=sql,
                            inputs=(),
                            output=workspace.schema(table),
                            note=said,
                        )
                        for name, sql, said in note["steps"]
                    ),
                ),
                tuple(_caveat(key, note) for key in note["caveats"]),
            )
    return None


def _caveat(key: str, note: dict[str, Any]) -> Caveat:
    # Answers of an earlier version have no values.
    values = note.get("caveat_values", {}).get(key, {})
    return Caveat(key=key, values=tuple(values.items()))


def explain(workspace: Workspace, name: str) -> str:
    """The analysis behind an answer as SQL that a person can run again.

    Raises:
        StopError: It has not been computed.
    """
    one = catalog.analyzer(name)
    told = provenance_of(workspace, one.writes[0].name)
    if told is None:
        raise StopError("nothing_to_show", name=name)
    provenance, _ = told
    lines = [
        f"-- {provenance.analyzer} {provenance.analyzer_version}: "
        f"{one.writes[0].meaning}; {provenance.engine}",
        f"-- parameters: {', '.join(provenance.parameters) or '-'}",
    ]
    for given in provenance.inputs:
        lines.append(f"-- reads {given.table}, version {given.version}, {given.rows} rows")
    lines.append("\n-- All times are in UTC\nSET TimeZone = 'UTC';")
    statements = list(duckdb_statements("\n".join(step.sql for step in provenance.steps)))
    if statements:
        lines.append("\n-- Functions of Spark that DuckDB lacks, and our own")
        lines += [f"{statement};" for statement in statements]
    versions = {given.table: given.version for given in provenance.inputs}
    for reads in one.reads:
        rows = _read_then(workspace, reads.schema, versions.get(reads.schema.name))
        lines.append(f"\nCREATE OR REPLACE TEMP VIEW {reads.schema.name} AS\n{rows};")
    for step in provenance.steps:
        lines.append(f"\n-- {step.note}\nCREATE OR REPLACE TEMP VIEW {step.name} AS\n{step.sql};")
    return "\n".join(lines) + "\n"


def _read_then(workspace: Workspace, schema: TableSchema, version: int | None) -> str:
    """SQL for the rows that an answer was computed from."""
    try:
        files = workspace.store.snapshot(schema, version).files if version is not None else ()
    except StopError:  # erased since: what is left
        files = workspace.snapshot(schema).files
    nulls = ", ".join(f"CAST(NULL AS {SQL_TYPES[c.type]}) AS {c.name}" for c in schema.columns)
    if files:
        listed = ", ".join(quoted(file) for file in files)
        # A file lacks the columns that were empty in all its rows.
        return (
            f"SELECT * FROM read_parquet([{listed}], union_by_name = true)\n"
            f"UNION ALL BY NAME SELECT {nulls} WHERE false"
        )
    return f"SELECT {nulls} WHERE false"


def quotes(workspace: Workspace, each: int = 4) -> tuple[Quote, ...]:
    """Messages that the model is surest of, newest months first, both sides.

    What they say is that of the table `quote`, in which personal data is masked.
    """
    sql = (
        "SELECT m.message_id, q.text, m.time, m.channel, m.rating, m.rating_max, "
        "CASE d.label WHEN 'negative' THEN d.p_negative ELSE d.p_positive END AS probability, "
        "m.unit, d.label "
        "FROM quote q JOIN message m ON m.message_id = q.message_id "
        "JOIN mood d ON d.message_id = m.message_id "
        "WHERE d.label IN ('negative', 'positive') AND length(m.text) BETWEEN 12 AND 160 "
        "AND coalesce(m.direction, 'public') <> 'out' "
        "AND m.time >= (SELECT max(time) FROM message) - INTERVAL 120 DAYS "
        "QUALIFY row_number() OVER (PARTITION BY d.label ORDER BY "
        "CASE d.label WHEN 'negative' THEN d.p_negative ELSE d.p_positive END DESC NULLS LAST, "
        f"m.message_id ASC NULLS LAST) <= {each} ORDER BY d.label, m.time DESC"
    )
    table = workspace.query(sql, _QUOTES)
    columns: dict[str, list[Any]] = {
        name: list(table.column(name).to_pylist()) for name in table.column_names
    }
    return quotes_of(
        columns,
        labels=columns["label"],
        subjects=columns["unit"],
        zone=settings.timezone(workspace.folder),
    )


def counts(workspace: Workspace) -> tuple[SourceCount, ...]:
    """How much came in, by table; its times are in the workspace's time zone."""
    sql = " UNION ALL ".join(
        f"SELECT '{schema.name}' AS table_name, count(*) AS n, min({schema.time}) AS first, "
        f"max({schema.time}) AS last FROM {schema.name}"
        for schema in (MESSAGE, ANSWER, EVENT)
    )
    table = workspace.query(sql, _COUNTS)
    rejected = workspace.snapshot(REJECTED).rows
    columns: dict[str, list[Any]] = {
        name: list(table.column(name).to_pylist()) for name in table.column_names
    }
    for name in ("first", "last"):
        columns[name] = local(columns[name], settings.timezone(workspace.folder))
    made: list[SourceCount] = []
    for i in range(table.num_rows):
        if columns["n"][i]:
            made.append(
                SourceCount(
                    table=columns["table_name"][i],
                    rows=columns["n"][i],
                    rejected=rejected if not made else 0,
                    first=columns["first"][i],
                    last=columns["last"][i],
                )
            )
    return tuple(made)


def _table(workspace: Workspace, name: str) -> ArrowTable | None:
    schema = workspace.schema(name)
    if workspace.snapshot(schema).table.version is None:
        return None
    table = workspace.table(name)
    return table if table.num_rows else None

"""Every preset on the barest file it may be recognised by: whatever is optional may be missing."""

import pytest

from sonnim.connectors.base import Payload, RawColumn, table_of
from sonnim.connectors.preset import Preset, mapping_of
from sonnim.connectors.questions import with_questions
from sonnim.connectors.recognise import presets
from sonnim.connectors.shape import shape
from sonnim.connectors.times import read_times
from sonnim.engines.duckdb import DuckEngine
from sonnim.tables.bookmark import Bookmark
from sonnim.tables.catalog import table_schema
from sonnim.tables.step import identifier

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

QUESTION = "How likely are you to recommend us?"


def layouts() -> list[tuple[Preset, int]]:
    return [
        (preset, spelling)
        for preset in presets()
        for spelling in range(max(len(names) for names in preset.needs))
    ]


def told(layout: object) -> str:
    return layout.name if isinstance(layout, Preset) else str(layout)


@pytest.mark.parametrize(("preset", "spelling"), layouts(), ids=told)
def test_the_barest_file_binds_and_gives_a_table(preset: Preset, spelling: int) -> None:
    """Each spelling of each needed column, all else missing; rows of empty texts and of words."""
    names = list(dict.fromkeys(n[min(spelling, len(n) - 1)] for n in preset.needs))
    if preset.survey is not None:
        names.append(QUESTION)
    empty = [QUESTION if name == QUESTION else "" for name in names]
    rows = [empty, ["10" if name == QUESTION else "word" for name in names]]
    payload = Payload(
        source="s",
        label="bare.csv",
        scan="raw",
        columns=tuple(
            RawColumn(name=name, samples=tuple(row[n] for row in rows))
            for n, name in enumerate(names)
        ),
        bookmark=Bookmark(source="s", position="1"),
    )
    mapping = mapping_of(
        with_questions(preset, payload.columns), payload, lambda column: read_times(column.samples)
    )
    assert mapping.tables
    assert not set(mapping.leftover) & set(preset.ignore)
    with DuckEngine() as engine:
        columns = ", ".join(f"{identifier(name)} VARCHAR" for name in names)
        values = ", ".join("(" + ", ".join(f"'{v}'" for v in row) + ")" for row in rows)
        engine._sql(f"CREATE TABLE raw ({columns})")  # the raw rows a connector would scan
        engine._sql(f"INSERT INTO raw VALUES {values}")
        for part in shape(payload, mapping):
            for steps in (part.good, part.rejected):
                table = engine.run(list(steps))
                assert engine.fetch(table).read_all().num_rows <= 2 * len(rows)


@pytest.mark.parametrize("preset", presets(), ids=told)
def test_names_of_ours_are_columns_of_the_table(preset: Preset) -> None:
    """A misspelt column of ours would silently give nothing."""
    from_survey = preset.survey.to if preset.survey else ()
    known = {"where", "survey", "touchpoint", "language", "channel", "unit", "time", "person_id"}
    assert {to.column for to in from_survey} <= known
    for rows in preset.rows:
        schema = set(table_schema(table_of(rows.table)).names)
        assert {to.column for to in rows.to} - {"where"} <= schema, rows.table
        assert set(rows.needs) - {"where"} <= {to.column for to in rows.to}


def test_no_two_presets_need_the_same_columns() -> None:
    needs = [tuple(names[0] for names in preset.needs) for preset in presets()]
    assert len(set(needs)) == len(needs)

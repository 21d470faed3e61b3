"""`export --mask`: a table with its personal data masked."""

import json
from functools import partial
from typing import Any

from arro3.core import RecordBatch

from sonnim.engines.base import Engine
from sonnim.language.pii import mask
from sonnim.tables.arrow import batch
from sonnim.tables.schema import Column, ColumnType, Privacy, TableSchema
from sonnim.tables.table import Table

_TEXTS = ("text", "title", "raw")
_JSON = ("attributes",)


def masked(engine: Engine, table: Table) -> Table:
    """The table with personal data masked.

    Within texts and attributes it is masked in its place. Columns that are a person's data as a
    whole (names, handles, links) are left empty. Pseudonyms stay: they hold the tables together.

    Args:
        engine: Where the table is.
        table: Its ticket there.

    Returns:
        A ticket of the same schema; the same, if nothing in it is personal.
    """
    schema = table.schema
    if not any(_personal(column) for column in schema.columns):
        return table
    return engine.map(partial(_masked, schema), table, schema, name=f"{table.name}_masked")


def _personal(column: Column) -> bool:
    return column.privacy in (Privacy.PERSONAL, Privacy.SENSITIVE) and (
        column.type in (ColumnType.STRING, ColumnType.STRINGS)
    )


def _masked(schema: TableSchema, rows: RecordBatch) -> RecordBatch:
    columns: dict[str, Any] = {}
    for column in schema.columns:
        cells: Any = rows.column(column.name)
        if _personal(column):
            values = cells.to_pylist()
            if column.name in _TEXTS:
                cells = [value and mask(value) for value in values]
            elif column.name in _JSON:
                cells = [value and masked_json(value) for value in values]
            else:
                cells = [None] * len(values)
        columns[column.name] = cells
    return batch(schema, columns)


def masked_json(text: str) -> str:
    """Attributes with their values masked; the name of each tells what its value may be.

    Example:
        >>> masked_json('{"고객명": "김민수", "phone": 1001234567, "age": 31}')
        '{"고객명": "[이름]", "phone": 1001234567, "age": 31}'
        >>> masked_json('{"연락처": ["010-0123-4567"]}')
        '{"연락처": ["[전화번호]"]}'
    """
    try:
        value = json.loads(text)
    except ValueError:
        return mask(text)
    return json.dumps(_value("", value), ensure_ascii=False)


def _value(name: str, value: object) -> object:
    if isinstance(value, dict):
        return {key: _value(key, one) for key, one in value.items()}
    if isinstance(value, list):
        return [_value(name, one) for one in value]
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return value
    text = str(value)
    said = f"{name}: "
    whole = mask(said + text)
    found = whole.removeprefix(said) if whole.startswith(said) else mask(text)
    return value if found == text else found

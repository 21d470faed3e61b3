"""`sonnim.toml`: the company's name, the store, the engine, and how each source is mapped."""

import os
import re
from collections.abc import Mapping as Mappable
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from sonnim.connectors.base import WHERE, Mapping, Match, Payload, table_of
from sonnim.connectors.numbers import number_of
from sonnim.connectors.times import read_times
from sonnim.tables.catalog import table_schema
from sonnim.tables.errors import StopError
from sonnim.tables.schema import ColumnType
from sonnim.tables.words import say
from sonnim.workspace.drift import ALIKE, Known, alike

FILE = "sonnim.toml"
MASTER_VARIABLE = "SPARK_MASTER"
LOCAL_MASTER = "local[2]"
ENGINE_SETTINGS = ("spark_master",)
_MASTER = re.compile(
    r"local(\[(\d+|\*)(,\d+)?\])?|local-cluster\[\d+,\d+,\d+\]|spark://\S+:\d+|yarn|k8s://\S+"
)
SCORES = ("nps", "csat", "ces")


@dataclass(frozen=True, kw_only=True)
class From:
    """Where the rows of a source come from.

    Attributes:
        location: An address, or a file or folder.
        values: Settings of the connector that reads it, by name.
    """

    location: str
    values: tuple[tuple[str, str], ...] = ()


def write_new(
    folder: Path, company: str, store: str, timezone: str = "", handles: Sequence[str] = ()
) -> None:
    """Writes the first sonnim.toml of a workspace."""
    document = tomlkit.document()
    document.add(tomlkit.comment("Settings of this Sonnim workspace; edit as you like."))
    document["company"] = company
    document["store"] = store
    document["store"].comment("a folder, or s3://…, gs://…, az://…")
    document["timezone"] = timezone
    document["timezone"].comment(
        "of times that name none, such as Asia/Seoul; empty: none is taken"
    )
    document["handles"] = list(handles)
    document["handles"].comment("the company's own accounts, as people write to them")
    _write(folder, document)


def timezone(folder: Path) -> str:
    """The zone of times that name none, "" where the workspace has none."""
    return str(read(folder).get("timezone", ""))


def handles(folder: Path) -> tuple[str, ...]:
    """Handles of the company's own accounts.

    Raises:
        StopError: They are no list of names.
    """
    found = read(folder).get("handles", [])
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise _wrong("handles", found, say("allowed_handles"))
    return tuple(map(str, found))


def spark_master(folder: Path) -> str:
    """The Spark that `--engine spark` starts its work on.

    The environment variable `SPARK_MASTER` goes before `spark_master` in `[engine]`; where neither
    says anything, it is this machine with two worker threads.

    Raises:
        StopError: `[engine]` holds a setting that there is not, or the address is none.
    """
    section = read(folder).get("engine", {})
    if not isinstance(section, Mappable):
        raise _wrong("engine", section, say("allowed_engine"))
    for name in section:
        if name not in ENGINE_SETTINGS:
            allowed = ", ".join(ENGINE_SETTINGS)
            raise StopError("settings_unknown", place="engine", name=name, allowed=allowed)
    place, said = "engine.spark_master", section.get("spark_master", "")
    if os.environ.get(MASTER_VARIABLE):
        place, said = MASTER_VARIABLE, os.environ[MASTER_VARIABLE]
    if said == "":
        return LOCAL_MASTER
    if not isinstance(said, str) or not _MASTER.fullmatch(said):
        raise _wrong(place, said, say("allowed_master"))
    return str(said)


def read(folder: Path) -> tomlkit.TOMLDocument:
    """The settings of a workspace.

    Raises:
        StopError: There is no workspace here, or the file cannot be read.
    """
    file = folder / FILE
    if not file.is_file():
        raise StopError("no_workspace", folder=str(folder))
    try:
        return tomlkit.parse(file.read_text(encoding="utf-8"))
    except (tomlkit.exceptions.TOMLKitError, ValueError, RecursionError) as error:
        raise StopError("settings_broken", file=str(file), reason=str(error)) from None


def write_mapping(folder: Path, mapping: Mapping, columns: tuple[str, ...], korean: float) -> None:
    """Puts the mapping of a source into sonnim.toml, each line with how sure it is and why."""
    document = read(folder)
    sources = document.setdefault("sources", tomlkit.table(is_super_table=True))
    section = tomlkit.table()
    section["tables"] = list(mapping.tables)
    section["columns"] = list(columns)
    section["timezone"] = mapping.timezone
    if mapping.timezone:
        section["timezone"].comment("assumed for times that name no zone; edit if it is another")
    for table in mapping.tables:
        part = tomlkit.table()
        for match in mapping.matches:
            if match.table != table:
                continue
            value = {"value": match.constant}
            if match.raw or match.sql:
                value = {"column": match.raw} if match.raw else {"sql": match.sql}
            if match.scale:
                value["scale"] = match.scale
            if match.format:
                value["format"] = match.format
            inline = tomlkit.inline_table()
            inline.update(value)
            part[match.column] = inline
            if match.why:
                part[match.column].comment(f"{match.confidence:.0%} sure: {_one_line(match.why)}")
        section[table] = part
    section["leftover"] = list(mapping.leftover)
    section["korean"] = round(korean, 3)
    section["korean"].comment("share of Korean letters, to notice another language")
    if mapping.preset:
        section["preset"] = mapping.preset
    if mapping.prepare:
        section["prepare"] = mapping.prepare
    if "from" in sources.get(mapping.source, {}):
        section["from"] = sources[mapping.source]["from"]
    sources[mapping.source] = section
    _write(folder, document)


def _one_line(text: str) -> str:
    """A text as a comment can hold it: TOML allows no control characters in one."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def read_mapping(folder: Path, source: str) -> Mapping | None:
    """The mapping of a source as sonnim.toml has it, or None.

    Raises:
        StopError: A table or column in it does not exist.
    """
    section = _sources(folder).get(source)
    if section is None or "tables" not in section:
        return None
    matches = []
    tables = _names(section, source, "tables")
    for table in tables:
        schema = table_schema(table_of(table))
        part = section.get(table, tomlkit.table())
        if not isinstance(part, Mappable):
            raise _wrong(f"sources.{source}.{table}", part, say("allowed_columns"))
        for column, value in part.items():
            if column != WHERE and not (schema.name == "answer" and column in SCORES):
                schema.column(str(column))
            matches.append(_match(source, table, str(column), value))
    return Mapping(
        source=source,
        tables=tables,
        matches=tuple(matches),
        timezone=str(section.get("timezone", "")),
        leftover=_names(section, source, "leftover"),
        preset=str(section.get("preset", "")),
        prepare=str(section.get("prepare", "")),
    )


def _match(source: str, table: str, column: str, value: object) -> Match:
    place = f"sources.{source}.{table}.{column}"
    allowed = say("allowed_match")
    if isinstance(value, str):
        # Short for the usual case: text = "내용".
        return Match(table=table, column=column, raw=value)
    if not isinstance(value, Mappable):
        raise _wrong(place, value, allowed)
    if not any(value.get(one) for one in ("column", "value", "sql")):
        raise _wrong(place, "{}", allowed)
    constant = str(value.get("value", ""))
    if constant:
        check_constant(place, table, column, constant)
    return Match(
        table=table,
        column=column,
        raw=str(value.get("column", "")),
        constant=constant,
        format=str(value.get("format", "")),
        sql=str(value.get("sql", "")),
        scale=str(value.get("scale", "")),
    )


def check_constant(place: str, table: str, column: str, value: str) -> None:
    """Refuses a value for all rows that cannot be one of its column.

    Args:
        place: Where it was said, for the error.
        table: As in `Mapping.tables`.
        column: Its column.
        value: The value.

    Raises:
        StopError: It is no number, or no time.
    """
    schema = table_schema(table_of(table))
    kind = schema.column(column).type if column in schema.names else ColumnType.STRING
    if kind in (ColumnType.DOUBLE, ColumnType.LONG):
        if number_of(value, "plain") is None:
            raise _wrong(place, value, say("allowed_number"))
    elif kind is ColumnType.TIMESTAMP and read_times([value]).format != "iso":
        raise _wrong(place, value, say("allowed_time"))


def _wrong(place: str, received: object, allowed: str) -> StopError:
    return StopError("settings_wrong", place=place, received=received, allowed=allowed)


def _sources(folder: Path) -> Mappable[str, Any]:
    sources = read(folder).get("sources", {})
    if not isinstance(sources, Mappable):
        raise _wrong("sources", sources, say("allowed_sources"))
    for name, section in sources.items():
        if not isinstance(section, Mappable):
            raise _wrong(f"sources.{name}", section, say("allowed_sources"))
    return sources


def _names(section: Mappable[str, Any], source: str, key: str) -> tuple[str, ...]:
    names = section.get(key, ())
    if not isinstance(names, (list, tuple)):
        raise _wrong(f"sources.{source}.{key}", names, say("allowed_list"))
    return tuple(str(name) for name in names)


def read_source(folder: Path, source: str) -> Known | None:
    """What sonnim.toml knows of a source, or None.

    Raises:
        StopError: A table or column in it does not exist.
    """
    mapping = read_mapping(folder, source)
    if mapping is None:
        return None
    section = _sources(folder)[source]
    korean = section.get("korean")
    return Known(
        mapping=mapping,
        columns=_names(section, source, "columns"),
        korean=float(korean) if isinstance(korean, (int, float)) else None,
    )


def read_from(folder: Path, source: str) -> From | None:
    """Where the rows of a source come from, if `[sources.NAME.from]` says so, or None.

    Raises:
        StopError: It says no location.
    """
    section = _sources(folder).get(source, {}).get("from")
    if section is None:
        return None
    values = {str(key): str(value) for key, value in section.items()}
    location = values.pop("location", "")
    if not location:
        raise StopError("settings_no_location", file=FILE, source=source)
    return From(location=location, values=tuple(values.items()))


def write_from(folder: Path, source: str, place: From) -> None:
    """Writes down where the rows of a source come from, unless it is known."""
    if read_from(folder, source) == place:
        return
    document = read(folder)
    sources = document.setdefault("sources", tomlkit.table(is_super_table=True))
    section = tomlkit.table()
    section["location"] = place.location
    for key, value in place.values:
        section[key] = value
    if source not in sources:
        sources[source] = tomlkit.table()
    sources[source]["from"] = section
    _write(folder, document)


def source_of(folder: Path, payload: Payload) -> str:
    """The source that a file is a later export of, or "": it has its columns, or most of them."""
    columns = tuple(column.name for column in payload.columns)
    best, most = "", ALIKE
    for name, section in _sources(folder).items():
        known = _names(section, str(name), "columns")
        if known == columns:
            return str(name)
        share = min(alike(known, payload), len(known) / max(len(columns), 1))
        if share >= most and len(known) > 2:
            best, most = str(name), share
    return best


def free_name(folder: Path, name: str) -> str:
    """That name for a new source, with a number behind it if another source has it.

    A source of that name which somebody wrote by hand, without columns, is meant.
    """
    sources = _sources(folder)
    free, number = name, 1
    while sources.get(free, {}).get("columns"):
        number += 1
        free = f"{name}_{number}"
    return free


def _write(folder: Path, document: tomlkit.TOMLDocument) -> None:
    # Written beside and renamed: settings are there whole or not at all.
    temporary = folder / (FILE + ".tmp")
    temporary.write_text(tomlkit.dumps(document), encoding="utf-8")
    temporary.replace(folder / FILE)

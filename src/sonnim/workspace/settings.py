"""`sonnim.toml`: the company's name, the store, and how each source is mapped."""

from dataclasses import dataclass
from pathlib import Path

import tomlkit
from tomlkit.items import Table as TomlTable

from sonnim.connectors.base import WHERE, Mapping, Match, Payload, table_of
from sonnim.tables.catalog import table_schema
from sonnim.tables.errors import StopError
from sonnim.workspace.drift import ALIKE, Known, alike

FILE = "sonnim.toml"
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


def write_new(folder: Path, company: str, store: str, timezone: str = "") -> None:
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
    _write(folder, document)


def timezone(folder: Path) -> str:
    """The zone of times that name none, "" where the workspace has none."""
    return str(read(folder).get("timezone", ""))


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
    except (tomlkit.exceptions.TOMLKitError, UnicodeDecodeError) as error:
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
                part[match.column].comment(f"{match.confidence:.0%} sure: {match.why}")
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


def read_mapping(folder: Path, source: str) -> Mapping | None:
    """The mapping of a source as sonnim.toml has it, or None.

    Raises:
        StopError: A table or column in it does not exist.
    """
    section = read(folder).get("sources", {}).get(source)
    if section is None or "tables" not in section:
        return None
    matches = []
    tables = tuple(str(name) for name in section.get("tables", ()))
    for table in tables:
        schema = table_schema(table_of(table))
        part: TomlTable = section.get(table, tomlkit.table())
        for column, value in part.items():
            if column != WHERE and not (schema.name == "answer" and column in SCORES):
                schema.column(str(column))
            matches.append(
                Match(
                    table=table,
                    column=str(column),
                    raw=str(value.get("column", "")),
                    constant=str(value.get("value", "")),
                    format=str(value.get("format", "")),
                    sql=str(value.get("sql", "")),
                    scale=str(value.get("scale", "")),
                )
            )
    return Mapping(
        source=source,
        tables=tables,
        matches=tuple(matches),
        timezone=str(section.get("timezone", "")),
        leftover=tuple(str(name) for name in section.get("leftover", ())),
        preset=str(section.get("preset", "")),
        prepare=str(section.get("prepare", "")),
    )


def read_source(folder: Path, source: str) -> Known | None:
    """What sonnim.toml knows of a source, or None.

    Raises:
        StopError: A table or column in it does not exist.
    """
    mapping = read_mapping(folder, source)
    if mapping is None:
        return None
    section = read(folder)["sources"][source]
    korean = section.get("korean")
    return Known(
        mapping=mapping,
        columns=tuple(str(name) for name in section.get("columns", ())),
        korean=None if korean is None else float(korean),
    )


def read_from(folder: Path, source: str) -> From | None:
    """Where the rows of a source come from, if `[sources.NAME.from]` says so, or None.

    Raises:
        StopError: It says no location.
    """
    section = read(folder).get("sources", {}).get(source, {}).get("from")
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
    for name, section in read(folder).get("sources", {}).items():
        known = tuple(str(column) for column in section.get("columns", ()))
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
    sources = read(folder).get("sources", {})
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

"""`Workspace`: the library's face. The command line and the web call nothing below it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arro3.core import Table as ArrowTable

from sonnim.analyzers.base import Analyzer
from sonnim.analyzers.links import ANALYZER as LINKS
from sonnim.analyzers.opinions import in_words
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.engines.spark import SparkEngine
from sonnim.storage.delta import Commit, DeltaStore
from sonnim.tables.errors import StopError
from sonnim.tables.facts import MESSAGE
from sonnim.tables.parameters import limits, made
from sonnim.tables.schema import TableSchema
from sonnim.tables.step import Step
from sonnim.tables.table import Snapshot
from sonnim.workspace import catalog, settings
from sonnim.workspace.aspect_settings import aspects
from sonnim.workspace.connections import place_of, remembered
from sonnim.workspace.disk import disk
from sonnim.workspace.erasing import Erased, Preview, erase, preview
from sonnim.workspace.exporting import write_table
from sonnim.workspace.importing import Added, Proposed, add
from sonnim.workspace.mapping_words import known_zone
from sonnim.workspace.masking import masked
from sonnim.workspace.model_settings import MODELS, own_model
from sonnim.workspace.persons import PersonRecord, person_of
from sonnim.workspace.running import Done, run
from sonnim.workspace.saving import load

ENGINES = ("duckdb", "spark")


class Workspace:
    """A folder with `sonnim.toml` and the tables of one company.

    Args:
        folder: The folder.
        engine: `duckdb` or `spark`.
        as_of: Look at the tables as they were at a time (ISO 8601) or version.

    Raises:
        StopError: There is no workspace in the folder, or a setting of its engine is wrong.
    """

    def __init__(
        self, folder: str | Path, *, engine: str = "duckdb", as_of: str | int | None = None
    ) -> None:
        self.folder = Path(folder).expanduser()
        document = settings.read(self.folder)
        self.company = str(document.get("company", self.folder.name))
        place = str(document.get("store", "data"))
        self.store = DeltaStore(place if "://" in place else self.folder / place)
        if engine not in ENGINES:
            raise StopError("engine_unknown", name=engine, allowed=", ".join(ENGINES))
        self.engine = engine
        self.spark_master = settings.spark_master(self.folder) if engine == "spark" else ""
        self.as_of = as_of

    def add(
        self,
        location: str | Path,
        *,
        source: str = "",
        map: Sequence[str] = (),
        settings: Mapping[str, object] | None = None,
        proposed: Proposed | None = None,
    ) -> list[Added]:
        """Takes a file, folder, glob, address or - (standard input); see `sonnim add --help`."""
        return list(
            self.adding(location, source=source, map=map, settings=settings, proposed=proposed)
        )

    def adding(
        self,
        location: str | Path,
        *,
        source: str = "",
        map: Sequence[str] = (),
        settings: Mapping[str, object] | None = None,
        proposed: Proposed | None = None,
    ) -> Iterator[Added]:
        """The same, file by file."""
        with disk(self.folder):
            place = place_of(str(location), source, settings or {}, self.folder)
            found = add(
                self.folder,
                self.store,
                place.connector,
                place.location,
                source=place.source,
                words=map,
                proposed=proposed,
            )
            yield from remembered(self.folder, place, found)

    def run(
        self,
        names: Sequence[str] = (),
        *,
        parameters: Mapping[str, object] | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> list[Done]:
        """Computes what is new since the last time (all analyzers, or those named)."""
        return list(self.running(names, parameters=parameters, progress=progress))

    def running(
        self,
        names: Sequence[str] = (),
        *,
        parameters: Mapping[str, object] | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Iterator[Done]:
        """The same, analyzer by analyzer.

        Raises:
            StopError: One of those named needs an extra that is not installed.
        """
        chosen = catalog.chosen(names)

        def values(one: Analyzer) -> object:
            return self.parameters(one, (parameters or {}) if names else {})

        with disk(self.folder):
            yield from run(
                self.folder, self.store, self.new_engine, chosen, values, progress=progress
            )

    def before(self, name: str) -> tuple[str, ...]:
        """Analyzers that the named one reads from and that have not run yet, in their order.

        Those are among them whose packages are there; a full run computes them all.

        Raises:
            StopError: There is no such analyzer.
        """
        found: set[str] = set()
        asked = [catalog.analyzer(name)]
        while asked:
            for reads in asked.pop().reads:
                one = catalog.maker_of(reads.schema)
                if one is None or one.missing or one.name in {name, *found}:
                    continue
                if self.snapshot(reads.schema).table.version is None:
                    found.add(one.name)
                    asked.append(one)
        return tuple(one.name for one in catalog.analyzers() if one.name in found)

    def parameters(self, one: Analyzer, said: Mapping[str, object]) -> Any:
        """The parameters of an analyzer: those said, and what sonnim.toml says for it.

        Raises:
            StopError: A parameter, or a setting of sonnim.toml, is wrong.
        """
        if "aspects" in limits(one.parameters):
            said = {"aspects": in_words(aspects(self.folder)), **said}
        if one.name == LINKS.name:
            said = {"company": ",".join(settings.handles(self.folder)), **said}
        if one.name in MODELS:
            said = {**said, **own_model(self.folder, one.name, said)}
        return made(one.name, one.parameters, said)

    def table(
        self, name: str, *, order: Sequence[str] = (), limit: int | None = None
    ) -> ArrowTable:
        """A table of facts or answers as an Arrow table.

        Raises:
            StopError: There is no table of that name, or it has not been computed.
        """
        schema = self.schema(name)
        snapshot = self._existing(schema)
        with DuckEngine() as engine:
            table = load(self.store, engine, snapshot)
            if limit is not None:
                by = ", ".join(f'"{column}" ASC NULLS LAST' for column in order) or "1"
                sql = f"SELECT * FROM {name} ORDER BY {by} LIMIT {int(limit)}"
                table = engine.run([Step(name="shown", sql=sql, inputs=(name,), output=schema)])
            return engine.fetch(table, order=order).read_all()

    def query(self, sql: str, output: TableSchema) -> ArrowTable:
        """The answer to an SQL query over all tables (read only)."""
        with DuckEngine() as engine:
            for schema in catalog.schemas().values():
                load(self.store, engine, self.snapshot(schema))
            step = Step(name="asked", sql=sql, inputs=(), output=output)
            return engine.fetch(engine.run([step])).read_all()

    def export(self, name: str, file: str | Path, *, mask: bool = False) -> int:
        """Writes a table as Parquet, CSV or XLSX (by the file's ending); gives the rows.

        Args:
            name: Of the table.
            file: What to write.
            mask: Whether to mask personal data in it.
        """
        snapshot = self._existing(self.schema(name))
        with DuckEngine() as engine:
            table = load(self.store, engine, snapshot)
            return write_table(engine, masked(engine, table) if mask else table, Path(file))

    def person(self, given: str) -> PersonRecord:
        """Everything held about a person, by their pseudonym or their id at a source.

        Raises:
            StopError: Nothing is held about such a person.
        """
        return person_of(self.store, catalog.schemas(), given)

    def erasable(self, given: str) -> Preview:
        """What `erase` would do; nothing is changed."""
        return preview(self.folder, self.store, catalog.schemas(), given)

    def erase(
        self, given: str, *, progress: Callable[[str, int, int], None] | None = None
    ) -> Erased:
        """Erases a person from all tables and their past, for good; see `sonnim erase --help`.

        Raises:
            StopError: Nothing is held about such a person, and they were not erased before.
        """
        with disk(self.folder):
            return erase(self.folder, self.store, catalog.schemas(), given, progress=progress)

    def schema(self, name: str) -> TableSchema:
        """The schema of a table by name."""
        schemas = catalog.schemas()
        if name not in schemas:
            raise StopError("unknown_table", table=name, allowed=", ".join(schemas))
        return schemas[name]

    def snapshot(self, schema: TableSchema) -> Snapshot:
        """A table's snapshot, as of `as_of`."""
        return self.store.snapshot(schema, self.as_of)

    def _existing(self, schema: TableSchema) -> Snapshot:
        snapshot = self.snapshot(schema)
        if snapshot.table.version is None and self.as_of is not None:
            raise StopError("nothing_then", name=schema.name, as_of=self.as_of)
        if snapshot.table.version is None:
            raise StopError("nothing_to_show", name=schema.name)
        return snapshot

    def history(self, name: str) -> tuple[Commit, ...]:
        """The commits of a table, newest first."""
        return self.store.history(name)

    def new_engine(self) -> Engine:
        """A new engine of the workspace's kind."""
        if self.engine == "spark":
            return SparkEngine.start(self.spark_master)
        return DuckEngine()

    def has_messages(self) -> bool:
        """Whether any message was added."""
        return self.snapshot(MESSAGE).rows > 0


def new(
    folder: str | Path,
    *,
    company: str = "",
    store: str = "data",
    timezone: str = "",
    handles: Sequence[str] = (),
) -> Workspace:
    """Makes a workspace in a folder.

    Args:
        folder: The folder; made if it does not exist.
        company: Name of the company; else the folder's.
        store: Where the tables are: a folder in the workspace, or an address of a bucket.
        timezone: Zone of times that name none (`Asia/Seoul`); without one such times are refused
            until somebody says it for their source.
        handles: Of the company's own accounts, which are told apart from people's.

    Raises:
        StopError: There is one already, or there is no such time zone.
    """
    path = Path(folder).expanduser()
    if (path / settings.FILE).exists():
        raise StopError("workspace_there", folder=str(path))
    zone = known_zone(timezone) if timezone else ""
    with disk(path):
        path.mkdir(parents=True, exist_ok=True)
        settings.write_new(path, company or path.resolve().name, store, zone, handles)
    return Workspace(path)


def as_of_time(text: str) -> str | int:
    """`--as-of` as a version number or an ISO time.

    Example:
        >>> as_of_time("3"), as_of_time("2026-03-01")
        (3, '2026-03-01T00:00:00+00:00')

    Raises:
        StopError: It is neither.
    """
    if text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise StopError("as_of_unreadable", received=text) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()

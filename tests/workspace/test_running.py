"""`run` on readers of texts: chunk after chunk, resumed where it broke off, nothing read twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from arro3.core import RecordBatch

from sonnim.analyzers.base import Analyzer, NoParameters, Reads
from sonnim.analyzers.texts import texts_step
from sonnim.checks.rows import Row, fetched, schema_of, table_of
from sonnim.engines.base import Engine
from sonnim.engines.duckdb import DuckEngine
from sonnim.storage.delta import DeltaStore
from sonnim.tables.answer import Answer
from sonnim.tables.arrow import batch, strings
from sonnim.tables.facts import MESSAGE
from sonnim.tables.schema import Column, ColumnType, TableSchema
from sonnim.tables.table import Table
from sonnim.workspace import running
from sonnim.workspace.running import Done, run
from sonnim.workspace.saving import load, save
from tests.engines.fixtures import EngineFactory

# Whole ways through a workspace: together they take longer than a quick look may.
pytestmark = pytest.mark.slow

LOUD = TableSchema(
    name="loud",
    version=1,
    meaning="How loud a message is",
    key=("message_id",),
    columns=(
        Column(name="message_id", meaning="Which message", required=True),
        Column(name="marks", type=ColumnType.LONG, meaning="Exclamation marks"),
        Column(name="text_digest", meaning="MD5 of title and text"),
    ),
)
GIVEN = schema_of("message", "message_id:string time:timestamp text:string")


class Broken(RuntimeError):
    """Stands for whatever may break a run off."""


def loudness(texts: RecordBatch) -> RecordBatch:
    """Exclamation marks of each text."""
    return batch(
        LOUD,
        {
            "message_id": texts.column("message_id").to_pylist(),
            "marks": [text.count("!") for text in strings(texts, "text")],
            "text_digest": texts.column("text_digest").to_pylist(),
        },
    )


@dataclass
class Reader:
    """An analyzer that notes how many texts it is given a call, and breaks at a call."""

    breaks_at: int = -1
    chunks: list[int] = field(default_factory=list)

    def analyze(self, engine: Engine, parameters: NoParameters) -> Answer:
        step = texts_step("loud_texts")
        texts = engine.run([step])
        if len(self.chunks) == self.breaks_at:
            raise Broken
        self.chunks.append(engine.count(texts))
        made = engine.map(loudness, texts, LOUD, name="loud")
        return Answer(tables=(made,), steps=(step,))

    @property
    def analyzer(self) -> Analyzer:
        return Analyzer(
            name="loud",
            version="1",
            reads=(Reads(schema=MESSAGE, columns=("text",)),),
            writes=(LOUD,),
            analyze=self.analyze,
            per_row=True,
        )


@dataclass
class Place:
    """A workspace's folder and store, and the engines that were made for it."""

    folder: Path
    make: Callable[[], Engine]
    engines: int = 0
    progress: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def store(self) -> DeltaStore:
        return DeltaStore(self.folder / "data")

    def engine(self) -> Engine:
        self.engines += 1
        return self.make()

    def say(self, texts: dict[str, str], mode: Any = "append") -> None:
        rows: list[Row] = [(key, 0, text) for key, text in texts.items()]
        with DuckEngine() as engine:
            table = engine.load(Table(schema=MESSAGE, name="message"), table_of(GIVEN, rows))
            save(self.store, engine, table, mode=mode)

    def run(self, analyzer: Analyzer) -> Done:
        (done,) = run(
            self.folder,
            self.store,
            self.engine,
            [analyzer],
            lambda one: NoParameters(),
            progress=lambda *said: self.progress.append(said),
        )
        return done

    def loud(self) -> dict[str, int]:
        snapshot = self.store.snapshot(LOUD)
        with DuckEngine() as engine:
            rows = fetched(engine, load(self.store, engine, snapshot))
        assert len({row[0] for row in rows}) == len(rows) == snapshot.rows
        return {str(row[0]): int(str(row[1])) for row in rows}


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 10)
    monkeypatch.setattr(running, "SPARK_CHUNK", 10)


@pytest.fixture
def place(tmp_path: Path, small_chunks: None) -> Place:
    return Place(folder=tmp_path, make=DuckEngine)


@pytest.fixture
def each_place(tmp_path: Path, small_chunks: None, make_engine: EngineFactory) -> Iterator[Place]:
    yield Place(folder=tmp_path, make=make_engine)


def texts(first: int, last: int) -> dict[str, str]:
    # Hashed keys: the order of reading is not that of coming in.
    return {f"m{(n * 7919) % 10_007:05d}": "!" * (n % 5) for n in range(first, last)}


def marks(said: dict[str, str]) -> dict[str, int]:
    return {key: text.count("!") for key, text in said.items()}


def test_chunks_are_read_once_on_one_engine(each_place: Place) -> None:
    said = texts(0, 95)
    each_place.say(said)
    reader = Reader()
    done = each_place.run(reader.analyzer)
    assert reader.chunks == [10] * 9 + [5]
    assert (done.rows, done.fresh) == (95, True)
    assert each_place.loud() == marks(said)
    assert each_place.engines == 1
    assert not each_place.run(reader.analyzer).fresh
    assert each_place.engines == 1


def test_only_what_is_new_or_changed_is_read(each_place: Place) -> None:
    said = texts(0, 40)
    each_place.say(said)
    each_place.run(Reader().analyzer)
    changed = dict.fromkeys(list(said)[5:18], "!!!!!!!")
    new = texts(40, 55)
    each_place.say(changed, "merge")
    each_place.say(new)
    reader = Reader()
    assert each_place.run(reader.analyzer).rows == 13 + 15
    assert reader.chunks == [10, 10, 8]
    assert each_place.loud() == marks(said | changed | new)


@pytest.mark.parametrize("breaks_at", [0, 1, 3])
def test_what_was_committed_is_not_read_again(place: Place, breaks_at: int) -> None:
    said = texts(0, 35)
    place.say(said)
    with pytest.raises(Broken):
        place.run(Reader(breaks_at=breaks_at).analyzer)
    before = place.loud() if breaks_at else {}
    assert len(before) == breaks_at * 10
    assert before.items() <= marks(said).items()
    reader = Reader()
    done = place.run(reader.analyzer)
    assert sum(reader.chunks) == done.rows == 35 - len(before)
    assert place.loud() == marks(said)


def test_messages_that_come_in_between_are_read_too(place: Place) -> None:
    said = texts(0, 35)
    place.say(said)
    with pytest.raises(Broken):
        place.run(Reader(breaks_at=2).analyzer)
    later = {**texts(35, 50), next(iter(said)): "!!!!!!"}
    place.say(later, "merge")
    place.run(Reader().analyzer)
    assert place.loud() == marks(said | later)


def test_another_version_reads_everything_anew(place: Place) -> None:
    said = texts(0, 25)
    place.say(said)
    place.run(Reader().analyzer)
    second = Reader(breaks_at=1)
    with pytest.raises(Broken):
        place.run(replace(second.analyzer, version="2"))
    # The old answers are gone: they must not stand among those of the new version.
    assert len(place.loud()) == 10
    rest = Reader()
    place.run(replace(rest.analyzer, version="2"))
    assert sum(rest.chunks) == 15
    assert place.loud() == marks(said)
    assert not place.run(replace(Reader().analyzer, version="2")).fresh


def test_nothing_to_read_is_done_once(place: Place) -> None:
    place.say({})
    reader = Reader()
    assert not place.run(reader.analyzer).fresh
    assert not place.run(reader.analyzer).fresh
    assert reader.chunks == [0]
    assert place.loud() == {}


def test_progress_goes_up_to_all_rows(place: Place) -> None:
    place.say(texts(0, 95))
    place.run(Reader().analyzer)
    assert {(name, total) for name, _, total in place.progress} == {("loud", 95)}
    rows = [done for _, done, _ in place.progress]
    assert rows == sorted(rows)
    assert (rows[0], rows[-1]) == (0, 95)
    assert len(set(rows)) > 10

"""The catalog: what there is, as recorded, and what it says of a part that is wrong."""

import dataclasses
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import sonnim.analyzers
import sonnim.connectors
from sonnim.analyzers import language
from sonnim.analyzers.base import Analyzer, NoParameters
from sonnim.connectors import files
from sonnim.connectors.base import CanResume, Connector
from sonnim.tables.catalog import TABLES
from sonnim.tables.errors import StopError
from sonnim.tables.parameters import limits
from sonnim.tables.schema import TableSchema
from sonnim.views.base import views
from sonnim.workspace import catalog

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "catalog.txt"


def described() -> str:
    """Every part, table, column and parameter, one a line."""
    lines = ["analyzers"]
    for one in catalog.analyzers():
        lines.append(f"  {one.name} {one.version} ({one.quality}{', per row' * one.per_row})")
        for reads in one.reads:
            also = f" [{' '.join(reads.also)}]" if reads.also else ""
            optional = " optional" if reads.optional else ""
            lines.append(
                f"    reads {reads.schema.name}: {' '.join(reads.columns)}{also}{optional}"
            )
        lines.append(f"    writes {' '.join(schema.name for schema in one.writes)}")
        lines += parameters_of(one.parameters)
    lines.append("connectors")
    for connector in catalog.connectors():
        lines.append(f"  {connector.name}")
        if isinstance(connector, CanResume):
            lines += parameters_of(type(connector.settings))
    lines.append("views")
    lines += [f"  {view.name}: {view.reads.name}" for view in views()]
    lines.append("tables")
    for schema in catalog.schemas().values():
        lines += table(schema)
    return "\n".join(lines) + "\n"


def parameters_of(kind: type) -> list[str]:
    defaults = kind()
    return [
        f"    {name} = {getattr(defaults, name)!r}: {limit.allowed()}"
        for name, limit in limits(kind).items()
    ]


def table(schema: TableSchema) -> list[str]:
    lines = [f"  {schema.name} {schema.version}: key {' '.join(schema.key)}; time {schema.time}"]
    for column in schema.columns:
        needed = " required" if column.required else ""
        unit = f" ({column.unit})" if column.unit else ""
        lines.append(f"    {column.name} {column.type} {column.privacy}{needed}{unit}")
    return lines


def test_the_catalog_is_as_recorded() -> None:
    """Write it anew with SONNIM_GOLDEN=write: the difference shows in review what was added."""
    text = described()
    if os.environ.get("SONNIM_GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_what_others_read_runs_first() -> None:
    """Each analyzer comes after those that write what it reads; its own are of its last run."""
    written: set[str] = set()
    ours = {schema.name for one in catalog.analyzers() for schema in one.writes}
    for one in catalog.analyzers():
        own = {schema.name for schema in one.writes}
        assert {reads.schema.name for reads in one.reads} & ours <= written | own, one.name
        written |= own


def test_no_two_tables_have_one_name() -> None:
    names = [schema.name for one in catalog.analyzers() for schema in one.writes]
    assert len(names) == len(set(names))
    assert {schema.name for schema in TABLES} <= set(catalog.schemas())


def test_an_unknown_analyzer_is_answered_with_those_there_are() -> None:
    there = r"no analyzer 'moods'.*mood, reading, domains, satisfaction"
    with pytest.raises(StopError, match=there):
        catalog.analyzer("moods")


def test_parts_satisfy_their_protocols() -> None:
    for connector in catalog.connectors():
        checked: Connector = connector
        assert checked.name and not checked.takes("")


# Wrong parts: each is put into the folder as a file of its own.


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Writes a module into a folder that the catalog scans; gives its file."""
    made: list[str] = []

    def write(package: ModuleType, name: str, text: str) -> Path:
        folder = tmp_path / package.__name__
        folder.mkdir(exist_ok=True)
        file = folder / f"{name}.py"
        file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
        made.append(f"{package.__name__}.{name}")
        importlib.invalidate_caches()
        catalog.analyzers.cache_clear()
        catalog.connectors.cache_clear()
        return file

    yield write
    for name in made:
        sys.modules.pop(name, None)
        parent, _, child = name.rpartition(".")
        if hasattr(sys.modules[parent], child):
            delattr(sys.modules[parent], child)
    monkeypatch.undo()
    catalog.analyzers.cache_clear()
    catalog.connectors.cache_clear()


GOOD = """
'''How often?

Method: counts. Source: none. Limits: none.
'''
from dataclasses import dataclass, replace
from sonnim.analyzers import language
from sonnim.analyzers.base import Analyzer, Reads
from sonnim.tables.facts import MESSAGE
ANALYZER = replace(language.ANALYZER, name="often", {change})
"""


def test_a_part_put_into_the_folder_is_there(put: Callable[..., Path]) -> None:
    put(sonnim.analyzers, "often", GOOD.format(change='version="3"'))
    assert catalog.analyzer("often").version == "3"
    assert [one.name for one in catalog.analyzers()][-1] == "often"


@pytest.mark.parametrize(
    ("change", "member", "received"),
    [
        ("writes=()", "writes", "()"),
        ("writes=MESSAGE", "writes", "TableSchema"),
        ("reads=(MESSAGE,)", "reads", "TableSchema"),
        ("analyze=None", "analyze", "None"),
        ("parameters=int", "parameters", "int"),
        ("parameters=dataclass(type('P', (), {'__annotations__': {'x': int}, 'x': 1}))",
         "parameters", "P"),
        ("", "ANALYZER", "7"),
    ],
)  # fmt: skip
def test_a_wrong_member_of_an_analyzer_is_named(
    put: Callable[..., Path], change: str, member: str, received: str
) -> None:
    text = GOOD.format(change=change)
    if member == "ANALYZER":
        text = "'''Page.'''\nANALYZER = 7\n"
    file = put(sonnim.analyzers, "often", text)
    with pytest.raises(StopError) as caught:
        catalog.analyzers()
    told = str(caught.value)
    assert str(file) in told and f"'{member}'" in told and received in told
    assert caught.value.values["allowed"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("from sonnim.analyzers.base import Analyzer\n"
         "ANALYZER = Analyzer(name='often', version='1')",
         "missing 3 required keyword-only arguments: 'reads', 'writes', and 'analyze'"),
        ("ANALYZER = (", "SyntaxError"),
        ("import not_installed_anywhere", "ModuleNotFoundError"),
        ("raise RuntimeError('at import')", "at import"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_named(
    put: Callable[..., Path], text: str, reason: str
) -> None:
    put(sonnim.analyzers, "often", text)
    with pytest.raises(StopError) as caught:
        catalog.analyzers()
    told = str(caught.value)
    assert "sonnim.analyzers.often" in told
    assert reason in told


def test_two_parts_of_one_name_are_refused(put: Callable[..., Path]) -> None:
    file = put(
        sonnim.analyzers, "often", GOOD.format(change="version='1'").replace('"often"', '"mood"')
    )
    with pytest.raises(StopError) as caught:
        catalog.analyzers()
    assert caught.value.key == "part_twice"
    assert str(file) in str(caught.value) and "mood.py" in str(caught.value)


def test_a_page_is_part_of_the_contract(put: Callable[..., Path]) -> None:
    text = GOOD.format(change="version='1'")
    put(sonnim.analyzers, "often", text[text.rindex("'''") + 3 :])
    with pytest.raises(StopError, match="__doc__"):
        catalog.analyzers()


CONNECTOR = """
'''Brings post in.'''
class Post:
    {name}
    def takes(self, location): return False
    def fetch(self, location, source): return iter(())
    def propose(self, payload): ...
    def shape(self, payload, mapping): return ()
CONNECTOR = Post{call}
"""


def test_a_good_connector_is_there(put: Callable[..., Path]) -> None:
    put(sonnim.connectors, "post", CONNECTOR.format(name="name = 'post'", call="()"))
    assert "post" in [one.name for one in catalog.connectors()]


@pytest.mark.parametrize(
    ("name", "call", "member"),
    [
        ("pass", "()", "name"),
        ("name = 7", "()", "name"),
        ("name = 'Post office'", "()", "name"),
        ("name = 'post'", "", "name"),
        ("name = 'post'", "()\nCONNECTOR.fetch = None", "fetch"),
        ("name = 'post'", "()\nCONNECTOR.shape = 'x'", "shape"),
    ],
)
def test_a_wrong_member_of_a_connector_is_named(
    put: Callable[..., Path], name: str, call: str, member: str
) -> None:
    file = put(sonnim.connectors, "post", CONNECTOR.format(name=name, call=call))
    with pytest.raises(StopError) as caught:
        catalog.connectors()
    assert str(file) in str(caught.value) and f"'{member}'" in str(caught.value)


@pytest.mark.parametrize("missing", ["takes", "fetch", "propose", "shape"])
def test_a_missing_member_of_a_connector_is_named(put: Callable[..., Path], missing: str) -> None:
    lines = CONNECTOR.format(name="name = 'post'", call="()").splitlines()
    put(sonnim.connectors, "post", "\n".join(one for one in lines if f"def {missing}" not in one))
    with pytest.raises(StopError, match=rf"def {missing}\(self, .*Received: None"):
        catalog.connectors()


def test_entry_points_are_parts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outsiders name a module; a module that is ours already counts once."""

    @dataclasses.dataclass
    class Entry:
        value: str

    def entries(group: str) -> list[Any]:
        return [Entry("tests.checks.example_analyzer")] if group == "sonnim.analyzers" else []

    monkeypatch.setattr(catalog, "entry_points", entries)
    catalog.analyzers.cache_clear()
    try:
        assert [one.name for one in catalog.analyzers()][-1] == "counts"
    finally:
        catalog.analyzers.cache_clear()


def test_the_catalogs_own_parts_keep_the_protocol_that_is_checked() -> None:
    assert isinstance(language.ANALYZER, Analyzer) and language.ANALYZER.parameters is NoParameters
    for member in ("takes", "fetch", "propose", "shape"):
        assert callable(getattr(files.CONNECTOR, member))

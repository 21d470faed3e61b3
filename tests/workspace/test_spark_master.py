"""Which Spark `--engine spark` takes: as sonnim.toml or SPARK_MASTER says. None is started here."""

from pathlib import Path

import pytest

import sonnim
from sonnim.engines.spark import SparkEngine
from sonnim.tables.errors import StopError
from sonnim.workspace.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SPARK_MASTER", raising=False)
    return sonnim.new(tmp_path / "ws").folder


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    masters: list[str] = []

    def start(master: str = "not said", **settings: object) -> None:
        masters.append(master)

    monkeypatch.setattr(SparkEngine, "start", start)
    return masters


def write(folder: Path, text: str) -> None:
    with (folder / "sonnim.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def test_without_a_word_it_is_this_machine(folder: Path, started: list[str]) -> None:
    Workspace(folder, engine="spark").new_engine()
    assert started == ["local[2]"]


@pytest.mark.parametrize(
    "master",
    ["spark://host:7077", "spark://a:7077,b:7077", "local", "local[*]", "local[8]", "yarn",
     "local-cluster[2,1,1024]", "k8s://https://host:443"],
)  # fmt: skip
def test_the_master_of_the_settings(folder: Path, started: list[str], master: str) -> None:
    write(folder, f'\n[engine]\nspark_master = "{master}"\n')
    Workspace(folder, engine="spark").new_engine()
    assert started == [master]


def test_the_environment_goes_before_the_settings(
    folder: Path, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, '\n[engine]\nspark_master = "yarn"\n')
    monkeypatch.setenv("SPARK_MASTER", "spark://other:7077")
    Workspace(folder, engine="spark").new_engine()
    monkeypatch.setenv("SPARK_MASTER", "")
    Workspace(folder, engine="spark").new_engine()
    assert started == ["spark://other:7077", "yarn"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[engine]\nspark_mastre = "yarn"', "no setting 'spark_mastre' in [engine]"),
        ("[engine]\nspark_master = 7077", "engine.spark_master cannot be 7077"),
        ('[engine]\nspark_master = "host:7077"', "spark://host:7077"),
        ("engine = 5", "engine cannot be 5"),
    ],
)
def test_a_slip_of_the_hand_is_one_sentence(folder: Path, text: str, said: str) -> None:
    write(folder, f"\n{text}\n")
    with pytest.raises(StopError) as caught:
        Workspace(folder, engine="spark")
    assert said in str(caught.value)


def test_an_environment_that_names_no_master(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_MASTER", "7077")
    with pytest.raises(StopError, match=r"^SPARK_MASTER cannot be 7077.*spark://host:7077"):
        Workspace(folder, engine="spark")


def test_who_does_not_ask_for_spark_is_not_kept_from_work(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other programs may know the variable, and mean something else by it."""
    monkeypatch.setenv("SPARK_MASTER", "7077")
    assert Workspace(folder).new_engine().name == "duckdb"

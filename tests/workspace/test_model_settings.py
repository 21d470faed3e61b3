"""`[models.mood]`: a model of one's own in a workspace and on bare files."""

from pathlib import Path

import pytest

import sonnim
from sonnim.tables.errors import StopError
from sonnim.workspace.catalog import analyzer
from sonnim.workspace.model_settings import own_model
from tests.language.own_model.folders import by_hand, folder_of

LABELS = 'labels = ["negative", "neutral", "positive"]\n'
FILE = """id,time,text
1,2026-01-02T00:00:00Z,별로예요 별로예요
2,2026-01-02T00:00:00Z,That was a bad cup
"""


@pytest.fixture
def workspace(tmp_path: Path) -> sonnim.Workspace:
    (tmp_path / "said.csv").write_text(FILE, "utf-8")
    made = sonnim.new(tmp_path / "ws", timezone="UTC")
    made.add(tmp_path / "said.csv")
    folder_of(made.folder / "models" / "ours")
    return made


def write(folder: Path, text: str) -> None:
    with (folder / "sonnim.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + text)


def tiers(workspace: sonnim.Workspace) -> dict[str, str]:
    table = workspace.table("mood")
    languages, found = (table.column(name).to_pylist() for name in ("language", "tier"))
    return dict(zip(languages, found, strict=True))


def test_without_the_section_nothing_is_said(workspace: sonnim.Workspace) -> None:
    assert own_model(workspace.folder, "mood", {}) == {}
    assert workspace.parameters(analyzer("mood"), {}).model == ""


@pytest.mark.slow
def test_its_languages_are_read_by_it_and_anew_when_it_changes(
    workspace: sonnim.Workspace,
) -> None:
    (done,) = workspace.run(["mood"])
    assert done.rows == 2
    assert not any(one.startswith("own:") for one in tiers(workspace).values())
    write(workspace.folder, f'[models.mood]\npath = "models/ours"\nlanguages = ["ko"]\n{LABELS}')
    # Named now: all is read anew, and then nothing is new.
    assert [workspace.run(["mood"])[0].rows for _ in range(2)] == [2, 0]
    first = tiers(workspace)
    assert first["ko"].startswith("own:ours@") and not first["en"].startswith("own:")
    row = workspace.table("mood").column("p_negative").to_pylist()
    assert pytest.approx(by_hand("별로예요 별로예요")[0], abs=1e-6) in row
    # Another file under the same name.
    with (workspace.folder / "models" / "ours" / "tokenizer.json").open("a") as file:
        file.write("\n")
    assert [workspace.run(["mood"])[0].rows for _ in range(2)] == [2, 0]
    assert tiers(workspace)["ko"] != first["ko"]
    # The whole workspace moved: the same model in the same words.
    moved = sonnim.Workspace(workspace.folder.rename(workspace.folder.parent / "moved"))
    assert moved.run(["mood"])[0].rows == 0


def test_on_a_bare_file(tmp_path: Path) -> None:
    """Labels are those of its `config.json`, or given as settings."""
    (tmp_path / "said.csv").write_text(FILE, "utf-8")
    named = folder_of(tmp_path / "named", named=["NEGATIVE", "NEUTRAL", "POSITIVE"])
    bare = folder_of(tmp_path / "bare")
    settings = '{"labels": ["negative", "neutral", "positive"], "languages": ["ko", "en"]}'
    for parameters in ({"model": str(named)}, {"model": str(bare), "model_settings": settings}):
        found = sonnim.analyze("mood", tmp_path / "said.csv", parameters=parameters)
        for text, p in zip(
            ("별로예요 별로예요", "That was a bad cup"),
            found.column("p_negative").to_pylist(),
            strict=True,
        ):
            assert p == pytest.approx(by_hand(text)[0], abs=1e-6)
        assert found.column("label").to_pylist() == ["negative", "negative"]


@pytest.mark.parametrize(
    ("text", "key", "place"),
    [
        ("models = 3", "settings_wrong", "models"),
        ("[models]\nmood = 3", "settings_wrong", "models.mood"),
        ("[models.moods]\npath = 'x'", "settings_unknown", "models"),
        ("[models.mood]\nlabels = ['x']", "settings_wrong", "models.mood.path"),
        ("[models.mood]\npath = ' '", "settings_wrong", "models.mood.path"),
        ("[models.mood]\npath = 'models/ours'\nlabel = 3", "settings_unknown", "models.mood"),
        ("[models.mood]\npath = 'models/ours'\nlabels = ['x']", "own_setting_wrong",
         "models.mood.labels"),
        ("[models.mood]\npath = 'models/ours'", "own_model_labels", "models.mood.labels"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_its_place(
    workspace: sonnim.Workspace, text: str, key: str, place: str
) -> None:
    if text.startswith("models ="):
        settings = (workspace.folder / "sonnim.toml").read_text("utf-8")
        (workspace.folder / "sonnim.toml").write_text(f"{text}\n{settings}", "utf-8")
    else:
        write(workspace.folder, text)
    with pytest.raises(StopError) as caught:
        workspace.parameters(analyzer("mood"), {})
    assert (caught.value.key, caught.value.values["place"]) == (key, place)
    assert "{" not in str(caught.value)


def test_settings_that_are_no_json(tmp_path: Path, workspace: sonnim.Workspace) -> None:
    said = {"model": str(workspace.folder / "models" / "ours"), "model_settings": "[1"}
    with pytest.raises(StopError) as caught:
        sonnim.analyze("mood", tmp_path / "said.csv", parameters=said)
    assert caught.value.values["place"] == "model_settings"

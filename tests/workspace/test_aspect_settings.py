"""`[aspects]` of sonnim.toml: what is taken, and what is said of what is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import sonnim
from sonnim.language.aspect_list import KINDS, Own
from sonnim.language.aspects import Catalogue
from sonnim.tables.errors import StopError
from sonnim.tables.words import set_language
from sonnim.workspace.aspect_settings import aspects


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sonnim.new(tmp_path / "ws").folder


@pytest.fixture(params=["en", "ko"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language(None)


def write(folder: Path, text: str) -> None:
    with (folder / "sonnim.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def test_nothing_said_is_the_default(folder: Path) -> None:
    assert aspects(folder) == Own()


def test_all_of_it_is_taken(folder: Path) -> None:
    write(
        folder,
        """
        [aspects]
        industries = ["restaurant", "delivery"]
        [aspects.our_app]
        name = "우리 앱"
        parent = "app"
        targets = ["마이샵앱", "myshop app", "마이샵앱"]
        words = ["뱅글뱅글 돌다"]
        [aspects.courier]
        targets = ["번개맨"]
        [aspects.kiosk]
        use = false
        """,
    )
    own = aspects(folder)
    assert own.industries == ("restaurant", "delivery")
    assert own.without == ("kiosk",)
    assert [one.id for one in own.categories] == ["our_app", "courier"]
    assert own.categories[0].targets == ("마이샵앱", "myshop app")
    catalogue = Catalogue.load(own)
    assert catalogue["our_app"].path == "app.our_app"
    assert catalogue.category("MyShop apps", "spin").category == "our_app"
    assert catalogue.category("번개맨이", "빨라요").category == "courier"
    assert "kiosk" not in catalogue
    assert "loan" not in catalogue


MINE = "[aspects.a]\nname = 'x'\n"


@pytest.mark.parametrize(
    ("text", "place", "received"),
    [
        ("aspects = 3", "aspects", 3),
        ("[aspects]\nour_app = 'x'", "aspects.our_app", "x"),
        ("[aspects.OurApp]\ntargets = ['x']", "aspects.OurApp", "OurApp"),
        ("[aspects.our_app]\nname = 'x'", "aspects.our_app", "our_app"),
        ("[aspects.our_app]\ntargets = ['x']", "aspects.our_app.name", ""),
        ("[aspects.our_app]\nname = 3\ntargets = ['x']", "aspects.our_app.name", 3),
        (MINE + "targets = 'x'", "aspects.a.targets", "x"),
        (MINE + "words = ['x', ' ']", "aspects.a.words", ["x", " "]),
        ("[aspects.a]\nuse = 'no'", "aspects.a.use", "no"),
        ("[aspects.a]\nuse = false", "aspects.a", "a"),
        (MINE + "targets = ['x']\nparent = 'b'", "aspects.a.parent", "b"),
        (MINE + "targets = ['x']\nparent = 'delays'", "aspects.a.parent", "delays"),
        (MINE + "targets = ['x']\nparent = 3", "aspects.a.parent", 3),
        ("[aspects.delays]\ntargets = ['x']\nparent = 'app'", "aspects.delays.parent", "app"),
        ("[aspects]\nindustries = ['cafe']", "aspects.industries", "cafe"),
        ("[aspects]\nindustries = 'restaurant'", "aspects.industries", "restaurant"),
    ],
)
def test_what_cannot_be_is_said_with_place_and_remedy(
    folder: Path, language: str, text: str, place: str, received: object
) -> None:
    error = refused(folder, text)
    assert error.key == "settings_wrong"
    assert (error.values["place"], error.values["received"]) == (place, received)
    check_words(error, language)


def test_a_setting_there_is_not(folder: Path, language: str) -> None:
    error = refused(folder, MINE + "target = ['x']")
    assert (error.key, error.values["name"]) == ("settings_unknown", "target")
    assert "targets" in str(error)
    check_words(error, language)


def test_a_term_in_two_categories(folder: Path, language: str) -> None:
    two = "[aspects.b]\nname = 'y'\nwords = ['our app']"
    error = refused(folder, MINE + "targets = ['Our  App']\n" + two)
    assert error.key == "aspect_twice"
    assert (error.values["place"], error.values["other"]) == ("aspects.b", "a")
    check_words(error, language)


def refused(folder: Path, text: str) -> StopError:
    write(folder, "\n" + text + "\n")
    with pytest.raises(StopError) as caught:
        aspects(folder)
    return caught.value


def check_words(error: StopError, language: str) -> None:
    told = str(error)
    assert str(error.values["place"]) in told
    assert "{" not in told
    korean = any("가" <= letter <= "힣" for letter in told.replace("배달앱", ""))
    assert korean == (language == "ko")


def test_every_kind_of_term_can_be_set(folder: Path) -> None:
    lines = "".join(f"{kind} = ['{kind} term']\n" for kind in KINDS)
    write(folder, f"\n[aspects.a]\nname = 'x'\n{lines}")
    (one,) = aspects(folder).categories
    assert one.terms == tuple(f"{kind} term" for kind in KINDS)

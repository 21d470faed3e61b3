"""The file of a shipped model."""

import json
import pickle
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sonnim.language.mood_model import SHIPPED, MoodModel
from sonnim.language.weights import Head, LanguageWeights, digest, load, save
from sonnim.tables.errors import StopError


def some_weights() -> LanguageWeights:
    chance = np.random.default_rng(3)

    def head(bias: float) -> Head:
        tokens, characters = chance.normal(size=(2, 256)).astype(np.float16).astype(np.float32)
        tokens[chance.random(256) < 0.9] = 0
        return Head(tokens=tokens, characters=characters[:128], bias=bias)

    return LanguageWeights(
        token_sizes=(1, 2),
        character_sizes=(2, 3, 4),
        token_bits=8,
        character_bits=7,
        polarity=head(0.25),
        neutrality=head(-1.5),
        threshold=0.55,
        confusion=chance.dirichlet(np.ones(4), size=3),
    )


@pytest.mark.parametrize("token_sizes", [(1, 2), ()])
def test_what_is_saved_is_loaded(tmp_path: Path, token_sizes: tuple[int, ...]) -> None:
    weights, file = replace(some_weights(), token_sizes=token_sizes), tmp_path / "xx.npz"
    save(weights, file)
    found = load(file, digest(file))
    plain = ("token_sizes", "character_sizes", "token_bits", "character_bits", "threshold")
    for name in plain:
        assert getattr(found, name) == getattr(weights, name)
    assert np.array_equal(found.confusion, weights.confusion)
    for name in ("polarity", "neutrality"):
        was, now = getattr(weights, name), getattr(found, name)
        assert np.array_equal(was.tokens, now.tokens)
        assert np.array_equal(was.characters, now.characters)
        assert was.bias == now.bias


def test_the_first_bucket_and_no_bucket_at_all(tmp_path: Path) -> None:
    weights, file = some_weights(), tmp_path / "xx.npz"
    first = np.zeros(256, dtype=np.float32)
    first[0] = 2
    head = Head(tokens=first, characters=np.zeros(128, dtype=np.float32), bias=0)
    save(replace(weights, polarity=head), file)
    assert load(file).polarity.tokens.tolist() == first.tolist()
    assert not load(file).polarity.characters.any()


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        save(some_weights(), tmp_path / name)
    assert digest(tmp_path / "a.npz") == digest(tmp_path / "b.npz")


def test_damage_at_any_place_is_named(tmp_path: Path) -> None:
    file = tmp_path / "xx.npz"
    save(some_weights(), file)
    expected, whole = digest(file), file.read_bytes()
    chance = np.random.default_rng(5)
    for place in chance.integers(0, len(whole), 40):
        broken = bytearray(whole)
        broken[place] ^= 0xFF
        file.write_bytes(bytes(broken))
        with pytest.raises(StopError, match=r"xx\.npz"):
            load(file, expected)
    for cut in (0, 1, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:cut])
        with pytest.raises(StopError, match=r"xx\.npz"):
            load(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StopError, match=r"nothing\.npz"):
        load(tmp_path / "nothing.npz")
    with pytest.raises(StopError, match=r"card\.json"):
        MoodModel.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bits", np.array([60, 7])),
        ("bits", np.array([8])),
        ("character_sizes", np.array([], dtype=np.int64)),
        ("character_sizes", np.array([0])),
        ("confusion", np.zeros((2, 2))),
        ("polarity_tokens_gaps", np.array([300], dtype=np.uint32)),
        ("polarity_tokens_values", np.array([1, 2, 3], dtype=np.float16)),
        ("polarity_characters_values", np.full(128, np.nan, dtype=np.float16)),
        ("threshold", np.array(["x"])),
        ("neutrality_bias", None),
    ],
)
def test_wrong_content_is_named(tmp_path: Path, name: str, value: np.ndarray | None) -> None:
    file = tmp_path / "xx.npz"
    save(some_weights(), file)
    with np.load(file) as stored:
        arrays = {key: stored[key] for key in stored.files if key != name}
    if value is not None:
        arrays[name] = value
    np.savez(file, **arrays)
    with pytest.raises(StopError, match=r"xx\.npz"):
        load(file)


class Trap:
    """Would leave a trace if it were unpickled."""

    sprung = False

    def __reduce__(self) -> tuple[object, ...]:
        return (setattr, (Trap, "sprung", True))


def test_no_pickle_is_ever_read(tmp_path: Path) -> None:
    file = tmp_path / "xx.npz"
    save(some_weights(), file)
    with np.load(file) as stored:
        arrays = {key: stored[key] for key in stored.files}
    arrays["bits"] = np.array([Trap(), Trap()], dtype=object)
    np.savez(file, allow_pickle=True, **arrays)
    with pytest.raises(StopError):
        load(file)
    file.write_bytes(pickle.dumps(np.zeros(3)))
    with pytest.raises(StopError):
        load(file)
    assert not Trap.sprung


def test_an_exchanged_file_is_refused(tmp_path: Path) -> None:
    for name in ("ko.npz", "en.npz", "card.json"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    MoodModel.load(tmp_path)
    save(some_weights(), tmp_path / "en.npz")
    with pytest.raises(StopError, match="SHA-256"):
        MoodModel.load(tmp_path)


def test_what_is_shipped_is_small_and_tells_where_it_is_from() -> None:
    files = [SHIPPED / name for name in ("ko.npz", "en.npz")]
    assert sum(file.stat().st_size for file in files) < 10_000_000
    card = json.loads((SHIPPED / "card.json").read_text(encoding="utf-8"))
    for file in files:
        assert card["files"][file.name] == digest(file)
        with zipfile.ZipFile(file) as packed:
            assert packed.testzip() is None
    trained = card["trained"]
    assert trained["seed"] and trained["versions"]["scipy"]
    for language in ("ko", "en"):
        learned = {name.split()[1] for name in trained[language]["examples"]}
        sources = {"vader" if one.startswith("vader_") else one for one in learned}
        assert sources <= set(card["sources"])

"""A model of one's own, against sums by hand of what each word of a tiny classifier weighs."""

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from sonnim.checks.samples import HOSTILE
from sonnim.language.mood_cascade import Moods
from sonnim.language.mood_model import LABELS
from sonnim.language.own_model import OwnModel, own_first
from sonnim.language.own_settings import own_settings
from sonnim.tables.errors import StopError
from sonnim.tables.words import set_language
from tests.language.own_model.folders import by_hand, folder_of

TEXTS = ("good tea", "bad", "정말 좋아요", "별로예요 bad", "good bad", "tea " * 20, "Good")
TWO = ("negative", "positive")


def own(folder: Path, **said: object) -> OwnModel:
    return OwnModel(folder, own_settings(folder, {"labels": list(LABELS), **said}, "here"))


@pytest.mark.parametrize(
    ("file", "labels"), [("model.onnx", LABELS), ("two.onnx", TWO), ("fixed.onnx", LABELS)]
)
def test_probabilities_are_those_worked_by_hand(
    tmp_path: Path, file: str, labels: tuple[str, ...]
) -> None:
    """Inputs of 64 and 32 bits, with segments and without, of any size and of a fixed one."""
    model = own(folder_of(tmp_path / "ours", file), labels=list(labels))
    texts = [text for text in TEXTS if len(text.split()) < 14]
    wanted = [by_hand(text, labels) for text in texts]
    assert model.read(texts) == pytest.approx(np.array(wanted), abs=1e-6)


def test_labels_are_in_the_order_of_the_outputs(tmp_path: Path) -> None:
    model = own(folder_of(tmp_path / "ours"), labels=list(LABELS[::-1]))
    assert model.read(["bad"])[0] == pytest.approx(by_hand("bad")[::-1], abs=1e-6)


def test_a_text_is_read_alone_as_among_others(tmp_path: Path) -> None:
    model = own(folder_of(tmp_path / "ours"))
    given = [*TEXTS, *HOSTILE, "good " * 10_000, "half \ud83d good"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        together, backwards = model.read(given), model.read(given[::-1])[::-1]
    assert np.array_equal(together, backwards)
    for number, text in enumerate(given):
        assert np.array_equal(model.read([text])[0], together[number])
    assert together.sum(axis=1) == pytest.approx(1)


def test_an_export_that_rounds_by_the_whole_batch_reads_texts_one_by_one(tmp_path: Path) -> None:
    """Eight tokens each, so that none is padded: beside 'bad' (3.0) 'tea' (1.0) is rounded more."""
    model = own(folder_of(tmp_path / "ours", "dynamic.onnx"))
    texts = ["tea good tea tea tea zzz", "bad " * 6]
    together = model.read(texts)
    assert np.array_equal(model.read(texts[:1])[0], together[0])
    # Half a step of rounding for each of the eight tokens, in logits.
    assert together[0] == pytest.approx(by_hand(texts[0]), abs=8 * 2 / 255)


def test_a_long_text_is_read_from_its_beginning(tmp_path: Path) -> None:
    """Eight tokens are six words and the special ones at either end."""
    model = own(folder_of(tmp_path / "ours"), max_tokens=8)
    assert model.read(["bad " * 6 + "good " * 50])[0] == pytest.approx(by_hand("bad " * 6))


def test_below_the_threshold_it_is_unsure(tmp_path: Path) -> None:
    """By hand: 'good tea' is positive with 0.62, 'good bad' negative with 0.70."""
    folder = folder_of(tmp_path / "ours")
    texts = ["good tea", "good bad", "bad", " "]
    assert own(folder).moods(texts).labels == ["positive", "negative", "negative", "unsure"]
    found = own(folder, unsure_below=0.65).moods(texts)
    assert found.labels == ["unsure", "negative", "negative", "unsure"]
    assert own(folder, unsure_below=0).moods([" "]).labels == ["unsure"]
    assert found.tiers == [own(folder).tier] * 4
    assert found.tiers[0].startswith("own:ours@")


def test_it_reads_only_the_languages_named(tmp_path: Path) -> None:
    """A text in Korean and English only if it reads both; the other model sees what is left."""
    seen: list[str] = []

    def others(texts: list[str], languages: list[str]) -> Moods:
        seen.extend(languages)
        return Moods(np.full((len(texts), 3), 1 / 3), ["unsure"] * len(texts), ["x"] * len(texts))

    languages = ["en", "ko", "mixed", "other", "ko"]
    texts = ["bad", "good", "good", "good", "bad"]
    folder = folder_of(tmp_path / "ours")
    model = own(folder, languages=["ko"])
    found = own_first(model, texts, languages, others)
    assert seen == ["en", "mixed", "other"]
    assert found.labels == ["unsure", "positive", "unsure", "unsure", "negative"]
    assert found.tiers == ["x", model.tier, "x", "x", model.tier]
    seen.clear()
    own_first(own(folder), texts, languages, others)
    assert seen == ["other"]


def test_labels_of_the_export_are_taken(tmp_path: Path) -> None:
    """By the numbers of id2label, also beyond the ninth place of a sorted text."""
    folder = folder_of(tmp_path / "ours", named=["POSITIVE", "Neutral", "negative"])
    assert own_settings(folder, {}, "here").labels == ("positive", "neutral", "negative")


def test_the_digest_tells_weights_and_tokenizers_apart(tmp_path: Path) -> None:
    said = {"labels": list(LABELS)}
    folder = folder_of(tmp_path / "a")
    digests = [own_settings(folder, said, "here").digest]
    assert own_settings(folder_of(tmp_path / "b"), said, "here").digest == digests[0]
    for name in ("model.onnx", "tokenizer.json", "model.onnx_data"):
        with (folder / name).open("ab") as file:
            file.write(b"\n")
        digests.append(own_settings(folder, said, "here").digest)
    assert len(set(digests)) == 4


def test_another_file_than_the_settings_are_for_is_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "ours")
    settings = own_settings(folder, {"labels": list(LABELS)}, "here")
    folder_of(tmp_path / "other", "fixed.onnx").joinpath("model.onnx").replace(
        folder / "model.onnx"
    )
    with pytest.raises(StopError) as caught:
        OwnModel(folder, settings)
    check_words(caught.value, "own_model_changed")


@pytest.mark.parametrize(
    ("said", "place", "received"),
    [
        ({"labels": ["good", "bad"]}, "here.labels", ["good", "bad"]),
        ({"labels": ["negative", "neutral"]}, "here.labels", ["negative", "neutral"]),
        ({"labels": "negative"}, "here.labels", "negative"),
        ({"languages": []}, "here.languages", []),
        ({"languages": ["ja"]}, "here.languages", ["ja"]),
        ({"max_tokens": 7}, "here.max_tokens", 7),
        ({"max_tokens": True}, "here.max_tokens", True),
        ({"max_tokens": 2.5}, "here.max_tokens", 2.5),
        ({"unsure_below": 1.1}, "here.unsure_below", 1.1),
        ({"unsure_below": float("nan")}, "here.unsure_below", None),
        ({"label": ["x"]}, "here.label", "label"),
    ],
)
def test_settings_that_cannot_be(
    tmp_path: Path, said: dict[str, object], place: str, received: object
) -> None:
    with pytest.raises(StopError) as caught:
        own(folder_of(tmp_path / "ours"), **said)
    check_words(caught.value, "own_setting_wrong")
    assert caught.value.values["place"] == place
    assert received is None or caught.value.values["received"] == received


@pytest.mark.parametrize(
    ("model", "said", "key", "part"),
    [
        ("other_input.onnx", {}, "own_model_input", "pixel_values"),
        ("two.onnx", {}, "own_model_outputs", "2"),
        ("model.onnx", {"labels": list(TWO)}, "own_model_outputs", "3"),
        ("short.onnx", {}, "own_model_run", "256"),
        ("tokenizer.json", {}, "own_model_broken", "model.onnx"),
    ],
)
def test_models_that_cannot_be(
    tmp_path: Path, model: str, said: dict[str, object], key: str, part: str
) -> None:
    folder = folder_of(tmp_path / "ours", model)
    with pytest.raises(StopError) as caught:
        own(folder, **said)
    check_words(caught.value, key)
    assert part in str(caught.value)


def test_a_model_of_few_positions_reads_as_many(tmp_path: Path) -> None:
    model = own(folder_of(tmp_path / "ours", "short.onnx"), max_tokens=32)
    assert model.read(["bad tea " * 40])[0] == pytest.approx(by_hand("bad tea " * 15), abs=1e-6)


@pytest.mark.parametrize(
    ("absent", "key"), [("model.onnx", "own_model_file"), ("tokenizer.json", "own_model_file")]
)
def test_files_that_are_not_there(tmp_path: Path, absent: str, key: str) -> None:
    folder = folder_of(tmp_path / "ours")
    (folder / absent).unlink()
    with pytest.raises(StopError) as caught:
        own(folder)
    check_words(caught.value, key)
    assert absent in str(caught.value)


def test_no_folder_no_labels_no_tokenizer(tmp_path: Path) -> None:
    with pytest.raises(StopError) as caught:
        own(tmp_path / "nowhere")
    check_words(caught.value, "own_model_folder")
    folder = folder_of(tmp_path / "ours")
    with pytest.raises(StopError) as caught:
        own_settings(folder, {}, "here")
    check_words(caught.value, "own_model_labels")
    (folder / "config.json").write_text('{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}', "utf-8")
    with pytest.raises(StopError) as caught:
        own_settings(folder, {}, "here")
    check_words(caught.value, "own_setting_wrong")
    (folder / "tokenizer.json").write_text("{}", "utf-8")
    with pytest.raises(StopError) as caught:
        own(folder)
    check_words(caught.value, "own_model_broken")


def test_without_its_packages_it_says_how_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(StopError) as caught:
        own(folder_of(tmp_path / "ours"))
    check_words(caught.value, "own_model_package")
    assert "sonnim[accurate]" in str(caught.value)


def check_words(error: StopError, key: str) -> None:
    """The error is that one, and whole in both languages."""
    assert error.key == key
    for language in ("en", "ko"):
        set_language(language)
        told = str(error)
        set_language(None)
        assert "{" not in told.replace('{"', "")
        assert any("가" <= letter <= "힣" for letter in told) == (language == "ko")

"""The baselines: the lexicon by hand, and that the others are used only where they are."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from sonnim.language.baselines import _TAGS, lexicon_scores, stems, textblob, vader
from sonnim.language.morphemes import morphemes

_ENDINGS = ("", "다", "하다", "스럽다", "합니다", "어요", "은")


def test_every_stem_is_a_morpheme() -> None:
    """Kiwi is the oracle: a stem that it never cuts out would never be found."""
    found = {
        (stem, one.rpartition("/")[0])
        for stem in stems()
        for row in morphemes([stem + ending for ending in _ENDINGS])
        for one in row
        if one.rpartition("/")[2].partition("-")[0] in _TAGS
    }
    assert not {stem for stem in stems() if (stem, stem) not in found}


def test_scores_by_hand() -> None:
    """Two of praise and one of complaint: (2 - 1) / 3; a prefix turns round; nothing gives 0."""
    texts = ["친절하고 깨끗한데 비싸요", "불친절하고 불편해요", "3층에 있어요", ""]
    assert lexicon_scores(texts).tolist() == pytest.approx([1 / 3, -1, 0, 0])


def test_what_is_not_installed_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    # None in sys.modules is how Python itself says "cannot be imported".
    monkeypatch.setitem(sys.modules, "vaderSentiment", None)
    monkeypatch.setitem(sys.modules, "vaderSentiment.vaderSentiment", None)
    monkeypatch.setitem(sys.modules, "textblob", None)
    assert vader() is None
    assert textblob() is None


def test_what_is_installed_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins with the interfaces of both packages."""

    class Analyzer:
        def polarity_scores(self, text: str) -> dict[str, float]:
            return {"compound": len(text) / 10}

    def blob(text: str) -> SimpleNamespace:
        return SimpleNamespace(sentiment=SimpleNamespace(polarity=-len(text) / 10))

    for name, member, value in (
        ("vaderSentiment.vaderSentiment", "SentimentIntensityAnalyzer", Analyzer),
        ("textblob", "TextBlob", blob),
    ):
        module = ModuleType(name)
        setattr(module, member, value)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(sys.modules, "vaderSentiment", ModuleType("vaderSentiment"))
    asked, other = vader(), textblob()
    assert asked is not None and other is not None
    assert asked(["abc"]).tolist() == [0.3]
    assert other(["abc"]).tolist() == [-0.3]

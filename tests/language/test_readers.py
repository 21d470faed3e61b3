"""Which of the two readers reads a text, and that each reads as it does alone."""

import numpy as np
import pytest

from sonnim.checks.samples import HOSTILE, TEXTS
from sonnim.language.identify import identify
from sonnim.language.reader import EMOTION_KO, INTENT, MOOD, TARGET, Reading
from sonnim.language.readers import Readers, shipped

GIVEN = [*(text for _, _, text in TEXTS), *HOSTILE]
LANGUAGES = list(identify(GIVEN)[0])
TASKS = (MOOD, EMOTION_KO, TARGET)


@pytest.fixture(scope="module")
def readers() -> Readers:
    return Readers.load(workers=1)


def same(one: Reading, at: int, other: Reading, there: int) -> bool:
    return (
        all(np.array_equal(one.texts[task][at], other.texts[task][there]) for task in other.texts)
        and np.array_equal(one.tokens[TARGET][at], other.tokens[TARGET][there])
        and one.offsets[at] == other.offsets[there]
    )


def test_english_is_read_by_its_own_reader_and_all_else_by_the_other(readers: Readers) -> None:
    """Oracle: each reader asked alone."""
    found = readers.read(GIVEN, TASKS, LANGUAGES)
    assert {"ko", "en", "mixed", "other"} == set(LANGUAGES)
    for at, (text, language) in enumerate(zip(GIVEN, LANGUAGES, strict=True)):
        if language == "en":
            alone = readers.english.read([text], (MOOD, TARGET))
            assert not found.texts[EMOTION_KO][at].any()
        else:
            alone = readers.everyone.read([text], TASKS)
        assert same(found, at, alone, 0)


def test_a_task_of_one_reader_only(readers: Readers) -> None:
    """Of it the English one knows nothing: its texts have zeros."""
    found = readers.read(GIVEN, [EMOTION_KO], LANGUAGES).texts[EMOTION_KO]
    english = [language == "en" for language in LANGUAGES]
    assert any(english) and not found[english].any()
    alone = readers.everyone.read(GIVEN, [EMOTION_KO]).texts[EMOTION_KO]
    rest = [not one for one in english]
    assert np.array_equal(found[rest], alone[rest])


def test_the_language_is_found_where_it_is_not_given(readers: Readers) -> None:
    given, found = readers.read(GIVEN, TASKS, LANGUAGES), readers.read(GIVEN, TASKS)
    assert all(same(given, at, found, at) for at in range(len(GIVEN)))


def test_a_texts_place_changes_nothing(readers: Readers) -> None:
    found, turned = readers.read(GIVEN, TASKS), readers.read(GIVEN[::-1], TASKS)
    assert all(same(found, at, turned, len(GIVEN) - 1 - at) for at in range(len(GIVEN)))


def test_no_text_gives_no_row(readers: Readers) -> None:
    found = readers.read([], (MOOD, INTENT, TARGET))
    assert found.texts[MOOD].shape == (0, 3) and found.texts[INTENT].shape == (0, 5)
    assert found.tokens[TARGET] == found.offsets == []


def test_languages_must_be_as_many_as_texts(readers: Readers) -> None:
    with pytest.raises(ValueError, match="shorter"):
        readers.read(["좋아요", "nice"], (MOOD,), ["ko"])


def test_the_column_names_both_readers() -> None:
    both = shipped()
    assert both.tier == f"{both.everyone.tier}+{both.english.tier}"
    assert both.everyone.tier != both.english.tier

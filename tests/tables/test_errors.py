"""Errors: one root, sentences in two languages, and they cross the borders of processes."""

import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from sonnim.checks.failed import CheckFailed
from sonnim.tables import words
from sonnim.tables.errors import RetryError, SkipError, SonnimError, StopError
from sonnim.tables.words import current_language, has_words, say, set_language

KINDS = (SonnimError, RetryError, SkipError, StopError, CheckFailed)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    yield
    set_language(None)


def fail_there(key: str) -> None:
    raise StopError(key, table="고객\n의견", allowed="a, b")


@pytest.mark.parametrize("kind", KINDS)
def test_errors_are_pickled_whole(kind: type[SonnimError]) -> None:
    error = kind("unknown_table", table="가", allowed="나")
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is kind
    assert (other.key, other.values, str(other)) == (error.key, error.values, str(error))
    assert isinstance(other, SonnimError)


@pytest.mark.slow
def test_an_error_comes_out_of_another_process_as_it_was() -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool, pytest.raises(StopError) as caught:
        pool.submit(fail_there, "unknown_table").result()
    assert caught.value.values == {"table": "고객\n의견", "allowed": "a, b"}


def test_an_error_speaks_the_language_of_who_reads_it() -> None:
    error = StopError("unknown_table", table="moods", allowed="mood")
    assert str(error) == "There is no table 'moods'. There are: mood."
    set_language("ko")
    assert str(error) == "'moods' 표가 없습니다. 있는 표: mood."


def test_a_missing_sentence_never_fails() -> None:
    assert str(StopError("no_such_key", file="a.csv")) == "no_such_key: {'file': 'a.csv'}"
    assert str(StopError("no_such_key")) == "no_such_key"
    assert not has_words("no_such_key")
    # Nor does a missing value, or one with braces of its own.
    assert "{allowed}" in str(StopError("unknown_table", table="{x}"))
    assert "{x}" in str(StopError("unknown_table", table="{x}"))


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"SONNIM_LANG": "ko"}, "ko"),
        ({"SONNIM_LANG": "en", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LC_ALL": "KO_KR", "LANG": "en_US"}, "ko"),
        ({"LC_MESSAGES": "ko_KR.UTF-8", "LANG": "en_US"}, "ko"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_in_force(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SONNIM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert current_language() == language
    set_language("ko")
    assert current_language() == "ko"
    set_language("fr")  # not one of ours: back to the locale's
    assert current_language() == language


def test_a_sentence_can_be_asked_for_in_either_language() -> None:
    told = {language: say("limit_least", language, number="3") for language in words.LANGUAGES}
    assert told == {"en": "a number of at least 3", "ko": "3 이상의 수"}

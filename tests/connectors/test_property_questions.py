"""Questions of surveys: whatever is asked and answered, what is taken for a score is one.

The oracles are the two meanings of a score: a place between the ends of its scale, worked out in
plain Python, and what DuckDB makes of the same answer.
"""

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sonnim.connectors.base import RawColumn
from sonnim.connectors.preset import Preset, Survey, To
from sonnim.connectors.questions import (
    _SCALES_IN_WORDS,
    question_of,
    questions,
    score_sql,
    with_questions,
)

ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=25)
ASKED = st.one_of(
    st.sampled_from([
        "How likely are you to recommend us?", "추천 의향 (0~10)", "NPS", "전반적인 만족도",
        "응대에 얼마나 만족하셨나요? (1~7점)", "How easy was it? (1-7)", "이유를 적어 주세요",
        "Why?", "How satisfied are you?", "CSAT {tea}", "it's \"easy\"", "만족 1-" + "9" * 5000,
        "만족 7~5", "2026-10 만족도", "만족 (3-5회 방문)",
    ]),
    ANY,
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-3, 12).map(str), st.integers(0, 10).map(lambda n: f"{n}점"),
    st.integers(0, 10).map(lambda n: f" {n} - 매우 그렇다"),
    st.integers(0, 10).map("만족 ({}점)".format),
    st.sampled_from(["4.5", "1e5", "\u00a09", "\u30005점 ", "8\u2003", "٣", "９",
                     "1" * 400, "10.0", "-0", "5/5", "1,000"]),
)  # fmt: skip
SCALES = st.sampled_from(_SCALES_IN_WORDS)
ANSWERS = st.one_of(
    st.lists(NUMBERS, max_size=12),
    st.lists(st.one_of(NUMBERS, ANY), max_size=12),
    SCALES.flatmap(lambda scale: st.lists(st.sampled_from(sum(scale, ())), max_size=9)),
)  # fmt: skip


def scores(answers: list[str], words: tuple[tuple[str, ...], ...]) -> list[float | None]:
    with duckdb.connect() as connection:
        query = f"SELECT {score_sql('a', words)} FROM (SELECT unnest(?::VARCHAR[]) AS a)"
        return [row[0] for row in connection.execute(query, [answers]).fetchall()]


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(ASKED, ANSWERS)
def test_what_is_a_score_lies_on_its_scale(asked: str, answers: list[str]) -> None:
    found = question_of("q", asked, answers)
    if found is None or not found.metric:
        return
    assert (found.low, found.high) in {(0, 5), (1, 5), (0, 7), (1, 7), (0, 10), (1, 10)}
    filled = [one for one in answers if one.strip()]
    got = scores(filled, found.words)
    read = [score for score in got if score is not None]
    # A zero on a scale that is said to begin with one stands for no answer, and is rejected.
    least = 0 if "1~7" in asked or "1-7" in asked else found.low
    assert all(least <= score <= found.high for score in read)
    # One answer in ten may be a remark; all the others count.
    assert len(read) * 10 >= len(filled) * 9


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(SCALES, st.data())
def test_words_are_places_on_their_scale(
    scale: tuple[tuple[str, ...], ...], data: st.DataObject
) -> None:
    """Whatever the case and the blanks, an answer's score is the place of its words."""
    places = data.draw(st.lists(st.integers(1, len(scale)), min_size=1, max_size=9))
    words = [data.draw(st.sampled_from(scale[place - 1])) for place in places]
    worn = [
        data.draw(
            st.sampled_from([word, word.upper(), f"\u3000{word}. ", word.replace(" ", "\u00a0 ")])
        )
        for word in words
    ]
    assert scores(worn, scale) == [float(place) for place in places]
    found = question_of("q", "How satisfied are you?", worn)
    assert found is not None and found.metric == "csat"
    # Another scale may hold the same few words; the order of two answers is the same on both.
    again = scores(worn, found.words)
    assert sorted(range(len(places)), key=lambda n: (places[n], n)) == sorted(
        range(len(places)), key=lambda n: (again[n] or 0, n)
    )


@settings(max_examples=100, deadline=None)
@given(ASKED, ANSWERS, st.randoms())
def test_the_order_of_answers_and_blanks_say_nothing(
    asked: str, answers: list[str], random
) -> None:  # type: ignore[no-untyped-def]
    mixed = [*answers, "", "  "]
    random.shuffle(mixed)
    assert question_of("q", asked, mixed) == question_of("q", asked, answers)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(ASKED, ANSWERS), min_size=1, max_size=4, unique_by=lambda one: one[0]))
def test_all_that_is_made_of_a_survey_is_sql_that_runs(
    asked: list[tuple[str, list[str]]],
) -> None:
    """Names of columns are what people asked: with quotes, braces and anything else."""
    assume(all(name.strip() and name.casefold() != "id" for name, _ in asked))
    assume(len({name.casefold() for name, _ in asked}) == len(asked))
    survey = Survey(response=("{id}",), to=(To(column="time", names=("id",)),), own=("id",))
    preset = Preset(name="x", title="x", title_ko="x", certain="observed", needs=(("id",),),
                    rows=(), survey=survey)  # fmt: skip
    columns = (
        RawColumn(name="id", samples=("1",)),
        *(RawColumn(name=name, samples=tuple(answers)) for name, answers in asked),
    )
    made = with_questions(preset, columns).rows
    assert len(made) == len(questions(survey, columns))
    assert len({rows.table for rows in made}) == len(made)
    names = ", ".join(
        f"'7' AS \"{column.name.replace(chr(34), chr(34) * 2)}\"" for column in columns
    )
    with duckdb.connect() as connection:
        for rows in made:
            for to in rows.to:
                if to.sql:
                    # As the preset does: {id} stands for a column, {{ for a brace.
                    sql = to.sql.replace("{id}", '"id"').replace("{{", "{").replace("}}", "}")
                    connection.execute(f"SELECT {sql} FROM (SELECT {names})").fetchall()

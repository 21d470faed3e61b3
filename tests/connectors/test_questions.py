"""Survey questions by their words and answers, in Korean and English, against a table by hand."""

import duckdb
import pytest

from sonnim.connectors.base import RawColumn
from sonnim.connectors.preset import Preset, Survey, To
from sonnim.connectors.questions import question_of, questions, score_sql, with_questions

TEN = ["9", "10", "3", "7", "0"]
FIVE = ["5", "4", "1"]


@pytest.mark.parametrize(
    ("asked", "answers", "metric", "low", "high"),
    [
        ("How likely are you to recommend us to a friend?", TEN, "nps", 0, 10),
        ("Would you recommend the app? (0-10)", ["3", "4"], "nps", 0, 10),
        ("지인에게 추천할 의향이 얼마나 있으신가요?", TEN, "nps", 0, 10),
        ("저희 브랜드를 추천하시겠습니까?", ["10점", "8점", "0점"], "nps", 0, 10),
        ("추천 의향", ["9 - 매우 높음", "10 - 매우 높음"], "nps", 0, 10),
        ("NPS", ["1", "2"], "nps", 0, 10),
        ("How satisfied are you with your visit?", FIVE, "csat", 1, 5),
        ("How satisfied are you? (1-7)", FIVE, "csat", 1, 7),
        ("전반적인 만족도를 알려 주세요", ["5", "4", "2"], "csat", 1, 5),
        ("응대에 만족하셨나요?", ["매우 만족", "불만족", "보통"], "csat", 1, 5),
        ("응대에 만족하셨나요?", ["매우 만족(5)", "불만족(2)"], "csat", 1, 5),
        ("Overall satisfaction", ["Very satisfied", "Dissatisfied"], "csat", 1, 5),
        ("Overall satisfaction", ["Extremely satisfied", "Slightly dissatisfied"], "csat", 1, 7),
        ("만족도 (10점 만점)", ["10", "9", "6"], "csat", 1, 10),
        ("How easy was it to solve your problem?", ["7", "2", "6"], "ces", 1, 7),
        ("문제를 얼마나 쉽게 해결하셨나요?", ["7", "6"], "ces", 1, 7),
        ("The company made it easy for me to handle my issue", ["Strongly agree", "Disagree",
         "Somewhat agree"], "ces", 1, 7),
        ("What is the main reason for your score?", ["The bun was dry", "Nice people"], "", 0, 0),
        ("그렇게 생각하신 이유는 무엇인가요?", ["직원이 친절해서요", "너무 비싸요"], "", 0, 0),
    ],
)  # fmt: skip
def test_what_is_asked(asked: str, answers: list[str], metric: str, low: int, high: int) -> None:
    found = question_of("q", asked, answers)
    assert found is not None
    assert (found.metric, found.low, found.high) == (metric, low, high)


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        # Recommending on five points is no NPS.
        ("Would you recommend us?", ["5", "4", "3"]),
        ("Would you recommend us?", ["Yes", "No", "Yes"]),
        ("Which branch did you visit?", ["Jeju", "Gangnam", "Jeju"]),
        ("How old are you?", ["23", "54"]),
        ("만족하는 점을 모두 고르세요", ["가격", "가격", "맛", "가격"]),
        ("Your name", ["Kim Bora with a long name", "Lee Hansol with a longer name"]),
        ("이메일 주소", ["bora@example.com", "hansol@example.com"]),
        ("How satisfied are you?", ["4.5", "3.25"]),
        ("How satisfied are you?", ["85", "90"]),
        ("How satisfied are you?", []),
    ],
)
def test_what_is_no_question_of_ours(asked: str, answers: list[str]) -> None:
    assert question_of("q", asked, answers) is None


def test_a_part_is_left_where_another_asks_for_the_whole() -> None:
    survey = Survey(response=("{id}",), to=(), own=("id",))
    columns = [
        RawColumn(name="id", samples=("1", "2")),
        RawColumn(name="How satisfied are you with the price?", samples=("2", "5")),
        RawColumn(name="Overall, how satisfied are you?", samples=("4", "5")),
        RawColumn(name="How satisfied are you with the tea?", samples=("3", "5")),
    ]
    whole = questions(survey, tuple(columns))
    assert [one.raw for one in whole] == ["Overall, how satisfied are you?"]
    parts = questions(survey, (columns[0], columns[1], columns[3]))
    assert [one.raw for one in parts] == [columns[1].name, columns[3].name]


def test_rows_of_a_survey() -> None:
    """Scores link to the words behind them; parts of one metric say what they ask about."""
    survey = Survey(
        response=("{id}",), to=(To(column="time", names=("when",)),), own=("id", "when")
    )
    preset = Preset(name="x", title="x", title_ko="x", certain="observed", needs=(("id",),),
                    rows=(), survey=survey)  # fmt: skip
    columns = tuple(
        RawColumn(name=name, samples=samples)
        for name, samples in (
            ("id", ("1",)),
            ("when", ("2026-03-01",)),
            ("How satisfied are you with {tea}?", ("3", "5")),
            ("How satisfied are you with cakes?", ("3", "5")),
            ("Why?", ("it was cold and late", "all was fine with me")),
        )
    )
    made = {rows.table: {to.column: to for to in rows.to} for rows in with_questions(
        preset, columns).rows}  # fmt: skip
    assert set(made) == {"answer/csat", "answer/csat_2", "message/verbatim"}
    assert made["answer/csat"]["touchpoint"].sql == "'How satisfied are you with {{tea}}?'"
    assert made["answer/csat_2"]["answer_id"].sql == "{id} || '/csat_2'"
    assert "{id} || '/verbatim'" in made["answer/csat"]["message_id"].sql
    assert made["message/verbatim"]["title"].sql == "'Why?'"
    assert "time" in made["message/verbatim"]


@pytest.mark.parametrize(
    ("answer", "words", "score"),
    [
        ("9", (), 9.0),
        (" 10 - extremely likely", (), 10.0),
        ("매우 만족 (5점)", (), 5.0),
        ("won't say", (), None),
        ("", (), None),
        ("매우  불만족", (("매우 불만족",), ("만족",)), 1.0),
        ("Satisfied.", (("dissatisfied",), ("satisfied",)), 2.0),
        ("something else", (("dissatisfied",), ("satisfied",)), None),
    ],
)
def test_scores(answer: str, words: tuple[tuple[str, ...], ...], score: float | None) -> None:
    with duckdb.connect() as connection:
        query = f"SELECT {score_sql('answer', words)} FROM (SELECT ? AS answer)"
        assert connection.execute(query, [answer]).fetchall() == [(score,)]

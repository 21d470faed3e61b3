"""Survey questions by their words: which column asks for NPS, CSAT or CES, and which for words.

Surveys name their columns by what was asked, so no list of names can know them. A question is
recognised by its words (Korean and English) together with its answers: "how likely are you to
recommend us" with answers from 0 to 10 is NPS. What is not recognised stays among the attributes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sonnim.connectors.base import RawColumn
from sonnim.connectors.expressions import is_filled, literal
from sonnim.connectors.names import normal
from sonnim.connectors.numbers import BLANKS
from sonnim.connectors.preset import Preset, Rows, Survey, To
from sonnim.tables.step import identifier, quoted

_ASKS = (
    (
        "nps",
        r"\bnps\b|순추천|추천\s*(의향|가능성|점수|지수)|추천(해|하)?\s*(주)?\s*(시겠|실|하실|하고\s*싶|할)"
        r"|추천하(시|고|겠)|권유|recommend",
    ),
    (
        "ces",
        r"\bces\b|노력|수월|(얼마나|이용.*|해결.*)\s*(쉬|편리|편하|간편|어려)|쉽게|\beffort|how\s+(easy|difficult)"
        r"|made it easy|\beasy (was it )?(for me )?to\b|easily",
    ),
    ("csat", r"\bcsat\b|만족|satisf|how (was|would you rate) (your|the|our)"),
)  # fmt: skip
_OVERALL = r"전반|종합|전체|overall|\bcsat\b|in general"
_WORDS_WANTED = (
    r"이유|의견|자유|서술|주관식|제안|개선|바라|건의|말씀|남겨|느낀|좋았던|아쉬|불편|\bwhy\b|reason|comment|"
    r"feedback|suggest|tell us|improve|describe|explain|anything else|thoughts|other remarks"
)
_NEVER_WORDS = (
    r"이름|성함|성명|이메일|메일|전화|연락처|휴대폰|주소|생년|동의|\bname\b|e-?mail|phone|address|\bbirth|consent"
    r"|\burl\b|\bip\b"
)
# Answers in words, worst first; the first row whose words hold all answers seen is the scale.
_SCALES_IN_WORDS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("매우 불만족", "매우 불만", "매우 불만족스럽다"), ("불만족", "불만", "불만족스럽다"),
        ("보통", "보통이다"), ("만족", "만족한다", "만족스럽다"),
        ("매우 만족", "매우 만족한다", "매우 만족스럽다"),
    ),
    (
        ("very dissatisfied", "very unsatisfied"), ("dissatisfied", "unsatisfied"),
        ("neutral", "neither satisfied nor dissatisfied"), ("satisfied",), ("very satisfied",),
    ),
    (
        ("extremely dissatisfied", "very dissatisfied"), ("somewhat dissatisfied",),
        ("neutral", "neither satisfied nor dissatisfied"), ("somewhat satisfied",),
        ("extremely satisfied", "very satisfied"),
    ),
    (
        ("extremely dissatisfied",), ("moderately dissatisfied",), ("slightly dissatisfied",),
        ("neither satisfied nor dissatisfied", "neutral"), ("slightly satisfied",),
        ("moderately satisfied",), ("extremely satisfied",),
    ),
    (
        ("very dissatisfied",), ("dissatisfied",), ("somewhat dissatisfied",),
        ("neutral", "neither satisfied nor dissatisfied"), ("somewhat satisfied",),
        ("satisfied",), ("very satisfied",),
    ),
    (
        ("very poor", "terrible"), ("poor", "bad"), ("average", "fair", "okay"), ("good",),
        ("excellent", "very good", "great"),
    ),
    (
        ("전혀 그렇지 않다", "매우 그렇지 않다"), ("그렇지 않다",), ("보통", "보통이다"),
        ("그렇다",), ("매우 그렇다",),
    ),
    (
        ("매우 어려움", "매우 어렵다"), ("어려움", "어렵다"), ("보통", "보통이다"),
        ("쉬움", "쉽다"), ("매우 쉬움", "매우 쉽다"),
    ),
    (
        ("strongly disagree",), ("disagree",), ("neutral", "neither agree nor disagree"),
        ("agree",), ("strongly agree",),
    ),
    (
        ("strongly disagree",), ("somewhat disagree",), ("neutral", "neither agree nor disagree"),
        ("somewhat agree",), ("strongly agree",),
    ),
    (
        ("strongly disagree",), ("disagree",), ("somewhat disagree",),
        ("neither agree nor disagree", "neutral"), ("somewhat agree",), ("agree",),
        ("strongly agree",),
    ),
    (
        ("very difficult",), ("difficult",), ("neutral", "neither easy nor difficult"),
        ("easy",), ("very easy",),
    ),
    (
        ("extremely difficult", "very difficult"), ("somewhat difficult",),
        ("neutral", "neither easy nor difficult"), ("somewhat easy",),
        ("extremely easy", "very easy"),
    ),
    (
        ("extremely difficult",), ("moderately difficult",), ("slightly difficult",),
        ("neither easy nor difficult", "neutral"), ("slightly easy",), ("moderately easy",),
        ("extremely easy",),
    ),
)  # fmt: skip
# Around a stripped text, and with ASCII's digits: what Python and DuckDB read alike.
_LEADING = r"^([0-9]+(?:\.[0-9]+)?)"
_TRAILING = r"\(([0-9]+(?:\.[0-9]+)?) *점?\)$"
_SEVERAL = f"[{BLANKS}]+"
_STATED = r"(?<!\d)(\d{1,3})\s*점?\s*(?:~|-|–|to|부터|에서)\s*(\d{1,3})(?!\d)"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One column of a survey that was understood.

    Attributes:
        raw: Name of the column.
        asked: What was asked.
        metric: `nps`, `csat` or `ces`, or "" where words were wanted.
        low: Least score possible.
        high: Greatest score possible.
        words: Answers in words, worst first, each with its variants; empty for numbers.
        overall: Whether it asks about the whole.
    """

    raw: str
    asked: str
    metric: str = ""
    low: int = 0
    high: int = 0
    words: tuple[tuple[str, ...], ...] = ()
    overall: bool = False


def question_of(raw: str, asked: str, values: Iterable[str]) -> Question | None:
    """What a column of a survey asks, or None.

    Args:
        raw: Name of the column.
        asked: The words of the question.
        values: Some of the answers.

    Example:
        >>> question_of("Q1", "How likely are you to recommend us?", ["9", "10", "0"])
        Question(raw='Q1', asked='How likely are you to recommend us?', metric='nps', low=0, \
high=10, words=(), overall=False)
        >>> question_of("Q2", "응대에 얼마나 만족하셨나요? (1~7점)", ["5 - 만족", "2"]).high
        7
        >>> question_of("Q3", "Which branch did you visit?", ["Gangnam", "Jeju"]) is None
        True
    """
    answers = [text for value in values if value and (text := value.strip(BLANKS))]
    told = asked.strip()
    for metric, pattern in _ASKS:
        if not re.search(pattern, told, re.IGNORECASE):
            continue
        scored = _scored(metric, told, answers)
        if scored is not None:
            overall = bool(re.search(_OVERALL, told, re.IGNORECASE))
            return replace(scored, raw=raw, asked=told, overall=overall)
    if _wants_words(told, answers):
        return Question(raw=raw, asked=told)
    return None


def with_questions(preset: Preset, columns: tuple[RawColumn, ...]) -> Preset:
    """The preset with the rows that the questions of this survey give.

    A preset of anything else than a survey comes back as it is.
    """
    survey = preset.survey
    if survey is None:
        return preset
    return replace(preset, rows=(*preset.rows, *_rows(survey, questions(survey, columns))))


def questions(survey: Survey, columns: tuple[RawColumn, ...]) -> tuple[Question, ...]:
    """The questions of a survey that are understood, in the order they were asked.

    Where one asks for satisfaction overall, those about a part of it are left among the
    attributes; where none does, each is taken with what it asks about as its touchpoint.
    """
    own = {normal(name) for name in survey.own}
    found = []
    for column in columns:
        if normal(column.name) in own:
            continue
        values = [value for value in column.samples if value]
        asked = column.name
        if survey.asked_below and values:
            asked, values = values[0], values[1:]
            values = [value for value in values if not value.startswith('{"ImportId')]
        question = question_of(column.name, asked, values)
        if question is not None:
            found.append(question)
    kept = []
    for one in found:
        rivals = [other for other in found if other.metric == one.metric]
        whole = [other for other in rivals if other.overall]
        if one.metric and whole and one is not whole[0]:
            continue
        if one.metric and not whole and len(rivals) > 1 and one.metric == "nps" \
                and one is not rivals[0]:  # fmt: skip
            continue
        kept.append(one)
    return tuple(kept)


def _rows(survey: Survey, asked: tuple[Question, ...]) -> tuple[Rows, ...]:
    verbatims = [one for one in asked if not one.metric]
    parts = {one.raw: _part("message/verbatim", n) for n, one in enumerate(verbatims, start=1)}
    many = {metric: sum(one.metric == metric for one in asked) for metric in ("nps", "csat", "ces")}
    made: list[Rows] = []
    counts: dict[str, int] = {}
    for position, one in enumerate(asked):
        raw = _column(one.raw)
        if not one.metric:
            made.append(
                Rows(
                    table=parts[one.raw],
                    to=(
                        To(column="where", sql=is_filled(raw)),
                        *(
                            To(column="message_id", sql=identity)
                            for identity in _ids(survey, parts[one.raw])
                        ),
                        *_those(survey, "message"),
                        To(column="kind", constant="verbatim"),
                        To(column="direction", constant="in"),
                        To(column="title", sql=literal(one.asked)),
                        To(column="text", sql=raw),
                    ),
                )
            )
            continue
        counts[one.metric] = counts.get(one.metric, 0) + 1
        part = _part(f"answer/{one.metric}", counts[one.metric])
        reason = next((x for x in asked[position + 1 :] if not x.metric), None) or next(
            iter(verbatims), None
        )
        link: tuple[To, ...] = ()
        if reason is not None:
            filled = is_filled(_column(reason.raw))
            link = tuple(
                To(column="message_id", sql=f"CASE WHEN {filled} THEN {identity} END")
                for identity in _ids(survey, parts[reason.raw])
            )
        touchpoint = () if many[one.metric] == 1 else (
            To(column="touchpoint", sql=literal(one.asked)),
        )  # fmt: skip
        made.append(
            Rows(
                table=part,
                to=(
                    To(column="where", sql=is_filled(raw)),
                    *(To(column="answer_id", sql=identity) for identity in _ids(survey, part)),
                    *touchpoint,
                    *_those(survey, "answer"),
                    To(column="metric", constant=one.metric),
                    To(column="score", sql=score_sql(raw, one.words)),
                    To(column="scale_min", constant=str(one.low)),
                    To(column="scale_max", constant=str(one.high)),
                    *link,
                ),
            )
        )
    return tuple(made)


def score_sql(raw: str, words: tuple[tuple[str, ...], ...]) -> str:
    """SQL of the score that an answer means: its number, or the place of its words on the scale.

    Example:
        >>> import duckdb
        >>> duckdb.sql(f'''SELECT {score_sql("'9 - very likely'", ())}''').fetchall()
        [(9.0,)]
        >>> duckdb.sql(f'''SELECT {score_sql("'Bad '", (("bad",), ("good",)))}''').fetchall()
        [(1.0,)]
    """
    text = f"trim(CAST({raw} AS VARCHAR), {quoted(BLANKS)})"
    if words:
        cases = " ".join(
            f"WHEN {_plain_sql(text)} IN ({', '.join(map(literal, variants))}) THEN {score}.0"
            for score, variants in enumerate(words, start=1)
        )
        return f"CAST(CASE {cases} END AS DOUBLE)"
    found = [f"nullif(regexp_extract({text}, {literal(p)}, 1), '')" for p in (_LEADING, _TRAILING)]
    return f"TRY_CAST(coalesce({', '.join(found)}) AS DOUBLE)"


def _plain_sql(text: str) -> str:
    return f"lower(trim(regexp_replace({text}, {quoted(_SEVERAL)}, ' ', 'g'), ' .'))"


def _plain(text: str) -> str:
    return re.sub(_SEVERAL, " ", text).strip(" .").lower()


def _scored(metric: str, asked: str, answers: list[str]) -> Question | None:
    numbers = [number for number in map(_number, answers) if number is not None]
    if answers and len(numbers) * 10 < len(answers) * 9:
        seen = {_plain(answer) for answer in answers}
        for words in _SCALES_IN_WORDS:
            if metric != "nps" and seen <= {v for variants in words for v in variants}:
                return Question(
                    raw="", asked="", metric=metric, low=1, high=len(words), words=words
                )
        return None
    if any(number % 1 for number in numbers):
        return None
    stated = re.search(_STATED, asked)
    low, high = (int(stated[1]), int(stated[2])) if stated else (-1, -1)
    most, least = max(numbers, default=-1), min(numbers, default=99)
    if metric == "nps":
        # Recommending on five points is no NPS: it says so, or someone gave more than five, or 0.
        sure = high == 10 or most > 5 or least == 0 or re.search(r"\bnps\b|순추천", asked, re.I)
        if not numbers or most > 10 or least < 0 or high not in (-1, 10) or not sure:
            return None
        return Question(raw="", asked="", metric=metric, low=0, high=10)
    if not numbers or least < 0 or most > 10:
        return None
    if low not in (0, 1) or high not in (5, 7, 10) or most > high:
        # No scale, but perhaps a span of days, or visits.
        high = 5 if most <= 5 else 7 if most <= 7 else 10
        low = -1
    if low < 0:
        low = 0 if least < 1 else 1
    return Question(raw="", asked="", metric=metric, low=low, high=high)


def _number(text: str) -> float | None:
    found = re.search(_LEADING, text) or re.search(_TRAILING, text)
    return float(found[1]) if found else None


def _wants_words(asked: str, answers: list[str]) -> bool:
    if re.search(_NEVER_WORDS, asked, re.IGNORECASE):
        return False
    texts = [answer for answer in answers if sum(c.isalpha() for c in answer) * 2 > len(answer)]
    if not answers or len(texts) * 2 < len(answers):
        return False
    wanted = bool(re.search(_WORDS_WANTED, asked, re.IGNORECASE))
    mean = sum(map(len, texts)) / len(texts)
    spaced = sum(" " in text.strip() for text in texts) / len(texts)
    various = len(set(texts)) / len(texts)
    # Options to choose from come again and again; sentences are long and differ.
    if wanted:
        return mean >= 4 and (various > 0.5 or mean >= 15)
    return mean >= 12 and various > 0.6 and spaced > 0.6


def _those(survey: Survey, table: str) -> tuple[To, ...]:
    wanted = (
        ("time", "person_id", "survey", "wave", "unit", "weight", "touchpoint")
        if table == "answer"
        else ("time", "person_id", "unit", "channel", "language")
    )
    made = [to for to in survey.to if to.column in wanted]
    if table == "message":
        # What the words are about is the survey, where no product or branch is known.
        made += [replace(to, column="subject") for to in survey.to if to.column == "survey"]
    return tuple(made)


def _ids(survey: Survey, part: str) -> tuple[str, ...]:
    tail = literal("/" + part.partition("/")[2])
    return tuple(f"{response} || {tail}" for response in survey.response)


def _part(name: str, number: int) -> str:
    return name if number == 1 else f"{name}_{number}"


def _column(name: str) -> str:
    # By its name in full: questions hold signs that stand for something in an expression.
    return identifier(name).replace("{", "{{").replace("}", "}}")

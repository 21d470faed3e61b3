"""Answers to the survey by text message, and employees' voices.

One branch games its scores: from a day on it asks hardly anyone who is not content, and in the
last two days of a month tens pour in without a word.
"""

from datetime import date, datetime, timedelta
from random import Random

from sonnim.workspace.world.chance import stream_of
from sonnim.workspace.world.life import LINES, Day
from sonnim.workspace.world.people import language_of, number_on, person_id
from sonnim.workspace.world.plan import BRANCHES, DAYS, GAMING, HOMES, Branch, date_of, day_of
from sonnim.workspace.world.recording import Record, Said
from sonnim.workspace.world.reviews import times
from sonnim.workspace.world.sizes import STAFF, SURVEY, Sizes
from sonnim.workspace.world.speaking import Mood, mood, product_of, version_on, voice
from sonnim.workspace.world.texts.compose import compose
from sonnim.workspace.world.texts.fragments import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    Text,
    filled,
    pick,
    words_of,
)

SURVEY_HEADER = (
    "응답번호", "응답일시", "고객번호", "조사명", "회차", "접점", "지점", "추천의향", "만족도",
    "노력지수", "의견",
)  # fmt: skip
STAFF_HEADER = ("글번호", "작성일시", "작성자", "부서", "제목", "내용")
GAMING_FROM = date(2025, 7, 1)
_GAMING = next(i for i, branch in enumerate(BRANCHES) if branch.name == GAMING)
_USUAL = (0.20, 0.20)
_SENT_AWAY = 0.8
_AREAS = {
    "delivery": ("배달운영팀", "배달"), "app": ("앱개발팀", "앱"), "people": ("인사팀", "근무"),
    "store": ("매장운영팀", "매장"), "policy": ("본사", "정책"),
}  # fmt: skip


def burst(sizes: Sizes, day: int) -> int:
    """How many made-up tens the gaming branch adds on a day."""
    today, tomorrow = date_of(day), date_of(day) + timedelta(days=1)
    last = tomorrow.day == 1 or (tomorrow + timedelta(days=1)).day == 1
    if today < GAMING_FROM or not last:
        return 0
    return max(2, sizes.texts[SURVEY] // 2400)


def bursts_before(sizes: Sizes) -> list[int]:
    """How many fall on the days before each day."""
    sums = [0]
    for day in range(DAYS):
        sums.append(sums[-1] + burst(sizes, day))
    return sums


def write_survey(sizes: Sizes, record: Record, day: Day, bursts: list[int]) -> None:
    """The day's answers."""
    rng = stream_of(sizes.seed, "survey", day.day)
    comments, silent = sizes.quotas[SURVEY], sizes.quotas["silent"]
    first = comments.before(day.day) + silent.before(day.day) + bursts[day.day]
    loud, quiet = comments.on(day.day), silent.on(day.day)
    made_up = burst(sizes, day.day)
    says = [True] * loud + [False] * quiet
    rng.shuffle(says)
    when = times(rng, day.day, len(says))
    number = first
    for says_so, time in zip(says, when, strict=True):
        customer, place, meant = _asked(rng, sizes, record, day, time)
        branch = BRANCHES[_branch(day, place, customer)]
        number += 1
        language = language_of(sizes.seed, customer)
        text = Text(text="")
        if says_so:
            product = product_of(int(day.product[place]), beans=False) if place >= 0 else None
            text = compose(
                rng,
                voice(meant, language=language, kind="verbatim", branch=branch,
                      version=version_on(rng, day.day), product=product),
            )  # fmt: skip
        line = LINES[int(day.line[place])] if place >= 0 else LINES[0]
        scores = _nps(rng, meant.label, text), _csat(rng, meant.label), _ces(rng, meant)
        key = _row(sizes, record, number, time, number_on(sizes.seed, customer, day.day), line,
                   branch, scores, text.text)  # fmt: skip
        record.sums.asked(branch, time, scores[0], asked=True, honest=True)
        if says_so:
            record.said(Said(
                file=SURVEY, key=key, time=time, language=language, label=meant.label,
                aspects=meant.aspects, branch=branch, issue=meant.issue,
                person=person_id(customer), text=text,
            ))  # fmt: skip
    evening = datetime.combine(date_of(day.day), datetime.min.time()) + timedelta(hours=22)
    for i in range(made_up):
        time = evening + timedelta(seconds=40 * i + int(rng.random() * 30))
        number += 1
        customer = int(rng.random() * (sizes.customers // 100)) * 100 + 88 + int(rng.random() * 12)
        key = _row(sizes, record, number, time, number_on(sizes.seed, customer, day.day), "매장",
                   BRANCHES[_GAMING], (10, 5, 7), "")  # fmt: skip
        record.sums.asked(BRANCHES[_GAMING], time, 10, asked=True, honest=False)
        record.row("truth/gamed.csv", (SURVEY, key))


def _row(
    sizes: Sizes, record: Record, number: int, time: datetime, who: str, line: str, branch: Branch,
    scores: tuple[int, int, int], text: str,
) -> str:  # fmt: skip
    key = f"S{number:08d}"
    wave = f"{time.year}-{(time.month + 2) // 3}분기"
    record.row(SURVEY, (
        key, f"{time:%Y-%m-%d %H:%M:%S}", who, "고객만족도 조사", wave, line, branch.name, *scores,
        text,
    ))  # fmt: skip
    nps, csat, ces = scores
    record.sums.value(SURVEY, "nps", branch, time, 100 * ((nps >= 9) - (nps <= 6)))
    record.sums.value(SURVEY, "csat", branch, time, csat >= 4)
    record.sums.value(SURVEY, "ces", branch, time, ces)
    return key


def _asked(
    rng: Random, sizes: Sizes, record: Record, day: Day, time: datetime
) -> tuple[int, int, Mood]:
    """Somebody who answers: the gaming branch sends most of the discontented away."""
    while True:
        customer, place = int(rng.random() * sizes.customers), -1
        if len(day.customer):
            place = int(rng.random() * len(day.customer))
            customer = int(day.customer[place])
        branch = _branch(day, place, customer)
        late = place >= 0 and bool(day.late[place])
        meant = mood(rng, branch, day.day, _USUAL, late=late)
        games = branch == _GAMING and day.day >= day_of(GAMING_FROM)
        if games and meant.label == NEGATIVE and rng.random() < _SENT_AWAY:
            score = _nps(rng, meant.label, Text(text=""))
            record.sums.asked(BRANCHES[branch], time, score, asked=False, honest=True)
            continue
        return customer, place, meant


def _branch(day: Day, place: int, customer: int) -> int:
    if place >= 0:
        return int(day.branch[place])
    return HOMES[customer % 100]


def _nps(rng: Random, label: str, text: Text) -> int:
    if label == NEUTRAL:
        return rng.choice((5, 6, 7, 7, 7, 8, 8))
    if label == POSITIVE:
        return rng.choice((7, 8, 8, 9)) if text.contrast else rng.choice((8, 9, 9, 10, 10, 10))
    return rng.choice((4, 5, 6, 7)) if text.contrast else rng.choice((0, 1, 2, 3, 3, 4, 5, 5, 6))


def _csat(rng: Random, label: str) -> int:
    if label == NEUTRAL:
        return rng.choice((3, 3, 3, 4))
    if label == POSITIVE:
        return rng.choice((4, 4, 5, 5, 5))
    return rng.choice((1, 1, 2, 2, 3))


def _ces(rng: Random, meant: Mood) -> int:
    """How easy it was, 1 to 7; the app, refunds and waiting make it hard."""
    if meant.label == NEGATIVE:
        hard = meant.aspects[0] in ("app", "crashes", "payfail", "refund", "renewal", "waiting")
        return rng.choice((1, 1, 2, 2, 3) if hard else (2, 3, 3, 4, 5))
    return rng.choice((4, 4, 5, 5) if meant.label == NEUTRAL else (5, 6, 6, 7, 7))


# Employees


def write_staff(sizes: Sizes, record: Record, day: Day) -> None:
    """What employees write that day."""
    rng = stream_of(sizes.seed, "staff", day.day)
    first, n = sizes.quotas[STAFF].before(day.day), sizes.quotas[STAFF].on(day.day)
    areas = tuple(_AREAS)
    for i, time in enumerate(times(rng, day.day, n)):
        branch = BRANCHES[int(rng.random() * len(BRANCHES))]
        area = areas[int(rng.random() * len(areas))]
        language = "en" if rng.random() < 0.08 else "ko"
        meant = Mood(label=NEUTRAL, aspects=(area,))
        spoken = voice(meant, language=language, kind="review", branch=branch,
                       version=version_on(rng, day.day))  # fmt: skip
        pool = [one for one in words_of(language)["staff"][area] if _known(one, day.day)]
        words = filled(
            rng, pick(rng, pool or words_of(language)["staff"]["people"]), spoken, NEUTRAL
        )
        happy = any(word in words for word in _CONTENT)
        if language == "ko" and rng.random() < 0.5:
            begins = _BEGINS if happy else _BEGINS + _COMPLAINS
            words = begins[int(rng.random() * len(begins))].format(branch=branch.korean) + words
        words += ("", ".", "")[int(rng.random() * 3)]
        label = POSITIVE if happy else NEGATIVE
        employee = f"E{int(rng.random() * (60 + sizes.messages // 2000)):05d}"
        key = f"V{first + i + 1:07d}"
        department, title = _AREAS[area]
        record.row(STAFF, (
            key, f"{time:%Y-%m-%d %H:%M}", employee, department, f"[{title}] 현장 의견", words,
        ))  # fmt: skip
        record.said(Said(
            file=STAFF, key=key, time=time, language=language, label=label, aspects=(area,),
            branch=branch, issue="", person=employee, text=Text(text=words),
        ))  # fmt: skip


_BEGINS = ("{branch}입니다. ", "[{branch}] ", "현장에서 말씀드립니다. ", "{branch} 직원입니다. ")
_COMPLAINS = (
    "매번 말씀드리지만 ",
    "건의드립니다. ",
    "다들 하는 말인데요, ",
    "참고 지내다 씁니다. ",
)
_CONTENT = ("좋습니다", "오래 다니고", "편해졌", "힘이 납니다", "감사합니다", "good team", "easier")
# Words that nobody could have written before the day.
_SINCE = {
    "5.0": date(2025, 12, 1), "대행사": date(2026, 2, 10), "courier": date(2026, 2, 10),
    "뚜껑": date(2024, 11, 10), "lids": date(2024, 11, 10), "인상": date(2025, 3, 3),
    "price rise": date(2025, 3, 3), "자동갱신": date(2025, 6, 16), "renewal": date(2025, 6, 16),
    "만족한 손님": GAMING_FROM, "happy customers": GAMING_FROM,
}  # fmt: skip


def _known(words: str, day: int) -> bool:
    return all(date_of(day) >= since for word, since in _SINCE.items() if word in words)

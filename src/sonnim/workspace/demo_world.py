"""The exports of a fictional company, with a planted trouble that an analysis must find.

Harudam (하루담) sells coffee and cakes in five branches, by delivery and through an app. Over two
years its customers write reviews, open tickets and answer surveys. In February 2026 release 5.0 of
the app makes it crash, and in the same month deliveries of the branch Busan Haeundae begin to come
late: satisfaction falls, everywhere a little, there a lot. `truth.csv` tells what each text means.

All texts and numbers are made by chance from a seed; no person is in them.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Protocol

from sonnim.workspace.demo_texts import NEGATIVE, NEUTRAL, POSITIVE, Voice, aspects, compose

COMPANY = "Harudam"
COMPANY_KO = "하루담"
FIRST_DAY = date(2024, 7, 1)
LAST_DAY = date(2026, 6, 30)
RELEASE_DAY = date(2026, 2, 3)
TROUBLED = "부산 해운대점"
TIMEZONE = "Asia/Seoul"

_DAYS = (LAST_DAY - FIRST_DAY).days + 1
_RELEASES = (
    (date(2024, 1, 1), "4.2.0"), (date(2024, 10, 14), "4.3.1"), (date(2025, 3, 10), "4.5.0"),
    (date(2025, 9, 1), "4.8.2"), (RELEASE_DAY, "5.0.0"), (date(2026, 4, 20), "5.0.3"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Branch:
    name: str
    korean: str
    english: str
    share: int


_BRANCHES = (
    _Branch(name="서울 강남점", korean="강남점", english="Gangnam", share=28),
    _Branch(name="서울 홍대점", korean="홍대점", english="Hongdae", share=24),
    _Branch(name="판교점", korean="판교점", english="Pangyo", share=18),
    _Branch(name=TROUBLED, korean="해운대점", english="Haeundae", share=18),
    _Branch(name="제주점", korean="제주점", english="the Jeju store", share=12),
)
_BY_SHARE = tuple(branch for branch in _BRANCHES for _ in range(branch.share))
# A customer's home is the branch at the last two digits of their number.
_HOMES = {
    branch.name: tuple(i for i, home in enumerate(_BY_SHARE) if home is branch)
    for branch in _BRANCHES
}
_HOURS = (7, 8, 8, 9, 10, 11, 12, 12, 13, 13, 14, 15, 16, 17, 18, 18, 19, 20, 21, 22)
_PRODUCTS = (
    ("아메리카노", 4500), ("아메리카노", 4500), ("카페라떼", 5000), ("바닐라라떼", 5500),
    ("콜드브루", 5200), ("흑임자라떼", 6300), ("유자차", 5800), ("소금빵", 3500),
    ("크루아상", 4200), ("딸기케이크", 7500), ("치즈케이크", 6900),
    ("햄치즈샌드위치", 6800), ("원두 200g", 16000),
)  # fmt: skip
_TICKET_CHANNELS = ("앱", "앱", "앱", "카카오톡", "카카오톡", "전화", "이메일", "매장")
_TOUCHPOINTS = ("배달", "배달", "픽업", "매장", "앱")
_TOPICS = {
    "delivery": "배달", "delays": "배달", "app": "앱", "crashes": "앱", "taste": "상품",
    "price": "결제", "staff": "서비스", "store": "매장", "clean": "위생",
}  # fmt: skip
# What only the trouble brings; nobody complains of it before.
_PLANTED = ("delays", "crashes")
_ORDINARY = tuple(aspect for aspect in aspects("ko") if aspect not in _PLANTED)
# How often each kind of text is negative and neutral while all is well.
_REVIEW_MOOD, _TICKET_MOOD, _SURVEY_MOOD = (0.24, 0.16), (0.42, 0.50), (0.20, 0.22)
# How many times as often something negative is said once the trouble is there.
_HURT_ALL, _HURT_MOST = 2.0, 7.0


@dataclass(frozen=True, kw_only=True)
class FileCount:
    """One file and how many rows it has, the header not counted."""

    name: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How far one metric moved, as counted in the files written.

    Attributes:
        file: File that holds it.
        metric: rating (mean), nps (-100 to 100), csat (share of 4 and 5) or negative (share of
            texts meant as negative).
        unit: Branch, or "" for all.
        before: Value before the release.
        after: Value from the release on.
        n_before: Rows behind `before`.
        n_after: Rows behind `after`.
    """

    file: str
    metric: str
    unit: str
    before: float
    after: float
    n_before: int
    n_after: int


@dataclass(frozen=True, kw_only=True)
class PlantedTruth:
    """What was hidden in the files, for whoever checks whether an analysis finds it.

    Attributes:
        company: Name of the company.
        company_ko: Its name in Korean.
        what: What happened.
        what_ko: The same in Korean.
        where: The unit most hurt, as it stands in the files.
        since: First month of it (YYYY-MM).
        release: Version of the app that brought it.
        release_day: Its day.
        timezone: Zone of all times in the files, which carry none.
        files: The files with their counts, `truth.csv` not among them.
        effects: How far each metric moved.
        truth: `truth.csv`: the true label of each text by file and id.
    """

    company: str
    company_ko: str
    what: str
    what_ko: str
    where: str
    since: str
    release: str
    release_day: date
    timezone: str
    files: tuple[FileCount, ...]
    effects: tuple[Effect, ...]
    truth: Path

    def effect(self, metric: str, unit: str = "", file: str = "") -> Effect:
        """The effect on that metric in that unit, of the first file with it if none is named.

        Raises:
            KeyError: Nothing of that kind was planted.
        """
        for effect in self.effects:
            if (effect.metric, effect.unit) == (metric, unit) and file in ("", effect.file):
                return effect
        raise KeyError(f"{metric} {unit} {file}".strip())


class _Writer(Protocol):
    """What `csv.writer` gives."""

    def writerow(self, row: tuple[object, ...], /) -> object: ...


@dataclass(frozen=True, kw_only=True)
class _Said:
    """One thing said: when, by whom, where and how it is meant."""

    time: datetime
    customer: int
    branch: _Branch
    voice: Voice

    @property
    def after(self) -> bool:
        return self.time.date() >= RELEASE_DAY


@dataclass(frozen=True, kw_only=True)
class _Record:
    """Keeps the truth: a row of `truth.csv` for each text, and sums before and after."""

    truth: _Writer
    sums: dict[tuple[str, str, str], list[float]] = field(default_factory=dict)

    def text(self, file: str, key: str, said: _Said) -> None:
        voice = said.voice
        self.truth.writerow((
            file, key, f"{said.time:%Y-%m-%d %H:%M:%S}", voice.language, voice.label,
            int(voice.mixed), " ".join(voice.aspects), said.branch.name,
            int(voice.label == NEGATIVE and voice.aspects[0] in _PLANTED),
        ))  # fmt: skip
        self.value(file, "negative", said, voice.label == NEGATIVE)

    def value(self, file: str, metric: str, said: _Said, value: float) -> None:
        for unit in ("", said.branch.name):
            cell = self.sums.setdefault((file, metric, unit), [0.0, 0.0, 0.0, 0.0])
            cell[2 * said.after] += value
            cell[2 * said.after + 1] += 1

    def effects(self) -> tuple[Effect, ...]:
        return tuple(
            Effect(
                file=file,
                metric=metric,
                unit=unit,
                before=round(before / max(n_before, 1), 4),
                after=round(after / max(n_after, 1), 4),
                n_before=int(n_before),
                n_after=int(n_after),
            )
            for (file, metric, unit), (before, n_before, after, n_after) in sorted(
                self.sums.items()
            )
        )


def make_world(folder: Path, seed: int = 7, messages: int = 6000) -> PlantedTruth:
    """Writes reviews.csv, tickets.csv, survey.csv, orders.csv and truth.csv.

    The same seed and number give the same bytes. Memory does not grow with the number of texts.

    Args:
        folder: Where to; made if it does not exist.
        seed: Seed of all chance.
        messages: Texts in all: half reviews, a quarter tickets, a quarter survey comments. There
            are twice as many orders.

    Returns:
        What was hidden, and where.
    """
    folder.mkdir(parents=True, exist_ok=True)
    customers = max(200, messages // 4)
    reviews, tickets = messages // 2, messages // 4
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        record = _Record(truth=csv.writer(file))
        record.truth.writerow(
            ("file", "id", "time", "language", "label", "mixed", "aspects", "branch", "planted")
        )
        # One source of chance for each file, so that a longer file moves no other.
        chance = {name: Random(f"{seed} {name}") for name in ("r", "t", "s", "o")}
        counts = (
            _reviews(folder / "reviews.csv", chance["r"], reviews, customers, record),
            _tickets(folder / "tickets.csv", chance["t"], tickets, customers, record),
            _survey(
                folder / "survey.csv", chance["s"], messages - reviews - tickets, customers, record
            ),
            _orders(folder / "orders.csv", chance["o"], messages * 2, customers),
        )
    return PlantedTruth(
        company=COMPANY,
        company_ko=COMPANY_KO,
        what="Release 5.0 makes the app crash, and deliveries of Busan Haeundae come late",
        what_ko="앱 5.0 업데이트 후 앱이 자주 꺼지고, 부산 해운대점 배달이 늦어짐",
        where=TROUBLED,
        since=f"{RELEASE_DAY:%Y-%m}",
        release="5.0.0",
        release_day=RELEASE_DAY,
        timezone=TIMEZONE,
        files=counts,
        effects=record.effects(),
        truth=folder / "truth.csv",
    )


# The four files


def _reviews(path: Path, rng: Random, n: int, customers: int, record: _Record) -> FileCount:
    """Reviews as an app store exports them: UTF-8 with a byte order mark, for Excel."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows: _Writer = csv.writer(file)
        rows.writerow(
            ("리뷰ID", "작성일시", "작성자ID", "별점", "내용", "언어", "앱버전", "지점", "좋아요수")
        )
        for i, time in enumerate(_times(rng, n)):
            said = _said(rng, time, customers, _REVIEW_MOOD)
            voice = said.voice
            key = f"RV{i + 1:07d}"
            rating = _rating(rng, voice)
            # App stores know their users by names of their own.
            author = f"{(said.customer * 2_654_435_761 + 97) % 2**40:010x}"
            likes = int(rng.expovariate(0.35 if voice.label == NEGATIVE else 1.2))
            text = compose(rng, voice)
            rows.writerow((
                key, f"{time:%Y-%m-%d %H:%M:%S}", author, rating, text, voice.language,
                voice.version, said.branch.name, likes,
            ))  # fmt: skip
            record.text(path.name, key, said)
            record.value(path.name, "rating", said, rating)
    return FileCount(name=path.name, rows=n)


def _tickets(path: Path, rng: Random, n: int, customers: int, record: _Record) -> FileCount:
    """Tickets as an older help desk exports them: CP949."""
    with path.open("w", encoding="cp949", newline="") as file:
        rows: _Writer = csv.writer(file)
        rows.writerow(
            ("접수번호", "접수일시", "고객번호", "채널", "문의유형", "지점", "문의내용", "처리상태")
        )
        for i, time in enumerate(_times(rng, n)):
            said = _said(rng, time, customers, _TICKET_MOOD, emoji=False)
            key = f"T{time:%y%m}-{i + 1:06d}"
            topic = "문의" if said.voice.question else _TOPICS[said.voice.aspects[0]]
            state = "처리완료" if rng.random() < 0.93 else "처리중"
            rows.writerow((
                key, f"{time:%Y-%m-%d %H:%M}", f"C{said.customer:06d}",
                rng.choice(_TICKET_CHANNELS), topic, said.branch.name,
                compose(rng, said.voice), state,
            ))  # fmt: skip
            record.text(path.name, key, said)
    return FileCount(name=path.name, rows=n)


def _survey(path: Path, rng: Random, n: int, customers: int, record: _Record) -> FileCount:
    """Answers to a survey by text message; three of four write a comment, `n` in all."""
    rows_total = n * 4 // 3
    silent = set(rng.sample(range(rows_total), rows_total - n))
    with path.open("w", encoding="utf-8", newline="") as file:
        rows: _Writer = csv.writer(file)
        rows.writerow((
            "응답번호", "응답일시", "고객번호", "조사명", "회차", "접점", "지점", "추천의향",
            "만족도", "의견",
        ))  # fmt: skip
        for i, time in enumerate(_times(rng, rows_total)):
            said = _said(rng, time, customers, _SURVEY_MOOD)
            key = f"S{i + 1:07d}"
            nps, csat = _nps(rng, said.voice), _csat(rng, said.voice)
            wave = f"{time.year}-{(time.month + 2) // 3}분기"
            rows.writerow((
                key, f"{time:%Y-%m-%d %H:%M:%S}", f"C{said.customer:06d}", "고객만족도 조사", wave,
                rng.choice(_TOUCHPOINTS), said.branch.name, nps, csat,
                "" if i in silent else compose(rng, said.voice),
            ))  # fmt: skip
            if i not in silent:
                record.text(path.name, key, said)
            record.value(path.name, "nps", said, 100 * ((nps >= 9) - (nps <= 6)))
            record.value(path.name, "csat", said, csat >= 4)
    return FileCount(name=path.name, rows=rows_total)


def _orders(path: Path, rng: Random, n: int, customers: int) -> FileCount:
    """Orders: customers come, order at a pace of their own, and stay away one day."""
    # Those who begin on the first day; the others join day by day.
    present = list(range(customers // 3))
    with path.open("w", encoding="utf-8", newline="") as file:
        rows: _Writer = csv.writer(file)
        rows.writerow(("주문번호", "주문일시", "고객번호", "상품명", "금액", "수량", "지점"))
        joined = len(present)
        for i, time in enumerate(_times(rng, n)):
            due = customers // 3 + (customers - customers // 3) * i // n
            present.extend(range(joined, due))
            joined = max(joined, due)
            # The square makes those at the front order far more often than those at the back.
            place = int(len(present) * rng.random() ** 2)
            customer = present[place]
            branch = _BY_SHARE[customer % 100]
            product, price = rng.choice(_PRODUCTS)
            quantity = 1 if rng.random() < 0.68 else rng.randrange(2, 5)
            rows.writerow((
                f"HD{i + 1:08d}", f"{time:%Y-%m-%d %H:%M:%S}", f"C{customer:06d}", product,
                price * quantity, quantity, branch.name,
            ))  # fmt: skip
            leaves = 0.04
            if time.date() >= RELEASE_DAY:
                leaves = 0.16 if branch.name == TROUBLED else 0.06
            if rng.random() < leaves and len(present) > 50:
                present[place] = present[-1]
                present.pop()
    return FileCount(name=path.name, rows=n)


# Chance


def _times(rng: Random, n: int) -> Iterator[datetime]:
    """`n` times in order, a little more of them every month; one day is held at a time."""
    day, of_day = 0, list[datetime]()
    for i in range(n):
        place = int(_DAYS * ((i + rng.random()) / n) ** 0.9)
        if place != day:
            yield from sorted(of_day)
            day, of_day = place, []
        midnight = datetime.combine(FIRST_DAY, datetime.min.time()) + timedelta(days=place)
        of_day.append(
            midnight + timedelta(hours=rng.choice(_HOURS), seconds=int(rng.random() * 3600))
        )
    yield from sorted(of_day)


def _said(
    rng: Random, time: datetime, customers: int, mood: tuple[float, float], emoji: bool = True
) -> _Said:
    """Someone of some branch who says something, as the times are."""
    branch = rng.choice(_BY_SHARE)
    hurt = 1.0
    if time.date() >= RELEASE_DAY:
        hurt = _HURT_MOST if branch.name == TROUBLED else _HURT_ALL
    negative, neutral = mood
    positive = 1 - negative - neutral
    place = rng.random() * (negative * hurt + neutral + positive)
    label = POSITIVE
    if place < negative * hurt:
        label = NEGATIVE
    elif place < negative * hurt + neutral:
        label = NEUTRAL
    language = "en" if rng.random() < 0.18 else "ko"
    voice = Voice(
        language=language,
        label=label,
        aspects=_aspects(rng, label, hurt),
        branch=branch.english if language == "en" else branch.korean,
        version=_version(rng, time.date()),
        mixed=label != NEUTRAL and rng.random() < 0.15,
        emoji=emoji,
        # Most of what is asked for at a help desk is asked without feeling.
        question=label == NEUTRAL and rng.random() < (0.85 if neutral > 0.4 else 0.1),
    )
    customer = 100 * rng.randrange(max(customers // 100, 1)) + rng.choice(_HOMES[branch.name])
    return _Said(time=time, customer=customer, branch=branch, voice=voice)


def _aspects(rng: Random, label: str, hurt: float) -> tuple[str, ...]:
    """What it is about: what is new since the trouble came takes the place of other complaints."""
    first, second = rng.sample(_ORDINARY, 2)
    if label == NEGATIVE and hurt > 1:
        roll = rng.random()
        if hurt == _HURT_MOST:
            if roll < 0.85:
                first = "delays" if roll < 0.60 else "crashes"
        elif roll < 0.52:
            first = "crashes"
    # Most people stay with one thing.
    return (first, second) if rng.random() < 0.4 else (first, first)


def _version(rng: Random, day: date) -> str:
    """The app's version in use; one in seven has not updated yet."""
    released = [version for since, version in _RELEASES if since <= day]
    return released[-2] if len(released) > 1 and rng.random() < 0.15 else released[-1]


def _rating(rng: Random, voice: Voice) -> int:
    roll = rng.random()
    if voice.label == NEUTRAL:
        return 3 if roll < 0.7 else 4
    if voice.label == POSITIVE:
        return (4 if roll < 0.7 else 3) if voice.mixed else (5 if roll < 0.74 else 4)
    if voice.mixed:
        return 2 if roll < 0.7 else 3
    return 1 if roll < 0.62 else 2 if roll < 0.93 else 3


def _nps(rng: Random, voice: Voice) -> int:
    if voice.label == NEUTRAL:
        return rng.choice((5, 6, 7, 7, 7, 8, 8))
    if voice.label == POSITIVE:
        return rng.choice((7, 8, 8, 9)) if voice.mixed else rng.choice((8, 9, 9, 10, 10, 10))
    return rng.choice((4, 5, 6, 7)) if voice.mixed else rng.choice((0, 1, 2, 3, 3, 4, 5, 5, 6))


def _csat(rng: Random, voice: Voice) -> int:
    if voice.label == NEUTRAL:
        return rng.choice((3, 3, 3, 4))
    if voice.label == POSITIVE:
        return rng.choice((4, 4, 5, 5, 5))
    return rng.choice((1, 1, 2, 2, 3))

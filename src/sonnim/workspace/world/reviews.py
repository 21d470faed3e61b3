"""Reviews: of the app store, of the delivery app, and some that were paid for."""

from datetime import datetime, timedelta
from random import Random

from sonnim.workspace.world.chance import stream_of
from sonnim.workspace.world.life import BEANS, DELIVERY, Day
from sonnim.workspace.world.people import author_id, language_of, nickname, person_id
from sonnim.workspace.world.plan import BRANCHES, HOMES, date_of
from sonnim.workspace.world.recording import Record, Said
from sonnim.workspace.world.sizes import DELIVERY_REVIEWS, REVIEWS, Sizes
from sonnim.workspace.world.speaking import mood, product_of, version_on, voice
from sonnim.workspace.world.texts.compose import clean, compose
from sonnim.workspace.world.texts.fragments import NEGATIVE, NEUTRAL, POSITIVE, Text

REVIEW_HEADER = (
    "리뷰ID", "작성일시", "작성자ID", "별점", "내용", "언어", "앱버전", "지점", "좋아요수",
)  # fmt: skip
DELIVERY_HEADER = ("리뷰번호", "작성일시", "닉네임", "별점", "리뷰내용", "지점", "메뉴", "주문방법")
# Shares of negative and neutral reviews while nothing is wrong.
_USUAL = (0.23, 0.15)
_DISAGREES = 0.02
# Days on which Pangyo's paid reviews appear, and the share of that day's reviews they take.
PAID_DAYS = (300, 301, 620, 621, 622, 905, 906)
_PAID_SHARE = 0.35
PAID_BRANCH = 2
_PAID = (
    "하루담 판교점 정말 강추합니다 분위기도 좋고 커피도 맛있어요 꼭 가보세요",
    "판교에서 커피는 무조건 하루담 판교점이죠 직원분들도 친절하고 최고예요",
    "하루담 판교점 디저트 맛집 인정 재방문 의사 200프로입니다",
)


def write_reviews(sizes: Sizes, record: Record, day: Day) -> None:
    """The day's reviews in the app store."""
    rng = stream_of(sizes.seed, "reviews", day.day)
    first, n = sizes.quotas[REVIEWS].before(day.day), sizes.quotas[REVIEWS].on(day.day)
    paid = int(n * _PAID_SHARE) if day.day in PAID_DAYS else 0
    for i, time in enumerate(times(rng, day.day, n)):
        key = f"RV{first + i + 1:08d}"
        if i < paid:
            _paid(record, rng, time, key)
            continue
        customer, place = _who(rng, sizes, day)
        late = place >= 0 and bool(day.late[place])
        branch = int(day.branch[place]) if place >= 0 else HOMES[customer % 100]
        meant = mood(rng, branch, day.day, _USUAL, late=late)
        language = language_of(sizes.seed, customer)
        version = version_on(rng, day.day)
        beans = place >= 0 and bool(day.line[place] == BEANS)
        product = product_of(int(day.product[place]), beans) if place >= 0 else None
        text = compose(
            rng,
            voice(meant, language=language, kind="review", branch=BRANCHES[branch],
                  version=version, product=product),
        )  # fmt: skip
        rating = stars(rng, meant.label, text)
        likes = int(rng.expovariate(0.35 if meant.label == NEGATIVE else 1.2))
        record.row(REVIEWS, (
            key, f"{time:%Y-%m-%d %H:%M:%S}", author_id(customer), rating, text.text, language,
            version, BRANCHES[branch].name, likes,
        ))  # fmt: skip
        said = Said(
            file=REVIEWS, key=key, time=time, language=language, label=meant.label,
            aspects=meant.aspects, branch=BRANCHES[branch], issue=meant.issue,
            person=person_id(customer), text=text,
        )  # fmt: skip
        record.said(said)
        record.sums.value(REVIEWS, "rating", said.branch, time, rating)


def write_delivery_reviews(sizes: Sizes, record: Record, day: Day) -> None:
    """The day's reviews in the delivery app, which shows no emoji in its exports."""
    rng = stream_of(sizes.seed, "delivery", day.day)
    quota = sizes.quotas[DELIVERY_REVIEWS]
    first, n = quota.before(day.day), quota.on(day.day)
    delivered = [i for i, line in enumerate(day.line.tolist()) if line == DELIVERY]
    for i, time in enumerate(times(rng, day.day, n)):
        if delivered:
            place = delivered[int(rng.random() * len(delivered))]
            customer = int(day.customer[place])
        else:
            customer, place = int(rng.random() * sizes.customers), -1
        branch = int(day.branch[place]) if place >= 0 else HOMES[customer % 100]
        late = place >= 0 and bool(day.late[place])
        meant = mood(rng, branch, day.day, _USUAL, late=late, delivered=True)
        number = int(day.product[place]) if place >= 0 else int(rng.random() * 5)
        product = product_of(number, beans=False)
        language = language_of(sizes.seed, customer)
        text = compose(
            rng,
            voice(meant, language=language, kind="delivery", branch=BRANCHES[branch],
                  version=version_on(rng, day.day), product=product, emoji=False),
        )  # fmt: skip
        rating = stars(rng, meant.label, text)
        key = f"DR{first + i + 1:08d}"
        record.row(DELIVERY_REVIEWS, (
            key, f"{time:%Y.%m.%d %H:%M}", nickname(customer), rating, text.text,
            BRANCHES[branch].name, product.korean, "배달",
        ))  # fmt: skip
        said = Said(
            file=DELIVERY_REVIEWS, key=key, time=time, language=language, label=meant.label,
            aspects=meant.aspects, branch=BRANCHES[branch], issue=meant.issue,
            person=person_id(customer), text=text,
        )  # fmt: skip
        record.said(said)
        record.sums.value(DELIVERY_REVIEWS, "rating", said.branch, time, rating)


def stars(rng: Random, label: str, text: Text) -> int:
    """The stars given with a text; now and then they disagree with it."""
    roll = rng.random()
    if rng.random() < _DISAGREES:
        # "별 다섯 개를 줘야 읽으실 것 같아서": or simply the wrong end of the scale.
        return 5 if label == NEGATIVE else 1 if label == POSITIVE else 3
    if label == NEUTRAL:
        return 3 if roll < 0.7 else 4
    if label == POSITIVE:
        return (4 if roll < 0.7 else 3) if text.contrast else (5 if roll < 0.74 else 4)
    if text.contrast:
        return 2 if roll < 0.7 else 3
    return 1 if roll < 0.62 else 2 if roll < 0.93 else 3


def times(rng: Random, day: int, n: int) -> list[datetime]:
    """`n` times of a day, in order."""
    midnight = datetime.combine(date_of(day), datetime.min.time())
    return sorted(
        midnight + timedelta(hours=_HOURS[int(rng.random() * len(_HOURS))], seconds=int(
            rng.random() * 3600
        ))
        for _ in range(n)
    )  # fmt: skip


_HOURS = (7, 8, 8, 9, 10, 11, 12, 12, 13, 13, 14, 15, 16, 17, 18, 18, 19, 20, 21, 22, 23)


def _who(rng: Random, sizes: Sizes, day: Day) -> tuple[int, int]:
    """Somebody who ordered that day and the place of the order, or anybody and -1."""
    if not len(day.customer):
        return int(rng.random() * sizes.customers), -1
    place = int(rng.random() * len(day.customer))
    return int(day.customer[place]), place


def _paid(record: Record, rng: Random, time: datetime, key: str) -> None:
    """A review that was paid for: one of three texts, hardly changed, from an empty account."""
    words = _PAID[int(rng.random() * len(_PAID))].split()
    at = int(rng.random() * (len(words) - 1))
    if rng.random() < 0.5:
        words[at] += "!" * (1 + int(rng.random() * 2))
    text = Text(text=clean(" ".join(words)))
    author = f"f{int(rng.random() * 2**36):09x}"
    record.row(REVIEWS, (
        key, f"{time:%Y-%m-%d %H:%M:%S}", author, 5, text.text, "ko", "4.2.0",
        BRANCHES[PAID_BRANCH].name, 0,
    ))  # fmt: skip
    record.said(Said(
        file=REVIEWS, key=key, time=time, language="ko", label=POSITIVE, aspects=("taste",),
        branch=BRANCHES[PAID_BRANCH], issue="", person="", text=text, bot=True,
    ))  # fmt: skip
    record.sums.value(REVIEWS, "rating", BRANCHES[PAID_BRANCH], time, 5)

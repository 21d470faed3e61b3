"""What the world is made of: the company, its branches and goods, and what is planted when.

Harudam (하루담) sells coffee and cakes in five branches, by delivery, through an app and as a
subscription to beans. The world lasts three years; its times are Korean and name no zone.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

COMPANY = "Harudam"
COMPANY_KO = "하루담"
FIRST_DAY = date(2023, 7, 1)
LAST_DAY = date(2026, 6, 30)
DAYS = (LAST_DAY - FIRST_DAY).days + 1
RELEASE_DAY = date(2026, 2, 3)
TROUBLED = "부산 해운대점"
GAMING = "제주점"
TIMEZONE = "Asia/Seoul"


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch:
    """A branch: its name in the files, in texts of both languages, and its share of customers."""

    name: str
    korean: str
    english: str
    share: int


BRANCHES = (
    Branch(name="서울 강남점", korean="강남점", english="Gangnam", share=28),
    Branch(name="서울 홍대점", korean="홍대점", english="Hongdae", share=24),
    Branch(name="판교점", korean="판교점", english="Pangyo", share=18),
    Branch(name=TROUBLED, korean="해운대점", english="Haeundae", share=18),
    Branch(name=GAMING, korean="제주점", english="the Jeju store", share=12),
)
# A customer's home is the branch at the last two digits of their number.
HOMES = tuple(i for i, branch in enumerate(BRANCHES) for _ in range(branch.share))


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """Something sold: its names, price, and what it is (see `texts.fragments.Voice`)."""

    korean: str
    english: str
    price: int
    goods: str


PRODUCTS = (
    Product(korean="아메리카노", english="americano", price=4500, goods="hot"),
    Product(korean="아이스 아메리카노", english="iced americano", price=4500, goods="cold"),
    Product(korean="카페라떼", english="cafe latte", price=5000, goods="hot"),
    Product(korean="바닐라라떼", english="vanilla latte", price=5500, goods="hot"),
    Product(korean="콜드브루", english="cold brew", price=5200, goods="cold"),
    Product(korean="흑임자라떼", english="black sesame latte", price=6300, goods="hot"),
    Product(korean="유자차", english="yuja tea", price=5800, goods="hot"),
    Product(korean="한라봉에이드", english="hallabong ade", price=6200, goods="cold"),
    Product(korean="소금빵", english="salt bread", price=3500, goods="bread"),
    Product(korean="크루아상", english="croissant", price=4200, goods="bread"),
    Product(korean="햄치즈샌드위치", english="ham sandwich", price=6800, goods="bread"),
    Product(korean="딸기케이크", english="strawberry cake", price=7500, goods="cake"),
    Product(korean="치즈케이크", english="cheesecake", price=6900, goods="cake"),
    Product(korean="당근케이크", english="carrot cake", price=6900, goods="cake"),
)
BEANS = Product(korean="원두 200g", english="beans 200g", price=16000, goods="")
RELEASES = (
    (date(2023, 1, 1), "3.9.0"), (date(2023, 11, 6), "4.0.0"), (date(2024, 5, 20), "4.2.0"),
    (date(2024, 10, 14), "4.3.1"), (date(2025, 3, 10), "4.5.0"), (date(2025, 9, 1), "4.8.2"),
    (RELEASE_DAY, "5.0.0"), (date(2026, 4, 20), "5.0.3"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Something the company did or suffered; a row of `changes.csv`.

    Attributes:
        change_id: Which.
        kind: release, outage, price, campaign or policy.
        start: First day.
        end: Last day, or None: it lasts.
        title: What people call it, as it stands in the file.
        english: The same in English.
        owner: Who answers for it.
        branch: Where, or "" for everywhere.
        orders: What orders are multiplied by while it lasts.
    """

    change_id: str
    kind: str
    start: date
    end: date | None
    title: str
    english: str
    owner: str
    branch: str = ""
    orders: float = 1.0


CHANGES = (
    Change(
        change_id="CH01", kind="release", start=date(2023, 11, 6), end=None, title="앱 4.0 출시",
        english="App 4.0",
        owner="CIO",
    ),
    Change(
        change_id="CH02", kind="campaign", start=date(2024, 4, 1), end=date(2024, 5, 5),
        title="봄 딸기 축제",
        english="Spring strawberry festival", owner="CMO", orders=1.35,
    ),
    Change(
        change_id="CH03", kind="policy", start=date(2024, 11, 4), end=date(2025, 1, 19),
        title="판교점 종이 뚜껑 교체",
        english="Paper lids in Pangyo", owner="COO", branch="판교점",
    ),
    Change(
        change_id="CH04", kind="price", start=date(2025, 3, 3), end=None, title="전 메뉴 가격 인상",
        english="Price rise",
        owner="CFO", orders=0.94,
    ),
    Change(
        change_id="CH05", kind="policy", start=date(2025, 6, 16), end=date(2025, 8, 31),
        title="구독 자동갱신 약관 변경",
        english="Subscriptions renew by themselves", owner="COO",
    ),
    Change(
        change_id="CH06", kind="outage", start=date(2025, 9, 18), end=date(2025, 9, 19),
        title="결제 서버 장애",
        english="Payment outage", owner="CIO", orders=0.25,
    ),
    Change(
        change_id="CH07", kind="release", start=RELEASE_DAY, end=None, title="앱 5.0 출시",
        english="App 5.0",
        owner="CIO",
    ),
    Change(
        change_id="CH08", kind="policy", start=RELEASE_DAY, end=None,
        title="해운대점 배달 대행사 변경",
        english="New courier in Haeundae", owner="COO", branch=TROUBLED,
    ),
)  # fmt: skip
PRICE_RISE = next(change for change in CHANGES if change.kind == "price")


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """Something that goes wrong for a while, and how people then speak.

    Attributes:
        issue_id: Which.
        aspect: The aspect of the fragments that only it brings.
        branch: Where, or "" for everywhere.
        start: First day.
        end: Last day, or None: it lasts.
        odds: By how much it raises the odds of a negative text, in odds without it.
        change_id: The change that brought it, or "".
        title: What it is.
        title_ko: The same in Korean.
        keywords: Words by which it is known, of which at least one is in most of its texts.
    """

    issue_id: str
    aspect: str
    branch: str
    start: date
    end: date | None
    odds: float
    change_id: str
    title: str
    title_ko: str
    keywords: tuple[str, ...]


ISSUES = (
    Issue(
        issue_id="IS01", aspect="flies", branch="서울 홍대점", start=date(2024, 6, 10),
        end=date(2024, 8, 31), odds=3.5, change_id="", title="Flies and mould in Seoul Hongdae",
        title_ko="서울 홍대점의 날파리와 곰팡이",
        keywords=("날파리", "초파리", "곰팡이", "벌레", "하수구", "flies", "fly", "mould", "bugs"),
    ),
    Issue(
        issue_id="IS02", aspect="leaks", branch="판교점", start=date(2024, 11, 4),
        end=date(2025, 1, 19), odds=3.5, change_id="CH03", title="New lids leak in Pangyo",
        title_ko="판교점의 새 뚜껑이 샘", keywords=("뚜껑", "샌다", "쏟", "lid", "leak", "cup"),
    ),
    Issue(
        issue_id="IS03", aspect="dearer", branch="", start=date(2025, 3, 3),
        end=date(2025, 5, 31), odds=0.9, change_id="CH04", title="Prices went up",
        title_ko="가격 인상", keywords=("가격", "올랐", "올렸", "인상", "price", "dearer"),
    ),
    Issue(
        issue_id="IS04", aspect="renewal", branch="", start=date(2025, 6, 16),
        end=date(2025, 8, 31), odds=0.6, change_id="CH05",
        title="Subscriptions renew by themselves", title_ko="구독이 동의 없이 자동갱신됨",
        keywords=("자동갱신", "자동결제", "자동으로", "해지", "renew", "auto", "charged"),
    ),
    Issue(
        issue_id="IS05", aspect="payfail", branch="", start=date(2025, 9, 18),
        end=date(2025, 9, 20), odds=3.0, change_id="CH06", title="Payments are down",
        title_ko="결제 서버 장애", keywords=("결제", "장애", "서버", "payment", "outage"),
    ),
    Issue(
        issue_id="IS06", aspect="crashes", branch="", start=RELEASE_DAY, end=None, odds=1.3,
        change_id="CH07", title="Release 5.0 makes the app crash",
        title_ko="앱 5.0 업데이트 후 앱이 자주 꺼짐",
        keywords=("꺼진", "꺼져", "튕", "5.0", "업데이트", "멈", "crash", "freez", "update"),
    ),
    Issue(
        issue_id="IS07", aspect="delays", branch=TROUBLED, start=RELEASE_DAY, end=None, odds=6.5,
        change_id="CH08", title="Deliveries of Busan Haeundae come late",
        title_ko="부산 해운대점 배달이 늦어짐",
        keywords=("늦", "지연", "시간", "배차", "배달", "late", "delivery", "wait"),
    ),
)  # fmt: skip


def day_of(when: date) -> int:
    """Number of a day of the world, the first being 0."""
    return (when - FIRST_DAY).days


def date_of(day: int) -> date:
    """The day of that number."""
    return FIRST_DAY + timedelta(days=day)


def is_on(start: date, end: date | None, day: int) -> bool:
    """Whether that day lies between the two."""
    return day_of(start) <= day and (end is None or day <= day_of(end))


@cache
def issues_on(branch: str, day: int) -> tuple[Issue, ...]:
    """What is wrong in a branch on a day."""
    return tuple(
        issue
        for issue in ISSUES
        if issue.branch in ("", branch) and is_on(issue.start, issue.end, day)
    )


def order_factor(change: Change, day: int) -> float:
    """What a change multiplies orders by on a day."""
    return change.orders if is_on(change.start, change.end, day) else 1.0


def bump(day: int) -> float:
    """How many times as much is said on a day as there would be in quiet times."""
    extra = sum(
        issue.odds * (0.04 if issue.branch else 0.12)
        for issue in ISSUES
        if is_on(issue.start, issue.end, day)
    )
    outage = 4.0 if is_on(date(2025, 9, 18), date(2025, 9, 20), day) else 1.0
    return (1.0 + extra) * outage


_WEEKDAY = (0.92, 0.94, 0.97, 1.0, 1.12, 1.1, 0.95)


def growth(day: int) -> float:
    """How busy the company is on a day: it grows, and weekends and summers differ."""
    return trend(day) * season(day)


def trend(day: int) -> float:
    """How large the company is on a day: a third of what it will be, growing ever faster."""
    return 0.35 + 1.65 * float((day / DAYS) ** 1.4)


def season(day: int) -> float:
    """How busy such a day of the week and month is."""
    today = date_of(day)
    return _WEEKDAY[today.weekday()] * (1.08 if today.month in (5, 6, 7, 12) else 1.0)


class Quota:
    """How many of `total` fall on each day; their sum is `total`."""

    def __init__(self, total: int, *, bumped: bool = True) -> None:
        weights = [growth(day) * (bump(day) if bumped else 1.0) for day in range(DAYS)]
        scale = total / sum(weights)
        before, sums = 0.0, [0]
        for weight in weights:
            before += weight * scale
            sums.append(int(before + 1e-6))
        sums[-1] = total
        self._sums = sums

    def before(self, day: int) -> int:
        """How many fall on the days before."""
        return self._sums[day]

    def on(self, day: int) -> int:
        """How many fall on that day."""
        return self._sums[day + 1] - self._sums[day]

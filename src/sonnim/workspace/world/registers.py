"""Lists of people as each source keeps them, and the truth of who is the same."""

from datetime import datetime, timedelta

from sonnim.workspace.world.life import REASONS, Life
from sonnim.workspace.world.network import BOT, COMPANY, OFFICIAL
from sonnim.workspace.world.people import (
    author_id,
    birth_year,
    customer_number,
    home_of,
    is_twice,
    language_of,
    mistyped,
    nickname,
    person,
    person_id,
)
from sonnim.workspace.world.plan import CHANGES, DAYS, FIRST_DAY, date_of
from sonnim.workspace.world.recording import Record
from sonnim.workspace.world.sizes import (
    APP_USERS,
    DELIVERY_REVIEWS,
    MEMBERS,
    PROFILES,
    REVIEWS,
    Sizes,
)
from sonnim.workspace.world.sizes import (
    CHANGES as CHANGES_FILE,
)

MEMBERS_HEADER = ("고객번호", "이름", "이메일", "휴대폰", "출생연도", "가입일", "등급")
APP_USERS_HEADER = ("작성자ID", "닉네임", "이메일", "휴대폰", "설치일")
PROFILES_HEADER = ("핸들", "표시이름", "지역", "소개", "이메일")
CHANGES_HEADER = ("변경ID", "시작일시", "종료일시", "종류", "제목", "책임자", "부서")
PEOPLE_COLUMNS = (
    "person", "branch", "language", "rate", "p_leave", "joined", "orders", "left", "reason",
)  # fmt: skip
ACCOUNT_COLUMNS = ("source", "id", "person")
NETWORK_COLUMNS = ("handle", "person", "group", "role", "follows")
_TIERS = ("화이트", "그린", "골드", "블랙")


def write_people(sizes: Sizes, record: Record, life: Life, numbers: range) -> None:
    """Customers of these numbers: in the members' list, the app's, and in the truth."""
    seed = sizes.seed
    for number in numbers:
        who = person(seed, number)
        me = person_id(number)
        joined = date_of(int(life.joined[number]))
        orders = int(life.orders[number])
        tier = _TIERS[(orders > 3) + (orders > 12) + (orders > 40)]
        born = birth_year(seed, number)
        customer = customer_number(number)
        record.row(MEMBERS, (customer, who.name, who.mail, who.phone, born, joined, tier))
        record.row("truth/accounts.csv", (MEMBERS, customer, me))
        record.row("truth/accounts.csv", (REVIEWS, author_id(number), me))
        record.row("truth/accounts.csv", (DELIVERY_REVIEWS, nickname(number), me))
        # Not everybody gave the app the same address.
        given = mistyped(seed, who) if number % 7 == 3 else who
        mail = given.mail if number % 5 else ""
        phone = given.phone if number % 5 < 4 else ""
        installed = joined + timedelta(days=number % 11)
        record.row(APP_USERS, (author_id(number), nickname(number), mail, phone, installed))
        left = int(life.left[number])
        record.row("truth/people.csv", (
            me, home_of(number).name, language_of(seed, number), f"{life.rate[number]:.6f}",
            f"{life.leaving[number]:.6f}", joined, orders,
            date_of(left) if left < DAYS else "", REASONS[int(life.reason[number])],
        ))  # fmt: skip


def write_second_numbers(sizes: Sizes, record: Record, life: Life, numbers: range) -> None:
    """Those of these numbers who signed up twice, as they wrote themselves the second time."""
    for number in numbers:
        if not is_twice(sizes.seed, number):
            continue
        who = mistyped(sizes.seed, person(sizes.seed, number))
        customer = customer_number(number, second=True)
        joined = date_of(min(DAYS - 1, int(life.joined[number]) + 20 + number % 90))
        born = birth_year(sizes.seed, number) if number % 2 else ""
        record.row(MEMBERS, (customer, who.name, who.mail, who.phone, born, joined, _TIERS[0]))
        record.row("truth/accounts.csv", (MEMBERS, customer, person_id(number)))


def write_network(sizes: Sizes, record: Record) -> None:
    """Everybody with an account on the social network."""
    network = sizes.network
    for member in range(network.members):
        customer = network.customer(member)
        who = person(sizes.seed, customer)
        handle = network.handle(member)
        home = home_of(customer)
        mail = who.mail if member % 3 == 0 else ""
        bio = ("커피 좋아하는 사람", "빵순이", "일상 기록", "먹고 마시고", "")[member % 5]
        record.row(PROFILES, (handle, who.name, home.name.split()[0], bio, mail))
        follows = network.follows(member)
        record.row("truth/network.csv", (
            handle, person_id(customer), network.group(member), network.role(member),
            network.handle(follows) if follows >= 0 else "",
        ))  # fmt: skip
        record.row("truth/accounts.csv", (PROFILES, handle, person_id(customer)))
    for bot in range(network.bots):
        handle = network.bot_handle(bot)
        record.row(PROFILES, (handle, handle, "", "무료 쿠폰 공유", ""))
        record.row("truth/network.csv", (handle, "", "", BOT, ""))
    record.row(PROFILES, (OFFICIAL, "하루담", "", "하루담 공식 계정입니다", ""))
    record.row("truth/network.csv", (OFFICIAL, "", "", COMPANY, ""))


def write_changes(record: Record) -> None:
    """The change log of the company."""
    for change in CHANGES:
        if change.start < FIRST_DAY:
            continue
        start = datetime.combine(change.start, datetime.min.time()) + timedelta(hours=9)
        end = ""
        if change.end is not None:
            closing = datetime.combine(change.end, datetime.min.time()) + timedelta(hours=21)
            end = f"{closing:%Y-%m-%d %H:%M}"
        record.row(CHANGES_FILE, (
            change.change_id, f"{start:%Y-%m-%d %H:%M}", end, change.kind, change.title,
            change.owner, change.branch,
        ))  # fmt: skip

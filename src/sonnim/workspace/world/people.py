"""Who the customers are: names, addresses and the many ways in which sources know them.

Everything is a pure function of the seed and the customer's number; nobody is kept in memory.
Addresses end in example.com and telephone numbers begin with a block that is assigned to nobody.
"""

from dataclasses import dataclass

from sonnim.workspace.world.chance import uniform_one
from sonnim.workspace.world.plan import BRANCHES, HOMES, Branch

_SURNAMES = (
    ("김", "kim"), ("이", "lee"), ("박", "park"), ("최", "choi"), ("정", "jung"), ("강", "kang"),
    ("조", "cho"), ("윤", "yoon"), ("장", "jang"), ("임", "lim"), ("한", "han"), ("오", "oh"),
    ("서", "seo"), ("신", "shin"), ("권", "kwon"), ("황", "hwang"), ("안", "ahn"), ("송", "song"),
    ("류", "ryu"), ("홍", "hong"),
)  # fmt: skip
_FIRST = (
    ("지", "ji"), ("민", "min"), ("서", "seo"), ("예", "ye"), ("하", "ha"), ("도", "do"),
    ("현", "hyun"), ("수", "su"), ("은", "eun"), ("태", "tae"), ("승", "seung"), ("유", "yu"),
    ("채", "chae"), ("나", "na"), ("준", "jun"), ("소", "so"), ("다", "da"), ("재", "jae"),
)  # fmt: skip
_SECOND = (
    ("우", "woo"), ("연", "yeon"), ("윤", "yoon"), ("준", "jun"), ("은", "eun"), ("영", "young"),
    ("진", "jin"), ("희", "hee"), ("호", "ho"), ("아", "ah"), ("원", "won"), ("빈", "bin"),
    ("솔", "sol"), ("경", "kyung"), ("린", "rin"), ("훈", "hoon"),
)  # fmt: skip
_ADJECTIVES = (
    "배고픈", "졸린", "행복한", "수줍은", "바쁜", "느긋한", "용감한", "조용한", "신나는", "엉뚱한",
    "달콤한", "씩씩한", "심심한", "똑똑한", "커피마신", "빵굽는", "출근하는", "산책하는",
    "춤추는", "야근하는",
)  # fmt: skip
_NOUNS = (
    "다람쥐", "고양이", "곰", "토끼", "직장인", "판다", "여우", "강아지", "고래", "부엉이", "수달",
    "라떼", "식빵", "감자", "펭귄", "햄스터", "코알라", "사자", "돌고래", "너구리",
)  # fmt: skip
_DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com", "example.co.kr")

_SUR, _ONE, _TWO, _MAIL, _SECOND_NUMBER, _LANGUAGE, _TYPO, _BORN = range(40, 48)
_ENGLISH = 0.14
_TWICE = 0.05
SECOND = 9_000_000
"""Customer numbers from here on are second ones, given to people who signed up twice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A customer.

    Attributes:
        number: Number of the customer in the world, from 0.
        name: Name in Korean letters.
        latin: Given name and surname in Latin letters.
        mail: Mail address.
        phone: Telephone number.
        twice: Whether they signed up twice, with errors the second time.
    """

    number: int
    name: str
    latin: tuple[str, str]
    mail: str
    phone: str
    twice: bool


def person(seed: int, number: int) -> Person:
    """The customer of that number."""
    sur, sur_latin = _of(seed, _SUR, number, _SURNAMES)
    one, one_latin = _of(seed, _ONE, number, _FIRST)
    two, two_latin = _of(seed, _TWO, number, _SECOND)
    given = one_latin + two_latin
    roll = uniform_one(seed, _MAIL, number)
    local = (f"{given}{number}", f"{given}.{sur_latin}{number % 100:02d}", f"{sur_latin}_{given}")
    mail = f"{local[int(roll * 3)]}{'' if roll < 0.34 else number}@{_DOMAINS[int(roll * 997) % 5]}"
    return Person(
        number=number,
        name=sur + one + two,
        latin=(given, sur_latin),
        mail=mail,
        phone=_phone(number),
        twice=is_twice(seed, number),
    )


def person_id(number: int) -> str:
    """How the truth names a customer."""
    return f"P{number:07d}"


def customer_number(number: int, second: bool = False) -> str:
    """How orders, tickets and surveys name a customer."""
    return f"C{number + (SECOND if second else 0):07d}"


def is_twice(seed: int, number: int) -> bool:
    """Whether the customer signed up twice."""
    return uniform_one(seed, _SECOND_NUMBER, number) < _TWICE


def uses_second(seed: int, number: int, day: int) -> bool:
    """Whether the customer goes by the second number that day."""
    return is_twice(seed, number) and uniform_one(seed, _SECOND_NUMBER, number, day + 1) < 0.4


def number_on(seed: int, number: int, day: int) -> str:
    """The customer number that the customer goes by that day."""
    return customer_number(number, uses_second(seed, number, day))


def author_id(number: int) -> str:
    """How the app store names the customer."""
    return f"{(number * 2_654_435_761 + 97) % 2**40:010x}"


def nickname(number: int) -> str:
    """How the delivery app names the customer."""
    adjective, noun = _ADJECTIVES[number % 20], _NOUNS[number // 20 % 20]
    return f"{adjective}{noun}{number // 400 + 1}"


def handle(seed: int, number: int) -> str:
    """How the social network names the customer."""
    who = person(seed, number)
    given, sur = who.latin
    style = int(uniform_one(seed, _MAIL + 100, number) * 3)
    return (f"{given}_{sur}{number}", f"{sur}{given}.{number}", f"{given}{number}")[style]


def language_of(seed: int, number: int) -> str:
    """The language the customer writes in."""
    return "en" if uniform_one(seed, _LANGUAGE, number) < _ENGLISH else "ko"


def home_of(number: int) -> Branch:
    """The branch the customer goes to."""
    return BRANCHES[HOMES[number % 100]]


def birth_year(seed: int, number: int) -> int:
    """The year the customer was born in."""
    return 1958 + int(uniform_one(seed, _BORN, number) ** 0.8 * 49)


def mistyped(seed: int, who: Person) -> Person:
    """The same person as they gave themselves the second time: one thing or two differ."""
    roll = uniform_one(seed, _TYPO, who.number)
    name, mail, phone = who.name, who.mail, who.phone
    local, _, domain = mail.partition("@")
    if roll < 0.35:
        mail = f"{local[:2]}{local[3:]}@{domain}"
    elif roll < 0.6:
        mail = f"{who.latin[1]}{who.latin[0]}{who.number}@{_DOMAINS[int(roll * 991) % 5]}"
    elif roll < 0.8:
        phone = f"{phone[:-2]}{phone[-1]}{phone[-2]}"
        mail = local + "@" + domain.replace("example", "exmaple")
    else:
        mail, phone = "", phone.replace("-", "")
    if roll * 10 % 1 < 0.3:
        name = name[0] + " " + name[1:]
    return Person(number=who.number, name=name, latin=who.latin, mail=mail, phone=phone, twice=True)


def _phone(number: int) -> str:
    # A multiplier without factors in common with 10 million gives every customer another number.
    digits = f"{(number * 3_571_429 + 123_457) % 10_000_000:07d}"
    return f"010-0{digits[:3]}-{digits[3:]}"


def _of(seed: int, stream: int, number: int, items: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    return items[int(uniform_one(seed, stream, number) * len(items))]

"""What the rules of `pii` share: what they give, and what stands before a number."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sonnim.language.pii_fold import Folded

KINDS = (
    "resident_number", "foreigner_number", "phone", "account", "card", "address", "name",
    "messenger_id", "passport", "driver_licence", "business_number", "email", "iban", "ssn", "ip",
    "url",
)  # fmt: skip
"""What is found."""

BANKS = (
    "카카오뱅크|케이뱅크|토스뱅크|카뱅|케뱅|토뱅|KB국민|국민|신한|우리|KEB하나|하나|NH농협|농협|IBK기업|기업"
    "|SC제일|제일|한국씨티|씨티|새마을금고|새마을|신협|우체국|수협|산업|산림조합|저축|iM뱅크|대구|부산|경남|광주|전북"
    "|제주|국민은행"
)


@dataclass(frozen=True)
class Piece:
    """A stretch of the folded text, and what it is."""

    start: int
    end: int
    kind: str
    sure: bool = True


Rule = Callable[[Folded], Iterator[Piece]]
"""Gives what it takes for personal data. What rules before it found is not given to anybody else:
they are asked in the order of how sure they can be."""

# What customers must be able to read: numbers of orders and things, not of people.
_THING = re.compile(
    r"(?:주문|송장|운송장|등기|예약|접수|문의|쿠폰|인증|시리얼|제조|제품|상품|바코드|코드|모델"
    r"|\border|\btracking|\binvoice|\bticket|\bcase|\bref|\breference|\bserial|\bsku|\bupc|\bean"
    r"|\bisbn(?:-1[03])?|\bpart|\bmodel|\blot|\bcoupon|\bpromo|\bcode|\bbatch|\bpo|\bconfirmation"
    r"|\breservation|\bbooking|\bclaim|\bdpci|\bitem)"
    r"\s*(?:번호|코드|number|num|no|id|code)?\.?\s*(?:은|는|이|가|is|was|:|#|-|=)?\s*#?$",
    re.IGNORECASE,
)
_WINDOW = 32


def before(text: str, start: int, window: int = _WINDOW) -> str:
    """What stands before, a few words at most."""
    return text[max(0, start - window) : start]


def of_a_thing(text: str, start: int) -> bool:
    """Whether what begins there is called the number of an order, parcel or other thing.

    Example:
        >>> of_a_thing("주문번호: 123", 6), of_a_thing("call 123", 5)
        (True, False)
    """
    return bool(_THING.search(before(text, start)))


def digits_of(text: str) -> str:
    """The digits of a text, alone."""
    return "".join(one for one in text if "0" <= one <= "9")

"""What people say about a day's orders: mood and matter, as the times are."""

from dataclasses import dataclass
from datetime import date
from random import Random

from sonnim.workspace.world.plan import (
    BEANS,
    BRANCHES,
    PRODUCTS,
    RELEASES,
    Branch,
    Issue,
    Product,
    date_of,
    issues_on,
)
from sonnim.workspace.world.texts.fragments import NEGATIVE, NEUTRAL, POSITIVE, Voice

# How often people speak of what when nothing particular is wrong, in hundredths.
_MATTERS = {
    "taste": 21, "delivery": 13, "app": 12, "staff": 11, "price": 10, "packaging": 6, "coupons": 6,
    "waiting": 5, "space": 5, "clean": 4, "subscription": 3, "noise": 2, "refund": 2,
}  # fmt: skip
_DECK = tuple(name for name, share in _MATTERS.items() for _ in range(share))
_OF_DELIVERY = ("delivery",) * 5 + ("taste",) * 4 + ("packaging",) * 2 + ("price", "staff", "app")
_SERVED_LATE = 0.75


@dataclass(frozen=True, kw_only=True, slots=True)
class Mood:
    """How something is meant, and what it is about.

    Attributes:
        label: negative, neutral or positive.
        aspects: What it is about, the main one first.
        issue: The planted issue it speaks of, or "".
    """

    label: str
    aspects: tuple[str, ...]
    issue: str = ""


def mood(
    rng: Random,
    branch: int,
    day: int,
    usual: tuple[float, float],
    *,
    late: bool = False,
    delivered: bool = False,
    label: str = "",
) -> Mood:
    """How somebody feels who went to that branch on that day.

    Args:
        rng: Source of chance.
        branch: Number of the branch.
        day: Number of the day.
        usual: Shares of negative and neutral texts when nothing is wrong.
        late: Whether their order was delivered late.
        delivered: Whether it was delivered at all.
        label: How they feel if that is decided already.
    """
    issues = issues_on(BRANCHES[branch].name, day)
    hurt = 1.0 + sum(issue.odds for issue in issues)
    if not label:
        label = _label(rng, usual, hurt)
        if late and rng.random() < _SERVED_LATE:
            label = NEGATIVE
            delays = next((issue for issue in issues if issue.aspect == "delays"), None)
            first = "delays" if delays else "delivery"
            issue_id = delays.issue_id if delays else ""
            return Mood(label=label, aspects=_with_second(rng, first), issue=issue_id)
    deck = _OF_DELIVERY if delivered else _DECK
    first = deck[int(rng.random() * len(deck))]
    if label == NEGATIVE and issues:
        chosen = _issue(rng, issues, hurt)
        if chosen is not None:
            return Mood(
                label=label,
                aspects=_with_second(rng, chosen.aspect),
                issue=chosen.issue_id,
            )
    return Mood(label=label, aspects=_with_second(rng, first))


def _label(rng: Random, usual: tuple[float, float], hurt: float) -> str:
    negative, neutral = usual
    place = rng.random() * (negative * hurt + 1 - negative)
    if place < negative * hurt:
        return NEGATIVE
    return NEUTRAL if place < negative * hurt + neutral else POSITIVE


def _issue(rng: Random, issues: tuple[Issue, ...], hurt: float) -> Issue | None:
    place = rng.random() * hurt
    for issue in issues:
        place -= issue.odds
        if place < 0:
            return issue
    return None


def _with_second(rng: Random, first: str) -> tuple[str, ...]:
    # Most people stay with one thing.
    if rng.random() < 0.65:
        return (first,)
    second = _DECK[int(rng.random() * len(_DECK))]
    return (first, second) if second != first else (first,)


def voice(
    mood: Mood,
    *,
    language: str,
    kind: str,
    branch: Branch,
    version: str,
    product: Product | None = None,
    emoji: bool = True,
    question: bool = False,
) -> Voice:
    """The voice for a mood."""
    korean = language == "ko"
    return Voice(
        language=language,
        label=mood.label,
        aspects=mood.aspects,
        kind=kind,
        branch=branch.korean if korean else branch.english,
        version=version,
        product=(product.korean if korean else product.english) if product else "",
        goods=product.goods if product else "",
        emoji=emoji,
        question=question,
    )


def product_of(number: int, beans: bool) -> Product:
    """What was ordered."""
    return BEANS if beans else PRODUCTS[number]


def version_on(rng: Random, day: int) -> str:
    """The app's version in use; one in seven has not updated yet."""
    today: date = date_of(day)
    released = [version for since, version in RELEASES if since <= today]
    return released[-2] if len(released) > 1 and rng.random() < 0.15 else released[-1]

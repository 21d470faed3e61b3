"""Tickets: what customers write to the help desk, what agents answer, and what comes back."""

from datetime import datetime, timedelta
from random import Random

from sonnim.workspace.world.chance import stream_of
from sonnim.workspace.world.life import DELIVERY, Day
from sonnim.workspace.world.people import language_of, number_on, person_id
from sonnim.workspace.world.plan import BRANCHES, HOMES, date_of
from sonnim.workspace.world.recording import Record, Said
from sonnim.workspace.world.reviews import times
from sonnim.workspace.world.sizes import TICKETS, Sizes
from sonnim.workspace.world.speaking import Mood, mood, product_of, version_on, voice
from sonnim.workspace.world.texts.compose import compose
from sonnim.workspace.world.texts.fragments import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    Text,
    Voice,
    filled,
    pick,
    words_of,
)

HEADER = (
    "글번호", "상담번호", "작성일시", "작성자", "방향", "채널", "문의유형", "지점", "내용",
    "처리상태",
)  # fmt: skip
IN, OUT = "IN", "OUT"
SLOW_FROM = timedelta(hours=48)
_CHANNELS = ("앱", "앱", "앱", "카카오톡", "카카오톡", "이메일", "이메일", "웹")
_TOPICS = {
    "delivery": "배달", "delays": "배달", "packaging": "포장", "leaks": "포장", "app": "앱",
    "crashes": "앱", "payfail": "결제", "taste": "상품", "price": "가격", "dearer": "가격",
    "coupons": "쿠폰", "subscription": "구독", "renewal": "구독", "refund": "환불",
    "staff": "서비스", "waiting": "서비스", "space": "매장", "noise": "매장", "clean": "위생",
    "flies": "위생",
}  # fmt: skip


def write_tickets(sizes: Sizes, record: Record, day: Day) -> None:
    """The threads that begin on a day, each whole, one after the other."""
    rng = stream_of(sizes.seed, "tickets", day.day)
    threads = day.threads
    when = times(rng, day.day, len(threads.sizes))
    for i, size in enumerate(threads.sizes.tolist()):
        place = int(threads.order[i]) if i < len(threads.order) else -1
        opened = when[i]
        if place >= 0:
            customer = int(day.customer[place])
            # Who complains of an order does so in the hours after it.
            ordered = datetime.combine(date_of(day.day), datetime.min.time())
            ordered += timedelta(seconds=int(day.second[place]))
            opened = ordered + contact_after(sizes, customer, day.day)
            meant = _complaint(rng, day, place)
            branch = int(day.branch[place])
        else:
            customer = int(rng.random() * sizes.customers)
            if len(day.customer):
                customer = int(day.customer[int(rng.random() * len(day.customer))])
            branch = HOMES[customer % 100]
            meant = mood(rng, branch, day.day, (0.30, 0.62))
        _thread(sizes, record, rng, day, place, f"T{opened:%y%m}-{threads.first + i + 1:07d}",
                customer, branch, opened, meant, size)  # fmt: skip


def contact_after(sizes: Sizes, customer: int, day: int) -> timedelta:
    """How long after an order the customer writes."""
    return timedelta(seconds=7800 + _spread(sizes, customer, day, 0) % 30_000)


def answer_after(sizes: Sizes, customer: int, day: int, slow: bool) -> timedelta:
    """How long after that the first answer comes: hours, or days."""
    spread = _spread(sizes, customer, day, 1)
    if slow:
        return SLOW_FROM + timedelta(seconds=3600 + spread % 260_000)
    return timedelta(seconds=900 + spread % 36_000)


def _spread(sizes: Sizes, customer: int, day: int, what: int) -> int:
    return (
        customer * 2_654_435_761 + day * 40_503 + what * 97_003 + sizes.seed * 7_919
    ) % 1_000_003


def _complaint(rng: Random, day: Day, place: int) -> Mood:
    branch = int(day.branch[place])
    late = bool(day.late[place])
    if late:
        found = mood(rng, branch, day.day, (1.0, 0.0), late=True)
        if found.aspects[0] in ("delivery", "delays"):
            return found
    delivered = bool(day.line[place] == DELIVERY)
    found = mood(rng, branch, day.day, (0.7, 0.2), delivered=delivered)
    return Mood(label=found.label, aspects=("delivery",)) if late else found


def _thread(
    sizes: Sizes, record: Record, rng: Random, day: Day, place: int, thread: str, customer: int,
    branch: int, opened: datetime, meant: Mood, size: int,
) -> None:  # fmt: skip
    language = language_of(sizes.seed, customer)
    beans = place >= 0 and bool(day.line[place] == 3)
    product = product_of(int(day.product[place]), beans) if place >= 0 else None
    question = meant.label == NEUTRAL and place < 0 and rng.random() < 0.92
    asked = voice(
        meant, language=language, kind="ticket", branch=BRANCHES[branch],
        version=version_on(rng, day.day), product=product, emoji=False, question=question,
    )  # fmt: skip
    text = compose(rng, asked)
    slow = bool(day.slow[place]) if place >= 0 else rng.random() < 0.12
    number = number_on(sizes.seed, customer, day.day)
    agent = f"AG{1 + int(rng.random() * (8 + sizes.messages // 50_000)):03d}"
    common = (
        _CHANNELS[int(rng.random() * len(_CHANNELS))],
        "문의" if question else _TOPICS[meant.aspects[0]],
        BRANCHES[branch].name,
        "처리완료" if rng.random() < 0.94 else "처리중",
    )
    time = opened
    for turn in range(size):
        incoming = turn % 2 == 0
        issue = ""
        if turn == 0:
            label, aspects, issue = meant.label, meant.aspects, meant.issue
        elif incoming:
            time += timedelta(seconds=1200 + int(rng.random() * 80_000))
            label = NEGATIVE if slow and meant.label == NEGATIVE else POSITIVE
            label = label if rng.random() < 0.85 else NEGATIVE
            aspects = ("staff",)
            text = Text(
                text=filled(rng, pick(rng, words_of(language)["follow"][label]), asked, label)
            )
        else:
            gap = answer_after(sizes, customer, day.day, slow)
            time += gap if turn == 1 else timedelta(seconds=1800 + int(rng.random() * 30_000))
            label, aspects = NEUTRAL, meant.aspects
            text = Text(text=_reply(rng, asked, meant, late=slow and turn == 1))
        key = f"{thread}-{turn + 1}"
        channel, topic, unit, state = common
        record.row(TICKETS, (
            key, thread, f"{time:%Y-%m-%d %H:%M}", number if incoming else agent,
            IN if incoming else OUT, channel, topic, unit, text.text, state,
        ))  # fmt: skip
        said = Said(
            file=TICKETS if incoming else OUT_FILE, key=key, time=time, language=language,
            label=label, aspects=aspects, branch=BRANCHES[branch], issue=issue,
            person=person_id(customer) if incoming else agent, text=text,
        )  # fmt: skip
        record.said(said)


OUT_FILE = "tickets.csv#out"
"""How the truth names what agents wrote: it stands in tickets.csv, but no customer says it."""


def _reply(rng: Random, asked: Voice, meant: Mood, late: bool) -> str:
    words = words_of(asked.language)["agent"]
    parts = [pick(rng, words["greeting"])]
    if late:
        parts.append(pick(rng, words["late"]))
    if meant.label == NEGATIVE:
        parts.append(pick(rng, words["sorry"]))
    elif meant.label == POSITIVE:
        parts.append(pick(rng, words["glad"]))
    if meant.label != POSITIVE:
        parts.append(pick(rng, words["question" if asked.question else meant.aspects[0]]))
    parts.append(pick(rng, words["closing"]))
    return " ".join(filled(rng, part, asked, NEUTRAL) for part in parts)

"""How customers live: they join, order at a pace of their own, are served well or late, complain,
are answered soon or late, and one day stay away.

Orders follow BG/NBD (Fader, Hardie and Lee 2005): gaps are exponential with a rate of the
customer's own, rates are gamma, and after each order a customer leaves with a probability of their
own, which is beta. On top of it lie what changes do to orders, and one planted sequence: late
delivery, ticket, slow answer, cancel, gone. Memory: some 60 bytes a customer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sonnim.workspace.world.chance import Real, Truth, Whole, uniform, uniform_one
from sonnim.workspace.world.plan import (
    BRANCHES,
    CHANGES,
    DAYS,
    HOMES,
    PRODUCTS,
    TROUBLED,
    Quota,
    growth,
    issues_on,
    order_factor,
    season,
)

R, ALPHA, A, B = 1.0, 15.0, 1.0, 9.0
"""BG/NBD: rates are gamma(R, ALPHA) a day before thinning, leaving is beta(A, B)."""

STORE, PICKUP, DELIVERY, BEANS = range(4)
LINES = ("매장", "픽업", "배달", "원두구독")
STAYS, OWN_WILL, SEQUENCE, TROUBLE = range(4)
REASONS = ("", "own", "sequence", "trouble")

_RATE, _P, _JOIN, _ACCEPT, _GAP, _LINE, _WHAT, _MANY, _HOUR, _LATE, _DROP = range(1, 12)
_CONTACT, _SIZE, _SLOW, _CANCEL, _LEAVE, _HURT, _STRAY, _ASK = range(12, 20)
# Acceptance of a day of weight 1; the busiest day must stay below 1.
_USUAL = 0.58
_LATE_USUALLY, _LATE_IN_TROUBLE = 0.06, 0.45
_CONTACT_IF_LATE, _CONTACT_ELSE = 0.45, 0.012
_SLOW_USUALLY, _SLOW_IN_TROUBLE = 0.35, 0.55
_CANCEL_IF_SLOW, _CANCEL_ELSE, _LEAVE_IF_CANCEL, _HURT_LEAVE = 0.75, 0.012, 0.85, 0.06
_HOURS = np.array((7, 8, 8, 9, 10, 11, 12, 12, 13, 13, 14, 15, 16, 17, 18, 18, 19, 20, 21, 22))
_HOME = np.array(HOMES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Threads:
    """Tickets opened on a day: first those about an order, then questions.

    Attributes:
        first: Number of the first, counted from 0 over all days.
        first_message: Number of messages in all threads before.
        order: Place of the order among the day's.
        sizes: Messages of each thread, questions included.
    """

    first: int
    first_message: int
    order: Whole
    sizes: Whole


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """What happened on one day, one entry an order, in order of time.

    Attributes:
        day: Number of the day.
        first: Number of the first order, counted from 0 over all days.
        customer: Who ordered.
        branch: Where, by number in BRANCHES.
        line: STORE, PICKUP, DELIVERY or BEANS.
        product: What, by number in PRODUCTS (not for beans).
        quantity: How many.
        second: When, in seconds of the day.
        late: Whether it was delivered late.
        contact: Whether the customer then wrote to the help desk.
        slow: Whether the answer took days.
        cancel: Whether they then cancelled.
        gone: Why they stay away from then on: STAYS, OWN_WILL, SEQUENCE or TROUBLE.
        threads: The tickets opened.
    """

    day: int
    first: int
    customer: Whole
    branch: Whole
    line: Whole
    product: Whole
    quantity: Whole
    second: Whole
    late: Truth
    contact: Truth
    slow: Truth
    cancel: Truth
    gone: Whole
    threads: Threads


class Life:
    """All customers over all days.

    Args:
        seed: Seed of all chance.
        customers: How many there are.
        tickets: Messages in all tickets together.
        without: A change that never happens, for counterfactuals.
    """

    def __init__(self, seed: int, customers: int, tickets: int, without: str = "") -> None:
        self.seed, self.customers, self.without = seed, customers, without
        self.tickets = tickets
        who = np.arange(customers)
        self.rate: Real = -np.log1p(-uniform(seed, _RATE, who)) / ALPHA + 1e-4
        self.leaving: Real = 1.0 - (1.0 - uniform(seed, _P, who)) ** (1.0 / B)
        self.joined: Whole = _joining(seed, who)
        self.left = np.full(customers, DAYS, dtype=np.int64)
        self.reason = np.zeros(customers, dtype=np.int64)
        self.orders = np.zeros(customers, dtype=np.int64)

    def days(self) -> Iterator[Day]:
        """Day by day; what a customer's life came to is in `left` and `reason` afterwards."""
        due_at: Real = self.joined.astype(np.float64)
        quota = Quota(self.tickets)
        orders = threads = messages = 0
        for day in range(DAYS):
            due: Whole = np.flatnonzero(due_at < day + 1)
            line = np.searchsorted((0.38, 0.62, 0.92), uniform(self.seed, _LINE, due, day))
            comes = uniform(self.seed, _ACCEPT, due, day) < self._chance(line, day)
            comes |= self.joined[due] == day
            gap = -np.log1p(-uniform(self.seed, _GAP, due, day)) / self.rate[due]
            due_at[due] = np.maximum(due_at[due] + gap, day + 1)
            who, line = due[comes], line[comes]
            hours = _HOURS[(uniform(self.seed, _HOUR, who, day) * len(_HOURS)).astype(np.int64)]
            second = hours * 3600 + (uniform(self.seed, _HOUR + 100, who, day) * 3600).astype(int)
            place = np.argsort(second, kind="stable")
            made = self._served(day, who[place], line[place], second[place], orders)
            allowed = quota.before(day + 1) - messages
            # A day may overdraw a little, so that no complaint is lost; the last ones may not.
            spare = min(4 + self.tickets // 200, self.tickets - messages)
            made = self._desk(made, allowed, max(allowed, spare), threads, messages)
            gone = made.gone > STAYS
            due_at[made.customer[gone]] = np.inf
            self.left[made.customer[gone]] = day
            self.reason[made.customer[gone]] = made.gone[gone]
            self.orders[made.customer] += 1
            orders += len(made.customer)
            threads += len(made.threads.sizes)
            messages += int(made.threads.sizes.sum())
            yield made

    def _chance(self, line: Whole, day: int) -> Real:
        """Chance that a customer whose turn it is does order."""
        level = digital = _USUAL * season(day)
        for change in CHANGES:
            if change.change_id != self.without:
                factor = order_factor(change, day)
                digital *= factor
                # Without payments in the app, people still pay at the counter.
                level *= 1.0 if change.kind == "outage" else factor
        chance: Real = np.where(line == STORE, level, digital)
        return chance

    def _served(self, day: int, who: Whole, line: Whole, second: Whole, first: int) -> Day:
        seed = self.seed
        branch = _HOME[who % 100]
        hurt = np.array([self._in_trouble(place.name, day) for place in BRANCHES])[branch]
        late = uniform(seed, _LATE, who, day) < np.where(hurt, _LATE_IN_TROUBLE, _LATE_USUALLY)
        late &= line == DELIVERY
        complains = np.where(late, _CONTACT_IF_LATE, _CONTACT_ELSE)
        many = uniform(seed, _MANY, who, day)
        return Day(
            day=day,
            first=first,
            customer=who,
            branch=branch,
            line=line,
            product=(uniform(seed, _WHAT, who, day) ** 1.3 * len(PRODUCTS)).astype(np.int64),
            quantity=np.where(many < 0.68, 1, 2 + (many * 331).astype(np.int64) % 3),
            second=second,
            late=late,
            contact=uniform(seed, _CONTACT, who, day) < complains,
            slow=uniform(seed, _SLOW, who, day) < np.where(hurt, _SLOW_IN_TROUBLE, _SLOW_USUALLY),
            cancel=uniform(seed, _STRAY, who, day) < _CANCEL_ELSE,
            gone=np.zeros(len(who), dtype=np.int64),
            threads=_NONE,
        )

    def _in_trouble(self, branch: str, day: int) -> bool:
        if branch != TROUBLED:
            return False
        return any(
            issue.aspect == "delays" and issue.change_id != self.without
            for issue in issues_on(branch, day)
        )

    def _desk(self, made: Day, allowed: int, spare: int, threads: int, messages: int) -> Day:
        """The day with its tickets, and with what comes of answers that take too long."""
        seed, day = self.seed, made.day
        writes = np.flatnonzero(made.contact)
        roll = uniform(seed, _SIZE, made.customer[writes], day)
        sizes = 2 + (roll > 0.55).astype(np.int64) + (roll > 0.75)
        fits = int(np.searchsorted(np.cumsum(sizes), spare, side="right"))
        made.contact[writes[fits:]] = False
        writes, sizes = writes[:fits], sizes[:fits]
        made.slow[:] &= made.contact
        suffers = made.late & made.contact & made.slow
        gives_up = suffers & (uniform(seed, _CANCEL, made.customer, day) < _CANCEL_IF_SLOW)
        made.cancel[:] |= gives_up
        leaves = gives_up & (uniform(seed, _LEAVE, made.customer, day) < _LEAVE_IF_CANCEL)
        fed_up = made.late & (uniform(seed, _HURT, made.customer, day) < _HURT_LEAVE)
        own = uniform(seed, _DROP, made.customer, day) < self.leaving[made.customer]
        made.gone[:] = np.select([leaves, own, fed_up], [SEQUENCE, OWN_WILL, TROUBLE], STAYS)
        left = allowed - int(sizes.sum())
        asked: list[int] = []
        # What is left of the day's messages are questions.
        while left > 1 or (left == 1 and day == DAYS - 1):
            more = uniform_one(seed, _ASK, threads + len(sizes) + len(asked)) < 0.15
            asked.append(min(left, 3 if more and left != 4 else 2))
            left -= asked[-1]
        every = np.concatenate((sizes, np.array(asked, dtype=np.int64)))
        return Day(
            day=day, first=made.first, customer=made.customer, branch=made.branch, line=made.line,
            product=made.product, quantity=made.quantity, second=made.second, late=made.late,
            contact=made.contact, slow=made.slow, cancel=made.cancel, gone=made.gone,
            threads=Threads(first=threads, first_message=messages, order=writes, sizes=every),
        )  # fmt: skip


_NONE = Threads(
    first=0, first_message=0, order=np.zeros(0, dtype=np.int64), sizes=np.zeros(0, dtype=np.int64)
)


def _joining(seed: int, who: Whole) -> Whole:
    """The day each joins: a third are there from the start, the others come as it grows."""
    weights = np.array([growth(day) / growth(0) for day in range(DAYS)])
    before = np.cumsum(weights)
    roll = uniform(seed, _JOIN, who)
    later = np.searchsorted(before, (roll - 0.2) / 0.8 * before[-1])
    spread = (uniform(seed, _JOIN + 100, who) * 30).astype(np.int64)
    return np.where(roll < 0.2, spread, np.minimum(later, DAYS - 1)).astype(np.int64)

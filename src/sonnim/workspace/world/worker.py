"""One process's share of a world: some of the months, and some of the counterfactuals.

    python -m sonnim.workspace.world.worker PARTS SEED MESSAGES WORKER WORKERS

Every process lives through all days, which is cheap; it writes the texts only of its own months.
"""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sonnim.workspace.world.desk import write_tickets
from sonnim.workspace.world.life import BEANS, STAYS, Day, Life
from sonnim.workspace.world.orders import price_of, write_orders
from sonnim.workspace.world.plan import BEANS as BEANS_SOLD
from sonnim.workspace.world.plan import CHANGES, PRICE_RISE, PRODUCTS, date_of, day_of
from sonnim.workspace.world.posts import Talk
from sonnim.workspace.world.recording import Record, Sums
from sonnim.workspace.world.registers import (
    write_changes,
    write_network,
    write_people,
    write_second_numbers,
)
from sonnim.workspace.world.reviews import write_delivery_reviews, write_reviews
from sonnim.workspace.world.sizes import ENCODINGS, TICKETS, Sizes
from sonnim.workspace.world.surveys import bursts_before, write_staff, write_survey

_LARGE = 30_000
RANGES = 8
"""Into how many ranges customers are cut; not the number of processes, which must not matter."""
COUNTED = tuple(
    change.change_id
    for change in CHANGES
    if change.orders != 1.0 or (change.kind == "policy" and change.end is None)
)
"""Changes whose effect on sales is counted by living without them."""


@dataclass
class Total:
    """What a life came to.

    Attributes:
        orders: Orders.
        revenue: Won taken.
        left: Customers who left.
    """

    orders: int = 0
    revenue: int = 0
    left: int = 0


@dataclass
class Share:
    """What one process counted.

    Attributes:
        sums: Sums over what it wrote.
        totals: By change that never happened ("" for the world as it is): what it came to.
    """

    sums: Sums = field(default_factory=Sums)
    totals: dict[str, Total] = field(default_factory=dict)


def work(parts: Path, sizes: Sizes, worker: int, workers: int) -> Share:
    """Writes this process's months and counts this process's counterfactuals."""
    share = Share()
    life = Life(sizes.seed, sizes.customers, sizes.texts[TICKETS])
    bursts = bursts_before(sizes)
    total = Total()
    record: Record | None = None
    talk: Talk | None = None
    block = -1
    for day in life.days():
        _count(total, day, "")
        now = block_of(day.day, sizes)
        if now != block:
            if record is not None:
                share.sums.add(record.close())
            record = talk = None
            block = now
            if now % workers == worker:
                record = Record(parts / f"m{now:02d}", ENCODINGS)
                talk = Talk(sizes, record)
        if record is not None and talk is not None:
            write_orders(sizes, record, day)
            write_reviews(sizes, record, day)
            write_delivery_reviews(sizes, record, day)
            talk.write(day.day)
            write_tickets(sizes, record, day)
            write_survey(sizes, record, day, bursts)
            write_staff(sizes, record, day)
    if record is not None:
        share.sums.add(record.close())
    if worker == 0:
        share.totals[""] = total
    _registers(parts, sizes, life, share, worker, workers)
    for i, change in enumerate(COUNTED):
        # The last process has the lightest load of months.
        if i % workers == workers - 1 - worker:
            share.totals[change] = _without(sizes, change)
    return share


def block_of(day: int, sizes: Sizes) -> int:
    """Number of the stretch of months that a day belongs to: a year, or a month in large worlds.

    Talk does not go on from one stretch to the next; in small worlds that would be felt.
    """
    today, first = date_of(day), date_of(0)
    month = (today.year - first.year) * 12 + today.month - first.month
    return month if sizes.messages >= _LARGE else month // 12


def _registers(
    parts: Path, sizes: Sizes, life: Life, share: Share, worker: int, workers: int
) -> None:
    edges = [sizes.customers * i // RANGES for i in range(RANGES + 1)]
    for i in range(worker, RANGES, workers):
        for name, write in (("p", write_people), ("q", write_second_numbers)):
            record = Record(parts / f"{name}{i:02d}", ENCODINGS)
            write(sizes, record, life, range(edges[i], edges[i + 1]))
            share.sums.add(record.close())
    if worker == workers - 1:
        record = Record(parts / "r00", ENCODINGS)
        write_network(sizes, record)
        write_changes(record)
        share.sums.add(record.close())


def _without(sizes: Sizes, change: str) -> Total:
    total = Total()
    for day in Life(sizes.seed, sizes.customers, sizes.texts[TICKETS], without=change).days():
        _count(total, day, change)
    return total


def _count(total: Total, day: Day, without: str) -> None:
    # Without the price rise the old prices stand.
    priced = (
        min(day.day, day_of(PRICE_RISE.start) - 1) if without == PRICE_RISE.change_id else day.day
    )
    prices = np.array([price_of(i, False, 1, priced) for i in range(len(PRODUCTS))])
    beans = price_of(0, True, 1, priced) if BEANS_SOLD.price else 0
    each = np.where(day.line == BEANS, beans, prices[day.product])
    total.orders += len(day.customer)
    total.revenue += int((each * day.quantity).sum())
    total.left += int((day.gone > STAYS).sum())


def save(share: Share, file: Path) -> None:
    """Writes what was counted, for the process that asked."""
    sums = share.sums
    file.write_text(
        json.dumps({
            "effects": [[list(key), cell] for key, cell in sums.effects.items()],
            "units": [[list(key), cell] for key, cell in sums.units.items()],
            "issues": sums.issues,
            "rows": sums.rows,
            "totals": {
                key: [one.orders, one.revenue, one.left] for key, one in share.totals.items()
            },
        }),
        encoding="utf-8",
    )  # fmt: skip


def load(file: Path) -> Share:
    """Reads what another process counted."""
    told = json.loads(file.read_text(encoding="utf-8"))
    sums = Sums(
        effects={(key[0], key[1], key[2]): cell for key, cell in told["effects"]},
        units={(key[0], key[1]): cell for key, cell in told["units"]},
        issues=told["issues"],
        rows=told["rows"],
    )
    totals = {
        key: Total(orders=orders, revenue=revenue, left=left)
        for key, (orders, revenue, left) in told["totals"].items()
    }
    return Share(sums=sums, totals=totals)


def main(arguments: list[str]) -> None:
    """Does the share that the arguments name."""
    parts, seed, messages, worker, workers = arguments
    sizes = Sizes.of(int(seed), int(messages))
    share = work(Path(parts), sizes, int(worker), int(workers))
    save(share, Path(parts) / f"share{worker}.json")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Orders, and the activity log that a customer system keeps beside them."""

from datetime import datetime, timedelta

from sonnim.workspace.world.desk import answer_after, contact_after
from sonnim.workspace.world.life import BEANS, DELIVERY, LINES, REASONS, SEQUENCE, Day
from sonnim.workspace.world.people import number_on, person_id
from sonnim.workspace.world.plan import BRANCHES, PRICE_RISE, date_of, day_of
from sonnim.workspace.world.recording import Record
from sonnim.workspace.world.sizes import ACTIVITY, ORDERS, Sizes
from sonnim.workspace.world.speaking import product_of

ORDER_HEADER = (
    "주문번호", "주문일시", "고객번호", "상품명", "금액", "수량", "지점", "주문방법",
)  # fmt: skip
ACTIVITY_HEADER = ("활동번호", "발생일시", "고객번호", "이벤트", "금액", "지점", "관련주문")
SEQUENCE_COLUMNS = ("person", "order", "late", "contact", "slow", "cancel", "gone", "day")
_DEARER = 1.08


def price_of(product: int, beans: bool, quantity: int, day: int) -> int:
    """What an order costs: prices rose on the day of the price rise, to the next hundred won."""
    price = product_of(product, beans).price
    if day >= day_of(PRICE_RISE.start):
        price = -int(-price * _DEARER // 100) * 100
    return price * quantity


def write_orders(sizes: Sizes, record: Record, day: Day) -> None:
    """The day's orders and what follows from them, each order's activity together."""
    midnight = datetime.combine(date_of(day.day), datetime.min.time())
    columns = (
        day.customer, day.branch, day.line, day.product, day.quantity, day.second, day.late,
        day.contact, day.slow, day.cancel, day.gone,
    )  # fmt: skip
    for i, values in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        customer, branch, line, product, quantity, second, late, contact, slow, cancel, gone = (
            values
        )
        time = midnight + timedelta(seconds=second)
        order = f"HD{day.first + i + 1:09d}"
        who = number_on(sizes.seed, customer, day.day)
        unit = BRANCHES[branch].name
        amount = price_of(product, line == BEANS, quantity, day.day)
        record.row(ORDERS, (
            order, f"{time:%Y-%m-%d %H:%M:%S}", who, product_of(product, line == BEANS).korean,
            amount, quantity, unit, LINES[line],
        ))  # fmt: skip
        steps: list[tuple[timedelta, str, int]] = []
        if line == DELIVERY:
            after = timedelta(minutes=75 + customer % 50 if late else 25 + customer % 20)
            steps.append((after, "delivery_late" if late else "delivery_on_time", 0))
        if contact:
            wrote = contact_after(sizes, customer, day.day)
            answered = wrote + answer_after(sizes, customer, day.day, slow)
            steps.append((wrote, "contact", 0))
            steps.append((answered, "answer_slow" if slow else "answer_fast", 0))
        if cancel:
            after = steps[-1][0] if contact else timedelta(hours=1)
            steps.append((after + timedelta(hours=3 + customer % 60), "cancel", 0))
            if customer % 3 == 0:
                steps.append((after + timedelta(hours=70 + customer % 60), "refund", amount))
        for number, (after, kind, money) in enumerate(steps, 1):
            record.row(ACTIVITY, (
                f"AC{day.first + i + 1:09d}-{number}", f"{time + after:%Y-%m-%d %H:%M:%S}", who,
                kind, money, unit, order,
            ))  # fmt: skip
        if contact or cancel or gone == SEQUENCE:
            record.row("truth/sequences.csv", (
                person_id(customer), order, int(late), int(contact), int(slow), int(cancel),
                REASONS[gone], date_of(day.day).isoformat(),
            ))  # fmt: skip

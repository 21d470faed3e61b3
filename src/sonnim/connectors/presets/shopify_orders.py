"""Shopify orders, as CSV.

**How to get it.** Orders (주문) › Export (내보내기) › all orders, CSV for Excel or plain CSV.

**What becomes of it.** Each line of an order is an event (`purchase`): the product as subject, how
many, and price times number less the line's discount as value, in the order's currency. An order
with a refunded amount gives one more event (`refund`), a cancelled one gives `cancel`. The
customer's e-mail stands for the person and is kept as account; an order without one has a person of
its own, known by that order only.

**What is not read.** Names, addresses, phone numbers and notes are dropped. Shipping and taxes stay
among the attributes: the values of an order's lines add up to its subtotal before order-wide
discounts. The file says how much was refunded and not when: a refund bears the time of cancelling,
else of the order.
"""

from sonnim.connectors.expressions import NOTHING_ELSE, is_filled
from sonnim.connectors.preset import Preset, Rows, To

_STAMP = "%Y-%m-%d %H:%M:%S %z"
_PERSON = "coalesce({order_email}, 'shopify:' || {Name})"


def _amount(raw: str) -> str:
    return f"coalesce(TRY_CAST(replace(CAST({raw} AS VARCHAR), ',', '') AS DOUBLE), 0)"


def _once(raw: str) -> str:
    """A value that only the first line of an order bears, for all its lines."""
    return f"max(nullif(CAST({raw} AS VARCHAR), '')) OVER (PARTITION BY {{Name}})"


PRESET = Preset(
    name="shopify_orders",
    title="Shopify orders",
    title_ko="쇼피파이 주문",
    certain="documented",
    needs=(
        ("Name",),
        ("Financial Status",),
        ("Created at",),
        ("Lineitem name",),
        ("Lineitem quantity",),
        ("Lineitem price",),
    ),
    timezone="UTC",
    prepare=(
        f"SELECT *, {_once('{Created at}')} AS order_created, {_once('{Email?}')} AS order_email, "
        f"{_once('{Currency?}')} AS order_currency, row_number() OVER (PARTITION BY {{Name}}, "
        "{Lineitem name}, {Lineitem price}, {Lineitem quantity}, {Lineitem sku?}) AS line_twin "
        "FROM {scan}"
    ),
    prepared=("order_created", "order_email", "order_currency", "line_twin"),
    ignore=(
        "Email", "Phone", "Notes", "Note Attributes", "Billing Name", "Billing Street",
        "Billing Address1", "Billing Address2", "Billing Company", "Billing Phone", "Billing Zip",
        "Shipping Name", "Shipping Street", "Shipping Address1", "Shipping Address2",
        "Shipping Company", "Shipping Phone", "Shipping Zip", "Payment Reference",
        "Payment References", "Payment ID", "Receipt Number", "Currency", "Billing City",
        "Shipping City",
    ),
    rows=(
        Rows(
            table="event",
            to=(
                To(column="where", sql=is_filled("{Lineitem name}")),
                To(
                    column="event_id",
                    sql="concat({Name}, '/', coalesce(nullif({Lineitem sku?}, ''), "
                    "{Lineitem name}), CASE WHEN {line_twin} > 1 THEN concat('/', {line_twin}) "
                    "ELSE '' END)",
                ),
                To(column="time", sql="{order_created}", format=_STAMP),
                To(column="person_id", sql=_PERSON),
                To(column="type", constant="purchase"),
                To(column="subject", names=("Lineitem name",)),
                To(
                    column="value",
                    sql=f"{_amount('{Lineitem price}')} * {_amount('{Lineitem quantity}')} - "
                    f"{_amount('{Lineitem discount?}')}",
                ),
                To(column="currency", sql="{order_currency}"),
                To(column="quantity", names=("Lineitem quantity",)),
            ),
        ),
        Rows(
            table="event/refund",
            needs=("where",),
            to=(
                To(column="where", sql=f"{_amount('{Refunded Amount}')} > 0"),
                To(column="event_id", sql="{Name} || '/refund'"),
                To(
                    column="time",
                    sql="coalesce(nullif({Cancelled at?}, ''), {order_created})",
                    format=_STAMP,
                ),
                To(column="person_id", sql=_PERSON),
                To(column="type", constant="refund"),
                To(column="value", sql=_amount("{Refunded Amount}")),
                To(column="currency", sql="{order_currency}"),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="event/cancel",
            needs=("where",),
            to=(
                To(column="where", sql=is_filled("{Cancelled at}")),
                To(column="event_id", sql="{Name} || '/cancel'"),
                To(column="time", names=("Cancelled at",), format=_STAMP),
                To(column="person_id", sql=_PERSON),
                To(column="type", constant="cancel"),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="person_id", sql=_PERSON),
                To(column="kind", constant="customer"),
            ),
        ),
        Rows(
            table="account",
            to=(
                To(column="where", sql="{order_email} IS NOT NULL"),
                To(column="source_id", sql="{order_email}"),
                To(column="person_id", sql=_PERSON),
                To(column="probability", constant="1"),
                To(column="decided_by", constant="source"),
            ),
        ),
    ),
)  # fmt: skip

"""Freshdesk tickets as CSV or XLSX.

**How to get it.** Tickets › choose a filter › Export › CSV; choose the fields (Description among
them, where your plan offers it). The file is sent by e-mail.

**What becomes of it.** Each ticket is a message (`ticket`, `in`) of its requester: the description,
or the subject where the file has no description; the group is the unit, the product the subject.
Requesters are kept as account.

**What is not read.** Agents' answers are not in this file (the API's JSON has them). Phone numbers
and Twitter names are dropped. Survey results are words of the account's own choice and stay among
the attributes. Times are in the account's zone, which the file does not name: they are taken as
UTC, say another with `--timezone`.
"""

from sonnim.connectors.expressions import is_filled, plain_text
from sonnim.connectors.preset import Preset, Rows, To

_PERSON = (
    "coalesce(nullif({Email?}, ''), 'freshdesk:' || nullif(CAST({Contact ID?} AS VARCHAR), ''), "
    "'freshdesk:' || nullif({Full name?}, ''))"
)

PRESET = Preset(
    name="freshdesk_export",
    title="Freshdesk tickets (CSV)",
    title_ko="프레시데스크 티켓 (CSV)",
    certain="observed",
    needs=(
        ("Ticket ID",),
        ("Subject",),
        ("Created time",),
        ("Last update time", "Resolution status", "Customer interactions", "Due by Time"),
        ("Agent", "Group"),
    ),
    values=(("Ticket ID", r"^\d+$"),),
    timezone="UTC",
    ignore=("Work phone", "Mobile phone", "Twitter ID", "Unique external ID"),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", names=("Ticket ID",)),
                To(column="time", names=("Created time",)),
                To(column="person_id", sql=_PERSON),
                To(column="channel", names=("Source",)),
                To(column="kind", constant="ticket"),
                To(column="direction", constant="in"),
                To(
                    column="text",
                    sql=f"coalesce(nullif({plain_text('{Description}')}, ''), {{Subject}})",
                ),
                To(column="text", names=("Subject",)),
                To(column="title", names=("Subject",)),
                To(column="thread_id", names=("Ticket ID",)),
                To(column="subject", names=("Product",)),
                To(column="unit", names=("Group",)),
            ),
        ),
        Rows(
            table="person",
            to=(
                To(column="where", sql=f"{_PERSON} IS NOT NULL"),
                To(column="person_id", sql=_PERSON),
                To(column="kind", constant="customer"),
                To(column="name", names=("Full name",)),
            ),
        ),
        Rows(
            table="account",
            to=(
                To(column="where", sql=is_filled("coalesce({Email?}, {Contact ID?})")),
                To(column="source_id", sql="coalesce(nullif({Email?}, ''), {Contact ID?})"),
                To(column="person_id", sql=_PERSON),
                To(column="probability", constant="1"),
                To(column="decided_by", constant="source"),
            ),
        ),
    ),
)

"""Google Analytics 4: events exported from BigQuery.

**How to get it.** GA4 › Admin › BigQuery links fills tables `events_YYYYMMDD`; export them with
`bq extract --destination_format=NEWLINE_DELIMITED_JSON` (or Parquet by a query that turns the
repeated fields into JSON).

**What becomes of it.** Each event is an event whose type is its name (`purchase`, `refund`,
`page_view`…; `session_start` becomes `visit`); its time is exact to the microsecond. `user_id`
stands for the person, `user_pseudo_id` where nobody was signed in. What it is about is the first
item's name, else the page's title. Revenue (else the parameter `value`) is the value, with the
currency of the event. Page, session, source, device and country are kept as attributes.

**What is not read.** The other parameters and items, user properties, and advertising ids. Events
have no id: they are told by all that they hold. One person on two devices is two, unless signed in.
"""

from sonnim.connectors.expressions import items
from sonnim.connectors.preset import Preset, Rows, To


def _parameter(name: str) -> str:
    """SQL of the parameter of that name, whatever its type."""
    value = f"{{parameter_values}}[list_position({{parameter_keys}}, '{name}')]"
    kinds = ("string_value", "int_value", "double_value", "float_value")
    return f"coalesce({', '.join(f'''json_extract_string({value}, '$.{k}')''' for k in kinds)})"


_ATTRIBUTES = {
    "page": _parameter("page_location"),
    "session": _parameter("ga_session_id"),
    "source": _parameter("source"),
    "medium": _parameter("medium"),
    "campaign": _parameter("campaign"),
    "device": "{device.category?}",
    "country": "{geo.country?}",
    "platform": "{platform?}",
    "order": "{ecommerce.transaction_id?}",
}
_KEPT = ", ".join(f"'{name}', {sql}" for name, sql in _ATTRIBUTES.items())

PRESET = Preset(
    name="ga4_events",
    title="Google Analytics 4 events (BigQuery)",
    title_ko="구글 애널리틱스 4 이벤트 (빅쿼리)",
    certain="documented",
    needs=(("event_date",), ("event_timestamp",), ("event_name",), ("event_params",),
           ("user_pseudo_id",)),
    values=(("event_date", r"^\d{8}$"), ("event_timestamp", r"^\d{16}$")),
    timezone="UTC",
    # Taken apart once, for all the parameters that are asked for.
    prepare=(
        f"SELECT *, {items('{event_params}', 'key')} AS parameter_keys, "
        f"{items('{event_params}', 'value')} AS parameter_values FROM {{scan}}"
    ),
    prepared=("parameter_keys", "parameter_values"),
    ignore=("event_params", "items"),
    rows=(
        Rows(
            table="event",
            to=(
                To(column="time", names=("event_timestamp",), format="epoch_us"),
                To(
                    column="person_id",
                    sql="coalesce(nullif({user_id?}, ''), 'ga4:' || {user_pseudo_id})",
                ),
                To(
                    column="type",
                    sql="CASE {event_name} WHEN 'session_start' THEN 'visit' WHEN "
                    "'in_app_purchase' THEN 'purchase' WHEN 'app_store_refund' THEN 'refund' "
                    "ELSE {event_name} END",
                ),
                To(
                    column="subject",
                    sql=f"coalesce({items('{items?}', 'item_name')}[1], "
                    f"{_parameter('page_title')}, {_parameter('firebase_screen')})",
                ),
                To(
                    column="value",
                    sql="CASE WHEN {event_name} = 'refund' THEN coalesce("
                    "TRY_CAST({ecommerce.refund_value?} AS DOUBLE), TRY_CAST("
                    f"{_parameter('value')} AS DOUBLE)) ELSE coalesce("
                    "TRY_CAST({ecommerce.purchase_revenue?} AS DOUBLE), TRY_CAST("
                    f"{_parameter('value')} AS DOUBLE)) END",
                ),
                To(column="currency", sql=_parameter("currency")),
                To(column="quantity", names=("ecommerce.total_item_quantity",)),
                To(
                    column="attributes",
                    sql=f"CAST(json_merge_patch('{{{{}}}}', json_object({_KEPT})) AS VARCHAR)",
                ),
            ),
        ),
    ),
)  # fmt: skip

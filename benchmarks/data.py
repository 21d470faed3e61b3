"""Made-up messages for the benchmarks: as many as wanted, the same on every machine.

DuckDB writes them, so that ten million take a minute. They are laid out like an export of reviews
of a shop: identifier, time, customer, channel, rating, product, branch, text, likes. Four of five
texts are Korean. Nothing in them comes from a real person.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from sonnim.tables.step import quoted

_KOREAN = (
    "배송이 정말 빨라서 좋았어요", "앱이 자꾸 꺼져서 너무 불편합니다",
    "상담원이 친절하게 안내해 주셨어요", "포장이 찢어져서 왔어요", "가격에 비해 괜찮은 편이에요",
    "환불 처리가 왜 이렇게 늦나요", "맛은 그대로인데 양이 줄었어요", "다음에도 또 주문할게요",
    "결제 오류가 세 번이나 났습니다", "매장이 깨끗하고 직원분도 좋아요",
)  # fmt: skip
_ENGLISH = (
    "Delivery was quick and the food was still hot", "The app keeps crashing after the update",
    "Support answered within minutes, thank you", "My refund has not arrived yet",
    "Good value for the price", "The box came open and half of it was missing",
    "I will order again next week", "Login fails every single time",
)  # fmt: skip

_SECONDS = 2 * 365 * 24 * 60 * 60
"""The messages lie evenly over two years."""


def query(rows: int) -> str:
    """SQL (DuckDB's) of that many messages, as text columns of an export."""

    def pick(choice: int, number: int) -> str:
        return f"CAST(hash(i * 16 + {choice}) % {number} AS BIGINT)"

    def phrase(choice: int, phrases: Sequence[str]) -> str:
        return f"[{', '.join(map(quoted, phrases))}][1 + {pick(choice, len(phrases))}]"

    korean = f"{phrase(1, _KOREAN)} || '. ' || {phrase(2, _KOREAN)} || ' ' || {pick(3, 100_000)}"
    english = f"{phrase(1, _ENGLISH)} || '. ' || {phrase(2, _ENGLISH)} || ' ' || {pick(3, 100_000)}"
    return (
        "SELECT 'M' || lpad(CAST(i AS VARCHAR), 9, '0') AS message_id, "
        "strftime(TIMESTAMP '2024-01-01' + "
        f"to_seconds(CAST(floor(i * {_SECONDS / rows!r}) AS BIGINT)), '%Y-%m-%d %H:%M:%S') "
        "AS time, "
        f"'C' || {pick(4, 500_000)} AS customer_id, "
        f"['app', 'web', 'phone', 'store'][1 + {pick(5, 4)}] AS channel, "
        f"1 + {pick(6, 5)} AS rating, "
        f"'product ' || {pick(7, 200)} AS product, "
        f"'branch ' || {pick(8, 40)} AS branch, "
        f"CASE WHEN {pick(9, 5)} < 4 THEN {korean} ELSE {english} END AS text, "
        f"{pick(10, 30)} AS likes FROM range({int(rows)}) made(i)"
    )


def write_messages(file: Path, rows: int, options: str = "FORMAT csv, HEADER") -> Path:
    """Writes that many messages, as CSV or as DuckDB's options say; gives the file."""
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query(rows)}) TO {quoted(str(file))} ({options})")
    return file
